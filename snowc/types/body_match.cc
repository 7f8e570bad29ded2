// `case`, guards, struct literals and updates.
#include <algorithm>

#include "snowc/resolve/suggest.h"
#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::DynAs;
using hir::ExprKind;

Value BodyChecker::InferCase(const ast::CaseExpr& expr, Type* expected, Use use) {
  Value subject = Infer(*expr.subject, nullptr);
  hir::Match* match = arena().New<hir::Match>();
  std::vector<hir::Arm> arms;
  Join join = OpenJoin(expected, use);
  for (const ast::Arm& arm : expr.arms) {
    size_t mark = OpenScope();
    std::vector<Binding> bindings;
    bindings_ = &bindings;
    hir::Arm out;
    out.patterns = Copy(std::vector<hir::Pattern*>{CheckPattern(*arm.pattern, subject.type)});
    DeclareBindings();
    if (arm.guard != nullptr) out.guard = CheckGuard(*arm.guard);
    out.body = JoinBranch(join, *arm.body);
    out.span = arm.pattern->span;
    arms.push_back(out);
    CloseScope(mark);
  }
  match->scrutinees = Copy(std::vector<hir::Expr*>{subject.expr});
  match->arms = Copy(arms);
  Value value = Make(ExprKind::kMatch, CloseJoin(join), expr.span);
  value.expr->match = match;
  matches_.push_back({match, MatchSource::kCase, Span{expr.span.file, expr.span.begin, expr.subject->span.end}});
  return value;
}

hir::Expr* BodyChecker::CheckGuard(const ast::Expr& guard) {
  std::string_view saved = std::exchange(frame_->no_self, "a guard");
  hir::Expr* expr =
      Check(guard, store().Bool(), {.kind = Why::kGuard, .span = guard.span, .fn = FnId()});
  frame_->no_self = saved;
  if (!in_library_) inferer_.guards.push_back(expr);
  return expr;
}

// ---------------------------------------------------------------------------------------------
// Structs

void BodyChecker::ReportNoField(const std::string& owner, const std::vector<FieldInfo>& fields,
                                StringId name, Span span, Span definition) {
  resolve::NearestName nearest(Text(name));
  for (const FieldInfo& field : fields) nearest.Consider(Text(field.name));
  auto report = diagnostics().Error(DiagnosticKind::kNoSuchField, span,
                                    owner + " has no field " + Quoted(name));
  if (definition.IsValid()) report.Note(definition, "it is defined here");
  if (nearest.found()) {
    report.Help("did you mean '" + nearest.best() + "'?").Fix(span, nearest.best());
  }
}

// The struct that a path names, with fresh arguments; null after a report.
Type* BodyChecker::FindStruct(const ast::Path& path) {
  resolve::TypeId id = reader_.FindType(path, module_);
  if (!id.IsValid()) return nullptr;
  const resolve::TypeDecl& decl = world().symbols.type(id);
  Type* type = Resolve(TypeOfDecl(id));
  if (type->kind == TypeKind::kError) return nullptr;
  bool is_struct = type->kind == TypeKind::kCon &&
                   world().info(hir::TyConId(type->con)).decl.IsValid() &&
                   world().symbols.type(world().info(hir::TyConId(type->con)).decl).kind ==
                       resolve::TypeDeclKind::kStruct;
  if (!is_struct) {
    diagnostics()
        .Error(DiagnosticKind::kUnknownName, path.span, Quoted(decl.name) + " is no struct")
        .Note(decl.span, "it is defined here");
    return nullptr;
  }
  if (!CheckFieldVisible(type, path.Last())) return nullptr;
  return type;
}

