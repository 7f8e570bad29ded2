// Timers: the limits of waits, and messages that are sent later.
//
// One wheel with a lock for each worker. The limit of a wait goes to the wheel of the worker at hand;
// timers that send to an actor all go to one wheel by that actor, so that they fire in order of
// their due times. Any worker fires what is due in any wheel. Timers are records that are reused: a
// handle names a record and its generation.
//
// Thread-safe.
#ifndef RUNTIME_TIMER_TIMERS_H_
#define RUNTIME_TIMER_TIMERS_H_

#include <cstdint>

#include "runtime/actor/actor.h"
#include "runtime/scheduler/worker.h"
#include "runtime/timer/wheel.h"

namespace snow::rt {

using TimerHandle = uint64_t;  // 0: none

class Timers {
 public:
  constexpr Timers() = default;
  void Begin(uint32_t shards);

  // Sends kTimeout with this detail to the actor after so long. Keeps the program alive.
  TimerHandle SetWait(Worker& worker, Actor* actor, uint64_t detail, int64_t ms);
  // Sends the message, which it takes over, after so long; every so long if `repeats`.
  TimerHandle SetSend(Worker& worker, uint64_t pid, Message* message, int64_t ms, bool repeats);
  // Whether it was still to fire.
  bool Cancel(Worker& worker, TimerHandle handle);

  // Fires what is due; returns when the next one is.
  int64_t Fire(Worker& worker, int64_t now_ns);
  // When the next one is due (ns), INT64_MAX: never.
  int64_t Next() const;

  // How many are pending.
  int64_t pending() const;

 private:
  struct Timer;
  struct Shard;
  static constexpr uint32_t kMostShards = 64;

  Timer* Take(uint32_t shard_index);
  TimerHandle Insert(uint32_t shard_index, Timer* timer, int64_t due_ns);
  static void Retire(Shard& shard, Timer* timer);
  static bool TakeDue(Worker& worker, Shard& shard, uint64_t tick);
  void FireShard(Worker& worker, Shard& shard, int64_t now_ns);

  Shard* shards_ = nullptr;
  uint32_t shard_count_ = 0;
};

extern constinit Timers g_timers;

// So long from now, in ns of the monotonic clock.
inline int64_t DueAfterMs(int64_t ms) {
  constexpr int64_t kMostMs = INT64_MAX / 4000000;
  return NowNs() + (ms > kMostMs ? kMostMs : ms) * 1000000;
}

}  // namespace snow::rt

#endif  // RUNTIME_TIMER_TIMERS_H_
