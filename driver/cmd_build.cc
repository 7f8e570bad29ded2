#include <map>
#include <memory>

#include "CLI/CLI.hpp"
#include "driver/build.h"
#include "driver/commands.h"
#include "driver/project.h"
#include "snowpkg/base/directory_lock.h"
#include "snowpkg/base/file.h"

namespace snow::driver {
namespace {

struct BuildArguments {
  std::string path;
  std::string output;
  std::string emit = "exe";
  bool release = false;
  unsigned jobs = 0;
};

// Where the result goes when the user does not say so.
std::string DefaultOutput(const Project& project, const BuildArguments& arguments,
                          const std::string& ending) {
  if (project.kind == ProjectKind::kFile) return project.name + ending;
  return project.BuildFolder() + (arguments.release ? "/release/" : "/debug/") + project.name +
         ending;
}

// How a path is told: from the current folder where it lies below it.
std::string Shown(const std::string& path) {
  std::string current = pkg::AbsolutePath(".") + "/";
  return path.starts_with(current) ? path.substr(current.size()) : path;
}

bool WriteOutput(Session& session, const std::string& path, std::string_view bytes, unsigned mode) {
  pkg::Status written = pkg::MakeDirectories(pkg::ParentPath(path));
  if (written.ok()) written = pkg::WriteFileAtomically(path, bytes, mode);
  if (written.ok()) return true;
  session.terminal.Show(
      Complaint{.kind = DiagnosticKind::kCannotWriteFile, .message = written.error().message()});
  return false;
}

// Two builds of one package at once: the second waits, and then finds everything done.
std::optional<pkg::DirectoryLock> LockBuildFolder(Session& session, const Project& project) {
  if (project.kind == ProjectKind::kFile) return std::nullopt;
  if (!pkg::MakeDirectories(project.BuildFolder()).ok()) return std::nullopt;
  auto lock = pkg::DirectoryLock::Acquire(project.BuildFolder(), ".lock", [&] {
    session.terminal.Status("waiting for another snow that builds here");
  });
  if (!lock.ok()) return std::nullopt;  // a folder that cannot be locked can still be written to
  return *std::move(lock);
}

bool BuildExecutable(Session& session, const Installation& installation, Project& project,
                     const BuildArguments& arguments) {
  auto lock = LockBuildFolder(session, project);
  auto program = BuildProgram(session, installation, project,
                              {.release = arguments.release, .jobs = arguments.jobs});
  if (!program) return false;
  std::string output =
      arguments.output.empty() ? DefaultOutput(project, arguments, "") : arguments.output;
  if (pkg::IsDirectory(output)) output = pkg::JoinPath(output, project.name);
  auto bytes = pkg::ReadFile(*program);
  if (!bytes.ok()) {
    session.terminal.Show(bytes.error());
    return false;
  }
  if (!WriteOutput(session, output, *bytes, 0755)) return false;
  session.terminal.Status(session.terminal.Green("built ") + Shown(output));
  return true;
}

// IR, LLVM's IR, or the objects of the program's parts.
bool EmitOther(Session& session, const Installation& installation, Project& project,
               const BuildArguments& arguments) {
  static const std::map<std::string, compile::Goal> kGoals = {
      {"ir", compile::Goal::kIr}, {"llvm", compile::Goal::kLlvm}, {"obj", compile::Goal::kObjects}};
  compile::Goal goal = kGoals.at(arguments.emit);
  compile::Result result = CompileProject(
      session, installation, project,
      {.goal = goal, .release = arguments.release, .threads = JobsOr(arguments.jobs)});
  if (!result.ok()) return false;
  if (goal != compile::Goal::kObjects) {
    if (arguments.output.empty() || arguments.output == "-") {
      Print(result.text);
      return true;
    }
    return WriteOutput(session, arguments.output, result.text, 0644);
  }
  std::string folder =
      arguments.output.empty() ? DefaultOutput(project, arguments, ".objects") : arguments.output;
  for (const auto& object : result.objects) {
    std::string name = object.name;
    for (char& c : name) {
      if (c == '/') c = '.';
    }
    if (!WriteOutput(session, folder + "/" + name + ".o", object.bytes, 0644)) return false;
  }
  session.terminal.Status(session.terminal.Green("wrote ") + Shown(folder));
  return true;
}

void Build(Session& session, const BuildArguments& arguments) {
  session.exit_code = kFailure;
  auto installation = FindInstallation(session.terminal);
  if (!installation) return;
  auto project = LoadProject(session, arguments.path, {});
  if (!project) return;
  bool ok = false;
  if (project->is_library) {
    ok = CompileProject(session, *installation, *project,
                        {.goal = compile::Goal::kCheck, .program = compile::Program::kTests})
             .ok();
    if (ok) session.terminal.Status("checked " + project->name + ", a library");
  } else if (arguments.emit == "exe") {
    ok = BuildExecutable(session, *installation, *project, arguments);
  } else {
    ok = EmitOther(session, *installation, *project, arguments);
  }
  if (ok) session.exit_code = kSuccess;
}

}  // namespace

void AddBuild(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("build", "Compile to an executable")->group(kWriteGroup);
  auto arguments = std::make_shared<BuildArguments>();
  command->add_option("PATH", arguments->path,
                      "A .snow file, a folder or a package (default: this folder)");
  command->add_option("-o,--output", arguments->output, "Where the result goes")->type_name("PATH");
  command->add_flag("--release", arguments->release, "Optimise");
  command
      ->add_option("--emit", arguments->emit,
                   "What to make: exe, obj (object files), ir, llvm (as text)")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"exe", "obj", "ir", "llvm"}));
  command->add_option("-j,--jobs", arguments->jobs, "How many threads compile")->type_name("N");
  command->callback([&session, arguments] { Build(session, *arguments); });
}

}  // namespace snow::driver
