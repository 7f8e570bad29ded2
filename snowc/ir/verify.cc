// The invariants of ir.h, checked.
#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "snowc/ir/abi_function.h"
#include "snowc/ir/builder.h"
#include "snowc/ir/ir.h"

namespace snow::ir {
namespace {

std::span<const BlockId> SuccessorsOf(const Block& block) { return block.term.targets; }

// Immediate dominators by the iterative algorithm of Cooper, Harvey and Kennedy.
class Dominators {
 public:
  explicit Dominators(const Function& function) : number_(function.blocks.size(), kUnreached) {
    Order(function);
    idom_.assign(order_.size(), kUnreached);
    idom_[0] = 0;
    std::vector<std::vector<uint32_t>> predecessors(order_.size());
    for (uint32_t i = 0; i < order_.size(); ++i) {
      for (BlockId target : SuccessorsOf(function.blocks[order_[i]])) {
        predecessors[number_[target.value]].push_back(i);
      }
    }
    bool changed = true;
    while (changed) {
      changed = false;
      for (uint32_t i = 1; i < order_.size(); ++i) {
        uint32_t dominator = kUnreached;
        for (uint32_t predecessor : predecessors[i]) {
          if (idom_[predecessor] == kUnreached) continue;
          dominator = dominator == kUnreached ? predecessor : Intersect(dominator, predecessor);
        }
        if (idom_[i] == dominator) continue;
        idom_[i] = dominator;
        changed = true;
      }
    }
  }

  bool IsReached(uint32_t block) const { return number_[block] != kUnreached; }

  // Blocks, both reached.
  bool Dominates(uint32_t a, uint32_t b) const {
    uint32_t above = number_[a];
    uint32_t at = number_[b];
    while (at > above) at = idom_[at];
    return at == above;
  }

 private:
  static constexpr uint32_t kUnreached = 0xFFFFFFFFu;

  // Reverse postorder.
  void Order(const Function& function) {
    struct Visit {
      uint32_t block;
      uint32_t next = 0;
    };
    std::vector<bool> seen(function.blocks.size());
    std::vector<Visit> stack = {{0}};
    seen[0] = true;
    while (!stack.empty()) {
      Visit& visit = stack.back();
      std::span<const BlockId> targets = SuccessorsOf(function.blocks[visit.block]);
      if (visit.next == targets.size()) {
        order_.push_back(visit.block);
        stack.pop_back();
        continue;
      }
      uint32_t target = targets[visit.next++].value;
      if (seen[target]) continue;
      seen[target] = true;
      stack.push_back({target});
    }
    std::ranges::reverse(order_);
    for (uint32_t i = 0; i < order_.size(); ++i) number_[order_[i]] = i;
  }

  uint32_t Intersect(uint32_t a, uint32_t b) const {
    while (a != b) {
      while (a > b) a = idom_[a];
      while (b > a) b = idom_[b];
    }
    return a;
  }

  std::vector<uint32_t> order_;   // reached blocks, in reverse postorder
  std::vector<uint32_t> number_;  // by block: its place in order_
  std::vector<uint32_t> idom_;    // by place
};

class Verifier {
 public:
  Verifier(const Module& module, const Function& function) : module_(module), function_(function) {}

  std::string Run() {
    if (function_.blocks.empty()) return Fail("has no block");
    if (function_.params.size() != function_.param_slots.size()) {
      return Fail("a parameter has no slot");
    }
    for (size_t i = 0; i < function_.params.size(); ++i) {
      SlotId slot = function_.param_slots[i];
      if (slot.value >= function_.slots.size() ||
          function_.slots[slot.value].type != function_.params[i]) {
        return Fail("the slot of a parameter has another type");
      }
    }
    for (const Block& block : function_.blocks) {
      for (BlockId target : SuccessorsOf(block)) {
        if (target.value >= function_.blocks.size()) return Fail("a jump leads to no block");
      }
    }
    if (std::string error = CheckDefinitions(); !error.empty()) return error;
    return CheckUses();
  }

 private:
  struct Definition {
    uint32_t block = 0;
    uint32_t place = 0;
    bool exists = false;
  };

  std::string Fail(std::string what) const {
    std::string text = "@" + function_.symbol;
    if (block_ != kNoBlock) text += " b" + std::to_string(block_) + "." + std::to_string(place_);
    return text + ": " + std::move(what);
  }

