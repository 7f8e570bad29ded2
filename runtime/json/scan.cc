#include "runtime/json/scan.h"

#include <array>
#include <charconv>
#include <cstring>

#include "runtime/text/characters.h"

namespace snow::rt {

namespace {

constexpr size_t kMaxDepth = 1024;

// A loop over the text with a stack of open arrays and objects of its own.
class Scanner {
 public:
  Scanner(std::string_view text, size_t depth_limit, JsonWords& words)
      : text_(text), depth_limit_(depth_limit < kMaxDepth ? depth_limit : kMaxDepth), words_(words) {}

  JsonFault Run() {
    Value();
    while (fault_.reason == nullptr && depth_ > 0) Next();
    if (fault_.reason == nullptr) {
      SkipSpace();
      if (at_ < text_.size()) Fail("expected the end of the text");
    }
    return fault_;
  }

 private:
  // An array or object whose end has not come.
  struct Open {
    size_t head;  // its word
    uint64_t count = 0;
    bool is_object;
  };

  void Fail(const char* reason) {
    if (fault_.reason == nullptr) fault_ = {reason, at_};
  }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipSpace() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') break;
      ++at_;
    }
  }

  // One value; of an array or object its beginning.
  void Value() {
    SkipSpace();
    switch (Peek()) {
      case '{':
        return Begin(true);
      case '[':
        return Begin(false);
      case '"':
        return Text();
      case 't':
        return Word("true", kJsonTrue);
      case 'f':
        return Word("false", kJsonFalse);
      case 'n':
        return Word("null", kJsonNull);
      default:
        return Number();
    }
  }

  void Begin(bool is_object) {
    if (depth_ == depth_limit_) return Fail("nested too deeply");
    ++at_;
    open_[depth_++] = {words_.count(), 0, is_object};
    words_.Push(is_object ? kJsonObject : kJsonArray);
  }

  // What comes next in the innermost array or object: its end, or an element.
  void Next() {
    Open& inner = open_[depth_ - 1];
    SkipSpace();
    const char close = inner.is_object ? '}' : ']';
    if (Peek() == close && at_ < text_.size()) {
      ++at_;
      words_.Or(inner.head, inner.count << 4);
      --depth_;
      return;
    }
    if (inner.count > 0) {
      if (Peek() != ',') {
        return Fail(inner.is_object ? "expected ',' or '}'" : "expected ',' or ']'");
      }
      ++at_;
      SkipSpace();
    }
    ++inner.count;
    if (inner.is_object) {
      if (Peek() != '"') return Fail("expected a field name in quotes");
      Text();
      SkipSpace();
      if (Peek() != ':') return Fail("expected ':'");
      ++at_;
    }
    Value();
  }

  void Word(std::string_view word, JsonWord kind) {
    if (!text_.substr(at_).starts_with(word)) return Fail("expected a value");
    at_ += word.size();
    words_.Push(kind);
  }

  void Text() {
    const size_t begin = ++at_;
    uint64_t kind = kJsonText;
    for (;;) {
      if (at_ >= text_.size()) return Fail("a text without its closing quote");
      const char c = text_[at_];
      if (c == '"') break;
      if (static_cast<uint8_t>(c) < 0x20) return Fail("a control character in a text");
      ++at_;
      if (c == '\\') {
        kind = kJsonEscapedText;
        if (!Escape()) return;
      }
    }
    words_.Push(uint64_t{at_ - begin} << 4 | kind);
    words_.Push(begin);
    ++at_;
  }

  // After a backslash.
  bool Escape() {
    const char c = Peek();
    if (c == 'u') {
      ++at_;
      for (int i = 0; i < 4; ++i, ++at_) {
        const char h = Peek();
        const bool is_hex =
            (h >= '0' && h <= '9') || (h >= 'a' && h <= 'f') || (h >= 'A' && h <= 'F');
        if (!is_hex) {
          Fail("expected four hexadecimal digits");
          return false;
        }
      }
      return true;
    }
    if (c == '\0' || std::strchr("\"\\/bfnrt", c) == nullptr) {
      Fail("an unknown escape");
      return false;
    }
    ++at_;
    return true;
  }

  size_t Digits() {
    const size_t begin = at_;
    while (Peek() >= '0' && Peek() <= '9') ++at_;
    return at_ - begin;
  }

