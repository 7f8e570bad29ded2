// The operations that look at a project: what the compiler needs, fetch, tree.
#include <set>
#include <utility>

#include "snowpkg/api.h"
#include "snowpkg/base/text.h"
#include "snowpkg/operations/capability_check.h"
#include "snowpkg/operations/fetch.h"
#include "snowpkg/operations/project.h"

namespace snow::pkg {
namespace {

// The project's lockfile, made to fit, and everything that it names in the store.
Result<FetchReport> Bring(const Context& context, Project* project, Lockfile* lock, bool* changed) {
  SNOW_PKG_ASSIGN(*lock, EnsureLock(context, project, changed));
  SNOW_PKG_TRY(CheckAllowed(project->workspace.root_manifest, *lock));
  if (lock->packages.empty()) return FetchReport{};
  SNOW_PKG_ASSIGN(Session session, Session::Open(context, &project->workspace.root_manifest, lock));
  return FetchLocked(session, *lock);
}

class TreeBuilder {
 public:
  TreeBuilder(const Project& project, const Lockfile& lock) : project_(project), lock_(lock) {}

  std::vector<TreeNode> Build() {
    std::vector<TreeNode> roots;
    for (const LocalPackage& local : project_.workspace.packages) {
      if (!local.is_member) continue;
      shown_.clear();
      roots.push_back(NodeOf(local.manifest.name));
    }
    return roots;
  }

 private:
  // The depth is bounded by the number of packages: each is expanded once.
  TreeNode NodeOf(const std::string& name) {
    TreeNode node;
    node.name = name;
    const LocalPackage* local = project_.workspace.Find(name);
    const LockedPackage* locked = lock_.Find(name);
    bool expand = shown_.insert(name).second;
    if (local != nullptr) {
      node.version = local->manifest.version.ToString();
      node.origin = local->folder;
      node.source = local->is_member ? SourceKind::kMember : SourceKind::kPath;
      if (expand) {
        AddChildren(local->manifest.dependencies, false, &node);
        AddChildren(local->manifest.dev_dependencies, true, &node);
      }
      node.repeated = !expand && !local->manifest.dependencies.empty();
    } else if (locked != nullptr) {
      node.version = locked->version.ToString();
      node.source = locked->git.empty() ? SourceKind::kRegistry : SourceKind::kGit;
      node.origin = locked->git.empty() ? locked->registry : locked->git + "#" + locked->commit;
      node.capabilities = locked->capabilities;
      for (const std::string& dependency : locked->dependencies) {
        if (expand) node.children.push_back(NodeOf(dependency));
      }
      node.repeated = !expand && !locked->dependencies.empty();
    }
    return node;
  }

  void AddChildren(const std::vector<Dependency>& dependencies, bool dev, TreeNode* node) {
    for (const Dependency& dependency : dependencies) {
      node->children.push_back(NodeOf(dependency.name));
      node->children.back().dev = dev;
    }
  }

  const Project& project_;
  const Lockfile& lock_;
  std::set<std::string> shown_;
};

}  // namespace

const ResolvedPackage* ResolvedPackages::Find(const std::string& name) const {
  for (const ResolvedPackage& package : packages) {
    if (package.name == name) return &package;
  }
  return nullptr;
}

std::optional<std::string> FindPackageFolder(const std::string& path) {
  return FindManifestFolder(path);
}

Result<ResolvedPackages> ResolveWorkspace(const Context& context, const std::string& folder) {
  SNOW_PKG_ASSIGN(Project project, LoadProject(folder));
  Lockfile lock;
  bool changed = false;
  SNOW_PKG_TRY(Bring(context, &project, &lock, &changed));
  SNOW_PKG_ASSIGN(ResolvedPackages packages, Assemble(context, project, lock));
  packages.lock_changed = changed;
  return packages;
}

Error CapabilityError(const ResolvedPackage& package, CapabilitySet reached) {
  CapabilitySet beyond = reached.Without(package.allowed);
  CapabilitySet unrecorded = reached.Without(package.recorded);
  if (!unrecorded.empty()) {
    return Error(ErrorKind::kCapability,
                 "`" + package.name + "` " + package.version + " reaches " + unrecorded.ToString() +
                     ", but was published with: " + package.recorded.ToString())
        .Help("its publisher has not told the truth, or its code was changed: do not use it");
  }
  CapabilitySet wanted = package.allowed.Union(reached);
  return Error(ErrorKind::kCapability, "`" + package.name + "` " + package.version + " reaches " +
                                           beyond.ToString() +
                                           ", which [capabilities] in snow.toml does not allow")
      .Help("to allow it, write " + package.name + " = " + "[\"" + Join(wanted.Words(), "\", \"") +
            "\"] into [capabilities.packages]");
}

Result<FetchReport> Fetch(const Context& context, const std::string& folder, bool verify) {
  SNOW_PKG_ASSIGN(Project project, LoadProject(folder));
  Lockfile lock;
  bool changed = false;
  SNOW_PKG_ASSIGN(FetchReport report, Bring(context, &project, &lock, &changed));
  if (verify) {
    SNOW_PKG_ASSIGN(Session session, Session::Open(context, nullptr, &lock));
    SNOW_PKG_TRY(VerifyStored(session, lock));
  }
  return report;
}

Result<std::vector<TreeNode>> Tree(const Context& context, const std::string& folder) {
  SNOW_PKG_ASSIGN(Project project, LoadProject(folder));
  bool changed = false;
  SNOW_PKG_ASSIGN(Lockfile lock, EnsureLock(context, &project, &changed));
  return TreeBuilder(project, lock).Build();
}

Result<std::vector<StoredPackage>> StoredPackages(const Context& context,
                                                  const std::string& folder) {
  SNOW_PKG_ASSIGN(ResolvedPackages resolved, ResolveWorkspace(context, folder));
  std::vector<StoredPackage> stored;
  for (const ResolvedPackage& package : resolved.packages) {
    bool fetched = package.source == SourceKind::kRegistry || package.source == SourceKind::kGit;
    if (fetched) stored.push_back({package.name, package.version, package.root});
  }
  return stored;
}

}  // namespace snow::pkg
