#include "runtime/net/resource.h"

#include <new>

namespace snow::rt {

constinit ResourceTable g_resources;

ResourceTable::Slot* ResourceTable::SlotOf(uint64_t id) const {
  uint32_t slot = static_cast<uint32_t>(id) & ((1u << kSlotBits) - 1);
  Slot* chunk = chunks_[slot >> kChunkBits].load(std::memory_order_acquire);
  return chunk == nullptr ? nullptr : chunk + (slot & (kChunkSlots - 1));
}

uint64_t ResourceTable::Add(Resource* resource) {
  uint32_t number = 0;
  {
    SpinLockHolder hold(lock_);
    if (first_free_ != 0) {
      number = first_free_;
      Slot* slot = SlotOf(number);
      first_free_ = slot->next_free;
      if (first_free_ == 0) last_free_ = 0;
    } else {
      if (used_ == 1u << kSlotBits) return 0;
      number = used_++;
      std::atomic<Slot*>& chunk = chunks_[number >> kChunkBits];
      if (chunk.load(std::memory_order_relaxed) == nullptr) {
        chunk.store(new Slot[kChunkSlots], std::memory_order_release);
      }
    }
  }
  resource->Retain();
  Slot* slot = SlotOf(number);
  SpinLockHolder hold(slot->lock);
  slot->generation = slot->generation == kGenerationMost ? 1 : slot->generation + 1;
  slot->resource = resource;
  resource->id_ = number | slot->generation << kSlotBits;
  return resource->id_;
}

bool ResourceTable::Remove(uint64_t id) {
  Slot* slot = SlotOf(id);
  if (slot == nullptr) return false;
  Resource* resource = nullptr;
  {
    SpinLockHolder hold(slot->lock);
    if (slot->resource == nullptr || slot->generation != id >> kSlotBits) return false;
    resource = std::exchange(slot->resource, nullptr);
    slot->next_free = 0;
  }
  {
    // Free slots are used again in the order in which they became free.
    SpinLockHolder hold(lock_);
    uint32_t number = static_cast<uint32_t>(id) & ((1u << kSlotBits) - 1);
    if (last_free_ != 0) {
      SlotOf(last_free_)->next_free = number;
    } else {
      first_free_ = number;
    }
    last_free_ = number;
  }
  resource->Release();
  return true;
}

Ref<Resource> ResourceTable::Find(uint64_t id) const {
  Slot* slot = SlotOf(id);
  if (slot == nullptr) return {};
  SpinLockHolder hold(slot->lock);
  if (slot->resource == nullptr || slot->generation != id >> kSlotBits) return {};
  return Share(slot->resource);
}

}  // namespace snow::rt
