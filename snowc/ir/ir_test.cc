#include "snowc/ir/ir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "snowc/ir/abi_function.h"
#include "snowc/ir/builder.h"

namespace snow::ir {
namespace {

// fn max(a, b) = if a < b do b else a end
Function MakeMax() {
  Function function;
  function.symbol = "max";
  Builder b(&function);
  function.params = {Scalar::kI64, Scalar::kI64};
  function.param_slots = {b.NewSlot(Scalar::kI64, "a"), b.NewSlot(Scalar::kI64, "b")};
  function.results = {Scalar::kI64};
  ValueId left = b.Get(function.param_slots[0]);
  ValueId right = b.Get(function.param_slots[1]);
  BlockId smaller = b.NewBlock();
  BlockId other = b.NewBlock();
  b.Branch(b.Compare(Op::kLt, left, right), smaller, other);
  b.SetBlock(smaller);
  b.Return({&right, 1});
  b.SetBlock(other);
  b.Return({&left, 1});
  b.Finish();
  return function;
}

TEST(IrTest, PrintsAFunction) {
  Module module;
  module.functions.push_back(MakeMax());
  EXPECT_EQ(Verify(module), "");
  EXPECT_EQ(Print(module), R"(fn @max(i64 s0, i64 s1) -> i64
  slot s0 i64 a.0
  slot s1 i64 b.0
b0:
  v0:i64 = get s0
  v1:i64 = get s1
  v2:i1 = lt v0, v1
  branch v2 b1 b2
b1:
  return v1
b2:
  return v0

)");
}

TEST(IrTest, CodeAfterATerminatorIsDropped) {
  Module module;
  Function& function = module.functions.emplace_back();
  function.symbol = "f";
  Builder b(&function);
  BlockId never = b.NewBlock();
  b.Return({});
  EXPECT_TRUE(b.dead());
  b.Binary(Op::kAdd, b.Int(1), b.Int(2));
  b.Jump(never);
  b.SetBlock(never);
  b.Unreachable();
  b.Finish();
  EXPECT_EQ(Print(module), "fn @f()\nb0:\n  return\n\n");
  EXPECT_EQ(Verify(module), "");
}

TEST(IrTest, VerifyFindsUseBeforeDefinition) {
  Module module;
  Function& function = module.functions.emplace_back();
  function.symbol = "f";
  function.results = {Scalar::kI64};
  Builder b(&function);
  BlockId left = b.NewBlock();
  BlockId right = b.NewBlock();
  b.Branch(b.Bool(true), left, right);
  b.SetBlock(left);
  ValueId value = b.Int(1);
  b.Return({&value, 1});
  b.SetBlock(right);
  b.Return({&value, 1});
  EXPECT_EQ(Verify(module), "@f b2.0: v1 is used where it may be undefined");
}

TEST(IrTest, VerifyFindsWrongTypes) {
  Module module;
  Function& function = module.functions.emplace_back();
  function.symbol = "f";
  Builder b(&function);
  ValueId args[] = {b.Int(1)};
  b.Call(FunctionId(0), args, {});
  b.Return({});
  EXPECT_EQ(Verify(module), "@f b0.1: operands or results have the wrong types");
}

TEST(IrTest, VerifyWantsTheSameResultsOfATailCall) {
  Module module;
  Function& function = module.functions.emplace_back();
  function.symbol = "f";
  Builder b(&function);
  b.TailCall(FunctionId(1), {});
  Function& callee = module.functions.emplace_back();
  callee.symbol = "g";
  Builder(&callee).Return({});
  EXPECT_EQ(Verify(module), "");
  module.functions[1].results = {Scalar::kI64};
  EXPECT_THAT(Verify(module), testing::HasSubstr("@f b0.0: a tail call gives other results"));
}

TEST(IrTest, RuntimeCallsAreCheckedAgainstTheAbi) {
  Module module;
  Function& function = module.functions.emplace_back();
  function.symbol = "f";
  Builder b(&function);
  ValueId equal =
      b.CallRuntime(AbiFunction::k_string_equal, {b.Int(0), b.Int(0), b.Int(0), b.Int(0)});
  EXPECT_EQ(b.TypeOf(equal), Scalar::kI1);
  b.Return({});
  EXPECT_EQ(Verify(module), "");
  b.SetBlock(BlockId(0));
  b.CallRuntime(AbiFunction::k_string_equal, {b.Int(0)});
  EXPECT_NE(Verify(module), "");
}

TEST(IrTest, TheAbiIsFoundBySymbol) {
  auto function = FindAbiFunction("snow_string_join_parts");
  ASSERT_TRUE(function.has_value());
  const AbiInfo& info = InfoOf(*function);
  EXPECT_EQ(info.name, "string_join_parts");
  EXPECT_EQ(info.result, AbiResult::kPair);
  EXPECT_EQ(info.params.size(), 2u);
  EXPECT_EQ(info.params[0].kind, AbiParamKind::kPtr);
  EXPECT_FALSE(FindAbiFunction("snow_nothing").has_value());
}

}  // namespace
}  // namespace snow::ir
