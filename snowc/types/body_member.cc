// What stands after a dot of a value: fields and methods; and `e[i]`.
#include <algorithm>

#include "snowc/resolve/suggest.h"
#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::DynAs;
using hir::ExprKind;
using resolve::FnKind;

Value BodyChecker::Defer(UseConstraint::What what, Value object, const ast::Name& name, Type* var,
                         Span span, UseConstraint** made) {
  UseConstraint& use = *uses_.emplace_back(std::make_unique<UseConstraint>());
  use.kind = ConstraintKind::kUse;
  use.owner = this;
  use.span = span;
  use.what = what;
  use.object = object;
  use.name = name;
  use.result = NewVar();
  use.node = New(ExprKind::kBlock, use.result, span);
  use.frame = frame_;
  use.code = code_;
  use.givens = givens_;
  store().WaitFor(Resolve(var), &use);
  solver().AddPending(&use);
  *made = &use;
  return {use.node, use.result};
}

// Completes the node of a use that was deferred.
void BodyChecker::Complete(UseConstraint& use, Value value) {
  SetOperands(use.node, {value.expr});
  if (TypeStore::Is(value.type, hir::Builtin::kNever)) return;
  Unify(value.type, use.result, use.span, {});
}

bool BodyChecker::Retry(Constraint& constraint) {
  auto& use = static_cast<UseConstraint&>(constraint);
  Frame* frame = std::exchange(frame_, use.frame);
  Code* code = std::exchange(code_, use.code);
  const Givens* givens = std::exchange(givens_, use.givens);
  bool done = RetryUse(use, /*last=*/false);
  frame_ = frame;
  code_ = code;
  givens_ = givens;
  use.done = use.done || done;
  return use.done;
}

void BodyChecker::Settle(Constraint& constraint) {
  auto& use = static_cast<UseConstraint&>(constraint);
  Frame* frame = std::exchange(frame_, use.frame);
  Code* code = std::exchange(code_, use.code);
  const Givens* givens = std::exchange(givens_, use.givens);
  if (!RetryUse(use, /*last=*/true)) ReportUnsettled(use);
  use.done = true;
  frame_ = frame;
  code_ = code;
  givens_ = givens;
  solver().Drain();
}

void BodyChecker::ReportUnsettled(UseConstraint& use) {
  store().Unify(use.result, store().Error());
  std::string what;
  switch (use.what) {
    case UseConstraint::kField:
      what = "the field " + Quoted(use.name.id);
      break;
    case UseConstraint::kMethod:
      what = "the method " + Quoted(use.name.id);
      break;
    case UseConstraint::kIndex:
      what = "an index";
      break;
    case UseConstraint::kFor:
      what = "what `for` walks over";
      break;
    case UseConstraint::kTry:
      what = "'?'";
      break;
  }
  diagnostics()
      .Error(DiagnosticKind::kAmbiguousType, use.object.expr->span,
             "the type of this value must be known for " + what)
      .Label("its type is not known here")
      .Help("annotate the parameter or variable that it comes from: `name :: Type`");
}

bool BodyChecker::RetryUse(UseConstraint& use, bool last) {
  if (use.done) return true;
  switch (use.what) {
    case UseConstraint::kTry:
      return RetryTry(use, last);
    case UseConstraint::kFor:
      return RetryFor(use, last);
    default:
      break;
  }
  Type* type = Resolve(use.object.type);
  if (type->kind == TypeKind::kVar) {
    if (!last) {
      store().WaitFor(type, &use);
      return false;
    }
    if (use.what == UseConstraint::kIndex) return false;
    if (use.what == UseConstraint::kField && !SettleField(use)) return false;
    if (use.what == UseConstraint::kMethod) return SettleMethod(use);
  }
  // Whatever comes of it, this use has been dealt with; what it needs may come back to it.
  use.done = true;
  switch (use.what) {
    case UseConstraint::kField:
      Complete(use, FieldOf(use.object, use.name, use.span));
      break;
    case UseConstraint::kMethod:
      Complete(use, CallMember(use.object, use.name, std::move(use.args), use.span, nullptr));
      break;
    default:
      Complete(use, IndexOf(use.object, use.index, use.span));
      break;
  }
  return true;
}

