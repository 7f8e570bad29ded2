#include "runtime/scheduler/run_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace snow::rt {
namespace {

// Actors are never looked at: any address serves.
Actor* Nth(uint64_t n) { return reinterpret_cast<Actor*>(n * 256 + 256); }
uint64_t NumberOf(Actor* actor) { return reinterpret_cast<uint64_t>(actor) / 256 - 1; }

TEST(RunQueue, FirstInFirstOut) {
  RunQueue queue;
  EXPECT_EQ(queue.Pop(), nullptr);
  for (uint64_t round = 0; round < 5; ++round) {
    for (uint64_t i = 0; i < RunQueue::kCapacity; ++i) ASSERT_TRUE(queue.Push(Nth(i)));
    EXPECT_FALSE(queue.Push(Nth(0)));
    Actor* stolen[RunQueue::kCapacity];
    ASSERT_EQ(queue.Steal(stolen, RunQueue::kCapacity), RunQueue::kCapacity / 2);
    for (uint64_t i = 0; i < RunQueue::kCapacity / 2; ++i) EXPECT_EQ(stolen[i], Nth(i));
    for (uint64_t i = RunQueue::kCapacity / 2; i < RunQueue::kCapacity; ++i) {
      EXPECT_EQ(queue.Peek(), Nth(i));
      EXPECT_EQ(queue.Pop(), Nth(i));
    }
    EXPECT_EQ(queue.Pop(), nullptr);
  }
}

TEST(BirthStack, NewestForTheOwnerOldestForThieves) {
  BirthStack stack;
  EXPECT_EQ(stack.Pop(), nullptr);
  EXPECT_EQ(stack.Steal(), nullptr);
  for (int64_t i = 0; i < BirthStack::kCapacity; ++i) {
    ASSERT_TRUE(stack.Push(Nth(static_cast<uint64_t>(i))));
  }
  EXPECT_FALSE(stack.Push(Nth(0)));
  EXPECT_EQ(stack.Steal(), Nth(0));
  EXPECT_EQ(stack.Pop(), Nth(BirthStack::kCapacity - 1));
  for (int64_t i = 1; i + 1 < BirthStack::kCapacity; ++i) {
    EXPECT_EQ(stack.Steal(), Nth(static_cast<uint64_t>(i)));
  }
  EXPECT_EQ(stack.Pop(), nullptr);
}

TEST(SharedRunQueue, KeepsOrderOverManyChunks) {
  SharedRunQueue queue;
  std::vector<Actor*> all;
  for (uint64_t i = 0; i < 10000; ++i) all.push_back(Nth(i));
  queue.Push(all.data(), 7000);
  queue.Push(all.data() + 7000, 3000);
  EXPECT_EQ(queue.length(), 10000u);
  uint64_t next = 0;
  Actor* taken[100];
  while (const uint32_t count = queue.Pop(taken, 100)) {
    for (uint32_t i = 0; i < count; ++i) ASSERT_EQ(taken[i], Nth(next++));
  }
  EXPECT_EQ(next, 10000u);
}

// Every actor that an owner pushes comes out once, wherever.
TEST(Queues, NothingIsLostOrTwice) {
  constexpr uint64_t kCount = 200000;
  RunQueue queue;
  BirthStack births;
  SharedRunQueue shared;
  std::vector<std::atomic<int>> seen(kCount);
  std::atomic<bool> is_over{false};
  const auto take = [&](Actor* actor) { seen[NumberOf(actor)].fetch_add(1); };
  const auto thief = [&] {
    while (!is_over.load()) {
      Actor* taken[64];
      const uint32_t count = queue.Steal(taken, 64);
      for (uint32_t i = 0; i < count; ++i) take(taken[i]);
      if (Actor* actor = births.Steal()) take(actor);
      const uint32_t more = shared.Pop(taken, 64);
      for (uint32_t i = 0; i < more; ++i) take(taken[i]);
    }
  };
  std::thread thieves[2] = {std::thread(thief), std::thread(thief)};
  for (uint64_t i = 0; i < kCount; ++i) {
    Actor* actor = Nth(i);
    const bool is_pushed = i % 2 == 0 ? queue.Push(actor) : births.Push(actor);
    if (!is_pushed) shared.Push(&actor, 1);
    if (i % 3 != 0) continue;
    if (Actor* mine = queue.Pop()) take(mine);
    if (Actor* mine = births.Pop()) take(mine);
  }
  while (Actor* mine = queue.Pop()) take(mine);
  while (Actor* mine = births.Pop()) take(mine);
  Actor* taken[64];
  while (const uint32_t count = shared.Pop(taken, 64)) {
    for (uint32_t i = 0; i < count; ++i) take(taken[i]);
  }
  is_over.store(true);
  for (auto& thread : thieves) thread.join();
  for (uint64_t i = 0; i < kCount; ++i) ASSERT_EQ(seen[i].load(), 1) << i;
}

}  // namespace
}  // namespace snow::rt
