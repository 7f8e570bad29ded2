// Panics of runtime functions, and the report that a panic writes.
#ifndef RUNTIME_PROCESS_PANIC_H_
#define RUNTIME_PROCESS_PANIC_H_

#include <string_view>

#include "runtime/actor/actor.h"
#include "runtime/base/text.h"
#include "runtime/process/extra.h"

namespace snow::rt {

// Ends the actor with Error(message), or jumps to its innermost catch. The caller must hold nothing:
// no lock, no memory outside the heap. The message is copied first.
[[noreturn]] void Panic(Actor* actor, std::string_view message);

// The panic of an actor whose stack is used up.
[[noreturn]] void PanicStack(Actor* actor);

// The return addresses above the caller's frame that lie in generated code.
void WalkFrames(const Actor* actor, Backtrace* trace);
// A line "  at Module.function (file.snow:12)" a frame.
void DescribeBacktrace(const Backtrace& trace, Text& to);

// "<0.17> worker"
void DescribeActor(const Actor* actor, Text& to);

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_PANIC_H_