  void Number() {
    const size_t begin = at_;
    if (Peek() == '-') ++at_;
    if (Peek() == '0') {
      ++at_;
    } else if (Digits() == 0) {
      at_ = begin;
      return Fail("expected a value");
    }
    bool is_float = false;
    if (Peek() == '.') {
      ++at_;
      is_float = true;
      if (Digits() == 0) return Fail("expected a digit");
    }
    if (Peek() == 'e' || Peek() == 'E') {
      ++at_;
      is_float = true;
      if (Peek() == '+' || Peek() == '-') ++at_;
      if (Digits() == 0) return Fail("expected a digit");
    }
    Push(text_.substr(begin, at_ - begin), is_float);
  }

  // An Int where it fits, otherwise a Float.
  void Push(std::string_view number, bool is_float) {
    const char* end = number.data() + number.size();
    int64_t whole = 0;
    if (!is_float && std::from_chars(number.data(), end, whole).ec == std::errc()) {
      words_.Push(kJsonInt);
      words_.Push(static_cast<uint64_t>(whole));
      return;
    }
    double value = 0;
    if (std::from_chars(number.data(), end, value).ec == std::errc::result_out_of_range) {
      // too small is zero; too large has no JSON value that would read back
      if (!IsTiny(number)) return Fail("a number out of range");
      value = number[0] == '-' ? -0.0 : 0.0;
    }
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    words_.Push(kJsonFloat);
    words_.Push(bits);
  }

  // Of a number out of range: too near to zero, not too far from it.
  static bool IsTiny(std::string_view number) {
    const size_t e = number.find_first_of("eE");
    if (e != std::string_view::npos && number[e + 1] == '-') return true;
    return number.starts_with("0.") || number.starts_with("-0.");
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t depth_limit_;
  size_t depth_ = 0;
  JsonWords& words_;
  JsonFault fault_;
  std::array<Open, kMaxDepth> open_;
};

uint32_t HexValue(std::string_view digits) {
  uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + 4, value, 16);
  return value;
}

}  // namespace

JsonFault ScanJson(std::string_view text, int64_t depth_limit, JsonWords& words) {
  return Scanner(text, static_cast<size_t>(depth_limit), words).Run();
}

char* UnescapeJson(std::string_view source, char* to) {
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\\') {
      *to++ = source[i];
      continue;
    }
    const char c = source[++i];
    switch (c) {
      case 'b':
        *to++ = '\b';
        break;
      case 'f':
        *to++ = '\f';
        break;
      case 'n':
        *to++ = '\n';
        break;
      case 'r':
        *to++ = '\r';
        break;
      case 't':
        *to++ = '\t';
        break;
      case 'u': {
        uint32_t codepoint = HexValue(source.substr(i + 1));
        i += 4;
        const bool is_high = codepoint >= 0xd800 && codepoint < 0xdc00;
        if (is_high && i + 6 < source.size() && source[i + 1] == '\\' && source[i + 2] == 'u') {
          const uint32_t low = HexValue(source.substr(i + 3));
          if (low >= 0xdc00 && low < 0xe000) {
            codepoint = 0x10000 + ((codepoint - 0xd800) << 10) + (low - 0xdc00);
            i += 6;
          }
        }
        // a surrogate alone becomes U+FFFD
        to += EncodeChar(codepoint, to);
        break;
      }
      default:
        *to++ = c;
    }
  }
  return to;
}

char* QuoteJson(std::string_view source, char* to) {
  constexpr char kDigits[] = "0123456789abcdef";
  *to++ = '"';
  for (const char c : source) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte >= 0x20 && c != '"' && c != '\\') {
      *to++ = c;
      continue;
    }
    *to++ = '\\';
    switch (c) {
      case '\n':
        *to++ = 'n';
        break;
      case '\r':
        *to++ = 'r';
        break;
      case '\t':
        *to++ = 't';
        break;
      case '\b':
        *to++ = 'b';
        break;
      case '\f':
        *to++ = 'f';
        break;
      case '"':
      case '\\':
        *to++ = c;
        break;
      default:
        std::memcpy(to, "u00", 3);
        to[3] = kDigits[byte >> 4];
        to[4] = kDigits[byte & 15];
        to += 5;
    }
  }
  *to++ = '"';
  return to;
}

}  // namespace snow::rt
