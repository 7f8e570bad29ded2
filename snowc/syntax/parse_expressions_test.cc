// Sections 2, 3, 4 and 7 of the syntax chapter: literals, operators, postfix forms, newlines.
#include <gtest/gtest.h>

#include "snowc/syntax/test_support.h"

namespace snow::syntax_test {
namespace {

TEST(LiteralTest, ReadsNumbers) {
  EXPECT_EQ(Expr("1_000"), "1000");
  EXPECT_EQ(Expr("0xFF"), "255");
  EXPECT_EQ(Expr("2e3"), "2000.0");
  EXPECT_EQ(Expr("-5"), "(- 5)");
  EXPECT_EQ(Expr("9223372036854775807"), "9223372036854775807");
}

TEST(LiteralTest, AllowsTheSmallestIntDirectlyAfterAMinus) {
  EXPECT_EQ(Expr("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(Expr("0 - -9223372036854775808"), "(- 0 -9223372036854775808)");
  EXPECT_EQ(Expr("9223372036854775808").substr(0, 5), "E0106");
  EXPECT_EQ(Expr("0 - 9223372036854775808").substr(0, 5), "E0106");
  EXPECT_EQ(Expr("-(9223372036854775808)").substr(0, 5), "E0106");
  EXPECT_EQ(Expr("-9223372036854775808.abs()").substr(0, 5), "E0106");
  EXPECT_EQ(Expr("-9223372036854775809").substr(0, 5), "E0106");
}

TEST(LiteralTest, ReadsUnitBoolsAndAtoms) {
  EXPECT_EQ(Expr("()"), "()");
  EXPECT_EQ(Expr("nil"), "()");
  EXPECT_EQ(Expr("true"), "true");
  EXPECT_EQ(Expr(":red"), ":red");
}

TEST(LiteralTest, ReadsStringsInParts) {
  EXPECT_EQ(Expr(R"("")"), R"("")");
  EXPECT_EQ(Expr(R"("a\n")"), R"("a\n")");
  EXPECT_EQ(Expr(R"("a${x}b${y}")"), R"((str "a" x "b" y))");
  EXPECT_EQ(Expr(R"("${x}")"), "(str x)");
  EXPECT_EQ(Expr(R"("${"in ${x}"}")"), R"((str (str "in " x)))");
  EXPECT_EQ(Expr(R"("${Map.get(%{"k" => 1}, "k")}")"),
            R"((str (call (. Map get) (map (=> "k" 1)) "k")))");
  EXPECT_EQ(Expr(R"("${if a do "x" else "y" end}")"), R"((str (if a "x" "y")))");
}

TEST(LiteralTest, ReadsCollections) {
  EXPECT_EQ(Expr("[1, 2, 3,]"), "(list 1 2 3)");
  EXPECT_EQ(Expr("[]"), "(list)");
  EXPECT_EQ(Expr("%{}"), "(map)");
  EXPECT_EQ(Expr("%{\"a\" => 1, b => 2,}"), "(map (=> \"a\" 1) (=> b 2))");
  EXPECT_EQ(Expr("%{(1, 2) => [x]}"), "(map (=> (tuple 1 2) (list x)))");
  EXPECT_EQ(Expr("(1, \"a\")"), "(tuple 1 \"a\")");
  EXPECT_EQ(Expr("(x,)"), "(tuple x)");
  EXPECT_EQ(Expr("(x)"), "x");
}

TEST(OperatorTest, BindsByLevel) {
  EXPECT_EQ(Expr("1 + 2 * 3"), "(+ 1 (* 2 3))");
  EXPECT_EQ(Expr("a * b + c"), "(+ (* a b) c)");
  EXPECT_EQ(Expr("a <> b + c"), "(<> a (+ b c))");
  EXPECT_EQ(Expr("a ++ b .. c ++ d"), "(.. (++ a b) (++ c d))");
  EXPECT_EQ(Expr("a .. b < c"), "(< (.. a b) c)");
  EXPECT_EQ(Expr("a < b == c"), "(== (< a b) c)");
  EXPECT_EQ(Expr("a == b and c != d"), "(and (== a b) (!= c d))");
  EXPECT_EQ(Expr("a or b and c"), "(or a (and b c))");
  EXPECT_EQ(Expr("a or b |> f"), "(|> (or a b) f)");
  EXPECT_EQ(Expr("a >= b or a<=b"), "(or (>= a b) (<= a b))");
  EXPECT_EQ(Expr("1 % 2 / 3"), "(/ (% 1 2) 3)");
}

TEST(OperatorTest, AssociatesToTheLeft) {
  EXPECT_EQ(Expr("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(Expr("a == b == c"), "(== (== a b) c)");
  EXPECT_EQ(Expr("a .. b .. c"), "(.. (.. a b) c)");
}

TEST(OperatorTest, BindsPrefixesTighterThanBinaryOnesAndLooserThanPostfix) {
  EXPECT_EQ(Expr("-a * b"), "(* (- a) b)");
  EXPECT_EQ(Expr("-a.b(c)"), "(- (call (. a b) c))");
  EXPECT_EQ(Expr("not a == b"), "(== (not a) b)");
  EXPECT_EQ(Expr("not -a?"), "(not (- (? a)))");
  EXPECT_EQ(Expr("a - -b"), "(- a (- b))");
}

TEST(OperatorTest, NormalisesSpellings) {
  EXPECT_EQ(Expr("!a && b || c"), "(or (and (not a) b) c)");
}

TEST(OperatorTest, ComparesWithAngleBracketsInExpressions) {
  EXPECT_EQ(Expr("a < b"), "(< a b)");
  EXPECT_EQ(Expr("f(a < b, c > d)"), "(call f (< a b) (> c d))");
}

TEST(PipeTest, TakesAPostfixExpressionOnTheRight) {
  EXPECT_EQ(Expr("x |> f(a)?"), "(|> x (? (call f a)))");
  EXPECT_EQ(Expr("x |> M.f(a).g()"), "(|> x (call (. (call (. M f) a) g)))");
  EXPECT_EQ(Expr("x |2> f(a)"), "(|2> x (call f a))");
  EXPECT_EQ(Expr("x |> f |> g"), "(|> (|> x f) g)");
  EXPECT_EQ(Expr("x |> fn y -> y + 1 end"), "(|> x (fn (y) (+ y 1)))");
  EXPECT_EQ(Expr("xs |> each() do |y| y end"), "(|> xs (call each do (fn (y) y)))");
}

TEST(PipeTest, RefusesAnOperatorAfterTheRightSide) {
  EXPECT_EQ(Expr("x |> f + 1"),
            "E0107 1:17 the right side of a pipe is a call; '+' cannot go on with it");
  EXPECT_EQ(Expr("(x |> f) + 1"), "(+ (|> x f) 1)");
}

TEST(PipeTest, CountsArgumentsFromOne) {
  EXPECT_EQ(Expr("x |0> f"), "E0107 1:12 '|0>' names no argument");
}

TEST(PostfixTest, ChainsCallsFieldsIndexesAndTry) {
  EXPECT_EQ(Expr("a.b.c"), "(. (. a b) c)");
  EXPECT_EQ(Expr("a.b(1)[2]?.c"), "(. (? (index (call (. a b) 1) 2)) c)");
  EXPECT_EQ(Expr("f(1)(2)"), "(call (call f 1) 2)");
  EXPECT_EQ(Expr("f()"), "(call f)");
}

TEST(PostfixTest, TakesKeywordsAfterADot) {
  EXPECT_EQ(Expr("Node.self()"), "(call (. Node self))");
  EXPECT_EQ(Expr("Ws.send(c, m)"), "(call (. Ws send) c m)");
  EXPECT_EQ(Expr("Query.where(q)"), "(call (. Query where) q)");
  EXPECT_EQ(Expr("token.end"), "(. token end)");
  EXPECT_EQ(Expr("token.type.do"), "(. (. token type) do)");
}

TEST(PostfixTest, ReadsKeywordArguments) {
  EXPECT_EQ(Expr("f(a, name: \"x\", age: 3,)"), "(call f a name: \"x\" age: 3)");
  EXPECT_EQ(Expr("f(end: 3, type:x)"), "(call f end: 3 type: x)");
  EXPECT_EQ(Expr("f(a: 1, b)"), "E0117 1:18 a positional argument stands after a keyword argument");
}

TEST(PostfixTest, ReadsStructLiterals) {
  EXPECT_EQ(Expr("Account { owner: \"a\", balance }"),
            "(struct Account owner: \"a\" balance: balance)");
  EXPECT_EQ(Expr("Cat {}"), "(struct Cat)");
  EXPECT_EQ(Expr("Bank.Account { type: 1, }"), "(struct Bank.Account type: 1)");
  EXPECT_EQ(Expr("Point { x: 1 }.x"), "(. (struct Point x: 1) x)");
}

TEST(PostfixTest, ReadsUpdates) {
  EXPECT_EQ(Expr("%{acc | balance: 4, owner}"), "(update acc balance: 4 owner: owner)");
  EXPECT_EQ(Expr("%{f(x).y | z: 1}"), "(update (. (call f x) y) z: 1)");
}

TEST(PostfixTest, ReadsTrailingClosures) {
  EXPECT_EQ(Expr("each(xs) do |x| f(x) end"), "(call each xs do (fn (x) (call f x)))");
  EXPECT_EQ(Expr("twice() do || g() end"), "(call twice do (fn () (call g)))");
  EXPECT_EQ(Expr("twice() do g() end"), "(call twice do (fn () (call g)))");
  EXPECT_EQ(Expr("f(a) do |(x, y), z| x end.g()"),
            "(call (. (call f a do (fn ((tuple x y) z) x)) g))");
  EXPECT_EQ(Expr("f() do |x :: Int| x end"), "(call f do (fn ((: x Int)) x))");
}

TEST(PostfixTest, LeavesTheDoOfAHeadToTheHead) {
  EXPECT_EQ(Expr("if f(x) do 1 else 2 end"), "(if (call f x) 1 2)");
  EXPECT_EQ(Expr("case f(x) do y -> y end"), "(case (call f x) (arm y y))");
  EXPECT_EQ(Expr("while f(x) do 1 end"), "(while (call f x) 1)");
  EXPECT_EQ(Expr("for y in f(x) do y end"), "(for y (call f x) y)");
  EXPECT_EQ(Expr("for y in xs when f(y) do y end"), "(for y xs (when (call f y)) y)");
  EXPECT_EQ(Expr("if (any(xs) do |x| x end) do 1 end"), "(if (call any xs do (fn (x) x)) 1)");
  EXPECT_EQ(Expr("if [f() do 1 end] do 2 end"), "(if (list (call f do (fn () 1))) 2)");
  EXPECT_EQ(Items("fn f(x) when g(x) do 1 end"), "(fn f (x) (when (call g x)) 1)");
}

TEST(PostfixTest, ReadsBuiltinCallsWithKeywordNames) {
  EXPECT_EQ(Expr("spawn(f, 1, max_heap: 2)"), "(call spawn f 1 max_heap: 2)");
  EXPECT_EQ(Expr("send(pid, :stop)"), "(call send pid :stop)");
  EXPECT_EQ(Expr("link(monitor(self()))"), "(call link (call monitor (call self)))");
  EXPECT_EQ(Expr("self.name"), "(. self name)");
}

TEST(NewlineTest, GoesOnAfterOperatorsAndDelimiters) {
  EXPECT_EQ(Body("1 +\n 2"), "(+ 1 2)");
  EXPECT_EQ(Body("a and\n\n # c\n b"), "(and a b)");
  EXPECT_EQ(Body("not\n a"), "(not a)");
  EXPECT_EQ(Body("let x =\n 1"), "(block (let x 1))");
  EXPECT_EQ(Body("f(\n 1,\n 2\n)"), "(call f 1 2)");
  EXPECT_EQ(Body("%{1 =>\n 2}"), "(map (=> 1 2))");
}

TEST(NewlineTest, GoesOnBeforePipesAndLeadingDots) {
  EXPECT_EQ(Body("x\n |> f\n\n # c\n |2> g(1)"), "(|2> (|> x f) (call g 1))");
  EXPECT_EQ(Body("x\n .f()\n\n .g()"), "(call (. (call (. x f)) g))");
}

TEST(NewlineTest, BeginsAStatementWithBracketsAndMinus) {
  EXPECT_EQ(Body("a\n(b)"), "(block a b)");
  EXPECT_EQ(Body("a\n[b]"), "(block a (list b))");
  EXPECT_EQ(Body("a\n-b"), "(block a (- b))");
  EXPECT_EQ(Body("a\n%{}"), "(block a (map))");
}

TEST(NewlineTest, MeansNothingInBrackets) {
  EXPECT_EQ(Body("(1\n + 2\n - 3)"), "(- (+ 1 2) 3)");
  EXPECT_EQ(Body("[a\n , b]"), "(list a b)");
  EXPECT_EQ(Body("Point {\n x: 1,\n y: 2\n}"), "(struct Point x: 1 y: 2)");
}

TEST(NewlineTest, CountsAgainInBlocksInBrackets) {
  EXPECT_EQ(Body("f(fn x ->\n a\n -b\n end)"), "(call f (fn (x) (block a (- b))))");
  EXPECT_EQ(Body("f(if a do\n b\n [c]\n end, d)"), "(call f (if a (block b (list c))) d)");
  EXPECT_EQ(Body("[case x do\n 1 -> a\n b\n 2 -> c\n end]"),
            "(list (case x (arm 1 (block a b)) (arm 2 c)))");
}

TEST(NewlineTest, SemicolonsStandForNewlines) {
  EXPECT_EQ(Body("a; b;; c;"), "(block a b c)");
  EXPECT_EQ(Body(";"), "(block)");
}

TEST(AssertTest, NeedsNoParentheses) {
  EXPECT_EQ(Body("assert a == b"), "(assert (== a b))");
  EXPECT_EQ(Body("assert a == b, \"message\""), "(assert (== a b) \"message\")");
  EXPECT_EQ(Body("assert(a == b)"), "(assert (== a b))");
  EXPECT_EQ(Body("assert (a) == b"), "(assert (== a b))");
  EXPECT_EQ(Body("assert(a, \"message\")"), "(assert a \"message\")");
  EXPECT_EQ(Body("assert not a"), "(assert (not a))");
  EXPECT_EQ(Body("assert -1 < a"), "(assert (< (- 1) a))");
  EXPECT_EQ(Body("assert [a] == b"), "(assert (== (list a) b))");
}

TEST(AssertTest, StaysFreeAsAName) {
  EXPECT_EQ(Body("let assert = 1\nassert.to_string()\nassert - 1\nassert\nassert[0]"),
            "(block (let assert 1) (call (. assert to_string)) (- assert 1) assert "
            "(index assert 0))");
}

TEST(AssertTest, ReceivesAPattern) {
  EXPECT_EQ(Body("assert_receive(Some(x) | Other(x), 100)"),
            "(assert_receive (| (Some x) (Other x)) 100)");
}

}  // namespace
}  // namespace snow::syntax_test
