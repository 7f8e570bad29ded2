#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "snowc/base/arena.h"
#include "snowc/base/index.h"
#include "snowc/base/interner.h"
#include "snowc/base/source.h"

namespace snow {
namespace {

TEST(IndexTest, IsInvalidUntilSet) {
  EXPECT_FALSE(StringId().IsValid());
  EXPECT_TRUE(StringId(0).IsValid());
  EXPECT_LT(StringId(1), StringId(2));
  static_assert(!std::is_convertible_v<StringId, FileId>);
  static_assert(sizeof(StringId) == 4);
}

TEST(ArenaTest, KeepsObjectsInPlaceWhenItGrowsAndMoves) {
  Arena arena;
  int* first = arena.New<int>(7);
  std::span<int> large = arena.CopyArray(std::span<const int>(std::vector<int>(100'000, 3)));
  for (int i = 0; i < 10'000; ++i) arena.New<double>(1.0);
  Arena moved = std::move(arena);
  moved.New<int>(1);
  EXPECT_EQ(*first, 7);
  EXPECT_EQ(large[99'999], 3);
}

TEST(ArenaTest, AlignsObjects) {
  Arena arena;
  arena.New<char>('a');
  EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.New<double>(1.0)) % alignof(double), 0u);
}

TEST(InternerTest, GivesOneIdToEqualStrings) {
  Interner interner;
  StringId a = interner.Intern("apple");
  EXPECT_EQ(interner.Intern(std::string("app") + "le"), a);
  EXPECT_NE(interner.Intern("apples"), a);
  EXPECT_EQ(interner.Get(a), "apple");
  EXPECT_EQ(interner.Find("apple"), a);
  EXPECT_EQ(interner.Find("pear"), std::nullopt);
  EXPECT_EQ(interner.Size(), 2u);
}

TEST(InternerTest, SurvivesGrowth) {
  Interner interner;
  std::set<uint32_t> ids;
  for (int i = 0; i < 20'000; ++i) ids.insert(interner.Intern("name" + std::to_string(i)).value);
  EXPECT_EQ(ids.size(), 20'000u);
  EXPECT_EQ(interner.Get(interner.Intern("name777")), "name777");
  EXPECT_EQ(interner.Size(), 20'000u);
}

TEST(InternerTest, TellsStringsWithNulBytesApart) {
  Interner interner;
  EXPECT_NE(interner.Intern(std::string_view("a\0b", 3)), interner.Intern("a"));
  EXPECT_NE(interner.Intern(std::string_view("\0", 1)), interner.Intern(""));
}

TEST(SourceTest, CountsLinesByEveryLineEnd) {
  SourceFile file(FileId(0), "a.snow", "one\ntwo\r\nthree\rfour");
  EXPECT_EQ(file.LineCount(), 4u);
  EXPECT_EQ(file.LineText(1), "one");
  EXPECT_EQ(file.LineText(2), "two");
  EXPECT_EQ(file.LineText(3), "three");
  EXPECT_EQ(file.LineText(4), "four");
  EXPECT_EQ(file.Locate(9), (LineColumn{3, 1}));
}

TEST(SourceTest, CountsColumnsInCharacters) {
  SourceFile file(FileId(0), "a.snow", "h\xC3\xA9\xF0\x9F\x98\x80x");
  EXPECT_EQ(file.Locate(0), (LineColumn{1, 1}));
  EXPECT_EQ(file.Locate(1), (LineColumn{1, 2}));
  EXPECT_EQ(file.Locate(2), (LineColumn{1, 2}));
  EXPECT_EQ(file.Locate(3), (LineColumn{1, 3}));
  EXPECT_EQ(file.Locate(7), (LineColumn{1, 4}));
  EXPECT_EQ(file.Locate(100), (LineColumn{1, 5}));
  EXPECT_EQ(file.OffsetOf({1, 4}), 7u);
  EXPECT_EQ(file.OffsetOf({1, 99}), 8u);
}

TEST(SourceTest, GivesAByteOrderMarkNoColumn) {
  SourceFile file(FileId(0), "a.snow",
                  "\xEF\xBB\xBF"
                  "x = 1\ny");
  EXPECT_EQ(file.Locate(3), (LineColumn{1, 1}));
  EXPECT_EQ(file.LineText(1), "x = 1");
  EXPECT_EQ(file.OffsetOf({1, 1}), 3u);
}

TEST(SourceTest, AnEmptyFileHasOneLine) {
  SourceFile file(FileId(0), "a.snow", "");
  EXPECT_EQ(file.LineCount(), 1u);
  EXPECT_EQ(file.Locate(0), (LineColumn{1, 1}));
}

TEST(SourceTest, SetsKeepFilesInPlace) {
  SourceSet sources;
  const SourceFile& first = sources.Add("a.snow", "a");
  for (int i = 0; i < 100; ++i) sources.Add("b.snow", "b");
  EXPECT_EQ(&sources.Get(first.id()), &first);
  EXPECT_EQ(first.TextOf({first.id(), 0, 1}), "a");
}

TEST(SpanTest, JoinsFromFirstToLast) {
  Span a{FileId(0), 1, 2};
  Span b{FileId(0), 5, 9};
  EXPECT_EQ(Join(a, b), (Span{FileId(0), 1, 9}));
  EXPECT_EQ(Join(Span(), b), b);
  EXPECT_EQ(Join(a, Span()), a);
}

}  // namespace
}  // namespace snow
