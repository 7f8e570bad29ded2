// Names and paths: what they mean as values and as callees (chapter 2, section 4).
#include <algorithm>

#include "snowc/resolve/suggest.h"
#include "snowc/types/attributes.h"
#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::DynAs;
using hir::ExprKind;
using resolve::FnDecl;
using resolve::FnKind;
using resolve::TypeDecl;
using resolve::TypeDeclKind;

Value BodyChecker::InferName(const ast::NameExpr& expr, Type* expected) {
  if (Local* local = FindLocal(expr.name.id)) return LocalUse(*local, expr.span);
  Target target = FindNameTarget(expr.name, expected);
  if (target.kind == Target::kNone) {
    ReportUnknownName(expr.name);
    return ErrorValue(expr.span);
  }
  return TargetValue(target, expr.span, expected);
}

Value BodyChecker::LocalUse(Local& local, Span span) {
  if (local.scheme == nullptr && !local.is_poly) return LocalValue(local.id, local.type, span);
  if (local.scheme == nullptr) {
    Value value = Make(ExprKind::kPolyLocal, local.type, span);
    value.expr->local = local.id;
    local.own_uses->push_back(value.expr);
    return value;
  }
  const Signature& scheme = *local.scheme;
  hir::LocalId id = local.id;
  bool is_poly = local.is_poly;
  Instance instance = inferer_.Instantiate(scheme, givens_, span, {});
  if (!is_poly) return LocalValue(id, instance.type, span);
  Value value = Make(ExprKind::kPolyLocal, instance.type, span);
  value.expr->local = id;
  value.expr->type_args = FixAll(instance.args);
  return value;
}

Target BodyChecker::FindNameTarget(const ast::Name& name, Type* expected) {
  Target target;
  resolve::Scope& scope = world().scope;
  if (IsUpper(Text(name.id))) {
    return PickVariant(scope.FindVariants(module_, name.id), expected, name);
  }
  auto function = [&](FnId fn) {
    target.kind = Target::kFunction;
    target.fn = fn;
    return target;
  };
  auto method = [&](bool of_library) {
    for (InterfaceMethod found : solver().InterfacesWith(name.id)) {
      const resolve::InterfaceDecl& decl = world().symbols.interface(found.interface);
      if (world().InLibrary(decl.module) != of_library) continue;
      if (!of_library && scope.FindInterface(module_, decl.name) != found.interface) continue;
      target.kind = Target::kMethod;
      target.fn = world().info(found.interface).methods[found.method].fn;
      return true;
    }
    return false;
  };
  if (FnId fn = scope.FindOwnFunction(module_, name.id); fn.IsValid()) return function(fn);
  if (ServiceFunction(name.id, target)) return target;
  if (method(/*of_library=*/false)) return target;
  if (FnId fn = scope.FindPreludeFunction(name.id); fn.IsValid()) return function(fn);
  if (method(/*of_library=*/true)) return target;
  if (FnId fn = scope.FindFlatFunction(name.id); fn.IsValid()) return function(fn);
  return target;
}

// Inside a service its own functions are known by name.
bool BodyChecker::ServiceFunction(StringId name, Target& target) const {
  const FnDecl& decl = world().decl(fn_);
  if (decl.kind != FnKind::kServiceFunction && decl.kind != FnKind::kService &&
      decl.kind != FnKind::kServiceApi) {
    return false;
  }
  for (FnId fn : world().symbols.services[decl.owner].functions) {
    if (world().decl(fn).name != name) continue;
    target.kind = Target::kFunction;
    target.fn = fn;
    return true;
  }
  return false;
}

// A constructor of the expected type, whether its name is in scope or not.
Target BodyChecker::ExpectedVariant(Type* expected, StringId name) {
  Target target;
  if (expected == nullptr) return target;
  Type* type = Resolve(expected);
  if (type->kind == TypeKind::kFun) type = Resolve(type->Result());
  if (type->kind != TypeKind::kCon) return target;
  const TypeInfo& info = world().info(hir::TyConId(type->con));
  for (uint32_t i = 0; i < info.variants.size(); ++i) {
    if (info.variants[i].name != name) continue;
    const TypeDecl& decl = world().symbols.type(info.decl);
    if (!world().scope.IsVisible(module_, decl)) return target;
    if (decl.is_opaque && !world().scope.IsVisible(module_, decl.module, false)) return target;
    target.kind = Target::kVariant;
    target.con = hir::TyConId(type->con);
    target.variant = i;
  }
  return target;
}

