#include "snowpkg/manifest/manifest.h"

#include <algorithm>
#include <set>

#include "snowpkg/base/encoding.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/text.h"
#include "snowpkg/base/time.h"
#include "snowpkg/manifest/table_reader.h"
#include "snowpkg/manifest/toml_document.h"

namespace snow::pkg {
namespace {

constexpr size_t kMaxNameLength = 64;

Error Bad(Place place, const std::string& message) {
  return Error(ErrorKind::kManifest, message).At(std::move(place));
}

Result<CapabilitySet> CapabilitiesOf(const TomlEntry& entry, const std::string& file) {
  CapabilitySet set;
  auto place = [&](const TomlRegion& region) { return Place{file, region.line, region.column}; };
  if (entry.value.type != TomlValue::Type::kArray) {
    return Bad(place(entry.value.region), "`" + entry.key +
                                              "` in [capabilities] must be an array of strings, "
                                              "but it is " +
                                              std::string(entry.value.TypeName()));
  }
  for (const TomlValue& item : entry.value.items) {
    Result<CapabilitySet> one = ParseCapabilities({item.string});
    if (!one.ok()) return std::move(one).error().At(place(item.region));
    set = set.Union(*one);
  }
  return set;
}

// One after another: each part of the file that a manifest is made of.
class ManifestReader {
 public:
  ManifestReader(const TomlValue& root, const std::string& file)
      : root_(root, "the manifest", file), file_(file) {
    manifest_.file = file;
  }

  Result<Manifest> Read() {
    SNOW_PKG_TRY(ReadPackage());
    SNOW_PKG_TRY(ReadDependencies("dependencies", &manifest_.dependencies));
    SNOW_PKG_TRY(ReadDependencies("dev-dependencies", &manifest_.dev_dependencies));
    SNOW_PKG_TRY(ReadCapabilities());
    SNOW_PKG_TRY(ReadRegistries());
    SNOW_PKG_TRY(ReadWorkspace());
    SNOW_PKG_TRY(ReadResolution());
    SNOW_PKG_TRY(root_.Finish());
    SNOW_PKG_TRY(CheckWhole());
    return std::move(manifest_);
  }

  Result<std::map<std::string, RegistryConfig>> ReadRegistriesAlone() {
    SNOW_PKG_TRY(ReadRegistries());
    SNOW_PKG_TRY(root_.Finish());
    return std::move(manifest_.registries);
  }

 private:
  Status ReadPackage() {
    SNOW_PKG_ASSIGN(const TomlValue* table, root_.Table("package"));
    if (table == nullptr) return {};
    TableReader reader(*table, "[package]", file_);
    std::string version;
    SNOW_PKG_TRY(reader.String("name", &manifest_.name, &manifest_.name_place));
    SNOW_PKG_TRY(reader.String("version", &version, &manifest_.version_place));
    SNOW_PKG_TRY(reader.String("description", &manifest_.description));
    SNOW_PKG_TRY(reader.String("license", &manifest_.license));
    SNOW_PKG_TRY(reader.StringList("authors", &manifest_.authors));
    SNOW_PKG_TRY(reader.String("homepage", &manifest_.homepage));
    SNOW_PKG_TRY(reader.String("repository", &manifest_.repository));
    SNOW_PKG_TRY(reader.StringList("keywords", &manifest_.keywords));
    Place entry_place;
    SNOW_PKG_TRY(reader.String("entry", &manifest_.entry, &entry_place));
    SNOW_PKG_TRY(reader.StringList("include", &manifest_.include));
    SNOW_PKG_TRY(reader.Bool("publish", &manifest_.publish));
    SNOW_PKG_TRY(reader.Finish());

    manifest_.has_package = true;
    Place place = reader.At(table->region);
    if (manifest_.name_place.line == 0) return Bad(place, "[package] needs a `name`");
    if (manifest_.version_place.line == 0) {
      return Bad(place, "[package] needs a `version`, such as version = \"0.1.0\"");
    }
    if (!IsPackageName(manifest_.name)) {
      return BadPackageName(manifest_.name).At(manifest_.name_place);
    }
    Result<Version> parsed = Version::Parse(version);
    if (!parsed.ok()) return std::move(parsed).error().At(manifest_.version_place);
    manifest_.version = *std::move(parsed);
    return CheckEntry(entry_place);
  }

