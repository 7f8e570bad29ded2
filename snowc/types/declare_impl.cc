// Heads of impls: what interface they are of, for which type, and that both may meet here.
#include <algorithm>

#include "snowc/resolve/suggest.h"
#include "snowc/types/declare.h"

namespace snow::types {

using resolve::FnDecl;

bool Declarer::IsOfPackage(Type* type, resolve::PackageId package) {
  type = Resolve(type);
  if (type->kind == TypeKind::kCon) {
    const TypeInfo& info = world_.info(hir::TyConId(type->con));
    if (info.decl.IsValid()) {
      const resolve::TypeDecl& decl = world_.symbols.type(info.decl);
      if (decl.module.IsValid() && world_.symbols.module(decl.module).package == package) {
        return true;
      }
    }
  }
  return std::ranges::any_of(type->Args(),
                             [&](Type* arg) { return IsOfPackage(arg, package); });
}

bool Declarer::IsOrphan(const ImplInfo& info, ModuleId module) {
  resolve::PackageId package = world_.symbols.module(module).package;
  if (package == world_.symbols.library) return false;
  if (info.interface.IsValid()) {
    ModuleId home = world_.symbols.interface(info.interface).module;
    if (world_.symbols.module(home).package == package) return false;
    if (std::ranges::any_of(info.args, [&](Type* arg) { return IsOfPackage(arg, package); })) {
      return false;
    }
  }
  return !IsOfPackage(info.self, package);
}

void Declarer::DeclareImpl(ImplId id) {
  const resolve::ImplDecl& decl = world_.symbols.impls[id.value];
  const ast::ImplItem& item = *decl.item;
  ImplInfo& info = world_.impls[id.value];
  info.span = item.interface != nullptr ? Join(item.interface->span, item.type->span)
                                        : item.type->span;
  AnnotationScope scope;
  scope.module = decl.module;
  scope.implicit_generics = true;
  for (const ast::Name& name : item.generics) {
    Type* param = world_.store.Param(name.id, static_cast<uint32_t>(scope.generics.size()));
    scope.generics.push_back({name.id, param});
  }
  info.self = reader_.Read(*item.type, scope);
  scope.self = info.self;
  Bound head;
  bool ok = Resolve(info.self)->kind != TypeKind::kError;
  if (item.interface != nullptr) {
    ok = reader_.ReadBound(*item.interface, info.self, scope, head) && ok;
    if (!head.interface.IsValid()) return;
    info.interface = head.interface;
    info.args.assign(head.args.begin(), head.args.end());
  }
  for (const auto& generic : scope.generics) info.generics.push_back(generic.type);
  scope.implicit_generics = false;
  scope.bounds = &info.bounds;
  reader_.ReadWhere(item.where, scope, info.bounds);
  if (!ok) return;
  if (item.interface == nullptr && Resolve(info.self)->kind != TypeKind::kCon &&
      !world_.InLibrary(decl.module)) {
    world_.diagnostics
        .Error(DiagnosticKind::kOrphanImpl, info.span,
               "only a struct or a sum type can have functions of its own")
        .Help("write an interface, and an impl of it for this type");
    return;
  }
  if (IsOrphan(info, decl.module)) {
    auto report = world_.diagnostics.Error(
        DiagnosticKind::kOrphanImpl, info.span,
        info.interface.IsValid()
            ? "neither the interface nor the type of this impl is of this package"
            : "the type of this impl is not of this package");
    report.Help(info.interface.IsValid()
                    ? "define a struct that holds the value, and write the impl for it"
                    : "define an interface, or functions that take the value");
    return;
  }
  info.valid = true;
  DeclareImplMembers(id, scope);
}

void Declarer::DeclareImplMembers(ImplId id, AnnotationScope& scope) {
  const resolve::ImplDecl& decl = world_.symbols.impls[id.value];
  ImplInfo& info = world_.impls[id.value];
  if (!info.interface.IsValid()) {
    info.methods = decl.methods;
    return;
  }
  const InterfaceInfo& interface = world_.info(info.interface);
  const std::string interface_name(world_.Text(world_.symbols.interface(info.interface).name));
  Span interface_span = world_.symbols.interface(info.interface).span;
  info.associated.assign(interface.associated.size(), nullptr);
  scope.impl_interface = info.interface;
  scope.impl_assoc = &info.associated;
  // In the interface's order, since a later one may refer to an earlier one as `Self.Item`.
  for (size_t index = 0; index < interface.associated.size(); ++index) {
    for (const ast::AssociatedType& assoc : decl.item->associated) {
      if (assoc.name.id != interface.associated[index]) continue;
      info.associated[index] = reader_.Read(*assoc.type, scope);
    }
  }
  for (const ast::AssociatedType& assoc : decl.item->associated) {
    if (std::ranges::find(interface.associated, assoc.name.id) != interface.associated.end()) {
      continue;
    }
    world_.diagnostics
        .Error(DiagnosticKind::kAssociatedTypeExtra, assoc.name.span,
               "interface '" + interface_name + "' has no associated type " +
                   world_.Quoted(assoc.name.id))
        .Note(interface_span, "the interface is defined here");
  }
  for (size_t i = 0; i < info.associated.size(); ++i) {
    if (info.associated[i] != nullptr) continue;
    info.associated[i] = world_.store.Error();
    std::string name(world_.Text(interface.associated[i]));
    world_.diagnostics
        .Error(DiagnosticKind::kAssociatedTypeMissing, info.span,
               "this impl of '" + interface_name + "' lacks the associated type '" + name + "'")
        .Note(interface_span, "the interface is defined here")
        .Help("write `type " + name + " = ..` in the impl");
  }
  info.methods.assign(interface.methods.size(), FnId());
  for (FnId fn : decl.methods) {
    const FnDecl& method = world_.decl(fn);
    auto found = std::ranges::find(interface.methods, method.name, &MethodInfo::name);
    if (found != interface.methods.end()) {
      info.methods[static_cast<size_t>(found - interface.methods.begin())] = fn;
      continue;
    }
    resolve::NearestName nearest(world_.Text(method.name));
    for (const MethodInfo& known : interface.methods) nearest.Consider(world_.Text(known.name));
    auto report = world_.diagnostics.Error(
        DiagnosticKind::kMethodSignature, method.span,
        "interface '" + interface_name + "' has no method " + world_.Quoted(method.name));
    report.Note(interface_span, "the interface is defined here");
    if (nearest.found()) {
      report.Help("did you mean '" + nearest.best() + "'?").Fix(method.span, nearest.best());
    } else {
      report.Help("functions of the type itself stand in an impl without an interface");
    }
  }
  std::string missing;
  for (size_t i = 0; i < info.methods.size(); ++i) {
    if (info.methods[i].IsValid() || interface.methods[i].has_default) continue;
    if (!missing.empty()) missing += ", ";
    missing += world_.Quoted(interface.methods[i].name);
  }
  if (missing.empty()) return;
  world_.diagnostics
      .Error(DiagnosticKind::kMissingMethod, info.span,
             "this impl of '" + interface_name + "' lacks " + missing)
      .Note(interface_span, "the interface is defined here")
      .Help("an impl gives every method that has no default");
}

}  // namespace snow::types
