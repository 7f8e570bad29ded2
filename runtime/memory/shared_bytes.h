// Large bytes: in blocks of their own that belong to no heap and are counted atomically, so that a
// message shares them instead of copying.
//
// Whoever makes one holds its only count and may extend it in place. Before it is first sent its
// capacity is cut to what is filled. Each heap and each message that refers to it holds a count.
#ifndef RUNTIME_MEMORY_SHARED_BYTES_H_
#define RUNTIME_MEMORY_SHARED_BYTES_H_

#include <cstddef>
#include <cstdint>

#include "runtime/memory/blocks.h"

namespace snow::rt {

inline void SharedAddOwner(Block* block) {
  block->shared_owners.fetch_add(1, std::memory_order_relaxed);
}
// Frees the block with the last owner.
void SharedDropOwner(Block* block, BlockCache& cache);

// The shared blocks that a heap holds a count of, each once. Not thread-safe.
class SharedTable {
 public:
  bool empty() const { return count_ == 0; }
  // The size of the blocks together.
  uint64_t bytes() const { return bytes_; }
  // Takes over one count of the block; if the heap already has one, gives it back. Returns whether
  // the block is new to the heap.
  bool Add(Block* block, BlockCache& cache);
  bool Has(const Block* block) const { return Find(block) != nullptr; }
  // In a collection: notes that the block was reached.
  void Mark(const Block* block);
  // Gives back what was not marked, and forgets the marks. What is old (it survived a collection
  // that made survivors old) is given back by full collections only: others do not look at old
  // objects, which may refer to it.
  void Sweep(BlockCache& cache, bool is_full, bool becomes_old);
  // Gives back everything.
  void Clear(BlockCache& cache);

 private:
  // The low bits of an entry say more; blocks are aligned.
  static constexpr uintptr_t kMark = 1;
  static constexpr uintptr_t kOld = 2;
  static constexpr uintptr_t kBits = 3;
  static Block* BlockOf(uintptr_t entry) { return reinterpret_cast<Block*>(entry & ~kBits); }
  uintptr_t* Find(const Block* block) const;
  void Insert(uintptr_t entry);
  void Rebuild(size_t capacity);

  uintptr_t* entries_ = nullptr;  // open addressing, capacity_ a power of two
  size_t capacity_ = 0;
  size_t count_ = 0;
  uint64_t bytes_ = 0;
};

// What a message refers to: a chain of raw records.
struct SharedList {
  static constexpr uint32_t kPerRecord = 6;
  SharedList* next;
  uint32_t count;
  Block* blocks[kPerRecord];
};

// Adds one count of the block to the list.
void SharedListAdd(SharedList*& list, Block* block, BlockCache& cache);
// Gives the counts back and frees the list.
void SharedListDrop(SharedList* list, BlockCache& cache);

}  // namespace snow::rt

#endif  // RUNTIME_MEMORY_SHARED_BYTES_H_
