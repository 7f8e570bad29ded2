#include "runtime/http/chunked.h"

#include <gtest/gtest.h>

#include <string>

namespace snow::rt {
namespace {

using Step = ChunkedDecoder::Step;

// Decodes with the input cut into pieces of `piece` bytes; `used` counts what the decoder took.
Step Decode(std::string_view input, size_t piece, std::string& body, size_t& used) {
  ChunkedDecoder decoder;
  body.clear();
  used = 0;
  while (true) {
    std::string_view part = input.substr(used, piece);
    auto result = decoder.Next(part);
    used += result.used;
    if (result.step == Step::kData) body += result.data;
    if (result.step == Step::kDone || result.step == Step::kBad) return result.step;
    if (result.step == Step::kNeedMore && used == input.size()) return result.step;
  }
}

TEST(Chunked, DecodesWhateverThePieces) {
  std::string_view input = "4\r\nWiki\r\n6;name=value\r\npedia \r\n0\r\nTrailer: x\r\n\r\nNEXT";
  for (size_t piece = 1; piece <= input.size(); ++piece) {
    std::string body;
    size_t used;
    EXPECT_EQ(Decode(input, piece, body, used), Step::kDone);
    EXPECT_EQ(body, "Wikipedia ");
    EXPECT_EQ(input.substr(used), "NEXT");
  }
}

TEST(Chunked, Refuses) {
  for (std::string_view bad :
       {"\r\n", "x\r\n", "4\nWiki\r\n", "4\r\nWikiX", "4\r\nWiki\n", "-4\r\n", "0x4\r\n",
        "1234567890abcdef0\r\n", "4\r\r\n", "0\r\n bad\r\n\r\n", "0\r\n\rX", "0\r\n\n",
        " 4\r\nWiki", "0\r\nA: \x01\r\n\r\n", "4;\x01\r\n"}) {
    std::string body;
    size_t used;
    EXPECT_EQ(Decode(bad, 1000, body, used), Step::kBad) << bad;
  }
}

TEST(Chunked, BoundsLines) {
  std::string body;
  size_t used;
  EXPECT_EQ(Decode("4;" + std::string(5000, 'a'), 100, body, used), Step::kBad);
  EXPECT_EQ(Decode("0\r\nX: " + std::string(20000, 'a'), 100, body, used), Step::kBad);
  std::string many = "0\r\n";
  for (int i = 0; i < 10000; ++i) many += "A:b\r\n";
  EXPECT_EQ(Decode(many, 100, body, used), Step::kBad);
}

}  // namespace
}  // namespace snow::rt
