// Queues of actors that are ready to run.
#ifndef RUNTIME_SCHEDULER_RUN_QUEUE_H_
#define RUNTIME_SCHEDULER_RUN_QUEUE_H_

#include <atomic>
#include <cstdint>

#include "runtime/actor/actor.h"
#include "runtime/base/spin_lock.h"

namespace snow::rt {

// A worker's own queue: first in, first out. Its owner pushes and pops; others steal.
class RunQueue {
 public:
  static constexpr uint32_t kCapacity = 256;

  // False when it is full. Owner only.
  bool Push(Actor* actor) {
    const uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) >= kCapacity) return false;
    ring_[tail % kCapacity].store(actor, std::memory_order_relaxed);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Null when it is empty. Owner only.
  Actor* Pop() {
    uint32_t head = head_.load(std::memory_order_acquire);
    for (;;) {
      if (head == tail_.load(std::memory_order_relaxed)) return nullptr;
      Actor* actor = ring_[head % kCapacity].load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
        return actor;
      }
    }
  }

  // Takes the older half (at least one) out, at most `most`; returns how many. Anybody.
  uint32_t Steal(Actor** to, uint32_t most) {
    uint32_t head = head_.load(std::memory_order_acquire);
    for (;;) {
      const uint32_t length = tail_.load(std::memory_order_acquire) - head;
      if (length == 0 || length > kCapacity) return 0;
      uint32_t count = length - length / 2;
      if (count > most) count = most;
      for (uint32_t i = 0; i < count; ++i) {
        to[i] = ring_[(head + i) % kCapacity].load(std::memory_order_relaxed);
      }
      if (head_.compare_exchange_weak(head, head + count, std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
        return count;
      }
    }
  }

  uint32_t length() const {
    return tail_.load(std::memory_order_acquire) - head_.load(std::memory_order_acquire);
  }

 private:
  std::atomic<uint32_t> head_{0};
  std::atomic<uint32_t> tail_{0};
  std::atomic<Actor*> ring_[kCapacity] = {};
};

// Shared by all workers: what did not fit into a worker's own queue, and what threads that are no
// workers make ready. Chained by Actor::run_next.
class SharedRunQueue {
 public:
  void Push(Actor* actor) {
    actor->run_next = nullptr;
    PushChain(actor, actor, 1);
  }
  void PushChain(Actor* first, Actor* last, uint32_t count) {
    SpinLockHolder hold(lock_);
    if (last_ == nullptr) {
      first_ = first;
    } else {
      last_->run_next = first;
    }
    last_ = last;
    length_.store(length_.load(std::memory_order_relaxed) + count, std::memory_order_release);
  }

  // Takes up to `most` out.
  uint32_t Pop(Actor** to, uint32_t most) {
    if (length() == 0) return 0;
    SpinLockHolder hold(lock_);
    uint32_t count = 0;
    while (count < most && first_ != nullptr) {
      to[count++] = first_;
      first_ = first_->run_next;
    }
    if (first_ == nullptr) last_ = nullptr;
    length_.store(length_.load(std::memory_order_relaxed) - count, std::memory_order_release);
    return count;
  }

  uint32_t length() const { return length_.load(std::memory_order_acquire); }

 private:
  SpinLock lock_;
  Actor* first_ = nullptr;
  Actor* last_ = nullptr;
  std::atomic<uint32_t> length_{0};
};

}  // namespace snow::rt

#endif  // RUNTIME_SCHEDULER_RUN_QUEUE_H_
