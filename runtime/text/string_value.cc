#include "runtime/text/string_value.h"

#include "runtime/abi/functions.h"

namespace snow::rt {

SnowPair ShortString(std::string_view text) {
  char bytes[16] = {};
  memcpy(bytes, text.data(), text.size());
  bytes[15] = static_cast<char>(text.size());
  SnowPair pair;
  memcpy(&pair, bytes, sizeof pair);
  return pair;
}

namespace {

SnowPair LongString(SnowBytesHead* storage, uint64_t offset, uint64_t size) {
  return {reinterpret_cast<uint64_t>(storage), kSnowStringLong | offset << 32 | size};
}

}  // namespace

SnowPair NewString(SnowActor* actor, std::string_view text) {
  if (text.size() <= kShortStringBytes) return ShortString(text);
  auto* storage =
      static_cast<SnowBytesHead*>(snow_bytes_new(actor, static_cast<int64_t>(text.size())));
  memcpy(storage + 1, text.data(), text.size());
  storage->fill = static_cast<uint32_t>(text.size());
  return LongString(storage, 0, text.size());
}

SnowPair PartOf(const StringArg& whole, size_t from, size_t to) {
  if (to - from <= kShortStringBytes) return ShortString(whole.view().substr(from, to - from));
  return LongString(whole.storage(), whole.offset() + from, to - from);
}

StringRoom::StringRoom(SnowActor* actor, uint64_t capacity) : data_(short_) {
  if (capacity <= kShortStringBytes) return;
  if (capacity > INT64_MAX) capacity = INT64_MAX;
  storage_ = static_cast<SnowBytesHead*>(snow_bytes_new(actor, static_cast<int64_t>(capacity)));
  data_ = reinterpret_cast<char*>(storage_ + 1);
}

SnowPair StringRoom::Finish(size_t size) {
  if (size <= kShortStringBytes) return ShortString({data_, size});
  storage_->fill = static_cast<uint32_t>(size);
  return LongString(storage_, 0, size);
}

}  // namespace snow::rt
