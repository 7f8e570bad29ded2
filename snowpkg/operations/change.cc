// The operations that change snow.toml and snow.lock: add, remove, update.
#include <algorithm>
#include <set>
#include <utility>

#include "snowpkg/api.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"
#include "snowpkg/manifest/edit.h"
#include "snowpkg/operations/capability_check.h"
#include "snowpkg/operations/fetch.h"
#include "snowpkg/operations/git_packages.h"
#include "snowpkg/operations/project.h"
#include "snowpkg/operations/solve.h"

namespace snow::pkg {
namespace {

// Names in any manifest of the project.
std::set<std::string> DirectNames(const Workspace& workspace) {
  std::set<std::string> names;
  for (const LocalPackage& local : workspace.packages) {
    for (const auto* list : {&local.manifest.dependencies, &local.manifest.dev_dependencies}) {
      for (const Dependency& dependency : *list) names.insert(dependency.name);
    }
  }
  return names;
}

std::vector<LockChange> ChangesBetween(const Lockfile& before, const Lockfile& after,
                                       const Workspace& workspace) {
  std::set<std::string> names;
  for (const LockedPackage& package : before.packages) names.insert(package.name);
  for (const LockedPackage& package : after.packages) names.insert(package.name);
  const std::set<std::string> direct = DirectNames(workspace);
  std::vector<LockChange> changes;
  for (const std::string& name : names) {
    const LockedPackage* old = before.Find(name);
    const LockedPackage* now = after.Find(name);
    if (old != nullptr && now != nullptr && *old == *now) continue;
    LockChange change;
    change.name = name;
    if (old != nullptr) {
      change.before = old->version.ToString();
      change.capabilities_before = old->capabilities;
    }
    if (now != nullptr) {
      change.after = now->version.ToString();
      change.capabilities = now->capabilities;
    }
    change.direct = direct.contains(name);
    changes.push_back(std::move(change));
  }
  return changes;
}

// One command's change of a project, from the edited text of its snow.toml to the files on disk.
class Change {
 public:
  Change(const Context& context, const ChangeOptions& options)
      : context_(context), options_(options) {}

  // Takes the project's lock, so that two commands do not undo each other.
  Status Begin(const std::string& folder, bool needs_package) {
    if (context_.locked) {
      return Error(ErrorKind::kDrift, "snow.lock must not be changed (--locked)");
    }
    SNOW_PKG_ASSIGN(project_, LoadProject(folder));
    SNOW_PKG_TRY(OpenSession());
    SNOW_PKG_ASSIGN(lock_, session_->LockProject(project_.workspace.root));
    SNOW_PKG_ASSIGN(project_, LoadProject(folder));
    SNOW_PKG_TRY(OpenSession());
    if (!project_.workspace.current) {
      if (!needs_package) return {};
      return Error(ErrorKind::kUsage,
                   project_.workspace.root + " is a workspace without a package of its own")
          .Help("run the command in the folder of one of its members");
    }
    folder_ = project_.workspace.packages[*project_.workspace.current].folder;
    manifest_path_ = JoinPath(folder_, kManifestName);
    SNOW_PKG_ASSIGN(text_, ReadFile(manifest_path_));
    original_text_ = text_;
    return {};
  }

  Session& session() { return *session_; }
  const Project& project() const { return project_; }
  const std::string& folder() const { return folder_; }
  const std::string& manifest_path() const { return manifest_path_; }
  std::string& text() { return text_; }
  ChangeReport& report() { return report_; }

