#ifndef SNOW_SNOWPKG_OPERATIONS_GIT_PACKAGES_H_
#define SNOW_SNOWPKG_OPERATIONS_GIT_PACKAGES_H_

#include <map>
#include <string>

#include "snowpkg/operations/session.h"
#include "snowpkg/operations/solve.h"
#include "snowpkg/workspace/workspace.h"

namespace snow::pkg {

// A git dependency, fetched: its manifest, and what the lockfile will say of it (dependencies
// excepted).
struct GitPackage {
  Manifest manifest;
  LockedPackage locked;
};

// All git packages that a workspace needs, and those that they need in turn, by name, in the store.
// The commit that the lockfile of before has is kept unless it is to be forgotten.
Result<std::map<std::string, GitPackage>> LoadGitPackages(Session& session,
                                                          const Workspace& workspace,
                                                          const Lockfile* before,
                                                          const SolveOptions& options);

// Fetches the package of a git dependency as it is now into the store. `name` is what it must be
// called; empty: as it calls itself.
Result<GitPackage> FetchGitPackage(Session& session, const std::string& name,
                                   const std::string& url, const GitReference& reference);

// Brings a locked git package that the store lacks there.
Status RestoreGitPackage(Session& session, const LockedPackage& locked);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_OPERATIONS_GIT_PACKAGES_H_