// ---------------------------------------------------------------------------------------------
// Fields

Value BodyChecker::InferField(const ast::FieldExpr& expr, Type* expected) {
  Entity entity = FindEntity(*expr.object);
  if (!entity.IsEmpty()) {
    Target target = FindMemberTarget(entity, expr.name, expected);
    return TargetValue(target, expr.span, expected);
  }
  if (IsUnknownEntity(*expr.object)) return ErrorValue(expr.span);
  return FieldOf(Infer(*expr.object, nullptr), expr.name, expr.span);
}

int BodyChecker::FindField(Type* type, StringId name) const {
  type = Resolve(type);
  if (type->kind != TypeKind::kCon) return -1;
  const std::vector<FieldInfo>& fields = world().info(hir::TyConId(type->con)).fields;
  auto found = std::ranges::find(fields, name, &FieldInfo::name);
  return found == fields.end() ? -1 : static_cast<int>(found - fields.begin());
}

Type* BodyChecker::FieldType(Type* type, const FieldInfo& field) {
  type = Resolve(type);
  const TypeInfo& info = world().info(hir::TyConId(type->con));
  if (info.params.empty()) return field.type;
  for (size_t i = 0; i < info.params.size(); ++i) info.params[i]->link = type->args[i];
  Type* result = store().Substitute(field.type, solver());
  for (Type* param : info.params) param->link = nullptr;
  return result;
}

bool BodyChecker::CheckFieldVisible(Type* type, const ast::Name& name) {
  const TypeInfo& info = world().info(hir::TyConId(Resolve(type)->con));
  const resolve::TypeDecl& decl = world().symbols.type(info.decl);
  if (!decl.is_opaque || world().scope.IsVisible(module_, decl.module, false)) return true;
  diagnostics()
      .Error(DiagnosticKind::kPrivateName, name.span,
             "the fields of " + Quoted(decl.name) + " are seen in its own module only")
      .Note(decl.span, "it is opaque")
      .Help("use the functions that its module offers");
  return false;
}

Value BodyChecker::FieldOf(Value object, const ast::Name& name, Span span) {
  Type* type = Resolve(object.type);
  if (type->kind == TypeKind::kVar) {
    UseConstraint* use = nullptr;
    return Defer(UseConstraint::kField, object, name, type, span, &use);
  }
  if (type->kind == TypeKind::kError || TypeStore::Is(type, hir::Builtin::kNever)) {
    return ErrorValue(span);
  }
  int index = FindField(type, name.id);
  if (index < 0) {
    ReportNoMember(type, name, /*is_call=*/false);
    return ErrorValue(span);
  }
  if (!CheckFieldVisible(type, name)) return ErrorValue(span);
  return GetField(object, index, span);
}

Value BodyChecker::GetField(Value object, int index, Span span) {
  const TypeInfo& info = world().info(hir::TyConId(Resolve(object.type)->con));
  const FieldInfo& field = info.fields[static_cast<size_t>(index)];
  Value value = Make(ExprKind::kFieldGet, FieldType(object.type, field), span);
  value.expr->index = static_cast<uint32_t>(index);
  SetOperands(value.expr, {object.expr});
  return value;
}

void BodyChecker::ReportNoMember(Type* type, const ast::Name& name, bool is_call) {
  type = Resolve(type);
  resolve::NearestName nearest(Text(name.id));
  bool has_fields = false;
  bool is_method = false;
  if (type->kind == TypeKind::kCon) {
    for (const FieldInfo& field : world().info(hir::TyConId(type->con)).fields) {
      nearest.Consider(Text(field.name));
      has_fields = true;
    }
  }
  for (StringId method : solver().MethodNames(type, givens_)) {
    is_method = is_method || method == name.id;
    nearest.Consider(Text(method));
  }
  auto report = diagnostics().Error(
      is_call ? DiagnosticKind::kNoSuchMethod : DiagnosticKind::kNoSuchField, name.span,
      world().Print(type) + " has no " + (is_call ? "method " : "field ") + Quoted(name.id));
  if (is_method && !is_call) {
    report.Help("it is a method: call it, `." + std::string(Text(name.id)) + "()`");
  } else if (nearest.found()) {
    report.Help("did you mean '" + nearest.best() + "'?").Fix(name.span, nearest.best());
  } else if (type->kind == TypeKind::kParam) {
    report.Help("a bound tells what a type parameter offers: `where " + world().Print(type) +
                ": Interface`");
  } else if (!has_fields && !is_call) {
    report.Label("this type has no fields");
  }
}

