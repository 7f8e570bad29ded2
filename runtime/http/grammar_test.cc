#include "runtime/http/grammar.h"

#include <gtest/gtest.h>

#include "runtime/http/url.h"

namespace snow::rt {
namespace {

TEST(Grammar, ListsAreComparedByElement) {
  EXPECT_TRUE(ListContains("a, Upgrade ,b", "upgrade"));
  EXPECT_TRUE(ListContains(",,x", "x"));
  EXPECT_FALSE(ListContains("upgraded", "upgrade"));
  EXPECT_FALSE(ListContains("", "x"));
}

TEST(Grammar, Utf8) {
  EXPECT_TRUE(IsWholeUtf8(""));
  EXPECT_TRUE(IsWholeUtf8("plain text of more than eight bytes"));
  EXPECT_TRUE(IsWholeUtf8("h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80"));
  EXPECT_TRUE(IsWholeUtf8("\xf4\x8f\xbf\xbf"));
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x8f\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xe2\x82", "\xc3x", "\xff"}) {
    EXPECT_FALSE(IsWholeUtf8(bad)) << bad;
  }
}

TEST(Grammar, Utf8AcrossPieces) {
  std::string_view text = "a\xf0\x9f\x98\x80z";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    Utf8Check check;
    EXPECT_TRUE(check.Feed(text.substr(0, cut)));
    EXPECT_TRUE(check.Feed(text.substr(cut)));
    EXPECT_TRUE(check.IsComplete());
  }
}

TEST(Url, PercentDecoding) {
  EXPECT_EQ(PercentDecode("a%20b+c", false), "a b+c");
  EXPECT_EQ(PercentDecode("a%20b+c", true), "a b c");
  EXPECT_EQ(PercentDecode("%C3%a9", false), "\xc3\xa9");
  EXPECT_EQ(PercentDecode("%", false), "%");
  EXPECT_EQ(PercentDecode("%4", false), "%4");
  EXPECT_EQ(PercentDecode("%zz%41", false), "%zzA");
  EXPECT_EQ(PercentEncode("a b/\xc3\xa9~"), "a%20b%2F%C3%A9~");
}

TEST(Url, Queries) {
  std::string_view query = "a=1&&b=&c&d=x=y&%61=2";
  EXPECT_EQ(FindQueryValue(query, "a"), "1");
  EXPECT_EQ(FindQueryValue(query, "b"), "");
  EXPECT_EQ(FindQueryValue(query, "c"), "");
  EXPECT_EQ(FindQueryValue(query, "d"), "x=y");
  EXPECT_EQ(FindQueryValue(query, "e"), std::nullopt);
  EXPECT_EQ(FindQueryValue("%61+b=2%26", "a b"), "2&");
}

TEST(Url, Cookies) {
  std::string_view cookies = "a=1; b=\"two\";; =x; c; d = e=f ";
  std::string_view name;
  std::string_view value;
  ASSERT_TRUE(NextCookie(cookies, name, value));
  EXPECT_EQ(name, "a");
  EXPECT_EQ(value, "1");
  ASSERT_TRUE(NextCookie(cookies, name, value));
  EXPECT_EQ(name, "b");
  EXPECT_EQ(value, "two");
  ASSERT_TRUE(NextCookie(cookies, name, value));
  EXPECT_EQ(name, "d");
  EXPECT_EQ(value, "e=f");
  EXPECT_FALSE(NextCookie(cookies, name, value));
}

}  // namespace
}  // namespace snow::rt
