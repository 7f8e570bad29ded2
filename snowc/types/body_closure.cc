// Closures, and local functions as closures.
#include <algorithm>

#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::DynAs;
using hir::ExprKind;

Value BodyChecker::InferClosure(const ast::ClosureExpr& closure, Type* expected) {
  const ast::ClosureClause& head = closure.clauses[0];
  size_t count = head.params.size();
  for (const ast::ClosureClause& clause : closure.clauses) {
    if (clause.params.size() == count) continue;
    diagnostics()
        .Error(DiagnosticKind::kClauseArity, clause.span,
               "the clauses of a closure differ in arity")
        .Note(head.span, "the first clause has " + std::to_string(count) + " parameters");
    return ErrorValue(closure.span);
  }
  Type* wanted = expected != nullptr ? Resolve(expected) : nullptr;
  bool fits = wanted != nullptr && wanted->kind == TypeKind::kFun &&
              wanted->Params().size() == count;
  AnnotationScope scope = inferer_.declarer.ScopeOf(fn_);
  scope.generics.insert(scope.generics.end(), type_names_.begin(), type_names_.end());
  scope.messages = MessagePolicy::kFresh;
  scope.level = solver().level;
  std::vector<Type*> params;
  for (size_t i = 0; i < count; ++i) {
    Type* type = fits ? wanted->Params()[i] : nullptr;
    if (head.params[i].type != nullptr) {
      Type* written = reader_.Read(*head.params[i].type, scope);
      if (type != nullptr) {
        Why why{.kind = Why::kAnnotation, .span = head.params[i].type->span, .fn = FnId()};
        Unify(type, written, head.params[i].span, why);
      }
      type = written;
    }
    params.push_back(type != nullptr ? type : NewVar());
  }
  Type* result = fits ? wanted->Result() : NewVar();
  // The closure's messages are those of whoever runs it.
  Type* message = store().MessageVar(solver().level);
  if (fits && !TypeStore::Is(wanted->Message(), hir::Builtin::kAny)) message = wanted->Message();
  std::vector<const ast::ClosureClause*> clauses;
  for (const ast::ClosureClause& clause : closure.clauses) clauses.push_back(&clause);
  return ClosureOf<ast::ClosureClause>(clauses, params, result, message, Span(), closure.span,
                                       "closure");
}

Value BodyChecker::ClosureOfClauses(std::span<const ast::FnDecl* const> clauses,
                                    std::span<Type* const> params, Type* result, Type* message,
                                    const ast::Type* written, Span span, std::string_view name) {
  return ClosureOf<ast::FnDecl>(clauses, params, result, message,
                                written != nullptr ? written->span : Span(), span, name);
}

template <typename Clause>
Value BodyChecker::ClosureOf(std::span<Clause const* const> clauses,
                             std::span<Type* const> params, Type* result, Type* message,
                             Span result_span, Span span, std::string_view name) {
  Frame& frame = OpenFrame(result, message, result_span);
  frame.is_closure = true;
  frame.no_self = frame.outer != nullptr ? frame.outer->no_self : std::string_view();
  hir::Closure* closure = arena().New<hir::Closure>();
  std::vector<hir::LocalId> locals;
  size_t mark = OpenScope();
  if (clauses.size() == 1 && clauses[0]->guard == nullptr && IsSimple(clauses[0]->params)) {
    for (size_t i = 0; i < params.size(); ++i) {
      locals.push_back(DeclareParam(clauses[0]->params[i], params[i], false));
    }
    closure->body = FunctionBody(*clauses[0]->body, Use::kValue);
    CloseScope(mark);
  } else {
    hir::Match* match = arena().New<hir::Match>();
    std::vector<hir::Expr*> scrutinees;
    for (size_t i = 0; i < params.size(); ++i) {
      Span place = clauses[0]->params[i].span;
      locals.push_back(NewLocal(StringId(), params[i], place));
      scrutinees.push_back(LocalValue(locals.back(), params[i], place).expr);
    }
    std::vector<hir::Arm> arms;
    for (const Clause* clause : clauses) {
      std::vector<Binding> bindings;
      bindings_ = &bindings;
      std::vector<hir::Pattern*> patterns;
      for (size_t i = 0; i < params.size(); ++i) {
        patterns.push_back(CheckPattern(*clause->params[i].pattern, params[i]));
      }
      DeclareBindings();
      hir::Arm arm;
      arm.patterns = Copy(patterns);
      if (clause->guard != nullptr) arm.guard = CheckGuard(*clause->guard);
      arm.body = FunctionBody(*clause->body, Use::kValue);
      arm.span = clause->span;
      arms.push_back(arm);
      CloseScope(mark);
    }
    match->scrutinees = Copy(scrutinees);
    match->arms = Copy(arms);
    match->function_name =
        arena().CopyString(std::string(name) + "/" + std::to_string(params.size()));
    closure->body = New(ExprKind::kMatch, result, span);
    closure->body->match = match;
    matches_.push_back({match, MatchSource::kClosure, span});
  }
  closure->params = Copy(locals);
  CloseFrame();
  Value value = Make(ExprKind::kClosure, store().Fun(params, result, message), span);
  value.expr->closure = closure;
  return value;
}