// The only struct in scope that has the field decides; false when there is none or several.
bool BodyChecker::SettleField(UseConstraint& use) {
  hir::TyConId found = OnlyStructWith({&use.name.id, 1});
  if (!found.IsValid()) return false;
  Unify(use.object.type, FreshType(found), use.span, {});
  return true;
}

hir::TyConId BodyChecker::OnlyStructWith(std::span<const StringId> names) {
  std::vector<hir::TyConId> found;
  auto consider = [&](resolve::TypeId id) {
    const resolve::TypeDecl& decl = world().symbols.type(id);
    if (decl.kind != resolve::TypeDeclKind::kStruct) return;
    if (!world().scope.IsVisible(module_, decl)) return;
    if (decl.is_opaque && !world().scope.IsVisible(module_, decl.module, false)) return;
    for (StringId name : names) {
      const std::vector<FieldInfo>& fields = world().info(decl.con).fields;
      if (std::ranges::find(fields, name, &FieldInfo::name) == fields.end()) return;
    }
    if (std::ranges::find(found, decl.con) == found.end()) found.push_back(decl.con);
  };
  for (ModuleId m = module_; m.IsValid(); m = world().symbols.module(m).parent) {
    const resolve::Module& module = world().symbols.module(m);
    for (const auto& entry : module.types.entries()) consider(entry.value);
    for (const resolve::Import& import : module.imports) {
      if (!import.target.IsValid() || world().InLibrary(import.target)) continue;
      const resolve::Module& target = world().symbols.module(import.target);
      for (const auto& entry : target.types.entries()) {
        if (!import.is_member || entry.key == import.name) consider(entry.value);
      }
    }
  }
  return found.size() == 1 ? found[0] : hir::TyConId();
}

// ---------------------------------------------------------------------------------------------
// Methods

// The function of the library's module of the type, if its first parameter may be the value.
Target BodyChecker::FindLibraryMethod(Type* type, StringId name) {
  Target target;
  std::string_view module_name;
  if (type->kind == TypeKind::kTuple) {
    module_name = "Tuple";
  } else if (type->kind == TypeKind::kCon) {
    const hir::TyCon& con = world().program.types.con(hir::TyConId(type->con));
    const TypeInfo& info = world().info(hir::TyConId(type->con));
    if (info.decl.IsValid() && !IsLibraryType(info.decl)) return target;
    module_name = con.name.IsValid() ? Text(con.name) : std::string_view(con.qualified_name);
  } else {
    return target;
  }
  ModuleId module = world().scope.LibraryModule(module_name);
  if (!module.IsValid()) return target;
  const FnId* found = world().symbols.module(module).functions.Find(name);
  if (found == nullptr) {
    if (module_name == "Tuple" &&
        (Text(name) == "first" || Text(name) == "second" || Text(name) == "nth" ||
         Text(name) == "size")) {
      target.kind = Target::kTuple;
      target.name = name;
    }
    return target;
  }
  const resolve::FnDecl& decl = world().decl(*found);
  if (!world().scope.IsVisible(module_, decl) || decl.kind == FnKind::kConst) return target;
  inferer_.declarer.Declare(*found);
  std::span<Type* const> params = world().state(*found).signature.type->Params();
  if (params.empty()) return target;
  Type* first = Resolve(params[0]);
  bool fits = first->kind == TypeKind::kParam || first->kind == TypeKind::kVar ||
              (first->kind == type->kind && first->con == type->con);
  if (!fits) return target;
  target.kind = Target::kFunction;
  target.fn = *found;
  return target;
}

