// The text form of a module.
#include <charconv>
#include <string>

#include "snowc/ir/abi_function.h"
#include "snowc/ir/ir.h"

namespace snow::ir {
namespace {

std::string_view NameOf(Scalar type) {
  switch (type) {
    case Scalar::kI64:
      return "i64";
    case Scalar::kF64:
      return "f64";
    case Scalar::kI1:
      return "i1";
    case Scalar::kPtr:
      return "ptr";
  }
  return "?";
}

std::string_view NameOf(Op op) {
  switch (op) {
#define SNOW_IR_OP(name, text) \
  case Op::k##name:            \
    return text;
#include "snowc/ir/op.def"
  }
  return "?";
}

std::string FloatText(double value) {
  char buffer[32];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  (void)error;  // 32 characters always suffice
  return std::string(buffer, end);
}

class Printer {
 public:
  Printer(const Module& module, std::string* out) : module_(module), out_(*out) {}

  void PrintModule() {
    for (const Data& data : module_.data) PrintData(data);
    for (const Function& function : module_.functions) PrintFunction(function);
    if (module_.entry.IsValid()) out_ += "entry " + Symbol(module_.entry) + "\n";
  }

  void PrintFunction(const Function& function) {
    out_ += "fn @" + function.symbol + "(";
    for (size_t i = 0; i < function.params.size(); ++i) {
      if (i > 0) out_ += ", ";
      out_ += NameOf(function.params[i]);
      if (i < function.param_slots.size()) out_ += " " + Slot(function.param_slots[i]);
    }
    out_ += ")";
    for (size_t i = 0; i < function.results.size(); ++i) {
      out_ += i == 0 ? " -> " : ", ";
      out_ += NameOf(function.results[i]);
    }
    if (function.recursive) out_ += " recursive";
    if (function.address_taken) out_ += " address_taken";
    if (function.always_inline) out_ += " always_inline";
    if (function.cold) out_ += " cold";
    if (function.linkage == Linkage::kExported) out_ += " exported";
    out_ += "\n";
    for (size_t i = 0; i < function.slots.size(); ++i) {
      const ir::Slot& slot = function.slots[i];
      out_ += "  slot " + Slot(SlotId(i)) + " ";
      out_ += NameOf(slot.type);
      if (!slot.name.empty()) out_ += " " + slot.name + "." + std::to_string(slot.word);
      out_ += "\n";
    }
    for (size_t i = 0; i < function.blocks.size(); ++i) {
      out_ += BlockName(BlockId(i)) + ":\n";
      for (const Instr& instr : function.blocks[i].instrs) PrintInstr(function, instr);
      PrintTerminator(function.blocks[i].term);
    }
    out_ += "\n";
  }

 private:
  static std::string Value(ValueId value) {
    return value.IsValid() ? "v" + std::to_string(value.value) : "v?";
  }
  static std::string Slot(SlotId slot) { return "s" + std::to_string(slot.value); }
  static std::string BlockName(BlockId block) { return "b" + std::to_string(block.value); }
  std::string Symbol(FunctionId function) const {
    if (function.value >= module_.functions.size()) return "@?";
    return "@" + module_.functions[function.value].symbol;
  }
  std::string DataName(DataId data) const {
    if (data.value >= module_.data.size()) return "$?";
    return "$" + module_.data[data.value].name;
  }

  void PrintData(const Data& data) {
    out_ += "data $" + data.name;
    if (data.is_writable) out_ += " writable";
    if (data.is_exported) out_ += " exported";
    out_ += " =";
    for (const DataWord& word : data.words) {
      out_ += " ";
      switch (word.kind) {
        case DataWord::Kind::kBits: {
          char buffer[20];
          auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, word.bits, 16);
          (void)error;  // 16 digits fit
          out_ += "0x" + std::string(buffer, end);
          break;
        }
        case DataWord::Kind::kData:
          out_ += DataName(word.data);
          if (word.bits != 0) out_ += "+" + std::to_string(word.bits);
          break;
        case DataWord::Kind::kFunction:
          out_ += Symbol(word.function);
          break;
        case DataWord::Kind::kRuntimeSymbol:
          out_ += "!" + module_.strings[word.symbol.value];
          break;
      }
    }
    out_ += "\n";
  }

