#include "runtime/text/characters.h"

#include <bit>
#include <cstring>

namespace snow::rt {

uint32_t DecodeChar(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  const uint32_t first = byte(at);
  switch (CharBytes(text[at])) {
    case 1:
      return first;
    case 2:
      return (first & 0x1f) << 6 | (byte(at + 1) & 0x3f);
    case 3:
      return (first & 0x0f) << 12 | (byte(at + 1) & 0x3f) << 6 | (byte(at + 2) & 0x3f);
    default:
      return (first & 0x07) << 18 | (byte(at + 1) & 0x3f) << 12 | (byte(at + 2) & 0x3f) << 6 |
             (byte(at + 3) & 0x3f);
  }
}

size_t EncodeChar(uint64_t codepoint, char* to) {
  if (codepoint > 0x10ffff || (codepoint >= 0xd800 && codepoint < 0xe000)) codepoint = 0xfffd;
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (codepoint >> shift & 0x3f)); };
  if (codepoint < 0x80) {
    to[0] = static_cast<char>(codepoint);
    return 1;
  }
  if (codepoint < 0x800) {
    to[0] = static_cast<char>(0xc0 | codepoint >> 6);
    to[1] = tail(0);
    return 2;
  }
  if (codepoint < 0x10000) {
    to[0] = static_cast<char>(0xe0 | codepoint >> 12);
    to[1] = tail(6);
    to[2] = tail(0);
    return 3;
  }
  to[0] = static_cast<char>(0xf0 | codepoint >> 18);
  to[1] = tail(12);
  to[2] = tail(6);
  to[3] = tail(0);
  return 4;
}

namespace {

uint64_t LoadWord(const char* at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

// How many of the eight bytes begin a character.
int StartsInWord(uint64_t word) {
  const uint64_t continuation = (word >> 7) & ~(word >> 6) & 0x0101010101010101;
  return 8 - std::popcount(continuation);
}

}  // namespace

size_t CountChars(std::string_view text) {
  size_t count = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    count += static_cast<size_t>(StartsInWord(LoadWord(text.data() + i)));
  }
  for (; i < text.size(); ++i) count += !IsContinuation(text[i]);
  return count;
}

size_t ByteOfChar(std::string_view text, size_t index) {
  size_t i = 0;
  while (i + 8 <= text.size()) {
    const auto starts = static_cast<size_t>(StartsInWord(LoadWord(text.data() + i)));
    if (starts > index) break;
    index -= starts;
    i += 8;
  }
  for (; i < text.size(); ++i) {
    if (IsContinuation(text[i])) continue;
    if (index == 0) return i;
    --index;
  }
  return index == 0 ? text.size() : std::string_view::npos;
}

bool IsAscii(std::string_view text) {
  uint64_t bits = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) bits |= LoadWord(text.data() + i);
  for (; i < text.size(); ++i) bits |= static_cast<uint8_t>(text[i]);
  return (bits & 0x8080808080808080) == 0;
}

bool IsSpace(uint32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13);
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

std::string_view Trimmed(std::string_view text, int64_t mode) {
  if ((mode & 1) != 0) {
    while (!text.empty() && IsSpace(DecodeChar(text, 0))) text.remove_prefix(CharBytes(text[0]));
  }
  while ((mode & 2) != 0 && !text.empty()) {
    size_t last = text.size() - 1;
    while (IsContinuation(text[last])) --last;
    if (!IsSpace(DecodeChar(text, last))) break;
    text.remove_suffix(text.size() - last);
  }
  return text;
}

size_t SequenceBytes(std::string_view bytes, bool& valid) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const uint8_t first = byte(0);
  valid = first < 0x80;
  if (valid || first < 0xc2 || first > 0xf4) return 1;
  const size_t length = CharBytes(bytes[0]);
  // the second byte excludes overlong forms, surrogates and what lies beyond U+10FFFF
  const uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  for (size_t i = 1; i < length; ++i) {
    if (i >= bytes.size()) return i;
    const bool fits = i == 1 ? byte(i) >= low && byte(i) <= high : IsContinuation(bytes[i]);
    if (!fits) return i;
  }
  valid = true;
  return length;
}

bool IsValidUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    if (bytes.size() >= 8 && (LoadWord(bytes.data()) & 0x8080808080808080) == 0) {
      bytes.remove_prefix(8);
      continue;
    }
    bool valid;
    const size_t length = SequenceBytes(bytes, valid);
    if (!valid) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

}  // namespace snow::rt
