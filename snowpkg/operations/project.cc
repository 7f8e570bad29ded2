#include "snowpkg/operations/project.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"
#include "snowpkg/operations/capability_check.h"
#include "snowpkg/operations/solve.h"

namespace snow::pkg {
namespace {

std::vector<LockedLocal> Describe(const Workspace& workspace) {
  std::vector<LockedLocal> locals;
  for (const LocalPackage& local : workspace.packages) {
    locals.push_back(DescribeLocal(local.manifest, local.path));
  }
  return locals;
}

std::string DriftOf(const Project& project) {
  if (!project.lock) return "there is no snow.lock";
  return FindDrift(*project.lock, Describe(project.workspace));
}

std::vector<std::string> NamesOf(const std::vector<Dependency>& dependencies) {
  std::vector<std::string> names;
  for (const Dependency& dependency : dependencies) names.push_back(dependency.name);
  std::sort(names.begin(), names.end());
  return names;
}

// main.snow or lib.snow of a package; a dependency is used as a library.
std::string FindEntry(const Manifest& manifest, const std::string& root,
                      const std::string& source_root, bool is_member) {
  if (!manifest.entry.empty()) return JoinPath(root, manifest.entry);
  for (const char* name :
       {is_member ? "main.snow" : "lib.snow", is_member ? "lib.snow" : "main.snow"}) {
    std::string path = JoinPath(source_root, name);
    if (FileExists(path)) return path;
  }
  return "";
}

class Assembler {
 public:
  Assembler(const Context& context, const Project& project, const Lockfile& lock)
      : store_(context.home), project_(project), lock_(lock) {}

  Result<ResolvedPackages> Assemble() {
    for (const LocalPackage& local : project_.workspace.packages) {
      unsorted_[local.manifest.name] = FromLocal(local);
    }
    for (const LockedPackage& locked : lock_.packages) {
      SNOW_PKG_ASSIGN(unsorted_[locked.name], FromLocked(locked));
    }
    result_.workspace_root = project_.workspace.root;
    for (const auto& [name, package] : unsorted_) SNOW_PKG_TRY(Place(name));
    const std::optional<size_t>& current = project_.workspace.current;
    if (current) {
      const std::string& name = project_.workspace.packages[*current].manifest.name;
      for (size_t i = 0; i < result_.packages.size(); ++i) {
        if (result_.packages[i].name == name) result_.root = i;
      }
    }
    return std::move(result_);
  }

 private:
  ResolvedPackage FromLocal(const LocalPackage& local) const {
    ResolvedPackage package;
    package.name = local.manifest.name;
    package.version = local.manifest.version.ToString();
    package.source = local.is_member ? SourceKind::kMember : SourceKind::kPath;
    package.origin = local.folder;
    SetFolder(local.manifest, local.folder, &package);
    package.dependencies = NamesOf(local.manifest.dependencies);
    package.dev_dependencies = NamesOf(local.manifest.dev_dependencies);
    package.recorded = CapabilitySet::All();
    package.allowed = local.is_member
                          ? CapabilitySet::All()
                          : AllowedByManifest(project_.workspace.root_manifest, package.name);
    return package;
  }

  Result<ResolvedPackage> FromLocked(const LockedPackage& locked) const {
    std::optional<std::string> folder = store_.Find(locked.checksum);
    if (!folder) {
      return Error(ErrorKind::kNotFound,
                   locked.name + " " + locked.version.ToString() + " is not in the store")
          .Help("`snow fetch` brings it");
    }
    SNOW_PKG_ASSIGN(Manifest manifest, LoadManifest(*folder));
    ResolvedPackage package;
    package.name = locked.name;
    package.version = locked.version.ToString();
    package.source = locked.git.empty() ? SourceKind::kRegistry : SourceKind::kGit;
    package.origin = locked.git.empty() ? locked.registry : locked.git + "#" + locked.commit;
    SetFolder(manifest, *folder, &package);
    SNOW_PKG_ASSIGN(Digest content, store_.ContentHash(locked.checksum));
    package.content_hash = content.Hex();
    package.dependencies = locked.dependencies;
    package.recorded = locked.capabilities;
    CapabilitySet beyond =
        package.recorded.Without(AllowedByManifest(project_.workspace.root_manifest, package.name));
    package.allowed = package.recorded.Without(beyond);
    return package;
  }

  static void SetFolder(const Manifest& manifest, const std::string& folder,
                        ResolvedPackage* package) {
    package->root = folder;
    std::string src = JoinPath(folder, "src");
    package->source_root = IsDirectory(src) ? src : folder;
    package->entry =
        FindEntry(manifest, folder, package->source_root, package->source == SourceKind::kMember);
  }

