#include "snowc/package/interface_file.h"

#include <charconv>
#include <cstdint>
#include <optional>

namespace snow::package {
namespace {

constexpr std::string_view kHeader = "snow-interface 1";

// FNV-1a: finds truncation and damage. It is no defence against forgery and need not be one: the
// build tool that hands the file over vouches for it.
std::string HashOf(std::string_view bytes) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (char c : bytes) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 0x100000001B3u;
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (int i = 15; i >= 0; --i, hash >>= 4) text[static_cast<size_t>(i)] = kDigits[hash & 15];
  return text;
}

// Takes lines and blocks from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<std::string_view> Line() {
    size_t end = text_.find('\n', at_);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text_.substr(at_, end - at_);
    at_ = end + 1;
    return line;
  }
  std::optional<std::string_view> Block(uint64_t size) {
    if (size > text_.size() - at_) return std::nullopt;
    std::string_view block = text_.substr(at_, size);
    at_ += size;
    return block;
  }
  size_t at() const { return at_; }
  bool AtEnd() const { return at_ == text_.size(); }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

// "word rest" → rest, if the line begins with that word.
std::optional<std::string_view> After(std::string_view line, std::string_view word) {
  if (!line.starts_with(word) || line.size() <= word.size() || line[word.size()] != ' ') {
    return std::nullopt;
  }
  return line.substr(word.size() + 1);
}

// `rest` is "SIZE PATH"; the module's name and the text follow in the reader.
bool ReadSource(Reader& reader, std::string_view rest, InterfaceFile& file) {
  size_t space = rest.find(' ');
  if (space == std::string_view::npos) return false;
  uint64_t size = 0;
  const char* end = rest.data() + space;
  auto [stopped, error] = std::from_chars(rest.data(), end, size);
  if (error != std::errc() || stopped != end) return false;
  InterfaceSource& source = file.sources.emplace_back();
  source.path = rest.substr(space + 1);
  std::optional<std::string_view> module = reader.Line();
  if (!module) return false;
  if (*module != "module") {
    std::optional<std::string_view> name = After(*module, "module");
    if (!name) return false;
    source.module = *name;
  }
  std::optional<std::string_view> text = reader.Block(size);
  if (!text) return false;
  source.text = *text;
  std::optional<std::string_view> line_end = reader.Block(1);
  return line_end && *line_end == "\n";
}

bool ReadEntry(Reader& reader, std::string_view line, InterfaceFile& file) {
  if (auto compiler = After(line, "compiler")) {
    file.compiler = *compiler;
  } else if (auto package = After(line, "package")) {
    file.package = *package;
  } else if (auto capability = After(line, "capability")) {
    file.capabilities.emplace_back(*capability);
  } else if (auto dependency = After(line, "dependency")) {
    size_t space = dependency->find(' ');
    if (space == std::string_view::npos) return false;
    file.dependencies.push_back(
        {std::string(dependency->substr(0, space)), std::string(dependency->substr(space + 1))});
  } else if (auto source = After(line, "source")) {
    return ReadSource(reader, *source, file);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string WriteInterface(const InterfaceFile& file) {
  std::string text(kHeader);
  text += "\ncompiler " + file.compiler + "\npackage " + file.package + "\n";
  for (const std::string& word : file.capabilities) text += "capability " + word + "\n";
  for (const InterfaceDependency& each : file.dependencies) {
    text += "dependency " + each.name + " " + each.hash + "\n";
  }
  for (const InterfaceSource& source : file.sources) {
    text += "source " + std::to_string(source.text.size()) + " " + source.path + "\n";
    text += source.module.empty() ? "module\n" : "module " + source.module + "\n";
    text += source.text + "\n";
  }
  return text + "end " + HashOf(text) + "\n";
}

std::string ReadInterface(std::string_view text, InterfaceFile& file) {
  Reader reader(text);
  std::optional<std::string_view> header = reader.Line();
  if (!header || !header->starts_with("snow-interface ")) return "this is no interface file";
  if (*header != kHeader) {
    return "this interface file is of another format; build it again with this compiler";
  }
  while (true) {
    size_t begin = reader.at();
    std::optional<std::string_view> line = reader.Line();
    if (!line) return "the interface file is cut off";
    if (auto hash = After(*line, "end")) {
      file.hash = *hash;
      if (*hash != HashOf(text.substr(0, begin)) || !reader.AtEnd()) {
        return "the interface file is damaged: its content does not fit its hash";
      }
      break;
    }
    if (!ReadEntry(reader, *line, file)) return "the interface file is damaged or cut off";
  }
  if (file.package.empty()) return "the interface file names no package";
  return "";
}

}  // namespace snow::package
