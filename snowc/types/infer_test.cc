#include <gtest/gtest.h>

#include "snowc/types/test_support.h"

namespace snow::types {
namespace {

std::string TypeOf(std::string_view name, std::string text) {
  CheckedProgram program(std::move(text));
  EXPECT_EQ(program.Codes(), "") << program.Messages();
  return program.TypeOf(name);
}

TEST(InferTest, Hello) {
  CheckedProgram program("fn main() do println(\"hello\") end\n");
  EXPECT_EQ(program.Codes(), "") << program.Messages();
  EXPECT_TRUE(program.program().main.IsValid());
  EXPECT_EQ(program.TypeOf("main"), "Fun() -> ()");
}

TEST(InferTest, SumIsGeneralOverAdd) {
  EXPECT_EQ(TypeOf("add", "fn add(a, b) = a + b"), "Fun(a, a) -> a.Output where a: Add");
}

TEST(InferTest, LiteralFixesTheType) {
  EXPECT_EQ(TypeOf("double", "fn double(x) = x * 2"), "Fun(Int) -> Int");
}

TEST(InferTest, IdentityIsGeneral) { EXPECT_EQ(TypeOf("id", "fn id(x) = x"), "Fun(a) -> a"); }

TEST(InferTest, FunctionsCompose) {
  EXPECT_EQ(TypeOf("compose", "fn compose(f, g) = fn x -> g(f(x)) end"),
            "Fun(Fun(a) -> b, Fun(b) -> c) -> Fun(a) -> c");
}

TEST(InferTest, GroupsAreInferredTogether) {
  EXPECT_EQ(TypeOf("even",
                   "fn even(n) = if n == 0 do true else odd(n - 1) end\n"
                   "fn odd(n) = if n == 0 do false else even(n - 1) end\n"),
            "Fun(Int) -> Bool");
}

TEST(InferTest, MethodOfTheOnlyInterfaceBecomesABound) {
  EXPECT_EQ(TypeOf("loud",
                   "interface Animal do\n  fn sound(self) -> String\nend\n"
                   "fn loud(x) = x.sound() <> \"!\"\n"),
            "Fun(a) -> String where a: Animal");
}

}  // namespace
}  // namespace snow::types
