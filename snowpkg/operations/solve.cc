#include "snowpkg/operations/solve.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "snowpkg/base/text.h"
#include "snowpkg/base/time.h"
#include "snowpkg/operations/git_packages.h"
#include "snowpkg/resolver/resolver.h"

namespace snow::pkg {
namespace {

// "3 days", "5 hours", "40 seconds".
std::string DurationText(int64_t seconds) {
  for (auto [unit, word] :
       {std::pair<int64_t, const char*>(86400, "day"), {3600, "hour"}, {60, "minute"}}) {
    if (seconds < unit || seconds % unit != 0) continue;
    int64_t count = seconds / unit;
    return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
  }
  return std::to_string(seconds) + " seconds";
}

// All packages that the resolver may choose from. A package of the project or from git is known by
// its name, one from a registry by its name and the registry's URL: "greetings https://...".
class Universe : public VersionProvider {
 public:
  Universe(Session& session, const Workspace& workspace, const Lockfile* before,
           const SolveOptions& options)
      : session_(session), workspace_(workspace), before_(before), options_(options) {}

  Status Prepare() {
    SNOW_PKG_ASSIGN(git_, LoadGitPackages(session_, workspace_, before_, options_));
    for (const LocalPackage& local : workspace_.packages) {
      FindExactRequirements(local.manifest.dependencies);
      FindExactRequirements(local.manifest.dev_dependencies);
    }
    for (const LocalPackage& local : workspace_.packages) {
      Candidate candidate{local.manifest.version, {}, ""};
      SNOW_PKG_TRY(AddNeeds(local.manifest, local.manifest.dependencies, &candidate.needs));
      SNOW_PKG_TRY(AddNeeds(local.manifest, local.manifest.dev_dependencies, &candidate.needs));
      candidates_[local.manifest.name] = {std::move(candidate)};
    }
    for (const auto& [name, package] : git_) {
      Candidate candidate{package.manifest.version, {}, ""};
      SNOW_PKG_TRY(AddNeeds(package.manifest, package.manifest.dependencies, &candidate.needs));
      candidates_[name] = {std::move(candidate)};
    }
    return {};
  }

  const std::vector<Candidate>* Candidates(const std::string& key) override {
    auto found = candidates_.find(key);
    return found == candidates_.end() ? nullptr : &found->second;
  }
  std::string DisplayName(const std::string& key) override { return key.substr(0, key.find(' ')); }
  bool HasOneVersion(const std::string& key) override { return !IsRegistryKey(key); }

  // Loads packages from their registries, and on the way what their best versions need, so that a
  // level of the graph takes one round and not one a package.
  Status LoadMissing(std::vector<std::string> keys) {
    while (!keys.empty()) {
      std::map<std::string, std::vector<std::string>> by_registry;
      for (const std::string& key : keys) {
        if (candidates_.contains(key)) continue;
        by_registry[UrlOf(key)].push_back(DisplayName(key));
      }
      std::vector<std::string> next;
      for (const auto& [url, names] : by_registry) {
        SNOW_PKG_ASSIGN(Registry * registry, session_.RegistryAt(url));
        SNOW_PKG_TRY(registry->Load(names));
        for (const std::string& name : names) {
          AddFromRegistry(*registry, name);
          for (const Candidate& candidate : candidates_[name + " " + url]) {
            if (!candidate.obstacle.empty()) continue;
            for (const NeededPackage& need : candidate.needs) {
              if (!candidates_.contains(need.package)) next.push_back(need.package);
            }
            break;
          }
        }
      }
      keys = std::move(next);
    }
    return {};
  }

  Result<std::vector<NeededPackage>> NeedsOf(const LocalPackage& local) {
    return candidates_.at(local.manifest.name)[0].needs;
  }

  static bool IsRegistryKey(const std::string& key) { return key.find(' ') != std::string::npos; }
  static std::string UrlOf(const std::string& key) { return key.substr(key.find(' ') + 1); }
  const GitPackage* Git(const std::string& name) const {
    auto found = git_.find(name);
    return found == git_.end() ? nullptr : &found->second;
  }

 private:
  std::string KeyOf(const std::string& name, const std::string& url) const {
    if (workspace_.Find(name) != nullptr || git_.contains(name)) return name;
    return name + " " + url;
  }

