#include <memory>

#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "driver/package_report.h"

namespace snow::driver {
namespace {

struct AddArguments {
  std::vector<std::string> packages;
  pkg::AddRequest common;  // what the flags say, for each of them
  pkg::ChangeOptions options;
};

void Add(Session& session, const AddArguments& arguments) {
  session.exit_code = kFailure;
  auto folder = CurrentPackage(session);
  if (!folder) return;
  std::vector<pkg::AddRequest> requests;
  for (const std::string& text : arguments.packages) {
    auto parsed = pkg::ParseAddRequest(text);
    if (!parsed.ok()) return session.terminal.Show(parsed.error());
    pkg::AddRequest request = arguments.common;
    request.name = parsed->name;
    request.version = parsed->version;
    requests.push_back(std::move(request));
  }
  // With a path or a repository, the name stands in the package there.
  if (requests.empty()) requests.push_back(arguments.common);
  auto report = pkg::Add(session.packages, *folder, requests, arguments.options);
  if (!report.ok()) return session.terminal.Show(report.error());
  ShowChanges(session, *report, arguments.options.dry_run);
  session.exit_code = kSuccess;
}

}  // namespace

void AddAdd(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("add", "Use a package: add it to snow.toml")->group(kPackageGroup);
  auto arguments = std::make_shared<AddArguments>();
  CLI::Option* packages = command->add_option("PACKAGE", arguments->packages,
                                              "greetings, greetings@1.2, greetings@=1.2.3");
  CLI::Option* path = command->add_option("--path", arguments->common.path, "A package in a folder")
                          ->type_name("FOLDER");
  CLI::Option* git =
      command->add_option("--git", arguments->common.git, "A package in a repository")
          ->type_name("URL");
  path->excludes(git);
  for (auto [flag, target, text] :
       {std::tuple("--rev", &arguments->common.rev, "Its commit"),
        std::tuple("--tag", &arguments->common.tag, "Its tag"),
        std::tuple("--branch", &arguments->common.branch, "Its branch")}) {
    command->add_option(flag, *target, text)->type_name("NAME")->needs(git);
  }
  command->add_option("--registry", arguments->common.registry, "Name or URL of a registry")
      ->type_name("REGISTRY");
  command->add_flag("--dev", arguments->common.dev, "For tests only");
  command->add_flag("--dry-run", arguments->options.dry_run, "Tell what would change");
  command->callback([&session, arguments, packages, path, git] {
    if (packages->empty() && path->empty() && git->empty()) {
      throw CLI::ValidationError("name a package, or give --path or --git");
    }
    Add(session, *arguments);
  });
}

void AddRemove(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("remove", "Use a package no more")->group(kPackageGroup);
  auto packages = std::make_shared<std::vector<std::string>>();
  auto options = std::make_shared<pkg::ChangeOptions>();
  command->add_option("PACKAGE", *packages, "Names that stand in snow.toml")->required();
  command->add_flag("--dry-run", options->dry_run, "Tell what would change");
  command->callback([&session, packages, options] {
    session.exit_code = kFailure;
    auto folder = CurrentPackage(session);
    if (!folder) return;
    auto report = pkg::Remove(session.packages, *folder, *packages, *options);
    if (!report.ok()) return session.terminal.Show(report.error());
    for (const std::string& name : *packages) {
      session.terminal.Status((options->dry_run ? "would remove " : "removed ") + name +
                              " from snow.toml");
    }
    ShowChanges(session, *report, options->dry_run);
    session.exit_code = kSuccess;
  });
}

void AddUpdate(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("update", "Take the newest versions that snow.toml allows")
                          ->group(kPackageGroup);
  auto packages = std::make_shared<std::vector<std::string>>();
  auto options = std::make_shared<pkg::ChangeOptions>();
  command->add_option("PACKAGE", *packages, "Only these (default: all)");
  command->add_flag("--dry-run", options->dry_run, "Tell what would change");
  command->add_flag("--allow-new-capabilities", options->allow_new_capabilities,
                    "Accept versions that can reach more than before");
  command->callback([&session, packages, options] {
    session.exit_code = kFailure;
    auto folder = CurrentPackage(session);
    if (!folder) return;
    auto report = pkg::Update(session.packages, *folder, *packages, *options);
    if (!report.ok()) return session.terminal.Show(report.error());
    ShowChanges(session, *report, options->dry_run);
    session.exit_code = kSuccess;
  });
}

}  // namespace snow::driver
