#include "snowc/syntax/tree.h"

#include <algorithm>

namespace snow {
namespace {

constexpr std::string_view kNames[] = {
#define SNOW_NODE(name) #name,
#include "snowc/syntax/node_kind.def"
};

void DumpNode(const Tree& tree, NodeId id, std::string& out) {
  const Node& node = tree.Get(id);
  out.append("(").append(NameOf(node.kind));
  if (node.height > Tree::kMaxHeight) {
    out += " too high)";
    return;
  }
  auto dump_tokens = [&](TokenId from, TokenId to) {
    for (TokenId at = from; at < to; ++at.value) {
      const Token& token = tree.tokens().Get(at);
      if (token.begin < token.end) out.append(" ").append(tree.tokens().TextOf(token));
    }
  };
  TokenId at = node.first;
  for (NodeId child : tree.Children(id)) {
    dump_tokens(at, tree.Get(child).first);
    out += ' ';
    DumpNode(tree, child, out);
    at = std::max(at, tree.Get(child).end);
  }
  dump_tokens(at, node.end);
  out += ')';
}

}  // namespace

std::string_view NameOf(NodeKind kind) { return kNames[static_cast<size_t>(kind)]; }

void Tree::AppendChildren(NodeId id, std::vector<NodeId>& children) const {
  size_t begin = children.size();
  uint32_t lowest = id.value + 1 - Get(id).subtree_size;
  for (uint32_t at = id.value; at > lowest; at -= nodes_[at - 1].subtree_size) {
    children.push_back(NodeId(at - 1));
  }
  std::reverse(children.begin() + static_cast<ptrdiff_t>(begin), children.end());
}

std::vector<NodeId> Tree::Children(NodeId id) const {
  std::vector<NodeId> children;
  AppendChildren(id, children);
  return children;
}

Span Tree::SpanOf(NodeId id) const {
  const Node& node = Get(id);
  uint32_t begin = tokens_.Get(node.first).begin;
  if (node.first == node.end) return {source().id(), begin, begin};
  return {source().id(), begin, tokens_.Get(TokenId(node.end.value - 1)).end};
}

std::string DumpTree(const Tree& tree) {
  std::string out;
  DumpNode(tree, tree.Root(), out);
  return out;
}

}  // namespace snow
