#include "snowc/derive/hir_builder.h"

#include <utility>

namespace snow::derive {

using hir::ExprKind;
using hir::PatternKind;

HirBuilder::HirBuilder(hir::Program* program, std::string name) : program_(program) {
  function_.qualified_name = std::move(name);
  // Derived code belongs to the library: it has no places of its own.
  function_.module = static_cast<uint32_t>(program->modules.size());
  for (uint32_t i = 0; i < program->modules.size(); ++i) {
    if (program->modules[i].package == "std") {
      function_.module = i;
      break;
    }
  }
}

LocalId HirBuilder::AddLocal(TypeId type) {
  hir::Local& local = function_.locals.emplace_back();
  local.type = type;
  return LocalId(function_.locals.size() - 1);
}

LocalId HirBuilder::AddParam(TypeId type) {
  LocalId local = AddLocal(type);
  function_.params.push_back(local);
  return local;
}

hir::FunctionId HirBuilder::Finish(TypeId result, Expr* body) {
  function_.result = result;
  function_.body = body;
  return program_->AddFunction(std::move(function_));
}

Expr* HirBuilder::New(ExprKind kind, TypeId type) {
  Expr* expr = program_->arena->New<Expr>();
  expr->kind = kind;
  expr->type = type;
  return expr;
}

Pattern* HirBuilder::NewPattern(PatternKind kind, TypeId type) {
  Pattern* pattern = program_->arena->New<Pattern>();
  pattern->kind = kind;
  pattern->type = type;
  return pattern;
}

Expr* HirBuilder::Int(int64_t value) {
  Expr* expr = New(ExprKind::kInt, integer());
  expr->int_value = value;
  return expr;
}

Expr* HirBuilder::Bool(bool value) {
  Expr* expr = New(ExprKind::kBool, boolean());
  expr->int_value = value;
  return expr;
}

Expr* HirBuilder::String(std::string_view text) {
  Expr* expr = New(ExprKind::kString, string());
  expr->text = Copy(text);
  return expr;
}

Expr* HirBuilder::Unit() { return New(ExprKind::kUnit, unit()); }

Expr* HirBuilder::Local(LocalId local) {
  Expr* expr = New(ExprKind::kLocal, TypeOf(local));
  expr->local = local;
  return expr;
}

Expr* HirBuilder::Call(hir::FunctionId function, std::vector<TypeId> type_args,
                       std::vector<Expr*> args, TypeId result) {
  Expr* expr = New(ExprKind::kCall, result);
  expr->callee.kind = hir::CalleeKind::kFunction;
  expr->callee.function = function;
  expr->callee.type_args = Copy(type_args);
  expr->operands = Copy(args);
  return expr;
}

Expr* HirBuilder::CallMethod(hir::InterfaceId interface, uint32_t method, TypeId self,
                             std::vector<Expr*> args, TypeId result) {
  Expr* expr = New(ExprKind::kCall, result);
  expr->callee.kind = hir::CalleeKind::kMethod;
  expr->callee.interface = interface;
  expr->callee.method = method;
  expr->callee.type_args = Copy(std::vector<TypeId>{self});
  expr->operands = Copy(args);
  return expr;
}

Expr* HirBuilder::FunctionValue(hir::FunctionId function, TypeId type) {
  Expr* expr = New(ExprKind::kFunctionValue, type);
  expr->callee.kind = hir::CalleeKind::kFunction;
  expr->callee.function = function;
  return expr;
}

Expr* HirBuilder::If(Expr* condition, Expr* yes, Expr* no) {
  Expr* expr = New(ExprKind::kIf, yes->type);
  expr->operands = Copy(std::vector<Expr*>{condition, yes, no});
  return expr;
}

Expr* HirBuilder::And(Expr* a, Expr* b) {
  Expr* expr = New(ExprKind::kAnd, boolean());
  expr->operands = Copy(std::vector<Expr*>{a, b});
  return expr;
}

Expr* HirBuilder::Block(std::vector<Expr*> statements) {
  Expr* expr = New(ExprKind::kBlock, statements.back()->type);
  expr->operands = Copy(statements);
  return expr;
}

Expr* HirBuilder::Let(LocalId local, Expr* value) {
  Expr* expr = New(ExprKind::kLet, unit());
  expr->pattern = Bind(local);
  expr->operands = Copy(std::vector<Expr*>{value});
  return expr;
}

Expr* HirBuilder::Field(Expr* value, uint32_t index, TypeId type, bool is_tuple) {
  Expr* expr = New(is_tuple ? ExprKind::kTupleGet : ExprKind::kFieldGet, type);
  expr->index = index;
  expr->operands = Copy(std::vector<Expr*>{value});
  return expr;
}

Expr* HirBuilder::MakeStruct(TypeId type, std::vector<Expr*> fields) {
  bool is_tuple = types().Get(type).kind == hir::TypeKind::kTuple;
  Expr* expr = New(is_tuple ? ExprKind::kTuple : ExprKind::kStruct, type);
  expr->operands = Copy(fields);
  return expr;
}

Expr* HirBuilder::MakeVariant(TypeId type, uint32_t variant, std::vector<Expr*> fields) {
  Expr* expr = New(ExprKind::kVariant, type);
  expr->index = variant;
  expr->operands = Copy(fields);
  return expr;
}

Expr* HirBuilder::MakeList(TypeId type, std::vector<Expr*> elements) {
  Expr* expr = New(ExprKind::kList, type);
  expr->operands = Copy(elements);
  return expr;
}

Expr* HirBuilder::Interpolate(std::vector<Expr*> parts) {
  Expr* expr = New(ExprKind::kInterpolate, string());
  expr->operands = Copy(parts);
  return expr;
}

Expr* HirBuilder::Try(Expr* result, TypeId type) {
  Expr* expr = New(ExprKind::kTry, type);
  expr->operands = Copy(std::vector<Expr*>{result});
  expr->try_info = program_->arena->New<hir::TryInfo>();
  return expr;
}

Expr* HirBuilder::Match(std::vector<Expr*> scrutinees, std::vector<ArmSpec> arms, TypeId type) {
  Expr* expr = New(ExprKind::kMatch, type);
  hir::Match* match = program_->arena->New<hir::Match>();
  match->scrutinees = Copy(scrutinees);
  std::vector<hir::Arm> made;
  for (const ArmSpec& spec : arms) {
    hir::Arm& arm = made.emplace_back();
    arm.patterns = Copy(spec.patterns);
    arm.body = spec.body;
  }
  match->arms = Copy(made);
  expr->match = match;
  return expr;
}

Pattern* HirBuilder::Wildcard(TypeId type) { return NewPattern(PatternKind::kWildcard, type); }

Pattern* HirBuilder::Bind(LocalId local) {
  Pattern* pattern = NewPattern(PatternKind::kBind, TypeOf(local));
  pattern->local = local;
  return pattern;
}

Pattern* HirBuilder::VariantPattern(TypeId type, uint32_t variant, std::vector<Pattern*> fields) {
  Pattern* pattern = NewPattern(PatternKind::kVariant, type);
  pattern->variant = variant;
  pattern->subs = Copy(fields);
  return pattern;
}

Pattern* HirBuilder::StringPattern(std::string_view text) {
  Pattern* pattern = NewPattern(PatternKind::kString, string());
  pattern->text = Copy(text);
  return pattern;
}

Pattern* HirBuilder::ListPattern(TypeId type, std::vector<Pattern*> elements) {
  Pattern* pattern = NewPattern(PatternKind::kList, type);
  pattern->subs = Copy(elements);
  return pattern;
}

}  // namespace snow::derive
