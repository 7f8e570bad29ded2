#include "snowc/syntax/ast.h"

namespace snow::ast {

std::string_view TextOf(BinaryOp op) {
  switch (op) {
    case BinaryOp::kMultiply:
      return "*";
    case BinaryOp::kDivide:
      return "/";
    case BinaryOp::kModulo:
      return "%";
    case BinaryOp::kAdd:
      return "+";
    case BinaryOp::kSubtract:
      return "-";
    case BinaryOp::kJoin:
      return "<>";
    case BinaryOp::kConcat:
      return "++";
    case BinaryOp::kRange:
      return "..";
    case BinaryOp::kLess:
      return "<";
    case BinaryOp::kGreater:
      return ">";
    case BinaryOp::kLessEqual:
      return "<=";
    case BinaryOp::kGreaterEqual:
      return ">=";
    case BinaryOp::kEqual:
      return "==";
    case BinaryOp::kNotEqual:
      return "!=";
    case BinaryOp::kAnd:
      return "and";
    case BinaryOp::kOr:
      return "or";
  }
  return "";
}

PipeTarget PipeTargetOf(const PipeExpr& pipe) {
  // From the outside of the postfix chain inwards; the last call met is the first of the chain, and
  // a `?` before any call splits off what is called.
  const CallExpr* call = nullptr;
  const Expr* callee = pipe.right;
  const Expr* at = pipe.right;
  while (!at->in_parens) {
    if (const auto* node = DynAs<CallExpr>(*at)) {
      call = node;
      at = node->callee;
    } else if (const auto* node = DynAs<FieldExpr>(*at)) {
      at = node->object;
    } else if (const auto* node = DynAs<IndexExpr>(*at)) {
      at = node->object;
    } else if (const auto* node = DynAs<TryExpr>(*at)) {
      at = node->operand;
      callee = at;
    } else {
      break;
    }
  }
  if (call != nullptr) return {call, nullptr};
  return {nullptr, callee};
}

}  // namespace snow::ast
