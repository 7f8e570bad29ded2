#include "runtime/http/grammar.h"

#include <array>
#include <cstring>

namespace snow::rt {
namespace {

constexpr std::array<bool, 256> MakeTokenChars() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<uint8_t>(c)] = true;
  return table;
}

constexpr std::array<bool, 256> kTokenChars = MakeTokenChars();

uint8_t Lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; }

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

bool IsTokenChar(uint8_t c) { return kTokenChars[c]; }

bool IsToken(std::string_view text) {
  for (char c : text) {
    if (!kTokenChars[static_cast<uint8_t>(c)]) return false;
  }
  return !text.empty();
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> NextListElement(std::string_view& list) {
  while (!list.empty()) {
    size_t comma = list.find(',');
    std::string_view element = TrimBlanks(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (!element.empty()) return element;
  }
  return std::nullopt;
}

bool ListContains(std::string_view list, std::string_view element) {
  while (auto next = NextListElement(list)) {
    if (EqualsIgnoreCase(*next, element)) return true;
  }
  return false;
}

bool Utf8Check::Feed(std::string_view bytes) {
  const char* at = bytes.data();
  const char* end = at + bytes.size();
  while (at != end) {
    if (missing_ == 0) {
      // Eight bytes of ASCII at once.
      while (end - at >= 8) {
        uint64_t eight;
        std::memcpy(&eight, at, 8);
        if (eight & 0x8080808080808080) break;
        at += 8;
      }
      if (at == end) break;
    }
    uint8_t c = *at++;
    if (missing_ > 0) {
      if (c < lower_ || c > upper_) return false;
      lower_ = 0x80;
      upper_ = 0xBF;
      --missing_;
    } else if (c < 0x80) {
      continue;
    } else if (c >= 0xC2 && c <= 0xDF) {
      missing_ = 1;
    } else if (c >= 0xE0 && c <= 0xEF) {
      missing_ = 2;
      if (c == 0xE0) lower_ = 0xA0;
      if (c == 0xED) upper_ = 0x9F;
    } else if (c >= 0xF0 && c <= 0xF4) {
      missing_ = 3;
      if (c == 0xF0) lower_ = 0x90;
      if (c == 0xF4) upper_ = 0x8F;
    } else {
      return false;
    }
  }
  return true;
}

bool IsWholeUtf8(std::string_view text) {
  Utf8Check check;
  return check.Feed(text) && check.IsComplete();
}

}  // namespace snow::rt
