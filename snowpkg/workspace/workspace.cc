#include "snowpkg/workspace/workspace.h"

#include <algorithm>
#include <utility>

#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

constexpr size_t kMaxPackages = 10'000;

class Loader {
 public:
  explicit Loader(const FileOverrides& overrides) : overrides_(overrides) {}

  Result<Workspace> Load(const std::string& folder) {
    SNOW_PKG_TRY(FindRoot(folder));
    if (workspace_.root_manifest.has_package) {
      SNOW_PKG_TRY(AddPackage(workspace_.root, workspace_.root_manifest, /*is_member=*/true));
    }
    for (const std::string& member : workspace_.root_manifest.members) {
      SNOW_PKG_TRY(AddMembers(member));
    }
    SNOW_PKG_TRY(AddPathDependencies());
    return Finish(folder);
  }

 private:
  Result<Manifest> Read(const std::string& folder) const {
    std::string path = JoinPath(folder, kManifestName);
    auto found = overrides_.find(path);
    if (found != overrides_.end()) return ParseManifest(found->second, path);
    return LoadManifest(folder);
  }

  bool HasManifest(const std::string& folder) const {
    return FileExists(JoinPath(folder, kManifestName));
  }

  // The nearest [workspace] at or above the folder, if it claims the folder; else the folder.
  Status FindRoot(const std::string& folder) {
    SNOW_PKG_ASSIGN(Manifest own, Read(folder));
    workspace_.root = folder;
    workspace_.root_manifest = std::move(own);
    if (workspace_.root_manifest.is_workspace) return {};
    std::string above = folder;
    while (above != "/" && above != ".") {
      above = ParentPath(above);
      if (!HasManifest(above)) continue;
      Result<Manifest> manifest = Read(above);
      // A damaged file further up is no matter of this package, unless it is its workspace.
      if (!manifest.ok()) continue;
      if (!manifest->is_workspace) continue;
      SNOW_PKG_ASSIGN(bool claimed, Claims(above, *manifest, folder));
      if (claimed) {
        workspace_.root = above;
        workspace_.root_manifest = *std::move(manifest);
      }
      return {};
    }
    return {};
  }

  Result<bool> Claims(const std::string& root, const Manifest& manifest,
                      const std::string& folder) const {
    for (const std::string& member : manifest.members) {
      Result<std::vector<std::string>> folders = Expand(root, member);
      if (!folders.ok()) continue;
      if (std::find(folders->begin(), folders->end(), folder) != folders->end()) return true;
    }
    return false;
  }

  // The folders that a member entry names; with a star in its last part, those with a manifest.
  Result<std::vector<std::string>> Expand(const std::string& root,
                                          const std::string& member) const {
    std::string path = AbsolutePath(JoinPath(root, member));
    std::vector<std::string> folders;
    if (BaseName(path) != "*") return std::vector<std::string>{path};
    std::string parent = ParentPath(path);
    SNOW_PKG_ASSIGN(std::vector<std::string> names, ListDirectory(parent));
    for (const std::string& name : names) {
      std::string folder = JoinPath(parent, name);
      if (!name.starts_with('.') && HasManifest(folder)) folders.push_back(folder);
    }
    return folders;
  }

  Status AddMembers(const std::string& member) {
    const Place place{workspace_.root_manifest.file, 1, 1};
    Result<std::vector<std::string>> folders = Expand(workspace_.root, member);
    if (!folders.ok()) {
      return Error(ErrorKind::kManifest, folders.error().message())
          .Because("member `" + Excerpt(member) + "` of the workspace cannot be read")
          .At(place);
    }
    for (const std::string& folder : *folders) {
      if (!HasManifest(folder)) {
        return Error(ErrorKind::kManifest, "member `" + Excerpt(member) +
                                               "` of the workspace has no snow.toml: " + folder)
            .At(place);
      }
      SNOW_PKG_ASSIGN(Manifest manifest, Read(folder));
      if (!manifest.has_package) {
        return Error(ErrorKind::kManifest, "a member of a workspace needs [package]")
            .At({manifest.file, 1, 1});
      }
      SNOW_PKG_TRY(AddPackage(folder, std::move(manifest), /*is_member=*/true));
    }
    return {};
  }