// A callback of the library that may take fewer parameters than the library gives. Where an Int is
// wanted (whether to accept, say) another value counts as 0.
hir::Expr* BodyChecker::CheckCallback(Argument& argument, Type* type, const Why& why) {
  Type* wanted = Resolve(type);
  if (wanted->kind != TypeKind::kFun) return CheckArgument(argument, type, why);
  Value value = argument.value;
  if (value.expr == nullptr) value = Infer(*argument.ast, FewerParams(*argument.ast, wanted));
  Type* given = Resolve(value.type);
  if (given->kind != TypeKind::kFun || given->Params().size() > wanted->Params().size()) {
    return CheckValue(value, type, why);
  }
  Span span = value.expr->span;
  hir::LocalId callee = NewLocal(StringId(), given, span);
  hir::Closure* closure = arena().New<hir::Closure>();
  std::vector<hir::LocalId> params;
  std::vector<hir::Expr*> operands = {LocalValue(callee, given, span).expr};
  for (size_t i = 0; i < wanted->Params().size(); ++i) {
    params.push_back(NewLocal(StringId(), wanted->Params()[i], span));
    if (i >= given->Params().size()) continue;
    Unify(given->Params()[i], wanted->Params()[i], span, why);
    operands.push_back(LocalValue(params.back(), wanted->Params()[i], span).expr);
  }
  store().Unify(given->Message(), wanted->Message());
  Value call = Make(ExprKind::kCallValue, given->Result(), span);
  SetOperands(call.expr, operands);
  Type* result = Resolve(given->Result());
  bool other = TypeStore::Is(wanted->Result(), hir::Builtin::kInt) &&
               result->kind == TypeKind::kCon && !TypeStore::Is(result, hir::Builtin::kInt) &&
               !TypeStore::Is(result, hir::Builtin::kNever);
  if (other) {
    Value block = Make(ExprKind::kBlock, store().Int(), span);
    SetOperands(block.expr, {call.expr, IntValue(0, span).expr});
    call = block;
  } else if (TypeStore::Is(wanted->Result(), hir::Builtin::kUnit)) {
    call = Drop(call);
  } else {
    CheckValue(call, wanted->Result(), why);
  }
  closure->params = Copy(params);
  closure->body = call.expr;
  hir::Expr* made = New(ExprKind::kClosure, wanted, span);
  made->closure = closure;
  hir::Expr* block = New(ExprKind::kBlock, wanted, span);
  SetOperands(block, {BindTemporary(callee, value, span), made});
  return block;
}

// What is expected of a closure literal that takes some of the parameters; null for other values.
Type* BodyChecker::FewerParams(const ast::Expr& expr, Type* wanted) {
  const auto* closure = DynAs<ast::ClosureExpr>(expr);
  if (closure == nullptr) return nullptr;
  size_t count = closure->clauses[0].params.size();
  if (count > wanted->Params().size()) return nullptr;
  return store().Fun(wanted->Params().subspan(0, count), NewVar(), wanted->Message());
}

}  // namespace snow::types
