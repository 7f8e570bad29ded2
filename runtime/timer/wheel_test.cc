#include "runtime/timer/wheel.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

namespace snow::rt {
namespace {

TEST(TimerWheel, AgainstASortedMap) {
  std::mt19937_64 random(7);
  TimerWheel wheel;
  uint64_t now = 123456789;
  wheel.Start(now);
  std::vector<WheelNode> nodes(3000);
  std::multimap<uint64_t, WheelNode*> pending;
  std::map<WheelNode*, uint64_t> ticks;
  std::vector<WheelNode*> free;
  for (auto& node : nodes) free.push_back(&node);
  for (int step = 0; step < 200000; ++step) {
    const uint64_t pick = random() % 10;
    if (pick < 5 && !free.empty()) {
      WheelNode* node = free.back();
      free.pop_back();
      // From nearby to far away, some of them past.
      const uint64_t distance = random() >> (20 + random() % 44);
      node->tick = random() % 20 == 0 ? now - 1 : now + distance % (uint64_t{1} << 34);
      wheel.Insert(node);
      pending.emplace(node->tick, node);
      ticks[node] = node->tick;
    } else if (pick < 7 && !ticks.empty()) {
      auto at = ticks.begin();
      std::advance(at, random() % std::min<size_t>(ticks.size(), 16));
      wheel.Remove(at->first);
      auto [from, to] = pending.equal_range(at->second);
      while (from->second != at->first) ++from;
      pending.erase(from);
      free.push_back(at->first);
      ticks.erase(at);
    } else {
      const uint64_t to = now + (random() >> (30 + random() % 34));
      while (WheelNode* node = wheel.Advance(to)) {
        while (node != nullptr) {
          WheelNode* next = node->next;
          ASSERT_LE(node->tick, to);
          auto [from, end] = pending.equal_range(node->tick);
          while (from != end && from->second != node) ++from;
          ASSERT_NE(from, end);
          pending.erase(from);
          ticks.erase(node);
          free.push_back(node);
          node = next;
        }
      }
      now = to;
      ASSERT_TRUE(pending.empty() || pending.begin()->first > now);
    }
    // Never later than the first that is due.
    if (pending.empty()) {
      ASSERT_EQ(wheel.NextTick(), ~uint64_t{0});
    } else {
      ASSERT_LE(wheel.NextTick(), std::max(pending.begin()->first, now));
      ASSERT_GE(wheel.NextTick(), now);
    }
  }
}

TEST(TimerWheel, AcrossACarryOfManyDigits) {
  TimerWheel wheel;
  const uint64_t start = (uint64_t{1} << 36) - 5;
  wheel.Start(start);
  WheelNode near{nullptr, nullptr, start + 10, 0};
  WheelNode far{nullptr, nullptr, start + (uint64_t{1} << 37), 0};
  wheel.Insert(&near);
  wheel.Insert(&far);
  EXPECT_EQ(wheel.Advance(start + 9), nullptr);
  EXPECT_EQ(wheel.Advance(start + 10), &near);
  EXPECT_EQ(wheel.Advance(far.tick - 1), nullptr);
  EXPECT_EQ(wheel.Advance(far.tick), &far);
  EXPECT_EQ(wheel.NextTick(), ~uint64_t{0});
}

}  // namespace
}  // namespace snow::rt
