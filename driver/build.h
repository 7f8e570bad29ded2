// Building a project: compiling, linking, and not doing again what has been done before.
#ifndef DRIVER_BUILD_H_
#define DRIVER_BUILD_H_

#include <optional>
#include <string>

#include "driver/project.h"
#include "driver/session.h"
#include "driver/installation.h"
#include "snowc/compile/compile.h"

namespace snow::driver {

struct BuildOptions {
  bool release = false;
  compile::Program program = compile::Program::kMain;
  unsigned jobs = 0;  // 0: one a core
};

// Compiles with objects of earlier builds taken from the user's cache. Shows errors and warnings;
// the result says whether there were errors.
compile::Result CompileProject(Session& session, const Installation& installation, Project& project,
                               const compile::Options& options);

// The path of an executable of the project in the user's cache, made if it is not there yet. It is
// named by a hash of everything that it depends on, never changes, and stays for days. None after
// an error has been shown.
std::optional<std::string> BuildProgram(Session& session, const Installation& installation,
                                        Project& project, const BuildOptions& options);

// The library as a package of the input, unless it is one already. False after an error has been
// shown.
bool AddLibrary(Terminal& terminal, const Installation& installation, compile::Input& input);

void ShowLinkError(Terminal& terminal, const compile::LinkResult& linked);

// One a core for 0.
unsigned JobsOr(unsigned jobs);

}  // namespace snow::driver

#endif  // DRIVER_BUILD_H_
