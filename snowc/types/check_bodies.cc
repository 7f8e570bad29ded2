// What may stand in guards and constants.
#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "snowc/types/program_checks.h"

namespace snow::types {
namespace {

using hir::Expr;
using hir::ExprKind;

// Functions of the library that are pure and total, in whatever module they stand.
constexpr std::array<std::string_view, 30> kPureNames = {
    "length",   "size",     "is_empty",    "contains",  "has_key",     "starts_with",
    "ends_with", "abs",     "min",         "max",       "is_some",     "is_none",
    "is_ok",    "is_err",   "to_float",    "is_nan",    "is_subset",   "is_disjoint",
    "is_ascii", "to_upper", "to_lower",    "trim",      "byte_length", "clamp",
    "unwrap_or", "get_or",  "starts_with", "is_sorted", "first",       "at",
};

class BodiesChecker {
 public:
  explicit BodiesChecker(Inferer& inferer) : inferer_(inferer), world_(inferer.world) {
    for (uint32_t i = 0; i < world_.functions.size(); ++i) {
      if (world_.functions[i].id.IsValid()) by_id_[world_.functions[i].id.value] = FnId(i);
    }
  }

  void Run() {
    for (const Expr* guard : inferer_.guards) {
      const Expr* bad = FindImpure(*guard);
      if (bad == nullptr) continue;
      world_.diagnostics
          .Error(DiagnosticKind::kNotAllowedInGuard, bad->span, "this is not allowed in a guard")
          .Label(WhyImpure(*bad))
          .Help("a guard compares and computes; do the rest in the arm, or before");
    }
    for (uint32_t i = 0; i < world_.functions.size(); ++i) {
      const resolve::FnDecl& decl = world_.decl(FnId(i));
      if (decl.kind != resolve::FnKind::kConst || !world_.functions[i].id.IsValid()) continue;
      CheckConst(FnId(i));
    }
  }

 private:
  bool IsOperator(const hir::Callee& callee) const {
    const Known& k = world_.known;
    InterfaceId in = callee.interface;
    return in == k.eq || in == k.ord || in == k.add || in == k.sub || in == k.mul || in == k.div ||
           in == k.mod || in == k.neg || in == k.not_ || in == k.concat || in == k.display;
  }

  // The first part that is not allowed; null when all is.
  const Expr* FindImpure(const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kInt:
      case ExprKind::kFloat:
      case ExprKind::kBool:
      case ExprKind::kString:
      case ExprKind::kAtom:
      case ExprKind::kUnit:
      case ExprKind::kLocal:
        return nullptr;
      case ExprKind::kBlock:
        if (expr.operands.size() != 1) return &expr;
        break;
      case ExprKind::kAnd:
      case ExprKind::kOr:
      case ExprKind::kIf:
      case ExprKind::kTuple:
      case ExprKind::kTupleGet:
      case ExprKind::kStruct:
      case ExprKind::kFieldGet:
      case ExprKind::kVariant:
      case ExprKind::kList:
      case ExprKind::kInterpolate:
        break;
      case ExprKind::kCall:
        if (!IsPureCallee(expr.callee)) return &expr;
        break;
      default:
        return &expr;
    }
    for (const Expr* operand : expr.operands) {
      if (const Expr* bad = FindImpure(*operand)) return bad;
    }
    return nullptr;
  }

  bool IsPureCallee(const hir::Callee& callee) {
    if (callee.kind == hir::CalleeKind::kMethod) return IsOperator(callee);
    auto known = pure_.find(callee.function.value);
    if (known != pure_.end()) return known->second;
    // A function that needs itself to be pure might not end.
    pure_[callee.function.value] = false;
    bool pure = IsPureFunction(callee.function);
    pure_[callee.function.value] = pure;
    return pure;
  }

  bool IsPureFunction(hir::FunctionId id) {
    const hir::Function& function = world_.program.functions[id.value];
    auto found = by_id_.find(id.value);
    if (found != by_id_.end()) {
      const resolve::FnDecl& decl = world_.decl(found->second);
      if (decl.module.IsValid() && world_.InLibrary(decl.module) &&
          std::ranges::find(kPureNames, world_.Text(decl.name)) != kPureNames.end()) {
        return true;
      }
    }
    if (function.kind == hir::FunctionKind::kConst) return true;
    return function.body != nullptr && FindImpure(*function.body) == nullptr;
  }

  std::string WhyImpure(const Expr& expr) const {
    if (expr.kind != ExprKind::kCall) return "only comparisons, arithmetic, names, fields and calls";
    if (expr.callee.kind == hir::CalleeKind::kMethod) return "this method may have effects";
    std::string name(world_.Text(world_.program.functions[expr.callee.function.value].name));
    return "'" + name + "' may have effects, or may not end";
  }

  // --- constants ---

  void CheckConst(FnId fn) {
    const hir::Function& function = world_.program.functions[world_.state(fn).id.value];
    if (function.body == nullptr || world_.diagnostics.HasErrors()) return;
    std::vector<FnId> path = {fn};
    CheckConstExpr(*function.body, fn);
  }

  bool CheckConstExpr(const Expr& expr, FnId fn) {
    bool allowed = true;
    switch (expr.kind) {
      case ExprKind::kInt:
      case ExprKind::kFloat:
      case ExprKind::kBool:
      case ExprKind::kString:
      case ExprKind::kAtom:
      case ExprKind::kUnit:
      case ExprKind::kBlock:
      case ExprKind::kAnd:
      case ExprKind::kOr:
      case ExprKind::kTuple:
      case ExprKind::kStruct:
      case ExprKind::kFieldGet:
      case ExprKind::kVariant:
      case ExprKind::kList:
      case ExprKind::kInterpolate:
      case ExprKind::kLet:
      case ExprKind::kLocal:
        break;
      case ExprKind::kClosure:
        return true;
      case ExprKind::kFunctionValue:
        return true;
      case ExprKind::kCall:
        allowed = IsConstCallee(expr.callee);
        break;
      default:
        allowed = false;
        break;
    }
    if (!allowed) {
      world_.diagnostics
          .Error(DiagnosticKind::kNotConstant, expr.span, "this is not constant")
          .Label("a constant is made of literals, operators, constructors and other constants")
          .Help("write a function: `fn " + std::string(world_.Text(world_.decl(fn).name)) +
                "() = ..`");
      return false;
    }
    for (const Expr* operand : expr.operands) {
      if (!CheckConstExpr(*operand, fn)) return false;
    }
    return true;
  }

  bool IsConstCallee(const hir::Callee& callee) const {
    if (callee.kind == hir::CalleeKind::kMethod) return IsOperator(callee);
    auto found = by_id_.find(callee.function.value);
    if (found == by_id_.end()) return false;
    const resolve::FnDecl& decl = world_.decl(found->second);
    if (decl.kind == resolve::FnKind::kConst || decl.kind == resolve::FnKind::kFieldDefault) {
      return true;
    }
    // What literals of maps and ranges are made of.
    std::string_view name = world_.Text(decl.name);
    bool makes = name == "new" || name == "put";
    return makes && decl.module.IsValid() && world_.InLibrary(decl.module);
  }

  Inferer& inferer_;
  World& world_;
  std::unordered_map<uint32_t, FnId> by_id_;
  std::unordered_map<uint32_t, bool> pure_;
};

}  // namespace

void CheckBodies(Inferer& inferer) { BodiesChecker(inferer).Run(); }

}  // namespace snow::types
