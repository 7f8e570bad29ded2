// Sending and receiving, as generated code calls it.
#include <algorithm>

#include "runtime/abi/functions.h"
#include "runtime/memory/copy.h"
#include "runtime/process/bounds.h"
#include "runtime/process/extra.h"
#include "runtime/process/heap_abi.h"
#include "runtime/process/mailbox.h"
#include "runtime/process/panic.h"
#include "runtime/process/watch.h"
#include "runtime/timer/timers.h"

namespace snow::rt {
namespace {

// A send costs so many reductions, and one more for each so many messages that wait already: who
// floods another actor gives up the core for it.
constexpr int64_t kSendReductions = 4;
constexpr uint32_t kBacklogPerReduction = 16;

}  // namespace

void FreeAccepted(Actor* actor) {
  if (actor->accepted == nullptr) return;
  FreeReceived(actor->accepted, actor->worker->cache());
  actor->accepted = nullptr;
}

void CancelLimit(Actor* actor) {
  if (actor->timer == 0) return;
  g_timers.Cancel(*actor->worker, actor->timer);
  actor->timer = 0;
}

// Starts the limit of the wait at hand if it has one and it does not run yet.
void StartLimit(Actor* actor, int64_t ms) {
  if (ms < 0 || actor->timer != 0) return;
  actor->timer = g_timers.SetWait(*actor->worker, actor, actor->wait_number, ms);
}

void BeginWait(Actor* actor) {
  CancelLimit(actor);
  ++actor->wait_number;
  actor->flags &= ~static_cast<uint32_t>(kTimedOut | kLooking);
}

void SendWords(Actor* self, uint64_t pid, MessageKind kind, uint64_t detail,
               const SnowTypeInfo* type, const uint64_t* words) {
  Actor* to = g_actors.Find(pid);
  if (to == nullptr) return;
  if (kind == MessageKind::kUser) {
    const uint32_t bound = to->bound.load(std::memory_order_relaxed);
    if (bound != 0 && !MakeRoomFor(self, to, pid, bound)) return;
  }
  Worker& worker = *self->worker;
  Message* message = NewValueMessage(worker.cache(), worker.copy_scratch(), kind, type, words);
  if (message == nullptr) Panic(self, "out of memory: a message does not fit");
  message->target = pid;
  message->detail = detail;
  int64_t cost = kSendReductions;
  if (message->is_fragment) cost += static_cast<int64_t>(BlockBytes(message->block()) / 64);
  const uint32_t backlog = InboxLength(to) + to->queue_length.load(std::memory_order_relaxed);
  cost += backlog / kBacklogPerReduction;
  if (!worker.Send(to, message)) FreeMessage(message, worker.cache());
  self->reductions -= cost;
}

namespace {

// The next message that the receive at hand has not seen, taking in what has come; null if there is
// none.
SnowMessage* NextUnseen(Actor* actor) {
  if (*actor->position == nullptr) TakeInRunning(actor);
  SnowMessage* message = *actor->position;
  if (message != nullptr) actor->flags |= kLooking;
  return message;
}

}  // namespace

}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

void snow_send(SnowActor* actor, int64_t pid, void* type, void* words) {
  SendWords(ActorOf(actor), static_cast<uint64_t>(pid), MessageKind::kUser, 0,
            static_cast<const SnowTypeInfo*>(type), static_cast<const uint64_t*>(words));
}

void snow_recv_start(SnowActor* actor, int64_t limit_ms) {
  Actor* self = ActorOf(actor);
  FreeAccepted(self);
  self->position = &self->queue_first;
  self->limit_ms = limit_ms;
  BeginWait(self);
}

void* snow_recv_next(SnowActor* actor) {
  Actor* self = ActorOf(actor);
  for (;;) {
    SnowMessage* message = NextUnseen(self);
    if (message != nullptr) return message;
    if (self->limit_ms == 0 || (self->flags & kTimedOut) != 0) {
      CancelLimit(self);
      return nullptr;
    }
    StartLimit(self, self->limit_ms);
    if (self->bound.load(std::memory_order_relaxed) != 0) ReleaseSenders(*self->worker, self);
    ParkFor(self, Wait::kMessage);
  }
}

void* snow_recv_poll(SnowActor* actor) {
  Actor* self = ActorOf(actor);
  SnowMessage* message = NextUnseen(self);
  if (message != nullptr) return message;
  if (self->limit_ms != 0 && (self->flags & kTimedOut) == 0) return nullptr;
  CancelLimit(self);
  return reinterpret_cast<void*>(uintptr_t{1});
}

void snow_recv_park(SnowActor* actor, void* closure) {
  Actor* self = ActorOf(actor);
  FreeAccepted(self);
  StartLimit(self, self->limit_ms);
  if (self->bound.load(std::memory_order_relaxed) != 0) ReleaseSenders(*self->worker, self);
  self->closure = closure;
  self->wait = Wait::kMessage;
  self->worker->LeaveAtBase(self);
}

void snow_recv_accept(SnowActor* actor, void* message) {
  Actor* self = ActorOf(actor);
  SnowMessage* accepted = static_cast<SnowMessage*>(message);
  QueueRemove(self, self->position);
  self->flags &= ~static_cast<uint32_t>(kLooking);
  CancelLimit(self);
  self->accepted = Message::Of(accepted);
  if (self->accepted->is_fragment) {
    // Its words are in the caller's frame: an actor that only receives collects here.
    JoinMessage(self, self->accepted);
    if (HeapIsDue(*self, 0)) CollectRunning(self, Collection::kDue);
  }
  if (self->bound.load(std::memory_order_relaxed) != 0) ReleaseSender(*self->worker, self);
}

void snow_recv_skip(SnowActor* actor, void* message) {
  Actor* self = ActorOf(actor);
  self->position = &static_cast<SnowMessage*>(message)->next;
  self->flags &= ~static_cast<uint32_t>(kLooking);
}

void snow_set_terminate(SnowActor* actor, void* closure) {
  Actor* self = ActorOf(actor);
  if ((self->flags & kTerminating) == 0) ExtraOf(self).terminate = closure;
}

}  // extern "C"
