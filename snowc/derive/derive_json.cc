// Json and Row: calls of the library's helpers (stdlib/json.snow, stdlib/row.snow), which know the
// texts of errors.
#include "snowc/derive/derive.h"

namespace snow::derive {

using hir::FunctionId;
using hir::TypeId;

namespace {

std::string KeyOf(const FieldShape& field) {
  if (field.field != nullptr && !field.field->json_name.empty()) return field.field->json_name;
  return std::string(field.name);
}

// A field's name in quotes.
std::string QuotedName(const std::string& name) {
  std::string text = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr char kDigits[] = "0123456789abcdef";
      text += "\\u00";
      text += kDigits[c >> 4];
      text += kDigits[c & 15];
    } else {
      text += c;
    }
  }
  return text + "\"";
}

bool IsSkipped(const FieldShape& field) { return field.field != nullptr && field.field->json_skip; }

bool HasJsonDefault(const FieldShape& field) {
  return field.field != nullptr && field.field->json_default;
}

}  // namespace

// The helper's result as its signature says, for these type arguments.
TypeId Deriver::ResultOf(FunctionId helper, std::vector<TypeId> type_args) {
  const hir::Function& function = program_->functions[helper.value];
  type_args.resize(std::max(type_args.size(), function.generics.size()), types_->unit());
  return types_->Concrete(function.result, types_->Intern(type_args));
}

Expr* Deriver::CallHelper(HirBuilder* b, std::string_view name, std::vector<TypeId> type_args,
                          std::vector<Expr*> args) {
  FunctionId helper = Helper(name);
  // Without its module the library derives nothing of the kind.
  if (!helper.IsValid()) return b->Unit();
  TypeId result = ResultOf(helper, type_args);
  return b->Call(helper, std::move(type_args), std::move(args), result);
}

// `e?` of a Result.
Expr* Deriver::Try(HirBuilder* b, Expr* result) {
  const hir::Type type = types_->Get(result->type);
  return b->Try(result, type.args.empty() ? result->type : type.args[0]);
}

Expr* Deriver::ToJson(HirBuilder* b, TypeId type, Expr* value) {
  hir::InterfaceId json = program_->known.json_iface;
  TypeId result = b->types().Con(program_->known.json);
  return b->CallMethod(json, MethodIndex(json, "to_json"), type, {value}, result);
}

FunctionId Deriver::MakeToJson(const std::string& name, TypeId self) {
  HirBuilder b(program_, name);
  TypeShape shape = ShapeOf(types_, self);
  TypeId json = b.types().Con(program_->known.json);
  LocalId value = b.AddParam(self);
  auto list = [&](TypeId element, std::vector<Expr*> items) {
    return b.MakeList(b.types().Con(program_->known.list, {&element, 1}), std::move(items));
  };
  switch (shape.kind) {
    case TypeShape::Kind::kStruct: {
      std::vector<TypeId> pair = {b.string(), json};
      TypeId entry = b.types().Tuple(pair);
      std::vector<Expr*> fields = FieldsOf(&b, shape, value);
      std::vector<Expr*> entries;
      for (size_t i = 0; i < fields.size(); ++i) {
        const FieldShape& field = shape.fields()[i];
        if (IsSkipped(field)) continue;
        entries.push_back(
            b.MakeStruct(entry, {b.String(KeyOf(field)), ToJson(&b, field.type, fields[i])}));
      }
      return b.Finish(json,
                      CallHelper(&b, "std.Json.__object", {}, {list(entry, std::move(entries))}));
    }
    case TypeShape::Kind::kTuple: {
      std::vector<Expr*> fields = FieldsOf(&b, shape, value);
      for (size_t i = 0; i < fields.size(); ++i) {
        fields[i] = ToJson(&b, shape.fields()[i].type, fields[i]);
      }
      return b.Finish(json, CallHelper(&b, "std.Json.__array", {}, {list(json, fields)}));
    }
    default:
      break;
  }
  std::vector<HirBuilder::ArmSpec> arms;
  for (uint32_t i = 0; i < shape.variants.size(); ++i) {
    std::vector<Expr*> fields;
    Pattern* pattern = BindVariant(&b, self, shape, i, &fields);
    for (size_t k = 0; k < fields.size(); ++k) {
      fields[k] = ToJson(&b, shape.variants[i].fields[k].type, fields[k]);
    }
    Expr* made = CallHelper(&b, "std.Json.__variant", {},
                            {b.String(shape.variants[i].name), list(json, std::move(fields))});
    arms.push_back({{pattern}, made});
  }
  return b.Finish(json, b.Match({b.Local(value)}, std::move(arms), json));
}

