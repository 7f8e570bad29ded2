#ifndef SNOW_SNOWPKG_ARCHIVE_ARCHIVE_H_
#define SNOW_SNOWPKG_ARCHIVE_ARCHIVE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "snowpkg/base/hash.h"
#include "snowpkg/base/result.h"

namespace snow::pkg {

// A package archive is a tar file (POSIX ustar) of plain files, compressed as one Zstandard frame.
// Packing the same files gives the same bytes: sorted by path, no times, owners or modes.

struct ArchiveFile {
  std::string path;  // relative, parts between '/'
  std::string bytes;

  friend bool operator==(const ArchiveFile&, const ArchiveFile&) = default;
};

struct ArchiveLimits {
  size_t files = 20'000;
  uint64_t file_bytes = uint64_t{64} << 20;
  uint64_t total_bytes = uint64_t{256} << 20;  // uncompressed, headers included
};

// The compressed archive. Errors (kArchive): a path that CheckPaths refuses or that is too long for
// tar, or a limit.
Result<std::string> PackArchive(std::vector<ArchiveFile> files, const ArchiveLimits& limits = {});

// The files of an archive from anywhere, sorted by path: any bytes in; files with safe paths, or
// one error (kArchive) out. Refused are absolute paths, `..`, links, devices and folders as
// entries, a name twice (also in other case), a file that is a folder of another, sizes beyond the
// limits (found while decompressing, not after), wrong checksums, and anything behind the end.
Result<std::vector<ArchiveFile>> UnpackArchive(std::string_view archive,
                                               const ArchiveLimits& limits = {});

// Whether these paths can lie beside each other in a folder of any system; sorted or not.
Status CheckPaths(const std::vector<ArchiveFile>& files);

// A hash of paths and contents that does not depend on how they were packed.
Digest TreeDigest(const std::vector<ArchiveFile>& files);
// The same from paths and the hashes of contents.
Digest TreeDigestOf(std::vector<std::pair<std::string, Digest>> files);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_ARCHIVE_ARCHIVE_H_
