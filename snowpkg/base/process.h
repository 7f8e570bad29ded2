#ifndef SNOW_SNOWPKG_BASE_PROCESS_H_
#define SNOW_SNOWPKG_BASE_PROCESS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "snowpkg/base/result.h"

namespace snow::pkg {

struct ProcessOptions {
  std::string directory;  // to run in; the current one when empty
  std::vector<std::pair<std::string, std::string>> environment;  // set on top of the present one
  std::string input;                                             // for standard input
  uint64_t output_limit = uint64_t{256} << 20;  // bytes of standard output; more is an error
  int time_limit_ms = 600'000;                  // the process is killed afterwards
};

struct ProcessOutput {
  int exit_code = 0;  // 128 + signal when a signal ended it
  std::string out;
  std::string err;  // the first 64 KiB
};

// Runs a program (found through PATH, no shell) to its end. An Error (kFile) when it cannot be
// started, says too much, or takes too long; an exit code other than 0 is the caller's to judge.
// Thread-safe.
Result<ProcessOutput> RunProcess(const std::vector<std::string>& command,
                                 const ProcessOptions& options = {});

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_BASE_PROCESS_H_
