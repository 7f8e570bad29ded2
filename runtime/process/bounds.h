// Mailboxes with a bound: what a send to a full one does.
#ifndef RUNTIME_PROCESS_BOUNDS_H_
#define RUNTIME_PROCESS_BOUNDS_H_

#include "runtime/actor/actor.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {

// Before the running actor sends to `to`, which had this pid and has a bound: waits for room, or does
// what else the bound asks for. False: the message is to be dropped.
bool MakeRoomFor(Actor* self, Actor* to, uint64_t pid, uint32_t bound);

// A message was taken out of the actor's bounded mailbox: one sender may go on.
void ReleaseSender(Worker& worker, Actor* actor);
// The actor waits or has ended: all may.
void ReleaseSenders(Worker& worker, Actor* actor);

// While the queue is longer than a bound with drop_old allows: drops the oldest messages.
void DropOldest(Worker& worker, Actor* actor);

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_BOUNDS_H_
