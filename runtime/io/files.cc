// The functions of the library's module File. All of them run on helper threads.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/abi/functions.h"
#include "runtime/io/file_system.h"
#include "runtime/io/helpers.h"
#include "runtime/io/result.h"
#include "runtime/memory/string.h"
#include "runtime/process/extra.h"
#include "runtime/process/heap_abi.h"

namespace snow::rt {
namespace {

// A path as the system wants it; error is EINVAL for one with a NUL in it.
struct Path {
  explicit Path(std::string_view path) {
    error = memchr(path.data(), 0, path.size()) != nullptr ? EINVAL : 0;
    text.Add(path);
  }
  Text text;
  int error;
};

// Does work(path, result) on a helper thread, which returns an errno.
template <typename Work>
SnowPair PathCall(SnowActor* actor, std::string_view path_view, Work work) {
  Actor* self = ActorOf(actor);
  Path path(path_view);
  Text result;
  if (path.error == 0) {
    OnHelper(self, [&] { path.error = work(path.text.CString(), result); });
  }
  return FinishCall(self, path.error, path.text, result);
}

// The same with two paths; errors name both.
template <typename Work>
SnowPair TwoPathCall(SnowActor* actor, std::string_view from_view, std::string_view to_view,
                     Work work) {
  Actor* self = ActorOf(actor);
  Path from(from_view);
  Path to(to_view);
  int error = from.error | to.error;
  if (error == 0) {
    OnHelper(self, [&] { error = work(from.text.CString(), to.text.CString()); });
  }
  Text result;
  from.text.Add(" to ").Add(to.text.View());
  to.text.Bytes().Release();
  return FinishCall(self, error, from.text, result);
}

// --- Open files ----------------------------------------------------------------------------------

// Closed with the end of the actor that opened it; only that one may use it.
struct OpenFile {
  Cleanup cleanup;
  int64_t handle;
  int fd;

