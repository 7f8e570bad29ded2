#include "snowc/lower/callable_use.h"

#include <unordered_set>

namespace snow::lower {
namespace {

using hir::Expr;
using hir::ExprKind;

// Calls `use(local, expr that uses it, operand number, whether inside a closure)` for each mention
// of a local.
template <typename Use>
class Walk {
 public:
  explicit Walk(Use use) : use_(use) {}

  void Visit(const Expr* expr) {
    switch (expr->kind) {
      case ExprKind::kLocal:
        use_(expr->local, nullptr, 0, depth_ > 0);
        return;
      case ExprKind::kCall:
      case ExprKind::kCallValue:
        for (uint32_t i = 0; i < expr->operands.size(); ++i) {
          const Expr* operand = expr->operands[i];
          if (operand->kind == ExprKind::kLocal) {
            use_(operand->local, expr, i, depth_ > 0);
          } else {
            Visit(operand);
          }
        }
        return;
      case ExprKind::kClosure:
        Inside(expr->closure->body);
        return;
      case ExprKind::kLetPoly:
        Inside(expr->poly->value);
        return;
      case ExprKind::kMatch:
        for (const Expr* scrutinee : expr->match->scrutinees) Visit(scrutinee);
        for (const hir::Arm& arm : expr->match->arms) {
          if (arm.guard != nullptr) Visit(arm.guard);
          Visit(arm.body);
        }
        return;
      case ExprKind::kFor: {
        const hir::ForLoop& loop = *expr->for_loop;
        Visit(loop.iterable);
        if (loop.filter != nullptr) Visit(loop.filter);
        Visit(loop.body);
        return;
      }
      case ExprKind::kReceive: {
        const hir::Receive& receive = *expr->receive;
        if (receive.after_ms != nullptr) Visit(receive.after_ms);
        // In tail position the arms are code of their own, which saves what it uses.
        for (const hir::ReceiveArm& arm : receive.arms) {
          if (arm.guard != nullptr) Inside(arm.guard);
          Inside(arm.body);
        }
        if (receive.after_body != nullptr) Inside(receive.after_body);
        return;
      }
      default:
        for (const Expr* operand : expr->operands) Visit(operand);
        return;
    }
  }

 private:
  void Inside(const Expr* expr) {
    ++depth_;
    Visit(expr);
    --depth_;
  }

  Use use_;
  int depth_ = 0;
};

}  // namespace

const std::vector<CallableUse::Facts>& CallableUse::FactsOf(hir::FunctionId id) {
  auto [place, is_new] = facts_.try_emplace(id.value);
  std::vector<Facts>& facts = place->second;
  if (!is_new) return facts;
  const hir::Function& function = program_->functions[id.value];
  facts.resize(function.params.size());
  if (function.body == nullptr || function.terminate.IsValid()) {
    for (Facts& fact : facts) fact.escapes = true;
    return facts;
  }
  std::vector<int> param_of(function.locals.size(), -1);
  for (size_t i = 0; i < function.params.size(); ++i) {
    param_of[function.params[i].value] = static_cast<int>(i);
  }
  auto use = [&](hir::LocalId local, const Expr* user, uint32_t operand, bool in_closure) {
    int param = param_of[local.value];
    if (param < 0) return;
    Facts& fact = facts[static_cast<size_t>(param)];
    if (in_closure || user == nullptr) fact.escapes = true;
    if (user == nullptr) return;
    if (user->kind == ExprKind::kCallValue) {
      (operand == 0 ? fact.calls : fact.escapes) = true;
    } else if (user->callee.kind == hir::CalleeKind::kFunction &&
               program_->functions[user->callee.function.value].body != nullptr) {
      fact.passed.emplace_back(user->callee.function, operand);
    } else {
      fact.escapes = true;
    }
  };
  Walk walk(use);
  walk.Visit(function.body);
  return facts;
}

template <typename Holds>
bool CallableUse::AnyReached(hir::FunctionId function, uint32_t param, Holds holds) {
  std::vector<std::pair<hir::FunctionId, uint32_t>> reached = {{function, param}};
  std::unordered_set<uint64_t> seen = {KeyOf(function, param)};
  for (size_t i = 0; i < reached.size(); ++i) {
    auto [at, index] = reached[i];
    const std::vector<Facts>& facts = FactsOf(at);
    if (index >= facts.size()) continue;
    if (holds(facts[index])) return true;
    for (const auto& next : facts[index].passed) {
      if (seen.insert(KeyOf(next.first, next.second)).second) reached.push_back(next);
    }
  }
  return false;
}

bool CallableUse::IsCalled(hir::FunctionId function, uint32_t param) {
  auto [place, is_new] = called_.try_emplace(KeyOf(function, param));
  if (is_new) {
    place->second = AnyReached(function, param, [](const Facts& facts) { return facts.calls; });
  }
  return place->second;
}

bool CallableUse::Escapes(hir::FunctionId function, uint32_t param) {
  auto [place, is_new] = escapes_.try_emplace(KeyOf(function, param));
  if (is_new) {
    place->second = AnyReached(function, param, [](const Facts& facts) { return facts.escapes; });
  }
  return place->second;
}

}  // namespace snow::lower
