// The user's cache of what builds have made: objects and executables, named by hashes of what they
// depend on. Nothing in it ever changes; losing it costs time only.
//
//   $SNOW_HOME/cache/build/TOOLCHAIN/objects/KEY.o
//   $SNOW_HOME/cache/build/TOOLCHAIN/programs/KEY/NAME
//
// Any number of processes may use it at once: entries are written aside and renamed.
#ifndef DRIVER_CACHE_H_
#define DRIVER_CACHE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "snowc/compile/object_cache.h"
#include "snowpkg/base/result.h"

namespace snow::driver {

class BuildCache : public compile::ObjectCache {
 public:
  // `folder` is $SNOW_HOME/cache/build; `toolchain` the identity of the installation. Where the
  // folder cannot be written, one in the folder for temporary files is used.
  static pkg::Result<BuildCache> Open(const std::string& folder, const std::string& toolchain);

  // Thread-safe.
  std::optional<std::string> Find(const std::string& key) override;
  void Store(const std::string& key, std::string_view object) override;

  // The folder of a program that may or may not be there.
  std::string ProgramFolder(const std::string& key) const;
  // A new folder that nobody else knows, to be filled and given to Publish.
  pkg::Result<std::string> NewFolder() const;
  // Moves a filled folder to its place; when another process was faster, theirs stays.
  pkg::Status Publish(const std::string& filled, const std::string& key) const;

  // Removes what has not been used for a month, and the oldest above `limit_bytes`. Does so at most
  // once a day, unless `now`.
  void Prune(uint64_t limit_bytes, bool now) const;

 private:
  explicit BuildCache(std::string root, std::string toolchain)
      : root_(std::move(root)), toolchain_(std::move(toolchain)) {}

  std::string Folder() const { return root_ + "/" + toolchain_; }

  std::string root_;
  std::string toolchain_;
};

inline constexpr uint64_t kCacheLimitBytes = uint64_t{2} << 30;

}  // namespace snow::driver

#endif  // DRIVER_CACHE_H_
