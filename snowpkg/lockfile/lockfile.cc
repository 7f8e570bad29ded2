#include "snowpkg/lockfile/lockfile.h"

#include <algorithm>
#include <set>
#include <utility>

#include "snowpkg/base/encoding.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/json.h"
#include "snowpkg/base/text.h"
#include "snowpkg/manifest/table_reader.h"
#include "snowpkg/manifest/toml_document.h"

namespace snow::pkg {
namespace {

constexpr int64_t kFormat = 1;
constexpr size_t kMaxSize = size_t{16} << 20;

constexpr std::string_view kHead =
    "# The exact packages of this project, written by snow. Keep it under version control, change\n"
    "# it with `snow add`, `snow remove` and `snow update`.\n";

void WriteKey(std::string* text, std::string_view key, const std::string& value) {
  *text += std::string(key) + " = " + JsonQuote(value) + "\n";
}

void WriteKey(std::string* text, std::string_view key, const std::vector<std::string>& values) {
  *text += std::string(key) + " = " + JsonStringList(values) + "\n";
}

class LockReader {
 public:
  LockReader(const TomlValue& root, const std::string& file)
      : root_(root, "the lockfile", file), file_(file) {}

  Result<Lockfile> Read() {
    SNOW_PKG_TRY(ReadFormat());
    SNOW_PKG_TRY(ReadEach("local", [this](TableReader& r) { return ReadLocal(r); }));
    SNOW_PKG_TRY(ReadEach("registry", [this](TableReader& r) { return ReadRegistry(r); }));
    SNOW_PKG_TRY(ReadEach("package", [this](TableReader& r) { return ReadPackage(r); }));
    SNOW_PKG_TRY(root_.Finish());
    SNOW_PKG_TRY(CheckWhole());
    lock_.Sort();
    return std::move(lock_);
  }

 private:
  Error Bad(const Place& place, const std::string& message) const {
    return Error(ErrorKind::kLockfile, message).At(place);
  }

  Status ReadFormat() {
    const TomlEntry* format = root_.Raw("format");
    Place place{file_, 1, 1};
    if (format == nullptr) return Bad(place, "the lockfile lacks its `format`");
    place = root_.At(format->value.region);
    if (format->value.type != TomlValue::Type::kInteger || format->value.integer != kFormat) {
      return Bad(place, "this snow knows lockfiles of format 1 only: a newer one is needed");
    }
    return {};
  }

  template <typename Reader>
  Status ReadEach(std::string_view key, Reader read) {
    const TomlEntry* entry = root_.Raw(key);
    if (entry == nullptr) return {};
    bool tables =
        entry->value.type == TomlValue::Type::kArray &&
        std::all_of(entry->value.items.begin(), entry->value.items.end(),
                    [](const TomlValue& item) { return item.type == TomlValue::Type::kTable; });
    std::string what = "[[" + std::string(key) + "]]";
    if (!tables)
      return Bad(root_.At(entry->value.region), "`" + std::string(key) + "` must be " + what);
    for (const TomlValue& item : entry->value.items) {
      TableReader reader(item, what, file_);
      SNOW_PKG_TRY(read(reader));
      SNOW_PKG_TRY(reader.Finish());
    }
    return {};
  }

  Status ReadName(TableReader& reader, std::string* name) {
    SNOW_PKG_TRY(reader.String("name", name));
    Place place = reader.At(reader.table().region);
    if (!IsPackageName(*name)) return Bad(place, "`name` is missing or no package name");
    if (!names_.insert(*name).second) return Bad(place, "package `" + *name + "` occurs twice");
    return {};
  }

  Status ReadLocal(TableReader& reader) {
    LockedLocal local;
    SNOW_PKG_TRY(ReadName(reader, &local.name));
    SNOW_PKG_TRY(reader.String("path", &local.path));
    SNOW_PKG_TRY(reader.StringList("needs", &local.needs));
    SNOW_PKG_TRY(reader.StringList("dev-needs", &local.dev_needs));
    if (local.path.empty()) return Bad(reader.At(reader.table().region), "`path` is missing");
    lock_.locals.push_back(std::move(local));
    return {};
  }

  Status ReadRegistry(TableReader& reader) {
    LockedRegistry registry;
    SNOW_PKG_TRY(reader.String("url", &registry.url));
    SNOW_PKG_TRY(reader.String("key", &registry.public_key));
    std::optional<std::string> raw = Base64Decode(registry.public_key);
    if (registry.url.empty() || !raw || raw->size() != 32) {
      return Bad(reader.At(reader.table().region),
                 "[[registry]] needs a `url` and a `key` of 32 bytes in Base64");
    }
    lock_.registries.push_back(std::move(registry));
    return {};
  }

