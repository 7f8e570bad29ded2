// Where the command finds what it works with: beside itself.
//
//   bin/snow
//   lib/snow/link/link.txt …   what every program is linked from (snowc/link/link.h)
//   lib/snow/stdlib/*.snow     the library
#ifndef DRIVER_INSTALLATION_H_
#define DRIVER_INSTALLATION_H_

#include <optional>
#include <string>

#include "driver/terminal.h"
#include "snowc/compile/compile.h"

namespace snow::driver {

inline constexpr std::string_view kVersion = "0.1.0";

struct Installation {
  std::string folder;  // lib/snow, absolute
  compile::Toolchain link;
  // Changes whenever one of the toolchain's files does: what another toolchain has made is not
  // taken from a cache.
  std::string identity;

  std::string StdlibFolder() const { return folder + "/stdlib"; }
};

// None after an error has been shown.
std::optional<Installation> FindInstallation(Terminal& terminal);

}  // namespace snow::driver

#endif  // DRIVER_INSTALLATION_H_
