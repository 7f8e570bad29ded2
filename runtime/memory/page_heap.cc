#include "runtime/memory/page_heap.h"

#include <sys/mman.h>

#include "runtime/base/check.h"
#include "runtime/base/sanitizers.h"

namespace snow::rt {
namespace {

constexpr size_t kRangeMost = size_t{1} << 40;
constexpr size_t kRangeLeast = size_t{1} << 32;
// Idle pages that are kept without asking: 32 MiB.
constexpr uint64_t kIdlePagesKept = 2048;
// Shorter runs are not worth a system call.
constexpr size_t kReleaseRunLeast = 16;

void* Map(size_t bytes) {
  void* range = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return range == MAP_FAILED ? nullptr : range;
}

}  // namespace

constinit PageHeap g_pages;

void PageHeap::Reserve(uint64_t limit) {
  limit_ = limit;
  if (is_reserved()) return;
  for (size_t bytes = kRangeMost; bytes >= kRangeLeast; bytes /= 2) {
    void* range = Map(bytes);
    if (range == nullptr) continue;
    const size_t pages = bytes >> kPageShift;
    table_ = static_cast<PageInfo*>(Map(pages * sizeof(PageInfo)));
    moving_ = static_cast<uint8_t*>(Map(pages));
    if (table_ == nullptr || moving_ == nullptr) {
      if (table_ != nullptr) munmap(static_cast<void*>(table_), pages * sizeof(PageInfo));
      munmap(range, bytes);
      continue;
    }
    // Objects would only be spread thinner by huge pages.
    madvise(range, bytes, MADV_NOHUGEPAGE);
    base_ = (reinterpret_cast<uintptr_t>(range) + kPageSize - 1) & ~(kPageSize - 1);
    page_count_ = static_cast<uint32_t>(pages - 1);
    size_ = static_cast<size_t>(page_count_) << kPageShift;
    return;
  }
  Fatal("no address space for the heap");
}

void PageHeap::Link(PageInfo* first, size_t count, bool is_dirty) {
  PageInfo* last = first + count - 1;
  const uint32_t index = IndexOf(first);
  first->kind.store(PageKind::kFree, std::memory_order_relaxed);
  last->kind.store(PageKind::kFree, std::memory_order_relaxed);
  first->run.store(static_cast<uint32_t>(count), std::memory_order_relaxed);
  last->run.store(static_cast<uint32_t>(count), std::memory_order_relaxed);
  first->is_dirty = last->is_dirty = is_dirty;
  if (is_dirty) dirty_free_ += count;
  uint32_t& bin = bins_[BinOf(count)];
  first->previous = 0;
  first->next = bin;
  if (bin != 0) PageAt(bin)->previous = index;
  bin = index;
}

void PageHeap::Unlink(PageInfo* first) {
  const size_t count = first->run.load(std::memory_order_relaxed);
  if (first->is_dirty) dirty_free_ -= count;
  if (first->next != 0) PageAt(first->next)->previous = first->previous;
  if (first->previous != 0) {
    PageAt(first->previous)->next = first->next;
  } else {
    bins_[BinOf(count)] = first->next;
  }
}

// The smallest free run that is long enough, taken out of its bin.
PageInfo* PageHeap::TakeFit(size_t count) {
  for (size_t bin = BinOf(count); bin < kExactBins; ++bin) {
    if (bins_[bin] == 0) continue;
    PageInfo* first = PageAt(bins_[bin]);
    Unlink(first);
    return first;
  }
  PageInfo* best = nullptr;
  uint32_t best_run = 0;
  for (uint32_t at = bins_[kExactBins]; at != 0; at = PageAt(at)->next) {
    const uint32_t run = PageAt(at)->run.load(std::memory_order_relaxed);
    if (run >= count && (best == nullptr || run < best_run)) {
      best = PageAt(at);
      best_run = run;
    }
  }
  if (best != nullptr) Unlink(best);
  return best;
}

void* PageHeap::Allocate(size_t count, PageKind kind) {
  SpinLockHolder hold(lock_);
  PageInfo* first = TakeFit(count);
  if (first != nullptr) {
    const size_t run = first->run.load(std::memory_order_relaxed);
    if (run > count) Link(first + count, run - count, first->is_dirty);
  } else {
    if (count > page_count_ - fresh_) return nullptr;
    first = PageAt(fresh_);
    fresh_ += static_cast<uint32_t>(count);
  }
  in_use_.fetch_add(count, std::memory_order_relaxed);
  first->run.store(static_cast<uint32_t>(count), std::memory_order_relaxed);
  first->carved.store(0, std::memory_order_relaxed);
  first->taken = 0;
  first->free = nullptr;
  for (size_t i = 1; i < count; ++i) {
    first[i].run.store(static_cast<uint32_t>(i), std::memory_order_relaxed);
    first[i].kind.store(kind == PageKind::kRun ? PageKind::kRunTail : kind,
                        std::memory_order_relaxed);
  }
  first->kind.store(kind, std::memory_order_release);
  return AddressOf(first);
}

void PageHeap::Free(void* run, size_t count) {
  SpinLockHolder hold(lock_);
  in_use_.fetch_sub(count, std::memory_order_relaxed);
  FreeRun(PageOf(run), count, true);
}

// Joins the run with free neighbours in the same state. The lock is held.
void PageHeap::FreeRun(PageInfo* first, size_t count, bool is_dirty) {
  for (size_t i = 0; i < count; ++i) first[i].kind.store(PageKind::kFree, std::memory_order_relaxed);
  PageInfo* before = first - 1;
  if (before->kind.load(std::memory_order_relaxed) == PageKind::kFree &&
      before->is_dirty == is_dirty) {
    const size_t run = before->run.load(std::memory_order_relaxed);
    first -= run;
    count += run;
    Unlink(first);
  }
  PageInfo* after = first + count;
  if (after->kind.load(std::memory_order_relaxed) == PageKind::kFree &&
      after->is_dirty == is_dirty) {
    count += after->run.load(std::memory_order_relaxed);
    Unlink(after);
  }
  if (is_dirty && count >= kReleaseRunLeast &&
      dirty_free_ + count > kIdlePagesKept + in_use_.load(std::memory_order_relaxed) / 4) {
    ReleaseIdle(first, count);
  } else {
    Link(first, count, is_dirty);
  }
}

// Gives the memory of a run back to the system. The lock is held: the kernel walks the run's page
// tables, some microseconds a MiB.
void PageHeap::ReleaseIdle(PageInfo* first, size_t count) {
  madvise(AddressOf(first), count << kPageShift, MADV_DONTNEED);
  FreeRun(first, count, false);
}

}  // namespace snow::rt
