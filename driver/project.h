// What a command works on: a file, a folder with main.snow, or a package (chapter 2, section 9).
#ifndef DRIVER_PROJECT_H_
#define DRIVER_PROJECT_H_

#include <optional>
#include <string>
#include <vector>

#include "driver/session.h"
#include "snowc/compile/input.h"
#include "snowpkg/api.h"

namespace snow::driver {

enum class ProjectKind {
  kFile,     // one file
  kFolder,   // a folder with main.snow and no manifest
  kPackage,  // a folder with snow.toml
};

struct Project {
  ProjectKind kind = ProjectKind::kFile;
  std::string name;         // of the executable: "hello"
  std::string folder;       // absolute; of a file: the one it lies in
  bool is_library = false;  // has no main.snow
  // All sources but the library's, which FindInstallation knows.
  compile::Input input = {};
  // Of kPackage: what its packages may reach.
  std::optional<pkg::ResolvedPackages> packages = {};

  // Where builds of a folder or package leave their results.
  std::string BuildFolder() const { return folder + "/build"; }
};

struct ProjectOptions {
  bool tests = false;  // with *_test.snow, the folder tests/ and dev-dependencies
};

// The project at `path`; an empty path is the current folder, or the package that it lies in. None
// after an error has been shown.
std::optional<Project> LoadProject(Session& session, const std::string& path,
                                   const ProjectOptions& options);

}  // namespace snow::driver

#endif  // DRIVER_PROJECT_H_
