// receive, in mid-call and in tail position, and terminate.
#include <algorithm>

#include "snowc/lower/free_locals.h"
#include "snowc/lower/match_emitter.h"

namespace snow::lower {

using hir::Expr;
using hir::PatternKind;
using hir::ReceiveArmKind;
using ir::AbiFunction;
using ir::BlockId;
using ir::Op;
using ir::Scalar;
using ir::ValueId;

namespace {

constexpr int64_t kTypeOffset = offsetof(SnowMessage, type);
constexpr int64_t kMessagePayloadOffset = offsetof(SnowMessage, payload);
constexpr Word kPointer = {Scalar::kPtr, kSnowPointer};

// The types of the arms of a kind, in order. A service's messages and those of its `info` handlers
// are of different types; a receive of the program has one type.
std::vector<hir::TypeId> TypesOfArms(const hir::Receive& receive, ReceiveArmKind kind) {
  std::vector<hir::TypeId> types;
  for (const hir::ReceiveArm& arm : receive.arms) {
    if (arm.kind != kind || std::ranges::find(types, arm.pattern->type) != types.end()) continue;
    types.push_back(arm.pattern->type);
  }
  return types;
}

}  // namespace

Words FunctionLowering::AnyWords(ValueId message, ValueId info) {
  static constexpr Scalar kText[] = {Scalar::kI64, Scalar::kI64};
  m_.NoteAnyReceived();
  ValueId payload = b_.PtrAdd(message, b_.Int(kMessagePayloadOffset));
  Words words;
  for (int64_t offset : {offsetof(SnowTypeInfo, display), offsetof(SnowTypeInfo, debug)}) {
    ValueId code = b_.Load(Scalar::kPtr, info, offset);
    ValueId first = b_.CallIndirect(code, {&payload, 1}, kText);
    words.Add(first);
    words.Add(ValueId(first.value + 1));
  }
  return words;
}

void FunctionLowering::MatchArms(const hir::Receive& receive, ReceiveArmKind kind,
                                 hir::TypeId generic, ValueId message, ValueId info,
                                 const Destination& destination, BlockId miss) {
  std::vector<MatchRow> rows;
  std::vector<MatchEmitter::Arm> arms;
  std::vector<hir::Pattern*> patterns;
  patterns.reserve(receive.arms.size());
  bool uses_value = false;
  for (const hir::ReceiveArm& arm : receive.arms) {
    if (arm.kind != kind || arm.pattern->type != generic) continue;
    patterns.push_back(arm.pattern);
    if (arm.pattern->kind != PatternKind::kWildcard) uses_value = true;
    rows.push_back({std::span(&patterns.back(), 1), arm.guard != nullptr});
    arms.push_back({arm.guard, [this, &arm, &destination, message] {
                      b_.CallRuntime(AbiFunction::k_recv_accept, {message});
                      SetLocation(arm.body->span);
                      EvalInto(arm.body, destination);
                    }});
  }
  TypeId type = kind == ReceiveArmKind::kSignal ? m_.types().signal() : Type(generic);
  Words value;
  if (m_.types().table().Is(type, hir::Builtin::kAny)) {
    if (uses_value) {
      value = AnyWords(message, info);
    } else {
      for (size_t i = LayoutOf(type).words.size(); i > 0; --i) value.Add(b_.Int(0));
    }
  } else {
    value = LoadWords(message, kMessagePayloadOffset, LayoutOf(type).words);
  }
  DecisionTree tree(m_.types().table(), {&generic, 1}, rows);
  MatchEmitter emitter(this, &tree, {&type, 1}, {&value, 1}, arms, miss);
  // A message is a copy of one's own.
  emitter.SetOwned({true});
  emitter.Emit();
}

void FunctionLowering::MatchMessage(const hir::Receive& receive, ValueId message,
                                    const Destination& destination, BlockId miss) {
  ValueId info = b_.Load(Scalar::kPtr, message, kTypeOffset);
  ValueId hash = b_.Load(Scalar::kI64, info, offsetof(SnowTypeInfo, hash));
  BlockId notice = miss;
  BlockId other = b_.NewBlock();
  std::vector<hir::TypeId> signals = TypesOfArms(receive, ReceiveArmKind::kSignal);
  if (!signals.empty()) notice = b_.NewBlock();
  b_.Branch(b_.Compare(Op::kEq, hash, b_.Int(static_cast<int64_t>(kSnowSignalHash))), notice,
            other);
  if (!signals.empty()) {
    b_.SetBlock(notice);
    MatchArms(receive, ReceiveArmKind::kSignal, signals[0], message, info, destination, miss);
  }
  b_.SetBlock(other);
  for (hir::TypeId generic : TypesOfArms(receive, ReceiveArmKind::kMessage)) {
    TypeId type = Type(generic);
    if (m_.types().table().Is(type, hir::Builtin::kAny)) {
      MatchArms(receive, ReceiveArmKind::kMessage, generic, message, info, destination, miss);
      return;
    }
    BlockId fits = b_.NewBlock();
    BlockId next = b_.NewBlock();
    ValueId wanted = b_.Int(static_cast<int64_t>(m_.statics().HashOf(type)));
    b_.Branch(b_.Compare(Op::kEq, hash, wanted), fits, next);
    b_.SetBlock(fits);
    MatchArms(receive, ReceiveArmKind::kMessage, generic, message, info, destination, miss);
    b_.SetBlock(next);
  }
  b_.Jump(miss);
}

Words FunctionLowering::EvalReceive(const Expr* expr) {
  const hir::Receive& receive = *expr->receive;
  Words limit;
  if (receive.after_ms != nullptr) {
    limit = Eval(receive.after_ms);
    if (b_.dead()) return {};
  } else {
    limit = {b_.Int(-1)};
  }
  SetLocation(expr->span);
  b_.CallRuntime(AbiFunction::k_recv_start, {limit[0]});
  Destination destination = NewDestination(Type(expr->type), /*tail=*/false);
  BlockId head = b_.NewBlock();
  BlockId arrived = b_.NewBlock();
  BlockId late = b_.NewBlock();
  BlockId miss = b_.NewBlock();
  b_.Jump(head);
  b_.SetBlock(head);
  ValueId message = b_.CallRuntime(AbiFunction::k_recv_next, {});
  b_.Branch(b_.Compare(Op::kEq, message, b_.Null()), late, arrived);
  b_.SetBlock(arrived);
  MatchMessage(receive, message, destination, miss);
  b_.SetBlock(miss);
  b_.CallRuntime(AbiFunction::k_recv_skip, {message});
  b_.Jump(head);
  b_.SetBlock(late);
  if (receive.after_body != nullptr) {
    EvalInto(receive.after_body, destination);
  } else {
    b_.Unreachable();
  }
  return Join(destination);
}

// The loop becomes a function of its own, so that the actor can go on with it on another stack.
void FunctionLowering::EvalReceiveTail(const Expr* expr) {
  const hir::Receive& receive = *expr->receive;
  Words limit;
  if (receive.after_ms != nullptr) {
    limit = Eval(receive.after_ms);
    if (b_.dead()) return;
  } else {
    limit = {b_.Int(-1)};
  }
  SetLocation(expr->span);
  FreeLocals free(scope_->bindings.size());
  free.VisitArms(receive);
  std::vector<Capture> captures = CapturesOf(free.free());
  std::vector<ir::FunctionId> codes;
  for (const Capture& capture : captures) codes.push_back(capture.code);
  ir::FunctionId code = m_.CodeOf(expr->receive, scope_->args, codes, [&] {
    Target within = {scope_->id, scope_->args};
    TypeId result = result_;
    ir::FunctionId id =
        m_.NewFunction(f_.symbol + ".receive", f_.debug_name, {&kPointer, 1}, result_words_);
    m_.function(id).address_taken = true;
    m_.function(id).recursive = true;
    ModuleLowering* module = &m_;
    m_.Enqueue([=] {
      FunctionLowering(module, id)
          .LowerReceiveLoop(within, *expr->receive, result, captures, expr->span);
    });
    return id;
  });
  // A tail call, which keeps the actor's base frame.
  f_.recursive = true;
  Words closure = NewClosure(code, captures);
  b_.CallRuntime(AbiFunction::k_recv_start, {limit[0]});
  std::vector<Scalar> results;
  for (const Word& word : result_words_) results.push_back(word.scalar);
  ReturnWords(Words::Results(b_.Call(code, closure.span(), results), results.size()));
}

void FunctionLowering::LowerReceiveLoop(const Target& within, const hir::Receive& receive,
                                        TypeId result, std::span<const Capture> captures,
                                        Span span) {
  Begin(within, result);
  SetLocation(span);
  f_.loc = b_.location();
  closure_ = {b_.Get(f_.param_slots[0])};
  BindCaptures(captures);
  ir::SlotId arrived_slot = b_.NewSlot(Scalar::kPtr);
  BlockId head = b_.NewBlock();
  BlockId wait = b_.NewBlock();
  BlockId park = b_.NewBlock();
  BlockId block = b_.NewBlock();
  BlockId late = b_.NewBlock();
  BlockId arrived = b_.NewBlock();
  BlockId miss = b_.NewBlock();
  b_.Jump(head);
  b_.SetBlock(head);
  ValueId polled = b_.CallRuntime(AbiFunction::k_recv_poll, {});
  b_.Set(arrived_slot, polled);
  const int64_t cases[] = {0, 1};
  const BlockId targets[] = {wait, late};
  b_.Switch(b_.Unary(Op::kPtrBits, polled), cases, targets, arrived);

  b_.SetBlock(wait);
  b_.Branch(b_.AtBase(), park, block);
  b_.SetBlock(park);
  b_.CallRuntime(AbiFunction::k_recv_park, {closure_[0]});
  b_.Unreachable();
  b_.SetBlock(block);
  ValueId next = b_.CallRuntime(AbiFunction::k_recv_next, {});
  b_.Set(arrived_slot, next);
  b_.Branch(b_.Compare(Op::kEq, next, b_.Null()), late, arrived);

  b_.SetBlock(arrived);
  ValueId message = b_.Get(arrived_slot);
  Destination destination = NewDestination(result_, /*tail=*/true);
  MatchMessage(receive, message, destination, miss);
  b_.SetBlock(miss);
  b_.CallRuntime(AbiFunction::k_recv_skip, {message});
  b_.Jump(head);
  b_.SetBlock(late);
  if (receive.after_body != nullptr) {
    EvalTail(receive.after_body);
  } else {
    b_.Unreachable();
  }
  Finish();
}

// Saves the parameters of this turn for `terminate`.
void FunctionLowering::SetTerminate(const hir::Function& function, TypeArgs* args) {
  std::vector<Capture> captures;
  for (hir::LocalId param : function.params) {
    captures.push_back({param, Type(function.locals[param.value].type), nullptr, {}});
  }
  ir::FunctionId code = m_.CodeOf(&function.terminate, args, {}, [&] {
    ir::FunctionId id = m_.NewFunction(f_.symbol + ".terminate", f_.debug_name, {&kPointer, 1}, {});
    m_.function(id).address_taken = true;
    ModuleLowering* module = &m_;
    Target terminate = {function.terminate, args};
    m_.Enqueue([=] { FunctionLowering(module, id).LowerTerminate(terminate, captures); });
    return id;
  });
  b_.CallRuntime(AbiFunction::k_set_terminate, {NewClosure(code, captures)[0]});
}

void FunctionLowering::LowerTerminate(const Target& terminate, std::span<const Capture> captures) {
  const hir::Function& function = m_.HirFunction(terminate.function);
  Begin(terminate, m_.types().unit());
  SetLocation(function.span);
  f_.loc = b_.location();
  closure_ = {b_.Get(f_.param_slots[0])};
  std::vector<Words> args;
  int64_t offset = kPayloadOffset + 8;
  for (const Capture& capture : captures) {
    const std::vector<Word>& words = LayoutOf(capture.type).words;
    args.push_back(LoadWords(closure_[0], offset, words));
    offset += static_cast<int64_t>(8 * words.size());
  }
  CallTarget(terminate, args, {}, function.span, /*tail=*/false);
  ReturnWords({});
  Finish();
}

}  // namespace snow::lower
