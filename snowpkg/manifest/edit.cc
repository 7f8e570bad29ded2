#include "snowpkg/manifest/edit.h"

#include <algorithm>
#include <vector>

#include "snowpkg/base/json.h"
#include "snowpkg/base/text.h"
#include "snowpkg/manifest/toml_document.h"

namespace snow::pkg {
namespace {

std::string SectionName(bool dev) { return dev ? "dev-dependencies" : "dependencies"; }

std::string Newline(std::string_view text) {
  size_t end = text.find('\n');
  return end != std::string_view::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

size_t LineStart(std::string_view text, size_t at) {
  size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

// Behind the line's end, its newline included.
size_t LineEnd(std::string_view text, size_t at) {
  size_t newline = text.find('\n', at);
  return newline == std::string_view::npos ? text.size() : newline + 1;
}

// Puts whole lines at the start of a line; a last line without its end gets one before.
std::string InsertLines(std::string_view text, size_t at, const std::string& lines) {
  std::string edited(text.substr(0, at));
  if (!edited.empty() && edited.back() != '\n') edited += Newline(text);
  return edited + lines + std::string(text.substr(at));
}

bool HasHeader(const TomlValue& section, std::string_view text) {
  return !section.is_inline && section.region.begin < text.size() &&
         text[section.region.begin] == '[';
}

// Where a new line of the section goes: behind its alphabetical predecessor when the section is
// sorted, else behind its last line.
size_t PlaceForNew(const TomlValue& section, std::string_view text, std::string_view name) {
  bool sorted =
      std::is_sorted(section.entries.begin(), section.entries.end(),
                     [](const TomlEntry& a, const TomlEntry& b) { return a.key < b.key; });
  size_t place = LineEnd(text, section.region.end);
  for (const TomlEntry& entry : section.entries) {
    bool own_header = entry.value.type == TomlValue::Type::kTable && !entry.value.is_inline;
    if (own_header || (sorted && entry.key > name)) break;
    place = LineEnd(text, entry.value.region.end);
  }
  return place;
}

std::vector<std::string> Described(const std::vector<Dependency>& dependencies,
                                   std::string_view except) {
  std::vector<std::string> lines;
  for (const Dependency& dependency : dependencies) {
    if (dependency.name != except) lines.push_back(dependency.name + " " + dependency.Describe());
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Whether the two manifests say the same but for dependency `except`.
bool SameButFor(const Manifest& a, const Manifest& b, std::string_view except) {
  return a.name == b.name && a.version == b.version && a.allow == b.allow &&
         a.allow_package == b.allow_package && a.registries.size() == b.registries.size() &&
         a.members == b.members && a.min_age_seconds == b.min_age_seconds &&
         Described(a.dependencies, except) == Described(b.dependencies, except) &&
         Described(a.dev_dependencies, except) == Described(b.dev_dependencies, except);
}

Error ByHand(const std::string& file, const TomlRegion& region, const std::string& what) {
  return Error(ErrorKind::kManifest, "this form of the section cannot be edited by a command")
      .At({file, region.line, region.column})
      .Help(what);
}

}  // namespace

std::string DependencyValue(const Dependency& dependency) {
  std::vector<std::string> parts;
  auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) parts.push_back(std::string(key) + " = " + JsonQuote(value));
  };
  // A caret is what a bare number means.
  std::string requirement = dependency.requirement.ToString();
  if (requirement.starts_with('^') && requirement.find(',') == std::string::npos) {
    requirement.erase(0, 1);
  }
  if (dependency.has_version) add("version", requirement);
  if (dependency.FromRegistry() && dependency.registry.empty()) return JsonQuote(requirement);
  add("path", dependency.path);
  add("git", dependency.git);
  add("rev", dependency.rev);
  add("tag", dependency.tag);
  add("branch", dependency.branch);
  add("registry", dependency.registry);
  return "{ " + Join(parts, ", ") + " }";
}

Result<std::string> WithDependency(std::string_view text, const std::string& file,
                                   const Dependency& dependency, bool dev) {
  SNOW_PKG_ASSIGN(TomlValue root, ParseToml(text, file));
  SNOW_PKG_ASSIGN(Manifest before, ParseManifest(text, file));
  const std::string section_name = SectionName(dev);
  const std::string line = dependency.name + " = " + DependencyValue(dependency);
  const std::string by_hand = "write " + line + " into [" + section_name + "]";
  std::string edited;
  const TomlEntry* section = root.Find(section_name);
  if (section == nullptr) {
    std::string lines = "[" + section_name + "]" + Newline(text) + line + Newline(text);
    bool gap = !text.empty() && !text.ends_with("\n\n") && !text.ends_with("\n\r\n");
    edited = InsertLines(text, text.size(), gap ? Newline(text) + lines : lines);
  } else if (const TomlEntry* old = section->value.Find(dependency.name)) {
    const TomlValue& value = old->value;
    if (value.type == TomlValue::Type::kTable && !value.is_inline) {
      return ByHand(file, value.region, by_hand);
    }
    edited = std::string(text.substr(0, value.region.begin)) + DependencyValue(dependency) +
             std::string(text.substr(value.region.end));
  } else if (HasHeader(section->value, text)) {
    size_t place = PlaceForNew(section->value, text, dependency.name);
    edited = InsertLines(text, place, line + Newline(text));
  } else {
    return ByHand(file, section->value.region, by_hand);
  }
  Result<Manifest> after = ParseManifest(edited, file);
  const Dependency* written = after.ok() ? after->FindDependency(dependency.name) : nullptr;
  if (written == nullptr || written->Describe() != dependency.Describe() ||
      !SameButFor(before, *after, dependency.name)) {
    if (!after.ok() && before.FindDependency(dependency.name) != nullptr) {
      return std::move(after).error();  // in the other section already
    }
    return ByHand(file, section == nullptr ? root.region : section->value.region, by_hand);
  }
  return edited;
}

Result<std::string> WithoutDependency(std::string_view text, const std::string& file,
                                      std::string_view name) {
  SNOW_PKG_ASSIGN(TomlValue root, ParseToml(text, file));
  SNOW_PKG_ASSIGN(Manifest before, ParseManifest(text, file));
  if (before.FindDependency(name) == nullptr) {
    std::vector<std::string> names;
    for (const auto* list : {&before.dependencies, &before.dev_dependencies}) {
      for (const Dependency& dependency : *list) names.push_back(dependency.name);
    }
    std::string near = Nearest(name, names);
    Error error(ErrorKind::kNotFound, "`" + Excerpt(name) + "` is not a dependency of " + file);
    if (near.empty()) return error;
    return std::move(error).Help("did you mean `" + near + "`?");
  }
  std::string edited;
  TomlRegion region;
  for (bool dev : {false, true}) {
    const TomlEntry* section = root.Find(SectionName(dev));
    const TomlEntry* entry = section == nullptr ? nullptr : section->value.Find(name);
    if (entry == nullptr) continue;
    region = entry->key_region;
    size_t end = entry->value.region.end;
    for (const TomlEntry& inner : entry->value.entries) {
      end = std::max(end, inner.value.region.end);
    }
    edited = std::string(text.substr(0, LineStart(text, entry->key_region.begin))) +
             std::string(text.substr(LineEnd(text, end)));
  }
  Result<Manifest> after = ParseManifest(edited, file);
  if (!after.ok() || after->FindDependency(name) != nullptr || !SameButFor(before, *after, name)) {
    return ByHand(file, region, "take `" + std::string(name) + "` out by hand");
  }
  return edited;
}

}  // namespace snow::pkg
