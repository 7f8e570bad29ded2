#include "runtime/actor/stack.h"

#include <sys/mman.h>

#include <algorithm>

#include "runtime/base/check.h"

namespace snow::rt {
namespace {

constexpr size_t kLeastDistance = 64 * 1024;
constexpr size_t kMostBatch = 32768;
// What lies below the limit: 4,000 calls without a check, of frames below 4 KiB (DESIGN.md,
// section 9), or a quarter of a smaller stack.
constexpr size_t kHeadroom = 16 << 20;
// Were all stacks to end at the same distance, their first pages would share the same few sets of
// caches and translation buffers.
constexpr uintptr_t kPageShifts = 61;
constexpr size_t kShiftedLeast = 4 << 20;
// A stack that was not deeper keeps its memory.
constexpr size_t kKeptBytes = 64 * 1024;

}  // namespace

constinit StackPool g_stacks;

void StackPool::Configure(size_t bytes) {
  distance_ = kLeastDistance;
  while (distance_ < bytes && distance_ < (size_t{1} << 40)) distance_ *= 2;
}

// Maps the next batch. The lock is held.
bool StackPool::Reserve() {
  while (distance_ >= kLeastDistance) {
    for (size_t count = batch_; count > 0; count /= 4) {
      const size_t bytes = count * distance_;
      void* range = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
      if (range == MAP_FAILED) continue;
      // Each stack would get two megabytes at its first touch.
      madvise(range, bytes, MADV_NOHUGEPAGE);
      next_ = reinterpret_cast<uintptr_t>(range);
      end_ = next_ + bytes;
      batch_ = std::min(count * 16, kMostBatch);
      return true;
    }
    distance_ /= 2;
  }
  return false;
}

Stack* StackPool::Take() {
  SpinLockHolder hold(lock_);
  if (free_ != nullptr) {
    Stack* stack = free_;
    free_ = stack->next;
    stack->deepest = stack->top();
    return stack;
  }
  if (next_ == end_ && !Reserve()) Fatal("no address space for another stack");
  const uintptr_t low = next_;
  next_ += distance_;
  const uintptr_t index = next_ / distance_;
  const uintptr_t shift = distance_ < kShiftedLeast
                              ? 0
                              : index % kPageShifts * 4096 + index / kPageShifts % 8 * 64;
  Stack* stack = reinterpret_cast<Stack*>(next_ - sizeof(Stack) - shift);
  stack->low = low;
  stack->limit = low + std::min(kHeadroom, distance_ / 4);
  stack->deepest = stack->top();
  stack->fake_stack = nullptr;
  stack->fiber = nullptr;
  stack->bytes = distance_;
  return stack;
}

void StackPool::Trim(Stack* stack) {
  if (stack->top() - stack->deepest <= kKeptBytes) return;
  const uintptr_t kept = (stack->top() - kKeptBytes) & ~uintptr_t{4095};
  madvise(reinterpret_cast<void*>(stack->low), kept - stack->low, MADV_DONTNEED);
  stack->deepest = stack->top();
}

void StackPool::Give(Stack* stack) {
  Trim(stack);
  SpinLockHolder hold(lock_);
  stack->next = free_;
  free_ = stack;
}

}  // namespace snow::rt