FunctionId Deriver::MakeWrite(const std::string& name, TypeId self) {
  HirBuilder b(program_, name);
  TypeShape shape = ShapeOf(types_, self);
  LocalId value = b.AddParam(self);
  LocalId before = b.AddParam(b.string());
  FunctionId join = Intrinsic("snow_string_concat", {b.string(), b.string()}, b.string());
  hir::InterfaceId json = program_->known.json_iface;
  uint32_t write = MethodIndex(json, "__write");
  auto add = [&](Expr* text, const std::string& more) {
    return b.Call(join, {}, {text, b.String(more)}, b.string());
  };
  auto add_value = [&](Expr* text, TypeId type, Expr* field) {
    return b.CallMethod(json, write, type, {field, text}, b.string());
  };
  // Fields, one after the other: `open` before the first, a comma before each other one.
  auto add_all = [&](Expr* text, const std::vector<FieldShape>& shapes,
                     const std::vector<Expr*>& fields, std::string open, bool named) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (IsSkipped(shapes[i])) continue;
      if (named) open += QuotedName(KeyOf(shapes[i])) + ":";
      text = add_value(add(text, open), shapes[i].type, fields[i]);
      open = ",";
    }
    return open == "," ? text : add(text, open);
  };
  switch (shape.kind) {
    case TypeShape::Kind::kStruct:
      return b.Finish(b.string(), add(add_all(b.Local(before), shape.fields(),
                                              FieldsOf(&b, shape, value), "{", true),
                                      "}"));
    case TypeShape::Kind::kTuple:
      return b.Finish(b.string(), add(add_all(b.Local(before), shape.fields(),
                                              FieldsOf(&b, shape, value), "[", false),
                                      "]"));
    default:
      break;
  }
  std::vector<HirBuilder::ArmSpec> arms;
  for (uint32_t i = 0; i < shape.variants.size(); ++i) {
    std::vector<Expr*> fields;
    Pattern* pattern = BindVariant(&b, self, shape, i, &fields);
    std::string open = "{\"tag\":\"" + std::string(shape.variants[i].name) + "\",\"fields\":[";
    arms.push_back({{pattern}, add(add_all(b.Local(before), shape.variants[i].fields, fields,
                                           open, false),
                                   "]}")});
  }
  return b.Finish(b.string(), b.Match({b.Local(value)}, std::move(arms), b.string()));
}

