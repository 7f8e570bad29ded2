#ifndef SNOW_SNOWPKG_WORKSPACE_WORKSPACE_H_
#define SNOW_SNOWPKG_WORKSPACE_WORKSPACE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "snowpkg/base/result.h"
#include "snowpkg/manifest/manifest.h"

namespace snow::pkg {

// A package whose sources lie in the project: a member of its workspace, or a path dependency
// (whose dev-dependencies nobody needs: they are left out).
struct LocalPackage {
  Manifest manifest;
  std::string folder;  // absolute
  std::string path;    // relative to the workspace's root; "." is the root itself
  bool is_member = false;
};

// The project around a folder. A package that no workspace claims is a workspace of one.
struct Workspace {
  std::string root;                    // absolute; snow.lock lies here
  Manifest root_manifest;              // of root/snow.toml
  std::vector<LocalPackage> packages;  // by name
  std::optional<size_t> current;  // the package that was asked for; none for a root without one

  const LocalPackage* Find(std::string_view name) const;
};

// Texts to read in place of files, by absolute path: what a command is about to write.
using FileOverrides = std::map<std::string, std::string>;

// The folder with snow.toml that `path` lies in, itself included.
std::optional<std::string> FindManifestFolder(const std::string& path);

// Reads the manifests of the project that `folder` (with a snow.toml, or below one) belongs to:
// its workspace, all members, and path dependencies of each. Errors: no manifest (kNotFound), bad
// manifests, members or paths that are not there, two packages of one name.
Result<Workspace> LoadWorkspace(const std::string& folder, const FileOverrides& overrides = {});

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_WORKSPACE_WORKSPACE_H_
