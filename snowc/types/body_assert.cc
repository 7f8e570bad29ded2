// `assert`, and the source text that it and `dbg` show.
#include <string>

#include "snowc/types/body.h"

namespace snow::types {

using ast::BinaryOp;
using ast::DynAs;
using hir::ExprKind;

std::string BodyChecker::SourceText(Span span) const {
  const SourceSet* sources = world().input.sources;
  if (sources == nullptr || !span.IsValid()) return "";
  return std::string(sources->Get(span.file).TextOf(span));
}

std::string BodyChecker::PlaceText(Span span) const {
  const SourceSet* sources = world().input.sources;
  if (sources == nullptr || !span.IsValid()) return "";
  const SourceFile& file = sources->Get(span.file);
  return file.path() + ":" + std::to_string(file.LineOf(span.begin));
}

// `assert a == b` evaluates both sides once, compares, and shows both where that fails; any other
// condition shows its source.
Value BodyChecker::InferAssert(const ast::AssertExpr& expr) {
  const auto* binary = DynAs<ast::BinaryExpr>(*expr.condition);
  bool compares = binary != nullptr && binary->op >= BinaryOp::kLess &&
                  binary->op <= BinaryOp::kNotEqual;
  std::vector<hir::Expr*> statements;
  std::vector<Value> shown;
  hir::Expr* condition;
  std::string_view failure = "__assert_failed";
  shown.push_back(TextValue(SourceText(expr.condition->span), expr.condition->span));
  if (compares) {
    Value left = Infer(*binary->left, nullptr);
    Value right = {Check(*binary->right, left.type,
                         {.kind = Why::kOperand, .span = binary->left->span, .fn = FnId()}),
                   left.type};
    left.expr = Temporary(left, statements);
    right.expr = Temporary(right, statements);
    Value compared = Compute(binary->op, left, right, binary->span);
    condition = compared.expr;
    failure = "__assert_compare_failed";
    for (Value side : {left, right}) {
      shown.push_back(CallMethod(known().debug, "inspect", side.type, {}, {side.expr},
                                 side.expr->span, {}));
    }
  } else {
    condition = Check(*expr.condition, store().Bool(),
                      {.kind = Why::kCondition, .span = {}, .fn = FnId()});
  }
  if (expr.message != nullptr) {
    hir::Expr* message = Check(*expr.message, store().String(), {});
    shown.push_back({message, store().String()});
  } else {
    shown.push_back(TextValue("", expr.span));
  }
  Value failed = CallLibrary("Prelude", failure, shown, expr.span);
  Value check = Make(ExprKind::kIf, store().Unit(), expr.span);
  SetOperands(check.expr, {condition, UnitValue(expr.span).expr, failed.expr});
  if (statements.empty()) return check;
  statements.push_back(check.expr);
  Value block = Make(ExprKind::kBlock, store().Unit(), expr.span);
  SetOperands(block.expr, statements);
  return block;
}

}  // namespace snow::types
