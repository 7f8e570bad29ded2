#include "snowc/ir/builder.h"

#include <cassert>
#include <utility>

namespace snow::ir {

Scalar ResultOf(Op op, Scalar operand) {
  switch (op) {
    case Op::kEq:
    case Op::kNe:
    case Op::kLt:
    case Op::kLe:
    case Op::kGt:
    case Op::kGe:
    case Op::kULt:
    case Op::kNot:
    case Op::kBoolAnd:
    case Op::kBoolOr:
    case Op::kIntToBool:
      return Scalar::kI1;
    case Op::kIntToFloat:
    case Op::kBitsFloat:
      return Scalar::kF64;
    case Op::kFloatToInt:
    case Op::kBoolToInt:
    case Op::kFloatBits:
    case Op::kPtrBits:
      return Scalar::kI64;
    case Op::kBitsPtr:
      return Scalar::kPtr;
    default:
      return operand;
  }
}

std::span<const Scalar> ResultScalars(AbiResult result) {
  static constexpr Scalar kInts[] = {Scalar::kI64, Scalar::kI64};
  static constexpr Scalar kFloat[] = {Scalar::kF64};
  static constexpr Scalar kBool[] = {Scalar::kI1};
  static constexpr Scalar kPtr[] = {Scalar::kPtr};
  switch (result) {
    case AbiResult::kVoid:
      return {};
    case AbiResult::kInt:
      return std::span(kInts).first(1);
    case AbiResult::kFlt:
      return kFloat;
    case AbiResult::kBool:
      return kBool;
    case AbiResult::kPtr:
      return kPtr;
    case AbiResult::kPair:
      return kInts;
  }
  return {};
}

Builder::Builder(Function* function) : function_(function) { block_ = NewBlock(); }

BlockId Builder::NewBlock() {
  function_->blocks.emplace_back();
  return BlockId(function_->blocks.size() - 1);
}

ValueId Builder::NewValue(Scalar type) {
  function_->values.push_back(type);
  return ValueId(function_->values.size() - 1);
}

ValueId Builder::NewValues(std::span<const Scalar> types) {
  ValueId first(function_->values.size());
  function_->values.insert(function_->values.end(), types.begin(), types.end());
  return first;
}

std::span<const ValueId> Builder::Copy(std::span<const ValueId> values) {
  return function_->arena.CopyArray(values);
}

void Builder::Append(Instr instr) {
  if (dead()) return;
  instr.loc = location_;
  function_->blocks[block_.value].instrs.push_back(instr);
}

ValueId Builder::AppendValue(Instr instr, Scalar result) {
  instr.result = NewValue(result);
  instr.result_count = 1;
  Append(instr);
  return instr.result;
}

void Builder::Terminate(Terminator terminator) {
  if (dead()) return;
  terminator.loc = location_;
  function_->blocks[block_.value].term = terminator;
  block_ = BlockId();
}

SlotId Builder::NewSlot(Scalar type, std::string name, uint32_t word) {
  function_->slots.push_back({type, std::move(name), word});
  return SlotId(function_->slots.size() - 1);
}

ValueId Builder::Get(SlotId slot) {
  Scalar type = function_->slots[slot.value].type;
  return AppendValue({.op = Op::kSlotGet, .type = type, .slot = slot}, type);
}

void Builder::Set(SlotId slot, ValueId value) {
  assert(function_->slots[slot.value].type == TypeOf(value));
  if (dead()) return;
  Append({.op = Op::kSlotSet, .type = TypeOf(value), .args = Copy({&value, 1}), .slot = slot});
}

ValueId Builder::Int(int64_t value) {
  return AppendValue({.op = Op::kConstInt, .type = Scalar::kI64, .imm = value}, Scalar::kI64);
}

ValueId Builder::Float(double value) {
  return AppendValue({.op = Op::kConstFloat, .type = Scalar::kF64, .fimm = value}, Scalar::kF64);
}

ValueId Builder::Bool(bool value) {
  return AppendValue({.op = Op::kConstBool, .type = Scalar::kI1, .imm = value}, Scalar::kI1);
}

ValueId Builder::Null() {
  return AppendValue({.op = Op::kNull, .type = Scalar::kPtr}, Scalar::kPtr);
}

ValueId Builder::Address(DataId data, int64_t offset) {
  return AppendValue({.op = Op::kDataAddress, .type = Scalar::kPtr, .imm = offset, .data = data},
                     Scalar::kPtr);
}

ValueId Builder::Address(FunctionId function) {
  return AppendValue({.op = Op::kFunctionAddress, .type = Scalar::kPtr, .function = function},
                     Scalar::kPtr);
}

ValueId Builder::Zero(Scalar type) {
  switch (type) {
    case Scalar::kI64:
      return Int(0);
    case Scalar::kF64:
      return Float(0);
    case Scalar::kI1:
      return Bool(false);
    case Scalar::kPtr:
      return Null();
  }
  return ValueId();
}

ValueId Builder::Unary(Op op, ValueId a) {
  Scalar type = TypeOf(a);
  return AppendValue({.op = op, .type = type, .args = Copy({&a, 1})}, ResultOf(op, type));
}

ValueId Builder::Binary(Op op, ValueId a, ValueId b) {
  assert(TypeOf(a) == TypeOf(b));
  ValueId args[] = {a, b};
  Scalar type = TypeOf(a);
  return AppendValue({.op = op, .type = type, .args = Copy(args)}, ResultOf(op, type));
}

ValueId Builder::Compare(Op op, ValueId a, ValueId b) { return Binary(op, a, b); }

ValueId Builder::Select(ValueId condition, ValueId a, ValueId b) {
  assert(TypeOf(condition) == Scalar::kI1 && TypeOf(a) == TypeOf(b));
  ValueId args[] = {condition, a, b};
  Scalar type = TypeOf(a);
  return AppendValue({.op = Op::kSelect, .type = type, .args = Copy(args)}, type);
}

ValueId Builder::BinaryFlag(Op op, ValueId a, ValueId b) {
  ValueId args[] = {a, b};
  static constexpr Scalar kResults[] = {Scalar::kI64, Scalar::kI1};
  ValueId first = NewValues(kResults);
  Append({.op = op, .type = Scalar::kI64, .result = first, .result_count = 2, .args = Copy(args)});
  return first;
}

ValueId Builder::Load(Scalar type, ValueId pointer, int64_t offset) {
  return AppendValue({.op = Op::kLoad, .type = type, .args = Copy({&pointer, 1}), .imm = offset},
                     type);
}

void Builder::Store(ValueId pointer, int64_t offset, ValueId value) {
  if (dead()) return;
  ValueId args[] = {pointer, value};
  Append({.op = Op::kStore, .type = TypeOf(value), .args = Copy(args), .imm = offset});
}

ValueId Builder::LoadIndexed(Scalar type, ValueId pointer, ValueId index, int64_t offset) {
  ValueId args[] = {pointer, index};
  return AppendValue({.op = Op::kLoadIndexed, .type = type, .args = Copy(args), .imm = offset},
                     type);
}

void Builder::StoreIndexed(ValueId pointer, ValueId index, ValueId value, int64_t offset) {
  if (dead()) return;
  ValueId args[] = {pointer, index, value};
  Append({.op = Op::kStoreIndexed, .type = TypeOf(value), .args = Copy(args), .imm = offset});
}

ValueId Builder::LoadByte(ValueId pointer, ValueId index, int64_t offset) {
  ValueId args[] = {pointer, index};
  return AppendValue({.op = Op::kLoadByte, .type = Scalar::kI64, .args = Copy(args), .imm = offset},
                     Scalar::kI64);
}

ValueId Builder::Load32(ValueId pointer, int64_t offset) {
  return AppendValue(
      {.op = Op::kLoad32, .type = Scalar::kI64, .args = Copy({&pointer, 1}), .imm = offset},
      Scalar::kI64);
}

void Builder::Store32(ValueId pointer, ValueId value, int64_t offset) {
  if (dead()) return;
  ValueId args[] = {pointer, value};
  Append({.op = Op::kStore32, .type = Scalar::kI64, .args = Copy(args), .imm = offset});
}

ValueId Builder::PtrAdd(ValueId pointer, ValueId bytes) {
  ValueId args[] = {pointer, bytes};
  return AppendValue({.op = Op::kPtrAdd, .type = Scalar::kPtr, .args = Copy(args)}, Scalar::kPtr);
}

void Builder::MoveBytes(ValueId to, ValueId from, ValueId bytes) {
  if (dead()) return;
  ValueId args[] = {to, from, bytes};
  Append({.op = Op::kMoveBytes, .args = Copy(args)});
}

ValueId Builder::Frame(int64_t words) {
  return AppendValue({.op = Op::kFrame, .type = Scalar::kPtr, .imm = words}, Scalar::kPtr);
}

ValueId Builder::Alloc(DataId descriptor, int64_t words, uint32_t tag) {
  return AppendValue(
      {.op = Op::kAlloc, .type = Scalar::kPtr, .imm = words, .data = descriptor, .tag = tag},
      Scalar::kPtr);
}

ValueId Builder::Call(FunctionId function, std::span<const ValueId> args,
                      std::span<const Scalar> results) {
  ValueId first = NewValues(results);
  Append({.op = Op::kCall,
          .type = results.empty() ? Scalar::kI64 : results[0],
          .result = first,
          .result_count = static_cast<uint32_t>(results.size()),
          .args = Copy(args),
          .function = function});
  return first;
}

ValueId Builder::CallIndirect(ValueId code, std::span<const ValueId> args,
                              std::span<const Scalar> results) {
  ValueId first = NewValues(results);
  if (dead()) return first;
  std::vector<ValueId> all = {code};
  all.insert(all.end(), args.begin(), args.end());
  Append({.op = Op::kCallIndirect,
          .type = results.empty() ? Scalar::kI64 : results[0],
          .result = first,
          .result_count = static_cast<uint32_t>(results.size()),
          .args = Copy(all),
          .signature = function_->arena.CopyArray(results)});
  return first;
}

ValueId Builder::CallRuntime(AbiFunction function, std::span<const ValueId> args) {
  std::span<const Scalar> results = ResultScalars(InfoOf(function).result);
  ValueId first = NewValues(results);
  Append({.op = Op::kCallRuntime,
          .type = results.empty() ? Scalar::kI64 : results[0],
          .result = first,
          .result_count = static_cast<uint32_t>(results.size()),
          .args = Copy(args),
          .imm = static_cast<int64_t>(function)});
  return first;
}

ValueId Builder::CallExternal(uint32_t external, std::span<const ValueId> args,
                              std::span<const Scalar> results) {
  ValueId first = NewValues(results);
  Append({.op = Op::kCallExternal,
          .type = results.empty() ? Scalar::kI64 : results[0],
          .result = first,
          .result_count = static_cast<uint32_t>(results.size()),
          .args = Copy(args),
          .imm = external});
  return first;
}

void Builder::Safepoint(int64_t turns) { Append({.op = Op::kSafepoint, .imm = turns}); }

ValueId Builder::AtBase() {
  return AppendValue({.op = Op::kAtBase, .type = Scalar::kI1}, Scalar::kI1);
}

ValueId Builder::ActorLoad(Scalar type, int64_t offset) {
  return AppendValue({.op = Op::kActorLoad, .type = type, .imm = offset}, type);
}

ValueId Builder::Site() {
  return AppendValue({.op = Op::kSite, .type = Scalar::kPtr}, Scalar::kPtr);
}

void Builder::Jump(BlockId target) {
  if (dead()) return;
  Terminate({.kind = TermKind::kJump,
             .targets = function_->arena.CopyArray(std::span<const BlockId>(&target, 1))});
}

void Builder::Branch(ValueId condition, BlockId if_true, BlockId if_false, bool unlikely_second) {
  if (dead()) return;
  BlockId targets[] = {if_true, if_false};
  Terminate({.kind = TermKind::kBranch,
             .value = condition,
             .targets = function_->arena.CopyArray(std::span<const BlockId>(targets)),
             .unlikely_second = unlikely_second});
}

void Builder::Switch(ValueId value, std::span<const int64_t> cases,
                     std::span<const BlockId> targets, BlockId otherwise) {
  assert(cases.size() == targets.size());
  if (dead()) return;
  std::vector<BlockId> all(targets.begin(), targets.end());
  all.push_back(otherwise);
  Terminate({.kind = TermKind::kSwitch,
             .value = value,
             .targets = function_->arena.CopyArray(std::span<const BlockId>(all)),
             .cases = function_->arena.CopyArray(cases)});
}

void Builder::Return(std::span<const ValueId> values) {
  if (dead()) return;
  Terminate({.kind = TermKind::kReturn, .args = Copy(values)});
}

void Builder::TailCall(FunctionId function, std::span<const ValueId> args) {
  if (dead()) return;
  Terminate({.kind = TermKind::kTailCall, .args = Copy(args), .function = function});
}

void Builder::TailIndirect(ValueId code, std::span<const ValueId> args) {
  if (dead()) return;
  std::vector<ValueId> all = {code};
  all.insert(all.end(), args.begin(), args.end());
  Terminate({.kind = TermKind::kTailIndirect, .args = Copy(all)});
}

void Builder::Unreachable() { Terminate({.kind = TermKind::kUnreachable}); }

void Builder::Finish() {
  std::vector<Block>& blocks = function_->blocks;
  std::vector<BlockId> renumbered(blocks.size());
  std::vector<uint32_t> pending = {0};
  std::vector<bool> reached(blocks.size());
  reached[0] = true;
  while (!pending.empty()) {
    uint32_t block = pending.back();
    pending.pop_back();
    for (BlockId target : blocks[block].term.targets) {
      if (reached[target.value]) continue;
      reached[target.value] = true;
      pending.push_back(target.value);
    }
  }
  uint32_t count = 0;
  for (uint32_t i = 0; i < blocks.size(); ++i) {
    if (!reached[i]) continue;
    renumbered[i] = BlockId(count);
    if (count != i) blocks[count] = std::move(blocks[i]);
    ++count;
  }
  if (count == blocks.size()) return;
  blocks.resize(count);
  for (Block& block : blocks) {
    std::vector<BlockId> targets;
    for (BlockId target : block.term.targets) targets.push_back(renumbered[target.value]);
    block.term.targets = function_->arena.CopyArray(std::span<const BlockId>(targets));
  }
}

}  // namespace snow::ir
