// The collector against a mirror: random graphs of objects, held by precise and by conservative roots,
// must survive every kind of collection unchanged, and nothing else may.
#include "runtime/memory/collector.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "runtime/memory/copy.h"
#include "runtime/memory/heap.h"
#include "runtime/memory/string.h"

namespace snow::rt {
namespace {

constexpr uint8_t kNodeKinds[] = {kSnowScalar, kSnowPointer, kSnowPointer, kSnowString, kSnowScalar};
constexpr uint8_t kElementKinds[] = {kSnowPointer, kSnowScalar};
const SnowDescriptor kNode = {kSnowFixed, 5, "Node", kNodeKinds};
const SnowDescriptor kList = {kSnowBuffer, 2, "List", kElementKinds};

// What an object should look like.
struct Mirror {
  uint64_t id;
  bool is_list = false;
  Mirror* left = nullptr;  // a node's
  Mirror* right = nullptr;
  std::string text;
  std::vector<Mirror*> elements;  // a list's
};

class CollectorTest : public ::testing::Test {
 protected:
  static constexpr size_t kSlots = 24;

  void SetUp() override {
    g_pages.Reserve(0);
    HeapInit(owner_);
  }
  void TearDown() override { HeapDestroy(owner_, cache_); }

  void* Take(size_t bytes) {
    if (HeapIsDue(owner_, bytes)) CollectNow(Collection::kDue);
    return HeapTake(owner_, cache_, bytes);
  }

  // Roots while an object is made: its parts.
  void CollectNow(Collection collection) {
    std::vector<RootWord> words;
    for (auto& word : precise_) words.push_back({&word, kSnowPointer});
    Roots roots;
    if (collection != Collection::kExact) {
      roots.stack_low = reinterpret_cast<uintptr_t>(stack_);
      roots.stack_high = reinterpret_cast<uintptr_t>(stack_ + kSlots);
    }
    roots.words = words.data();
    roots.word_count = words.size();
    Collect(owner_, cache_, scratch_, roots, collection);
    ++collections_;
  }

  // The slot's object is found through slots only, so that it may move meanwhile.
  uint64_t& Slot(size_t i) { return i < kSlots ? stack_[i] : precise_[i - kSlots]; }
  Mirror* NewMirror() {
    all_mirrors_.push_back(std::make_unique<Mirror>());
    return all_mirrors_.back().get();
  }

  Object* NewNode(size_t left, size_t right, const std::string& text) {
    SnowPair pair = MakeShortString(text.data(), text.size() > 15 ? 0 : text.size());
    if (text.size() > kShortStringMost) {
      const size_t bytes_size = BytesBytes(text.size());
      if (HeapIsDue(owner_, bytes_size + 64)) CollectNow(Collection::kDue);
      SnowBytesHead* bytes = HeapTakeBytes(owner_, cache_, text.size());
      memcpy(BytesData(bytes), text.data(), text.size());
      bytes->fill = static_cast<uint32_t>(text.size());
      pair = MakeLongString(bytes, 0, text.size());
    }
    // Nothing may be collected between the text and the node.
    auto* node = static_cast<Object*>(HeapTake(owner_, cache_, FixedBytes(5)));
    node->header = MakeHeader(&kNode, 7);
    node->payload[0] = ++next_id_;
    node->payload[1] = Slot(left);
    node->payload[2] = Slot(right);
    node->payload[3] = pair.first;
    node->payload[4] = pair.second;
    return node;
  }

  SnowBufferHead* NewList(uint32_t capacity) {
    auto* list = static_cast<SnowBufferHead*>(Take(BufferBytes(2, capacity)));
    list->header = MakeHeader(&kList) | kSnowBufferYoung;
    list->start = list->fill = 0;
    list->capacity = capacity;
    list->flags = static_cast<uint32_t>(++next_id_);
    return list;
  }

  void Verify() {
    std::map<const Mirror*, uint64_t> seen;
    for (size_t i = 0; i < 2 * kSlots; ++i) VerifyWord(Slot(i), mirrors_[i], seen);
  }

