// What the package commands tell their user.
#ifndef DRIVER_PACKAGE_REPORT_H_
#define DRIVER_PACKAGE_REPORT_H_

#include <string>

#include "driver/session.h"
#include "snowpkg/api.h"

namespace snow::driver {

// The folder of the package that the current folder lies in; an error is shown without one.
std::optional<std::string> CurrentPackage(Session& session);

// Lets operations tell what they wait for, and ask the compiler what a package can reach.
void ConnectPackages(Session& session);

// Versions that came, went and changed, each with what it can reach.
void ShowChanges(Session& session, const pkg::ChangeReport& report, bool dry_run);

}  // namespace snow::driver

#endif  // DRIVER_PACKAGE_REPORT_H_
