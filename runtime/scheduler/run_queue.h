// Queues of actors that are ready to run.
#ifndef RUNTIME_SCHEDULER_RUN_QUEUE_H_
#define RUNTIME_SCHEDULER_RUN_QUEUE_H_

#include <stdlib.h>

#include <atomic>
#include <cstdint>

#include "runtime/actor/actor.h"
#include "runtime/base/check.h"
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

  // The one that Pop would give, or null. Owner only; a thief may take it at any moment.
  Actor* Peek() const {
    const uint32_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_relaxed)) return nullptr;
    return ring_[head % kCapacity].load(std::memory_order_relaxed);
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

// The actors that a worker has made and that have not run yet: its owner takes the newest, whose
// memory is still at hand, so that a tree of spawns is worked off branch by branch; others steal the
// oldest (after Chase and Lev).
class BirthStack {
 public:
  static constexpr int64_t kCapacity = 256;

  // False when it is full. Owner only.
  bool Push(Actor* actor) {
    const int64_t bottom = bottom_.load(std::memory_order_relaxed);
    if (bottom - top_.load(std::memory_order_acquire) >= kCapacity) return false;
    ring_[bottom % kCapacity].store(actor, std::memory_order_relaxed);
    bottom_.store(bottom + 1, std::memory_order_release);
    return true;
  }

  // The newest, or null. Owner only.
  Actor* Pop() {
    int64_t bottom = bottom_.load(std::memory_order_relaxed);
    if (bottom == top_.load(std::memory_order_relaxed)) return nullptr;
    bottom_.store(--bottom, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    int64_t top = top_.load(std::memory_order_relaxed);
    if (top < bottom) return ring_[bottom % kCapacity].load(std::memory_order_relaxed);
    Actor* actor = nullptr;
    if (top == bottom) {
      // The last one: a thief may be at it.
      actor = ring_[bottom % kCapacity].load(std::memory_order_relaxed);
      if (!top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst,
                                        std::memory_order_relaxed)) {
        actor = nullptr;
      }
    }
    bottom_.store(bottom + 1, std::memory_order_relaxed);
    return actor;
  }

  // The oldest, or null. Anybody.
  Actor* Steal() {
    for (;;) {
      int64_t top = top_.load(std::memory_order_acquire);
      std::atomic_thread_fence(std::memory_order_seq_cst);
      if (top >= bottom_.load(std::memory_order_acquire)) return nullptr;
      Actor* actor = ring_[top % kCapacity].load(std::memory_order_relaxed);
      if (top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst,
                                       std::memory_order_relaxed)) {
        return actor;
      }
    }
  }

  int64_t length() const {
    return bottom_.load(std::memory_order_acquire) - top_.load(std::memory_order_acquire);
  }

 private:
  std::atomic<int64_t> top_{0};
  std::atomic<int64_t> bottom_{0};
  std::atomic<Actor*> ring_[kCapacity] = {};
};

// Shared by all workers: what did not fit into a worker's own queues, and what threads that are no
// workers make ready. In chunks, so that control blocks of actors that wait long are not touched.
class SharedRunQueue {
 public:
  constexpr SharedRunQueue() = default;
  SharedRunQueue(const SharedRunQueue&) = delete;
  SharedRunQueue& operator=(const SharedRunQueue&) = delete;
  ~SharedRunQueue() {
    while (first_ != nullptr) DropChunk();
    free(spare_);
  }

  void Push(Actor* const* actors, uint32_t count) {
    SpinLockHolder hold(lock_);
    for (uint32_t i = 0; i < count; ++i) {
      if (last_ == nullptr || last_->end == Chunk::kCapacity) AddChunk();
      last_->actors[last_->end++] = actors[i];
    }
    length_.store(length_.load(std::memory_order_relaxed) + count, std::memory_order_release);
  }

  // Takes up to `most` out.
  uint32_t Pop(Actor** to, uint32_t most) {
    if (length() == 0) return 0;
    SpinLockHolder hold(lock_);
    uint32_t count = 0;
    while (count < most && first_ != nullptr && first_->begin < first_->end) {
      to[count++] = first_->actors[first_->begin++];
      if (first_->begin == first_->end) DropChunk();
    }
    length_.store(length_.load(std::memory_order_relaxed) - count, std::memory_order_release);
    return count;
  }

  uint32_t length() const { return length_.load(std::memory_order_acquire); }

 private:
  struct Chunk {
    static constexpr uint32_t kCapacity = 509;
    Chunk* next;
    uint32_t begin;
    uint32_t end;
    Actor* actors[kCapacity];
  };

  void AddChunk() {
    Chunk* chunk = spare_;
    spare_ = nullptr;
    if (chunk == nullptr) chunk = static_cast<Chunk*>(malloc(sizeof(Chunk)));
    if (chunk == nullptr) Fatal("memory is exhausted");
    chunk->next = nullptr;
    chunk->begin = chunk->end = 0;
    if (last_ == nullptr) {
      first_ = chunk;
    } else {
      last_->next = chunk;
    }
    last_ = chunk;
  }
  void DropChunk() {
    Chunk* chunk = first_;
    first_ = chunk->next;
    if (first_ == nullptr) last_ = nullptr;
    free(spare_);
    spare_ = chunk;
  }

  SpinLock lock_;
  Chunk* first_ = nullptr;  // guarded by lock_, as all but length_
  Chunk* last_ = nullptr;
  Chunk* spare_ = nullptr;
  std::atomic<uint32_t> length_{0};
};

}  // namespace snow::rt

#endif  // RUNTIME_SCHEDULER_RUN_QUEUE_H_
