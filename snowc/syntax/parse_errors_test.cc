// Section 12 of the syntax chapter: all errors of a file, at the right place, with the right words.
#include <gtest/gtest.h>

#include "snowc/syntax/test_support.h"

namespace snow::syntax_test {
namespace {

TEST(MissingEndTest, IsReportedWhereTheIndentationShowsIt) {
  EXPECT_EQ(Errors("fn a() do\n  if x do\n    y\nend\n\nfn b() do\n  z\nend\n", true),
            "E0108 3:6 missing 'end' for this 'if'\n  note 2:3 opened here");
  EXPECT_EQ(Errors("fn a() do\n  if x do\n    y\n  z\nend\n", true),
            "E0108 3:6 missing 'end' for this 'if'\n  note 2:3 opened here");
  EXPECT_EQ(Errors("fn a() do\n  x\n\nfn b() do\n  y\nend\n", true),
            "E0108 2:4 missing 'end' for this function\n  note 1:1 opened here");
  EXPECT_EQ(Errors("fn a() do\n  case x do\n    1 -> 2\nend\nfn b() = 1\n"),
            "E0108 3:11 missing 'end' for this 'case'");
  EXPECT_EQ(Errors("fn a() do\n  f(fn x ->\n    x\n  )\nend\n"),
            "E0108 3:6 missing 'end' for this closure");
}

TEST(MissingEndTest, IsReportedForEachFunction) {
  EXPECT_EQ(Errors("fn a() do\n  x\nfn b() do\n  y\nfn c() do\n  z\nend\n"),
            "E0108 2:4 missing 'end' for this function\nE0108 4:4 missing 'end' for this function");
}

TEST(MissingEndTest, NamesAllBlocksThatEndAtOnePlace) {
  EXPECT_EQ(Errors("fn first() do\n  if true do\n    f()\n\nfn main() do\n  first()\nend\n", true),
            "E0108 3:8 missing 'end' for this 'if'\n  note 2:3 opened here\n"
            "  note 1:1 another is missing for this function");
}

TEST(MissingEndTest, SparesOtherItems) {
  EXPECT_EQ(Errors("struct A do\n  x :: Int\n\nfn f() = 1\n"),
            "E0108 2:11 missing 'end' for this struct");
  EXPECT_EQ(Errors("module M do\n  fn f() do\n    1\n\n  fn g() = 1\nend\n"),
            "E0108 3:6 missing 'end' for this function");
}

TEST(MissingEndTest, IndentationDoesNotMatterInCompleteFiles) {
  EXPECT_EQ(Errors("fn a() do\nif x do\ny\nend\n      z\n end\n"), "");
}

TEST(StrayTest, ReportsAnEndTooMany) {
  EXPECT_EQ(Errors("fn a() do\n  1\nend\nend\nfn b() = 1\n"),
            "E0115 4:1 this 'end' closes nothing");
  EXPECT_EQ(Errors("fn a() do\n  if x do\n    1\n  end\n  end\n  2\nend\n", true),
            "E0111 6:3 a statement stands in a function, not at the top level\n"
            "  note 5:3 the function above ended here, by an 'end' that is indented differently");
}

TEST(StrayTest, ReportsBracketsThatCloseNothing) {
  EXPECT_EQ(BodyErrors("a)\nb"), "E0107 2:2 expected the end of the statement, found ')'");
  EXPECT_EQ(BodyErrors(")\nb"), "E0115 2:1 ')' closes nothing");
  EXPECT_EQ(Errors("}\nfn f() = 1"), "E0115 1:1 '}' closes nothing");
}

TEST(BracketTest, ReportsWhatIsNotClosed) {
  EXPECT_EQ(BodyErrors("f(a, b\ng()", true),
            "E0109 2:2 unclosed '('\n  note 2:7 it should be closed here at the latest");
  EXPECT_EQ(BodyErrors("let x = [1, 2\nlet y = 3"), "E0109 2:9 unclosed '['");
  EXPECT_EQ(BodyErrors("let x = %{\"a\" => 1\nlet y = 3"), "E0109 2:9 unclosed '%{'");
  EXPECT_EQ(Errors("fn f(a, b = 1\n\nfn g() = 2\n"), "E0109 1:5 unclosed '('");
}

TEST(BracketTest, ReportsMissingCommas) {
  EXPECT_EQ(BodyErrors("f(a b)\ng()"), "E0107 2:5 expected ',' or ')', found 'b'");
  EXPECT_EQ(BodyErrors("[\n 1\n 2\n]"), "E0107 3:3 missing ','");
}

TEST(BracketTest, ReportsOpenInterpolations) {
  EXPECT_EQ(BodyErrors("f(\"a ${x b}\")\ng()"),
            "E0109 2:10 expected '}' after the expression in a string, found 'b'");
  EXPECT_EQ(BodyErrors("f(\"a ${}\")"), "E0107 2:8 an interpolation holds an expression");
}

TEST(RecoveryTest, ReportsAllErrorsOfAFile) {
  EXPECT_EQ(Errors("fn a() = 1 +\n\nfn b() do\n  let = 3\n  f(,)\n  x y\n  ok\nend\n\nstruct S "
                   "do\n  x\nend\n"),
            "E0107 1:13 expected an expression, found the end of the line\n"
            "E0107 4:7 expected a pattern, found '='\n"
            "E0107 5:5 expected an expression, found ','\n"
            "E0107 6:5 expected the end of the statement, found 'y'\n"
            "E0118 11:3 expected a field 'name :: Type' or 'end', found 'x'");
}

TEST(RecoveryTest, SaysOneThingAStatement) {
  EXPECT_EQ(BodyErrors("if x y z do\n  a b\nend\nc"),
            "E0107 2:6 expected 'do' after the condition of 'if', found 'y'\n"
            "E0107 3:5 expected the end of the statement, found 'b'");
}

TEST(RecoveryTest, ReadsTheArmsOfACaseWithABadHead) {
  EXPECT_EQ(BodyErrors("case with(x) do\n  1 -> 2\n  3 -> 4\nend"),
            "E0113 2:6 'with' is a keyword and names no value");
  EXPECT_EQ(BodyErrors("case x y do\n  1 -> 2\n  3 -> 4\nend"),
            "E0107 2:8 expected 'do' after the value of 'case', found 'y'");
}

TEST(RecoveryTest, GoesOnAfterAMissingDo) {
  EXPECT_EQ(BodyErrors("if x\n  a\nelse\n  b\nend\nc"),
            "E0107 2:5 expected 'do' after the condition of 'if', found the end of the line");
  EXPECT_EQ(Errors("fn f(x)\n  x\nend\nfn g() = 1").substr(0, 9), "E0107 1:8");
}

TEST(RecoveryTest, ReportsArmsWithoutArrow) {
  EXPECT_EQ(BodyErrors("case x do\n 1 2 -> a\n 3 -> b\nend"),
            "E0107 3:4 expected '->' after the pattern of an arm, found '2'");
  EXPECT_EQ(BodyErrors("case x do\n 1\n 3 -> b\nend"),
            "E0107 3:3 expected '->' after the pattern of an arm, found the end of the line");
}

TEST(RecoveryTest, ItemsInFunctionsAreMisplaced) {
  EXPECT_EQ(BodyErrors("struct S do\n  x :: Int\nend\n1"),
            "E0111 2:1 the keyword 'struct' stands at the top level of a file or module, not in a "
            "function");
}

TEST(RecoveryTest, KeywordsAreNoNames) {
  EXPECT_EQ(BodyErrors("let end = 1").substr(0, 5), "E0107");
  EXPECT_EQ(BodyErrors("let with = 1"), "E0113 2:5 'with' is a keyword and cannot name a variable");
  EXPECT_EQ(BodyErrors("f(_)"), "E0107 2:3 '_' is a pattern and has no value");
}

TEST(DepthTest, RefusesDeepNesting) {
  std::string deep = std::string(100'000, '(') + "1" + std::string(100'000, ')');
  EXPECT_EQ(Errors("fn f() = " + deep), "E0110 1:509 nested more than 500 levels deep");
  EXPECT_EQ(Errors("fn f() = " + std::string(100'000, '[')).substr(0, 5), "E0110");
  EXPECT_EQ(Errors("fn f() = " + std::string(100'000, '-') + "1").substr(0, 5), "E0110");
  std::string types;
  for (int i = 0; i < 100'000; ++i) types += "List<";
  EXPECT_EQ(Errors("fn f() -> " + types).substr(0, 5), "E0110");
  std::string blocks = "fn f() do\n";
  for (int i = 0; i < 100'000; ++i) blocks += "if a do\n";
  EXPECT_EQ(Errors(blocks).substr(0, 5), "E0110");
  std::string closures = "fn f() = ";
  for (int i = 0; i < 100'000; ++i) closures += "fn -> ";
  EXPECT_EQ(Errors(closures).substr(0, 5), "E0110");
  std::string strings = "fn f() = ";
  for (int i = 0; i < 100'000; ++i) strings += "\"${";
  EXPECT_EQ(Errors(strings).substr(0, 5), "E0110");
  std::string patterns = "fn f() do let ";
  for (int i = 0; i < 100'000; ++i) patterns += "a :: ";
  EXPECT_EQ(Errors(patterns).substr(0, 5), "E0110");
}

TEST(DepthTest, RefusesLongChains) {
  std::string sum = "fn f() = 1";
  for (int i = 0; i < 100'000; ++i) sum += " + 1";
  EXPECT_EQ(Errors(sum).substr(0, 5), "E0110");
  std::string calls = "fn f() = x";
  for (int i = 0; i < 100'000; ++i) calls += ".f()";
  EXPECT_EQ(Errors(calls).substr(0, 5), "E0110");
  std::string branches = "fn f() do\nif a do b\n";
  for (int i = 0; i < 10'000; ++i) branches += "else if a do b\n";
  EXPECT_EQ(Errors(branches + "end\nend").substr(0, 5), "E0110");
}

TEST(DepthTest, AllowsWhatPeopleWrite) {
  std::string sum = "fn f() = 1";
  for (int i = 0; i < 1'000; ++i) sum += " + 1";
  EXPECT_EQ(Errors(sum), "");
  std::string deep = std::string(100, '(') + "1" + std::string(100, ')');
  EXPECT_EQ(Errors("fn f() = " + deep), "");
}

TEST(ForeignTest, KnowsOtherSpellings) {
  EXPECT_EQ(BodyErrors("if a do b\nelif c do d\nend"), "E0112 3:1 'elif' is written 'else if'");
  EXPECT_EQ(BodyErrors("if a do b\nelsif c do d\nelse e\nend"),
            "E0112 3:1 'elsif' is written 'else if'");
  EXPECT_EQ(BodyErrors("let x == 1"), "E0112 2:7 '==' compares; a 'let' is written with '='");
  EXPECT_EQ(BodyErrors("let mut x = 1"), "E0112 2:5 values are immutable, there is no 'mut'");
  EXPECT_EQ(BodyErrors("x = 1"), "E0112 2:3 values are not assigned to");
  EXPECT_EQ(BodyErrors("x += 1"), "E0112 2:3 values are immutable and cannot be assigned to");
  EXPECT_EQ(BodyErrors("x++"), "E0112 2:2 values are immutable and cannot be counted up");
  EXPECT_EQ(BodyErrors("f(&mut x)"), "E0112 2:3 there are no references, values are immutable");
  EXPECT_EQ(BodyErrors("x === y"), "E0112 2:3 '===' is written '=='");
  EXPECT_EQ(BodyErrors("a ? b : c"), "E0112 2:3 there is no operator '? :'");
  EXPECT_EQ(BodyErrors("// comment here"), "E0112 2:1 a comment begins with '#'");
  EXPECT_EQ(BodyErrors("var x = 1"), "E0112 2:1 'var' is not a word of Snow");
  EXPECT_EQ(BodyErrors("throw \"x\""), "E0112 2:1 'throw' is not a word of Snow");
  EXPECT_EQ(BodyErrors("pair.0"), "E0112 2:6 the parts of a tuple have no numbers");
}

TEST(ForeignTest, TakesBracesForBlocks) {
  EXPECT_EQ(BodyErrors("if a {\n  b c\n} else {\n  d\n}\ne"),
            "E0112 2:6 a block is written do .. end, not in braces\n"
            "E0107 3:5 expected the end of the statement, found 'c'");
  EXPECT_EQ(Errors("fn f() {\n  1\n}\nfn g() = 2"),
            "E0112 1:8 a block is written do .. end, not in braces");
  EXPECT_EQ(BodyErrors("while a then\n  b\nend"), "E0112 2:9 a block begins with 'do'");
  EXPECT_EQ(BodyErrors("if a:\n  b\nend"), "E0112 2:5 a block begins with 'do'");
}

TEST(ForeignTest, KnowsOtherArrowsAndColons) {
  EXPECT_EQ(BodyErrors("case x do\n 1 => 2\n 3 => 4\nend"),
            "E0112 3:4 '=>' separates keys from values in maps\n"
            "E0112 4:4 '=>' separates keys from values in maps");
  EXPECT_EQ(BodyErrors("%{\"a\" -> 1}"),
            "E0112 2:7 keys and values of a map are separated by '=>'");
  EXPECT_EQ(BodyErrors("%{a: 1}"), "E0112 2:3 the keys of a map are expressions");
  EXPECT_EQ(Errors("fn f(x: Int): Int = x"),
            "E0112 1:7 the type of a parameter is given with '::'");
  EXPECT_EQ(Errors("struct S do\n x: Int\nend"),
            "E0112 2:3 the type of a field is given with '::'");
  EXPECT_EQ(Errors("fn f(x) -> x + 1").substr(0, 5), "E0121");
  EXPECT_EQ(Errors("fn f(x) => x + 1"), "E0112 1:9 the body of a function follows '='");
}

TEST(ForeignTest, KnowsOtherItems) {
  EXPECT_EQ(Errors("fun f(x) do x end\nfn g() = 1"), "E0112 1:1 'fun' is not a word of Snow");
  EXPECT_EQ(Errors("class Foo do\n fn f() = 1\nend\nfn g() = 1"),
            "E0112 1:1 'class' is not a word of Snow");
  EXPECT_EQ(Errors("enum Color do Red end"), "E0112 1:1 'enum' is not a word of Snow");
  EXPECT_EQ(Errors("impl A do\n def self.f(x) = x\nend"),
            "E0112 2:6 a function is not defined on 'self'");
  EXPECT_EQ(Errors("type Shape = Circle | Square\nfn f() = 1"),
            "E0112 1:21 the variants of a type stand in do .. end");
  EXPECT_EQ(Errors("use Foo\nfn f() = 1"), "E0112 1:1 'use' is not a word of Snow");
}

TEST(ForeignTest, WarnsOfHabits) {
  EXPECT_EQ(Errors("fn f(x) do\n  if x do\n    return 1\n  end\n  return 2\nend\n", true),
            "W0011 5:3 the last expression is the result, with no 'return'\n"
            "  help leave the 'return' out");
  EXPECT_EQ(Errors("fn f(x) do\n  if x do 1 end;\n  2;\nend;\n", true),
            "W0012 2:16 no ';' is needed after 'end'\nW0012 4:4 no ';' is needed after 'end'");
  EXPECT_EQ(Errors("fn f(x) do if x do 1 end; 2 end", true), "");
}

TEST(ForeignTest, TopLevelStatementsAreReportedOnce) {
  EXPECT_EQ(Errors("let x = 1\nprintln(x)\nif x do\n  y\nend\nfn f() = 1\nz"),
            "E0111 1:1 a statement stands in a function, not at the top level\n"
            "E0111 7:1 a statement stands in a function, not at the top level");
}

}  // namespace
}  // namespace snow::syntax_test
