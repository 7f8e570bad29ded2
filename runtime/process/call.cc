// Calls to services and the results of jobs: replies go to a slot of the caller, never to its mailbox.
#include <string.h>

#include "runtime/abi/functions.h"
#include "runtime/process/extra.h"
#include "runtime/process/heap_abi.h"
#include "runtime/process/mailbox.h"
#include "runtime/process/watch.h"

namespace snow::rt {
namespace {

enum FailureKind : uint64_t { kTimeOut = 0, kEnded = 1, kUnknown = 2 };

// A call to an actor that has ended already: nothing is attached.
void AddFailedCall(Actor* actor, uint64_t pid, uint64_t reference) {
  Watch* watch = actor->worker->cache().TakeRecord<Watch>();
  memset(static_cast<void*>(watch), 0, sizeof(*watch));
  watch->watched = pid;
  watch->watcher = actor->pid;
  watch->reference = reference;
  watch->kind = WatchKind::kCall;
  watch->owners.store(1, std::memory_order_relaxed);
  watch->failure = PlainReason(ReasonKind::kNoproc);
  ExtraOf(actor).watches.Add(reference, watch);
}

// A reference for an actor that is about to be spawned: call_watch says which one it is.
void AddOpenCall(Actor* actor, uint64_t reference) {
  AddFailedCall(actor, 0, reference);
  ExtraOf(actor).watches.Find(reference)->failure = nullptr;
}

// Takes the watch out of use; what it holds must have been taken over.
void Finish(Actor* actor, Watch* watch, uint64_t reference) {
  actor->extra->watches.Remove(reference);
  watch->is_cancelled = true;
  Detach(*actor->worker, watch);
  ReleaseWatch(*actor->worker, watch);
}

// Makes the reason a value of the actor's heap.
void KeepFailure(Actor* actor, const Reason* reason) {
  ActorExtra& extra = *actor->extra;
  extra.failure_kind = kEnded;
  Block* block = NewReasonBlock(*actor->worker, reason, 0, &extra.failure);
  if (block != nullptr) HeapJoin(*actor, actor->worker->cache(), block);
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

int64_t snow_call_begin(SnowActor* actor, int64_t pid) {
  Actor* self = ActorOf(actor);
  const uint64_t reference = kCallReference | ++ExtraOf(self).last_reference;
  const uint64_t callee = static_cast<uint64_t>(pid);
  if (callee == 0) {
    AddOpenCall(self, reference);
    return static_cast<int64_t>(reference);
  }
  if (AddWatch(self, callee, WatchKind::kCall, reference, reference) == nullptr) {
    AddFailedCall(self, callee, reference);
  }
  return static_cast<int64_t>(reference);
}

void snow_call_watch(SnowActor* actor, int64_t reference, int64_t pid) {
  Actor* self = ActorOf(actor);
  Watch* watch = ExtraOf(self).watches.Find(static_cast<uint64_t>(reference));
  if (watch == nullptr || watch->kind != WatchKind::kCall || watch->watched != 0) return;
  if (AttachWatch(watch, static_cast<uint64_t>(pid))) return;
  // It has ended: its reply, if it sent one, has come before.
  TakeInRunning(self);
  if (watch->reply == nullptr) watch->failure = PlainReason(ReasonKind::kNoproc);
}

void* snow_call_wait(SnowActor* actor, int64_t reference, int64_t limit_ms) {
  Actor* self = ActorOf(actor);
  ActorExtra& extra = ExtraOf(self);
  const uint64_t key = static_cast<uint64_t>(reference);
  extra.failure = 0;
  Watch* watch = extra.watches.Find(key);
  if (watch == nullptr || watch->kind == WatchKind::kMonitor) {
    extra.failure_kind = kUnknown;
    return nullptr;
  }
  FreeAccepted(self);
  BeginWait(self);
  TakeInRunning(self);
  extra.awaited = watch;
  while (watch->reply == nullptr && watch->failure == nullptr) {
    if (limit_ms == 0 || (self->flags & kTimedOut) != 0) {
      extra.failure_kind = kTimeOut;
      extra.awaited = nullptr;
      CancelLimit(self);
      // A job may be awaited again.
      if (watch->kind == WatchKind::kCall) Finish(self, watch, key);
      return nullptr;
    }
    StartLimit(self, limit_ms);
    ParkFor(self, Wait::kCall);
  }
  extra.awaited = nullptr;
  CancelLimit(self);
  if (watch->reply == nullptr) {
    KeepFailure(self, watch->failure);
    Finish(self, watch, key);
    return nullptr;
  }
  Message* reply = watch->reply;
  watch->reply = nullptr;
  Finish(self, watch, key);
  self->accepted = reply;
  // Before the reply joins: its words are no roots yet.
  if (HeapIsDue(*self, 0)) CollectRunning(self, Collection::kDue);
  JoinMessage(self, reply);
  return &reply->snow;
}

SnowPair snow_call_failure(SnowActor* actor) {
  const ActorExtra& extra = ExtraOf(ActorOf(actor));
  return {extra.failure_kind, extra.failure};
}

void snow_call_reply(SnowActor* actor, int64_t pid, int64_t reference, void* type, void* words) {
  SendWords(ActorOf(actor), static_cast<uint64_t>(pid), MessageKind::kReply,
            static_cast<uint64_t>(reference), static_cast<const SnowTypeInfo*>(type),
            static_cast<const uint64_t*>(words));
}

}  // extern "C"
