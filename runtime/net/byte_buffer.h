// A queue of bytes: appended at the end, taken off the front. Gives all its memory back when it is
// empty and told so, because thousands of idle connections must cost nothing.
//
// Thread-compatible. Memory is taken as bytes come, never ahead of what a peer promises.
#ifndef RUNTIME_NET_BYTE_BUFFER_H_
#define RUNTIME_NET_BYTE_BUFFER_H_

#include <cstddef>
#include <string_view>

namespace snow::rt {

class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(const ByteBuffer&) = delete;
  ByteBuffer& operator=(const ByteBuffer&) = delete;
  ~ByteBuffer();

  bool empty() const { return start_ == end_; }
  size_t size() const { return end_ - start_; }
  const char* data() const { return bytes_ + start_; }
  std::string_view view() const { return {bytes_ + start_, end_ - start_}; }

  // Room for at least `count` bytes behind the end; what was written there counts after Grow.
  char* Room(size_t count);
  size_t room() const { return capacity_ - end_; }
  void Grow(size_t count) { end_ += count; }

  void Append(std::string_view bytes);
  // Drops `count` bytes from the front.
  void Drop(size_t count);
  void Clear() { start_ = end_ = 0; }
  // Gives the memory back if nothing is in it.
  void ReleaseIfEmpty();
  void Swap(ByteBuffer& other);

 private:
  char* bytes_ = nullptr;
  size_t start_ = 0;
  size_t end_ = 0;
  size_t capacity_ = 0;
};

}  // namespace snow::rt

#endif  // RUNTIME_NET_BYTE_BUFFER_H_
