#include "runtime/http/url.h"

#include "runtime/http/grammar.h"

namespace snow::rt {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsUnreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// Takes the part before `separator` off the front of `rest`.
std::string_view TakePart(std::string_view& rest, char separator) {
  size_t at = rest.find(separator);
  std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

}  // namespace

bool NeedsDecoding(std::string_view text, bool plus) {
  for (char c : text) {
    if (c == '%' || (plus && c == '+')) return true;
  }
  return false;
}

std::string PercentDecode(std::string_view text, bool plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%' && i + 2 < text.size()) {
      int high = HexDigit(text[i + 1]);
      int low = HexDigit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        decoded += static_cast<char>(high << 4 | low);
        i += 2;
        continue;
      }
    }
    decoded += plus && c == '+' ? ' ' : c;
  }
  return decoded;
}

std::string PercentEncode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (char c : text) {
    if (IsUnreserved(c)) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kDigits[static_cast<uint8_t>(c) >> 4];
      encoded += kDigits[c & 15];
    }
  }
  return encoded;
}

bool NextQueryPair(std::string_view& query, std::string_view& name, std::string_view& value) {
  while (!query.empty()) {
    std::string_view part = TakePart(query, '&');
    if (part.empty()) continue;
    name = TakePart(part, '=');
    value = part;
    return true;
  }
  return false;
}

std::optional<std::string> FindQueryValue(std::string_view query, std::string_view name) {
  std::string_view key;
  std::string_view value;
  while (NextQueryPair(query, key, value)) {
    bool same = NeedsDecoding(key, true) ? PercentDecode(key, true) == name : key == name;
    if (same) return PercentDecode(value, true);
  }
  return std::nullopt;
}

bool NextCookie(std::string_view& cookies, std::string_view& name, std::string_view& value) {
  while (!cookies.empty()) {
    std::string_view part = TrimBlanks(TakePart(cookies, ';'));
    size_t equals = part.find('=');
    if (equals == 0 || equals == std::string_view::npos) continue;
    name = TrimBlanks(part.substr(0, equals));
    value = TrimBlanks(part.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    return true;
  }
  return false;
}

}  // namespace snow::rt
