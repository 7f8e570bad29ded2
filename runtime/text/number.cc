// Numbers to text and back.
#include <array>
#include <charconv>
#include <cmath>

#include "runtime/abi/functions.h"
#include "runtime/text/characters.h"
#include "runtime/text/string_value.h"

namespace snow::rt {
namespace {

// The longest double in fixed notation with 1,000 digits after the point, and some.
using FloatText = std::array<char, 1400>;

// The text of an infinite number or NaN; empty for all others.
std::string_view NonFinite(double f) {
  if (std::isnan(f)) return "NaN";
  if (std::isinf(f)) return f > 0 ? "inf" : "-inf";
  return {};
}

// `1e+21` and `1.5e-07` become `1e21` and `1.5e-7`.
std::string_view ShortExponent(char* begin, char* end) {
  char* e = begin;
  while (*e != 'e') ++e;
  char* to = e + 1;
  char* from = e + 1;
  if (*from == '-') *to++ = *from++;
  if (*from == '+') ++from;
  while (from + 1 < end && *from == '0') ++from;
  while (from < end) *to++ = *from++;
  return {begin, static_cast<size_t>(to - begin)};
}

// The shortest digits that read back: plain for 0 and from 1e-16 up to 1e16, otherwise with an
// exponent. `point`: a whole number in plain notation ends in ".0".
std::string_view ShortestText(double f, bool point, FloatText& buffer) {
  if (std::string_view text = NonFinite(f); !text.empty()) return text;
  const double size = std::fabs(f);
  char* begin = buffer.data();
  char* limit = begin + buffer.size() - 2;
  if (size != 0 && (size < 1e-16 || size >= 1e16)) {
    return ShortExponent(begin, std::to_chars(begin, limit, f, std::chars_format::scientific).ptr);
  }
  char* end = std::to_chars(begin, limit, f, std::chars_format::fixed).ptr;
  const std::string_view digits(begin, static_cast<size_t>(end - begin));
  if (point && digits.find('.') == std::string_view::npos) {
    *end++ = '.';
    *end++ = '0';
  }
  return {begin, static_cast<size_t>(end - begin)};
}

// What is out of a double's range is infinite or zero: which, tell the decimal exponent and the
// place of the first digit that is not 0.
double OutOfRange(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t e = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, e);
  int64_t exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view digits = text.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (result.ec != std::errc()) exponent = digits.starts_with('-') ? INT32_MIN : INT32_MAX;
  }
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  const size_t first = mantissa.find_first_not_of("0.");
  const auto place = static_cast<int64_t>(point) - static_cast<int64_t>(first) + exponent;
  const double value = place > 0 ? HUGE_VAL : 0.0;
  return negative ? -value : value;
}

bool ParseFloat(std::string_view text, double& value) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) return false;
  }
  // "nan(…)" is the only form with a parenthesis
  if (text.empty() || text.back() == ')') return false;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ptr != end) return false;
  if (result.ec == std::errc::result_out_of_range) value = OutOfRange(text);
  return result.ec != std::errc::invalid_argument;
}

// The words of an Option<Int>.
SnowPair ParseInt(std::string_view text, int base) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return {0, 0};
  }
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, base);
  if (result.ec != std::errc() || result.ptr != end) return {0, 0};
  return {1, static_cast<uint64_t>(value)};
}

}  // namespace
}  // namespace snow::rt

using snow::rt::FloatText;
using snow::rt::NewString;
using snow::rt::StringArg;

extern "C" {

SnowPair snow_int_to_string(SnowActor* actor, int64_t n) { return snow_int_to_base(actor, n, 10); }

SnowPair snow_int_to_base(SnowActor* actor, int64_t n, int64_t base) {
  std::array<char, 72> buffer;
  char* begin = buffer.data();
  char* end = std::to_chars(begin, begin + buffer.size(), n, static_cast<int>(base)).ptr;
  return NewString(actor, {begin, static_cast<size_t>(end - begin)});
}

SnowPair snow_int_parse(SnowActor*, uint64_t s_0, uint64_t s_1, bool trim) {
  const StringArg s(s_0, s_1);
  return snow::rt::ParseInt(trim ? snow::rt::Trimmed(s.view()) : s.view(), 10);
}

SnowPair snow_int_parse_base(SnowActor*, uint64_t s_0, uint64_t s_1, int64_t base) {
  const StringArg s(s_0, s_1);
  return snow::rt::ParseInt(s.view(), static_cast<int>(base));
}

SnowPair snow_float_to_string(SnowActor* actor, double f) {
  FloatText buffer;
  return NewString(actor, snow::rt::ShortestText(f, false, buffer));
}

SnowPair snow_float_inspect(SnowActor* actor, double f) {
  FloatText buffer;
  return NewString(actor, snow::rt::ShortestText(f, true, buffer));
}

SnowPair snow_float_to_json(SnowActor* actor, double f) {
  if (!std::isfinite(f)) return NewString(actor, "null");
  return snow_float_inspect(actor, f);
}

SnowPair snow_float_to_fixed(SnowActor* actor, double f, int64_t digits) {
  const std::string_view special = snow::rt::NonFinite(f);
  if (!special.empty()) return NewString(actor, special);
  FloatText buffer;
  char* begin = buffer.data();
  char* end = std::to_chars(begin, begin + buffer.size(), f, std::chars_format::fixed,
                            static_cast<int>(digits))
                  .ptr;
  return NewString(actor, {begin, static_cast<size_t>(end - begin)});
}

SnowPair snow_float_to_scientific(SnowActor* actor, double f, int64_t digits) {
  const std::string_view special = snow::rt::NonFinite(f);
  if (!special.empty()) return NewString(actor, special);
  FloatText buffer;
  char* begin = buffer.data();
  char* end = std::to_chars(begin, begin + buffer.size(), f, std::chars_format::scientific,
                            static_cast<int>(digits))
                  .ptr;
  return NewString(actor, {begin, static_cast<size_t>(end - begin)});
}

SnowPair snow_float_parse(SnowActor*, uint64_t s_0, uint64_t s_1, bool trim) {
  const StringArg s(s_0, s_1);
  double value = 0;
  if (!snow::rt::ParseFloat(trim ? snow::rt::Trimmed(s.view()) : s.view(), value)) return {0, 0};
  SnowPair result{1, 0};
  static_assert(sizeof value == sizeof result.second);
  memcpy(&result.second, &value, sizeof value);
  return result;
}

}  // extern "C"
