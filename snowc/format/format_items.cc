// Files and items.
#include <algorithm>

#include "snowc/format/formatter.h"

namespace snow::format_internal {

using enum TokenKind;

// ---- Files and lists of items

Doc* Formatter::File(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  TokenId first(0);
  Doc* header = docs_.Empty();
  if (pieces.size() > 1) header = FileHeader(first);
  // The last piece is the end of the file.
  Doc* items = Items(pieces, 0, pieces.size() - 1);
  TokenId end = pieces.back().token;
  Docs docs = {header, items};
  CommentMap::Range range = comments_.Before(end);
  if (pieces.size() == 1) {
    docs.push_back(CommentsBefore(end));
  } else if (range.split != range.end) {
    docs.push_back(ClosingComments(end));
  }
  return Concat(docs);
}

Doc* Formatter::FileHeader(TokenId first) {
  // Up to the last comment of the module, or the last one with an empty line behind it.
  CommentMap::Range range = comments_.Before(first);
  size_t header_end = range.split;
  for (size_t at = range.split; at < range.end; ++at) {
    bool is_module_doc = tokens_.comments[at].kind == CommentKind::kModuleDoc;
    bool has_blank_behind = at + 1 < range.end ? comments_.HasBlankBefore(at + 1)
                                               : comments_.HasBlankDirectlyBefore(first);
    if ((is_module_doc || has_blank_behind) && comments_.EndsLine(at)) header_end = at + 1;
  }
  if (header_end == range.split) return docs_.Empty();
  Docs docs;
  for (size_t at = range.split; at < header_end; ++at) {
    if (at != range.split && comments_.HasBlankBefore(at)) docs.push_back(docs_.BlankLine());
    if (comments_.EndsLine(at)) {
      docs.push_back(docs_.OwnLineComment(comments_.TextOf(at)));
    } else {
      docs.push_back(Text(comments_.TextOf(at)));
      docs.push_back(Text(" "));
    }
  }
  bool has_blank = header_end < range.end ? comments_.HasBlankBefore(header_end)
                                          : comments_.HasBlankDirectlyBefore(first);
  if (has_blank) docs.push_back(docs_.BlankLine());
  header_comments_ = header_end;
  return Concat(docs);
}

bool Formatter::IsImport(NodeId node) const {
  return tree_.KindOf(node) == NodeKind::kImportItem ||
         tree_.KindOf(node) == NodeKind::kFromImportItem;
}

std::string Formatter::ImportKey(NodeId node) const {
  std::string key = tree_.KindOf(node) == NodeKind::kImportItem ? "a" : "b";
  for (const Piece& piece : PiecesOf(node)) {
    if (piece.IsToken()) continue;
    for (NodeId part : tree_.Children(piece.node)) key += tree_.TextOf(part), key += '.';
    if (tree_.KindOf(piece.node) == NodeKind::kName) key += tree_.TextOf(piece.node);
    key += ' ';
  }
  return key;
}

bool Formatter::AreClausesOfOne(NodeId a, NodeId b) const {
  if (tree_.KindOf(a) != NodeKind::kFnItem || tree_.KindOf(b) != NodeKind::kFnItem) return false;
  auto name = [&](NodeId fn) {
    for (NodeId child : tree_.Children(fn)) {
      if (tree_.KindOf(child) == NodeKind::kName) return tree_.TextOf(child);
    }
    return std::string_view();
  };
  return name(a) == name(b);
}

Doc* Formatter::Items(const std::vector<Piece>& pieces, size_t first, size_t last) {
  struct Entry {
    NodeId node;
    Doc* doc;
    std::string key;  // of imports
  };
  std::vector<Entry> entries;
  std::vector<Entry> imports;
  size_t imports_at = 0;
  Doc* pending = docs_.Empty();  // comments of a `;` before any item
  bool follows_import = false;
  for (size_t at = first; at < last; ++at) {
    if (pieces[at].IsToken()) {
      // A `;`: what is left of it goes with the item before.
      Doc* dropped = Dropped(pieces[at].token);
      std::vector<Entry>& before = follows_import ? imports : entries;
      if (before.empty()) {
        pending = Concat({pending, dropped});
      } else {
        before.back().doc = Concat({before.back().doc, dropped});
      }
      continue;
    }
    NodeId node = pieces[at].node;
    follows_import = IsImport(node);
    if (follows_import && imports.empty()) imports_at = entries.size();
    Doc* doc = Concat({pending, Node(node)});
    pending = docs_.Empty();
    std::vector<Entry>& target = follows_import ? imports : entries;
    target.push_back({node, doc, follows_import ? ImportKey(node) : ""});
  }
  if (entries.empty() && imports.empty()) return pending;
  // Few and often sorted already; insertion keeps the order of equals.
  for (size_t i = 1; i < imports.size(); ++i) {
    for (size_t j = i; j > 0 && imports[j].key < imports[j - 1].key; --j) {
      std::swap(imports[j], imports[j - 1]);
    }
  }
  entries.insert(entries.begin() + static_cast<ptrdiff_t>(imports_at), imports.begin(),
                 imports.end());
  Docs docs;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) {
      docs.push_back(docs_.HardLine());
      NodeId before = entries[i - 1].node;
      NodeId node = entries[i].node;
      bool is_import_pair = IsImport(before) && IsImport(node);
      bool is_clause = AreClausesOfOne(before, node);
      bool has_blank = comments_.HasBlankBefore(tree_.Get(node).first);
      if (!is_import_pair && (!is_clause || has_blank)) docs.push_back(docs_.BlankLine());
    }
    docs.push_back(entries[i].doc);
  }
  return Concat(docs);
}

