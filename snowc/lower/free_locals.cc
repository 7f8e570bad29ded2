#include "snowc/lower/free_locals.h"

namespace snow::lower {

using hir::Expr;
using hir::ExprKind;

void FreeLocals::Bind(hir::LocalId local) {
  if (local.IsValid()) state_[local.value] = State::kBound;
}

void FreeLocals::BindPattern(const hir::Pattern* pattern) {
  if (pattern == nullptr) return;
  Bind(pattern->local);
  for (const hir::Pattern* sub : pattern->subs) BindPattern(sub);
  BindPattern(pattern->rest);
}

void FreeLocals::Use(hir::LocalId local) {
  State& state = state_[local.value];
  if (state != State::kUnknown) return;
  state = State::kFree;
  free_.push_back(local);
}

void FreeLocals::VisitClosure(const hir::Closure& closure) {
  for (hir::LocalId param : closure.params) Bind(param);
  Visit(closure.body);
}

void FreeLocals::VisitArms(const hir::Receive& receive) {
  for (const hir::ReceiveArm& arm : receive.arms) {
    BindPattern(arm.pattern);
    if (arm.guard != nullptr) Visit(arm.guard);
    Visit(arm.body);
  }
  if (receive.after_body != nullptr) Visit(receive.after_body);
}

void FreeLocals::Visit(const Expr* expr) {
  switch (expr->kind) {
    case ExprKind::kLocal:
    case ExprKind::kPolyLocal:
      Use(expr->local);
      return;
    case ExprKind::kClosure:
      VisitClosure(*expr->closure);
      return;
    case ExprKind::kLetPoly:
      Bind(expr->poly->local);
      Visit(expr->poly->value);
      return;
    case ExprKind::kMatch:
      for (const Expr* scrutinee : expr->match->scrutinees) Visit(scrutinee);
      for (const hir::Arm& arm : expr->match->arms) {
        for (const hir::Pattern* pattern : arm.patterns) BindPattern(pattern);
        if (arm.guard != nullptr) Visit(arm.guard);
        Visit(arm.body);
      }
      return;
    case ExprKind::kFor: {
      const hir::ForLoop& loop = *expr->for_loop;
      Visit(loop.iterable);
      BindPattern(loop.pattern);
      if (loop.filter != nullptr) Visit(loop.filter);
      Visit(loop.body);
      return;
    }
    case ExprKind::kReceive:
      if (expr->receive->after_ms != nullptr) Visit(expr->receive->after_ms);
      VisitArms(*expr->receive);
      return;
    default:
      break;
  }
  for (const Expr* operand : expr->operands) Visit(operand);
  // Bound for what follows in the block: the value itself does not see it.
  if (expr->kind == ExprKind::kLet) BindPattern(expr->pattern);
}

}  // namespace snow::lower
