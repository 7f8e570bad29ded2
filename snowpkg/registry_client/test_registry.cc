#include "snowpkg/registry_client/test_registry.h"

#include "snowpkg/base/encoding.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/json.h"
#include "snowpkg/base/text.h"
#include "snowpkg/registry_client/index.h"

namespace snow::pkg {
namespace {

constexpr const char* kPublished = "2026-01-01T00:00:00Z";

TestServer::Response Answer(int status, const std::string& json) {
  return {status, json, "application/json", {}, false, false, -1};
}

}  // namespace

std::string TestManifest(const std::string& name, const std::string& version,
                         const std::string& deps_json) {
  std::string text = "[package]\nname = \"" + name + "\"\nversion = \"" + version + "\"\n";
  text += "\n[dependencies]\n";
  const Json deps = *Json::Parse(deps_json);
  for (const Json& dependency : deps.items()) {
    text += *dependency.Find("name")->AsString() + " = \"" + *dependency.Find("req")->AsString() +
            "\"\n";
  }
  return text;
}

TestRegistry::TestRegistry(std::string seed) : log_("registry.test", std::move(seed)) {
  config_ = {{"format", "1"},
             {"origin", "\"registry.test\""},
             {"public_key", JsonQuote(public_key())},
             {"api", "\"api/v1\""}};
  Refresh();
}

std::string TestRegistry::public_key() const { return Base64Encode(log_.identity().public_key); }

void TestRegistry::SetConfig(const std::string& name, const std::string& json) {
  std::lock_guard lock(mutex_);
  config_[name] = json;
  Refresh();
}

void TestRegistry::Refresh() {
  std::vector<std::string> members;
  for (const auto& [name, json] : config_) members.push_back("\"" + name + "\": " + json);
  files_["config.json"] = "{" + Join(members, ", ") + "}";
  for (auto& [path, bytes] : log_.Tiles()) files_["log/" + path] = bytes;
  files_["log/checkpoint"] = log_.Checkpoint();
}

void TestRegistry::Append(const std::string& name, const std::string& line_without_log) {
  std::string line = line_without_log + ",\"log\":" + std::to_string(log_.size()) + "}";
  log_.Append(line);
  files_[IndexPath(name)] += line + "\n";
  Refresh();
}

void TestRegistry::Publish(const std::string& name, const std::string& version,
                           const std::string& deps, const std::string& capabilities,
                           const std::string& published) {
  std::string archive = *PackArchive({{"snow.toml", TestManifest(name, version, deps)},
                                      {"src/lib.snow", "pub fn name() = \"" + name + "\"\n"}});
  PublishArchive(name, version, archive, deps, capabilities, published);
}

void TestRegistry::PublishArchive(const std::string& name, const std::string& version,
                                  const std::string& archive, const std::string& deps,
                                  const std::string& capabilities, const std::string& published) {
  std::lock_guard lock(mutex_);
  Digest checksum = Sha256Of(archive);
  files_[ArchivePath(checksum)] = archive;
  Append(name, "{\"event\":\"version\",\"name\":" + JsonQuote(name) +
                   ",\"vers\":" + JsonQuote(version) + ",\"deps\":" + deps + ",\"cksum\":\"" +
                   checksum.Tagged() + "\",\"size\":" + std::to_string(archive.size()) +
                   ",\"capabilities\":" + capabilities + ",\"published\":\"" + published + "\"");
}

void TestRegistry::Yank(const std::string& name, const std::string& version, bool yanked) {
  std::lock_guard lock(mutex_);
  Append(name, std::string("{\"event\":\"") + (yanked ? "yank" : "unyank") +
                   "\",\"name\":" + JsonQuote(name) + ",\"vers\":" + JsonQuote(version) +
                   ",\"published\":\"" + kPublished + "\"");
}

void TestRegistry::Tamper(const std::string& path,
                          const std::function<void(std::string*)>& change) {
  std::lock_guard lock(mutex_);
  change(&files_[path]);
}

std::optional<std::string> TestRegistry::File(const std::string& path) const {
  std::lock_guard lock(mutex_);
  auto found = files_.find(path);
  if (found == files_.end()) return std::nullopt;
  return found->second;
}

TestServer::Response TestRegistry::Handle(const TestServer::Request& request) {
  std::lock_guard lock(mutex_);
  std::string path = request.path.substr(1);
  if (path.starts_with("api/v1/")) {
    auto token = request.headers.find("authorization");
    if (token == request.headers.end() || token->second != "Bearer snow_good") {
      return Answer(401, "{\"error\": \"this token is not known\"}");
    }
    if (path == "api/v1/me") return Answer(200, R"({"user": "zoe", "scopes": ["publish"]})");
    if (path == "api/v1/publish") return HandlePublish(request.body);
    if (path == "api/v1/yank") return HandleYank(request.body);
    return Answer(404, "{\"error\": \"no such request\"}");
  }
  std::optional<std::string> bytes = File(path);
  if (!bytes) return {404, "<h1>not found</h1>", "text/html", {}, false, false, -1};
  std::string etag = "\"" + Sha256Of(*bytes).Hex().substr(0, 16) + "\"";
  auto known = request.headers.find("if-none-match");
  if (known != request.headers.end() && known->second == etag) {
    not_modified_ += 1;
    return {304, "", "text/plain", {"ETag: " + etag}, false, false, -1};
  }
  return {200, *bytes, "application/octet-stream", {"ETag: " + etag}, false, false, -1};
}

TestServer::Response TestRegistry::HandlePublish(const std::string& body) {
  Result<Json> json = Json::Parse(body);
  if (!json.ok()) return Answer(400, "{\"error\": \"this is no JSON\"}");
  auto text = [&](const char* name) { return *json->Find(name)->AsString(); };
  std::string archive = Base64Decode(text("archive")).value_or("");
  if (Sha256Of(archive).Tagged() != text("cksum")) {
    return Answer(422, "{\"error\": \"the checksum is wrong\"}");
  }
  std::string index = File(IndexPath(text("name"))).value_or("");
  if (index.find("\"vers\":" + JsonQuote(text("vers"))) != std::string::npos) {
    return Answer(409, "{\"error\": \"" + text("name") + " " + text("vers") +
                           " exists already; versions are immutable\"}");
  }
  std::vector<std::string> deps;
  for (const Json& dependency : json->Find("deps")->items()) {
    deps.push_back("{\"name\":" + JsonQuote(*dependency.Find("name")->AsString()) +
                   ",\"req\":" + JsonQuote(*dependency.Find("req")->AsString()) + "}");
  }
  std::vector<std::string> capabilities;
  for (const Json& word : json->Find("capabilities")->items()) {
    capabilities.push_back(*word.AsString());
  }
  PublishArchive(text("name"), text("vers"), archive, "[" + Join(deps, ",") + "]",
                 JsonStringList(capabilities), kPublished);
  return Answer(200, "{\"log\": " + std::to_string(log_.size() - 1) + ", \"published\": \"" +
                         kPublished + "\"}");
}

TestServer::Response TestRegistry::HandleYank(const std::string& body) {
  Result<Json> json = Json::Parse(body);
  if (!json.ok()) return Answer(400, "{\"error\": \"this is no JSON\"}");
  Yank(*json->Find("name")->AsString(), *json->Find("vers")->AsString(),
       *json->Find("yanked")->AsBool());
  return Answer(200, "{\"log\": " + std::to_string(log_.size() - 1) + "}");
}

void TestRegistry::WriteTo(const std::string& folder) const {
  std::lock_guard lock(mutex_);
  for (const auto& [path, bytes] : files_) {
    std::string full = JoinPath(folder, path);
    (void)MakeDirectories(ParentPath(full));
    (void)WriteFileAtomically(full, bytes);
  }
}

}  // namespace snow::pkg
