#include "runtime/json/scan.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace snow::rt {
namespace {

JsonFault Scan(std::string_view text, std::vector<uint64_t>* out = nullptr, int64_t limit = 512) {
  JsonWords counter(nullptr);
  const JsonFault fault = ScanJson(text, limit, counter);
  if (fault.reason != nullptr || out == nullptr) return fault;
  out->assign(counter.count(), 0);
  JsonWords words(out->data());
  ScanJson(text, limit, words);
  EXPECT_EQ(words.count(), counter.count());
  return fault;
}

TEST(ScanJson, Words) {
  std::vector<uint64_t> words;
  ASSERT_EQ(Scan(R"( {"a": [1, null], "b\n": true} )", &words).reason, nullptr);
  const std::vector<uint64_t> expected = {
      2 << 4 | kJsonObject, 1 << 4 | kJsonText, 3, 2 << 4 | kJsonArray, kJsonInt, 1, kJsonNull,
      3 << 4 | kJsonEscapedText, 19, kJsonTrue};
  EXPECT_EQ(words, expected);
}

TEST(ScanJson, Numbers) {
  const auto kind = [](std::string_view text) {
    std::vector<uint64_t> words;
    return Scan(text, &words).reason == nullptr ? words[0] : 99;
  };
  EXPECT_EQ(kind("9223372036854775807"), kJsonInt);
  EXPECT_EQ(kind("-9223372036854775808"), kJsonInt);
  EXPECT_EQ(kind("9223372036854775808"), kJsonFloat);
  EXPECT_EQ(kind("1.0"), kJsonFloat);
  EXPECT_EQ(kind("-0"), kJsonInt);
  EXPECT_EQ(kind("1e3"), kJsonFloat);
  EXPECT_EQ(kind("1e-999"), kJsonFloat);
  EXPECT_EQ(kind("1e999"), 99U);
  for (const char* bad : {"01", "+1", "1.", ".5", "1e", "-", "--1", "0x1", "NaN", "1 2"}) {
    EXPECT_EQ(kind(bad), 99U) << bad;
  }
}

TEST(ScanJson, Faults) {
  struct Case {
    const char* text;
    size_t at;
  };
  for (const Case& c : {Case{"", 0}, {"{\"a\": }", 6}, {"[1,]", 3}, {"[1 2]", 3}, {"{a:1}", 1},
                        {"{\"a\" 1}", 5}, {"[", 1}, {"{\"a\":1,}", 7}, {"\"abc", 4}, {"\"\\x\"", 2},
                        {"\"\\u12g4\"", 5}, {"tru", 0}, {"[] []", 3}, {"\"a\nb\"", 2}, {"]", 0}}) {
    const JsonFault fault = Scan(c.text);
    ASSERT_NE(fault.reason, nullptr) << c.text;
    EXPECT_EQ(fault.at, c.at) << c.text;
  }
}

TEST(ScanJson, DepthLimit) {
  const std::string deep = std::string(512, '[') + std::string(512, ']');
  EXPECT_EQ(Scan(deep).reason, nullptr);
  EXPECT_STREQ(Scan("[" + deep + "]").reason, "nested too deeply");
  EXPECT_STREQ(Scan(std::string(100000, '[')).reason, "nested too deeply");
}

TEST(UnescapeJson, Escapes) {
  const auto unescape = [](std::string_view source) {
    std::string room(source.size(), '\0');
    room.resize(static_cast<size_t>(UnescapeJson(source, room.data()) - room.data()));
    return room;
  };
  EXPECT_EQ(unescape(R"(a\"\\\/\b\f\n\r\tz)"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(unescape(R"(\u00e9\u65E5)"), "é日");
  EXPECT_EQ(unescape(R"(\ud83c\udf89!)"), "🎉!");
  EXPECT_EQ(unescape(R"(\ud83c)"), "\uFFFD");
  EXPECT_EQ(unescape(R"(\ud83c\u0041)"), "\uFFFDA");
  EXPECT_EQ(unescape(R"(\udf89)"), "\uFFFD");
}

TEST(QuoteJson, Escapes) {
  const std::string source("a\"\\\n\x01\x1fé/", 9);
  std::string room(source.size() * 6 + 2, '\0');
  room.resize(static_cast<size_t>(QuoteJson(source, room.data()) - room.data()));
  EXPECT_EQ(room, R"("a\"\\\n\u0001\u001fé/")");
}

}  // namespace
}  // namespace snow::rt
