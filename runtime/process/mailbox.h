// What comes to an actor: from the inbox to its queue, and what the runtime keeps for itself.
#ifndef RUNTIME_PROCESS_MAILBOX_H_
#define RUNTIME_PROCESS_MAILBOX_H_

#include "runtime/actor/actor.h"
#include "runtime/actor/reason.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {

// The detail of the kTimeout that ends a terminate block.
inline constexpr uint64_t kTerminateLimit = ~uint64_t{0};

// Frees a message that was not received, whatever its kind.
void DropMessage(Worker& worker, Message* message);

// Empties the inbox of an actor that the worker runs or is about to run: messages and notices join
// the queue, exit signals set `end`, news of waits set flags.
void TakeIn(Worker& worker, Actor* actor);

// The hook of the scheduler: takes in and decides whether the actor goes on.
Verdict Arrive(Worker& worker, Actor* actor);

// On the actor's own stack: takes in, and ends the actor if something that came ends it.
void TakeInRunning(Actor* actor);

// Joins the objects of a received message to the heap of the running actor. The message's words are
// not roots: the caller holds those that it needs in its frame or does nothing that collects.
inline void JoinMessage(Actor* actor, Message* message) {
  if (message->is_fragment) HeapJoin(*actor, actor->worker->cache(), message->block());
}

// Tells a parked actor that what it waits for (Wait::kEvent) may have happened.
void WakeActor(Worker& worker, uint64_t pid);

// The value of an ExitReason: its word, and a block with its objects behind `prefix` bytes, null if it
// has none.
Block* NewReasonBlock(Worker& worker, const Reason* reason, size_t prefix, uint64_t* word);

// The variants of Signal.
enum class Notice : uint64_t { kExit, kDown, kNodeUp, kNodeDown };
// Puts a notice into the queue of the actor that the worker runs: Exit(first, reason) or
// Down(first, second, reason).
void QueueNotice(Worker& worker, Actor* actor, Notice notice, uint64_t first, uint64_t second,
                 const Reason* reason);

// Sends a value from the running actor; detail is that of the message.
void SendWords(Actor* self, uint64_t pid, MessageKind kind, uint64_t detail,
               const SnowTypeInfo* type, const uint64_t* words);

// Parks the running actor, with its stack, until the wait is over.
void ParkFor(Actor* actor, Wait wait);

// A new wait begins: timers of earlier ones are stale.
void BeginWait(Actor* actor);
// Starts the limit of the wait at hand if it has one and it does not run yet.
void StartLimit(Actor* actor, int64_t ms);
void CancelLimit(Actor* actor);

// Frees the head of the message that was received last.
void FreeAccepted(Actor* actor);

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_MAILBOX_H_
