// Which characters make names and white space.
#ifndef SNOWC_SYNTAX_CHARACTERS_H_
#define SNOWC_SYNTAX_CHARACTERS_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace snow {

// One character decoded from UTF-8.
struct CodePoint {
  int32_t value;
  uint32_t length;  // in bytes
};

// The character at `offset`, or nothing when the bytes there are no valid UTF-8.
std::optional<CodePoint> DecodeCodePoint(std::string_view text, size_t offset);

// XID_Start and XID_Continue of Unicode, and `_`.
bool IsNameStart(int32_t code_point);
bool IsNameContinue(int32_t code_point);

// Whether a name that begins so is a type's, constructor's or module's.
bool IsUpperCase(int32_t code_point);

// The byte offset of the first byte that is part of no valid UTF-8 sequence, from `offset` on.
std::optional<size_t> FindInvalidUtf8(std::string_view text, size_t offset);

constexpr bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsAsciiLower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsAsciiUpper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool IsAsciiNameContinue(char c) {
  return IsAsciiLower(c) || IsAsciiUpper(c) || IsAsciiDigit(c) || c == '_';
}

// The value of a hexadecimal digit, or -1.
constexpr int HexDigitValue(char c) {
  if (IsAsciiDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace snow

#endif  // SNOWC_SYNTAX_CHARACTERS_H_
