#include "runtime/process/bounds.h"

#include "runtime/process/extra.h"
#include "runtime/process/mailbox.h"
#include "runtime/process/watch.h"

namespace snow::rt {
namespace {

bool HasRoom(const Actor* to, uint32_t bound) {
  return to->queue_length.load(std::memory_order_relaxed) + InboxLength(to) < BoundOf(bound);
}

// Waits until there may be room in the mailbox of `to`.
void WaitForRoom(Actor* self, Actor* to, uint64_t pid, uint32_t bound) {
  SenderWait* wait = self->worker->cache().TakeRecord<SenderWait>();
  wait->next = nullptr;
  wait->pid = self->pid;
  bool waits = false;
  to->lock.Lock();
  if (ActorTable::PidOf(to) == pid) {
    // The receiver takes a message out and then looks at has_senders: either it sees this one, or
    // there is room.
    to->extra->has_senders.store(true, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    waits = !HasRoom(to, bound);
    if (waits) {
      *to->extra->senders_end = wait;
      to->extra->senders_end = &wait->next;
    }
  }
  to->lock.Unlock();
  if (waits) {
    ParkFor(self, Wait::kEvent);
  } else {
    self->worker->cache().GiveRecord(wait);
  }
}

SenderWait* TakeSender(Actor* actor) {
  SpinLockHolder hold(actor->lock);
  ActorExtra& extra = *actor->extra;
  SenderWait* wait = extra.senders;
  if (wait != nullptr) extra.senders = wait->next;
  if (extra.senders == nullptr) {
    extra.senders_end = &extra.senders;
    extra.has_senders.store(false, std::memory_order_relaxed);
  }
  return wait;
}

}  // namespace

bool MakeRoomFor(Actor* self, Actor* to, uint64_t pid, uint32_t bound) {
  if (to == self || HasRoom(to, bound)) return true;
  switch (OverflowOf(bound)) {
    case Overflow::kBlock:
      while (g_actors.Find(pid) != nullptr && !HasRoom(to, bound)) {
        self->flags &= ~static_cast<uint32_t>(kWoken);
        WaitForRoom(self, to, pid, bound);
      }
      return true;
    case Overflow::kDropNew:
      return false;
    case Overflow::kDropOld:
      return true;
    case Overflow::kCrash:
      break;
  }
  Text text;
  text.Add("mailbox overflow: more than ").Add(static_cast<int64_t>(BoundOf(bound)));
  text.Add(" messages");
  const Reason* reason = NewTextReason(ReasonKind::kError, text.View());
  SendExit(*self->worker, self->pid, pid, reason, ExitKind::kForced);
  DropReason(reason);
  return false;
}

void ReleaseSender(Worker& worker, Actor* actor) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!actor->extra->has_senders.load(std::memory_order_relaxed)) return;
  SenderWait* wait = TakeSender(actor);
  if (wait == nullptr) return;
  WakeActor(worker, wait->pid);
  worker.cache().GiveRecord(wait);
}

void ReleaseSenders(Worker& worker, Actor* actor) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (actor->extra == nullptr || !actor->extra->has_senders.load(std::memory_order_relaxed)) return;
  while (SenderWait* wait = TakeSender(actor)) {
    WakeActor(worker, wait->pid);
    worker.cache().GiveRecord(wait);
  }
}

void DropOldest(Worker& worker, Actor* actor) {
  const uint32_t bound = actor->bound.load(std::memory_order_relaxed);
  if (bound == 0 || OverflowOf(bound) != Overflow::kDropOld) return;
  // The message that a receive looks at stays: its guard may be running.
  SnowMessage** link = &actor->queue_first;
  while (actor->queue_length.load(std::memory_order_relaxed) > BoundOf(bound) && *link != nullptr) {
    Message* message = Message::Of(*link);
    const bool is_looked_at = (actor->flags & kLooking) != 0 && link == actor->position;
    if (is_looked_at || message->kind != MessageKind::kUser) {
      link = &message->snow.next;
      continue;
    }
    QueueRemove(actor, link);
    DropMessage(worker, message);
  }
}

}  // namespace snow::rt
