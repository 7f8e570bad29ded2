#ifndef SNOW_SNOWPKG_BASE_TEXT_H_
#define SNOW_SNOWPKG_BASE_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snow::pkg {

// Pieces of `text` between separators; "" gives one empty piece.
std::vector<std::string_view> Split(std::string_view text, char separator);
std::string Join(const std::vector<std::string>& pieces, std::string_view separator);
std::string_view Trim(std::string_view text);

// The decimal number that `text` is, digits alone; none when it is anything else or does not fit.
std::optional<uint64_t> ParseUnsigned(std::string_view text);

// The candidate that a person who wrote `word` most likely meant; empty when none is near.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

// "`a`, `b` and `c`".
std::string QuotedList(const std::vector<std::string>& words);

// `text` made fit for a one-line message: at most `limit` bytes, control characters replaced.
std::string Excerpt(std::string_view text, size_t limit = 80);

// Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool IsUtf8(std::string_view text);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_BASE_TEXT_H_
