// Operators, postfix forms and parts of types.
#include <algorithm>

#include "snowc/format/formatter.h"
#include "snowc/syntax/operators.h"

namespace snow::format_internal {

using enum TokenKind;
using syntax_internal::BinaryLevel;

Doc* Formatter::TypePart(NodeId node) {
  // Types stay on one line: a head that is too long has better places to break.
  std::vector<Piece> pieces = PiecesOf(node);
  bool is_single = tree_.KindOf(node) == NodeKind::kTupleType && pieces.size() == 4;
  Docs docs;
  bool is_open = true;  // nothing before, or an opening bracket
  for (size_t at = 0; at < pieces.size(); ++at) {
    const Piece& piece = pieces[at];
    TokenKind kind = piece.IsToken() ? KindOf(piece.token) : kEndOfFile;
    if (kind == kComma && at + 2 == pieces.size() && pieces.back().IsToken() && !is_single) {
      docs.push_back(Dropped(piece.token));
      continue;
    }
    bool is_tight = is_open || kind == kColon || kind == kComma || kind == kLess ||
                    kind == kGreater || kind == kLeftParen || kind == kRightParen ||
                    (!piece.IsToken() && tree_.KindOf(piece.node) == NodeKind::kFunctionTypeParams);
    if (!is_tight) docs.push_back(Text(" "));
    docs.push_back(Of(piece));
    is_open = kind == kLess || kind == kLeftParen;
  }
  return Concat(docs);
}

// ---- Operators

Doc* Formatter::Unary(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  TokenId op = pieces[0].token;
  if (KindOf(op) == kMinus) return Tight(node);
  return Concat({TokAs(op, "not"), Text(" "), Of(pieces[1])});
}

Doc* Formatter::Binary(NodeId node) {
  // The chain of operators of one level, which stand nested to the left.
  struct Step {
    std::vector<Piece> op;
    NodeId right;
  };
  std::vector<Step> steps;
  NodeId left = node;
  int level = 0;
  while (tree_.KindOf(left) == NodeKind::kBinaryExpr) {
    std::vector<Piece> pieces = PiecesOf(left);
    int own_level = BinaryLevel(KindOf(pieces[1].token));
    if (level != 0 && own_level != level) break;
    level = own_level;
    steps.push_back({{pieces.begin() + 1, pieces.end() - 1}, pieces.back().node});
    left = pieces.front().node;
  }
  std::reverse(steps.begin(), steps.end());
  Docs flat = {Node(left)};  // but the last operand
  Docs rest;
  Doc* last = nullptr;
  bool is_range = KindOf(steps.front().op.front().token) == kDotDot;
  bool has_comments = false;
  for (const Step& step : steps) {
    Docs op;
    for (const Piece& part : step.op) {
      op.push_back(Operator(part.token));
      has_comments |= comments_.HasAny(part.token);
    }
    Doc* op_doc = Concat(op);
    if (last != nullptr) flat.push_back(last);
    has_comments |= HasOwnLineCommentBefore(tree_.Get(step.right).first);
    last = Node(step.right);
    if (is_range) {
      flat.push_back(op_doc);
      continue;
    }
    flat.insert(flat.end(), {Text(" "), op_doc, Text(" ")});
    rest.insert(rest.end(), {Text(" "), op_doc, docs_.Line(), last});
  }
  Doc* leading = Concat(flat);
  if (is_range) return Concat({leading, last});
  Doc* tail = Concat(rest);
  Doc* group = docs_.Group({flat.front(), docs_.Indent(tail)});
  if (has_comments || !EndsInBlock(steps.back().right)) return group;
  return docs_.Hug(leading, last, docs_.Empty(), group, false);
}

Doc* Formatter::Operator(TokenId token) {
  return KindOf(token) == kBarBar ? TokAs(token, "or") : Tok(token);
}

Doc* Formatter::Pipe(NodeId node) {
  struct Step {
    TokenId op;
    NodeId right;
  };
  std::vector<Step> steps;
  NodeId left = node;
  while (tree_.KindOf(left) == NodeKind::kPipeExpr) {
    std::vector<Piece> pieces = PiecesOf(left);
    steps.push_back({pieces[1].token, pieces[2].node});
    left = pieces[0].node;
  }
  std::reverse(steps.begin(), steps.end());
  Doc* head = Node(left);
  bool was_on_lines = false;
  bool has_comments = false;
  Docs flat = {head};  // but the last step's right side
  Docs broken;
  Doc* last = nullptr;
  for (const Step& step : steps) {
    TokenId right = tree_.Get(step.right).first;
    was_on_lines |= HasNewlineBefore(step.op) || HasNewlineBefore(right);
    has_comments |= comments_.HasAny(step.op) || HasOwnLineCommentBefore(right);
    if (last != nullptr) flat.push_back(last);
    Doc* op = Tok(step.op);
    last = Node(step.right);
    flat.insert(flat.end(), {Text(" "), op, Text(" ")});
    broken.insert(broken.end(), {docs_.Line(), op, Text(" "), last});
  }
  Doc* steps_doc = Concat({head, docs_.Indent(Concat(broken))});
  if (was_on_lines || has_comments) return docs_.BrokenGroup(steps_doc);
  if (!EndsInBlock(steps.back().right)) return docs_.Group(steps_doc);
  return docs_.Hug(Concat(flat), last, docs_.Empty(), docs_.Group(steps_doc), false);
}

// ---- Postfix forms

Doc* Formatter::PostfixChain(NodeId node) {
  // From the outermost form to what it is all applied to.
  std::vector<NodeId> chain;
  NodeId at = node;
  while (true) {
    NodeKind kind = tree_.KindOf(at);
    bool is_postfix = kind == NodeKind::kCallExpr || kind == NodeKind::kFieldExpr ||
                      kind == NodeKind::kIndexExpr || kind == NodeKind::kTryExpr;
    if (!is_postfix) break;
    chain.push_back(at);
    at = PiecesOf(at).front().node;
  }
  if (chain.empty()) return Tight(node);  // assert_receive and its arguments
  Docs lines;                             // whole lines, each but the first begins with a dot
  Docs current = {Node(at)};
  auto finish_line = [&] {
    Doc* line = Concat(current);
    current.clear();
    lines.push_back(lines.empty() ? line : docs_.Indent({docs_.HardLine(), line}));
  };
  for (size_t i = chain.size(); i-- > 0;) {
    std::vector<Piece> pieces = PiecesOf(chain[i]);
    if (IsToken(pieces[1], kDot) && HasNewlineBefore(pieces[1].token)) finish_line();
    if (tree_.KindOf(chain[i]) == NodeKind::kIndexExpr) {
      current.push_back(Bracketed(pieces, 1, {.hugs = true}));
      continue;
    }
    for (size_t part = 1; part < pieces.size(); ++part) {
      bool is_closure =
          !pieces[part].IsToken() && tree_.KindOf(pieces[part].node) == NodeKind::kHandlerBlock;
      if (is_closure) current.push_back(Text(" "));
      current.push_back(Of(pieces[part]));
    }
  }
  finish_line();
  return Concat(lines);
}

Doc* Formatter::StructLiteral(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  bool is_pattern = tree_.KindOf(node) == NodeKind::kStructPattern;
  bool is_empty = pieces.size() == 3;
  return Concat({Of(pieces[0]), Text(" "),
                 Bracketed(pieces, 1, {.trailing_comma = !is_pattern, .padded = !is_empty})});
}

Doc* Formatter::Update(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  // `%{base |` is the opening, the fields follow.
  Docs head = {Tok(pieces[0].token), Of(pieces[1]), Text(" "), Tok(pieces[2].token)};
  Docs fields;
  for (size_t at = 3; at + 1 < pieces.size(); ++at) {
    if (!IsToken(pieces[at], kComma)) {
      fields.push_back(Of(pieces[at]));
    } else if (at + 2 == pieces.size()) {
      fields.push_back(Dropped(pieces[at].token));
    } else {
      fields.push_back(Tok(pieces[at].token));
      fields.push_back(docs_.Line());
    }
  }
  TokenId closing = pieces.back().token;
  Doc* comments = ClosingComments(closing);
  Doc* comma = docs_.IfBroken(Text(","), docs_.Empty());
  return docs_.Group(
      {Concat(head),
       docs_.Indent({docs_.Line(), Concat(fields), comma, comments, docs_.SoftLine()}),
       docs_.SoftLine(), Tok(closing)});
}

Doc* Formatter::Assert(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  Docs docs = {Tok(pieces[0].token)};
  // `assert(e)` stays as it is.
  if (tokens_.Get(pieces[1].token).HasSpaceBefore()) docs.push_back(Text(" "));
  docs.push_back(CommaList(pieces, 1, pieces.size()));
  return Concat(docs);
}

}  // namespace snow::format_internal
