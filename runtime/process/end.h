// The end of an actor.
#ifndef RUNTIME_PROCESS_END_H_
#define RUNTIME_PROCESS_END_H_

#include "runtime/actor/actor.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {

// The hook of the scheduler: an actor is to end, or its terminate block has ended. True: its
// terminate block is to run; false: it is gone.
bool End(Worker& worker, Actor* actor);

// Ends the running actor for this reason, which it takes over.
[[noreturn]] void EndRunning(Actor* actor, const Reason* reason);

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_END_H_
