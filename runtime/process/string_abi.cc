// The functions over strings that generated code itself calls.
#include <string.h>

#include <algorithm>

#include "runtime/abi/functions.h"
#include "runtime/memory/string.h"
#include "runtime/process/heap_abi.h"
#include "runtime/process/panic.h"

namespace snow::rt {
namespace {

uint64_t Load64(const char* at) {
  uint64_t word;
  memcpy(&word, at, sizeof(word));
  return word;
}

uint64_t Mix(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// The same in every run and on every machine (byte order aside): programs print it.
uint64_t HashBytes(const char* data, size_t size) {
  constexpr uint64_t kFirst = 0x9E3779B97F4A7C15;
  constexpr uint64_t kSecond = 0xD1B54A32D192ED03;
  uint64_t hash = kFirst ^ size;
  for (; size > 16; data += 16, size -= 16) {
    hash = Mix(Load64(data) ^ hash, Load64(data + 8) ^ kSecond);
  }
  char rest[16] = {};
  memcpy(rest, data, size);
  hash = Mix(Load64(rest) ^ hash, Load64(rest + 8) ^ kSecond);
  return Mix(hash, kFirst);
}

struct StringWords {
  uint64_t w0;
  uint64_t w1;
};

// The bytes of a string whose words stay where they are.
std::string_view ViewOf(const StringWords& words) {
  if (!IsLongString(words.w1)) {
    return {reinterpret_cast<const char*>(&words), StringLength(words.w1)};
  }
  return {BytesData(reinterpret_cast<SnowBytesHead*>(words.w0)) + ((words.w1 >> 32) & 0x7fffffff),
          StringLength(words.w1)};
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

SnowPair snow_string_join_parts(SnowActor* actor, void* parts, int64_t count) {
  const auto* words = static_cast<const StringWords*>(parts);
  uint64_t size = 0;
  for (int64_t i = 0; i < count; ++i) size += StringLength(words[i].w1);
  if (size <= kShortStringMost) {
    char text[16];
    size_t at = 0;
    for (int64_t i = 0; i < count; ++i) {
      const std::string_view part = ViewOf(words[i]);
      memcpy(text + at, part.data(), part.size());
      at += part.size();
    }
    return MakeShortString(text, at);
  }
  // `parts` may lie on the stack (its words are then roots) or in an object (which then stays).
  auto* bytes = static_cast<SnowBytesHead*>(
      snow_bytes_new(actor, static_cast<int64_t>(std::min<uint64_t>(size, INT64_MAX))));
  char* to = BytesData(bytes);
  for (int64_t i = 0; i < count; ++i) {
    const std::string_view part = ViewOf(words[i]);
    memcpy(to, part.data(), part.size());
    to += part.size();
  }
  bytes->fill = static_cast<uint32_t>(size);
  return MakeLongString(bytes, 0, size);
}

bool snow_string_equal(SnowActor*, uint64_t a_0, uint64_t a_1, uint64_t b_0, uint64_t b_1) {
  if (a_0 == b_0 && a_1 == b_1) return true;
  // A short string is never written in the long form: unequal words are unequal strings.
  if (!IsLongString(a_1) || !IsLongString(b_1)) return false;
  const StringWords a{a_0, a_1};
  const StringWords b{b_0, b_1};
  return ViewOf(a) == ViewOf(b);
}

int64_t snow_string_compare(SnowActor*, uint64_t a_0, uint64_t a_1, uint64_t b_0, uint64_t b_1) {
  const StringWords a{a_0, a_1};
  const StringWords b{b_0, b_1};
  const int order = ViewOf(a).compare(ViewOf(b));
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

int64_t snow_string_hash(SnowActor*, uint64_t s_0, uint64_t s_1) {
  const StringWords s{s_0, s_1};
  const std::string_view view = ViewOf(s);
  return static_cast<int64_t>(HashBytes(view.data(), view.size()));
}

}  // extern "C"