  const Manifest* OneVersionOf(const std::string& name) const {
    if (const LocalPackage* local = workspace_.Find(name)) return &local->manifest;
    const GitPackage* git = Git(name);
    return git == nullptr ? nullptr : &git->manifest;
  }

  Status AddNeeds(const Manifest& owner, const std::vector<Dependency>& dependencies,
                  std::vector<NeededPackage>* needs) {
    for (const Dependency& dependency : dependencies) {
      const Manifest* one = OneVersionOf(dependency.name);
      NeededPackage need{dependency.name, dependency.requirement};
      if (one == nullptr) {
        Result<std::string> url = session_.RegistryUrl(dependency.registry, &owner);
        if (!url.ok()) return std::move(url).error().At(dependency.place);
        need.package = KeyOf(dependency.name, *url);
      } else if (!dependency.has_version) {
        // What was named by its place is wanted in whatever version is there, pre-releases too.
        need.requirement = Requirement::Exactly(one->version);
      }
      needs->push_back(std::move(need));
    }
    return {};
  }

  // Who names a version exactly knows what they do: it need not be of any age.
  void FindExactRequirements(const std::vector<Dependency>& dependencies) {
    for (const Dependency& dependency : dependencies) {
      if (dependency.requirement.IsExact()) exact_.emplace(dependency.name, dependency.requirement);
    }
  }

  // Whether the lockfile of before has this version and counts for it.
  bool IsLocked(const IndexVersion& version, const std::string& url) const {
    if (options_.forget_all || options_.forget.contains(version.name)) return false;
    const LockedPackage* locked = before_ == nullptr ? nullptr : before_->Find(version.name);
    return locked != nullptr && locked->registry == url && locked->version == version.version;
  }

  std::string ObstacleOf(const Registry& registry, const IndexVersion& version) const {
    if (!version.obstacle.empty() || IsLocked(version, registry.url())) return version.obstacle;
    if (version.yanked) return "is yanked";
    auto [first, last] = exact_.equal_range(version.name);
    for (auto it = first; it != last; ++it) {
      if (it->second.Matches(version.version)) return "";
    }
    int64_t min_age =
        workspace_.root_manifest.min_age_seconds.value_or(registry.min_age_seconds().value_or(0));
    if (session_.Now() - version.published >= min_age) return "";
    return "is younger than the minimum age of " + DurationText(min_age) + " (published " +
           FormatTime(version.published) + ")";
  }

  void AddFromRegistry(const Registry& registry, const std::string& name) {
    std::vector<Candidate>& list = candidates_[name + " " + registry.url()];
    const std::vector<IndexVersion>& versions = *registry.Find(name);
    std::vector<const IndexVersion*> order;
    for (const IndexVersion& version : versions) order.push_back(&version);
    std::sort(order.begin(), order.end(), [&](const IndexVersion* a, const IndexVersion* b) {
      bool a_locked = IsLocked(*a, registry.url());
      bool b_locked = IsLocked(*b, registry.url());
      if (a_locked != b_locked) return a_locked;
      return b->version < a->version;
    });
    for (const IndexVersion* version : order) {
      Candidate candidate{version->version, {}, ObstacleOf(registry, *version)};
      for (const IndexDependency& dependency : version->dependencies) {
        const std::string& url = dependency.registry.empty() ? registry.url() : dependency.registry;
        candidate.needs.push_back({KeyOf(dependency.name, url), dependency.requirement});
      }
      list.push_back(std::move(candidate));
    }
  }

