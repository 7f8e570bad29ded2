#include "snowpkg/base/encoding.h"

#include <algorithm>
#include <cstdint>

namespace snow::pkg {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string HexEncode(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (char c : bytes) {
    unsigned char byte = static_cast<unsigned char>(c);
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15];
  }
  return text;
}

std::optional<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    int high = HexValue(text[i]);
    int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string Base64Encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    size_t count = std::min<size_t>(3, bytes.size() - i);
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += k <= count ? kBase64Digits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

std::optional<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t group = 0;
    size_t digits = 0;
    for (size_t k = 0; k < 4; ++k) {
      char c = text[i + k];
      size_t value = kBase64Digits.find(c);
      if (value != std::string_view::npos) {
        if (digits != k) return std::nullopt;  // a digit after padding
        digits += 1;
      } else if (c != '=' || i + 4 != text.size()) {
        return std::nullopt;
      } else {
        value = 0;
      }
      group = group << 6 | static_cast<uint32_t>(value);
    }
    if (digits < 2) return std::nullopt;
    size_t count = digits - 1;
    for (size_t k = 0; k < 3; ++k) {
      unsigned byte = group >> (16 - 8 * k) & 255;
      if (k < count) {
        bytes += static_cast<char>(byte);
      } else if (byte != 0) {
        return std::nullopt;  // spare bits: a second spelling of the same bytes
      }
    }
  }
  return bytes;
}

}  // namespace snow::pkg
