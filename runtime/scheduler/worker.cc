#include "runtime/scheduler/worker.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "runtime/actor/context.h"
#include "runtime/base/check.h"
#include "runtime/base/sanitizers.h"
#include "runtime/io/reactor.h"

namespace snow::rt {
namespace {

// Between looks at the shared queue while the own one is not empty; and at timers and I/O.
constexpr uint32_t kActorsBetweenShared = 61;
constexpr uint32_t kActorsBetweenLooks = 32;
// Newborn actors come first, but this many in a row at most.
constexpr uint32_t kBirthsInARow = 15;
// The reactor is asked at most this often while there is other work.
constexpr int64_t kPollEveryNs = 200000;
constexpr int kSearchRounds = 4;
// An actor with so many messages gets twice the slice: who sends to it gives up the core sooner.
constexpr uint32_t kLongMailbox = 1024;
constexpr int kEventsAtOnce = 64;
constexpr uint32_t kTakenAtOnce = RunQueue::kCapacity / 2;
// A heap of this size is as small as it gets.
constexpr uint64_t kSmallHeap = 512;
// What parked actors may hold loosely, for each worker.
constexpr uint64_t kLooseBytesMost = 1024 * 1024;

void FutexWait(std::atomic<uint32_t>& word, uint32_t value) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}
void FutexWake(std::atomic<uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

void* WorkerThread(void* worker) { static_cast<Worker*>(worker)->Loop(); }

}  // namespace

constinit Scheduler g_scheduler;

int64_t NowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

// --- The shared part ----------------------------------------------------------------------------

void Scheduler::Begin(uint32_t workers, const SchedulerHooks& hooks) {
  hooks_ = hooks;
  worker_count_ = std::clamp<uint32_t>(workers, 1, kMostWorkers);
  for (uint32_t i = 0; i < worker_count_; ++i) {
    void* memory = aligned_alloc(64, (sizeof(Worker) + 63) & ~size_t{63});
    if (memory == nullptr) Fatal("memory is exhausted");
    workers_[i] = new (memory) Worker(i);
    // The first one is the thread that calls Loop; the others are idle, and start when they are woken.
    if (i > 0) idle_[idle_count_++] = workers_[i];
  }
  workers_[0]->is_started_ = true;
}

void Scheduler::ReadyFromOutside(Actor* actor) {
  shared_.Push(&actor, 1);
  WakeOne();
}

// An idle worker that the caller must notify; null if there is none. `searches`: it wakes as one that
// is counted in searching_ already; it may wake by itself before it is notified.
Worker* Scheduler::TakeIdle(bool searches) {
  SpinLockHolder hold(idle_lock_);
  const uint32_t count = idle_count_.load(std::memory_order_relaxed);
  if (count == 0) return nullptr;
  // The one that waits for I/O and timers only if no other is there.
  uint32_t at = count - 1;
  if (idle_[at]->is_polling_ && at > 0) --at;
  Worker* worker = idle_[at];
  idle_[at] = idle_[count - 1];
  idle_count_.store(count - 1, std::memory_order_relaxed);
  ++departures_;
  worker->wakes_searching_ = searches;
  return worker;
}

void Scheduler::Notify(Worker* worker) {
  if (!worker->is_started_) {
    worker->is_started_ = true;
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, WorkerThread, worker) != 0) {
      Fatal("cannot start a worker thread");
    }
    pthread_attr_destroy(&attributes);
    return;
  }
  worker->signal_.store(1, std::memory_order_release);
  if (worker->is_polling_) {
    g_reactor.Kick();
  } else {
    FutexWake(worker->signal_);
  }
}

void Scheduler::WakeOne() {
  // Whoever made work ready wrote a queue before; a worker that goes to sleep enters the list before
  // it looks at the queues a last time.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (idle_count_.load(std::memory_order_relaxed) == 0) return;
  uint32_t none = 0;
  if (!searching_.compare_exchange_strong(none, 1, std::memory_order_acq_rel)) return;
  Worker* worker = TakeIdle(true);
  if (worker == nullptr) {
    searching_.fetch_sub(1, std::memory_order_acq_rel);
    return;
  }
  Notify(worker);
}

