#include <memory>

#include "CLI/CLI.hpp"
#include "driver/build.h"
#include "driver/commands.h"
#include "driver/execute.h"
#include "driver/project.h"

namespace snow::driver {
namespace {

struct TestArguments {
  std::string path;
  std::string filter;
  bool release = false;
  unsigned jobs = 0;
};

void Test(Session& session, const TestArguments& arguments) {
  session.exit_code = kFailure;
  auto installation = FindInstallation(session.terminal);
  if (!installation) return;
  auto project = LoadProject(session, arguments.path, {.tests = true});
  if (!project) return;
  auto program = BuildProgram(
      session, *installation, *project,
      {.release = arguments.release, .program = compile::Program::kTests, .jobs = arguments.jobs});
  if (!program) return;
  // The library's runner reads its options from the program's arguments.
  std::vector<std::string> words;
  if (!arguments.filter.empty()) words = {"--filter", arguments.filter};
  words.insert(words.end(), session.program_arguments.begin(), session.program_arguments.end());
  session.exit_code = Execute(session.terminal, *program, project->name, words);
}

}  // namespace

void AddTest(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("test", "Run the tests")->group(kWriteGroup);
  auto arguments = std::make_shared<TestArguments>();
  command->add_option("PATH", arguments->path,
                      "A .snow file, a folder or a package (default: this folder)");
  command->add_option("--filter", arguments->filter, "Only tests whose name contains this")
      ->type_name("TEXT");
  command->add_flag("--release", arguments->release, "Optimise");
  command->add_option("-j,--jobs", arguments->jobs, "How many threads compile")->type_name("N");
  command->callback([&session, arguments] { Test(session, *arguments); });
}

}  // namespace snow::driver
