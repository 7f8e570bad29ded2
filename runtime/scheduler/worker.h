// Workers: the threads that run actors, one a core.
//
// A worker takes an actor, runs it until it leaves (its slice is over, it parks, it ends), and takes
// the next. It knows nothing of what messages mean: the hooks say whether an actor that something
// has come to goes on.
#ifndef RUNTIME_SCHEDULER_WORKER_H_
#define RUNTIME_SCHEDULER_WORKER_H_

#include <pthread.h>

#include <atomic>
#include <cstdint>

#include "runtime/actor/actor.h"
#include "runtime/actor/stack.h"
#include "runtime/memory/blocks.h"
#include "runtime/memory/collector.h"
#include "runtime/memory/copy.h"
#include "runtime/scheduler/run_queue.h"

namespace snow::rt {

inline constexpr int64_t kSliceReductions = 4000;

// What an actor that is about to run does.
enum class Verdict : uint8_t { kRun, kWait, kEnd };

class Worker;

struct SchedulerHooks {
  // Takes in what has come to an actor and decides. Runs on the worker's stack.
  Verdict (*arrive)(Worker&, Actor*);
  // The actor's outermost frame. Does not return.
  void (*enter)(void* actor);
  // The actor is to end, for the reason in `end`, or has ended. True: it goes on (its terminate
  // block); false: it is gone.
  bool (*end)(Worker&, Actor*);
  // Fires timers that are due; returns when the next one is (ns), or INT64_MAX.
  int64_t (*fire_timers)(Worker&, int64_t now_ns);
  // When the next timer is due, or INT64_MAX.
  int64_t (*next_timer)();
  // Shrinks the heap of an actor without a stack. Runs on the worker's stack.
  void (*compact)(Worker&, Actor*);
  // A descriptor that was armed with this cookie is ready.
  void (*io_ready)(Worker&, uint64_t cookie, uint32_t ready);
  // Every worker is idle, nothing is ready and nothing outside can make an actor ready. Returns
  // whether it made something ready.
  bool (*quiet)(Worker&);
};

// How an actor leaves its stack.
enum class Leave : uint8_t {
  kYield,     // ready again at once, behind the others
  kPark,      // waits, with its context
  kBasePark,  // waits; its closure goes on, on any stack
  kEnd,       // is to end, for the reason in `end`
  kCall,      // wants a function run on the worker's stack, then goes on
};

class Worker {
 public:
  explicit Worker(uint32_t index) : index_(index), random_(index * 2 + 1) {}
  // For a thread that runs no actors but sends to them: a helper, the one for signals.
  static constexpr uint32_t kOutside = ~uint32_t{0};
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  uint32_t index() const { return index_; }
  BlockCache& cache() { return cache_; }
  CollectorScratch& collector_scratch() { return collector_scratch_; }
  CopyScratch& copy_scratch() { return copy_scratch_; }
  SlotCache& slots() { return slots_; }

  // Makes an actor ready. `soon`: it should run as soon as the running one leaves, in its slice.
  void Ready(Actor* actor, bool soon);
  // The same for an actor that has just been made by this worker.
  void ReadyNewborn(Actor* actor);
  // Pushes a message to an actor and makes that ready if it was parked. False when the actor's slot
  // is free: then the message is still the caller's.
  bool Send(Actor* receiver, Message* message, bool soon = true);

  // --- On the stack of the running actor -----------------------------------------------------------
  // Each may return on another worker.
  void LeaveToYield(Actor* actor) { SwitchOut(actor, Leave::kYield); }
  void LeaveToPark(Actor* actor) { SwitchOut(actor, Leave::kPark); }
  [[noreturn]] void LeaveAtBase(Actor* actor) { LeaveForGood(actor, Leave::kBasePark); }
  [[noreturn]] void LeaveToEnd(Actor* actor) { LeaveForGood(actor, Leave::kEnd); }
  // Before something long: what should have run next can run elsewhere.
  void LetOthersHelp();
  // Runs function(worker, actor, argument) on the worker's own stack.
  using Call = void (*)(Worker&, Actor*, void*);
  void CallOnWorker(Actor* actor, Call function, void* argument);

  // --- On the worker's own stack -------------------------------------------------------------------
  // The roots of the stack of an actor that has left it (kCall) or is parked.
  static Roots StackRoots(const Actor* actor);
  Actor* running() const { return running_; }
  // The first thing on a fresh stack.
  void Arrived(Stack* stack);
  // Until the program ends.
  [[noreturn]] void Loop();

 private:
  friend class Scheduler;

  Actor* Next();
  Actor* TakeOwn();
  Actor* TakeShared();
  Actor* Steal();
  void Sleep();
  bool AnyWork();
  void LookOutside();
  void GiveOut(int64_t timeout_ns);
  void Run(Actor* actor);
  bool TryPark(Actor* actor);
  void TakeStack(Actor* actor);
  void DropStack(Actor* actor);
  void NoteLoose(Actor* actor);
  bool CompactOldest();
  void CompactAll();
  void SwitchIn(Actor* actor);
  void SwitchOut(Actor* actor, Leave leave);
  [[noreturn]] void LeaveForGood(Actor* actor, Leave leave);
  void PushLocal(Actor* actor);
  uint32_t Random() {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    return static_cast<uint32_t>(random_);
  }

