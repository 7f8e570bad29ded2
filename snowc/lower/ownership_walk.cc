#include "snowc/lower/ownership_walk.h"

#include <algorithm>

#include "snowc/lower/free_locals.h"

namespace snow::lower {

using hir::Expr;
using hir::ExprKind;
using hir::LocalId;
using hir::Pattern;
using hir::PatternKind;

Ownership::UseWalk::UseWalk(Ownership* ownership, hir::FunctionId function)
    : o_(*ownership), id_(function), function_(ownership->program_->functions[function.value]) {}

void Ownership::UseWalk::Run(const std::vector<bool>& own_borrowed) {
  own_borrowed_ = own_borrowed;
  consumed_.assign(function_.locals.size(), false);
  reused_.assign(function_.locals.size(), false);
  moves_.clear();
  Live live(function_.locals.size());
  Walk(function_.body, Mode::kConsume, &live);
}

void Ownership::UseWalk::Union(Live* into, const Live& from) {
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i]) (*into)[i] = true;
  }
}

void Ownership::UseWalk::Kill(const Pattern* pattern, Live* live) {
  if (pattern == nullptr) return;
  if (pattern->local.IsValid()) (*live)[pattern->local.value] = false;
  for (const Pattern* sub : pattern->subs) Kill(sub, live);
  Kill(pattern->rest, live);
}

// Whether a name in the pattern may refer to a list of what is matched.
bool Ownership::UseWalk::BindsShared(const Pattern* pattern) {
  if (pattern == nullptr) return false;
  if (pattern->local.IsValid() && o_.MayShare(function_.locals[pattern->local.value].type)) {
    return true;
  }
  if (BindsShared(pattern->rest)) return true;
  return std::ranges::any_of(pattern->subs, [&](const Pattern* sub) { return BindsShared(sub); });
}

void Ownership::UseWalk::WalkLocal(const Expr* expr, Mode mode, Live* live) {
  size_t local = expr->local.value;
  if (mode == Mode::kConsume) {
    consumed_[local] = true;
    if ((*live)[local]) {
      reused_[local] = true;
    } else {
      moves_.push_back(expr);
    }
  }
  (*live)[local] = true;
}

void Ownership::UseWalk::WalkOperands(std::span<Expr* const> operands,
                                      const std::vector<Mode>& modes, Live* live) {
  for (size_t i = operands.size(); i > 0; --i) {
    if (operands[i - 1]->kind == ExprKind::kLocal) {
      WalkLocal(operands[i - 1], modes[i - 1], live);
    }
  }
  for (size_t i = operands.size(); i > 0; --i) {
    if (operands[i - 1]->kind != ExprKind::kLocal) Walk(operands[i - 1], modes[i - 1], live);
  }
}

void Ownership::UseWalk::WalkAll(std::span<Expr* const> operands, Mode mode, Live* live) {
  WalkOperands(operands, std::vector<Mode>(operands.size(), mode), live);
}

Ownership::UseWalk::Mode Ownership::UseWalk::ModeOf(const hir::Callee& callee, uint32_t operand) {
  const hir::WellKnown& known = o_.program_->known;
  if (callee.kind == hir::CalleeKind::kMethod) {
    // Those look at their arguments and give plain values or texts.
    bool looks = callee.interface == known.eq || callee.interface == known.ord ||
                 callee.interface == known.hash || callee.interface == known.display ||
                 callee.interface == known.debug;
    return looks ? Mode::kBorrow : Mode::kConsume;
  }
  const hir::Function& function = o_.program_->functions[callee.function.value];
  if (function.kind == hir::FunctionKind::kIntrinsic) {
    const std::string& symbol = function.extern_symbol;
    // A message is copied.
    if (symbol == "%send" || symbol.starts_with("%timer.")) return Mode::kBorrow;
    if (symbol.starts_with("%buffer.")) return operand == 0 ? Mode::kBorrow : Mode::kConsume;
    return o_.MayShare(function.result) || symbol.starts_with('%') ? Mode::kConsume : Mode::kBorrow;
  }
  bool borrows = callee.function == id_ ? operand < own_borrowed_.size() && own_borrowed_[operand]
                                        : o_.Borrows(callee.function, operand);
  return borrows ? Mode::kBorrow : Mode::kConsume;
}

void Ownership::UseWalk::WalkCall(const Expr* expr, Live* live) {
  std::vector<Mode> modes;
  for (uint32_t i = 0; i < expr->operands.size(); ++i) modes.push_back(ModeOf(expr->callee, i));
  WalkOperands(expr->operands, modes, live);
}

