#include <memory>

#include "CLI/CLI.hpp"
#include "driver/build.h"
#include "driver/commands.h"
#include "driver/project.h"

namespace snow::driver {

void AddCheck(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("check", "Find mistakes, without building")->group(kWriteGroup);
  auto path = std::make_shared<std::string>();
  command->add_option("PATH", *path, "A .snow file, a folder or a package (default: this folder)");
  command->callback([&session, path] {
    auto installation = FindInstallation(session.terminal);
    if (!installation) return void(session.exit_code = kFailure);
    auto project = LoadProject(session, *path, {.tests = true});
    if (!project) return void(session.exit_code = kFailure);
    compile::Options options{
        .goal = compile::Goal::kCheck,
        .program = project->is_library ? compile::Program::kTests : compile::Program::kMain};
    compile::Result result = CompileProject(session, *installation, *project, options);
    if (!result.ok()) session.exit_code = kFailure;
  });
}

}  // namespace snow::driver
