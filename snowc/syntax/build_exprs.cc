// Literals, operators and calls.
#include <optional>
#include <string>

#include "snowc/syntax/builder.h"
#include "snowc/syntax/literals.h"
#include "snowc/syntax/operators.h"

namespace snow::ast {

Expr* Builder::BuildExpr(NodeId node) {
  Span span = SpanOf(node);
  if (tree_.Get(node).height > Tree::kMaxHeight) return ErrorExpr(span);
  switch (tree_.KindOf(node)) {
    case NodeKind::kNumberLiteral:
      return BuildNumber(node);
    case NodeKind::kStringLiteral:
    case NodeKind::kInterpolatedString:
      return BuildString(node);
    case NodeKind::kLiteral:
      return BuildLiteral(node);
    case NodeKind::kNameExpr:
      return NewNameExpr(NameOf(node));
    case NodeKind::kSelfExpr:
      return NewExpr<Expr>(ExprKind::kSelf, span);
    case NodeKind::kListExpr: {
      auto* list = NewExpr<ListExpr>(ExprKind::kList, span);
      Cursor cursor(*this, node);
      list->elements = TakeExprs(cursor);
      return list;
    }
    case NodeKind::kMapExpr:
      return BuildMap(node);
    case NodeKind::kUpdateExpr:
      return BuildUpdate(node);
    case NodeKind::kTupleExpr:
      return BuildTuple(node);
    case NodeKind::kParenExpr: {
      Cursor cursor(*this, node);
      Expr* inner = TakeExpr(cursor, node);
      inner->in_parens = true;
      return inner;
    }
    case NodeKind::kUnaryExpr:
      return BuildUnary(node);
    case NodeKind::kBinaryExpr:
      return BuildBinary(node);
    case NodeKind::kPipeExpr:
      return BuildPipe(node);
    case NodeKind::kCallExpr:
      return BuildCall(node);
    case NodeKind::kFieldExpr:
      return BuildField(node, span);
    case NodeKind::kIndexExpr:
      return BuildIndex(node);
    case NodeKind::kTryExpr:
      return BuildTry(node);
    case NodeKind::kStructExpr:
      return BuildStructLiteral(node);
    case NodeKind::kIfExpr:
      return BuildIf(node);
    case NodeKind::kCaseExpr:
      return BuildCase(node);
    case NodeKind::kReceiveExpr:
      return BuildReceive(node);
    case NodeKind::kWhileExpr:
      return BuildWhile(node);
    case NodeKind::kForExpr:
      return BuildFor(node);
    case NodeKind::kBreakExpr:
      return NewExpr<Expr>(ExprKind::kBreak, span);
    case NodeKind::kContinueExpr:
      return NewExpr<Expr>(ExprKind::kContinue, span);
    case NodeKind::kReturnExpr:
      return BuildReturn(node);
    case NodeKind::kClosureExpr:
      return BuildClosure(node);
    case NodeKind::kAssertExpr:
      return BuildAssert(node);
    case NodeKind::kAssertReceiveExpr:
      return BuildAssertReceive(node);
    case NodeKind::kBlock:
      return BuildBlock(node);
    default:
      return ErrorExpr(span);
  }
}

Expr* Builder::TakeExpr(Cursor& cursor, NodeId parent) {
  return cursor.AtEnd() ? ErrorExpr(SpanOf(parent)) : BuildExpr(cursor.Take());
}

List<const Expr*> Builder::TakeExprs(Cursor& cursor) {
  Sequence<const Expr*> exprs(*this, cursor.Left());
  while (!cursor.AtEnd()) exprs.Add(BuildExpr(cursor.Take()));
  return exprs;
}

Expr* Builder::NewNameExpr(Name name) {
  auto* expr = NewExpr<NameExpr>(ExprKind::kName, name.span);
  expr->name = name;
  return expr;
}

// ---- Literals

Expr* Builder::BuildNumber(NodeId node) {
  const Token& token = FirstToken(node);
  std::string_view text = tokens_.TextOf(token);
  if (token.kind == TokenKind::kFloat) {
    auto* expr = NewExpr<FloatExpr>(ExprKind::kFloat, SpanOf(node));
    expr->value = DecodeFloat(text);
    return expr;
  }
  auto* expr = NewExpr<IntExpr>(ExprKind::kInt, SpanOf(node));
  expr->value = static_cast<int64_t>(DecodeInt(text).value_or(0));
  return expr;
}

Expr* Builder::BuildLiteral(NodeId node) {
  Span span = SpanOf(node);
  switch (FirstKind(node)) {
    case TokenKind::kTrue:
    case TokenKind::kFalse: {
      auto* expr = NewExpr<BoolExpr>(ExprKind::kBool, span);
      expr->value = FirstKind(node) == TokenKind::kTrue;
      return expr;
    }
    case TokenKind::kAtom: {
      auto* expr = NewExpr<AtomExpr>(ExprKind::kAtom, span);
      expr->name = AtomOf(node);
      return expr;
    }
    case TokenKind::kNil:
      return NewExpr<Expr>(ExprKind::kUnit, span);
    default:
      return ErrorExpr(span);
  }
}

Expr* Builder::BuildString(NodeId node) {
  if (tree_.Get(node).has_error) return ErrorExpr(SpanOf(node));
  Cursor cursor(*this, node);
  std::vector<std::string_view> texts = {FirstText(node)};
  Sequence<StringPart> parts(*this, cursor.Left() * 2 + 1);
  std::vector<NodeId> children;
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    children.push_back(child);
    texts.push_back(tokens_.TextOf(tokens_.Get(tree_.Get(child).end)));
  }
  std::vector<std::string> decoded = DecodeString(texts);
  for (size_t i = 0; i < decoded.size(); ++i) {
    if (!decoded[i].empty()) parts.Add({file_.arena.CopyString(decoded[i]), nullptr});
    if (i < children.size()) parts.Add({{}, BuildExpr(children[i])});
  }
  auto* expr = NewExpr<StringExpr>(ExprKind::kString, SpanOf(node));
  expr->parts = parts;
  return expr;
}

