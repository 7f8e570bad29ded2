#include "snowc/ir/passes/self_inline.h"

#include <gtest/gtest.h>

#include "snowc/ir/builder.h"

namespace snow::ir {
namespace {

// fn fib(n) = if n < 2 do n else fib(n - 1) + fib(n - 2) end
Module MakeFib() {
  Module module;
  Function& function = module.functions.emplace_back();
  function.symbol = "fib";
  function.recursive = true;
  Builder b(&function);
  function.params = {Scalar::kI64};
  function.param_slots = {b.NewSlot(Scalar::kI64, "n")};
  function.results = {Scalar::kI64};
  b.Safepoint();
  ValueId n = b.Get(function.param_slots[0]);
  BlockId small = b.NewBlock();
  BlockId large = b.NewBlock();
  b.Branch(b.Compare(Op::kLt, n, b.Int(2)), small, large);
  b.SetBlock(small);
  b.Return({&n, 1});
  b.SetBlock(large);
  ValueId one = b.Binary(Op::kSubChecked, n, b.Int(1));
  ValueId first = b.Call(FunctionId(0), {&one, 1}, function.results);
  ValueId two = b.Binary(Op::kSubChecked, n, b.Int(2));
  ValueId second = b.Call(FunctionId(0), {&two, 1}, function.results);
  ValueId sum = b.Binary(Op::kAddChecked, first, second);
  b.Return({&sum, 1});
  b.Finish();
  return module;
}

uint32_t Count(const Function& function, Op op) {
  uint32_t count = 0;
  for (const Block& block : function.blocks) {
    for (const Instr& instr : block.instrs) count += instr.op == op ? 1 : 0;
  }
  return count;
}

TEST(SelfInlineTest, EachLevelDoublesTheCalls) {
  for (uint32_t levels = 1; levels <= 4; ++levels) {
    Module module = MakeFib();
    uint32_t replaced = InlineIntoItself(module, FunctionId(0), {.levels = levels});
    EXPECT_EQ(replaced, (2u << levels) - 2);
    EXPECT_EQ(Count(module.functions[0], Op::kCall), 2u << levels);
    EXPECT_EQ(Verify(module), "");
  }
}

TEST(SelfInlineTest, CopiesHaveNoReductionCheck) {
  Module module = MakeFib();
  InlineSelfCalls(module);
  EXPECT_EQ(Count(module.functions[0], Op::kSafepoint), 1u);
}

TEST(SelfInlineTest, StopsAtTheBudget) {
  Module module = MakeFib();
  EXPECT_GT(InlineSelfCalls(module, {.max_total = 100}), 0u);
  size_t size = 0;
  for (const Block& block : module.functions[0].blocks) size += block.instrs.size();
  EXPECT_LE(size, 130u);
  EXPECT_EQ(Verify(module), "");
}

TEST(SelfInlineTest, LeavesLargeFunctionsAlone) {
  Module module = MakeFib();
  EXPECT_EQ(InlineSelfCalls(module, {.max_body = 3}), 0u);
}

}  // namespace
}  // namespace snow::ir
