// Blocks of heap memory and raw records of the runtime, in size classes, with a cache a worker.
//
// A heap block begins with a Block header that names its owner; the collector finds it from any word
// that points into the block. Raw records (message nodes, timers, …) carry nothing, and the collector
// ignores words that point to them.
//
// A BlockCache belongs to one thread at a time; whoever frees a block puts it into its own cache.
#ifndef RUNTIME_MEMORY_BLOCKS_H_
#define RUNTIME_MEMORY_BLOCKS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/memory/page_heap.h"

namespace snow::rt {

struct HeapOwner;

// What a block is and what a collection found out about it.
enum BlockFlag : uint16_t {
  kBlockOld = 1,      // its objects survived: minor collections leave it alone
  kBlockLarge = 2,    // holds one object
  kBlockFrom = 4,     // being collected
  kBlockPinned = 8,   // a conservative root points into it: nothing in it moves
  kBlockMarked = 16,  // large: reached in this collection
  kBlockShared = 32,  // bytes shared by reference count (shared_bytes.h); belongs to no heap
};

struct Block {
  // The heap it belongs to; null while it is free, shared, or a message that nobody has received.
  std::atomic<HeapOwner*> owner;
  Block* next;  // in the owner's list, or of the same message
  union {
    uint64_t* candidates;                // in a collection: a bit for each word that a root points to
    struct SharedList* shared;           // of a message: bytes that it refers to
    std::atomic<int64_t> shared_owners;  // kBlockShared
    uint64_t scratch;
  };
  uint32_t end;  // offset behind the last object (not kept while the heap's owner fills the block)
  uint16_t first;  // offset of the first object
  uint16_t flags;

  char* at(size_t offset) { return reinterpret_cast<char*>(this) + offset; }
};
static_assert(sizeof(Block) == 32);

inline constexpr size_t kSmallestBlock = 64;
inline constexpr size_t kLargestSmallBlock = 8192;
inline constexpr size_t kBlockClasses = 15;
inline constexpr uint16_t kBlockClassBytes[kBlockClasses] = {
    64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 5456, 8192};
// One more cached class: blocks of a whole page.
inline constexpr size_t kPageClass = kBlockClasses;

namespace internal {
struct ClassTables {
  uint8_t of_size[kLargestSmallBlock / 32 + 1];  // by (size + 31) / 32
  uint32_t reciprocal[kBlockClasses];            // offset * reciprocal >> 32 is the block's index
};
constexpr ClassTables MakeClassTables() {
  ClassTables tables{};
  size_t at = 0;
  for (size_t i = 0; i <= kLargestSmallBlock / 32; ++i) {
    while (kBlockClassBytes[at] < i * 32) ++at;
    tables.of_size[i] = static_cast<uint8_t>(at);
  }
  for (size_t i = 0; i < kBlockClasses; ++i) {
    tables.reciprocal[i] = static_cast<uint32_t>((uint64_t{1} << 32) / kBlockClassBytes[i] + 1);
  }
  return tables;
}
inline constexpr ClassTables kClassTables = MakeClassTables();
}  // namespace internal

// The class of blocks with room for so many bytes, at most kLargestSmallBlock.
inline size_t BlockClassOf(size_t bytes) { return internal::kClassTables.of_size[(bytes + 31) / 32]; }

// The block that a word points into, or null. `owner` tells whether it is taken.
inline Block* FindBlock(uintptr_t word) {
  PageInfo* page = g_pages.FindPage(word);
  if (page == nullptr) return nullptr;
  switch (page->kind.load(std::memory_order_acquire)) {
    case PageKind::kSmall: {
      const size_t size_class = page->size_class.load(std::memory_order_relaxed);
      char* start = g_pages.AddressOf(page);
      const uint64_t offset = word - reinterpret_cast<uintptr_t>(start);
      const uint64_t index = (offset * internal::kClassTables.reciprocal[size_class]) >> 32;
      if (index >= page->carved.load(std::memory_order_relaxed)) return nullptr;
      return reinterpret_cast<Block*>(start + index * kBlockClassBytes[size_class]);
    }
    case PageKind::kRun:
      return reinterpret_cast<Block*>(g_pages.AddressOf(page));
    case PageKind::kRunTail:
      return reinterpret_cast<Block*>(
          g_pages.AddressOf(page - page->run.load(std::memory_order_relaxed)));
    default:
      return nullptr;
  }
}

// The size of a taken block in bytes, header included.
inline size_t BlockBytes(const Block* block) {
  const PageInfo* page = g_pages.PageOf(block);
  if (page->kind.load(std::memory_order_relaxed) == PageKind::kSmall) {
    return kBlockClassBytes[page->size_class.load(std::memory_order_relaxed)];
  }
  return static_cast<size_t>(page->run.load(std::memory_order_relaxed)) << kPageShift;
}

class BlockCache {
 public:
  constexpr BlockCache() = default;
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;
  ~BlockCache() { Flush(); }

