#include "snowc/lower/lower.h"

#include <gtest/gtest.h>

#include "snowc/derive/hir_builder.h"

namespace snow::lower {
namespace {

using derive::HirBuilder;
using hir::Builtin;
using hir::Expr;
using hir::FunctionId;
using hir::LocalId;
using hir::TypeId;

// Programs are written in the typed core by hand; programs in Snow are tested end to end.
class LowerTest : public ::testing::Test {
 protected:
  LowerTest() : program_(&interner_) {}

  TypeId Int() { return program_.types.Con(Builtin::kInt); }
  TypeId Bool() { return program_.types.Con(Builtin::kBool); }
  TypeId Unit() { return program_.types.Con(Builtin::kUnit); }

  FunctionId Intrinsic(std::string symbol, std::vector<TypeId> params, TypeId result) {
    hir::Function function;
    function.qualified_name = symbol + std::to_string(params.size());
    function.kind = hir::FunctionKind::kIntrinsic;
    function.extern_symbol = std::move(symbol);
    for (TypeId param : params) {
      function.locals.emplace_back().type = param;
      function.params.push_back(LocalId(function.locals.size() - 1));
    }
    function.result = result;
    return program_.AddFunction(std::move(function));
  }

  ir::Module Lower() {
    LowerOptions options;
    options.interner = &interner_;
    options.root = Root::kLibrary;
    Diagnostics diagnostics;
    ir::Module module = lower::Lower(program_, options, diagnostics);
    EXPECT_FALSE(diagnostics.HasErrors());
    EXPECT_EQ(ir::Verify(module), "") << ir::Print(module);
    return module;
  }

  std::string Text(const ir::Module& module, std::string_view symbol) {
    for (const ir::Function& function : module.functions) {
      if (function.symbol == symbol) return ir::Print(module, function);
    }
    return "no function " + std::string(symbol) + " in\n" + ir::Print(module);
  }

