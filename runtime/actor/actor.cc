#include "runtime/actor/actor.h"

#include <string.h>
#include <sys/mman.h>

#include "runtime/base/check.h"

namespace snow::rt {
namespace {

// A slot rests while this many others of its cache are free before it.
constexpr uint32_t kCachedSlotsLeast = 128;
constexpr uint32_t kCachedSlotsMost = 512;

}  // namespace

constinit ActorTable g_actors;

void ActorTable::Reserve() {
  if (actors_ != nullptr) return;
  void* range = mmap(nullptr, sizeof(Actor) * kSlotCount, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) Fatal("no address space for the table of actors");
  madvise(range, sizeof(Actor) * kSlotCount, MADV_NOHUGEPAGE);
  actors_ = static_cast<Actor*>(range);
}

bool ActorTable::Refill(SlotCache& cache) {
  SpinLockHolder hold(lock_);
  for (uint32_t i = 0; i < kCachedSlotsLeast; ++i) {
    Actor* actor = free_;
    if (actor != nullptr) {
      free_ = actor->run_next;
    } else {
      const uint32_t slot = used_.load(std::memory_order_relaxed);
      if (slot == kSlotCount) return i > 0;
      actor = actors_ + slot;
      // Until it is first taken: the generation before the first.
      actor->reductions_done = kGenerationMost;
      actor->inbox.store(kInboxDead, std::memory_order_relaxed);
      used_.store(slot + 1, std::memory_order_release);
    }
    actor->run_next = nullptr;
    if (cache.last == nullptr) {
      cache.first = actor;
    } else {
      cache.last->run_next = actor;
    }
    cache.last = actor;
    ++cache.count;
  }
  return true;
}

// While a slot is free, reductions_done holds the generation that it had.
Actor* ActorTable::Take(SlotCache& cache, uint64_t* pid) {
  if (cache.count == 0 && !Refill(cache)) return nullptr;
  Actor* actor = cache.first;
  cache.first = actor->run_next;
  if (cache.first == nullptr) cache.last = nullptr;
  --cache.count;
  const uint64_t generation = (actor->reductions_done + 1) & kGenerationMost;
  *pid = static_cast<uint64_t>(actor - actors_) | generation << kSlotBits;
  return actor;
}

void ActorTable::Give(Actor* actor, SlotCache& cache) {
  actor->run_next = nullptr;
  if (cache.last == nullptr) {
    cache.first = actor;
  } else {
    cache.last->run_next = actor;
  }
  cache.last = actor;
  if (++cache.count <= kCachedSlotsMost) return;
  SpinLockHolder hold(lock_);
  while (cache.count > kCachedSlotsMost / 2) {
    Actor* oldest = cache.first;
    cache.first = oldest->run_next;
    --cache.count;
    oldest->run_next = free_;
    free_ = oldest;
  }
}

PidText::PidText(uint64_t pid) {
  char* at = text + sizeof(text);
  const auto digits = [&at](uint64_t number) {
    do {
      *--at = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
  };
  *--at = '>';
  if (GenerationOf(pid) != 0) {
    digits(GenerationOf(pid));
    *--at = '.';
  }
  digits(SlotOf(pid));
  *--at = '.';
  digits(NodeOf(pid));
  *--at = '<';
  size = static_cast<size_t>(text + sizeof(text) - at);
  memmove(text, at, size);
}

uint32_t InboxLength(const Actor* actor) {
  const Message* newest = actor->inbox.load(std::memory_order_acquire);
  if (newest == kInboxEmpty || newest == kInboxParked || newest == kInboxDead) return 0;
  return newest->depth.load(std::memory_order_relaxed);
}

}  // namespace snow::rt
