#include "runtime/io/file_system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace snow::rt {
namespace {

constexpr size_t kReadAtOnce = 64 * 1024;
constexpr mode_t kNewFileMode = 0666;
constexpr mode_t kNewFolderMode = 0777;

int OpenRetrying(const char* path, int flags, mode_t mode = 0) {
  for (;;) {
    const int fd = open(path, flags | O_CLOEXEC, mode);
    if (fd >= 0 || errno != EINTR) return fd;
  }
}

int WriteDescriptor(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = write(fd, data.data(), data.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    data.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

// close tells of writes that failed late.
int CloseWith(int fd, int error) {
  const int closed = close(fd) == 0 || errno == EINTR ? 0 : errno;
  return error != 0 ? error : closed;
}

// The folder that a path lies in, on disk: a rename is there to stay.
int SyncFolderOf(const char* path) {
  Text folder;
  const char* slash = strrchr(path, '/');
  if (slash == nullptr) {
    folder.Add(".");
  } else {
    folder.Add(std::string_view(path, std::max<size_t>(static_cast<size_t>(slash - path), 1)));
  }
  const int fd = OpenRetrying(folder.CString(), O_RDONLY | O_DIRECTORY);
  if (fd < 0) return errno;
  const int error = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  return error;
}

int WriteAtomically(const char* path, std::string_view data) {
  Text temporary;
  temporary.Add(path).Add(".XXXXXX");
  const int fd = mkostemp(const_cast<char*>(temporary.CString()), O_CLOEXEC);
  if (fd < 0) return errno;
  struct stat old;
  const mode_t mask = umask(0);
  umask(mask);
  const mode_t mode = stat(path, &old) == 0 ? old.st_mode & 07777 : kNewFileMode & ~mask;
  int error = fchmod(fd, mode) == 0 ? 0 : errno;
  if (error == 0) error = WriteDescriptor(fd, data);
  if (error == 0 && fsync(fd) != 0) error = errno;
  error = CloseWith(fd, error);
  if (error == 0 && rename(temporary.CString(), path) != 0) error = errno;
  if (error != 0) {
    unlink(temporary.CString());
    return error;
  }
  return SyncFolderOf(path);
}

// The entries of a folder but . and .., each ending with a NUL, and where they begin.
int ReadEntries(const char* path, Text& names, Vector<size_t>& begins) {
  DIR* folder = opendir(path);
  if (folder == nullptr) return errno;
  errno = 0;
  while (const dirent* entry = readdir(folder)) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    begins.Push(names.View().size());
    names.Add(std::string_view(entry->d_name, strlen(entry->d_name) + 1));
  }
  const int error = errno;
  closedir(folder);
  return error;
}

}  // namespace

int ReadToEnd(int fd, Text& to) {
  Vector<char>& bytes = to.Bytes();
  for (;;) {
    const size_t size = bytes.size();
    bytes.Reserve(std::max(size + kReadAtOnce, size + size / 2));
    bytes.Resize(size + kReadAtOnce);
    const ssize_t got = read(fd, bytes.data() + size, kReadAtOnce);
    const int error = errno;
    bytes.Resize(size + (got > 0 ? static_cast<size_t>(got) : 0));
    if (got == 0) return 0;
    if (got < 0 && error != EINTR) return error;
  }
}

int WriteFile(const char* path, std::string_view data, WriteMode mode) {
  if (mode == WriteMode::kAtomic) return WriteAtomically(path, data);
  const int how = mode == WriteMode::kAppend ? O_APPEND : O_TRUNC;
  const int fd = OpenRetrying(path, O_WRONLY | O_CREAT | how, kNewFileMode);
  if (fd < 0) return errno;
  return CloseWith(fd, WriteDescriptor(fd, data));
}

int CopyFile(const char* from, const char* to) {
  const int source = OpenRetrying(from, O_RDONLY);
  if (source < 0) return errno;
  struct stat status;
  if (fstat(source, &status) != 0 || S_ISDIR(status.st_mode)) {
    close(source);
    return EISDIR;
  }
  struct stat there;
  if (stat(to, &there) == 0 && there.st_dev == status.st_dev && there.st_ino == status.st_ino) {
    // Truncating the target would destroy the source.
    close(source);
    return 0;
  }
  const int target = OpenRetrying(to, O_WRONLY | O_CREAT | O_TRUNC, status.st_mode & 0777);
  if (target < 0) {
    const int error = errno;
    close(source);
    return error;
  }
  int error = 0;
  Vector<char> buffer;
  buffer.Resize(kReadAtOnce);
  for (;;) {
    const ssize_t got = read(source, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error = errno;
    if (got <= 0) break;
    error = WriteDescriptor(target, {buffer.data(), static_cast<size_t>(got)});
    if (error != 0) break;
  }
  if (error == 0 && fchmod(target, status.st_mode & 07777) != 0) error = errno;
  close(source);
  return CloseWith(target, error);
}

int MakeFolder(const char* path, bool parents) {
  if (mkdir(path, kNewFolderMode) == 0) return 0;
  const int error = errno;
  if (!parents) return error;
  struct stat status;
  if (error == EEXIST) return stat(path, &status) == 0 && S_ISDIR(status.st_mode) ? 0 : EEXIST;
  if (error != ENOENT) return error;
  // From the top down.
  Text part;
  for (const char* at = path; *at != '\0'; ++at) {
    if (*at == '/' && at != path) {
      if (mkdir(part.CString(), kNewFolderMode) != 0 && errno != EEXIST) return errno;
    }
    part.Add(std::string_view(at, 1));
  }
  return mkdir(path, kNewFolderMode) == 0 || errno == EEXIST ? 0 : errno;
}

int RemoveTree(const char* path) {
  struct stat status;
  if (lstat(path, &status) != 0) return errno == ENOENT ? 0 : errno;
  if (!S_ISDIR(status.st_mode)) return unlink(path) == 0 || errno == ENOENT ? 0 : errno;
  Text names;
  Vector<size_t> begins;
  int error = ReadEntries(path, names, begins);
  // As deep as the tree: paths have an end, and so have frames of this size.
  for (size_t i = 0; error == 0 && i < begins.size(); ++i) {
    Text child;
    child.Add(path).Add("/").Add(names.View().data() + begins[i]);
    error = RemoveTree(child.CString());
  }
  if (error != 0) return error;
  return rmdir(path) == 0 || errno == ENOENT ? 0 : errno;
}

int ListFolder(const char* path, Text& names) {
  Text all;
  Vector<size_t> begins;
  const int error = ReadEntries(path, all, begins);
  if (error != 0) return error;
  const char* text = all.View().data();
  std::sort(begins.begin(), begins.end(),
            [text](size_t a, size_t b) { return strcmp(text + a, text + b) < 0; });
  for (size_t i = 0; i < begins.size(); ++i) {
    if (i != 0) names.Add(std::string_view("\0", 1));
    names.Add(text + begins[i]);
  }
  return 0;
}

int DescribeFile(const char* path, bool follow, Text& to) {
  struct stat status;
  if ((follow ? stat(path, &status) : lstat(path, &status)) != 0) return errno;
  int64_t kind = 0;
  if (S_ISREG(status.st_mode)) kind = 1;
  if (S_ISDIR(status.st_mode)) kind = 2;
  if (S_ISLNK(status.st_mode)) kind = 3;
  to.Add(kind).Add(" ").Add(static_cast<int64_t>(status.st_size)).Add(" ");
  to.Add(status.st_mtim.tv_sec * int64_t{1000} + status.st_mtim.tv_nsec / 1000000).Add(" ");
  to.Add(static_cast<int64_t>(status.st_mode & 07777));
  return 0;
}

int MakeTemporaryFolder(Text& path) {
  const char* folder = getenv("TMPDIR");
  path.Add(folder == nullptr || *folder == '\0' ? "/tmp" : folder).Add("/snow-XXXXXX");
  return mkdtemp(const_cast<char*>(path.CString())) != nullptr ? 0 : errno;
}

}  // namespace snow::rt
