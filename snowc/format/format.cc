#include "snowc/format/format.h"

#include <algorithm>

#include "snowc/format/formatter.h"
#include "snowc/syntax/parser.h"

namespace snow {
namespace format_internal {

using enum TokenKind;

std::string Formatter::Run() { return Render(File(tree_.Root()), kFormatWidth); }

// ---- Tokens and comments

std::vector<Formatter::Piece> Formatter::PiecesOf(NodeId node) const {
  std::vector<Piece> pieces;
  const snow::Node& range = tree_.Get(node);
  TokenId at = range.first;
  for (NodeId child : tree_.Children(node)) {
    const snow::Node& part = tree_.Get(child);
    for (; at < part.first; ++at.value) pieces.push_back({NodeId(), at});
    pieces.push_back({child, part.first});
    at = std::max(at, part.end);
  }
  for (; at < range.end; ++at.value) pieces.push_back({NodeId(), at});
  return pieces;
}

bool Formatter::IsOnOneLine(TokenId first, TokenId end) const {
  for (TokenId at(first.value + 1); at <= end; ++at.value) {
    if (HasNewlineBefore(at)) return false;
  }
  return true;
}

Doc* Formatter::Tok(TokenId token) {
  std::string_view text = tokens_.TextOf(tokens_.Get(token));
  switch (KindOf(token)) {
    case kDef:
      return TokAs(token, "fn");
    case kMatch:
      return TokAs(token, "case");
    case kAmpAmp:
      return TokAs(token, "and");
    default:
      return TokAs(token, text);
  }
}

Doc* Formatter::TokAs(TokenId token, std::string_view text) {
  return Concat({CommentsBefore(token), Text(text), CommentsBeside(token)});
}

Doc* Formatter::Dropped(TokenId token) {
  return Concat({CommentsBefore(token), CommentsBeside(token)});
}

Doc* Formatter::CommentsBefore(TokenId token) {
  CommentMap::Range range = comments_.Before(token);
  size_t first = std::max(range.split, header_comments_);
  if (first >= range.end || closed_[token.value]) return docs_.Empty();
  Docs docs;
  for (size_t at = first; at < range.end; ++at) {
    if (at != first && comments_.HasBlankBefore(at)) docs.push_back(docs_.BlankLine());
    std::string_view text = comments_.TextOf(at);
    if (comments_.EndsLine(at)) {
      docs.push_back(docs_.OwnLineComment(text));
    } else if (comments_.IsAfterOpening(token)) {
      docs.push_back(Text(text));
      docs.push_back(Text(" "));
    } else {
      docs.push_back(docs_.InlineComment(text));
    }
  }
  if (comments_.EndsLine(range.end - 1) && comments_.HasBlankDirectlyBefore(token)) {
    docs.push_back(docs_.BlankLine());
  }
  return Concat(docs);
}

Doc* Formatter::CommentsBeside(TokenId token) {
  TokenId next(token.value + 1);
  if (next.value >= tokens_.tokens.size()) return docs_.Empty();
  CommentMap::Range range = comments_.Before(next);
  if (range.begin == range.split) return docs_.Empty();
  Docs docs;
  for (size_t at = range.begin; at < range.split; ++at) {
    if (comments_.EndsLine(at)) {
      docs.push_back(docs_.LineSuffix(comments_.TextOf(at)));
    } else {
      docs.push_back(Text(" "));
      docs.push_back(Text(comments_.TextOf(at)));
    }
  }
  return Concat(docs);
}

Doc* Formatter::ClosingComments(TokenId token) {
  CommentMap::Range range = comments_.Before(token);
  if (range.split == range.end) return docs_.Empty();
  Docs docs;
  for (size_t at = range.split; at < range.end; ++at) {
    if (!comments_.HasNewlineBefore(at)) {
      docs.push_back(Text(comments_.TextOf(at)));
      continue;
    }
    docs.push_back(docs_.HardLine());
    if (comments_.HasBlankBefore(at)) docs.push_back(docs_.BlankLine());
    docs.push_back(docs_.OwnLineComment(comments_.TextOf(at)));
  }
  closed_[token.value] = true;
  return Concat(docs);
}

bool Formatter::HasOwnLineCommentBefore(TokenId token) const {
  CommentMap::Range range = comments_.Before(token);
  for (size_t at = range.split; at < range.end; ++at) {
    if (comments_.EndsLine(at)) return true;
  }
  return false;
}

Doc* Formatter::Verbatim(NodeId node) {
  const snow::Node& range = tree_.Get(node);
  return Concat({CommentsBefore(range.first), Text(tree_.TextOf(node)),
                 CommentsBeside(TokenId(range.end.value - 1))});
}

// ---- Shapes

Doc* Formatter::Spaced(NodeId node) {
  Docs docs;
  for (const Piece& piece : PiecesOf(node)) {
    if (!docs.empty()) docs.push_back(Text(" "));
    docs.push_back(Of(piece));
  }
  return Concat(docs);
}

Doc* Formatter::Tight(NodeId node) {
  Docs docs;
  for (const Piece& piece : PiecesOf(node)) docs.push_back(Of(piece));
  return Concat(docs);
}

Doc* Formatter::Keyed(NodeId node) {
  Docs docs;
  for (const Piece& piece : PiecesOf(node)) {
    if (!docs.empty() && !IsToken(piece, kColon)) docs.push_back(Text(" "));
    docs.push_back(Of(piece));
  }
  return Concat(docs);
}

Doc* Formatter::CommaList(const std::vector<Piece>& pieces, size_t first, size_t last) {
  Docs docs;
  for (size_t at = first; at < last; ++at) {
    bool is_comma = IsToken(pieces[at], kComma);
    if (at != first && !is_comma) docs.push_back(Text(" "));
    docs.push_back(Of(pieces[at]));
  }
  return Concat(docs);
}

Doc* Formatter::Bracketed(NodeId node, BracketStyle style) {
  return Bracketed(PiecesOf(node), 0, style);
}

Doc* Formatter::Bracketed(const std::vector<Piece>& pieces, size_t first, BracketStyle style) {
  TokenId opening = pieces[first].token;
  TokenId closing = pieces.back().token;
  Doc* open = Tok(opening);
  Docs flat;    // elements and commas with plain spaces between, but the last element
  Docs broken;  // the same with line ends between, and the last element
  Doc* last = nullptr;
  const Piece* last_piece = nullptr;
  for (size_t at = first + 1; at + 1 < pieces.size(); ++at) {
    const Piece& piece = pieces[at];
    if (!IsToken(piece, kComma)) {
      if (last_piece != nullptr && last_piece == &pieces[at - 1]) {
        // `[a ..rest]`
        broken.insert(broken.end(), {Text(","), docs_.Line()});
      }
      last = Of(piece);
      last_piece = &piece;
      broken.push_back(last);
      continue;
    }
    if (at + 2 == pieces.size()) {
      broken.push_back(style.keeps_comma ? Tok(piece.token) : Dropped(piece.token));
      continue;
    }
    Doc* comma = Tok(piece.token);
    flat.insert(flat.end(), {last, comma, Text(" ")});
    broken.insert(broken.end(), {comma, docs_.Line()});
  }
  Doc* comments = ClosingComments(closing);
  if (last == nullptr && comments->parts.empty()) {
    // Two line ends, so that comments beside the opening are indented as those before the closing.
    return docs_.Group({open, docs_.Indent(docs_.SoftLine()), docs_.SoftLine(), Tok(closing)});
  }
  if (style.trailing_comma && last != nullptr) {
    broken.push_back(docs_.IfBroken(Text(","), docs_.Empty()));
  }
  Doc* edge_begin = style.padded ? docs_.Line() : docs_.SoftLine();
  Doc* edge_end = style.padded ? docs_.Line() : docs_.SoftLine();
  Doc* close = Tok(closing);
  Doc* expanded =
      docs_.Group({open, docs_.Indent({edge_begin, Concat(broken), comments, docs_.SoftLine()}),
                   edge_end, close});
  bool hugs = style.hugs && !style.keeps_comma && last_piece != nullptr && !last_piece->IsToken() &&
              CanHug(last_piece->node) && !comments_.HasAnyIn(opening, last_piece->token) &&
              !comments_.HasAnyIn(LastTokenOf(last_piece->node), closing);
  return hugs ? docs_.Hug(Concat({open, Concat(flat)}), last, close, expanded, true) : expanded;
}

TokenId Formatter::LastTokenOf(NodeId node) const { return TokenId(tree_.Get(node).end.value - 1); }

bool Formatter::CanHug(NodeId node) const {
  NodeKind kind = tree_.KindOf(node);
  if (kind == NodeKind::kKeywordArgument) {
    NodeId value = tree_.Children(node).back();
    return CanHug(value) && !comments_.HasAnyIn(tree_.Get(node).first, tree_.Get(value).first);
  }
  if (kind == NodeKind::kPipeExpr || kind == NodeKind::kBinaryExpr) return false;
  return EndsInBlock(node) || !comments_.HasAnyIn(tree_.Get(node).first, LastTokenOf(node));
}

bool Formatter::EndsInBlock(NodeId node) const {
  switch (tree_.KindOf(node)) {
    case NodeKind::kClosureExpr:
    case NodeKind::kIfExpr:
    case NodeKind::kCaseExpr:
    case NodeKind::kReceiveExpr:
    case NodeKind::kWhileExpr:
    case NodeKind::kForExpr:
    case NodeKind::kHandlerBlock:
      return true;
    case NodeKind::kCallExpr:
    case NodeKind::kArguments:
    case NodeKind::kKeywordArgument: {
      std::vector<NodeId> children = tree_.Children(node);
      return !children.empty() && EndsInBlock(children.back());
    }
    default:
      return false;
  }
}

bool Formatter::StaysBesideEqual(NodeKind kind) {
  switch (kind) {
    case NodeKind::kBinaryExpr:
    case NodeKind::kUnaryExpr:
    case NodeKind::kCallExpr:
    case NodeKind::kFieldExpr:
    case NodeKind::kIndexExpr:
    case NodeKind::kTryExpr:
    case NodeKind::kNameExpr:
    case NodeKind::kNumberLiteral:
    case NodeKind::kLiteral:
    case NodeKind::kStringLiteral:
    case NodeKind::kInterpolatedString:
      return false;
    default:
      return true;
  }
}

Doc* Formatter::Assigned(TokenId equal, NodeId value) {
  NodeKind kind = tree_.KindOf(value);
  Doc* sign = Tok(equal);
  if (HasOwnLineCommentBefore(tree_.Get(value).first)) {
    return Concat({Text(" "), sign, docs_.Indent({docs_.HardLine(), Node(value)})});
  }
  if (StaysBesideEqual(kind)) return Concat({Text(" "), sign, Text(" "), Node(value)});
  return Concat({Text(" "), sign, docs_.Assigned(Node(value))});
}

// ---- Nodes

Doc* Formatter::Node(NodeId node) {
  // Comments on lines before the node stand before its groups, which they would break.
  TokenId first = tree_.Get(node).first;
  if (first == tree_.Get(node).end || closed_[first.value] || !HasOwnLineCommentBefore(first)) {
    return Bare(node);
  }
  Doc* comments = CommentsBefore(first);
  closed_[first.value] = true;
  return Concat({comments, Bare(node)});
}

Doc* Formatter::Bare(NodeId node) {
  switch (tree_.KindOf(node)) {
    case NodeKind::kPath:
    case NodeKind::kAttribute:
    case NodeKind::kNamedType:
    case NodeKind::kOptionType:
    case NodeKind::kResultType:
    case NodeKind::kRestPattern:
    case NodeKind::kConstructorPattern:
    case NodeKind::kNumberPattern:
    case NodeKind::kBindPattern:
    case NodeKind::kNameExpr:
    case NodeKind::kSelfExpr:
      return Tight(node);
    case NodeKind::kName:
      // A keyword in the place of a name is no keyword.
      return TokAs(tree_.Get(node).first, tree_.TextOf(node));
    case NodeKind::kKeywordArgument:
    case NodeKind::kFieldValue:
    case NodeKind::kNamedPattern:
    case NodeKind::kSupervisorEntry:
      return Keyed(node);
    case NodeKind::kInterpolatedString:
      return Verbatim(node);
    case NodeKind::kTupleExpr:
    case NodeKind::kTuplePattern:
      return Tuple(node);
    case NodeKind::kParenExpr:
      return Bracketed(node, {.hugs = true});
    case NodeKind::kListExpr:
    case NodeKind::kMapExpr:
      return Bracketed(node, {.trailing_comma = true});
    case NodeKind::kArguments:
      return Bracketed(node, {.trailing_comma = true, .hugs = true});
    case NodeKind::kParams:
      return Bracketed(node, {.trailing_comma = true});
    case NodeKind::kListPattern:
    case NodeKind::kPatternArguments:
    case NodeKind::kParenPattern:
    case NodeKind::kVariantFields:
      return Bracketed(node, {});
    case NodeKind::kBarParams:
      return BarParams(node);
    case NodeKind::kBareParams: {
      std::vector<Piece> pieces = PiecesOf(node);
      return CommaList(pieces, 0, pieces.size());
    }
    case NodeKind::kStructPattern:
    case NodeKind::kStructExpr:
      return StructLiteral(node);
    case NodeKind::kUpdateExpr:
      return Update(node);
    case NodeKind::kWhereList:
    case NodeKind::kWhereBound:
    case NodeKind::kBound:
    case NodeKind::kFunctionType:
    case NodeKind::kFunctionTypeParams:
    case NodeKind::kTupleType:
    case NodeKind::kParenType:
    case NodeKind::kTypeArguments:
    case NodeKind::kGenerics:
    case NodeKind::kDeriving:
      return TypePart(node);
    case NodeKind::kUnaryExpr:
      return Unary(node);
    case NodeKind::kBinaryExpr:
      return Binary(node);
    case NodeKind::kPipeExpr:
      return Pipe(node);
    case NodeKind::kCallExpr:
    case NodeKind::kFieldExpr:
    case NodeKind::kIndexExpr:
    case NodeKind::kTryExpr:
    case NodeKind::kAssertReceiveExpr:
      return PostfixChain(node);
    case NodeKind::kAssertExpr:
      return Assert(node);
    case NodeKind::kLetStatement:
      return Let(node);
    case NodeKind::kIfExpr:
      return If(node);
    case NodeKind::kCaseExpr:
    case NodeKind::kReceiveExpr:
      return Case(node);
    case NodeKind::kClosureExpr:
      return Closure(node);
    case NodeKind::kBlock:
    case NodeKind::kHandlerBlock:
      return Block(node);
    case NodeKind::kStructBody:
    case NodeKind::kSumTypeBody:
    case NodeKind::kItemBody:
      return Entries(node);
    case NodeKind::kFnItem:
      return Function(node);
    case NodeKind::kActorItem:
      return Actor(node);
    case NodeKind::kImportItem:
    case NodeKind::kFromImportItem:
    case NodeKind::kConstItem:
    case NodeKind::kExternItem:
    case NodeKind::kStructItem:
    case NodeKind::kSumTypeItem:
    case NodeKind::kAliasItem:
    case NodeKind::kInterfaceItem:
    case NodeKind::kImplItem:
    case NodeKind::kModuleItem:
    case NodeKind::kServiceItem:
    case NodeKind::kSupervisorItem:
    case NodeKind::kTestItem:
    case NodeKind::kDescribeItem:
    case NodeKind::kSetupItem:
    case NodeKind::kFieldDecl:
    case NodeKind::kVariant:
    case NodeKind::kSchemaEntry:
    case NodeKind::kAssociatedType:
    case NodeKind::kCallHandler:
    case NodeKind::kCastHandler:
    case NodeKind::kInfoHandler:
    case NodeKind::kServiceTerminate:
    case NodeKind::kChildItem:
      return Declaration(node);
    default:
      return Spaced(node);
  }
}

Doc* Formatter::Tuple(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  bool is_single = tree_.Children(node).size() == 1;
  bool is_expr = tree_.KindOf(node) == NodeKind::kTupleExpr;
  // A pattern in braces is that of a `for` over a map.
  return Bracketed(pieces, 0, {.trailing_comma = is_expr && !is_single, .keeps_comma = is_single});
}

Doc* Formatter::BarParams(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  if (pieces.size() == 1) return Tok(pieces[0].token);
  return Concat({Tok(pieces.front().token), CommaList(pieces, 1, pieces.size() - 1),
                 Tok(pieces.back().token)});
}

}  // namespace format_internal

std::string Format(const Tree& tree) {
  if (tree.HasErrors()) return std::string(tree.source().text());
  return format_internal::Formatter(tree).Run();
}

std::string FormatSource(const SourceFile& source, Diagnostics& diagnostics) {
  return Format(ParseTree(source, diagnostics));
}

}  // namespace snow
