#include "runtime/process/end.h"

#include <stdlib.h>

#include "runtime/base/settings.h"
#include "runtime/process/bounds.h"
#include "runtime/process/extra.h"
#include "runtime/process/mailbox.h"
#include "runtime/process/names.h"
#include "runtime/process/program.h"
#include "runtime/process/watch.h"
#include "runtime/timer/timers.h"

namespace snow::rt {
namespace {

void CancelTimer(Worker& worker, uint64_t& timer) {
  if (timer != 0) g_timers.Cancel(worker, timer);
  timer = 0;
}

// Lets the terminate block begin: it goes on with an empty stack, and as if nothing had come.
void BeginTerminate(Worker& worker, Actor* actor) {
  ActorExtra& extra = *actor->extra;
  actor->flags = (actor->flags | kTerminating) & ~(kTimedOut | kWoken | kNoSignals);
  extra.reason = actor->end;
  actor->end = nullptr;
  actor->closure = extra.terminate;
  extra.terminate = nullptr;
  extra.terminate_timer =
      g_timers.SetWait(worker, actor, kTerminateLimit, g_settings.terminate_ms);
}

void DropQueue(Worker& worker, Actor* actor) {
  while (actor->queue_first != nullptr) {
    Message* message = Message::Of(actor->queue_first);
    actor->queue_first = message->snow.next;
    DropMessage(worker, message);
  }
  if (actor->accepted != nullptr) FreeReceived(actor->accepted, worker.cache());
  actor->accepted = nullptr;
}

void DropInbox(Worker& worker, Actor* actor) {
  Message* newest = actor->inbox.exchange(kInboxDead, std::memory_order_acq_rel);
  for (SnowMessage* at = newest == kInboxEmpty ? nullptr : &newest->snow; at != nullptr;) {
    Message* message = Message::Of(at);
    at = at->next;
    DropMessage(worker, message);
  }
}

void DestroyExtra(Worker& worker, Actor* actor) {
  ActorExtra* extra = actor->extra;
  if (extra == nullptr) return;
  free(extra->caught_at);
  extra->~ActorExtra();
  worker.cache().GiveRecord(extra);
  actor->extra = nullptr;
}

// Everything that an actor leaves behind: names first, then those who watch it are told, then its
// memory goes back.
void Finalize(Worker& worker, Actor* actor, const Reason* reason) {
  const uint64_t pid = actor->pid;
  actor->state.store(static_cast<uint8_t>(ActorState::kEnding), std::memory_order_relaxed);
  actor->lock.Lock();
  ActorTable::SetPid(actor, 0);
  g_scheduler.live_timers.fetch_sub(actor->live_timers, std::memory_order_relaxed);
  actor->live_timers = 0;
  actor->lock.Unlock();
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if ((actor->marks.load() & kHasNames) != 0) g_names.Forget(actor, pid);
  CancelTimer(worker, actor->timer);
  if (actor->extra != nullptr) {
    CancelTimer(worker, actor->extra->terminate_timer);
    while (Cleanup* cleanup = actor->extra->cleanups) {
      actor->extra->cleanups = cleanup->next;
      cleanup->close(worker, cleanup);
    }
    ReleaseSenders(worker, actor);
  }
  TellWatchers(worker, actor, pid, reason);
  DropOwnWatches(worker, actor, pid);
  DropInbox(worker, actor);
  DropQueue(worker, actor);
  HeapDestroy(*actor, worker.cache());
  DestroyExtra(worker, actor);
  actor->state.store(static_cast<uint8_t>(ActorState::kFree), std::memory_order_relaxed);
  // What ActorTable::Take reads.
  actor->reductions_done = GenerationOf(pid);
  g_actors.CountDeath();
  g_actors.Give(actor, worker.slots());
}

}  // namespace

bool End(Worker& worker, Actor* actor) {
  const Reason* reason = actor->end;
  ActorExtra* extra = actor->extra;
  const bool was_terminating = (actor->flags & kTerminating) != 0;
  actor->wait = Wait::kNothing;
  if (extra != nullptr) extra->catch_top = nullptr;
  if (!was_terminating && extra != nullptr && extra->terminate != nullptr &&
      reason->kind != ReasonKind::kKilled) {
    BeginTerminate(worker, actor);
    return true;
  }
  if (was_terminating && extra->reason != nullptr) {
    // However the block ended: what counts is why the actor did.
    DropReason(reason);
    reason = extra->reason;
  }
  actor->end = nullptr;
  const bool is_main = (actor->flags & kIsMain) != 0;
  const int code = is_main ? MainExitCode(*reason) : 0;
  const bool is_failure = is_main && reason->is_abnormal();
  Finalize(worker, actor, reason);
  DropReason(reason);
  if (is_main) MainEnded(worker, code, is_failure);
  return false;
}

void EndRunning(Actor* actor, const Reason* reason) {
  if (actor->end == nullptr) {
    actor->end = reason;
  } else {
    DropReason(reason);
  }
  actor->worker->LeaveToEnd(actor);
}

}  // namespace snow::rt
