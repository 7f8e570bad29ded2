#include "runtime/memory/collector.h"

#include <stdlib.h>
#include <string.h>

#include <algorithm>

#include "runtime/base/check.h"
#include "runtime/base/sanitizers.h"

namespace snow::rt {
namespace {

// Heaps up to this many bytes of blocks are packed exactly.
constexpr uint64_t kExactMost = 64 * 1024;
// A full collection follows when old blocks have grown by half, and at least by this much.
constexpr uint64_t kOldGrowthLeast = 256 * 1024;

// Where survivors go: a list of blocks in the order in which they are filled, and how far the
// objects in them have been traced.
struct ToSpace {
  Block* first = nullptr;
  Block* last = nullptr;
  char* next = nullptr;
  char* limit = nullptr;
  Block* scan_block = nullptr;
  char* scan = nullptr;

  // Where the objects of a block of the list end so far.
  char* EndOf(Block* block) const { return block == last ? next : block->at(block->end); }
};

class Collector {
 public:
  Collector(HeapOwner& owner, BlockCache& cache, CollectorScratch& scratch, bool is_full,
            bool is_exact)
      : owner_(owner),
        heap_(owner.heap),
        cache_(cache),
        scratch_(scratch),
        is_full_(is_full),
        is_exact_(is_exact) {}

  uint64_t Run(const Roots& roots);

 private:
  void BeginFrom();
  void ScanStack(uintptr_t low, uintptr_t high);
  void ScanFrames(const Roots& roots);
  void Candidate(uintptr_t word);
  void MarkCandidates();
  void MarkCandidatesOf(Block* block);
  void MarkLarge(Block* block);
  void NoteMovingPages(Block* list);
  void TraceRemembered();
  void TraceCards(Block* block, SnowBufferHead* buffer);
  void Forward(uint64_t* word) {
    const uint64_t offset = *word - base_;
    if (offset >= size_) return;
    if (moving_[offset >> kPageShift] == 0) {
      ForwardSlowly(word);
    } else {
      Move(word);
    }
  }
  void ForwardSlowly(uint64_t* word);
  void Move(uint64_t* word);
  void Trace(Object* object) {
    VisitObject(object, [this](uint64_t* word) { Forward(word); });
  }
  void TraceAll();
  bool TraceCopied();
  char* ToSpaceTake(size_t bytes) {
    char* object = to_.next;
    if (static_cast<size_t>(to_.limit - object) < bytes) return ToSpaceGrow(bytes);
    to_.next = object + bytes;
    return object;
  }
  char* ToSpaceGrow(size_t bytes);
  void SweepBlocks();
  void SweepPinned(Block* block);
  void SweepLarge();
  void PackExact(const Roots& roots);
  void Finish(const Roots& roots);

