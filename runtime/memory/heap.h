// The heap of one actor: lists of blocks, accounting, and when the next collection is due.
//
// Objects are made by moving SnowActor::alloc_next through the first block of `young`. A heap that
// holds little is all young and every collection copies all of it. Once more than kYoungHeapMost
// bytes survive, survivors become old, and minor collections look at what was made since: values are
// immutable, so old objects point to young ones only from buffers that were filled in place, and
// those are remembered.
//
// A heap is used by the thread that runs its actor, and by nobody else.
#ifndef RUNTIME_MEMORY_HEAP_H_
#define RUNTIME_MEMORY_HEAP_H_

#include <cstddef>
#include <cstdint>

#include "runtime/abi/abi.h"
#include "runtime/base/vector.h"
#include "runtime/memory/blocks.h"
#include "runtime/memory/object.h"
#include "runtime/memory/shared_bytes.h"

namespace snow::rt {

// Objects above this size have a block of their own.
inline constexpr size_t kBumpObjectMost = 4096;
// Blocks for many objects are at most this long.
inline constexpr size_t kBumpBlockMost = kPageSize;
// What may survive a collection before generations begin.
inline constexpr uint64_t kYoungHeapMost = 32 * 1024;
// Allocation between two collections, at least, and at most while only young objects are collected.
inline constexpr uint64_t kNurseryLeast = 16 * 1024;
inline constexpr uint64_t kNurseryMost = 1024 * 1024;

// What few heaps need.
struct HeapExtra {
  Block* large = nullptr;     // blocks of one object, young and old
  uint64_t old_bytes = 0;     // of old blocks, large ones included
  uint64_t old_limit = 0;     // a full collection is due above it
  uint64_t most_bytes = 0;    // the heap's own limit; 0: none
  Vector<SnowBufferHead*> remembered;
  SharedTable shared;
};

struct Heap {
  Block* young;
  Block* old;
  HeapExtra* extra;
  uint64_t bytes;  // of all blocks
  uint64_t live;   // `bytes` after the last collection
  uint64_t due;    // the next collection is due when `bytes` reaches it; large bytes lower it
};

// The part of an actor that the memory system knows.
struct HeapOwner : SnowActor {
  Heap heap;
};

// The owner of blocks that belong to no heap but are counted (shared_bytes.h).
inline HeapOwner* SharedOwner() { return reinterpret_cast<HeapOwner*>(uintptr_t{1}); }

extern const SnowDescriptor kBytesDescriptor;

// Prepares an empty heap.
void HeapInit(HeapOwner& owner);
// Gives everything back.
void HeapDestroy(HeapOwner& owner, BlockCache& cache);
HeapExtra& HeapExtraOf(HeapOwner& owner, BlockCache& cache);

// Memory for an object of so many bytes (a multiple of 8), taken without regard to limits or
// collections; null when the address range is full.
void* HeapTake(HeapOwner& owner, BlockCache& cache, size_t bytes);
// A kBytes object with room for `capacity` bytes, header and sizes set (fill is 0); null as above.
SnowBytesHead* HeapTakeBytes(HeapOwner& owner, BlockCache& cache, size_t capacity);
// Whether a collection should come before taking so many bytes.
bool HeapIsDue(const HeapOwner& owner, size_t bytes);
// Whether the heap's own limit or the program's is passed if so many bytes are taken.
bool HeapIsOverLimit(const HeapOwner& owner, size_t bytes);

// Notes where the last object of the block that is being filled ends.
void HeapCloseBlock(HeapOwner& owner);
// Joins a chain of blocks (of a message) to the heap: their objects are now the owner's.
void HeapJoin(HeapOwner& owner, BlockCache& cache, Block* chain);
// Lets objects be made behind those of the only block of a heap.
void HeapFillFrom(HeapOwner& owner, Block* block);
// Notes that elements of a buffer are about to be written in place (abi/core.def).
void HeapRemember(HeapOwner& owner, BlockCache& cache, SnowBufferHead* buffer, uint64_t index,
                  uint64_t count);

// One bit for each so many bytes of a large old buffer that was written in place.
inline constexpr size_t kCardBytes = 512;
inline size_t CardWords(const Block* block) {
  return (BlockBytes(block) / kCardBytes + 63) / 64;
}

}  // namespace snow::rt

#endif  // RUNTIME_MEMORY_HEAP_H_
