#include "runtime/memory/blocks.h"

#include "runtime/base/check.h"

namespace snow::rt {

// The free records of one class and kind that no cache holds: pages with room, and some whole batches
// on their way from caches that only give to caches that only take.
class ClassStore {
 public:
  // Takes up to `count` records, a batch, chained.
  uint32_t Take(size_t size_class, bool is_raw, uint32_t count, void*& chain) {
    SpinLockHolder hold(lock_);
    if (batch_count_ > 0) {
      chain = batches_[--batch_count_];
      return count;
    }
    uint32_t taken = 0;
    while (taken < count) {
      if (pages_ == 0 && !AddPage(size_class, is_raw)) break;
      PageInfo* page = g_pages.PageAt(pages_);
      BlockCache::FreeRecord* record = TakeOne(page, BlockCache::ClassBytes(size_class));
      record->next = chain;
      chain = record;
      ++taken;
    }
    return taken;
  }

  // A whole batch.
  void GiveBatch(size_t size_class, void* chain) {
    {
      SpinLockHolder hold(lock_);
      if (batch_count_ < kBatchesMost) {
        batches_[batch_count_++] = chain;
        return;
      }
    }
    Give(size_class, chain);
  }

  // Any number of records: back to their pages.
  void Give(size_t size_class, void* chain) {
    SpinLockHolder hold(lock_);
    while (chain != nullptr) {
      BlockCache::FreeRecord* record = static_cast<BlockCache::FreeRecord*>(chain);
      chain = record->next;
      PageInfo* page = g_pages.PageOf(record);
      record->next = page->free;
      page->free = record;
      if (page->taken-- == PerPage(size_class)) Link(page);
      if (page->taken == 0) {
        Unlink(page);
        g_pages.Free(g_pages.AddressOf(page), 1);
      }
    }
  }

 private:
  static size_t PerPage(size_t size_class) {
    return kPageSize / BlockCache::ClassBytes(size_class);
  }

  bool AddPage(size_t size_class, bool is_raw) {
    void* memory = g_pages.Allocate(1, PageKind::kRaw);
    if (memory == nullptr) return false;
    PageInfo* page = g_pages.PageOf(memory);
    page->size_class.store(static_cast<uint8_t>(size_class), std::memory_order_relaxed);
    if (!is_raw) page->kind.store(PageKind::kSmall, std::memory_order_release);
    Link(page);
    return true;
  }

  BlockCache::FreeRecord* TakeOne(PageInfo* page, size_t bytes) {
    BlockCache::FreeRecord* record;
    if (page->free != nullptr) {
      record = static_cast<BlockCache::FreeRecord*>(page->free);
      page->free = record->next;
    } else {
      const uint16_t carved = page->carved.load(std::memory_order_relaxed);
      record = reinterpret_cast<BlockCache::FreeRecord*>(g_pages.AddressOf(page) + carved * bytes);
      record->owner.store(nullptr, std::memory_order_relaxed);
      page->carved.store(static_cast<uint16_t>(carved + 1), std::memory_order_release);
    }
    if (++page->taken == kPageSize / bytes) Unlink(page);
    return record;
  }

  void Link(PageInfo* page) {
    page->previous = 0;
    page->next = pages_;
    if (pages_ != 0) g_pages.PageAt(pages_)->previous = g_pages.IndexOf(page);
    pages_ = g_pages.IndexOf(page);
  }
  void Unlink(PageInfo* page) {
    if (page->next != 0) g_pages.PageAt(page->next)->previous = page->previous;
    if (page->previous != 0) {
      g_pages.PageAt(page->previous)->next = page->next;
    } else {
      pages_ = page->next;
    }
  }

  static constexpr uint32_t kBatchesMost = 16;

  SpinLock lock_;
  uint32_t pages_ = 0;  // with free records; 0: none
  uint32_t batch_count_ = 0;
  void* batches_[kBatchesMost] = {};
};

namespace {

struct Stores {
  ClassStore heap[kBlockClasses];
  ClassStore raw[kBlockClasses];
};
constinit Stores g_stores;

}  // namespace

void* BlockCache::Refill(Slot& slot, size_t size_class, bool is_raw) {
  if (size_class == kPageClass) {
    void* page = g_pages.Allocate(1, PageKind::kRun);
    if (page != nullptr) {
      static_cast<FreeRecord*>(page)->owner.store(nullptr, std::memory_order_relaxed);
    }
    return page;
  }
  ClassStore& store = (is_raw ? g_stores.raw : g_stores.heap)[size_class];
  slot.count = store.Take(size_class, is_raw, BatchOf(size_class), slot.chain);
  if (slot.count == 0) {
    if (is_raw) Fatal("the address range of the heap is full");
    return nullptr;
  }
  return TakeFrom(slot, size_class, is_raw);
}

// The first batch goes back: the most recently used, but the cut is where the chain is at hand.
void BlockCache::Spill(Slot& slot, size_t size_class, bool is_raw) {
  const uint32_t batch = BatchOf(size_class);
  slot.count -= batch;
  if (size_class == kPageClass) {
    for (uint32_t i = 0; i < batch; ++i) {
      void* page = slot.chain;
      slot.chain = static_cast<FreeRecord*>(page)->next;
      g_pages.Free(page, 1);
    }
    return;
  }
  void* chain = slot.chain;
  FreeRecord* last = static_cast<FreeRecord*>(chain);
  for (uint32_t i = 1; i < batch; ++i) last = static_cast<FreeRecord*>(last->next);
  slot.chain = last->next;
  last->next = nullptr;
  (is_raw ? g_stores.raw : g_stores.heap)[size_class].GiveBatch(size_class, chain);
}

Block* BlockCache::Take(size_t bytes) {
  if (bytes <= kLargestSmallBlock) {
    const size_t size_class = BlockClassOf(bytes);
    return static_cast<Block*>(TakeFrom(heap_[size_class], size_class, false));
  }
  if (bytes <= kPageSize)
    return static_cast<Block*>(TakeFrom(heap_[kPageClass], kPageClass, false));
  void* run = g_pages.Allocate((bytes + kPageSize - 1) >> kPageShift, PageKind::kRun);
  if (run != nullptr) static_cast<Block*>(run)->owner.store(nullptr, std::memory_order_relaxed);
  return static_cast<Block*>(run);
}

void BlockCache::Give(Block* block) {
  block->owner.store(nullptr, std::memory_order_relaxed);
  PageInfo* page = g_pages.PageOf(block);
  if (page->kind.load(std::memory_order_relaxed) == PageKind::kSmall) {
    const size_t size_class = page->size_class.load(std::memory_order_relaxed);
    GiveTo(heap_[size_class], block, size_class, false);
    return;
  }
  const size_t pages = page->run.load(std::memory_order_relaxed);
  if (pages == 1) {
    GiveTo(heap_[kPageClass], block, kPageClass, false);
  } else {
    g_pages.Free(block, pages);
  }
}

void BlockCache::Flush() {
  for (size_t i = 0; i < kBlockClasses; ++i) {
    g_stores.heap[i].Give(i, heap_[i].chain);
    g_stores.raw[i].Give(i, raw_[i].chain);
    heap_[i] = raw_[i] = Slot();
  }
  for (void* page = heap_[kPageClass].chain; page != nullptr;) {
    void* next = static_cast<BlockCache::FreeRecord*>(page)->next;
    g_pages.Free(page, 1);
    page = next;
  }
  heap_[kPageClass] = Slot();
}

}  // namespace snow::rt
