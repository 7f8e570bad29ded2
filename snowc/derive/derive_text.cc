// Display and Debug from a type's structure: the table 'What is printed' of chapter 2.
#include "snowc/derive/derive.h"

namespace snow::derive {

using hir::Builtin;
using hir::FunctionId;
using hir::TypeId;

// Name, then the fields: `Point(1, 2)`, `(1, a)`, `(5,)`; for programmers `Point { x: 1, y: 2 }`.
Expr* Deriver::FieldsText(HirBuilder* b, const TypeShape& shape, const VariantShape& variant,
                          const std::vector<Expr*>& values, bool debug) {
  hir::InterfaceId interface = debug ? program_->known.debug : program_->known.display;
  uint32_t method = MethodIndex(interface, debug ? "inspect" : "to_string");
  if (variant.fields.empty()) return b->String(shape.is_tuple() ? "()" : variant.name);
  bool named = debug && variant.HasNames();
  std::vector<Expr*> parts = {b->String(std::string(variant.name) + (named ? " { " : "("))};
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) parts.push_back(b->String(", "));
    if (named) parts.push_back(b->String(std::string(variant.fields[i].name) + ": "));
    parts.push_back(
        b->CallMethod(interface, method, variant.fields[i].type, {values[i]}, b->string()));
  }
  bool one_tuple = shape.is_tuple() && values.size() == 1;
  parts.push_back(b->String(named ? " }" : one_tuple ? ",)" : ")"));
  return b->Interpolate(std::move(parts));
}

FunctionId Deriver::MakeText(const std::string& name, TypeId self, bool debug) {
  HirBuilder b(program_, name);
  LocalId value = b.AddParam(self);
  if (b.types().Is(self, Builtin::kAny)) {
    FunctionId text = Intrinsic(debug ? "%any.debug" : "%any.display", {self}, b.string());
    return b.Finish(b.string(), b.Call(text, {}, {b.Local(value)}, b.string()));
  }
  TypeShape shape = ShapeOf(types_, self);
  switch (shape.kind) {
    case TypeShape::Kind::kTuple:
    case TypeShape::Kind::kStruct:
      return b.Finish(b.string(),
                      FieldsText(&b, shape, shape.variants[0], FieldsOf(&b, shape, value), debug));
    case TypeShape::Kind::kSum:
      break;
    case TypeShape::Kind::kOther:
      return b.Finish(b.string(), b.String("<function>"));
  }
  std::vector<HirBuilder::ArmSpec> arms;
  for (uint32_t i = 0; i < shape.variants.size(); ++i) {
    std::vector<Expr*> values;
    Pattern* pattern = BindVariant(&b, self, shape, i, &values);
    arms.push_back({{pattern}, FieldsText(&b, shape, shape.variants[i], values, debug)});
  }
  return b.Finish(b.string(), b.Match({b.Local(value)}, arms, b.string()));
}

FunctionId Deriver::MakeDisplay(const std::string& name, TypeId self) {
  return MakeText(name, self, /*debug=*/false);
}

FunctionId Deriver::MakeDebug(const std::string& name, TypeId self) {
  return MakeText(name, self, /*debug=*/true);
}

}  // namespace snow::derive
