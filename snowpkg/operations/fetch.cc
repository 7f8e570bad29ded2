#include "snowpkg/operations/fetch.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "snowpkg/operations/git_packages.h"

namespace snow::pkg {
namespace {

std::string Who(const LockedPackage& package) {
  return package.name + " " + package.version.ToString();
}

// "name requirement" of each dependency, sorted.
template <typename List>
std::vector<std::string> NeedsOf(const List& dependencies) {
  std::vector<std::string> needs;
  for (const auto& dependency : dependencies) {
    needs.push_back(dependency.name + " " + dependency.requirement.ToString());
  }
  std::sort(needs.begin(), needs.end());
  return needs;
}

// The index was believed when versions were chosen: the archive must not say something else.
Status CheckManifest(const std::vector<ArchiveFile>& files, const IndexVersion& version) {
  const std::string who = version.name + " " + version.version.ToString();
  for (const ArchiveFile& file : files) {
    if (file.path != kManifestName) continue;
    Result<Manifest> manifest = ParseManifest(file.bytes, who + "/" + std::string(kManifestName));
    if (!manifest.ok()) return std::move(manifest).error();
    if (manifest->name != version.name || manifest->version != version.version) {
      return Error(ErrorKind::kUntrusted, "the archive of " + who + " holds " + manifest->name +
                                              " " + manifest->version.ToString());
    }
    if (NeedsOf(manifest->dependencies) != NeedsOf(version.dependencies)) {
      return Error(ErrorKind::kUntrusted, "the archive of " + who +
                                              " has other dependencies than the registry's index "
                                              "states");
    }
    return {};
  }
  return Error(ErrorKind::kArchive, "the archive of " + who + " has no snow.toml");
}

// The packages of one registry that the store lacks.
class RegistryFetch {
 public:
  RegistryFetch(Session& session, const std::string& url,
                std::vector<const LockedPackage*> packages)
      : session_(session), url_(url), packages_(std::move(packages)) {}

  Status Run(uint64_t* done, uint64_t total) {
    SNOW_PKG_ASSIGN(Registry * registry, session_.RegistryAt(url_));
    std::vector<std::string> names;
    for (const LockedPackage* package : packages_) names.push_back(package->name);
    SNOW_PKG_TRY(registry->Load(names));
    std::vector<const IndexVersion*> versions;
    for (const LockedPackage* package : packages_) {
      SNOW_PKG_ASSIGN(const IndexVersion* version, FindVersion(*registry, *package));
      versions.push_back(version);
    }
    SNOW_PKG_TRY(registry->VerifyInLog(versions));
    for (const LockedPackage* package : packages_) {
      session_.Tell(Event::Kind::kDownloading, Who(*package), *done, total);
    }
    return registry->FetchArchives(versions, [&](size_t i, std::string bytes) -> Status {
      SNOW_PKG_TRY(Store(*packages_[i], *versions[i], bytes));
      *done += 1;
      session_.Tell(Event::Kind::kDownloaded, Who(*packages_[i]), *done, total);
      return {};
    });
  }

 private:
  Result<const IndexVersion*> FindVersion(const Registry& registry,
                                          const LockedPackage& package) const {
    for (const IndexVersion& version : *registry.Find(package.name)) {
      if (version.version != package.version) continue;
      if (version.checksum == package.checksum) return &version;
      return Error(ErrorKind::kUntrusted, "snow.lock has the checksum " + package.checksum.Hex() +
                                              " for " + Who(package) + ", but the registry " +
                                              url_ + " has " + version.checksum.Hex());
    }
    return Error(ErrorKind::kNotFound, "the registry " + url_ + " does not have " + Who(package) +
                                           ", which snow.lock names")
        .Help("`snow update " + package.name + "` chooses another version");
  }

  Status Store(const LockedPackage& package, const IndexVersion& version,
               const std::string& archive) {
    Result<std::vector<ArchiveFile>> files = UnpackArchive(archive);
    if (!files.ok()) return std::move(files).error().Because("cannot unpack " + Who(package));
    SNOW_PKG_TRY(CheckManifest(*files, version));
    SNOW_PKG_TRY(session_.store().Put(package.checksum, *files));
    return {};
  }

  Session& session_;
  std::string url_;
  std::vector<const LockedPackage*> packages_;
};

}  // namespace

Result<FetchReport> FetchLocked(Session& session, const Lockfile& lock) {
  FetchReport report;
  report.packages = lock.packages.size();
  std::map<std::string, std::vector<const LockedPackage*>> by_registry;
  std::vector<const LockedPackage*> from_git;
  for (const LockedPackage& package : lock.packages) {
    if (session.store().Find(package.checksum)) continue;
    report.downloaded += 1;
    if (package.git.empty()) {
      by_registry[package.registry].push_back(&package);
    } else {
      from_git.push_back(&package);
    }
  }
  uint64_t done = 0;
  for (auto& [url, packages] : by_registry) {
    RegistryFetch fetch(session, url, std::move(packages));
    SNOW_PKG_TRY(fetch.Run(&done, report.downloaded));
  }
  for (const LockedPackage* package : from_git) {
    SNOW_PKG_TRY(RestoreGitPackage(session, *package));
  }
  return report;
}

Status VerifyStored(Session& session, const Lockfile& lock) {
  for (const LockedPackage& package : lock.packages) {
    Status status = session.store().Verify(package.checksum);
    if (!status.ok()) return std::move(status).error().Because(Who(package) + " is damaged");
  }
  return {};
}

}  // namespace snow::pkg
