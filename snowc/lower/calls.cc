// Calls: of functions, methods, function values, the runtime, C.
#include <algorithm>

#include "snowc/lower/function_lowering.h"
#include "snowc/lower/inline_cost.h"

namespace snow::lower {

using hir::Expr;
using ir::Op;
using ir::Scalar;
using ir::ValueId;

namespace {

constexpr uint32_t kMaxInlineDepth = 12;

// The words of a parameter of the runtime (none of OUT).
std::span<const Scalar> ScalarsOf(ir::AbiParamKind kind) {
  using enum Scalar;
  static constexpr Scalar kInts[] = {kI64, kI64};
  static constexpr Scalar kFloat[] = {kF64};
  static constexpr Scalar kBool[] = {kI1};
  static constexpr Scalar kList[] = {kPtr, kI64};
  switch (kind) {
    case ir::AbiParamKind::kInt:
      return std::span(kInts).first(1);
    case ir::AbiParamKind::kFlt:
      return kFloat;
    case ir::AbiParamKind::kBool:
      return kBool;
    case ir::AbiParamKind::kPtr:
      return std::span(kList).first(1);
    case ir::AbiParamKind::kStr:
      return kInts;
    case ir::AbiParamKind::kList:
      return kList;
    case ir::AbiParamKind::kOut:
      break;
  }
  return {};
}

std::vector<Scalar> ScalarsOf(std::span<const Word> words) {
  std::vector<Scalar> scalars;
  scalars.reserve(words.size());
  for (const Word& word : words) scalars.push_back(word.scalar);
  return scalars;
}

}  // namespace

Words FunctionLowering::EvalCall(const Expr* expr, bool tail) {
  return EvalDirectCall(expr, m_.Resolve(expr->callee, scope_->args), expr->operands, tail);
}

Words FunctionLowering::EvalDirectCall(const Expr* expr, Target target,
                                       std::span<Expr* const> operands, bool tail) {
  std::vector<Words> args;
  std::vector<ir::FunctionId> codes;
  args.reserve(operands.size());
  for (uint32_t i = 0; i < operands.size(); ++i) {
    const Expr* operand = operands[i];
    ir::FunctionId& code = codes.emplace_back();
    // A tail call has no frame left for the closure.
    bool in_frame = operand->kind == hir::ExprKind::kClosure && !tail && !m_.options().debug &&
                    !m_.callable_use().Escapes(target.function, i);
    args.push_back(in_frame ? EvalClosure(operand, &code, in_frame) : EvalCallee(operand, &code));
    if (b_.dead()) return {};
  }
  SetLocation(expr->span);
  OwnedMask owned = OwnedOperands(operands);
  if ((owned & 1) != 0 && target.function == m_.ownership().list_set()) {
    target.function = m_.ownership().list_set_owned();
  }
  return CallTarget(target, args, codes, expr->span, tail, owned);
}

Words FunctionLowering::CallTarget(const Target& target, std::span<const Words> args,
                                   std::span<const ir::FunctionId> codes, Span span, bool tail,
                                   OwnedMask owned) {
  const hir::Function& function = m_.HirFunction(target.function);
  Words result;
  if (function.kind == hir::FunctionKind::kIntrinsic) {
    if (function.extern_symbol.starts_with('%')) {
      result = EvalIntrinsic(function, target, args, codes);
    } else if (function.extern_symbol.starts_with("snow_")) {
      result = CallAbi(function, target, args);
    } else {
      result = CallC(function, target, args);
    }
  } else if (CanInline(target)) {
    return ExpandInline(target, args, codes, owned, tail);
  } else {
    std::vector<ValueId> words;
    for (const Words& arg : args) words.insert(words.end(), arg.begin(), arg.end());
    TypeId type = m_.types().Concrete(function.result, target.args);
    result = CallInstance(m_.InstanceOf(target, span, codes, owned), words, LayoutOf(type), tail);
  }
  if (!b_.dead() && IsNever(m_.types().Concrete(function.result, target.args))) b_.Unreachable();
  return result;
}

Words FunctionLowering::CallInstance(ir::FunctionId callee, std::span<const ValueId> args,
                                     const Layout& result, bool tail) {
  if (tail && callee == id_ && first_tail_param_ == 0 && start_.IsValid()) {
    for (size_t i = 0; i < args.size(); ++i) b_.Set(f_.param_slots[i], args[i]);
    LoopBack(start_);
    return {};
  }
  ValueId first = b_.Call(callee, args, ScalarsOf(result.words));
  return Words::Results(first, result.words.size());
}

Words FunctionLowering::CallMethod(hir::InterfaceId interface, uint32_t method,
                                   std::span<const TypeId> type_args, std::span<const Words> args,
                                   Span span) {
  return CallTarget(m_.ResolveMethod(interface, method, type_args), args, {}, span,
                    /*tail=*/false);
}

Words FunctionLowering::EvalCallValue(const Expr* expr, bool tail) {
  const Expr* callee = expr->operands[0];
  if (callee->kind == hir::ExprKind::kFunctionValue) {
    return EvalDirectCall(expr, m_.Resolve(callee->callee, scope_->args), expr->operands.subspan(1),
                          tail);
  }
  ir::FunctionId code;
  Words closure = EvalCallee(expr->operands[0], &code);
  if (b_.dead()) return {};
  std::vector<Words> args;
  if (!EvalAll(expr->operands.subspan(1), &args)) return {};
  SetLocation(expr->span);
  TypeId result = FunResult(Type(expr->operands[0]->type));
  Words words = CallClosure(closure, code, args, LayoutOf(result), tail);
  if (!b_.dead() && IsNever(result)) b_.Unreachable();
  return words;
}

Words FunctionLowering::CallClosure(const Words& closure, ir::FunctionId code,
                                    std::span<const Words> args, const Layout& result, bool tail) {
  std::vector<ValueId> words = {closure[0]};
  for (const Words& arg : args) words.insert(words.end(), arg.begin(), arg.end());
  if (tail && code == id_ && first_tail_param_ == 1 && closure[0] == closure_[0]) {
    for (size_t i = 1; i < words.size(); ++i) b_.Set(f_.param_slots[i], words[i]);
    LoopBack(start_);
    return {};
  }
  std::vector<Scalar> results = ScalarsOf(result.words);
  ValueId first;
  if (code.IsValid()) {
    first = b_.Call(code, words, results);
  } else {
    first = b_.CallIndirect(b_.Load(Scalar::kPtr, closure[0], kPayloadOffset), words, results);
  }
  return Words::Results(first, results.size());
}

bool FunctionLowering::CanInline(const Target& target) {
  const hir::Function& function = m_.HirFunction(target.function);
  if (inline_depth_ >= kMaxInlineDepth || function.terminate.IsValid()) return false;
  InlineKind kind = m_.InlineKindOf(target.function);
  if (kind == InlineKind::kNever) return false;
  if (kind == InlineKind::kSmall && m_.options().debug) return false;
  return std::ranges::find(inlined_, target.function) == inlined_.end();
}

// Evaluates the body here, its parameters bound to the arguments.
Words FunctionLowering::ExpandInline(const Target& target, std::span<const Words> args,
                                     std::span<const ir::FunctionId> codes, OwnedMask owned,
                                     bool tail) {
  const hir::Function& function = m_.HirFunction(target.function);
  Scope scope;
  scope.id = target.function;
  scope.function = &function;
  scope.args = target.args;
  scope.bindings.resize(function.locals.size());
  scope.fixed_location = scope_->fixed_location || m_.IsLibrary(function);
  for (size_t i = 0; i < args.size(); ++i) {
    Binding& binding = scope.bindings[function.params[i].value];
    binding.kind = Binding::Kind::kWords;
    binding.words = args[i];
    if (i < codes.size()) binding.code = codes[i];
    binding.owned = i < kMaxOwnedParams && (owned >> i & 1) != 0 &&
                    m_.ownership().MayBeOwned(target.function, function.params[i]);
  }
  Scope* outer = scope_;
  scope_ = &scope;
  ++inline_depth_;
  inlined_.push_back(target.function);
  ir::Location location = b_.location();
  Words result;
  if (tail) {
    EvalTail(function.body);
  } else {
    result = Eval(function.body);
  }
  b_.SetLocation(location);
  inlined_.pop_back();
  --inline_depth_;
  scope_ = outer;
  return result;
}

Words FunctionLowering::CallAbi(const hir::Function& function, const Target& target,
                                std::span<const Words> args) {
  auto abi = ir::FindAbiFunction(function.extern_symbol);
  if (!abi.has_value()) {
    m_.ReportExtern(function, "there is no function of this name in runtime/abi");
    b_.Unreachable();
    return {};
  }
  const ir::AbiInfo& info = ir::InfoOf(*abi);
  std::vector<ValueId> given;
  for (const Words& arg : args) given.insert(given.end(), arg.begin(), arg.end());
  std::vector<ValueId> passed;
  size_t next = 0;
  ValueId out;
  size_t out_words = 0;
  for (const ir::AbiParam& param : info.params) {
    if (param.kind == ir::AbiParamKind::kOut) {
      out_words = param.out_words;
      out = b_.Frame(param.out_words);
      passed.push_back(out);
      continue;
    }
    for (Scalar scalar : ScalarsOf(param.kind)) {
      if (next == given.size()) {
        m_.ReportExtern(function, "the runtime's function has more parameter words");
        b_.Unreachable();
        return {};
      }
      passed.push_back(ConvertScalar(given[next++], scalar));
    }
  }
  const Layout& layout = LayoutOf(m_.types().Concrete(function.result, target.args));
  size_t result_words = out.IsValid() ? out_words : ir::ResultScalars(info.result).size();
  bool returns = (info.attributes & ir::kAbiNoReturn) == 0;
  if (next != given.size() || (returns && result_words != layout.words.size())) {
    m_.ReportExtern(function, next != given.size()
                                  ? "the runtime's function has fewer parameter words"
                                  : "the runtime's function has another number of result words");
    b_.Unreachable();
    return {};
  }
  ValueId first = b_.CallRuntime(*abi, passed);
  if (!returns) {
    b_.Unreachable();
    return {};
  }
  if (out.IsValid()) return LoadWords(out, 0, layout.words);
  Words result;
  for (size_t i = 0; i < layout.words.size(); ++i) {
    ValueId word(first.value + static_cast<uint32_t>(i));
    result.Add(ConvertScalar(word, layout.words[i].scalar));
  }
  return result;
}

// The address of the bytes of a string, and their number.
std::pair<ValueId, ValueId> FunctionLowering::BytesOf(const Words& string) {
  ValueId is_long = b_.Compare(Op::kLt, string[1], b_.Int(0));
  ValueId offset =
      b_.Binary(Op::kAnd, b_.Binary(Op::kLShr, string[1], b_.Int(32)), b_.Int(0x7FFFFFFF));
  ValueId stored = b_.PtrAdd(b_.Unary(Op::kBitsPtr, string[0]),
                             b_.Binary(Op::kAdd, offset, b_.Int(sizeof(SnowBytesHead))));
  ValueId address = b_.Select(is_long, stored, Spill(string));
  ValueId long_size = b_.Binary(Op::kAnd, string[1], b_.Int(0xFFFFFFFF));
  ValueId short_size = b_.Binary(Op::kLShr, string[1], b_.Int(56));
  return {address, b_.Select(is_long, long_size, short_size)};
}

// C functions take scalars; a String or Bytes is a pointer and a length.
Words FunctionLowering::CallC(const hir::Function& function, const Target& target,
                              std::span<const Words> args) {
  using hir::Builtin;
  ir::External external;
  external.symbol = function.extern_symbol;
  std::vector<ValueId> passed;
  for (size_t i = 0; i < args.size(); ++i) {
    const hir::Local& local = function.locals[function.params[i].value];
    TypeId type = m_.types().Concrete(local.type, target.args);
    hir::TypeTable& table = m_.types().table();
    if (table.Is(type, Builtin::kString) || table.Is(type, Builtin::kBytes)) {
      auto [address, size] = BytesOf(args[i]);
      passed.push_back(address);
      passed.push_back(size);
    } else {
      passed.insert(passed.end(), args[i].begin(), args[i].end());
    }
  }
  for (ValueId value : passed) external.params.push_back(b_.TypeOf(value));
  const Layout& layout = LayoutOf(m_.types().Concrete(function.result, target.args));
  if (layout.words.size() > 1) {
    m_.ReportExtern(function, "a C function gives (), Int, Float or Bool");
    b_.Unreachable();
    return {};
  }
  external.has_result = !layout.words.empty();
  std::vector<Scalar> results = ScalarsOf(layout.words);
  if (external.has_result) external.result = results[0];
  if (function.extern_blocking) return CallBlocking(function, external, passed, layout);
  ValueId first = b_.CallExternal(m_.External(external), passed, results);
  return Words::Results(first, results.size());
}

// On a helper thread, by a C function of this module that takes the words from memory and leaves
// the result there.
Words FunctionLowering::CallBlocking(const hir::Function& function, const ir::External& external,
                                     std::span<const ValueId> args, const Layout& result) {
  ir::FunctionId thunk = m_.CodeOf(&function, m_.types().no_args(), {}, [&] {
    static constexpr Word kPointer[] = {{Scalar::kPtr, kSnowPointer}};
    ir::FunctionId id =
        m_.NewFunction("snow_blocking_" + external.symbol, external.symbol, kPointer, {});
    ir::Function& made = m_.function(id);
    made.linkage = ir::Linkage::kExported;
    made.address_taken = true;
    ir::Builder b(&made);
    made.param_slots = {b.NewSlot(Scalar::kPtr)};
    ValueId words = b.Get(made.param_slots[0]);
    std::vector<ValueId> passed;
    int64_t offset = 0;
    for (Scalar param : external.params) {
      passed.push_back(b.Load(param, words, offset));
      offset += 8;
    }
    std::vector<Scalar> results = ScalarsOf(result.words);
    ValueId first = b.CallExternal(m_.External(external), passed, results);
    if (!results.empty()) b.Store(words, 0, first);
    b.Return({});
    return id;
  });
  ValueId frame = b_.Frame(static_cast<int64_t>(std::max<size_t>(1, args.size())));
  int64_t offset = 0;
  for (ValueId arg : args) {
    b_.Store(frame, offset, arg);
    offset += 8;
  }
  b_.CallRuntime(ir::AbiFunction::k_call_blocking, {b_.Address(thunk), frame});
  return LoadWords(frame, 0, result.words);
}

}  // namespace snow::lower
