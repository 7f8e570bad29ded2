#include "snowc/format/format.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "snowc/format/test_support.h"

namespace snow::format_test {
namespace {

// Formats `text`, which must keep all promises.
std::string Formatted(std::string_view text) {
  EXPECT_EQ(BrokenPromise(text), "") << text;
  return format_test::Formatted(text);
}

// The same of statements in a function.
std::string Body(const std::string& text) {
  std::string formatted = Formatted("fn f() do\n" + text + "\nend\n");
  std::string_view head = "fn f() do\n";
  EXPECT_TRUE(formatted.starts_with(head)) << formatted;
  formatted.erase(0, head.size());
  formatted.resize(formatted.size() - 4);
  return formatted;
}

constexpr std::string_view kLong = "a_rather_long_name_that_takes_its_room";

TEST(FormatTest, LeavesFilesWithErrorsAlone) {
  EXPECT_EQ(format_test::Formatted("fn  f( = 1"), "fn  f( = 1");
}

TEST(FormatTest, FormatsNothingToNothing) {
  EXPECT_EQ(Formatted(""), "");
  EXPECT_EQ(Formatted("\n\n"), "");
  EXPECT_EQ(Formatted("# only a comment   \n"), "# only a comment\n");
}

TEST(FormatTest, PutsOneSpaceWhereOneBelongs) {
  EXPECT_EQ(Formatted("pub  fn f( a::Int,b :: List<Int> )->Int  =  a+b*-c"),
            "pub fn f(a :: Int, b :: List<Int>) -> Int = a + b * -c\n");
  EXPECT_EQ(Body("f( [1,2 ,3] ,%{ \"a\"=>1 } , x:1 )"), "  f([1, 2, 3], %{\"a\" => 1}, x: 1)\n");
  EXPECT_EQ(Body("Point{x:1,y}"), "  Point { x: 1, y }\n");
  EXPECT_EQ(Body("Cat{ }"), "  Cat {}\n");
  EXPECT_EQ(Body("%{ acc|balance:4 }"), "  %{acc | balance: 4}\n");
  EXPECT_EQ(Body("let x::Int?=a . b ( c ) [ 0 ] ?"), "  let x :: Int? = a.b(c)[0]?\n");
  EXPECT_EQ(Body("for x in 0 .. 3 do x end"), "  for x in 0..3 do x end\n");
  EXPECT_EQ(Body("(x ,)"), "  (x,)\n");
  EXPECT_EQ(Body("case x do [a ..b] -> 1 end"), "  case x do [a, ..b] -> 1 end\n");
  EXPECT_EQ(Body("( )"), "  ()\n");
}

TEST(FormatTest, IndentsByTwo) {
  EXPECT_EQ(Formatted("fn f() do\nif a do\n      b\nelse if c do\nd\n else\ne\nend\nend"),
            R"(fn f() do
  if a do
    b
  else if c do
    d
  else
    e
  end
end
)");
}

TEST(FormatTest, UsesOneSpelling) {
  EXPECT_EQ(Formatted("def f(a) do match a do 1 -> !b && c || d end end"),
            "fn f(a) do case a do 1 -> not b and c or d end end\n");
  EXPECT_EQ(Body("x.match(def y -> y end)"), "  x.match(fn y -> y end)\n");
  EXPECT_EQ(Formatted("trait T do fn f(self) -> nil end").substr(0, 7), "trait T");
  EXPECT_EQ(Body("nil"), "  nil\n");
}

TEST(FormatTest, KeepsBothFormsOfAFunction) {
  EXPECT_EQ(Formatted("fn f() = 1\n\nfn g() do 1 end\n\nfn h() do\n  1\nend\n"),
            "fn f() = 1\n\nfn g() do 1 end\n\nfn h() do\n  1\nend\n");
}

TEST(FormatTest, PutsOneBlankLineBetweenItems) {
  EXPECT_EQ(Formatted("\n\nfn f() = 1\nfn g() = 2\n\n\n\nstruct A do end\n"),
            "fn f() = 1\n\nfn g() = 2\n\nstruct A do end\n");
}

TEST(FormatTest, KeepsClausesTogether) {
  EXPECT_EQ(Formatted("fn f(0) = 1\nfn f(n) = 2\n\n\nfn f(_) = 3\nfn g() = 1"),
            "fn f(0) = 1\nfn f(n) = 2\n\nfn f(_) = 3\n\nfn g() = 1\n");
}

TEST(FormatTest, KeepsOneBlankLineBetweenStatements) {
  EXPECT_EQ(Body("\n\na\n\n\n\nb\nc\n\n"), "  a\n\n  b\n  c\n");
}

TEST(FormatTest, SplitsStatementsAtSemicolons) {
  EXPECT_EQ(Body("let a = 1; let b = 2;; f(a)"), "  let a = 1\n  let b = 2\n  f(a)\n");
}

TEST(FormatTest, SortsImportsInOneGroup) {
  EXPECT_EQ(Formatted("from B import x, y\nimport Z\n\nimport A.B as C\n# about M\nimport M\n\n"
                      "fn f() = 1\nimport A\nfrom A import (\n  q,\n)\n"),
            R"(import A
import A.B as C
# about M
import M
import Z
from A import (q)
from B import x, y

fn f() = 1
)");
}

TEST(FormatTest, KeepsTheHeaderOfAFileAtItsTop) {
  EXPECT_EQ(Formatted("##! The module.\n# A licence.\n\n# about Z\nimport Z\nimport A\n"),
            "##! The module.\n# A licence.\n\nimport A\n# about Z\nimport Z\n");
}

TEST(FormatTest, BreaksCallsThatDoNotFit) {
  std::string name(kLong);
  EXPECT_EQ(Body("g(" + name + ", " + name + ", " + name + ")"),
            "  g(\n    " + name + ",\n    " + name + ",\n    " + name + ",\n  )\n");
  EXPECT_EQ(Body("[" + name + ", " + name + ", " + name + "]"),
            "  [\n    " + name + ",\n    " + name + ",\n    " + name + ",\n  ]\n");
  EXPECT_EQ(Body("%{1 => " + name + ", 2 => " + name + ", 3 => " + name + "}"),
            "  %{\n    1 => " + name + ",\n    2 => " + name + ",\n    3 => " + name + ",\n  }\n");
  EXPECT_EQ(Body("%{x | a: " + name + ", b: " + name + ", c: " + name + "}"),
            "  %{x |\n    a: " + name + ",\n    b: " + name + ",\n    c: " + name + ",\n  }\n");
}

TEST(FormatTest, BreaksParametersThatDoNotFit) {
  std::string name(kLong);
  EXPECT_EQ(Formatted("fn f(a" + name + ", b" + name + ", c" + name + ") -> Int do\n  1\nend"),
            "fn f(\n  a" + name + ",\n  b" + name + ",\n  c" + name + ",\n) -> Int do\n  1\nend\n");
}

TEST(FormatTest, JoinsWhatFits) {
  EXPECT_EQ(Body("f(\n  1,\n  2,\n)"), "  f(1, 2)\n");
  EXPECT_EQ(Body("1 +\n  2 +\n  3"), "  1 + 2 + 3\n");
  EXPECT_EQ(Body("let x =\n  1"), "  let x = 1\n");
  EXPECT_EQ(Formatted("fn f()\nwhere T: Ord = 1"), "fn f() where T: Ord = 1\n");
}

TEST(FormatTest, LetsTheLastArgumentGoOnOverLines) {
  EXPECT_EQ(Body("let t = reduce([1], 0, fn a, x ->\n  let y = x\n  a + y\nend)"),
            "  let t = reduce([1], 0, fn a, x ->\n    let y = x\n    a + y\n  end)\n");
  EXPECT_EQ(
      Body("Ok(Info { a: " + std::string(kLong) + ", b: " + std::string(kLong) + ", c: 1111111 })"),
      "  Ok(Info {\n    a: " + std::string(kLong) + ",\n    b: " + std::string(kLong) +
          ",\n    c: 1111111,\n  })\n");
}

TEST(FormatTest, BreaksLongOperators) {
  std::string name(kLong);
  EXPECT_EQ(Body("let x = " + name + " + " + name + " + " + name),
            "  let x = " + name + " +\n    " + name + " +\n    " + name + "\n");
}

TEST(FormatTest, PutsOneStepOfAPipeOnALine) {
  EXPECT_EQ(Body("xs |> f(1) |> g"), "  xs |> f(1) |> g\n");
  EXPECT_EQ(Body("xs\n|> f(1)\n      |> g |2> h(x)"),
            "  xs\n    |> f(1)\n    |> g\n    |2> h(x)\n");
  EXPECT_EQ(
      Body("let y = xs |> " + std::string(kLong) + "(1) |> " + std::string(kLong) + "(2) |> g()"),
      "  let y = xs\n    |> " + std::string(kLong) + "(1)\n    |> " + std::string(kLong) +
          "(2)\n    |> g()\n");
}

TEST(FormatTest, KeepsLeadingDots) {
  EXPECT_EQ(Body("let w = \" a \"\n.trim()\n\n.split(\" \")"),
            "  let w = \" a \"\n    .trim()\n    .split(\" \")\n");
}

TEST(FormatTest, KeepsBlocksOnOneLine) {
  EXPECT_EQ(Body("let x = if a do b else c end"), "  let x = if a do b else c end\n");
  EXPECT_EQ(Body("case n do 1 -> a; _ -> b end"), "  case n do 1 -> a; _ -> b end\n");
  EXPECT_EQ(Body("fn 0 -> a | _ -> b end"), "  fn 0 -> a | _ -> b end\n");
  EXPECT_EQ(Formatted("struct P do x :: Int; y :: Int end deriving(Eq)"),
            "struct P do x :: Int; y :: Int end deriving(Eq)\n");
  EXPECT_EQ(Formatted("struct P do x :: Int, y :: Int end"),
            "struct P do x :: Int, y :: Int end\n");
}

TEST(FormatTest, BreaksBlocksThatDoNotFit) {
  std::string name(kLong);
  EXPECT_EQ(Body("let x = if " + name + " do " + name + " else " + name + " end"),
            "  let x = if " + name + " do\n    " + name + "\n  else\n    " + name + "\n  end\n");
  EXPECT_EQ(
      Body("case n do 1 -> " + name + "; 2 -> " + name + "; _ -> " + name + " end"),
      "  case n do\n    1 -> " + name + "\n    2 -> " + name + "\n    _ -> " + name + "\n  end\n");
}

TEST(FormatTest, LaysOutArms) {
  EXPECT_EQ(Body("case n do\n 0 ->\n a\n b\n\n k when k > 0 -> c; d\n _ -> e\nend"),
            R"(  case n do
    0 ->
      a
      b

    k when k > 0 ->
      c
      d
    _ -> e
  end
)");
  EXPECT_EQ(Body("receive do\n n -> a\n after 10 -> b\nend"),
            "  receive do\n    n -> a\n  after 10 -> b\n  end\n");
}

TEST(FormatTest, LaysOutClosures) {
  EXPECT_EQ(Body("let s = fn [] -> a\n | [x] ->\n b\n c\n | (y) -> d\nend"),
            R"(  let s = fn [] -> a
    | [x] ->
      b
      c
    | (y) -> d
  end
)");
  EXPECT_EQ(Body("fn (a, b) -> a end"), "  fn(a, b) -> a end\n");
  EXPECT_EQ(Body("each(xs)do|x|\nx\nend"), "  each(xs) do |x|\n    x\n  end\n");
  EXPECT_EQ(Body("twice() do || x end"), "  twice() do || x end\n");
}

TEST(FormatTest, LaysOutDeclarations) {
  EXPECT_EQ(
      Formatted(
          "type  S<T>  do\nDot\n\n\n@a(1)  Box( w::Float , h :: Float )\nend   deriving( Eq,Ord )"),
      "type S<T> do\n  Dot\n\n  @a(1)\n  Box(w :: Float, h :: Float)\nend deriving(Eq, Ord)\n");
  EXPECT_EQ(Formatted("@deprecated( \"x\" ) fn f() = 1"), "@deprecated(\"x\")\nfn f() = 1\n");
  EXPECT_EQ(Formatted("impl <T>I for   Box<T>where T:Eq+Ord do type Item=T;fn f(self)=1 end"),
            "impl<T> I for Box<T> where T: Eq + Ord do type Item = T; fn f(self) = 1 end\n");
  EXPECT_EQ(Formatted("extern blocking  \"c\"  fn f(a::Int)->Fun(Int)->(Int,)"),
            "extern blocking \"c\" fn f(a :: Int) -> Fun(Int) -> (Int,)\n");
  EXPECT_EQ(Formatted("struct U do\ntable  \"users\"\nhas_many  :posts,Post\nend"),
            "struct U do\n  table \"users\"\n  has_many :posts, Post\nend\n");
}

TEST(FormatTest, LaysOutActorsServicesAndSupervisors) {
  EXPECT_EQ(
      Formatted(
          "actor a(n)do\nreceive do x->a(x) end\nterminate do\nf()\nend\nend\n"
          "service S do\nfn init(n)=n\ncall Get(k)::Int do|s|\n(s,1)\nend\nend\n"
          "supervisor P do\nstrategy:one_for_one;max_seconds:5\nchild a do\nstart:f\nend\nend"),
      R"(actor a(n) do
  receive do x -> a(x) end
terminate do
  f()
end
end

service S do
  fn init(n) = n
  call Get(k) :: Int do |s|
    (s, 1)
  end
end

supervisor P do
  strategy: one_for_one
  max_seconds: 5
  child a do
    start: f
  end
end
)");
}

TEST(FormatTest, NeverTouchesStrings) {
  EXPECT_EQ(Body("f(\"a  ${ x+1 }  \\n\")"), "  f(\"a  ${ x+1 }  \\n\")\n");
  EXPECT_EQ(Body("let s = \"\"\"\n      one\n        two\n      \"\"\""),
            "  let s = \"\"\"\n      one\n        two\n      \"\"\"\n");
}

TEST(FormatTest, KeepsCommentsWhereTheyStand) {
  EXPECT_EQ(Formatted(R"(##! Module.


## Doc of f.
fn f() do   # beside
    # before a
  a


  # alone

  b # beside b
     # at the end
end
# last
)"),
            R"(##! Module.

## Doc of f.
fn f() do # beside
  # before a
  a

  # alone

  b # beside b
  # at the end
end
# last
)");
}

TEST(FormatTest, KeepsCommentsInLists) {
  EXPECT_EQ(Body("let x = [\n 1, # one\n # two\n 2\n # end\n]"),
            "  let x = [\n    1, # one\n    # two\n    2,\n    # end\n  ]\n");
  EXPECT_EQ(Body("f(a, #= in =# b)"), "  f(a, #= in =# b)\n");
  EXPECT_EQ(Body("a + # plus\n b"), "  a + # plus\n    b\n");
  EXPECT_EQ(Body("xs # start\n |> f # step\n # before g\n |> g"),
            "  xs # start\n    |> f # step\n    # before g\n    |> g\n");
  EXPECT_EQ(Body("if a do\n b\n# before else\nelse\n c\nend"),
            "  if a do\n    b\n    # before else\n  else\n    c\n  end\n");
}

TEST(FormatTest, KeepsCommentsInOddPlaces) {
  for (const char* text : {
           "fn # a\n f # b\n() = 1",
           "let\n",
           "fn f() = # a\n 1",
           "import # a\n A",
           "fn f(# a\n) = 1",
           "fn f(x # a\n, y) = 1",
           "struct S do # a\n x :: # b\n Int # c\n # d\n end",
           "fn f() do x. # a\n y end",
           "fn f() do %{a | # b\n c: 1 # d\n } end",
           "fn f() do case x do # a\n # b\n 1 -> # c\n 2 # d\n # e\n end end",
           "# a\n; # b\nfn f() = 1 # c\n; # d\n",
           "fn f() do fn x # a\n -> # b\n x # c\n end end",
           "type A # a\n = # b\n Int",
           "fn f() do a #= x\n y =#\n b end",
           "fn f() do (# a\n 1\n # b\n) end",
           "fn f() do g(fn -> # a\n 1 end, # b\n 2) end",
       }) {
    EXPECT_EQ(BrokenPromise(text), "") << text;
  }
}

}  // namespace
}  // namespace snow::format_test
