// The command line of `snow`.
#ifndef DRIVER_APPLICATION_H_
#define DRIVER_APPLICATION_H_

#include <string>
#include <vector>

namespace snow::driver {

// Runs one command; `words` are those behind the name of the program. The exit code: 0, 1 when what
// it works on is not right, 2 when the command line is not. `run` ends with its program's code.
int RunCommandLine(std::vector<std::string> words);

}  // namespace snow::driver

#endif  // DRIVER_APPLICATION_H_
