// Sections 5 and 9 of the syntax chapter: items.
#include <gtest/gtest.h>

#include "snowc/syntax/test_support.h"

namespace snow::syntax_test {
namespace {

TEST(ImportTest, ReadsEveryForm) {
  EXPECT_EQ(Items("import Math.Vector"), "(import Math.Vector)");
  EXPECT_EQ(Items("import Math.Vector as V"), "(import Math.Vector as V)");
  EXPECT_EQ(Items("from Text.Format import pad, Style"), "(from Text.Format pad Style)");
  EXPECT_EQ(Items("from M import a,\n  b"), "(from M a b)");
  EXPECT_EQ(Items("from M import (\n  a,\n  b,\n)\nimport N"), "(from M a b)\n(import N)");
}

TEST(ImportTest, WantsNamesOneByOne) {
  EXPECT_EQ(Errors("from M import *"), "E0050 1:15 names are imported one by one");
  EXPECT_EQ(Errors("import M.*"), "E0050 1:9 names are imported one by one");
}

TEST(FnTest, ReadsHeadsAndBodies) {
  EXPECT_EQ(Items("pub fn area(w :: Float, h :: Float) -> Float do\n  w * h\nend"),
            "(pub fn area ((: w Float) (: h Float)) -> Float (* w h))");
  EXPECT_EQ(Items("fn twice(x) = x + x"), "(fn twice (x) (+ x x))");
  EXPECT_EQ(Items("fn fact(n) when n > 0 = n"), "(fn fact (n) (when (> n 0)) n)");
  EXPECT_EQ(Items("fn zero do 0 end"), "(fn zero 0)");
  EXPECT_EQ(Items("def f() = 1"), "(fn f () 1)");
  EXPECT_EQ(Items("fn f(\n  a,\n  b,\n) =\n  a"), "(fn f (a b) a)");
}

TEST(FnTest, ReadsGenericsAndBounds) {
  EXPECT_EQ(Items("fn largest<T>(a :: T, b :: T) -> T where T: Ord do a end"),
            "(fn largest (generics T) ((: a T) (: b T)) -> T (where T Ord) a)");
  EXPECT_EQ(Items("fn f<T, U>(a)\nwhere T: Eq + From<Int>, U: Add<Output = O> = a"),
            "(fn f (generics T U) (a) (where T Eq (From Int)) (where U (Add Output: O)) a)");
}

TEST(FnTest, ReadsPatternsAsParameters) {
  EXPECT_EQ(Items("fn f(0, -1, _, (a, b), Some(x), \"s\") = 1"),
            "(fn f (0 -1 _ (tuple a b) (Some x) \"s\") 1)");
  EXPECT_EQ(Items("fn f((a, b) :: (Int, Int)) = a"), "(fn f ((: (tuple a b) (tuple Int Int))) a)");
}

TEST(FnTest, ReadsDefaults) {
  EXPECT_EQ(Items("fn pad(s :: String, to :: Int = 8, c = \".\") = s"),
            "(fn pad ((: s String) (: to Int = 8) (: c = \".\")) s)");
}

TEST(FnTest, KeepsClausesApart) {
  EXPECT_EQ(Items("fn f(0) = 1\npub fn f(n) = n"), "(fn f (0) 1)\n(pub fn f (n) n)");
}

TEST(FnTest, MayHaveAKeywordAsItsName) {
  EXPECT_EQ(Items("pub fn where(q) = q\npub fn self() = 1"),
            "(pub fn where (q) q)\n(pub fn self () 1)");
}

TEST(FnTest, WantsABody) {
  EXPECT_EQ(Errors("fn f(x)\nfn g(x) = 1"),
            "E0107 1:8 expected the body of the function, '= ..' or 'do .. end', found the end of "
            "the line");
  EXPECT_EQ(Errors("fn f(x)\ndo\n x\nend"),
            "E0107 1:8 the 'do' of a function stands on the line of its head");
  EXPECT_EQ(Errors("fn f(x) = do x end"),
            "E0107 1:11 the body follows '=' or stands in do .. end, not both");
}

TEST(ConstTest, ReadsTypeAndValue) {
  EXPECT_EQ(Items("const limit = 4 * 16"), "(const limit (* 4 16))");
  EXPECT_EQ(Items("pub const limit :: Int = 1"), "(pub const limit :: Int 1)");
}

TEST(ExternTest, ReadsSymbolAndSignature) {
  EXPECT_EQ(Items("extern \"c_name\" fn name(a :: Int) -> Int"),
            "(extern \"c_name\" (fn name ((: a Int)) -> Int))");
  EXPECT_EQ(Items("extern blocking \"c\" fn f()"), "(extern blocking \"c\" (fn f ()))");
  EXPECT_EQ(Items("pub extern \"c\" fn f()"), "(pub extern \"c\" (fn f ()))");
}

TEST(StructTest, ReadsFields) {
  EXPECT_EQ(Items("struct A do\n  owner :: String\n  balance :: Int = 0\nend deriving(Eq, Json)"),
            "(struct A (field owner String) (field balance Int = 0) (deriving Eq Json))");
  EXPECT_EQ(Items("struct Pair<A, B> do left :: A, right :: B end"),
            "(struct Pair (generics A B) (field left A) (field right B))");
  EXPECT_EQ(Items("struct Size do width :: Int; height :: Int end"),
            "(struct Size (field width Int) (field height Int))");
  EXPECT_EQ(Items("struct Cat do end deriving()"), "(struct Cat (deriving))");
  EXPECT_EQ(Items("pub opaque struct T do x :: Int end"), "(pub opaque struct T (field x Int))");
}

TEST(StructTest, AllowsKeywordsAndContextualWordsAsFields) {
  EXPECT_EQ(Items("struct T do\n type :: String\n end :: Int\n from :: Int\n table :: Int\nend"),
            "(struct T (field type String) (field end Int) (field from Int) (field table Int))");
}

TEST(StructTest, ReadsSchemas) {
  EXPECT_EQ(
      Items("struct User do\n table \"users\"\n primary_key :uid\n timestamps true\n"
            " belongs_to :owner, User\n has_many :posts, Blog.Post\n has_one :profile, Profile\n"
            " name :: String\nend"),
      "(struct User (field name String) (table \"users\") (primary_key uid) (timestamps true) "
      "(belongs_to owner User) (has_many posts Blog.Post) (has_one profile Profile))");
}

TEST(StructTest, ReadsAttributes) {
  EXPECT_EQ(
      Items("@deprecated(\"use B\")\nstruct A do\n  @json(name: \"userId\")\n  @json(default)\n"
            "  id :: Int = 1\nend"),
      "(@ deprecated \"use B\") (struct A (@ json name: \"userId\") (@ json default) "
      "(field id Int = 1))");
}

TEST(SumTypeTest, ReadsVariants) {
  EXPECT_EQ(
      Items("pub type Shape do\n  Dot\n  Circle(Float)\n  Box(width :: Float, end :: Int)\nend "
            "deriving(Eq)"),
      "(pub type Shape Dot (Circle Float) (Box width: Float end: Int) (deriving Eq))");
  EXPECT_EQ(Items("type Light do Red; Green, Blue end"), "(type Light Red Green Blue)");
  EXPECT_EQ(Items("type Tree<T> do Leaf; Node(Tree<T>, T, Tree<T>) end"),
            "(type Tree (generics T) Leaf (Node (Tree T) T (Tree T)))");
}

TEST(AliasTest, ReadsTypes) {
  EXPECT_EQ(Items("type Meters = Float\npub type Pair<A, B> = (A, B)"),
            "(alias Meters Float)\n(pub alias Pair (generics A B) (tuple A B))");
}

TEST(InterfaceTest, ReadsMembers) {
  EXPECT_EQ(Items("interface Container do\n  type Item\n  fn first(self) -> Option<Self.Item>\n"
                  "  fn is_void(self) -> Bool do true end\n  fn not(self) = 1\nend"),
            "(interface Container type Item (fn first (self) -> (Option Self.Item)) "
            "(fn is_void (self) -> Bool true) (fn not (self) 1))");
  EXPECT_EQ(Items("trait I<T> do fn from(x :: T) -> Self end"),
            "(interface I (generics T) (fn from ((: x T)) -> Self))");
}

TEST(ImplTest, ReadsEveryHead) {
  EXPECT_EQ(Items("impl Container for Account do\n  type Item = String\n  fn first(self) = 1\nend"),
            "(impl Container for Account (type Item String) (fn first (self) 1))");
  EXPECT_EQ(Items("impl From<Int> for Account do end"), "(impl (From Int) for Account)");
  EXPECT_EQ(Items("impl<T> Show for Crate<T> where T: Show do end"),
            "(impl (generics T) Show for (Crate T) (where T Show))");
  EXPECT_EQ(Items("impl Account do\n  pub fn f(self) = 1\nend"),
            "(impl Account (pub fn f (self) 1))");
  EXPECT_EQ(Items("impl Show for (A, B) do end"), "(impl Show for (tuple A B))");
}

TEST(ModuleTest, NestsItems) {
  EXPECT_EQ(Items("module Inner do\n  pub fn zero() = 0\n  module Deep do end\nend"),
            "(module Inner (pub fn zero () 0) (module Deep))");
}

TEST(ActorTest, ReadsBodyAndTerminate) {
  EXPECT_EQ(Items("actor a(total :: Int) do\n  receive do\n    n -> a(n)\n  end\nterminate do\n  "
                  "f()\nend\nend"),
            "(actor a ((: total Int)) (receive (arm n (call a n))) terminate (call f))");
  EXPECT_EQ(Items("actor a do b end"), "(actor a () b)");
  EXPECT_EQ(Errors("actor a() do\n b\nterminate do c end\n d\nend"),
            "E0119 4:2 'terminate' comes last in an actor");
}

TEST(ServiceTest, ReadsEntries) {
  EXPECT_EQ(Items("service Stock do\n  fn init(s :: Int) -> Int do s end\n"
                  "  call Count(item :: String) :: Int do |s| (s, s) end\n"
                  "  cast Forget() do |_s| 0 end\n  call Peek do |s| (s, 1) end\n"
                  "  info Tick(n) do |(a, b)| a end\n  info do |msg, s| s end\n"
                  "  terminate do |s| f(s) end\nend"),
            "(service Stock (fn init ((: s Int)) -> Int s) "
            "(call Count ((: item String)) :: Int s (tuple s s)) (call Peek () s (tuple s 1)) "
            "(cast Forget () _s 0) (info (Tick n) (tuple a b) a) (info msg s s) (terminate s (call "
            "f s)))");
}

TEST(ServiceTest, ChecksTheParametersOfHandlers) {
  EXPECT_EQ(Errors("service S do\n call A() do 1 end\nend"),
            "E0107 2:2 a handler has 1 parameter between bars, this one has 0");
  EXPECT_EQ(Errors("service S do\n info do |s| 1 end\nend"),
            "E0107 2:2 a handler has 2 parameters between bars, this one has 1");
  EXPECT_EQ(Errors("service S do\n cast A() :: Int do |s| 1 end\nend"),
            "E0107 2:11 a cast has no reply");
}

TEST(ServiceTest, TakesTerminateLast) {
  EXPECT_EQ(Errors("service S do\n terminate do |s| 1 end\n fn f() = 1\nend"),
            "E0119 3:2 'terminate' comes last in a service");
}

TEST(SupervisorTest, ReadsEntriesInAnyOrder) {
  EXPECT_EQ(Items("supervisor Shop do\n  max_seconds: 5\n  child till do\n    shutdown: 5000\n"
                  "    start: fn -> spawn(a, 0) end\n    restart: permanent\n  end\n"
                  "  strategy: one_for_one\n  max_restarts: 3\n  child b do start: f; shutdown: "
                  "infinity end\nend"),
            "(supervisor Shop strategy: one_for_one max_restarts: 3 max_seconds: 5 "
            "(child till start: (fn () (call spawn a 0)) restart: permanent shutdown: 5000) "
            "(child b start: f shutdown: infinity))");
}

TEST(SupervisorTest, KnowsItsKeys) {
  EXPECT_EQ(Errors("supervisor S do\n strategie: one_for_one\nend"),
            "E0118 2:2 a supervisor has no entry 'strategie'");
  EXPECT_EQ(Errors("supervisor S do\n child a do\n  strategy: x\n end\nend"),
            "E0118 3:3 a child has no entry 'strategy'");
  EXPECT_EQ(Errors("supervisor S do\n max_seconds: 1\n max_seconds: 2\nend"),
            "E0119 3:2 'max_seconds' stands here twice");
}

TEST(TestItemTest, ReadsTestsGroupsAndSetups) {
  EXPECT_EQ(Items("setup do\n 1\nend\ntest \"adds\" do\n assert a == 2\nend\n"
                  "describe \"group\" do\n setup do 2 end\n test \"x\" do |ctx| ctx end\nend"),
            "(setup 1)\n(test \"adds\" (assert (== a 2)))\n"
            "(describe \"group\" (setup 2) (test \"x\" ctx ctx))");
}

TEST(ItemTest, PlacesPubAndAttributes) {
  EXPECT_EQ(Errors("pub import M"), "E0114 1:1 'pub' does not go with the keyword 'import'");
  EXPECT_EQ(Errors("pub impl A do end"),
            "E0114 1:1 an impl takes its visibility from what it joins");
  EXPECT_EQ(Errors("pub @a fn f() = 1"), "E0114 1:5 attributes stand before 'pub'");
  EXPECT_EQ(Errors("interface I do\n pub fn f(self)\nend"),
            "E0114 2:2 the methods of an interface are as visible as the interface");
}

TEST(ItemTest, NamesFollowTheirCase) {
  EXPECT_EQ(Errors("struct account do end"),
            "E0121 1:8 the name of a struct begins with an upper-case letter");
  EXPECT_EQ(Errors("import math.linear_algebra", true),
            "E0121 1:8 the name of a module begins with an upper-case letter\n"
            "  help did you mean 'Math'?");
  EXPECT_EQ(Errors("fn BigArea() = 1", true),
            "E0121 1:4 the name of a function begins with a lower-case letter\n"
            "  help did you mean 'big_area'?");
  EXPECT_EQ(Errors("fn Area() = 1"),
            "E0121 1:4 the name of a function begins with a lower-case letter");
  EXPECT_EQ(Errors("type T do red end").substr(0, 5), "E0118");
}

TEST(ItemTest, SeparatesItemsBySemicolons) {
  EXPECT_EQ(Items("fn f() = 1; fn g() = 2;"), "(fn f () 1)\n(fn g () 2)");
  EXPECT_EQ(Errors("fn f() = 1 fn g() = 2"),
            "E0107 1:12 expected the end of the line after an item, found the keyword 'fn'");
}

}  // namespace
}  // namespace snow::syntax_test
