// Sections 6 and 8 of the syntax chapter: types and patterns.
#include <gtest/gtest.h>

#include "snowc/syntax/test_support.h"

namespace snow::syntax_test {
namespace {

TEST(PatternTest, ReadsPrimaries) {
  EXPECT_EQ(Pattern("_"), "_");
  EXPECT_EQ(Pattern("x"), "x");
  EXPECT_EQ(Pattern("_x"), "_x");
  EXPECT_EQ(Pattern("42"), "42");
  EXPECT_EQ(Pattern("-1"), "-1");
  EXPECT_EQ(Pattern("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(Pattern("-1.5"), "-1.5");
  EXPECT_EQ(Pattern("\"a\\n\""), "\"a\\n\"");
  EXPECT_EQ(Pattern("true"), "true");
  EXPECT_EQ(Pattern("nil"), "()");
  EXPECT_EQ(Pattern("()"), "()");
  EXPECT_EQ(Pattern(":atom"), ":atom");
}

TEST(PatternTest, ReadsTuplesAndLists) {
  EXPECT_EQ(Pattern("(a, b)"), "(tuple a b)");
  EXPECT_EQ(Pattern("(a,)"), "(tuple a)");
  EXPECT_EQ(Pattern("(a)"), "a");
  EXPECT_EQ(Pattern("[]"), "(list)");
  EXPECT_EQ(Pattern("[a, b,]"), "(list a b)");
  EXPECT_EQ(Pattern("[a, ..]"), "(list a ..)");
  EXPECT_EQ(Pattern("[a, b, ..rest]"), "(list a b .. rest)");
  EXPECT_EQ(Pattern("[.._]"), "(list .. _)");
  EXPECT_EQ(Pattern("[a ..rest]"), "(list a .. rest)");
}

TEST(PatternTest, ReadsConstructorsAndStructs) {
  EXPECT_EQ(Pattern("None"), "None");
  EXPECT_EQ(Pattern("Some(x)"), "(Some x)");
  EXPECT_EQ(Pattern("Shape.Circle(r)"), "(Shape.Circle r)");
  EXPECT_EQ(Pattern("Box(width: w, height: _)"), "(Box width: w height: _)");
  EXPECT_EQ(Pattern("Point { x: 0, y }"), "(struct Point x: 0 y: y)");
  EXPECT_EQ(Pattern("Geo.Point { x, .. }"), "(struct Geo.Point x: x ..)");
  EXPECT_EQ(Pattern("Token { type: t }"), "(struct Token type: t)");
}

TEST(PatternTest, BindsOrTighterThanConsAndAsLoosest) {
  EXPECT_EQ(Pattern("1 | 2 | 3"), "(| 1 2 3)");
  EXPECT_EQ(Pattern("1 | 2 :: t"), "(:: (| 1 2) t)");
  EXPECT_EQ(Pattern("a :: b :: c"), "(:: a (:: b c))");
  EXPECT_EQ(Pattern("h :: t as all"), "(as (:: h t) all)");
  EXPECT_EQ(Pattern("Op(Plus | Minus as op) :: rest"), "(:: (Op (as (| Plus Minus) op)) rest)");
  EXPECT_EQ(Pattern("(a as b, c)"), "(tuple (as a b) c)");
}

TEST(PatternTest, TakesColonsForTypesInParametersOnly) {
  EXPECT_EQ(Items("fn f(h :: t) = h"), "(fn f ((:: h t)) h)");
  EXPECT_EQ(Items("fn f(h :: T) = h"), "(fn f ((: h T)) h)");
  EXPECT_EQ(Items("fn f(h :: (A, B)) = h"), "(fn f ((: h (tuple A B))) h)");
  EXPECT_EQ(Items("fn f(h :: t :: List<Int>) = h"), "(fn f ((: (:: h t) (List Int))) h)");
  EXPECT_EQ(Items("fn f((h :: Some(t))) = h"), "(fn f ((:: h (Some t))) h)");
  EXPECT_EQ(Items("fn f([h :: T]) = h"), "(fn f ((list (:: h T))) h)");
  EXPECT_EQ(Pattern("x :: Some(y)"), "(:: x (Some y))");
}

TEST(PatternTest, RefusesWhatPatternsCannotHold) {
  EXPECT_EQ(Pattern("\"a${x}\""), "E0116 2:1 a string in a pattern has no interpolation");
  EXPECT_EQ(Pattern("%{\"a\" => x}"), "E0107 2:1 maps are not taken apart by patterns");
  EXPECT_EQ(Pattern("1..5"), "E0107 2:2 a pattern holds no range");
  EXPECT_EQ(Pattern("f(x)"), "E0107 2:1 a pattern calls no function");
  EXPECT_EQ(Pattern("[..rest, a]"), "E0107 2:10 '..' comes last in the pattern of a list");
  EXPECT_EQ(Pattern("9223372036854775808").substr(0, 5), "E0106");
  EXPECT_EQ(Pattern("while"), "E0113 2:1 'while' is a keyword and cannot name a variable");
}

TEST(TypeTest, ReadsNamesAndArguments) {
  EXPECT_EQ(Type("Int"), "Int");
  EXPECT_EQ(Type("Foo.Bar"), "Foo.Bar");
  EXPECT_EQ(Type("List<Map<String, List<Int>>>"), "(List (Map String (List Int)))");
  EXPECT_EQ(Type("Self.Item"), "Self.Item");
  EXPECT_EQ(Type("Fun"), "Fun");
}

TEST(TypeTest, ReadsTuples) {
  EXPECT_EQ(Type("()"), "(tuple)");
  EXPECT_EQ(Type("(A)"), "A");
  EXPECT_EQ(Type("(A,)"), "(tuple A)");
  EXPECT_EQ(Type("(A, B)"), "(tuple A B)");
}

TEST(TypeTest, BindsSuffixesToTheTypeBefore) {
  EXPECT_EQ(Type("List<Int>?"), "(? (List Int))");
  EXPECT_EQ(Type("Int!String"), "(! Int String)");
  EXPECT_EQ(Type("Int?!String"), "(! (? Int) String)");
  EXPECT_EQ(Type("Int!String?"), "(! Int (? String))");
  EXPECT_EQ(Type("(A, B)!E"), "(! (tuple A B) E)");
}

TEST(TypeTest, TakesAFunctionsResultAsAWhole) {
  EXPECT_EQ(Type("Fun(A, B) -> C"), "(Fun (A B) C)");
  EXPECT_EQ(Type("Fun() -> C"), "(Fun () C)");
  EXPECT_EQ(Type("Fun(A) -> B?"), "(Fun (A) (? B))");
  EXPECT_EQ(Type("(Fun(A) -> B)?"), "(? (Fun (A) B))");
  EXPECT_EQ(Type("Fun(A) -> Fun(B) -> C"), "(Fun (A) (Fun (B) C))");
}

TEST(TypeTest, TakesGreaterSignsApart) {
  EXPECT_EQ(Body("let xs :: List<List<Int>>= []"),
            "(block (let xs (type (List (List Int))) (list)))");
}

TEST(TypeTest, HintsAtTypesOfOtherLanguages) {
  EXPECT_EQ(Errors("fn f() -> int = x", true),
            "E0121 1:11 the name of a type begins with an upper-case letter\n"
            "  help did you mean 'Int'?");
  EXPECT_EQ(Errors("fn f() -> [Int] = x"), "E0112 1:11 the type of a list is written List<..>");
  EXPECT_EQ(Errors("fn f() -> &T = x"), "E0112 1:11 there are no references, values are immutable");
  EXPECT_EQ(Errors("fn f() -> nil = x"), "E0112 1:11 the type of 'nil' is written '()'");
  EXPECT_EQ(Errors("fn f() -> fn(Int) -> Int = x"),
            "E0112 1:11 the type of a function begins with 'Fun'");
}

}  // namespace
}  // namespace snow::syntax_test
