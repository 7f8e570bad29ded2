#ifndef SNOW_SNOWPKG_PUBLISH_PACK_H_
#define SNOW_SNOWPKG_PUBLISH_PACK_H_

#include <string>
#include <string_view>
#include <vector>

#include "snowpkg/archive/archive.h"
#include "snowpkg/base/result.h"
#include "snowpkg/manifest/manifest.h"

namespace snow::pkg {

struct PackedPackage {
  std::vector<ArchiveFile> files;  // sorted by path
  std::string archive;
};

// What `snow publish` sends of a package folder: snow.toml, README*, LICENSE* and CHANGELOG*, the
// .snow files beside the manifest, everything below src/, and what [package] include names. Hidden
// files and folders never.
Result<PackedPackage> PackPackage(const std::string& folder, const Manifest& manifest);

// What the manifest of a published package must be like: errors name the line.
Status CheckPublishable(const Manifest& manifest);

// Whether a pattern of `include` takes a path: `*` and `?` within a part, `**` for any parts.
bool MatchesPattern(std::string_view pattern, std::string_view path);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_PUBLISH_PACK_H_
