#ifndef SNOW_SNOWPKG_REGISTRY_CLIENT_REGISTRY_H_
#define SNOW_SNOWPKG_REGISTRY_CLIENT_REGISTRY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "snowpkg/base/json.h"
#include "snowpkg/base/result.h"
#include "snowpkg/log/log_client.h"
#include "snowpkg/registry_client/index.h"
#include "snowpkg/registry_client/transport.h"

namespace snow::pkg {

struct RegistryOptions {
  std::string url;         // without a trailing slash
  std::string home;        // the user's folder: caches, known keys, the log's memory
  std::string pinned_key;  // Base64; empty: the key known from an earlier visit, or the first one
  bool offline = false;    // http(s): caches only; file: URLs are read all the same
  HttpOptions http;
};

// What a publisher sends; the archive apart.
struct PublishRequest {
  std::string name;
  Version version;
  std::vector<IndexDependency> dependencies;
  CapabilitySet capabilities;
  std::string description;
  std::string license;
  std::string homepage;
  std::string repository;
  std::vector<std::string> authors;
  std::vector<std::string> keywords;
};

struct Account {
  std::string user;
  std::vector<std::string> scopes;
};

// One registry, as README.md describes it, seen by a client that does not trust it: everything that
// comes out of here is well formed, archives have the hash that the index states, and VerifyInLog
// proves that the index states what the signed log does. One object is for one thread.
class Registry {
 public:
  // Reads config.json and the log's head.
  static Result<std::unique_ptr<Registry>> Open(const RegistryOptions& options);

  const std::string& url() const { return options_.url; }
  const std::string& public_key() const { return public_key_; }  // Base64
  std::optional<int64_t> min_age_seconds() const { return min_age_seconds_; }

  // Reads the index files of these packages that are not loaded yet, several at a time.
  Status Load(const std::vector<std::string>& packages);
  // Versions in the order in which they were published; empty when there is no such package. Null
  // before Load.
  const std::vector<IndexVersion>* Find(const std::string& package) const;

  // Proves that the log's head continues the one remembered, and that these versions are in the
  // log. Offline nothing can be asked, and nothing is proved.
  Status VerifyInLog(const std::vector<const IndexVersion*>& versions);

  // Downloads archives, several at a time, and calls `take` (not concurrently) with the number of
  // each in the list and its bytes, which have the size and hash that the index states. Stops at
  // the first error, of its own or of `take`.
  Status FetchArchives(const std::vector<const IndexVersion*>& versions,
                       const std::function<Status(size_t, std::string)>& take);

  // The requests that need a token. kRefused: the registry said no, in its own words.
  Result<Account> WhoAmI(const std::string& token);
  // The number of the new entry; the log's head is read anew.
  Result<uint64_t> Publish(const std::string& token, const PublishRequest& request,
                           const std::string& archive);
  Result<std::optional<uint64_t>> Yank(const std::string& token, const std::string& name,
                                       const Version& version, bool yanked);

 private:
  explicit Registry(const RegistryOptions& options) : options_(options) {}

  Status ReadConfig(const std::string& text);
  Status CheckKey(const std::string& origin);
  Status ReadCheckpoint();
  bool CacheOnly() const;
  std::string CachePath(const std::string& path) const;
  Result<Fetched> FetchOne(const std::string& path, uint64_t limit);
  // The files with their bytes; those that did not change come out of the cache.
  std::vector<Result<Fetched>> FetchCached(const std::vector<std::string>& paths, uint64_t limit);
  Result<Json> Call(const std::string& path, const std::string& token, const std::string* body);
  Result<std::string> ApiUrl(const std::string& path) const;

  RegistryOptions options_;
  std::unique_ptr<Transport> transport_;
  std::string public_key_;
  std::string api_;
  std::optional<int64_t> min_age_seconds_;
  std::string checkpoint_;
  LogHead head_;
  std::unique_ptr<LogClient> log_;
  LogIdentity identity_;
  std::map<std::string, std::vector<IndexVersion>> packages_;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_REGISTRY_CLIENT_REGISTRY_H_
