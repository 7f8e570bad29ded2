#include <gtest/gtest.h>

#include "runtime/abi/functions.h"
#include "runtime/text/fake_heap.h"

namespace snow::rt {
namespace {

struct Decompressed {
  bool ok;
  std::string text;
};

Decompressed Decompress(int64_t kind, SnowPair data, int64_t limit = 1 << 24) {
  uint64_t out[3];
  snow_decompress(nullptr, kind, WORDS(data), limit, out);
  return {out[0] == 0, Text({out[1], out[2]})};
}

TEST(Compress, RoundTrips) {
  std::string large;
  for (int i = 0; i < 20000; ++i) large += std::to_string(i * 7919 % 1000);
  for (const std::string& text : {std::string(), std::string("a"), std::string(100000, 'x'), large}) {
    for (int64_t kind : {0, 1, 2, 3}) {
      const SnowPair data = S(text);
      const SnowPair small = snow_compress(nullptr, kind, WORDS(data), 6);
      const Decompressed back = Decompress(kind, small);
      EXPECT_TRUE(back.ok) << kind;
      EXPECT_EQ(back.text, text) << kind;
    }
  }
}

TEST(Compress, MembersOfGzipFollowEachOther) {
  const SnowPair a = S("first ");
  const SnowPair b = S("second");
  const SnowPair both =
      S(Text(snow_compress(nullptr, 0, WORDS(a), 6)) + Text(snow_compress(nullptr, 0, WORDS(b), 6)));
  EXPECT_EQ(Decompress(0, both).text, "first second");
}

TEST(Compress, RefusesWhatIsMalformedOrTooLarge) {
  const std::string text(100000, 'x');
  const SnowPair data = S(text);
  for (int64_t kind : {0, 1, 2, 3}) {
    const std::string small = Text(snow_compress(nullptr, kind, WORDS(data), 6));
    EXPECT_FALSE(Decompress(kind, S(small), 99999).ok);
    EXPECT_TRUE(Decompress(kind, S(small), 100000).ok);
    for (size_t cut = 0; cut < small.size(); cut += 3) {
      EXPECT_FALSE(Decompress(kind, S(small.substr(0, cut))).ok) << kind << " " << cut;
    }
    EXPECT_FALSE(Decompress(kind, S("nonsense that is no compressed data")).ok);
  }
}

}  // namespace
}  // namespace snow::rt
