// The routines over strings.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "runtime/abi/functions.h"
#include "runtime/text/fake_heap.h"
#include "runtime/text/string_value.h"

namespace {

using snow::rt::S;
using snow::rt::StringArg;
using snow::rt::Text;

TEST(StringValue, ShortAndLong) {
  EXPECT_EQ(Text(S("")), "");
  EXPECT_EQ(Text(S("fifteen bytes..")), "fifteen bytes..");
  EXPECT_EQ(Text(S("sixteen bytes...")), "sixteen bytes...");
  const SnowPair a = S("abc");
  const SnowPair b = S("abc");
  EXPECT_EQ(a.first, b.first);
  EXPECT_EQ(a.second, b.second);
}

TEST(String, ConcatExtendsInPlaceOnlyAtTheEnd) {
  const SnowPair base = S("0123456789abcdef");
  const SnowPair x = S("x");
  const SnowPair y = S("y");
  const SnowPair first = snow_string_concat(nullptr, WORDS(base), WORDS(x));
  const SnowPair second = snow_string_concat(nullptr, WORDS(first), WORDS(x));
  EXPECT_EQ(first.first, second.first);
  const SnowPair branch = snow_string_concat(nullptr, WORDS(first), WORDS(y));
  EXPECT_EQ(Text(second), "0123456789abcdefxx");
  EXPECT_EQ(Text(branch), "0123456789abcdefxy");
  EXPECT_EQ(Text(first), "0123456789abcdefx");
}

TEST(String, ConcatOfAStringWithItself) {
  SnowPair s = S("0123456789abcdef");
  s = snow_string_concat(nullptr, WORDS(s), WORDS(s));
  s = snow_string_concat(nullptr, WORDS(s), WORDS(s));
  EXPECT_EQ(Text(s), "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
}

TEST(String, LengthsCountCharacters) {
  const SnowPair s = S("naïve 日本語 🎉!");
  EXPECT_EQ(snow_string_length(nullptr, WORDS(s)), 12);
  EXPECT_EQ(snow_string_byte_length(nullptr, WORDS(s)), 22);
}

TEST(String, SliceIsClamped) {
  const SnowPair s = S("héllo, a long text of many words");
  const auto slice = [&](int64_t from, int64_t to) {
    return Text(snow_string_slice(nullptr, WORDS(s), from, to));
  };
  EXPECT_EQ(slice(1, 3), "él");
  EXPECT_EQ(slice(-5, 2), "hé");
  EXPECT_EQ(slice(27, 99), "words");
  EXPECT_EQ(slice(99, 100), "");
  EXPECT_EQ(slice(3, 1), "");
  EXPECT_EQ(slice(0, INT64_MAX), "héllo, a long text of many words");
}

TEST(String, Replace) {
  const auto replace = [](std::string_view s, std::string_view from, std::string_view to,
                          int64_t limit = -1) {
    const SnowPair a = S(s);
    const SnowPair b = S(from);
    const SnowPair c = S(to);
    return Text(snow_string_replace(nullptr, WORDS(a), WORDS(b), WORDS(c), limit));
  };
  EXPECT_EQ(replace("banana", "a", "-"), "b-n-n-");
  EXPECT_EQ(replace("banana", "a", "A", 1), "bAnana");
  EXPECT_EQ(replace("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace("abc", "", "x"), "abc");
  EXPECT_EQ(replace("a-b-c", "-", ""), "abc");
  EXPECT_EQ(replace("x", "x", "a much longer text than before"), "a much longer text than before");
}

TEST(String, TrimKnowsUnicodeSpace) {
  const SnowPair s = S("\u3000 x y\u00a0\n");
  EXPECT_EQ(Text(snow_string_trim(nullptr, WORDS(s), 3)), "x y");
  EXPECT_EQ(Text(snow_string_trim(nullptr, WORDS(s), 1)), "x y\u00a0\n");
  EXPECT_EQ(Text(snow_string_trim(nullptr, WORDS(s), 2)), "\u3000 x y");
  const SnowPair blank = S(" \t ");
  EXPECT_EQ(Text(snow_string_trim(nullptr, WORDS(blank), 3)), "");
}

TEST(String, Inspect) {
  const SnowPair s = S("a\"b\\\n\x01 $x ${y} é");
  EXPECT_EQ(Text(snow_string_inspect(nullptr, WORDS(s))), R"("a\"b\\\n\x01 $x \${y} é")");
}

TEST(String, RepeatAndReverse) {
  const SnowPair s = S("aé");
  EXPECT_EQ(Text(snow_string_repeat(nullptr, WORDS(s), 7)), "aéaéaéaéaéaéaé");
  EXPECT_EQ(Text(snow_string_repeat(nullptr, WORDS(s), 0)), "");
  EXPECT_EQ(Text(snow_string_repeat(nullptr, WORDS(s), -1)), "");
  EXPECT_EQ(Text(snow_string_reverse(nullptr, WORDS(s))), "éa");
}

TEST(String, CaseAndFolding) {
  const auto upper = [](std::string_view t) {
    const SnowPair s = S(t);
    return Text(snow_string_to_upper(nullptr, WORDS(s)));
  };
  EXPECT_EQ(upper("snow"), "SNOW");
  EXPECT_EQ(upper("äöß"), "ÄÖSS");
  const SnowPair lower = S("ÄÖ");
  EXPECT_EQ(Text(snow_string_to_lower(nullptr, WORDS(lower))), "äö");
  const auto same = [](std::string_view t, std::string_view u) {
    const SnowPair a = S(t);
    const SnowPair b = S(u);
    return snow_string_equals_ignore_case(nullptr, WORDS(a), WORDS(b));
  };
  EXPECT_TRUE(same("Snow", "sNOW"));
  EXPECT_TRUE(same("straße", "STRASSE"));
  EXPECT_FALSE(same("snow", "snows"));
}

TEST(String, NormalFormsAndGraphemes) {
  const SnowPair decomposed = S("e\u0301e\u0301");
  EXPECT_EQ(Text(snow_string_normalize(nullptr, WORDS(decomposed), 0)), "éé");
  const SnowPair composed = S("é");
  EXPECT_EQ(Text(snow_string_normalize(nullptr, WORDS(composed), 1)), "e\u0301");
  EXPECT_EQ(snow_string_grapheme_end(nullptr, WORDS(decomposed), 0), 3);
  EXPECT_EQ(snow_string_grapheme_end(nullptr, WORDS(decomposed), 3), 6);
}

TEST(Number, IntToTextAndBack) {
  EXPECT_EQ(Text(snow_int_to_string(nullptr, INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(Text(snow_int_to_base(nullptr, 10, 2)), "1010");
  EXPECT_EQ(Text(snow_int_to_base(nullptr, -255, 16)), "-ff");
  const auto parse = [](std::string_view t, bool trim = false) {
    const SnowPair s = S(t);
    const SnowPair r = snow_int_parse(nullptr, WORDS(s), trim);
    return r.first == 0 ? std::string("None") : std::to_string(static_cast<int64_t>(r.second));
  };
  EXPECT_EQ(parse("42"), "42");
  EXPECT_EQ(parse("+42"), "42");
  EXPECT_EQ(parse("-9223372036854775808"), "-9223372036854775808");
  for (const char* bad : {"", "-", "+-1", "4x2", " 42", "9223372036854775808", "1_0"}) {
    EXPECT_EQ(parse(bad), "None") << bad;
  }
  EXPECT_EQ(parse(" 42\n", true), "42");
}

TEST(Number, FloatDisplay) {
  const auto display = [](double f) { return Text(snow_float_to_string(nullptr, f)); };
  EXPECT_EQ(display(3.5), "3.5");
  EXPECT_EQ(display(42), "42");
  EXPECT_EQ(display(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(display(1e21), "1e21");
  EXPECT_EQ(display(1.5e-20), "1.5e-20");
  EXPECT_EQ(display(1e15), "1000000000000000");
  EXPECT_EQ(display(1e16), "1e16");
  EXPECT_EQ(display(1e-16), "0.0000000000000001");
  EXPECT_EQ(display(9.9e-17), "9.9e-17");
  EXPECT_EQ(display(-0.0), "-0");
  EXPECT_EQ(display(HUGE_VAL), "inf");
  EXPECT_EQ(display(-HUGE_VAL), "-inf");
  EXPECT_EQ(display(NAN), "NaN");
  EXPECT_EQ(display(std::numeric_limits<double>::denorm_min()), "5e-324");
  EXPECT_EQ(Text(snow_float_inspect(nullptr, 42)), "42.0");
  EXPECT_EQ(Text(snow_float_inspect(nullptr, 1e300)), "1e300");
  EXPECT_EQ(Text(snow_float_to_json(nullptr, NAN)), "null");
  EXPECT_EQ(Text(snow_float_to_fixed(nullptr, 3.14159, 2)), "3.14");
  EXPECT_EQ(Text(snow_float_to_fixed(nullptr, 0.3, 2)), "0.30");
  EXPECT_EQ(Text(snow_float_to_fixed(nullptr, 1e300, 1000)).size(), 301U + 1 + 1000);
  EXPECT_EQ(Text(snow_float_to_scientific(nullptr, 12345.678, 3)), "1.235e+04");
}

TEST(Number, FloatParse) {
  const auto parse = [](std::string_view t) -> std::string {
    const SnowPair s = S(t);
    const SnowPair r = snow_float_parse(nullptr, WORDS(s), false);
    double f;
    memcpy(&f, &r.second, sizeof f);
    return r.first == 0 ? "None" : Text(snow_float_to_string(nullptr, f));
  };
  EXPECT_EQ(parse("2.5"), "2.5");
  EXPECT_EQ(parse("+2"), "2");
  EXPECT_EQ(parse("-1e3"), "-1000");
  EXPECT_EQ(parse("1e999"), "inf");
  EXPECT_EQ(parse("-1e999"), "-inf");
  EXPECT_EQ(parse("1e-999"), "0");
  EXPECT_EQ(parse("0.000001e-400"), "0");
  EXPECT_EQ(parse("inf"), "inf");
  EXPECT_EQ(parse("nan"), "NaN");
  for (const char* bad : {"", "two", "2.5x", "1e", "+-1", " 1", "nan(1)", "0x10"}) {
    EXPECT_EQ(parse(bad), "None") << bad;
  }
}

TEST(Codec, RoundTrips) {
  const std::string bytes("\x00\x01\xfe\xff~ abc/é", 12);
  for (size_t length = 0; length <= bytes.size(); ++length) {
    const std::string part = bytes.substr(0, length);
    for (int64_t kind = 0; kind <= 6; ++kind) {
      const SnowPair s = S(part);
      const SnowPair text = snow_text_encode(nullptr, WORDS(s), kind);
      uint64_t out[3];
      snow_text_decode(nullptr, WORDS(text), kind, out);
      ASSERT_EQ(out[0], 1U) << Text(text) << " " << kind;
      EXPECT_EQ(Text({out[1], out[2]}), part) << kind;
    }
  }
}

TEST(Codec, KnownForms) {
  const auto encode = [](std::string_view t, int64_t kind) {
    const SnowPair s = S(t);
    return Text(snow_text_encode(nullptr, WORDS(s), kind));
  };
  EXPECT_EQ(encode("\xff\x01", 0), "ff01");
  EXPECT_EQ(encode("any carnal pleas", 1), "YW55IGNhcm5hbCBwbGVhcw==");
  EXPECT_EQ(encode("\xfb\xff", 2), "-_8");
  EXPECT_EQ(encode("fooba", 3), "MZXW6YTB");
  EXPECT_EQ(encode("foob", 3), "MZXW6YQ=");
  EXPECT_EQ(encode("a b/é", 4), "a%20b%2F%C3%A9");
  EXPECT_EQ(encode("a b/é", 5), "a%20b/%C3%A9");
  EXPECT_EQ(encode("a b&", 6), "a+b%26");
  EXPECT_EQ(encode("<a href='x'>&", 7), "&lt;a href=&#39;x&#39;&gt;&amp;");
}

TEST(Codec, Malformed) {
  const auto decode = [](std::string_view t, int64_t kind) {
    const SnowPair s = S(t);
    uint64_t out[3];
    snow_text_decode(nullptr, WORDS(s), kind, out);
    return out[0] == 1;
  };
  EXPECT_FALSE(decode("f", 0));
  EXPECT_FALSE(decode("fg", 0));
  EXPECT_FALSE(decode("YW5", 1));
  EXPECT_FALSE(decode("YW5=YW5=", 1));
  EXPECT_FALSE(decode("YW5*", 1));
  EXPECT_FALSE(decode("YWF=", 1));  // bits left over
  EXPECT_TRUE(decode("YWE", 2));
  EXPECT_TRUE(decode("YWE=", 2));
  EXPECT_FALSE(decode("%4", 4));
  EXPECT_FALSE(decode("%zz", 4));
}

TEST(Bytes, Numbers) {
  SnowPair b = S("");
  b = snow_bytes_append_int(nullptr, WORDS(b), 0x1234, 2, true);
  b = snow_bytes_append_int(nullptr, WORDS(b), -2, 8, false);
  EXPECT_EQ(snow_bytes_read_int(nullptr, WORDS(b), 0, 2, true), 0x1234);
  EXPECT_EQ(snow_bytes_read_int(nullptr, WORDS(b), 0, 2, false), 0x3412);
  EXPECT_EQ(snow_bytes_read_int(nullptr, WORDS(b), 2, 8, false), -2);
}

TEST(Bytes, Utf8) {
  const auto valid = [](std::string_view t) {
    const SnowPair s = S(t);
    return snow_bytes_is_utf8(nullptr, WORDS(s));
  };
  EXPECT_TRUE(valid("plain ascii that is long enough é 日 🎉"));
  for (const char* bad : {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\xe6\x97", "abcdefgh\xff"}) {
    EXPECT_FALSE(valid(bad));
  }
  const SnowPair bad = S("a\xe6\x97z\xff");
  EXPECT_EQ(Text(snow_bytes_to_utf8_lossy(nullptr, WORDS(bad))), "a\uFFFDz\uFFFD");
}

}  // namespace
