// Schema: what a struct says of its table (chapter 3, section 9).
#include <cctype>

#include "snowc/derive/derive.h"

namespace snow::derive {

using hir::Builtin;
using hir::FunctionId;
using hir::TypeId;

namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

bool IsVowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }

// "BlogPost" → "blog_post"
std::string SnakeCase(std::string_view name) {
  std::string snake;
  for (size_t i = 0; i < name.size(); ++i) {
    bool starts_word = i > 0 && IsUpper(name[i]) &&
                       (!IsUpper(name[i - 1]) || (i + 1 < name.size() && !IsUpper(name[i + 1])));
    if (starts_word && snake.back() != '_') snake += '_';
    snake += IsUpper(name[i]) ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
  }
  return snake;
}

// "blog_post" → "blog_posts", "category" → "categories", "box" → "boxes"
std::string Plural(std::string word) {
  auto ends = [&](std::string_view with) { return std::string_view(word).ends_with(with); };
  if (word.size() > 1 && ends("y") && !IsVowel(word[word.size() - 2])) {
    word.pop_back();
    return word + "ies";
  }
  if (ends("s") || ends("x") || ends("z") || ends("ch") || ends("sh")) return word + "es";
  return word + "s";
}

std::string TableOf(std::string_view type_name) { return Plural(SnakeCase(type_name)); }

}  // namespace

std::string Deriver::SqlType(TypeId id) {
  const hir::Type type = types_->Get(id);
  if (type.kind == hir::TypeKind::kCon && hir::TyConId(type.con) == program_->known.option) {
    return SqlType(type.args[0]);
  }
  hir::TypeTable& table = types_->table();
  if (table.Is(id, Builtin::kInt)) return "BIGINT";
  if (table.Is(id, Builtin::kFloat)) return "DOUBLE PRECISION";
  if (table.Is(id, Builtin::kBool)) return "BOOLEAN";
  if (table.Is(id, Builtin::kBytes)) return "BYTEA";
  return "TEXT";
}

FunctionId Deriver::MakeSchema(const std::string& name, std::string_view method, TypeId self) {
  HirBuilder b(program_, name);
  TypeShape shape = ShapeOf(types_, self);
  const hir::SchemaInfo& schema = types_->ConOf(types_->Get(self)).schema;
  auto text = [&](const std::string& given, const std::string& otherwise) {
    return b.Finish(b.string(), b.String(given.empty() ? otherwise : given));
  };
  if (method == "__table__") return text(schema.table, TableOf(shape.name));
  if (method == "__primary_key__") return text(schema.primary_key, "id");
  std::vector<Expr*> lines;
  auto add = [&](const std::string& line) { lines.push_back(b.String(line)); };
  if (method == "__fields__" || method == "__field_types__") {
    for (const FieldShape& field : shape.fields()) {
      std::string line(field.name);
      if (method == "__field_types__") line += ":" + SqlType(field.type);
      add(line);
    }
  } else {
    for (const hir::SchemaInfo::Relationship& one : schema.relationships) {
      std::string line = one.kind + ":" + one.name + ":" + one.type;
      if (method == "__relationship_meta__") {
        std::string owner = one.kind == "belongs_to" ? one.name : SnakeCase(shape.name);
        line += ":" + owner + "_id:" + TableOf(one.type);
      }
      add(line);
    }
  }
  TypeId element = b.string();
  TypeId list = b.types().Con(program_->known.list, {&element, 1});
  return b.Finish(list, b.MakeList(list, std::move(lines)));
}

}  // namespace snow::derive