  // Resolves with the edited manifest, fetches, and writes both files; or nothing at all.
  Result<ChangeReport> Finish(const SolveOptions& solve_options,
                              const std::vector<std::string>& fresh) {
    const Lockfile before = project_.lock.value_or(Lockfile());
    SNOW_PKG_ASSIGN(
        Workspace edited,
        LoadWorkspace(folder_.empty() ? project_.workspace.root : folder_, Overrides()));
    SNOW_PKG_ASSIGN(Lockfile after,
                    Solve(*session_, edited, project_.lock ? &before : nullptr, solve_options));
    SNOW_PKG_TRY(CheckAllowed(edited.root_manifest, after));
    if (!options_.allow_new_capabilities) SNOW_PKG_TRY(CheckNotWidened(before, after, fresh));
    report_.changes = ChangesBetween(before, after, edited);
    if (options_.dry_run) return std::move(report_);
    SNOW_PKG_TRY(FetchLocked(*session_, after));
    if (text_ != original_text_) SNOW_PKG_TRY(WriteFileAtomically(manifest_path_, text_));
    Status written = WriteLock(project_, after);
    if (!written.ok()) {
      // Both or neither.
      if (text_ != original_text_) (void)WriteFileAtomically(manifest_path_, original_text_);
      return std::move(written).error();
    }
    return std::move(report_);
  }

 private:
  FileOverrides Overrides() const {
    if (manifest_path_.empty()) return {};
    return {{manifest_path_, text_}};
  }

  Status OpenSession() {
    SNOW_PKG_ASSIGN(Session session, Session::Open(context_, &project_.workspace.root_manifest,
                                                   project_.lock ? &*project_.lock : nullptr));
    session_.emplace(std::move(session));
    return {};
  }

