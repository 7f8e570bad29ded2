// A growing array of trivial elements without the exceptions of std::vector.
#ifndef RUNTIME_BASE_VECTOR_H_
#define RUNTIME_BASE_VECTOR_H_

#include <stdlib.h>
#include <string.h>

#include <cstddef>
#include <type_traits>
#include <utility>

#include "runtime/base/check.h"

namespace snow::rt {

// Owns its elements. Ends the process when memory is exhausted. Not thread-safe.
template <typename T>
class Vector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  constexpr Vector() = default;
  Vector(const Vector&) = delete;
  Vector& operator=(const Vector&) = delete;
  ~Vector() { Release(); }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }

  void Push(T element) {
    if (size_ == capacity_) Reserve(capacity_ == 0 ? 8 : capacity_ * 2);
    data_[size_++] = element;
  }
  T Pop() { return data_[--size_]; }
  void Append(const T* elements, size_t count) {
    if (size_ + count > capacity_) Reserve((size_ + count) * 2);
    if (count != 0) memcpy(static_cast<void*>(data_ + size_), elements, count * sizeof(T));
    size_ += count;
  }
  void Resize(size_t size) {
    if (size > capacity_) Reserve(size);
    size_ = size;
  }
  void Clear() { size_ = 0; }
  void Swap(Vector& other) {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  void Release() {
    free(data_);
    data_ = nullptr;
    size_ = capacity_ = 0;
  }
  // Gives the memory back when more than this many elements would fit.
  void ShrinkAbove(size_t elements) {
    if (capacity_ > elements) Release();
  }
  void Reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    void* data = realloc(static_cast<void*>(data_), capacity * sizeof(T));
    if (data == nullptr) Fatal("memory is exhausted");
    data_ = static_cast<T*>(data);
    capacity_ = capacity;
  }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace snow::rt

#endif  // RUNTIME_BASE_VECTOR_H_