  Status AddPackage(const std::string& folder, Manifest manifest, bool is_member) {
    if (by_folder_.contains(folder)) return {};
    for (const LocalPackage& other : workspace_.packages) {
      if (other.manifest.name != manifest.name) continue;
      return Error(ErrorKind::kManifest, "two packages are called `" + manifest.name +
                                             "`: " + other.folder + " and " + folder)
          .At(manifest.name_place);
    }
    if (workspace_.packages.size() == kMaxPackages) {
      return Error(ErrorKind::kManifest, "the project has too many packages");
    }
    by_folder_[folder] = workspace_.packages.size();
    if (!is_member) manifest.dev_dependencies.clear();
    workspace_.packages.push_back({std::move(manifest), folder, "", is_member});
    return {};
  }

  // Those of packages that are added on the way too.
  Status AddPathDependencies() {
    for (size_t i = 0; i < workspace_.packages.size(); ++i) {
      // A copy: adding packages moves the list.
      const LocalPackage package = workspace_.packages[i];
      for (const auto* list :
           {&package.manifest.dependencies, &package.manifest.dev_dependencies}) {
        for (const Dependency& dependency : *list) {
          if (!dependency.path.empty()) SNOW_PKG_TRY(AddPathDependency(package, dependency));
        }
      }
    }
    return {};
  }

  Status AddPathDependency(const LocalPackage& package, const Dependency& dependency) {
    std::string folder = AbsolutePath(JoinPath(package.folder, dependency.path));
    if (!HasManifest(folder)) {
      return Error(ErrorKind::kManifest,
                   "`" + dependency.name + "` is not there: " + folder + " has no snow.toml")
          .At(dependency.place);
    }
    SNOW_PKG_ASSIGN(Manifest manifest, Read(folder));
    if (manifest.name != dependency.name) {
      return Error(ErrorKind::kManifest, "the package in " + folder + " is called `" +
                                             manifest.name + "`, not `" + dependency.name + "`")
          .At(dependency.place);
    }
    return AddPackage(folder, std::move(manifest), /*is_member=*/false);
  }

  Result<Workspace> Finish(const std::string& folder) {
    for (LocalPackage& package : workspace_.packages) {
      package.path = RelativePath(package.folder, workspace_.root);
    }
    std::sort(workspace_.packages.begin(), workspace_.packages.end(),
              [](const LocalPackage& a, const LocalPackage& b) {
                return a.manifest.name < b.manifest.name;
              });
    for (size_t i = 0; i < workspace_.packages.size(); ++i) {
      if (workspace_.packages[i].folder == folder) workspace_.current = i;
    }
    return std::move(workspace_);
  }

  const FileOverrides& overrides_;
  Workspace workspace_;
  std::map<std::string, size_t> by_folder_;
};

}  // namespace

const LocalPackage* Workspace::Find(std::string_view name) const {
  for (const LocalPackage& package : packages) {
    if (package.manifest.name == name) return &package;
  }
  return nullptr;
}

std::optional<std::string> FindManifestFolder(const std::string& path) {
  std::string folder = AbsolutePath(path);
  while (true) {
    if (FileExists(JoinPath(folder, kManifestName))) return folder;
    if (folder == "/" || folder == ".") return std::nullopt;
    folder = ParentPath(folder);
  }
}

Result<Workspace> LoadWorkspace(const std::string& folder, const FileOverrides& overrides) {
  std::optional<std::string> found = FindManifestFolder(folder);
  if (!found) {
    return Error(ErrorKind::kNotFound,
                 "there is no snow.toml in " + AbsolutePath(folder) + " or above it")
        .Help("`snow init` makes one");
  }
  return Loader(overrides).Load(*found);
}

}  // namespace snow::pkg
