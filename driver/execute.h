// Becoming another program.
#ifndef DRIVER_EXECUTE_H_
#define DRIVER_EXECUTE_H_

#include <string>
#include <vector>

#include "driver/terminal.h"

namespace snow::driver {

// Replaces this process by the program at `path`, which sees `name` as its own. Returns only when
// that fails: an exit code, after an error has been shown.
int Execute(Terminal& terminal, const std::string& path, const std::string& name,
            const std::vector<std::string>& arguments);

}  // namespace snow::driver

#endif  // DRIVER_EXECUTE_H_
