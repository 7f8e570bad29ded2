// Blocks, statements, control flow and closures.
#include "snowc/syntax/builder.h"

namespace snow::ast {

// ---- Blocks and statements

BlockExpr* Builder::BuildStatements(NodeId node) {
  auto* block = NewExpr<BlockExpr>(ExprKind::kBlock, SpanOf(node));
  Cursor cursor(*this, node);
  Sequence<const Stmt*> statements(*this, cursor.Left());
  for (uint32_t ordinal = 0; !cursor.AtEnd(); ++ordinal) {
    statements.Add(BuildStatement(cursor.Take(), ordinal));
  }
  block->statements = statements;
  return block;
}

BlockExpr* Builder::BuildBlock(NodeId node) {
  Cursor cursor(*this, node);
  BlockExpr* block = TakeStatements(cursor, node);
  block->span = SpanOf(node);
  return block;
}

BlockExpr* Builder::TakeStatements(Cursor& cursor, NodeId parent) {
  while (cursor.Left() > 1 && cursor.At(NodeKind::kError)) cursor.Take();
  NodeId list = cursor.TakeIf(NodeKind::kStatementList);
  if (list.IsValid()) return BuildStatements(list);
  // Something is there that could not be read as statements.
  auto* block = NewExpr<BlockExpr>(ExprKind::kBlock, SpanOf(parent));
  auto* statement = New<ExprStmt>();
  statement->kind = StmtKind::kExpr;
  statement->span = block->span;
  statement->expr = ErrorExpr(block->span);
  Sequence<const Stmt*> statements(*this, 1);
  statements.Add(statement);
  block->statements = statements;
  return block;
}

BlockExpr* Builder::TakeBlock(Cursor& cursor, NodeId parent) {
  while (cursor.Left() > 1 && cursor.At(NodeKind::kError)) cursor.Take();
  NodeId block = cursor.TakeIf(NodeKind::kBlock);
  return block.IsValid() ? BuildBlock(block) : TakeStatements(cursor, parent);
}

const Stmt* Builder::BuildStatement(NodeId node, uint32_t ordinal) {
  Span span = SpanOf(node);
  switch (tree_.KindOf(node)) {
    case NodeKind::kLetStatement: {
      auto* let = New<LetStmt>();
      let->kind = StmtKind::kLet;
      let->span = span;
      Cursor cursor(*this, node);
      cursor.TakeIf(NodeKind::kError);  // a foreign `mut`
      let->pattern = TakePattern(cursor, node);
      let->type = TakeAnnotation(cursor);
      let->value = TakeExpr(cursor, node);
      return let;
    }
    case NodeKind::kFnItem: {
      auto* fn = New<FnStmt>();
      fn->kind = StmtKind::kFn;
      fn->span = span;
      fn->fn = BuildFn(node, ordinal);
      return fn;
    }
    default: {
      auto* statement = New<ExprStmt>();
      statement->kind = StmtKind::kExpr;
      statement->span = span;
      statement->expr = BuildExpr(node);
      return statement;
    }
  }
}

// ---- Control flow

Expr* Builder::BuildIf(NodeId node) {
  auto* first = NewExpr<IfExpr>(ExprKind::kIf, SpanOf(node));
  Cursor cursor(*this, node);
  first->condition = TakeExpr(cursor, node);
  first->then = TakeStatements(cursor, node);
  first->otherwise = nullptr;
  IfExpr* last = first;
  int branches = 0;
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    Cursor branch(*this, child);
    if (tree_.KindOf(child) == NodeKind::kElse) {
      last->otherwise = TakeStatements(branch, child);
    } else if (tree_.KindOf(child) == NodeKind::kElseIf && ++branches < Tree::kMaxHeight) {
      auto* next = NewExpr<IfExpr>(ExprKind::kIf, Join(SpanOf(child), EndOf(first->span)));
      next->condition = TakeExpr(branch, child);
      next->then = TakeStatements(branch, child);
      next->otherwise = nullptr;
      last->otherwise = next;
      last = next;
    }
  }
  return first;
}

Arm Builder::BuildArm(NodeId node) {
  Cursor cursor(*this, node);
  Arm arm;
  arm.span = SpanOf(node);
  arm.pattern = TakePattern(cursor, node);
  arm.guard = TakeGuard(cursor);
  cursor.TakeIf(NodeKind::kError);  // what stood before the arrow
  arm.body = TakeStatements(cursor, node);
  return arm;
}

