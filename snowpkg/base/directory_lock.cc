#include "snowpkg/base/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "snowpkg/base/file.h"

namespace snow::pkg {
namespace {

Error LockError(const std::string& path, int reason) {
  return Error(ErrorKind::kFile, "cannot lock " + path + ": " + SystemReason(reason));
}

Result<int> OpenLockFile(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return LockError(path, errno);
  return fd;
}

// flock() repeated when a signal interrupts it; 0 or the error's number.
int Flock(int fd, int operation) {
  while (::flock(fd, operation) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

Result<DirectoryLock> DirectoryLock::Acquire(const std::string& directory, const std::string& name,
                                             const std::function<void()>& on_wait) {
  std::string path = JoinPath(directory, name);
  SNOW_PKG_ASSIGN(int fd, OpenLockFile(path));
  DirectoryLock lock(fd);
  int reason = Flock(fd, LOCK_EX | LOCK_NB);
  if (reason == EWOULDBLOCK) {
    if (on_wait) on_wait();
    reason = Flock(fd, LOCK_EX);
  }
  if (reason != 0) return LockError(path, reason);
  return lock;
}

Result<std::optional<DirectoryLock>> DirectoryLock::TryAcquire(const std::string& directory,
                                                               const std::string& name) {
  std::string path = JoinPath(directory, name);
  SNOW_PKG_ASSIGN(int fd, OpenLockFile(path));
  DirectoryLock lock(fd);
  int reason = Flock(fd, LOCK_EX | LOCK_NB);
  if (reason == EWOULDBLOCK) return std::optional<DirectoryLock>();
  if (reason != 0) return LockError(path, reason);
  return std::optional<DirectoryLock>(std::move(lock));
}

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) ::close(fd_);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

}  // namespace snow::pkg
