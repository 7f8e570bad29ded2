#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "runtime/abi/functions.h"
#include "runtime/text/fake_heap.h"

namespace snow::rt {
namespace {

std::vector<int64_t> Match(std::string_view pattern, std::string_view text, int64_t from = 0,
                           bool ignore_case = false) {
  const SnowPair p = S(pattern);
  const SnowPair t = S(text);
  const std::string bytes = Text(snow_regex_match(nullptr, WORDS(p), ignore_case, WORDS(t), from));
  std::vector<int64_t> words(bytes.size() / 8);
  // An empty vector has no memory that memcpy could be given.
  if (!words.empty()) memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

using Words = std::vector<int64_t>;

TEST(Regex, MatchesWithGroups) {
  EXPECT_EQ(Match("([a-z]+)@([a-z]+)(!)?", "to ann@home"), (Words{3, 11, 3, 6, 7, 11, -1, -1}));
  EXPECT_EQ(Match("a", "banana", 2), (Words{3, 4}));
  EXPECT_EQ(Match("^a", "banana", 1), Words{});
  EXPECT_EQ(Match("", "ab", 2), (Words{2, 2}));
  EXPECT_EQ(Match("x", "ab"), Words{});
  EXPECT_EQ(Match("B", "ab", 0, true), (Words{1, 2}));
}

TEST(Regex, PatternsWithErrors) {
  const auto check = [](std::string_view pattern) {
    const SnowPair p = S(pattern);
    return Text(snow_regex_check(nullptr, WORDS(p), false));
  };
  EXPECT_EQ(check("[0-9]+"), "");
  EXPECT_NE(check("("), "");
  EXPECT_EQ(Match("(", "("), Words{});
}

TEST(Regex, Names) {
  const SnowPair p = S("(?P<year>[0-9]+)-([0-9]+)-(?P<day_of_the_month>[0-9]+)");
  EXPECT_EQ(Text(snow_regex_names(nullptr, WORDS(p))), "3 day_of_the_month\n1 year\n");
}

TEST(Regex, ManyPatternsAreForgotten) {
  for (int i = 0; i < 2000; ++i) {
    EXPECT_EQ(Match("(?:a|" + std::to_string(i) + ")b", "xab"), (Words{1, 3}));
  }
}

}  // namespace
}  // namespace snow::rt
