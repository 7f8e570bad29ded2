#ifndef SNOW_SNOWPKG_MANIFEST_TOML_DOCUMENT_H_
#define SNOW_SNOWPKG_MANIFEST_TOML_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "snowpkg/base/result.h"

namespace snow::pkg {

// From the first character to behind the last; byte offsets count from 0, places as in Place.
struct TomlRegion {
  int line = 0;
  int column = 0;
  size_t begin = 0;
  size_t end = 0;
};

struct TomlEntry;

// One value of a TOML document with its place. For a table with a header of its own the region is
// the header.
struct TomlValue {
  enum class Type { kString, kInteger, kFloat, kBoolean, kDateTime, kArray, kTable };

  Type type = Type::kTable;
  TomlRegion region;
  std::string string;              // kString
  int64_t integer = 0;             // kInteger
  bool boolean = false;            // kBoolean
  std::vector<TomlValue> items;    // kArray
  std::vector<TomlEntry> entries;  // kTable, in the order of the file
  bool is_inline = false;          // kTable: { a = 1 }

  const TomlEntry* Find(std::string_view key) const;
  // "a string", "a table": for messages.
  std::string_view TypeName() const;
};

struct TomlEntry {
  std::string key;
  TomlRegion key_region;
  TomlValue value;
};

// Any bytes in; a document or one error (kManifest) with its place in `file` out. A text of more
// than `limit` bytes is refused.
Result<TomlValue> ParseToml(std::string_view text, const std::string& file,
                            size_t limit = size_t{1} << 20);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_MANIFEST_TOML_DOCUMENT_H_
