// Section 7 of the syntax chapter: statements, control flow, arms and closures.
#include <gtest/gtest.h>

#include "snowc/syntax/test_support.h"

namespace snow::syntax_test {
namespace {

TEST(LetTest, ReadsPatternsAndTypes) {
  EXPECT_EQ(Body("let x = 1"), "(block (let x 1))");
  EXPECT_EQ(Body("let x :: List<Int>= []"), "(block (let x (type (List Int)) (list)))");
  EXPECT_EQ(Body("let (a, _) :: (Int, Int) = p"),
            "(block (let (tuple a _) (type (tuple Int Int)) p))");
  EXPECT_EQ(Body("let h :: t = xs"), "(block (let (:: h t) xs))");
  EXPECT_EQ(Body("let (h :: Some(t)) = xs"), "(block (let (:: h (Some t)) xs))");
  EXPECT_EQ(Body("let Account { owner: name, .. } = a"),
            "(block (let (struct Account owner: name ..) a))");
}

TEST(IfTest, ChainsWithOneEnd) {
  EXPECT_EQ(Body("if a do b end"), "(if a b)");
  EXPECT_EQ(Body("if a do b else c end"), "(if a b c)");
  EXPECT_EQ(Body("if a do\n b\nelse if c do\n d\nelse\n e\nend"), "(if a b (if c d e))");
  EXPECT_EQ(Body("if a do b else if c do d end\ne"), "(block (if a b (if c d)) e)");
}

TEST(IfTest, NestsAnIfOnTheLineAfterElse) {
  EXPECT_EQ(Body("if a do\n b\nelse\n if c do d end\n e\nend"), "(if a b (block (if c d) e))");
}

TEST(IfTest, IsAnExpression) {
  EXPECT_EQ(Body("let x = if a do 1 else 2 end"), "(block (let x (if a 1 2)))");
  EXPECT_EQ(Body("f(if a do 1 else 2 end)"), "(call f (if a 1 2))");
  EXPECT_EQ(Body("if a do return 1 else break end"), "(if a (return 1) break)");
}

TEST(CaseTest, ReadsArmsOnOneLine) {
  EXPECT_EQ(Body("case n do 1 -> \"one\"; 2 -> \"two\"; _ -> \"many\" end"),
            "(case n (arm 1 \"one\") (arm 2 \"two\") (arm _ \"many\"))");
}

TEST(CaseTest, ReadsSeveralStatementsInAnArm) {
  EXPECT_EQ(Body("case n do\n 0 ->\n  a\n  b\n k when k > 0 -> c; d\n _ -> e\nend"),
            "(case n (arm 0 (block a b)) (arm k (when (> k 0)) (block c d)) (arm _ e))");
}

TEST(CaseTest, ALineWithAnArrowIsAnArmUnlessAWordComesBefore) {
  EXPECT_EQ(Body("case n do\n 0 ->\n  let f = fn x -> x end\n  f(1)\n _ -> 1\nend"),
            "(case n (arm 0 (block (let f (fn (x) x)) (call f 1))) (arm _ 1))");
  EXPECT_EQ(Body("case n do\n 0 ->\n  map(xs, fn x -> x end)\n _ -> 1\nend"),
            "(case n (arm 0 (call map xs (fn (x) x))) (arm _ 1))");
  EXPECT_EQ(Body("case n do\n 0 ->\n  return fn x -> x end\n _ -> 1\nend"),
            "(case n (arm 0 (return (fn (x) x))) (arm _ 1))");
  EXPECT_EQ(Body("case n do\n 0 ->\n  case m do 1 -> 2 end\n _ -> 1\nend"),
            "(case n (arm 0 (case m (arm 1 2))) (arm _ 1))");
  EXPECT_EQ(Body("case n do\n 0 ->\n  f() do |x| x end\n _ -> 1\nend"),
            "(case n (arm 0 (call f do (fn (x) x))) (arm _ 1))");
}

TEST(CaseTest, AGuardMayHoldGreaterEqual) {
  EXPECT_EQ(Body("case n do\n 0 -> 1\n k when k >= 10 -> 2\nend"),
            "(case n (arm 0 1) (arm k (when (>= k 10)) 2))");
}

TEST(CaseTest, AnArmMayRunOverLines) {
  EXPECT_EQ(Body("case n do\n 0 -> 1\n 1 |\n 2 -> 3\n Some(\n a,\n b\n) -> 4\n x when a and\n b -> "
                 "5\nend"),
            "(case n (arm 0 1) (arm (| 1 2) 3) (arm (Some a b) 4) (arm x (when (and a b)) 5))");
}

TEST(CaseTest, AGuardMayBreakAfterAnyOperator) {
  EXPECT_EQ(Body("case n do\n 0 -> 1\n x when x >=\n 10 -> 2\n x when x +\n 1 == 3 -> 4\nend"),
            "(case n (arm 0 1) (arm x (when (>= x 10)) 2) (arm x (when (== (+ x 1) 3)) 4))");
}

TEST(CaseTest, AfterASemicolonAnArmMayBegin) {
  EXPECT_EQ(
      Body("case n do\n Red -> f(\"stop\")\n Green -> f(\"a\"); f(\"b\")\nend"),
      "(case n (arm Red (call f \"stop\")) (arm Green (block (call f \"a\") (call f \"b\"))))");
}

TEST(CaseTest, AStatementWithAPipeOverLinesIsNoArm) {
  EXPECT_EQ(Body("case n do\n 0 ->\n  xs\n   |> map(fn x -> x end)\n _ -> 1\nend"),
            "(case n (arm 0 (|> xs (call map (fn (x) x)))) (arm _ 1))");
}

TEST(CaseTest, MayBeEmpty) { EXPECT_EQ(Body("case n do end"), "(case n)"); }

TEST(CaseTest, MatchIsCase) { EXPECT_EQ(Body("match n do 1 -> 2 end"), "(case n (arm 1 2))"); }

TEST(CaseTest, RefusesAnArmWithoutBody) {
  EXPECT_EQ(BodyErrors("case n do\n 1 ->\n 2 -> 3\nend"), "E0107 3:6 this arm has no body");
  EXPECT_EQ(BodyErrors("case n do\n 1 -> end"), "E0107 3:6 this arm has no body");
}

TEST(ReceiveTest, EndsWithAfter) {
  EXPECT_EQ(Body("receive do\n n when n < 0 -> a\n n -> b\nafter 60_000 -> c\nend"),
            "(receive (arm n (when (< n 0)) a) (arm n b) (after 60000 c))");
  EXPECT_EQ(Body("receive do after 0 ->\n a\n b\nend"), "(receive (after 0 (block a b)))");
  EXPECT_EQ(Body("receive do x -> x end"), "(receive (arm x x))");
}

TEST(ReceiveTest, TakesAfterLastAndOnce) {
  EXPECT_EQ(BodyErrors("receive do\nafter 1 -> a\nx -> b\nend"),
            "E0119 4:1 'after' comes last, after all patterns");
  EXPECT_EQ(BodyErrors("receive do\nafter 1 -> a\nafter 2 -> b\nend"),
            "E0119 4:1 a 'receive' has one 'after'");
}

TEST(LoopTest, ReadsWhileAndFor) {
  EXPECT_EQ(Body("while true do break end"), "(while true break)");
  EXPECT_EQ(Body("for x in 1..4 when x > 2 do continue end"),
            "(for x (.. 1 4) (when (> x 2)) continue)");
  EXPECT_EQ(Body("for (i, x) in xs do i end"), "(for (tuple i x) xs i)");
  EXPECT_EQ(Body("for {k, v} in map do k end"), "(for (tuple k v) map k)");
}

TEST(ReturnTest, TakesAValueOnItsLine) {
  EXPECT_EQ(Body("return"), "(return)");
  EXPECT_EQ(Body("return\n1"), "(block (return) 1)");
  EXPECT_EQ(Body("return 1 + 2"), "(return (+ 1 2))");
  EXPECT_EQ(Body("case x do None -> return; _ -> continue end"),
            "(case x (arm None (return)) (arm _ continue))");
}

TEST(ClosureTest, HasManyForms) {
  EXPECT_EQ(Expr("fn x -> e end"), "(fn (x) e)");
  EXPECT_EQ(Expr("fn x, y -> e end"), "(fn (x y) e)");
  EXPECT_EQ(Expr("fn x,\n y -> e end"), "(fn (x y) e)");
  EXPECT_EQ(Expr("fn(x :: Int, y) -> e end"), "(fn ((: x Int) y) e)");
  EXPECT_EQ(Expr("fn -> e end"), "(fn () e)");
  EXPECT_EQ(Expr("fn() -> e end"), "(fn () e)");
  EXPECT_EQ(Expr("fn x do e end"), "(fn (x) e)");
  EXPECT_EQ(Expr("fn(x) do e end"), "(fn (x) e)");
  EXPECT_EQ(Expr("fn do e end"), "(fn () e)");
  EXPECT_EQ(Expr("fn (a, b) -> e end"), "(fn (a b) e)");
  EXPECT_EQ(Expr("fn((a, b)) -> e end"), "(fn ((tuple a b)) e)");
  EXPECT_EQ(Expr("def x -> e end"), "(fn (x) e)");
  EXPECT_EQ(Expr("fn x :: Int -> e end"), "(fn ((: x Int)) e)");
}

TEST(ClosureTest, HasClauses) {
  EXPECT_EQ(Expr("fn 0 -> \"none\" | n when n < 0 -> \"owed\" | _ -> \"some\" end"),
            "(fn (0) \"none\" (n) (when (< n 0)) \"owed\" (_) \"some\")");
  EXPECT_EQ(Expr("fn Some(x) -> x | None -> 0 end"), "(fn ((Some x)) x (None) 0)");
  EXPECT_EQ(Expr("fn 1 | 2 -> a | _ -> b end"), "(fn ((| 1 2)) a (_) b)");
  EXPECT_EQ(Expr("fn (0, x) -> a | (y, 0) -> b end"), "(fn (0 x) a (y 0) b)");
}

TEST(ClosureTest, ABarGoesOnWithTheInnermostOpenClosure) {
  EXPECT_EQ(Expr("fn a -> fn b -> 1 | c -> 2 end | d -> 3 end"), "(fn (a) (fn (b) 1 (c) 2) (d) 3)");
}

TEST(ClosureTest, HasABodyOfSeveralLines) {
  EXPECT_EQ(Expr("fn x ->\n a\n b\nend"), "(fn (x) (block a b))");
  EXPECT_EQ(Expr("fn [] -> a\n | [x] ->\n b\n c\n | _ -> d\nend"),
            "(fn ((list)) a ((list x)) (block b c) (_) d)");
}

TEST(LocalFunctionTest, IsAFnWithALowerCaseNameAtTheStartOfAStatement) {
  EXPECT_EQ(Body("fn f(0) = 1\nfn f(n) = n\nf(1)"), "(block (fn f (0) 1) (fn f (n) n) (call f 1))");
  EXPECT_EQ(Body("fn same<T>(x :: T) -> T = x\nsame(1)"),
            "(block (fn same (generics T) ((: x T)) -> T x) (call same 1))");
  EXPECT_EQ(Body("fn x -> x end"), "(fn (x) x)");
  EXPECT_EQ(Body("fn Some(x) -> x end"), "(fn ((Some x)) x)");
  EXPECT_EQ(Body("let g = fn(x) do x end"), "(block (let g (fn (x) x)))");
}

TEST(LocalFunctionTest, IsNoExpression) {
  EXPECT_EQ(BodyErrors("let g = fn f(x) = x"), "E0107 2:9 a function with a name is no expression");
}

TEST(ArmTest, KeepsContextualWordsFree) {
  EXPECT_EQ(Body("let from = 1\nlet as = 2\nfrom + as + test"),
            "(block (let from 1) (let as 2) (+ (+ from as) test))");
  EXPECT_EQ(Body("reduce(xs, 0, fn const, opaque -> const + opaque end)"),
            "(call reduce xs 0 (fn (const opaque) (+ const opaque)))");
  EXPECT_EQ(Body("let setup = 1\nif setup do 2 end"), "(block (let setup 1) (if setup 2))");
  EXPECT_EQ(Body("let test = 1\ntest\ndescribe(test)"),
            "(block (let test 1) test (call describe test))");
}

}  // namespace
}  // namespace snow::syntax_test
