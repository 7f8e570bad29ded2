// Environment, arguments and randomness.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "runtime/abi/functions.h"
#include "runtime/base/check.h"
#include "runtime/base/settings.h"
#include "runtime/base/text.h"
#include "runtime/io/result.h"
#include "runtime/memory/string.h"
#include "runtime/process/heap_abi.h"
#include "runtime/process/program.h"

extern char** environ;

namespace snow::rt {
namespace {

// getenv and setenv are not thread-safe with each other.
constinit SpinLock g_environment;

void FillRandom(void* to, size_t size) {
  char* at = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = getrandom(at, size, 0);
    if (got < 0 && errno != EINTR) Fatal("the system gives no random bytes");
    if (got <= 0) continue;
    at += got;
    size -= static_cast<size_t>(got);
  }
}

constexpr size_t kPathMost = 4096;

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

SnowPair snow_env_get(SnowActor* actor, uint64_t name_0, uint64_t name_1) {
  const StringBytes name(name_0, name_1);
  Text value;
  {
    Text text;
    text.Add(name.view());
    SpinLockHolder hold(g_environment);
    const char* found = memchr(name.data(), 0, name.size()) == nullptr ? getenv(text.CString())
                                                                       : nullptr;
    if (found != nullptr) value.Add("1").Add(found);
  }
  return TakeText(ActorOf(actor), value);
}

SnowPair snow_env_set(SnowActor* actor, uint64_t name_0, uint64_t name_1, uint64_t value_0,
                      uint64_t value_1) {
  const StringBytes name(name_0, name_1);
  const StringBytes value(value_0, value_1);
  Text name_text;
  Text value_text;
  name_text.Add(name.view());
  value_text.Add(value.view());
  int error = EINVAL;
  if (memchr(name.data(), 0, name.size()) == nullptr &&
      memchr(value.data(), 0, value.size()) == nullptr) {
    SpinLockHolder hold(g_environment);
    error = setenv(name_text.CString(), value_text.CString(), 1) == 0 ? 0 : errno;
  }
  return FinishCall(ActorOf(actor), error, name.view(), {});
}

SnowPair snow_env_all(SnowActor* actor) {
  Text text;
  {
    SpinLockHolder hold(g_environment);
    for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
      if (at != environ) text.Add(std::string_view("\0", 1));
      text.Add(*at);
    }
  }
  return TakeText(ActorOf(actor), text);
}

SnowPair snow_env_args(SnowActor* actor) {
  const Arguments arguments = ProgramArguments();
  Text text;
  for (int i = 0; i < arguments.count; ++i) {
    text.Add(arguments.values[i]).Add(std::string_view("\0", 1));
  }
  return TakeText(ActorOf(actor), text);
}

SnowPair snow_env_path(SnowActor* actor, int64_t which) {
  char path[kPathMost];
  path[0] = '\0';
  int error = 0;
  const char* what = "";
  if (which == 0) {
    what = "current folder";
    if (getcwd(path, sizeof(path)) == nullptr) error = errno;
  } else if (which == 1) {
    what = "HOME";
    SpinLockHolder hold(g_environment);
    const char* home = getenv("HOME");
    if (home == nullptr || strlen(home) >= sizeof(path)) {
      error = ENOENT;
    } else {
      memcpy(path, home, strlen(home) + 1);
    }
  } else if (which == 2) {
    what = "/proc/self/exe";
    const ssize_t size = readlink(what, path, sizeof(path) - 1);
    if (size < 0) error = errno;
    path[size < 0 ? 0 : size] = '\0';
  } else {
    what = "host name";
    if (gethostname(path, sizeof(path)) != 0) error = errno;
  }
  return FinishCall(ActorOf(actor), error, what, path);
}

int64_t snow_env_cpu_count(SnowActor*) { return CpuCount(); }

int64_t snow_random_word(SnowActor*) {
  int64_t word;
  FillRandom(&word, sizeof(word));
  return word;
}

SnowPair snow_random_bytes(SnowActor* actor, int64_t count) {
  if (count <= 0) return MakeShortString("", 0);
  if (count <= static_cast<int64_t>(kShortStringMost)) {
    char bytes[16];
    FillRandom(bytes, static_cast<size_t>(count));
    return MakeShortString(bytes, static_cast<size_t>(count));
  }
  auto* bytes = static_cast<SnowBytesHead*>(snow_bytes_new(actor, count));
  FillRandom(BytesData(bytes), static_cast<size_t>(count));
  bytes->fill = static_cast<uint32_t>(count);
  return MakeLongString(bytes, 0, static_cast<size_t>(count));
}

int64_t snow_table_seed(SnowActor*) { return g_settings.table_seed; }

bool snow_last_failed(SnowActor* actor) { return (ActorOf(actor)->flags & kLastFailed) != 0; }

}  // extern "C"
