// The lossless syntax tree of one file.
//
// Nodes lie in one array in postorder: the children of a node stand directly before it, each with
// its own below it. A node knows the range of its tokens; tokens know their bytes, and what is
// between them is white space and the listed comments. So every byte of the file is in the tree.
// node_kind.def says for each kind which children it has.
//
// There is a tree for every file, however broken: what could not be parsed is in Error nodes, and
// the parser has reported it.
//
// Thread-safety: immutable once built. The source must outlive it.
#ifndef SNOWC_SYNTAX_TREE_H_
#define SNOWC_SYNTAX_TREE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "snowc/base/index.h"
#include "snowc/base/source.h"
#include "snowc/syntax/token.h"

namespace snow {

enum class NodeKind : uint8_t {
#define SNOW_NODE(name) k##name,
#include "snowc/syntax/node_kind.def"
};

std::string_view NameOf(NodeKind kind);

using NodeId = Index<struct NodeIdTag>;

struct Node {
  TokenId first;          // the first token
  TokenId end;            // one past the last token; equal to `first` when there is none
  uint32_t subtree_size;  // nodes of the subtree, this one included
  uint16_t height;        // 1 for a leaf
  NodeKind kind;
  bool has_error;  // an Error node or a reported error is in it
};

class Tree {
 public:
  // Trees higher than this are not handed on: a recursive walk over a lower one is safe on any
  // thread's stack. Real programs stay below 100.
  static constexpr uint16_t kMaxHeight = 2000;

  Tree(TokenBuffer tokens, std::vector<Node> nodes, bool has_errors)
      : tokens_(std::move(tokens)), nodes_(std::move(nodes)), has_errors_(has_errors) {}

  const TokenBuffer& tokens() const { return tokens_; }
  const SourceFile& source() const { return *tokens_.source; }

  // Whether lexer or parser reported an error.
  bool HasErrors() const { return has_errors_; }

  NodeId Root() const { return NodeId(nodes_.size() - 1); }
  size_t Size() const { return nodes_.size(); }
  const Node& Get(NodeId id) const { return nodes_[id.value]; }
  NodeKind KindOf(NodeId id) const { return Get(id).kind; }

  // Appends the children of `id` in order.
  void AppendChildren(NodeId id, std::vector<NodeId>& children) const;

  // The same as a new sequence.
  std::vector<NodeId> Children(NodeId id) const;

  // From the begin of its first token to the end of its last one.
  Span SpanOf(NodeId id) const;

  // The text of `SpanOf(id)`.
  std::string_view TextOf(NodeId id) const { return source().TextOf(SpanOf(id)); }

 private:
  TokenBuffer tokens_;
  std::vector<Node> nodes_;
  bool has_errors_;
};

// The tree as an S-expression with the text of its leaves, for tests and for curious people:
//   (BinaryExpr (NumberLiteral 1) + (NumberLiteral 2))
// One line; tokens that belong to no child stand where they are.
std::string DumpTree(const Tree& tree);

}  // namespace snow

#endif  // SNOWC_SYNTAX_TREE_H_
