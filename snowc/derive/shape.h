// What derivation sees of a concrete type: its fields, or its variants with theirs.
#ifndef SNOWC_DERIVE_SHAPE_H_
#define SNOWC_DERIVE_SHAPE_H_

#include <string_view>
#include <vector>

#include "snowc/hir/hir.h"
#include "snowc/lower/types.h"

namespace snow::derive {

struct FieldShape {
  std::string_view name;              // empty: positional
  hir::TypeId type;                   // concrete
  const hir::Field* field = nullptr;  // null for elements of tuples
};

struct VariantShape {
  std::string_view name;
  std::vector<FieldShape> fields;

  bool HasNames() const { return !fields.empty() && !fields[0].name.empty(); }
};

struct TypeShape {
  enum class Kind : uint8_t { kTuple, kStruct, kSum, kOther } kind = Kind::kOther;
  std::string_view name;  // without module; empty for tuples
  // Sum types: all. Structs and tuples (the unit type is an empty tuple): one.
  std::vector<VariantShape> variants;

  const std::vector<FieldShape>& fields() const { return variants[0].fields; }
  bool is_tuple() const { return kind == Kind::kTuple; }
  // No variant has fields: the value is its tag.
  bool IsEnum() const;
};

TypeShape ShapeOf(lower::Types* types, hir::TypeId type);

}  // namespace snow::derive

#endif  // SNOWC_DERIVE_SHAPE_H_
