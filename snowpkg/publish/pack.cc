#include "snowpkg/publish/pack.h"

#include <algorithm>

#include "snowpkg/base/text.h"
#include "snowpkg/store/store.h"

namespace snow::pkg {
namespace {

constexpr std::string_view kAlways[] = {"snow.toml",  "README*", "LICENSE*",
                                        "CHANGELOG*", "*.snow",  "src/**"};

// Within one part: greedy, with one place to come back to, hence linear.
bool MatchesPart(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      p += 1;
      t += 1;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') p += 1;
  return p == pattern.size();
}

// The positions in the pattern that can be reached after some parts of a path; one behind the last
// is a match.
std::vector<bool> Reached(const std::vector<std::string_view>& pattern,
                          const std::vector<std::string_view>& path) {
  auto skip = [&](std::vector<bool>* at) {
    for (size_t i = 0; i < pattern.size(); ++i) {
      if ((*at)[i] && pattern[i] == "**") (*at)[i + 1] = true;
    }
  };
  std::vector<bool> at(pattern.size() + 1);
  at[0] = true;
  skip(&at);
  for (std::string_view part : path) {
    std::vector<bool> next(pattern.size() + 1);
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (!at[i]) continue;
      if (pattern[i] == "**") {
        next[i] = true;
      } else if (MatchesPart(pattern[i], part)) {
        next[i + 1] = true;
      }
    }
    skip(&next);
    at = std::move(next);
  }
  return at;
}

bool MayMatchBelow(std::string_view pattern, std::string_view folder) {
  std::vector<std::string_view> parts = Split(pattern, '/');
  std::vector<bool> at = Reached(parts, Split(folder, '/'));
  at.pop_back();  // the folder itself, not something in it
  return std::find(at.begin(), at.end(), true) != at.end();
}

bool IsHidden(std::string_view path) {
  for (std::string_view part : Split(path, '/')) {
    if (part.starts_with('.')) return true;
  }
  return false;
}

}  // namespace

bool MatchesPattern(std::string_view pattern, std::string_view path) {
  return Reached(Split(pattern, '/'), Split(path, '/')).back();
}

Result<PackedPackage> PackPackage(const std::string& folder, const Manifest& manifest) {
  std::vector<std::string> patterns(std::begin(kAlways), std::end(kAlways));
  patterns.insert(patterns.end(), manifest.include.begin(), manifest.include.end());
  auto take = [&](const std::string& path) {
    bool is_folder = path.ends_with('/');
    std::string_view plain = std::string_view(path).substr(0, path.size() - (is_folder ? 1 : 0));
    if (IsHidden(plain)) return false;
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      return is_folder ? MayMatchBelow(pattern, plain) : MatchesPattern(pattern, plain);
    });
  };
  PackedPackage packed;
  SNOW_PKG_ASSIGN(packed.files, ReadFolder(folder, take));
  std::sort(packed.files.begin(), packed.files.end(),
            [](const ArchiveFile& a, const ArchiveFile& b) { return a.path < b.path; });
  bool has_code = std::any_of(packed.files.begin(), packed.files.end(),
                              [](const ArchiveFile& f) { return f.path.ends_with(".snow"); });
  if (!has_code) {
    return Error(ErrorKind::kManifest,
                 "the package has no .snow file in " + folder + " or its src/");
  }
  SNOW_PKG_ASSIGN(packed.archive, PackArchive(packed.files));
  return packed;
}

Status CheckPublishable(const Manifest& manifest) {
  if (!manifest.has_package) {
    return Error(ErrorKind::kManifest, "a workspace without [package] cannot be published")
        .At({manifest.file, 1, 1})
        .Help("publish its members one by one");
  }
  if (!manifest.publish) {
    return Error(ErrorKind::kManifest, "[package] says publish = false").At(manifest.name_place);
  }
  for (const Dependency& dependency : manifest.dependencies) {
    if (dependency.has_version) continue;
    return Error(ErrorKind::kManifest,
                 "`" + dependency.name + "` comes from a " +
                     (dependency.path.empty() ? "git repository" : "path") +
                     ", which those who use the published package do not have")
        .At(dependency.place)
        .Help("publish " + dependency.name + " too and add its version: " + dependency.name +
              " = { version = \"...\", " +
              (dependency.path.empty() ? "git = \"" + dependency.git
                                       : "path = \"" + dependency.path) +
              "\" }");
  }
  return {};
}

}  // namespace snow::pkg