  const uint32_t index_;
  RunQueue queue_;
  BirthStack births_;
  Actor* soon_ = nullptr;   // runs next, in the slice of the one before
  int64_t slice_left_ = 0;  // of the actor that ran last
  Actor* running_ = nullptr;
  Leave leave_ = Leave::kYield;
  Call call_ = nullptr;
  void* call_argument_ = nullptr;
  void* context_ = nullptr;      // of the loop, while an actor runs
  Stack* stack_ = nullptr;       // for the next actor without one
  uint32_t until_look_ = 0;    // actors until timers and I/O are looked at
  uint32_t until_shared_ = 0;  // actors until the shared queue is looked at first
  uint32_t until_queue_ = 0;   // newborn actors until the queue is looked at first
  int64_t polled_ns_ = 0;      // when the reactor was last asked
  int64_t slice_given_ = 0;
  bool is_fresh_slice_ = true;  // not what another actor left
  bool is_searching_ = false;
  uint64_t random_;

  // Actors that parked at their base with a heap that can shrink, oldest first; they are seen to when
  // there is nothing else to do, or when they hold much.
  struct Loose {
    Actor* actor;
    uint64_t pid;
    uint64_t bytes;
  };
  static constexpr uint32_t kLooseMost = 2048;
  Loose* loose_ = nullptr;
  uint32_t loose_first_ = 0;
  uint32_t loose_count_ = 0;
  uint64_t loose_bytes_ = 0;
  bool has_new_loose_ = false;  // since the last look at all of them

  BlockCache cache_;
  CollectorScratch collector_scratch_;
  CopyScratch copy_scratch_;
  SlotCache slots_;

  bool wakes_searching_ = false;     // taken from the idle list so; guarded by the idle lock
  std::atomic<uint32_t> signal_{0};  // futex: 1 wakes a sleeper
  std::atomic<bool> is_polling_{false};  // sleeps in the reactor; written with the idle lock held
  bool is_started_ = false;          // likewise
  // For AddressSanitizer and ThreadSanitizer.
  [[maybe_unused]] void* own_fake_stack_ = nullptr;
  [[maybe_unused]] const void* own_stack_low_ = nullptr;
  [[maybe_unused]] size_t own_stack_bytes_ = 0;
  [[maybe_unused]] void* own_fiber_ = nullptr;
};

// What the workers share.
class Scheduler {
 public:
  constexpr Scheduler() = default;

  // Before anything runs.
  void Begin(uint32_t workers, const SchedulerHooks& hooks);
  const SchedulerHooks& hooks() const { return hooks_; }
  uint32_t worker_count() const { return worker_count_; }
  Worker& worker(uint32_t index) { return *workers_[index]; }

  // Makes an actor ready from a thread that is no worker.
  void ReadyFromOutside(Actor* actor);
  // Wakes a sleeping worker if there is one and nobody looks for work already.
  void WakeOne();
  // Wakes a worker whatever the others do: it then looks at timers and at the end of the program.
  void WakeToLook();

  // What keeps a program alive beside actors that can run (spec 04, section 2).
  std::atomic<int64_t> live_timers{0};
  std::atomic<int64_t> io_waits{0};
  std::atomic<int64_t> helper_jobs{0};
  std::atomic<int64_t> system_processes{0};

 private:
  friend class Worker;

  static constexpr uint32_t kMostWorkers = 256;
  Worker* TakeIdle(bool searches);
  void Notify(Worker* worker);
  bool IsQuiet() const {
    return live_timers.load(std::memory_order_acquire) == 0 &&
           io_waits.load(std::memory_order_acquire) == 0 &&
           helper_jobs.load(std::memory_order_acquire) == 0 &&
           system_processes.load(std::memory_order_acquire) == 0;
  }

  SchedulerHooks hooks_{};
  Worker* workers_[kMostWorkers] = {};
  uint32_t worker_count_ = 0;
  SharedRunQueue shared_;

  SpinLock idle_lock_;
  Worker* idle_[kMostWorkers] = {};        // guarded by idle_lock_
  std::atomic<uint32_t> idle_count_{0};    // written with idle_lock_ held
  bool has_poller_ = false;                // guarded by idle_lock_
  uint64_t departures_ = 0;                // guarded by idle_lock_: workers that left the idle
  std::atomic<int64_t> poller_until_{INT64_MAX};  // when it will look at the timers by itself
  std::atomic<uint32_t> searching_{0};
};

extern constinit Scheduler g_scheduler;

// The monotonic clock.
int64_t NowNs();

}  // namespace snow::rt

#endif  // RUNTIME_SCHEDULER_WORKER_H_
