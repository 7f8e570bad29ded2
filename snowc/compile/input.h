// What is compiled: the texts of a program and of the packages that it uses.
#ifndef SNOWC_COMPILE_INPUT_H_
#define SNOWC_COMPILE_INPUT_H_

#include <string>
#include <vector>

namespace snow::compile {

struct SourceText {
  std::string module;  // "Math.Vector"; "" for the entry (main.snow, lib.snow)
  std::string path;    // as diagnostics show it
  // As objects and panics name it: the same wherever the package lies. Empty: as `path`.
  std::string program_path = {};
  std::string text = {};
};

struct Package {
  std::string name;  // "std" is the library
  std::vector<SourceText> sources;
  std::vector<std::string> dependencies;  // names of other packages of the input
};

struct Input {
  std::vector<Package> packages;  // "std" among them
  std::string root;               // the package that is built
};

}  // namespace snow::compile

#endif  // SNOWC_COMPILE_INPUT_H_
