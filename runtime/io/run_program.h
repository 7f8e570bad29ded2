// Programs of the operating system, run to their end on a helper thread.
#ifndef RUNTIME_IO_RUN_PROGRAM_H_
#define RUNTIME_IO_RUN_PROGRAM_H_

#include <atomic>
#include <cstdint>

#include "runtime/base/text.h"

namespace snow::rt {

// What to run, and what came of it. Shared by the actor that waits and the helper that works: the
// last of the two frees it.
struct ProgramRun {
  // Each text ends with a NUL.
  Text program;
  Text arguments;    // one after the other
  Text environment;  // NAME=value, one after the other: added to the own
  Text folder;       // empty: the own
  Text input;
  int64_t limit_ms = -1;

  int error = 0;  // ETIMEDOUT: the limit passed
  int code = 0;   // exit code, or 128 + signal
  Text out;
  Text err;

  std::atomic<bool> is_cancelled{false};  // the actor has ended
  std::atomic<bool> is_done{false};
  std::atomic<int> owners{2};
  uint64_t waiter = 0;
};

void DropProgramRun(ProgramRun* run);

// Blocks until the program has ended, is killed for the limit, or the run is cancelled.
void RunToEnd(ProgramRun& run);

}  // namespace snow::rt

#endif  // RUNTIME_IO_RUN_PROGRAM_H_
