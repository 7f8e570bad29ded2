#include "snowpkg/manifest/toml_document.h"

#include <toml++/toml.h>

#include <algorithm>

#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

// Finds documents that nest so deeply that a walk over them could exhaust the stack. toml++ bounds
// nested brackets but not dotted keys, so dots and brackets outside strings are counted here, by a
// reader that knows nothing of TOML but its strings and comments.
class DepthScanner {
 public:
  explicit DepthScanner(std::string_view text) : text_(text) {}

  // The line (from 1) where it becomes too deep; 0 when it never does.
  int TooDeepAt() {
    int line = 1;
    int dots = 0;
    int brackets = 0;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '"' || c == '\'') {
        line += SkipString(c);
        continue;
      }
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') at_ += 1;
        continue;
      }
      at_ += 1;
      if (c == '\n') {
        line += 1;
        dots = 0;
      }
      if (c == '.') dots += 1;
      if (c == '[' || c == '{') brackets += 1;
      if ((c == ']' || c == '}') && brackets > 0) brackets -= 1;
      if (dots > kMaxDots || brackets > kMaxBrackets) return line;
    }
    return 0;
  }

 private:
  static constexpr int kMaxDots = 64;
  static constexpr int kMaxBrackets = 32;

  // Goes behind the string that begins here; the number of line ends in it.
  int SkipString(char quote) {
    const std::string triple(3, quote);
    bool multi_line = text_.substr(at_, 3) == triple;
    at_ += multi_line ? 3 : 1;
    int lines = 0;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '\n' && !multi_line) return lines;  // toml++ reports it
      if (c == '\n') lines += 1;
      if (c == '\\' && quote == '"') {
        at_ += at_ + 1 < text_.size() && text_[at_ + 1] != '\n' ? 2 : 1;
        continue;
      }
      if (c == quote && (!multi_line || text_.substr(at_, 3) == triple)) {
        at_ += multi_line ? 3 : 1;
        // Up to two quotes may stand right before the closing ones.
        for (int i = 0; multi_line && i < 2 && at_ < text_.size() && text_[at_] == quote; ++i) {
          at_ += 1;
        }
        return lines;
      }
      at_ += 1;
    }
    return lines;
  }

  std::string_view text_;
  size_t at_ = 0;
};

// Byte offsets of the places that toml++ reports: lines and columns from 1, columns in characters.
class Offsets {
 public:
  explicit Offsets(std::string_view text) : text_(text) {
    lines_.push_back(0);
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') lines_.push_back(i + 1);
    }
  }

  size_t Of(toml::source_position position) const {
    size_t line = std::clamp<size_t>(position.line, 1, lines_.size()) - 1;
    size_t at = lines_[line];
    for (size_t column = 1; column < position.column && at < text_.size(); ++column) {
      at += 1;
      while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80) at += 1;
    }
    return at;
  }

  TomlRegion Region(const toml::source_region& source) const {
    return {static_cast<int>(source.begin.line), static_cast<int>(source.begin.column),
            Of(source.begin), Of(source.end)};
  }

 private:
  std::string_view text_;
  std::vector<size_t> lines_;
};

// The nesting is bounded (see DepthScanner), hence this recursion.
TomlValue Convert(const toml::node& node, const Offsets& offsets);

void ConvertTable(const toml::table& table, const Offsets& offsets, TomlValue* value) {
  value->type = TomlValue::Type::kTable;
  value->is_inline = table.is_inline();
  for (auto&& [key, child] : table) {
    value->entries.push_back(
        {std::string(key.str()), offsets.Region(key.source()), Convert(child, offsets)});
  }
  // toml++ sorts by key; messages and edits want the order of the file.
  std::sort(value->entries.begin(), value->entries.end(),
            [](const TomlEntry& a, const TomlEntry& b) {
              return a.key_region.begin < b.key_region.begin;
            });
}

TomlValue Convert(const toml::node& node, const Offsets& offsets) {
  TomlValue value;
  value.region = offsets.Region(node.source());
  switch (node.type()) {
    case toml::node_type::table:
      ConvertTable(*node.as_table(), offsets, &value);
      break;
    case toml::node_type::array:
      value.type = TomlValue::Type::kArray;
      for (const toml::node& item : *node.as_array()) {
        value.items.push_back(Convert(item, offsets));
      }
      break;
    case toml::node_type::string:
      value.type = TomlValue::Type::kString;
      value.string = node.as_string()->get();
      break;
    case toml::node_type::integer:
      value.type = TomlValue::Type::kInteger;
      value.integer = node.as_integer()->get();
      break;
    case toml::node_type::floating_point:
      value.type = TomlValue::Type::kFloat;
      break;
    case toml::node_type::boolean:
      value.type = TomlValue::Type::kBoolean;
      value.boolean = node.as_boolean()->get();
      break;
    default:
      value.type = TomlValue::Type::kDateTime;
      break;
  }
  return value;
}

}  // namespace

const TomlEntry* TomlValue::Find(std::string_view key) const {
  for (const TomlEntry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

std::string_view TomlValue::TypeName() const {
  switch (type) {
    case Type::kString:
      return "a string";
    case Type::kInteger:
      return "an integer";
    case Type::kFloat:
      return "a float";
    case Type::kBoolean:
      return "a boolean";
    case Type::kDateTime:
      return "a date or time";
    case Type::kArray:
      return "an array";
    case Type::kTable:
      return "a table";
  }
  return "a value";
}

Result<TomlValue> ParseToml(std::string_view text, const std::string& file, size_t limit) {
  if (text.size() > limit) {
    return Error(ErrorKind::kManifest,
                 "the file is larger than " + std::to_string(limit >> 20) + " MiB")
        .At({file, 1, 1});
  }
  if (int line = DepthScanner(text).TooDeepAt(); line != 0) {
    return Error(ErrorKind::kManifest, "this line nests too deeply").At({file, line, 1});
  }
  toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return Error(ErrorKind::kManifest,
                 "this is not valid TOML: " + Excerpt(error.description(), 300))
        .At({file, static_cast<int>(error.source().begin.line),
             static_cast<int>(error.source().begin.column)});
  }
  return Convert(parsed.table(), Offsets(text));
}

}  // namespace snow::pkg
