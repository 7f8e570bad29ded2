#include "driver/project.h"

#include <algorithm>
#include <utility>

#include "driver/source_tree.h"
#include "snowpkg/base/file.h"

namespace snow::driver {
namespace {

void NothingHere(Session& session, const std::string& path, std::string why) {
  session.terminal.Show(
      Complaint{.kind = DiagnosticKind::kNothingToBuild,
                .message = path + ": " + std::move(why),
                .helps = {"give a .snow file, a folder with main.snow, or a package (a folder "
                          "with snow.toml); 'snow new NAME' makes one"}});
}

std::string StemOf(const std::string& path) {
  std::string name = pkg::BaseName(path);
  return name.ends_with(".snow") ? name.substr(0, name.size() - 5) : name;
}

std::optional<Project> LoadFile(Session& session, const std::string& path) {
  auto text = pkg::ReadFile(path);
  if (!text.ok()) {
    session.terminal.Show(text.error());
    return std::nullopt;
  }
  Project project{.kind = ProjectKind::kFile,
                  .name = StemOf(path),
                  .folder = pkg::ParentPath(pkg::AbsolutePath(path))};
  compile::Package package{.name = "main", .sources = {}, .dependencies = {}};
  package.sources.push_back(
      {.module = "", .path = path, .program_path = pkg::BaseName(path), .text = *std::move(text)});
  project.input.packages.push_back(std::move(package));
  project.input.root = "main";
  return project;
}

// A folder without manifest.
std::optional<Project> LoadFolder(Session& session, const std::string& path,
                                  const ProjectOptions& options) {
  std::string folder = pkg::AbsolutePath(path);
  Project project{.kind = ProjectKind::kFolder, .name = pkg::BaseName(folder), .folder = folder};
  compile::Package package{.name = "main", .sources = {}, .dependencies = {}};
  SourceTreeOptions tree = {.tests = options.tests, .shown_prefix = path};
  if (!ReadSourceTree(session.terminal, folder, tree, package.sources)) return std::nullopt;
  auto is_entry = [](const compile::SourceText& source) { return source.module.empty(); };
  project.is_library = std::none_of(package.sources.begin(), package.sources.end(), is_entry);
  if (package.sources.empty() || (project.is_library && !options.tests)) {
    NothingHere(session, path, "there is neither snow.toml nor main.snow in this folder");
    return std::nullopt;
  }
  project.input.packages.push_back(std::move(package));
  project.input.root = "main";
  return project;
}

// The folder of a package as diagnostics show it: from the current folder where it lies below it.
std::string ShownFolder(const std::string& folder) {
  std::string current = pkg::AbsolutePath(".");
  if (folder == current) return "";
  if (folder.starts_with(current + "/")) return folder.substr(current.size() + 1);
  return folder;
}

std::optional<Project> LoadPackage(Session& session, const std::string& folder,
                                   const ProjectOptions& options) {
  auto resolved = pkg::ResolveWorkspace(session.packages, folder);
  if (!resolved.ok()) {
    session.terminal.Show(resolved.error());
    return std::nullopt;
  }
  if (!resolved->root.has_value()) {
    NothingHere(session, folder, "this is the root of a workspace and no package itself");
    return std::nullopt;
  }
  const pkg::ResolvedPackage& root = resolved->packages[*resolved->root];
  Project project{.kind = ProjectKind::kPackage, .name = root.name, .folder = root.root};
  project.is_library = pkg::BaseName(root.entry) != "main.snow";
  project.input.root = root.name;
  for (const pkg::ResolvedPackage& package : resolved->packages) {
    bool is_root = package.name == root.name;
    compile::Package sources{
        .name = package.name, .sources = {}, .dependencies = package.dependencies};
    if (is_root && options.tests) {
      sources.dependencies.insert(sources.dependencies.end(), package.dev_dependencies.begin(),
                                  package.dev_dependencies.end());
    }
    std::string below_root = package.source_root.substr(package.root.size());  // "" or "/src"
    if (below_root.starts_with('/')) below_root.erase(0, 1);
    SourceTreeOptions tree = {
        .tests = is_root && options.tests,
        .shown_prefix = pkg::JoinPath(ShownFolder(package.root), below_root),
        .program_prefix = is_root ? below_root : pkg::JoinPath(package.name, below_root),
        .entry = package.entry};
    if (!ReadSourceTree(session.terminal, package.source_root, tree, sources.sources)) {
      return std::nullopt;
    }
    if (tree.tests && package.source_root != package.root &&
        pkg::IsDirectory(package.root + "/tests")) {
      SourceTreeOptions tests = {.tests = true,
                                 .shown_prefix = pkg::JoinPath(ShownFolder(package.root), "tests"),
                                 .program_prefix = "tests",
                                 .module_prefix = "Tests"};
      if (!ReadSourceTree(session.terminal, package.root + "/tests", tests, sources.sources)) {
        return std::nullopt;
      }
    }
    project.input.packages.push_back(std::move(sources));
  }
  project.packages = *std::move(resolved);
  return project;
}

}  // namespace

std::optional<Project> LoadProject(Session& session, const std::string& path,
                                   const ProjectOptions& options) {
  if (path.empty()) {
    if (auto folder = pkg::FindPackageFolder(".")) return LoadPackage(session, *folder, options);
    return LoadFolder(session, ".", options);
  }
  if (!pkg::FileExists(path)) {
    NothingHere(session, path, "there is no such file or folder");
    return std::nullopt;
  }
  if (pkg::IsDirectory(path)) {
    if (pkg::FileExists(pkg::JoinPath(path, "snow.toml"))) {
      return LoadPackage(session, pkg::AbsolutePath(path), options);
    }
    return LoadFolder(session, path, options);
  }
  if (pkg::BaseName(path) == "snow.toml") {
    return LoadPackage(session, pkg::ParentPath(pkg::AbsolutePath(path)), options);
  }
  if (!path.ends_with(".snow")) {
    NothingHere(session, path, "this is no Snow source: its name does not end in .snow");
    return std::nullopt;
  }
  return LoadFile(session, path);
}

}  // namespace snow::driver
