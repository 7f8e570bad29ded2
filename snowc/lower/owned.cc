// Which values are owned, while their code is emitted. See ownership.h.
#include <algorithm>

#include "snowc/lower/function_lowering.h"

namespace snow::lower {

using hir::Expr;
using hir::ExprKind;

bool FunctionLowering::IsOwned(const Expr* expr) {
  Ownership& ownership = m_.ownership();
  if (m_.options().debug || !ownership.list_set_owned().IsValid()) return false;
  TypeId type = Type(expr->type);
  if (!ownership.IsOwnable(type)) return false;
  switch (expr->kind) {
    case ExprKind::kLocal: {
      const Binding* binding = Find(expr->local);
      return binding != nullptr && binding->owned && ownership.IsMove(expr);
    }
    case ExprKind::kBlock:
      return IsOwned(expr->operands.back());
    case ExprKind::kIf:
      return IsOwnedOrNever(expr->operands[1]) && IsOwnedOrNever(expr->operands[2]);
    case ExprKind::kMatch:
      return std::ranges::all_of(expr->match->arms,
                                 [&](const hir::Arm& arm) { return IsOwnedOrNever(arm.body); });
    case ExprKind::kTuple:
      return std::ranges::all_of(expr->operands, [&](const Expr* operand) {
        return !ownership.MayShare(Type(operand->type)) || IsOwned(operand);
      });
    case ExprKind::kList:
      // Static data is never written.
      return expr->operands.empty() || !IsConstantLike(expr);
    case ExprKind::kFor:
      return true;
    case ExprKind::kCall:
      return ownership.ResultOwned(m_.Resolve(expr->callee, scope_->args).function,
                                   OwnedOperands(expr->operands));
    default:
      return false;
  }
}

bool FunctionLowering::IsOwnedOrNever(const Expr* expr) {
  return IsNever(Type(expr->type)) || IsOwned(expr);
}

OwnedMask FunctionLowering::OwnedOperands(std::span<Expr* const> operands) {
  Ownership& ownership = m_.ownership();
  if (m_.options().debug || !ownership.list_set_owned().IsValid()) return 0;
  OwnedMask mask = 0;
  for (size_t i = 0; i < operands.size() && i < kMaxOwnedParams; ++i) {
    const Expr* operand = operands[i];
    if (!ownership.MayShare(Type(operand->type)) || IsOwned(operand)) mask |= OwnedMask{1} << i;
  }
  return mask;
}

}  // namespace snow::lower
