#include "snowc/derive/derive.h"

#include <utility>

namespace snow::derive {

using hir::Builtin;
using hir::Derivable;
using hir::FunctionId;

std::string Deriver::NameOf(hir::InterfaceId interface, uint32_t method, hir::TypeId self) {
  const hir::Interface& described = program_->interfaces[interface.value];
  std::string name = "derived.";
  name += types_->Name(described.name);
  name += ".";
  name += types_->Name(described.methods[method].name);
  return name + "<" + types_->MangledName(self) + ">";
}

FunctionId Deriver::Derive(hir::InterfaceId interface, uint32_t method, hir::TypeId self) {
  std::string name = NameOf(interface, method, self);
  auto found = made_.find(name);
  if (found != made_.end()) return found->second;
  Derivable which;
  FunctionId made;
  if (types_->IsDerivable(interface, &which)) {
    std::string method_name(
        types_->Name(program_->interfaces[interface.value].methods[method].name));
    made = Make(which, method_name, name, self);
  }
  if (!made.IsValid()) {
    // The checker has seen to it that every method that is called exists.
    HirBuilder b(program_, name);
    made = b.Finish(b.Builtin(Builtin::kNever), b.Unit());
  }
  made_.emplace(std::move(name), made);
  return made;
}

FunctionId Deriver::Make(Derivable which, std::string_view method, const std::string& name,
                         hir::TypeId self) {
  switch (which) {
    case Derivable::kEq:
      return MakeEq(name, self);
    case Derivable::kOrd:
      return MakeCompare(name, self);
    case Derivable::kDisplay:
      return MakeDisplay(name, self);
    case Derivable::kDebug:
      return MakeDebug(name, self);
    case Derivable::kHash:
      return MakeHash(name, self);
    case Derivable::kDefault:
      return MakeDefault(name, self);
    case Derivable::kJson:
      if (method == "to_json") return MakeToJson(name, self);
      return method == "__write" ? MakeWrite(name, self) : MakeDecode(name, self);
    case Derivable::kRow:
      return MakeFromRow(name, self);
    case Derivable::kSchema:
      return MakeSchema(name, method, self);
  }
  return FunctionId();
}

bool Deriver::Overrides(hir::InterfaceId interface, uint32_t method) const {
  if (interface != program_->known.json_iface) return false;
  std::string_view name =
      types_->Name(program_->interfaces[interface.value].methods[method].name);
  return name == "__decode" || name == "__write";
}

std::vector<Expr*> Deriver::FieldsOf(HirBuilder* b, const TypeShape& shape, LocalId value) {
  std::vector<Expr*> fields;
  uint32_t index = 0;
  for (const FieldShape& field : shape.fields()) {
    fields.push_back(b->Field(b->Local(value), index++, field.type, shape.is_tuple()));
  }
  return fields;
}

Pattern* Deriver::BindVariant(HirBuilder* b, hir::TypeId type, const TypeShape& shape,
                              uint32_t variant, std::vector<Expr*>* locals) {
  std::vector<Pattern*> subs;
  for (const FieldShape& field : shape.variants[variant].fields) {
    LocalId local = b->AddLocal(field.type);
    subs.push_back(b->Bind(local));
    locals->push_back(b->Local(local));
  }
  return b->VariantPattern(type, variant, std::move(subs));
}

Pattern* Deriver::AnyVariant(HirBuilder* b, hir::TypeId type, const TypeShape& shape,
                             uint32_t variant) {
  std::vector<Pattern*> subs;
  for (const FieldShape& field : shape.variants[variant].fields) {
    subs.push_back(b->Wildcard(field.type));
  }
  return b->VariantPattern(type, variant, std::move(subs));
}

uint32_t Deriver::MethodIndex(hir::InterfaceId interface, std::string_view name) const {
  const hir::Interface& described = program_->interfaces[interface.value];
  for (uint32_t i = 0; i < described.methods.size(); ++i) {
    if (types_->Name(described.methods[i].name) == name) return i;
  }
  return 0;
}

hir::TypeId Deriver::Ordering() { return program_->types.Con(program_->known.ordering); }

FunctionId Deriver::Helper(std::string_view qualified_name) const {
  return program_->FindFunction(qualified_name);
}

FunctionId Deriver::Intrinsic(const std::string& symbol, std::vector<hir::TypeId> params,
                              hir::TypeId result) {
  std::string name = "derived" + symbol;
  for (hir::TypeId param : params) name += " " + types_->MangledName(param);
  FunctionId found = program_->FindFunction(name);
  if (found.IsValid()) return found;
  hir::Function function;
  function.qualified_name = name;
  function.kind = hir::FunctionKind::kIntrinsic;
  function.extern_symbol = symbol;
  for (hir::TypeId param : params) {
    hir::Local& local = function.locals.emplace_back();
    local.type = param;
    function.params.push_back(LocalId(function.locals.size() - 1));
  }
  function.result = result;
  return program_->AddFunction(std::move(function));
}

}  // namespace snow::derive