Doc* Formatter::ModuleBody(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  TokenId end = pieces.back().token;
  Doc* items = Items(pieces, 1, pieces.size() - 1);
  bool is_empty = pieces.size() == 2;
  Doc* comments = ClosingComments(end);
  if (is_empty) {
    bool is_one_line = IsOnOneLine(pieces.front().token, end) && comments->parts.empty();
    return Concat({Tok(pieces.front().token), docs_.Indent(comments),
                   is_one_line ? Text(" ") : docs_.HardLine(), Tok(end)});
  }
  return Concat({Tok(pieces.front().token),
                 docs_.Indent({docs_.HardLine(), items, comments, docs_.HardLine()}),
                 docs_.HardLine(), Tok(end)});
}

// ---- Items

Doc* Formatter::Declaration(NodeId node) {
  // Words and parts with spaces between; attributes stand on lines of their own, parentheses and
  // type parameters directly behind the name.
  Docs docs;
  bool begins_line = true;
  NodeKind kind = tree_.KindOf(node);
  bool holds_items = kind == NodeKind::kModuleItem || kind == NodeKind::kDescribeItem;
  std::vector<Piece> pieces = PiecesOf(node);
  for (size_t at = 0; at < pieces.size(); ++at) {
    const Piece& piece = pieces[at];
    NodeKind part = piece.IsToken() ? NodeKind::kError : tree_.KindOf(piece.node);
    if (IsToken(piece, kEqual)) {
      NodeId value = pieces[at + 1].node;
      docs.push_back(Assigned(piece.token, value));
      ++at;
      continue;
    }
    bool is_tight = part == NodeKind::kGenerics || part == NodeKind::kParams ||
                    part == NodeKind::kVariantFields || IsToken(piece, kComma);
    if (part == NodeKind::kWhereList) {
      docs.push_back(docs_.Group({docs_.Line(), Node(piece.node)}));
      continue;
    }
    if (!begins_line && !is_tight) docs.push_back(Text(" "));
    begins_line = false;
    if (part == NodeKind::kAttribute) {
      docs.push_back(Node(piece.node));
      docs.push_back(docs_.HardLine());
      begins_line = true;
    } else if (part == NodeKind::kItemBody && holds_items) {
      docs.push_back(ModuleBody(piece.node));
    } else if (kind == NodeKind::kFromImportItem && IsToken(piece, kLeftParen)) {
      docs.push_back(Bracketed(pieces, at, {}));
      break;
    } else {
      docs.push_back(Of(piece));
    }
  }
  return Concat(docs);
}

Doc* Formatter::Function(NodeId node) {
  Docs head;
  Docs docs;
  bool begins_line = true;
  Doc* where = nullptr;
  Docs behind;  // guard and body
  for (const Piece& piece : PiecesOf(node)) {
    NodeKind part = piece.IsToken() ? NodeKind::kError : tree_.KindOf(piece.node);
    switch (part) {
      case NodeKind::kAttribute:
        docs.push_back(Node(piece.node));
        docs.push_back(docs_.HardLine());
        continue;
      case NodeKind::kGenerics:
      case NodeKind::kParams:
        head.push_back(Node(piece.node));
        continue;
      case NodeKind::kWhereList:
        where = Node(piece.node);
        continue;
      case NodeKind::kGuard:
      case NodeKind::kBlock:
        behind.push_back(Text(" "));
        behind.push_back(Node(piece.node));
        continue;
      case NodeKind::kExprBody: {
        std::vector<Piece> parts = PiecesOf(piece.node);
        behind.push_back(Assigned(parts[0].token, parts[1].node));
        continue;
      }
      default:
        break;
    }
    if (!begins_line) head.push_back(Text(" "));
    begins_line = false;
    head.push_back(Of(piece));
  }
  Doc* head_doc = Concat(head);
  docs.push_back(head_doc);
  if (where != nullptr) docs.push_back(docs_.Group({docs_.Line(), where}));
  docs.push_back(Concat(behind));
  return Concat(docs);
}

Doc* Formatter::Actor(NodeId node) {
  std::vector<Piece> pieces = PiecesOf(node);
  TokenId end = pieces.back().token;
  TokenId begin;
  Docs docs;
  bool begins_line = true;
  bool is_one_line = true;
  for (size_t at = 0; at < pieces.size(); ++at) {
    const Piece& piece = pieces[at];
    NodeKind part = piece.IsToken() ? NodeKind::kError : tree_.KindOf(piece.node);
    if (part == NodeKind::kStatementList) {
      is_one_line = IsOnOneLine(begin, end) && IsShort(piece.node) && at + 2 == pieces.size();
      docs.push_back(Body(piece.node, pieces[at + 1].token, is_one_line));
      docs.push_back(is_one_line ? docs_.Line() : docs_.HardLine());
      begins_line = true;
      continue;
    }
    if (IsToken(piece, kSemicolon)) {
      docs.push_back(Dropped(piece.token));
      continue;
    }
    if (part == NodeKind::kActorTerminate) {
      docs.push_back(Node(piece.node));
      docs.push_back(ClosingComments(end));
      docs.push_back(docs_.HardLine());
      begins_line = true;
      continue;
    }
    if (!begins_line && part != NodeKind::kParams) docs.push_back(Text(" "));
    begins_line = false;
    if (IsToken(piece, kDo)) begin = piece.token;
    docs.push_back(Of(piece));
    if (part == NodeKind::kAttribute) {
      docs.push_back(docs_.HardLine());
      begins_line = true;
    }
  }
  return docs_.Group(Concat(docs));
}

}  // namespace snow::format_internal
