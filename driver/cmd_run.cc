#include <memory>

#include "CLI/CLI.hpp"
#include "driver/build.h"
#include "driver/commands.h"
#include "driver/execute.h"
#include "driver/project.h"

namespace snow::driver {
namespace {

struct RunArguments {
  std::string path;
  bool release = false;
  unsigned jobs = 0;
  std::vector<std::string> rest;
};

void Run(Session& session, const RunArguments& arguments) {
  session.exit_code = kFailure;
  auto installation = FindInstallation(session.terminal);
  if (!installation) return;
  auto project = LoadProject(session, arguments.path, {});
  if (!project) return;
  if (project->is_library) {
    session.terminal.Show(Complaint{.kind = DiagnosticKind::kNoMain,
                                    .message = project->name + " is a library: it has no main",
                                    .helps = {"'snow test' runs its tests"}});
    return;
  }
  auto program = BuildProgram(session, *installation, *project,
                              {.release = arguments.release, .jobs = arguments.jobs});
  if (!program) return;
  std::vector<std::string> words = arguments.rest;
  words.insert(words.end(), session.program_arguments.begin(), session.program_arguments.end());
  session.exit_code = Execute(session.terminal, *program, project->name, words);
}

}  // namespace

void AddRun(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("run", "Compile and run a program")->group(kWriteGroup);
  auto arguments = std::make_shared<RunArguments>();
  command->add_option("PATH", arguments->path,
                      "A .snow file, a folder or a package (default: this folder)");
  command->add_option("ARGUMENT", arguments->rest,
                      "For the program; what begins with a dash must stand behind --");
  command->add_flag("--release", arguments->release, "Optimise");
  command->add_option("-j,--jobs", arguments->jobs, "How many threads compile")->type_name("N");
  command->callback([&session, arguments] { Run(session, *arguments); });
}

}  // namespace snow::driver
