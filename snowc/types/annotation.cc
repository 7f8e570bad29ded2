#include "snowc/types/annotation.h"

#include <algorithm>

#include "snowc/resolve/suggest.h"
#include "snowc/types/attributes.h"

namespace snow::types {

using ast::As;
using resolve::TypeDecl;
using resolve::TypeDeclKind;

std::string AnnotationReader::PathText(const ast::Path& path) const {
  std::string text;
  for (const ast::Name& name : path.segments) {
    if (!text.empty()) text += '.';
    text += world_.Text(name.id);
  }
  return text;
}

std::vector<Type*> AnnotationReader::ReadAll(ast::List<const ast::Type*> types,
                                             AnnotationScope& scope) {
  std::vector<Type*> read;
  read.reserve(types.size());
  for (const ast::Type* type : types) read.push_back(Read(*type, scope));
  return read;
}

Type* AnnotationReader::Message(AnnotationScope& scope) {
  if (con_depth_ > 0) return world_.store.Any();
  switch (scope.messages) {
    case MessagePolicy::kAny:
      return world_.store.Any();
    case MessagePolicy::kOwn:
      return scope.message;
    case MessagePolicy::kFresh:
      return world_.store.MessageVar(scope.level);
  }
  return world_.store.Any();
}

Type* AnnotationReader::Read(const ast::Type& type, AnnotationScope& scope) {
  TypeStore& store = world_.store;
  switch (type.kind) {
    case ast::TypeKind::kError:
      return store.Error();
    case ast::TypeKind::kNamed:
      return ReadNamed(As<ast::NamedType>(type), scope);
    case ast::TypeKind::kTuple:
      return store.Tuple(ReadAll(As<ast::TupleType>(type).elements, scope));
    case ast::TypeKind::kFunction: {
      const auto& fun = As<ast::FunctionType>(type);
      std::vector<Type*> params = ReadAll(fun.parameters, scope);
      Type* result = Read(*fun.result, scope);
      return store.Fun(params, result, Message(scope));
    }
    case ast::TypeKind::kOption: {
      ++con_depth_;
      Type* args[] = {Read(*As<ast::OptionType>(type).value, scope)};
      --con_depth_;
      return store.Con(world_.known.option, args);
    }
    case ast::TypeKind::kResult: {
      const auto& result = As<ast::ResultType>(type);
      ++con_depth_;
      Type* value = Read(*result.value, scope);
      Type* args[] = {value, Read(*result.error, scope)};
      --con_depth_;
      return store.Con(world_.known.result, args);
    }
  }
  return store.Error();
}

Type* AnnotationReader::ReadNamed(const ast::NamedType& type, AnnotationScope& scope) {
  const ast::Path& path = type.path;
  StringId first = path.segments[0].id;
  std::string_view text = world_.Text(first);
  Type* variable = nullptr;
  if (text == "Self" && scope.self != nullptr) variable = scope.self;
  for (size_t i = scope.generics.size(); i-- > 0 && variable == nullptr;) {
    if (scope.generics[i].name == first) variable = scope.generics[i].type;
  }
  if (variable == nullptr) return ReadPath(type, scope);
  if (!type.arguments.empty()) {
    world_.diagnostics.Error(DiagnosticKind::kTypeArgumentCount, type.span,
                             "'" + std::string(text) + "' takes no type arguments");
    return world_.store.Error();
  }
  if (path.IsSimple()) return variable;
  return ReadProjection(type, variable, scope);
}

Type* AnnotationReader::ReadProjection(const ast::NamedType& type, Type* self,
                                       AnnotationScope& scope) {
  const ast::Name& name = type.path.segments[1];
  auto index_in = [&](InterfaceId interface) {
    const std::vector<StringId>& names = world_.info(interface).associated;
    return static_cast<size_t>(std::ranges::find(names, name.id) - names.begin());
  };
  if (type.path.segments.size() == 2) {
    if (self == scope.self && scope.self_bound != nullptr) {
      size_t index = index_in(scope.self_bound->interface);
      if (index < scope.self_bound->assoc.size()) return scope.self_bound->assoc[index];
    }
    if (self == scope.self && scope.impl_assoc != nullptr && scope.impl_interface.IsValid()) {
      size_t index = index_in(scope.impl_interface);
      if (index < scope.impl_assoc->size() && (*scope.impl_assoc)[index] != nullptr) {
        return (*scope.impl_assoc)[index];
      }
    }
    if (scope.bounds != nullptr) {
      for (const Bound& bound : *scope.bounds) {
        if (Resolve(bound.self) != Resolve(self)) continue;
        size_t index = index_in(bound.interface);
        if (index < bound.assoc.size()) return bound.assoc[index];
      }
    }
  }
  world_.diagnostics
      .Error(DiagnosticKind::kAssociatedTypeUnresolved, type.span,
             "'" + PathText(type.path) + "' names no type")
      .Label("no bound gives '" + std::string(world_.Text(type.path.segments[0].id)) +
             "' an associated type '" + std::string(world_.Text(name.id)) + "'")
      .Help("add a bound whose interface has it: `where " +
            std::string(world_.Text(type.path.segments[0].id)) + ": Interface`");
  return world_.store.Error();
}

ModuleId AnnotationReader::FindModule(std::span<const ast::Name> path, ModuleId from) {
  ModuleId module = world_.scope.FindModule(from, path[0].id);
  for (size_t i = 1; i < path.size() && module.IsValid(); ++i) {
    const ModuleId* nested = world_.symbols.module(module).modules.Find(path[i].id);
    if (nested == nullptr ||
        !world_.scope.IsVisible(from, module, world_.symbols.module(*nested).is_pub)) {
      module = ModuleId();
      break;
    }
    module = *nested;
  }
  if (module.IsValid()) return module;
  // The full path of a module that is imported.
  module = world_.scope.FindModuleByPath(from, path);
  for (ModuleId m = from; m.IsValid() && module.IsValid(); m = world_.symbols.module(m).parent) {
    for (resolve::Import& import : world_.symbols.module(m).imports) {
      if (import.target != module) continue;
      import.used = true;
      return module;
    }
  }
  return module.IsValid() && world_.InLibrary(module) ? module : ModuleId();
}

resolve::TypeId AnnotationReader::FindType(const ast::Path& path, ModuleId module) {
  if (path.IsSimple()) {
    resolve::TypeId found = world_.scope.FindType(module, path.segments[0].id);
    if (found.IsValid()) return found;
    ReportUnknown(path, module, "type");
    return resolve::TypeId();
  }
  ModuleId in = FindModule(path.segments.subspan(0, path.segments.size() - 1), module);
  const ast::Name& name = path.Last();
  const resolve::TypeId* found =
      in.IsValid() ? world_.symbols.module(in).types.Find(name.id) : nullptr;
  if (found == nullptr) {
    ReportUnknown(path, module, "type");
    return resolve::TypeId();
  }
  const TypeDecl& decl = world_.symbols.type(*found);
  if (!world_.scope.IsVisible(module, decl)) {
    world_.diagnostics
        .Error(DiagnosticKind::kPrivateName, name.span,
               "type " + world_.Quoted(name.id) + " is private to its module")
        .Note(decl.span, "it is defined here")
        .Help("write `pub` before its definition to let other modules use it");
    return resolve::TypeId();
  }
  return *found;
}

InterfaceId AnnotationReader::FindInterface(const ast::Path& path, ModuleId module) {
  InterfaceId found;
  if (path.IsSimple()) {
    found = world_.scope.FindInterface(module, path.segments[0].id);
  } else {
    ModuleId in = FindModule(path.segments.subspan(0, path.segments.size() - 1), module);
    const InterfaceId* member =
        in.IsValid() ? world_.symbols.module(in).interfaces.Find(path.Last().id) : nullptr;
    if (member != nullptr) {
      const resolve::InterfaceDecl& decl = world_.symbols.interface(*member);
      if (!world_.scope.IsVisible(module, decl.module, decl.is_pub)) {
        world_.diagnostics
            .Error(DiagnosticKind::kPrivateName, path.Last().span,
                   "interface " + world_.Quoted(path.Last().id) + " is private to its module")
            .Note(decl.span, "it is defined here");
        return InterfaceId();
      }
      found = *member;
    }
  }
  if (!found.IsValid()) ReportUnknown(path, module, "interface");
  return found;
}

void AnnotationReader::ReportUnknown(const ast::Path& path, ModuleId module,
                                     std::string_view what) {
  std::string text = PathText(path);
  if (text.empty()) return;
  // What a failed import would have made known passes silently.
  for (ModuleId m = module; m.IsValid(); m = world_.symbols.module(m).parent) {
    const resolve::Module& in = world_.symbols.module(m);
    for (const auto* names : {&in.imported_modules, &in.imported_names}) {
      const uint32_t* found = names->Find(path.segments[0].id);
      if (found != nullptr && !in.imports[*found].target.IsValid()) return;
    }
  }
  resolve::NearestName nearest(text);
  world_.scope.ForEachTypeName(module, [&](std::string_view name) { nearest.Consider(name); });
  auto report = world_.diagnostics.Error(DiagnosticKind::kUnknownName, path.span,
                                         "there is no " + std::string(what) + " '" + text + "'");
  if (nearest.found()) {
    report.Help("did you mean '" + nearest.best() + "'?").Fix(path.span, nearest.best());
    return;
  }
  ModuleId offers = world_.scope.FindModuleThatOffers(module, path.Last().id);
  if (offers.IsValid()) {
    report.Help("module '" + world_.symbols.module(offers).name + "' has it: `from " +
                world_.symbols.module(offers).name + " import " +
                std::string(world_.Text(path.Last().id)) + "`");
  } else if (path.IsSimple() && text.size() == 1 && what == "type") {
    report.Help("a type parameter is listed after the function's name: `fn f<" + text + ">(..)`");
  }
}

bool AnnotationReader::CheckCount(const ast::NamedType& type, size_t wanted, Span definition) {
  if (type.arguments.size() == wanted) return true;
  auto report = world_.diagnostics.Error(
      DiagnosticKind::kTypeArgumentCount, type.span,
      "'" + PathText(type.path) + "' takes " + std::to_string(wanted) + " type argument" +
          (wanted == 1 ? "" : "s") + ", not " + std::to_string(type.arguments.size()));
  if (definition.IsValid()) report.Note(definition, "it is defined here");
  return false;
}

Type* AnnotationReader::ReadIterator(AnnotationScope& scope) {
  // The element of `type Iter = ListIterator` is that of the same impl's `type Item`.
  Type* element = nullptr;
  if (scope.impl_interface == world_.known.iterable && scope.impl_interface.IsValid() &&
      scope.impl_assoc != nullptr && !scope.impl_assoc->empty()) {
    element = (*scope.impl_assoc)[0];
  }
  if (element == nullptr) element = world_.store.Var(scope.level);
  return world_.store.Con(world_.known.iter, std::span<Type* const>(&element, 1));
}

Type* AnnotationReader::ReadPath(const ast::NamedType& type, AnnotationScope& scope) {
  TypeStore& store = world_.store;
  const ast::Path& path = type.path;
  std::string_view text = world_.Text(path.segments[0].id);
  if (text.empty()) return store.Error();
  if (path.IsSimple() && !world_.scope.FindType(scope.module, path.segments[0].id).IsValid()) {
    if (scope.implicit_generics && text.size() == 1 && type.arguments.empty()) {
      Type* param = store.Param(path.segments[0].id, static_cast<uint32_t>(scope.generics.size()));
      scope.generics.push_back({path.segments[0].id, param});
      return param;
    }
  }
  resolve::TypeId found = FindType(path, scope.module);
  if (!found.IsValid()) return store.Error();
  const TypeDecl& decl = world_.symbols.type(found);
  if (!world_.InLibrary(scope.module)) {
    WarnDeprecated(world_, decl.deprecated, decl.name, path.span);
  }
  if (decl.kind == TypeDeclKind::kAlias) {
    // `ListIterator` and its like leave the element to inference.
    bool iterator = type.arguments.empty() && decl.generics.size() == 1 &&
                    world_.InLibrary(decl.module) && text.ends_with("Iterator");
    return iterator ? ReadIterator(scope) : ReadAlias(type, found, scope);
  }
  if (store.table().con(decl.con).params == 1 && type.arguments.empty() &&
      decl.con == hir::TyConId(static_cast<uint32_t>(hir::Builtin::kPid))) {
    return store.Pid(store.Any());
  }
  if (!CheckCount(type, store.table().con(decl.con).params, decl.span)) return store.Error();
  ++con_depth_;
  std::vector<Type*> args = ReadAll(type.arguments, scope);
  --con_depth_;
  return store.Con(decl.con, args);
}

Type* AnnotationReader::ReadAlias(const ast::NamedType& type, resolve::TypeId id,
                                  AnnotationScope& scope) {
  const TypeDecl& decl = world_.symbols.type(id);
  if (!CheckCount(type, decl.generics.size(), decl.span)) return world_.store.Error();
  if (std::ranges::find(open_aliases_, id) != open_aliases_.end()) {
    world_.diagnostics
        .Error(DiagnosticKind::kInfiniteType, decl.span,
               "the alias " + world_.Quoted(decl.name) + " refers to itself")
        .Help("define a struct or a sum type; it may contain itself within a list, an option or "
              "a variant");
    return world_.store.Error();
  }
  AnnotationScope inner;
  inner.module = decl.module;
  inner.messages = scope.messages;
  inner.message = scope.message;
  inner.level = scope.level;
  for (size_t i = 0; i < decl.generics.size(); ++i) {
    inner.generics.push_back({decl.generics[i].id, Read(*type.arguments[i], scope)});
  }
  open_aliases_.push_back(id);
  Type* result = Read(*As<ast::AliasItem>(*decl.item).type, inner);
  open_aliases_.pop_back();
  return result;
}

std::span<Type*> AnnotationReader::RigidAssociated(InterfaceId interface, Type* self,
                                                   std::span<Type* const> args) {
  std::vector<Type*> all = {self};
  all.insert(all.end(), args.begin(), args.end());
  std::vector<Type*> assoc;
  for (uint32_t i = 0; i < world_.info(interface).associated.size(); ++i) {
    assoc.push_back(world_.store.Assoc(interface, i, all));
  }
  return world_.store.arena().CopyArray(std::span<Type* const>(assoc));
}

bool AnnotationReader::ReadBound(const ast::Bound& bound, Type* self, AnnotationScope& scope,
                                 Bound& result) {
  InterfaceId interface = FindInterface(bound.path, scope.module);
  if (!interface.IsValid()) return false;
  const InterfaceInfo& info = world_.info(interface);
  size_t wanted = info.params.size() - 1;
  if (bound.arguments.size() != wanted) {
    world_.diagnostics
        .Error(DiagnosticKind::kTypeArgumentCount, bound.span,
               "interface '" + PathText(bound.path) + "' takes " + std::to_string(wanted) +
                   " type argument" + (wanted == 1 ? "" : "s") + ", not " +
                   std::to_string(bound.arguments.size()))
        .Note(world_.symbols.interface(interface).span, "it is defined here");
    return false;
  }
  result.interface = interface;
  result.self = self;
  result.span = bound.span;
  result.args =
      world_.store.arena().CopyArray(std::span<Type* const>(ReadAll(bound.arguments, scope)));
  result.assoc = RigidAssociated(interface, self, result.args);
  for (const ast::AssociatedArgument& argument : bound.associated) {
    auto found = std::ranges::find(info.associated, argument.name.id);
    if (found == info.associated.end()) {
      world_.diagnostics.Error(
          DiagnosticKind::kAssociatedTypeExtra, argument.name.span,
          "interface '" + PathText(bound.path) + "' has no associated type " +
              world_.Quoted(argument.name.id));
      continue;
    }
    result.assoc[static_cast<size_t>(found - info.associated.begin())] =
        Read(*argument.type, scope);
  }
  return true;
}

void AnnotationReader::ReadWhere(ast::List<ast::WhereClause> where, AnnotationScope& scope,
                                 std::vector<Bound>& bounds) {
  for (const ast::WhereClause& clause : where) {
    Type* self = nullptr;
    for (const AnnotationScope::GenericName& generic : scope.generics) {
      if (generic.name == clause.parameter.id) self = generic.type;
    }
    if (self == nullptr && world_.Text(clause.parameter.id) == "Self") self = scope.self;
    if (self == nullptr) {
      world_.diagnostics
          .Error(DiagnosticKind::kUnknownName, clause.parameter.span,
                 "there is no type parameter " + world_.Quoted(clause.parameter.id))
          .Help("list it after the name: `<" + std::string(world_.Text(clause.parameter.id)) +
                ">`");
      continue;
    }
    for (const ast::Bound& written : clause.bounds) {
      Bound bound;
      if (ReadBound(written, self, scope, bound)) bounds.push_back(bound);
    }
  }
}

}  // namespace snow::types
