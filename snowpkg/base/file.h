#ifndef SNOW_SNOWPKG_BASE_FILE_H_
#define SNOW_SNOWPKG_BASE_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "snowpkg/base/result.h"

namespace snow::pkg {

// Every failure below is an Error of kind kFile that names the path and the system's reason.

// The whole file. One that is larger than `limit` bytes is refused.
Result<std::string> ReadFile(const std::string& path, uint64_t limit = uint64_t{1} << 30);

// Writes a temporary file beside `path`, flushes it to disk and renames it over `path`: readers and
// a crash see the old file or the new one, never a part. `mode` are permission bits.
Status WriteFileAtomically(const std::string& path, std::string_view bytes, unsigned mode = 0644);

// Writes a file that nobody else can see yet (in a temporary folder); fails if it exists.
Status WriteNewFile(const std::string& path, std::string_view bytes, unsigned mode = 0644);

bool FileExists(const std::string& path);         // anything of that name, links followed
bool IsDirectory(const std::string& path);        // links followed
Status MakeDirectories(const std::string& path);  // and the missing ones above it
Status RemoveTree(const std::string& path);       // links are removed, not followed
Status RenamePath(const std::string& from, const std::string& to);

// Names in a folder, sorted by bytes, without "." and "..".
Result<std::vector<std::string>> ListDirectory(const std::string& path);

// What a name is, links not followed.
enum class FileType { kNone, kFile, kDirectory, kLink, kOther };
FileType TypeOf(const std::string& path);

std::string JoinPath(std::string_view base, std::string_view relative);
std::string ParentPath(std::string_view path);  // "." for a bare name, "/" for "/"
std::string BaseName(std::string_view path);
// Absolute, without "." and ".." (resolved textually), links kept.
std::string AbsolutePath(const std::string& path);
// How to write `path` from folder `base`; both absolute and clean.
std::string RelativePath(const std::string& path, const std::string& base);

// "No such file or directory" for ENOENT; the system's reason as a word for messages.
std::string SystemReason(int error_number);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_BASE_FILE_H_
