#ifndef SNOW_SNOWPKG_OPERATIONS_PROJECT_H_
#define SNOW_SNOWPKG_OPERATIONS_PROJECT_H_

#include <optional>
#include <string>
#include <vector>

#include "snowpkg/api.h"
#include "snowpkg/lockfile/lockfile.h"
#include "snowpkg/operations/session.h"
#include "snowpkg/workspace/workspace.h"

namespace snow::pkg {

// A project with its lockfile as they are on disk.
struct Project {
  Workspace workspace;
  std::optional<Lockfile> lock;

  std::string LockPath() const;
};

Result<Project> LoadProject(const std::string& folder);

// Whether anything must be fetched for the workspace at all.
bool NeedsLockfile(const Workspace& workspace);

// Writes snow.lock when its text changes; removes nothing.
Status WriteLock(const Project& project, const Lockfile& lock);

// The lockfile that fits the manifests: that on disk when it does, otherwise one that is resolved
// and written (or, if the context is locked, refused). Sets `changed` when it was written. A
// project that needs none gets an empty one, which is not written.
Result<Lockfile> EnsureLock(const Context& context, Project* project, bool* changed);

// The packages of a lockfile and workspace for the compiler; all are in the store.
Result<ResolvedPackages> Assemble(const Context& context, const Project& project,
                                  const Lockfile& lock);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_OPERATIONS_PROJECT_H_
