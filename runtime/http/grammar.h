// The small words of HTTP's grammar (RFC 9110 section 5): tokens, lists, white space; and UTF-8.
//
// Pure functions without state.
#ifndef RUNTIME_HTTP_GRAMMAR_H_
#define RUNTIME_HTTP_GRAMMAR_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace snow::rt {

// A character of a token (a method, a header's name).
bool IsTokenChar(uint8_t c);
// Whether `text` is a token: at least one character, all of them token characters.
bool IsToken(std::string_view text);
// Compares ASCII letters in either case.
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
// Without the spaces and tabs at both ends.
std::string_view TrimBlanks(std::string_view text);

// Takes the next element of a comma-separated list off the front of `list` (trimmed); nothing when
// the list is at its end. Empty elements are passed over.
std::optional<std::string_view> NextListElement(std::string_view& list);
// Whether a comma-separated list has this element, in either case.
bool ListContains(std::string_view list, std::string_view element);

// Checks UTF-8 piece by piece: overlong forms, surrogates and values above U+10FFFF are refused.
class Utf8Check {
 public:
  // False as soon as the bytes so far cannot be the beginning of valid UTF-8.
  bool Feed(std::string_view bytes);
  // Whether the text may end here.
  bool IsComplete() const { return missing_ == 0; }

 private:
  uint8_t missing_ = 0;   // continuation bytes still to come
  uint8_t lower_ = 0x80;  // range of the next one
  uint8_t upper_ = 0xBF;
};

bool IsWholeUtf8(std::string_view text);

}  // namespace snow::rt

#endif  // RUNTIME_HTTP_GRAMMAR_H_
