#include "snowpkg/registry_client/registry.h"

#include <algorithm>
#include <utility>

#include "snowpkg/base/encoding.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"
#include "snowpkg/base/time.h"

namespace snow::pkg {
namespace {

constexpr uint64_t kConfigLimit = 64 << 10;
constexpr uint64_t kCheckpointLimit = 16 << 10;
constexpr uint64_t kTileLimit = kTileWidth * sizeof(Digest::bytes);
constexpr uint64_t kIndexLimit = uint64_t{64} << 20;
constexpr uint64_t kArchiveLimit = uint64_t{64} << 20;

std::string HashedName(const std::string& text) { return Sha256Of(text).Hex().substr(0, 32); }

// A registry that is there but lacks what every registry has.
Error NoRegistry(const std::string& url, const std::string& path) {
  return Error(ErrorKind::kNetwork, "there is no registry at " + url + ": " + path + " is missing")
      .Help("a registry URL is the one that `snow registry serve` prints");
}

class RegistryTiles : public TileSource {
 public:
  explicit RegistryTiles(Transport& transport) : transport_(transport) {}

  Result<std::vector<std::string>> Fetch(const std::vector<TileId>& tiles) override {
    std::vector<FetchItem> items;
    for (const TileId& tile : tiles) items.push_back({"log/" + tile.Path(), kTileLimit, "", false});
    std::vector<Result<Fetched>> answers = transport_.Fetch(items);
    std::vector<std::string> bytes;
    for (size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i].ok()) return std::move(answers[i]).error();
      if (answers[i]->state == Fetched::State::kRead) {
        bytes.push_back(std::move(answers[i]->bytes));
        continue;
      }
      // A partial tile may be gone once the full one is there.
      SNOW_PKG_ASSIGN(std::string full, FetchFull(tiles[i]));
      bytes.push_back(std::move(full));
    }
    return bytes;
  }

 private:
  Result<std::string> FetchFull(const TileId& tile) {
    std::string path = "log/" + TileId{tile.level, tile.index}.Path();
    Result<Fetched> full = std::move(transport_.Fetch({{path, kTileLimit, "", false}})[0]);
    if (!full.ok()) return std::move(full).error();
    if (full->state != Fetched::State::kRead) {
      return Error(ErrorKind::kUntrusted, "the registry's log lacks " + tile.Path());
    }
    return std::move(full->bytes);
  }

  Transport& transport_;
};

}  // namespace

bool Registry::CacheOnly() const { return options_.offline && !options_.url.starts_with("file:"); }

std::string Registry::CachePath(const std::string& path) const {
  return JoinPath(options_.home, "cache/" + HashedName(options_.url) + "/" + path);
}

Result<std::unique_ptr<Registry>> Registry::Open(const RegistryOptions& options) {
  std::unique_ptr<Registry> registry(new Registry(options));
  SNOW_PKG_ASSIGN(registry->transport_, OpenTransport(options.url, options.http));
  Result<Fetched> config = std::move(registry->FetchCached({"config.json"}, kConfigLimit)[0]);
  if (!config.ok()) return std::move(config).error();
  if (config->state != Fetched::State::kRead) {
    if (registry->CacheOnly()) {
      return Error(ErrorKind::kNetwork,
                   "nothing of the registry " + options.url + " is cached, and this is offline");
    }
    return NoRegistry(options.url, "config.json");
  }
  Status status = registry->ReadConfig(config->bytes);
  if (status.ok()) status = registry->ReadCheckpoint();
  if (!status.ok()) {
    return std::move(status).error().Because("the registry " + options.url + " cannot be used");
  }
  return registry;
}

Status Registry::ReadConfig(const std::string& text) {
  auto bad = [](const std::string& reason) {
    return Error(ErrorKind::kUntrusted, "its config.json is not sound: " + reason);
  };
  Result<Json> config = Json::Parse(text);
  if (!config.ok()) return bad(config.error().message());
  const Json* format = config->Find("format");
  if (format == nullptr || !format->AsInt()) return bad("`format` is missing");
  if (format->AsInt() != 1) {
    return Error(ErrorKind::kNetwork, "it speaks format " + std::to_string(*format->AsInt()) +
                                          ", which needs a newer snow");
  }
  auto text_of = [&](std::string_view name) {
    const Json* member = config->Find(name);
    const std::string* value = member == nullptr ? nullptr : member->AsString();
    return value == nullptr ? std::string() : *value;
  };
  public_key_ = text_of("public_key");
  std::optional<std::string> key = Base64Decode(public_key_);
  if (!key || key->size() != 32) return bad("`public_key` must be 32 bytes in Base64");
  identity_ = {text_of("origin"), *key};
  if (!IsOrigin(identity_.origin)) return bad("`origin` is missing or not fit for one");
  api_ = text_of("api");
  if (std::string age = text_of("min_age"); !age.empty()) {
    min_age_seconds_ = ParseDuration(age);
    if (!min_age_seconds_) return bad("`min_age` is not a duration such as 3d");
  }
  log_ = std::make_unique<LogClient>(
      JoinPath(options_.home, "log/" + HashedName(identity_.origin + "\n" + public_key_)),
      identity_);
  return CheckKey(identity_.origin);
}

