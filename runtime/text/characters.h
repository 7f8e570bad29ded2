// UTF-8 and Unicode properties of characters. All texts are valid UTF-8.
#ifndef RUNTIME_TEXT_CHARACTERS_H_
#define RUNTIME_TEXT_CHARACTERS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace snow::rt {

inline bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

// The bytes of the character that begins with this one.
inline size_t CharBytes(char first) {
  const auto c = static_cast<uint8_t>(first);
  return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

// The character that begins at `at`, which is within the text.
uint32_t DecodeChar(std::string_view text, size_t at);

// Writes a character, U+FFFD for what is none; returns how many bytes (at most 4).
size_t EncodeChar(uint64_t codepoint, char* to);

// How many characters there are.
size_t CountChars(std::string_view text);

// The byte where character `index` begins; the size where there are just `index` characters, npos
// where there are fewer.
size_t ByteOfChar(std::string_view text, size_t index);

bool IsAscii(std::string_view text);

// Unicode's White_Space.
bool IsSpace(uint32_t codepoint);

// Without white space at the start (mode 1), the end (2), both (3).
std::string_view Trimmed(std::string_view text, int64_t mode = 3);

bool IsValidUtf8(std::string_view bytes);

// The length of the longest prefix of a valid sequence at the start of `bytes` (at least 1), and
// whether it is a whole character.
size_t SequenceBytes(std::string_view bytes, bool& valid);

}  // namespace snow::rt

#endif  // RUNTIME_TEXT_CHARACTERS_H_
