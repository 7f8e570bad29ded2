// A hierarchical timing wheel: setting and cancelling take constant time whatever is pending.
//
// Time is counted in ticks. Levels of 64 slots, one for each digit of a tick to the base of 64; a timer
// lies in the
// level of the highest digit in which its tick differs from the wheel's, and moves down as the wheel
// advances.
// Not thread-safe.
#ifndef RUNTIME_TIMER_WHEEL_H_
#define RUNTIME_TIMER_WHEEL_H_

#include <cstdint>

namespace snow::rt {

struct WheelNode {
  WheelNode* next;
  WheelNode* previous;
  uint64_t tick;
  uint32_t slot;  // level * 64 + slot
};

class TimerWheel {
 public:
  constexpr TimerWheel() = default;

  // Where the wheel begins; before anything is inserted.
  void Start(uint64_t tick) { now_ = tick; }

  // A tick that has passed already fires with the next Advance.
  void Insert(WheelNode* node);
  void Remove(WheelNode* node);

  // Moves the wheel towards `tick` and takes out the nodes of the first slot that comes due on the
  // way, chained by `next`, in no order. Null when nothing is due up to `tick`.
  WheelNode* Advance(uint64_t tick);

  // No node is due before this tick; ~0 when the wheel is empty.
  uint64_t NextTick() const;

 private:
  static constexpr uint32_t kLevels = 11;

  bool NextSlot(uint32_t* level, uint32_t* slot, uint64_t* tick) const;

  uint64_t now_ = 0;
  uint64_t taken_[kLevels] = {};  // a bit for each slot with nodes
  WheelNode* slots_[kLevels * 64] = {};
};

}  // namespace snow::rt

#endif  // RUNTIME_TIMER_WHEEL_H_
