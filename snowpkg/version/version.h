#ifndef SNOW_SNOWPKG_VERSION_VERSION_H_
#define SNOW_SNOWPKG_VERSION_VERSION_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "snowpkg/base/result.h"

namespace snow::pkg {

// A semantic version (semver.org 2.0.0). A value type. Ordered by precedence; build metadata is
// kept for printing and compares as equal, as the specification says.
class Version {
 public:
  Version() = default;
  Version(uint64_t major, uint64_t minor, uint64_t patch)
      : major_(major), minor_(minor), patch_(patch) {}

  // Errors (kManifest) say what is wrong with the text.
  static Result<Version> Parse(std::string_view text);

  uint64_t major() const { return major_; }
  uint64_t minor() const { return minor_; }
  uint64_t patch() const { return patch_; }
  // "alpha", "1" of 1.0.0-alpha.1; empty for a release.
  const std::vector<std::string>& pre() const { return pre_; }
  bool is_prerelease() const { return !pre_.empty(); }
  const std::string& build() const { return build_; }

  std::string ToString() const;

  friend std::strong_ordering operator<=>(const Version& a, const Version& b);
  friend bool operator==(const Version& a, const Version& b) { return (a <=> b) == 0; }

 private:
  uint64_t major_ = 0;
  uint64_t minor_ = 0;
  uint64_t patch_ = 0;
  std::vector<std::string> pre_;
  std::string build_;
};

// Precedence of the pre-release parts alone; none at all (a release) is the greatest.
std::strong_ordering ComparePre(const std::vector<std::string>& a,
                                const std::vector<std::string>& b);

// The identifiers of "alpha.1"; errors as Version::Parse.
Result<std::vector<std::string>> ParsePre(std::string_view text);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_VERSION_VERSION_H_
