#include "runtime/net/abi_values.h"

#include <cstring>

#include "runtime/abi/functions.h"
#include "runtime/io/result.h"

namespace snow::rt {
namespace {

constexpr uint8_t kStringKinds[] = {kSnowString, kSnowScalar};
constexpr SnowDescriptor kStringElements = {kSnowBuffer, 2, "List.String", kStringKinds};
constexpr uint8_t kOptionKinds[] = {kSnowScalar, kSnowString, kSnowScalar};
constexpr SnowDescriptor kOptionElements = {kSnowBuffer, 3, "List.Option", kOptionKinds};
constexpr uint8_t kIntKinds[] = {kSnowScalar};
constexpr SnowDescriptor kIntElements = {kSnowBuffer, 1, "List.Int", kIntKinds};

SnowBufferHead* NewBuffer(Actor* actor, const SnowDescriptor& descriptor, size_t capacity) {
  if (capacity == 0) return nullptr;
  void* raw = const_cast<SnowDescriptor*>(&descriptor);
  return static_cast<SnowBufferHead*>(snow_buffer_new(actor, raw, static_cast<int64_t>(capacity)));
}

SnowPair ListOf(SnowBufferHead* buffer) {
  uint64_t count = buffer == nullptr ? 0 : buffer->fill;
  return {reinterpret_cast<uint64_t>(buffer), count << 32};
}

}  // namespace

StringListBuilder::StringListBuilder(Actor* actor, size_t capacity, bool optional)
    : actor_(actor),
      buffer_(NewBuffer(actor, optional ? kOptionElements : kStringElements, capacity)),
      optional_(optional) {}

void StringListBuilder::Add(std::string_view text) {
  SnowPair pair = NewString(actor_, text);
  uint64_t* to = BufferElements(buffer_) + size_t{buffer_->fill} * (optional_ ? 3 : 2);
  // The string may be younger than the buffer.
  snow_buffer_remember(actor_, buffer_, buffer_->fill, 1);
  if (optional_) *to++ = 1;
  to[0] = pair.first;
  to[1] = pair.second;
  ++buffer_->fill;
}

void StringListBuilder::AddNone() {
  uint64_t* to = BufferElements(buffer_) + size_t{buffer_->fill} * 3;
  std::memset(to, 0, 3 * sizeof(uint64_t));
  ++buffer_->fill;
}

SnowPair StringListBuilder::Finish() const { return ListOf(buffer_); }

SnowPair NewIntList(Actor* actor, const uint64_t* numbers, size_t count) {
  SnowBufferHead* buffer = NewBuffer(actor, kIntElements, count);
  if (count > 0) {
    std::memcpy(BufferElements(buffer), numbers, count * sizeof(uint64_t));
    buffer->fill = static_cast<uint32_t>(count);
  }
  return ListOf(buffer);
}

SnowPair GiveNumber(Actor* actor, uint64_t number) {
  SetFailed(actor, false);
  return {number, 0};
}

SnowPair GiveError(Actor* actor, std::string_view error) {
  SetFailed(actor, true);
  return NewString(actor, error);
}

}  // namespace snow::rt
