// Any bytes as snow.lock: what can be read is written and read again unchanged.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "snowpkg/lockfile/lockfile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace snow::pkg;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Result<Lockfile> lock = ParseLockfile(text, "snow.lock");
  if (!lock.ok()) {
    if (lock.error().place().line < 1) std::abort();
    return 0;
  }
  Result<Lockfile> again = ParseLockfile(WriteLockfile(*lock), "snow.lock");
  if (!again.ok() || !(*again == *lock)) std::abort();
  return 0;
}
