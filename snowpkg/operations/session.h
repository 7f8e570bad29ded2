#ifndef SNOW_SNOWPKG_OPERATIONS_SESSION_H_
#define SNOW_SNOWPKG_OPERATIONS_SESSION_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "snowpkg/api.h"
#include "snowpkg/base/directory_lock.h"
#include "snowpkg/git/git.h"
#include "snowpkg/lockfile/lockfile.h"
#include "snowpkg/manifest/manifest.h"
#include "snowpkg/registry_client/registry.h"
#include "snowpkg/store/store.h"

namespace snow::pkg {

// What one operation has open: registries, store, git. Lives as long as the operation; for one
// thread.
class Session {
 public:
  // `project` gives the names of registries; `lock` the keys by which they are known. Both may be
  // null.
  static Result<Session> Open(const Context& context, const Manifest* project,
                              const Lockfile* lock);

  const Context& context() const { return context_; }
  Store& store() { return store_; }
  GitRepositories& git() { return git_; }
  int64_t Now() const;
  void Tell(Event::Kind kind, const std::string& subject, uint64_t done = 0,
            uint64_t total = 0) const;

  // The URL of a registry given by name or URL; the default one for "". `own` is the manifest that
  // uses the name and is asked first; may be null.
  Result<std::string> RegistryUrl(const std::string& name, const Manifest* own) const;
  // The registry at a URL, opened at its first use.
  Result<Registry*> RegistryAt(const std::string& url);

  // The token for a registry: that of the context, or the stored one.
  Result<std::string> TokenFor(const std::string& url) const;

  // Keeps other commands off the project's snow.toml and snow.lock.
  Result<DirectoryLock> LockProject(const std::string& root) const;

 private:
  Session(const Context& context)
      : context_(context), store_(context.home), git_(context.home, context.offline) {}

  std::string PinnedKey(const std::string& url) const;

  const Context& context_;
  Store store_;
  GitRepositories git_;
  std::map<std::string, RegistryConfig> project_registries_;
  std::map<std::string, RegistryConfig> user_registries_;
  std::map<std::string, std::string> locked_keys_;  // by URL
  std::map<std::string, std::unique_ptr<Registry>> open_;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_OPERATIONS_SESSION_H_
