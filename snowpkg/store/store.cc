#include "snowpkg/store/store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "snowpkg/base/directory_lock.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

constexpr unsigned kReadOnly = 0444;
constexpr std::string_view kListName = "files";
constexpr std::string_view kPackageName = "package";
constexpr std::string_view kLockName = ".lock";

std::optional<uint64_t> SizeOf(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return static_cast<uint64_t>(info.st_size);
}

Status WriteFiles(const std::string& folder, const std::vector<ArchiveFile>& files) {
  std::string list;
  std::set<std::string> made;
  std::string package = JoinPath(folder, kPackageName);
  SNOW_PKG_TRY(MakeDirectories(package));
  for (const ArchiveFile& file : files) {
    std::string path = JoinPath(package, file.path);
    std::string parent = ParentPath(path);
    if (made.insert(parent).second) SNOW_PKG_TRY(MakeDirectories(parent));
    SNOW_PKG_TRY(WriteNewFile(path, file.bytes, kReadOnly));
    list += std::to_string(file.bytes.size()) + " " + Sha256Of(file.bytes).Hex() + " " + file.path +
            "\n";
  }
  return WriteNewFile(JoinPath(folder, kListName), list, kReadOnly);
}

}  // namespace

std::string Store::Folder(const Digest& key) const {
  return JoinPath(JoinPath(home_, "store"), key.Hex());
}

std::string Store::PackageFolder(const Digest& key) const {
  return JoinPath(Folder(key), kPackageName);
}

std::optional<std::vector<Store::Listed>> Store::ReadList(const Digest& key) const {
  Result<std::string> text = ReadFile(JoinPath(Folder(key), kListName));
  if (!text.ok()) return std::nullopt;
  if (!text->empty() && text->back() != '\n') return std::nullopt;
  std::vector<Listed> list;
  for (std::string_view line : Split(*text, '\n')) {
    if (line.empty()) continue;
    size_t space = line.find(' ');
    if (space == std::string_view::npos || line.size() < space + 66) return std::nullopt;
    std::optional<uint64_t> size = ParseUnsigned(line.substr(0, space));
    std::optional<Digest> hash = Digest::FromHex(line.substr(space + 1, 64));
    if (!size || !hash) return std::nullopt;
    list.push_back({std::string(line.substr(space + 66)), *size, *hash});
  }
  return list;
}

std::optional<std::string> Store::Find(const Digest& key) const {
  std::optional<std::vector<Listed>> list = ReadList(key);
  if (!list) return std::nullopt;
  std::string package = PackageFolder(key);
  for (const Listed& file : *list) {
    if (SizeOf(JoinPath(package, file.path)) != file.size) return std::nullopt;
  }
  return package;
}

Result<std::string> Store::Put(const Digest& key, const std::vector<ArchiveFile>& files) const {
  if (std::optional<std::string> there = Find(key)) return *there;
  SNOW_PKG_TRY(CheckPaths(files));
  std::string tmp = JoinPath(home_, "tmp");
  std::string folder = JoinPath(tmp, RandomHex(8));
  SNOW_PKG_TRY(MakeDirectories(tmp));
  SNOW_PKG_TRY(MakeDirectories(JoinPath(home_, "store")));
  std::optional<DirectoryLock> own;
  {
    // While this lock is held nobody takes a new folder without its own lock for abandoned.
    SNOW_PKG_ASSIGN(DirectoryLock all, DirectoryLock::Acquire(tmp, std::string(kLockName), {}));
    SNOW_PKG_TRY(RemoveAbandoned(tmp));
    SNOW_PKG_TRY(MakeDirectories(folder));
    SNOW_PKG_ASSIGN(own, DirectoryLock::TryAcquire(folder, std::string(kLockName)));
  }
  Status written = WriteFiles(folder, files);
  if (written.ok()) written = Replace(folder, key);
  if (!written.ok()) {
    (void)RemoveTree(folder);
    return std::move(written).error().Because("cannot store a package in " + home_);
  }
  return PackageFolder(key);
}