  Status CheckEntry(const Place& place) const {
    const std::string& entry = manifest_.entry;
    if (entry.empty()) return {};
    if (!entry.ends_with(".snow")) return Bad(place, "`entry` must be a .snow file");
    for (std::string_view part : Split(entry, '/')) {
      if (part.empty() || part == "." || part == "..") {
        return Bad(place, "`entry` must be a plain path inside the package, such as src/main.snow");
      }
    }
    return {};
  }

  Status ReadDependencies(std::string_view key, std::vector<Dependency>* target) {
    SNOW_PKG_ASSIGN(const TomlValue* table, root_.Table(key));
    if (table == nullptr) return {};
    for (const TomlEntry& entry : table->entries) {
      SNOW_PKG_ASSIGN(Dependency dependency, ReadDependency(entry, std::string(key)));
      target->push_back(std::move(dependency));
    }
    return {};
  }

  Result<Dependency> ReadDependency(const TomlEntry& entry, const std::string& section) {
    Dependency dependency;
    dependency.name = entry.key;
    dependency.place = root_.At(entry.key_region);
    if (!IsPackageName(entry.key)) return BadPackageName(entry.key).At(dependency.place);
    std::string version;
    Place version_place = root_.At(entry.value.region);
    if (entry.value.type == TomlValue::Type::kString) {
      version = entry.value.string;
      dependency.has_version = true;
    } else if (entry.value.type == TomlValue::Type::kTable) {
      TableReader reader(entry.value, "[" + section + "." + entry.key + "]", file_);
      SNOW_PKG_TRY(reader.String("version", &version, &version_place));
      SNOW_PKG_TRY(reader.String("path", &dependency.path));
      SNOW_PKG_TRY(reader.String("git", &dependency.git));
      SNOW_PKG_TRY(reader.String("rev", &dependency.rev));
      SNOW_PKG_TRY(reader.String("tag", &dependency.tag));
      SNOW_PKG_TRY(reader.String("branch", &dependency.branch));
      SNOW_PKG_TRY(reader.String("registry", &dependency.registry));
      SNOW_PKG_TRY(reader.Finish());
      dependency.has_version = entry.value.Find("version") != nullptr;
      SNOW_PKG_TRY(CheckSources(entry, dependency));
    } else {
      return Bad(version_place, "dependency `" + entry.key +
                                    "` must be a version such as \"1.2\" or a table such as "
                                    "{ path = \"../" +
                                    entry.key + "\" }");
    }
    if (dependency.has_version) {
      Result<Requirement> requirement = Requirement::Parse(version);
      if (!requirement.ok()) return std::move(requirement).error().At(version_place);
      dependency.requirement = *std::move(requirement);
    }
    return dependency;
  }

  // Says what a dependency table lacks or says twice.
  Status CheckSources(const TomlEntry& entry, const Dependency& dependency) const {
    auto present = [&](std::string_view key) { return entry.value.Find(key) != nullptr; };
    for (std::string_view key : {"path", "git", "rev", "tag", "branch", "registry"}) {
      const TomlEntry* found = entry.value.Find(key);
      if (found != nullptr && found->value.string.empty()) {
        return Bad(root_.At(found->value.region), "`" + std::string(key) + "` is empty");
      }
    }
    const std::string who = "dependency `" + dependency.name + "` ";
    if (present("path") + present("git") + present("registry") > 1) {
      return Bad(dependency.place,
                 who + "has more than one of `path`, `git` and `registry`: keep the one meant");
    }
    int revisions = present("rev") + present("tag") + present("branch");
    if (revisions > 0 && !present("git")) {
      return Bad(dependency.place, who + "has `rev`, `tag` or `branch`, which need `git`");
    }
    if (revisions > 1) {
      return Bad(dependency.place, who + "may have only one of `rev`, `tag` and `branch`");
    }
    if (dependency.FromRegistry() && !dependency.has_version) {
      return Bad(dependency.place, who + "needs `version`, `path` or `git`");
    }
    return {};
  }

