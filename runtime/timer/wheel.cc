#include "runtime/timer/wheel.h"

namespace snow::rt {

void TimerWheel::Insert(WheelNode* node) {
  const uint64_t tick = node->tick < now_ ? now_ : node->tick;
  const uint64_t difference = tick ^ now_;
  const uint32_t level =
      difference == 0 ? 0 : static_cast<uint32_t>(63 - __builtin_clzll(difference)) / 6;
  const uint32_t index = static_cast<uint32_t>(tick >> (6 * level)) & 63;
  node->slot = level * 64 + index;
  node->previous = nullptr;
  node->next = slots_[node->slot];
  if (node->next != nullptr) node->next->previous = node;
  slots_[node->slot] = node;
  taken_[level] |= uint64_t{1} << index;
}

void TimerWheel::Remove(WheelNode* node) {
  if (node->next != nullptr) node->next->previous = node->previous;
  if (node->previous != nullptr) {
    node->previous->next = node->next;
    return;
  }
  slots_[node->slot] = node->next;
  if (node->next == nullptr) taken_[node->slot / 64] &= ~(uint64_t{1} << (node->slot % 64));
}

// The next slot with nodes, and the tick at which it comes due (or has to move down).
bool TimerWheel::NextSlot(uint32_t* level, uint32_t* slot, uint64_t* tick) const {
  for (uint32_t at = 0; at < kLevels; ++at) {
    if (taken_[at] == 0) continue;
    const uint32_t shift = 6 * at;
    // All nodes of a level share the digits above it with the wheel, and their own digit is no smaller.
    *level = at;
    *slot = static_cast<uint32_t>(__builtin_ctzll(taken_[at]));
    *tick = ((now_ >> shift & ~uint64_t{63}) | *slot) << shift;
    return true;
  }
  return false;
}

WheelNode* TimerWheel::Advance(uint64_t tick) {
  uint32_t level;
  uint32_t slot;
  uint64_t slot_tick;
  while (NextSlot(&level, &slot, &slot_tick) && slot_tick <= tick) {
    WheelNode* nodes = slots_[level * 64 + slot];
    slots_[level * 64 + slot] = nullptr;
    taken_[level] &= ~(uint64_t{1} << slot);
    if (slot_tick > now_) now_ = slot_tick;
    if (level == 0) return nodes;
    while (nodes != nullptr) {
      WheelNode* next = nodes->next;
      Insert(nodes);
      nodes = next;
    }
  }
  if (tick > now_) now_ = tick;
  return nullptr;
}

uint64_t TimerWheel::NextTick() const {
  uint32_t level;
  uint32_t slot;
  uint64_t tick;
  if (!NextSlot(&level, &slot, &tick)) return ~uint64_t{0};
  return tick < now_ ? now_ : tick;
}

}  // namespace snow::rt