  // A block with room for so many bytes, header included. owner is null, the rest of the header is
  // not set. Null when the reserved range is full.
  Block* Take(size_t bytes);
  void Give(Block* block);
  // A raw record of up to kLargestSmallBlock bytes. Give it back with the same size.
  void* TakeRaw(size_t bytes) {
    const size_t size_class = BlockClassOf(bytes);
    return TakeFrom(raw_[size_class], size_class, true);
  }
  void GiveRaw(void* record, size_t bytes) {
    const size_t size_class = BlockClassOf(bytes);
    GiveTo(raw_[size_class], record, size_class, true);
  }
  template <typename T>
  T* TakeRecord() {
    return static_cast<T*>(TakeRaw(sizeof(T)));
  }
  template <typename T>
  void GiveRecord(T* record) {
    GiveRaw(record, sizeof(T));
  }

  // Gives all that is cached back to the process.
  void Flush();

 private:
  struct Slot {
    void* chain = nullptr;
    uint32_t count = 0;
  };
  // How the free ones hang together. A heap block's owner stays null, so the link lies behind it.
  struct FreeRecord {
    std::atomic<HeapOwner*> owner;
    void* next;
  };

  static constexpr size_t ClassBytes(size_t size_class) {
    return size_class == kPageClass ? kPageSize : kBlockClassBytes[size_class];
  }
  // How many records of a class travel between a cache and the store at once, and the most that a
  // cache keeps: 16 KiB and 48 KiB of small ones, 16 and 64 whole pages.
  static constexpr uint32_t BatchOf(size_t size_class) {
    if (size_class == kPageClass) return 16;
    const size_t count = kPageSize / ClassBytes(size_class);
    return static_cast<uint32_t>(count > 64 ? 64 : count);
  }
  static constexpr uint32_t MostOf(size_t size_class) {
    return size_class == kPageClass ? 64 : BatchOf(size_class) * 3;
  }

  void* TakeFrom(Slot& slot, size_t size_class, bool is_raw) {
    if (slot.chain == nullptr) return Refill(slot, size_class, is_raw);
    FreeRecord* record = static_cast<FreeRecord*>(slot.chain);
    slot.chain = record->next;
    --slot.count;
    return record;
  }
  void GiveTo(Slot& slot, void* record, size_t size_class, bool is_raw) {
    static_cast<FreeRecord*>(record)->next = slot.chain;
    slot.chain = record;
    if (++slot.count > MostOf(size_class)) Spill(slot, size_class, is_raw);
  }
  void* Refill(Slot& slot, size_t size_class, bool is_raw);
  void Spill(Slot& slot, size_t size_class, bool is_raw);
  friend class ClassStore;

  Slot heap_[kBlockClasses + 1];
  Slot raw_[kBlockClasses + 1];
};

}  // namespace snow::rt

#endif  // RUNTIME_MEMORY_BLOCKS_H_
