#include "runtime/memory/blocks.h"

#include "runtime/base/check.h"

namespace snow::rt {
namespace {

// How the free ones hang together. A heap block's owner stays null, so the link lies behind it.
struct FreeRecord {
  std::atomic<HeapOwner*> owner;
  void* next;
};

constexpr size_t ClassBytes(size_t size_class) {
  return size_class == kPageClass ? kPageSize : kBlockClassBytes[size_class];
}

// How many records of a class travel between a cache and the store at once, and the most that a
// cache keeps: 16 KiB and 48 KiB of small ones, 16 and 64 whole pages.
constexpr uint32_t BatchOf(size_t size_class) {
  if (size_class == kPageClass) return 16;
  const size_t count = kPageSize / ClassBytes(size_class);
  return static_cast<uint32_t>(count > 64 ? 64 : count);
}
constexpr uint32_t MostOf(size_t size_class) {
  return size_class == kPageClass ? 64 : BatchOf(size_class) * 3;
}

// The free records of one class and kind that no cache holds: pages with room.
class ClassStore {
 public:
  // Takes up to `count` records, chained.
  uint32_t Take(size_t size_class, bool is_raw, uint32_t count, void*& chain) {
    SpinLockHolder hold(lock_);
    uint32_t taken = 0;
    while (taken < count) {
      if (pages_ == 0 && !AddPage(size_class, is_raw)) break;
      PageInfo* page = g_pages.PageAt(pages_);
      FreeRecord* record = TakeOne(page, ClassBytes(size_class));
      record->next = chain;
      chain = record;
      ++taken;
    }
    return taken;
  }

  void Give(size_t size_class, void* chain) {
    SpinLockHolder hold(lock_);
    while (chain != nullptr) {
      FreeRecord* record = static_cast<FreeRecord*>(chain);
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
  static size_t PerPage(size_t size_class) { return kPageSize / ClassBytes(size_class); }

  bool AddPage(size_t size_class, bool is_raw) {
    void* memory = g_pages.Allocate(1, PageKind::kRaw);
    if (memory == nullptr) return false;
    PageInfo* page = g_pages.PageOf(memory);
    page->size_class.store(static_cast<uint8_t>(size_class), std::memory_order_relaxed);
    if (!is_raw) page->kind.store(PageKind::kSmall, std::memory_order_release);
    Link(page);
    return true;
  }

  FreeRecord* TakeOne(PageInfo* page, size_t bytes) {
    FreeRecord* record;
    if (page->free != nullptr) {
      record = static_cast<FreeRecord*>(page->free);
      page->free = record->next;
    } else {
      const uint16_t carved = page->carved.load(std::memory_order_relaxed);
      record = reinterpret_cast<FreeRecord*>(g_pages.AddressOf(page) + carved * bytes);
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

  SpinLock lock_;
  uint32_t pages_ = 0;  // with free records; 0: none
};

struct Stores {
  ClassStore heap[kBlockClasses];
  ClassStore raw[kBlockClasses];
};
constinit Stores g_stores;

}  // namespace

void* BlockCache::TakeFrom(Slot& slot, size_t size_class, bool is_raw) {
  if (slot.chain == nullptr) {
    const uint32_t batch = BatchOf(size_class);
    if (size_class == kPageClass) {
      void* page = g_pages.Allocate(1, is_raw ? PageKind::kRaw : PageKind::kRun);
      if (page != nullptr) {
        static_cast<FreeRecord*>(page)->owner.store(nullptr, std::memory_order_relaxed);
      }
      return page;
    }
    slot.count =
        (is_raw ? g_stores.raw : g_stores.heap)[size_class].Take(size_class, is_raw, batch, slot.chain);
    if (slot.count == 0) return nullptr;
  }
  FreeRecord* record = static_cast<FreeRecord*>(slot.chain);
  slot.chain = record->next;
  --slot.count;
  return record;
}

void BlockCache::GiveTo(Slot& slot, void* record, size_t size_class, bool is_raw) {
  FreeRecord* free = static_cast<FreeRecord*>(record);
  free->next = slot.chain;
  slot.chain = free;
  if (++slot.count <= MostOf(size_class)) return;
  // The first batch goes back: most recently used, but the cut is where the chain is at hand.
  const uint32_t batch = BatchOf(size_class);
  if (size_class == kPageClass) {
    for (uint32_t i = 0; i < batch; ++i) {
      void* page = slot.chain;
      slot.chain = static_cast<FreeRecord*>(page)->next;
      g_pages.Free(page, 1);
    }
  } else {
    void* chain = slot.chain;
    FreeRecord* last = static_cast<FreeRecord*>(chain);
    for (uint32_t i = 1; i < batch; ++i) last = static_cast<FreeRecord*>(last->next);
    slot.chain = last->next;
    last->next = nullptr;
    (is_raw ? g_stores.raw : g_stores.heap)[size_class].Give(size_class, chain);
  }
  slot.count -= batch;
}

Block* BlockCache::Take(size_t bytes) {
  if (bytes <= kLargestSmallBlock) {
    const size_t size_class = BlockClassOf(bytes);
    return static_cast<Block*>(TakeFrom(heap_[size_class], size_class, false));
  }
  if (bytes <= kPageSize) return static_cast<Block*>(TakeFrom(heap_[kPageClass], kPageClass, false));
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

void* BlockCache::TakeRaw(size_t bytes) {
  SNOW_RT_DCHECK(bytes <= kLargestSmallBlock);
  const size_t size_class = BlockClassOf(bytes);
  void* record = TakeFrom(raw_[size_class], size_class, true);
  if (record == nullptr) Fatal("the address range of the heap is full");
  return record;
}

void BlockCache::GiveRaw(void* record, size_t bytes) {
  const size_t size_class = BlockClassOf(bytes);
  GiveTo(raw_[size_class], record, size_class, true);
}

void BlockCache::Flush() {
  for (size_t i = 0; i < kBlockClasses; ++i) {
    g_stores.heap[i].Give(i, heap_[i].chain);
    g_stores.raw[i].Give(i, raw_[i].chain);
    heap_[i] = raw_[i] = Slot();
  }
  for (void* page = heap_[kPageClass].chain; page != nullptr;) {
    void* next = static_cast<FreeRecord*>(page)->next;
    g_pages.Free(page, 1);
    page = next;
  }
  heap_[kPageClass] = Slot();
}

}  // namespace snow::rt