  Status ReadPackage(TableReader& reader) {
    LockedPackage package;
    std::string version;
    std::string checksum;
    std::vector<std::string> capabilities;
    SNOW_PKG_TRY(ReadName(reader, &package.name));
    SNOW_PKG_TRY(reader.String("version", &version));
    SNOW_PKG_TRY(reader.String("registry", &package.registry));
    SNOW_PKG_TRY(reader.String("git", &package.git));
    SNOW_PKG_TRY(reader.String("reference", &package.reference));
    SNOW_PKG_TRY(reader.String("commit", &package.commit));
    SNOW_PKG_TRY(reader.String("checksum", &checksum));
    SNOW_PKG_TRY(reader.StringList("capabilities", &capabilities));
    SNOW_PKG_TRY(reader.StringList("dependencies", &package.dependencies));

    const Place place = reader.At(reader.table().region);
    const std::string who = "package `" + package.name + "`: ";
    Result<Version> parsed = Version::Parse(version);
    if (!parsed.ok()) return Bad(place, who + parsed.error().message());
    package.version = *std::move(parsed);
    std::optional<Digest> digest = Digest::FromTagged(checksum);
    if (!digest) return Bad(place, who + "`checksum` must be sha256: and 64 hexadecimal digits");
    package.checksum = *digest;
    Result<CapabilitySet> set = ParseCapabilities(capabilities);
    if (!set.ok()) return Bad(place, who + set.error().message());
    package.capabilities = *set;
    if (package.registry.empty() == package.git.empty()) {
      return Bad(place, who + "needs `registry` or `git`, and not both");
    }
    bool hex = HexDecode(package.commit).has_value() &&
               (package.commit.size() == 40 || package.commit.size() == 64);
    if (!package.git.empty() && !hex) return Bad(place, who + "`commit` must be a git commit");
    places_.push_back(place);
    lock_.packages.push_back(std::move(package));
    return {};
  }

  Status CheckWhole() const {
    for (size_t i = 0; i < lock_.packages.size(); ++i) {
      for (const std::string& name : lock_.packages[i].dependencies) {
        if (names_.contains(name)) continue;
        return Bad(places_[i], "package `" + lock_.packages[i].name + "` needs `" + Excerpt(name) +
                                   "`, which the lockfile lacks");
      }
    }
    return {};
  }

