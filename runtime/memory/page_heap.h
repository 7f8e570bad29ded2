// The address range that holds every object of every actor, in pages of 16 KiB, and the table that
// says what lies in each page.
//
// The range is reserved once; a run of pages is committed by its first use and given back to the
// system when much lies idle. Any word can be looked up in the table (`FindPage`), which is how the
// collector reads stacks conservatively.
//
// Thread-safe. Look-ups take no lock: a word that points into pages whose use changes at that very
// moment may be read as one use or the other, never outside the range.
#ifndef RUNTIME_MEMORY_PAGE_HEAP_H_
#define RUNTIME_MEMORY_PAGE_HEAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/base/spin_lock.h"

namespace snow::rt {

inline constexpr size_t kPageShift = 14;
inline constexpr size_t kPageSize = size_t{1} << kPageShift;

enum class PageKind : uint8_t {
  kUnused,    // never taken so far
  kFree,      // part of a free run
  kRaw,       // the runtime's own records: words that point here are nothing to the collector
  kSmall,     // blocks of one size class
  kRun,       // the first page of a block of its own
  kRunTail,   // a further page of such a block
};

struct PageInfo {
  std::atomic<PageKind> kind;
  std::atomic<uint8_t> size_class;
  std::atomic<uint16_t> carved;  // kSmall: blocks that were ever handed out
  uint16_t taken;                // small pages: blocks not in `free`
  bool is_dirty;                 // kFree: may hold memory
  // kRun: pages of the run. kRunTail: distance to its first page. Free runs: pages, in the first and
  // in the last one.
  std::atomic<uint32_t> run;
  uint32_t previous;  // in the list that the page (the first one of a free run) is in; 0: none
  uint32_t next;
  void* free;  // small pages: chain of free blocks
};

class PageHeap {
 public:
  constexpr PageHeap() = default;

  // Reserves the range: `limit` bytes of it may be in use by heaps (0: no limit). Ends the process
  // when there is no address space. Call once, before anything else.
  void Reserve(uint64_t limit);
  bool is_reserved() const { return size_ != 0; }

  // The first page of a run of `count` pages of one kind. Null when the range is full.
  void* Allocate(size_t count, PageKind kind);
  void Free(void* run, size_t count);

  // The page that a word points into, or null.
  PageInfo* FindPage(uintptr_t word) const {
    const uintptr_t offset = word - base_;
    if (offset >= size_) return nullptr;
    return &table_[offset >> kPageShift];
  }
  bool Contains(uintptr_t word) const { return word - base_ < size_; }
  PageInfo* PageOf(const void* address) const {
    return &table_[(reinterpret_cast<uintptr_t>(address) - base_) >> kPageShift];
  }
  char* AddressOf(const PageInfo* page) const {
    return reinterpret_cast<char*>(base_ + (static_cast<size_t>(page - table_) << kPageShift));
  }
  uint32_t IndexOf(const PageInfo* page) const { return static_cast<uint32_t>(page - table_); }
  PageInfo* PageAt(uint32_t index) const { return &table_[index]; }

  // A byte for each page, for the collector of the heap that owns the page: whether all objects of the
  // page move in the collection at hand.
  uint8_t* moving() const { return moving_; }
  uintptr_t base() const { return base_; }
  size_t size() const { return size_; }

  uint64_t bytes_in_use() const { return in_use_.load(std::memory_order_relaxed) << kPageShift; }
  uint64_t limit() const { return limit_; }
  // Whether the program's limit is passed.
  bool is_over_limit() const { return limit_ != 0 && bytes_in_use() > limit_; }

 private:
  static constexpr size_t kExactBins = 128;  // bins of runs of exactly 1..128 pages, then the rest

  static size_t BinOf(size_t count) { return count <= kExactBins ? count - 1 : kExactBins; }
  void Link(PageInfo* first, size_t count, bool is_dirty);
  void Unlink(PageInfo* first);
  PageInfo* TakeFit(size_t count);
  void FreeRun(PageInfo* first, size_t count, bool is_dirty);
  void ReleaseIdle(PageInfo* first, size_t count);

  uintptr_t base_ = 0;
  size_t size_ = 0;
  PageInfo* table_ = nullptr;
  uint8_t* moving_ = nullptr;
  uint64_t limit_ = 0;
  std::atomic<uint64_t> in_use_{0};  // pages

  SpinLock lock_;
  uint32_t fresh_ = 1;  // pages from here on were never used; page 0 stays unused, 0 means none
  uint32_t page_count_ = 0;
  uint64_t dirty_free_ = 0;  // free pages that may hold memory
  uint32_t bins_[kExactBins + 1] = {};
};

// The process's only one.
extern constinit PageHeap g_pages;

}  // namespace snow::rt

#endif  // RUNTIME_MEMORY_PAGE_HEAP_H_
