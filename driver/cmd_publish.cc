#include <memory>

#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "driver/package_report.h"

namespace snow::driver {
namespace {

std::string SizeText(uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  return std::to_string((bytes + 1023) / 1024) + " KiB";
}

void Publish(Session& session, const pkg::PublishOptions& options) {
  session.exit_code = kFailure;
  auto folder = CurrentPackage(session);
  if (!folder) return;
  auto report = pkg::Publish(session.packages, *folder, options);
  if (!report.ok()) return session.terminal.Show(report.error());
  Terminal& terminal = session.terminal;
  for (const std::string& file : report->files) terminal.Status("  " + file);
  terminal.Status(std::to_string(report->files.size()) + " files, " +
                  SizeText(report->archive_size) +
                  ", can reach: " + report->capabilities.ToString());
  if (options.dry_run) {
    terminal.Status("nothing was sent (--dry-run)");
  } else {
    std::string line =
        "published " + report->name + " " + report->version + " at " + report->registry;
    if (report->log_index) line += ", entry " + std::to_string(*report->log_index) + " of its log";
    terminal.Status(line);
  }
  session.exit_code = kSuccess;
}

struct YankArguments {
  std::string package;
  std::string version;
  std::string registry;
  bool undo = false;
};

void Yank(Session& session, const YankArguments& arguments) {
  session.exit_code = kFailure;
  auto index = pkg::Yank(session.packages, arguments.registry, arguments.package, arguments.version,
                         !arguments.undo);
  if (!index.ok()) return session.terminal.Show(index.error());
  std::string what = arguments.package + " " + arguments.version;
  if (!index->has_value()) {
    session.terminal.Status(what + (arguments.undo ? " was not yanked" : " was yanked already"));
  } else {
    session.terminal.Status(what + (arguments.undo ? " can be chosen again"
                                                   : " is chosen by no new resolution any more"));
  }
  session.exit_code = kSuccess;
}

}  // namespace

void AddPublish(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("publish", "Offer this package in a registry")->group(kPackageGroup);
  auto options = std::make_shared<pkg::PublishOptions>();
  command->add_option("--registry", options->registry, "Name or URL (default: that of snow.toml)")
      ->type_name("REGISTRY");
  command->add_flag("--dry-run", options->dry_run, "Pack and check, send nothing");
  command->callback([&session, options] { Publish(session, *options); });
}

void AddYank(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("yank", "Take a published version out of new resolutions")
                          ->group(kPackageGroup);
  auto arguments = std::make_shared<YankArguments>();
  command->add_option("PACKAGE", arguments->package, "Its name")->required();
  command->add_option("VERSION", arguments->version, "Which one")->required();
  command->add_option("--registry", arguments->registry, "Name or URL")->type_name("REGISTRY");
  command->add_flag("--undo", arguments->undo, "Put it back");
  command->callback([&session, arguments] { Yank(session, *arguments); });
}

}  // namespace snow::driver