Expr* Builder::BuildMap(NodeId node) {
  auto* map = NewExpr<MapExpr>(ExprKind::kMap, SpanOf(node));
  Cursor cursor(*this, node);
  Sequence<MapEntry> entries(*this, cursor.Left());
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    if (tree_.KindOf(child) != NodeKind::kMapEntry) continue;
    Cursor entry(*this, child);
    const Expr* key = TakeExpr(entry, child);
    entries.Add({key, TakeExpr(entry, child)});
  }
  map->entries = entries;
  return map;
}

Expr* Builder::BuildTuple(NodeId node) {
  Cursor cursor(*this, node);
  if (cursor.AtEnd()) return NewExpr<Expr>(ExprKind::kUnit, SpanOf(node));
  auto* tuple = NewExpr<TupleExpr>(ExprKind::kTuple, SpanOf(node));
  tuple->elements = TakeExprs(cursor);
  return tuple;
}

// ---- Operators

Expr* Builder::BuildUnary(NodeId node) {
  const Token& op = FirstToken(node);
  Cursor cursor(*this, node);
  bool is_minus = op.kind == TokenKind::kMinus;
  if (is_minus && cursor.At(NodeKind::kNumberLiteral) &&
      DecodeInt(tree_.TextOf(cursor.Peek())) == kNegatedIntMin &&
      FirstKind(cursor.Peek()) == TokenKind::kInt) {
    auto* literal = NewExpr<IntExpr>(ExprKind::kInt, SpanOf(node));
    literal->value = INT64_MIN;
    return literal;
  }
  auto* unary = NewExpr<UnaryExpr>(ExprKind::kUnary, SpanOf(node));
  unary->op = is_minus ? UnaryOp::kNegate : UnaryOp::kNot;
  unary->op_span = tokens_.SpanOf(op);
  unary->operand = TakeExpr(cursor, node);
  return unary;
}