Target BodyChecker::FindMethod(Type* type, const ast::Name& name) {
  Target target;
  for (FnId fn : solver().OwnFunctions(type, name.id)) {
    const ast::FnDecl& head = *world().decl(fn).clauses[0];
    if (head.params.empty() || !head.params[0].is_self) continue;
    target.kind = CheckVisible(world().decl(fn), name) ? Target::kFunction : Target::kError;
    target.fn = fn;
    target.self = type;
    return target;
  }
  bool ambiguous = false;
  InterfaceMethod found = PickInterfaceMethod(type, name, /*needs_self=*/true, ambiguous);
  if (ambiguous) {
    target.kind = Target::kError;
    return target;
  }
  if (found.interface.IsValid()) {
    target.kind = Target::kMethod;
    target.fn = world().info(found.interface).methods[found.method].fn;
    target.self = type;
    return target;
  }
  return FindLibraryMethod(type, name.id);
}

Value BodyChecker::CallMember(Value object, const ast::Name& name, CallArguments args, Span span,
                              Type* expected) {
  Type* type = Resolve(object.type);
  if (type->kind == TypeKind::kVar) {
    InferAll(args);
    // The arguments may have told what the object is.
    type = Resolve(object.type);
  }
  if (type->kind == TypeKind::kVar) {
    UseConstraint* use = nullptr;
    Value value = Defer(UseConstraint::kMethod, object, name, type, span, &use);
    use->args = std::move(args);
    return value;
  }
  if (type->kind == TypeKind::kError || TypeStore::Is(type, hir::Builtin::kNever)) {
    InferAll(args);
    return ErrorValue(span);
  }
  int field = FindField(type, name.id);
  if (field >= 0) {
    Value value = GetField(object, field, span);
    TypeKind kind = Resolve(value.type)->kind;
    bool callable = kind == TypeKind::kFun || kind == TypeKind::kVar;
    if (callable) {
      if (!CheckFieldVisible(type, name)) return ErrorValue(span);
      return CallValue(value, std::move(args), span, expected);
    }
  }
  Target target = FindMethod(type, name);
  if (target.kind == Target::kNone) {
    InferAll(args);
    ReportNoMember(type, name, /*is_call=*/true);
    return ErrorValue(span);
  }
  args.positional.insert(args.positional.begin(), {.ast = nullptr,
                                                   .value = object,
                                                   .keyword = {},
                                                   .span = object.expr->span});
  return CallTarget(target, std::move(args), span, expected);
}

// A method of the only interface in scope that has it becomes a bound.
bool BodyChecker::SettleMethod(UseConstraint& use) {
  std::vector<InterfaceMethod> found;
  bool found_in_library = true;
  for (InterfaceMethod candidate : solver().InterfacesWith(use.name.id)) {
    const MethodInfo& method = world().info(candidate.interface).methods[candidate.method];
    const resolve::InterfaceDecl& decl = world().symbols.interface(candidate.interface);
    if (!method.has_self) continue;
    if (world().scope.FindInterface(module_, decl.name) != candidate.interface) continue;
    bool in_library = world().InLibrary(decl.module);
    if (!in_library && found_in_library) {
      found.clear();
      found_in_library = false;
    }
    if (in_library == found_in_library) found.push_back(candidate);
  }
  if (found.size() != 1) return false;
  use.done = true;
  Target target;
  target.kind = Target::kMethod;
  target.fn = world().info(found[0].interface).methods[found[0].method].fn;
  target.self = use.object.type;
  CallArguments args = std::move(use.args);
  args.positional.insert(args.positional.begin(), {.ast = nullptr,
                                                   .value = use.object,
                                                   .keyword = {},
                                                   .span = use.object.expr->span});
  Complete(use, CallTarget(target, std::move(args), use.span, nullptr));
  return true;
}

// ---------------------------------------------------------------------------------------------
// Index

Value BodyChecker::InferIndex(const ast::IndexExpr& expr) {
  Value object = Infer(*expr.object, nullptr);
  return IndexOf(object, Infer(*expr.index, nullptr), expr.span);
}