  std::string CheckDefinitions() {
    definitions_.resize(function_.values.size());
    for (block_ = 0; block_ < function_.blocks.size(); ++block_) {
      const Block& block = function_.blocks[block_];
      for (place_ = 0; place_ < block.instrs.size(); ++place_) {
        const Instr& instr = block.instrs[place_];
        for (uint32_t i = 0; i < instr.result_count; ++i) {
          uint32_t value = instr.result.value + i;
          if (value >= definitions_.size()) return Fail("a result is no value of the function");
          if (definitions_[value].exists) return Fail(Name(value) + " is defined twice");
          definitions_[value] = {block_, place_, true};
        }
      }
    }
    block_ = kNoBlock;
    return "";
  }

  std::string CheckUses() {
    Dominators dominators(function_);
    for (block_ = 0; block_ < function_.blocks.size(); ++block_) {
      if (!dominators.IsReached(block_)) continue;
      const Block& block = function_.blocks[block_];
      for (place_ = 0; place_ < block.instrs.size(); ++place_) {
        const Instr& instr = block.instrs[place_];
        for (ValueId arg : instr.args) {
          if (std::string error = CheckUse(dominators, arg); !error.empty()) return error;
        }
        if (std::string error = CheckInstr(instr); !error.empty()) return error;
      }
      for (ValueId arg : block.term.args) {
        if (std::string error = CheckUse(dominators, arg); !error.empty()) return error;
      }
      if (block.term.value.IsValid()) {
        std::string error = CheckUse(dominators, block.term.value);
        if (!error.empty()) return error;
      }
      if (std::string error = CheckTerminator(block.term); !error.empty()) return error;
    }
    return "";
  }

  std::string CheckUse(const Dominators& dominators, ValueId value) const {
    if (value.value >= definitions_.size()) return Fail("uses no value");
    const Definition& definition = definitions_[value.value];
    if (!definition.exists) return Fail(Name(value.value) + " is nowhere defined");
    bool before = definition.block == block_ ? definition.place < place_
                                             : dominators.IsReached(definition.block) &&
                                                   dominators.Dominates(definition.block, block_);
    if (!before) return Fail(Name(value.value) + " is used where it may be undefined");
    return "";
  }

  Scalar TypeOf(ValueId value) const { return function_.values[value.value]; }

  // The types of the arguments from `first` on are exactly `types`.
  bool HasTypes(std::span<const ValueId> args, std::span<const Scalar> types) const {
    return args.size() == types.size() &&
           std::equal(args.begin(), args.end(), types.begin(),
                      [&](ValueId arg, Scalar type) { return TypeOf(arg) == type; });
  }

  bool HasTypes(const Instr& instr, std::initializer_list<Scalar> types) const {
    return HasTypes(instr.args, std::span(types.begin(), types.size()));
  }

  bool ResultsAre(const Instr& instr, std::span<const Scalar> types) const {
    if (instr.result_count != types.size()) return false;
    for (size_t i = 0; i < types.size(); ++i) {
      if (function_.values[instr.result.value + i] != types[i]) return false;
    }
    return true;
  }

  bool ResultIs(const Instr& instr, Scalar type) const { return ResultsAre(instr, {&type, 1}); }

  std::string CheckInstr(const Instr& instr) const {
    if (!IsWellTyped(instr)) return Fail("operands or results have the wrong types");
    return "";
  }

  bool IsUnary(const Instr& instr, Scalar operand) const {
    return HasTypes(instr, {operand}) && ResultIs(instr, ResultOf(instr.op, operand));
  }

  bool IsBinary(const Instr& instr, Scalar operand) const {
    return HasTypes(instr, {operand, operand}) && ResultIs(instr, ResultOf(instr.op, operand));
  }

