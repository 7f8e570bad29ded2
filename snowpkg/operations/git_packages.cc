#include "snowpkg/operations/git_packages.h"

#include <deque>
#include <utility>

#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

Result<Manifest> ManifestIn(const std::vector<ArchiveFile>& files, const std::string& url) {
  for (const ArchiveFile& file : files) {
    if (file.path != kManifestName) continue;
    Result<Manifest> manifest = ParseManifest(file.bytes, url + "/" + std::string(kManifestName));
    if (manifest.ok() && !manifest->has_package) {
      return Error(ErrorKind::kManifest,
                   "the repository " + url + " holds a workspace, no package");
    }
    return manifest;
  }
  return Error(ErrorKind::kManifest, "the repository " + url + " has no snow.toml at its top");
}

Status CheckName(const Manifest& manifest, const std::string& name, const std::string& url) {
  if (name.empty() || manifest.name == name) return {};
  return Error(ErrorKind::kManifest,
               "the package in " + url + " is called `" + manifest.name + "`, not `" + name + "`");
}

// The package of a commit, put into the store under the hash of its files.
Result<GitPackage> FetchCommit(Session& session, const std::string& name, const std::string& url,
                               const std::string& reference, const std::string& commit) {
  SNOW_PKG_ASSIGN(std::vector<ArchiveFile> files, session.git().ReadCommit(url, commit));
  GitPackage package;
  SNOW_PKG_ASSIGN(package.manifest, ManifestIn(files, url));
  SNOW_PKG_TRY(CheckName(package.manifest, name, url));
  package.locked.name = package.manifest.name;
  package.locked.version = package.manifest.version;
  package.locked.git = url;
  package.locked.reference = reference;
  package.locked.commit = commit;
  package.locked.checksum = TreeDigest(files);
  SNOW_PKG_ASSIGN(std::string folder, session.store().Put(package.locked.checksum, files));
  package.locked.capabilities = CapabilitySet::All();
  if (session.context().find_capabilities) {
    SNOW_PKG_ASSIGN(package.locked.capabilities, session.context().find_capabilities(folder));
  }
  return package;
}

// A locked package that is in the store already: its manifest is read there.
Result<GitPackage> FromStore(const std::string& folder, const LockedPackage& locked) {
  GitPackage package;
  SNOW_PKG_ASSIGN(package.manifest, LoadManifest(folder));
  package.locked = locked;
  package.locked.dependencies.clear();
  return package;
}

}  // namespace

Result<GitPackage> FetchGitPackage(Session& session, const std::string& name,
                                   const std::string& url, const GitReference& reference) {
  session.Tell(Event::Kind::kGit, url);
  SNOW_PKG_ASSIGN(std::string commit, session.git().Resolve(url, reference));
  return FetchCommit(session, name, url, reference.ToString(), commit);
}

Status RestoreGitPackage(Session& session, const LockedPackage& locked) {
  session.Tell(Event::Kind::kGit, locked.git);
  SNOW_PKG_ASSIGN(std::vector<ArchiveFile> files,
                  session.git().ReadCommit(locked.git, locked.commit));
  if (TreeDigest(files) != locked.checksum) {
    return Error(ErrorKind::kUntrusted, "commit " + locked.commit + " of " + locked.git +
                                            " does not have the checksum that snow.lock has for " +
                                            locked.name);
  }
  SNOW_PKG_TRY(session.store().Put(locked.checksum, files));
  return {};
}

Result<std::map<std::string, GitPackage>> LoadGitPackages(Session& session,
                                                          const Workspace& workspace,
                                                          const Lockfile* before,
                                                          const SolveOptions& options) {
  std::map<std::string, GitPackage> packages;
  std::deque<Dependency> open;
  auto add_all = [&](const std::vector<Dependency>& dependencies) {
    for (const Dependency& dependency : dependencies) {
      if (!dependency.git.empty()) open.push_back(dependency);
    }
  };
  for (const LocalPackage& local : workspace.packages) {
    add_all(local.manifest.dependencies);
    add_all(local.manifest.dev_dependencies);
  }
  while (!open.empty()) {
    Dependency dependency = std::move(open.front());
    open.pop_front();
    const GitReference reference{dependency.rev, dependency.tag, dependency.branch};
    // A package of the project itself goes before one of the same name from elsewhere.
    if (workspace.Find(dependency.name) != nullptr) continue;
    auto known = packages.find(dependency.name);
    if (known != packages.end()) {
      const LockedPackage& locked = known->second.locked;
      if (locked.git == dependency.git && locked.reference == reference.ToString()) continue;
      return Error(ErrorKind::kResolution,
                   "`" + dependency.name + "` is wanted from two places: " + locked.git + " " +
                       locked.reference + " and " + dependency.git + " " + reference.ToString())
          .At(dependency.place);
    }
    const LockedPackage* locked =
        before == nullptr || options.forget_all || options.forget.contains(dependency.name)
            ? nullptr
            : before->Find(dependency.name);
    bool keep = locked != nullptr && locked->git == dependency.git &&
                locked->reference == reference.ToString();
    auto load = [&]() -> Result<GitPackage> {
      if (!keep) return FetchGitPackage(session, dependency.name, dependency.git, reference);
      if (!session.store().Find(locked->checksum)) {
        SNOW_PKG_TRY(RestoreGitPackage(session, *locked));
      }
      return FromStore(*session.store().Find(locked->checksum), *locked);
    };
    Result<GitPackage> package = load();
    if (!package.ok()) {
      Error error = std::move(package).error();
      if (!error.place().file.empty()) return error;
      return std::move(error).At(dependency.place);
    }
    for (const Dependency& inner : package->manifest.dependencies) {
      if (inner.path.empty()) continue;
      return Error(ErrorKind::kManifest, "`" + inner.name +
                                             "` is a path dependency, which a git "
                                             "package cannot have")
          .At(inner.place);
    }
    add_all(package->manifest.dependencies);
    packages.emplace(dependency.name, *std::move(package));
  }
  return packages;
}

}  // namespace snow::pkg
