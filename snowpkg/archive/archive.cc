#include "snowpkg/archive/archive.h"

#include <algorithm>
#include <optional>
#include <set>

#include "snowpkg/archive/compression.h"
#include "snowpkg/archive/tar.h"
#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

constexpr size_t kMaxPath = 250;

Error BadPath(std::string_view path, const std::string& reason) {
  return Error(ErrorKind::kArchive, "the path `" + Excerpt(path) + "` " + reason);
}

Status CheckPath(std::string_view path) {
  if (path.empty()) return BadPath(path, "is empty");
  if (path.size() > kMaxPath) return BadPath(path, "is too long");
  if (path[0] == '/') return BadPath(path, "is absolute");
  if (!IsUtf8(path)) return BadPath(path, "is not UTF-8");
  for (char c : path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return BadPath(path, "has a control character");
    }
    if (c == '\\' || c == ':') return BadPath(path, "has a `\\` or `:`");
  }
  for (std::string_view part : Split(path, '/')) {
    if (part.empty() || part == "." || part == "..") {
      return BadPath(path, "has an empty part, `.` or `..`");
    }
  }
  return {};
}

std::string Folded(std::string_view path) {
  std::string folded(path);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return folded;
}

void SortByPath(std::vector<ArchiveFile>* files) {
  std::sort(files->begin(), files->end(),
            [](const ArchiveFile& a, const ArchiveFile& b) { return a.path < b.path; });
}

Status CheckLimits(const std::vector<ArchiveFile>& files, const ArchiveLimits& limits) {
  if (files.size() > limits.files) {
    return Error(ErrorKind::kArchive,
                 "there are more than " + std::to_string(limits.files) + " files");
  }
  uint64_t total = 0;
  for (const ArchiveFile& file : files) {
    if (file.bytes.size() > limits.file_bytes) {
      return BadPath(file.path, "is larger than " + std::to_string(limits.file_bytes) + " bytes");
    }
    total += TarSize(file.bytes.size());
  }
  if (total > limits.total_bytes) {
    return Error(ErrorKind::kArchive,
                 "the files are larger than " + std::to_string(limits.total_bytes) + " bytes");
  }
  return {};
}

}  // namespace

Status CheckPaths(const std::vector<ArchiveFile>& files) {
  std::set<std::string> names;
  for (const ArchiveFile& file : files) {
    SNOW_PKG_TRY(CheckPath(file.path));
    if (!names.insert(Folded(file.path)).second) {
      return BadPath(file.path, "occurs twice (small and capital letters count as the same)");
    }
  }
  for (const std::string& name : names) {
    for (size_t slash = name.find('/'); slash != std::string::npos;
         slash = name.find('/', slash + 1)) {
      if (names.contains(name.substr(0, slash))) {
        return BadPath(name.substr(0, slash), "is both a file and a folder");
      }
    }
  }
  return {};
}

Result<std::string> PackArchive(std::vector<ArchiveFile> files, const ArchiveLimits& limits) {
  SortByPath(&files);
  SNOW_PKG_TRY(CheckPaths(files));
  SNOW_PKG_TRY(CheckLimits(files, limits));
  SNOW_PKG_ASSIGN(std::string tar, WriteTar(files));
  return Compress(tar);
}

Result<std::vector<ArchiveFile>> UnpackArchive(std::string_view archive,
                                               const ArchiveLimits& limits) {
  SNOW_PKG_ASSIGN(std::string tar, Decompress(archive, limits.total_bytes));
  SNOW_PKG_ASSIGN(std::vector<ArchiveFile> files, ReadTar(tar, limits.files));
  SNOW_PKG_TRY(CheckLimits(files, limits));
  SNOW_PKG_TRY(CheckPaths(files));
  SortByPath(&files);
  return files;
}

Digest TreeDigest(const std::vector<ArchiveFile>& files) {
  std::vector<std::pair<std::string, Digest>> hashed;
  for (const ArchiveFile& file : files) hashed.emplace_back(file.path, Sha256Of(file.bytes));
  return TreeDigestOf(std::move(hashed));
}

Digest TreeDigestOf(std::vector<std::pair<std::string, Digest>> files) {
  std::sort(files.begin(), files.end());
  Sha256 hash;
  hash.Update("snow tree 1\n");
  for (const auto& [path, digest] : files) {
    // Paths have no line ends, so no two lists of files give the same text.
    hash.Update(digest.Hex() + " " + path + "\n");
  }
  return hash.Finish();
}

}  // namespace snow::pkg
