// Lexer, parser and the typed tree take any bytes, and the lossless tree is what it says.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "snowc/diagnostics/renderer.h"
#include "snowc/syntax/ast_dump.h"
#include "snowc/syntax/build.h"
#include "snowc/syntax/parser.h"

namespace snow {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

// Tokens and comments stand in order, do not overlap, and leave nothing but white space between.
void CheckTokens(const TokenBuffer& buffer) {
  uint32_t token_end = 0;
  for (const Token& token : buffer.tokens) {
    Require(token.begin >= token_end && token.end >= token.begin, "tokens are in order");
    token_end = token.end;
    if (!token.match.IsValid()) continue;
    Require(token.match.value < buffer.tokens.size(), "a partner exists");
    const Token& back = buffer.tokens[buffer.Get(token.match).match.value];
    Require(&back == &token, "partners know each other");
  }
  Require(token_end <= buffer.source->text().size(), "tokens are in the text");
  uint32_t comment_end = 0;
  for (const Comment& comment : buffer.comments) {
    Require(comment.begin >= comment_end && comment.end > comment.begin, "comments are in order");
    Require(comment.before.value < buffer.tokens.size(), "a token follows each comment");
    Require(comment.end <= buffer.Get(comment.before).begin, "a comment ends before its token");
    comment_end = comment.end;
  }
}

// Children stand in their parents, one after another.
void CheckTree(const Tree& tree) {
  Require(tree.Get(tree.Root()).subtree_size == tree.Size(), "the root holds everything");
  Require(tree.Get(tree.Root()).first.value == 0, "the root begins with the first token");
  Require(tree.Get(tree.Root()).end.value == tree.tokens().tokens.size(),
          "the root ends with the last token");
  for (uint32_t id = 0; id < tree.Size(); ++id) {
    const Node& node = tree.Get(NodeId(id));
    Require(node.first <= node.end, "a node's tokens are a range");
    Require(node.subtree_size >= 1 && node.subtree_size <= id + 1, "a subtree is before its root");
    TokenId at = node.first;
    for (NodeId child : tree.Children(NodeId(id))) {
      const Node& part = tree.Get(child);
      Require(part.first >= at && part.end <= node.end, "children are in order in their parent");
      Require(!part.has_error || node.has_error, "an error is known further up");
      at = part.end;
    }
  }
  Require(!tree.Get(tree.Root()).has_error || tree.HasErrors(), "Error nodes have been reported");
}

void ParseAny(std::string_view text) {
  SourceSet sources;
  const SourceFile& source = sources.Add("fuzz.snow", std::string(text));
  Diagnostics diagnostics;
  Tree tree = ParseTree(source, diagnostics);
  CheckTokens(tree.tokens());
  CheckTree(tree);
  Require(tree.HasErrors() == diagnostics.HasErrors(), "the tree knows of errors");
  Interner names;
  ast::File file = ast::Build(tree, names);
  ast::Dump(file, names);
  RenderText(diagnostics, sources);
  for (const Diagnostic& diagnostic : diagnostics.All()) RenderJson(diagnostic, sources);
}

}  // namespace
}  // namespace snow

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  snow::ParseAny({reinterpret_cast<const char*>(data), size});
  return 0;
}