void Scheduler::WakeToLook() {
  Worker* worker = TakeIdle(false);
  if (worker != nullptr) Notify(worker);
}

// --- Queues -------------------------------------------------------------------------------------

void Worker::PushLocal(Actor* actor) {
  if (queue_.Push(actor)) return;
  // Half of the queue makes room for a long time.
  Actor* taken[kTakenAtOnce + 1];
  const uint32_t count = queue_.Steal(taken, kTakenAtOnce);
  taken[count] = actor;
  g_scheduler.shared_.Push(taken, count + 1);
}

void Worker::ReadyNewborn(Actor* actor) {
  while (!births_.Push(actor)) {
    Actor* oldest[kTakenAtOnce];
    uint32_t count = 0;
    while (count < kTakenAtOnce) {
      Actor* taken = births_.Steal();
      if (taken == nullptr) break;
      oldest[count++] = taken;
    }
    g_scheduler.shared_.Push(oldest, count);
  }
  g_scheduler.WakeOne();
}

// The next of the own queues, or null.
Actor* Worker::TakeOwn() {
  Actor* actor = nullptr;
  if (until_queue_ != 0) {
    actor = births_.Pop();
    if (actor != nullptr) {
      --until_queue_;
      return actor;
    }
  }
  until_queue_ = kBirthsInARow;
  actor = queue_.Pop();
  if (actor == nullptr) return births_.Pop();
  // What comes after it is fetched while it runs.
  if (Actor* next = queue_.Peek()) {
    for (size_t line = 0; line < sizeof(Actor); line += 64) {
      __builtin_prefetch(reinterpret_cast<char*>(next) + line);
    }
  }
  return actor;
}

void Worker::Ready(Actor* actor, bool soon) {
  actor->state.store(static_cast<uint8_t>(ActorState::kReady), std::memory_order_relaxed);
  if (index_ == kOutside) {
    g_scheduler.ReadyFromOutside(actor);
    return;
  }
  if (soon) {
    std::swap(soon_, actor);
    // The running actor soon leaves; waking another worker for the new one would only cost.
    if (actor == nullptr) return;
  }
  PushLocal(actor);
  g_scheduler.WakeOne();
}

bool Worker::Send(Actor* receiver, Message* message, bool soon) {
  Message* parked = kInboxParked;
  if (message->kind == MessageKind::kUser &&
      receiver->inbox.load(std::memory_order_relaxed) == kInboxParked &&
      receiver->inbox.compare_exchange_strong(parked, kInboxEmpty, std::memory_order_acq_rel,
                                              std::memory_order_relaxed)) {
    // Nobody else runs it now: the message goes straight to its queue. Should the slot have a new
    // actor by now, that one is woken for nothing.
    if (message->target == receiver->pid) {
      QueueAppend(receiver, &message->snow);
    } else {
      FreeMessage(message, cache_);
    }
    Ready(receiver, soon);
    return true;
  }
  switch (InboxPush(receiver, message)) {
    case Push::kDead:
      return false;
    case Push::kWakes:
      Ready(receiver, soon);
      return true;
    case Push::kQueued:
      return true;
  }
  return true;
}

// Takes a share of the shared queue.
Actor* Worker::TakeShared() {
  const uint32_t length = g_scheduler.shared_.length();
  if (length == 0) return nullptr;
  const uint32_t share = length / g_scheduler.worker_count() + 1;
  Actor* taken[kTakenAtOnce];
  const uint32_t count = g_scheduler.shared_.Pop(taken, std::min(share, kTakenAtOnce));
  if (count == 0) return nullptr;
  for (uint32_t i = 1; i < count; ++i) PushLocal(taken[i]);
  return taken[0];
}