  bool IsWellTyped(const Instr& instr) const {
    using enum Scalar;
    static constexpr Scalar kFlagResults[] = {kI64, kI1};
    switch (instr.op) {
      case Op::kConstInt:
        return instr.args.empty() && ResultIs(instr, kI64);
      case Op::kConstFloat:
        return instr.args.empty() && ResultIs(instr, kF64);
      case Op::kConstBool:
      case Op::kAtBase:
        return instr.args.empty() && ResultIs(instr, kI1);
      case Op::kNull:
      case Op::kFrame:
      case Op::kSite:
        return instr.args.empty() && ResultIs(instr, kPtr);
      case Op::kDataAddress:
      case Op::kAlloc:
        return instr.args.empty() && ResultIs(instr, kPtr) &&
               instr.data.value < module_.data.size();
      case Op::kFunctionAddress:
        return instr.args.empty() && ResultIs(instr, kPtr) &&
               instr.function.value < module_.functions.size() &&
               module_.functions[instr.function.value].address_taken;
      case Op::kSlotGet:
        return instr.slot.value < function_.slots.size() &&
               ResultIs(instr, function_.slots[instr.slot.value].type);
      case Op::kSlotSet:
        return instr.slot.value < function_.slots.size() &&
               HasTypes(instr, {function_.slots[instr.slot.value].type}) && instr.result_count == 0;
      case Op::kAddChecked:
      case Op::kSubChecked:
      case Op::kMulChecked:
      case Op::kDivChecked:
      case Op::kModChecked:
      case Op::kAdd:
      case Op::kSub:
      case Op::kMul:
      case Op::kAnd:
      case Op::kOr:
      case Op::kXor:
      case Op::kShl:
      case Op::kLShr:
      case Op::kAShr:
      case Op::kMulHigh:
      case Op::kULt:
        return IsBinary(instr, kI64);
      case Op::kNegChecked:
      case Op::kCtz:
      case Op::kClz:
      case Op::kPopCount:
      case Op::kIntToFloat:
      case Op::kIntToBool:
      case Op::kBitsFloat:
      case Op::kBitsPtr:
        return IsUnary(instr, kI64);
      case Op::kAddFlag:
      case Op::kSubFlag:
      case Op::kMulFlag:
        return HasTypes(instr, {kI64, kI64}) && ResultsAre(instr, kFlagResults);
      case Op::kEq:
      case Op::kNe:
        return IsBinary(instr, instr.type);
      case Op::kLt:
      case Op::kLe:
      case Op::kGt:
      case Op::kGe:
        return (instr.type == kI64 || instr.type == kF64) && IsBinary(instr, instr.type);
      case Op::kNot:
      case Op::kBoolToInt:
        return IsUnary(instr, kI1);
      case Op::kBoolAnd:
      case Op::kBoolOr:
        return IsBinary(instr, kI1);
      case Op::kSelect:
        return HasTypes(instr, {kI1, instr.type, instr.type}) && ResultIs(instr, instr.type);
      case Op::kFAdd:
      case Op::kFSub:
      case Op::kFMul:
      case Op::kFDiv:
      case Op::kFRem:
        return IsBinary(instr, kF64);
      case Op::kFNeg:
      case Op::kFAbs:
      case Op::kFSqrt:
      case Op::kFloatToInt:
      case Op::kFloatBits:
        return IsUnary(instr, kF64);
      case Op::kPtrBits:
        return IsUnary(instr, kPtr);
      case Op::kLoad:
        return HasTypes(instr, {kPtr}) && ResultIs(instr, instr.type);
      case Op::kStore:
        return HasTypes(instr, {kPtr, instr.type}) && instr.result_count == 0;
      case Op::kLoadIndexed:
        return HasTypes(instr, {kPtr, kI64}) && ResultIs(instr, instr.type);
      case Op::kStoreIndexed:
        return HasTypes(instr, {kPtr, kI64, instr.type}) && instr.result_count == 0;
      case Op::kLoadByte:
        return HasTypes(instr, {kPtr, kI64}) && ResultIs(instr, kI64);
      case Op::kLoad32:
        return HasTypes(instr, {kPtr}) && ResultIs(instr, kI64);
      case Op::kStore32:
        return HasTypes(instr, {kPtr, kI64}) && instr.result_count == 0;
      case Op::kPtrAdd:
        return HasTypes(instr, {kPtr, kI64}) && ResultIs(instr, kPtr);
      case Op::kMoveBytes:
        return HasTypes(instr, {kPtr, kPtr, kI64}) && instr.result_count == 0;
      case Op::kActorLoad:
        return instr.args.empty() && ResultIs(instr, instr.type);
      case Op::kSafepoint:
        return instr.args.empty() && instr.result_count == 0;
      case Op::kCall:
        return IsCallOf(instr.function, instr.args) &&
               ResultsAre(instr, module_.functions[instr.function.value].results);
      case Op::kCallIndirect:
        return !instr.args.empty() && TypeOf(instr.args[0]) == kPtr &&
               ResultsAre(instr, instr.signature);
      case Op::kCallRuntime:
        return IsRuntimeCall(instr);
      case Op::kCallExternal:
        return IsExternalCall(instr);
    }
    return false;
  }

  bool IsCallOf(FunctionId callee, std::span<const ValueId> args) const {
    return callee.value < module_.functions.size() &&
           HasTypes(args, module_.functions[callee.value].params);
  }

