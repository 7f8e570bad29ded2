#include "snowc/lower/function_lowering.h"

#include <cassert>

namespace snow::lower {

using ir::ValueId;

namespace {

// A loop makes so many turns for nothing. Few, since a loop that calls functions with loops
// multiplies them.
constexpr int64_t kFirstTurns = 8;
constexpr int64_t kTurnsPerCheck = 32;

}  // namespace

FunctionLowering::FunctionLowering(ModuleLowering* module, ir::FunctionId id)
    : m_(*module), id_(id), f_(module->function(id)), b_(&f_) {}

void FunctionLowering::SetLocation(Span span) {
  if (scope_->fixed_location || !span.IsValid()) return;
  b_.SetLocation(m_.Locate(span));
}

void FunctionLowering::Begin(const Target& target, TypeId result) {
  own_scope_.id = target.function;
  own_scope_.function = &m_.HirFunction(target.function);
  own_scope_.args = target.args;
  own_scope_.bindings.resize(own_scope_.function->locals.size());
  BeginPlain(result);
}

void FunctionLowering::BeginPlain(TypeId result) {
  static const hir::Function kNone;
  if (own_scope_.function == nullptr) {
    own_scope_.function = &kNone;
    own_scope_.args = m_.types().no_args();
  }
  scope_ = &own_scope_;
  result_ = result;
  result_words_ = LayoutOf(result).words;
  for (ir::Scalar type : f_.params) f_.param_slots.push_back(b_.NewSlot(type));
}

// The parameters are slots, so that a tail call to the function itself can be a loop; the code
// after the loop's start reads them once.
void FunctionLowering::BindParams(std::span<const hir::LocalId> params, size_t first_param) {
  first_tail_param_ = first_param;
  size_t slot = first_param;
  for (hir::LocalId param : params) {
    const hir::Local& local = scope_->function->locals[param.value];
    size_t count = LayoutOf(Type(local.type)).words.size();
    for (size_t word = 0; word < count; ++word) {
      ir::Slot& named = f_.slots[f_.param_slots[slot + word].value];
      named.name = m_.types().Name(local.name);
      named.word = static_cast<uint32_t>(word);
    }
    slot += count;
  }
  assert(slot == f_.params.size());
  start_ = b_.NewBlock();
  b_.Jump(start_);
  b_.SetBlock(start_);
  slot = first_param;
  for (hir::LocalId param : params) {
    const hir::Local& local = scope_->function->locals[param.value];
    Words words;
    for (size_t i = LayoutOf(Type(local.type)).words.size(); i > 0; --i) {
      words.Add(b_.Get(f_.param_slots[slot++]));
    }
    Binding& binding = scope_->bindings[param.value];
    binding.kind = Binding::Kind::kWords;
    binding.words = words;
  }
}

void FunctionLowering::BindCaptures(std::span<const Capture> captures) {
  int64_t offset = kPayloadOffset + 8;
  for (const Capture& capture : captures) {
    Binding& binding = scope_->bindings[capture.local.value];
    if (capture.poly != nullptr) {
      binding.kind = Binding::Kind::kPoly;
      binding.poly = capture.poly;
      continue;
    }
    const Layout& layout = LayoutOf(capture.type);
    Words words = LoadWords(closure_[0], offset, layout.words);
    offset += static_cast<int64_t>(8 * layout.words.size());
    Bind(capture.local, words, capture.code);
  }
}

void FunctionLowering::LoopBack(ir::BlockId head) {
  if (b_.dead()) return;
  if (!fuel_.IsValid()) fuel_ = b_.NewSlot(ir::Scalar::kI64);
  ir::BlockId check = b_.NewBlock();
  ValueId left = b_.Binary(ir::Op::kSub, b_.Get(fuel_), b_.Int(1));
  b_.Set(fuel_, left);
  b_.Branch(b_.Compare(ir::Op::kGt, left, b_.Int(0)), head, check, /*unlikely_second=*/true);
  b_.SetBlock(check);
  b_.Safepoint(kTurnsPerCheck);
  b_.Set(fuel_, b_.Int(kTurnsPerCheck));
  b_.Jump(head);
}

void FunctionLowering::Finish() {
  assert(b_.dead());
  if (fuel_.IsValid()) {
    // At the entry, before its jump.
    b_.SetBlock(ir::BlockId(0));
    b_.Set(fuel_, b_.Int(kFirstTurns));
    b_.SetBlock(ir::BlockId());
  }
  b_.Finish();
}

void FunctionLowering::ReturnWords(const Words& words) { b_.Return(words.span()); }

void FunctionLowering::LowerFunction(const Target& target, std::span<const ir::FunctionId> codes,
                                     OwnedMask owned) {
  const hir::Function& function = m_.HirFunction(target.function);
  Begin(target, m_.types().Concrete(function.result, target.args));
  SetLocation(function.span);
  f_.loc = b_.location();
  inlined_.push_back(target.function);
  BindParams(function.params, 0);
  for (size_t i = 0; i < codes.size(); ++i) {
    scope_->bindings[function.params[i].value].code = codes[i];
  }
  for (size_t i = 0; i < function.params.size(); ++i) {
    if (i >= kMaxOwnedParams || (owned >> i & 1) == 0) continue;
    hir::LocalId param = function.params[i];
    scope_->bindings[param.value].owned = m_.ownership().MayBeOwned(target.function, param);
  }
  if (function.terminate.IsValid()) SetTerminate(function, target.args);
  EvalTail(function.body);
  Finish();
}

void FunctionLowering::LowerClosure(const Target& within, const hir::Closure& closure,
                                    TypeId result, std::span<const Capture> captures,
                                    const hir::PolyBinding* self_poly) {
  Begin(within, result);
  SetLocation(closure.body->span);
  f_.loc = b_.location();
  closure_ = {b_.Get(f_.param_slots[0])};
  self_poly_ = self_poly;
  BindCaptures(captures);
  BindParams(closure.params, 1);
  EvalTail(closure.body);
  Finish();
}

void FunctionLowering::LowerAdapter(const Target& target) {
  const hir::Function& function = m_.HirFunction(target.function);
  Begin(target, m_.types().Concrete(function.result, target.args));
  SetLocation(function.span);
  f_.loc = b_.location();
  std::vector<Words> args;
  size_t slot = 1;
  for (hir::LocalId param : function.params) {
    Words& words = args.emplace_back();
    for (size_t i = LayoutOf(Type(function.locals[param.value].type)).words.size(); i > 0; --i) {
      words.Add(b_.Get(f_.param_slots[slot++]));
    }
  }
  Words result = CallTarget(target, args, {}, function.span, /*tail=*/true);
  if (!b_.dead()) ReturnWords(result);
  Finish();
}

// The parameter points to the words of a value.
void FunctionLowering::LowerPrinter(TypeId type, hir::InterfaceId interface) {
  BeginPlain(m_.types().table().Con(hir::Builtin::kString));
  Words value = LoadWords(b_.Get(f_.param_slots[0]), 0, LayoutOf(type).words);
  // What has no Display is shown by Debug, which all but a few types have.
  for (hir::InterfaceId candidate : {interface, m_.program().known.debug}) {
    if (!m_.types().Implements(candidate, type)) continue;
    ReturnWords(CallMethod(candidate, 0, {&type, 1}, {&value, 1}, Span()));
    break;
  }
  if (!b_.dead()) ReturnWords(StringWords("<" + m_.types().PrintName(type) + ">"));
  Finish();
}

void FunctionLowering::Bind(hir::LocalId local, const Words& words, ir::FunctionId code,
                            bool owned) {
  Binding& binding = scope_->bindings[local.value];
  binding.kind = Binding::Kind::kWords;
  binding.words = words;
  binding.code = code;
  binding.owned = owned && m_.ownership().MayBeOwned(scope_->id, local);
  if (!m_.options().debug || scope_ != &own_scope_) return;
  std::string_view name = m_.types().Name(scope_->function->locals[local.value].name);
  if (name.empty()) return;
  for (uint32_t i = 0; i < words.size(); ++i) {
    b_.Set(b_.NewSlot(b_.TypeOf(words[i]), std::string(name), i), words[i]);
  }
}

Binding* FunctionLowering::Find(hir::LocalId local) {
  Binding& binding = scope_->bindings[local.value];
  return binding.kind == Binding::Kind::kNone ? nullptr : &binding;
}

std::vector<TypeId> FunctionLowering::FunParams(TypeId fun) {
  const hir::Type type = m_.types().Get(fun);
  if (type.kind != hir::TypeKind::kFun) return {};
  return {type.args.begin(), type.args.end() - 2};
}

TypeId FunctionLowering::FunResult(TypeId fun) {
  const hir::Type type = m_.types().Get(fun);
  if (type.kind != hir::TypeKind::kFun) return m_.types().unit();
  return type.args[type.args.size() - 2];
}

}  // namespace snow::lower