Actor* Worker::Steal() {
  const uint32_t workers = g_scheduler.worker_count();
  const uint32_t start = Random() % workers;
  for (uint32_t i = 0; i < workers; ++i) {
    Worker& victim = g_scheduler.worker((start + i) % workers);
    if (&victim == this) continue;
    Actor* taken[kTakenAtOnce];
    const uint32_t count = victim.queue_.Steal(taken, kTakenAtOnce);
    if (count == 0) {
      Actor* newborn = victim.births_.Steal();
      if (newborn == nullptr) continue;
      return newborn;
    }
    for (uint32_t at = 1; at < count; ++at) PushLocal(taken[at]);
    return taken[0];
  }
  return nullptr;
}

bool Worker::AnyWork() {
  if (g_scheduler.shared_.length() != 0) return true;
  for (uint32_t i = 0; i < g_scheduler.worker_count(); ++i) {
    const Worker& worker = g_scheduler.worker(i);
    if (worker.queue_.length() != 0 || worker.births_.length() > 0) return true;
  }
  return g_scheduler.hooks().next_timer() <= NowNs();
}

// Fires timers that are due, and asks the reactor if nobody else waits for it.
void Worker::LookOutside() {
  until_look_ = kActorsBetweenLooks;
  const int64_t now = NowNs();
  if (g_scheduler.hooks().next_timer() <= now) g_scheduler.hooks().fire_timers(*this, now);
  if (now - polled_ns_ < kPollEveryNs) return;
  polled_ns_ = now;
  if (g_scheduler.io_waits.load(std::memory_order_relaxed) != 0) GiveOut(0);
}

// Waits for readiness up to so long and gives out what came.
void Worker::GiveOut(int64_t timeout_ns) {
  ReactorEvent events[kEventsAtOnce];
  const int count = g_reactor.Wait(timeout_ns, events, kEventsAtOnce);
  for (int i = 0; i < count; ++i) {
    g_scheduler.hooks().io_ready(*this, events[i].cookie, events[i].ready);
  }
}

// The next actor to run; sleeps while there is none.
Actor* Worker::Next() {
  for (;;) {
    if (until_look_-- == 0) LookOutside();
    if (soon_ != nullptr) {
      Actor* actor = soon_;
      soon_ = nullptr;
      if (slice_left_ > 0) {
        slice_given_ = slice_left_;
        is_fresh_slice_ = false;
        return actor;
      }
      PushLocal(actor);
      g_scheduler.WakeOne();
    }
    slice_given_ = kSliceReductions;
    is_fresh_slice_ = true;
    Actor* actor = nullptr;
    if (until_shared_-- == 0) {
      until_shared_ = kActorsBetweenShared;
      actor = TakeShared();
    }
    if (actor == nullptr) actor = TakeOwn();
    if (actor == nullptr) actor = TakeShared();
    if (actor == nullptr) {
      if (!is_searching_) {
        is_searching_ = true;
        g_scheduler.searching_.fetch_add(1, std::memory_order_acq_rel);
      }
      for (int round = 0; round < kSearchRounds && actor == nullptr; ++round) {
        actor = Steal();
        if (actor == nullptr) CpuRelax();
      }
    }
    if (actor != nullptr) {
      if (is_searching_) {
        is_searching_ = false;
        // The last one that stops looking sees to it that further work finds a worker.
        if (g_scheduler.searching_.fetch_sub(1, std::memory_order_acq_rel) == 1 &&
            (queue_.length() != 0 || births_.length() > 0 || g_scheduler.shared_.length() != 0)) {
          g_scheduler.WakeOne();
        }
      }
      return actor;
    }
    if (has_new_loose_) {
      CompactAll();
    } else {
      Sleep();
    }
  }
}

