#include <memory>

#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "driver/package_report.h"

namespace snow::driver {
namespace {

// The children of a node, drawn below it; `indent` stands before each of their lines.
void DrawChildren(const pkg::TreeNode& node, const std::string& indent, std::string& text) {
  for (size_t i = 0; i < node.children.size(); ++i) {
    const pkg::TreeNode& child = node.children[i];
    bool is_last = i + 1 == node.children.size();
    text += indent + (is_last ? "└── " : "├── ") + child.name + " " + child.version;
    if (child.source != pkg::SourceKind::kRegistry) text += " (" + child.origin + ")";
    if (!child.capabilities.empty()) text += " [" + child.capabilities.ToString() + "]";
    if (child.dev) text += " (dev)";
    if (child.repeated && !child.children.empty()) text += " (see above)";
    text += "\n";
    if (!child.repeated) DrawChildren(child, indent + (is_last ? "    " : "│   "), text);
  }
}

}  // namespace

void AddFetch(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("fetch", "Download what snow.lock names")->group(kPackageGroup);
  auto verify = std::make_shared<bool>(false);
  command->add_flag("--verify", *verify, "Check every stored file again");
  command->callback([&session, verify] {
    session.exit_code = kFailure;
    auto folder = CurrentPackage(session);
    if (!folder) return;
    auto report = pkg::Fetch(session.packages, *folder, *verify);
    if (!report.ok()) return session.terminal.Show(report.error());
    session.terminal.Status(std::to_string(report->packages) + " packages, " +
                            std::to_string(report->downloaded) + " downloaded");
    session.exit_code = kSuccess;
  });
}

void AddTree(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("tree", "Show what depends on what, and what it can reach")
                          ->group(kPackageGroup);
  command->callback([&session] {
    session.exit_code = kFailure;
    auto folder = CurrentPackage(session);
    if (!folder) return;
    auto roots = pkg::Tree(session.packages, *folder);
    if (!roots.ok()) return session.terminal.Show(roots.error());
    std::string text;
    for (const pkg::TreeNode& root : *roots) {
      text += root.name + " " + root.version + "\n";
      DrawChildren(root, "", text);
    }
    Print(text);
    session.exit_code = kSuccess;
  });
}

}  // namespace snow::driver
