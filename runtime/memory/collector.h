// The mostly-copying collector of one heap (after Bartlett).
//
// The stack is read conservatively: a word that points to an object, into it or right behind it
// keeps the object, and pins its block: nothing in that block moves in this collection. Everything
// else is precise and moves. Dead objects of pinned blocks become gaps. Nothing here recurses.
#ifndef RUNTIME_MEMORY_COLLECTOR_H_
#define RUNTIME_MEMORY_COLLECTOR_H_

#include <cstddef>
#include <cstdint>

#include "runtime/base/vector.h"
#include "runtime/memory/heap.h"

namespace snow::rt {

// A precise root: a word of this kind (of a string: its first word), updated when the object moves.
struct RootWord {
  uint64_t* at;
  uint8_t kind;  // SnowWordKind
};

struct Roots {
  // Words of the actor's stack in use, its saved registers included; equal when it has none.
  uintptr_t stack_low = 0;
  uintptr_t stack_high = 0;
  // Where AddressSanitizer keeps frames of this stack, if it does.
  void* fake_stack = nullptr;
  const RootWord* words = nullptr;
  size_t word_count = 0;
};

enum class Collection {
  kDue,    // minor where that is enough, otherwise full
  kFull,
  kExact,  // full, of an actor without a stack; a small heap ends in one block of its exact size
};

// What collections use and keep between them; belongs to a worker.
struct CollectorScratch {
  Vector<Object*> marked;   // reached where they lie, not yet traced
  Vector<Block*> pinned;
  Vector<char> exact;       // to-space of exact collections
};

// Collects, and sets when the next collection is due. Returns how many bytes it had to look at: of the
// stack, and of objects that survived. Must run on another stack than the one that
// it reads, or with registers saved within [stack_low, stack_high).
uint64_t Collect(HeapOwner& owner, BlockCache& cache, CollectorScratch& scratch, const Roots& roots,
             Collection collection);

}  // namespace snow::rt

#endif  // RUNTIME_MEMORY_COLLECTOR_H_
