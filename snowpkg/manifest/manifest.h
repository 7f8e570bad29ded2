#ifndef SNOW_SNOWPKG_MANIFEST_MANIFEST_H_
#define SNOW_SNOWPKG_MANIFEST_MANIFEST_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "snowpkg/base/result.h"
#include "snowpkg/manifest/capability.h"
#include "snowpkg/version/requirement.h"
#include "snowpkg/version/version.h"

namespace snow::pkg {

inline constexpr std::string_view kManifestName = "snow.toml";

// One line of [dependencies] or [dev-dependencies].
struct Dependency {
  std::string name;
  // What the version must satisfy; `*` when none was written (path and git only).
  Requirement requirement;
  bool has_version = false;
  std::string path;  // relative to the manifest's folder; empty: not a path dependency
  std::string git;   // URL; empty: not a git dependency
  std::string rev;   // at most one of rev, tag, branch; none: the default branch
  std::string tag;
  std::string branch;
  std::string registry;  // name in [registries] or a URL; empty: the default registry
  Place place;

  bool FromRegistry() const { return path.empty() && git.empty(); }
  // What the line says, without its place: "^1.2", "path ../x", "git URL tag v1, ^1.0". Lockfiles
  // keep it to notice changes.
  std::string Describe() const;
};

struct RegistryConfig {
  std::string url;
  std::string public_key;  // Base64; pins the key of the log; empty: remembered at the first visit
  Place place;
};

// snow.toml, checked. A value type.
struct Manifest {
  std::string file;  // as given to ParseManifest

  bool has_package = false;  // false only for the root of a workspace that is no package itself
  std::string name;
  Version version;
  std::string description;
  std::string license;
  std::vector<std::string> authors;
  std::string homepage;
  std::string repository;
  std::vector<std::string> keywords;
  std::string entry;                 // relative path; empty: found by convention
  std::vector<std::string> include;  // patterns of further files to publish
  bool publish = true;               // false: `snow publish` refuses
  Place name_place;
  Place version_place;

  std::vector<Dependency> dependencies;  // in the order of the file
  std::vector<Dependency> dev_dependencies;

  // What dependencies may reach: `allow` holds for all of them together, a line in
  // [capabilities.packages] for that package instead. Neither: what the lockfile has recorded.
  std::optional<CapabilitySet> allow;
  std::map<std::string, CapabilitySet> allow_package;

  std::map<std::string, RegistryConfig> registries;  // "default" is the one used without a name

  bool is_workspace = false;
  std::vector<std::string> members;  // folders, relative; a last part `*` is every folder there

  std::optional<int64_t> min_age_seconds;  // [resolution] min-age

  const Dependency* FindDependency(std::string_view dependency) const;
};

// Reads snow.toml. Any bytes in; a manifest, or one error (kManifest) with file, line and column.
Result<Manifest> ParseManifest(std::string_view text, const std::string& file);
// Reads the manifest of a package or workspace folder.
Result<Manifest> LoadManifest(const std::string& directory);

// The [registries] of a file that holds nothing else: the user's config.toml.
Result<std::map<std::string, RegistryConfig>> ParseRegistries(std::string_view text,
                                                              const std::string& file);

// [a-z][a-z0-9_]*, at most 64, no double or final underscore.
bool IsPackageName(std::string_view name);
// The reason why it is none, and a name that would do.
Error BadPackageName(std::string_view name);
// "json_patch" is the module JsonPatch.
std::string ModuleName(std::string_view package);

// A capability list ["net", "fs"] given as words; unknown words are errors with near names.
Result<CapabilitySet> ParseCapabilities(const std::vector<std::string>& words);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_MANIFEST_MANIFEST_H_
