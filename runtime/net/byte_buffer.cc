#include "runtime/net/byte_buffer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace snow::rt {

ByteBuffer::~ByteBuffer() { std::free(bytes_); }

char* ByteBuffer::Room(size_t count) {
  if (capacity_ - end_ >= count) return bytes_ + end_;
  if (start_ > 0) {
    std::memmove(bytes_, bytes_ + start_, size());
    end_ -= start_;
    start_ = 0;
    if (capacity_ - end_ >= count) return bytes_ + end_;
  }
  size_t wanted = std::max(end_ + count, capacity_ * 2);
  void* bytes = std::realloc(bytes_, wanted);
  if (bytes == nullptr) {
    std::fputs("snow: out of memory for network buffers\n", stderr);
    std::abort();
  }
  bytes_ = static_cast<char*>(bytes);
  capacity_ = wanted;
  return bytes_ + end_;
}

void ByteBuffer::Append(std::string_view bytes) {
  if (bytes.empty()) return;
  std::memcpy(Room(bytes.size()), bytes.data(), bytes.size());
  end_ += bytes.size();
}

void ByteBuffer::Drop(size_t count) {
  start_ += count;
  if (start_ == end_) start_ = end_ = 0;
}

void ByteBuffer::ReleaseIfEmpty() {
  if (!empty() || bytes_ == nullptr) return;
  std::free(bytes_);
  bytes_ = nullptr;
  start_ = end_ = capacity_ = 0;
}

void ByteBuffer::Swap(ByteBuffer& other) {
  std::swap(bytes_, other.bytes_);
  std::swap(start_, other.start_);
  std::swap(end_, other.end_);
  std::swap(capacity_, other.capacity_);
}

}  // namespace snow::rt
