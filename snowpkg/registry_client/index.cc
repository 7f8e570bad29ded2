#include "snowpkg/registry_client/index.h"

#include <map>
#include <optional>
#include <utility>

#include "snowpkg/base/json.h"
#include "snowpkg/base/text.h"
#include "snowpkg/base/time.h"
#include "snowpkg/manifest/manifest.h"

namespace snow::pkg {
namespace {

constexpr size_t kMaxLine = 64 * 1024;

Error Bad(const std::string& reason) { return Error(ErrorKind::kUntrusted, reason); }

Result<std::string> StringOf(const Json& object, std::string_view name) {
  const Json* member = object.Find(name);
  const std::string* text = member == nullptr ? nullptr : member->AsString();
  if (text == nullptr) return Bad("`" + std::string(name) + "` must be a string");
  return *text;
}

Result<uint64_t> NumberOf(const Json& object, std::string_view name) {
  const Json* member = object.Find(name);
  std::optional<int64_t> number = member == nullptr ? std::nullopt : member->AsInt();
  if (!number || *number < 0) return Bad("`" + std::string(name) + "` must be a count");
  return static_cast<uint64_t>(*number);
}

Result<Version> VersionOf(const Json& event) {
  SNOW_PKG_ASSIGN(std::string text, StringOf(event, "vers"));
  Result<Version> version = Version::Parse(text);
  if (!version.ok()) return Bad(version.error().message());
  return version;
}

Result<const std::vector<Json>*> ListOf(const Json& object, std::string_view name) {
  const Json* member = object.Find(name);
  if (member == nullptr || !member->IsArray()) {
    return Bad("`" + std::string(name) + "` must be a list");
  }
  return &member->items();
}

Result<IndexDependency> ReadDependency(const Json& object) {
  IndexDependency dependency;
  SNOW_PKG_ASSIGN(dependency.name, StringOf(object, "name"));
  if (!IsPackageName(dependency.name)) {
    return Bad("`" + Excerpt(dependency.name) + "` is not a package name");
  }
  SNOW_PKG_ASSIGN(std::string text, StringOf(object, "req"));
  Result<Requirement> requirement = Requirement::Parse(text);
  if (!requirement.ok()) return Bad(requirement.error().message());
  dependency.requirement = *std::move(requirement);
  if (object.Find("registry") != nullptr) {
    SNOW_PKG_ASSIGN(dependency.registry, StringOf(object, "registry"));
  }
  return dependency;
}

Result<IndexVersion> ReadVersion(const Json& event) {
  IndexVersion version;
  SNOW_PKG_ASSIGN(version.version, VersionOf(event));
  SNOW_PKG_ASSIGN(const std::vector<Json>* dependencies, ListOf(event, "deps"));
  for (const Json& item : *dependencies) {
    SNOW_PKG_ASSIGN(IndexDependency dependency, ReadDependency(item));
    version.dependencies.push_back(std::move(dependency));
  }
  SNOW_PKG_ASSIGN(std::string checksum, StringOf(event, "cksum"));
  std::optional<Digest> digest = Digest::FromTagged(checksum);
  if (!digest) return Bad("`cksum` must be sha256: and 64 hexadecimal digits");
  version.checksum = *digest;
  SNOW_PKG_ASSIGN(version.size, NumberOf(event, "size"));
  SNOW_PKG_ASSIGN(const std::vector<Json>* capabilities, ListOf(event, "capabilities"));
  for (const Json& item : *capabilities) {
    const std::string* word = item.AsString();
    if (word == nullptr) return Bad("`capabilities` must be a list of strings");
    std::optional<Capability> capability = CapabilityFromWord(*word);
    if (capability) {
      version.capabilities.Add(*capability);
    } else {
      version.obstacle = "needs a newer snow (for the capability `" + Excerpt(*word) + "`)";
    }
  }
  SNOW_PKG_ASSIGN(std::string published, StringOf(event, "published"));
  std::optional<int64_t> time = ParseTime(published);
  if (!time) return Bad("`published` must be a time like 2026-11-24T23:31:07Z");
  version.published = *time;
  return version;
}

class IndexReader {
 public:
  IndexReader(std::string package, uint64_t log_size)
      : package_(std::move(package)), log_size_(log_size) {}

  Status ReadLine(std::string_view line) {
    if (line.size() > kMaxLine) return Bad("it is longer than 64 KiB");
    Result<Json> parsed = Json::Parse(line);
    if (!parsed.ok()) return Bad(parsed.error().message());
    const Json& event = *parsed;
    if (!event.IsObject()) return Bad("it is not an object");
    SNOW_PKG_ASSIGN(std::string kind, StringOf(event, "event"));
    SNOW_PKG_ASSIGN(std::string name, StringOf(event, "name"));
    if (name != package_) return Bad("it is of the package `" + Excerpt(name) + "`");
    SNOW_PKG_ASSIGN(uint64_t log, NumberOf(event, "log"));
    if (last_log_ && log <= *last_log_) return Bad("its `log` number does not ascend");
    last_log_ = log;
    if (log >= log_size_) return {};
    if (kind == "version") return AddVersion(event, log, line);
    if (kind == "yank" || kind == "unyank") return SetYanked(event, kind == "yank");
    return {};
  }

  std::vector<IndexVersion> Take() { return std::move(versions_); }

 private:
  Status AddVersion(const Json& event, uint64_t log, std::string_view line) {
    SNOW_PKG_ASSIGN(IndexVersion version, ReadVersion(event));
    if (!positions_.emplace(version.version, versions_.size()).second) {
      return Bad("version " + version.version.ToString() + " is published a second time");
    }
    version.name = package_;
    version.log = log;
    version.line = std::string(line);
    versions_.push_back(std::move(version));
    return {};
  }

  Status SetYanked(const Json& event, bool yanked) {
    SNOW_PKG_ASSIGN(Version version, VersionOf(event));
    auto found = positions_.find(version);
    if (found == positions_.end()) return Bad("it yanks a version that was never published");
    versions_[found->second].yanked = yanked;
    return {};
  }

  std::string package_;
  uint64_t log_size_;
  std::optional<uint64_t> last_log_;
  std::vector<IndexVersion> versions_;
  std::map<Version, size_t> positions_;
};

}  // namespace

std::string IndexPath(std::string_view package) {
  std::string folder(package.substr(0, 2));
  if (folder.size() < 2) folder += '_';
  return "index/" + folder + "/" + std::string(package);
}

std::string ArchivePath(const Digest& checksum) {
  std::string hex = checksum.Hex();
  return "archives/" + hex.substr(0, 2) + "/" + hex + ".tar.zst";
}

Result<std::vector<IndexVersion>> ParseIndex(std::string_view text, const std::string& package,
                                             uint64_t log_size) {
  IndexReader reader(package, log_size);
  if (!text.empty() && !text.ends_with('\n')) {
    return Bad("the index of `" + package + "` is cut off in its last line");
  }
  size_t number = 0;
  while (!text.empty()) {
    size_t end = text.find('\n');
    number += 1;
    Status status = reader.ReadLine(text.substr(0, end));
    if (!status.ok()) {
      return std::move(status).error().Because("the index of `" + package +
                                               "` is not sound in line " + std::to_string(number));
    }
    text.remove_prefix(end + 1);
  }
  return reader.Take();
}

}  // namespace snow::pkg
