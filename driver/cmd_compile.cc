// `snow compile`: what the Bazel rules call. It takes every file by name and reads nothing else, so
// that its output depends on its command line alone. Not in the overview.

#include <map>
#include <memory>

#include "CLI/CLI.hpp"
#include "driver/build.h"
#include "driver/commands.h"
#include "driver/installation.h"
#include "driver/source_tree.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"

namespace snow::driver {
namespace {

struct CompileArguments {
  std::string package;
  std::vector<std::string> sources;       // PATH-IN-PACKAGE=FILE
  std::vector<std::string> interfaces;    // of all packages that are needed
  std::vector<std::string> dependencies;  // names of those that the sources may import
  std::vector<std::string> allowed;       // capabilities
  bool restricted = false;
  bool tests = false;
  bool release = false;
  std::string interface_output;
  std::string output;
  unsigned jobs = 1;
};

bool Refuse(Session& session, std::string message) {
  session.terminal.Show(
      Complaint{.kind = DiagnosticKind::kBadRequest, .message = std::move(message)});
  return false;
}

std::optional<std::string> Read(Session& session, const std::string& path) {
  auto text = pkg::ReadFile(path);
  if (text.ok()) return *std::move(text);
  session.terminal.Show(text.error());
  return std::nullopt;
}

bool AddSources(Session& session, const CompileArguments& arguments, compile::Package& package) {
  for (const std::string& source : arguments.sources) {
    size_t equals = source.find('=');
    if (equals == std::string::npos) return Refuse(session, "--source " + source + " has no '='");
    std::string name = source.substr(0, equals);
    auto module = ModuleOfPath(name);
    if (!module) return Refuse(session, name + ": a module cannot have this name");
    if (!arguments.tests && name.ends_with("_test.snow")) continue;
    auto text = Read(session, source.substr(equals + 1));
    if (!text) return false;
    package.sources.push_back({.module = *module,
                               .path = source.substr(equals + 1),
                               .program_path = pkg::JoinPath(arguments.package, name),
                               .text = *std::move(text)});
  }
  return true;
}

bool AddInterfaces(Session& session, const CompileArguments& arguments, compile::Input& input,
                   std::map<std::string, std::string>& texts) {
  for (const std::string& path : arguments.interfaces) {
    auto text = Read(session, path);
    if (!text) return false;
    compile::Package package;
    std::string problem = compile::ReadInterfaceAs(*text, package);
    if (!problem.empty()) return Refuse(session, path + ": " + problem);
    texts[package.name] = *std::move(text);
    input.packages.push_back(std::move(package));
  }
  return true;
}

bool StaysWithin(Session& session, const CompileArguments& arguments,
                 const compile::Result& result) {
  auto found = result.capabilities.find(arguments.package);
  if (!arguments.restricted || found == result.capabilities.end()) return true;
  std::vector<std::string> excess;
  for (const std::string& word : found->second) {
    if (std::find(arguments.allowed.begin(), arguments.allowed.end(), word) ==
        arguments.allowed.end()) {
      excess.push_back(word);
    }
  }
  if (excess.empty()) return true;
  session.terminal.Show(
      Complaint{.kind = DiagnosticKind::kCapabilityDenied,
                .message = "the package " + arguments.package + " reaches " +
                           pkg::QuotedList(excess) + ", which its target does not allow",
                .helps = {"add it to `allow` of the target, if the package should"}});
  return false;
}

bool WriteOutput(Session& session, const std::string& path, std::string_view bytes) {
  pkg::Status written = pkg::WriteFileAtomically(path, bytes);
  if (!written.ok()) session.terminal.Show(written.error());
  return written.ok();
}

bool Compile(Session& session, const CompileArguments& arguments) {
  auto installation = FindInstallation(session.terminal);
  if (!installation) return false;
  compile::Input input;
  std::map<std::string, std::string> interfaces;
  if (!AddInterfaces(session, arguments, input, interfaces)) return false;
  compile::Package package{
      .name = arguments.package, .sources = {}, .dependencies = arguments.dependencies};
  if (!AddSources(session, arguments, package)) return false;
  input.packages.push_back(std::move(package));
  input.root = arguments.package;
  if (!AddLibrary(session.terminal, *installation, input)) return false;

  bool executable = !arguments.output.empty();
  // Without the user's cache: Bazel has its own, and an action must not depend on another.
  compile::Result result = compile::Compile(
      input,
      {.goal = executable ? compile::Goal::kObjects : compile::Goal::kCheck,
       .program = arguments.tests ? compile::Program::kTests : compile::Program::kMain,
       .release = arguments.release,
       .threads = arguments.jobs},
      nullptr);
  session.terminal.Show(result.diagnostics, *result.sources);
  if (!result.ok() || !StaysWithin(session, arguments, result)) return false;
  if (!arguments.interface_output.empty() &&
      !WriteOutput(session, arguments.interface_output,
                   compile::WriteInterfaceOf(input, result, interfaces, std::string(kVersion)))) {
    return false;
  }
  if (!executable) return true;
  compile::LinkResult linked = compile::LinkProgram(installation->link, result, arguments.output);
  if (!linked.ok) ShowLinkError(session.terminal, linked);
  return linked.ok;
}

}  // namespace

void AddCompile(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("compile", "Compile named files, for build tools")->group("");
  auto arguments = std::make_shared<CompileArguments>();
  command->add_option("--package", arguments->package, "The package")->required();
  command->add_option("--source", arguments->sources, "PATH-IN-PACKAGE=FILE")->required();
  command->add_option("--interface-of", arguments->interfaces, "A package's .snowi file");
  command->add_option("--dependency", arguments->dependencies, "A package that may be imported");
  command->add_option("--allow", arguments->allowed, "A capability that the package may use");
  command->add_flag("--restrict", arguments->restricted, "It may use no others");
  command->add_flag("--tests", arguments->tests, "The executable runs the tests");
  command->add_flag("--release", arguments->release, "Optimise");
  command->add_option("--interface", arguments->interface_output, "Where the .snowi file goes");
  command->add_option("--output", arguments->output, "Where the executable goes");
  command->add_option("-j,--jobs", arguments->jobs, "How many threads compile");
  for (CLI::Option* option : command->get_options()) {
    if (option->get_items_expected_max() > 1) option->allow_extra_args(false);
  }
  command->callback([&session, arguments] {
    session.exit_code = Compile(session, *arguments) ? kSuccess : kFailure;
  });
}

}  // namespace snow::driver
