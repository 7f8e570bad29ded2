// Makes the body of one ir::Function, instruction by instruction.
//
// After a terminator there is no current block ("dead"): whatever is emitted then gets value ids
// but leaves no instructions, so lowering need not ask whether code can be reached. Blocks that
// nothing reaches are removed by Finish().
//
// Ownership: writes into the function it is given, which must outlive it.
#ifndef SNOWC_IR_BUILDER_H_
#define SNOWC_IR_BUILDER_H_

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "snowc/ir/abi_function.h"
#include "snowc/ir/ir.h"

namespace snow::ir {

class Builder {
 public:
  // Starts at a new entry block.
  explicit Builder(Function* function);

  Function& function() { return *function_; }

  // --- Blocks
  BlockId NewBlock();
  void SetBlock(BlockId block) { block_ = block; }
  BlockId block() const { return block_; }
  bool dead() const { return !block_.IsValid(); }

  // The location of what is emitted from now on.
  void SetLocation(Location location) { location_ = location; }
  Location location() const { return location_; }

  // --- Slots
  SlotId NewSlot(Scalar type, std::string name = {}, uint32_t word = 0);
  ValueId Get(SlotId slot);
  void Set(SlotId slot, ValueId value);

  // --- Constants
  ValueId Int(int64_t value);
  ValueId Float(double value);
  ValueId Bool(bool value);
  ValueId Null();
  ValueId Address(DataId data, int64_t offset = 0);
  ValueId Address(FunctionId function);
  // The zero of a scalar type.
  ValueId Zero(Scalar type);

  // --- Operations with one result
  ValueId Unary(Op op, ValueId a);
  ValueId Binary(Op op, ValueId a, ValueId b);
  // A comparison of operands of one type.
  ValueId Compare(Op op, ValueId a, ValueId b);
  ValueId Select(ValueId condition, ValueId a, ValueId b);
  // Two results: the value and the I1 flag after it.
  ValueId BinaryFlag(Op op, ValueId a, ValueId b);

  // --- Memory
  ValueId Load(Scalar type, ValueId pointer, int64_t offset);
  void Store(ValueId pointer, int64_t offset, ValueId value);
  ValueId LoadIndexed(Scalar type, ValueId pointer, ValueId index, int64_t offset);
  void StoreIndexed(ValueId pointer, ValueId index, ValueId value, int64_t offset);
  ValueId LoadByte(ValueId pointer, ValueId index, int64_t offset);
  ValueId Load32(ValueId pointer, int64_t offset);
  void Store32(ValueId pointer, ValueId value, int64_t offset);
  ValueId PtrAdd(ValueId pointer, ValueId bytes);
  void MoveBytes(ValueId to, ValueId from, ValueId bytes);
  ValueId Frame(int64_t words);
  ValueId Alloc(DataId descriptor, int64_t words, uint32_t tag = 0);

  // --- Calls: the first of the results, which have consecutive ids
  ValueId Call(FunctionId function, std::span<const ValueId> args, std::span<const Scalar> results);
  ValueId CallIndirect(ValueId code, std::span<const ValueId> args,
                       std::span<const Scalar> results);
  // Results by the table: none, one, or two I64 (PAIR).
  ValueId CallRuntime(AbiFunction function, std::span<const ValueId> args);
  ValueId CallRuntime(AbiFunction function, std::initializer_list<ValueId> args) {
    return CallRuntime(function, std::span(args.begin(), args.size()));
  }
  ValueId CallExternal(uint32_t external, std::span<const ValueId> args,
                       std::span<const Scalar> results);
  void Safepoint(int64_t turns = 0);
  ValueId AtBase();
  ValueId ActorLoad(Scalar type, int64_t offset);
  ValueId Site();

  // --- Terminators: the builder is dead afterwards
  void Jump(BlockId target);
  void Branch(ValueId condition, BlockId if_true, BlockId if_false, bool unlikely_second = false);
  // cases and targets in parallel; `otherwise` for all other values.
  void Switch(ValueId value, std::span<const int64_t> cases, std::span<const BlockId> targets,
              BlockId otherwise);
  void Return(std::span<const ValueId> values);
  void TailCall(FunctionId function, std::span<const ValueId> args);
  void TailIndirect(ValueId code, std::span<const ValueId> args);
  void Unreachable();

  Scalar TypeOf(ValueId value) const { return function_->values[value.value]; }

  // Removes the blocks that nothing reaches and renumbers the rest.
  void Finish();

 private:
  ValueId NewValue(Scalar type);
  ValueId NewValues(std::span<const Scalar> types);
  std::span<const ValueId> Copy(std::span<const ValueId> values);
  // Appends, unless dead.
  void Append(Instr instr);
  ValueId AppendValue(Instr instr, Scalar result);
  void Terminate(Terminator terminator);

  Function* function_;
  BlockId block_;
  Location location_;
};

// The scalar that `op` gives for operands of `operand`.
Scalar ResultOf(Op op, Scalar operand);

// The scalars of an ABI function's results (PAIR: two I64).
std::span<const Scalar> ResultScalars(AbiResult result);

}  // namespace snow::ir

#endif  // SNOWC_IR_BUILDER_H_
