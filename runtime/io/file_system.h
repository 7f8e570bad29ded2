// What is done with files and folders, in system calls that may block: for helper threads.
//
// Each function returns 0 or an errno. Paths end with a NUL.
#ifndef RUNTIME_IO_FILE_SYSTEM_H_
#define RUNTIME_IO_FILE_SYSTEM_H_

#include <cstdint>
#include <string_view>

#include "runtime/base/text.h"

namespace snow::rt {

enum class WriteMode : int64_t { kReplace, kAppend, kAtomic };

// Appends all that can be read from the descriptor.
int ReadToEnd(int fd, Text& to);
int WriteFile(const char* path, std::string_view data, WriteMode mode);
int CopyFile(const char* from, const char* to);
// `parents`: missing ones too, and a folder that is there is no error.
int MakeFolder(const char* path, bool parents);
// A file, or a folder with all that is in it; what is not there is no error.
int RemoveTree(const char* path);
// The names in a folder, sorted by bytes, separated by NUL.
int ListFolder(const char* path, Text& names);
// "kind size modified_ms mode".
int DescribeFile(const char* path, bool follow, Text& to);
// A new folder for temporary files.
int MakeTemporaryFolder(Text& path);

}  // namespace snow::rt

#endif  // RUNTIME_IO_FILE_SYSTEM_H_
