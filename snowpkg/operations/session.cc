#include "snowpkg/operations/session.h"

#include <chrono>
#include <cstdlib>

#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"
#include "snowpkg/settings/settings.h"

namespace snow::pkg {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string WithoutFinalSlashes(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

bool IsUrl(std::string_view text) { return text.find("://") != std::string_view::npos; }

}  // namespace

Context ContextFromEnvironment() {
  Context context;
  context.home = Variable("SNOW_HOME");
  if (context.home.empty()) context.home = JoinPath(Variable("HOME"), ".snow");
  context.home = AbsolutePath(context.home);
  context.registry = Variable("SNOW_REGISTRY");
  context.token = Variable("SNOW_TOKEN");
  return context;
}

Result<Session> Session::Open(const Context& context, const Manifest* project,
                              const Lockfile* lock) {
  Session session(context);
  if (project != nullptr) session.project_registries_ = project->registries;
  SNOW_PKG_ASSIGN(session.user_registries_, LoadUserRegistries(context.home));
  if (lock != nullptr) {
    for (const LockedRegistry& registry : lock->registries) {
      session.locked_keys_[registry.url] = registry.public_key;
    }
  }
  return session;
}

int64_t Session::Now() const {
  if (context_.now) return context_.now();
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

void Session::Tell(Event::Kind kind, const std::string& subject, uint64_t done,
                   uint64_t total) const {
  if (context_.on_event) context_.on_event({kind, subject, done, total});
}

Result<std::string> Session::RegistryUrl(const std::string& name, const Manifest* own) const {
  if (IsUrl(name)) return WithoutFinalSlashes(name);
  if (name.empty() && !context_.registry.empty()) {
    if (IsUrl(context_.registry)) return WithoutFinalSlashes(context_.registry);
    return RegistryUrl(context_.registry, own);
  }
  const std::string key = name.empty() ? "default" : name;
  for (const auto* registries :
       {own == nullptr ? nullptr : &own->registries, &project_registries_, &user_registries_}) {
    if (registries == nullptr) continue;
    auto found = registries->find(key);
    if (found != registries->end()) return found->second.url;
  }
  if (name.empty()) {
    return Error(ErrorKind::kNotFound, "no registry is set")
        .Help(
            "log in with `snow login --registry URL`, set SNOW_REGISTRY, or write [registries] "
            "default = \"URL\" into snow.toml");
  }
  return Error(ErrorKind::kNotFound, "there is no registry called `" + Excerpt(name) + "`")
      .Help("write [registries] " + Excerpt(name) + " = \"URL\" into snow.toml");
}

std::string Session::PinnedKey(const std::string& url) const {
  for (const auto* registries : {&project_registries_, &user_registries_}) {
    for (const auto& [name, config] : *registries) {
      if (config.url == url && !config.public_key.empty()) return config.public_key;
    }
  }
  auto locked = locked_keys_.find(url);
  return locked == locked_keys_.end() ? "" : locked->second;
}

Result<Registry*> Session::RegistryAt(const std::string& url) {
  auto found = open_.find(url);
  if (found != open_.end()) return found->second.get();
  RegistryOptions options;
  options.url = url;
  options.home = context_.home;
  options.pinned_key = PinnedKey(url);
  options.offline = context_.offline;
  options.http.stall_limit_ms = context_.stall_limit_ms;
  Tell(Event::Kind::kAsking, url);
  SNOW_PKG_ASSIGN(std::unique_ptr<Registry> registry, Registry::Open(options));
  return (open_[url] = std::move(registry)).get();
}

Result<std::string> Session::TokenFor(const std::string& url) const {
  if (!context_.token.empty()) return context_.token;
  SNOW_PKG_ASSIGN(std::optional<std::string> token, LoadToken(context_.home, url));
  if (token) return *std::move(token);
  return Error(ErrorKind::kRefused, "there is no token for the registry " + url)
      .Help("log in with `snow login --registry " + url + "`");
}

Result<DirectoryLock> Session::LockProject(const std::string& root) const {
  std::string locks = JoinPath(context_.home, "locks");
  SNOW_PKG_TRY(MakeDirectories(locks));
  return DirectoryLock::Acquire(locks, Sha256Of(root).Hex().substr(0, 32),
                                [&] { Tell(Event::Kind::kWaiting, root); });
}

}  // namespace snow::pkg