Expr* Builder::BuildCase(NodeId node) {
  auto* expr = NewExpr<CaseExpr>(ExprKind::kCase, SpanOf(node));
  Cursor cursor(*this, node);
  expr->subject = TakeExpr(cursor, node);
  Sequence<Arm> arms(*this, cursor.Left());
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    if (tree_.KindOf(child) == NodeKind::kArm) arms.Add(BuildArm(child));
  }
  expr->arms = arms;
  return expr;
}

Expr* Builder::BuildReceive(NodeId node) {
  auto* expr = NewExpr<ReceiveExpr>(ExprKind::kReceive, SpanOf(node));
  expr->after = nullptr;
  expr->after_body = nullptr;
  Cursor cursor(*this, node);
  Sequence<Arm> arms(*this, cursor.Left());
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    if (tree_.KindOf(child) == NodeKind::kArm) {
      arms.Add(BuildArm(child));
    } else if (tree_.KindOf(child) == NodeKind::kAfterArm) {
      Cursor after(*this, child);
      expr->after = TakeExpr(after, child);
      expr->after_body = TakeStatements(after, child);
    }
  }
  expr->arms = arms;
  return expr;
}

Expr* Builder::BuildWhile(NodeId node) {
  auto* expr = NewExpr<WhileExpr>(ExprKind::kWhile, SpanOf(node));
  Cursor cursor(*this, node);
  expr->condition = TakeExpr(cursor, node);
  expr->body = TakeBlock(cursor, node);
  return expr;
}

Expr* Builder::BuildFor(NodeId node) {
  auto* expr = NewExpr<ForExpr>(ExprKind::kFor, SpanOf(node));
  Cursor cursor(*this, node);
  expr->pattern = TakePattern(cursor, node);
  expr->iterable = TakeExpr(cursor, node);
  expr->guard = TakeGuard(cursor);
  expr->body = TakeBlock(cursor, node);
  return expr;
}

Expr* Builder::BuildReturn(NodeId node) {
  auto* expr = NewExpr<ReturnExpr>(ExprKind::kReturn, SpanOf(node));
  Cursor cursor(*this, node);
  expr->value = cursor.AtEnd() ? nullptr : BuildExpr(cursor.Take());
  return expr;
}

// ---- Closures

ClosureClause Builder::BuildClosureClause(NodeId node) {
  Cursor cursor(*this, node);
  ClosureClause clause;
  clause.span = SpanOf(node);
  NodeId params = cursor.TakeIf(NodeKind::kBareParams);
  if (!params.IsValid()) params = cursor.TakeIf(NodeKind::kParams);
  if (params.IsValid()) clause.params = ParamsOf(params);
  clause.guard = TakeGuard(cursor);
  clause.body = TakeBlock(cursor, node);
  return clause;
}

Expr* Builder::BuildClosure(NodeId node) {
  auto* closure = NewExpr<ClosureExpr>(ExprKind::kClosure, SpanOf(node));
  Cursor cursor(*this, node);
  if (!cursor.At(NodeKind::kClosureClause)) {
    // The form with `do`: the closure's own children are those of its one clause.
    Sequence<ClosureClause> clauses(*this, 1);
    clauses.Add(BuildClosureClause(node));
    closure->clauses = clauses;
    return closure;
  }
  Sequence<ClosureClause> clauses(*this, cursor.Left());
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    if (tree_.KindOf(child) == NodeKind::kClosureClause) clauses.Add(BuildClosureClause(child));
  }
  closure->clauses = clauses;
  return closure;
}

Builder::Handler Builder::BuildHandlerBlock(NodeId node) {
  Cursor cursor(*this, node);
  Handler handler;
  NodeId params = cursor.TakeIf(NodeKind::kBarParams);
  if (params.IsValid()) handler.params = ParamsOf(params);
  handler.body = TakeStatements(cursor, node);
  return handler;
}

Builder::Handler Builder::TakeHandlerBlock(Cursor& cursor, NodeId parent) {
  NodeId block = cursor.TakeIf(NodeKind::kHandlerBlock);
  if (block.IsValid()) return BuildHandlerBlock(block);
  return {{}, TakeStatements(cursor, parent)};
}

const ClosureExpr* Builder::BuildTrailing(NodeId node) {
  auto* closure = NewExpr<ClosureExpr>(ExprKind::kClosure, SpanOf(node));
  Handler handler = BuildHandlerBlock(node);
  Sequence<ClosureClause> clauses(*this, 1);
  clauses.Add({handler.params, nullptr, handler.body, SpanOf(node)});
  closure->clauses = clauses;
  return closure;
}

}  // namespace snow::ast
