#include <memory>

#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "snowpkg/api.h"
#include "snowpkg/base/file.h"

namespace snow::driver {
namespace {

void Remove(Session& session, const std::string& folder) {
  if (!pkg::FileExists(folder)) return;
  pkg::Status removed = pkg::RemoveTree(folder);
  if (!removed.ok()) {
    session.terminal.Show(removed.error());
    session.exit_code = kFailure;
    return;
  }
  session.terminal.Status("removed " + folder);
}

}  // namespace

void AddClean(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("clean", "Remove what builds have left")->group(kWriteGroup);
  auto path = std::make_shared<std::string>();
  auto cache = std::make_shared<bool>(false);
  command->add_option("PATH", *path, "A folder or package (default: this folder)");
  command->add_flag("--cache", *cache, "Also empty your cache of builds, shared by all projects");
  command->callback([&session, path, cache] {
    std::string folder = path->empty() ? pkg::FindPackageFolder(".").value_or(".") : *path;
    // Only a folder that builds have made: one with our lock in it.
    std::string build = pkg::JoinPath(folder, "build");
    if (pkg::FileExists(build + "/.lock")) Remove(session, build);
    if (*cache) Remove(session, session.CacheFolder() + "/build");
  });
}

}  // namespace snow::driver