Target BodyChecker::PickVariant(const std::vector<resolve::VariantCandidate>& candidates,
                                Type* expected, const ast::Name& name) {
  Target target = ExpectedVariant(expected, name.id);
  if (target.kind != Target::kNone) return target;
  if (candidates.empty()) return target;
  target.kind = Target::kVariant;
  target.con = world().symbols.type(candidates[0].type).con;
  target.variant = candidates[0].variant;
  if (candidates.size() < 2 || candidates[1].level != candidates[0].level) return target;
  std::string choices;
  for (const resolve::VariantCandidate& candidate : candidates) {
    if (candidate.level != candidates[0].level) break;
    if (!choices.empty()) choices += " or ";
    choices += "`" + std::string(Text(world().symbols.type(candidate.type).name)) + "." +
               std::string(Text(name.id)) + "`";
  }
  diagnostics()
      .Error(DiagnosticKind::kAmbiguousType, name.span,
             "several types have a constructor " + Quoted(name.id))
      .Help("say which one is meant: " + choices);
  target.kind = Target::kError;
  return target;
}

Type* BodyChecker::FindTypeParam(StringId name) {
  for (size_t i = type_names_.size(); i-- > 0;) {
    if (type_names_[i].name == name) return type_names_[i].type;
  }
  for (Type* generic : world().state(fn_).signature.generics) {
    if (generic->name == name) return generic;
  }
  return nullptr;
}

BodyChecker::Entity BodyChecker::FindNameEntity(const ast::Name& name) {
  Entity entity;
  resolve::Scope& scope = world().scope;
  if (!IsUpper(Text(name.id))) return entity;
  entity.name = name;
  if (Text(name.id) == "Self") {
    entity.param = inferer_.declarer.ScopeOf(fn_).self;
    return entity;
  }
  entity.param = FindTypeParam(name.id);
  if (entity.param != nullptr) return entity;
  entity.module = scope.FindModule(module_, name.id);
  entity.type = scope.FindType(module_, name.id);
  entity.interface = scope.FindInterface(module_, name.id);
  return entity;
}

// What a module offers of that name before a further dot.
BodyChecker::Entity BodyChecker::FindEntityIn(const Entity& outer, const ast::Name& name) {
  Entity entity;
  entity.name = name;
  if (!outer.module.IsValid()) return entity;
  resolve::Scope& scope = world().scope;
  resolve::Member member = scope.FindMember(outer.module, name.id);
  if (member.module.IsValid() &&
      scope.IsVisible(module_, outer.module, world().symbols.module(member.module).is_pub)) {
    entity.module = member.module;
  }
  if (member.type.IsValid() && scope.IsVisible(module_, world().symbols.type(member.type))) {
    entity.type = member.type;
  }
  if (member.interface.IsValid() &&
      scope.IsVisible(module_, outer.module,
                      world().symbols.interface(member.interface).is_pub)) {
    entity.interface = member.interface;
  }
  return entity;
}

// A module that is imported, by its full path.
ModuleId BodyChecker::FindImportedModule(std::span<const ast::Name> path) {
  ModuleId module = world().scope.FindModuleByPath(module_, path);
  if (!module.IsValid() || world().InLibrary(module)) return module;
  for (ModuleId m = module_; m.IsValid(); m = world().symbols.module(m).parent) {
    for (resolve::Import& import : world().symbols.module(m).imports) {
      if (import.target != module || import.is_member) continue;
      import.used = true;
      return module;
    }
  }
  return ModuleId();
}

BodyChecker::Entity BodyChecker::FindPathEntity(std::span<const ast::Name> path) {
  Entity entity = FindNameEntity(path[0]);
  for (size_t i = 1; i < path.size(); ++i) {
    entity = FindEntityIn(entity, path[i]);
    if (!entity.IsEmpty()) continue;
    entity.module = FindImportedModule(path.subspan(0, i + 1));
  }
  return entity;
}

