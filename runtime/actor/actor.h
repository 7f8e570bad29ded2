// The control block of an actor.
//
// Control blocks lie in one reserved range, one a slot, and are never anything else: a pid names a
// slot and a generation, so a sender looks at the block without asking whether it is still there.
//
// Who may touch what: `inbox` everybody; what is guarded by `lock` says so; `pid`, `kind`, `parent`
// everybody may read; everything else belongs to the worker that runs the actor, or that made it
// ready, or (while it is parked) to whoever takes it out of kInboxParked.
#ifndef RUNTIME_ACTOR_ACTOR_H_
#define RUNTIME_ACTOR_ACTOR_H_

#include <atomic>
#include <cstdint>

#include "runtime/abi/abi.h"
#include "runtime/actor/message.h"
#include "runtime/actor/stack.h"
#include "runtime/base/spin_lock.h"
#include "runtime/memory/heap.h"

namespace snow::rt {

class Worker;
struct Watch;
struct ActorExtra;

// What an actor waits for while it is parked.
enum class Wait : uint8_t {
  kNothing,  // it runs, or is ready
  kMessage,  // a receive
  kCall,     // the reply to a call
  kTime,     // a sleep
  kEvent,    // something that a kWake tells: I/O, a helper's job, room in a mailbox
};

enum ActorFlag : uint32_t {
  kDropsNotices = 2,
  kIsJob = 4,
  kIsMain = 8,
  kTerminating = 16,    // its terminate block runs, or has run
  kTimedOut = 32,       // the wait is over
  kTimerSet = 64,       // the limit of the receive at hand has a timer
  kWoken = 128,         // a kWake has come since the flag was cleared
  kNoSignals = 256,     // an exit signal waits until the flag is cleared (a helper works for it)
  kStarted = 512,       // its closure has begun
  kLastFailed = 1024,   // last_failed
  kCodecFailed = 2048,  // codec_failed
  kLoose = 4096,        // in a worker's list of parked actors whose heaps can shrink
  kLooking = 8192,      // a receive looks at the message at `position`: its guard may run
};

enum ActorMark : uint8_t {
  kHasNames = 1,  // set with the lock of the registry held
  kWasTold = 2,   // to shut down
};

// Special values of `inbox`; others are the newest message.
inline Message* const kInboxEmpty = nullptr;
// The actor is parked: whoever replaces this value makes it ready.
inline Message* const kInboxParked = reinterpret_cast<Message*>(uintptr_t{1});
// The slot is free.
inline Message* const kInboxDead = reinterpret_cast<Message*>(uintptr_t{2});

struct Actor : HeapOwner {
  Worker* worker;  // that runs it, or ran it last
  std::atomic<Message*> inbox;

  // Messages taken out of the inbox, in order of arrival, and where the receive at hand has got to:
  // the link to the first message that it has not seen.
  SnowMessage* queue_first;
  SnowMessage** queue_end;
  SnowMessage** position;
  std::atomic<uint32_t> queue_length;
  uint32_t flags;  // ActorFlag
  Message* accepted;  // received; its head is freed by the next function of a receive

  // Parked in mid-call: the context, on `stack`. Parked at its base, or new: no stack, and the closure
  // that goes on.
  Stack* stack;
  union {
    void* context;
    void* closure;
  };

  Actor* run_next;  // in a run queue, or among the free slots
  const char* kind;  // the function that it runs, for reports
  uint64_t parent;
  int64_t limit_ms;  // of the receive at hand; negative: none
  uint64_t timer;    // of the wait at hand, a handle; 0: none
  uint64_t reductions_done;  // in earlier slices
  ActorExtra* extra;
  const Reason* end;  // why it is to end; null while it lives on

  SpinLock lock;  // guards watchers, and that the slot's pid changes
  uint32_t wait_number;
  uint32_t start_ms;     // since the program began
  uint32_t live_timers;  // guarded by lock: timers that will send to it
  Watch* watchers;       // guarded by lock: who is told of its end
  Wait wait;
  std::atomic<uint8_t> state;      // ActorState, for observers
  std::atomic<bool> traps_exits;
  std::atomic<uint8_t> marks;      // ActorMark; may be set by anybody
  std::atomic<uint32_t> bound;     // of the mailbox: most messages | Overflow << 30; 0: none
};
static_assert(sizeof(Actor) == 256);

// What a send to a full mailbox does.
enum class Overflow : uint32_t { kBlock, kDropNew, kDropOld, kCrash };
inline constexpr uint32_t kBoundMost = (uint32_t{1} << 30) - 1;
inline uint32_t BoundOf(uint32_t bound) { return bound & kBoundMost; }
inline Overflow OverflowOf(uint32_t bound) { return static_cast<Overflow>(bound >> 30); }

enum class ActorState : uint8_t { kFree, kReady, kRunning, kWaiting, kWaitingWithStack, kEnding };

inline Actor* ActorOf(SnowActor* actor) { return static_cast<Actor*>(actor); }

// --- Pids and slots -----------------------------------------------------------------------------
// A pid: slot (24 bits) | generation (31 bits) << 24 | node << 55; the own node is 0.

inline constexpr int kSlotBits = 24;
inline constexpr uint32_t kSlotCount = uint32_t{1} << kSlotBits;
inline constexpr uint64_t kGenerationMost = (uint64_t{1} << 31) - 1;

inline uint32_t SlotOf(uint64_t pid) { return static_cast<uint32_t>(pid) & (kSlotCount - 1); }
inline uint64_t GenerationOf(uint64_t pid) { return (pid >> kSlotBits) & kGenerationMost; }
inline uint64_t NodeOf(uint64_t pid) { return pid >> 55; }

// Free slots at hand: first in, first out, so that a slot's generations do not run fast. Belongs to a
// worker.
struct SlotCache {
  Actor* first = nullptr;
  Actor* last = nullptr;
  uint32_t count = 0;
};

class ActorTable {
 public:
  constexpr ActorTable() = default;
  void Reserve();