// Enters the list of the idle, looks a last time, and sleeps until it is notified, or (the poller)
// a timer is due or a descriptor ready.
void Worker::Sleep() {
  Scheduler& scheduler = g_scheduler;
  if (is_searching_) {
    is_searching_ = false;
    scheduler.searching_.fetch_sub(1, std::memory_order_acq_rel);
  }
  const int64_t next_timer = scheduler.hooks().next_timer();
  signal_.store(0, std::memory_order_relaxed);
  bool is_last;
  uint64_t departures;
  {
    SpinLockHolder hold(scheduler.idle_lock_);
    is_polling_ = !scheduler.has_poller_;
    if (is_polling_) {
      scheduler.has_poller_ = true;
      scheduler.poller_until_.store(next_timer, std::memory_order_relaxed);
    }
    const uint32_t count = scheduler.idle_count_.load(std::memory_order_relaxed);
    scheduler.idle_[count] = this;
    scheduler.idle_count_.store(count + 1, std::memory_order_relaxed);
    is_last = count + 1 == scheduler.worker_count_;
    departures = scheduler.departures_;
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
  bool is_quiet = false;
  if (!AnyWork()) {
    is_quiet = is_last && scheduler.IsQuiet() && !AnyWork();
    if (is_quiet) {
      // A helper or the poller may have brought work meanwhile, which another worker has taken up.
      SpinLockHolder hold(scheduler.idle_lock_);
      is_quiet = scheduler.departures_ == departures;
    }
    if (!is_quiet) {
      if (is_polling_) {
        const int64_t now = NowNs();
        GiveOut(next_timer == INT64_MAX ? -1 : std::max<int64_t>(next_timer - now, 0));
        polled_ns_ = now;
      } else {
        if (next_timer < scheduler.poller_until_.load(std::memory_order_relaxed)) g_reactor.Kick();
        while (signal_.load(std::memory_order_acquire) == 0) FutexWait(signal_, 0);
      }
    }
  }
  {
    SpinLockHolder hold(scheduler.idle_lock_);
    if (is_polling_) {
      is_polling_ = false;
      scheduler.has_poller_ = false;
      scheduler.poller_until_.store(INT64_MAX, std::memory_order_relaxed);
    }
    const uint32_t count = scheduler.idle_count_.load(std::memory_order_relaxed);
    for (uint32_t i = 0; i < count; ++i) {
      if (scheduler.idle_[i] != this) continue;
      scheduler.idle_[i] = scheduler.idle_[count - 1];
      scheduler.idle_count_.store(count - 1, std::memory_order_relaxed);
      ++scheduler.departures_;
      break;
    }
    is_searching_ = wakes_searching_;
    wakes_searching_ = false;
  }
  until_look_ = 0;
  if (is_quiet) scheduler.hooks().quiet(*this);
}

// --- Running an actor ---------------------------------------------------------------------------

void Worker::Loop() {
#ifdef SNOW_RT_TSAN
  own_fiber_ = __tsan_get_current_fiber();
#endif
  {
    SpinLockHolder hold(g_scheduler.idle_lock_);
    is_searching_ = wakes_searching_;
    wakes_searching_ = false;
  }
  for (;;) Run(Next());
}

bool Worker::TryPark(Actor* actor) {
  const ActorState state =
      actor->stack == nullptr ? ActorState::kWaiting : ActorState::kWaitingWithStack;
  actor->state.store(static_cast<uint8_t>(state), std::memory_order_relaxed);
  Message* empty = kInboxEmpty;
  return actor->inbox.compare_exchange_strong(empty, kInboxParked, std::memory_order_acq_rel,
                                              std::memory_order_relaxed);
}

// The actor is about to wait without a stack: notes it if much of its heap may be garbage.
void Worker::NoteLoose(Actor* actor) {
  const Heap& heap = actor->heap;
  if (heap.bytes <= kSmallHeap || (actor->flags & kLoose) != 0) return;
  if (heap.bytes - heap.live <= std::max(kSmallHeap, heap.live / 2)) return;
  if (loose_ == nullptr) {
    loose_ = static_cast<Loose*>(malloc(sizeof(Loose) * kLooseMost));
    if (loose_ == nullptr) Fatal("memory is exhausted");
  }
  // Some of the oldest make room; those that run at the moment are put behind.
  for (int tries = 0; tries < 4 && (loose_bytes_ > kLooseBytesMost || loose_count_ == kLooseMost);) {
    if (!CompactOldest()) ++tries;
  }
  if (loose_count_ == kLooseMost) return;
  actor->flags |= kLoose;
  loose_[(loose_first_ + loose_count_++) % kLooseMost] = {actor, actor->pid, heap.bytes};
  loose_bytes_ += heap.bytes;
  has_new_loose_ = true;
}

// Shrinks the heap of the actor that was noted first. False if it is not parked: then it is noted
// anew, if it lives.
bool Worker::CompactOldest() {
  const Loose oldest = loose_[loose_first_];
  loose_first_ = (loose_first_ + 1) % kLooseMost;
  --loose_count_;
  loose_bytes_ -= oldest.bytes;
  Actor* actor = oldest.actor;
  if (ActorTable::PidOf(actor) != oldest.pid) return true;
  Message* parked = kInboxParked;
  if (!actor->inbox.compare_exchange_strong(parked, kInboxEmpty, std::memory_order_acq_rel,
                                            std::memory_order_relaxed)) {
    loose_[(loose_first_ + loose_count_++) % kLooseMost] = oldest;
    loose_bytes_ += oldest.bytes;
    return false;
  }
  // Nobody else has it now. It may be another one of the same slot, or wait with a stack.
  if (actor->pid == oldest.pid) {
    actor->flags &= ~static_cast<uint32_t>(kLoose);
    if (actor->stack == nullptr) {
      actor->worker = this;
      g_scheduler.hooks().compact(*this, actor);
    }
  }
  if (!TryPark(actor)) Ready(actor, false);
  return true;
}

void Worker::CompactAll() {
  has_new_loose_ = false;
  for (uint32_t rest = loose_count_; rest > 0; --rest) CompactOldest();
}

void Worker::LetOthersHelp() {
  if (soon_ == nullptr) return;
  PushLocal(soon_);
  soon_ = nullptr;
  g_scheduler.WakeOne();
}

void Worker::TakeStack(Actor* actor) {
  actor->stack = stack_ != nullptr ? stack_ : g_stacks.Take();
  stack_ = nullptr;
}

void Worker::DropStack(Actor* actor) {
  Stack* stack = actor->stack;
  actor->stack = nullptr;
  if (stack == nullptr) return;
#ifdef SNOW_RT_TSAN
  // It remembers the calls that were left behind.
  __tsan_destroy_fiber(stack->fiber);
  stack->fiber = nullptr;
#endif
  if (stack_ == nullptr) {
    g_stacks.Trim(stack);
    stack_ = stack;
  } else {
    g_stacks.Give(stack);
  }
}

void Worker::Run(Actor* actor) {
  running_ = actor;
  actor->worker = this;
  // Only a slice that begins here: one that is handed on from actor to actor must come to its end.
  if (is_fresh_slice_ && actor->queue_length.load(std::memory_order_relaxed) > kLongMailbox) {
    slice_given_ *= 2;
  }
  actor->reductions = slice_given_;
  bool has_arrived = false;
  for (;;) {
    Verdict verdict =
        has_arrived ? Verdict::kRun : g_scheduler.hooks().arrive(*this, actor);
    has_arrived = false;
    if (verdict == Verdict::kRun) {
      actor->state.store(static_cast<uint8_t>(ActorState::kRunning), std::memory_order_relaxed);
      SwitchIn(actor);
      if (leave_ == Leave::kYield) {
        slice_left_ = 0;
        actor->reductions_done += static_cast<uint64_t>(slice_given_ - actor->reductions);
        actor->state.store(static_cast<uint8_t>(ActorState::kReady), std::memory_order_relaxed);
        until_look_ = 0;
        PushLocal(actor);
        break;
      }
      if (leave_ != Leave::kPark) DropStack(actor);
      // What it waits for may have come meanwhile.
      verdict = leave_ == Leave::kEnd ? Verdict::kEnd : g_scheduler.hooks().arrive(*this, actor);
    }
    if (verdict == Verdict::kRun) {
      has_arrived = true;
      continue;
    }
    if (verdict == Verdict::kEnd) {
      DropStack(actor);
      slice_left_ = actor->reductions;
      if (!g_scheduler.hooks().end(*this, actor)) break;
      has_arrived = true;
      continue;
    }
    slice_left_ = actor->reductions;
    const int64_t used = slice_given_ - actor->reductions;
    // Once parked it may run elsewhere at any moment.
    actor->reductions_done += static_cast<uint64_t>(used);
    if (actor->stack == nullptr) NoteLoose(actor);
    if (TryPark(actor)) break;
    actor->reductions_done -= static_cast<uint64_t>(used);
  }
  running_ = nullptr;
}

// On the worker's stack, until the actor leaves its own for good or for a while.
void Worker::SwitchIn(Actor* actor) {
  for (;;) {
    const bool is_fresh = actor->stack == nullptr;
    if (is_fresh) TakeStack(actor);
#ifdef SNOW_RT_ASAN
    __sanitizer_start_switch_fiber(&own_fake_stack_, reinterpret_cast<void*>(actor->stack->low),
                                   actor->stack->top() - actor->stack->low);
#endif
#ifdef SNOW_RT_TSAN
    if (actor->stack->fiber == nullptr) actor->stack->fiber = __tsan_create_fiber(0);
    __tsan_switch_to_fiber(actor->stack->fiber, 0);
#endif
    if (is_fresh) {
      snow_rt_start(&context_, reinterpret_cast<void*>(actor->stack->top()),
                    g_scheduler.hooks().enter, actor);
    } else {
      snow_rt_switch(&context_, actor->context);
    }
#ifdef SNOW_RT_ASAN
    __sanitizer_finish_switch_fiber(own_fake_stack_, nullptr, nullptr);
#endif
    if (leave_ != Leave::kCall) return;
    call_(*this, actor, call_argument_);
  }
}

// On the actor's stack. Not inlined: after it nothing may be assumed about the thread.
__attribute__((noinline)) void Worker::SwitchOut(Actor* actor, Leave leave) {
  leave_ = leave;
#ifdef SNOW_RT_ASAN
  __sanitizer_start_switch_fiber(&actor->stack->fake_stack, own_stack_low_, own_stack_bytes_);
#endif
#ifdef SNOW_RT_TSAN
  __tsan_switch_to_fiber(own_fiber_, 0);
#endif
  snow_rt_switch(&actor->context, context_);
  actor->worker->Arrived(actor->stack);
}

void Worker::LeaveForGood(Actor* actor, Leave leave) {
  leave_ = leave;
#ifdef SNOW_RT_ASAN
  // What the abandoned frames have poisoned.
  char* here = static_cast<char*>(__builtin_frame_address(0));
  __asan_unpoison_memory_region(here, actor->stack->top() - reinterpret_cast<uintptr_t>(here));
  __sanitizer_start_switch_fiber(nullptr, own_stack_low_, own_stack_bytes_);
#endif
#ifdef SNOW_RT_TSAN
  __tsan_switch_to_fiber(own_fiber_, 0);
#endif
  static_cast<void>(actor);
  snow_rt_leave(context_);
}

// Tells the sanitizers that an actor's stack is running.
void Worker::Arrived([[maybe_unused]] Stack* stack) {
#ifdef SNOW_RT_ASAN
  __sanitizer_finish_switch_fiber(stack->fake_stack, &own_stack_low_, &own_stack_bytes_);
  stack->fake_stack = nullptr;
#endif
}

void Worker::CallOnWorker(Actor* actor, Call function, void* argument) {
  call_ = function;
  call_argument_ = argument;
  SwitchOut(actor, Leave::kCall);
}

Roots Worker::StackRoots(const Actor* actor) {
  Roots roots;
  if (actor->stack == nullptr) return roots;
  roots.stack_low = reinterpret_cast<uintptr_t>(actor->context);
  roots.stack_high = actor->stack->top();
  roots.fake_stack = actor->stack->fake_stack;
  return roots;
}

}  // namespace snow::rt
