#ifndef SNOW_SNOWPKG_REGISTRY_CLIENT_TEST_REGISTRY_H_
#define SNOW_SNOWPKG_REGISTRY_CLIENT_TEST_REGISTRY_H_

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "snowpkg/archive/archive.h"
#include "snowpkg/log/test_log.h"
#include "snowpkg/registry_client/test_server.h"

namespace snow::pkg {

// A registry in memory, for tests: the files of README.md by their paths, with a log that is really
// signed; and, as a handler for TestServer, the writes. Safe for several threads.
class TestRegistry {
 public:
  explicit TestRegistry(std::string seed = std::string(32, 's'));

  // Publishes a package whose archive holds snow.toml and src/lib.snow. `deps` is the JSON list.
  void Publish(const std::string& name, const std::string& version, const std::string& deps = "[]",
               const std::string& capabilities = "[]",
               const std::string& published = "2026-01-01T00:00:00Z");
  // The same with an archive of one's own.
  void PublishArchive(const std::string& name, const std::string& version,
                      const std::string& archive, const std::string& deps,
                      const std::string& capabilities, const std::string& published);
  void Yank(const std::string& name, const std::string& version, bool yanked = true);

  // Adds or replaces a member of config.json, given as JSON.
  void SetConfig(const std::string& name, const std::string& json);

  // Changes a file behind the log's back.
  void Tamper(const std::string& path, const std::function<void(std::string*)>& change);
  std::optional<std::string> File(const std::string& path) const;
  TestLog& log() { return log_; }
  std::string public_key() const;  // Base64

  // Serves the files (with ETags) and, for the token "snow_good", the writes.
  TestServer::Response Handle(const TestServer::Request& request);
  // How many requests were answered with 304.
  size_t not_modified() const {
    std::lock_guard lock(mutex_);
    return not_modified_;
  }
  // Writes all files below a folder: a registry for file://.
  void WriteTo(const std::string& folder) const;

 private:
  void Append(const std::string& name, const std::string& line_without_log);
  void Refresh();
  TestServer::Response HandlePublish(const std::string& body);
  TestServer::Response HandleYank(const std::string& body);

  mutable std::recursive_mutex mutex_;
  TestLog log_;
  std::map<std::string, std::string> config_;
  std::map<std::string, std::string> files_;
  size_t not_modified_ = 0;
};

// What a package's manifest says: used by Publish, and for checks.
std::string TestManifest(const std::string& name, const std::string& version,
                         const std::string& deps_json);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_REGISTRY_CLIENT_TEST_REGISTRY_H_
