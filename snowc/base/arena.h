// A bump allocator: objects that live until the arena dies.
//
// Only trivially destructible objects may be made in it, since no destructor runs. Memory comes in
// blocks that double up to 1 MiB. Pointers stay valid until the arena is destroyed, moves of the
// arena included. Thread-safety: thread-compatible.
#ifndef SNOWC_BASE_ARENA_H_
#define SNOWC_BASE_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace snow {

class Arena {
 public:
  Arena() = default;
  Arena(Arena&& other) noexcept
      : blocks_(std::move(other.blocks_)),
        next_(std::exchange(other.next_, nullptr)),
        end_(std::exchange(other.end_, nullptr)),
        block_bytes_(other.block_bytes_) {}
  Arena& operator=(Arena&& other) noexcept {
    blocks_ = std::move(other.blocks_);
    next_ = std::exchange(other.next_, nullptr);
    end_ = std::exchange(other.end_, nullptr);
    block_bytes_ = other.block_bytes_;
    return *this;
  }

  // Makes a T from `args`.
  template <typename T, typename... Args>
  T* New(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>, "an arena runs no destructors");
    return new (Allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  // Copies `items`; an empty sequence takes no memory.
  template <typename T>
  std::span<T> CopyArray(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    if (items.empty()) return {};
    T* copy = static_cast<T*>(Allocate(items.size_bytes(), alignof(T)));
    std::memcpy(static_cast<void*>(copy), items.data(), items.size_bytes());
    return {copy, items.size()};
  }

  std::string_view CopyString(std::string_view text) {
    std::span<char> copy = CopyArray(std::span<const char>(text));
    return {copy.data(), copy.size()};
  }

  // Room for `bytes` bytes; `alignment` is a power of two of at most 16.
  void* Allocate(size_t bytes, size_t alignment) {
    uintptr_t start = (reinterpret_cast<uintptr_t>(next_) + alignment - 1) & ~(alignment - 1);
    if (next_ == nullptr || start + bytes > reinterpret_cast<uintptr_t>(end_)) {
      return AllocateInNewBlock(bytes);
    }
    next_ = reinterpret_cast<char*>(start + bytes);
    return reinterpret_cast<void*>(start);
  }

 private:
  static constexpr size_t kFirstBlockBytes = 4096;
  static constexpr size_t kLargestBlockBytes = 1 << 20;

  void* AllocateInNewBlock(size_t bytes) {
    if (bytes > block_bytes_ / 2) {
      // A block of its own, so that the rest of the current one is not lost.
      return blocks_.emplace_back(new char[bytes]).get();
    }
    char* block = blocks_.emplace_back(new char[block_bytes_]).get();
    next_ = block + bytes;
    end_ = block + block_bytes_;
    if (block_bytes_ < kLargestBlockBytes) block_bytes_ *= 2;
    return block;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  char* end_ = nullptr;
  size_t block_bytes_ = kFirstBlockBytes;
};

}  // namespace snow

#endif  // SNOWC_BASE_ARENA_H_
