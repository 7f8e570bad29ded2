#ifndef SNOW_SNOWPKG_BASE_DIRECTORY_LOCK_H_
#define SNOW_SNOWPKG_BASE_DIRECTORY_LOCK_H_

#include <functional>
#include <optional>
#include <string>

#include "snowpkg/base/result.h"

namespace snow::pkg {

// An exclusive lock that processes (and threads) take on a folder, through the file `name` in it.
// Held by the open file, so the end of the process, however it comes, frees it. The lock file
// stays: removing it would let two holders in.
class DirectoryLock {
 public:
  // Waits until the lock is free; `on_wait` is called once before a wait, to tell the user. The
  // folder must exist.
  static Result<DirectoryLock> Acquire(const std::string& directory, const std::string& name,
                                       const std::function<void()>& on_wait);
  // None when somebody else holds it.
  static Result<std::optional<DirectoryLock>> TryAcquire(const std::string& directory,
                                                         const std::string& name);

  ~DirectoryLock();
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;
  DirectoryLock(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_BASE_DIRECTORY_LOCK_H_