void Ownership::UseWalk::WalkMatch(const hir::Match& match, Mode mode, Live* live) {
  const Live after = *live;
  // From the last arm up: a guard that fails goes on to the later arms.
  Live before(after.size());
  for (size_t i = match.arms.size(); i > 0; --i) {
    const hir::Arm& arm = match.arms[i - 1];
    Live in_arm = after;
    Walk(arm.body, mode, &in_arm);
    if (arm.guard != nullptr) {
      Union(&in_arm, before);
      Walk(arm.guard, Mode::kBorrow, &in_arm);
    }
    for (const Pattern* pattern : arm.patterns) Kill(pattern, &in_arm);
    Union(&before, in_arm);
  }
  std::vector<Mode> modes;
  for (size_t i = 0; i < match.scrutinees.size(); ++i) {
    bool shared = std::ranges::any_of(
        match.arms, [&](const hir::Arm& arm) { return BindsShared(arm.patterns[i]); });
    modes.push_back(shared ? Mode::kConsume : Mode::kBorrow);
  }
  *live = std::move(before);
  WalkOperands(match.scrutinees, modes, live);
}

void Ownership::UseWalk::WalkFor(const hir::ForLoop& loop, Live* live) {
  // What a turn uses from outside the next turn needs again.
  FreeLocals free(function_.locals.size());
  free.BindPattern(loop.pattern);
  if (loop.filter != nullptr) free.Visit(loop.filter);
  free.Visit(loop.body);
  for (LocalId local : free.free()) (*live)[local.value] = true;
  Walk(loop.body, loop.yields ? Mode::kConsume : Mode::kBorrow, live);
  if (loop.filter != nullptr) Walk(loop.filter, Mode::kBorrow, live);
  Kill(loop.pattern, live);
  Mode mode = BindsShared(loop.pattern) ? Mode::kConsume : Mode::kBorrow;
  // The list is read during the whole loop.
  if (loop.iterable->kind == ExprKind::kLocal &&
      std::ranges::find(free.free(), loop.iterable->local) != free.free().end()) {
    reused_[loop.iterable->local.value] = true;
  }
  Walk(loop.iterable, mode, live);
}

void Ownership::UseWalk::WalkReceive(const hir::Receive& receive, Mode mode, Live* live) {
  const Live after = *live;
  Live before(after.size());
  if (receive.after_body != nullptr) {
    before = after;
    Walk(receive.after_body, mode, &before);
  }
  for (size_t i = receive.arms.size(); i > 0; --i) {
    const hir::ReceiveArm& arm = receive.arms[i - 1];
    Live in_arm = after;
    Walk(arm.body, mode, &in_arm);
    if (arm.guard != nullptr) {
      Union(&in_arm, before);
      Walk(arm.guard, Mode::kBorrow, &in_arm);
    }
    Kill(arm.pattern, &in_arm);
    Union(&before, in_arm);
  }
  *live = std::move(before);
  if (receive.after_ms != nullptr) Walk(receive.after_ms, Mode::kBorrow, live);
}

// The object keeps what the code uses, for as long as it lives.
void Ownership::UseWalk::WalkClosure(const Expr* body, std::span<const LocalId> free, Live* live) {
  Live inside(live->size());
  Walk(body, Mode::kConsume, &inside);
  for (LocalId local : free) {
    consumed_[local.value] = true;
    reused_[local.value] = true;
    (*live)[local.value] = true;
  }
}

