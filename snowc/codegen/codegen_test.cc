#include "snowc/codegen/codegen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <map>
#include <mutex>
#include <numeric>

#include "snowc/codegen/test_machine.h"
#include "snowc/codegen/test_module.h"

namespace snow::codegen {
namespace {

using ir::AbiFunction;
using ir::BlockId;
using ir::Builder;
using ir::DataId;
using ir::FunctionId;
using ir::Op;
using ir::Scalar;
using ir::ValueId;

constexpr Scalar kInt[] = {Scalar::kI64};

std::vector<Scalar> Ints(size_t count) { return std::vector<Scalar>(count, Scalar::kI64); }

// Every test of behaviour runs without and with optimisation.
class RunTest : public testing::TestWithParam<bool> {
 protected:
  TestMachine Load(const TestModule& program) {
    EXPECT_EQ(ir::Verify(program.module), "");
    Objects objects = Generate(program.module, {.optimize = GetParam()}, nullptr);
    EXPECT_EQ(objects.error, "");
    return TestMachine(objects);
  }
};

INSTANTIATE_TEST_SUITE_P(Levels, RunTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "release" : "debug"; });

TEST_P(RunTest, RecursionWithChecksAndSafepoints) {
  TestModule program;
  FunctionId fib = program.Declare("fib", Ints(1), Ints(1));
  program.module.functions[fib.value].recursive = true;
  program.Define(fib, [&](Builder& b, std::vector<ValueId> p) {
    b.Safepoint();
    BlockId small = b.NewBlock();
    BlockId large = b.NewBlock();
    b.Branch(b.Compare(Op::kLt, p[0], b.Int(2)), small, large);
    b.SetBlock(small);
    b.Return(p);
    b.SetBlock(large);
    ValueId n1 = b.Binary(Op::kSubChecked, p[0], b.Int(1));
    ValueId n2 = b.Binary(Op::kSubChecked, p[0], b.Int(2));
    ValueId f1 = b.Call(fib, {&n1, 1}, kInt);
    ValueId f2 = b.Call(fib, {&n2, 1}, kInt);
    ValueId sum = b.Binary(Op::kAddChecked, f1, f2);
    b.Return({&sum, 1});
  });
  program.Main("main", [&](Builder& b) {
    ValueId n = b.Int(20);
    ValueId result = b.Call(fib, {&n, 1}, kInt);
    b.Return({&result, 1});
  });
  TestMachine machine = Load(program);
  EXPECT_EQ(machine.Invoke(machine.Find("main")), 6765);
  EXPECT_EQ(machine.yields(), 21891 / 4001);
}

// f(n, sum) and g(n, sum, 12 more) call each other in tail position, a million times.
TEST_P(RunTest, TailCallsOfDifferentSignaturesTakeNoStack) {
  TestModule program;
  FunctionId f = program.Declare("f", Ints(2), Ints(1));
  FunctionId g = program.Declare("g", Ints(14), Ints(1));
  for (FunctionId id : {f, g}) program.module.functions[id.value].recursive = true;
  program.Define(f, [&](Builder& b, std::vector<ValueId> p) {
    BlockId done = b.NewBlock();
    BlockId more = b.NewBlock();
    b.Branch(b.Compare(Op::kLe, p[0], b.Int(0)), done, more);
    b.SetBlock(done);
    b.Return({&p[1], 1});
    b.SetBlock(more);
    std::vector<ValueId> args = {b.Binary(Op::kSub, p[0], b.Int(1)), p[1]};
    for (int i = 0; i < 12; ++i) args.push_back(b.Binary(Op::kMul, p[0], b.Int(i)));
    b.TailCall(g, args);
  });
  program.Define(g, [&](Builder& b, std::vector<ValueId> p) {
    // Every stack argument counts, each with another weight.
    ValueId sum = p[1];
    for (int i = 2; i < 14; ++i) {
      sum = b.Binary(Op::kAdd, sum, b.Binary(Op::kMul, p[i], b.Int(i)));
    }
    b.TailCall(f, std::vector<ValueId>{p[0], sum});
  });
  program.Main("main", [&](Builder& b) {
    std::vector<ValueId> args = {b.Int(1'000'000), b.Int(5)};
    ValueId result = b.Call(f, args, kInt);
    b.Return({&result, 1});
  });
  TestMachine machine = Load(program);
  uint64_t weight = 0;
  for (int i = 0; i < 12; ++i) weight += i * (i + 2);
  EXPECT_EQ(machine.Invoke(machine.Find("main")),
            5 + weight * (uint64_t{1'000'000} * 1'000'001 / 2));
}

TEST_P(RunTest, ResultsOfOneToNineWords) {
  for (size_t count : {2, 3, 4, 9}) {
    TestModule program;
    // Gives n, n+1, … as alternating Int, Float, Bool (n+2 odd?), Ptr.
    std::vector<Scalar> results;
    constexpr Scalar kKinds[] = {Scalar::kI64, Scalar::kF64, Scalar::kI1, Scalar::kPtr};
    for (size_t i = 0; i < count; ++i) results.push_back(kKinds[i % 4]);
    FunctionId make = program.Declare("make", Ints(1), results);
    FunctionId hand_on = program.Declare("hand_on", Ints(2), results);
    for (FunctionId id : {make, hand_on}) program.module.functions[id.value].recursive = true;
    program.Define(make, [&](Builder& b, std::vector<ValueId> p) {
      std::vector<ValueId> values;
      for (size_t i = 0; i < count; ++i) {
        ValueId n = b.Binary(Op::kAdd, p[0], b.Int(i));
        if (results[i] == Scalar::kF64) n = b.Unary(Op::kIntToFloat, n);
        if (results[i] == Scalar::kI1) n = b.Unary(Op::kIntToBool, b.Binary(Op::kAnd, n, b.Int(1)));
        if (results[i] == Scalar::kPtr) n = b.Unary(Op::kBitsPtr, n);
        values.push_back(n);
      }
      b.Return(values);
    });
    // Through a tail call, which passes the room for the results on.
    program.Define(hand_on, [&](Builder& b, std::vector<ValueId> p) {
      BlockId done = b.NewBlock();
      BlockId more = b.NewBlock();
      b.Branch(b.Compare(Op::kEq, p[1], b.Int(0)), done, more);
      b.SetBlock(done);
      b.TailCall(make, {&p[0], 1});
      b.SetBlock(more);
      b.TailCall(hand_on, std::vector<ValueId>{p[0], b.Binary(Op::kSub, p[1], b.Int(1))});
    });
    program.Main("main", [&](Builder& b) {
      std::vector<ValueId> args = {b.Int(101), b.Int(100'000)};
      ValueId first = b.Call(hand_on, args, results);
      ValueId sum = b.Int(0);
      for (size_t i = 0; i < count; ++i) {
        ValueId n(first.value + i);
        if (results[i] == Scalar::kF64) n = b.Unary(Op::kFloatToInt, n);
        if (results[i] == Scalar::kI1) n = b.Unary(Op::kBoolToInt, n);
        if (results[i] == Scalar::kPtr) n = b.Unary(Op::kPtrBits, n);
        sum = b.Binary(Op::kAdd, b.Binary(Op::kMul, sum, b.Int(1000)), n);
      }
      b.Return({&sum, 1});
    });
    uint64_t expected = 0;
    for (size_t i = 0; i < count; ++i) {
      uint64_t n = 101 + i;
      expected = expected * 1000 + (results[i] == Scalar::kI1 ? n & 1 : n);
    }
    TestMachine machine = Load(program);
    EXPECT_EQ(machine.Invoke(machine.Find("main")), expected) << count << " results";
  }
}

// A recursive function with 1,000 words in its frame takes more than one reduction a call.
TEST_P(RunTest, LargeFramesAreChargedByTheirSize) {
  TestModule program;
  ir::Data& type = program.module.data.emplace_back();
  type.name = "type";
  type.words = {{.bits = 42}, {.bits = 1}};
  DataId type_id(program.module.data.size() - 1);
  FunctionId deep = program.Declare("deep", Ints(1), Ints(1));
  program.module.functions[deep.value].recursive = true;
  program.Define(deep, [&](Builder& b, std::vector<ValueId> p) {
    b.Safepoint();
    BlockId done = b.NewBlock();
    BlockId more = b.NewBlock();
    ValueId area = b.Frame(1000);
    b.StoreIndexed(area, p[0], p[0], 0);
    b.CallRuntime(AbiFunction::k_send, {p[0], b.Address(type_id), area});
    b.Branch(b.Compare(Op::kEq, p[0], b.Int(0)), done, more);
    b.SetBlock(done);
    b.Return(p);
    b.SetBlock(more);
    ValueId n1 = b.Binary(Op::kSub, p[0], b.Int(1));
    ValueId sum = b.Binary(Op::kAdd, b.Call(deep, {&n1, 1}, kInt),
                           b.LoadIndexed(Scalar::kI64, area, p[0], 0));
    b.Return({&sum, 1});
  });
  program.Main("main", [&](Builder& b) {
    ValueId n = b.Int(5);
    ValueId result = b.Call(deep, {&n, 1}, kInt);
    b.Return({&result, 1});
  });
  TestMachine machine = Load(program);
  EXPECT_EQ(machine.Invoke(machine.Find("main")), 15);
  EXPECT_EQ(machine.actor().reductions, 4000 - 6 * 2);
}

TEST_P(RunTest, ClosuresOnTheHeap) {
  TestModule program;
  DataId descriptor = program.Descriptor("Closure", 2);
  // (closure, x) → x * captured
  FunctionId times = program.Declare("times", {Scalar::kPtr, Scalar::kI64}, Ints(1));
  program.module.functions[times.value].address_taken = true;
  program.Define(times, [&](Builder& b, std::vector<ValueId> p) {
    ValueId result = b.Binary(Op::kMulChecked, b.Load(Scalar::kI64, p[0], 16), p[1]);
    b.Return({&result, 1});
  });
  program.Main("main", [&](Builder& b) {
    ValueId code = b.Address(times);
    ValueId captured = b.Int(6);
    ValueId closure = b.Alloc(descriptor, 2, 3);
    b.Store(closure, 8, code);
    b.Store(closure, 16, captured);
    std::vector<ValueId> args = {closure, b.Int(7)};
    ValueId product = b.CallIndirect(b.Load(Scalar::kPtr, closure, 8), args, kInt);
    // The tag lies in the upper bits of the header.
    ValueId tag = b.Binary(Op::kLShr, b.Load(Scalar::kI64, closure, 0), b.Int(48));
    ValueId result = b.Binary(Op::kAdd, b.Binary(Op::kMul, tag, b.Int(1000)), product);
    b.Return({&result, 1});
  });
  TestMachine machine = Load(program);
  EXPECT_EQ(machine.Invoke(machine.Find("main")), 3042);
  EXPECT_EQ(machine.slow_allocations(), 0);
}

TEST_P(RunTest, AllocationGoesToTheRuntimeWhenTheBlockIsFull) {
  TestModule program;
  DataId descriptor = program.Descriptor("Cell", 2);
  // sum(n) makes a chain of n cells (n, next) on the way down.
  FunctionId build = program.Declare("build", Ints(1), {Scalar::kPtr});
  program.module.functions[build.value].recursive = true;
  program.Define(build, [&](Builder& b, std::vector<ValueId> p) {
    BlockId done = b.NewBlock();
    BlockId more = b.NewBlock();
    b.Branch(b.Compare(Op::kEq, p[0], b.Int(0)), done, more);
    b.SetBlock(done);
    ValueId null = b.Null();
    b.Return({&null, 1});
    b.SetBlock(more);
    ValueId n1 = b.Binary(Op::kSub, p[0], b.Int(1));
    constexpr Scalar kPtr[] = {Scalar::kPtr};
    ValueId next = b.Call(build, {&n1, 1}, kPtr);
    ValueId cell = b.Alloc(descriptor, 2);
    b.Store(cell, 8, p[0]);
    b.Store(cell, 16, next);
    b.Return({&cell, 1});
  });
  program.Main("main", [&](Builder& b) {
    ValueId n = b.Int(300);
    constexpr Scalar kPtr[] = {Scalar::kPtr};
    ir::SlotId at = b.NewSlot(Scalar::kPtr, "at");
    ir::SlotId sum = b.NewSlot(Scalar::kI64, "sum");
    b.Set(at, b.Call(build, {&n, 1}, kPtr));
    b.Set(sum, b.Int(0));
    BlockId loop = b.NewBlock();
    BlockId body = b.NewBlock();
    BlockId done = b.NewBlock();
    b.Jump(loop);
    b.SetBlock(loop);
    b.Safepoint();
    b.Branch(b.Compare(Op::kEq, b.Get(at), b.Null()), done, body);
    b.SetBlock(body);
    b.Set(sum, b.Binary(Op::kAddChecked, b.Get(sum), b.Load(Scalar::kI64, b.Get(at), 8)));
    b.Set(at, b.Load(Scalar::kPtr, b.Get(at), 16));
    b.Jump(loop);
    b.SetBlock(done);
    ValueId result = b.Get(sum);
    b.Return({&result, 1});
  });
  TestMachine machine = Load(program);
  EXPECT_EQ(machine.Invoke(machine.Find("main")), 300 * 301 / 2);
  EXPECT_EQ(machine.slow_allocations(), 300 - 512 / 3);
}

struct ArithmeticCase {
  Op op;
  int64_t a;
  int64_t b;
  std::optional<int64_t> result;  // none: a panic
};

TEST_P(RunTest, CheckedArithmetic) {
  constexpr int64_t kMin = INT64_MIN;
  constexpr int64_t kMax = INT64_MAX;
  const ArithmeticCase cases[] = {
      {Op::kAddChecked, 2, 3, 5},
      {Op::kAddChecked, kMax, 1, {}},
      {Op::kAddChecked, kMin, -1, {}},
      {Op::kSubChecked, kMin, 1, {}},
      {Op::kSubChecked, -5, kMax - 4, kMin},
      {Op::kMulChecked, 1'000'000'007, 9, 9'000'000'063},
      {Op::kMulChecked, kMax, 2, {}},
      {Op::kMulChecked, kMin, -1, {}},
      {Op::kDivChecked, 7, 2, 3},
      {Op::kDivChecked, -7, 2, -3},
      {Op::kDivChecked, 7, -1, -7},
      {Op::kDivChecked, 7, 0, {}},
      {Op::kDivChecked, kMin, -1, {}},
      {Op::kModChecked, -7, 2, -1},
      {Op::kModChecked, 7, -2, 1},
      {Op::kModChecked, 7, 0, {}},
      {Op::kModChecked, kMin, -1, 0},
      {Op::kNegChecked, 5, 0, -5},
      {Op::kNegChecked, kMin, 0, {}},
  };
  TestModule program;
  // Operands come through memory that the optimiser does not know.
  ir::Data& operands = program.module.data.emplace_back();
  operands.name = "operands";
  operands.is_writable = true;
  operands.is_exported = true;
  operands.words.resize(2);
  DataId operands_id(program.module.data.size() - 1);
  int number = 0;
  for (const ArithmeticCase& item : cases) {
    program.Main("main" + std::to_string(number++), [&](Builder& b) {
      ValueId pointer = b.Address(operands_id);
      ValueId x = b.Load(Scalar::kI64, pointer, 0);
      ValueId y = b.Load(Scalar::kI64, pointer, 8);
      b.SetLocation({0, 77, 9});
      ValueId result = item.op == Op::kNegChecked ? b.Unary(item.op, x) : b.Binary(item.op, x, y);
      b.Return({&result, 1});
    });
  }
  TestMachine machine = Load(program);
  auto* memory = static_cast<int64_t*>(machine.Find("operands"));
  number = 0;
  for (const ArithmeticCase& item : cases) {
    SCOPED_TRACE(number);
    std::string name = "main" + std::to_string(number++);
    memory[0] = item.a;
    memory[1] = item.b;
    auto result = machine.Invoke(machine.Find(name));
    EXPECT_EQ(result.has_value(), item.result.has_value());
    if (result && item.result) EXPECT_EQ(static_cast<int64_t>(*result), *item.result);
    if (!item.result) {
      EXPECT_EQ(machine.panic().a, item.a);
      EXPECT_EQ(machine.panic().b, item.b);
      EXPECT_EQ(machine.panic().file, "main.snow");
      EXPECT_EQ(machine.panic().function, "Main." + name + "_code");
      EXPECT_EQ(machine.panic().line, 77);
      EXPECT_EQ(machine.panic().column, 9);
    }
  }
}

TEST_P(RunTest, SimpleOperations) {
  TestModule program;
  ir::Data& data = program.module.data.emplace_back();
  data.name = "numbers";
  data.is_writable = true;  // so that the optimiser does not compute everything
  data.words = {{.bits = 40},
                {.bits = std::bit_cast<uint64_t>(2.5)},
                {.bits = 1},
                {.bits = 0x8877665544332211}};
  DataId id(program.module.data.size() - 1);
  auto main = [&](const char* name, auto make) {
    program.Main(name, [&](Builder& b) {
      ValueId p = b.Address(id);
      ValueId result = make(b, p);
      b.Return({&result, 1});
    });
  };
  main("float", [](Builder& b, ValueId p) {
    ValueId x = b.Load(Scalar::kF64, p, 8);
    return b.Unary(Op::kFloatToInt, b.Binary(Op::kFMul, x, b.Float(100)));
  });
  main("saturate", [](Builder& b, ValueId p) {
    ValueId x = b.Load(Scalar::kF64, p, 8);
    return b.Unary(Op::kFloatToInt, b.Binary(Op::kFDiv, x, b.Float(0)));
  });
  main("nan", [](Builder& b, ValueId p) {
    ValueId x = b.Load(Scalar::kF64, p, 8);
    ValueId zero = b.Binary(Op::kFSub, x, x);
    ValueId nan = b.Binary(Op::kFDiv, zero, zero);
    ValueId ne = b.Unary(Op::kBoolToInt, b.Compare(Op::kNe, nan, nan));
    ValueId eq = b.Unary(Op::kBoolToInt, b.Compare(Op::kEq, nan, nan));
    return b.Binary(Op::kAdd, b.Binary(Op::kAdd, ne, eq), b.Unary(Op::kFloatToInt, nan));
  });
  main("bool", [](Builder& b, ValueId p) {
    ValueId x = b.Load(Scalar::kI1, p, 16);
    return b.Unary(Op::kBoolToInt, b.Compare(Op::kNe, b.Bool(false), x));
  });
  main("byte", [](Builder& b, ValueId p) { return b.LoadByte(p, b.Int(2), 24); });
  main("half", [](Builder& b, ValueId p) { return b.Load32(p, 28); });
  main("store32", [](Builder& b, ValueId p) {
    b.Store32(p, b.Int(-1), 4);
    ValueId all = b.Load(Scalar::kI64, p, 0);
    b.Store32(p, b.Int(0), 4);
    return all;
  });
  main("indexed",
       [](Builder& b, ValueId p) { return b.LoadIndexed(Scalar::kI64, p, b.Int(2), 8); });
  main("mulhigh", [](Builder& b, ValueId p) {
    return b.Binary(Op::kMulHigh, b.Load(Scalar::kI64, p, 24), b.Int(256));
  });
  main("select", [](Builder& b, ValueId p) {
    return b.Select(b.Load(Scalar::kI1, p, 16), b.Load(Scalar::kI64, p, 0), b.Int(7));
  });
  main("move", [](Builder& b, ValueId p) {
    ValueId area = b.Frame(2);
    b.MoveBytes(area, p, b.Int(8));
    b.MoveBytes(b.PtrAdd(area, b.Int(8)), area, b.Int(8));
    return b.Load(Scalar::kI64, area, 8);
  });
  main("flag", [](Builder& b, ValueId p) {
    ValueId sum = b.BinaryFlag(Op::kAddFlag, b.Load(Scalar::kI64, p, 0), b.Int(INT64_MAX));
    return b.Unary(Op::kBoolToInt, ValueId(sum.value + 1));
  });
  main("switch", [](Builder& b, ValueId p) {
    BlockId forty = b.NewBlock();
    BlockId other = b.NewBlock();
    int64_t cases[] = {40};
    BlockId targets[] = {forty};
    ir::SlotId slot = b.NewSlot(Scalar::kI64);
    BlockId end = b.NewBlock();
    b.Switch(b.Load(Scalar::kI64, p, 0), cases, targets, other);
    b.SetBlock(forty);
    b.Set(slot, b.Int(1));
    b.Jump(end);
    b.SetBlock(other);
    b.Set(slot, b.Int(2));
    b.Jump(end);
    b.SetBlock(end);
    return b.Get(slot);
  });
  TestMachine machine = Load(program);
  auto run = [&](const char* name) {
    return static_cast<int64_t>(machine.Invoke(machine.Find(name)).value_or(-1));
  };
  EXPECT_EQ(run("float"), 250);
  EXPECT_EQ(run("saturate"), INT64_MAX);
  EXPECT_EQ(run("nan"), 1);
  EXPECT_EQ(run("bool"), 1);
  EXPECT_EQ(run("byte"), 0x33);
  EXPECT_EQ(run("half"), 0x88776655);
  EXPECT_EQ(run("store32"), static_cast<int64_t>(0xFFFFFFFF00000028));
  EXPECT_EQ(run("indexed"), static_cast<int64_t>(0x8877665544332211));
  EXPECT_EQ(run("mulhigh"), 0x88);
  EXPECT_EQ(run("select"), 40);
  EXPECT_EQ(run("move"), 40);
  EXPECT_EQ(run("flag"), 1);
  EXPECT_EQ(run("switch"), 1);
}

TEST_P(RunTest, RuntimeCallsPassAndGiveEveryKindOfWord) {
  TestModule program;
  ir::Data& type = program.module.data.emplace_back();
  type.name = "type";
  type.words = {{.bits = 42}, {.bits = 2}};
  DataId type_id(program.module.data.size() - 1);
  program.Main("main", [&](Builder& b) {
    ValueId words = b.Frame(2);
    b.Store(words, 0, b.Int(5));
    b.Store(words, 8, b.Bool(true));
    b.CallRuntime(AbiFunction::k_send, {b.Int(99), b.Address(type_id), words});
    ValueId pair = b.CallRuntime(AbiFunction::k_catch_message, {});
    ValueId second(pair.value + 1);
    ValueId equal = b.CallRuntime(AbiFunction::k_string_equal, {pair, second, b.Int(7), second});
    ValueId result = b.Binary(Op::kAdd, b.Binary(Op::kMul, pair, b.Int(100)), second);
    result = b.Select(equal, result, b.Int(-1));
    b.Return({&result, 1});
  });
  TestMachine machine = Load(program);
  EXPECT_EQ(machine.Invoke(machine.Find("main")), 709);
  EXPECT_THAT(machine.sent(), testing::ElementsAre(99, 5, 1));
}

TEST_P(RunTest, BaseFrameIsHandedOnByTailCalls) {
  TestModule program;
  // loop(n, unused…): is this the base frame? Reached by tail calls through functions of other
  // signatures, one of which is on no cycle itself.
  FunctionId loop = program.Declare("loop", {Scalar::kPtr}, Ints(1));
  FunctionId many = program.Declare("many", Ints(12), Ints(1));
  FunctionId worker = program.Declare("worker", Ints(1), Ints(1));
  program.module.functions[loop.value].recursive = true;
  program.module.functions[many.value].recursive = true;
  program.Define(loop, [&](Builder& b, std::vector<ValueId>) {
    ValueId result = b.Unary(Op::kBoolToInt, b.AtBase());
    b.Return({&result, 1});
  });
  program.Define(many, [&](Builder& b, std::vector<ValueId>) {
    ValueId null = b.Null();
    b.TailCall(loop, {&null, 1});
  });
  program.Define(worker, [&](Builder& b, std::vector<ValueId> p) {
    b.TailCall(many, std::vector<ValueId>(12, p[0]));
  });
  program.Main("at_base", [&](Builder& b) {
    ValueId n = b.Int(1);
    b.TailCall(worker, {&n, 1});
  });
  program.Main("deeper", [&](Builder& b) {
    ValueId n = b.Int(1);
    ValueId result = b.Binary(Op::kAdd, b.Call(worker, {&n, 1}, kInt), b.Int(10));
    b.Return({&result, 1});
  });
  TestMachine machine = Load(program);
  EXPECT_EQ(machine.Start(machine.Find("at_base")), 1);
  EXPECT_EQ(machine.Start(machine.Find("deeper")), 10);
  machine.actor().base_frame = nullptr;
  EXPECT_EQ(machine.Invoke(machine.Find("at_base")), 0);
}

TEST_P(RunTest, TextOfAMessageIsMadeThroughSnowInvokeText) {
  TestModule program;
  FunctionId display = program.Declare("display", {Scalar::kPtr}, Ints(2));
  program.Define(display, [&](Builder& b, std::vector<ValueId> p) {
    std::vector<ValueId> words = {b.Load(Scalar::kI64, p[0], 8), b.Load(Scalar::kI64, p[0], 0)};
    b.Return(words);
  });
  program.Closure("display_closure", display);
  TestMachine machine = Load(program);
  auto* closure = static_cast<const uint64_t*>(machine.Find("display_closure"));
  auto invoke = reinterpret_cast<decltype(&snow_invoke_text)>(machine.Find("snow_invoke_text"));
  const uint64_t payload[] = {3, 4};
  SnowPair text = invoke(&machine.actor(), reinterpret_cast<void*>(closure[1]), payload);
  EXPECT_EQ(text.first, 4);
  EXPECT_EQ(text.second, 3);
}

// --- Partitions, cache, determinism

// main.snow calls list.snow, which refers to data of both and calls back.
TestModule TwoFiles(int64_t number_in_main, int64_t number_in_list) {
  TestModule program;
  DataId descriptor = program.Descriptor("Cell", 1);
  FunctionId add = program.Declare("List.add", Ints(1), Ints(1), /*file=*/1);
  FunctionId twice = program.Declare("twice", Ints(1), Ints(1));
  program.Define(twice, [&](Builder& b, std::vector<ValueId> p) {
    ValueId result = b.Binary(Op::kMulChecked, p[0], b.Int(2));
    b.Return({&result, 1});
  });
  program.Define(add, [&](Builder& b, std::vector<ValueId> p) {
    ValueId sum = b.Binary(Op::kAddChecked, p[0], b.Int(number_in_list));
    ValueId cell = b.Alloc(descriptor, 1);
    b.Store(cell, 8, sum);
    ValueId loaded = b.Load(Scalar::kI64, cell, 8);
    ValueId result = b.Call(twice, {&loaded, 1}, kInt);
    b.Return({&result, 1});
  });
  DataId main = program.Main("main", [&](Builder& b) {
    ValueId cell = b.Alloc(descriptor, 1);
    b.Store(cell, 8, b.Int(number_in_main));
    ValueId loaded = b.Load(Scalar::kI64, cell, 8);
    ValueId result = b.Call(add, {&loaded, 1}, kInt);
    b.Return({&result, 1});
  });
  program.module.entry = program.module.data[main.value].words[1].function;
  return program;
}

class MapCache : public ObjectCache {
 public:
  std::optional<std::string> Find(const std::string& key) override {
    std::lock_guard lock(mutex_);
    auto found = objects_.find(key);
    if (found == objects_.end()) return std::nullopt;
    return found->second;
  }
  void Store(const std::string& key, std::string_view object) override {
    std::lock_guard lock(mutex_);
    objects_.emplace(key, object);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> objects_;
};

TEST(PartitionTest, ADebugBuildHasOnePartitionForEachFile) {
  TestModule program = TwoFiles(1, 2);
  Objects objects = Generate(program.module, {.threads = 2}, nullptr);
  ASSERT_EQ(objects.error, "");
  ASSERT_EQ(objects.objects.size(), 2);
  EXPECT_EQ(objects.objects[0].name, "list.snow");
  EXPECT_EQ(objects.objects[1].name, "main.snow");
  TestMachine machine(objects);
  EXPECT_EQ(machine.Invoke(machine.Find("main")), 6);
}

TEST(PartitionTest, ObjectsDependOnTheInputAlone) {
  TestModule program = TwoFiles(1, 2);
  for (bool optimize : {false, true}) {
    Objects first = Generate(program.module, {.optimize = optimize, .threads = 1}, nullptr);
    Objects second = Generate(program.module, {.optimize = optimize, .threads = 2}, nullptr);
    ASSERT_EQ(first.objects.size(), second.objects.size());
    for (size_t i = 0; i < first.objects.size(); ++i) {
      EXPECT_EQ(first.objects[i].bytes, second.objects[i].bytes);
    }
  }
}

TEST(PartitionTest, OnlyWhatChangedIsGeneratedAgain) {
  MapCache cache;
  Options options = {.threads = 2};
  auto from_cache = [&](const TestModule& program) {
    Objects objects = Generate(program.module, options, &cache);
    std::vector<bool> result;
    for (const Object& object : objects.objects) result.push_back(object.from_cache);
    TestMachine machine(objects);
    EXPECT_TRUE(machine.Invoke(machine.Find("main")).has_value());
    return result;
  };
  EXPECT_THAT(from_cache(TwoFiles(1, 2)), testing::ElementsAre(false, false));
  EXPECT_THAT(from_cache(TwoFiles(1, 2)), testing::ElementsAre(true, true));
  EXPECT_THAT(from_cache(TwoFiles(3, 2)), testing::ElementsAre(true, false));
  EXPECT_THAT(from_cache(TwoFiles(3, 4)), testing::ElementsAre(false, true));
  options.debug_info = DebugInfo::kNone;
  EXPECT_THAT(from_cache(TwoFiles(3, 4)), testing::ElementsAre(false, false));
}

TEST(PartitionTest, NumbersOfFunctionsAndDataDoNotMatterToTheCache) {
  MapCache cache;
  TestModule program = TwoFiles(1, 2);
  Generate(program.module, {}, &cache);
  // The same program with something before everything else in the other file.
  TestModule other;
  other.Descriptor("New", 1);
  FunctionId fresh = other.Declare("fresh", {}, {});
  other.Define(fresh, [](Builder& b, std::vector<ValueId>) { b.Return({}); });
  TestModule rest = TwoFiles(1, 2);
  auto shift = [&](ir::Function& function) {
    function.loc.line += 0;
    for (ir::Block& block : function.blocks) {
      for (ir::Instr& instr : block.instrs) {
        if (instr.function.IsValid()) instr.function = FunctionId(instr.function.value + 1);
        if (instr.data.IsValid()) instr.data = DataId(instr.data.value + 1);
      }
    }
  };
  for (ir::Function& function : rest.module.functions) {
    shift(function);
    other.module.functions.push_back(std::move(function));
  }
  for (ir::Data& data : rest.module.data) {
    for (ir::DataWord& word : data.words) {
      if (word.function.IsValid()) word.function = FunctionId(word.function.value + 1);
    }
    other.module.data.push_back(data);
  }
  other.module.entry = FunctionId(rest.module.entry.value + 1);
  Objects objects = Generate(other.module, {}, &cache);
  ASSERT_EQ(objects.objects.size(), 2);
  EXPECT_TRUE(objects.objects[0].from_cache);   // list.snow
  EXPECT_FALSE(objects.objects[1].from_cache);  // main.snow has a new function
}

TEST(PrintTest, ShowsConventionsAndTailCalls) {
  TestModule program = TwoFiles(1, 2);
  std::string text = PrintLlvm(program.module, {.debug_info = DebugInfo::kNone});
  EXPECT_THAT(text,
              testing::HasSubstr("define internal fastcc i64 @S.twice(ptr swiftself %0, i64 "));
  EXPECT_THAT(text, testing::HasSubstr("define internal tailcc i64 @S.main_code("));
  EXPECT_THAT(text, testing::HasSubstr(
                        "@main = dso_local constant { i64, ptr } { i64 0, ptr @S.main_code }"));
}

}  // namespace
}  // namespace snow::codegen
