#include "snowpkg/manifest/table_reader.h"

#include <algorithm>

#include "snowpkg/base/text.h"

namespace snow::pkg {

const TomlEntry* TableReader::Raw(std::string_view key) {
  known_.emplace_back(key);
  return table_.Find(key);
}

Error TableReader::WrongType(const TomlEntry& entry, std::string_view wanted) const {
  return Error(ErrorKind::kManifest, "`" + entry.key + "` in " + what_ + " must be " +
                                         std::string(wanted) + ", but it is " +
                                         std::string(entry.value.TypeName()))
      .At(At(entry.value.region));
}

Status TableReader::String(std::string_view key, std::string* target, Place* place) {
  const TomlEntry* entry = Raw(key);
  if (entry == nullptr) return {};
  if (entry->value.type != TomlValue::Type::kString) return WrongType(*entry, "a string");
  *target = entry->value.string;
  if (place != nullptr) *place = At(entry->value.region);
  return {};
}

Status TableReader::StringList(std::string_view key, std::vector<std::string>* target) {
  const TomlEntry* entry = Raw(key);
  if (entry == nullptr) return {};
  if (entry->value.type != TomlValue::Type::kArray) return WrongType(*entry, "an array of strings");
  for (const TomlValue& item : entry->value.items) {
    if (item.type != TomlValue::Type::kString) return WrongType(*entry, "an array of strings only");
    target->push_back(item.string);
  }
  return {};
}

Status TableReader::Bool(std::string_view key, bool* target) {
  const TomlEntry* entry = Raw(key);
  if (entry == nullptr) return {};
  if (entry->value.type != TomlValue::Type::kBoolean) return WrongType(*entry, "true or false");
  *target = entry->value.boolean;
  return {};
}

Result<const TomlValue*> TableReader::Table(std::string_view key) {
  const TomlEntry* entry = Raw(key);
  if (entry == nullptr) return static_cast<const TomlValue*>(nullptr);
  if (entry->value.type != TomlValue::Type::kTable) return WrongType(*entry, "a table");
  return &entry->value;
}

Status TableReader::Finish() const {
  for (const TomlEntry& entry : table_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    Error error(ErrorKind::kManifest, "unknown key `" + Excerpt(entry.key) + "` in " + what_);
    std::string near = Nearest(entry.key, known_);
    std::string help =
        near.empty() ? "known keys are " + QuotedList(known_) : "did you mean `" + near + "`?";
    return std::move(error).Help(help).At(At(entry.key_region));
  }
  return {};
}

}  // namespace snow::pkg