  Session& session_;
  const Workspace& workspace_;
  const Lockfile* before_;
  const SolveOptions& options_;
  std::map<std::string, GitPackage> git_;
  std::multimap<std::string, Requirement> exact_;
  std::map<std::string, std::vector<Candidate>> candidates_;
};

// The roots of the resolution: of one package its own needs, of several each of them.
struct Root {
  std::string name;
  std::vector<NeededPackage> needs;
};

Result<Root> RootOf(Universe& universe, const Workspace& workspace) {
  std::vector<const LocalPackage*> members;
  for (const LocalPackage& local : workspace.packages) {
    if (local.is_member) members.push_back(&local);
  }
  Root root;
  if (members.size() == 1) {
    root.name = members[0]->manifest.name;
    SNOW_PKG_ASSIGN(root.needs, universe.NeedsOf(*members[0]));
    return root;
  }
  root.name = "the workspace";
  for (const LocalPackage* member : members) {
    root.needs.push_back({member->manifest.name, Requirement::Exactly(member->manifest.version)});
  }
  return root;
}

Error Refusal(const Resolution& resolution) {
  std::vector<std::string> lines;
  for (std::string_view line : Split(Trim(resolution.explanation), '\n')) {
    lines.emplace_back(line);
  }
  return Error(ErrorKind::kResolution, Join(lines, "\n"));
}

const IndexVersion* IndexVersionOf(const Registry& registry, const std::string& name,
                                   const Version& version) {
  for (const IndexVersion& candidate : *registry.Find(name)) {
    if (candidate.version == version) return &candidate;
  }
  return nullptr;
}

class LockBuilder {
 public:
  LockBuilder(Session& session, const Workspace& workspace, const Universe& universe)
      : session_(session), workspace_(workspace), universe_(universe) {}

  Result<Lockfile> Build(const std::map<std::string, Version>& chosen) {
    for (const LocalPackage& local : workspace_.packages) {
      lock_.locals.push_back(DescribeLocal(local.manifest, local.path));
    }
    for (const auto& [key, version] : chosen) {
      if (Universe::IsRegistryKey(key)) {
        SNOW_PKG_TRY(AddFromRegistry(key, version));
      } else if (const GitPackage* git = universe_.Git(key)) {
        AddFromGit(*git);
      }
    }
    SNOW_PKG_TRY(VerifyAll());
    lock_.Sort();
    return std::move(lock_);
  }

 private:
  Status AddFromRegistry(const std::string& key, const Version& version) {
    const std::string name = key.substr(0, key.find(' '));
    const std::string url = Universe::UrlOf(key);
    if (const LockedPackage* other = lock_.Find(name)) {
      return Error(ErrorKind::kResolution, "`" + name + "` is wanted from two registries: " +
                                               other->registry + " and " + url)
          .Help("one build can hold one package of a name");
    }
    SNOW_PKG_ASSIGN(Registry * registry, session_.RegistryAt(url));
    const IndexVersion* found = IndexVersionOf(*registry, name, version);
    LockedPackage package;
    package.name = name;
    package.version = found->version;
    package.registry = url;
    package.checksum = found->checksum;
    package.capabilities = found->capabilities;
    for (const IndexDependency& dependency : found->dependencies) {
      package.dependencies.push_back(dependency.name);
    }
    lock_.packages.push_back(std::move(package));
    chosen_[registry].push_back(found);
    return {};
  }

  void AddFromGit(const GitPackage& git) {
    LockedPackage package = git.locked;
    for (const Dependency& dependency : git.manifest.dependencies) {
      package.dependencies.push_back(dependency.name);
    }
    lock_.packages.push_back(std::move(package));
  }

  Status VerifyAll() {
    for (const auto& [registry, versions] : chosen_) {
      SNOW_PKG_TRY(registry->VerifyInLog(versions));
      lock_.registries.push_back({registry->url(), registry->public_key()});
    }
    return {};
  }

  Session& session_;
  const Workspace& workspace_;
  const Universe& universe_;
  Lockfile lock_;
  std::map<Registry*, std::vector<const IndexVersion*>> chosen_;
};

}  // namespace

Result<Lockfile> Solve(Session& session, const Workspace& workspace, const Lockfile* before,
                       const SolveOptions& options) {
  Universe universe(session, workspace, before, options);
  SNOW_PKG_TRY(universe.Prepare());
  SNOW_PKG_ASSIGN(Root root, RootOf(universe, workspace));
  while (true) {
    Resolution resolution = Resolve(universe, root.name, root.needs);
    switch (resolution.outcome) {
      case Resolution::Outcome::kSolved:
        return LockBuilder(session, workspace, universe).Build(resolution.chosen);
      case Resolution::Outcome::kMissing:
        SNOW_PKG_TRY(universe.LoadMissing(resolution.missing));
        break;
      case Resolution::Outcome::kImpossible:
      case Resolution::Outcome::kTooHard:
        return Refusal(resolution);
    }
  }
}

}  // namespace snow::pkg
