#include "snowpkg/base/time.h"

#include <chrono>
#include <cstdio>

#include "snowpkg/base/text.h"

namespace snow::pkg {

std::optional<int64_t> ParseTime(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  if (text.size() != kShape.size()) return std::nullopt;
  for (size_t i = 0; i < kShape.size(); ++i) {
    bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) return std::nullopt;
  }
  auto number = [&](size_t at, size_t length) {
    return static_cast<int>(*ParseUnsigned(text.substr(at, length)));
  };
  std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                   std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                   std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  int hour = number(11, 2);
  int minute = number(14, 2);
  int second = number(17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + hour * 3600 + minute * 60 + second;
}

std::string FormatTime(int64_t seconds) {
  int64_t day = seconds >= 0 ? seconds / 86400 : -((86399 - seconds) / 86400);
  int64_t rest = seconds - day * 86400;
  std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  char text[64];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(rest / 3600), static_cast<int>(rest / 60 % 60),
                static_cast<int>(rest % 60));
  return text;
}

std::optional<int64_t> ParseDuration(std::string_view text) {
  if (text == "0") return 0;
  if (text.size() < 2) return std::nullopt;
  int64_t unit = 0;
  switch (text.back()) {
    case 's':
      unit = 1;
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86400;
      break;
    case 'w':
      unit = 7 * 86400;
      break;
    default:
      return std::nullopt;
  }
  constexpr int64_t kLongest = int64_t{100} * 365 * 86400;
  std::optional<uint64_t> count = ParseUnsigned(text.substr(0, text.size() - 1));
  if (!count || *count > static_cast<uint64_t>(kLongest / unit)) return std::nullopt;
  return static_cast<int64_t>(*count) * unit;
}

}  // namespace snow::pkg
