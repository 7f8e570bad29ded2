// What the library declares by `extern "%name"`, expanded inline.
#include <unordered_map>

#include "snowc/lower/function_lowering.h"

namespace snow::lower {

using ir::AbiFunction;
using ir::BlockId;
using ir::Op;
using ir::Scalar;
using ir::ValueId;

namespace {

// The operations on scalars: how many operands, and whether there is a flag beside the result.
struct ScalarOp {
  Op op;
  int operands;
  bool has_flag = false;
};

int OperandsOf(Op op) {
  switch (op) {
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
    case Op::kAddFlag:
    case Op::kSubFlag:
    case Op::kMulFlag:
    case Op::kEq:
    case Op::kNe:
    case Op::kLt:
    case Op::kLe:
    case Op::kGt:
    case Op::kGe:
    case Op::kULt:
    case Op::kBoolAnd:
    case Op::kBoolOr:
    case Op::kFAdd:
    case Op::kFSub:
    case Op::kFMul:
    case Op::kFDiv:
    case Op::kFRem:
      return 2;
    case Op::kNegChecked:
    case Op::kCtz:
    case Op::kClz:
    case Op::kPopCount:
    case Op::kNot:
    case Op::kFNeg:
    case Op::kFAbs:
    case Op::kFSqrt:
    case Op::kIntToFloat:
    case Op::kFloatToInt:
    case Op::kBoolToInt:
    case Op::kIntToBool:
    case Op::kFloatBits:
    case Op::kBitsFloat:
      return 1;
    case Op::kSelect:
      return 3;
    default:
      return 0;
  }
}

const std::unordered_map<std::string_view, ScalarOp>& ScalarOps() {
  static const auto* const kOps = [] {
    auto* ops = new std::unordered_map<std::string_view, ScalarOp>;
    auto add = [&](std::string_view text, Op op) {
      int operands = OperandsOf(op);
      if (operands == 0) return;
      bool has_flag = op == Op::kAddFlag || op == Op::kSubFlag || op == Op::kMulFlag;
      ops->emplace(text, ScalarOp{op, operands, has_flag});
    };
#define SNOW_IR_OP(name, text) add("%" text, Op::k##name);
#include "snowc/ir/op.def"
    return ops;
  }();
  return *kOps;
}

constexpr int64_t kMessagePayloadOffset = offsetof(SnowMessage, payload);
// More result words than this go through memory, which the runtime does not offer.
constexpr size_t kMaxIgnoredWords = 3;

}  // namespace

Words FunctionLowering::EvalIntrinsic(const hir::Function& function, const Target& target,
                                      std::span<const Words> args,
                                      std::span<const ir::FunctionId> codes) {
  std::string_view name = function.extern_symbol;
  const Layout& result = LayoutOf(m_.types().Concrete(function.result, target.args));
  if (auto words = EvalScalarIntrinsic(name, args, result)) return *words;
  if (auto words = EvalWordIntrinsic(name, target, args, result)) return *words;
  if (name.starts_with("%buffer.")) {
    if (auto words = EvalBufferIntrinsic(name, target, args)) return *words;
  }
  if (auto words = EvalActorIntrinsic(name, target, args, codes)) return *words;
  m_.ReportExtern(function, "there is no intrinsic of this name and signature");
  b_.Unreachable();
  return {};
}

std::optional<Words> FunctionLowering::EvalScalarIntrinsic(std::string_view name,
                                                           std::span<const Words> args,
                                                           const Layout& result) {
  auto found = ScalarOps().find(name);
  if (found == ScalarOps().end()) return std::nullopt;
  const ScalarOp& op = found->second;
  std::vector<ValueId> operands;
  for (const Words& arg : args) operands.insert(operands.end(), arg.begin(), arg.end());
  if (operands.size() != static_cast<size_t>(op.operands)) return std::nullopt;
  if (op.has_flag) return Words::Results(b_.BinaryFlag(op.op, operands[0], operands[1]), 2);
  if (op.operands == 2 && b_.TypeOf(operands[0]) != b_.TypeOf(operands[1])) return std::nullopt;
  ValueId value;
  switch (op.operands) {
    case 1:
      value = b_.Unary(op.op, operands[0]);
      break;
    case 2:
      value = b_.Binary(op.op, operands[0], operands[1]);
      break;
    default:
      value = b_.Select(operands[0], operands[1], operands[2]);
      break;
  }
  if (result.words.size() != 1) return std::nullopt;
  return Words{ConvertScalar(value, result.words[0].scalar)};
}

// Those that only look at words and types.
std::optional<Words> FunctionLowering::EvalWordIntrinsic(std::string_view name,
                                                         const Target& target,
                                                         std::span<const Words> args,
                                                         const Layout& result) {
  if (name == "%cast") {
    Words words;
    for (size_t i = 0; i < args[0].size() && i < result.words.size(); ++i) {
      words.Add(ConvertScalar(args[0][i], result.words[i].scalar));
    }
    if (args[0].size() != result.words.size()) return std::nullopt;
    return words;
  }
  if (name == "%string.w0") return Words{args[0][0]};
  if (name == "%string.w1") return Words{args[0][1]};
  if (name == "%string.make") return Words{args[0][0], args[1][0]};
  if (name == "%type.name" && target.args->args.size() == 1) {
    return StringWords(m_.types().PrintName(target.args->args[0]));
  }
  if (name == "%type.info" && target.args->args.size() == 1) {
    ir::DataId info = m_.statics().TypeInfo(target.args->args[0]);
    return Words{b_.Unary(Op::kPtrBits, b_.Address(info))};
  }
  if (name == "%any.display") return args[0].Sub(0, 2);
  if (name == "%any.debug") return args[0].Sub(2, 2);
  if (name == "%panic") {
    Panic(args[0]);
    return Words{};
  }
  return std::nullopt;
}

std::optional<Words> FunctionLowering::EvalBufferIntrinsic(std::string_view name,
                                                           const Target& target,
                                                           std::span<const Words> args) {
  name.remove_prefix(std::string_view("%buffer.").size());
  std::span<const Word> element;
  if (!target.args->args.empty()) element = LayoutOf(target.args->args[0]).words;
  if (name == "null") return Words{b_.Null()};
  if (name == "new") return Words{NewBuffer(element, args[0][0])};
  if (args.empty() || args[0].size() != 1) return std::nullopt;
  ValueId buffer = args[0][0];
  if (name == "is_null") return Words{b_.Compare(Op::kEq, buffer, b_.Null())};
  if (name == "same") return Words{b_.Compare(Op::kEq, buffer, args[1][0])};
  if (name == "get") return LoadElement(buffer, args[1][0], element);
  if (name == "set") {
    Remember(buffer, element, args[1][0], ValueId());
    StoreElement(buffer, args[1][0], element, args[2]);
    return Words{};
  }
  if (name == "start") return Words{b_.Load32(buffer, kBufferStartOffset)};
  if (name == "fill") return Words{b_.Load32(buffer, kBufferFillOffset)};
  if (name == "capacity") return Words{b_.Load32(buffer, kBufferCapacityOffset)};
  if (name == "flags") return Words{b_.Load32(buffer, kBufferFlagsOffset)};
  auto set = [&](int64_t offset) {
    b_.Store32(buffer, args[1][0], offset);
    return Words{};
  };
  if (name == "set_start") return set(kBufferStartOffset);
  if (name == "set_fill") return set(kBufferFillOffset);
  if (name == "set_flags") return set(kBufferFlagsOffset);
  if (name == "copy") {
    ValueId to = args[2][0];
    ValueId count = args[4][0];
    Remember(to, element, args[3][0], count);
    auto address = [&](ValueId base, ValueId index) {
      ValueId bytes = b_.Binary(Op::kShl, Scale(index, element.size()), b_.Int(3));
      return b_.PtrAdd(base, b_.Binary(Op::kAdd, bytes, b_.Int(kBufferElementsOffset)));
    };
    ValueId bytes = b_.Binary(Op::kShl, Scale(count, element.size()), b_.Int(3));
    b_.MoveBytes(address(to, args[3][0]), address(buffer, args[1][0]), bytes);
    return Words{};
  }
  return std::nullopt;
}

TypeId FunctionLowering::ParamType(const Target& target, size_t index) {
  const hir::Function& function = m_.HirFunction(target.function);
  return m_.types().Concrete(function.locals[function.params[index].value].type, target.args);
}

std::optional<Words> FunctionLowering::EvalActorIntrinsic(std::string_view name,
                                                          const Target& target,
                                                          std::span<const Words> args,
                                                          std::span<const ir::FunctionId> codes) {
  if (name == "%self") return Words{b_.ActorLoad(Scalar::kI64, offsetof(SnowActor, pid))};
  if (name == "%send") {
    ValueId info = b_.Address(m_.statics().TypeInfo(ParamType(target, 1)));
    b_.CallRuntime(AbiFunction::k_send, {args[0][0], info, Spill(args[1])});
    return Words{};
  }
  if (name == "%timer.send_after" || name == "%timer.send_every") {
    ValueId info = b_.Address(m_.statics().TypeInfo(ParamType(target, 2)));
    AbiFunction start = name == "%timer.send_after" ? AbiFunction::k_timer_send_after
                                                    : AbiFunction::k_timer_send_every;
    return Words{b_.CallRuntime(start, {args[0][0], args[1][0], info, Spill(args[2])})};
  }
  if (name == "%call.reply") {
    ValueId info = b_.Address(m_.statics().TypeInfo(ParamType(target, 2)));
    b_.CallRuntime(AbiFunction::k_call_reply, {args[0][0], args[1][0], info, Spill(args[2])});
    return Words{};
  }
  if (name == "%call.wait") {
    ValueId reply = b_.CallRuntime(AbiFunction::k_call_wait, {args[0][0], args[1][0]});
    const hir::Function& function = m_.HirFunction(target.function);
    return LoadOption(m_.types().Concrete(function.result, target.args), reply,
                      kMessagePayloadOffset);
  }
  if (name == "%spawn") return EvalSpawn(target, args, codes);
  if (name == "%catch") return EvalCatch(target, args);
  return std::nullopt;
}

Words FunctionLowering::LoadOption(TypeId option, ValueId pointer, int64_t offset) {
  const Layout& layout = LayoutOf(option);
  Destination destination = NewDestination(option, /*tail=*/false);
  auto give = [&](const Words& words) {
    for (size_t i = 0; i < words.size(); ++i) b_.Set(destination.slots[i], words[i]);
    b_.Jump(destination.join);
  };
  BlockId none = b_.NewBlock();
  BlockId some = b_.NewBlock();
  b_.Branch(b_.Compare(Op::kEq, pointer, b_.Null()), none, some);
  b_.SetBlock(none);
  give(MakeVariant(layout, m_.variants().none, {}));
  b_.SetBlock(some);
  const FieldLayout& field = layout.variants[m_.variants().some].fields[0];
  Words value = LoadWords(pointer, offset, field.layout->words);
  give(MakeVariant(layout, m_.variants().some, {&value, 1}));
  return Join(destination);
}

// A closure around another one: `make_body` writes its code, given the closure inside.
Words FunctionLowering::WrapClosure(const void* node, TypeId fun, std::span<const Word> results,
                                    const Words& inner, WrapperBody body) {
  static constexpr Word kPointer[] = {{Scalar::kPtr, kSnowPointer}};
  TypeArgs* key = m_.types().Intern({&fun, 1});
  ir::FunctionId code = m_.CodeOf(node, key, {}, [&] {
    ir::FunctionId id = m_.NewFunction(f_.symbol + ".wrapper", f_.debug_name, kPointer, results);
    m_.function(id).address_taken = true;
    ModuleLowering* module = &m_;
    m_.Enqueue([module, id, fun, body] { FunctionLowering(module, id).LowerWrapper(fun, body); });
    return id;
  });
  ValueId words[] = {b_.Address(code), inner[0]};
  return {NewObject(m_.statics().ClosureDescriptor(kPointer), words, 0)};
}

void FunctionLowering::LowerWrapper(TypeId fun, WrapperBody body) {
  BeginPlain(m_.types().unit());
  ValueId closure = b_.Get(f_.param_slots[0]);
  Words inner = {b_.Load(Scalar::kPtr, closure, kPayloadOffset + 8)};
  TypeId result = FunResult(fun);
  Words value = CallClosure(inner, {}, {}, LayoutOf(result), /*tail=*/false);
  switch (body) {
    case WrapperBody::kDrop:
      b_.Return({});
      break;
    case WrapperBody::kBox: {
      std::span<const Word> words = LayoutOf(result).words;
      ir::DataId descriptor = m_.statics().FixedDescriptor("result", words);
      // Any address but null says that there was no panic.
      ValueId box = words.empty() ? b_.Address(descriptor) : NewObject(descriptor, value.span(), 0);
      b_.Return({&box, 1});
      break;
    }
  }
  Finish();
}

Words FunctionLowering::EvalSpawn(const Target& target, std::span<const Words> args,
                                  std::span<const ir::FunctionId> codes) {
  static const char kDrop = 0;
  TypeId fun = ParamType(target, 0);
  Words closure = args[0];
  std::string name = "actor";
  if (!codes.empty() && codes[0].IsValid()) name = m_.function(codes[0]).debug_name;
  if (LayoutOf(FunResult(fun)).words.size() > kMaxIgnoredWords) {
    closure = WrapClosure(&kDrop, fun, {}, closure, WrapperBody::kDrop);
  }
  ValueId text = b_.Address(m_.statics().CString(name));
  ValueId pid = b_.CallRuntime(AbiFunction::k_spawn,
                               {closure[0], args[1][0], args[2][0], args[3][0], args[4][0], text});
  return {pid};
}

Words FunctionLowering::EvalCatch(const Target& target, std::span<const Words> args) {
  static const char kBox = 0;
  static constexpr Word kResult[] = {{Scalar::kPtr, kSnowPointer}};
  Words closure = WrapClosure(&kBox, ParamType(target, 0), kResult, args[0], WrapperBody::kBox);
  ValueId box = b_.CallRuntime(AbiFunction::k_catch_panic, {closure[0]});
  const hir::Function& function = m_.HirFunction(target.function);
  return LoadOption(m_.types().Concrete(function.result, target.args), box, kPayloadOffset);
}

}  // namespace snow::lower
