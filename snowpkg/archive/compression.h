#ifndef SNOW_SNOWPKG_ARCHIVE_COMPRESSION_H_
#define SNOW_SNOWPKG_ARCHIVE_COMPRESSION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "snowpkg/base/result.h"

namespace snow::pkg {

// One Zstandard frame with a checksum. The same bytes for the same input and library.
Result<std::string> Compress(std::string_view bytes);

// What one frame holds: at most `limit` bytes, noticed while decompressing. Refused (kArchive):
// what is no frame, a damaged one, one that wants more than 32 MiB of window, anything behind it.
Result<std::string> Decompress(std::string_view bytes, uint64_t limit);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_ARCHIVE_COMPRESSION_H_
