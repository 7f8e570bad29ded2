#include "driver/source_tree.h"

#include <utility>

#include "snowpkg/base/file.h"

namespace snow::driver {
namespace {

constexpr size_t kMaxFiles = 20'000;
constexpr int kMaxDepth = 32;

bool IsBuildFolder(std::string_view name) {
  return name == "build" || name == "out" || name == "node_modules" || name.starts_with("bazel-");
}

// Appends the .snow files below a folder.
bool List(Terminal& terminal, const std::string& folder, int depth,
          std::vector<std::string>& files) {
  auto names = pkg::ListDirectory(folder);
  if (!names.ok()) {
    terminal.Show(names.error());
    return false;
  }
  for (const std::string& name : *names) {
    if (name.starts_with('.') || IsBuildFolder(name)) continue;
    std::string path = folder == "." ? name : pkg::JoinPath(folder, name);
    pkg::FileType type = pkg::TypeOf(path);
    if (type == pkg::FileType::kFile && name.ends_with(".snow")) files.push_back(path);
    if (type != pkg::FileType::kDirectory || depth == kMaxDepth) continue;
    if (!List(terminal, path, depth + 1, files)) return false;
  }
  return true;
}

class Reader {
 public:
  Reader(Terminal& terminal, const std::string& root, const SourceTreeOptions& options,
         std::vector<compile::SourceText>& sources)
      : terminal_(terminal), root_(root), options_(options), sources_(sources) {}

  // `relative` is "" or a folder below the root; `module` the name of its modules so far.
  bool ReadFolder(const std::string& relative, const std::string& module, int depth) {
    std::string folder = pkg::JoinPath(root_, relative);
    auto names = pkg::ListDirectory(folder);
    if (!names.ok()) {
      terminal_.Show(names.error());
      return false;
    }
    for (const std::string& name : *names) {
      if (name.starts_with('.')) continue;
      std::string below = relative.empty() ? name : relative + "/" + name;
      switch (pkg::TypeOf(pkg::JoinPath(root_, below))) {
        case pkg::FileType::kDirectory:
          if (!EntersFolder(below, name)) break;
          if (depth == kMaxDepth) return Refuse(below, "folders are nested too deep here");
          if (!ReadSubfolder(below, name, module, depth)) return false;
          break;
        case pkg::FileType::kFile:
          if (name.ends_with(".snow") && !ReadSource(below, name, module)) return false;
          break;
        default:
          break;
      }
    }
    return true;
  }

 private:
  bool EntersFolder(const std::string& below, const std::string& name) const {
    if (IsBuildFolder(name)) return false;
    if (name == "tests" && !options_.tests) return false;
    return !pkg::FileExists(pkg::JoinPath(pkg::JoinPath(root_, below), "snow.toml"));
  }

  bool ReadSubfolder(const std::string& below, const std::string& name, const std::string& module,
                     int depth) {
    auto part = ModulePart(name);
    // A folder of another name can hold no modules; it may hold anything else.
    if (!part.has_value()) return true;
    return ReadFolder(below, module.empty() ? *part : module + "." + *part, depth + 1);
  }

  bool ReadSource(const std::string& below, const std::string& name, const std::string& module) {
    std::string path = pkg::JoinPath(root_, below);
    std::string stem = name.substr(0, name.size() - 5);
    if (!options_.tests && stem.ends_with("_test")) return true;
    // Migrations (20260101120000_users.snow) are programs of their own.
    if (stem.empty() || (stem[0] >= '0' && stem[0] <= '9')) return true;
    auto part = ModulePart(stem);
    if (!part.has_value()) {
      return Refuse(below,
                    "a module cannot have this name; file names are like linear_algebra.snow");
    }
    if (sources_.size() == kMaxFiles) return Refuse(below, "there are too many files");
    auto text = pkg::ReadFile(path);
    if (!text.ok()) {
      terminal_.Show(text.error());
      return false;
    }
    bool is_entry = IsEntry(below, path);
    compile::SourceText source;
    if (!is_entry) source.module = module.empty() ? *part : module + "." + *part;
    source.path = Prefixed(options_.shown_prefix, below);
    source.program_path = Prefixed(options_.program_prefix, below);
    source.text = *std::move(text);
    sources_.push_back(std::move(source));
    return true;
  }

  bool IsEntry(const std::string& below, const std::string& path) const {
    if (!options_.entry.empty()) return path == options_.entry;
    if (!options_.module_prefix.empty()) return false;
    if (below == "main.snow") return true;
    return below == "lib.snow" && !pkg::FileExists(pkg::JoinPath(root_, "main.snow"));
  }

  static std::string Prefixed(const std::string& prefix, const std::string& below) {
    return prefix.empty() || prefix == "." ? below : pkg::JoinPath(prefix, below);
  }

  bool Refuse(const std::string& below, std::string why) {
    terminal_.Show(Complaint{.kind = DiagnosticKind::kBadFileName,
                             .message = Prefixed(options_.shown_prefix, below) + ": " + why});
    return false;
  }

  Terminal& terminal_;
  const std::string& root_;
  const SourceTreeOptions& options_;
  std::vector<compile::SourceText>& sources_;
};

}  // namespace

std::optional<std::string> ModulePart(std::string_view snake) {
  std::string part;
  bool begins_word = true;
  for (char c : snake) {
    if (c == '_') {
      if (begins_word) return std::nullopt;
      begins_word = true;
      continue;
    }
    bool is_letter = c >= 'a' && c <= 'z';
    bool is_digit = c >= '0' && c <= '9';
    if (!is_letter && (!is_digit || part.empty())) return std::nullopt;
    part += begins_word && is_letter ? static_cast<char>(c - 'a' + 'A') : c;
    begins_word = false;
  }
  if (begins_word) return std::nullopt;
  return part;
}

bool ListSnowFiles(Terminal& terminal, const std::string& folder, std::vector<std::string>& files) {
  return List(terminal, folder, 0, files);
}

std::optional<std::string> ModuleOfPath(std::string_view path) {
  if (path == "main.snow" || path == "lib.snow") return "";
  if (!path.ends_with(".snow")) return std::nullopt;
  path.remove_suffix(5);
  std::string module;
  while (true) {
    size_t slash = path.find('/');
    auto part = ModulePart(path.substr(0, slash));
    if (!part.has_value()) return std::nullopt;
    if (!module.empty()) module += '.';
    module += *part;
    if (slash == std::string_view::npos) return module;
    path.remove_prefix(slash + 1);
  }
}

bool ReadSourceTree(Terminal& terminal, const std::string& folder, const SourceTreeOptions& options,
                    std::vector<compile::SourceText>& sources) {
  return Reader(terminal, folder, options, sources).ReadFolder("", options.module_prefix, 0);
}

}  // namespace snow::driver