  TableReader root_;
  std::string file_;
  Lockfile lock_;
  std::set<std::string> names_;
  std::vector<Place> places_;  // of lock_.packages
};

// What a lockfile error needs beside its place: how to get a good one again.
Error AsLockfileError(const Error& error) {
  return Error(ErrorKind::kLockfile, error.message())
      .At(error.place())
      .Help(
          "take the last good snow.lock from version control, or delete it and run `snow update`");
}

// The entry of one list that the other lacks, when the lists differ.
const std::string* FirstMissing(const std::vector<std::string>& have,
                                const std::vector<std::string>& want) {
  for (const std::string& entry : want) {
    if (std::find(have.begin(), have.end(), entry) == have.end()) return &entry;
  }
  return nullptr;
}

std::string DriftOf(const LockedLocal& locked, const LockedLocal& now) {
  if (locked.path != now.path) return "`" + now.name + "` has moved to " + now.path;
  for (auto [before, after] :
       {std::pair(&locked.needs, &now.needs), std::pair(&locked.dev_needs, &now.dev_needs)}) {
    if (const std::string* added = FirstMissing(*before, *after)) {
      return "`" + now.name + "` now needs " + *added;
    }
    if (const std::string* gone = FirstMissing(*after, *before)) {
      return "`" + now.name + "` no longer needs " + *gone;
    }
  }
  return "";
}

}  // namespace

const LockedPackage* Lockfile::Find(std::string_view name) const {
  for (const LockedPackage& package : packages) {
    if (package.name == name) return &package;
  }
  return nullptr;
}

const LockedLocal* Lockfile::FindLocal(std::string_view name) const {
  for (const LockedLocal& local : locals) {
    if (local.name == name) return &local;
  }
  return nullptr;
}

void Lockfile::Sort() {
  auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::sort(locals.begin(), locals.end(), by_name);
  std::sort(packages.begin(), packages.end(), by_name);
  std::sort(registries.begin(), registries.end(),
            [](const auto& a, const auto& b) { return a.url < b.url; });
  for (LockedPackage& package : packages) {
    std::sort(package.dependencies.begin(), package.dependencies.end());
  }
  for (LockedLocal& local : locals) {
    std::sort(local.needs.begin(), local.needs.end());
    std::sort(local.dev_needs.begin(), local.dev_needs.end());
  }
}

std::string WriteLockfile(const Lockfile& unsorted) {
  Lockfile lock = unsorted;
  lock.Sort();
  std::string text(kHead);
  text += "format = " + std::to_string(kFormat) + "\n";
  for (const LockedLocal& local : lock.locals) {
    text += "\n[[local]]\n";
    WriteKey(&text, "name", local.name);
    WriteKey(&text, "path", local.path);
    WriteKey(&text, "needs", local.needs);
    if (!local.dev_needs.empty()) WriteKey(&text, "dev-needs", local.dev_needs);
  }
  for (const LockedRegistry& registry : lock.registries) {
    text += "\n[[registry]]\n";
    WriteKey(&text, "url", registry.url);
    WriteKey(&text, "key", registry.public_key);
  }
  for (const LockedPackage& package : lock.packages) {
    text += "\n[[package]]\n";
    WriteKey(&text, "name", package.name);
    WriteKey(&text, "version", package.version.ToString());
    if (!package.registry.empty()) WriteKey(&text, "registry", package.registry);
    if (!package.git.empty()) {
      WriteKey(&text, "git", package.git);
      if (!package.reference.empty()) WriteKey(&text, "reference", package.reference);
      WriteKey(&text, "commit", package.commit);
    }
    WriteKey(&text, "checksum", package.checksum.Tagged());
    WriteKey(&text, "capabilities", package.capabilities.Words());
    WriteKey(&text, "dependencies", package.dependencies);
  }
  return text;
}

Result<Lockfile> ParseLockfile(std::string_view text, const std::string& file) {
  // A merge that nobody finished is the most likely damage: say so instead of a TOML error.
  int line_number = 0;
  for (std::string_view line : Split(text, '\n')) {
    line_number += 1;
    if (line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")) {
      return Error(ErrorKind::kLockfile, "the lockfile holds the marks of an unfinished merge")
          .At({file, line_number, 1})
          .Help("take either side whole and run `snow update`, or delete the file");
    }
  }
  Result<TomlValue> root = ParseToml(text, file, kMaxSize);
  if (!root.ok()) return AsLockfileError(root.error());
  Result<Lockfile> lock = LockReader(*root, file).Read();
  if (!lock.ok()) return AsLockfileError(lock.error());
  return lock;
}

Result<std::optional<Lockfile>> LoadLockfile(const std::string& path) {
  if (TypeOf(path) == FileType::kNone) return std::optional<Lockfile>();
  SNOW_PKG_ASSIGN(std::string text, ReadFile(path));
  SNOW_PKG_ASSIGN(Lockfile lock, ParseLockfile(text, path));
  return std::optional<Lockfile>(std::move(lock));
}

LockedLocal DescribeLocal(const Manifest& manifest, const std::string& path) {
  LockedLocal local;
  local.name = manifest.name;
  local.path = path;
  for (auto [dependencies, needs] : {std::pair(&manifest.dependencies, &local.needs),
                                     std::pair(&manifest.dev_dependencies, &local.dev_needs)}) {
    for (const Dependency& dependency : *dependencies) {
      needs->push_back(dependency.name + " " + dependency.Describe());
    }
    std::sort(needs->begin(), needs->end());
  }
  return local;
}

std::string FindDrift(const Lockfile& lock, const std::vector<LockedLocal>& locals) {
  for (const LockedLocal& local : locals) {
    const LockedLocal* locked = lock.FindLocal(local.name);
    if (locked == nullptr) return "`" + local.name + "` is new";
    if (std::string drift = DriftOf(*locked, local); !drift.empty()) return drift;
  }
  // A lockfile that somebody has cut down by hand.
  for (const LockedLocal& local : lock.locals) {
    for (const auto* needs : {&local.needs, &local.dev_needs}) {
      for (const std::string& need : *needs) {
        std::string name = need.substr(0, need.find(' '));
        if (lock.Find(name) == nullptr && lock.FindLocal(name) == nullptr) {
          return "it lacks `" + name + "`, which `" + local.name + "` needs";
        }
      }
    }
  }
  for (const LockedLocal& locked : lock.locals) {
    bool there = std::any_of(locals.begin(), locals.end(),
                             [&](const LockedLocal& local) { return local.name == locked.name; });
    if (!there) return "`" + locked.name + "` is gone";
  }
  return "";
}

}  // namespace snow::pkg