  bool IsRuntimeCall(const Instr& instr) const {
    using enum Scalar;
    if (instr.imm < 0 || instr.imm >= static_cast<int64_t>(AbiFunction::kCount)) return false;
    const AbiInfo& info = InfoOf(static_cast<AbiFunction>(instr.imm));
    std::vector<Scalar> types;
    for (const AbiParam& param : info.params) {
      switch (param.kind) {
        case AbiParamKind::kInt:
          types.push_back(kI64);
          break;
        case AbiParamKind::kFlt:
          types.push_back(kF64);
          break;
        case AbiParamKind::kBool:
          types.push_back(kI1);
          break;
        case AbiParamKind::kPtr:
        case AbiParamKind::kOut:
          types.push_back(kPtr);
          break;
        case AbiParamKind::kStr:
          types.insert(types.end(), {kI64, kI64});
          break;
        case AbiParamKind::kList:
          types.insert(types.end(), {kPtr, kI64});
          break;
      }
    }
    return HasTypes(instr.args, types) && ResultsAre(instr, ResultScalars(info.result));
  }

  bool IsExternalCall(const Instr& instr) const {
    if (static_cast<uint64_t>(instr.imm) >= module_.externals.size()) return false;
    const External& external = module_.externals[static_cast<size_t>(instr.imm)];
    if (!HasTypes(instr.args, external.params)) return false;
    return external.has_result ? ResultIs(instr, external.result) : instr.result_count == 0;
  }

  std::string CheckTerminator(const Terminator& term) const {
    switch (term.kind) {
      case TermKind::kJump:
        return term.targets.size() == 1 ? "" : Fail("a jump has one target");
      case TermKind::kBranch:
        if (!term.value.IsValid() || TypeOf(term.value) != Scalar::kI1) {
          return Fail("a branch needs an i1");
        }
        return term.targets.size() == 2 ? "" : Fail("a branch has two targets");
      case TermKind::kSwitch:
        if (!term.value.IsValid() || TypeOf(term.value) != Scalar::kI64) {
          return Fail("a switch needs an i64");
        }
        return CheckCases(term);
      case TermKind::kReturn:
        return HasTypes(term.args, function_.results) ? "" : Fail("returns the wrong types");
      case TermKind::kTailCall:
        return CheckTailCall(term);
      case TermKind::kTailIndirect:
        if (term.args.empty() || TypeOf(term.args[0]) != Scalar::kPtr) {
          return Fail("a tail call needs a code pointer");
        }
        return "";
      case TermKind::kUnreachable:
        return "";
    }
    return Fail("has no terminator");
  }

  std::string CheckCases(const Terminator& term) const {
    if (term.targets.size() != term.cases.size() + 1) {
      return Fail("a switch has one target more than cases");
    }
    std::vector<int64_t> sorted(term.cases.begin(), term.cases.end());
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end()) return Fail("a switch repeats a case");
    return "";
  }

  std::string CheckTailCall(const Terminator& term) const {
    if (!IsCallOf(term.function, term.args)) return Fail("passes the wrong types");
    const Function& callee = module_.functions[term.function.value];
    if (callee.results != function_.results) {
      return Fail("a tail call gives other results than its caller");
    }
    return "";
  }

  static std::string Name(uint32_t value) { return "v" + std::to_string(value); }

  static constexpr uint32_t kNoBlock = 0xFFFFFFFFu;

  const Module& module_;
  const Function& function_;
  std::vector<Definition> definitions_;
  uint32_t block_ = kNoBlock;
  uint32_t place_ = 0;
};

std::string VerifyData(const Module& module) {
  for (const Data& data : module.data) {
    for (const DataWord& word : data.words) {
      bool good = true;
      switch (word.kind) {
        case DataWord::Kind::kBits:
          break;
        case DataWord::Kind::kData:
          good = word.data.value < module.data.size();
          break;
        case DataWord::Kind::kFunction:
          good = word.function.value < module.functions.size() &&
                 module.functions[word.function.value].address_taken;
          break;
        case DataWord::Kind::kRuntimeSymbol:
          good = word.symbol.value < module.strings.size();
          break;
      }
      if (!good) return "$" + data.name + ": a word refers to nothing";
    }
  }
  return "";
}

}  // namespace

std::string Verify(const Module& module) {
  if (std::string error = VerifyData(module); !error.empty()) return error;
  for (const Function& function : module.functions) {
    if (std::string error = Verifier(module, function).Run(); !error.empty()) return error;
  }
  if (module.entry.IsValid() && module.entry.value >= module.functions.size()) {
    return "the entry is no function";
  }
  return "";
}

}  // namespace snow::ir
