#include "driver/package_report.h"

#include <utility>

#include "driver/build.h"
#include "driver/installation.h"
#include "driver/project.h"
#include "snowpkg/base/file.h"
#include "snowpkg/manifest/manifest.h"

namespace snow::driver {
namespace {

void ShowEvent(Terminal& terminal, const pkg::Event& event) {
  using Kind = pkg::Event::Kind;
  switch (event.kind) {
    case Kind::kWaiting:
      return terminal.Status("waiting for another snow that works on " + event.subject);
    case Kind::kAsking:
      return terminal.Status("asking " + event.subject);
    case Kind::kDownloading:
      return;  // its end is told
    case Kind::kDownloaded:
      return terminal.Status("downloaded " + event.subject);
    case Kind::kGit:
      return terminal.Status("fetching " + event.subject);
    case Kind::kUploading:
      return terminal.Status("uploading " + event.subject);
    case Kind::kWarning:
      return terminal.Status(terminal.Bold("warning: ") + event.subject);
  }
}

// Compiles the package in `root` as far as it takes to know. A package from elsewhere whose own
// dependencies are not in place counts as reaching everything.
pkg::Result<pkg::CapabilitySet> FindCapabilities(Session& session, const std::string& root) {
  auto manifest = pkg::LoadManifest(root);
  if (!manifest.ok()) return std::move(manifest).error();
  bool is_own = !root.starts_with(session.packages.home + "/");
  if (!is_own && !manifest->dependencies.empty()) return pkg::CapabilitySet::All();

  pkg::Error failed(pkg::ErrorKind::kRefused, "the package does not compile");
  auto installation = FindInstallation(session.terminal);
  if (!installation) return failed;
  auto project = LoadProject(session, root, {});
  if (!project) return failed;
  compile::Result result =
      CompileProject(session, *installation, *project, {.goal = compile::Goal::kCheck});
  if (!result.ok()) return failed;
  pkg::CapabilitySet reached;
  for (const std::string& word : result.capabilities[manifest->name]) {
    if (auto capability = pkg::CapabilityFromWord(word)) reached.Add(*capability);
  }
  return reached;
}

}  // namespace

std::optional<std::string> CurrentPackage(Session& session) {
  if (auto folder = pkg::FindPackageFolder(".")) return folder;
  session.terminal.Show(
      Complaint{.kind = DiagnosticKind::kNothingToBuild,
                .message = "this folder is no package, nor does it lie in one",
                .helps = {"'snow init' makes it a package, 'snow new NAME' a new one"}});
  return std::nullopt;
}

void ConnectPackages(Session& session) {
  session.packages.on_event = [&session](const pkg::Event& event) {
    ShowEvent(session.terminal, event);
  };
  session.packages.find_capabilities = [&session](const std::string& root) {
    return FindCapabilities(session, root);
  };
}

void ShowChanges(Session& session, const pkg::ChangeReport& report, bool dry_run) {
  Terminal& terminal = session.terminal;
  for (const auto& [name, text] : report.written) {
    terminal.Status(std::string(dry_run ? "would write " : "snow.toml: ") + name + " = " + text);
  }
  for (const pkg::LockChange& change : report.changes) {
    std::string line;
    if (change.after.empty()) {
      line = "  - " + change.name + " " + change.before;
    } else if (change.before.empty()) {
      line = "  + " + change.name + " " + change.after;
    } else {
      line = "  ~ " + change.name + " " + change.before + " -> " + change.after;
    }
    if (!change.after.empty()) {
      line += "  (can reach: " + change.capabilities.ToString();
      pkg::CapabilitySet fresh = change.capabilities.Without(change.capabilities_before);
      if (!change.before.empty() && !fresh.empty()) line += "; new: " + fresh.ToString();
      line += ")";
    }
    terminal.Status(line);
  }
  if (report.changes.empty() && report.written.empty()) terminal.Status("snow.lock stays as it is");
  if (dry_run) terminal.Status("nothing was written (--dry-run)");
}

}  // namespace snow::driver
