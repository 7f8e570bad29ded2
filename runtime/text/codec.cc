// Bytes as text of a restricted alphabet: hexadecimal, Base64, Base32, percent-encoding, HTML.
#include <array>

#include "runtime/abi/functions.h"
#include "runtime/text/string_value.h"

namespace snow::rt {
namespace {

enum Codec : int64_t {
  kHex,
  kBase64,
  kBase64Url,
  kBase32,
  kPercent,
  kPercentPath,
  kForm,
  kHtml,
};

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kUpperHexDigits = "0123456789ABCDEF";
constexpr std::string_view kBase64Letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64UrlLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// By letter its value; -1 for all others.
constexpr std::array<int8_t, 256> ValuesOf(std::string_view letters, bool any_case = false) {
  std::array<int8_t, 256> values{};
  for (int8_t& value : values) value = -1;
  for (size_t i = 0; i < letters.size(); ++i) {
    const char c = letters[i];
    values[static_cast<uint8_t>(c)] = static_cast<int8_t>(i);
    if (any_case && c >= 'a' && c <= 'z') values[static_cast<uint8_t>(c - 32)] = static_cast<int8_t>(i);
  }
  return values;
}

constexpr auto kHexValues = ValuesOf(kHexDigits, true);
constexpr auto kBase64Values = ValuesOf(kBase64Letters);
constexpr auto kBase64UrlValues = ValuesOf(kBase64UrlLetters);
constexpr auto kBase32Values = ValuesOf(kBase32Letters);

int ValueOf(const std::array<int8_t, 256>& values, char c) {
  return values[static_cast<uint8_t>(c)];
}

// Letters of `bits` bits each; `group` letters make whole bytes.
SnowPair EncodeBits(SnowActor* actor, std::string_view bytes, std::string_view letters, int bits,
                    size_t group, bool pad) {
  const auto width = static_cast<uint64_t>(bits);
  StringRoom room(actor, (bytes.size() * 8 + width - 1) / width + group);
  char* to = room.data();
  uint32_t pending = 0;
  int count = 0;
  const uint32_t mask = (1U << bits) - 1;
  for (char c : bytes) {
    pending = pending << 8 | static_cast<uint8_t>(c);
    for (count += 8; count >= bits; count -= bits) *to++ = letters[pending >> (count - bits) & mask];
  }
  if (count > 0) *to++ = letters[pending << (bits - count) & mask];
  while (pad && static_cast<size_t>(to - room.data()) % group != 0) *to++ = '=';
  return room.Finish(static_cast<size_t>(to - room.data()));
}

// The words of None.
void Malformed(uint64_t* out) { out[0] = out[1] = out[2] = 0; }

void Decoded(SnowPair bytes, uint64_t* out) {
  out[0] = 1;
  out[1] = bytes.first;
  out[2] = bytes.second;
}

void DecodeBits(SnowActor* actor, std::string_view text, const std::array<int8_t, 256>& values,
                int bits, size_t group, bool needs_padding, uint64_t* out) {
  const size_t whole = text.size();
  while (!text.empty() && text.back() == '=' && whole - text.size() < group) text.remove_suffix(1);
  const bool padded = text.size() != whole;
  if ((padded || needs_padding) && whole % group != 0) return Malformed(out);
  StringRoom room(actor, text.size());
  char* to = room.data();
  uint32_t pending = 0;
  int count = 0;
  for (char c : text) {
    const int value = ValueOf(values, c);
    if (value < 0) return Malformed(out);
    pending = pending << bits | static_cast<uint32_t>(value);
    count += bits;
    if (count >= 8) {
      count -= 8;
      *to++ = static_cast<char>(pending >> count);
    }
  }
  // what is left must be less than a letter, and zero
  if (count >= bits || (pending & ((1U << count) - 1)) != 0) return Malformed(out);
  Decoded(room.Finish(static_cast<size_t>(to - room.data())), out);
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

SnowPair EncodePercent(SnowActor* actor, std::string_view bytes, Codec codec) {
  StringRoom room(actor, uint64_t{bytes.size()} * 3);
  char* to = room.data();
  for (char c : bytes) {
    if (IsUnreserved(c) || (codec == kPercentPath && c == '/')) {
      *to++ = c;
    } else if (codec == kForm && c == ' ') {
      *to++ = '+';
    } else {
      *to++ = '%';
      *to++ = kUpperHexDigits[static_cast<uint8_t>(c) >> 4];
      *to++ = kUpperHexDigits[static_cast<uint8_t>(c) & 15];
    }
  }
  return room.Finish(static_cast<size_t>(to - room.data()));
}

void DecodePercent(SnowActor* actor, std::string_view text, Codec codec, uint64_t* out) {
  StringRoom room(actor, text.size());
  char* to = room.data();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return Malformed(out);
      const int high = ValueOf(kHexValues, text[i + 1]);
      const int low = ValueOf(kHexValues, text[i + 2]);
      if (high < 0 || low < 0) return Malformed(out);
      *to++ = static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      *to++ = codec == kForm && text[i] == '+' ? ' ' : text[i];
    }
  }
  Decoded(room.Finish(static_cast<size_t>(to - room.data())), out);
}

std::string_view HtmlEscape(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

SnowPair EncodeHtml(SnowActor* actor, const StringArg& bytes) {
  uint64_t size = 0;
  for (char c : bytes.view()) {
    const std::string_view escape = HtmlEscape(c);
    size += escape.empty() ? 1 : escape.size();
  }
  if (size == bytes.size()) return bytes.pair();
  StringRoom room(actor, size);
  char* to = room.data();
  for (char c : bytes.view()) {
    const std::string_view escape = HtmlEscape(c);
    if (escape.empty()) {
      *to++ = c;
    } else {
      memcpy(to, escape.data(), escape.size());
      to += escape.size();
    }
  }
  return room.Finish(size);
}

void DecodeHtml(SnowActor* actor, std::string_view text, uint64_t* out) {
  StringRoom room(actor, text.size());
  char* to = room.data();
  for (size_t i = 0; i < text.size();) {
    size_t length = 1;
    char c = text[i];
    for (char escaped : {'&', '<', '>', '"', '\''}) {
      const std::string_view escape = HtmlEscape(escaped);
      if (text.substr(i).starts_with(escape)) {
        c = escaped;
        length = escape.size();
        break;
      }
    }
    *to++ = c;
    i += length;
  }
  Decoded(room.Finish(static_cast<size_t>(to - room.data())), out);
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;  // NOLINT(google-build-using-namespace)

extern "C" {

SnowPair snow_text_encode(SnowActor* actor, uint64_t bytes_0, uint64_t bytes_1, int64_t kind) {
  const StringArg arg(bytes_0, bytes_1);
  const std::string_view bytes = arg.view();
  switch (kind) {
    case kHex:
      return EncodeBits(actor, bytes, kHexDigits, 4, 1, false);
    case kBase64:
      return EncodeBits(actor, bytes, kBase64Letters, 6, 4, true);
    case kBase64Url:
      return EncodeBits(actor, bytes, kBase64UrlLetters, 6, 4, false);
    case kBase32:
      return EncodeBits(actor, bytes, kBase32Letters, 5, 8, true);
    case kHtml:
      return EncodeHtml(actor, arg);
    default:
      return EncodePercent(actor, bytes, static_cast<Codec>(kind));
  }
}

void snow_text_decode(SnowActor* actor, uint64_t text_0, uint64_t text_1, int64_t kind,
                      uint64_t* out) {
  const StringArg arg(text_0, text_1);
  const std::string_view text = arg.view();
  switch (kind) {
    case kHex:
      return text.size() % 2 != 0 ? Malformed(out)
                                  : DecodeBits(actor, text, kHexValues, 4, 1, false, out);
    case kBase64:
      return DecodeBits(actor, text, kBase64Values, 6, 4, true, out);
    case kBase64Url:
      return DecodeBits(actor, text, kBase64UrlValues, 6, 4, false, out);
    case kBase32:
      return DecodeBits(actor, text, kBase32Values, 5, 8, true, out);
    case kHtml:
      return DecodeHtml(actor, text, out);
    default:
      return DecodePercent(actor, text, static_cast<Codec>(kind), out);
  }
}

}  // extern "C"