BodyChecker::Entity BodyChecker::FindEntity(const ast::Expr& expr) {
  if (const auto* name = DynAs<ast::NameExpr>(expr)) {
    return expr.in_parens ? Entity() : FindNameEntity(name->name);
  }
  std::vector<ast::Name> path;
  const ast::Expr* at = &expr;
  while (const auto* field = DynAs<ast::FieldExpr>(*at)) {
    if (!IsUpper(Text(field->name.id)) || at->in_parens) return Entity();
    path.insert(path.begin(), field->name);
    at = field->object;
  }
  const auto* first = DynAs<ast::NameExpr>(*at);
  if (first == nullptr || first->in_parens || !IsUpper(Text(first->name.id))) return Entity();
  path.insert(path.begin(), first->name);
  return FindPathEntity(path);
}

bool BodyChecker::CheckVisible(const FnDecl& decl, const ast::Name& name) {
  if (world().scope.IsVisible(module_, decl)) return true;
  diagnostics()
      .Error(DiagnosticKind::kPrivateName, name.span, Quoted(name.id) + " is private")
      .Label("not visible here")
      .Note(decl.span, "it is defined here")
      .Help("write `pub` before its definition to let other modules use it");
  return false;
}

Target BodyChecker::FindModuleMember(ModuleId module, const ast::Name& name, Type* expected) {
  Target target;
  resolve::Member member = world().scope.FindMember(module, name.id);
  if (member.function.IsValid()) {
    target.kind = CheckVisible(world().decl(member.function), name) ? Target::kFunction
                                                                    : Target::kError;
    target.fn = member.function;
    return target;
  }
  if (member.variants != resolve::VariantRef::kNone) {
    std::vector<resolve::VariantCandidate> candidates;
    for (uint32_t i = member.variants; i != resolve::VariantRef::kNone;
         i = world().symbols.variants[i].next) {
      const resolve::VariantRef& ref = world().symbols.variants[i];
      const TypeDecl& type = world().symbols.type(ref.type);
      if (!world().scope.IsVisible(module_, type)) continue;
      if (type.is_opaque && !world().scope.IsVisible(module_, type.module, false)) continue;
      candidates.push_back({ref.type, ref.variant, 0});
    }
    if (!candidates.empty()) return PickVariant(candidates, expected, name);
    const TypeDecl& type = world().symbols.type(world().symbols.variants[member.variants].type);
    diagnostics()
        .Error(DiagnosticKind::kPrivateName, name.span, Quoted(name.id) + " is private")
        .Note(type.span, "its type is defined here");
    target.kind = Target::kError;
  }
  if (target.kind == Target::kNone && module == world().scope.LibraryModule("Tuple")) {
    std::string_view text = Text(name.id);
    if (text == "first" || text == "second" || text == "nth" || text == "size") {
      target.kind = Target::kTuple;
      target.name = name.id;
    }
  }
  return target;
}

Type* BodyChecker::FreshType(hir::TyConId con) {
  std::vector<Type*> args(world().program.types.con(con).params);
  for (Type*& arg : args) arg = NewVar();
  return store().Con(con, args);
}

Target BodyChecker::FindInterfaceMember(InterfaceId interface, StringId name, Type* self) {
  Target target;
  for (const MethodInfo& method : world().info(interface).methods) {
    if (method.name != name) continue;
    target.kind = Target::kMethod;
    target.fn = method.fn;
    target.self = self;
  }
  return target;
}

Target BodyChecker::FindTypeMember(Type* self, const ast::Name& name) {
  Target target;
  self = Resolve(self);
  if (self->kind == TypeKind::kCon) {
    hir::TyConId con(self->con);
    const TypeInfo& info = world().info(con);
    if (FindServiceMember(info, name, target)) return target;
    for (uint32_t i = 0; i < info.variants.size(); ++i) {
      if (info.variants[i].name != name.id) continue;
      const TypeDecl& decl = world().symbols.type(info.decl);
      target.kind = Target::kVariant;
      target.con = con;
      target.variant = i;
      target.self = self;
      if (decl.is_opaque && !world().scope.IsVisible(module_, decl.module, false)) {
        diagnostics()
            .Error(DiagnosticKind::kPrivateName, name.span,
                   "the constructors of " + Quoted(decl.name) + " are seen in its module only")
            .Note(decl.span, "it is opaque");
        target.kind = Target::kError;
      }
      return target;
    }
    std::vector<FnId> own = solver().OwnFunctions(self, name.id);
    if (!own.empty()) {
      target.kind =
          CheckVisible(world().decl(own[0]), name) ? Target::kFunction : Target::kError;
      target.fn = own[0];
      target.self = self;
      return target;
    }
    if (SchemaColumn(con, name.id, target)) return target;
  }
  bool ambiguous = false;
  InterfaceMethod found = PickInterfaceMethod(self, name, /*needs_self=*/false, ambiguous);
  if (ambiguous) target.kind = Target::kError;
  if (found.interface.IsValid()) {
    target.kind = Target::kMethod;
    target.fn = world().info(found.interface).methods[found.method].fn;
    target.self = self;
  }
  return target;
}

