#ifndef SNOW_SNOWPKG_MANIFEST_TABLE_READER_H_
#define SNOW_SNOWPKG_MANIFEST_TABLE_READER_H_

#include <string>
#include <string_view>
#include <vector>

#include "snowpkg/base/result.h"
#include "snowpkg/manifest/toml_document.h"

namespace snow::pkg {

// Typed access to one table of a TOML file with errors that name the place. Keys are read one by
// one; Finish() refuses those that nobody asked for. Borrows the document.
class TableReader {
 public:
  // `what` names the table in messages: "[package]".
  TableReader(const TomlValue& table, std::string what, std::string file)
      : table_(table), what_(std::move(what)), file_(std::move(file)) {}

  // Each leaves `target` alone when the key is absent.
  Status String(std::string_view key, std::string* target, Place* place = nullptr);
  Status StringList(std::string_view key, std::vector<std::string>* target);
  Status Bool(std::string_view key, bool* target);
  // Null when the key is absent; a table of either form otherwise.
  Result<const TomlValue*> Table(std::string_view key);
  const TomlEntry* Raw(std::string_view key);

  // An error at the first key that was not asked for, with the nearest known one.
  Status Finish() const;

  Place At(const TomlRegion& region) const { return {file_, region.line, region.column}; }
  const TomlValue& table() const { return table_; }
  const std::string& file() const { return file_; }

 private:
  Error WrongType(const TomlEntry& entry, std::string_view wanted) const;

  const TomlValue& table_;
  std::string what_;
  std::string file_;
  std::vector<std::string> known_;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_MANIFEST_TABLE_READER_H_