Expr* Builder::BuildBinary(NodeId node) {
  Cursor cursor(*this, node);
  if (cursor.Left() != 2) return ErrorExpr(SpanOf(node));
  NodeId left = cursor.Take();
  const Token& token = tokens_.Get(tree_.Get(left).end);
  std::optional<BinaryOp> op = syntax_internal::BinaryOpOf(token.kind);
  if (!op) return ErrorExpr(SpanOf(node));
  auto* binary = NewExpr<BinaryExpr>(ExprKind::kBinary, SpanOf(node));
  binary->op = *op;
  binary->op_span = tokens_.SpanOf(token);
  const Token& next = tokens_.Get(TokenId(tree_.Get(left).end.value + 1));
  if (*op == BinaryOp::kGreater && next.kind == TokenKind::kEqual && !next.HasSpaceBefore()) {
    binary->op = BinaryOp::kGreaterEqual;
    binary->op_span.end = next.end;
  }
  binary->left = BuildExpr(left);
  binary->right = BuildExpr(cursor.Take());
  return binary;
}

Expr* Builder::BuildPipe(NodeId node) {
  Cursor cursor(*this, node);
  if (cursor.Left() != 2) return ErrorExpr(SpanOf(node));
  NodeId left = cursor.Take();
  const Token& token = tokens_.Get(tree_.Get(left).end);
  std::string_view text = tokens_.TextOf(token);
  auto* pipe = NewExpr<PipeExpr>(ExprKind::kPipe, SpanOf(node));
  pipe->n = 1;
  if (token.kind == TokenKind::kPipeNTo) {
    pipe->n = static_cast<uint32_t>(DecodeInt(text.substr(1, text.size() - 2)).value_or(1));
  }
  pipe->op_span = tokens_.SpanOf(token);
  pipe->left = BuildExpr(left);
  pipe->right = BuildExpr(cursor.Take());
  return pipe;
}

// ---- Postfix forms

void Builder::AddArguments(NodeId node, List<const Expr*>& positional,
                           List<KeywordArgument>& keywords) {
  Cursor cursor(*this, node);
  Sequence<const Expr*> exprs(*this, cursor.Left());
  size_t keyword_count = 0;
  std::vector<NodeId> keyword_nodes;
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    if (tree_.KindOf(child) == NodeKind::kKeywordArgument) {
      keyword_nodes.push_back(child);
      ++keyword_count;
    } else {
      exprs.Add(BuildExpr(child));
    }
  }
  Sequence<KeywordArgument> named(*this, keyword_count);
  for (NodeId child : keyword_nodes) {
    Cursor argument(*this, child);
    Name name = TakeName(argument, child);
    named.Add({name, TakeExpr(argument, child)});
  }
  positional = exprs;
  keywords = named;
}

Expr* Builder::BuildCall(NodeId node) {
  auto* call = NewExpr<CallExpr>(ExprKind::kCall, SpanOf(node));
  Cursor cursor(*this, node);
  call->callee = TakeExpr(cursor, node);
  call->trailing = nullptr;
  if (NodeId arguments = cursor.TakeIf(NodeKind::kArguments); arguments.IsValid()) {
    call->parens = SpanOf(arguments);
    AddArguments(arguments, call->arguments, call->keywords);
  }
  if (NodeId closure = cursor.TakeIf(NodeKind::kHandlerBlock); closure.IsValid()) {
    call->trailing = BuildTrailing(closure);
  }
  return call;
}

Expr* Builder::BuildField(NodeId node, Span span) {
  auto* field = NewExpr<FieldExpr>(ExprKind::kField, span);
  Cursor cursor(*this, node);
  field->object = TakeExpr(cursor, node);
  field->name = TakeName(cursor, node);
  return field;
}

