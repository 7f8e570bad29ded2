#include "snowc/syntax/syntax.h"

#include <gtest/gtest.h>

#include "snowc/diagnostics/renderer.h"

namespace snow {
namespace {

using ast::As;

TEST(SyntaxTest, ReadsAProgramInOneCall) {
  SourceSet sources;
  const SourceFile& source = sources.Add("main.snow",
                                         "##! A program.\n"
                                         "import Math.Vector as V\n\n"
                                         "## Doubles.\n"
                                         "pub fn twice(x :: Int) -> Int = x + x\n");
  Interner names;
  Diagnostics diagnostics;
  ast::File file = ParseSource(source, names, diagnostics);
  EXPECT_EQ(RenderText(diagnostics, sources), "");
  EXPECT_EQ(file.docs.text, "A program.");
  ASSERT_EQ(file.items.size(), 2u);
  const auto& import = As<ast::ImportItem>(*file.items[0]);
  EXPECT_EQ(names.Get(import.alias.id), "V");
  const auto& item = As<ast::FnItem>(*file.items[1]);
  EXPECT_TRUE(item.fn->is_pub);
  EXPECT_EQ(item.fn->docs.text, "Doubles.");
  EXPECT_EQ(names.Get(item.fn->name.id), "twice");
  EXPECT_EQ(item.fn->ordinal, 1u);
  EXPECT_EQ(As<ast::BinaryExpr>(*item.fn->body).op, ast::BinaryOp::kAdd);
}

TEST(SyntaxTest, GivesWhatItUnderstandsOfABrokenFile) {
  SourceSet sources;
  const SourceFile& source =
      sources.Add("main.snow", "fn a( = \nfn b() = 1 +\nstruct S do x end\n");
  Interner names;
  Diagnostics diagnostics;
  ast::File file = ParseSource(source, names, diagnostics);
  EXPECT_TRUE(diagnostics.HasErrors());
  EXPECT_EQ(file.items.size(), 3u);
}

}  // namespace
}  // namespace snow
