// What surface forms become in the typed core.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "snowc/types/test_support.h"

namespace snow::types {
namespace {

// The core of a function without its head line.
std::string Core(std::string_view name, std::string text) {
  CheckedProgram program(std::move(text));
  EXPECT_FALSE(program.diagnostics().HasErrors()) << program.Messages();
  std::string core = program.Core(name);
  return core.substr(core.find('\n') + 1);
}

constexpr char kSide[] = "fn side(n :: Int) -> Int do\n  println(n)\n  n\nend\n";

TEST(CoreTest, KeywordArgumentsKeepTheirOrderOfEvaluation) {
  EXPECT_EQ(Core("g", std::string(kSide) +
                          "fn f(a :: Int, b :: Int) = a - b\n"
                          "fn g() = f(b: side(1), a: side(2))\n"),
            "  params\n"
            "  do\n"
            "    let #0 :: Int = app.side(1)\n"
            "    let #1 :: Int = app.side(2)\n"
            "    app.f(#1, #0)\n");
}

TEST(CoreTest, FieldsKeepTheirOrderOfEvaluation) {
  EXPECT_EQ(Core("g", std::string(kSide) +
                          "struct P do x :: Int, y :: Int end\n"
                          "fn g() = P { y: side(1), x: side(2) }\n"),
            "  params\n"
            "  do\n"
            "    let #0 :: Int = app.side(1)\n"
            "    let #1 :: Int = app.side(2)\n"
            "    P { #1, #0 }\n");
}

TEST(CoreTest, DefaultsAreFunctionsOfTheirOwn) {
  EXPECT_EQ(Core("g", "fn f(a :: Int, b :: Int = 2) = a - b\nfn g() = f(1)\n"),
            "  params\n  app.f(1, app.f.default.b())\n");
}

TEST(CoreTest, PipesAreCalls) {
  EXPECT_EQ(Core("g", "fn f(a :: Int, b :: Int) = a - b\nfn g(x) = x |> f(3)\n"),
            "  params x#0\n  app.f(x#0, 3)\n");
}

TEST(CoreTest, ALaterPipeEvaluatesItsLeftSideFirst) {
  EXPECT_EQ(Core("g", std::string(kSide) +
                          "fn f(a :: Int, b :: Int) = a - b\nfn g() = side(1) |2> f(side(2))\n"),
            "  params\n"
            "  do\n"
            "    let #0 :: Int = app.side(1)\n"
            "    app.f(app.side(2), #0)\n");
}

TEST(CoreTest, AUnitCallInABranchWithoutElseStaysInTailPosition) {
  EXPECT_EQ(Core("f", "fn f(n :: Int) -> () do\n  if n > 0 do f(n - 1) end\nend\n"),
            "  params n#0\n"
            "  if Ord.gt<Int>(n#0, 0) then app.f(Sub.sub<Int>(n#0, 1)) else ()\n");
}

TEST(CoreTest, OtherValuesOfABranchWithoutElseAreDropped) {
  EXPECT_EQ(Core("f", std::string(kSide) + "fn f(n :: Int) do\n  if n > 0 do side(n) end\nend\n"),
            "  params n#0\n"
            "  if Ord.gt<Int>(n#0, 0) then do\n"
            "      app.side(n#0)\n"
            "      () else ()\n");
}

TEST(CoreTest, TryConvertsErrorsByFrom) {
  EXPECT_EQ(Core("f",
                 "type E do\n  Wrap(String)\nend\n"
                 "impl From<String> for E do\n  fn from(s :: String) -> E = Wrap(s)\nend\n"
                 "fn f(s :: Int!String) -> Int!E = Ok(s?)\n"),
            "  params s#0\n"
            "  Result<Int, E>.0(s#0? converts From.from<E, String>)\n");
}

TEST(CoreTest, AGeneralLetIsInstantiatedAtEachUse) {
  EXPECT_EQ(Core("f", "fn f() do\n  let id = fn x -> x end\n  (id(1), id(\"a\"))\nend\n"),
            "  params\n"
            "  do\n"
            "    let id#1<1 from 0> = fn x#0 :: a -> x#0\n"
            "    (id#1<Int>.(1), id#1<String>.(\"a\"))\n");
}

TEST(CoreTest, AForOfUnitBuildsNothing) {
  EXPECT_EQ(Core("f", std::string(kSide) +
                          "fn f(xs :: List<Int>) -> () do\n  for x in xs do side(x) end\nend\n"),
            "  params xs#0\n"
            "  for x#1 :: Int in xs#0 via Iterator.next<Iter<Int>> do\n"
            "      app.side(x#1)\n"
            "      ()\n");
}

TEST(CoreTest, AForAmongBranchesBuildsUnlessItMeetsUnit) {
  std::string program =
      "fn f(c :: Bool, xs :: List<Int>) = if c do for x in xs do x end else () end\n"
      "fn g(c :: Bool, xs :: List<Int>) = if c do for x in xs do x end else [] end\n";
  EXPECT_NE(Core("f", program).find("then for x#2"), std::string::npos) << Core("f", program);
  EXPECT_NE(Core("g", program).find("then collect x#2"), std::string::npos) << Core("g", program);
}

TEST(CoreTest, AFunctionThatReceivesIsGeneralOverMessages) {
  CheckedProgram program("fn next() do\n  receive do\n    x -> x\n  end\nend\n");
  EXPECT_EQ(program.Core("next"),
            "fn app.next<a> :: Fun() -> a messages a\n"
            "  params\n"
            "  receive a\n"
            "    x#0 -> x#0\n");
}

TEST(CoreTest, MessagesThatNothingFixesAreOfAnyType) {
  EXPECT_EQ(Core("main", "fn main() do\n  receive do\n    x -> println(x)\n  end\nend\n"),
            "  params\n"
            "  receive Any\n"
            "    x#0 -> std.Prelude.println<Any>(x#0)\n");
}

TEST(CoreTest, AServiceIsALoopOverItsHandlers) {
  CheckedProgram program(
      "service C do\n"
      "  fn init() -> Int do 0 end\n"
      "  call Get(k :: Int) :: Int do |n| (n, n + k) end\n"
      "  cast Set(k :: Int) do |_| k end\n"
      "  info :tick do |n| n + 1 end\n"
      "end\n");
  EXPECT_FALSE(program.diagnostics().HasErrors()) << program.Messages();
  std::string core = program.Core("C");
  for (std::string_view part :
       {"receive C.Message", "Get(#1, #2) -> do", "std.Service.reply<Int>(#1, #3.1)",
        "app.C(#3.0)", "app.C(app.C.Set(", ":tick -> app.C(app.C.info(#0))"}) {
    EXPECT_NE(core.find(part), std::string::npos) << part << "\n" << core;
  }
}

TEST(CoreTest, MainDropsWhatItCannotGive) {
  CheckedProgram program("fn main() = \"text\"\n");
  EXPECT_EQ(program.TypeOf("main"), "Fun() -> ()");
}

TEST(CoreTest, MethodsOfBoundsAreCalledThroughTheInterface) {
  EXPECT_EQ(Core("f",
                 "interface I do\n  fn i(self) -> Int\nend\n"
                 "fn f<T>(x :: T) -> Int where T: I = x.i()\n"),
            "  params x#0\n  I.i<T>(x#0)\n");
}

}  // namespace
}  // namespace snow::types