// A generated function of a service.
bool BodyChecker::FindServiceMember(const TypeInfo& info, const ast::Name& name,
                                    Target& target) const {
  if (!info.decl.IsValid()) return false;
  const TypeDecl& decl = world().symbols.type(info.decl);
  if (decl.kind != TypeDeclKind::kService) return false;
  const ServiceInfo& service = world().services[decl.owner];
  auto consider = [&](FnId fn) {
    if (!fn.IsValid() || world().decl(fn).name != name.id) return;
    target.kind = Target::kFunction;
    target.fn = fn;
  };
  consider(service.start);
  consider(service.start_link);
  consider(service.try_start);
  for (const HandlerInfo& call : service.calls) consider(call.api);
  for (const HandlerInfo& cast : service.casts) consider(cast.api);
  return target.kind != Target::kNone;
}

// `T.__name_col__` of a struct that derives Schema.
bool BodyChecker::SchemaColumn(hir::TyConId con, StringId name, Target& target) {
  std::string_view text = Text(name);
  if (text.size() < 9 || text.substr(0, 2) != "__" || text.substr(text.size() - 6) != "_col__") {
    return false;
  }
  if (!solver().Derives(con, known().schema)) return false;
  std::string_view column = text.substr(2, text.size() - 8);
  for (const FieldInfo& field : world().info(con).fields) {
    if (Text(field.name) != column) continue;
    target.kind = Target::kText;
    target.name = field.name;
    return true;
  }
  return false;
}

// The method of that name of the interfaces that the type implements, the program's first.
InterfaceMethod BodyChecker::PickInterfaceMethod(Type* self, const ast::Name& name,
                                                 bool needs_self, bool& ambiguous) {
  InterfaceMethod picked;
  bool picked_in_library = false;
  InterfaceMethod other;
  for (InterfaceMethod candidate : solver().InterfacesWith(name.id)) {
    const MethodInfo& method = world().info(candidate.interface).methods[candidate.method];
    if (needs_self && !method.has_self) continue;
    bool in_library = world().InLibrary(world().symbols.interface(candidate.interface).module);
    if (picked.interface.IsValid() && !picked_in_library && in_library) continue;
    if (solver().Offers(candidate.interface, self, givens_) == Solver::Answer::kNo) continue;
    if (!picked.interface.IsValid() || (picked_in_library && !in_library)) {
      picked = candidate;
      picked_in_library = in_library;
      other = InterfaceMethod();
    } else {
      other = candidate;
    }
  }
  if (!other.interface.IsValid()) return picked;
  ambiguous = true;
  std::string first(Text(world().symbols.interface(picked.interface).name));
  std::string second(Text(world().symbols.interface(other.interface).name));
  diagnostics()
      .Error(DiagnosticKind::kAmbiguousMethod, name.span,
             Quoted(name.id) + " is a method of '" + first + "' and of '" + second + "'")
      .Label(world().Print(self) + " implements both")
      .Help("say which one is meant: `" + first + "." + std::string(Text(name.id)) + "(..)` or `" +
            second + "." + std::string(Text(name.id)) + "(..)`");
  return InterfaceMethod();
}

Target BodyChecker::FindMemberTarget(const Entity& entity, const ast::Name& name,
                                     Type* expected) {
  Target target;
  if (entity.param != nullptr) {
    target = FindTypeMember(entity.param, name);
    if (target.kind == Target::kNone) ReportNoMember(entity.param, name, true);
    return target;
  }
  auto in_type = [&]() {
    if (!entity.type.IsValid()) return Target();
    return FindTypeMember(TypeOfDecl(entity.type), name);
  };
  // What the program defines comes before the library's module of that name.
  bool type_first = entity.module.IsValid() && entity.type.IsValid() &&
                    world().InLibrary(entity.module) && !IsLibraryType(entity.type);
  if (type_first) target = in_type();
  if (target.kind == Target::kNone && entity.module.IsValid()) {
    target = FindModuleMember(entity.module, name, expected);
  }
  if (target.kind == Target::kNone && !type_first) target = in_type();
  if (target.kind == Target::kNone && entity.interface.IsValid()) {
    target = FindInterfaceMember(entity.interface, name.id, nullptr);
  }
  if (target.kind != Target::kNone) return target;
  ReportNoEntityMember(entity, name);
  target.kind = Target::kError;
  return target;
}

