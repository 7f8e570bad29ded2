#ifndef SNOW_SNOWPKG_OPERATIONS_SOLVE_H_
#define SNOW_SNOWPKG_OPERATIONS_SOLVE_H_

#include <optional>
#include <set>
#include <string>

#include "snowpkg/lockfile/lockfile.h"
#include "snowpkg/operations/session.h"
#include "snowpkg/workspace/workspace.h"

namespace snow::pkg {

// What the lockfile of before counts for.
struct SolveOptions {
  bool forget_all = false;       // nothing: newest versions everywhere
  std::set<std::string> forget;  // nothing for these packages
};

// Chooses the packages of a workspace: asks registries and repositories for what the lockfile of
// before (null: none) does not settle, keeps what it can, and proves that each version chosen is in
// its registry's log. Fetches git packages into the store, but no archives; writes no lockfile.
Result<Lockfile> Solve(Session& session, const Workspace& workspace, const Lockfile* before,
                       const SolveOptions& options);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_OPERATIONS_SOLVE_H_
