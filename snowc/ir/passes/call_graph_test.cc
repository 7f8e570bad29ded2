#include "snowc/ir/passes/call_graph.h"

#include <gtest/gtest.h>

#include "snowc/ir/builder.h"

namespace snow::ir {
namespace {

// A module of functions () → I64 that call one another.
class CallGraphTest : public ::testing::Test {
 protected:
  void AddFunctions(int count) {
    for (int i = 0; i < count; ++i) {
      Function& function = module_.functions.emplace_back();
      function.symbol = "f" + std::to_string(i);
      function.results = {Scalar::kI64};
    }
  }
  Function& At(int i) { return module_.functions[static_cast<size_t>(i)]; }

  // caller: returns what the callee gives.
  void TailCall(int caller, int callee) {
    Builder b(&At(caller));
    ValueId result = b.Call(FunctionId(callee), {}, At(callee).results);
    b.Return({&result, 1});
  }
  // caller: adds 1 to what the callee gives.
  void Call(int caller, int callee) {
    Builder b(&At(caller));
    ValueId result = b.Call(FunctionId(callee), {}, At(callee).results);
    ValueId sum = b.Binary(Op::kAdd, result, b.Int(1));
    b.Return({&sum, 1});
  }
  void Leaf(int function) {
    Builder b(&At(function));
    ValueId one = b.Int(1);
    b.Return({&one, 1});
  }

  Module module_;
};

TEST_F(CallGraphTest, CyclesAreRecursiveAndTailCall) {
  AddFunctions(3);
  TailCall(0, 1);
  TailCall(1, 2);
  TailCall(2, 1);
  FinishCalls(&module_);
  EXPECT_FALSE(At(0).recursive);
  EXPECT_TRUE(At(1).recursive);
  EXPECT_TRUE(At(2).recursive);
  EXPECT_EQ(At(0).blocks[0].term.kind, TermKind::kReturn);
  EXPECT_EQ(At(1).blocks[0].term.kind, TermKind::kTailCall);
  EXPECT_EQ(At(2).blocks[0].term.kind, TermKind::kTailCall);
  EXPECT_EQ(At(1).blocks[0].instrs[0].op, Op::kSafepoint);
  EXPECT_EQ(At(0).blocks[0].instrs[0].op, Op::kCall);
  EXPECT_EQ(Verify(module_), "");
}

TEST_F(CallGraphTest, ACallWhoseResultIsUsedStays) {
  AddFunctions(2);
  Call(0, 1);
  TailCall(1, 0);
  FinishCalls(&module_);
  EXPECT_TRUE(At(0).recursive);
  EXPECT_EQ(At(0).blocks[0].term.kind, TermKind::kReturn);
  EXPECT_EQ(At(1).blocks[0].term.kind, TermKind::kTailCall);
}

TEST_F(CallGraphTest, IndirectCallsLeadToFunctionsOfTheirSignature) {
  AddFunctions(3);
  for (int i = 1; i < 3; ++i) {
    At(i).params = {Scalar::kPtr};
    At(i).address_taken = true;
  }
  At(2).results = {};
  {
    // 0 calls a closure of the signature of 1, which calls 0.
    Builder b(&At(0));
    ValueId null = b.Null();
    ValueId result = b.CallIndirect(b.Load(Scalar::kPtr, null, 8), {&null, 1}, At(1).results);
    ValueId sum = b.Binary(Op::kAdd, result, b.Int(1));
    b.Return({&sum, 1});
  }
  At(1).param_slots = {SlotId(0)};
  At(1).slots = {{Scalar::kPtr, "", 0}};
  Call(1, 0);
  {
    Builder b(&At(2));
    At(2).param_slots = {b.NewSlot(Scalar::kPtr)};
    b.Call(FunctionId(0), {}, At(0).results);
    b.Return({});
  }
  FinishCalls(&module_);
  EXPECT_TRUE(At(0).recursive);
  EXPECT_TRUE(At(1).recursive);
  EXPECT_FALSE(At(2).recursive);
  EXPECT_EQ(Verify(module_), "");
}

TEST_F(CallGraphTest, ALeafStaysAsItIs) {
  AddFunctions(1);
  Leaf(0);
  std::string before = Print(module_);
  FinishCalls(&module_);
  EXPECT_EQ(Print(module_), before);
}

}  // namespace
}  // namespace snow::ir
