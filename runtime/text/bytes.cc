// Byte strings: appending, numbers of several bytes, checks of UTF-8.
#include "runtime/abi/functions.h"
#include "runtime/text/characters.h"
#include "runtime/text/string_value.h"

namespace snow::rt {
namespace {

void WriteInt(uint64_t n, size_t width, bool big, char* to) {
  for (size_t i = 0; i < width; ++i) {
    const size_t shift = 8 * (big ? width - 1 - i : i);
    to[i] = static_cast<char>(n >> shift);
  }
}

SnowPair Appended(SnowActor* actor, SnowPair bytes, std::string_view more) {
  const SnowPair tail = ShortString(more);
  return snow_string_concat(actor, bytes.first, bytes.second, tail.first, tail.second);
}

}  // namespace
}  // namespace snow::rt

using snow::rt::StringArg;
using snow::rt::StringRoom;

extern "C" {

SnowPair snow_bytes_append_byte(SnowActor* actor, uint64_t b_0, uint64_t b_1, int64_t byte) {
  const char c = static_cast<char>(byte);
  return snow::rt::Appended(actor, {b_0, b_1}, {&c, 1});
}

SnowPair snow_bytes_append_int(SnowActor* actor, uint64_t b_0, uint64_t b_1, int64_t n,
                               int64_t width, bool big) {
  char bytes[8];
  const auto size = static_cast<size_t>(width);
  snow::rt::WriteInt(static_cast<uint64_t>(n), size, big, bytes);
  return snow::rt::Appended(actor, {b_0, b_1}, {bytes, size});
}

int64_t snow_bytes_read_int(SnowActor*, uint64_t b_0, uint64_t b_1, int64_t index, int64_t width,
                            bool big) {
  const StringArg b(b_0, b_1);
  const char* from = b.data() + index;
  uint64_t n = 0;
  for (int64_t i = 0; i < width; ++i) {
    const int64_t at = big ? i : width - 1 - i;
    n = n << 8 | static_cast<uint8_t>(from[at]);
  }
  return static_cast<int64_t>(n);
}

bool snow_bytes_is_utf8(SnowActor*, uint64_t b_0, uint64_t b_1) {
  const StringArg b(b_0, b_1);
  return snow::rt::IsValidUtf8(b.view());
}

SnowPair snow_bytes_to_utf8_lossy(SnowActor* actor, uint64_t b_0, uint64_t b_1) {
  const StringArg b(b_0, b_1);
  std::string_view bytes = b.view();
  if (snow::rt::IsValidUtf8(bytes)) return b.pair();
  StringRoom room(actor, uint64_t{bytes.size()} * 3);
  char* to = room.data();
  while (!bytes.empty()) {
    bool valid;
    const size_t length = snow::rt::SequenceBytes(bytes, valid);
    if (valid) {
      memcpy(to, bytes.data(), length);
      to += length;
    } else {
      to += snow::rt::EncodeChar(0xfffd, to);
    }
    bytes.remove_prefix(length);
  }
  return room.Finish(static_cast<size_t>(to - room.data()));
}

SnowPair snow_bytes_repeat(SnowActor* actor, int64_t byte, int64_t count) {
  if (count <= 0) return {0, 0};
  StringRoom room(actor, static_cast<uint64_t>(count));
  memset(room.data(), static_cast<uint8_t>(byte), static_cast<size_t>(count));
  return room.Finish(static_cast<size_t>(count));
}

SnowPair snow_bytes_from_list(SnowActor* actor, void* list_0, uint64_t list_1) {
  const uint64_t count = list_1 >> 32;
  if (count == 0) return {0, 0};
  const auto* head = static_cast<const SnowBufferHead*>(list_0);
  const auto* numbers =
      reinterpret_cast<const uint64_t*>(head + 1) + static_cast<uint32_t>(list_1);
  StringRoom room(actor, count);
  for (uint64_t i = 0; i < count; ++i) room.data()[i] = static_cast<char>(numbers[i]);
  return room.Finish(count);
}

SnowPair snow_bytes_xor(SnowActor* actor, uint64_t a_0, uint64_t a_1, uint64_t b_0, uint64_t b_1) {
  const StringArg a(a_0, a_1);
  const StringArg b(b_0, b_1);
  const size_t size = a.size() < b.size() ? a.size() : b.size();
  StringRoom room(actor, size);
  for (size_t i = 0; i < size; ++i) {
    room.data()[i] = static_cast<char>(a.data()[i] ^ b.data()[i]);
  }
  return room.Finish(size);
}

}  // extern "C"
