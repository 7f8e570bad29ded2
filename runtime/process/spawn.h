// The birth of an actor.
#ifndef RUNTIME_PROCESS_SPAWN_H_
#define RUNTIME_PROCESS_SPAWN_H_

#include "runtime/actor/actor.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {

// A control block with an empty heap, for an actor that will have this pid. Null when there is no
// slot.
Actor* NewActor(Worker& worker, uint64_t parent, const char* kind, uint64_t* pid);
// From now on look-ups find it. Making it ready comes last.
void PublishActor(Actor* actor, uint64_t pid);

// The hook of the scheduler: the outermost frame of an actor.
void Enter(void* actor);

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_SPAWN_H_
