#include "snowc/diagnostics/diagnostics.h"

#include <gtest/gtest.h>

#include <string>

#include "snowc/diagnostics/renderer.h"

namespace snow {
namespace {

using enum DiagnosticKind;

Span At(const SourceFile& file, std::string_view text) {
  size_t begin = file.text().find(text);
  return {file.id(), static_cast<uint32_t>(begin), static_cast<uint32_t>(begin + text.size())};
}

TEST(DiagnosticKindTest, KnowsCodesBothWays) {
  EXPECT_EQ(CodeOf(kUnknownName), "E0004");
  EXPECT_EQ(KindOfCode("e0004"), kUnknownName);
  EXPECT_EQ(KindOfCode("E9999"), std::nullopt);
  EXPECT_EQ(SeverityOf(kUnusedVariable), Severity::kWarning);
}

TEST(DiagnosticKindTest, ExplainsEachCode) {
  std::string text = Explain("E0012").value();
  EXPECT_TRUE(text.starts_with("E0012: cases missing\n\n")) << text;
  EXPECT_NE(text.find("```snow"), std::string::npos);
  EXPECT_EQ(Explain("nonsense"), std::nullopt);
}

TEST(DiagnosticsTest, CountsErrorsAndWarningsApart) {
  Diagnostics diagnostics;
  diagnostics.Warning(kUnusedVariable, Span(), "unused");
  EXPECT_FALSE(diagnostics.HasErrors());
  diagnostics.Error(kNoMain, Span(), "no main");
  EXPECT_TRUE(diagnostics.HasErrors());
  EXPECT_EQ(diagnostics.ErrorCount(), 1u);
  EXPECT_EQ(diagnostics.WarningCount(), 1u);
}

TEST(DiagnosticsTest, SortsByPlaceAndDropsRepetitions) {
  SourceSet sources;
  const SourceFile& file = sources.Add("a.snow", "one two");
  Diagnostics diagnostics;
  diagnostics.Error(kUnknownName, At(file, "two"), "unknown name 'two'");
  diagnostics.Error(kUnknownName, At(file, "one"), "unknown name 'one'");
  diagnostics.Error(kUnknownName, At(file, "two"), "unknown name 'two'");
  auto sorted = diagnostics.Sorted();
  ASSERT_EQ(sorted.size(), 2u);
  EXPECT_EQ(sorted[0]->message, "unknown name 'one'");
  EXPECT_EQ(sorted[1]->message, "unknown name 'two'");
}

TEST(DiagnosticsTest, BuildersStayValidWhenMoreIsReported) {
  Diagnostics diagnostics;
  DiagnosticBuilder first = diagnostics.Error(kNoMain, Span(), "first");
  for (int i = 0; i < 1000; ++i) diagnostics.Error(kNoMain, Span(), "more");
  first.Help("help");
  EXPECT_EQ(diagnostics.All().front().helps.front(), "help");
}

TEST(DiagnosticsTest, AppendsAnotherSink) {
  Diagnostics all;
  Diagnostics part;
  part.Error(kNoMain, Span(), "a");
  part.Warning(kUnusedImport, Span(), "b");
  all.Append(std::move(part));
  EXPECT_EQ(all.ErrorCount(), 1u);
  EXPECT_EQ(all.WarningCount(), 1u);
}

TEST(RendererTest, ShowsExcerptNotesAndHelp) {
  SourceSet sources;
  const SourceFile& file =
      sources.Add("src/main.snow", "fn main() do\n  println(lenght(xs))\nend\n");
  Diagnostics diagnostics;
  diagnostics.Error(kUnknownName, At(file, "lenght"), "unknown name 'lenght'")
      .Label("not found here")
      .Note(At(file, "main"), "in this function")
      .Note("names are looked up from the inside out")
      .Help("did you mean 'length'?");
  EXPECT_EQ(RenderText(diagnostics, sources), R"(error[E0004]: unknown name 'lenght'
  --> src/main.snow:2:11
   |
 2 |   println(lenght(xs))
   |           ^^^^^^ not found here
note: in this function
  --> src/main.snow:1:4
   |
 1 | fn main() do
   |    ----
   = note: names are looked up from the inside out
   = help: did you mean 'length'?
)");
}

TEST(RendererTest, MarksAWholeLineWhenTheSpanGoesOn) {
  SourceSet sources;
  const SourceFile& file = sources.Add("a.snow", "case x do\n  1 -> 2\nend");
  Diagnostics diagnostics;
  diagnostics.Error(kMissingCases, At(file, file.text()), "cases missing");
  EXPECT_EQ(RenderText(diagnostics, sources), R"(error[E0012]: cases missing
  --> a.snow:1:1
   |
 1 | case x do
   | ^^^^^^^^^
)");
}

TEST(RendererTest, AlignsTabsWideCharactersAndTheEndOfFile) {
  SourceSet sources;
  const SourceFile& file = sources.Add("a.snow", "\t\xE6\x97\xA5 oops");
  Diagnostics diagnostics;
  diagnostics.Error(kUnknownName, At(file, "oops"), "unknown name 'oops'");
  diagnostics.Error(kMissingEnd, {file.id(), 9, 9}, "missing 'end'");
  EXPECT_EQ(RenderText(diagnostics, sources),
            "error[E0004]: unknown name 'oops'\n"
            "  --> a.snow:1:4\n"
            "   |\n"
            " 1 |     \xE6\x97\xA5 oops\n"
            "   |        ^^^^\n"
            "\n"
            "error[E0108]: missing 'end'\n"
            "  --> a.snow:1:8\n"
            "   |\n"
            " 1 |     \xE6\x97\xA5 oops\n"
            "   |            ^\n");
}

TEST(RendererTest, NeverPassesControlsToTheTerminal) {
  SourceSet sources;
  const SourceFile& file = sources.Add("a\033.snow", "x \033[31m \xFF y");
  Diagnostics diagnostics;
  diagnostics.Error(kUnexpectedCharacter, At(file, "y"), "unexpected '\033'").Help("\033");
  std::string text = RenderText(diagnostics, sources);
  EXPECT_EQ(text.find('\033'), std::string::npos) << text;
  EXPECT_EQ(text.find('\xFF'), std::string::npos) << text;
}

TEST(RendererTest, CutsLongLinesAroundThePlace) {
  SourceSet sources;
  const SourceFile& file =
      sources.Add("a.snow", std::string(5000, 'a') + " here " + std::string(5000, 'b'));
  Diagnostics diagnostics;
  diagnostics.Error(kUnknownName, At(file, "here"), "unknown name 'here'");
  std::string text = RenderText(diagnostics, sources);
  EXPECT_LT(text.size(), 500u);
  EXPECT_NE(text.find("here"), std::string::npos);
  EXPECT_NE(text.find("^^^^"), std::string::npos);
}

TEST(RendererTest, ColorsOnRequest) {
  SourceSet sources;
  Diagnostics diagnostics;
  diagnostics.Error(kNoMain, Span(), "no main");
  EXPECT_EQ(RenderText(diagnostics, sources), "error[E0220]: no main\n");
  EXPECT_EQ(RenderText(diagnostics, sources, {.color = true}),
            "\033[1;31merror[E0220]\033[0m\033[1m: no main\033[0m\n");
}

TEST(RendererTest, WritesOneLineOfJson) {
  SourceSet sources;
  const SourceFile& file = sources.Add("a.snow", "foo \"x\"\n");
  Diagnostics diagnostics;
  diagnostics.Error(kUnknownName, At(file, "foo"), "unknown name \"foo\"\n\x01")
      .Note("why")
      .Help("because")
      .Fix(At(file, "foo"), "bar");
  EXPECT_EQ(RenderJson(diagnostics.All().front(), sources),
            R"({"code":"E0004","severity":"error","message":"unknown name \"foo\"\n\u0001",)"
            R"("path":"a.snow","line":1,"column":1,"end_line":1,"end_column":4,"label":"",)"
            R"("notes":[{"text":"why"}],"helps":["because"],)"
            R"("fixes":[{"path":"a.snow","line":1,"column":1,"end_line":1,"end_column":4,)"
            R"("replacement":"bar"}]})"
            "\n");
}

}  // namespace
}  // namespace snow
