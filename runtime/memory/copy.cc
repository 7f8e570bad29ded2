#include "runtime/memory/copy.h"

#include <string.h>

#include <algorithm>

#include "runtime/base/check.h"
#include "runtime/memory/heap.h"

namespace snow::rt {
namespace {

// The size of a copy: without the room at the end that the original keeps for growing.
size_t CopyBytes(Object* object) {
  const SnowDescriptor* descriptor = object->descriptor();
  switch (descriptor->kind) {
    case kSnowBuffer:
      return BufferBytes(descriptor->words, object->buffer()->fill);
    case kSnowBytes:
      return BytesBytes(object->bytes()->fill);
    default:
      return ObjectBytes(object);
  }
}

void WriteCopy(char* to, Object* object, size_t bytes) {
  Object* copy = reinterpret_cast<Object*>(to);
  const SnowDescriptor* descriptor = object->descriptor();
  if (descriptor->kind == kSnowBuffer) {
    SnowBufferHead* from = object->buffer();
    const size_t skipped = sizeof(SnowBufferHead) + size_t{from->start} * descriptor->words * 8;
    memcpy(to, static_cast<void*>(from), sizeof(SnowBufferHead));
    memcpy(to + skipped, reinterpret_cast<char*>(from) + skipped, bytes - skipped);
    copy->buffer()->capacity = from->fill;
    copy->header |= kSnowBufferYoung;
  } else if (descriptor->kind == kSnowBytes) {
    SnowBytesHead* from = object->bytes();
    memcpy(to, static_cast<void*>(from), sizeof(SnowBytesHead) + from->fill);
    copy->bytes()->capacity = static_cast<uint32_t>(bytes - sizeof(SnowBytesHead));
  } else {
    memcpy(to, static_cast<void*>(object), bytes);
  }
}

}  // namespace

bool NeedsCopy(const uint64_t* words, const uint8_t* kinds, size_t count) {
  if (kinds == nullptr) return false;
  bool needs = false;
  for (size_t i = 0; i < count; ++i) {
    if (kinds[i] == kSnowPointer) needs |= g_pages.Contains(words[i]);
    if (kinds[i] == kSnowString) {
      needs |= (words[i + 1] & kSnowStringLong) != 0 && g_pages.Contains(words[i]);
    }
  }
  return needs;
}

GraphCopy::GraphCopy(BlockCache& cache, CopyScratch& scratch, size_t prefix, size_t slack)
    : cache_(cache), scratch_(scratch), prefix_(prefix), slack_(slack) {}

// Takes the first block, with room for so many bytes of objects as far as one block may hold them.
bool GraphCopy::Begin(size_t bytes) {
  const size_t wanted = sizeof(Block) + prefix_ + std::min(bytes + slack_, kBumpBlockMost / 2) + 8;
  first_ = last_ = cache_.Take(wanted);
  if (first_ == nullptr) return false;
  first_->next = nullptr;
  first_->shared = nullptr;
  first_->first = static_cast<uint16_t>(sizeof(Block) + prefix_);
  first_->flags = 0;
  next_ = scan_ = first_->at(first_->first);
  limit_ = first_->at(BlockBytes(first_) - 8);
  scan_block_ = first_;
  return true;
}

char* GraphCopy::Take(size_t bytes) {
  bytes_ += bytes;
  if (bytes > kBumpObjectMost) {
    Block* block = cache_.Take(sizeof(Block) + bytes + 8);
    if (block == nullptr) return nullptr;
    block->shared = nullptr;
    block->first = sizeof(Block);
    block->flags = kBlockLarge;
    block->next = large_;
    large_ = block;
    char* object = block->at(sizeof(Block));
    untraced_.Push(reinterpret_cast<Object*>(object));
    return object;
  }
  if (static_cast<size_t>(limit_ - next_) < bytes) {
    const size_t wanted = std::clamp<size_t>(bytes_ * 2, 512, kBumpBlockMost);
    Block* block = cache_.Take(std::max(sizeof(Block) + bytes + 8, wanted));
    if (block == nullptr) return nullptr;
    block->next = nullptr;
    block->shared = nullptr;
    block->first = sizeof(Block);
    block->flags = 0;
    last_->end = static_cast<uint32_t>(next_ - last_->at(0));
    last_->next = block;
    last_ = block;
    next_ = block->at(sizeof(Block));
    limit_ = block->at(BlockBytes(block) - 8);
  }
  char* object = next_;
  next_ += bytes;
  return object;
}

// Makes a word of the copy, which still refers to an original, refer to that one's copy.
bool GraphCopy::Forward(uint64_t* word) {
  if (!g_pages.Contains(*word)) return true;
  Object* object = reinterpret_cast<Object*>(*word);
  if ((object->header & kHeaderMarked) != 0) {
    *word = object->header & ~kHeaderMarked;
    return true;
  }
  if (object->descriptor()->kind == kSnowBytes) {
    Block* block = FindBlock(*word);
    if (block->owner.load(std::memory_order_relaxed) == SharedOwner()) {
      // From now on others read it: nobody may extend it in place.
      SnowBytesHead* bytes = object->bytes();
      if (bytes->capacity != bytes->fill) bytes->capacity = bytes->fill;
      SharedListAdd(first_->shared, block, cache_);
      return true;
    }
  }
  const size_t bytes = CopyBytes(object);
  char* copy = Take(bytes);
  if (copy == nullptr) return false;
  WriteCopy(copy, object, bytes);
  scratch_.undo.Push({object, object->header});
  object->header = reinterpret_cast<uint64_t>(copy) | kHeaderMarked;
  *word = reinterpret_cast<uint64_t>(copy);
  return true;
}

bool GraphCopy::Copy(uint64_t* to, const uint64_t* from, const uint8_t* kinds, size_t words) {
  size_t bytes = 0;
  for (size_t i = 0; i < words; ++i) {
    if (kinds[i] == kSnowScalar || !g_pages.Contains(from[i])) continue;
    if (kinds[i] == kSnowString && (from[i + 1] & kSnowStringLong) == 0) continue;
    const size_t size = CopyBytes(reinterpret_cast<Object*>(from[i]));
    if (size <= kBumpObjectMost) bytes += size;
  }
  if (!Begin(bytes)) return false;
  if (to == nullptr) to = reinterpret_cast<uint64_t*>(first_->at(first_->first)) - words;
  const auto forward = [this](uint64_t* word) {
    if (!is_exhausted_ && !Forward(word)) is_exhausted_ = true;
  };
  for (size_t i = 0; i < words; ++i) to[i] = from[i];
  VisitWords(to, kinds, words, forward);
  while (!is_exhausted_) {
    char* end = scan_block_ == last_ ? next_ : scan_block_->at(scan_block_->end);
    if (scan_ < end) {
      Object* object = reinterpret_cast<Object*>(scan_);
      scan_ += ObjectBytes(object);
      VisitObject(object, forward);
    } else if (!untraced_.empty()) {
      VisitObject(untraced_.Pop(), forward);
    } else if (scan_block_ != last_) {
      scan_block_ = scan_block_->next;
      scan_ = scan_block_->at(sizeof(Block));
    } else {
      return true;
    }
  }
  return false;
}

void GraphCopy::Restore() {
  for (const CopyUndo& undo : scratch_.undo) undo.object->header = undo.header;
  scratch_.undo.Clear();
  scratch_.undo.ShrinkAbove(64 * 1024);
}

Block* GraphCopy::Finish() {
  Restore();
  last_->end = static_cast<uint32_t>(next_ - last_->at(0));
  last_->next = large_;
  return first_;
}

void GraphCopy::Abandon() {
  Restore();
  if (first_ == nullptr) return;
  last_->next = large_;
  FreeMessageBlocks(first_, cache_);
}

void FreeMessageBlocks(Block* chain, BlockCache& cache) {
  while (chain != nullptr) {
    Block* next = chain->next;
    SharedListDrop(chain->shared, cache);
    cache.Give(chain);
    chain = next;
  }
}

}  // namespace snow::rt
