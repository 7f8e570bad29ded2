// Blocks, statements, control flow and closures.
#include "snowc/format/formatter.h"

namespace snow::format_internal {

using enum TokenKind;

// ---- Blocks

Doc* Formatter::Lines(const std::vector<Piece>& pieces, size_t first, size_t last) {
  Docs docs;
  bool is_first = true;
  for (size_t at = first; at < last; ++at) {
    if (pieces[at].IsToken()) {
      // A separator; only its comments stay.
      docs.push_back(Dropped(pieces[at].token));
      continue;
    }
    if (!is_first) {
      docs.push_back(docs_.HardLine());
      if (comments_.HasBlankBefore(pieces[at].token)) docs.push_back(docs_.BlankLine());
    }
    is_first = false;
    docs.push_back(Node(pieces[at].node));
  }
  return Concat(docs);
}

bool Formatter::IsShort(NodeId list) const { return tree_.Children(list).size() <= 1; }

Doc* Formatter::Body(NodeId list, TokenId closing, bool is_one_line) {
  std::vector<Piece> pieces = PiecesOf(list);
  Doc* lines = Lines(pieces, 0, pieces.size());
  Doc* comments = ClosingComments(closing);
  bool is_empty = pieces.empty() && comments->parts.empty();
  if (is_empty) return docs_.Empty();
  // The line end inside is for comments beside the last statement, as the next one may be for the
  // word that follows.
  Doc* last_line = is_one_line ? docs_.SoftLine() : docs_.HardLine();
  if (pieces.empty()) return docs_.Indent({comments, last_line});
  Doc* line = is_one_line ? docs_.Line() : docs_.HardLine();
  return docs_.Indent({line, lines, comments, last_line});
}

Doc* Formatter::Block(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  TokenId end = pieces.back().token;
  Docs docs;
  NodeId list;
  for (const Piece& piece : pieces) {
    if (!piece.IsToken() && tree_.KindOf(piece.node) == NodeKind::kStatementList) {
      list = piece.node;
      break;
    }
    if (!docs.empty()) docs.push_back(Text(" "));
    docs.push_back(Of(piece));
  }
  bool is_one_line = IsOnOneLine(pieces.front().token, end) && IsShort(list);
  docs.push_back(Body(list, end, is_one_line));
  docs.push_back(is_one_line ? docs_.Line() : docs_.HardLine());
  docs.push_back(Tok(end));
  return docs_.Group(Concat(docs));
}

Doc* Formatter::Entries(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  TokenId begin = pieces.front().token;
  TokenId end = pieces.back().token;
  bool is_one_line = IsOnOneLine(begin, end);
  Docs docs;
  bool is_first = true;
  for (size_t at = 1; at + 1 < pieces.size(); ++at) {
    const Piece& piece = pieces[at];
    if (piece.IsToken()) {
      bool is_between = at + 2 < pieces.size() && !is_first && !pieces[at + 1].IsToken();
      if (is_one_line && is_between) {
        std::string_view text = tokens_.TextOf(tokens_.Get(piece.token));
        docs.push_back(docs_.IfBroken(docs_.Empty(), Text(text)));
      }
      docs.push_back(Dropped(piece.token));
      continue;
    }
    if (!is_first) {
      docs.push_back(is_one_line ? docs_.Line() : docs_.HardLine());
      if (comments_.HasBlankBefore(piece.token)) docs.push_back(docs_.BlankLine());
    }
    is_first = false;
    docs.push_back(Node(piece.node));
  }
  Doc* comments = ClosingComments(end);
  Doc* line = is_one_line ? docs_.Line() : docs_.HardLine();
  Doc* body = docs_.Empty();
  Doc* last_line = is_one_line ? docs_.SoftLine() : docs_.HardLine();
  if (!is_first) {
    body = docs_.Indent({line, Concat(docs), comments, last_line});
  } else {
    body = docs_.Indent({Concat(docs), comments, last_line});
  }
  return docs_.Group({Tok(begin), body, line, Tok(end)});
}

Doc* Formatter::Let(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  Docs docs;
  size_t at = 0;
  for (; !IsToken(pieces[at], kEqual); ++at) {
    if (at != 0) docs.push_back(Text(" "));
    docs.push_back(Of(pieces[at]));
  }
  docs.push_back(Assigned(pieces[at].token, pieces[at + 1].node));
  return Concat(docs);
}

// ---- if, case, receive

Doc* Formatter::If(NodeId node) {
  // The words and parts of the whole chain: those of `else` and `else if` are spread out.
  std::vector<Piece> pieces;
  bool is_short = true;
  for (const Piece& piece : PiecesOf(node)) {
    NodeKind kind = piece.IsToken() ? NodeKind::kName : tree_.KindOf(piece.node);
    if (kind == NodeKind::kElseIf || kind == NodeKind::kElse) {
      for (const Piece& part : PiecesOf(piece.node)) pieces.push_back(part);
    } else {
      pieces.push_back(piece);
    }
  }
  TokenId first_do;
  for (const Piece& piece : pieces) {
    if (!first_do.IsValid() && IsToken(piece, kDo)) first_do = piece.token;
    if (piece.IsToken() || tree_.KindOf(piece.node) != NodeKind::kStatementList) continue;
    is_short &= IsShort(piece.node);
  }
  bool is_one_line = is_short && IsOnOneLine(first_do, pieces.back().token);
  Docs docs;
  for (size_t at = 0; at < pieces.size(); ++at) {
    const Piece& piece = pieces[at];
    bool is_list = !piece.IsToken() && tree_.KindOf(piece.node) == NodeKind::kStatementList;
    if (is_list) {
      docs.push_back(Body(piece.node, pieces[at + 1].token, is_one_line));
      docs.push_back(is_one_line ? docs_.Line() : docs_.HardLine());
      continue;
    }
    bool follows_list = at > 0 && !pieces[at - 1].IsToken() &&
                        tree_.KindOf(pieces[at - 1].node) == NodeKind::kStatementList;
    if (at > 0 && !follows_list) docs.push_back(Text(" "));
    docs.push_back(Of(piece));
  }
  return docs_.Group(Concat(docs));
}

Doc* Formatter::Case(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  Docs docs;
  size_t at = 0;
  for (; !IsToken(pieces[at], kDo); ++at) {
    docs.push_back(Of(pieces[at]));
    docs.push_back(Text(" "));
  }
  TokenId begin = pieces[at].token;
  TokenId end = pieces.back().token;
  docs.push_back(Tok(begin));
  bool is_one_line = IsOnOneLine(begin, end);
  for (size_t arm = at + 1; arm + 1 < pieces.size(); ++arm) {
    if (pieces[arm].IsToken()) continue;
    is_one_line &= IsShort(tree_.Children(pieces[arm].node).back());
  }
  Docs arms;
  Doc* after = docs_.Empty();
  bool is_first = true;
  for (size_t arm = at + 1; arm + 1 < pieces.size(); ++arm) {
    if (pieces[arm].IsToken()) {
      arms.push_back(Dropped(pieces[arm].token));
      continue;
    }
    if (tree_.KindOf(pieces[arm].node) == NodeKind::kAfterArm) {
      // It stands where the word `receive` does.
      after = Concat({is_one_line ? docs_.Line() : docs_.HardLine(),
                      comments_.HasBlankBefore(pieces[arm].token) && !is_first ? docs_.BlankLine()
                                                                               : docs_.Empty(),
                      Arm(pieces[arm].node, is_one_line)});
      continue;
    }
    if (!is_first) {
      if (is_one_line) arms.push_back(docs_.IfBroken(docs_.Empty(), Text(";")));
      arms.push_back(is_one_line ? docs_.Line() : docs_.HardLine());
      if (comments_.HasBlankBefore(pieces[arm].token)) arms.push_back(docs_.BlankLine());
    }
    is_first = false;
    arms.push_back(Arm(pieces[arm].node, is_one_line));
  }
  Doc* comments = ClosingComments(end);
  Doc* line = is_one_line ? docs_.Line() : docs_.HardLine();
  Doc* last_line = is_one_line ? docs_.SoftLine() : docs_.HardLine();
  docs.push_back(docs_.Indent({is_first ? docs_.Empty() : line, Concat(arms), last_line}));
  docs.push_back(after);
  docs.push_back(docs_.Indent({comments, last_line}));
  docs.push_back(line);
  docs.push_back(Tok(end));
  return docs_.Group(Concat(docs));
}

Doc* Formatter::Arm(NodeId node, bool is_one_line) {
  std::vector<Piece> pieces = PiecesOf(node);
  Docs docs;
  size_t at = 0;
  for (; !IsToken(pieces[at], kArrow); ++at) {
    docs.push_back(Of(pieces[at]));
    docs.push_back(Text(" "));
  }
  docs.push_back(ArmBody(pieces[at].token, pieces.back().node, is_one_line));
  return Concat(docs);
}

Doc* Formatter::ArmBody(TokenId arrow, NodeId list, bool is_one_line) {
  std::vector<Piece> pieces = PiecesOf(list);
  bool is_beside =
      is_one_line || (IsShort(list) && !pieces.empty() && !HasNewlineBefore(tree_.Get(list).first));
  Doc* lines = Lines(pieces, 0, pieces.size());
  if (is_beside) {
    bool stays = is_one_line || StaysBesideEqual(tree_.KindOf(pieces.front().node));
    if (stays) return Concat({Tok(arrow), Text(" "), lines});
    return Concat({Tok(arrow), docs_.Assigned(lines)});
  }
  return Concat({Tok(arrow), docs_.Indent({docs_.HardLine(), lines})});
}

// ---- Closures

Doc* Formatter::Closure(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  if (!IsToken(pieces.back(), kEnd)) {
    // The form with a block of its own.
    Docs docs = {Tok(pieces[0].token)};
    for (size_t at = 1; at < pieces.size(); ++at) {
      NodeKind kind = tree_.KindOf(pieces[at].node);
      bool is_empty = tree_.Get(pieces[at].node).first == tree_.Get(pieces[at].node).end;
      if (kind != NodeKind::kParams && !is_empty) docs.push_back(Text(" "));
      docs.push_back(Of(pieces[at]));
    }
    return Concat(docs);
  }
  TokenId end = pieces.back().token;
  std::vector<NodeId> clauses = tree_.Children(node);
  bool is_one_line = IsOnOneLine(pieces.front().token, end);
  for (NodeId clause : clauses) is_one_line &= IsShort(tree_.Children(clause).back());
  Doc* line = is_one_line ? docs_.Line() : docs_.HardLine();
  Docs docs = {Tok(pieces.front().token)};
  if (clauses.size() == 1) {
    std::vector<Piece> parts = PiecesOf(clauses[0]);
    docs.push_back(ClosureHead(parts, true));
    docs.push_back(Body(parts.back().node, end, is_one_line));
    docs.push_back(line);
    docs.push_back(Tok(end));
    return docs_.Group(Concat(docs));
  }
  for (size_t at = 1; at + 1 < pieces.size(); ++at) {
    if (pieces[at].IsToken()) {
      docs.push_back(docs_.Indent({line, Tok(pieces[at].token)}));
      continue;
    }
    std::vector<Piece> parts = PiecesOf(pieces[at].node);
    TokenId arrow = parts[parts.size() - 2].token;
    std::vector<Piece> head(parts.begin(), parts.end() - 2);
    Doc* clause = Concat(
        {ClosureParams(head, at == 1), Text(" "), ArmBody(arrow, parts.back().node, is_one_line)});
    docs.push_back(docs_.Indent(clause));
  }
  Doc* comments = ClosingComments(end);
  docs.push_back(docs_.Indent({comments, is_one_line ? docs_.SoftLine() : docs_.HardLine()}));
  docs.push_back(line);
  docs.push_back(Tok(end));
  return docs_.Group(Concat(docs));
}

// ` x, y when g ->`
Doc* Formatter::ClosureHead(const std::vector<Piece>& parts, bool is_first) {
  std::vector<Piece> head(parts.begin(), parts.end() - 2);
  return Concat({ClosureParams(head, is_first), Text(" "), Tok(parts[parts.size() - 2].token)});
}

Doc* Formatter::ClosureParams(const std::vector<Piece>& head, bool is_first) {
  Docs docs;
  for (const Piece& piece : head) {
    const snow::Node& part = tree_.Get(piece.node);
    if (part.first == part.end) continue;
    // `fn(x)`, but `fn x` and `| (x)`.
    if (part.kind != NodeKind::kParams || !is_first) docs.push_back(Text(" "));
    docs.push_back(Node(piece.node));
  }
  return Concat(docs);
}

}  // namespace snow::format_internal
