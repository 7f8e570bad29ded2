// A lock of 4 bytes for sections of a few instructions.
#ifndef RUNTIME_BASE_SPIN_LOCK_H_
#define RUNTIME_BASE_SPIN_LOCK_H_

#include <sched.h>

#include <atomic>
#include <cstdint>

namespace snow::rt {

inline void CpuRelax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  __asm__ __volatile__("" ::: "memory");
#endif
}

// Spins, then gives up the core: its holder may have been preempted by the system. Not reentrant.
// Nobody may park or panic while holding one.
class SpinLock {
 public:
  constexpr SpinLock() = default;
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

  void Lock() {
    if (held_.exchange(1, std::memory_order_acquire) == 0) return;
    LockSlow();
  }
  bool TryLock() {
    return held_.load(std::memory_order_relaxed) == 0 &&
           held_.exchange(1, std::memory_order_acquire) == 0;
  }
  void Unlock() { held_.store(0, std::memory_order_release); }

 private:
  void LockSlow() {
    for (;;) {
      for (int i = 0; i < 100; ++i) {
        if (TryLock()) return;
        CpuRelax();
      }
      sched_yield();
    }
  }

  std::atomic<uint32_t> held_{0};
};

class SpinLockHolder {
 public:
  explicit SpinLockHolder(SpinLock& lock) : lock_(lock) { lock_.Lock(); }
  ~SpinLockHolder() { lock_.Unlock(); }
  SpinLockHolder(const SpinLockHolder&) = delete;
  SpinLockHolder& operator=(const SpinLockHolder&) = delete;

 private:
  SpinLock& lock_;
};

}  // namespace snow::rt

#endif  // RUNTIME_BASE_SPIN_LOCK_H_
