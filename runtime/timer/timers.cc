#include "runtime/timer/timers.h"

#include <stdlib.h>
#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "runtime/base/check.h"
#include "runtime/memory/copy.h"

namespace snow::rt {
namespace {

// A tick is 131 microseconds.
constexpr int kTickShift = 17;
constexpr uint32_t kTimerMost = uint32_t{1} << 26;
constexpr uint32_t kTakenAtOnce = 64;

uint64_t TickOf(int64_t ns) { return static_cast<uint64_t>(ns) >> kTickShift; }
// A timer never fires before its time.
uint64_t DueTick(int64_t ns) { return TickOf(ns + (1 << kTickShift) - 1); }

enum class TimerKind : uint8_t { kWait, kSend, kEvery };

// What has come due: sent when the lock is free again.
struct DueNews {
  int64_t due_ns;
  uint64_t sequence;
  uint64_t target;
  uint64_t detail;
  Message* message;
  TimerKind kind;
};

// In order of due times, those of the same time in the order of being set.
int CompareDue(const void* a, const void* b) {
  const auto* x = static_cast<const DueNews*>(a);
  const auto* y = static_cast<const DueNews*>(b);
  if (x->due_ns != y->due_ns) return x->due_ns < y->due_ns ? -1 : 1;
  if (x->sequence != y->sequence) return x->sequence < y->sequence ? -1 : 1;
  return 0;
}

TimerHandle MakeHandle(uint32_t generation, uint64_t index) {
  return static_cast<uint64_t>(generation) << 31 | index;
}
uint32_t IndexOf(TimerHandle handle) { return static_cast<uint32_t>(handle) & 0x7fffffff; }

}  // namespace

struct Timers::Timer : WheelNode {
  int64_t due_ns;
  int64_t period_ns;
  uint64_t sequence;  // of being set: order among those due at the same time
  uint64_t target;
  uint64_t detail;
  Message* message;
  uint32_t generation;  // guarded by the shard's lock, as all else; odd while it is pending
  uint32_t shard;
  TimerKind kind;
};

struct alignas(64) Timers::Shard {
  SpinLock lock;
  SpinLock firing;  // held by the one who fires
  TimerWheel wheel;
  std::atomic<int64_t> next_ns{INT64_MAX};
  Timer* free = nullptr;
  uint64_t sequence = 0;
  Vector<DueNews> due;  // belongs to the holder of `firing`
  std::atomic<int64_t> pending{0};
};

namespace {

// The records, by index; index 0 is none.
struct Records {
  char* memory = nullptr;
  std::atomic<uint32_t> used{1};
};
constinit Records g_records;

}  // namespace

constinit Timers g_timers;

void Timers::Begin(uint32_t shards) {
  shard_count_ = std::min(shards, kMostShards);
  void* memory = aligned_alloc(64, sizeof(Shard) * shard_count_);
  if (memory == nullptr) Fatal("memory is exhausted");
  shards_ = static_cast<Shard*>(memory);
  for (uint32_t i = 0; i < shard_count_; ++i) {
    new (&shards_[i]) Shard();
    shards_[i].wheel.Start(TickOf(NowNs()));
  }
  if (g_records.memory != nullptr) return;
  void* range = mmap(nullptr, sizeof(Timer) * kTimerMost, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) Fatal("no address space for timers");
  madvise(range, sizeof(Timer) * kTimerMost, MADV_NOHUGEPAGE);
  g_records.memory = static_cast<char*>(range);
}

namespace {

template <typename Timer>
Timer* RecordAt(uint32_t index) {
  return reinterpret_cast<Timer*>(g_records.memory) + index;
}

}  // namespace

// A record of the shard, pending. The shard's lock is held.
Timers::Timer* Timers::Take(uint32_t shard_index) {
  Shard& shard = shards_[shard_index];
  if (shard.free == nullptr) {
    uint32_t first = g_records.used.load(std::memory_order_relaxed);
    do {
      if (first + kTakenAtOnce > kTimerMost) Fatal("more than 67 million timers are pending");
    } while (!g_records.used.compare_exchange_weak(first, first + kTakenAtOnce,
                                                   std::memory_order_acq_rel));
    for (uint32_t i = kTakenAtOnce; i-- > 0;) {
      Timer* timer = RecordAt<Timer>(first + i);
      timer->shard = shard_index;
      timer->next = shard.free;
      shard.free = timer;
    }
  }
  Timer* timer = shard.free;
  shard.free = static_cast<Timer*>(timer->next);
  ++timer->generation;
  return timer;
}

// Puts a filled record into the wheel. The shard's lock is held.
TimerHandle Timers::Insert(uint32_t shard_index, Timer* timer, int64_t due_ns) {
  Shard& shard = shards_[shard_index];
  timer->due_ns = due_ns;
  timer->sequence = ++shard.sequence;
  timer->tick = DueTick(due_ns);
  shard.wheel.Insert(timer);
  const int64_t tick_ns = static_cast<int64_t>(timer->tick) << kTickShift;
  if (tick_ns < shard.next_ns.load(std::memory_order_relaxed)) {
    shard.next_ns.store(tick_ns, std::memory_order_release);
  }
  shard.pending.store(shard.pending.load(std::memory_order_relaxed) + 1,
                      std::memory_order_relaxed);
  return MakeHandle(timer->generation, static_cast<uint64_t>(timer - RecordAt<Timer>(0)));
}

TimerHandle Timers::SetWait(Worker& worker, Actor* actor, uint64_t detail, int64_t ms) {
  const int64_t due = DueAfterMs(ms);
  const uint32_t index = worker.index() % shard_count_;
  g_scheduler.live_timers.fetch_add(1, std::memory_order_relaxed);
  SpinLockHolder hold(shards_[index].lock);
  Timer* timer = Take(index);
  timer->kind = TimerKind::kWait;
  timer->target = actor->pid;
  timer->detail = detail;
  timer->message = nullptr;
  return Insert(index, timer, due);
}

TimerHandle Timers::SetSend(Worker& worker, uint64_t pid, Message* message, int64_t ms,
                            bool repeats) {
  static_cast<void>(worker);
  const int64_t due = DueAfterMs(ms);
  const uint32_t index = SlotOf(pid) % shard_count_;
  message->target = pid;
  // While the receiver lives the timer keeps the program alive; with its end it no longer does.
  Actor* receiver = g_actors.Find(pid);
  bool lives = false;
  if (receiver != nullptr) {
    SpinLockHolder hold(receiver->lock);
    lives = ActorTable::PidOf(receiver) == pid;
    if (lives) {
      ++receiver->live_timers;
      g_scheduler.live_timers.fetch_add(1, std::memory_order_relaxed);
    }
  }
  if (!lives) {
    FreeMessage(message, worker.cache());
    return 0;
  }
  SpinLockHolder hold(shards_[index].lock);
  Timer* timer = Take(index);
  timer->kind = repeats ? TimerKind::kEvery : TimerKind::kSend;
  timer->target = pid;
  timer->message = message;
  timer->period_ns = std::max<int64_t>(ms, 1) * 1000000;
  return Insert(index, timer, due);
}

namespace {

// A timer that sends to this actor is gone. True while the actor lives.
bool UncountFor(uint64_t pid) {
  Actor* receiver = g_actors.Slot(pid);
  SpinLockHolder hold(receiver->lock);
  if (ActorTable::PidOf(receiver) != pid) return false;
  --receiver->live_timers;
  g_scheduler.live_timers.fetch_sub(1, std::memory_order_release);
  return true;
}

}  // namespace

// Takes a record that lies in no wheel out of use. The shard's lock is held.
void Timers::Retire(Shard& shard, Timer* timer) {
  ++timer->generation;
  timer->next = shard.free;
  shard.free = timer;
  shard.pending.store(shard.pending.load(std::memory_order_relaxed) - 1,
                      std::memory_order_relaxed);
}

bool Timers::Cancel(Worker& worker, TimerHandle handle) {
  const uint32_t index = IndexOf(handle);
  if (index == 0 || index >= g_records.used.load(std::memory_order_acquire)) return false;
  Timer* timer = RecordAt<Timer>(index);
  Shard& shard = shards_[timer->shard];
  Message* message;
  TimerKind kind;
  uint64_t target;
  {
    SpinLockHolder hold(shard.lock);
    if ((timer->generation & 1) == 0 || MakeHandle(timer->generation, index) != handle) {
      return false;
    }
    message = timer->message;
    kind = timer->kind;
    target = timer->target;
    shard.wheel.Remove(timer);
    Retire(shard, timer);
  }
  if (kind == TimerKind::kWait) {
    g_scheduler.live_timers.fetch_sub(1, std::memory_order_release);
  } else if (message != nullptr) {
    UncountFor(target);
    FreeMessage(message, worker.cache());
  }
  return true;
}

// Takes one slot of timers that are due out of the wheel and notes what is to be sent. The locks are
// held. False when nothing is due.
bool Timers::TakeDue(Worker& worker, Shard& shard, uint64_t tick) {
  WheelNode* nodes = shard.wheel.Advance(tick);
  if (nodes == nullptr) return false;
  while (nodes != nullptr) {
    Timer* timer = static_cast<Timer*>(nodes);
    nodes = nodes->next;
    Message* message = timer->message;
    const bool repeats = timer->kind == TimerKind::kEvery && g_actors.Find(timer->target) != nullptr;
    if (repeats) {
      message = NewValueMessage(worker.cache(), worker.copy_scratch(), MessageKind::kUser,
                                message->snow.type, message->snow.payload);
      if (message != nullptr) message->target = timer->target;
    }
    shard.due.Push({timer->due_ns, timer->sequence, timer->target, timer->detail, message,
                    timer->kind == TimerKind::kEvery && !repeats ? TimerKind::kSend : timer->kind});
    if (repeats) {
      timer->due_ns += timer->period_ns;
      timer->sequence = ++shard.sequence;
      timer->tick = DueTick(timer->due_ns);
      shard.wheel.Insert(timer);
    } else {
      Retire(shard, timer);
    }
  }
  return true;
}

namespace {

void Deliver(Worker& worker, const DueNews& due) {
  Message* message = due.message;
  switch (due.kind) {
    case TimerKind::kWait:
      message = NewRawMessage(worker.cache(), MessageKind::kTimeout, 0);
      message->target = due.target;
      message->detail = due.detail;
      break;
    case TimerKind::kEvery:
    case TimerKind::kSend:
      break;
  }
  if (message == nullptr) return;
  // Whatever keeps the program alive is counted off only after the message is in the inbox.
  if (!worker.Send(g_actors.Slot(due.target), message, false)) {
    FreeMessage(message, worker.cache());
  }
  if (due.kind == TimerKind::kWait) {
    g_scheduler.live_timers.fetch_sub(1, std::memory_order_release);
  } else if (due.kind == TimerKind::kSend) {
    UncountFor(due.target);
  }
}

}  // namespace

void Timers::FireShard(Worker& worker, Shard& shard, int64_t now_ns) {
  if (!shard.firing.TryLock()) return;
  for (bool any = true; any;) {
    shard.lock.Lock();
    any = TakeDue(worker, shard, TickOf(now_ns));
    const uint64_t next = shard.wheel.NextTick();
    shard.next_ns.store(next > TickOf(INT64_MAX) ? INT64_MAX
                                                 : static_cast<int64_t>(next << kTickShift),
                        std::memory_order_release);
    shard.lock.Unlock();
    if (!shard.due.empty()) qsort(shard.due.data(), shard.due.size(), sizeof(DueNews), CompareDue);
    for (const DueNews& due : shard.due) Deliver(worker, due);
    shard.due.Clear();
    shard.due.ShrinkAbove(4096);
  }
  shard.firing.Unlock();
}

int64_t Timers::Fire(Worker& worker, int64_t now_ns) {
  for (uint32_t i = 0; i < shard_count_; ++i) {
    if (shards_[i].next_ns.load(std::memory_order_acquire) <= now_ns) {
      FireShard(worker, shards_[i], now_ns);
    }
  }
  return Next();
}

int64_t Timers::Next() const {
  int64_t next = INT64_MAX;
  for (uint32_t i = 0; i < shard_count_; ++i) {
    next = std::min(next, shards_[i].next_ns.load(std::memory_order_acquire));
  }
  return next;
}

int64_t Timers::pending() const {
  int64_t pending = 0;
  for (uint32_t i = 0; i < shard_count_; ++i) {
    pending += shards_[i].pending.load(std::memory_order_relaxed);
  }
  return pending;
}

}  // namespace snow::rt
