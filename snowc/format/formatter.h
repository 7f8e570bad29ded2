// The insides of Format, shared by format_*.cc: a Doc for each node of the tree.
//
// Each token of the file gets into the Doc exactly once, by `Tok`, which also takes the comments
// before and beside it; tokens that the layout leaves out (`;`, commas at the end) go through
// `Dropped`, which takes the comments alone. A `Line` always stands in a group.
#ifndef SNOWC_FORMAT_FORMATTER_H_
#define SNOWC_FORMAT_FORMATTER_H_

#include <initializer_list>
#include <string>
#include <vector>

#include "snowc/format/comments.h"
#include "snowc/format/doc.h"
#include "snowc/syntax/tree.h"

namespace snow::format_internal {

class Formatter {
 public:
  explicit Formatter(const Tree& tree)
      : tree_(tree),
        tokens_(tree.tokens()),
        comments_(tree.tokens()),
        closed_(tree.tokens().tokens.size()) {}

  std::string Run();

 private:
  // A token of a node that is in no child, or a child.
  struct Piece {
    NodeId node;    // invalid: a token
    TokenId token;  // the token, or the first of the child
    bool IsToken() const { return !node.IsValid(); }
  };
  using Docs = std::vector<Doc*>;

  // ---- Tokens and comments (format.cc)

  std::vector<Piece> PiecesOf(NodeId node) const;
  TokenKind KindOf(TokenId token) const { return tokens_.Get(token).kind; }
  bool IsToken(const Piece& piece, TokenKind kind) const {
    return piece.IsToken() && KindOf(piece.token) == kind;
  }
  bool HasNewlineBefore(TokenId token) const { return tokens_.Get(token).HasNewlineBefore(); }
  // Whether no newline stands between the first token and `end`, before `end` included.
  bool IsOnOneLine(TokenId first, TokenId end) const;

  Doc* Tok(TokenId token);
  // With other text, or, without comments, as the source has it.
  Doc* TokAs(TokenId token, std::string_view text);
  Doc* Dropped(TokenId token);
  Doc* CommentsBefore(TokenId token);
  Doc* CommentsBeside(TokenId token);
  // The comments before a closing word or bracket, which belong to what it closes: each on a line
  // of its own after the last one. They are then not in the Doc of the token.
  Doc* ClosingComments(TokenId token);
  bool HasOwnLineCommentBefore(TokenId token) const;
  // The tokens of a range as they stand in the source, with the comments around it.
  Doc* Verbatim(NodeId node);

  Doc* Concat(std::initializer_list<Doc*> parts) { return docs_.Concat(parts); }
  Doc* Concat(const Docs& parts) { return docs_.Concat(std::span<Doc* const>(parts)); }
  Doc* Text(std::string_view text) { return docs_.Text(text); }

  // ---- Nodes (format.cc)

  Doc* Node(NodeId node);
  Doc* Bare(NodeId node);  // without the comments on lines before it
  Doc* Of(const Piece& piece) { return piece.IsToken() ? Tok(piece.token) : Node(piece.node); }
  Doc* Spaced(NodeId node);
  Doc* Tight(NodeId node);
  // `name: value`, `T: A + B`
  Doc* Keyed(NodeId node);
  // Elements with commas between in brackets; `first` is the index of the opening bracket, the
  // closing one is the last piece.
  struct BracketStyle {
    bool trailing_comma = false;  // when broken
    bool keeps_comma = false;     // the one at the end has a meaning
    bool padded = false;          // spaces inside when flat
    bool hugs = false;            // the last element may go on over lines by itself
  };
  Doc* Bracketed(const std::vector<Piece>& pieces, size_t first, BracketStyle style);
  Doc* Bracketed(NodeId node, BracketStyle style);
  // Pieces with commas between and no brackets.
  Doc* CommaList(const std::vector<Piece>& pieces, size_t first, size_t last);
  // ` = value`; what would not gain by it does not begin a line of its own.
  Doc* Assigned(TokenId equal, NodeId value);
  // Whether an element may go on over lines while its brackets stay beside it.
  bool CanHug(NodeId node) const;
  bool EndsInBlock(NodeId node) const;
  TokenId LastTokenOf(NodeId node) const;
  static bool StaysBesideEqual(NodeKind kind);
  Doc* Tuple(NodeId node);
  Doc* BarParams(NodeId node);
  Doc* TypePart(NodeId node);  // bounds, function types, deriving

  // ---- Expressions (format_exprs.cc)

  Doc* Binary(NodeId node);
  Doc* Operator(TokenId token);
  Doc* Pipe(NodeId node);
  Doc* PostfixChain(NodeId node);
  Doc* Unary(NodeId node);
  Doc* StructLiteral(NodeId node);
  Doc* Update(NodeId node);
  Doc* Assert(NodeId node);

  // ---- Blocks and control (format_control.cc)

  // Statements, arms, entries on lines of their own; separators between are dropped. Blank lines
  // between are kept, one at most.
  Doc* Lines(const std::vector<Piece>& pieces, size_t first, size_t last);
  // The statements of a list on one line or on lines of their own, indented, with the comments
  // before `closing`. What comes before and after is on the same line, or not.
  Doc* Body(NodeId list, TokenId closing, bool is_one_line);
  // Whether a list can stay on one line: at most one statement.
  bool IsShort(NodeId list) const;
  Doc* Block(NodeId node);
  Doc* Entries(NodeId node);
  Doc* If(NodeId node);
  Doc* Case(NodeId node);
  Doc* Arm(NodeId node, bool is_one_line);
  // `-> body`
  Doc* ArmBody(TokenId arrow, NodeId list, bool is_one_line);
  Doc* Closure(NodeId node);
  Doc* ClosureHead(const std::vector<Piece>& parts, bool is_first);
  // ` x, y when g`; of the first clause parentheses follow the `fn` directly.
  Doc* ClosureParams(const std::vector<Piece>& head, bool is_first);
  Doc* Let(NodeId node);

  // ---- Items (format_items.cc)

  Doc* Items(const std::vector<Piece>& pieces, size_t first, size_t last);
  Doc* File(NodeId node);
  Doc* FileHeader(TokenId first);
  Doc* Function(NodeId node);
  Doc* Declaration(NodeId node);
  Doc* Actor(NodeId node);
  Doc* ModuleBody(NodeId node);
  bool IsImport(NodeId node) const;
  std::string ImportKey(NodeId node) const;
  bool AreClausesOfOne(NodeId a, NodeId b) const;

  const Tree& tree_;
  const TokenBuffer& tokens_;
  CommentMap comments_;
  DocBuilder docs_;
  std::vector<bool> closed_;  // closing tokens whose comments have been taken
  // Comments before this token, up to this one, have been written as the header of the file.
  size_t header_comments_ = 0;
};

}  // namespace snow::format_internal

#endif  // SNOWC_FORMAT_FORMATTER_H_
