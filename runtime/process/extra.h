// What few actors need beside their control block, made when it is first needed.
#ifndef RUNTIME_PROCESS_EXTRA_H_
#define RUNTIME_PROCESS_EXTRA_H_

#include <cstdint>

#include "runtime/actor/actor.h"
#include "runtime/actor/reason.h"
#include "runtime/process/watch.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {

// A place that a panic jumps to instead of ending the actor.
struct CatchFrame {
  void* context;
  CatchFrame* outer;
};

// Where a panic that was caught happened.
struct Backtrace {
  static constexpr uint32_t kMostFrames = 64;
  uint32_t count;
  bool is_cut;
  const void* frames[kMostFrames];
};

// Something of the system that is closed with the actor's end. Embedded in what it closes.
struct Cleanup {
  Cleanup* next;
  Cleanup* previous;
  void (*close)(Worker&, Cleanup*);
};

// An actor that waits for room in a mailbox.
struct SenderWait {
  SenderWait* next;
  uint64_t pid;
};

struct ActorExtra {
  void* terminate = nullptr;  // closure
  const Reason* reason = nullptr;  // of the end, while terminate runs
  uint64_t terminate_timer = 0;  // a handle

  CatchFrame* catch_top = nullptr;
  uint64_t caught[2] = {0, 0};  // a String
  Backtrace* caught_at = nullptr;

  // Monitors, calls and jobs of this actor; what call_wait waits for, and how the last one failed.
  WatchTable watches;
  uint64_t last_reference = 0;
  Watch* awaited = nullptr;
  uint64_t failure_kind = 0;
  uint64_t failure = 0;  // a boxed ExitReason

  int64_t next_warning = 0;  // the length of the mailbox that is logged next

  // Who waits for room in the bounded mailbox, in order; guarded by the actor's lock.
  SenderWait* senders = nullptr;
  SenderWait** senders_end = &senders;
  std::atomic<bool> has_senders{false};

  Cleanup* cleanups = nullptr;
  int64_t event_value = 0;  // what woke a Wait::kEvent
};

// The current worker's blocks serve; never null.
ActorExtra& ExtraOf(Actor* actor);

void AddCleanup(Actor* actor, Cleanup* cleanup);
void RemoveCleanup(Actor* actor, Cleanup* cleanup);

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_EXTRA_H_