  const Context& context_;
  const ChangeOptions& options_;
  Project project_;
  std::optional<Session> session_;
  std::optional<DirectoryLock> lock_;
  std::string folder_;
  std::string manifest_path_;
  std::string text_;
  std::string original_text_;
  ChangeReport report_;
};

// The newest version that a new dependency would take, unasked.
Result<Version> NewestVersion(Change& change, const std::string& name,
                              const std::string& registry) {
  const Workspace& workspace = change.project().workspace;
  const Manifest& own = workspace.packages[*workspace.current].manifest;
  SNOW_PKG_ASSIGN(std::string url, change.session().RegistryUrl(registry, &own));
  SNOW_PKG_ASSIGN(Registry * opened, change.session().RegistryAt(url));
  SNOW_PKG_TRY(opened->Load({name}));
  const std::vector<IndexVersion>& versions = *opened->Find(name);
  if (versions.empty()) {
    return Error(ErrorKind::kNotFound, "the registry " + url + " has no package `" + name + "`");
  }
  int64_t min_age =
      workspace.root_manifest.min_age_seconds.value_or(opened->min_age_seconds().value_or(0));
  const IndexVersion* best = nullptr;
  bool any_young = false;
  for (const IndexVersion& version : versions) {
    if (version.yanked || !version.obstacle.empty()) continue;
    if (change.session().Now() - version.published < min_age) {
      any_young = true;
      continue;
    }
    // Releases before pre-releases, then the newest.
    auto rank = [](const IndexVersion& v) {
      return std::pair(!v.version.is_prerelease(), v.version);
    };
    if (best == nullptr || rank(*best) < rank(version)) best = &version;
  }
  if (best != nullptr) return best->version;
  return Error(ErrorKind::kNotFound, "no version of `" + name + "` in " + url + " can be chosen: " +
                                         (any_young ? "all are younger than the minimum age"
                                                    : "all are yanked or too new"))
      .Help("name one exactly: " + name + "@=" + versions.back().version.ToString());
}

Result<Dependency> DependencyOf(Change& change, const AddRequest& request) {
  Dependency dependency;
  dependency.name = request.name;
  dependency.git = request.git;
  dependency.rev = request.rev;
  dependency.tag = request.tag;
  dependency.branch = request.branch;
  dependency.registry = request.registry;
  if (!request.version.empty()) {
    SNOW_PKG_ASSIGN(dependency.requirement, Requirement::Parse(request.version));
    dependency.has_version = true;
  }
  if (!request.path.empty()) {
    std::string folder = AbsolutePath(request.path);
    SNOW_PKG_ASSIGN(Manifest manifest, LoadManifest(folder));
    if (dependency.name.empty()) dependency.name = manifest.name;
    dependency.path = RelativePath(folder, change.folder());
  } else if (!request.git.empty()) {
    SNOW_PKG_ASSIGN(GitPackage package,
                    FetchGitPackage(change.session(), request.name, request.git,
                                    {request.rev, request.tag, request.branch}));
    dependency.name = package.manifest.name;
  } else if (!IsPackageName(request.name)) {
    Error error = BadPackageName(request.name);
    return Error(ErrorKind::kUsage, error.message()).Help(error.help());
  } else if (!dependency.has_version) {
    SNOW_PKG_ASSIGN(Version version, NewestVersion(change, request.name, request.registry));
    SNOW_PKG_ASSIGN(dependency.requirement, Requirement::Parse("^" + version.ToString()));
    dependency.has_version = true;
  }
  return dependency;
}

}  // namespace

Result<AddRequest> ParseAddRequest(const std::string& text) {
  AddRequest request;
  size_t at = text.find('@');
  request.name = text.substr(0, at);
  if (at != std::string::npos) request.version = text.substr(at + 1);
  if (!IsPackageName(request.name)) {
    Error error = BadPackageName(request.name);
    return Error(ErrorKind::kUsage, error.message()).Help(error.help());
  }
  if (at != std::string::npos) {
    Result<Requirement> requirement = Requirement::Parse(request.version);
    if (!requirement.ok()) {
      return Error(ErrorKind::kUsage, requirement.error().message())
          .Help(requirement.error().help());
    }
  }
  return request;
}

Result<ChangeReport> Add(const Context& context, const std::string& folder,
                         const std::vector<AddRequest>& requests, const ChangeOptions& options) {
  Change change(context, options);
  SNOW_PKG_TRY(change.Begin(folder, /*needs_package=*/true));
  SolveOptions solve_options;
  std::vector<std::string> fresh;
  for (const AddRequest& request : requests) {
    SNOW_PKG_ASSIGN(Dependency dependency, DependencyOf(change, request));
    SNOW_PKG_ASSIGN(change.text(),
                    WithDependency(change.text(), change.manifest_path(), dependency, request.dev));
    change.report().written.emplace_back(dependency.name, DependencyValue(dependency));
    fresh.push_back(dependency.name);
    // Naming a package asks for its newest version, also when it is there already.
    solve_options.forget.insert(dependency.name);
  }
  return change.Finish(solve_options, fresh);
}

Result<ChangeReport> Remove(const Context& context, const std::string& folder,
                            const std::vector<std::string>& names, const ChangeOptions& options) {
  Change change(context, options);
  SNOW_PKG_TRY(change.Begin(folder, /*needs_package=*/true));
  for (const std::string& name : names) {
    SNOW_PKG_ASSIGN(change.text(), WithoutDependency(change.text(), change.manifest_path(), name));
  }
  return change.Finish({}, {});
}

Result<ChangeReport> Update(const Context& context, const std::string& folder,
                            const std::vector<std::string>& names, const ChangeOptions& options) {
  Change change(context, options);
  SNOW_PKG_TRY(change.Begin(folder, /*needs_package=*/false));
  SolveOptions solve_options;
  solve_options.forget_all = names.empty();
  const Lockfile before = change.project().lock.value_or(Lockfile());
  std::vector<std::string> known;
  for (const LockedPackage& package : before.packages) known.push_back(package.name);
  for (const std::string& name : names) {
    if (before.Find(name) == nullptr) {
      std::string near = Nearest(name, known);
      Error error(ErrorKind::kNotFound, "`" + Excerpt(name) + "` is not in snow.lock");
      if (near.empty()) return error;
      return std::move(error).Help("did you mean `" + near + "`?");
    }
    // What it needs may follow.
    std::vector<std::string> open = {name};
    while (!open.empty()) {
      std::string next = std::move(open.back());
      open.pop_back();
      const LockedPackage* package = before.Find(next);
      if (package == nullptr || !solve_options.forget.insert(next).second) continue;
      open.insert(open.end(), package->dependencies.begin(), package->dependencies.end());
    }
  }
  return change.Finish(solve_options, {});
}

}  // namespace snow::pkg