  void VerifyWord(uint64_t start_word, const Mirror* start, std::map<const Mirror*, uint64_t>& seen) {
    std::vector<std::pair<uint64_t, const Mirror*>> todo = {{start_word, start}};
    while (!todo.empty()) {
      auto [word, mirror] = todo.back();
      todo.pop_back();
      if (mirror == nullptr) {
        ASSERT_EQ(word, 0u);
        continue;
      }
      auto [at, is_new] = seen.emplace(mirror, word);
      ASSERT_EQ(at->second, word) << "sharing was lost";
      if (!is_new) continue;
      auto* object = reinterpret_cast<Object*>(word);
      Block* block = FindBlock(word);
      ASSERT_NE(block, nullptr);
      ASSERT_EQ(block->owner.load(), &owner_);
      if (mirror->is_list) {
        SnowBufferHead* list = object->buffer();
        ASSERT_EQ(object->descriptor(), &kList);
        ASSERT_EQ(list->flags, mirror->id);
        ASSERT_EQ(list->fill, mirror->elements.size());
        for (size_t i = 0; i < mirror->elements.size(); ++i) {
          ASSERT_EQ(BufferElements(list)[i * 2 + 1], i);
          todo.push_back({BufferElements(list)[i * 2], mirror->elements[i]});
        }
        continue;
      }
      ASSERT_EQ(object->descriptor(), &kNode);
      ASSERT_EQ(object->tag(), 7u);
      ASSERT_EQ(object->payload[0], mirror->id);
      const StringBytes text(object->payload[3], object->payload[4]);
      ASSERT_EQ(text.view(), mirror->text);
      todo.push_back({object->payload[1], mirror->left});
      todo.push_back({object->payload[2], mirror->right});
    }
  }

  void RandomRun(uint32_t seed, int steps, size_t longest_text);