  Status ReadCapabilities() {
    SNOW_PKG_ASSIGN(const TomlValue* table, root_.Table("capabilities"));
    if (table == nullptr) return {};
    TableReader reader(*table, "[capabilities]", file_);
    if (const TomlEntry* entry = reader.Raw("allow")) {
      SNOW_PKG_ASSIGN(manifest_.allow, CapabilitiesOf(*entry, file_));
    }
    SNOW_PKG_ASSIGN(const TomlValue* packages, reader.Table("packages"));
    SNOW_PKG_TRY(reader.Finish());
    if (packages == nullptr) return {};
    for (const TomlEntry& entry : packages->entries) {
      if (!IsPackageName(entry.key)) {
        return BadPackageName(entry.key).At(root_.At(entry.key_region));
      }
      SNOW_PKG_ASSIGN(manifest_.allow_package[entry.key], CapabilitiesOf(entry, file_));
    }
    return {};
  }

  Status ReadRegistries() {
    SNOW_PKG_ASSIGN(const TomlValue* table, root_.Table("registries"));
    if (table == nullptr) return {};
    for (const TomlEntry& entry : table->entries) {
      RegistryConfig config;
      config.place = root_.At(entry.key_region);
      if (entry.value.type == TomlValue::Type::kString) {
        config.url = entry.value.string;
      } else if (entry.value.type == TomlValue::Type::kTable) {
        TableReader reader(entry.value, "[registries." + entry.key + "]", file_);
        SNOW_PKG_TRY(reader.String("url", &config.url));
        SNOW_PKG_TRY(reader.String("key", &config.public_key));
        SNOW_PKG_TRY(reader.Finish());
      } else {
        return Bad(config.place, "registry `" + Excerpt(entry.key) +
                                     "` must be a URL or a table { url = \"...\", key = \"...\" }");
      }
      SNOW_PKG_TRY(CheckRegistry(entry.key, &config));
      manifest_.registries[entry.key] = std::move(config);
    }
    return {};
  }

  static Status CheckRegistry(const std::string& name, RegistryConfig* config) {
    if (!IsPackageName(name)) {
      return Bad(config->place,
                 "`" + Excerpt(name) + "` is not a registry name: use small letters, digits and _");
    }
    while (config->url.ends_with('/')) config->url.pop_back();
    bool known = config->url.starts_with("https://") || config->url.starts_with("http://") ||
                 config->url.starts_with("file:///");
    if (!known) {
      return Bad(config->place, "the URL of registry `" + name +
                                    "` must begin with https://, http:// or file:///");
    }
    if (!config->public_key.empty()) {
      std::optional<std::string> raw = Base64Decode(config->public_key);
      if (!raw || raw->size() != 32) {
        return Bad(config->place, "the key of registry `" + name +
                                      "` must be 32 bytes in Base64, as its config.json has it");
      }
    }
    return {};
  }

  Status ReadWorkspace() {
    SNOW_PKG_ASSIGN(const TomlValue* table, root_.Table("workspace"));
    if (table == nullptr) return {};
    TableReader reader(*table, "[workspace]", file_);
    SNOW_PKG_TRY(reader.StringList("members", &manifest_.members));
    SNOW_PKG_TRY(reader.Finish());
    manifest_.is_workspace = true;
    return {};
  }

  Status ReadResolution() {
    SNOW_PKG_ASSIGN(const TomlValue* table, root_.Table("resolution"));
    if (table == nullptr) return {};
    TableReader reader(*table, "[resolution]", file_);
    std::string age;
    Place place;
    SNOW_PKG_TRY(reader.String("min-age", &age, &place));
    SNOW_PKG_TRY(reader.Finish());
    if (place.line == 0) return {};
    manifest_.min_age_seconds = ParseDuration(age);
    if (!manifest_.min_age_seconds) {
      return Bad(place, "`min-age` must be \"0\" or a number with s, m, h, d or w, such as \"3d\"");
    }
    return {};
  }

