#include "snowpkg/operations/capability_check.h"

#include <algorithm>
#include <map>
#include <set>

#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

// "use the network and read and write files".
std::string Meanings(CapabilitySet set) {
  std::vector<std::string> meanings;
  for (Capability capability : set.List()) meanings.emplace_back(CapabilityMeaning(capability));
  if (meanings.size() < 2) return Join(meanings, "");
  std::string last = meanings.back();
  meanings.pop_back();
  return Join(meanings, ", ") + " and " + last;
}

// Everything that a package reaches with all that it brings along.
CapabilitySet Reach(const Lockfile& lock, const std::string& name) {
  CapabilitySet reach;
  std::set<std::string> seen;
  std::vector<std::string> open = {name};
  while (!open.empty()) {
    std::string next = std::move(open.back());
    open.pop_back();
    const LockedPackage* package = lock.Find(next);
    if (package == nullptr || !seen.insert(next).second) continue;
    reach = reach.Union(package->capabilities);
    open.insert(open.end(), package->dependencies.begin(), package->dependencies.end());
  }
  return reach;
}

}  // namespace

CapabilitySet AllowedByManifest(const Manifest& project, const std::string& package) {
  auto own = project.allow_package.find(package);
  if (own != project.allow_package.end()) return own->second;
  return project.allow.value_or(CapabilitySet::All());
}

Status CheckAllowed(const Manifest& project, const Lockfile& lock) {
  for (const LockedPackage& package : lock.packages) {
    CapabilitySet allowed = AllowedByManifest(project, package.name);
    CapabilitySet beyond = package.capabilities.Without(allowed);
    if (beyond.empty()) continue;
    CapabilitySet wanted = allowed.Union(package.capabilities);
    return Error(ErrorKind::kCapability, "`" + package.name + "` can " + Meanings(beyond) + " (" +
                                             beyond.ToString() + "), which [capabilities] in " +
                                             project.file + " does not allow")
        .Help("to allow it, write " + package.name + " = [\"" + Join(wanted.Words(), "\", \"") +
              "\"] into [capabilities.packages]");
  }
  return {};
}

Status CheckNotWidened(const Lockfile& before, const Lockfile& after,
                       const std::vector<std::string>& fresh) {
  std::vector<std::string> widened;
  std::vector<std::string> names;
  for (const LockedPackage& package : after.packages) {
    const LockedPackage* old = before.Find(package.name);
    bool named = std::find(fresh.begin(), fresh.end(), package.name) != fresh.end();
    if (old == nullptr || named) continue;
    CapabilitySet more = package.capabilities.Without(old->capabilities);
    std::string how = " can now ";
    if (more.empty()) {
      more = Reach(after, package.name).Without(Reach(before, package.name));
      how = " brings packages along with which it can now ";
    }
    if (more.empty()) continue;
    names.push_back(package.name);
    widened.push_back("`" + package.name + "` " + package.version.ToString() + how +
                      Meanings(more) + " (" + more.ToString() + ")");
  }
  if (widened.empty()) return {};
  return Error(ErrorKind::kCapability, Join(widened, "; "))
      .Help("if that is right, accept it with `snow update " + Join(names, " ") +
            " --allow-new-capabilities`");
}

}  // namespace snow::pkg
