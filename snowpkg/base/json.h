#ifndef SNOW_SNOWPKG_BASE_JSON_H_
#define SNOW_SNOWPKG_BASE_JSON_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "snowpkg/base/result.h"

namespace snow::pkg {

// A parsed JSON document as a tree of values. A value type.
class Json {
 public:
  enum class Type { kNull, kBool, kInt, kFloat, kString, kArray, kObject };
  using Member = std::pair<std::string, Json>;

  Json() = default;

  Type type() const { return type_; }
  bool IsObject() const { return type_ == Type::kObject; }
  bool IsArray() const { return type_ == Type::kArray; }

  // None when the value is of another type.
  std::optional<bool> AsBool() const;
  std::optional<int64_t> AsInt() const;
  const std::string* AsString() const;

  // Elements of an array and members of an object; empty for other types.
  const std::vector<Json>& items() const { return items_; }
  const std::vector<Member>& members() const { return members_; }
  // The member of that name, null when there is none or this is no object.
  const Json* Find(std::string_view name) const;

  // Any bytes in, a tree or one error of kind kNetwork out. Refused too: nesting deeper than 64,
  // an object with the same name twice, trailing bytes.
  static Result<Json> Parse(std::string_view text);

 private:
  friend class JsonBuilder;

  Type type_ = Type::kNull;
  bool bool_ = false;
  int64_t int_ = 0;
  double float_ = 0;
  std::string string_;
  std::vector<Json> items_;
  std::vector<Member> members_;
};

// `text` as a JSON string with its quotes. The result is a TOML basic string as well.
std::string JsonQuote(std::string_view text);
// ["a", "b"] on one line, as JSON and TOML both read it.
std::string JsonStringList(const std::vector<std::string>& words);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_BASE_JSON_H_
