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
  EXPECT_EQ(Text(Lower(), "count"), R"(fn @count(i64 s0) -> i64
  slot s0 i64
b0:
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
  safepoint
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

}  // namespace
}  // namespace snow::lower
