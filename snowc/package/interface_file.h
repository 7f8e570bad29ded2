// Interface files (.snowi): a checked package as one file.
//
// It is what a build tool hands from the action that checks a package to those that use it: who the
// package is, what it can reach of the outside world, which interfaces it was checked against, and
// its code, which users need because generic code is instantiated where it is used. A user reads
// this and never the folder that the package came from.
//
// Text, line by line, so that it can be looked at; source texts stand in it byte for byte:
//
//   snow-interface 1
//   compiler 0.1.0
//   package greetings
//   capability net
//   dependency json_patch 9f86d081884c7d65
//   source 1234 src/lib.snow
//   module Greetings.Words        (absent for the entry)
//   …1234 bytes…
//   end 60303ae22b998861          (hash of everything above)
#ifndef SNOWC_PACKAGE_INTERFACE_FILE_H_
#define SNOWC_PACKAGE_INTERFACE_FILE_H_

#include <string>
#include <string_view>
#include <vector>

namespace snow::package {

struct InterfaceSource {
  std::string module;  // "Words"; "" for the entry
  std::string path;    // as diagnostics and objects name it
  std::string text;
};

struct InterfaceDependency {
  std::string name;
  std::string hash;  // of the interface file that was there when this package was checked
};

struct InterfaceFile {
  std::string compiler;  // version of the compiler that checked the package
  std::string package;
  std::vector<std::string> capabilities;  // sorted
  std::vector<InterfaceDependency> dependencies;
  std::vector<InterfaceSource> sources;
  // 16 hexadecimal digits over all of the above; set by ReadInterface and WriteInterface's text.
  std::string hash;
};

// The same input gives the same bytes.
std::string WriteInterface(const InterfaceFile& file);

// Nothing in the text is trusted: sizes are checked before use. Returns an empty string, or what is
// wrong with the file, as a sentence without its name.
std::string ReadInterface(std::string_view text, InterfaceFile& file);

}  // namespace snow::package

#endif  // SNOWC_PACKAGE_INTERFACE_FILE_H_
