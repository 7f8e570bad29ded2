// Machine stacks of actors: far apart in reserved address space, committed by use, pooled.
//
// Thread-safe.
#ifndef RUNTIME_ACTOR_STACK_H_
#define RUNTIME_ACTOR_STACK_H_

#include <cstddef>
#include <cstdint>

#include "runtime/base/spin_lock.h"

namespace snow::rt {

// Lies near the upper end of the stack itself, above the first frame.
struct alignas(16) Stack {
  Stack* next;        // in a pool
  uintptr_t low;      // the lowest address
  uintptr_t limit;    // a check that finds the stack pointer below it is a stack overflow
  uintptr_t deepest;  // the lowest stack pointer that a check has seen since the stack was taken
  void* fake_stack;   // AddressSanitizer's, of a parked context
  void* fiber;        // ThreadSanitizer's
  size_t bytes;       // of its part of the address space

  uintptr_t top() const { return reinterpret_cast<uintptr_t>(this); }
};

class StackPool {
 public:
  constexpr StackPool() = default;

  // The distance of stacks: at least 64 KiB, rounded up to a power of two.
  void Configure(size_t bytes);

  // Never null: when address space is short, further stacks are smaller.
  Stack* Take();
  // Gives the memory back to the system where the stack was deep.
  void Give(Stack* stack);
  void Trim(Stack* stack);

 private:
  bool Reserve();

  SpinLock lock_;
  Stack* free_ = nullptr;
  size_t distance_ = size_t{256} << 20;
  uintptr_t next_ = 0;  // stacks that were never used: [next_, end_)
  uintptr_t end_ = 0;
  size_t batch_ = 16;  // stacks of the next mapping
};

extern constinit StackPool g_stacks;

}  // namespace snow::rt

#endif  // RUNTIME_ACTOR_STACK_H_
