#ifndef SNOW_SNOWPKG_ARCHIVE_TAR_H_
#define SNOW_SNOWPKG_ARCHIVE_TAR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "snowpkg/archive/archive.h"
#include "snowpkg/base/result.h"

namespace snow::pkg {

// The bytes of a tar file with the files in the order given: mode 0644, no times, no owners. A path
// that ustar cannot hold is an error.
Result<std::string> WriteTar(const std::vector<ArchiveFile>& files);

// The plain files of a tar file of at most `max_files` entries; entries of any other kind are
// refused. Paths are as they stand in it: the caller checks them.
Result<std::vector<ArchiveFile>> ReadTar(std::string_view tar, size_t max_files);

// How much of a tar file a file of so many bytes takes.
uint64_t TarSize(uint64_t file_size);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_ARCHIVE_TAR_H_
