// What each package of a program can reach of the outside world.
//
// A Snow package reaches the world only through the library, and the library only through the
// runtime's functions. So a package's capabilities are those of the runtime functions that its code
// can reach through functions of the library (not through other packages: those have capabilities
// of their own), and `native` if it binds a C function itself.
#ifndef SNOWC_PACKAGE_CAPABILITIES_H_
#define SNOWC_PACKAGE_CAPABILITIES_H_

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "snowc/hir/hir.h"

namespace snow::package {

// The words of snowpkg/manifest/capability.def.
using CapabilityWords = std::set<std::string, std::less<>>;

// By package name; a package that needs nothing has an empty set. The library ("std") is left out.
std::map<std::string, CapabilityWords> FindCapabilities(const hir::Program& program);

// The capability behind a runtime function of abi.def by its C symbol ("snow_file_read" is "fs");
// empty for those that reach nothing outside the program.
std::string_view CapabilityOfSymbol(std::string_view symbol);

}  // namespace snow::package

#endif  // SNOWC_PACKAGE_CAPABILITIES_H_
