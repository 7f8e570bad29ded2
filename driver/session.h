// What all commands share during one run of `snow`.
#ifndef DRIVER_SESSION_H_
#define DRIVER_SESSION_H_

#include <string>
#include <vector>

#include "driver/terminal.h"
#include "snowpkg/api.h"

namespace snow::driver {

// Exit codes of the command itself; `snow run` ends with its program's.
inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;  // the program or package at hand is not right
inline constexpr int kUsage = 2;    // the command line is not right

struct Session {
  Terminal terminal;
  pkg::Context packages;  // from the environment and the global flags
  // What stood behind `--`.
  std::vector<std::string> program_arguments;
  int exit_code = kSuccess;

  // $SNOW_HOME/cache: what can be made again.
  std::string CacheFolder() const { return packages.home + "/cache"; }
};

}  // namespace snow::driver

#endif  // DRIVER_SESSION_H_
