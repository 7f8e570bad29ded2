#include "snowc/syntax/parser.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "snowc/syntax/lexer.h"
#include "snowc/syntax/parser_impl.h"

namespace snow {
namespace syntax_internal {
namespace {

// Levels of brackets, blocks, prefix operators and so on within each other. The parser takes a few
// hundred bytes of stack for each.
constexpr int kMaxDepth = 500;

}  // namespace

Parser::Parser(const TokenBuffer& tokens, Diagnostics& diagnostics, EndPolicy policy)
    : tokens_(tokens),
      diagnostics_(diagnostics),
      policy_(policy),
      last_(static_cast<uint32_t>(tokens.tokens.size()) - 1) {
  // Programs have a few more nodes than tokens.
  nodes_.reserve(tokens.tokens.size() + tokens.tokens.size() / 4 + 16);
}

Parser::DepthScope::DepthScope(Parser& parser) : parser_(parser) {
  is_fine_ = ++parser.depth_ <= kMaxDepth;
  if (is_fine_ || parser.is_stopped_) return;
  parser.Recovered();
  parser
      .Report(DiagnosticKind::kNestedTooDeep, parser.CurrentSpan(),
              "nested more than " + std::to_string(kMaxDepth) + " levels deep")
      .Help("give the inner parts names with 'let' or functions of their own");
  parser.is_stopped_ = true;
  parser.is_silent_ = true;
  Start start = parser.Begin();
  parser.at_ = parser.last_;
  parser.Finish(NodeKind::kError, start);
}

Span Parser::EndOfPrevious() const {
  if (at_ == 0) return BeginOf(CurrentSpan());
  return EndOf(tokens_.SpanOf(TokenAt(at_ - 1)));
}

void Parser::Finish(NodeKind kind, Start start) {
  uint32_t size = static_cast<uint32_t>(nodes_.size());
  uint16_t height = 0;
  bool has_error = kind == NodeKind::kError || (kind == NodeKind::kName && at_ == start.token);
  for (uint32_t child = size; child > start.node;) {
    const Node& node = nodes_[child - 1];
    height = std::max(height, node.height);
    has_error |= node.has_error;
    child -= node.subtree_size;
  }
  if (height < std::numeric_limits<uint16_t>::max()) ++height;
  nodes_.push_back(
      {TokenId(start.token), TokenId(at_), size - start.node + 1, height, kind, has_error});
}

void Parser::ParseFile() {
  Start start = Begin();
  ParseItems(nullptr);
  at_ = last_;
  // The EndOfFile token belongs to the file, so that the comments before it do.
  ++at_;
  Finish(NodeKind::kFile, start);
  at_ = last_;
  ReportTooHigh();
}

}  // namespace syntax_internal

Tree Parse(TokenBuffer tokens, Diagnostics& diagnostics, bool lexer_had_errors) {
  using syntax_internal::EndPolicy;
  using syntax_internal::Parser;
  Diagnostics reported;
  Parser parser(tokens, reported, EndPolicy::kNearest);
  parser.ParseFile();
  std::vector<Node> nodes = parser.TakeNodes();
  if (parser.LacksEnd()) {
    // Where an `end` is missing the file is read again with an eye on the indentation, unless that
    // only makes more trouble.
    Diagnostics second_reported;
    Parser second(tokens, second_reported, EndPolicy::kIndentation);
    second.ParseFile();
    if (second.LacksEnd() && second.OtherErrors() <= parser.OtherErrors()) {
      nodes = second.TakeNodes();
      reported = std::move(second_reported);
    }
  }
  bool has_errors = lexer_had_errors || reported.HasErrors();
  diagnostics.Append(std::move(reported));
  return Tree(std::move(tokens), std::move(nodes), has_errors);
}

Tree ParseTree(const SourceFile& source, Diagnostics& diagnostics) {
  size_t errors = diagnostics.ErrorCount();
  TokenBuffer tokens = Lex(source, diagnostics);
  return Parse(std::move(tokens), diagnostics, diagnostics.ErrorCount() != errors);
}

}  // namespace snow