bool BodyChecker::IsLibraryType(resolve::TypeId type) const {
  ModuleId module = world().symbols.type(type).module;
  return !module.IsValid() || world().InLibrary(module);
}

Type* BodyChecker::TypeOfDecl(resolve::TypeId id) {
  const TypeDecl& decl = world().symbols.type(id);
  if (decl.kind != TypeDeclKind::kAlias) return FreshType(decl.con);
  AnnotationScope scope;
  scope.module = decl.module;
  scope.level = solver().level;
  for (const ast::Name& name : decl.generics) scope.generics.push_back({name.id, NewVar()});
  return reader_.Read(*As<ast::AliasItem>(*decl.item).type, scope);
}

void BodyChecker::ReportNoEntityMember(const Entity& entity, const ast::Name& name) {
  resolve::NearestName nearest(Text(name.id));
  std::string owner(Text(entity.name.id));
  if (entity.type.IsValid() && !(entity.module.IsValid() && IsLibraryType(entity.type))) {
    const TypeDecl& decl = world().symbols.type(entity.type);
    const TypeInfo* info = decl.con.IsValid() ? &world().info(decl.con) : nullptr;
    bool is_variant = decl.kind == TypeDeclKind::kSum && IsUpper(Text(name.id));
    if (info != nullptr && is_variant) {
      for (const VariantInfo& variant : info->variants) nearest.Consider(Text(variant.name));
    } else {
      for (StringId method : solver().MethodNames(TypeOfDecl(entity.type), givens_)) {
        nearest.Consider(Text(method));
      }
    }
    auto report = diagnostics().Error(
        is_variant ? DiagnosticKind::kUnknownVariant : DiagnosticKind::kNoSuchMethod, name.span,
        "type '" + owner + "' has no " + (is_variant ? "variant " : "function ") +
            Quoted(name.id));
    report.Note(decl.span, "it is defined here");
    if (nearest.found()) {
      report.Help("did you mean '" + nearest.best() + "'?").Fix(name.span, nearest.best());
    }
    return;
  }
  if (entity.module.IsValid()) {
    const resolve::Module& module = world().symbols.module(entity.module);
    for (const auto& e : module.functions.entries()) {
      if (world().scope.IsVisible(module_, world().decl(e.value))) {
        nearest.Consider(Text(e.key));
      }
    }
    for (const auto& e : module.types.entries()) nearest.Consider(Text(e.key));
    auto report = diagnostics().Error(DiagnosticKind::kNameNotInModule, name.span,
                                      "module '" + owner + "' has no " + Quoted(name.id));
    if (nearest.found()) {
      report.Help("did you mean '" + nearest.best() + "'?").Fix(name.span, nearest.best());
    }
    return;
  }
  const resolve::InterfaceDecl& decl = world().symbols.interface(entity.interface);
  for (const MethodInfo& method : world().info(entity.interface).methods) {
    nearest.Consider(Text(method.name));
  }
  auto report = diagnostics().Error(DiagnosticKind::kNoSuchMethod, name.span,
                                    "interface '" + owner + "' has no method " + Quoted(name.id));
  report.Note(decl.span, "it is defined here");
  if (nearest.found()) {
    report.Help("did you mean '" + nearest.best() + "'?").Fix(name.span, nearest.best());
  }
}

void BodyChecker::ReportUnknownName(const ast::Name& name) {
  std::string_view text = Text(name.id);
  if (text.empty() || IsFailedImport(name.id)) return;
  resolve::NearestName nearest(text);
  for (const Local& local : locals_) nearest.Consider(Text(local.name));
  world().scope.ForEachValueName(module_, [&](std::string_view n) { nearest.Consider(n); });
  auto report = diagnostics().Error(DiagnosticKind::kUnknownName, name.span,
                                    "unknown name " + Quoted(name.id));
  report.Label("not found in this scope");
  ModuleId offers = world().scope.FindModuleThatOffers(module_, name.id);
  if (nearest.found()) {
    report.Help("did you mean '" + nearest.best() + "'?").Fix(name.span, nearest.best());
  } else if (offers.IsValid()) {
    report.Help("module '" + world().symbols.module(offers).name + "' has it: `from " +
                world().symbols.module(offers).name + " import " + std::string(text) + "`");
  }
}

