#include "snowc/base/interner.h"

#include <cstring>

namespace snow {
namespace {

constexpr size_t kFirstSlots = 1024;

// Multiplies eight bytes at a time; names are short, so set-up cost matters more than strength.
uint32_t Hash(std::string_view text) {
  constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15u;
  uint64_t hash = text.size() * kMultiplier;
  const char* at = text.data();
  size_t left = text.size();
  while (left >= 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    hash = (hash ^ word) * kMultiplier;
    hash ^= hash >> 32;
    at += 8;
    left -= 8;
  }
  uint64_t tail = 0;
  if (left != 0) std::memcpy(&tail, at, left);
  hash = (hash ^ tail) * kMultiplier;
  return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

Interner::Interner() : slots_(kFirstSlots) {}

size_t Interner::FindSlot(std::string_view text, uint32_t hash) const {
  size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at].id.IsValid()) {
    if (slots_[at].hash == hash && strings_[slots_[at].id.value] == text) break;
    at = (at + 1) & mask;
  }
  return at;
}

StringId Interner::Intern(std::string_view text) {
  uint32_t hash = Hash(text);
  size_t at = FindSlot(text, hash);
  if (slots_[at].id.IsValid()) return slots_[at].id;
  StringId id(strings_.size());
  strings_.push_back(arena_.CopyString(text));
  slots_[at] = {hash, id};
  if (strings_.size() * 2 > slots_.size()) Grow();
  return id;
}

std::optional<StringId> Interner::Find(std::string_view text) const {
  const Slot& slot = slots_[FindSlot(text, Hash(text))];
  if (!slot.id.IsValid()) return std::nullopt;
  return slot.id;
}

void Interner::Grow() {
  std::vector<Slot> old = std::move(slots_);
  slots_.assign(old.size() * 2, Slot());
  size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (!slot.id.IsValid()) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].id.IsValid()) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace snow
