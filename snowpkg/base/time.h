#ifndef SNOW_SNOWPKG_BASE_TIME_H_
#define SNOW_SNOWPKG_BASE_TIME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace snow::pkg {

// Seconds since 1970 of "2026-11-24T23:31:07Z" (that form only: UTC, whole seconds).
std::optional<int64_t> ParseTime(std::string_view text);
std::string FormatTime(int64_t seconds);

// Seconds of "90s", "30m", "12h", "7d", "2w" and "0"; at most 100 years.
std::optional<int64_t> ParseDuration(std::string_view text);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_BASE_TIME_H_
