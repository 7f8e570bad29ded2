#include "runtime/memory/heap.h"

#include <stdlib.h>

#include <algorithm>
#include <new>

#include "runtime/base/check.h"

namespace snow::rt {
namespace {

// A block with room for `bytes` of objects, and a word behind them: a pointer to the end of the last
// object still points into the block.
constexpr size_t BlockBytesFor(size_t bytes) { return sizeof(Block) + bytes + 8; }

Block* TakeBlock(HeapOwner& owner, BlockCache& cache, size_t bytes, uint16_t flags) {
  Block* block = cache.Take(bytes);
  if (block == nullptr) return nullptr;
  block->scratch = 0;
  block->first = sizeof(Block);
  block->end = sizeof(Block);
  block->flags = flags;
  block->owner.store(&owner, std::memory_order_relaxed);
  owner.heap.bytes += BlockBytes(block);
  return block;
}

void FreeChain(Block* block, BlockCache& cache) {
  while (block != nullptr) {
    Block* next = block->next;
    cache.Give(block);
    block = next;
  }
}

// Takes over one count of the block. Its bytes are nobody's, but bring the next collection nearer.
void AddShared(HeapOwner& owner, HeapExtra& extra, Block* block, BlockCache& cache) {
  const size_t bytes = BlockBytes(block);
  if (extra.shared.Add(block, cache)) owner.heap.due -= std::min(bytes, owner.heap.due);
}

}  // namespace

const SnowDescriptor kBytesDescriptor = {kSnowBytes, 0, "Bytes", nullptr};

void HeapInit(HeapOwner& owner) {
  owner.alloc_next = nullptr;
  owner.alloc_limit = nullptr;
  owner.heap = Heap{nullptr, nullptr, nullptr, 0, 0, kNurseryLeast};
}

HeapExtra& HeapExtraOf(HeapOwner& owner, BlockCache& cache) {
  if (owner.heap.extra == nullptr) {
    owner.heap.extra = new (cache.TakeRecord<HeapExtra>()) HeapExtra();
  }
  return *owner.heap.extra;
}

void HeapDestroy(HeapOwner& owner, BlockCache& cache) {
  Heap& heap = owner.heap;
  FreeChain(heap.young, cache);
  FreeChain(heap.old, cache);
  if (heap.extra != nullptr) {
    for (Block* block = heap.extra->large; block != nullptr; block = block->next) {
      free(block->candidates);
    }
    FreeChain(heap.extra->large, cache);
    heap.extra->shared.Clear(cache);
    heap.extra->~HeapExtra();
    cache.GiveRecord(heap.extra);
  }
  HeapInit(owner);
}

void HeapCloseBlock(HeapOwner& owner) {
  if (owner.alloc_next == nullptr) return;
  Block* block = owner.heap.young;
  block->end = static_cast<uint32_t>(owner.alloc_next - reinterpret_cast<uint8_t*>(block));
}

bool HeapIsDue(const HeapOwner& owner, size_t bytes) {
  return owner.heap.bytes + bytes > owner.heap.due;
}

bool HeapIsOverLimit(const HeapOwner& owner, size_t bytes) {
  const HeapExtra* extra = owner.heap.extra;
  if (extra != nullptr && extra->most_bytes != 0 &&
      owner.heap.bytes + extra->shared.bytes() + bytes > extra->most_bytes) {
    return true;
  }
  return g_pages.limit() != 0 && g_pages.bytes_in_use() + bytes > g_pages.limit();
}

void* HeapTake(HeapOwner& owner, BlockCache& cache, size_t bytes) {
  Heap& heap = owner.heap;
  if (bytes > kBumpObjectMost) {
    HeapExtra& extra = HeapExtraOf(owner, cache);
    Block* block = TakeBlock(owner, cache, BlockBytesFor(bytes), kBlockLarge);
    if (block == nullptr) return nullptr;
    block->next = extra.large;
    extra.large = block;
    return block->at(block->first);
  }
  if (owner.alloc_next != nullptr &&
      static_cast<size_t>(owner.alloc_limit - owner.alloc_next) >= bytes) {
    void* object = owner.alloc_next;
    owner.alloc_next += bytes;
    return object;
  }
  // Blocks grow with the heap.
  const size_t wanted = std::clamp<size_t>(heap.bytes, 128, kBumpBlockMost);
  Block* block = TakeBlock(owner, cache, std::max(BlockBytesFor(bytes), wanted), 0);
  if (block == nullptr) return nullptr;
  HeapCloseBlock(owner);
  block->next = heap.young;
  heap.young = block;
  uint8_t* start = reinterpret_cast<uint8_t*>(block->at(sizeof(Block)));
  owner.alloc_next = start + bytes;
  owner.alloc_limit = reinterpret_cast<uint8_t*>(block) + BlockBytes(block) - 8;
  return start;
}

SnowBytesHead* HeapTakeBytes(HeapOwner& owner, BlockCache& cache, size_t capacity) {
  size_t bytes = BytesBytes(capacity);
  SnowBytesHead* head;
  if (bytes <= kBumpObjectMost) {
    head = static_cast<SnowBytesHead*>(HeapTake(owner, cache, bytes));
    if (head == nullptr) return nullptr;
  } else {
    HeapExtra& extra = HeapExtraOf(owner, cache);
    Block* block = cache.Take(BlockBytesFor(bytes));
    if (block == nullptr) return nullptr;
    block->next = nullptr;
    block->first = sizeof(Block);
    block->flags = kBlockShared;
    block->shared_owners.store(1, std::memory_order_relaxed);
    block->owner.store(SharedOwner(), std::memory_order_release);
    AddShared(owner, extra, block, cache);
    head = reinterpret_cast<SnowBytesHead*>(block->at(sizeof(Block)));
  }
  head->header = MakeHeader(&kBytesDescriptor);
  head->fill = 0;
  head->capacity = static_cast<uint32_t>(bytes - sizeof(SnowBytesHead));
  return head;
}

void HeapJoin(HeapOwner& owner, BlockCache& cache, Block* chain) {
  Heap& heap = owner.heap;
  while (chain != nullptr) {
    Block* block = chain;
    chain = block->next;
    for (SharedList* list = block->shared; list != nullptr;) {
      HeapExtra& extra = HeapExtraOf(owner, cache);
      SharedList* next = list->next;
      for (uint32_t i = 0; i < list->count; ++i) {
        AddShared(owner, extra, list->blocks[i], cache);
      }
      cache.GiveRecord(list);
      list = next;
    }
    block->scratch = 0;
    block->owner.store(&owner, std::memory_order_relaxed);
    heap.bytes += BlockBytes(block);
    if ((block->flags & kBlockLarge) != 0) {
      HeapExtra& extra = HeapExtraOf(owner, cache);
      block->next = extra.large;
      extra.large = block;
    } else if (owner.alloc_next != nullptr) {
      // The first one is being filled and must stay the first.
      block->next = heap.young->next;
      heap.young->next = block;
    } else {
      block->next = heap.young;
      heap.young = block;
    }
  }
}

void HeapFillFrom(HeapOwner& owner, Block* block) {
  if (owner.heap.young != block || owner.alloc_next != nullptr) return;
  owner.alloc_next = reinterpret_cast<uint8_t*>(block->at(block->end));
  owner.alloc_limit = reinterpret_cast<uint8_t*>(block->at(BlockBytes(block) - 8));
}

void HeapRemember(HeapOwner& owner, BlockCache& cache, SnowBufferHead* buffer, uint64_t index,
                  uint64_t count) {
  if ((buffer->header & kSnowBufferYoung) != 0) return;
  Block* block = FindBlock(reinterpret_cast<uintptr_t>(buffer));
  if (block == nullptr || block->owner.load(std::memory_order_relaxed) != &owner ||
      (block->flags & kBlockOld) == 0) {
    return;
  }
  HeapExtra& extra = HeapExtraOf(owner, cache);
  if ((block->flags & kBlockLarge) == 0) {
    buffer->header |= kSnowBufferYoung;
    extra.remembered.Push(buffer);
    return;
  }
  if (block->candidates == nullptr) {
    block->candidates = static_cast<uint64_t*>(calloc(CardWords(block), sizeof(uint64_t)));
    if (block->candidates == nullptr) Fatal("memory is exhausted");
    extra.remembered.Push(buffer);
  }
  const size_t words = reinterpret_cast<Object*>(buffer)->descriptor()->words;
  const size_t start = block->first + sizeof(SnowBufferHead);
  const size_t last = count == 0 ? index : index + count - 1;
  for (size_t card = (start + index * words * 8) / kCardBytes;
       card <= (start + (last + 1) * words * 8 - 1) / kCardBytes; ++card) {
    block->candidates[card / 64] |= uint64_t{1} << (card % 64);
  }
}

}  // namespace snow::rt
