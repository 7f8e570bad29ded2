// Any bytes as an archive, and as the tar inside (which compression would hide from a fuzzer).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "snowpkg/archive/archive.h"
#include "snowpkg/archive/tar.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace snow::pkg;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ArchiveLimits limits;
  limits.total_bytes = 1 << 20;
  Result<std::vector<ArchiveFile>> files = UnpackArchive(bytes, limits);
  if (!files.ok()) files = ReadTar(bytes, limits.files);
  if (!files.ok() || !CheckPaths(*files).ok()) return 0;
  Result<std::string> again = PackArchive(*files, limits);
  if (!again.ok()) return 0;
  Result<std::vector<ArchiveFile>> back = UnpackArchive(*again, limits);
  if (!back.ok() || TreeDigest(*back) != TreeDigest(*files)) std::abort();
  return 0;
}
