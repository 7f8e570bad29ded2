// What a handle of the library stands for: sockets, servers, databases, pools.
//
// A handle is a number that programs may copy, send, keep after the end and misuse: the table finds
// the resource of a living one and nothing for all others. Numbers are never used again.
//
// Resources count their owners. Who looks one up holds a Ref for the time of a call and never while
// its actor is parked (an actor that is killed leaves its stack as it is): what must outlast a wait
// is in the actor's list of cleanups.
#ifndef RUNTIME_NET_RESOURCE_H_
#define RUNTIME_NET_RESOURCE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "runtime/base/spin_lock.h"

namespace snow::rt {

class Worker;

enum class ResourceKind : uint8_t {
  kListener,
  kTcp,
  kHttpServer,
  kHttp,
  kWebSocket,
  kDatabase,
  kPool,
};

class Resource {
 public:
  explicit Resource(ResourceKind kind) : kind_(kind) {}
  virtual ~Resource() = default;
  Resource(const Resource&) = delete;
  Resource& operator=(const Resource&) = delete;

  // Its descriptor is ready (EPOLL… bits). On a worker's stack, whoever uses it meanwhile.
  virtual void OnReady(Worker&, uint32_t) {}
  // The server that it belongs to is being stopped: it is to end in good order, soon.
  virtual void RequestStop(Worker&) {}
  // The actor that owns it; 0: none, or not of one alone.
  virtual uint64_t OwnerPid() const { return 0; }

  ResourceKind kind() const { return kind_; }
  // Its handle: the table's number, 0 before Add.
  uint64_t id() const { return id_; }

  void Retain() { owners_.fetch_add(1, std::memory_order_relaxed); }
  void Release() {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  friend class ResourceTable;

  std::atomic<int32_t> owners_{1};
  const ResourceKind kind_;
  uint64_t id_ = 0;
};

// One count of a resource.
template <typename T>
class Ref {
 public:
  Ref() = default;
  // Takes over a count.
  explicit Ref(T* resource) : resource_(resource) {}
  Ref(Ref&& other) noexcept : resource_(std::exchange(other.resource_, nullptr)) {}
  Ref& operator=(Ref&& other) noexcept {
    std::swap(resource_, other.resource_);
    return *this;
  }
  Ref(const Ref& other) : resource_(other.resource_) {
    if (resource_ != nullptr) resource_->Retain();
  }
  Ref& operator=(const Ref& other) {
    Ref copy(other);
    std::swap(resource_, copy.resource_);
    return *this;
  }
  ~Ref() { Reset(); }

  void Reset() {
    if (T* resource = std::exchange(resource_, nullptr)) resource->Release();
  }
  T* Leave() { return std::exchange(resource_, nullptr); }
  T* get() const { return resource_; }
  T* operator->() const { return resource_; }
  T& operator*() const { return *resource_; }
  explicit operator bool() const { return resource_ != nullptr; }

 private:
  T* resource_ = nullptr;
};

template <typename T>
Ref<T> Share(T* resource) {
  resource->Retain();
  return Ref<T>(resource);
}

// Thread-safe.
class ResourceTable {
 public:
  constexpr ResourceTable() = default;

  // Gives a resource its number, and keeps a count of it until Remove. 0: 16 million are alive.
  uint64_t Add(Resource* resource);
  // The number stands for nothing from now on. False when it did not before.
  bool Remove(uint64_t id);
  // The resource of a number; nothing when it is of another kind, or gone.
  Ref<Resource> Find(uint64_t id) const;
  template <typename T>
  Ref<T> FindAs(uint64_t id) const {
    Ref<Resource> found = Find(id);
    if (!found || found->kind() != T::kKind) return {};
    return Ref<T>(static_cast<T*>(found.Leave()));
  }

 private:
  // A number: slot (24 bits) | generation (38 bits) << 24; always positive as an Int.
  static constexpr int kSlotBits = 24;
  static constexpr uint64_t kGenerationMost = (uint64_t{1} << 38) - 1;
  static constexpr uint32_t kChunkBits = 10;
  static constexpr uint32_t kChunkSlots = 1 << kChunkBits;
  static constexpr uint32_t kMostChunks = 1 << (kSlotBits - kChunkBits);

  struct Slot {
    SpinLock lock;
    uint32_t next_free = 0;
    uint64_t generation = 0;
    Resource* resource = nullptr;
  };

  Slot* SlotOf(uint64_t id) const;

  SpinLock lock_;  // guards the free list and used_
  uint32_t first_free_ = 0;
  uint32_t last_free_ = 0;
  uint32_t used_ = 1;
  std::atomic<Slot*> chunks_[kMostChunks] = {};
};

// The process's only one.
extern constinit ResourceTable g_resources;

}  // namespace snow::rt

#endif  // RUNTIME_NET_RESOURCE_H_
