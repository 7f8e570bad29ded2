// `snow registry`: the registry server and its administration, a Snow program of its own beside the
// library.

#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "driver/execute.h"
#include "driver/installation.h"

namespace snow::driver {

void AddRegistry(CLI::App& app, Session&) {
  app.add_subcommand("registry", "Serve packages to others: a registry of one's own")
      ->group(kPackageGroup);
}

int RunRegistry(Session& session, const std::vector<std::string>& words) {
  auto installation = FindInstallation(session.terminal);
  if (!installation) return kFailure;
  return Execute(session.terminal, installation->folder + "/registry/registry", "snow registry",
                 words);
}

}  // namespace snow::driver
