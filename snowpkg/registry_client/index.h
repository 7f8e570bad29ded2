#ifndef SNOW_SNOWPKG_REGISTRY_CLIENT_INDEX_H_
#define SNOW_SNOWPKG_REGISTRY_CLIENT_INDEX_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "snowpkg/base/hash.h"
#include "snowpkg/base/result.h"
#include "snowpkg/manifest/capability.h"
#include "snowpkg/version/requirement.h"
#include "snowpkg/version/version.h"

namespace snow::pkg {

struct IndexDependency {
  std::string name;
  Requirement requirement;
  std::string registry;  // URL; empty: the same registry
};

// One published version, as the index tells it.
struct IndexVersion {
  std::string name;
  Version version;
  std::vector<IndexDependency> dependencies;
  Digest checksum;
  uint64_t size = 0;
  CapabilitySet capabilities;
  int64_t published = 0;
  uint64_t log = 0;  // its number in the log
  std::string line;  // the leaf of the log
  bool yanked = false;
  std::string obstacle;  // why this program cannot use it; empty: it can
};

// Where the index file of a package lies: "index/gr/greetings".
std::string IndexPath(std::string_view package);
std::string ArchivePath(const Digest& checksum);

// Reads the events of one package. Lines whose number is not below `log_size` are not there yet.
// Any bytes in; versions in the order of the file, or one error (kUntrusted) that names the line.
Result<std::vector<IndexVersion>> ParseIndex(std::string_view text, const std::string& package,
                                             uint64_t log_size);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_REGISTRY_CLIENT_INDEX_H_
