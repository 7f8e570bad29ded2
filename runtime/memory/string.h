// Strings (String, Bytes, Atom) as C++ sees them; their words are described in abi.h.
#ifndef RUNTIME_MEMORY_STRING_H_
#define RUNTIME_MEMORY_STRING_H_

#include <string.h>

#include <cstdint>
#include <string_view>

#include "runtime/abi/abi.h"
#include "runtime/memory/object.h"

namespace snow::rt {

inline constexpr size_t kShortStringMost = 15;

inline bool IsLongString(uint64_t w1) { return (w1 & kSnowStringLong) != 0; }

inline size_t StringLength(uint64_t w1) {
  return IsLongString(w1) ? static_cast<uint32_t>(w1) : w1 >> 56;
}

// Gives the bytes of a string whose two words lie in a local variable or an object. The bytes of a
// short one lie in the words themselves: the view must not outlive them.
class StringBytes {
 public:
  StringBytes(uint64_t w0, uint64_t w1) : words_{w0, w1} {}
  explicit StringBytes(SnowPair pair) : words_{pair.first, pair.second} {}
  StringBytes(const StringBytes&) = delete;
  StringBytes& operator=(const StringBytes&) = delete;

  size_t size() const { return StringLength(words_[1]); }
  const char* data() const {
    if (!IsLongString(words_[1])) return reinterpret_cast<const char*>(words_);
    const size_t offset = (words_[1] >> 32) & 0x7fffffff;
    return BytesData(reinterpret_cast<SnowBytesHead*>(words_[0])) + offset;
  }
  std::string_view view() const { return {data(), size()}; }

 private:
  uint64_t words_[2];
};

// A short string; size is at most kShortStringMost.
inline SnowPair MakeShortString(const char* data, size_t size) {
  uint64_t words[2] = {0, 0};
  if (size != 0) memcpy(words, data, size);
  words[1] |= static_cast<uint64_t>(size) << 56;
  return {words[0], words[1]};
}

// A string of `size` bytes from `offset` on of a kBytes object; size is above kShortStringMost.
inline SnowPair MakeLongString(SnowBytesHead* bytes, size_t offset, size_t size) {
  return {reinterpret_cast<uint64_t>(bytes),
          kSnowStringLong | static_cast<uint64_t>(offset) << 32 | static_cast<uint64_t>(size)};
}

// Most bytes that a string may hold: offset and length must fit their bits.
inline constexpr size_t kStringMost = 0x7fffffff;

}  // namespace snow::rt

#endif  // RUNTIME_MEMORY_STRING_H_
