#ifndef SNOW_SNOWPKG_GIT_GIT_H_
#define SNOW_SNOWPKG_GIT_GIT_H_

#include <string>
#include <vector>

#include "snowpkg/archive/archive.h"
#include "snowpkg/base/result.h"

namespace snow::pkg {

// What a git dependency names: at most one of these is not empty; none: the default branch.
struct GitReference {
  std::string rev;
  std::string tag;
  std::string branch;

  // "tag v1"; empty for the default branch.
  std::string ToString() const;
};

// Packages out of git repositories, through the `git` executable. Repositories are kept bare below
// <home>/git and updated when needed. Nothing of a repository is executed: files are read out of
// the object store without a checkout, hooks, filters or submodules, and the protocols `ext` and
// `fd`, which run commands, are not allowed. Safe for several processes. Errors are of kind kGit.
class GitRepositories {
 public:
  explicit GitRepositories(std::string home, bool offline)
      : home_(std::move(home)), offline_(offline) {}

  // The commit that a reference names now (asks the repository, unless it is a full commit that is
  // here).
  Result<std::string> Resolve(const std::string& url, const GitReference& reference);

  // The files of a commit, which is fetched when it is not here. Links, submodules and paths that
  // no package may have are errors.
  Result<std::vector<ArchiveFile>> ReadCommit(const std::string& url, const std::string& commit);

 private:
  std::string RepositoryFolder(const std::string& url) const;
  // Makes the bare repository when it is not here; does not fetch.
  Result<std::string> Prepare(const std::string& url) const;
  Status FetchAll(const std::string& url, const std::string& folder) const;
  bool HasCommit(const std::string& folder, const std::string& commit) const;

  std::string home_;
  bool offline_;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_GIT_GIT_H_
