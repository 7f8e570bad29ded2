#ifndef SNOW_SNOWPKG_OPERATIONS_CAPABILITY_CHECK_H_
#define SNOW_SNOWPKG_OPERATIONS_CAPABILITY_CHECK_H_

#include <string>

#include "snowpkg/base/result.h"
#include "snowpkg/lockfile/lockfile.h"
#include "snowpkg/manifest/manifest.h"

namespace snow::pkg {

// What [capabilities] of the project allows a dependency; everything when it says nothing of it.
CapabilitySet AllowedByManifest(const Manifest& project, const std::string& package);

// Whether every locked package keeps within what the project allows (kCapability).
Status CheckAllowed(const Manifest& project, const Lockfile& lock);

// Whether a change of the lockfile widens what the project's dependencies reach without having been
// asked for: a package that reaches more than its version before, or a package that a dependency
// brings along now and with which it reaches more (kCapability, naming each). `fresh` are
// dependencies that the user has just named: what they reach has been shown.
Status CheckNotWidened(const Lockfile& before, const Lockfile& after,
                       const std::vector<std::string>& fresh);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_OPERATIONS_CAPABILITY_CHECK_H_
