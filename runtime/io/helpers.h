// Helper threads, for what can only block: files, SQLite, name resolution.
//
// At most 4 a core, started when they are needed; work waits in one queue, first come, first
// served.
#ifndef RUNTIME_IO_HELPERS_H_
#define RUNTIME_IO_HELPERS_H_

#include "runtime/actor/actor.h"

namespace snow::rt {

// Runs work(argument) on a helper thread while the running actor is parked, with its stack, so the
// argument may lie there. Exit signals and kills wait meanwhile: what the work has opened must be
// in the actor's cleanups before the actor parks or yields again.
void RunOnHelper(Actor* actor, void (*work)(void*), void* argument);

// The same for any callable, which may refer to what lies in the caller's frame.
template <typename Work>
void OnHelper(Actor* actor, Work work) {
  RunOnHelper(actor, [](void* argument) { (*static_cast<Work*>(argument))(); }, &work);
}

// Runs work(argument) on a helper thread some time. No actor waits for it, but the program's end
// does.
void RunLater(void (*work)(void*), void* argument);

}  // namespace snow::rt

#endif  // RUNTIME_IO_HELPERS_H_
