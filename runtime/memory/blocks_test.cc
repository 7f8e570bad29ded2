#include "runtime/memory/blocks.h"

#include <gtest/gtest.h>
#include <string.h>

#include <random>
#include <vector>

#include "runtime/memory/heap.h"

namespace snow::rt {
namespace {

HeapOwner* Owner() { return reinterpret_cast<HeapOwner*>(uintptr_t{4096}); }

TEST(Blocks, AreFoundFromEveryWordInThem) {
  g_pages.Reserve(0);
  BlockCache cache;
  std::mt19937 random(3);
  struct Taken {
    Block* block;
    size_t bytes;
  };
  std::vector<Taken> taken;
  const uint64_t before = g_pages.bytes_in_use();
  for (int step = 0; step < 20000; ++step) {
    if (taken.empty() || random() % 2 == 0) {
      const size_t bytes = 40 + random() % (random() % 20 == 0 ? 300000 : 12000);
      Block* block = cache.Take(bytes);
      ASSERT_NE(block, nullptr);
      ASSERT_EQ(block->owner.load(), nullptr);
      ASSERT_GE(BlockBytes(block), bytes);
      block->owner.store(Owner());
      memset(block->at(sizeof(Block)), 0xAB, bytes - sizeof(Block));
      taken.push_back({block, bytes});
    } else {
      const size_t at = random() % taken.size();
      Taken& one = taken[at];
      for (int i = 0; i < 5; ++i) {
        const uintptr_t word = reinterpret_cast<uintptr_t>(one.block) + random() % one.bytes;
        ASSERT_EQ(FindBlock(word), one.block);
      }
      ASSERT_EQ(one.block->owner.load(), Owner());
      cache.Give(one.block);
      one = taken.back();
      taken.pop_back();
    }
  }
  for (const Taken& one : taken) cache.Give(one.block);
  cache.Flush();
  // What the stores keep as whole batches.
  EXPECT_LE(g_pages.bytes_in_use(), before + (8u << 20));
  EXPECT_EQ(FindBlock(0), nullptr);
  EXPECT_EQ(FindBlock(~uintptr_t{0}), nullptr);
  EXPECT_EQ(FindBlock(reinterpret_cast<uintptr_t>(&cache)), nullptr);
}

TEST(Blocks, RawRecordsAreNotFound) {
  g_pages.Reserve(0);
  BlockCache cache;
  void* record = cache.TakeRaw(100);
  EXPECT_EQ(FindBlock(reinterpret_cast<uintptr_t>(record)), nullptr);
  cache.GiveRaw(record, 100);
}

TEST(PageHeap, JoinsFreeRuns) {
  g_pages.Reserve(0);
  constexpr size_t kPieces = 64;
  constexpr size_t kPages = 16;
  char* whole = static_cast<char*>(g_pages.Allocate(kPieces * kPages, PageKind::kRaw));
  for (size_t first : {1, 0}) {
    for (size_t i = first; i < kPieces; i += 2) {
      g_pages.Free(whole + i * kPages * kPageSize, kPages);
    }
  }
  // The same place, or a little lower: free pages before it have joined too.
  char* again = static_cast<char*>(g_pages.Allocate(kPieces * kPages, PageKind::kRaw));
  EXPECT_LE(again, whole);
  EXPECT_LT(whole, again + kPieces * kPages * kPageSize);
  g_pages.Free(again, kPieces * kPages);
}

}  // namespace
}  // namespace snow::rt