Value BodyChecker::InferStruct(const ast::StructExpr& expr, Type* expected) {
  Type* type = FindStruct(expr.path);
  if (type == nullptr) {
    for (const ast::FieldValue& field : expr.fields) Infer(*field.value, nullptr);
    return ErrorValue(expr.span);
  }
  if (expected != nullptr && store().CouldAgree(type, expected)) {
    store().Unify(type, expected, true);
    solver().Drain();
  }
  const TypeInfo& info = world().info(hir::TyConId(type->con));
  Span definition = world().symbols.type(info.decl).span;
  std::string owner = Quoted(world().symbols.type(info.decl).name);
  std::vector<hir::Expr*> operands(info.fields.size(), nullptr);
  std::vector<Type*> types(info.fields.size());
  for (size_t i = 0; i < info.fields.size(); ++i) types[i] = FieldType(type, info.fields[i]);
  std::vector<size_t> order;
  bool failed = false;
  for (const ast::FieldValue& field : expr.fields) {
    int index = FindField(type, field.name.id);
    if (index < 0) {
      ReportNoField(owner, info.fields, field.name.id, field.name.span, definition);
      Infer(*field.value, nullptr);
      failed = true;
      continue;
    }
    size_t at = static_cast<size_t>(index);
    if (operands[at] != nullptr) {
      diagnostics().Error(DiagnosticKind::kNoSuchField, field.name.span,
                          "field " + Quoted(field.name.id) + " is given twice");
      failed = true;
      continue;
    }
    Why why{.kind = Why::kField, .span = info.fields[at].type_span, .fn = FnId()};
    operands[at] = Check(*field.value, types[at], why);
    order.push_back(at);
  }
  std::string missing;
  for (size_t i = 0; i < operands.size() && !failed; ++i) {
    if (operands[i] != nullptr) continue;
    if (info.fields[i].default_value != nullptr) {
      operands[i] = DefaultField(hir::TyConId(type->con), i, type, types[i], expr.span);
      continue;
    }
    if (!missing.empty()) missing += ", ";
    missing += Quoted(info.fields[i].name);
  }
  if (!missing.empty()) {
    diagnostics()
        .Error(DiagnosticKind::kNoSuchField, expr.path.span, owner + " lacks " + missing)
        .Label("every field without a default is given")
        .Note(definition, "it is defined here");
    failed = true;
  }
  Value value = Make(ExprKind::kStruct, type, expr.span);
  if (failed) {
    value.expr->kind = ExprKind::kUnit;
    return value;
  }
  return FinishCall(value, operands, order, types);
}

hir::Expr* BodyChecker::DefaultField(hir::TyConId con, size_t index, Type* type, Type* field_type,
                                     Span span) {
  FnId fn = inferer_.DefaultOfField(con, index);
  hir::Expr* call = New(ExprKind::kCall, field_type, span);
  call->callee.function = world().IdOf(fn);
  call->callee.type_args = FixAll(Resolve(type)->Args());
  return call;
}

Value BodyChecker::InferUpdate(const ast::UpdateExpr& expr) {
  Value base = Infer(*expr.base, nullptr);
  Type* type = Resolve(base.type);
  if (type->kind == TypeKind::kVar) {
    std::vector<StringId> names;
    for (const ast::FieldValue& field : expr.fields) names.push_back(field.name.id);
    hir::TyConId only = OnlyStructWith(names);
    if (only.IsValid()) Unify(base.type, FreshType(only), expr.base->span, {});
    type = Resolve(base.type);
  }
  bool is_struct = type->kind == TypeKind::kCon &&
                   !world().info(hir::TyConId(type->con)).fields.empty();
  if (!is_struct) {
    if (type->kind != TypeKind::kError) {
      diagnostics()
          .Error(type->kind == TypeKind::kVar ? DiagnosticKind::kAmbiguousType
                                              : DiagnosticKind::kMismatchedTypes,
                 expr.base->span,
                 type->kind == TypeKind::kVar
                     ? "the type of this value must be known to update it"
                     : "expected a struct, found " + world().Print(type))
          .Help("`%{value | field: e}` makes a changed copy of a struct");
    }
    for (const ast::FieldValue& field : expr.fields) Infer(*field.value, nullptr);
    return ErrorValue(expr.span);
  }
  const TypeInfo& info = world().info(hir::TyConId(type->con));
  std::vector<hir::Expr*> operands = {base.expr};
  std::vector<uint32_t> fields;
  for (const ast::FieldValue& field : expr.fields) {
    int index = FindField(type, field.name.id);
    if (index < 0) {
      ReportNoField(world().Print(type), info.fields, field.name.id, field.name.span,
                    world().symbols.type(info.decl).span);
      Infer(*field.value, nullptr);
      continue;
    }
    uint32_t at = static_cast<uint32_t>(index);
    if (std::ranges::find(fields, at) != fields.end()) {
      diagnostics().Error(DiagnosticKind::kNoSuchField, field.name.span,
                          "field " + Quoted(field.name.id) + " is given twice");
      continue;
    }
    if (fields.empty() && !CheckFieldVisible(type, field.name)) return ErrorValue(expr.span);
    Why why{.kind = Why::kField, .span = info.fields[at].type_span, .fn = FnId()};
    operands.push_back(Check(*field.value, FieldType(type, info.fields[at]), why));
    fields.push_back(at);
  }
  Value value = Make(ExprKind::kUpdate, base.type, expr.span);
  SetOperands(value.expr, operands);
  value.expr->fields = Copy(fields);
  return value;
}

}  // namespace snow::types
