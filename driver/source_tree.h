// The modules in a folder.
#ifndef DRIVER_SOURCE_TREE_H_
#define DRIVER_SOURCE_TREE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/terminal.h"
#include "snowc/compile/input.h"

namespace snow::driver {

struct SourceTreeOptions {
  bool tests = false;               // with *_test.snow and the folder tests/
  std::string shown_prefix = {};    // put before the paths that diagnostics show; "." counts as ""
  std::string program_prefix = {};  // and before those that objects name
  std::string module_prefix = {};   // "Tests": the file a_test.snow is Tests.ATest
  // Absolute path of the file whose module has no name; empty: main.snow or lib.snow of the folder.
  std::string entry = {};
};

// Appends the sources of `folder`, sorted by path. Hidden folders, build folders, links and nested
// packages are passed over. False after an error has been shown.
bool ReadSourceTree(Terminal& terminal, const std::string& folder, const SourceTreeOptions& options,
                    std::vector<compile::SourceText>& sources);

// Appends the paths of all .snow files in `folder`, tests included. The same is passed over as
// above. False after an error has been shown.
bool ListSnowFiles(Terminal& terminal, const std::string& folder, std::vector<std::string>& files);

// "linear_algebra" is LinearAlgebra; nothing if no module can have that name.
std::optional<std::string> ModulePart(std::string_view snake);

// The module of a path in a package's source folder: "math/vector.snow" is Math.Vector, and
// main.snow and lib.snow have no name (""). Nothing when no module can lie there.
std::optional<std::string> ModuleOfPath(std::string_view path);

}  // namespace snow::driver

#endif  // DRIVER_SOURCE_TREE_H_