  // A control block with a new pid that no look-up finds yet (see Publish); null when all 16 million
  // are taken. Everything but pid and inbox is as the last actor left it.
  Actor* Take(SlotCache& cache, uint64_t* pid);
  void Give(Actor* actor, SlotCache& cache);

  // The control block of a slot that this pid may still own. Null for pids that never were.
  Actor* Slot(uint64_t pid) const {
    const uint32_t slot = SlotOf(pid);
    if (slot == 0 || slot >= used_.load(std::memory_order_acquire) || NodeOf(pid) != 0) {
      return nullptr;
    }
    return actors_ + slot;
  }
  static uint64_t PidOf(const Actor* actor) {
    return __atomic_load_n(&actor->pid, __ATOMIC_ACQUIRE);
  }
  static void SetPid(Actor* actor, uint64_t pid) {
    __atomic_store_n(&actor->pid, pid, __ATOMIC_RELEASE);
  }
  // The living actor of this pid, or null. It may end at any moment. 0 is nobody's, though slots that
  // are free have it.
  Actor* Find(uint64_t pid) const {
    Actor* actor = Slot(pid);
    return actor != nullptr && pid != 0 && PidOf(actor) == pid ? actor : nullptr;
  }
  // Slots that were ever used are below this number.
  uint32_t used() const { return used_.load(std::memory_order_acquire); }
  Actor* At(uint32_t slot) const { return actors_ + slot; }
  uint64_t living() const { return living_.load(std::memory_order_relaxed); }
  void CountBirth() { living_.fetch_add(1, std::memory_order_relaxed); }
  void CountDeath() { living_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  bool Refill(SlotCache& cache);

  Actor* actors_ = nullptr;
  std::atomic<uint32_t> used_{1};
  std::atomic<uint64_t> living_{0};
  SpinLock lock_;
  Actor* free_ = nullptr;
};

extern constinit ActorTable g_actors;

// "<0.17>", or "<0.17.3>" for the fourth actor of a slot.
struct PidText {
  explicit PidText(uint64_t pid);
  std::string_view View() const { return {text, size}; }
  char text[48];
  size_t size;
};

// --- The inbox ----------------------------------------------------------------------------------

enum class Push : uint8_t {
  kQueued,
  kWakes,  // the receiver was parked and now is the caller's to make ready
  kDead,   // the message is still the caller's
};
// Puts a message with its target set into an inbox.
inline Push InboxPush(Actor* receiver, Message* message) {
  Message* newest = receiver->inbox.load(std::memory_order_relaxed);
  for (;;) {
    if (newest == kInboxDead) return Push::kDead;
    const bool was_parked = newest == kInboxParked;
    const bool is_first = was_parked || newest == kInboxEmpty;
    message->snow.next = is_first ? nullptr : &newest->snow;
    // The newest may be taken and freed at this moment: then the exchange fails.
    const uint32_t depth = is_first ? 0 : newest->depth.load(std::memory_order_relaxed);
    message->depth.store(depth + 1, std::memory_order_relaxed);
    if (receiver->inbox.compare_exchange_weak(newest, message, std::memory_order_acq_rel,
                                              std::memory_order_relaxed)) {
      return was_parked ? Push::kWakes : Push::kQueued;
    }
  }
}

// About how many messages wait in the inbox.
uint32_t InboxLength(const Actor* actor);

// Takes everything out of the own inbox: the oldest message, chained by snow.next.
inline SnowMessage* InboxTakeAll(Actor* actor) {
  if (actor->inbox.load(std::memory_order_relaxed) == kInboxEmpty) return nullptr;
  Message* newest = actor->inbox.exchange(kInboxEmpty, std::memory_order_acquire);
  SnowMessage* at = &newest->snow;
  SnowMessage* oldest = nullptr;
  while (at != nullptr) {
    SnowMessage* next = at->next;
    at->next = oldest;
    oldest = at;
    at = next;
  }
  return oldest;
}

// Puts a received message at the end of the queue.
inline void QueueAppend(Actor* actor, SnowMessage* message) {
  message->next = nullptr;
  *actor->queue_end = message;
  actor->queue_end = &message->next;
  actor->queue_length.store(actor->queue_length.load(std::memory_order_relaxed) + 1,
                            std::memory_order_relaxed);
}
// Takes the message that *link points to out of the queue.
inline void QueueRemove(Actor* actor, SnowMessage** link) {
  SnowMessage* message = *link;
  *link = message->next;
  if (actor->queue_end == &message->next) actor->queue_end = link;
  if (actor->position == &message->next) actor->position = link;
  actor->queue_length.store(actor->queue_length.load(std::memory_order_relaxed) - 1,
                            std::memory_order_relaxed);
}

}  // namespace snow::rt

#endif  // RUNTIME_ACTOR_ACTOR_H_
