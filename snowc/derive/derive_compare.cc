// Eq, Ord, Hash and Default from a type's structure.
#include "snowc/derive/derive.h"

namespace snow::derive {

using hir::Builtin;
using hir::FunctionId;
using hir::TypeId;

namespace {

// The variants of the library's Ordering, by place.
constexpr uint32_t kLess = 0;
constexpr uint32_t kEqual = 1;
constexpr uint32_t kGreater = 2;

// What hashes of structs and tuples start from.
constexpr int64_t kHashStart = 0x51ED270B;

}  // namespace

// The tag as an Int.
Expr* Deriver::TagOf(HirBuilder* b, TypeId self, const TypeShape& shape, LocalId value) {
  if (shape.IsEnum()) {
    FunctionId cast = Intrinsic("%cast", {self}, b->integer());
    return b->Call(cast, {}, {b->Local(value)}, b->integer());
  }
  std::vector<HirBuilder::ArmSpec> arms;
  for (uint32_t i = 0; i < shape.variants.size(); ++i) {
    arms.push_back({{AnyVariant(b, self, shape, i)}, b->Int(i)});
  }
  return b->Match({b->Local(value)}, std::move(arms), b->integer());
}

Expr* Deriver::EqualFields(HirBuilder* b, const std::vector<FieldShape>& fields,
                           const std::vector<Expr*>& left, const std::vector<Expr*>& right) {
  hir::InterfaceId eq = program_->known.eq;
  uint32_t method = MethodIndex(eq, "eq");
  Expr* all = nullptr;
  for (size_t i = fields.size(); i > 0; --i) {
    Expr* one =
        b->CallMethod(eq, method, fields[i - 1].type, {left[i - 1], right[i - 1]}, b->boolean());
    all = all == nullptr ? one : b->And(one, all);
  }
  return all == nullptr ? b->Bool(true) : all;
}

FunctionId Deriver::MakeEq(const std::string& name, TypeId self) {
  HirBuilder b(program_, name);
  TypeShape shape = ShapeOf(types_, self);
  LocalId left = b.AddParam(self);
  LocalId right = b.AddParam(self);
  if (shape.kind != TypeShape::Kind::kSum) {
    Expr* body = shape.variants.empty() ? b.Bool(true)
                                        : EqualFields(&b, shape.fields(), FieldsOf(&b, shape, left),
                                                      FieldsOf(&b, shape, right));
    return b.Finish(b.boolean(), body);
  }
  if (shape.IsEnum()) {
    FunctionId equal = Intrinsic("%eq", {b.integer(), b.integer()}, b.boolean());
    Expr* body = b.Call(equal, {}, {TagOf(&b, self, shape, left), TagOf(&b, self, shape, right)},
                        b.boolean());
    return b.Finish(b.boolean(), body);
  }
  std::vector<HirBuilder::ArmSpec> arms;
  for (uint32_t i = 0; i < shape.variants.size(); ++i) {
    std::vector<Expr*> lefts;
    std::vector<Expr*> rights;
    Pattern* first = BindVariant(&b, self, shape, i, &lefts);
    Pattern* second = BindVariant(&b, self, shape, i, &rights);
    arms.push_back({{first, second}, EqualFields(&b, shape.variants[i].fields, lefts, rights)});
  }
  if (shape.variants.size() > 1) {
    arms.push_back({{b.Wildcard(self), b.Wildcard(self)}, b.Bool(false)});
  }
  return b.Finish(b.boolean(), b.Match({b.Local(left), b.Local(right)}, arms, b.boolean()));
}

Expr* Deriver::CompareFields(HirBuilder* b, const std::vector<FieldShape>& fields,
                             const std::vector<Expr*>& left, const std::vector<Expr*>& right) {
  hir::InterfaceId ord = program_->known.ord;
  uint32_t method = MethodIndex(ord, "compare");
  TypeId ordering = Ordering();
  Expr* rest = nullptr;
  for (size_t i = fields.size(); i > 0; --i) {
    Expr* one =
        b->CallMethod(ord, method, fields[i - 1].type, {left[i - 1], right[i - 1]}, ordering);
    if (rest == nullptr) {
      rest = one;
      continue;
    }
    LocalId unequal = b->AddLocal(ordering);
    rest = b->Match({one},
                    {{{b->VariantPattern(ordering, kEqual, {})}, rest},
                     {{b->Bind(unequal)}, b->Local(unequal)}},
                    ordering);
  }
  return rest == nullptr ? b->MakeVariant(ordering, kEqual, {}) : rest;
}

FunctionId Deriver::MakeCompare(const std::string& name, TypeId self) {
  HirBuilder b(program_, name);
  TypeShape shape = ShapeOf(types_, self);
  TypeId ordering = Ordering();
  LocalId left = b.AddParam(self);
  LocalId right = b.AddParam(self);
  if (shape.kind != TypeShape::Kind::kSum) {
    Expr* body = shape.variants.empty()
                     ? b.MakeVariant(ordering, kEqual, {})
                     : CompareFields(&b, shape.fields(), FieldsOf(&b, shape, left),
                                     FieldsOf(&b, shape, right));
    return b.Finish(ordering, body);
  }
  // By order of declaration where the variants differ.
  FunctionId less = Intrinsic("%lt", {b.integer(), b.integer()}, b.boolean());
  LocalId left_tag = b.AddLocal(b.integer());
  LocalId right_tag = b.AddLocal(b.integer());
  auto is_less = [&](LocalId x, LocalId y) {
    return b.Call(less, {}, {b.Local(x), b.Local(y)}, b.boolean());
  };
  Expr* by_tag =
      b.Block({b.Let(left_tag, TagOf(&b, self, shape, left)),
               b.Let(right_tag, TagOf(&b, self, shape, right)),
               b.If(is_less(left_tag, right_tag), b.MakeVariant(ordering, kLess, {}),
                    b.If(is_less(right_tag, left_tag), b.MakeVariant(ordering, kGreater, {}),
                         b.MakeVariant(ordering, kEqual, {})))});
  if (shape.IsEnum()) return b.Finish(ordering, by_tag);
  std::vector<HirBuilder::ArmSpec> arms;
  for (uint32_t i = 0; i < shape.variants.size(); ++i) {
    if (shape.variants[i].fields.empty()) continue;
    std::vector<Expr*> lefts;
    std::vector<Expr*> rights;
    Pattern* first = BindVariant(&b, self, shape, i, &lefts);
    Pattern* second = BindVariant(&b, self, shape, i, &rights);
    arms.push_back({{first, second}, CompareFields(&b, shape.variants[i].fields, lefts, rights)});
  }
  if (shape.variants.size() > 1) arms.push_back({{b.Wildcard(self), b.Wildcard(self)}, by_tag});
  return b.Finish(ordering, b.Match({b.Local(left), b.Local(right)}, arms, ordering));
}

Expr* Deriver::HashFields(HirBuilder* b, Expr* start, const std::vector<FieldShape>& fields,
                          const std::vector<Expr*>& values) {
  hir::InterfaceId hash = program_->known.hash;
  uint32_t method = MethodIndex(hash, "hash");
  FunctionId join = Helper("std.Prelude.__hash_join");
  Expr* so_far = start;
  for (size_t i = 0; i < fields.size(); ++i) {
    Expr* one = b->CallMethod(hash, method, fields[i].type, {values[i]}, b->integer());
    so_far = b->Call(join, {}, {so_far, one}, b->integer());
  }
  return so_far;
}

FunctionId Deriver::MakeHash(const std::string& name, TypeId self) {
  HirBuilder b(program_, name);
  TypeShape shape = ShapeOf(types_, self);
  LocalId value = b.AddParam(self);
  if (shape.kind != TypeShape::Kind::kSum) {
    Expr* body = shape.variants.empty() ? b.Int(kHashStart)
                                        : HashFields(&b, b.Int(kHashStart), shape.fields(),
                                                     FieldsOf(&b, shape, value));
    return b.Finish(b.integer(), body);
  }
  auto start = [&](Expr* tag) {
    return b.Call(Helper("std.Prelude.__hash_word"), {}, {tag}, b.integer());
  };
  if (shape.IsEnum()) return b.Finish(b.integer(), start(TagOf(&b, self, shape, value)));
  std::vector<HirBuilder::ArmSpec> arms;
  for (uint32_t i = 0; i < shape.variants.size(); ++i) {
    std::vector<Expr*> values;
    Pattern* pattern = BindVariant(&b, self, shape, i, &values);
    arms.push_back({{pattern}, HashFields(&b, start(b.Int(i)), shape.variants[i].fields, values)});
  }
  return b.Finish(b.integer(), b.Match({b.Local(value)}, arms, b.integer()));
}

FunctionId Deriver::MakeDefault(const std::string& name, TypeId self) {
  HirBuilder b(program_, name);
  TypeShape shape = ShapeOf(types_, self);
  // Of a sum type: its first variant.
  if (shape.variants.empty()) return b.Finish(self, b.Unit());
  std::vector<Expr*> fields;
  for (const FieldShape& field : shape.variants[0].fields) {
    fields.push_back(DefaultOf(&b, self, field));
  }
  Expr* body = nullptr;
  switch (shape.kind) {
    case TypeShape::Kind::kSum:
      body = b.MakeVariant(self, 0, std::move(fields));
      break;
    default:
      body = self == b.unit() ? b.Unit() : b.MakeStruct(self, std::move(fields));
      break;
  }
  return b.Finish(self, body);
}

// The field's own default, else its type's.
Expr* Deriver::DefaultOf(HirBuilder* b, TypeId owner, const FieldShape& field) {
  if (field.field != nullptr && field.field->default_value != hir::Field::kNoDefault) {
    const hir::Type type = types_->Get(owner);
    return b->Call(FunctionId(field.field->default_value), {type.args.begin(), type.args.end()}, {},
                   field.type);
  }
  hir::InterfaceId interface = program_->known.default_;
  return b->CallMethod(interface, MethodIndex(interface, "default"), field.type, {}, field.type);
}

}  // namespace snow::derive
