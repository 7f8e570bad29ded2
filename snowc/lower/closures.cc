// Closures, local functions, functions as values.
#include <algorithm>

#include "snowc/lower/free_locals.h"
#include "snowc/lower/function_lowering.h"

namespace snow::lower {

using hir::Expr;
using hir::ExprKind;
using ir::Scalar;
using ir::ValueId;

namespace {

constexpr Word kPointer = {Scalar::kPtr, kSnowPointer};

// `spawn(worker, 1)` is a closure around a call: reports name the function that it calls.
const hir::Callee* OnlyCallee(const Expr* body) {
  while (body->kind == ExprKind::kBlock && body->operands.size() == 1) body = body->operands[0];
  const Expr* callee = body->kind == ExprKind::kCallValue ? body->operands[0] : body;
  bool named = callee->kind == ExprKind::kCall || callee->kind == ExprKind::kFunctionValue;
  return named && callee->callee.kind == hir::CalleeKind::kFunction ? &callee->callee : nullptr;
}

}  // namespace

Words FunctionLowering::EvalCallee(const Expr* expr, ir::FunctionId* code) {
  Words words;
  switch (expr->kind) {
    case ExprKind::kClosure:
      words = EvalClosure(expr, code);
      break;
    case ExprKind::kPolyLocal:
      words = EvalPoly(expr, code);
      break;
    case ExprKind::kLocal: {
      const Binding* binding = Find(expr->local);
      if (binding != nullptr) *code = binding->code;
      return Eval(expr);
    }
    case ExprKind::kFunctionValue:
      words = EvalFunctionValue(expr, code);
      break;
    default:
      return Eval(expr);
  }
  return b_.dead() ? Poison(LayoutOf(expr)) : words;
}

std::vector<Capture> FunctionLowering::CapturesOf(const std::vector<hir::LocalId>& free) {
  std::vector<Capture> captures;
  std::vector<bool> seen(scope_->bindings.size());
  std::vector<hir::LocalId> pending(free.rbegin(), free.rend());
  while (!pending.empty()) {
    hir::LocalId local = pending.back();
    pending.pop_back();
    if (seen[local.value]) continue;
    seen[local.value] = true;
    const Binding* binding = Find(local);
    if (binding == nullptr) continue;
    Capture capture;
    capture.local = local;
    if (binding->kind == Binding::Kind::kPoly) {
      // Built anew where it is used: that needs what its value needs.
      capture.poly = binding->poly;
      FreeLocals inner(scope_->bindings.size());
      inner.Visit(binding->poly->value);
      pending.insert(pending.end(), inner.free().rbegin(), inner.free().rend());
    } else {
      capture.type = Type(scope_->function->locals[local.value].type);
      // Code made for code is bounded.
      constexpr uint32_t kMostDepth = 1;
      if (binding->code.IsValid() && m_.CodeDepth(binding->code) <= kMostDepth) {
        capture.code = binding->code;
      }
    }
    captures.push_back(capture);
  }
  return captures;
}

Words FunctionLowering::NewClosure(ir::FunctionId code, std::span<const Capture> captures,
                                   bool in_frame) {
  std::vector<ValueId> words;
  std::vector<Word> kinds;
  for (const Capture& capture : captures) {
    if (capture.poly != nullptr) continue;
    const Binding* binding = Find(capture.local);
    const std::vector<Word>& layout = LayoutOf(capture.type).words;
    words.insert(words.end(), binding->words.begin(), binding->words.end());
    kinds.insert(kinds.end(), layout.begin(), layout.end());
  }
  if (words.empty()) {
    std::string name = "closure." + m_.function(code).symbol;
    return {b_.Address(m_.statics().StaticClosure(code, std::move(name)))};
  }
  words.insert(words.begin(), b_.Address(code));
  if (in_frame) {
    // Of the size of the object, so that code finds the words in the same places.
    ValueId frame = b_.Frame(static_cast<int64_t>(words.size()) + 1);
    int64_t offset = kPayloadOffset;
    for (ValueId word : words) {
      b_.Store(frame, offset, word);
      offset += 8;
    }
    return {frame};
  }
  return {NewObject(m_.statics().ClosureDescriptor(kinds), words, 0)};
}

ir::FunctionId FunctionLowering::ClosureCode(const Expr* expr, TypeArgs* args,
                                             const std::vector<Capture>& captures,
                                             const hir::PolyBinding* self_poly) {
  std::vector<ir::FunctionId> codes;
  uint32_t depth = 0;
  for (const Capture& capture : captures) {
    codes.push_back(capture.code);
    if (capture.code.IsValid()) depth = std::max(depth, m_.CodeDepth(capture.code));
  }
  return m_.CodeOf(expr->closure, args, codes, [&] {
    const hir::Function& function = *scope_->function;
    Target within = {scope_->id, args};
    TypeId fun = m_.types().Concrete(expr->type, args);
    TypeId result = FunResult(fun);
    std::vector<Word> params = {kPointer};
    for (TypeId param : FunParams(fun)) {
      const std::vector<Word>& words = LayoutOf(param).words;
      params.insert(params.end(), words.begin(), words.end());
    }
    std::string name = m_.DebugNameOf(function) + ".fn";
    if (const hir::Callee* callee = OnlyCallee(expr->closure->body);
        callee != nullptr && expr->closure->params.empty()) {
      name = m_.DebugNameOf(m_.HirFunction(callee->function));
    }
    ir::FunctionId id =
        m_.NewFunction(f_.symbol + ".fn", std::move(name), params, LayoutOf(result).words);
    m_.function(id).address_taken = true;
    m_.SetCodeDepth(id, depth + 1);
    ModuleLowering* module = &m_;
    m_.Enqueue([=] {
      FunctionLowering(module, id)
          .LowerClosure(within, *expr->closure, result, captures, self_poly);
    });
    return id;
  });
}

Words FunctionLowering::EvalClosure(const Expr* expr, ir::FunctionId* code, bool in_frame) {
  FreeLocals free(scope_->bindings.size());
  free.VisitClosure(*expr->closure);
  std::vector<Capture> captures = CapturesOf(free.free());
  ir::FunctionId id = ClosureCode(expr, scope_->args, captures, nullptr);
  if (code != nullptr) *code = id;
  return NewClosure(id, captures, in_frame);
}

TypeArgs* FunctionLowering::PolyArgs(const hir::PolyBinding& poly,
                                     std::span<const TypeId> type_args) {
  std::span<const TypeId> outer = scope_->args->args;
  std::vector<TypeId> args(outer.begin(),
                           outer.begin() + std::min<size_t>(outer.size(), poly.first_generic));
  args.resize(poly.first_generic, m_.types().unit());
  for (uint32_t i = 0; i < poly.generic_count; ++i) {
    args.push_back(i < type_args.size() ? Type(type_args[i]) : m_.types().unit());
  }
  return m_.types().Intern(args);
}

Words FunctionLowering::EvalPoly(const Expr* expr, ir::FunctionId* code) {
  const Binding* binding = Find(expr->local);
  if (binding == nullptr) return Poison(LayoutOf(expr));
  const hir::PolyBinding& poly = *binding->poly;
  TypeArgs* args = PolyArgs(poly, expr->type_args);
  for (TypeId arg : args->args) {
    if (m_.types().DepthOf(arg) > kMaxTypeDepth) {
      m_.ReportOverflow(arg, expr->span);
      b_.Unreachable();
      return {};
    }
  }
  if (poly.value->kind == ExprKind::kClosure) {
    // Its own code, under the same arguments: the closure at hand is the value.
    if (self_poly_ == &poly && scope_ == &own_scope_ && args == scope_->args) {
      if (code != nullptr) *code = id_;
      return closure_;
    }
    FreeLocals free(scope_->bindings.size());
    free.Bind(poly.local);
    free.VisitClosure(*poly.value->closure);
    std::vector<Capture> captures = CapturesOf(free.free());
    // The code must find the binding itself, too.
    captures.push_back({poly.local, TypeId(), &poly, {}});
    ir::FunctionId id = ClosureCode(poly.value, args, captures, &poly);
    if (code != nullptr) *code = id;
    return NewClosure(id, captures);
  }
  TypeArgs* outer = scope_->args;
  scope_->args = args;
  Words words = Eval(poly.value);
  scope_->args = outer;
  return words;
}

Words FunctionLowering::EvalFunctionValue(const Expr* expr, ir::FunctionId* code) {
  Target target = m_.Resolve(expr->callee, scope_->args);
  if (code != nullptr) *code = m_.FunctionValueCode(target);
  return {b_.Address(m_.FunctionValue(target))};
}

}  // namespace snow::lower
