#include <memory>

#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "driver/templates.h"
#include "snowpkg/base/file.h"
#include "snowpkg/manifest/manifest.h"

namespace snow::driver {
namespace {

constexpr char kTemplateHelp[] = "What to begin with: app, lib (a library), web (an HTTP server)";

bool WriteTemplate(Session& session, const std::string& folder, const std::string& template_name,
                   const std::string& name) {
  for (const TemplateFile& file : FilesOfTemplate(template_name, name)) {
    std::string path = pkg::JoinPath(folder, file.path);
    if (pkg::FileExists(path)) continue;  // what the user has written stays
    pkg::Status written = pkg::MakeDirectories(pkg::ParentPath(path));
    if (written.ok()) written = pkg::WriteFileAtomically(path, file.text);
    if (!written.ok()) {
      session.terminal.Show(written.error());
      return false;
    }
  }
  return true;
}

bool IsNameOrTold(Session& session, const std::string& name) {
  if (pkg::IsPackageName(name)) return true;
  session.terminal.Show(pkg::BadPackageName(name));
  return false;
}

void New(Session& session, const std::string& path, const std::string& template_name) {
  session.exit_code = kFailure;
  std::string name = pkg::BaseName(pkg::AbsolutePath(path));
  if (!IsNameOrTold(session, name)) return;
  if (pkg::FileExists(path)) {
    session.terminal.Show(Complaint{.kind = DiagnosticKind::kBadRequest,
                                    .message = path + " exists already",
                                    .helps = {"'snow init' in it makes it a package"}});
    return;
  }
  // Made aside, so that an interrupted command leaves nothing at the path.
  std::string aside = pkg::JoinPath(pkg::ParentPath(path), "." + name + ".new");
  static_cast<void>(pkg::RemoveTree(aside));
  if (!WriteTemplate(session, aside, template_name, name)) return;
  pkg::Status moved = pkg::RenamePath(aside, path);
  if (!moved.ok()) {
    static_cast<void>(pkg::RemoveTree(aside));
    session.terminal.Show(moved.error());
    return;
  }
  session.terminal.Status("made the package " + session.terminal.Bold(name) + " in " + path + "/");
  session.terminal.Status("next: cd " + path + " && snow " +
                          (template_name == "lib" ? "test" : "run"));
  session.exit_code = kSuccess;
}

void Init(Session& session, std::string name, const std::string& template_name) {
  session.exit_code = kFailure;
  if (pkg::FileExists("snow.toml")) {
    session.terminal.Show(Complaint{.kind = DiagnosticKind::kBadRequest,
                                    .message = "this folder is a package already: it has a "
                                               "snow.toml"});
    return;
  }
  if (name.empty()) name = pkg::BaseName(pkg::AbsolutePath("."));
  if (!IsNameOrTold(session, name)) return;
  // With sources here already, only the manifest is missing.
  bool has_sources =
      pkg::FileExists("main.snow") || pkg::FileExists("lib.snow") || pkg::FileExists("src");
  if (has_sources) {
    for (const TemplateFile& file : FilesOfTemplate(template_name, name)) {
      if (file.path != "snow.toml") continue;
      pkg::Status written = pkg::WriteFileAtomically(file.path, file.text);
      if (!written.ok()) return session.terminal.Show(written.error());
    }
  } else if (!WriteTemplate(session, ".", template_name, name)) {
    return;
  }
  session.terminal.Status("this folder is the package " + session.terminal.Bold(name) + " now");
  session.exit_code = kSuccess;
}

}  // namespace

void AddNew(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("new", "Make a package in a folder of its own")->group(kWriteGroup);
  auto path = std::make_shared<std::string>();
  auto template_name = std::make_shared<std::string>("app");
  command->add_option("NAME", *path, "The package; a path makes the folder there")->required();
  command->add_option("--template", *template_name, kTemplateHelp)
      ->type_name("WHAT")
      ->check(CLI::IsMember(TemplateNames()));
  command->callback([&session, path, template_name] { New(session, *path, *template_name); });
}

void AddInit(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("init", "Make the current folder a package")->group(kWriteGroup);
  auto name = std::make_shared<std::string>();
  auto template_name = std::make_shared<std::string>("app");
  command->add_option("NAME", *name, "The package (default: the folder's name)");
  command->add_option("--template", *template_name, kTemplateHelp)
      ->type_name("WHAT")
      ->check(CLI::IsMember(TemplateNames()));
  command->callback([&session, name, template_name] { Init(session, *name, *template_name); });
}

}  // namespace snow::driver
