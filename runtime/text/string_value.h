// Strings as C++ sees them: reading the two words of a String or Bytes, and making new ones.
//
// Thread-safety: values of one actor, used by its worker alone. Pointers into the heap may be held
// across functions that collect: what lies on the machine stack pins what it points to.
#ifndef RUNTIME_TEXT_STRING_VALUE_H_
#define RUNTIME_TEXT_STRING_VALUE_H_

#include <cstdint>
#include <cstring>
#include <string_view>

#include "runtime/abi/abi.h"

namespace snow::rt {

inline constexpr size_t kShortStringBytes = 15;

// The text of a String's words. Holds the bytes of a short one, so it must outlive the view.
class StringArg {
 public:
  StringArg(uint64_t first, uint64_t second) : words_{first, second} {}
  StringArg(const StringArg&) = delete;
  StringArg& operator=(const StringArg&) = delete;

  bool is_long() const { return (words_[1] & kSnowStringLong) != 0; }
  SnowBytesHead* storage() const { return reinterpret_cast<SnowBytesHead*>(words_[0]); }
  // Of a long string: where it begins in its storage.
  uint32_t offset() const { return static_cast<uint32_t>(words_[1] >> 32) & 0x7fffffff; }
  size_t size() const {
    return is_long() ? static_cast<uint32_t>(words_[1]) : static_cast<size_t>(words_[1] >> 56);
  }
  const char* data() const {
    return is_long() ? reinterpret_cast<const char*>(storage() + 1) + offset()
                     : reinterpret_cast<const char*>(words_);
  }
  std::string_view view() const { return {data(), size()}; }
  SnowPair pair() const { return {words_[0], words_[1]}; }

 private:
  uint64_t words_[2];
};

// The words of a string of at most 15 bytes.
SnowPair ShortString(std::string_view text);

// A new string with a copy of the text, which may lie in the actor's heap.
SnowPair NewString(SnowActor* actor, std::string_view text);

// A part of an existing string; shares its storage where it is long. from <= to <= size.
SnowPair PartOf(const StringArg& whole, size_t from, size_t to);

// Room for a new string whose final size is known only afterwards. Everything is written behind
// data() before Finish is called; nothing may collect in between.
class StringRoom {
 public:
  // `capacity` bytes at most; panics (at once, before anything is held) where it is over the limit.
  StringRoom(SnowActor* actor, uint64_t capacity);
  char* data() { return data_; }
  SnowPair Finish(size_t size);

 private:
  SnowBytesHead* storage_ = nullptr;
  char* data_;
  alignas(8) char short_[16] = {};
};

}  // namespace snow::rt

#endif  // RUNTIME_TEXT_STRING_VALUE_H_
