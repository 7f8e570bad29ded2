#include "runtime/base/settings.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/base/text.h"

namespace snow::rt {
namespace {

// The memory that the process may use: the machine's, or less in a container.
int64_t MemoryBytes() {
  int64_t bytes = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  const int fd = open("/sys/fs/cgroup/memory.max", O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    char text[32] = {};
    if (read(fd, text, sizeof(text) - 1) > 0) {
      const long long limit = strtoll(text, nullptr, 10);
      if (limit > 0) bytes = std::min<int64_t>(bytes, limit);
    }
    close(fd);
  }
  return bytes;
}

}  // namespace

constinit Settings g_settings;

int64_t CpuCount() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max<int64_t>(1, sysconf(_SC_NPROCESSORS_ONLN));
}

void LoadSettings() {
  g_settings.workers = static_cast<uint32_t>(EnvironmentNumber("SNOW_WORKERS", 1, CpuCount()));
  g_settings.stack_bytes = EnvironmentNumber("SNOW_STACK_MAX", 1, int64_t{256} << 20);
  g_settings.heap_bytes = EnvironmentNumber("SNOW_MAX_HEAP", 1, MemoryBytes() / 5 * 4);
  g_settings.terminate_ms = EnvironmentNumber("SNOW_TERMINATE_MS", 0, 5000);
  g_settings.shutdown_ms = EnvironmentNumber("SNOW_SHUTDOWN_MS", 0, 5000);
  g_settings.gc_stress = EnvironmentNumber("SNOW_GC_STRESS", 0, 0);
  // Without random bytes a table's order of slots can be guessed, no more.
  if (getrandom(&g_settings.table_seed, sizeof(g_settings.table_seed), GRND_NONBLOCK) < 0) {
    g_settings.table_seed = getpid();
  }
  g_settings.mailbox_warning = EnvironmentNumber("SNOW_MAILBOX_WARNING", 0, 10000);
  if (g_settings.mailbox_warning == 0) g_settings.mailbox_warning = INT64_MAX;
}

}  // namespace snow::rt
