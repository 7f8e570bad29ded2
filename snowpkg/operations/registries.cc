// The operations that need a token: publish, login, logout, yank.
#include <algorithm>
#include <utility>

#include "snowpkg/api.h"
#include "snowpkg/base/text.h"
#include "snowpkg/operations/project.h"
#include "snowpkg/operations/session.h"
#include "snowpkg/publish/pack.h"
#include "snowpkg/settings/settings.h"

namespace snow::pkg {
namespace {

// The manifest whose [registries] hold for the current folder, if there is one.
std::optional<Manifest> ManifestAround(const std::string& folder) {
  Result<Workspace> workspace = LoadWorkspace(folder);
  if (!workspace.ok()) return std::nullopt;
  return std::move(workspace->root_manifest);
}

Result<PublishRequest> RequestFor(const Session& session, const Manifest& manifest,
                                  const std::string& url) {
  PublishRequest request;
  request.name = manifest.name;
  request.version = manifest.version;
  request.description = manifest.description;
  request.license = manifest.license;
  request.homepage = manifest.homepage;
  request.repository = manifest.repository;
  request.authors = manifest.authors;
  request.keywords = manifest.keywords;
  for (const Dependency& dependency : manifest.dependencies) {
    IndexDependency needed{dependency.name, dependency.requirement, ""};
    if (!dependency.registry.empty()) {
      Result<std::string> from = session.RegistryUrl(dependency.registry, &manifest);
      if (!from.ok()) return std::move(from).error().At(dependency.place);
      if (*from != url) needed.registry = *from;
    }
    request.dependencies.push_back(std::move(needed));
  }
  return request;
}

// What was published must be in the log, as it was sent.
Status CheckPublished(Registry& registry, const PublishRequest& request, const std::string& archive,
                      uint64_t log) {
  SNOW_PKG_TRY(registry.Load({request.name}));
  const std::vector<IndexVersion>& versions = *registry.Find(request.name);
  auto found = std::find_if(versions.begin(), versions.end(), [&](const IndexVersion& version) {
    return version.version == request.version;
  });
  bool same = found != versions.end() && found->log == log &&
              found->checksum == Sha256Of(archive) && found->capabilities == request.capabilities;
  if (!same) {
    return Error(ErrorKind::kUntrusted, "the registry " + registry.url() +
                                            " has accepted the package but does not list it as it "
                                            "was sent");
  }
  return registry.VerifyInLog({&*found});
}

bool IsToken(std::string_view token) {
  return !token.empty() && token.size() <= 512 &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool TravelsInTheClear(const std::string& url) {
  return url.starts_with("http://") && !url.starts_with("http://127.") &&
         !url.starts_with("http://localhost") && !url.starts_with("http://[::1]");
}

}  // namespace

Result<PublishReport> Publish(const Context& context, const std::string& folder,
                              const PublishOptions& options) {
  SNOW_PKG_ASSIGN(Workspace workspace, LoadWorkspace(folder));
  if (!workspace.current) return CheckPublishable(workspace.root_manifest).error();
  const LocalPackage& package = workspace.packages[*workspace.current];
  SNOW_PKG_TRY(CheckPublishable(package.manifest));
  SNOW_PKG_ASSIGN(Session session, Session::Open(context, &workspace.root_manifest, nullptr));
  PublishReport report;
  report.name = package.manifest.name;
  report.version = package.manifest.version.ToString();
  SNOW_PKG_ASSIGN(report.registry, session.RegistryUrl(options.registry, &package.manifest));
  SNOW_PKG_ASSIGN(PublishRequest request, RequestFor(session, package.manifest, report.registry));
  if (!context.find_capabilities) {
    return Error(ErrorKind::kUsage,
                 "a package can only be published by a snow that can compile it");
  }
  SNOW_PKG_ASSIGN(request.capabilities, context.find_capabilities(package.folder));
  report.capabilities = request.capabilities;
  SNOW_PKG_ASSIGN(PackedPackage packed, PackPackage(package.folder, package.manifest));
  for (const ArchiveFile& file : packed.files) report.files.push_back(file.path);
  report.checksum = Sha256Of(packed.archive).Tagged();
  report.archive_size = packed.archive.size();
  if (options.dry_run) return report;

  SNOW_PKG_ASSIGN(std::string token, session.TokenFor(report.registry));
  SNOW_PKG_ASSIGN(Registry * registry, session.RegistryAt(report.registry));
  session.Tell(Event::Kind::kUploading, report.name + " " + report.version);
  SNOW_PKG_ASSIGN(uint64_t log, registry->Publish(token, request, packed.archive));
  SNOW_PKG_TRY(CheckPublished(*registry, request, packed.archive, log));
  report.log_index = log;
  return report;
}

Result<LoginReport> Login(const Context& context, const std::string& registry,
                          const std::string& token) {
  std::optional<Manifest> project = ManifestAround(".");
  SNOW_PKG_ASSIGN(Session session, Session::Open(context, project ? &*project : nullptr, nullptr));
  LoginReport report;
  SNOW_PKG_ASSIGN(report.registry, session.RegistryUrl(registry, nullptr));
  if (!IsToken(token)) {
    return Error(ErrorKind::kUsage, "this is not a token: it must be one word")
        .Help("the registry shows a token once, when it is made");
  }
  if (TravelsInTheClear(report.registry)) {
    session.Tell(Event::Kind::kWarning,
                 "the token travels unencrypted to " + report.registry + "; prefer https");
  }
  SNOW_PKG_ASSIGN(Registry * opened, session.RegistryAt(report.registry));
  SNOW_PKG_ASSIGN(Account account, opened->WhoAmI(token));
  report.user = account.user;
  report.scopes = account.scopes;
  SNOW_PKG_TRY(SaveToken(context.home, report.registry, token));
  bool has_default = project && project->registries.contains("default");
  if (!has_default) {
    SNOW_PKG_ASSIGN(auto user_registries, LoadUserRegistries(context.home));
    has_default = user_registries.contains("default");
  }
  if (!has_default) {
    SNOW_PKG_TRY(WriteDefaultRegistry(context.home, report.registry));
    report.made_default = true;
  }
  return report;
}

Result<std::string> Logout(const Context& context, const std::string& registry) {
  std::optional<Manifest> project = ManifestAround(".");
  SNOW_PKG_ASSIGN(Session session, Session::Open(context, project ? &*project : nullptr, nullptr));
  SNOW_PKG_ASSIGN(std::string url, session.RegistryUrl(registry, nullptr));
  SNOW_PKG_ASSIGN(bool removed, RemoveToken(context.home, url));
  if (removed) return url;
  return Error(ErrorKind::kNotFound, "there is no token for the registry " + url);
}

Result<std::optional<uint64_t>> Yank(const Context& context, const std::string& registry,
                                     const std::string& name, const std::string& version,
                                     bool yanked) {
  std::optional<Manifest> project = ManifestAround(".");
  SNOW_PKG_ASSIGN(Session session, Session::Open(context, project ? &*project : nullptr, nullptr));
  if (!IsPackageName(name)) return BadPackageName(name);
  SNOW_PKG_ASSIGN(Version parsed, Version::Parse(version));
  SNOW_PKG_ASSIGN(std::string url, session.RegistryUrl(registry, nullptr));
  SNOW_PKG_ASSIGN(std::string token, session.TokenFor(url));
  SNOW_PKG_ASSIGN(Registry * opened, session.RegistryAt(url));
  return opened->Yank(token, name, parsed, yanked);
}

}  // namespace snow::pkg