// The key must be the pinned one, or the one of the last visit; the first visit decides otherwise.
Status Registry::CheckKey(const std::string& origin) {
  const std::string path = JoinPath(options_.home, "registries/" + HashedName(options_.url));
  const std::string known = options_.url + "\n" + origin + "\n" + public_key_ + "\n";
  if (!options_.pinned_key.empty()) {
    if (options_.pinned_key == public_key_) return {};
    return Error(ErrorKind::kUntrusted, "it shows the key " + public_key_ +
                                            ", but snow.toml or snow.lock has " +
                                            options_.pinned_key)
        .Help("if its owners have replaced the key, write the new one there");
  }
  if (TypeOf(path) == FileType::kNone) {
    SNOW_PKG_TRY(MakeDirectories(ParentPath(path)));
    return WriteFileAtomically(path, known);
  }
  SNOW_PKG_ASSIGN(std::string before, ReadFile(path));
  if (before == known) return {};
  return Error(ErrorKind::kUntrusted, "it shows another key than at the last visit")
      .Help("somebody may be in between. If its owners have replaced the registry, remove " + path);
}

Status Registry::ReadCheckpoint() {
  if (CacheOnly()) {
    SNOW_PKG_ASSIGN(std::optional<LogHead> head, log_->Remembered());
    if (!head)
      return Error(ErrorKind::kNetwork, "its log has never been read, and this is offline");
    head_ = *head;
    return {};
  }
  Result<Fetched> fetched = FetchOne("log/checkpoint", kCheckpointLimit);
  if (!fetched.ok()) return std::move(fetched).error();
  if (fetched->state != Fetched::State::kRead) return NoRegistry(options_.url, "log/checkpoint");
  checkpoint_ = std::move(fetched->bytes);
  SNOW_PKG_ASSIGN(head_, OpenCheckpoint(checkpoint_, identity_));
  return {};
}

Result<Fetched> Registry::FetchOne(const std::string& path, uint64_t limit) {
  return std::move(transport_->Fetch({{path, limit, "", true}})[0]);
}

std::vector<Result<Fetched>> Registry::FetchCached(const std::vector<std::string>& paths,
                                                   uint64_t limit) {
  std::vector<FetchItem> items;
  std::vector<std::optional<std::string>> kept(paths.size());
  bool use_cache = !options_.url.starts_with("file:");
  for (size_t i = 0; i < paths.size(); ++i) {
    FetchItem item{paths[i], limit, "", true};
    if (use_cache) {
      // One file: the tag, a line end, the bytes.
      Result<std::string> text = ReadFile(CachePath(paths[i]), limit + 1024);
      size_t end = text.ok() ? text->find('\n') : std::string::npos;
      if (end != std::string::npos) {
        item.etag = text->substr(0, end);
        kept[i] = text->substr(end + 1);
      }
    }
    items.push_back(std::move(item));
  }
  std::vector<Result<Fetched>> answers;
  if (CacheOnly()) {
    for (std::optional<std::string>& bytes : kept) {
      Fetched fetched;
      fetched.state = bytes ? Fetched::State::kRead : Fetched::State::kNotFound;
      if (bytes) fetched.bytes = *std::move(bytes);
      answers.push_back(std::move(fetched));
    }
    return answers;
  }
  answers = transport_->Fetch(items);
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].ok()) continue;
    Fetched& fetched = *answers[i];
    if (fetched.state == Fetched::State::kNotModified && kept[i]) {
      fetched.state = Fetched::State::kRead;
      fetched.bytes = *std::move(kept[i]);
    } else if (fetched.state == Fetched::State::kRead && use_cache) {
      // A cache that cannot be written is no error.
      std::string path = CachePath(paths[i]);
      if (MakeDirectories(ParentPath(path)).ok()) {
        (void)WriteFileAtomically(path, fetched.etag + "\n" + fetched.bytes);
      }
    }
  }
  return answers;
}