  // Puts the package behind its dependencies. An explicit stack: a chain may be long.
  Status Place(const std::string& start) {
    struct Step {
      std::string name;
      size_t next = 0;  // of its dependencies
    };
    if (placed_.contains(start)) return {};
    std::vector<Step> path = {{start}};
    while (!path.empty()) {
      Step& step = path.back();
      const std::vector<std::string>& dependencies = unsorted_.at(step.name).dependencies;
      if (step.next == dependencies.size()) {
        placed_.insert(step.name);
        result_.packages.push_back(unsorted_.at(step.name));
        path.pop_back();
        continue;
      }
      const std::string& dependency = dependencies[step.next++];
      if (placed_.contains(dependency)) continue;
      auto begin = std::find_if(path.begin(), path.end(),
                                [&](const Step& other) { return other.name == dependency; });
      if (begin != path.end()) {
        std::vector<std::string> circle;
        for (; begin != path.end(); ++begin) circle.push_back(begin->name);
        circle.push_back(dependency);
        return Error(ErrorKind::kResolution,
                     "packages need each other in a circle: " + Join(circle, " needs "));
      }
      path.push_back({dependency});
    }
    return {};
  }

  Store store_;
  const Project& project_;
  const Lockfile& lock_;
  std::map<std::string, ResolvedPackage> unsorted_;
  std::set<std::string> placed_;
  ResolvedPackages result_;
};

}  // namespace

std::string Project::LockPath() const { return JoinPath(workspace.root, kLockfileName); }

Result<Project> LoadProject(const std::string& folder) {
  Project project;
  SNOW_PKG_ASSIGN(project.workspace, LoadWorkspace(folder));
  SNOW_PKG_ASSIGN(project.lock, LoadLockfile(project.LockPath()));
  return project;
}

bool NeedsLockfile(const Workspace& workspace) {
  for (const LocalPackage& local : workspace.packages) {
    for (const auto* list : {&local.manifest.dependencies, &local.manifest.dev_dependencies}) {
      for (const Dependency& dependency : *list) {
        if (dependency.path.empty() && workspace.Find(dependency.name) == nullptr) return true;
      }
    }
  }
  return false;
}

Status WriteLock(const Project& project, const Lockfile& lock) {
  if (!project.lock && lock.packages.empty()) return {};
  std::string text = WriteLockfile(lock);
  Result<std::string> before = ReadFile(project.LockPath());
  if (before.ok() && *before == text) return {};
  return WriteFileAtomically(project.LockPath(), text);
}

Result<Lockfile> EnsureLock(const Context& context, Project* project, bool* changed) {
  *changed = false;
  if (!project->lock && !NeedsLockfile(project->workspace)) {
    // Nothing to fetch and nothing to write; requirements on path packages are checked all the
    // same.
    SNOW_PKG_ASSIGN(Session session,
                    Session::Open(context, &project->workspace.root_manifest, nullptr));
    return Solve(session, project->workspace, nullptr, {});
  }
  std::string drift = DriftOf(*project);
  if (drift.empty()) return *project->lock;
  if (context.locked) {
    return Error(ErrorKind::kDrift, "snow.lock does not fit snow.toml: " + drift)
        .Help("run `snow fetch` and commit the new snow.lock");
  }
  SNOW_PKG_ASSIGN(Session session, Session::Open(context, &project->workspace.root_manifest,
                                                 project->lock ? &*project->lock : nullptr));
  SNOW_PKG_ASSIGN(DirectoryLock lock, session.LockProject(project->workspace.root));
  // Another command may have done the work while this one waited.
  SNOW_PKG_ASSIGN(*project,
                  LoadProject(project->workspace.current
                                  ? project->workspace.packages[*project->workspace.current].folder
                                  : project->workspace.root));
  drift = DriftOf(*project);
  if (drift.empty()) return *project->lock;
  SNOW_PKG_ASSIGN(Lockfile solved, Solve(session, project->workspace,
                                         project->lock ? &*project->lock : nullptr, {}));
  SNOW_PKG_TRY(CheckAllowed(project->workspace.root_manifest, solved));
  if (project->lock) SNOW_PKG_TRY(CheckNotWidened(*project->lock, solved, {}));
  SNOW_PKG_TRY(WriteLock(*project, solved));
  *changed = true;
  return solved;
}

Result<ResolvedPackages> Assemble(const Context& context, const Project& project,
                                  const Lockfile& lock) {
  return Assembler(context, project, lock).Assemble();
}

}  // namespace snow::pkg
