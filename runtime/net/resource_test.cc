#include "runtime/net/resource.h"

#include <gtest/gtest.h>

#include <thread>
#include <unordered_set>
#include <vector>

namespace snow::rt {
namespace {

std::atomic<int> living{0};

class Thing final : public Resource {
 public:
  static constexpr ResourceKind kKind = ResourceKind::kTcp;
  Thing() : Resource(kKind) { ++living; }
  ~Thing() override { --living; }
};

class Other final : public Resource {
 public:
  static constexpr ResourceKind kKind = ResourceKind::kPool;
  Other() : Resource(kKind) {}
};

TEST(Resources, AreFoundWhileTheyLive) {
  Ref<Thing> thing(new Thing);
  uint64_t id = g_resources.Add(thing.get());
  EXPECT_NE(id, 0u);
  EXPECT_EQ(g_resources.FindAs<Thing>(id).get(), thing.get());
  EXPECT_FALSE(g_resources.FindAs<Other>(id));
  thing.Reset();
  EXPECT_EQ(living, 1);
  EXPECT_TRUE(g_resources.Remove(id));
  EXPECT_EQ(living, 0);
  EXPECT_FALSE(g_resources.Remove(id));
  EXPECT_FALSE(g_resources.Find(id));
}

TEST(Resources, AnyNumberMayBeAsked) {
  for (uint64_t id :
       {uint64_t{0}, uint64_t{1}, uint64_t{12345678}, ~uint64_t{0}, uint64_t{1} << 63}) {
    EXPECT_FALSE(g_resources.Find(id));
    EXPECT_FALSE(g_resources.Remove(id));
  }
}

TEST(Resources, NumbersAreNotUsedAgain) {
  std::unordered_set<uint64_t> seen;
  for (int i = 0; i < 5000; ++i) {
    Ref<Thing> thing(new Thing);
    uint64_t id = g_resources.Add(thing.get());
    EXPECT_GT(static_cast<int64_t>(id), 0);
    EXPECT_TRUE(seen.insert(id).second);
    g_resources.Remove(id);
  }
  EXPECT_EQ(living, 0);
}

TEST(Resources, AreSafeToFindWhileOthersRemove) {
  std::vector<std::thread> threads;
  std::atomic<uint64_t> current{0};
  std::atomic<bool> done{false};
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        Ref<Thing> found = g_resources.FindAs<Thing>(current);
        if (found) EXPECT_EQ(found->kind(), ResourceKind::kTcp);
      }
    });
  }
  for (int i = 0; i < 20000; ++i) {
    Ref<Thing> thing(new Thing);
    current = g_resources.Add(thing.get());
    g_resources.Remove(current);
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(living, 0);
}

}  // namespace
}  // namespace snow::rt
