// What needs Unicode's tables: case, normal forms, graphemes.
#include <utf8proc.h>

#include "runtime/abi/functions.h"
#include "runtime/text/characters.h"
#include "runtime/text/string_value.h"

namespace snow::rt {
namespace {

char AsciiUpper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Maps each character; a mapped one takes at most one and a half times the bytes (U+0250 to U+2C6F).
template <typename Map>
SnowPair MapChars(SnowActor* actor, const StringArg& s, Map map) {
  const std::string_view text = s.view();
  StringRoom room(actor, uint64_t{text.size()} * 2);
  char* to = room.data();
  for (size_t at = 0; at < text.size();) {
    to = map(DecodeChar(text, at), to);
    at += CharBytes(text[at]);
  }
  return room.Finish(static_cast<size_t>(to - room.data()));
}

template <typename Map>
SnowPair MapAscii(SnowActor* actor, const StringArg& s, Map map) {
  const std::string_view text = s.view();
  StringRoom room(actor, text.size());
  for (size_t i = 0; i < text.size(); ++i) room.data()[i] = map(text[i]);
  return room.Finish(text.size());
}

// The text decomposed and composed as the options say, in new storage of the actor.
SnowPair Normalized(SnowActor* actor, const StringArg& s, int options) {
  const auto flags = static_cast<utf8proc_option_t>(options);
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(s.data());
  const auto size = static_cast<utf8proc_ssize_t>(s.size());
  const utf8proc_ssize_t count = utf8proc_decompose(bytes, size, nullptr, 0, flags);
  if (count <= 0) return s.pair();
  // characters of four bytes, rewritten in place as UTF-8, and a terminating NUL
  StringRoom room(actor, static_cast<uint64_t>(count) * 4 + 16);
  auto* chars = reinterpret_cast<utf8proc_int32_t*>(room.data());
  utf8proc_decompose(bytes, size, chars, count, flags);
  const utf8proc_ssize_t length = utf8proc_reencode(chars, count, flags);
  return room.Finish(static_cast<size_t>(length));
}

// Walks over the case-folded characters of a text.
class Folded {
 public:
  explicit Folded(std::string_view text) : text_(text) {}
  // The next character, or -1 at the end.
  int32_t Next() {
    while (next_ == count_) {
      if (at_ == text_.size()) return -1;
      int boundary = 0;
      const utf8proc_ssize_t count =
          utf8proc_decompose_char(static_cast<int32_t>(DecodeChar(text_, at_)), chars_, 8,
                                  UTF8PROC_CASEFOLD, &boundary);
      at_ += CharBytes(text_[at_]);
      count_ = count < 0 ? 0 : count;
      next_ = 0;
    }
    return chars_[next_++];
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
  int32_t chars_[8] = {};
  int64_t next_ = 0;
  int64_t count_ = 0;
};

}  // namespace
}  // namespace snow::rt

using snow::rt::StringArg;

extern "C" {

SnowPair snow_string_to_upper(SnowActor* actor, uint64_t s_0, uint64_t s_1) {
  const StringArg s(s_0, s_1);
  if (snow::rt::IsAscii(s.view())) return snow::rt::MapAscii(actor, s, snow::rt::AsciiUpper);
  return snow::rt::MapChars(actor, s, [](uint32_t c, char* to) {
    if (c == 0xdf) {  // ß
      to[0] = to[1] = 'S';
      return to + 2;
    }
    const int32_t upper = utf8proc_toupper(static_cast<int32_t>(c));
    return to + snow::rt::EncodeChar(static_cast<uint32_t>(upper), to);
  });
}

SnowPair snow_string_to_lower(SnowActor* actor, uint64_t s_0, uint64_t s_1) {
  const StringArg s(s_0, s_1);
  if (snow::rt::IsAscii(s.view())) return snow::rt::MapAscii(actor, s, snow::rt::AsciiLower);
  return snow::rt::MapChars(actor, s, [](uint32_t c, char* to) {
    const int32_t lower = utf8proc_tolower(static_cast<int32_t>(c));
    return to + snow::rt::EncodeChar(static_cast<uint32_t>(lower), to);
  });
}

bool snow_string_equals_ignore_case(SnowActor*, uint64_t a_0, uint64_t a_1, uint64_t b_0,
                                    uint64_t b_1) {
  const StringArg a(a_0, a_1);
  const StringArg b(b_0, b_1);
  snow::rt::Folded left(a.view());
  snow::rt::Folded right(b.view());
  for (;;) {
    const int32_t c = left.Next();
    if (c != right.Next()) return false;
    if (c < 0) return true;
  }
}

SnowPair snow_string_normalize(SnowActor* actor, uint64_t s_0, uint64_t s_1, int64_t form) {
  const StringArg s(s_0, s_1);
  if (snow::rt::IsAscii(s.view())) return s.pair();
  const int direction = form % 2 == 0 ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE;
  const int compatibility = form >= 2 ? UTF8PROC_COMPAT : 0;
  return snow::rt::Normalized(actor, s, UTF8PROC_STABLE | direction | compatibility);
}

int64_t snow_string_grapheme_end(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t byte) {
  const StringArg s(s_0, s_1);
  const std::string_view text = s.view();
  auto at = static_cast<size_t>(byte);
  int32_t state = 0;
  auto before = static_cast<int32_t>(snow::rt::DecodeChar(text, at));
  at += snow::rt::CharBytes(text[at]);
  while (at < text.size()) {
    const auto next = static_cast<int32_t>(snow::rt::DecodeChar(text, at));
    if (utf8proc_grapheme_break_stateful(before, next, &state)) break;
    before = next;
    at += snow::rt::CharBytes(text[at]);
  }
  return static_cast<int64_t>(at);
}

}  // extern "C"
