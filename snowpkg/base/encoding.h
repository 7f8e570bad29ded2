#ifndef SNOW_SNOWPKG_BASE_ENCODING_H_
#define SNOW_SNOWPKG_BASE_ENCODING_H_

#include <optional>
#include <string>
#include <string_view>

namespace snow::pkg {

// Lower-case hexadecimal.
std::string HexEncode(std::string_view bytes);
// None unless `text` is an even number of hexadecimal digits.
std::optional<std::string> HexDecode(std::string_view text);

// Base64 of RFC 4648 section 4, with padding.
std::string Base64Encode(std::string_view bytes);
// None unless `text` is the canonical encoding of some bytes (padded, no spaces, no spare bits).
std::optional<std::string> Base64Decode(std::string_view text);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_BASE_ENCODING_H_
