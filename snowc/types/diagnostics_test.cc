// One program or more for each diagnostic that the checker gives.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "snowc/types/test_support.h"

namespace snow::types {
namespace {

struct Case {
  std::string name;
  std::string codes;  // of all diagnostics, in order of place
  std::string text;
  std::string says;  // a part of the rendered messages
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class DiagnosticTest : public testing::TestWithParam<Case> {};

TEST_P(DiagnosticTest, Reports) {
  CheckedProgram program(GetParam().text);
  EXPECT_EQ(program.Codes(), GetParam().codes) << program.Messages();
  EXPECT_NE(program.Messages().find(GetParam().says), std::string::npos) << program.Messages();
}

const std::vector<Case> kTypes = {
    {"branches", "E0001", "fn f(n :: Int) = if n == 0 do \"zero\" else n end\n",
     "expected String, found Int"},
    {"argument", "E0001",
     "fn shout(text :: String) -> String = text <> \"!\"\nfn main() do shout(42) end\n",
     "parameter 'text' of 'shout' is String"},
    {"no_conversion", "E0001", "fn main() do println(1 * 0.5) end\n", "Int and Float do not mix"},
    {"result", "E0001", "fn f() -> Int = \"a\"\n", "the function's result is Int"},
    {"element", "E0001", "fn main() do println([1, \"a\"]) end\n", "expected Int, found String"},
    {"condition", "E0001", "fn main() do\n  if 1 do println(1) end\nend\n",
     "a condition is a Bool"},
    {"index", "E0001", "fn main() do println(5[0]) end\n", "expected a List or a Map, found Int"},
    {"infinite", "E0002", "fn f(g) = g(g)\n", "a type would contain itself"},
    {"few_arguments", "E0003", "fn add(a :: Int, b :: Int) = a + b\nfn main() do add(1) end\n",
     "'add' takes 2 arguments, not 1"},
    {"many_arguments", "E0003", "fn one() = 1\nfn main() do one(1) end\n",
     "'one' takes 0 arguments, not 1"},
    {"closure_arguments", "E0003", "fn main() do\n  let f = fn x -> x + 1 end\n  f(1, 2)\nend\n",
     "this function takes 1 argument, not 2"},
    {"constructor_arguments", "E0003", "fn main() do println(Some(1, 2)) end\n",
     "constructor 'Some' takes 1 argument, not 2"},
    {"unknown_name", "E0004", "fn main() do\n  let _total = 3\n  println(_totl)\nend\n",
     "did you mean '_total'?"},
    {"unknown_type", "E0004", "fn f(x :: Strin) = x\n", "did you mean 'String'?"},
    {"unknown_module", "E0004", "fn main() do println(Lsit.new()) end\n", "did you mean 'List'?"},
    {"not_a_function", "E0005", "fn main() do\n  let n = 3\n  n(4)\nend\n",
     "a value of type Int is called"},
    {"bound", "E0006",
     "interface Animal do\n  fn sound(self) -> String\nend\n"
     "fn listen<T>(x :: T) -> String where T: Animal do x.sound() end\n"
     "fn main() do println(listen(3)) end\n",
     "'listen' needs Animal"},
    {"operator", "E0006", "fn main() do println(true + false) end\n", "the operator '+' needs Add"},
    {"missing_bound", "E0006", "fn f<T>(a :: T, b :: T) = a == b\n",
     "add a bound: `where T: Eq`"},
    {"deriving_is_all", "E0006",
     "struct Secret do text :: String end deriving(Debug)\n"
     "fn same(a :: Secret, b :: Secret) = a == b\n",
     "add Eq to its `deriving`"},
    {"part_lacks", "E0006", "fn f(g :: Fun() -> Int) = println([g])\n",
     "Fun() -> Int does not implement Display"},
    {"missing_method", "E0007",
     "interface Shape do\n  fn area(self) -> Int\n  fn corners(self) -> Int\nend\n"
     "impl Shape for Int do\n  fn area(self) -> Int = self\nend\n",
     "lacks 'corners'"},
    {"method_result", "E0008",
     "interface Shape do\n  fn area(self) -> Int\nend\n"
     "impl Shape for Int do\n  fn area(self) -> String = \"\"\nend\n",
     "the signature of 'area' differs"},
    {"method_params", "E0008",
     "interface Shape do\n  fn area(self, n :: Int) -> Int\nend\n"
     "impl Shape for Int do\n  fn area(self) -> Int = self\nend\n",
     "the signature of 'area' differs"},
    {"method_unknown", "E0008",
     "interface Shape do\n  fn area(self) -> Int\nend\n"
     "impl Shape for Int do\n  fn area(self) -> Int = self\n  fn aera(self) -> Int = 1\nend\n",
     "interface 'Shape' has no method 'aera'"},
    {"unknown_field", "E0009",
     "struct P do x :: Int end\nfn f(p :: P) = p.y\n", "P has no field 'y'"},
    {"missing_field", "E0009",
     "struct P do x :: Int, y :: Int end\nfn main() do println(P { x: 1 }) end\n",
     "'P' lacks 'y'"},
    {"repeated_field", "E0009",
     "struct P do x :: Int end\nfn main() do println(P { x: 1, x: 2 }) end\n",
     "field 'x' is given twice"},
    {"pattern_leaves_out", "E0009",
     "struct P do x :: Int, y :: Int end\nfn f(p :: P) do\n  let P { x } = p\n  x\nend\n",
     "write `..` at the end"},
    {"unknown_variant", "E0010",
     "type Color do\n  Red\n  Green\nend\nfn main() do println(Color.Gren) end\n",
     "did you mean 'Green'?"},
    {"unknown_variant_in_pattern", "E0010",
     "type Color do\n  Red\n  Green\nend\n"
     "fn f(c :: Color) do\n  case c do\n    Rde -> 1\n    _ -> 2\n  end\nend\n",
     "Color has no variant 'Rde'"},
    {"or_pattern", "E0011",
     "type Side do\n  Left(Int)\n  Right(Int)\nend\n"
     "fn f(s :: Side) -> Int do\n  case s do\n    Left(n) | Right(_) -> n\n  end\nend\n",
     "'n' is not bound in every alternative"},
    {"missing_case", "E0012",
     "fn f(o :: Int?) -> Int do\n  case o do\n    Some(n) -> n\n  end\nend\n", "`None`"},
    {"guard_effect", "E0013",
     "fn noisy(n :: Int) -> Bool do\n  println(n)\n  n > 0\nend\n"
     "fn f(n :: Int) do\n  case n do\n    x when noisy(x) -> 1\n    _ -> 2\n  end\nend\n",
     "'noisy' may have effects"},
    {"guard_type", "E0025",
     "fn f(n :: Int) do\n  case n do\n    x when x + 1 -> 1\n    _ -> 2\n  end\nend\n",
     "a guard is a Bool"},
    {"catch_all", "E0022 W0001", "fn f(n) = n\nfn f(0) = 1\n", "is not the last"},
    {"clauses_apart", "E0023", "fn f(0) = 0\nfn g() = 1\nfn f(_) = g()\n", "stand apart"},
    {"clause_arity", "E0024", "fn f(0) = 0\nfn f(a, b) = a + b\nfn main() do println(f(1, 2)) end\n",
     "differ in arity"},
    {"second_impl", "E0026",
     "interface I do\n  fn i(self) -> Int\nend\n"
     "impl I for Int do\n  fn i(self) -> Int = 1\nend\n"
     "impl I for Int do\n  fn i(self) -> Int = 2\nend\n",
     "second impl of 'I' for Int"},
    {"overlapping_impls", "E0026",
     "interface I do\n  fn i(self) -> Int\nend\n"
     "impl<T> I for List<T> do\n  fn i(self) -> Int = 1\nend\n"
     "impl I for List<Int> do\n  fn i(self) -> Int = 2\nend\n",
     "second impl of 'I' for List<Int>"},
    {"written_and_derived", "E0026",
     "struct Cat do name :: String end deriving(Eq, Display)\n"
     "impl Display for Cat do\n  fn to_string(self) -> String = self.name\nend\n",
     "it is derived here"},
    {"ambiguous_method", "E0027",
     "interface A do\n  fn hi(self) -> Int\nend\ninterface B do\n  fn hi(self) -> Int\nend\n"
     "impl A for Int do\n  fn hi(self) -> Int = 1\nend\n"
     "impl B for Int do\n  fn hi(self) -> Int = 2\nend\n"
     "fn main() do println(1.hi()) end\n",
     "`A.hi(..)` or `B.hi(..)`"},
    {"cannot_derive", "E0028", "struct M do v :: Int end deriving(Eq, Add)\n",
     "cannot derive 'Add'"},
    {"cannot_derive_part", "E0028", "struct M do f :: Fun(Int) -> Int end deriving(Eq)\n",
     "cannot derive Eq"},
    {"ord_without_eq", "E0029", "struct M do v :: Int end deriving(Ord)\n",
     "derive both: `deriving(Eq, Ord)`"},
    {"no_method", "E0030", "struct Cat do name :: String end\nfn f(c :: Cat) = c.fly()\n",
     "Cat has no method 'fly'"},
    {"no_type_function", "E0030",
     "struct Cat do name :: String end\nfn main() do println(Cat.fresh()) end\n",
     "type 'Cat' has no function 'fresh'"},
    {"no_module", "E0031", "import Nowhere.AtAll\nfn main() do println(AtAll.value()) end\n",
     "there is no module 'Nowhere.AtAll'"},
    {"break_outside", "E0032", "fn f() do break end\n", "break outside a loop"},
    {"break_in_closure", "E0032",
     "fn main() do\n  for x in [1] do\n    map([x], fn y -> if y > 0 do break else y end end)\n"
     "  end\nend\n",
     "a closure is a function of its own"},
    {"continue_outside", "E0033", "fn f() do continue end\n", "continue outside a loop"},
    {"not_in_module", "E0034", "fn main() do println(List.lenght([1])) end\n",
     "did you mean 'length'?"},
    {"private_nested", "E0035",
     "module Vault do\n  fn secret() = 1\nend\nfn main() do println(Vault.secret()) end\n",
     "'secret' is private"},
    {"try_in_plain", "E0036", "fn f(s :: String) -> Int = String.to_int(s)?\n",
     "in a function whose result is Int"},
    {"try_option_in_result", "E0036",
     "fn f(s :: String) -> Int!String = Ok(String.to_int(s)?)\n", "Option.ok_or"},
    {"try_on_plain", "E0037", "fn f(n :: Int) -> Int? = Some(n? + 1)\n",
     "'?' on a value of type Int"},
    {"not_json", "E0038",
     "struct B do click :: Fun(Int) -> Int end deriving(Json)\n"
     "fn f(b :: B) = Json.encode(b)\n",
     "cannot derive Json"},
    {"not_row", "E0039", "struct P do tags :: List<String> end deriving(Row)\n",
     "a column is a String, Int, Float or Bool"},
    {"assoc_missing", "E0040",
     "interface C do\n  type Item\n  fn n(self) -> Int\nend\n"
     "impl C for Int do\n  fn n(self) -> Int = 1\nend\n",
     "lacks the associated type 'Item'"},
    {"assoc_extra", "E0041",
     "interface C do\n  fn n(self) -> Int\nend\n"
     "impl C for Int do\n  type Key = Int\n  fn n(self) -> Int = 1\nend\n",
     "has no associated type 'Key'"},
    {"assoc_unresolved", "E0042", "fn f<T>(x :: T, y :: T.Item) = (x, y)\n",
     "no bound gives 'T' an associated type 'Item'"},
    {"refutable_let", "E0044", "fn f(o :: Int?) do\n  let Some(n) = o\n  n\nend\n", "`None`"},
    {"refutable_for", "E0044", "fn f(xs :: List<Int?>) = for Some(x) in xs do x end\n", "`None`"},
    {"recursive_struct", "E0045", "struct M do n :: Int, inner :: M end\n",
     "struct 'M' contains itself"},
    {"recursive_structs", "E0045 E0045",
     "struct A do b :: (Int, B) end\nstruct B do a :: A end\n", "struct 'B' contains itself"},
    {"orphan", "E0046",
     "impl Default for Ordering do\n  fn default() -> Ordering = Equal\nend\n",
     "neither the interface nor the type"},
    {"not_constant", "E0047", "const n = List.length([1])\nfn main() do println(n) end\n",
     "this is not constant"},
    {"ambiguous", "W0003 E0049", "fn main() do\n  let nothing = default()\nend\n",
     "annotate the variable"},
    {"ambiguous_field", "E0049", "fn f(x) = x.name\n", "annotate the parameter"},
    {"ambiguous_constructor", "E0049",
     "type A do\n  One\nend\ntype B do\n  One\nend\nfn main() do println(One) end\n",
     "`A.One` or `B.One`"},
    {"defined_twice", "E0053", "const a = 1\nconst a = 2\n", "'a' is defined twice"},
    {"bound_twice", "E0054", "fn f((x, x)) = x\n", "'x' is bound twice"},
    {"keyword", "E0055", "fn f(width :: Int) = width\nfn main() do println(f(widht: 3)) end\n",
     "did you mean 'width'?"},
    {"keyword_twice", "E0055", "fn f(w :: Int) = w\nfn main() do println(f(1, w: 3)) end\n",
     "given twice"},
    {"type_arguments", "E0056", "fn f(x :: List) = x\n", "'List' takes 1 type argument, not 0"},
};

const std::vector<Case> kActors = {
    {"message", "E0014",
     "actor d(boss :: Pid<Int>) do\n  receive do\n    n -> send(boss, n * 2)\n  end\nend\n"
     "fn main() do\n  let pid = spawn(d, self())\n  send(pid, \"five\")\n  receive do\n"
     "    n -> println(n + 1)\n  end\nend\n",
     "this actor takes messages of type Int"},
    {"message_of_caller", "E0014",
     "fn number() -> Int do\n  receive do\n    n -> n + 1\n  end\nend\n"
     "fn text() -> String do\n  receive do\n    t -> t <> \"\"\n  end\nend\n"
     "fn main() do\n  println(number())\n  println(text())\nend\n",
     "runs in an actor with messages of type String"},
    {"message_of_closure", "E0014",
     "fn text() -> String do\n  receive do\n    t -> t <> \"\"\n  end\nend\n"
     "fn main() do\n  map([1], fn _ ->\n    receive do\n      n -> n + 1\n    end\n  end)\n"
     "  println(text())\nend\n",
     "E0014"},
    {"wrong_pid", "E0014",
     "actor d(boss :: Pid<Int>) do\n  send(boss, 1)\nend\n"
     "fn main() do\n  receive do\n    t -> println(\"\" <> t)\n  end\n  spawn(d, self())\nend\n",
     "expected Pid<Int>, found Pid<String>"},
    {"service_without_info", "E0014",
     "service C do\n  fn init() -> Int do 0 end\n  call Value() :: Int do |n| (n, n) end\nend\n"
     "fn main() do\n  let c = C.start()\n  send(c, 1)\n  println(C.value(c))\nend\n",
     "this service takes no messages by 'send'"},
    {"service_info", "E0014",
     "type Note do\n  Tick(Int)\nend\n"
     "service C do\n  fn init() -> Int do 0 end\n  info Tick(n) do |s| s + n end\nend\n"
     "fn main() do\n  let c = C.start()\n  send(c, Tick(1))\n  send(c, 2)\nend\n",
     "expected Note, found Int"},
    {"timer_message", "E0014",
     "fn main() do\n  receive do\n    t -> println(\"\" <> t)\n  end\n"
     "  Timer.send_after(self(), 5, 1)\nend\n",
     "E0014"},
    {"self_in_const", "E0015", "const me = self()\n", "self() outside an actor"},
    {"self_in_display", "E0015",
     "struct P do x :: Int end\n"
     "impl Display for P do\n  fn to_string(self) -> String = \"${self()}\"\nend\n",
     "an impl of a built-in interface belongs to no actor"},
    {"spawn_number", "E0016", "fn main() do spawn(42) end\n", "spawn of a value of type Int"},
    {"spawn_argument", "E0001",
     "actor g(name :: String) do println(name) end\nfn main() do spawn(g, 42) end\n",
     "expected String, found Int"},
    {"receive_in_default", "E0017",
     "fn f(n :: Int = receive do\n    x -> x + 1\n  end) = n\n", "receive outside an actor"},
    {"start", "E0018", "supervisor T do\n  child a do\n    start: fn -> 42 end\n  end\nend\n",
     "this is Fun() -> Int"},
    {"start_missing", "E0018", "supervisor T do\n  child a do\n    restart: permanent\n  end\nend\n",
     "lacks its 'start:'"},
    {"strategy", "E0019", "supervisor T do\n  strategy: one_for_non\nend\n",
     "did you mean 'one_for_one'?"},
    {"restart", "E0020",
     "fn w() do println(1) end\n"
     "supervisor T do\n  child a do\n    start: fn -> spawn(w) end\n    restart: often\n  end\nend\n",
     "permanent, transient, temporary"},
    {"shutdown", "E0021",
     "fn w() do println(1) end\n"
     "supervisor T do\n  child a do\n    start: fn -> spawn(w) end\n    shutdown: gently\n"
     "  end\nend\n",
     "brutal_kill, infinity"},
    {"children_of_one_name", "E0048",
     "fn w() do println(1) end\n"
     "supervisor T do\n  child a do\n    start: fn -> spawn(w) end\n  end\n"
     "  child a do\n    start: fn -> spawn(w) end\n  end\nend\n",
     "two children are called 'a'"},
    {"start_child_argument", "E0001",
     "fn w(n :: Int) do println(n) end\n"
     "supervisor T do\n  strategy: simple_one_for_one\n  child a do\n"
     "    start: fn(n :: Int) -> spawn(w, n) end\n  end\nend\n"
     "fn main() do\n  let t = spawn(T)\n  Supervisor.start_child(t, \"x\")\nend\n",
     "expected Int, found String"},
    {"init_missing", "E0007", "service C do\n  call Value() :: Int do |n| (n, n) end\nend\n",
     "lacks an 'init' function"},
    {"handler_value", "E0001",
     "service C do\n  fn init() -> Int do 0 end\n  call Value() :: Int do |n| n end\nend\n",
     "expected (Int, Int), found Int"},
    {"service_argument", "E0001",
     "service C do\n  fn init() -> Int do 0 end\n  cast Add(k :: Int) do |n| n + k end\nend\n"
     "fn main() do C.add(C.start(), \"x\") end\n",
     "expected Int, found String"},
};

const std::vector<Case> kWarnings = {
    {"unreachable", "W0001",
     "fn f(o :: Int?) do\n  case o do\n    Some(_) -> 1\n    None -> 2\n    _ -> 3\n  end\nend\n",
     "unreachable arm"},
    {"unreachable_message", "W0001",
     "fn main() do\n  receive do\n    _ -> ()\n    5 -> ()\n  end\nend\n", "unreachable arm"},
    {"annotation", "W0002", "fn f(0) -> Int = 1\nfn f(n) -> Int = n\n",
     "annotate the first clause"},
    {"unused_variable", "W0003", "fn main() do\n  let x = 1\nend\n", "unused variable 'x'"},
    {"unused_result", "W0005", "fn main() do\n  File.write(\"a\", \"b\")\n  ()\nend\n",
     "an error here would go unnoticed"},
    {"missing_clause", "W0006", "fn f(Some(n)) = n\nfn main() do println(f(Some(1))) end\n",
     "not covered: `None`"},
    {"missing_closure_clause", "W0006",
     "fn main() do println(map([1], fn 1 -> 2 end)) end\n", "do not cover all inputs"},
    {"deprecated", "W0008",
     "@deprecated(\"use g\")\nfn f() = 1\nfn main() do println(f()) end\n", "use g"},
    {"unknown_attribute", "W0009", "@depreciated(\"x\")\nfn f() = 1\n",
     "did you mean '@deprecated'?"},
    {"constant_binds", "W0010",
     "const limit = 3\nfn f(n :: Int) do\n  case n do\n    limit -> limit\n  end\nend\n",
     "compare in a guard"},
    {"notices_after_catch_all", "",
     "fn main() do\n  receive do\n    _ -> ()\n    Down(_, _, _) -> ()\n  end\nend\n", ""},
};

std::string NameOf(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Types, DiagnosticTest, testing::ValuesIn(kTypes), NameOf);
INSTANTIATE_TEST_SUITE_P(Actors, DiagnosticTest, testing::ValuesIn(kActors), NameOf);
INSTANTIATE_TEST_SUITE_P(Warnings, DiagnosticTest, testing::ValuesIn(kWarnings), NameOf);

std::string CodesOf(const std::vector<CheckedProgram::Text>& modules) {
  return CheckedProgram(modules).Codes();
}

TEST(ModuleDiagnosticTest, PrivateNameOfAnotherModule) {
  EXPECT_EQ(CodesOf({{"", "import Vault\nfn main() do println(Vault.word()) end\n"},
                     {"Vault", "fn word() = \"x\"\n"}}),
            "E0035");
}

TEST(ModuleDiagnosticTest, NameThatIsNotThere) {
  EXPECT_EQ(CodesOf({{"", "from Shapes import cube\nfn main() do println(cube(3)) end\n"},
                     {"Shapes", "pub fn square(n :: Int) = n * n\n"}}),
            "E0034");
}

TEST(ModuleDiagnosticTest, ModulesInACircle) {
  CheckedProgram program({{"", "import A\nfn main() do println(A.f()) end\n"},
                          {"A", "import B\npub fn f() -> Int = B.g()\n"},
                          {"B", "import A\npub fn g() -> Int = A.f()\n"}});
  EXPECT_EQ(program.Codes(), "E0043");
  EXPECT_NE(program.Messages().find("A → B → A"), std::string::npos) << program.Messages();
}

TEST(ModuleDiagnosticTest, TwoImportsOfOneName) {
  EXPECT_EQ(CodesOf({{"", "import A.X\nimport B.X\nfn main() do println(X.f()) end\n"},
                     {"A.X", "pub fn f() = 1\n"},
                     {"B.X", "pub fn f() = 2\n"}}),
            "E0052");
}

TEST(ModuleDiagnosticTest, UnusedImports) {
  EXPECT_EQ(CodesOf({{"", "import A\nfrom A import f, g\nfn main() do println(f()) end\n"},
                     {"A", "pub fn f() = 1\npub fn g() = 2\n"}}),
            "W0004 W0004");
}

TEST(ModuleDiagnosticTest, FieldsOfAnOpaqueStruct) {
  EXPECT_EQ(CodesOf({{"", "import T\nfn main() do println(T.make(1).secret) end\n"},
                     {"T",
                      "pub opaque struct Ticket do secret :: Int end\n"
                      "pub fn make(n :: Int) -> Ticket = Ticket { secret: n }\n"}}),
            "E0035");
}

TEST(ModuleDiagnosticTest, AModuleThatIsNotImported) {
  CheckedProgram program({{"", "fn main() do println(Tools.f()) end\n"},
                          {"Tools", "pub fn f() = 1\n"}});
  EXPECT_EQ(program.Codes(), "E0004");
  EXPECT_NE(program.Messages().find("write `import Tools`"), std::string::npos)
      << program.Messages();
}

TEST(ModuleDiagnosticTest, AModuleThatHidesTheLibrarys) {
  EXPECT_EQ(CodesOf({{"", "import List\nfn main() do println(List.f()) end\n"},
                     {"List", "pub fn f() = 1\n"}}),
            "W0007");
}

}  // namespace
}  // namespace snow::types
