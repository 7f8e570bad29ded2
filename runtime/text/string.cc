// Searching, cutting and joining strings. Offsets are in bytes unless a name says chars.
#include "runtime/abi/functions.h"
#include "runtime/text/characters.h"
#include "runtime/text/string_value.h"

namespace snow::rt {
namespace {

size_t Find(std::string_view text, std::string_view part, size_t from) {
  if (from > text.size() || part.size() > text.size() - from) return std::string_view::npos;
  if (part.empty()) return from;
  const void* found =
      memmem(text.data() + from, text.size() - from, part.data(), part.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

int64_t OrMinusOne(size_t at) {
  return at == std::string_view::npos ? -1 : static_cast<int64_t>(at);
}

// a * b, or what no storage can hold.
uint64_t Times(uint64_t a, uint64_t b) {
  uint64_t product;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

// The elements of a List<String> (two words each) or a List<Int> (one).
const uint64_t* ListElements(const void* buffer, uint64_t span, size_t words) {
  const auto* head = static_cast<const SnowBufferHead*>(buffer);
  return reinterpret_cast<const uint64_t*>(head + 1) + static_cast<uint32_t>(span) * words;
}

}  // namespace
}  // namespace snow::rt

using snow::rt::NewString;
using snow::rt::PartOf;
using snow::rt::StringArg;
using snow::rt::StringRoom;

extern "C" {

SnowPair snow_string_concat(SnowActor* actor, uint64_t a_0, uint64_t a_1, uint64_t b_0,
                            uint64_t b_1) {
  const StringArg a(a_0, a_1);
  const StringArg b(b_0, b_1);
  if (a.size() == 0) return b.pair();
  if (b.size() == 0) return a.pair();
  const size_t size = a.size() + b.size();
  if (a.is_long()) {
    SnowBytesHead* storage = a.storage();
    if (a.offset() + a.size() == storage->fill && b.size() <= storage->capacity - storage->fill) {
      memcpy(reinterpret_cast<char*>(storage + 1) + storage->fill, b.data(), b.size());
      storage->fill += static_cast<uint32_t>(b.size());
      return {a_0, kSnowStringLong | uint64_t{a.offset()} << 32 | size};
    }
  }
  // room to grow, so that a loop of joins is linear; the first join of two texts gets none
  const bool grows = a.is_long() && a.offset() + a.size() == a.storage()->fill;
  StringRoom room(actor, size <= snow::rt::kShortStringBytes ? size : grows ? size * 2 : size + 16);
  memcpy(room.data(), a.data(), a.size());
  memcpy(room.data() + a.size(), b.data(), b.size());
  return room.Finish(size);
}

int64_t snow_string_byte_length(SnowActor*, uint64_t s_0, uint64_t s_1) {
  return static_cast<int64_t>(StringArg(s_0, s_1).size());
}

int64_t snow_string_length(SnowActor*, uint64_t s_0, uint64_t s_1) {
  const StringArg s(s_0, s_1);
  return static_cast<int64_t>(snow::rt::CountChars(s.view()));
}

int64_t snow_string_byte(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t index) {
  const StringArg s(s_0, s_1);
  return static_cast<uint8_t>(s.data()[index]);
}

SnowPair snow_string_byte_slice(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t from, int64_t to) {
  const StringArg s(s_0, s_1);
  return PartOf(s, static_cast<size_t>(from), static_cast<size_t>(to));
}

SnowPair snow_string_slice(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t from, int64_t to) {
  const StringArg s(s_0, s_1);
  if (from < 0) from = 0;
  if (to <= from) return {0, 0};
  const std::string_view text = s.view();
  const size_t low = snow::rt::ByteOfChar(text, static_cast<size_t>(from));
  if (low == std::string_view::npos) return {0, 0};
  const size_t count =
      snow::rt::ByteOfChar(text.substr(low), static_cast<size_t>(to) - static_cast<size_t>(from));
  return PartOf(s, low, count == std::string_view::npos ? text.size() : low + count);
}

int64_t snow_string_find(SnowActor*, uint64_t s_0, uint64_t s_1, uint64_t part_0, uint64_t part_1,
                         int64_t from) {
  const StringArg s(s_0, s_1);
  const StringArg part(part_0, part_1);
  return snow::rt::OrMinusOne(snow::rt::Find(s.view(), part.view(), static_cast<size_t>(from)));
}

int64_t snow_string_find_last(SnowActor*, uint64_t s_0, uint64_t s_1, uint64_t part_0,
                              uint64_t part_1) {
  const StringArg s(s_0, s_1);
  const StringArg part(part_0, part_1);
  return snow::rt::OrMinusOne(s.view().rfind(part.view()));
}

bool snow_string_contains(SnowActor*, uint64_t s_0, uint64_t s_1, uint64_t part_0,
                          uint64_t part_1) {
  const StringArg s(s_0, s_1);
  const StringArg part(part_0, part_1);
  return snow::rt::Find(s.view(), part.view(), 0) != std::string_view::npos;
}

bool snow_string_starts_with(SnowActor*, uint64_t s_0, uint64_t s_1, uint64_t part_0,
                             uint64_t part_1) {
  const StringArg s(s_0, s_1);
  const StringArg part(part_0, part_1);
  return s.view().starts_with(part.view());
}

bool snow_string_ends_with(SnowActor*, uint64_t s_0, uint64_t s_1, uint64_t part_0,
                           uint64_t part_1) {
  const StringArg s(s_0, s_1);
  const StringArg part(part_0, part_1);
  return s.view().ends_with(part.view());
}

int64_t snow_string_chars_before(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t byte) {
  const StringArg s(s_0, s_1);
  return static_cast<int64_t>(
      snow::rt::CountChars(s.view().substr(0, static_cast<size_t>(byte))));
}

int64_t snow_string_byte_of_char(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t index) {
  if (index < 0) return -1;
  const StringArg s(s_0, s_1);
  return snow::rt::OrMinusOne(snow::rt::ByteOfChar(s.view(), static_cast<size_t>(index)));
}

int64_t snow_string_char_end(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t byte) {
  const StringArg s(s_0, s_1);
  return byte + static_cast<int64_t>(snow::rt::CharBytes(s.data()[byte]));
}

int64_t snow_string_codepoint(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t byte) {
  const StringArg s(s_0, s_1);
  return snow::rt::DecodeChar(s.view(), static_cast<size_t>(byte));
}

SnowPair snow_string_from_codepoint(SnowActor*, int64_t codepoint) {
  char bytes[4];
  const size_t size = snow::rt::EncodeChar(static_cast<uint64_t>(codepoint), bytes);
  return snow::rt::ShortString({bytes, size});
}

SnowPair snow_string_from_codepoints(SnowActor* actor, void* list_0, uint64_t list_1) {
  const uint64_t count = list_1 >> 32;
  if (count == 0) return {0, 0};
  const uint64_t* codepoints = snow::rt::ListElements(list_0, list_1, 1);
  char bytes[4];
  size_t size = 0;
  for (uint64_t i = 0; i < count; ++i) size += snow::rt::EncodeChar(codepoints[i], bytes);
  StringRoom room(actor, size);
  char* to = room.data();
  for (uint64_t i = 0; i < count; ++i) {
    const size_t length = snow::rt::EncodeChar(codepoints[i], bytes);
    memcpy(to, bytes, length);
    to += length;
  }
  return room.Finish(size);
}

SnowPair snow_string_trim(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t mode) {
  const StringArg s(s_0, s_1);
  const std::string_view trimmed = snow::rt::Trimmed(s.view(), mode);
  const auto from = static_cast<size_t>(trimmed.data() - s.data());
  return PartOf(s, from, from + trimmed.size());
}

int64_t snow_string_skip_space(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t byte) {
  const StringArg s(s_0, s_1);
  const std::string_view text = s.view();
  auto at = static_cast<size_t>(byte);
  while (at < text.size() && snow::rt::IsSpace(snow::rt::DecodeChar(text, at))) {
    at += snow::rt::CharBytes(text[at]);
  }
  return static_cast<int64_t>(at);
}

int64_t snow_string_skip_word(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t byte) {
  const StringArg s(s_0, s_1);
  const std::string_view text = s.view();
  auto at = static_cast<size_t>(byte);
  while (at < text.size() && !snow::rt::IsSpace(snow::rt::DecodeChar(text, at))) {
    at += snow::rt::CharBytes(text[at]);
  }
  return static_cast<int64_t>(at);
}

SnowPair snow_string_replace(SnowActor* actor, uint64_t s_0, uint64_t s_1, uint64_t from_0,
                             uint64_t from_1, uint64_t to_0, uint64_t to_1, int64_t limit) {
  const StringArg s(s_0, s_1);
  const StringArg from(from_0, from_1);
  const StringArg to(to_0, to_1);
  const std::string_view text = s.view();
  if (from.size() == 0) return s.pair();
  uint64_t count = 0;
  for (size_t at = 0; limit < 0 || count < static_cast<uint64_t>(limit); ++count) {
    at = snow::rt::Find(text, from.view(), at);
    if (at == std::string_view::npos) break;
    at += from.size();
  }
  if (count == 0) return s.pair();
  const uint64_t kept = text.size() - count * from.size();
  const uint64_t added = snow::rt::Times(count, to.size());
  StringRoom room(actor, added > UINT32_MAX ? UINT64_MAX : kept + added);
  char* out = room.data();
  size_t done = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const size_t at = snow::rt::Find(text, from.view(), done);
    memcpy(out, text.data() + done, at - done);
    out += at - done;
    memcpy(out, to.data(), to.size());
    out += to.size();
    done = at + from.size();
  }
  memcpy(out, text.data() + done, text.size() - done);
  return room.Finish(kept + added);
}

SnowPair snow_string_repeat(SnowActor* actor, uint64_t s_0, uint64_t s_1, int64_t count) {
  const StringArg s(s_0, s_1);
  if (count <= 0 || s.size() == 0) return {0, 0};
  const uint64_t size = snow::rt::Times(s.size(), static_cast<uint64_t>(count));
  StringRoom room(actor, size);
  for (uint64_t at = 0; at < size; at += s.size()) memcpy(room.data() + at, s.data(), s.size());
  return room.Finish(size);
}

SnowPair snow_string_reverse(SnowActor* actor, uint64_t s_0, uint64_t s_1) {
  const StringArg s(s_0, s_1);
  const std::string_view text = s.view();
  StringRoom room(actor, text.size());
  char* to = room.data() + text.size();
  for (size_t at = 0; at < text.size();) {
    const size_t length = snow::rt::CharBytes(text[at]);
    to -= length;
    memcpy(to, text.data() + at, length);
    at += length;
  }
  return room.Finish(text.size());
}

SnowPair snow_string_join(SnowActor* actor, void* parts_0, uint64_t parts_1, uint64_t separator_0,
                          uint64_t separator_1) {
  const uint64_t count = parts_1 >> 32;
  if (count == 0) return {0, 0};
  const StringArg separator(separator_0, separator_1);
  const uint64_t* parts = snow::rt::ListElements(parts_0, parts_1, 2);
  if (count == 1) return {parts[0], parts[1]};
  uint64_t size = snow::rt::Times(count - 1, separator.size());
  if (size > UINT32_MAX) size = UINT32_MAX;
  for (uint64_t i = 0; i < count; ++i) size += StringArg(parts[2 * i], parts[2 * i + 1]).size();
  StringRoom room(actor, size);
  char* to = room.data();
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0) {
      memcpy(to, separator.data(), separator.size());
      to += separator.size();
    }
    const StringArg part(parts[2 * i], parts[2 * i + 1]);
    memcpy(to, part.data(), part.size());
    to += part.size();
  }
  return room.Finish(size);
}

bool snow_string_is_ascii(SnowActor*, uint64_t s_0, uint64_t s_1) {
  const StringArg s(s_0, s_1);
  return snow::rt::IsAscii(s.view());
}

SnowPair snow_string_inspect(SnowActor* actor, uint64_t s_0, uint64_t s_1) {
  const StringArg s(s_0, s_1);
  const std::string_view text = s.view();
  // `\u{7F}` is the longest form
  StringRoom room(actor, 2 + snow::rt::Times(text.size(), 6));
  char* to = room.data();
  const auto put = [&](std::string_view part) {
    memcpy(to, part.data(), part.size());
    to += part.size();
  };
  put("\"");
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '"':
        put("\\\"");
        break;
      case '\\':
        put("\\\\");
        break;
      case '\n':
        put("\\n");
        break;
      case '\t':
        put("\\t");
        break;
      case '\r':
        put("\\r");
        break;
      case '\0':
        put("\\0");
        break;
      case '$':
        put(i + 1 < text.size() && text[i + 1] == '{' ? "\\$" : "$");
        break;
      default:
        if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) {
          constexpr char kDigits[] = "0123456789ABCDEF";
          const char escape[] = {'\\', 'x', kDigits[c >> 4], kDigits[c & 15]};
          put({escape, sizeof escape});
        } else {
          *to++ = c;
        }
    }
  }
  put("\"");
  return room.Finish(static_cast<size_t>(to - room.data()));
}

}  // extern "C"