  static OpenFile* Of(Cleanup* cleanup) { return reinterpret_cast<OpenFile*>(cleanup); }
};

constinit std::atomic<int64_t> g_last_handle{0};

void CloseAtEnd(Worker& worker, Cleanup* cleanup) {
  OpenFile* file = OpenFile::Of(cleanup);
  close(file->fd);
  worker.cache().GiveRecord(file);
}

OpenFile* AddOpenFile(Actor* actor, int fd) {
  OpenFile* file = actor->worker->cache().TakeRecord<OpenFile>();
  file->cleanup.close = CloseAtEnd;
  file->handle = ++g_last_handle;
  file->fd = fd;
  AddCleanup(actor, &file->cleanup);
  return file;
}

// Null when it is closed or another actor's.
OpenFile* FindOpenFile(Actor* actor, int64_t handle) {
  if (actor->extra == nullptr) return nullptr;
  for (Cleanup* at = actor->extra->cleanups; at != nullptr; at = at->next) {
    if (at->close == CloseAtEnd && OpenFile::Of(at)->handle == handle) return OpenFile::Of(at);
  }
  return nullptr;
}

// Takes it out of the actor's list; the descriptor is the caller's.
int TakeDescriptor(Actor* actor, OpenFile* file) {
  const int fd = file->fd;
  RemoveCleanup(actor, &file->cleanup);
  actor->worker->cache().GiveRecord(file);
  return fd;
}

SnowPair FailClosed(Actor* actor) {
  return FinishCall(actor, EBADF, "the file is closed or belongs to another actor", {});
}

// Does work(fd) on a helper thread with an open file.
template <typename Work>
SnowPair HandleCall(SnowActor* actor, int64_t handle, Text& result, Work work) {
  Actor* self = ActorOf(actor);
  OpenFile* file = FindOpenFile(self, handle);
  if (file == nullptr) return FailClosed(self);
  int error = 0;
  OnHelper(self, [&] { error = work(file->fd); });
  Text what;
  what.Add("open file");
  return FinishCall(self, error, what, result);
}

// --- Whole files ---------------------------------------------------------------------------------

// Files up to this size are read into a buffer first.
constexpr int64_t kBufferedMost = 64 * 1024;

struct WholeFile {
  int fd = -1;
  int error = 0;
  int64_t size = 0;
  Text small;  // all of it, where fd is not kept open
};

// Opens the file; reads it at once unless it is large and its size is known.
void OpenWhole(const char* path, WholeFile& file) {
  file.fd = open(path, O_RDONLY | O_CLOEXEC);
  if (file.fd < 0) {
    file.error = errno;
    return;
  }
  struct stat status;
  if (fstat(file.fd, &status) != 0) {
    file.error = errno;
  } else if (S_ISDIR(status.st_mode)) {
    file.error = EISDIR;
  } else if (S_ISREG(status.st_mode) && status.st_size > kBufferedMost) {
    file.size = status.st_size;
    return;
  } else {
    file.error = ReadToEnd(file.fd, file.small);
  }
  close(file.fd);
  file.fd = -1;
}

// Reads up to `size` bytes; less only at the end of the file.
int ReadInto(int fd, char* to, size_t size, size_t* got_all) {
  size_t at = 0;
  while (at < size) {
    const ssize_t got = read(fd, to + at, size - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) break;
    at += static_cast<size_t>(got);
  }
  *got_all = at;
  return 0;
}

// Straight into the heap: the storage does not move while the actor is parked, for it alone collects.
SnowPair ReadLarge(Actor* self, WholeFile& file, Path& path, bool is_text) {
  OpenFile* open = AddOpenFile(self, file.fd);
  if (file.size > static_cast<int64_t>(kStringMost)) {
    close(TakeDescriptor(self, open));
    Text none;
    return FinishCall(self, EFBIG, path.text, none);
  }
  // Should this panic, the actor's end closes the file.
  SnowBytesHead* bytes = AllocateBytes(self, static_cast<size_t>(file.size));
  size_t size = 0;
  size_t valid = 0;
  int error = 0;
  OnHelper(self, [&] {
    error = ReadInto(open->fd, BytesData(bytes), static_cast<size_t>(file.size), &size);
    if (error == 0 && is_text) valid = ValidUtf8Bytes({BytesData(bytes), size});
  });
  close(TakeDescriptor(self, open));
  if (error != 0) {
    Text none;
    return FinishCall(self, error, path.text, none);
  }
  if (is_text && valid < size) return FailInvalidUtf8(self, path.text.View(), valid);
  SetFailed(self, false);
  bytes->fill = static_cast<uint32_t>(size);
  if (size <= kShortStringMost) return MakeShortString(BytesData(bytes), size);
  return MakeLongString(bytes, 0, size);
}

int OpenFlags(int64_t mode) {
  switch (mode) {
    case 1:
      return O_WRONLY | O_CREAT | O_TRUNC;
    case 2:
      return O_WRONLY | O_CREAT | O_APPEND;
    case 3:
      return O_RDWR | O_CREAT;
    default:
      return O_RDONLY;
  }
}

constexpr int64_t kLockRetryMs = 10;
constexpr int64_t kChunkMost = 64 << 20;

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

SnowPair snow_file_read(SnowActor* actor, uint64_t path_0, uint64_t path_1, bool text) {
  Actor* self = ActorOf(actor);
  const StringBytes path_words(path_0, path_1);
  Path path(path_words.view());
  WholeFile file;
  file.error = path.error;
  if (path.error == 0) OnHelper(self, [&] { OpenWhole(path.text.CString(), file); });
  if (file.fd >= 0) return ReadLarge(self, file, path, text);
  if (file.error == 0 && text) {
    const size_t valid = ValidUtf8Bytes(file.small.View());
    if (valid < file.small.View().size()) return FailInvalidUtf8(self, path.text.View(), valid);
  }
  return FinishCall(self, file.error, path.text, file.small);
}

SnowPair snow_file_write(SnowActor* actor, uint64_t path_0, uint64_t path_1, uint64_t data_0,
                         uint64_t data_1, int64_t mode) {
  const StringBytes path(path_0, path_1);
  const StringBytes data(data_0, data_1);
  return PathCall(actor, path.view(), [&](const char* name, Text&) {
    return WriteFile(name, data.view(), static_cast<WriteMode>(mode));
  });
}

bool snow_file_exists(SnowActor* actor, uint64_t path_0, uint64_t path_1) {
  const StringBytes path_words(path_0, path_1);
  Path path(path_words.view());
  bool exists = false;
  if (path.error == 0) {
    OnHelper(ActorOf(actor), [&] { exists = access(path.text.CString(), F_OK) == 0; });
  }
  return exists;
}

bool snow_file_is_dir(SnowActor* actor, uint64_t path_0, uint64_t path_1) {
  const StringBytes path_words(path_0, path_1);
  Path path(path_words.view());
  bool is_folder = false;
  if (path.error == 0) {
    OnHelper(ActorOf(actor), [&] {
      struct stat status;
      is_folder = stat(path.text.CString(), &status) == 0 && S_ISDIR(status.st_mode);
    });
  }
  return is_folder;
}

SnowPair snow_file_delete(SnowActor* actor, uint64_t path_0, uint64_t path_1) {
  const StringBytes path(path_0, path_1);
  return PathCall(actor, path.view(), [](const char* name, Text&) {
    if (unlink(name) == 0) return 0;
    if (errno != EISDIR && errno != EPERM) return errno;
    return rmdir(name) == 0 ? 0 : errno;
  });
}

SnowPair snow_file_rename(SnowActor* actor, uint64_t from_0, uint64_t from_1, uint64_t to_0,
                          uint64_t to_1) {
  const StringBytes from(from_0, from_1);
  const StringBytes to(to_0, to_1);
  return TwoPathCall(actor, from.view(), to.view(), [](const char* source, const char* target) {
    return rename(source, target) == 0 ? 0 : errno;
  });
}

SnowPair snow_file_copy(SnowActor* actor, uint64_t from_0, uint64_t from_1, uint64_t to_0,
                        uint64_t to_1) {
  const StringBytes from(from_0, from_1);
  const StringBytes to(to_0, to_1);
  return TwoPathCall(actor, from.view(), to.view(), CopyFile);
}

SnowPair snow_file_mkdir(SnowActor* actor, uint64_t path_0, uint64_t path_1, bool all) {
  const StringBytes path(path_0, path_1);
  return PathCall(actor, path.view(),
                  [all](const char* name, Text&) { return MakeFolder(name, all); });
}

SnowPair snow_file_remove_all(SnowActor* actor, uint64_t path_0, uint64_t path_1) {
  const StringBytes path(path_0, path_1);
  return PathCall(actor, path.view(), [](const char* name, Text&) { return RemoveTree(name); });
}

SnowPair snow_file_list_dir(SnowActor* actor, uint64_t path_0, uint64_t path_1) {
  const StringBytes path(path_0, path_1);
  return PathCall(actor, path.view(), ListFolder);
}

SnowPair snow_file_stat(SnowActor* actor, uint64_t path_0, uint64_t path_1, bool follow) {
  const StringBytes path(path_0, path_1);
  return PathCall(actor, path.view(), [follow](const char* name, Text& result) {
    return DescribeFile(name, follow, result);
  });
}

SnowPair snow_file_set_permissions(SnowActor* actor, uint64_t path_0, uint64_t path_1,
                                   int64_t bits) {
  const StringBytes path(path_0, path_1);
  return PathCall(actor, path.view(), [bits](const char* name, Text&) {
    return chmod(name, static_cast<mode_t>(bits & 07777)) == 0 ? 0 : errno;
  });
}

SnowPair snow_file_real_path(SnowActor* actor, uint64_t path_0, uint64_t path_1) {
  const StringBytes path(path_0, path_1);
  return PathCall(actor, path.view(), [](const char* name, Text& result) {
    char* real = realpath(name, nullptr);
    if (real == nullptr) return errno;
    result.Add(real);
    free(real);
    return 0;
  });
}

SnowPair snow_file_temp_dir(SnowActor* actor) {
  return PathCall(actor, "temporary folder",
                  [](const char*, Text& result) { return MakeTemporaryFolder(result); });
}

SnowPair snow_file_open(SnowActor* actor, uint64_t path_0, uint64_t path_1, int64_t mode) {
  Actor* self = ActorOf(actor);
  const StringBytes path_words(path_0, path_1);
  Path path(path_words.view());
  int fd = -1;
  if (path.error == 0) {
    OnHelper(self, [&] {
      fd = open(path.text.CString(), OpenFlags(mode) | O_CLOEXEC, 0666);
      if (fd < 0) path.error = errno;
    });
  }
  Text none;
  if (path.error != 0) return FinishCall(self, path.error, path.text, none);
  SetFailed(self, false);
  return {static_cast<uint64_t>(AddOpenFile(self, fd)->handle), 0};
}

SnowPair snow_file_read_chunk(SnowActor* actor, int64_t handle, int64_t limit) {
  Text chunk;
  return HandleCall(actor, handle, chunk, [&](int fd) {
    const size_t most = static_cast<size_t>(std::clamp<int64_t>(limit, 0, kChunkMost));
    chunk.Bytes().Resize(most);
    ssize_t got;
    do {
      got = read(fd, chunk.Bytes().data(), most);
    } while (got < 0 && errno == EINTR);
    chunk.Bytes().Resize(got > 0 ? static_cast<size_t>(got) : 0);
    return got < 0 ? errno : 0;
  });
}

SnowPair snow_file_write_chunk(SnowActor* actor, int64_t handle, uint64_t data_0,
                               uint64_t data_1) {
  const StringBytes data(data_0, data_1);
  Text none;
  return HandleCall(actor, handle, none,
                    [&](int fd) { return WriteAll(fd, data.view()) ? 0 : errno; });
}

SnowPair snow_file_close(SnowActor* actor, int64_t handle) {
  Actor* self = ActorOf(actor);
  OpenFile* file = FindOpenFile(self, handle);
  if (file == nullptr) return FailClosed(self);
  const int fd = TakeDescriptor(self, file);
  int error = 0;
  OnHelper(self, [&] { error = close(fd) == 0 || errno == EINTR ? 0 : errno; });
  return FinishCall(self, error, "open file", {});
}

SnowPair snow_file_lock(SnowActor* actor, int64_t handle, bool wait) {
  Actor* self = ActorOf(actor);
  for (;;) {
    OpenFile* file = FindOpenFile(self, handle);
    if (file == nullptr) return FailClosed(self);
    const int error = flock(file->fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    if (error != EWOULDBLOCK || !wait) return FinishCall(self, error, "lock of the file", {});
    snow_timer_sleep(actor, kLockRetryMs);
  }
}

}  // extern "C"
