#include "snowpkg/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "snowpkg/base/hash.h"

namespace snow::pkg {
namespace {

namespace fs = std::filesystem;

Error FileError(const std::string& what, const std::string& path, int error_number) {
  return Error(ErrorKind::kFile, what + " " + path + ": " + SystemReason(error_number));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // Some file systems report a failed write only here.
  bool Close() {
    int fd = fd_;
    fd_ = -1;
    return ::close(fd) == 0;
  }

 private:
  int fd_;
};

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

Status WriteThrough(const std::string& path, std::string_view bytes, unsigned mode, bool flush) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file.valid()) return FileError("cannot create", path, errno);
  bool written = WriteAll(file.get(), bytes) && (!flush || ::fsync(file.get()) == 0);
  int reason = errno;
  if (!file.Close() && written) {
    written = false;
    reason = errno;
  }
  if (written) return {};
  ::unlink(path.c_str());
  return FileError("cannot write", path, reason);
}

}  // namespace

std::string SystemReason(int error_number) { return std::generic_category().message(error_number); }

Result<std::string> ReadFile(const std::string& path, uint64_t limit) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return FileError("cannot read", path, errno);
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return FileError("cannot read", path, errno);
  if (S_ISDIR(info.st_mode)) return FileError("cannot read", path, EISDIR);
  std::string bytes;
  char block[65536];
  while (true) {
    ssize_t count = ::read(file.get(), block, sizeof(block));
    if (count == 0) return bytes;
    if (count < 0) {
      if (errno == EINTR) continue;
      return FileError("cannot read", path, errno);
    }
    if (bytes.size() + static_cast<size_t>(count) > limit) {
      return Error(ErrorKind::kFile, "cannot read " + path + ": it is larger than the limit of " +
                                         std::to_string(limit) + " bytes");
    }
    bytes.append(block, static_cast<size_t>(count));
  }
}

Status WriteFileAtomically(const std::string& path, std::string_view bytes, unsigned mode) {
  std::string temporary =
      JoinPath(ParentPath(path), "." + BaseName(path) + "." + RandomHex(8) + ".tmp");
  SNOW_PKG_TRY(WriteThrough(temporary, bytes, mode, /*flush=*/true));
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    int reason = errno;
    ::unlink(temporary.c_str());
    return FileError("cannot write", path, reason);
  }
  return {};
}

Status WriteNewFile(const std::string& path, std::string_view bytes, unsigned mode) {
  return WriteThrough(path, bytes, mode, /*flush=*/false);
}

bool FileExists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

bool IsDirectory(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Status MakeDirectories(const std::string& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return FileError("cannot create folder", path, code.value());
  return {};
}

Status RemoveTree(const std::string& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code) return FileError("cannot remove", path, code.value());
  return {};
}

Status RenamePath(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return FileError("cannot rename " + from + " to", to, errno);
  }
  return {};
}

Result<std::vector<std::string>> ListDirectory(const std::string& path) {
  std::error_code code;
  std::vector<std::string> names;
  fs::directory_iterator it(path, code);
  while (!code && it != fs::directory_iterator()) {
    names.push_back(it->path().filename().string());
    it.increment(code);
  }
  if (code) return FileError("cannot list", path, code.value());
  std::sort(names.begin(), names.end());
  return names;
}

FileType TypeOf(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return FileType::kNone;
  if (S_ISREG(info.st_mode)) return FileType::kFile;
  if (S_ISDIR(info.st_mode)) return FileType::kDirectory;
  if (S_ISLNK(info.st_mode)) return FileType::kLink;
  return FileType::kOther;
}

std::string JoinPath(std::string_view base, std::string_view relative) {
  if (relative.empty()) return std::string(base);
  if (relative.front() == '/' || base.empty()) return std::string(relative);
  std::string path(base);
  if (path.back() != '/') path += '/';
  path += relative;
  return path;
}

std::string ParentPath(std::string_view path) {
  size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  if (slash == 0) return "/";
  return std::string(path.substr(0, slash));
}

std::string BaseName(std::string_view path) {
  size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string AbsolutePath(const std::string& path) {
  std::error_code code;
  fs::path absolute = fs::absolute(path, code);
  std::string clean = (code ? fs::path(path) : absolute).lexically_normal().string();
  if (clean.size() > 1 && clean.back() == '/') clean.pop_back();
  return clean;
}

std::string RelativePath(const std::string& path, const std::string& base) {
  return fs::path(path).lexically_relative(base).string();
}

}  // namespace snow::pkg