  void Arguments(std::span<const ValueId> args) {
    for (size_t i = 0; i < args.size(); ++i) {
      out_ += i == 0 ? " " : ", ";
      out_ += Value(args[i]);
    }
  }

  void PrintInstr(const Function& function, const Instr& instr) {
    out_ += "  ";
    for (uint32_t i = 0; i < instr.result_count; ++i) {
      if (i > 0) out_ += ", ";
      ValueId value(instr.result.value + i);
      out_ += Value(value) + ":";
      out_ += value.value < function.values.size() ? NameOf(function.values[value.value]) : "?";
    }
    if (instr.result_count > 0) out_ += " = ";
    out_ += NameOf(instr.op);
    switch (instr.op) {
      case Op::kConstInt:
      case Op::kConstBool:
      case Op::kActorLoad:
      case Op::kFrame:
        out_ += " " + std::to_string(instr.imm);
        break;
      case Op::kSafepoint:
        if (instr.imm != 0) out_ += " " + std::to_string(instr.imm);
        break;
      case Op::kConstFloat:
        out_ += " " + FloatText(instr.fimm);
        break;
      case Op::kDataAddress:
        out_ += " " + DataName(instr.data);
        if (instr.imm != 0) out_ += " +" + std::to_string(instr.imm);
        break;
      case Op::kFunctionAddress:
        out_ += " " + Symbol(instr.function);
        break;
      case Op::kSlotGet:
        out_ += " " + Slot(instr.slot);
        break;
      case Op::kSlotSet:
        out_ += " " + Slot(instr.slot) + ",";
        Arguments(instr.args);
        break;
      case Op::kLoad:
      case Op::kStore:
      case Op::kLoadIndexed:
      case Op::kStoreIndexed:
      case Op::kLoadByte:
      case Op::kLoad32:
      case Op::kStore32:
        Arguments(instr.args);
        out_ += " +" + std::to_string(instr.imm);
        break;
      case Op::kAlloc:
        out_ += " " + DataName(instr.data) + " " + std::to_string(instr.imm);
        if (instr.tag != 0) out_ += " tag " + std::to_string(instr.tag);
        break;
      case Op::kCall:
        out_ += " " + Symbol(instr.function);
        Arguments(instr.args);
        break;
      case Op::kCallRuntime:
        out_ += " ";
        out_ += InfoOf(static_cast<AbiFunction>(instr.imm)).symbol;
        Arguments(instr.args);
        break;
      case Op::kCallExternal:
        out_ += " " + module_.externals[static_cast<size_t>(instr.imm)].symbol;
        Arguments(instr.args);
        break;
      default:
        Arguments(instr.args);
        break;
    }
    out_ += "\n";
  }

  void PrintTerminator(const Terminator& term) {
    out_ += "  ";
    switch (term.kind) {
      case TermKind::kJump:
        out_ += "jump " + BlockName(term.targets[0]);
        break;
      case TermKind::kBranch:
        out_ += "branch " + Value(term.value) + " " + BlockName(term.targets[0]) + " " +
                BlockName(term.targets[1]);
        if (term.unlikely_second) out_ += " unlikely";
        break;
      case TermKind::kSwitch:
        out_ += "switch " + Value(term.value);
        for (size_t i = 0; i < term.cases.size(); ++i) {
          out_ += " " + std::to_string(term.cases[i]) + ":" + BlockName(term.targets[i]);
        }
        out_ += " else:" + BlockName(term.targets.back());
        break;
      case TermKind::kReturn:
        out_ += "return";
        Arguments(term.args);
        break;
      case TermKind::kTailCall:
        out_ += "tail.call " + Symbol(term.function);
        Arguments(term.args);
        break;
      case TermKind::kTailIndirect:
        out_ += "tail.indirect";
        Arguments(term.args);
        break;
      case TermKind::kUnreachable:
        out_ += "unreachable";
        break;
    }
    out_ += "\n";
  }

  const Module& module_;
  std::string& out_;
};

}  // namespace

std::string Print(const Module& module) {
  std::string out;
  Printer(module, &out).PrintModule();
  return out;
}

std::string Print(const Module& module, const Function& function) {
  std::string out;
  Printer(module, &out).PrintFunction(function);
  return out;
}

}  // namespace snow::ir
