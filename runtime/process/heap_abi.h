// Making objects and strings of the running actor from C++. All of these may collect: objects move
// unless a word on the stack points to them, which local variables do.
#ifndef RUNTIME_PROCESS_HEAP_ABI_H_
#define RUNTIME_PROCESS_HEAP_ABI_H_

#include <string_view>

#include "runtime/actor/actor.h"
#include "runtime/base/text.h"
#include "runtime/memory/collector.h"
#include "runtime/memory/string.h"

namespace snow::rt {

// Memory for an object of so many bytes (a multiple of 8). Panics when a limit is passed.
void* AllocateObject(Actor* actor, size_t bytes);
// A kBytes object with room for `capacity` bytes; fill is 0.
SnowBytesHead* AllocateBytes(Actor* actor, size_t capacity);
// A copy of the text, which must not lie in the actor's heap unless a local variable points there.
SnowPair NewString(Actor* actor, std::string_view text);

// A string from a text whose memory is given back first, so that a panic leaks nothing.
SnowPair TakeText(Actor* actor, Text& text);

// Collects the heap of the running actor now. Full unless told otherwise.
void CollectRunning(Actor* actor, Collection collection);
// Packs the heap of an actor that has no stack. On a worker's stack.
void CompactParked(Worker& worker, Actor* actor);

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_HEAP_ABI_H_