  Interner interner_;
  hir::Program program_;
};

TEST_F(LowerTest, AWrapperOfAnIntrinsicCostsNothing) {
  FunctionId add = Intrinsic("%add.checked", {Int(), Int()}, Int());
  HirBuilder wrapper(&program_, "plus");
  LocalId x = wrapper.AddParam(Int());
  LocalId y = wrapper.AddParam(Int());
  FunctionId plus =
      wrapper.Finish(Int(), wrapper.Call(add, {}, {wrapper.Local(x), wrapper.Local(y)}, Int()));
  HirBuilder b(&program_, "twice");
  LocalId n = b.AddParam(Int());
  b.Finish(Int(), b.Call(plus, {}, {b.Local(n), b.Local(n)}, Int()));
  EXPECT_EQ(Text(Lower(), "twice"), R"(fn @twice(i64 s0) -> i64
  slot s0 i64
b0:
  jump b1
b1:
  v0:i64 = get s0
  v1:i64 = add.checked v0, v0
  return v1

)");
}

TEST_F(LowerTest, ASelfTailCallIsALoop) {
  FunctionId sub = Intrinsic("%sub", {Int(), Int()}, Int());
  FunctionId less = Intrinsic("%lt", {Int(), Int()}, Bool());
  HirBuilder b(&program_, "count");
  LocalId n = b.AddParam(Int());
  FunctionId self(program_.functions.size());
  Expr* again = b.Call(self, {}, {b.Call(sub, {}, {b.Local(n), b.Int(1)}, Int())}, Int());
  b.Finish(Int(), b.If(b.Call(less, {}, {b.Local(n), b.Int(1)}, Bool()), b.Local(n), again));
  // The reduction check comes every so many turns.
  EXPECT_EQ(Text(Lower(), "count"), R"(fn @count(i64 s0) -> i64
  slot s0 i64
  slot s1 i64
b0:
  v11:i64 = const.i64 8
  set s1, v11
  jump b1
b1:
  v0:i64 = get s0
  v1:i64 = const.i64 1
  v2:i1 = lt v0, v1
  branch v2 b2 b3
b2:
  return v0
b3:
  v3:i64 = const.i64 1
  v4:i64 = sub v0, v3
  set s0, v4
  v5:i64 = get s1
  v6:i64 = const.i64 1
  v7:i64 = sub v5, v6
  set s1, v7
  v8:i64 = const.i64 0
  v9:i1 = gt v7, v8
  branch v9 b1 b4 unlikely
b4:
  safepoint 32
  v10:i64 = const.i64 32
  set s1, v10
  jump b1

)");
}

TEST_F(LowerTest, StringPatternsAreWords) {
  HirBuilder b(&program_, "rank");
  LocalId s = b.AddParam(b.string());
  Expr* body = b.Match({b.Local(s)},
                       {{{b.StringPattern("a")}, b.Int(1)},
                        {{b.StringPattern("b")}, b.Int(2)},
                        {{b.Wildcard(b.string())}, b.Int(3)}},
                       Int());
  b.Finish(Int(), body);
  ir::Module module = Lower();
  std::string text = Text(module, "rank");
  EXPECT_NE(text.find("switch v0 97:"), std::string::npos) << text;
  EXPECT_EQ(text.find("snow_string_equal"), std::string::npos) << text;
}

// With the library's types that lowering knows by role.
class LibraryTypesTest : public LowerTest {
 protected:
  LibraryTypesTest() {
    hir::TypeTable& types = program_.types;
    auto add = [&](std::string_view name, hir::TyConKind kind, uint32_t params) {
      hir::TyCon con;
      con.name = interner_.Intern(name);
      con.qualified_name = "std." + std::string(name);
      con.kind = kind;
      con.params = params;
      return types.AddTyCon(std::move(con));
    };
    auto variant = [&](hir::TyConId con, std::string_view name, std::vector<TypeId> fields) {
      hir::Variant& made = types.con(con).variants.emplace_back();
      made.name = interner_.Intern(name);
      for (TypeId field : fields) made.fields.emplace_back().type = field;
    };
    program_.known.option = add("Option", hir::TyConKind::kSum, 1);
    variant(program_.known.option, "None", {});
    variant(program_.known.option, "Some", {types.Param(0)});
    program_.known.list = add("List", hir::TyConKind::kStruct, 1);
    TypeId param = types.Param(0);
    types.con(program_.known.list).fields.emplace_back().type =
        types.Con(Builtin::kBuffer, {&param, 1});
    types.con(program_.known.list).fields.emplace_back().type = Int();
    program_.known.signal = add("Signal", hir::TyConKind::kSum, 0);
    variant(program_.known.signal, "Exit", {Int()});
    tree_ = add("Tree", hir::TyConKind::kSum, 0);
    variant(tree_, "Leaf", {});
    variant(tree_, "Node", {types.Con(tree_), Int(), types.Con(tree_)});
  }

  TypeId Option(TypeId of) { return program_.types.Con(program_.known.option, {&of, 1}); }
  TypeId List(TypeId of) { return program_.types.Con(program_.known.list, {&of, 1}); }
  TypeId Fun(std::vector<TypeId> params, TypeId result) {
    return program_.types.Fun(params, result, Unit());
  }

  Expr* New(hir::ExprKind kind, TypeId type, std::vector<Expr*> operands = {}) {
    Expr* expr = program_.arena->New<Expr>();
    expr->kind = kind;
    expr->type = type;
    expr->operands = program_.arena->CopyArray(std::span<Expr* const>(operands));
    return expr;
  }
  Expr* Closure(std::vector<LocalId> params, Expr* body, TypeId type) {
    Expr* expr = New(hir::ExprKind::kClosure, type);
    hir::Closure* closure = program_.arena->New<hir::Closure>();
    closure->params = program_.arena->CopyArray(std::span<const LocalId>(params));
    closure->body = body;
    expr->closure = closure;
    return expr;
  }

  size_t Count(const std::string& text, std::string_view part) {
    size_t count = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
      ++count;
    }
    return count;
  }

