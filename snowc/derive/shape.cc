#include "snowc/derive/shape.h"

#include <algorithm>

namespace snow::derive {

bool TypeShape::IsEnum() const {
  return kind == Kind::kSum &&
         std::ranges::all_of(variants, [](const VariantShape& v) { return v.fields.empty(); });
}

TypeShape ShapeOf(lower::Types* types, hir::TypeId id) {
  const hir::Type type = types->Get(id);
  TypeShape shape;
  if (id == types->unit()) {
    shape.kind = TypeShape::Kind::kTuple;
    shape.variants.emplace_back();
    return shape;
  }
  if (type.kind == hir::TypeKind::kTuple) {
    shape.kind = TypeShape::Kind::kTuple;
    VariantShape& variant = shape.variants.emplace_back();
    for (hir::TypeId element : type.args) variant.fields.push_back({"", element, nullptr});
    return shape;
  }
  if (type.kind != hir::TypeKind::kCon) return shape;
  const hir::TyCon& con = types->ConOf(type);
  shape.name = types->Name(con.name);
  lower::TypeArgs* args = types->Intern(type.args);
  auto add = [&](std::string_view name, const std::vector<hir::Field>& fields) {
    VariantShape& variant = shape.variants.emplace_back();
    variant.name = name;
    for (const hir::Field& field : fields) {
      variant.fields.push_back(
          {types->Name(field.name), types->Concrete(field.type, args), &field});
    }
  };
  switch (con.kind) {
    case hir::TyConKind::kStruct:
      shape.kind = TypeShape::Kind::kStruct;
      add(shape.name, con.fields);
      break;
    case hir::TyConKind::kSum:
      shape.kind = TypeShape::Kind::kSum;
      for (const hir::Variant& variant : con.variants) {
        add(types->Name(variant.name), variant.fields);
      }
      break;
    case hir::TyConKind::kBuiltin:
      break;
  }
  return shape;
}

}  // namespace snow::derive