// ---------------------------------------------------------------------------------------------
// Values

Value BodyChecker::TargetValue(const Target& target, Span span, Type* expected) {
  switch (target.kind) {
    case Target::kNone:
    case Target::kError:
      return ErrorValue(span);
    case Target::kText:
    case Target::kTuple: {
      diagnostics()
          .Error(DiagnosticKind::kAmbiguousType, span,
                 Quoted(target.name) + " can only be called, not used as a value")
          .Help("write a closure: `fn x -> .. end`");
      return ErrorValue(span);
    }
    case Target::kVariant:
      return VariantValue(target, span, expected);
    case Target::kFunction:
    case Target::kMethod:
      break;
  }
  inferer_.Ensure(target.fn);
  Instance instance = InstantiateTarget(target, span);
  if (target.kind == Target::kFunction && world().decl(target.fn).kind == FnKind::kConst) {
    Value value = Make(ExprKind::kCall, instance.type->Result(), span);
    SetCallee(value.expr, target.fn, false, instance);
    return value;
  }
  Value value = Make(ExprKind::kFunctionValue, instance.type, span);
  SetCallee(value.expr, target.fn, target.kind == Target::kMethod, instance);
  return value;
}

Instance BodyChecker::InstantiateTarget(const Target& target, Span span) {
  if (!in_library_) {
    const FnDecl& used = world().decl(target.fn);
    WarnDeprecated(world(), used.deprecated, used.name, span);
  }
  const Signature& signature = world().state(target.fn).signature;
  Reason reason;
  reason.name = world().decl(target.fn).name;
  ModuleId home = world().decl(target.fn).module;
  reason.of_library = world().InLibrary(home) && home != world().symbols.prelude;
  bool is_method = target.kind == Target::kMethod;
  for (size_t i = 0; i < signature.generics.size(); ++i) {
    bool is_self = is_method && i == 0 && target.self != nullptr;
    signature.generics[i]->link = is_self ? target.self : inferer_.FreshFor(signature.generics[i]);
  }
  // A function of an impl of a type that is named: its Self is that type.
  const FnDecl& decl = world().decl(target.fn);
  if (!is_method && target.self != nullptr && decl.kind == FnKind::kMethod) {
    Type* self = store().Substitute(world().impls[decl.owner].self, solver());
    store().Unify(self, target.self);
  }
  return inferer_.InstantiateLinked(signature, givens_, span, reason);
}

Value BodyChecker::VariantValue(const Target& target, Span span, Type* expected) {
  const VariantInfo& variant = world().info(target.con).variants[target.variant];
  if (variant.fields.empty()) return CallVariant(target, {}, span, expected);
  std::vector<Type*> fields;
  Type* type = InstantiateVariant(target, fields);
  hir::Closure* closure = arena().New<hir::Closure>();
  std::vector<hir::LocalId> params;
  std::vector<hir::Expr*> operands;
  for (size_t i = 0; i < fields.size(); ++i) {
    params.push_back(NewLocal(variant.fields[i].name, fields[i], span));
    operands.push_back(LocalValue(params.back(), fields[i], span).expr);
  }
  Value made = Make(ExprKind::kVariant, type, span);
  made.expr->index = target.variant;
  SetOperands(made.expr, operands);
  closure->params = Copy(params);
  closure->body = made.expr;
  Type* message = store().MessageVar(solver().level);
  Value value = Make(ExprKind::kClosure, store().Fun(fields, type, message), span);
  value.expr->closure = closure;
  return value;
}

Type* BodyChecker::InstantiateVariant(const Target& target, std::vector<Type*>& fields) {
  const TypeInfo& info = world().info(target.con);
  Type* type = target.self != nullptr ? Resolve(target.self) : FreshType(target.con);
  for (size_t i = 0; i < info.params.size(); ++i) info.params[i]->link = type->args[i];
  for (const FieldInfo& field : info.variants[target.variant].fields) {
    fields.push_back(store().Substitute(field.type, solver()));
  }
  for (Type* param : info.params) param->link = nullptr;
  return type;
}

}  // namespace snow::types