  HeapOwner owner_{};
  BlockCache cache_;
  CollectorScratch scratch_;
  uint64_t stack_[kSlots] = {};
  std::vector<uint64_t> precise_ = std::vector<uint64_t>(kSlots, 0);
  std::vector<Mirror*> mirrors_ = std::vector<Mirror*>(2 * kSlots, nullptr);
  std::vector<std::unique_ptr<Mirror>> all_mirrors_;
  uint64_t next_id_ = 0;
  int collections_ = 0;
};

void CollectorTest::RandomRun(uint32_t seed, int steps, size_t longest_text) {
  std::mt19937 random(seed);
  const auto pick = [&](size_t n) { return random() % n; };
  for (int step = 0; step < steps; ++step) {
    const size_t to = pick(2 * kSlots);
    switch (pick(12)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const size_t left = pick(2 * kSlots);
        const size_t right = pick(2 * kSlots);
        const std::string text(pick(longest_text), static_cast<char>('a' + pick(26)));
        Object* node = NewNode(left, right, text);
        Mirror* mirror = NewMirror();
        mirror->id = next_id_;
        mirror->left = mirrors_[left];
        mirror->right = mirrors_[right];
        mirror->text = text;
        Slot(to) = reinterpret_cast<uint64_t>(node);
        mirrors_[to] = mirror;
        break;
      }
      case 4: {
        SnowBufferHead* list = NewList(static_cast<uint32_t>(1 + pick(pick(4) == 0 ? 2000 : 20)));
        Mirror* mirror = NewMirror();
        mirror->id = next_id_;
        mirror->is_list = true;
        Slot(to) = reinterpret_cast<uint64_t>(list);
        mirrors_[to] = mirror;
        break;
      }
      case 5:
      case 6:
      case 7:
      case 8: {  // append in place, or overwrite
        if (mirrors_[to] == nullptr || !mirrors_[to]->is_list) break;
        auto* list = reinterpret_cast<SnowBufferHead*>(Slot(to));
        for (size_t count = 1 + pick(30); count > 0; --count) {
          const size_t value = pick(2 * kSlots);
          // Nodes only; they may hold the list, as values do that hold an older view of it.
          if (mirrors_[value] == nullptr || mirrors_[value]->is_list) continue;
          size_t index = list->fill;
          if (index == list->capacity || (index > 0 && pick(4) == 0)) {
            if (index == 0) continue;
            index = pick(index);
          }
          HeapRemember(owner_, cache_, list, index, 1);
          BufferElements(list)[index * 2] = Slot(value);
          BufferElements(list)[index * 2 + 1] = index;
          if (index == list->fill) {
            ++list->fill;
            mirrors_[to]->elements.push_back(mirrors_[value]);
          } else {
            mirrors_[to]->elements[index] = mirrors_[value];
          }
        }
        break;
      }
      case 9:
        Slot(to) = 0;
        mirrors_[to] = nullptr;
        break;
      case 10:
        if (pick(20) == 0) CollectNow(Collection::kFull);
        break;
      case 11:
        if (pick(20) == 0) {
          // Without a stack: its slots are empty then.
          for (size_t i = 0; i < kSlots; ++i) {
            stack_[i] = 0;
            mirrors_[i] = nullptr;
          }
          CollectNow(Collection::kExact);
        }
        break;
    }
    if (step % 128 == 0) Verify();
    if (HasFatalFailure()) return;
  }
  CollectNow(Collection::kFull);
  Verify();
}

TEST_F(CollectorTest, RandomSmallObjects) { RandomRun(1, 15000, 24); }
TEST_F(CollectorTest, RandomWithLongTexts) { RandomRun(2, 10000, 400); }
TEST_F(CollectorTest, RandomWithSharedTexts) { RandomRun(3, 5000, 9000); }

TEST_F(CollectorTest, ManySeeds) {
  for (uint32_t seed = 10; seed < 20; ++seed) {
    RandomRun(seed, 3000, 100);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
}

TEST_F(CollectorTest, ConservativeWordsKeepTheirObjectsInPlace) {
  uint64_t nodes[4];
  for (uint64_t& node : nodes) {
    node = reinterpret_cast<uint64_t>(NewNode(0, 0, "text"));
  }
  stack_[0] = nodes[0];                   // its header
  stack_[1] = nodes[1] + 17;              // inside
  stack_[2] = nodes[2] + FixedBytes(5);   // one past its end: also the header of nodes[3]
  CollectNow(Collection::kFull);
  for (uint64_t node : nodes) {
    EXPECT_EQ(reinterpret_cast<Object*>(node)->descriptor(), &kNode);
  }
  EXPECT_EQ(reinterpret_cast<Object*>(nodes[0])->payload[0], 1u);
  EXPECT_EQ(reinterpret_cast<Object*>(nodes[2])->payload[0], 3u);
}

TEST_F(CollectorTest, AWordBehindTheLastObjectOfABlockKeepsIt) {
  uint64_t last = 0;
  for (;;) {
    last = reinterpret_cast<uint64_t>(NewNode(0, 0, ""));
    if (owner_.alloc_limit - owner_.alloc_next < static_cast<int64_t>(FixedBytes(5))) break;
  }
  stack_[0] = last + FixedBytes(5);
  const uint64_t id = reinterpret_cast<Object*>(last)->payload[0];
  CollectNow(Collection::kFull);
  EXPECT_EQ(FindBlock(last)->owner.load(), &owner_);
  EXPECT_EQ(reinterpret_cast<Object*>(last)->payload[0], id);
}

TEST_F(CollectorTest, MemoryIsBoundedInAnEndlessLoop) {
  uint64_t most = 0;
  for (int i = 0; i < 300000; ++i) {
    if (HeapIsDue(owner_, 64)) CollectNow(Collection::kDue);
    precise_[0] = reinterpret_cast<uint64_t>(NewNode(40, 40, "some text that is long"));
    most = std::max(most, owner_.heap.bytes);
  }
  EXPECT_LT(most, 256u * 1024);
  EXPECT_GT(collections_, 200);
}

TEST_F(CollectorTest, SharedBytesOfDroppedStringsComeBack) {
  const uint64_t before = g_pages.bytes_in_use();
  for (int i = 0; i < 20000; ++i) {
    if (HeapIsDue(owner_, 64)) CollectNow(Collection::kDue);
    precise_[0] = reinterpret_cast<uint64_t>(NewNode(40, 40, std::string(20000, 'x')));
  }
  EXPECT_LT(g_pages.bytes_in_use(), before + (8u << 20));
  precise_[0] = 0;
  CollectNow(Collection::kFull);
  EXPECT_EQ(owner_.heap.extra->shared.bytes(), 0u);
}

TEST_F(CollectorTest, AnExactCollectionPacksASmallHeap) {
  for (int i = 0; i < 500; ++i) {
    precise_[0] = reinterpret_cast<uint64_t>(NewNode(40, 40, "some text that is long"));
  }
  CollectNow(Collection::kExact);
  // A node of 48 bytes and the 40 of its text behind the header of the block.
  EXPECT_EQ(owner_.heap.bytes, 128u);
  EXPECT_EQ(reinterpret_cast<Object*>(precise_[0])->payload[0], next_id_);
}

TEST_F(CollectorTest, ALongChainDoesNotRecurse) {
  for (int i = 0; i < 300000; ++i) {
    if (HeapIsDue(owner_, 64)) CollectNow(Collection::kDue);
    precise_[0] = reinterpret_cast<uint64_t>(NewNode(kSlots, 40, ""));
  }
  CollectNow(Collection::kFull);
  uint64_t length = 0;
  for (uint64_t at = precise_[0]; at != 0; at = reinterpret_cast<Object*>(at)->payload[1]) ++length;
  EXPECT_EQ(length, 300000u);
}

// --- Copies -------------------------------------------------------------------------------------

TEST_F(CollectorTest, ACopyKeepsSharingAndLeavesTheOriginalAsItWas) {
  // A diamond of 40 levels: without sharing the copy would have 2^40 nodes.
  precise_[0] = reinterpret_cast<uint64_t>(NewNode(40, 40, "the end of the diamond"));
  for (int i = 0; i < 40; ++i) {
    precise_[0] = reinterpret_cast<uint64_t>(NewNode(kSlots, kSlots, ""));
  }
  CopyScratch copies;
  GraphCopy copy(cache_, copies, 0, 0);
  const uint8_t kind = kSnowPointer;
  uint64_t copied = 0;
  ASSERT_TRUE(copy.Copy(&copied, &precise_[0], &kind, 1));
  EXPECT_EQ(copy.bytes(), 41 * FixedBytes(5) + BytesBytes(22));
  Block* blocks = copy.Finish();

  HeapOwner receiver{};
  HeapInit(receiver);
  HeapJoin(receiver, cache_, blocks);
  uint64_t a = precise_[0];
  uint64_t b = copied;
  for (; a != 0; a = reinterpret_cast<Object*>(a)->payload[1]) {
    const auto* original = reinterpret_cast<Object*>(a);
    const auto* same = reinterpret_cast<Object*>(b);
    ASSERT_NE(a, b);
    ASSERT_EQ(original->header, same->header);
    ASSERT_EQ(original->payload[0], same->payload[0]);
    ASSERT_EQ(same->payload[1], same->payload[2]);
    b = same->payload[1];
  }
  EXPECT_EQ(b, 0u);

  RootWord word = {&copied, kSnowPointer};
  Roots roots;
  roots.words = &word;
  roots.word_count = 1;
  Collect(receiver, cache_, scratch_, roots, Collection::kExact);
  EXPECT_LE(receiver.heap.bytes, 3072u);
  HeapDestroy(receiver, cache_);
  CollectNow(Collection::kFull);
}

TEST_F(CollectorTest, LargeBytesAreSharedNotCopied) {
  precise_[0] = reinterpret_cast<uint64_t>(NewNode(40, 40, std::string(100000, 'x')));
  CopyScratch copies;
  const uint8_t kind = kSnowPointer;
  uint64_t copied[2];
  HeapOwner receivers[2] = {};
  for (int i = 0; i < 2; ++i) {
    GraphCopy copy(cache_, copies, 0, 0);
    ASSERT_TRUE(copy.Copy(&copied[i], &precise_[0], &kind, 1));
    EXPECT_EQ(copy.bytes(), FixedBytes(5));
    HeapInit(receivers[i]);
    HeapJoin(receivers[i], cache_, copy.Finish());
  }
  const uint64_t text = reinterpret_cast<Object*>(precise_[0])->payload[3];
  EXPECT_EQ(reinterpret_cast<Object*>(copied[0])->payload[3], text);
  Block* block = FindBlock(text);
  EXPECT_EQ(block->shared_owners.load(), 3);
  // Nobody can extend it in place any more.
  EXPECT_EQ(reinterpret_cast<SnowBytesHead*>(text)->capacity, 100000u);
  HeapDestroy(receivers[0], cache_);
  precise_[0] = 0;
  CollectNow(Collection::kFull);
  EXPECT_EQ(block->shared_owners.load(), 1);
  EXPECT_EQ(reinterpret_cast<SnowBytesHead*>(text)->fill, 100000u);
  HeapDestroy(receivers[1], cache_);
}

}  // namespace
}  // namespace snow::rt
