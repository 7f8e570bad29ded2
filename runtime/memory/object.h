// Headers of heap objects: kind, size, what in them is traced.
#ifndef RUNTIME_MEMORY_OBJECT_H_
#define RUNTIME_MEMORY_OBJECT_H_

#include <cstddef>
#include <cstdint>

#include "runtime/abi/abi.h"

namespace snow::rt {

// Header bits that are the collector's own.
inline constexpr uint64_t kHeaderMarked = 1;  // reached; in an object that has moved: forwarded
inline constexpr uint64_t kHeaderFlags = 7;
inline constexpr uint64_t kHeaderAddress = ((uint64_t{1} << kSnowTagShift) - 1) & ~kHeaderFlags;

// An object of the heap: header, then payload.
struct Object {
  uint64_t header;
  uint64_t payload[1];

  const SnowDescriptor* descriptor() const {
    return reinterpret_cast<const SnowDescriptor*>(header & kHeaderAddress);
  }
  uint64_t tag() const { return header >> kSnowTagShift; }
  SnowBufferHead* buffer() { return reinterpret_cast<SnowBufferHead*>(this); }
  SnowBytesHead* bytes() { return reinterpret_cast<SnowBytesHead*>(this); }
};

inline uint64_t MakeHeader(const SnowDescriptor* descriptor, uint64_t tag = 0) {
  return reinterpret_cast<uint64_t>(descriptor) | tag << kSnowTagShift;
}

// Fills what lies dead between live objects of a block: `words` payload words, the first of them
// the size in bytes. A gap of one word is a fixed object without payload.
extern const SnowDescriptor kFillerDescriptor;
extern const SnowDescriptor kEmptyDescriptor;
void WriteFiller(void* start, size_t bytes);

inline uint64_t* BufferElements(SnowBufferHead* buffer) {
  return reinterpret_cast<uint64_t*>(buffer + 1);
}
inline char* BytesData(SnowBytesHead* bytes) { return reinterpret_cast<char*>(bytes + 1); }

inline constexpr size_t FixedBytes(size_t words) { return 8 + words * 8; }
inline constexpr size_t BufferBytes(size_t words, size_t capacity) {
  return sizeof(SnowBufferHead) + capacity * words * 8;
}
inline constexpr size_t BytesBytes(size_t capacity) {
  return sizeof(SnowBytesHead) + ((capacity + 7) & ~size_t{7});
}

// The size of an object in bytes, header included.
inline size_t ObjectBytes(const Object* object) {
  const SnowDescriptor* descriptor = object->descriptor();
  switch (descriptor->kind) {
    case kSnowFixed:
      return FixedBytes(descriptor->words);
    case kSnowBuffer:
      return BufferBytes(descriptor->words,
                         reinterpret_cast<const SnowBufferHead*>(object)->capacity);
    case kSnowBytes:
      return BytesBytes(reinterpret_cast<const SnowBytesHead*>(object)->capacity);
    default:
      return object->payload[0];
  }
}

// kinds may be null: then all words are scalars.
inline bool HasPointers(const uint8_t* kinds, size_t words) {
  if (kinds == nullptr) return false;
  for (size_t i = 0; i < words; ++i) {
    if (kinds[i] != kSnowScalar) return true;
  }
  return false;
}

// Calls visit(uint64_t*) for each word among `words` that holds the address of an object: neither
// null nor an immediate, nor the bytes of a short string.
template <typename Visit>
inline void VisitWords(uint64_t* at, const uint8_t* kinds, size_t words, Visit visit) {
  for (size_t i = 0; i < words; ++i) {
    if (kinds[i] == kSnowPointer) {
      if (at[i] >= kSnowImmediateLimit) visit(&at[i]);
    } else if (kinds[i] == kSnowString) {
      if ((at[i + 1] & kSnowStringLong) != 0) visit(&at[i]);
    }
  }
}

// The same for all words of an object.
template <typename Visit>
inline void VisitObject(Object* object, Visit visit) {
  const SnowDescriptor* descriptor = object->descriptor();
  if (descriptor->kind == kSnowFixed) {
    if (descriptor->kinds == nullptr) return;
    VisitWords(object->payload, descriptor->kinds, descriptor->words, visit);
  } else if (descriptor->kind == kSnowBuffer && HasPointers(descriptor->kinds, descriptor->words)) {
    SnowBufferHead* buffer = object->buffer();
    const size_t words = descriptor->words;
    uint64_t* element = BufferElements(buffer) + buffer->start * words;
    for (uint32_t i = buffer->start; i < buffer->fill; ++i, element += words) {
      VisitWords(element, descriptor->kinds, words, visit);
    }
  }
}

}  // namespace snow::rt

#endif  // RUNTIME_MEMORY_OBJECT_H_