  HeapOwner& owner_;
  Heap& heap_;
  BlockCache& cache_;
  CollectorScratch& scratch_;
  // Copies of what does not change, at hand for every pointer.
  const uintptr_t base_ = g_pages.base();
  const size_t size_ = g_pages.size();
  uint8_t* const moving_ = g_pages.moving();
  const bool is_full_;
  const bool is_exact_;
  bool becomes_old_ = false;
  ToSpace to_;
  Block* pinned_ = nullptr;  // pinned blocks, after the sweep
  Block* from_young_ = nullptr;
  Block* from_old_ = nullptr;
  uint64_t copied_bytes_ = 0;
  uint64_t pinned_live_ = 0;
  uint64_t pinned_bytes_ = 0;
  uint64_t large_bytes_ = 0;  // that survived this collection
};

// Turns the blocks to be collected into from-space.
void Collector::BeginFrom() {
  HeapCloseBlock(owner_);
  owner_.alloc_next = owner_.alloc_limit = nullptr;
  from_young_ = heap_.young;
  heap_.young = nullptr;
  for (Block* block = from_young_; block != nullptr; block = block->next) {
    block->flags |= kBlockFrom;
  }
  if (is_full_) {
    from_old_ = heap_.old;
    heap_.old = nullptr;
    for (Block* block = from_old_; block != nullptr; block = block->next) {
      block->flags |= kBlockFrom;
    }
  }
  if (heap_.extra == nullptr) return;
  for (Block* block = heap_.extra->large; block != nullptr; block = block->next) {
    if (!is_full_ && (block->flags & kBlockOld) != 0) continue;
    free(block->candidates);
    block->candidates = nullptr;
    block->flags |= kBlockFrom;
  }
}

void Collector::Candidate(uintptr_t word) {
  Block* block = FindBlock(word);
  if (block == nullptr) return;
  const HeapOwner* owner = block->owner.load(std::memory_order_relaxed);
  if (owner == SharedOwner()) {
    if (heap_.extra != nullptr) heap_.extra->shared.Mark(block);
    return;
  }
  if (owner != &owner_ || (block->flags & kBlockFrom) == 0) return;
  if ((block->flags & kBlockLarge) != 0) {
    MarkLarge(block);
    return;
  }
  if ((block->flags & kBlockPinned) == 0) {
    block->flags |= kBlockPinned;
    const size_t bytes = BlockBytes(block) / 64 + 8;
    block->candidates = static_cast<uint64_t*>(cache_.TakeRaw(bytes));
    memset(static_cast<void*>(block->candidates), 0, bytes);
    scratch_.pinned.Push(block);
  }
  const size_t index = (word - reinterpret_cast<uintptr_t>(block)) / 8;
  block->candidates[index / 64] |= uint64_t{1} << (index % 64);
}

SNOW_RT_NO_SANITIZE void Collector::ScanStack(uintptr_t low, uintptr_t high) {
  for (uintptr_t at = low & ~uintptr_t{7}; at + 8 <= high; at += 8) {
    const uintptr_t word = *reinterpret_cast<uintptr_t*>(at);
    if (g_pages.Contains(word)) Candidate(word);
  }
}

// The frames that AddressSanitizer keeps beside the stack.
SNOW_RT_NO_SANITIZE void Collector::ScanFrames([[maybe_unused]] const Roots& roots) {
#ifdef SNOW_RT_ASAN
  if (roots.fake_stack == nullptr) return;
  for (uintptr_t at = roots.stack_low & ~uintptr_t{7}; at + 8 <= roots.stack_high; at += 8) {
    void* word = *reinterpret_cast<void**>(at);
    void* begin = nullptr;
    void* end = nullptr;
    if (__asan_addr_is_in_fake_stack(roots.fake_stack, word, &begin, &end) != nullptr) {
      ScanStack(reinterpret_cast<uintptr_t>(begin), reinterpret_cast<uintptr_t>(end));
    }
  }
#endif
}

void Collector::MarkCandidates() {
  for (Block* block : scratch_.pinned) MarkCandidatesOf(block);
}

// Marks the objects of a pinned block that a candidate points to: their first word, any other, or
// the one behind the last.
void Collector::MarkCandidatesOf(Block* block) {
  const uint64_t* bits = block->candidates;
  char* end = block->at(block->end);
  for (char* at = block->at(block->first); at < end;) {
    Object* object = reinterpret_cast<Object*>(at);
    const size_t bytes = ObjectBytes(object);
    const size_t first = static_cast<size_t>(at - block->at(0)) / 8;
    const size_t last = first + bytes / 8;
    bool is_hit = false;
    for (size_t word = first / 64; word <= last / 64 && !is_hit; ++word) {
      uint64_t mask = ~uint64_t{0};
      if (word == first / 64) mask &= ~uint64_t{0} << (first % 64);
      if (word == last / 64) mask &= ~uint64_t{0} >> (63 - last % 64);
      is_hit = (bits[word] & mask) != 0;
    }
    if (is_hit && object->descriptor() != &kFillerDescriptor) {
      object->header |= kHeaderMarked;
      scratch_.marked.Push(object);
    }
    at += bytes;
  }
}

void Collector::MarkLarge(Block* block) {
  if ((block->flags & kBlockMarked) != 0) return;
  block->flags |= kBlockMarked;
  scratch_.marked.Push(reinterpret_cast<Object*>(block->at(block->first)));
}

char* Collector::ToSpaceGrow(size_t bytes) {
  const size_t least = sizeof(Block) + bytes + 8;
  // As long as the heap is small the first block should not be longer than it needs.
  const size_t wanted = std::clamp<size_t>(copied_bytes_ * 2, 256, kBumpBlockMost);
  Block* block = cache_.Take(std::max(least, wanted));
  if (block == nullptr) Fatal("the address range of the heap is full");
  block->next = nullptr;
  block->scratch = 0;
  block->first = sizeof(Block);
  block->flags = 0;
  block->owner.store(&owner_, std::memory_order_relaxed);
  if (to_.last == nullptr) {
    to_.first = to_.scan_block = block;
    to_.scan = block->at(sizeof(Block));
  } else {
    to_.last->end = static_cast<uint32_t>(to_.next - to_.last->at(0));
    to_.last->next = block;
  }
  to_.last = block;
  char* object = block->at(sizeof(Block));
  to_.next = object + bytes;
  to_.limit = block->at(BlockBytes(block) - 8);
  return object;
}

// Notes which whole pages are left by all their objects, once it is known which are pinned: what
// points there needs no further look.
void Collector::NoteMovingPages(Block* list) {
  for (Block* block = list; block != nullptr; block = block->next) {
    if ((block->flags & kBlockPinned) != 0) continue;
    const PageInfo* page = g_pages.PageOf(block);
    if (page->kind.load(std::memory_order_relaxed) == PageKind::kRun) {
      moving_[g_pages.IndexOf(page)] = 1;
    }
  }
}

// Makes a word point to where its object will be after the collection.
void Collector::ForwardSlowly(uint64_t* word) {
  Block* block = FindBlock(*word);
  if (block == nullptr) return;
  const HeapOwner* owner = block->owner.load(std::memory_order_relaxed);
  if (owner != &owner_) {
    if (owner == SharedOwner() && heap_.extra != nullptr) heap_.extra->shared.Mark(block);
    return;
  }
  if ((block->flags & kBlockFrom) == 0) return;
  if ((block->flags & kBlockLarge) != 0) {
    MarkLarge(block);
    return;
  }
  Object* object = reinterpret_cast<Object*>(*word);
  if ((block->flags & kBlockPinned) != 0) {
    if ((object->header & kHeaderMarked) == 0) {
      object->header |= kHeaderMarked;
      scratch_.marked.Push(object);
    }
    return;
  }
  Move(word);
}

inline void Collector::Move(uint64_t* word) {
  Object* object = reinterpret_cast<Object*>(*word);
  const uint64_t header = object->header;
  if ((header & kHeaderMarked) != 0) {
    *word = header & ~kHeaderMarked;
    return;
  }
  const size_t bytes = ObjectBytes(object);
  char* copy = ToSpaceTake(bytes);
  if (bytes <= 64) {
    for (size_t at = 0; at < bytes; at += 8) {
      *reinterpret_cast<uint64_t*>(copy + at) =
          *reinterpret_cast<uint64_t*>(reinterpret_cast<char*>(object) + at);
    }
  } else {
    memcpy(copy, static_cast<void*>(object), bytes);
  }
  if (becomes_old_) reinterpret_cast<Object*>(copy)->header = header & ~kSnowBufferYoung;
  copied_bytes_ += bytes;
  object->header = reinterpret_cast<uint64_t>(copy) | kHeaderMarked;
  *word = reinterpret_cast<uint64_t>(copy);
}

// Buffers that were written in place since the last collection: the only old objects that may point
// to young ones. In a full collection the list only has to be emptied.
void Collector::TraceRemembered() {
  if (heap_.extra == nullptr) return;
  for (SnowBufferHead* buffer : heap_.extra->remembered) {
    if (is_full_) continue;
    Block* block = FindBlock(reinterpret_cast<uintptr_t>(buffer));
    if ((block->flags & kBlockLarge) != 0) {
      TraceCards(block, buffer);
    } else {
      buffer->header &= ~kSnowBufferYoung;
      Trace(reinterpret_cast<Object*>(buffer));
    }
  }
  heap_.extra->remembered.Clear();
  heap_.extra->remembered.ShrinkAbove(4096);
}

void Collector::TraceCards(Block* block, SnowBufferHead* buffer) {
  const SnowDescriptor* descriptor = reinterpret_cast<Object*>(buffer)->descriptor();
  const size_t words = descriptor->words;
  const size_t start = block->first + sizeof(SnowBufferHead);
  const size_t element_bytes = words * 8;
  const size_t card_words = CardWords(block);
  for (size_t i = 0; i < card_words; ++i) {
    for (uint64_t rest = block->candidates[i]; rest != 0; rest &= rest - 1) {
      const size_t card = i * 64 + static_cast<size_t>(__builtin_ctzll(rest));
      const size_t low = std::max(card * kCardBytes, start);
      const size_t high = (card + 1) * kCardBytes;
      if (high <= start) continue;
      const size_t from = std::max<size_t>((low - start) / element_bytes, buffer->start);
      const size_t to =
          std::min<size_t>((high - start + element_bytes - 1) / element_bytes, buffer->fill);
      uint64_t* element = BufferElements(buffer) + from * words;
      for (size_t at = from; at < to; ++at, element += words) {
        VisitWords(element, descriptor->kinds, words, [this](uint64_t* word) { Forward(word); });
      }
    }
  }
  free(block->candidates);
  block->candidates = nullptr;
}

// Traces one stretch of objects that were copied; false when there is none left.
bool Collector::TraceCopied() {
  while (to_.scan_block != nullptr) {
    if (to_.scan < to_.EndOf(to_.scan_block)) {
      Object* object = reinterpret_cast<Object*>(to_.scan);
      to_.scan += ObjectBytes(object);
      Trace(object);
      return true;
    }
    if (to_.scan_block == to_.last) return false;
    to_.scan_block = to_.scan_block->next;
    to_.scan = to_.scan_block->at(sizeof(Block));
  }
  return false;
}

void Collector::TraceAll() {
  for (;;) {
    while (!scratch_.marked.empty()) Trace(scratch_.marked.Pop());
    if (!TraceCopied()) return;
  }
}

// Unmarks the live objects of a pinned block and turns the stretches between them into gaps.
void Collector::SweepPinned(Block* block) {
  cache_.GiveRaw(block->candidates, BlockBytes(block) / 64 + 8);
  block->scratch = 0;
  char* end = block->at(block->end);
  char* gap = nullptr;
  for (char* at = block->at(block->first); at < end;) {
    Object* object = reinterpret_cast<Object*>(at);
    const bool is_live = (object->header & kHeaderMarked) != 0;
    object->header &= ~kHeaderMarked;
    const size_t bytes = ObjectBytes(object);
    if (is_live) {
      if (gap != nullptr) WriteFiller(gap, static_cast<size_t>(at - gap));
      gap = nullptr;
      if (becomes_old_) object->header &= ~kSnowBufferYoung;
      pinned_live_ += bytes;
    } else if (gap == nullptr) {
      gap = at;
    }
    at += bytes;
  }
  if (gap != nullptr) block->end = static_cast<uint32_t>(gap - block->at(0));
  pinned_bytes_ += BlockBytes(block);
  block->flags = becomes_old_ ? kBlockOld : 0;
  block->next = pinned_;
  pinned_ = block;
}

void Collector::SweepBlocks() {
  for (Block* list : {from_young_, from_old_}) {
    while (list != nullptr) {
      Block* block = list;
      list = block->next;
      if ((block->flags & kBlockPinned) != 0) {
        SweepPinned(block);
      } else {
        moving_[g_pages.IndexOf(g_pages.PageOf(block))] = 0;
        cache_.Give(block);
      }
    }
  }
  scratch_.pinned.Clear();
}

void Collector::SweepLarge() {
  if (heap_.extra == nullptr) return;
  for (Block** link = &heap_.extra->large; *link != nullptr;) {
    Block* block = *link;
    if ((block->flags & kBlockFrom) == 0) {
      link = &block->next;
    } else if ((block->flags & kBlockMarked) == 0) {
      *link = block->next;
      cache_.Give(block);
    } else {
      block->flags = static_cast<uint16_t>(kBlockLarge | (becomes_old_ ? kBlockOld : 0));
      if (becomes_old_) {
        reinterpret_cast<Object*>(block->at(block->first))->header &= ~kSnowBufferYoung;
      }
      large_bytes_ += BlockBytes(block);
      link = &block->next;
    }
  }
}

// Moves the only block of survivors into one of its exact size: every pointer into it shifts by the
// same distance.
void Collector::PackExact(const Roots& roots) {
  Block* block = to_.first;
  const size_t used = static_cast<size_t>(to_.next - block->at(0));
  Block* exact = cache_.Take(used + 8);
  if (exact == nullptr) return;
  if (BlockBytes(exact) >= BlockBytes(block)) {
    cache_.Give(exact);
    return;
  }
  const uint64_t low = reinterpret_cast<uint64_t>(block);
  const uint64_t shift = reinterpret_cast<uint64_t>(exact) - low;
  const auto move = [=](uint64_t* word) {
    if (*word - low < used) *word += shift;
  };
  memcpy(exact->at(sizeof(Block)), block->at(sizeof(Block)), used - sizeof(Block));
  exact->next = nullptr;
  exact->scratch = 0;
  exact->first = sizeof(Block);
  exact->flags = block->flags;
  exact->owner.store(&owner_, std::memory_order_relaxed);
  char* end = exact->at(used);
  for (char* at = exact->at(sizeof(Block)); at < end;) {
    Object* object = reinterpret_cast<Object*>(at);
    VisitObject(object, move);
    at += ObjectBytes(object);
  }
  for (size_t i = 0; i < roots.word_count; ++i) {
    VisitWords(roots.words[i].at, &roots.words[i].kind, 1, move);
  }
  if (heap_.extra != nullptr) {
    for (Block* large = heap_.extra->large; large != nullptr; large = large->next) {
      VisitObject(reinterpret_cast<Object*>(large->at(large->first)), move);
    }
  }
  cache_.Give(block);
  to_.first = to_.last = exact;
  to_.next = end;
  to_.limit = exact->at(BlockBytes(exact) - 8);
}

// Puts the lists together and sets the limits of the next collection.
void Collector::Finish(const Roots& roots) {
  uint64_t to_bytes = 0;
  if (to_.last != nullptr) to_.last->end = static_cast<uint32_t>(to_.next - to_.last->at(0));
  for (Block* block = to_.first; block != nullptr; block = block->next) {
    to_bytes += BlockBytes(block);
    block->flags = becomes_old_ ? kBlockOld : 0;
  }
  Block* kept = pinned_;
  if (to_.last != nullptr) {
    to_.last->next = pinned_;
    kept = to_.first;
  }
  HeapExtra* extra = heap_.extra;
  const uint64_t survived = to_bytes + pinned_bytes_ + large_bytes_;
  if (becomes_old_) {
    Block** link = &kept;
    while (*link != nullptr) link = &(*link)->next;
    *link = heap_.old;
    heap_.old = kept;
    HeapExtra& own = HeapExtraOf(owner_, cache_);
    own.old_bytes = is_full_ ? survived : own.old_bytes + survived;
    if (is_full_) own.old_limit = survived + std::max(survived, kOldGrowthLeast);
    heap_.bytes = own.old_bytes;
  } else {
    if (extra != nullptr) extra->old_bytes = extra->old_limit = 0;
    heap_.bytes = survived;
    heap_.young = kept;
    if (to_.last != nullptr && to_.first == to_.last && kept == to_.first) {
      // The rest of the block serves the next objects.
      owner_.alloc_next = reinterpret_cast<uint8_t*>(to_.next);
      owner_.alloc_limit = reinterpret_cast<uint8_t*>(to_.limit);
    }
  }
  heap_.live = heap_.bytes;
  const uint64_t depth = roots.stack_high - roots.stack_low;
  const uint64_t nursery = std::clamp(heap_.bytes / 2, kNurseryLeast, kNurseryMost);
  heap_.due = heap_.bytes + std::max(nursery, depth);
}

uint64_t Collector::Run(const Roots& roots) {
  BeginFrom();
  ScanStack(roots.stack_low, roots.stack_high);
  ScanFrames(roots);
  MarkCandidates();
  NoteMovingPages(from_young_);
  NoteMovingPages(from_old_);
  // Whether survivors become old is decided before anything moves: by what is there, not by what
  // will survive. A heap that shrank comes back to one generation with its next full collection.
  becomes_old_ = !is_exact_ && (!is_full_ || heap_.live > kYoungHeapMost);
  for (size_t i = 0; i < roots.word_count; ++i) {
    VisitWords(roots.words[i].at, &roots.words[i].kind, 1,
               [this](uint64_t* word) { Forward(word); });
  }
  TraceRemembered();
  TraceAll();
  SweepBlocks();
  SweepLarge();
  if (heap_.extra != nullptr && !heap_.extra->shared.empty()) {
    heap_.extra->shared.Sweep(cache_, is_full_, becomes_old_);
  }
  if (is_exact_ && pinned_ == nullptr && to_.first != nullptr && to_.first == to_.last) {
    PackExact(roots);
  }
  Finish(roots);
  return copied_bytes_ + pinned_bytes_ + large_bytes_ + (roots.stack_high - roots.stack_low);
}

}  // namespace

uint64_t Collect(HeapOwner& owner, BlockCache& cache, CollectorScratch& scratch, const Roots& roots,
             Collection collection) {
  Heap& heap = owner.heap;
  const bool has_old = heap.extra != nullptr && heap.extra->old_bytes != 0;
  const bool is_minor = collection == Collection::kDue && has_old &&
                        heap.extra->old_bytes < heap.extra->old_limit;
  // Of a large heap one exact block would have to be measured first; its last block is not full.
  const bool is_exact = collection == Collection::kExact && heap.bytes <= kExactMost;
  return Collector(owner, cache, scratch, !is_minor, is_exact).Run(roots);
}

}  // namespace snow::rt