Value BodyChecker::IndexOf(Value object, Value index, Span span) {
  Type* type = Resolve(object.type);
  if (type->kind == TypeKind::kVar) {
    UseConstraint* use = nullptr;
    Value value = Defer(UseConstraint::kIndex, object, {}, type, span, &use);
    use->index = index;
    return value;
  }
  if (TypeStore::IsCon(type, known().list)) {
    CheckValue(index, store().Int(), {.kind = Why::kIndex, .span = {}, .fn = {}});
    return CallLibrary("List", "get", {object, index}, span);
  }
  if (TypeStore::IsCon(type, known().map)) {
    CheckValue(index, type->args[0], {.kind = Why::kIndex, .span = {}, .fn = {}});
    return CallLibrary("Map", "get", {object, index}, span);
  }
  if (type->kind != TypeKind::kError) {
    diagnostics()
        .Error(DiagnosticKind::kMismatchedTypes, object.expr->span,
               "expected a List or a Map, found " + world().Print(type))
        .Label("only these can be indexed");
  }
  return ErrorValue(span);
}

// ---------------------------------------------------------------------------------------------
// Tuples

Value BodyChecker::CallTuple(StringId name, CallArguments& args, Span span) {
  std::string_view text = Text(name);
  InferAll(args);
  size_t wanted = text == "nth" ? 2 : 1;
  if (args.positional.size() != wanted || !args.keywords.empty() || args.trailing) {
    diagnostics().Error(DiagnosticKind::kArgumentCount, span,
                        "'Tuple." + std::string(text) + "' takes " +
                            (wanted == 1 ? "1 argument" : "2 arguments"));
    return ErrorValue(span);
  }
  Value object = args.positional[0].value;
  Type* type = Resolve(object.type);
  if (type->kind == TypeKind::kError) return ErrorValue(span);
  if (type->kind != TypeKind::kTuple) {
    diagnostics()
        .Error(type->kind == TypeKind::kVar ? DiagnosticKind::kAmbiguousType
                                            : DiagnosticKind::kMismatchedTypes,
               object.expr->span,
               type->kind == TypeKind::kVar ? "the tuple's type is not known here"
                                            : "expected a tuple, found " + world().Print(type))
        .Help("annotate what it comes from, or take it apart by a pattern: `let (a, b) = ..`");
    return ErrorValue(span);
  }
  if (text == "size") {
    Value block = Make(ExprKind::kBlock, store().Int(), span);
    SetOperands(block.expr, {object.expr, IntValue(type->arg_count, span).expr});
    return block;
  }
  int64_t index = text == "second" ? 1 : 0;
  if (text == "nth") {
    hir::Expr* number = args.positional[1].value.expr;
    CheckValue(args.positional[1].value, store().Int(), {.kind = Why::kIndex, .span = {}, .fn = {}});
    if (number->kind != ExprKind::kInt) return TupleAt(object, args.positional[1].value, span);
    index = number->int_value;
  }
  if (index < 0 || index >= type->arg_count) {
    diagnostics().Error(DiagnosticKind::kMismatchedTypes, span,
                        "a tuple of " + std::to_string(type->arg_count) + " has no element " +
                            std::to_string(index));
    return ErrorValue(span);
  }
  Value value = Make(ExprKind::kTupleGet, type->args[index], span);
  value.expr->index = static_cast<uint32_t>(index);
  SetOperands(value.expr, {object.expr});
  return value;
}

// `Tuple.nth(t, i)` where i is computed: all elements have one type, so the tuple is a list.
Value BodyChecker::TupleAt(Value object, Value index, Span span) {
  Type* type = Resolve(object.type);
  Type* element = type->args[0];
  for (Type* other : type->Args()) {
    Unify(other, element, span, {.kind = Why::kElement, .span = object.expr->span, .fn = {}});
  }
  hir::LocalId local = NewLocal(StringId(), type, span);
  hir::Expr* bind = BindTemporary(local, object, span);
  std::vector<hir::Expr*> elements;
  for (uint32_t i = 0; i < type->arg_count; ++i) {
    hir::Expr* get = New(ExprKind::kTupleGet, element, span);
    get->index = i;
    SetOperands(get, {LocalValue(local, type, span).expr});
    elements.push_back(get);
  }
  Value list = Make(ExprKind::kList, store().Con(known().list, {&element, 1}), span);
  SetOperands(list.expr, elements);
  Value got = CallLibrary("List", "get", {list, index}, span);
  Value block = Make(ExprKind::kBlock, element, span);
  SetOperands(block.expr, {bind, got.expr});
  return block;
}

}  // namespace snow::types
