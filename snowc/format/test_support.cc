#include "snowc/format/test_support.h"

#include <algorithm>
#include <vector>

#include "snowc/format/format.h"
#include "snowc/syntax/ast_dump.h"
#include "snowc/syntax/build.h"
#include "snowc/syntax/parser.h"

namespace snow::format_test {
namespace {

struct Parsed {
  explicit Parsed(std::string_view text)
      : source(FileId(0), "test.snow", std::string(text)), tree(ParseTree(source, diagnostics)) {}

  SourceFile source;
  Diagnostics diagnostics;
  Tree tree;
};

// Spellings that are made uniform count as one.
std::string_view Uniform(std::string_view text) {
  if (text == "def") return "fn";
  if (text == "match") return "case";
  if (text == "&&") return "and";
  if (text == "||") return "or";
  if (text == "!") return "not";
  return text;
}

std::vector<std::string> TokensOf(const Tree& tree) {
  std::vector<std::string> texts;
  for (const Token& token : tree.tokens().tokens) {
    if (token.kind == TokenKind::kComma || token.kind == TokenKind::kSemicolon) continue;
    texts.emplace_back(Uniform(tree.tokens().TextOf(token)));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::vector<std::string> CommentsOf(const Tree& tree) {
  std::vector<std::string> texts;
  for (const Comment& comment : tree.tokens().comments) {
    std::string text(tree.source().text().substr(comment.begin, comment.end - comment.begin));
    while (!text.empty() &&
           std::string_view(" \t\r\n\f\v").find(text.back()) != std::string::npos) {
      text.pop_back();
    }
    texts.push_back(std::move(text));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

// Imports may change places, so the items are compared in sorted order.
std::vector<std::string> ItemsOf(const Tree& tree) {
  Interner names;
  ast::File file = ast::Build(tree, names);
  std::string dump = ast::Dump(file, names);
  std::vector<std::string> items;
  for (size_t begin = 0; begin < dump.size();) {
    size_t end = dump.find('\n', begin);
    items.push_back(dump.substr(begin, end - begin));
    begin = end + 1;
  }
  std::sort(items.begin(), items.end());
  return items;
}

}  // namespace

std::string Formatted(std::string_view text) { return Format(Parsed(text).tree); }

std::string BrokenPromise(std::string_view text) {
  Parsed before(text);
  if (before.tree.HasErrors()) return "";
  std::string once = Format(before.tree);
  Parsed after(once);
  if (after.tree.HasErrors()) {
    const Diagnostic& error = after.diagnostics.All().front();
    LineColumn place = after.source.Locate(error.span.begin);
    return "the result has errors: line " + std::to_string(place.line) + ": " + error.message +
           "\n" + once;
  }
  std::string twice = Format(after.tree);
  if (twice != once) return "formatting again changes it:\n" + once + "\n--- to:\n" + twice;
  if (TokensOf(before.tree) != TokensOf(after.tree)) return "tokens differ:\n" + once;
  if (CommentsOf(before.tree) != CommentsOf(after.tree)) return "comments differ:\n" + once;
  if (ItemsOf(before.tree) != ItemsOf(after.tree)) return "the tree differs:\n" + once;
  return "";
}

}  // namespace snow::format_test
