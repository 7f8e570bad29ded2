// Copies a graph of objects into blocks of their own: a message.
//
// The copy keeps sharing and is linear in what is reachable: while it runs, the header of a copied
// object holds the address of its copy; `Finish` restores the headers. Large bytes are not copied
// but counted. Iterative.
#ifndef RUNTIME_MEMORY_COPY_H_
#define RUNTIME_MEMORY_COPY_H_

#include <cstddef>
#include <cstdint>

#include "runtime/abi/abi.h"
#include "runtime/base/vector.h"
#include "runtime/memory/blocks.h"
#include "runtime/memory/object.h"

namespace snow::rt {

// A copied object and the header that it had.
struct CopyUndo {
  Object* object;
  uint64_t header;
};

struct CopyScratch {
  Vector<CopyUndo> undo;
};

class GraphCopy {
 public:
  // The first block gets `prefix` bytes (a multiple of 8) before its first object, and room for
  // `slack` bytes of objects more than the copies need.
  GraphCopy(BlockCache& cache, CopyScratch& scratch, size_t prefix, size_t slack);
  GraphCopy(const GraphCopy&) = delete;
  GraphCopy& operator=(const GraphCopy&) = delete;

  // Copies `words` words of the given kinds from `from` to `to` (null: to the last words of the
  // prefix), with all that they reach. Returns
  // false when memory is exhausted; then only Abandon may follow. Call once.
  bool Copy(uint64_t* to, const uint64_t* from, const uint8_t* kinds, size_t words);

  // The blocks, chained, the one with the prefix first; headers of the originals are restored.
  Block* Finish();
  // Frees the blocks instead.
  void Abandon();

  // Where the prefix lies. Null when memory is exhausted.
  char* prefix() { return first_ == nullptr ? nullptr : first_->at(sizeof(Block)); }
  // Objects and bytes copied so far.
  uint64_t bytes() const { return bytes_; }

 private:
  bool Begin(size_t bytes);
  char* Take(size_t bytes);
  bool Forward(uint64_t* word);
  void Restore();

  BlockCache& cache_;
  CopyScratch& scratch_;
  const size_t prefix_;
  const size_t slack_;
  Block* first_ = nullptr;
  Block* last_ = nullptr;   // being filled
  Block* large_ = nullptr;  // blocks of one object
  char* next_ = nullptr;
  char* limit_ = nullptr;
  Block* scan_block_ = nullptr;
  char* scan_ = nullptr;
  Vector<Object*> untraced_;  // copies in blocks of their own
  uint64_t bytes_ = 0;
  bool is_exhausted_ = false;
};

// Whether words of these kinds refer to objects that have to be copied.
bool NeedsCopy(const uint64_t* words, const uint8_t* kinds, size_t count);

// Frees the blocks of a message that was never received.
void FreeMessageBlocks(Block* chain, BlockCache& cache);

}  // namespace snow::rt

#endif  // RUNTIME_MEMORY_COPY_H_
