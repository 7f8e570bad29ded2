#include "runtime/memory/shared_bytes.h"

#include <stdlib.h>

#include "runtime/base/check.h"

namespace snow::rt {

void SharedDropOwner(Block* block, BlockCache& cache) {
  if (block->shared_owners.fetch_sub(1, std::memory_order_acq_rel) == 1) cache.Give(block);
}

uintptr_t* SharedTable::Find(const Block* block) const {
  if (capacity_ == 0) return nullptr;
  const uintptr_t address = reinterpret_cast<uintptr_t>(block);
  for (size_t i = (address >> 6) * 0x9E3779B97F4A7C15u;; ++i) {
    uintptr_t* entry = &entries_[i & (capacity_ - 1)];
    if (*entry == 0) return nullptr;
    if ((*entry & ~kBits) == address) return entry;
  }
}

void SharedTable::Insert(uintptr_t entry) {
  size_t i = ((entry & ~kBits) >> 6) * 0x9E3779B97F4A7C15u;
  while (entries_[i & (capacity_ - 1)] != 0) ++i;
  entries_[i & (capacity_ - 1)] = entry;
  ++count_;
}

void SharedTable::Rebuild(size_t capacity) {
  uintptr_t* old = entries_;
  const size_t old_capacity = capacity_;
  entries_ = static_cast<uintptr_t*>(calloc(capacity, sizeof(uintptr_t)));
  if (entries_ == nullptr) Fatal("memory is exhausted");
  capacity_ = capacity;
  count_ = 0;
  for (size_t i = 0; i < old_capacity; ++i) {
    if (old[i] != 0) Insert(old[i]);
  }
  free(old);
}

bool SharedTable::Add(Block* block, BlockCache& cache) {
  if (Find(block) != nullptr) {
    SharedDropOwner(block, cache);
    return false;
  }
  if ((count_ + 1) * 2 > capacity_) Rebuild(capacity_ == 0 ? 8 : capacity_ * 2);
  Insert(reinterpret_cast<uintptr_t>(block));
  bytes_ += BlockBytes(block);
  return true;
}

void SharedTable::Mark(const Block* block) {
  uintptr_t* entry = Find(block);
  if (entry != nullptr) *entry |= kMark;
}

void SharedTable::Sweep(BlockCache& cache, bool is_full, bool becomes_old) {
  size_t kept = 0;
  for (size_t i = 0; i < capacity_; ++i) {
    uintptr_t& entry = entries_[i];
    if (entry == 0) continue;
    if ((entry & kMark) != 0 || (!is_full && (entry & kOld) != 0)) {
      entry = (entry & ~kBits) | (becomes_old ? kOld : 0);
      ++kept;
    } else {
      bytes_ -= BlockBytes(BlockOf(entry));
      SharedDropOwner(BlockOf(entry), cache);
      entry = 0;
    }
  }
  if (kept == count_) return;
  if (kept == 0) {
    Clear(cache);
    return;
  }
  // Holes break chains of probes.
  size_t capacity = 8;
  while (capacity < kept * 2) capacity *= 2;
  Rebuild(capacity);
}

void SharedTable::Clear(BlockCache& cache) {
  for (size_t i = 0; i < capacity_; ++i) {
    if (entries_[i] != 0) SharedDropOwner(BlockOf(entries_[i]), cache);
  }
  free(entries_);
  entries_ = nullptr;
  capacity_ = count_ = bytes_ = 0;
}

void SharedListAdd(SharedList*& list, Block* block, BlockCache& cache) {
  if (list == nullptr || list->count == SharedList::kPerRecord) {
    SharedList* record = cache.TakeRecord<SharedList>();
    record->next = list;
    record->count = 0;
    list = record;
  }
  SharedAddOwner(block);
  list->blocks[list->count++] = block;
}

void SharedListDrop(SharedList* list, BlockCache& cache) {
  while (list != nullptr) {
    SharedList* next = list->next;
    for (uint32_t i = 0; i < list->count; ++i) SharedDropOwner(list->blocks[i], cache);
    cache.GiveRecord(list);
    list = next;
  }
}

}  // namespace snow::rt