void Ownership::UseWalk::Walk(const Expr* expr, Mode mode, Live* live) {
  switch (expr->kind) {
    case ExprKind::kInt:
    case ExprKind::kFloat:
    case ExprKind::kBool:
    case ExprKind::kString:
    case ExprKind::kAtom:
    case ExprKind::kUnit:
    case ExprKind::kFunctionValue:
    case ExprKind::kSelf:
      return;
    case ExprKind::kLocal:
      WalkLocal(expr, mode, live);
      return;
    case ExprKind::kPolyLocal:
      return;
    case ExprKind::kCall:
      WalkCall(expr, live);
      return;
    case ExprKind::kClosure: {
      FreeLocals free(function_.locals.size());
      free.VisitClosure(*expr->closure);
      WalkClosure(expr->closure->body, free.free(), live);
      return;
    }
    case ExprKind::kLetPoly: {
      // Built anew wherever it is used.
      FreeLocals free(function_.locals.size());
      free.Bind(expr->poly->local);
      free.Visit(expr->poly->value);
      WalkClosure(expr->poly->value, free.free(), live);
      return;
    }
    case ExprKind::kBlock:
      for (size_t i = expr->operands.size(); i > 0; --i) {
        Walk(expr->operands[i - 1], i == expr->operands.size() ? mode : Mode::kBorrow, live);
      }
      return;
    case ExprKind::kLet:
      Kill(expr->pattern, live);
      Walk(expr->operands[0], BindsShared(expr->pattern) ? Mode::kConsume : Mode::kBorrow, live);
      return;
    case ExprKind::kIf: {
      Live no = *live;
      Walk(expr->operands[1], mode, live);
      Walk(expr->operands[2], mode, &no);
      Union(live, no);
      Walk(expr->operands[0], Mode::kBorrow, live);
      return;
    }
    case ExprKind::kAnd:
    case ExprKind::kOr: {
      Live second = *live;
      Walk(expr->operands[1], Mode::kBorrow, &second);
      Union(live, second);
      Walk(expr->operands[0], Mode::kBorrow, live);
      return;
    }
    case ExprKind::kMatch:
      WalkMatch(*expr->match, mode, live);
      return;
    case ExprKind::kWhile: {
      FreeLocals free(function_.locals.size());
      for (const Expr* operand : expr->operands) free.Visit(operand);
      for (LocalId local : free.free()) (*live)[local.value] = true;
      Walk(expr->operands[1], Mode::kBorrow, live);
      Walk(expr->operands[0], Mode::kBorrow, live);
      return;
    }
    case ExprKind::kFor:
      WalkFor(*expr->for_loop, live);
      return;
    case ExprKind::kReturn:
      std::fill(live->begin(), live->end(), false);
      WalkAll(expr->operands, Mode::kConsume, live);
      return;
    case ExprKind::kReceive:
      WalkReceive(*expr->receive, mode, live);
      return;
    case ExprKind::kTupleGet:
    case ExprKind::kFieldGet: {
      bool keeps = mode == Mode::kConsume && o_.MayShare(expr->type);
      Walk(expr->operands[0], keeps ? Mode::kConsume : Mode::kBorrow, live);
      return;
    }
    case ExprKind::kInterpolate:
    case ExprKind::kPanic:
      WalkAll(expr->operands, Mode::kBorrow, live);
      return;
    case ExprKind::kCallValue:
    case ExprKind::kBreak:
    case ExprKind::kContinue:
    case ExprKind::kTuple:
    case ExprKind::kStruct:
    case ExprKind::kUpdate:
    case ExprKind::kVariant:
    case ExprKind::kList:
    case ExprKind::kTry:
      WalkAll(expr->operands, Mode::kConsume, live);
      return;
  }
}

namespace {

class PassedWalk {
 public:
  PassedWalk(LocalId local, std::vector<std::pair<hir::FunctionId, uint32_t>>* passed)
      : local_(local), passed_(*passed) {}

  void Visit(const Expr* expr) {
    for (uint32_t i = 0; i < expr->operands.size(); ++i) {
      const Expr* operand = expr->operands[i];
      bool is_local = operand->kind == ExprKind::kLocal && operand->local == local_;
      if (is_local && expr->kind == ExprKind::kCall &&
          expr->callee.kind == hir::CalleeKind::kFunction) {
        passed_.emplace_back(expr->callee.function, i);
      }
      Visit(operand);
    }
    switch (expr->kind) {
      case ExprKind::kMatch:
        for (const Expr* scrutinee : expr->match->scrutinees) Visit(scrutinee);
        for (const hir::Arm& arm : expr->match->arms) Visit(arm.body);
        break;
      case ExprKind::kFor:
        Visit(expr->for_loop->iterable);
        Visit(expr->for_loop->body);
        break;
      case ExprKind::kReceive:
        for (const hir::ReceiveArm& arm : expr->receive->arms) Visit(arm.body);
        if (expr->receive->after_body != nullptr) Visit(expr->receive->after_body);
        break;
      default:
        break;
    }
  }

 private:
  LocalId local_;
  std::vector<std::pair<hir::FunctionId, uint32_t>>& passed_;
};

}  // namespace

std::vector<std::pair<hir::FunctionId, uint32_t>> PassedTo(const hir::Function& function,
                                                           LocalId local) {
  std::vector<std::pair<hir::FunctionId, uint32_t>> passed;
  PassedWalk(local, &passed).Visit(function.body);
  return passed;
}

}  // namespace snow::lower
