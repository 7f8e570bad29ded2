// What the environment says of the runtime (SNOW_*), read once when a program starts.
#ifndef RUNTIME_BASE_SETTINGS_H_
#define RUNTIME_BASE_SETTINGS_H_

#include <cstdint>

namespace snow::rt {

struct Settings {
  uint32_t workers = 1;            // SNOW_WORKERS: one a core
  int64_t stack_bytes = 0;         // SNOW_STACK_MAX: 256 MiB
  int64_t heap_bytes = 0;          // SNOW_MAX_HEAP: four fifths of the memory
  int64_t terminate_ms = 5000;     // SNOW_TERMINATE_MS
  int64_t shutdown_ms = 5000;      // SNOW_SHUTDOWN_MS
  // SNOW_GC_STRESS: 1: collect at every allocation that reaches the runtime; 2: always fully. The
  // inline allocation of generated code then always reaches it.
  int64_t gc_stress = 0;
  int64_t mailbox_warning = 10000;  // SNOW_MAILBOX_WARNING: messages; 0: never (then INT64_MAX)
  int64_t table_seed = 0;           // of the program's tables: another one in each run
};

// Written before there is a second thread, then only read.
extern constinit Settings g_settings;

void LoadSettings();

// The cores that the process may use.
int64_t CpuCount();

}  // namespace snow::rt

#endif  // RUNTIME_BASE_SETTINGS_H_
