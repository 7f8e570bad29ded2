#include "snowc/syntax/literals.h"

#include <gtest/gtest.h>

#include <cmath>

namespace snow {
namespace {

std::string One(std::string_view token) { return DecodeString({token}).front(); }

TEST(LiteralsTest, DecodesInts) {
  EXPECT_EQ(DecodeInt("42"), 42u);
  EXPECT_EQ(DecodeInt("1_000_000"), 1'000'000u);
  EXPECT_EQ(DecodeInt("0xFF_FF"), 65'535u);
  EXPECT_EQ(DecodeInt("0Xff"), 255u);
  EXPECT_EQ(DecodeInt("0B1010"), 10u);
  EXPECT_EQ(DecodeInt("0o755"), 493u);
  EXPECT_EQ(DecodeInt("0"), 0u);
  EXPECT_EQ(DecodeInt("007"), 7u);
  EXPECT_EQ(DecodeInt("9223372036854775808"), kNegatedIntMin);
  EXPECT_EQ(DecodeInt("18446744073709551615"), ~uint64_t{0});
  EXPECT_EQ(DecodeInt("18446744073709551616"), std::nullopt);
  EXPECT_EQ(DecodeInt("0x1_0000_0000_0000_0000"), std::nullopt);
}

TEST(LiteralsTest, DecodesFloats) {
  EXPECT_EQ(DecodeFloat("3.14"), 3.14);
  EXPECT_EQ(DecodeFloat("1_234.5"), 1234.5);
  EXPECT_EQ(DecodeFloat("1.0e-9"), 1e-9);
  EXPECT_EQ(DecodeFloat("2e10"), 2e10);
  EXPECT_TRUE(std::isinf(DecodeFloat("1e999")));
  EXPECT_EQ(DecodeFloat("1e-999"), 0.0);
}

TEST(LiteralsTest, DecodesEscapes) {
  EXPECT_EQ(One(R"("a\tb\n\r\\\"\$")"), "a\tb\n\r\\\"$");
  EXPECT_EQ(One(R"("\0")"), std::string(1, '\0'));
  EXPECT_EQ(One(R"("\x41\x5A\xe9")"), "AZ\u00e9");
  EXPECT_EQ(One(R"("\u{1F600} \u{e9} \u{800}")"), "\U0001F600 \u00e9 \u0800");
  EXPECT_EQ(One(R"("$1 and $")"), "$1 and $");
}

TEST(LiteralsTest, MakesNewlinesOfAllLineEnds) { EXPECT_EQ(One("\"a\r\nb\rc\nd\""), "a\nb\nc\nd"); }

TEST(LiteralsTest, DecodesPartsAroundInterpolations) {
  EXPECT_EQ(DecodeString({"\"a ${", "} b ${", "} c\""}),
            (std::vector<std::string>{"a ", " b ", " c"}));
  EXPECT_EQ(DecodeString({"\"${", "}\""}), (std::vector<std::string>{"", ""}));
}

TEST(LiteralsTest, RemovesTheIndentationOfAHeredoc) {
  EXPECT_EQ(One("\"\"\"\n    one\n      two\n\n    three\n    \"\"\""), "one\n  two\n\nthree\n");
  EXPECT_EQ(One("\"\"\"\n  SELECT \"name\"\n  FROM t\"\"\""), "SELECT \"name\"\nFROM t");
  EXPECT_EQ(One("\"\"\"\n\ttabs\n\t\"\"\""), "tabs\n");
  EXPECT_EQ(One("\"\"\"\n less\n    \"\"\""), "less\n");
}

TEST(LiteralsTest, KeepsAHeredocThatBeginsOnItsLine) {
  EXPECT_EQ(One("\"\"\"one \"line\" only\"\"\""), "one \"line\" only");
  EXPECT_EQ(One("\"\"\"a\n  b\n  \"\"\""), "a\n  b\n  ");
  EXPECT_EQ(One("\"\"\"\"\"\""), "");
  EXPECT_EQ(One("\"\"\"\n\"\"\""), "");
}

TEST(LiteralsTest, RemovesIndentationAcrossInterpolations) {
  EXPECT_EQ(DecodeString({"\"\"\"\n    a ${", "}\n      b ${", "}\n    \"\"\""}),
            (std::vector<std::string>{"a ", "\n  b ", "\n"}));
  // The last line begins in an earlier part.
  EXPECT_EQ(DecodeString({"\"\"\"\n    a\n    ${", "} z\"\"\""}),
            (std::vector<std::string>{"a\n", " z"}));
}

TEST(LiteralsTest, EscapesDoNotCountAsIndentation) {
  EXPECT_EQ(One("\"\"\"\n  \\x20 a\\n  b\n  \"\"\""), "  a\n  b\n");
}

}  // namespace
}  // namespace snow
