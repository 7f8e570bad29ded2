#include "snowc/lower/inline_cost.h"

namespace snow::lower {
namespace {

using hir::Expr;
using hir::ExprKind;

constexpr int kLimit = 14;
constexpr int kTooMuch = 1000;

int CostOf(const Expr* expr);

int CostOfAll(std::span<Expr* const> exprs) {
  int cost = 0;
  for (const Expr* expr : exprs) {
    cost += CostOf(expr);
    if (cost > kLimit) return kTooMuch;
  }
  return cost;
}

int CostOfMatch(const hir::Match& match) {
  if (match.arms.size() > 4) return kTooMuch;
  int cost = 1 + CostOfAll(match.scrutinees);
  for (const hir::Arm& arm : match.arms) {
    if (arm.guard != nullptr) return kTooMuch;
    cost += 1 + CostOf(arm.body);
  }
  return cost;
}

int CostOf(const Expr* expr) {
  switch (expr->kind) {
    case ExprKind::kInt:
    case ExprKind::kFloat:
    case ExprKind::kBool:
    case ExprKind::kString:
    case ExprKind::kAtom:
    case ExprKind::kUnit:
    case ExprKind::kLocal:
    case ExprKind::kFunctionValue:
    case ExprKind::kSelf:
      return 0;
    case ExprKind::kCall:
      return 1 + CostOfAll(expr->operands);
    case ExprKind::kCallValue:
      return 3 + CostOfAll(expr->operands);
    case ExprKind::kBlock:
      return CostOfAll(expr->operands);
    case ExprKind::kLet:
      return CostOfAll(expr->operands);
    case ExprKind::kIf:
    case ExprKind::kAnd:
    case ExprKind::kOr:
    case ExprKind::kTuple:
    case ExprKind::kTupleGet:
    case ExprKind::kStruct:
    case ExprKind::kFieldGet:
    case ExprKind::kUpdate:
    case ExprKind::kVariant:
      return 1 + CostOfAll(expr->operands);
    case ExprKind::kMatch:
      return CostOfMatch(*expr->match);
    case ExprKind::kPolyLocal:
    case ExprKind::kClosure:
    case ExprKind::kLetPoly:
    case ExprKind::kWhile:
    case ExprKind::kFor:
    case ExprKind::kReturn:
    case ExprKind::kBreak:
    case ExprKind::kContinue:
    case ExprKind::kList:
    case ExprKind::kInterpolate:
    case ExprKind::kTry:
    case ExprKind::kReceive:
    case ExprKind::kPanic:
      return kTooMuch;
  }
  return kTooMuch;
}

bool IsSimple(const Expr* expr) {
  switch (expr->kind) {
    case ExprKind::kInt:
    case ExprKind::kFloat:
    case ExprKind::kBool:
    case ExprKind::kString:
    case ExprKind::kUnit:
    case ExprKind::kLocal:
      return true;
    case ExprKind::kFieldGet:
    case ExprKind::kTupleGet:
      return IsSimple(expr->operands[0]);
    default:
      return false;
  }
}

const Expr* OnlyExpr(const Expr* expr) {
  while (expr->kind == ExprKind::kBlock && expr->operands.size() == 1) expr = expr->operands[0];
  return expr;
}

// A call of an intrinsic (or of the runtime) whose arguments are parameters, literals or fields.
bool IsWrapper(const hir::Program& program, const Expr* expr, int depth) {
  expr = OnlyExpr(expr);
  if (IsSimple(expr)) return true;
  if (expr->kind != ExprKind::kCall || expr->callee.kind != hir::CalleeKind::kFunction) {
    return false;
  }
  const hir::Function& callee = program.functions[expr->callee.function.value];
  if (callee.kind != hir::FunctionKind::kIntrinsic) return false;
  for (const Expr* operand : expr->operands) {
    if (!IsSimple(operand) && (depth == 0 || !IsWrapper(program, operand, depth - 1))) return false;
  }
  return true;
}

}  // namespace

InlineKind JudgeInline(const hir::Program& program, const hir::Function& function) {
  if (function.body == nullptr || function.kind == hir::FunctionKind::kTest) {
    return InlineKind::kNever;
  }
  if (IsWrapper(program, function.body, 1)) return InlineKind::kWrapper;
  return CostOf(function.body) <= kLimit ? InlineKind::kSmall : InlineKind::kNever;
}

}  // namespace snow::lower
