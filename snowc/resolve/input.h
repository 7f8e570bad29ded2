// What the checker reads: parsed modules, grouped in packages. No I/O is done after this.
#ifndef SNOWC_RESOLVE_INPUT_H_
#define SNOWC_RESOLVE_INPUT_H_

#include <string>
#include <vector>

#include "snowc/base/source.h"
#include "snowc/syntax/ast.h"

namespace snow {

struct CheckModule {
  // The path in PascalCase, "Math.Vector"; "" for the entry (main.snow, lib.snow).
  std::string name;
  std::string path;  // of the file, as shown to people
  const ast::File* file = nullptr;
};

struct CheckPackage {
  std::string name;  // of the manifest; "std" is the library
  std::vector<CheckModule> modules;
  std::vector<std::string> dependencies;  // names of other packages of the input; "std" is implied
};

struct CheckInput {
  // In any order, the package "std" among them. All files outlive the result.
  std::vector<CheckPackage> packages;
  std::string root;  // name of the package that is built: its `main` is the program's
  // The files' texts, for what shows source (`assert`, `dbg`); may be null.
  const SourceSet* sources = nullptr;
  // Checks the bodies of the whole library, used or not.
  bool whole_library = false;
  // The program runs the tests: it reaches the library's runner.
  bool runs_tests = false;
};

}  // namespace snow

#endif  // SNOWC_RESOLVE_INPUT_H_