Status Registry::Load(const std::vector<std::string>& packages) {
  std::vector<std::string> names;
  std::vector<std::string> paths;
  for (const std::string& package : packages) {
    bool known = packages_.contains(package) ||
                 std::find(names.begin(), names.end(), package) != names.end();
    if (known) continue;
    names.push_back(package);
    paths.push_back(IndexPath(package));
  }
  std::vector<Result<Fetched>> answers = FetchCached(paths, kIndexLimit);
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].ok()) return std::move(answers[i]).error();
    std::vector<IndexVersion> versions;
    if (answers[i]->state == Fetched::State::kRead) {
      Result<std::vector<IndexVersion>> parsed =
          ParseIndex(answers[i]->bytes, names[i], head_.size);
      if (!parsed.ok()) {
        return std::move(parsed).error().Because("the registry " + url() + " cannot be used");
      }
      versions = *std::move(parsed);
    }
    packages_[names[i]] = std::move(versions);
  }
  return {};
}

const std::vector<IndexVersion>* Registry::Find(const std::string& package) const {
  auto found = packages_.find(package);
  return found == packages_.end() ? nullptr : &found->second;
}

Status Registry::VerifyInLog(const std::vector<const IndexVersion*>& versions) {
  if (CacheOnly()) return {};
  std::vector<LogClient::Entry> entries;
  for (const IndexVersion* version : versions) {
    entries.push_back(
        {version->log, version->line, version->name + " " + version->version.ToString()});
  }
  RegistryTiles tiles(*transport_);
  Result<LogHead> head = log_->Check(checkpoint_, tiles, entries);
  if (head.ok()) return {};
  return std::move(head).error().Because("the registry " + url() + " cannot be trusted");
}

Status Registry::FetchArchives(const std::vector<const IndexVersion*>& versions,
                               const std::function<Status(size_t, std::string)>& take) {
  // Few at a time, so that not all archives are in memory at once.
  constexpr size_t kAtOnce = 16;
  for (size_t begin = 0; begin < versions.size(); begin += kAtOnce) {
    size_t count = std::min(kAtOnce, versions.size() - begin);
    std::vector<FetchItem> items;
    for (size_t i = 0; i < count; ++i) {
      const IndexVersion& version = *versions[begin + i];
      const std::string who = version.name + " " + version.version.ToString();
      if (CacheOnly()) {
        return Error(ErrorKind::kNetwork, who + " is not in the store, and this is offline");
      }
      if (version.size > kArchiveLimit) {
        return Error(ErrorKind::kUntrusted, "the archive of " + who +
                                                " is stated to be larger than " +
                                                std::to_string(kArchiveLimit) + " bytes");
      }
      items.push_back({ArchivePath(version.checksum), version.size, "", false});
    }
    std::vector<Result<Fetched>> answers = transport_->Fetch(items);
    for (size_t i = 0; i < count; ++i) {
      const IndexVersion& version = *versions[begin + i];
      const std::string who = version.name + " " + version.version.ToString();
      if (!answers[i].ok()) return std::move(answers[i]).error().Because("cannot fetch " + who);
      if (answers[i]->state != Fetched::State::kRead) {
        return Error(ErrorKind::kUntrusted,
                     "the registry " + url() + " lists " + who + " but lacks its archive");
      }
      const std::string& bytes = answers[i]->bytes;
      if (bytes.size() != version.size || Sha256Of(bytes) != version.checksum) {
        return Error(ErrorKind::kUntrusted, "the archive of " + who + " from " + url() +
                                                " is not the one that was "
                                                "published: it has " +
                                                std::to_string(bytes.size()) + " bytes and hash " +
                                                Sha256Of(bytes).Hex() + ", the index states " +
                                                std::to_string(version.size) + " and " +
                                                version.checksum.Hex());
      }
      SNOW_PKG_TRY(take(begin + i, std::move(answers[i]->bytes)));
    }
  }
  return {};
}

Result<std::string> Registry::ApiUrl(const std::string& path) const {
  bool writable = !api_.empty() && !options_.url.starts_with("file:");
  if (!writable) {
    return Error(ErrorKind::kRefused, "the registry " + url() + " can only be read");
  }
  bool whole = api_.starts_with("http://") || api_.starts_with("https://");
  // A token that was given for an encrypted registry must not travel in the clear.
  if (options_.url.starts_with("https://") && api_.starts_with("http://")) {
    return Error(ErrorKind::kUntrusted, "the registry " + url() + " wants tokens sent unencrypted");
  }
  return (whole ? api_ : options_.url + "/" + api_) + "/" + path;
}

