#include "snowc/lower/message_use.h"

namespace snow::lower {

using hir::Expr;
using hir::ExprKind;
using hir::TypeId;
using hir::TypeKind;

bool MessageUse::Mentions(TypeId id, TypeId message) const {
  if (id == message) return true;
  const hir::Type& type = program_->types.Get(id);
  size_t count = type.args.size();
  // A closure keeps its own message type, whoever runs it.
  if (type.kind == TypeKind::kFun) --count;
  for (size_t i = 0; i < count; ++i) {
    if (Mentions(type.args[i], message)) return true;
  }
  return false;
}

void MessageUse::VisitCallee(const hir::Callee& callee, TypeId message, Facts* facts) {
  int32_t own = -1;
  if (callee.kind == hir::CalleeKind::kFunction) {
    own = program_->functions[callee.function.value].message_generic;
  }
  for (size_t i = 0; i < callee.type_args.size(); ++i) {
    if (static_cast<int32_t>(i) == own && callee.type_args[i] == message) {
      facts->callees.push_back(callee.function);
    } else if (Mentions(callee.type_args[i], message)) {
      facts->uses = true;
    }
  }
}

void MessageUse::VisitPattern(const hir::Pattern* pattern, TypeId message, Facts* facts) {
  if (pattern == nullptr) return;
  if (pattern->type.IsValid() && Mentions(pattern->type, message)) facts->uses = true;
  for (const hir::Pattern* sub : pattern->subs) VisitPattern(sub, message, facts);
  VisitPattern(pattern->rest, message, facts);
}

void MessageUse::Visit(const Expr* expr, TypeId message, Facts* facts) {
  if (facts->uses) return;
  // A Pid is one word whatever it accepts, so `self()` alone does not count.
  bool is_self = expr->kind == ExprKind::kSelf;
  if (!is_self && Mentions(expr->type, message)) {
    facts->uses = true;
    return;
  }
  for (const Expr* operand : expr->operands) Visit(operand, message, facts);
  switch (expr->kind) {
    case ExprKind::kCall:
    case ExprKind::kFunctionValue:
      VisitCallee(expr->callee, message, facts);
      break;
    case ExprKind::kPolyLocal:
      for (TypeId arg : expr->type_args) {
        if (Mentions(arg, message)) facts->uses = true;
      }
      break;
    case ExprKind::kLet:
      VisitPattern(expr->pattern, message, facts);
      break;
    case ExprKind::kClosure:
      Visit(expr->closure->body, message, facts);
      break;
    case ExprKind::kLetPoly:
      Visit(expr->poly->value, message, facts);
      break;
    case ExprKind::kMatch:
      for (const Expr* scrutinee : expr->match->scrutinees) Visit(scrutinee, message, facts);
      for (const hir::Arm& arm : expr->match->arms) {
        for (const hir::Pattern* pattern : arm.patterns) VisitPattern(pattern, message, facts);
        if (arm.guard != nullptr) Visit(arm.guard, message, facts);
        Visit(arm.body, message, facts);
      }
      break;
    case ExprKind::kFor: {
      const hir::ForLoop& loop = *expr->for_loop;
      Visit(loop.iterable, message, facts);
      VisitPattern(loop.pattern, message, facts);
      VisitCallee(loop.iter, message, facts);
      VisitCallee(loop.next, message, facts);
      if (loop.filter != nullptr) Visit(loop.filter, message, facts);
      Visit(loop.body, message, facts);
      break;
    }
    case ExprKind::kTry:
      if (expr->try_info->converts) VisitCallee(expr->try_info->convert, message, facts);
      if (expr->try_info->ends_program) VisitCallee(expr->try_info->display, message, facts);
      break;
    case ExprKind::kReceive:
      // What a receive takes is decided by the type.
      facts->uses = true;
      break;
    default:
      break;
  }
}

MessageUse::Facts& MessageUse::Gather(hir::FunctionId id) {
  Facts& facts = facts_[id.value];
  if (facts.gathered) return facts;
  facts.gathered = true;
  const hir::Function& function = program_->functions[id.value];
  if (function.message_generic < 0 || function.body == nullptr) return facts;
  TypeId message = program_->types.Param(static_cast<uint32_t>(function.message_generic));
  for (const hir::Local& local : function.locals) {
    if (local.type.IsValid() && Mentions(local.type, message)) facts.uses = true;
  }
  Visit(function.body, message, &facts);
  if (function.terminate.IsValid()) facts.callees.push_back(function.terminate);
  return facts;
}

bool MessageUse::Depends(hir::FunctionId root) {
  if (answers_.size() < program_->functions.size()) {
    answers_.resize(program_->functions.size());
    facts_.resize(program_->functions.size());
  }
  Answer& answer = answers_[root.value];
  if (answer != Answer::kUnknown) return answer == Answer::kYes;
  std::vector<hir::FunctionId> reached = {root};
  std::vector<bool> seen(program_->functions.size());
  seen[root.value] = true;
  for (size_t i = 0; i < reached.size(); ++i) {
    const Facts& facts = Gather(reached[i]);
    if (facts.uses || answers_[reached[i].value] == Answer::kYes) {
      answer = Answer::kYes;
      return true;
    }
    for (hir::FunctionId callee : facts.callees) {
      if (seen[callee.value]) continue;
      seen[callee.value] = true;
      reached.push_back(callee);
    }
  }
  // Nothing that can be reached uses it, so none of them depends on it.
  for (hir::FunctionId function : reached) answers_[function.value] = Answer::kNo;
  return false;
}

}  // namespace snow::lower
