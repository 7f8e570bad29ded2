// The program as a whole: main, its exit code, the orderly end.
#ifndef RUNTIME_PROCESS_PROGRAM_H_
#define RUNTIME_PROCESS_PROGRAM_H_

#include <atomic>
#include <cstdint>

#include "runtime/actor/reason.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {

inline constexpr int kPanicExitCode = 101;

// Starts main's actor and becomes the first worker. The settings have been loaded.
[[noreturn]] void RunProgram(int argc, char** argv);

// Flushes standard output and ends the process.
[[noreturn]] void ExitNow(int code);

// What main returned.
void SetMainResult(int64_t code);
// The exit code when main ends for this reason.
int MainExitCode(const Reason& reason);
// main has ended. If that was a failure everything is shut down now, otherwise when nothing is left
// to do.
void MainEnded(Worker& worker, int code, bool is_failure);

// Shuts everything down in order, and ends the process with this code; at the latest after the
// limit for that (SNOW_SHUTDOWN_MS). The first code counts.
void BeginShutdown(Worker& worker, int code);

// The hook of the scheduler: nothing can happen any more.
bool Quiet(Worker& worker);

// The arguments without the program's name.
struct Arguments {
  int count;
  char** values;
};
Arguments ProgramArguments();

// Milliseconds since the program began.
uint32_t UptimeMs();

}  // namespace snow::rt

#endif  // RUNTIME_PROCESS_PROGRAM_H_
