#include "snowc/syntax/literals.h"

#include <charconv>
#include <limits>
#include <system_error>

#include "snowc/syntax/characters.h"

namespace snow {
namespace {

void AppendUtf8(uint32_t code, std::string& out) {
  auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

// Appends the value of the escape at the begin of `text` (a backslash) and returns its length.
size_t DecodeEscape(std::string_view text, std::string& out) {
  char c = text.size() > 1 ? text[1] : '\0';
  switch (c) {
    case 'n':
      out += '\n';
      return 2;
    case 't':
      out += '\t';
      return 2;
    case 'r':
      out += '\r';
      return 2;
    case '0':
      out += '\0';
      return 2;
    case '\\':
    case '"':
    case '$':
      out += c;
      return 2;
    case 'x':
      if (text.size() >= 4 && HexDigitValue(text[2]) >= 0 && HexDigitValue(text[3]) >= 0) {
        AppendUtf8(static_cast<uint32_t>(HexDigitValue(text[2]) * 16 + HexDigitValue(text[3])),
                   out);
        return 4;
      }
      break;
    case 'u': {
      if (text.size() < 4 || text[2] != '{') break;
      uint32_t code = 0;
      size_t at = 3;
      while (at < text.size() && HexDigitValue(text[at]) >= 0 && code <= 0x10FFFF) {
        code = code * 16 + static_cast<uint32_t>(HexDigitValue(text[at]));
        ++at;
      }
      if (at == 3 || at >= text.size() || text[at] != '}') break;
      if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) break;
      AppendUtf8(code, out);
      return at + 1;
    }
    default:
      break;
  }
  out += '\\';
  return 1;
}

// The length of the line end at the begin of `text`, 0 when there is none.
size_t LineEndLength(std::string_view text) {
  if (text.starts_with("\r\n")) return 2;
  return text.starts_with('\n') || text.starts_with('\r') ? 1 : 0;
}

size_t BlankLength(std::string_view text) {
  size_t end = text.find_first_not_of(" \t");
  return end == std::string_view::npos ? text.size() : end;
}

// The white space at the begin of the line on which the last part ends.
std::string_view ClosingIndentation(const std::vector<std::string_view>& parts) {
  for (size_t part = parts.size(); part-- > 0;) {
    size_t line_end = parts[part].find_last_of("\r\n");
    if (line_end == std::string_view::npos) continue;
    std::string_view line = parts[part].substr(line_end + 1);
    return line.substr(0, BlankLength(line));
  }
  return {};
}

// How much of `indentation` the line at the begin of `text` shares.
size_t SharedIndentation(std::string_view text, std::string_view indentation) {
  size_t length = 0;
  while (length < text.size() && length < indentation.size() &&
         text[length] == indentation[length]) {
    ++length;
  }
  return length;
}

// Decodes one part; after each line end `indentation` is removed as far as it is there.
void DecodePart(std::string_view text, std::string_view indentation, std::string& out) {
  while (!text.empty()) {
    size_t plain = text.find_first_of("\\\r\n");
    if (plain == std::string_view::npos) plain = text.size();
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    if (text.front() == '\\') {
      text.remove_prefix(DecodeEscape(text, out));
      continue;
    }
    out += '\n';
    text.remove_prefix(LineEndLength(text));
    text.remove_prefix(SharedIndentation(text, indentation));
  }
}

// Takes the quotes, `}` and `${` off.
std::string_view Inside(std::string_view token, size_t quotes, bool is_first, bool is_last) {
  token.remove_prefix(is_first ? quotes : 1);
  if (is_last) {
    // A string that was never closed has no quotes to take off.
    std::string_view closing = std::string_view("\"\"\"").substr(0, quotes);
    if (token.ends_with(closing)) token.remove_suffix(quotes);
  } else {
    token.remove_suffix(2);
  }
  return token;
}

}  // namespace

std::optional<uint64_t> DecodeInt(std::string_view text) {
  uint64_t base = 10;
  if (text.size() > 2 && text[0] == '0' && !IsAsciiDigit(text[1]) && text[1] != '_') {
    char prefix = static_cast<char>(text[1] | 0x20);
    base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : 2;
    text.remove_prefix(2);
  }
  uint64_t value = 0;
  for (char c : text) {
    if (c == '_') continue;
    uint64_t digit = static_cast<uint64_t>(HexDigitValue(c));
    if (value > (std::numeric_limits<uint64_t>::max() - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

double DecodeFloat(std::string_view text) {
  std::string digits;
  digits.reserve(text.size());
  for (char c : text) {
    if (c != '_') digits += c;
  }
  double value = 0;
  std::from_chars_result result =
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  // Out of range on one side or the other, as the exponent tells.
  bool is_small = digits.find("e-") != std::string::npos ||
                  digits.find("E-") != std::string::npos || digits.starts_with("0.");
  return is_small ? 0.0 : std::numeric_limits<double>::infinity();
}

std::vector<std::string> DecodeString(const std::vector<std::string_view>& tokens) {
  size_t quotes = tokens.front().starts_with("\"\"\"") ? 3 : 1;
  std::vector<std::string_view> parts;
  for (size_t i = 0; i < tokens.size(); ++i) {
    parts.push_back(Inside(tokens[i], quotes, i == 0, i + 1 == tokens.size()));
  }
  std::string_view indentation;
  if (quotes == 3 && LineEndLength(parts.front()) != 0) {
    indentation = ClosingIndentation(parts);
    parts.front().remove_prefix(LineEndLength(parts.front()));
    parts.front().remove_prefix(SharedIndentation(parts.front(), indentation));
  }
  std::vector<std::string> texts(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) DecodePart(parts[i], indentation, texts[i]);
  return texts;
}

}  // namespace snow