Expr* Builder::BuildIndex(NodeId node) {
  auto* index = NewExpr<IndexExpr>(ExprKind::kIndex, SpanOf(node));
  Cursor cursor(*this, node);
  index->object = TakeExpr(cursor, node);
  index->index = TakeExpr(cursor, node);
  return index;
}

Expr* Builder::BuildTry(NodeId node) {
  auto* expr = NewExpr<TryExpr>(ExprKind::kTry, SpanOf(node));
  Cursor cursor(*this, node);
  expr->operand = TakeExpr(cursor, node);
  expr->op_span = {expr->span.file, expr->span.end - 1, expr->span.end};
  return expr;
}

void Builder::AddPathNames(NodeId node, std::vector<Name>& names) {
  if (tree_.KindOf(node) == NodeKind::kNameExpr) {
    names.push_back(NameOf(node));
    return;
  }
  Cursor cursor(*this, node);
  if (cursor.AtEnd()) return;
  AddPathNames(cursor.Take(), names);
  names.push_back(TakeName(cursor, node));
}

Expr* Builder::BuildStructLiteral(NodeId node) {
  auto* literal = NewExpr<StructExpr>(ExprKind::kStruct, SpanOf(node));
  Cursor cursor(*this, node);
  NodeId head = cursor.Take();
  std::vector<Name> names;
  AddPathNames(head, names);
  literal->path = {file_.arena.CopyArray(std::span<const Name>(names)), SpanOf(head)};
  literal->fields = TakeFieldValues(cursor);
  return literal;
}

List<FieldValue> Builder::TakeFieldValues(Cursor& cursor) {
  Sequence<FieldValue> fields(*this, cursor.Left());
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    if (tree_.KindOf(child) != NodeKind::kFieldValue) continue;
    Cursor field(*this, child);
    Name name = TakeName(field, child);
    bool is_shorthand = field.AtEnd();
    fields.Add({name, is_shorthand ? NewNameExpr(name) : TakeExpr(field, child), is_shorthand});
  }
  return fields;
}

Expr* Builder::BuildUpdate(NodeId node) {
  auto* update = NewExpr<UpdateExpr>(ExprKind::kUpdate, SpanOf(node));
  Cursor cursor(*this, node);
  update->base = TakeExpr(cursor, node);
  update->fields = TakeFieldValues(cursor);
  return update;
}

// ---- Assertions

Expr* Builder::BuildAssert(NodeId node) {
  auto* expr = NewExpr<AssertExpr>(ExprKind::kAssert, SpanOf(node));
  Cursor cursor(*this, node);
  expr->condition = TakeExpr(cursor, node);
  expr->message = cursor.AtEnd() ? nullptr : BuildExpr(cursor.Take());
  // `assert(condition, message)` reads as a tuple, which no condition is.
  const auto* tuple = DynAs<TupleExpr>(*expr->condition);
  if (expr->message == nullptr && tuple != nullptr && tuple->elements.size() == 2) {
    expr->condition = tuple->elements[0];
    expr->message = tuple->elements[1];
  }
  return expr;
}

Expr* Builder::BuildAssertReceive(NodeId node) {
  auto* expr = NewExpr<AssertReceiveExpr>(ExprKind::kAssertReceive, SpanOf(node));
  Cursor cursor(*this, node);
  NodeId arguments = cursor.TakeIf(NodeKind::kArguments);
  Cursor values(*this, arguments.IsValid() ? arguments : node);
  expr->pattern = TakePattern(values, node);
  Sequence<const Expr*> exprs(*this, values.Left());
  while (!values.AtEnd()) {
    NodeId child = values.Take();
    if (tree_.KindOf(child) == NodeKind::kKeywordArgument) {
      Cursor argument(*this, child);
      TakeName(argument, child);
      exprs.Add(TakeExpr(argument, child));
    } else {
      exprs.Add(BuildExpr(child));
    }
  }
  expr->arguments = exprs;
  return expr;
}

}  // namespace snow::ast
