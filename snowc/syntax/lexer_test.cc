#include "snowc/syntax/lexer.h"

#include <gtest/gtest.h>

#include <string>

#include "snowc/diagnostics/diagnostics.h"

namespace snow {
namespace {

struct Lexed {
  explicit Lexed(std::string_view text)
      : source(FileId(0), "test.snow", std::string(text)), buffer(Lex(source, diagnostics)) {}

  // The texts of all tokens but the last, with `|` between.
  std::string Texts() const {
    std::string texts;
    for (const Token& token : buffer.tokens) {
      if (token.kind == TokenKind::kEndOfFile) break;
      if (!texts.empty()) texts += '|';
      texts += buffer.TextOf(token);
    }
    return texts;
  }

  std::string Errors() const {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics.All()) {
      if (!text.empty()) text += '\n';
      text += CodeOf(diagnostic.kind);
      text += "@" + std::to_string(diagnostic.span.begin) + " " + diagnostic.message;
    }
    return text;
  }

  TokenKind Kind(size_t index) const { return buffer.tokens[index].kind; }

  SourceFile source;
  Diagnostics diagnostics;
  TokenBuffer buffer;
};

TEST(LexerTest, EndsEveryFileWithItsEnd) {
  Lexed lexed("");
  ASSERT_EQ(lexed.buffer.tokens.size(), 1u);
  EXPECT_EQ(lexed.Kind(0), TokenKind::kEndOfFile);
}

TEST(LexerTest, TellsEveryOperator) {
  Lexed lexed(
      "+ - * / % <> ++ .. < > <= == != and && or || |> |2> |12> ? ! -> => :: : = . , ; @ | %{");
  EXPECT_EQ(lexed.Errors(), "");
  EXPECT_EQ(
      lexed.Texts(),
      "+|-|*|/|%|<>|++|..|<|>|<=|==|!=|and|&&|or|||||>||2>||12>|?|!|->|=>|::|:|=|.|,|;|@|||%{");
}

TEST(LexerTest, KeepsAGreaterApart) {
  EXPECT_EQ(Lexed("a >= b").Texts(), "a|>|=|b");
  EXPECT_EQ(Lexed("List<List<Int>>=").Texts(), "List|<|List|<|Int|>|>|=");
  EXPECT_FALSE(Lexed("a >= b").buffer.tokens[2].HasSpaceBefore());
}

TEST(LexerTest, KnowsEveryKeyword) {
  std::string words =
      "actor after alias and break call case cast cond continue def do else end false fn for if "
      "impl "
      "import in interface let link match module monitor nil not or pub receive return self send "
      "service spawn struct supervisor terminate trait trap true type when where while with";
  Lexed lexed(words);
  size_t count = 0;
  for (const Token& token : lexed.buffer.tokens) {
    if (token.kind == TokenKind::kEndOfFile) break;
    EXPECT_TRUE(IsKeyword(token.kind)) << lexed.buffer.TextOf(token);
    EXPECT_EQ(FixedText(token.kind), lexed.buffer.TextOf(token));
    ++count;
  }
  EXPECT_EQ(count, 48u);
}

TEST(LexerTest, LeavesContextualAndLongerWordsAsNames) {
  Lexed lexed("from as deriving Fun test const ends iff fnord do_it _do _ supervisors x1");
  for (size_t i = 0; i + 1 < lexed.buffer.tokens.size(); ++i) {
    EXPECT_FALSE(IsKeyword(lexed.Kind(i))) << i;
  }
  EXPECT_EQ(lexed.Kind(3), TokenKind::kUpperName);
  EXPECT_EQ(lexed.Kind(10), TokenKind::kLowerName);
  EXPECT_EQ(lexed.Kind(11), TokenKind::kUnderscore);
}

TEST(LexerTest, TakesNamesOfAllScripts) {
  Lexed lexed("größe Ärger 日本 ñ٣ _é x·y");
  EXPECT_EQ(lexed.Errors(), "");
  EXPECT_EQ(lexed.Texts(), "größe|Ärger|日本|ñ٣|_é|x·y");
  EXPECT_EQ(lexed.Kind(0), TokenKind::kLowerName);
  EXPECT_EQ(lexed.Kind(1), TokenKind::kUpperName);
  EXPECT_EQ(lexed.Kind(2), TokenKind::kLowerName);
}

TEST(LexerTest, ReadsNumbersOfEveryForm) {
  Lexed lexed("42 1_000_000 0xFF_ff 0Xa 0b10 0B1 0o75 0O7 3.14 1.0e-9 2e10 2E+1 1_0.5_0");
  EXPECT_EQ(lexed.Errors(), "");
  for (size_t i = 0; i < 8; ++i) EXPECT_EQ(lexed.Kind(i), TokenKind::kInt) << i;
  for (size_t i = 8; i < 13; ++i) EXPECT_EQ(lexed.Kind(i), TokenKind::kFloat) << i;
}

TEST(LexerTest, MakesAFloatOnlyOfADotBeforeADigit) {
  EXPECT_EQ(Lexed("1..5").Texts(), "1|..|5");
  EXPECT_EQ(Lexed("1.abs()").Texts(), "1|.|abs|(|)");
  EXPECT_EQ(Lexed("1.5.abs()").Texts(), "1.5|.|abs|(|)");
  EXPECT_EQ(Lexed("1.5..2.5").Texts(), "1.5|..|2.5");
}

TEST(LexerTest, RefusesMalformedNumbers) {
  EXPECT_EQ(Lexed("12ab").Errors(), "E0105@0 '12ab' is not a number");
  EXPECT_EQ(Lexed("1_").Errors(), "E0105@0 '1_' is not a number");
  EXPECT_EQ(Lexed("0x").Errors(), "E0105@0 a number lacks its digits after '0x'");
  EXPECT_EQ(Lexed("0b12").Errors(), "E0105@0 '0b12' is not a number");
  EXPECT_EQ(Lexed("0o8").Errors(), "E0105@0 '0o8' is not a number");
}

TEST(LexerTest, TellsAtomsFromKeys) {
  EXPECT_EQ(Lexed(":name").Kind(0), TokenKind::kAtom);
  EXPECT_EQ(Lexed(":_x").Kind(0), TokenKind::kAtom);
  EXPECT_EQ(Lexed("f(a:b)").Texts(), "f|(|a|:|b|)");
  EXPECT_EQ(Lexed("f(end:b)").Texts(), "f|(|end|:|b|)");
  EXPECT_EQ(Lexed("a :b").Texts(), "a|:b");
  EXPECT_EQ(Lexed("[:a, :b]").Texts(), "[|:a|,|:b|]");
  EXPECT_EQ(Lexed("T: Ord").Texts(), "T|:|Ord");
  EXPECT_EQ(Lexed("a::b").Texts(), "a|::|b");
  EXPECT_EQ(Lexed("(x):ok").Texts(), "(|x|)|:ok");
}

TEST(LexerTest, CountsEachLineEndAsANewline) {
  Lexed lexed("a\nb\r\nc\rd e");
  const auto& tokens = lexed.buffer.tokens;
  EXPECT_TRUE(tokens[1].HasNewlineBefore());
  EXPECT_TRUE(tokens[2].HasNewlineBefore());
  EXPECT_TRUE(tokens[3].HasNewlineBefore());
  EXPECT_FALSE(tokens[4].HasNewlineBefore());
  EXPECT_TRUE(tokens[4].HasSpaceBefore());
}

TEST(LexerTest, SkipsAByteOrderMark) {
  Lexed lexed(
      "\xEF\xBB\xBF"
      "a");
  EXPECT_EQ(lexed.Errors(), "");
  EXPECT_EQ(lexed.Texts(), "a");
}

TEST(LexerTest, SortsComments) {
  Lexed lexed("##! module\n## item\n# line\n#### rule\n#= block #= inner =# =# a #= b =# c");
  ASSERT_EQ(lexed.buffer.comments.size(), 6u);
  EXPECT_EQ(lexed.buffer.comments[0].kind, CommentKind::kModuleDoc);
  EXPECT_EQ(lexed.buffer.comments[1].kind, CommentKind::kDoc);
  EXPECT_EQ(lexed.buffer.comments[2].kind, CommentKind::kLine);
  EXPECT_EQ(lexed.buffer.comments[3].kind, CommentKind::kLine);
  EXPECT_EQ(lexed.buffer.comments[4].kind, CommentKind::kBlock);
  EXPECT_EQ(lexed.Texts(), "a|c");
  EXPECT_EQ(lexed.buffer.FirstCommentBefore(TokenId(1)), 5u);
}

TEST(LexerTest, NestsBlockComments) {
  EXPECT_EQ(Lexed("#= a #= b =# c =# x").Texts(), "x");
  EXPECT_EQ(Lexed("#==# x").Texts(), "x");
  EXPECT_EQ(Lexed("x #= a #= b =#").Errors(), "E0101@2 unterminated block comment");
}

TEST(LexerTest, ABlockCommentOverLinesIsANewline) {
  EXPECT_TRUE(Lexed("a #= x\ny =# b").buffer.tokens[1].HasNewlineBefore());
  EXPECT_FALSE(Lexed("a #= x y =# b").buffer.tokens[1].HasNewlineBefore());
}

TEST(LexerTest, TakesStringsAsOneTokenWithoutInterpolation) {
  EXPECT_EQ(Lexed(R"("a\"b" "$1" "\${x}" "# no")").Texts(), R"("a\"b"|"$1"|"\${x}"|"# no")");
  EXPECT_EQ(Lexed("\"one\ntwo\"").Texts(), "\"one\ntwo\"");
  EXPECT_EQ(Lexed(R"("""a "quoted" b""")").Texts(), R"("""a "quoted" b""")");
  EXPECT_EQ(Lexed(R"("""""")").Texts(), R"("""""")");
}

TEST(LexerTest, SplitsStringsAtInterpolations) {
  Lexed lexed(R"("a ${b} c ${d} e" f)");
  EXPECT_EQ(lexed.Texts(), R"("a ${|b|} c ${|d|} e"|f)");
  EXPECT_EQ(lexed.buffer.tokens[0].match, TokenId(4));
  EXPECT_EQ(lexed.buffer.tokens[4].match, TokenId(0));
}

TEST(LexerTest, NestsStringsAndBracesInInterpolations) {
  EXPECT_EQ(Lexed(R"("${Map.get(%{"a" => "${x}"}, "a")}!")").Texts(),
            R"("${|Map|.|get|(|%{|"a"|=>|"${|x|}"|}|,|"a"|)|}!")");
  EXPECT_EQ(Lexed(R"("""${"a"}"b"""")").Texts(), R"("""${|"a"|}"b""")"
                                                 "|\"");
}

TEST(LexerTest, RefusesUnknownEscapes) {
  EXPECT_EQ(Lexed(R"("\n\t\r\0\\\"\$\x41\u{1F600}")").Errors(), "");
  EXPECT_EQ(Lexed(R"("\q")").Errors(), "E0103@1 unknown escape '\\q'");
  EXPECT_EQ(Lexed(R"("\x4")").Errors(), "E0103@1 '\\x' needs two hexadecimal digits");
  EXPECT_EQ(Lexed(R"("\u41")").Errors(), "E0103@1 '\\u' needs a code in braces");
  EXPECT_EQ(Lexed(R"("\u{}")").Errors(),
            "E0103@1 '\\u{' needs hexadecimal digits and a closing brace");
  EXPECT_EQ(Lexed(R"("\u{110000}")").Errors(),
            "E0103@1 no character has the code in '\\u{110000}'");
  EXPECT_EQ(Lexed(R"("\u{D800}")").Errors(), "E0103@1 no character has the code in '\\u{D800}'");
}

TEST(LexerTest, BlamesTheQuoteThatIsMissing) {
  // All later strings pair up wrongly, but only the first is at fault.
  Lexed lexed("print(\"one)\nprint(\"two\")\nprint(\"three\")\n");
  EXPECT_EQ(lexed.Errors(), "E0102@6 unterminated string");
  EXPECT_EQ(lexed.Texts(), "print|(|\"one)|print|(|\"two\"|)|print|(|\"three\"|)");
}

TEST(LexerTest, BlamesTheLastQuoteWhenAllOthersPair) {
  Lexed lexed("a = \"x\ny\"\nb = \"open\nc = 1\n");
  EXPECT_EQ(lexed.Errors(), "E0102@14 unterminated string");
  EXPECT_EQ(lexed.Texts(), "a|=|\"x\ny\"|b|=|\"open|c|=|1");
}

TEST(LexerTest, BlamesEachMissingQuote) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "print(\"one)\nprint(\"two\")\n";
  Lexed lexed(text);
  EXPECT_EQ(lexed.diagnostics.ErrorCount(), 30u);
}

TEST(LexerTest, BlamesTheQuoteAfterAnInterpolation) {
  Lexed lexed("print(\"one ${x} \\q)\nprint(\"two\")\n");
  EXPECT_EQ(lexed.Errors(), "E0103@16 unknown escape '\\q'\nE0102@6 unterminated string");
  EXPECT_EQ(lexed.Texts(), "print|(|\"one ${|x|} \\q)|print|(|\"two\"|)");
}

TEST(LexerTest, ReportsUnterminatedHeredocs) {
  EXPECT_EQ(Lexed("x = \"\"\"\n text\n").Errors(), "E0102@4 unterminated string");
}

TEST(LexerTest, NamesThePlaceOfInvalidUtf8) {
  EXPECT_EQ(Lexed("a\nb \xFF c").Errors(), "E0100@4 invalid UTF-8 at byte offset 4, line 2");
  EXPECT_EQ(Lexed("\"\xC3\x28\"").Errors(), "E0100@1 invalid UTF-8 at byte offset 1, line 1");
  EXPECT_EQ(Lexed("# \xED\xA0\x80").Errors(), "E0100@2 invalid UTF-8 at byte offset 2, line 1");
}

TEST(LexerTest, ExplainsCharactersThatWereCopied) {
  EXPECT_EQ(Lexed("\u201Chello\u201D").diagnostics.All()[0].helps[0],
            "strings are written with straight double quotes");
  EXPECT_EQ(Lexed("a\u00A0b").Errors(), "E0104@1 unexpected invisible character U+00A0");
  EXPECT_EQ(Lexed("'text'").Errors(), "E0104@0 unexpected \"'\"");
  EXPECT_EQ(Lexed("a ~ b").Errors(), "E0104@2 unexpected character '~'");
  EXPECT_EQ(Lexed(std::string_view("\0", 1)).Errors(),
            "E0104@0 unexpected invisible character U+0000");
}

TEST(LexerTest, PairsBrackets) {
  Lexed lexed("f(a, [b], %{c => {d}})");
  const auto& tokens = lexed.buffer.tokens;
  for (const Token& token : tokens) {
    if (!token.match.IsValid()) continue;
    EXPECT_EQ(&tokens[lexed.buffer.Get(token.match).match.value], &token);
  }
  EXPECT_EQ(tokens[1].match, TokenId(15));
}

TEST(LexerTest, LeavesBracketsWithoutPartnerAlone) {
  Lexed lexed("( [ )");
  EXPECT_EQ(lexed.buffer.tokens[0].match, TokenId(2));
  EXPECT_FALSE(lexed.buffer.tokens[1].match.IsValid());
}

TEST(LexerTest, AccountsForEveryByte) {
  std::string text = "##! m\n\xEF\xBB\xBF fn f(x) do # c\n  \"a ${x} b\" #= d =# end\t\r\n";
  Lexed lexed(text);
  std::string covered(text.size(), ' ');
  auto cover = [&](uint32_t begin, uint32_t end) {
    for (uint32_t at = begin; at < end; ++at) covered[at] = 'x';
  };
  for (const Token& token : lexed.buffer.tokens) cover(token.begin, token.end);
  for (const Comment& comment : lexed.buffer.comments) cover(comment.begin, comment.end);
  for (size_t at = 0; at < text.size(); ++at) {
    bool is_space =
        std::string_view(" \t\r\n\xEF\xBB\xBF").find(text[at]) != std::string_view::npos;
    EXPECT_TRUE(covered[at] == 'x' || is_space) << at;
  }
}

}  // namespace
}  // namespace snow