// Gives a filled folder its place. Another process may have been faster, or what is there damaged.
Status Store::Replace(const std::string& from, const Digest& key) const {
  std::string place = Folder(key);
  if (RenamePath(from, place).ok()) {
    // Not before: without its lock the folder would count as abandoned.
    (void)::unlink(JoinPath(place, kLockName).c_str());
    return {};
  }
  std::string store = JoinPath(home_, "store");
  SNOW_PKG_ASSIGN(DirectoryLock lock, DirectoryLock::Acquire(store, std::string(kLockName), {}));
  if (Find(key)) {
    (void)RemoveTree(from);  // another process may be at it already
    return {};
  }
  if (TypeOf(place) != FileType::kNone) {
    std::string damaged = JoinPath(JoinPath(home_, "tmp"), RandomHex(8));
    SNOW_PKG_TRY(RenamePath(place, damaged));
    (void)RemoveTree(damaged);  // the next one will, otherwise
  }
  SNOW_PKG_TRY(RenamePath(from, place));
  (void)::unlink(JoinPath(place, kLockName).c_str());
  return {};
}

Status Store::RemoveAbandoned(const std::string& tmp) const {
  SNOW_PKG_ASSIGN(std::vector<std::string> names, ListDirectory(tmp));
  for (const std::string& name : names) {
    std::string folder = JoinPath(tmp, name);
    if (TypeOf(folder) != FileType::kDirectory) continue;
    Result<std::optional<DirectoryLock>> lock =
        DirectoryLock::TryAcquire(folder, std::string(kLockName));
    if (lock.ok() && lock->has_value()) (void)RemoveTree(folder);
  }
  return {};
}

Status Store::Verify(const Digest& key) const {
  std::optional<std::vector<Listed>> list = ReadList(key);
  if (!list) return Error(ErrorKind::kUntrusted, "the store lacks " + key.Hex());
  for (const Listed& file : *list) {
    std::string path = JoinPath(PackageFolder(key), file.path);
    Result<std::string> bytes = ReadFile(path);
    if (!bytes.ok() || Sha256Of(*bytes) != file.hash) {
      return Error(ErrorKind::kUntrusted, path + " is not what was downloaded")
          .Help("remove the folder " + Folder(key) + "; it is fetched again when needed");
    }
  }
  return {};
}

Result<Digest> Store::ContentHash(const Digest& key) const {
  std::optional<std::vector<Listed>> list = ReadList(key);
  if (!list) return Error(ErrorKind::kUntrusted, "the store lacks " + key.Hex());
  std::vector<std::pair<std::string, Digest>> files;
  for (const Listed& file : *list) files.emplace_back(file.path, file.hash);
  return TreeDigestOf(std::move(files));
}

namespace {

Status ReadInto(const std::string& root, const std::string& relative,
                const std::function<bool(const std::string&)>& take,
                std::vector<ArchiveFile>* files) {
  constexpr size_t kMaxFiles = 100'000;
  constexpr size_t kMaxPath = 4096;
  std::string folder = relative.empty() ? root : JoinPath(root, relative);
  SNOW_PKG_ASSIGN(std::vector<std::string> names, ListDirectory(folder));
  for (const std::string& name : names) {
    std::string path = relative.empty() ? name : relative + "/" + name;
    std::string full = JoinPath(root, path);
    FileType type = TypeOf(full);
    if (!take(type == FileType::kDirectory ? path + "/" : path)) continue;
    if (path.size() > kMaxPath || files->size() == kMaxFiles) {
      return Error(ErrorKind::kArchive, root + " has too many or too deeply nested files");
    }
    if (type == FileType::kDirectory) {
      SNOW_PKG_TRY(ReadInto(root, path, take, files));
    } else if (type == FileType::kFile) {
      SNOW_PKG_ASSIGN(std::string bytes, ReadFile(full));
      files->push_back({path, std::move(bytes)});
    } else {
      return Error(ErrorKind::kArchive, full +
                                            " is a link or no plain file; packages hold plain "
                                            "files only");
    }
  }
  return {};
}

}  // namespace

Result<std::vector<ArchiveFile>> ReadFolder(const std::string& folder,
                                            const std::function<bool(const std::string&)>& take) {
  std::vector<ArchiveFile> files;
  SNOW_PKG_TRY(ReadInto(folder, "", take, &files));
  return files;
}

}  // namespace snow::pkg