  hir::TyConId tree_;
};

TEST_F(LibraryTypesTest, BoxedVariantsAreObjectsWithATag) {
  TypeId tree = program_.types.Con(tree_);
  HirBuilder b(&program_, "single");
  LocalId n = b.AddParam(Int());
  Expr* leaf = b.MakeVariant(tree, 0, {});
  b.Finish(tree, b.MakeVariant(tree, 1, {leaf, b.Local(n), leaf}));
  std::string text = Text(Lower(), "single");
  EXPECT_EQ(Count(text, " 3 tag 1"), 1u) << text;
  EXPECT_EQ(Count(text, "store"), 3u) << text;
}

TEST_F(LibraryTypesTest, AConstantOfThemIsStaticData) {
  TypeId tree = program_.types.Con(tree_);
  HirBuilder b(&program_, "constant");
  Expr* leaf = b.MakeVariant(tree, 0, {});
  b.Finish(tree, b.MakeVariant(tree, 1, {leaf, b.Int(7), leaf}));
  ir::Module module = Lower();
  std::string text = Text(module, "constant");
  EXPECT_EQ(Count(text, "alloc"), 0u) << text;
  EXPECT_EQ(Count(ir::Print(module), "0x0 0x7 0x0\n"), 1u) << ir::Print(module);
}

TEST_F(LibraryTypesTest, AMatchOnABoxedSumLoadsOnlyWhatItBinds) {
  TypeId tree = program_.types.Con(tree_);
  HirBuilder b(&program_, "value");
  LocalId t = b.AddParam(tree);
  LocalId n = b.AddLocal(Int());
  Expr* body = b.Match(
      {b.Local(t)},
      {{{b.VariantPattern(tree, 0, {})}, b.Int(0)},
       {{b.VariantPattern(tree, 1, {b.Wildcard(tree), b.Bind(n), b.Wildcard(tree)})}, b.Local(n)}},
      Int());
  b.Finish(Int(), body);
  std::string text = Text(Lower(), "value");
  EXPECT_EQ(Count(text, "load"), 1u) << text;
  EXPECT_EQ(Count(text, "ult"), 1u) << text;
}

TEST_F(LibraryTypesTest, AClosureHoldsWhatItCaptures) {
  FunctionId add = Intrinsic("%add.checked", {Int(), Int()}, Int());
  HirBuilder b(&program_, "adder");
  LocalId n = b.AddParam(Int());
  LocalId x = b.AddLocal(Int());
  TypeId type = Fun({Int()}, Int());
  Expr* sum = b.Call(add, {}, {b.Local(n), b.Local(x)}, Int());
  b.Finish(type, Closure({x}, sum, type));
  ir::Module module = Lower();
  std::string text = Text(module, "adder");
  EXPECT_EQ(Count(text, "func @adder.fn"), 1u) << text;
  EXPECT_EQ(Count(text, "alloc $descriptor.0 2\n"), 1u) << text;
  std::string code = Text(module, "adder.fn");
  EXPECT_EQ(Count(code, "+16"), 1u) << code;
}

TEST_F(LibraryTypesTest, AHigherOrderFunctionIsMadeForTheClosureItGets) {
  FunctionId add = Intrinsic("%add.checked", {Int(), Int()}, Int());
  TypeId type = Fun({Int()}, Int());
  // fn twice(f, n) = while-free but too large to expand: f(f(f(f(f(n)))))
  HirBuilder twice(&program_, "apply");
  LocalId f = twice.AddParam(type);
  LocalId n = twice.AddParam(Int());
  Expr* value = twice.Local(n);
  for (int i = 0; i < 5; ++i) {
    value = New(hir::ExprKind::kCallValue, Int(), {twice.Local(f), value});
  }
  FunctionId apply = twice.Finish(Int(), value);
  HirBuilder b(&program_, "use");
  LocalId k = b.AddParam(Int());
  LocalId x = b.AddLocal(Int());
  Expr* closure = Closure({x}, b.Call(add, {}, {b.Local(x), b.Local(k)}, Int()), type);
  Expr* call = b.Call(apply, {}, {closure, b.Int(1)}, Int());
  b.Finish(Int(), b.Call(add, {}, {call, b.Int(1)}, Int()));
  ir::Module module = Lower();
  std::string made = Text(module, "apply{use.fn}");
  EXPECT_EQ(Count(made, "call @use.fn"), 5u) << made;
  std::string caller = Text(module, "use");
  EXPECT_EQ(Count(caller, "frame 3"), 1u) << caller;
  EXPECT_EQ(Count(caller, "alloc"), 0u) << caller;
}

TEST_F(LibraryTypesTest, AReceiveInTailPositionIsAFunctionThatCanPark) {
  HirBuilder b(&program_, "worker");
  LocalId total = b.AddParam(Int());
  LocalId n = b.AddLocal(Int());
  hir::Receive* receive = program_.arena->New<hir::Receive>();
  receive->message_type = Int();
  FunctionId add = Intrinsic("%add.checked", {Int(), Int()}, Int());
  FunctionId self(program_.functions.size());
  hir::ReceiveArm arm;
  arm.pattern = b.Bind(n);
  arm.body = b.Call(self, {}, {b.Call(add, {}, {b.Local(total), b.Local(n)}, Int())}, Unit());
  receive->arms = program_.arena->CopyArray(std::span<const hir::ReceiveArm>(&arm, 1));
  Expr* body = New(hir::ExprKind::kReceive, Unit());
  body->receive = receive;
  b.Finish(Unit(), body);
  ir::Module module = Lower();
  std::string start = Text(module, "worker");
  EXPECT_EQ(Count(start, "tail.call @worker.receive"), 1u) << start;
  std::string loop = Text(module, "worker.receive");
  EXPECT_EQ(Count(loop, "snow_recv_poll"), 1u) << loop;
  EXPECT_EQ(Count(loop, "at.base"), 1u) << loop;
  EXPECT_EQ(Count(loop, "snow_recv_park"), 1u) << loop;
  EXPECT_EQ(Count(loop, "tail.call @worker v"), 1u) << loop;
}

TEST_F(LibraryTypesTest, ForOverAListBuildsAList) {
  HirBuilder b(&program_, "copy");
  LocalId xs = b.AddParam(List(Option(Int())));
  LocalId x = b.AddLocal(Option(Int()));
  hir::ForLoop* loop = program_.arena->New<hir::ForLoop>();
  loop->pattern = b.Bind(x);
  loop->iterable = b.Local(xs);
  loop->body = b.Local(x);
  loop->yields = true;
  Expr* body = New(hir::ExprKind::kFor, List(Option(Int())));
  body->for_loop = loop;
  b.Finish(List(Option(Int())), body);
  std::string text = Text(Lower(), "copy");
  EXPECT_EQ(Count(text, "load.x"), 2u) << text;
  EXPECT_EQ(Count(text, "store.x"), 2u) << text;
  EXPECT_EQ(Count(text, "safepoint"), 1u) << text;
  // Nothing in an element is traced.
  EXPECT_EQ(Count(text, "snow_buffer_remember"), 0u) << text;
}

TEST_F(LibraryTypesTest, TypeArgumentsThatGrowWithoutEndAreE0051) {
  hir::Function function;
  function.qualified_name = "grow";
  function.generics.resize(1);
  FunctionId grow = program_.AddFunction(std::move(function));
  TypeId deeper = List(program_.types.Param(0));
  Expr* call = New(hir::ExprKind::kCall, Unit());
  call->callee.function = grow;
  call->callee.type_args = program_.arena->CopyArray(std::span<const TypeId>(&deeper, 1));
  hir::Function& made = program_.functions[grow.value];
  made.result = Unit();
  made.body = New(hir::ExprKind::kBlock, Unit(), {call, New(hir::ExprKind::kUnit, Unit())});
  HirBuilder b(&program_, "start");
  b.Finish(Unit(), b.Call(grow, {Int()}, {}, Unit()));
  LowerOptions options;
  options.interner = &interner_;
  options.root = Root::kLibrary;
  Diagnostics diagnostics;
  ir::Module module = lower::Lower(program_, options, diagnostics);
  ASSERT_EQ(diagnostics.ErrorCount(), 1u);
  EXPECT_EQ(diagnostics.All()[0].kind, DiagnosticKind::kPolymorphicRecursion);
  EXPECT_NE(diagnostics.All()[0].notes[0].text.find("List<List<List<"), std::string::npos);
}

}  // namespace
}  // namespace snow::lower
