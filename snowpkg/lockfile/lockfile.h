#ifndef SNOW_SNOWPKG_LOCKFILE_LOCKFILE_H_
#define SNOW_SNOWPKG_LOCKFILE_LOCKFILE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "snowpkg/base/hash.h"
#include "snowpkg/base/result.h"
#include "snowpkg/manifest/capability.h"
#include "snowpkg/manifest/manifest.h"
#include "snowpkg/version/version.h"

namespace snow::pkg {

inline constexpr std::string_view kLockfileName = "snow.lock";

// A package whose sources lie in the project (workspace member or path dependency): what its
// manifest asked for when the lockfile was made.
struct LockedLocal {
  std::string name;
  std::string path;                // relative to the lockfile's folder; "." is the folder itself
  std::vector<std::string> needs;  // "greetings ^1.2", sorted
  std::vector<std::string> dev_needs;

  friend bool operator==(const LockedLocal&, const LockedLocal&) = default;
};

// A package that is fetched: from a registry, or a git repository.
struct LockedPackage {
  std::string name;
  Version version;
  std::string registry;   // URL; empty: from git
  std::string git;        // URL; empty: from a registry
  std::string reference;  // git: "tag v1", "branch main", "rev 1234abc", or empty
  std::string commit;     // git: 40 (or 64) hexadecimal digits
  Digest checksum;        // registry: of the archive; git: of the tree (TreeDigest)
  CapabilitySet capabilities;
  std::vector<std::string> dependencies;  // names, sorted

  friend bool operator==(const LockedPackage&, const LockedPackage&) = default;
};

// The key by which a registry's log was known when the lockfile was made: it holds for everyone who
// works on the project, not for one machine only.
struct LockedRegistry {
  std::string url;
  std::string public_key;  // Base64

  friend bool operator==(const LockedRegistry&, const LockedRegistry&) = default;
};

// snow.lock. A value type. Lists are sorted (locals and packages by name, registries by URL).
struct Lockfile {
  std::vector<LockedLocal> locals;
  std::vector<LockedRegistry> registries;
  std::vector<LockedPackage> packages;

  const LockedPackage* Find(std::string_view name) const;
  const LockedLocal* FindLocal(std::string_view name) const;
  void Sort();

  friend bool operator==(const Lockfile&, const Lockfile&) = default;
};

// The text of a lockfile: TOML with one key a line and lists on one line, in an order that the
// content alone decides. Values are written as JSON too, so a reader that goes line by line and
// knows JSON (Starlark) needs no TOML.
std::string WriteLockfile(const Lockfile& lock);

// Any bytes in; a lockfile whose names, versions, sources and checksums are well formed and whose
// dependencies are all there, or one error (kLockfile) with its place.
Result<Lockfile> ParseLockfile(std::string_view text, const std::string& file);

// None when there is no such file.
Result<std::optional<Lockfile>> LoadLockfile(const std::string& path);

// What a manifest asks for, as lockfiles keep it.
LockedLocal DescribeLocal(const Manifest& manifest, const std::string& path);

// How the lockfile differs from what the manifests say now, as a sentence ("`notes` now needs
// greetings ^2"); empty when it does not. `locals` is sorted by name.
std::string FindDrift(const Lockfile& lock, const std::vector<LockedLocal>& locals);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_LOCKFILE_LOCKFILE_H_
