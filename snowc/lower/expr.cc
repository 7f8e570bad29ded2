// Expressions but for calls, closures, loops, matches and receives.
#include <algorithm>

#include "snowc/lower/function_lowering.h"

namespace snow::lower {

using hir::Expr;
using hir::ExprKind;
using ir::BlockId;
using ir::Op;
using ir::ValueId;

Words FunctionLowering::Eval(const Expr* expr) {
  Words words = EvalKind(expr);
  if (b_.dead()) return Poison(LayoutOf(expr));
  return words;
}

Words FunctionLowering::EvalKind(const Expr* expr) {
  switch (expr->kind) {
    case ExprKind::kInt:
      return {b_.Int(expr->int_value)};
    case ExprKind::kFloat:
      return {b_.Float(expr->float_value)};
    case ExprKind::kBool:
      return {b_.Bool(expr->int_value != 0)};
    case ExprKind::kString:
    case ExprKind::kAtom:
      return StringWords(expr->text);
    case ExprKind::kUnit:
      return {};
    case ExprKind::kLocal: {
      const Binding* binding = Find(expr->local);
      // A variable of code that is never reached has no value.
      return binding == nullptr ? Poison(LayoutOf(expr)) : binding->words;
    }
    case ExprKind::kPolyLocal:
      return EvalPoly(expr, nullptr);
    case ExprKind::kFunctionValue:
      return EvalFunctionValue(expr, nullptr);
    case ExprKind::kCall:
      return EvalCall(expr, /*tail=*/false);
    case ExprKind::kCallValue:
      return EvalCallValue(expr, /*tail=*/false);
    case ExprKind::kClosure:
      return EvalClosure(expr, nullptr);
    case ExprKind::kBlock:
      return EvalBlock(expr, /*tail=*/false);
    case ExprKind::kLet:
      EvalLet(expr);
      return {};
    case ExprKind::kLetPoly: {
      Binding& binding = scope_->bindings[expr->poly->local.value];
      binding.kind = Binding::Kind::kPoly;
      binding.poly = expr->poly;
      return {};
    }
    case ExprKind::kIf:
      return EvalBranches(expr);
    case ExprKind::kAnd:
    case ExprKind::kOr:
      return EvalShortCircuit(expr);
    case ExprKind::kMatch:
      return EvalMatch(expr, /*tail=*/false);
    case ExprKind::kWhile:
      return EvalWhile(expr);
    case ExprKind::kFor:
      return EvalFor(expr);
    case ExprKind::kReturn:
      EvalReturn(expr);
      return {};
    case ExprKind::kBreak:
      b_.Jump(loops_.back().exit);
      return {};
    case ExprKind::kContinue:
      b_.Jump(loops_.back().next);
      return {};
    case ExprKind::kTuple:
    case ExprKind::kStruct:
      return EvalStruct(expr);
    case ExprKind::kTupleGet:
    case ExprKind::kFieldGet: {
      Words value = Eval(expr->operands[0]);
      if (b_.dead()) return {};
      return GetField(LayoutOf(expr->operands[0]), value, expr->index);
    }
    case ExprKind::kUpdate:
      return EvalUpdate(expr);
    case ExprKind::kVariant:
      return EvalVariant(expr);
    case ExprKind::kList:
      return EvalList(expr);
    case ExprKind::kInterpolate:
      return EvalInterpolate(expr);
    case ExprKind::kTry:
      return EvalTry(expr);
    case ExprKind::kReceive:
      return EvalReceive(expr);
    case ExprKind::kSelf:
      return {b_.ActorLoad(ir::Scalar::kI64, offsetof(SnowActor, pid))};
    case ExprKind::kPanic:
      EvalPanic(expr);
      return {};
  }
  return {};
}

void FunctionLowering::EvalTail(const Expr* expr) {
  TypeId type = Type(expr->type);
  // A value is dropped where the function gives unit. Otherwise types that agree without being the
  // same (Pid and Pid<M>, functions of other message types) have the same words.
  if (type != result_ && !IsNever(type) && result_words_.empty()) {
    Eval(expr);
    if (!b_.dead()) ReturnWords({});
    return;
  }
  switch (expr->kind) {
    case ExprKind::kBlock:
      EvalBlock(expr, /*tail=*/true);
      return;
    case ExprKind::kIf: {
      BlockId yes = b_.NewBlock();
      BlockId no = b_.NewBlock();
      EvalCondition(expr->operands[0], yes, no);
      b_.SetBlock(yes);
      EvalTail(expr->operands[1]);
      b_.SetBlock(no);
      EvalTail(expr->operands[2]);
      b_.SetBlock(BlockId());
      return;
    }
    case ExprKind::kMatch:
      EvalMatch(expr, /*tail=*/true);
      return;
    case ExprKind::kReceive:
      EvalReceiveTail(expr);
      return;
    case ExprKind::kCall:
    case ExprKind::kCallValue: {
      Words words = expr->kind == ExprKind::kCall ? EvalCall(expr, /*tail=*/true)
                                                  : EvalCallValue(expr, /*tail=*/true);
      if (!b_.dead()) ReturnWords(words);
      return;
    }
    default: {
      Words words = Eval(expr);
      if (!b_.dead()) ReturnWords(words);
      return;
    }
  }
}

bool FunctionLowering::EvalAll(std::span<Expr* const> exprs, std::vector<Words>* values) {
  values->reserve(exprs.size());
  for (const Expr* expr : exprs) {
    values->push_back(Eval(expr));
    if (b_.dead()) return false;
  }
  return true;
}

Words FunctionLowering::EvalBlock(const Expr* expr, bool tail) {
  for (size_t i = 0; i + 1 < expr->operands.size(); ++i) {
    SetLocation(expr->operands[i]->span);
    Eval(expr->operands[i]);
    if (b_.dead()) return {};
  }
  const Expr* last = expr->operands.back();
  SetLocation(last->span);
  if (tail) {
    EvalTail(last);
    return {};
  }
  return Eval(last);
}

void FunctionLowering::EvalLet(const Expr* expr) {
  const Expr* value = expr->operands[0];
  ir::FunctionId code;
  Words words = EvalCallee(value, &code);
  if (b_.dead()) return;
  BindPattern(expr->pattern, words, code, IsOwned(value));
}

void FunctionLowering::EvalCondition(const Expr* expr, BlockId if_true, BlockId if_false) {
  switch (expr->kind) {
    case ExprKind::kAnd: {
      BlockId next = b_.NewBlock();
      EvalCondition(expr->operands[0], next, if_false);
      b_.SetBlock(next);
      EvalCondition(expr->operands[1], if_true, if_false);
      return;
    }
    case ExprKind::kOr: {
      BlockId next = b_.NewBlock();
      EvalCondition(expr->operands[0], if_true, next);
      b_.SetBlock(next);
      EvalCondition(expr->operands[1], if_true, if_false);
      return;
    }
    case ExprKind::kBool:
      b_.Jump(expr->int_value != 0 ? if_true : if_false);
      return;
    case ExprKind::kIf: {
      BlockId yes = b_.NewBlock();
      BlockId no = b_.NewBlock();
      EvalCondition(expr->operands[0], yes, no);
      b_.SetBlock(yes);
      EvalCondition(expr->operands[1], if_true, if_false);
      b_.SetBlock(no);
      EvalCondition(expr->operands[2], if_true, if_false);
      return;
    }
    default: {
      Words words = Eval(expr);
      if (!b_.dead()) b_.Branch(words[0], if_true, if_false);
      b_.SetBlock(BlockId());
      return;
    }
  }
}

FunctionLowering::Destination FunctionLowering::NewDestination(TypeId type, bool tail) {
  Destination destination;
  destination.tail = tail;
  destination.type = type;
  if (tail) return destination;
  for (const Word& word : LayoutOf(type).words) {
    destination.slots.push_back(b_.NewSlot(word.scalar));
  }
  destination.join = b_.NewBlock();
  return destination;
}

void FunctionLowering::EvalInto(const Expr* expr, const Destination& destination) {
  if (destination.tail) {
    EvalTail(expr);
    return;
  }
  Words words = Eval(expr);
  if (b_.dead()) return;
  // A branch whose value is dropped has another type.
  if (words.size() == destination.slots.size()) {
    for (size_t i = 0; i < words.size(); ++i) b_.Set(destination.slots[i], words[i]);
  }
  b_.Jump(destination.join);
}

Words FunctionLowering::Join(const Destination& destination) {
  if (destination.tail) {
    b_.SetBlock(BlockId());
    return {};
  }
  // What never gives a value has no join.
  if (IsNever(destination.type)) {
    b_.SetBlock(BlockId());
    return {};
  }
  b_.SetBlock(destination.join);
  Words words;
  for (ir::SlotId slot : destination.slots) words.Add(b_.Get(slot));
  return words;
}

Words FunctionLowering::EvalBranches(const Expr* expr) {
  BlockId yes = b_.NewBlock();
  BlockId no = b_.NewBlock();
  EvalCondition(expr->operands[0], yes, no);
  Destination destination = NewDestination(Type(expr->type), /*tail=*/false);
  b_.SetBlock(yes);
  EvalInto(expr->operands[1], destination);
  b_.SetBlock(no);
  EvalInto(expr->operands[2], destination);
  return Join(destination);
}

Words FunctionLowering::EvalShortCircuit(const Expr* expr) {
  BlockId yes = b_.NewBlock();
  BlockId no = b_.NewBlock();
  BlockId join = b_.NewBlock();
  ir::SlotId slot = b_.NewSlot(ir::Scalar::kI1);
  EvalCondition(expr, yes, no);
  b_.SetBlock(yes);
  b_.Set(slot, b_.Bool(true));
  b_.Jump(join);
  b_.SetBlock(no);
  b_.Set(slot, b_.Bool(false));
  b_.Jump(join);
  b_.SetBlock(join);
  return {b_.Get(slot)};
}

Words FunctionLowering::EvalStruct(const Expr* expr) {
  if (std::optional<Words> constant = EvalConstant(expr)) return *constant;
  std::vector<Words> fields;
  if (!EvalAll(expr->operands, &fields)) return {};
  return MakeStruct(LayoutOf(expr), fields);
}

Words FunctionLowering::EvalUpdate(const Expr* expr) {
  std::vector<Words> values;
  if (!EvalAll(expr->operands, &values)) return {};
  const Layout& layout = LayoutOf(expr);
  std::vector<Words> fields(layout.fields().size());
  for (size_t i = 0; i < expr->fields.size(); ++i) fields[expr->fields[i]] = values[i + 1];
  for (uint32_t i = 0; i < fields.size(); ++i) {
    if (std::ranges::find(expr->fields, i) == expr->fields.end()) {
      fields[i] = GetField(layout, values[0], i);
    }
  }
  return MakeStruct(layout, fields);
}

Words FunctionLowering::EvalVariant(const Expr* expr) {
  if (std::optional<Words> constant = EvalConstant(expr)) return *constant;
  std::vector<Words> fields;
  if (!EvalAll(expr->operands, &fields)) return {};
  return MakeVariant(LayoutOf(expr), expr->index, fields);
}

Words FunctionLowering::EvalInterpolate(const Expr* expr) {
  std::vector<Words> parts;
  std::string literal;
  auto flush = [&] {
    if (literal.empty()) return;
    parts.push_back(StringWords(literal));
    literal.clear();
  };
  for (const Expr* operand : expr->operands) {
    if (operand->kind == ExprKind::kString) {
      literal += operand->text;
      continue;
    }
    flush();
    parts.push_back(Eval(operand));
    if (b_.dead()) return {};
  }
  flush();
  if (parts.empty()) return StringWords("");
  if (parts.size() == 1) return parts[0];
  return JoinTexts(parts);
}

void FunctionLowering::EvalReturn(const Expr* expr) {
  SetLocation(expr->span);
  if (expr->operands.empty()) {
    ReturnWords({});
    return;
  }
  EvalTail(expr->operands[0]);
}

void FunctionLowering::EvalPanic(const Expr* expr) {
  Words message = Eval(expr->operands[0]);
  if (b_.dead()) return;
  SetLocation(expr->span);
  Panic(message);
}

Words FunctionLowering::EvalTry(const Expr* expr) {
  const hir::TryInfo& info = *expr->try_info;
  const KnownVariants& known = m_.variants();
  Words value = Eval(expr->operands[0]);
  if (b_.dead()) return {};
  const Layout& layout = LayoutOf(expr->operands[0]);
  uint32_t good = info.is_option ? known.some : known.ok;
  uint32_t bad = info.is_option ? known.none : known.err;
  BlockId success = b_.NewBlock();
  BlockId failure = b_.NewBlock();
  std::vector<BlockId> targets(2);
  targets[good] = success;
  targets[bad] = failure;
  SwitchVariant(layout, value, targets, failure);

  b_.SetBlock(failure);
  SetLocation(expr->span);
  if (info.ends_program) {
    Words message = StringWords("None");
    if (!info.is_option) {
      Words error = GetVariantField(layout, value, bad, 0);
      Target display = m_.Resolve(info.display, scope_->args);
      message = CallTarget(display, {&error, 1}, {}, expr->span, /*tail=*/false);
    }
    if (scope_->function->kind == hir::FunctionKind::kTest) {
      Panic(message);
    } else {
      b_.CallRuntime(ir::AbiFunction::k_fail_program, {message[0], message[1]});
      b_.Unreachable();
    }
  } else {
    const Layout& result = m_.LayoutOf(result_);
    std::vector<Words> fields;
    if (!info.is_option) {
      fields.push_back(GetVariantField(layout, value, bad, 0));
      if (info.converts) {
        Target convert = m_.Resolve(info.convert, scope_->args);
        fields[0] = CallTarget(convert, fields, {}, expr->span, /*tail=*/false);
      }
    }
    if (!b_.dead()) ReturnWords(MakeVariant(result, bad, fields));
  }

  b_.SetBlock(success);
  return GetVariantField(layout, value, good, 0);
}

}  // namespace snow::lower
