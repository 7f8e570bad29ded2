#include "snowpkg/base/json.h"

#include <simdjson.h>

#include <algorithm>
#include <unordered_set>

namespace snow::pkg {

namespace dom = simdjson::dom;

namespace {

constexpr size_t kMaxDepth = 64;

Error BadJson(const std::string& reason) {
  return Error(ErrorKind::kNetwork, "this is not valid JSON: " + reason);
}

}  // namespace

// Copies simdjson's document, whose memory ends with its parser, into a tree of our own. Recursion
// is bounded by the depth that the parser was given.
class JsonBuilder {
 public:
  static Result<Json> Build(dom::element element) {
    Json value;
    switch (element.type()) {
      case dom::element_type::NULL_VALUE:
        break;
      case dom::element_type::BOOL:
        value.type_ = Json::Type::kBool;
        value.bool_ = element.get_bool().value_unsafe();
        break;
      case dom::element_type::INT64:
        value.type_ = Json::Type::kInt;
        value.int_ = element.get_int64().value_unsafe();
        break;
      case dom::element_type::UINT64:
        value.type_ = Json::Type::kFloat;
        value.float_ = static_cast<double>(element.get_uint64().value_unsafe());
        break;
      case dom::element_type::DOUBLE:
        value.type_ = Json::Type::kFloat;
        value.float_ = element.get_double().value_unsafe();
        break;
      case dom::element_type::STRING:
        value.type_ = Json::Type::kString;
        value.string_ = std::string(element.get_string().value_unsafe());
        break;
      case dom::element_type::ARRAY: {
        value.type_ = Json::Type::kArray;
        for (dom::element item : element.get_array().value_unsafe()) {
          SNOW_PKG_ASSIGN(Json child, Build(item));
          value.items_.push_back(std::move(child));
        }
        break;
      }
      case dom::element_type::OBJECT:
        return BuildObject(element.get_object().value_unsafe());
    }
    return value;
  }

 private:
  static Result<Json> BuildObject(dom::object object) {
    Json value;
    value.type_ = Json::Type::kObject;
    std::unordered_set<std::string_view> names;
    for (dom::key_value_pair member : object) {
      if (!names.insert(member.key).second) {
        return BadJson("the name " + JsonQuote(member.key) + " occurs twice in one object");
      }
      SNOW_PKG_ASSIGN(Json child, Build(member.value));
      value.members_.emplace_back(std::string(member.key), std::move(child));
    }
    return value;
  }
};

std::optional<bool> Json::AsBool() const {
  if (type_ != Type::kBool) return std::nullopt;
  return bool_;
}

std::optional<int64_t> Json::AsInt() const {
  if (type_ != Type::kInt) return std::nullopt;
  return int_;
}

const std::string* Json::AsString() const { return type_ == Type::kString ? &string_ : nullptr; }

const Json* Json::Find(std::string_view name) const {
  for (const Member& member : members_) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

Result<Json> Json::Parse(std::string_view text) {
  dom::parser parser;
  if (parser.allocate(std::max<size_t>(text.size(), 32), kMaxDepth) != simdjson::SUCCESS) {
    return BadJson("there is not enough memory for it");
  }
  // The document keeps views of the padded copy, so the copy must outlive the walk.
  simdjson::padded_string padded(text);
  dom::element root;
  simdjson::error_code code = parser.parse(padded).get(root);
  if (code != simdjson::SUCCESS) return BadJson(simdjson::error_message(code));
  return JsonBuilder::Build(root);
}

std::string JsonQuote(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (char c : text) {
    switch (c) {
      case '"':
        quoted += "\\\"";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\t':
        quoted += "\\t";
        break;
      case '\r':
        quoted += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          quoted += "\\u00";
          quoted += kHex[static_cast<unsigned char>(c) >> 4];
          quoted += kHex[c & 15];
        } else {
          quoted += c;
        }
    }
  }
  return quoted + "\"";
}

std::string JsonStringList(const std::vector<std::string>& words) {
  std::string list = "[";
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += ", ";
    list += JsonQuote(words[i]);
  }
  return list + "]";
}

}  // namespace snow::pkg