  Status CheckWhole() const {
    if (!manifest_.has_package && !manifest_.is_workspace) {
      return Bad({file_, 1, 1}, "the manifest has neither [package] nor [workspace]")
          .Help("a package begins with [package], name = \"...\" and version = \"0.1.0\"");
    }
    if (!manifest_.has_package &&
        !(manifest_.dependencies.empty() && manifest_.dev_dependencies.empty())) {
      return Bad(manifest_.dependencies.empty() ? manifest_.dev_dependencies[0].place
                                                : manifest_.dependencies[0].place,
                 "only a manifest with [package] can have dependencies");
    }
    std::set<std::string> names;
    for (const auto* list : {&manifest_.dependencies, &manifest_.dev_dependencies}) {
      for (const Dependency& dependency : *list) {
        if (!names.insert(dependency.name).second) {
          return Bad(dependency.place, "`" + dependency.name +
                                           "` is both a dependency and a dev-dependency: keep the "
                                           "first, it serves tests too");
        }
        if (dependency.name == manifest_.name) {
          return Bad(dependency.place, "a package cannot depend on itself");
        }
      }
    }
    return {};
  }

  TableReader root_;
  std::string file_;
  Manifest manifest_;
};

}  // namespace

bool IsPackageName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength) return false;
  if (name[0] < 'a' || name[0] > 'z' || name.back() == '_') return false;
  for (size_t i = 0; i < name.size(); ++i) {
    char c = name[i];
    bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!good || (c == '_' && name[i - 1] == '_')) return false;
  }
  return true;
}

Error BadPackageName(std::string_view name) {
  std::string suggestion;
  for (char c : name.substr(0, kMaxNameLength)) {
    if (c >= 'A' && c <= 'Z') {
      if (!suggestion.empty() && suggestion.back() != '_') suggestion += '_';
      suggestion += static_cast<char>(c + 32);
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && !suggestion.empty())) {
      suggestion += c;
    } else if (!suggestion.empty() && suggestion.back() != '_') {
      suggestion += '_';
    }
  }
  while (!suggestion.empty() && suggestion.back() == '_') suggestion.pop_back();
  Error error(ErrorKind::kManifest,
              "`" + Excerpt(name) +
                  "` is not a package name: use small letters, digits and single underscores, "
                  "beginning with a letter, 64 at most");
  if (!IsPackageName(suggestion) || suggestion == name) return error;
  return std::move(error).Help("`" + suggestion + "` would do");
}

std::string ModuleName(std::string_view package) {
  std::string module;
  bool upper = true;
  for (char c : package) {
    if (c == '_') {
      upper = true;
      continue;
    }
    module += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    upper = false;
  }
  return module;
}

Result<CapabilitySet> ParseCapabilities(const std::vector<std::string>& words) {
  CapabilitySet set;
  for (const std::string& word : words) {
    std::optional<Capability> capability = CapabilityFromWord(word);
    if (!capability) {
      std::string near = Nearest(word, AllCapabilityWords());
      return Error(ErrorKind::kManifest, "`" + Excerpt(word) + "` is not a capability")
          .Help(near.empty() ? "capabilities are " + QuotedList(AllCapabilityWords())
                             : "did you mean `" + near + "`?");
    }
    set.Add(*capability);
  }
  return set;
}

std::string Dependency::Describe() const {
  std::string text;
  if (!path.empty()) text = "path " + path;
  if (!git.empty()) text = "git " + git;
  if (!rev.empty()) text += " rev " + rev;
  if (!tag.empty()) text += " tag " + tag;
  if (!branch.empty()) text += " branch " + branch;
  if (FromRegistry()) return requirement.ToString() + (registry.empty() ? "" : " from " + registry);
  return has_version ? text + ", " + requirement.ToString() : text;
}

const Dependency* Manifest::FindDependency(std::string_view dependency) const {
  for (const auto* list : {&dependencies, &dev_dependencies}) {
    for (const Dependency& candidate : *list) {
      if (candidate.name == dependency) return &candidate;
    }
  }
  return nullptr;
}

Result<Manifest> ParseManifest(std::string_view text, const std::string& file) {
  SNOW_PKG_ASSIGN(TomlValue root, ParseToml(text, file));
  return ManifestReader(root, file).Read();
}

Result<std::map<std::string, RegistryConfig>> ParseRegistries(std::string_view text,
                                                              const std::string& file) {
  SNOW_PKG_ASSIGN(TomlValue root, ParseToml(text, file));
  return ManifestReader(root, file).ReadRegistriesAlone();
}

Result<Manifest> LoadManifest(const std::string& directory) {
  std::string path = JoinPath(directory, kManifestName);
  SNOW_PKG_ASSIGN(std::string text, ReadFile(path));
  return ParseManifest(text, path);
}

}  // namespace snow::pkg