Result<Json> Registry::Call(const std::string& path, const std::string& token,
                            const std::string* body) {
  if (options_.offline) {
    return Error(ErrorKind::kNetwork, "the registry must be asked, and this is offline");
  }
  constexpr uint64_t kAnswerLimit = 64 << 10;
  HttpRequest request;
  SNOW_PKG_ASSIGN(request.url, ApiUrl(path));
  request.limit = kAnswerLimit;
  request.headers = {"Authorization: Bearer " + token, "Accept: application/json"};
  if (body != nullptr) {
    request.post = true;
    request.body = *body;
    request.headers.push_back("Content-Type: application/json");
    request.headers.push_back("Expect:");
  }
  HttpClient client(options_.http);
  Result<HttpResponse> answer = std::move(client.Run({request})[0]);
  if (!answer.ok()) return std::move(answer).error();
  if (LooksLikeHtml(*answer)) return HtmlError(request.url);
  Result<Json> json = Json::Parse(answer->body);
  if (answer->status == 200) {
    if (json.ok() && json->IsObject()) return json;
    return Error(ErrorKind::kNetwork, "the registry " + url() + " gave an answer that is not JSON");
  }
  const Json* said = json.ok() ? json->Find("error") : nullptr;
  const std::string* reason = said == nullptr ? nullptr : said->AsString();
  Error error(
      ErrorKind::kRefused,
      "the registry " + url() + " refused: " +
          (reason != nullptr ? Excerpt(*reason, 500) : "status " + std::to_string(answer->status)));
  if (answer->status != 401) return error;
  return std::move(error).Help("log in with `snow login`");
}

Result<Account> Registry::WhoAmI(const std::string& token) {
  SNOW_PKG_ASSIGN(Json answer, Call("me", token, nullptr));
  Account account;
  const Json* user = answer.Find("user");
  if (user == nullptr || user->AsString() == nullptr) {
    return Error(ErrorKind::kNetwork, "the registry " + url() + " does not say whose token it is");
  }
  account.user = Excerpt(*user->AsString());
  if (const Json* scopes = answer.Find("scopes")) {
    for (const Json& scope : scopes->items()) {
      if (scope.AsString() != nullptr) account.scopes.push_back(Excerpt(*scope.AsString()));
    }
  }
  return account;
}

namespace {

std::string PublishBody(const PublishRequest& request, const std::string& archive) {
  std::vector<std::string> dependencies;
  for (const IndexDependency& dependency : request.dependencies) {
    std::string text = "{\"name\":" + JsonQuote(dependency.name) +
                       ",\"req\":" + JsonQuote(dependency.requirement.ToString());
    if (!dependency.registry.empty()) text += ",\"registry\":" + JsonQuote(dependency.registry);
    dependencies.push_back(text + "}");
  }
  std::string body = "{\"name\":" + JsonQuote(request.name) +
                     ",\"vers\":" + JsonQuote(request.version.ToString()) + ",\"deps\":[" +
                     Join(dependencies, ",") + "]" +
                     ",\"cksum\":" + JsonQuote(Sha256Of(archive).Tagged()) +
                     ",\"size\":" + std::to_string(archive.size()) +
                     ",\"capabilities\":" + JsonStringList(request.capabilities.Words());
  for (const auto& [key, value] :
       {std::pair("description", &request.description), std::pair("license", &request.license),
        std::pair("homepage", &request.homepage), std::pair("repository", &request.repository)}) {
    if (!value->empty()) body += ",\"" + std::string(key) + "\":" + JsonQuote(*value);
  }
  for (const auto& [key, list] :
       {std::pair("authors", &request.authors), std::pair("keywords", &request.keywords)}) {
    if (!list->empty()) body += ",\"" + std::string(key) + "\":" + JsonStringList(*list);
  }
  return body + ",\"archive\":\"" + Base64Encode(archive) + "\"}";
}

}  // namespace

Result<uint64_t> Registry::Publish(const std::string& token, const PublishRequest& request,
                                   const std::string& archive) {
  std::string body = PublishBody(request, archive);
  SNOW_PKG_ASSIGN(Json answer, Call("publish", token, &body));
  const Json* log = answer.Find("log");
  if (log == nullptr || !log->AsInt() || *log->AsInt() < 0) {
    return Error(ErrorKind::kNetwork,
                 "the registry " + url() + " does not say where in its log the version is");
  }
  packages_.erase(request.name);
  SNOW_PKG_TRY(ReadCheckpoint());
  return static_cast<uint64_t>(*log->AsInt());
}

Result<std::optional<uint64_t>> Registry::Yank(const std::string& token, const std::string& name,
                                               const Version& version, bool yanked) {
  std::string body = "{\"name\":" + JsonQuote(name) + ",\"vers\":" + JsonQuote(version.ToString()) +
                     ",\"yanked\":" + (yanked ? "true" : "false") + "}";
  SNOW_PKG_ASSIGN(Json answer, Call("yank", token, &body));
  const Json* log = answer.Find("log");
  std::optional<uint64_t> number;
  if (log != nullptr && log->AsInt() && *log->AsInt() >= 0) {
    number = static_cast<uint64_t>(*log->AsInt());
  }
  return number;
}

}  // namespace snow::pkg
