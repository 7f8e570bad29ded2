#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "driver/installation.h"

namespace snow::driver {

void AddVersion(CLI::App& app, Session&) {
  CLI::App* command = app.add_subcommand("version", "Print the version")->group(kMoreGroup);
  command->callback([] { Print("snow " + std::string(kVersion) + "\n"); });
}

}  // namespace snow::driver
