#include "driver/cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <utility>
#include <vector>

#include "snowpkg/base/file.h"
#include "snowpkg/base/hash.h"

namespace snow::driver {
namespace {

constexpr int kSecondsOfDay = 24 * 60 * 60;
constexpr int kKeptDays = 30;
constexpr char kPrunedName[] = "/.pruned";
// Ends each stored object. Entries are not flushed to disk; without this mark the file is what a
// crash of the machine has left, and counts as absent.
constexpr std::string_view kComplete = "snow object end\n";

// Marks an entry as used now, at most once an hour: a cache hit should not write each time.
void Touch(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return;
  if (std::time(nullptr) - status.st_mtime < 60 * 60) return;
  utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
}

bool CanWriteIn(const std::string& folder) {
  return pkg::MakeDirectories(folder).ok() && access(folder.c_str(), W_OK) == 0;
}

std::string TemporaryRoot() {
  const char* folder = std::getenv("TMPDIR");
  std::string base = folder != nullptr && *folder != '\0' ? folder : "/tmp";
  return base + "/snow-cache-" + std::to_string(getuid());
}

// Whether a folder belongs to this user and only to them: it holds programs that will be run.
bool IsOwn(const std::string& folder) {
  struct stat status;
  return lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == getuid() && (status.st_mode & 022) == 0;
}

}  // namespace

pkg::Result<BuildCache> BuildCache::Open(const std::string& folder, const std::string& toolchain) {
  std::string root = folder;
  if (!CanWriteIn(root + "/" + toolchain)) {
    root = TemporaryRoot();
    mkdir(root.c_str(), 0700);
    if (!IsOwn(root) || !CanWriteIn(root + "/" + toolchain)) {
      return pkg::Error(pkg::ErrorKind::kFile, "cannot write to " + folder + " nor to " + root)
          .Help("set SNOW_HOME to a folder where builds may be kept");
    }
  }
  BuildCache cache(root, toolchain);
  SNOW_PKG_TRY(pkg::MakeDirectories(cache.Folder() + "/objects"));
  SNOW_PKG_TRY(pkg::MakeDirectories(cache.Folder() + "/programs"));
  return cache;
}

std::optional<std::string> BuildCache::Find(const std::string& key) {
  std::string path = Folder() + "/objects/" + key + ".o";
  auto object = pkg::ReadFile(path);
  if (!object.ok() || !object->ends_with(kComplete)) return std::nullopt;
  Touch(path);
  object->resize(object->size() - kComplete.size());
  return *std::move(object);
}

void BuildCache::Store(const std::string& key, std::string_view object) {
  std::string path = Folder() + "/objects/" + key + ".o";
  std::string temporary = path + "." + pkg::RandomHex(8) + ".tmp";
  std::string bytes(object);
  bytes += kComplete;
  if (!pkg::WriteNewFile(temporary, bytes).ok() || !pkg::RenamePath(temporary, path).ok()) {
    unlink(temporary.c_str());
  }
}

std::string BuildCache::ProgramFolder(const std::string& key) const {
  std::string folder = Folder() + "/programs/" + key;
  Touch(folder);
  return folder;
}

pkg::Result<std::string> BuildCache::NewFolder() const {
  std::string folder = Folder() + "/programs/.new-" + pkg::RandomHex(8);
  SNOW_PKG_TRY(pkg::MakeDirectories(folder));
  return folder;
}

pkg::Status BuildCache::Publish(const std::string& filled, const std::string& key) const {
  pkg::Status moved = pkg::RenamePath(filled, ProgramFolder(key));
  if (moved.ok()) return moved;
  static_cast<void>(pkg::RemoveTree(filled));
  if (pkg::IsDirectory(ProgramFolder(key))) return {};
  return moved;
}

void BuildCache::Prune(uint64_t limit_bytes, bool now) const {
  namespace fs = std::filesystem;
  std::error_code error;
  std::string stamp = root_ + kPrunedName;
  struct stat status;
  std::time_t time = std::time(nullptr);
  if (!now && stat(stamp.c_str(), &status) == 0 && time - status.st_mtime < kSecondsOfDay) return;
  static_cast<void>(pkg::WriteFileAtomically(stamp, ""));

  struct Entry {
    std::string path;
    std::time_t used;
    uint64_t bytes;
  };
  std::vector<Entry> entries;
  auto size_of = [&](const fs::path& path) {
    uint64_t bytes = 0;
    if (!fs::is_directory(path, error)) return static_cast<uint64_t>(fs::file_size(path, error));
    for (const fs::directory_entry& file : fs::directory_iterator(path, error)) {
      bytes += static_cast<uint64_t>(file.file_size(error));
    }
    return bytes;
  };
  for (const fs::directory_entry& toolchain : fs::directory_iterator(root_, error)) {
    for (const char* kind : {"objects", "programs"}) {
      std::error_code none;
      for (const fs::directory_entry& entry :
           fs::directory_iterator(toolchain.path() / kind, none)) {
        if (stat(entry.path().c_str(), &status) != 0) continue;
        entries.push_back({entry.path().string(), status.st_mtime, size_of(entry.path())});
      }
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.used > b.used; });
  uint64_t total = 0;
  for (const Entry& entry : entries) {
    total += entry.bytes;
    bool is_old = time - entry.used > kKeptDays * kSecondsOfDay;
    // What was used within the day may be running, or be about to.
    bool is_over = total > limit_bytes && time - entry.used > kSecondsOfDay;
    if (is_old || is_over) static_cast<void>(pkg::RemoveTree(entry.path));
  }
}

}  // namespace snow::driver