FunctionId Deriver::MakeDecode(const std::string& name, TypeId self) {
  HirBuilder b(program_, name);
  TypeShape shape = ShapeOf(types_, self);
  LocalId value = b.AddParam(b.types().Con(program_->known.json));
  FunctionId error = Helper("std.Json.__error");
  TypeId result = error.IsValid() ? ResultOf(error, {self}) : self;
  auto let = [&](Expr* from, std::vector<Expr*>* statements) {
    LocalId local = b.AddLocal(from->type);
    statements->push_back(b.Let(local, from));
    return b.Local(local);
  };
  std::vector<Expr*> statements;
  switch (shape.kind) {
    case TypeShape::Kind::kStruct: {
      Expr* object =
          let(Try(&b, CallHelper(&b, "std.Json.__fields", {}, {b.Local(value)})), &statements);
      std::vector<Expr*> fields;
      for (const FieldShape& field : shape.fields()) {
        fields.push_back(let(DecodeField(&b, self, field, object), &statements));
      }
      statements.push_back(b.MakeVariant(result, ok_, {b.MakeStruct(self, std::move(fields))}));
      return b.Finish(result, b.Block(std::move(statements)));
    }
    case TypeShape::Kind::kTuple: {
      int64_t count = static_cast<int64_t>(shape.fields().size());
      Expr* items =
          let(Try(&b, CallHelper(&b, "std.Json.__items", {}, {b.Local(value), b.Int(count)})),
              &statements);
      std::vector<Expr*> fields;
      for (int64_t i = 0; i < count; ++i) {
        TypeId type = shape.fields()[static_cast<size_t>(i)].type;
        fields.push_back(
            let(Try(&b, CallHelper(&b, "std.Json.__tuple_element", {type}, {items, b.Int(i)})),
                &statements));
      }
      statements.push_back(b.MakeVariant(result, ok_, {b.MakeStruct(self, std::move(fields))}));
      return b.Finish(result, b.Block(std::move(statements)));
    }
    default:
      break;
  }
  Expr* type_name = b.String(shape.name);
  Expr* parts =
      let(Try(&b, CallHelper(&b, "std.Json.__variant_parts", {}, {b.Local(value), type_name})),
          &statements);
  const hir::Type pair = types_->Get(parts->type);
  Expr* tag = b.Field(parts, 0, b.string(), /*is_tuple=*/true);
  Expr* items = let(b.Field(parts, 1, pair.args[1], /*is_tuple=*/true), &statements);
  std::vector<HirBuilder::ArmSpec> arms;
  for (uint32_t i = 0; i < shape.variants.size(); ++i) {
    const VariantShape& variant = shape.variants[i];
    std::vector<Expr*> steps;
    int64_t count = static_cast<int64_t>(variant.fields.size());
    let(Try(&b, CallHelper(&b, "std.Json.__check_count", {},
                           {b.String(variant.name), items, b.Int(count)})),
        &steps);
    std::vector<Expr*> fields;
    for (int64_t k = 0; k < count; ++k) {
      TypeId type = variant.fields[static_cast<size_t>(k)].type;
      fields.push_back(
          let(Try(&b, CallHelper(&b, "std.Json.__element", {type}, {items, b.Int(k)})), &steps));
    }
    steps.push_back(b.MakeVariant(result, ok_, {b.MakeVariant(self, i, std::move(fields))}));
    arms.push_back({{b.StringPattern(variant.name)}, b.Block(std::move(steps))});
  }
  arms.push_back({{b.Wildcard(b.string())},
                  CallHelper(&b, "std.Json.__unknown_variant", {self}, {type_name})});
  statements.push_back(b.Match({tag}, std::move(arms), result));
  return b.Finish(result, b.Block(std::move(statements)));
}

Expr* Deriver::DecodeField(HirBuilder* b, TypeId owner, const FieldShape& field, Expr* object) {
  if (IsSkipped(field)) return DefaultOf(b, owner, field);
  Expr* key = b->String(KeyOf(field));
  if (!HasJsonDefault(field)) {
    return Try(b, CallHelper(b, "std.Json.__field", {field.type}, {object, key}));
  }
  // A function that gives the default.
  TypeId make = b->types().Fun({}, field.type, types_->unit());
  Expr* value = b->FunctionValue(MakeDefaultFunction(owner, field), make);
  return Try(b, CallHelper(b, "std.Json.__field_or", {field.type}, {object, key, value}));
}

FunctionId Deriver::MakeDefaultFunction(TypeId owner, const FieldShape& field) {
  std::string name =
      "derived.default<" + types_->MangledName(owner) + ">." + std::string(field.name);
  FunctionId known = program_->FindFunction(name);
  if (known.IsValid()) return known;
  HirBuilder b(program_, name);
  return b.Finish(field.type, DefaultOf(&b, owner, field));
}

FunctionId Deriver::MakeFromRow(const std::string& name, TypeId self) {
  HirBuilder b(program_, name);
  TypeShape shape = ShapeOf(types_, self);
  TypeId columns[] = {b.string(), b.string()};
  LocalId row = b.AddParam(b.types().Con(program_->known.map, columns));
  TypeId parts[] = {self, b.string()};
  TypeId result = b.types().Con(program_->known.result, parts);
  std::vector<Expr*> statements;
  std::vector<Expr*> fields;
  for (const FieldShape& field : shape.fields()) {
    Expr* value = Try(
        &b, CallHelper(&b, "std.Row.__field", {field.type}, {b.Local(row), b.String(field.name)}));
    LocalId local = b.AddLocal(field.type);
    statements.push_back(b.Let(local, value));
    fields.push_back(b.Local(local));
  }
  statements.push_back(b.MakeVariant(result, ok_, {b.MakeStruct(self, std::move(fields))}));
  return b.Finish(result, b.Block(std::move(statements)));
}

}  // namespace snow::derive
