#include "snowc/lower/ownership.h"

#include <algorithm>

#include "snowc/lower/free_locals.h"
#include "snowc/lower/ownership_walk.h"

namespace snow::lower {

using hir::Builtin;
using hir::Expr;
using hir::ExprKind;
using hir::FunctionId;
using hir::LocalId;
using hir::Type;
using hir::TypeId;
using hir::TypeKind;

namespace {

constexpr uint8_t kNo = 1;
constexpr uint8_t kYes = 2;

}  // namespace

bool IsConstantLike(const Expr* expr) {
  switch (expr->kind) {
    case ExprKind::kInt:
    case ExprKind::kFloat:
    case ExprKind::kBool:
    case ExprKind::kString:
    case ExprKind::kAtom:
    case ExprKind::kUnit:
      return true;
    case ExprKind::kTuple:
    case ExprKind::kStruct:
    case ExprKind::kVariant:
    case ExprKind::kList:
    case ExprKind::kBlock:
    case ExprKind::kCall:
      return std::ranges::all_of(expr->operands, IsConstantLike);
    default:
      return false;
  }
}

Ownership::Ownership(const hir::Program* program) : program_(program) {
  list_set_ = program->FindFunction("std.List.set");
  list_set_owned_ = program->FindFunction("std.List.__set_owned");
  auto add = [&](std::string_view module, std::string_view name, bool borrows, Result result) {
    FunctionId id = program->FindFunction("std." + std::string(module) + "." + std::string(name));
    if (id.IsValid()) known_.emplace(id.value, Known{borrows, result});
  };
  for (std::string_view name :
       {"get",      "__get",         "nth",  "at",         "first", "last", "head",  "length",
        "is_empty", "each",          "find", "find_index", "any",   "all",  "count", "contains",
        "index_of", "binary_search", "sum",  "product",    "min",   "max",  "join"}) {
    add("List", name, true, Result::kUnknown);
  }
  add("List", "map", true, Result::kFresh);
  add("Prelude", "map", true, Result::kFresh);
  add("List", "set", false, Result::kFresh);
  add("List", "__set_owned", false, Result::kOfFirst);
  for (std::string_view name : {"range", "repeat", "new", "with_capacity"}) {
    add("List", name, false, Result::kFresh);
  }
  add("Range", "to_list", true, Result::kFresh);
  add("List", "concat", false, Result::kOfBoth);
  for (std::string_view name : {"append", "prepend", "tail", "take", "drop", "slice"}) {
    add("List", name, false, Result::kOfFirst);
  }
}

bool Ownership::IsList(TypeId id) const {
  const Type& type = program_->types.Get(id);
  return type.kind == TypeKind::kCon && hir::TyConId(type.con) == program_->known.list;
}

bool Ownership::MayShare(TypeId id) {
  auto [place, is_new] = shares_.try_emplace(id.value, kNo);
  if (!is_new) return place->second == kYes;
  const Type& type = program_->types.Get(id);
  bool shares = false;
  auto any_shares = [&](std::span<const TypeId> types) {
    return std::ranges::any_of(types, [&](TypeId part) { return MayShare(part); });
  };
  switch (type.kind) {
    case TypeKind::kParam:
    case TypeKind::kAssoc:
      shares = true;
      break;
    case TypeKind::kFun:
      // What a closure captures is never owned.
      break;
    case TypeKind::kTuple:
      shares = any_shares(type.args);
      break;
    case TypeKind::kCon: {
      const hir::TyCon& con = program_->types.con(hir::TyConId(type.con));
      if (con.kind == hir::TyConKind::kBuiltin) {
        shares = static_cast<Builtin>(type.con) == Builtin::kBuffer;
        break;
      }
      auto field_shares = [&](const hir::Field& field) { return MayShare(field.type); };
      shares = std::ranges::any_of(con.fields, field_shares) || any_shares(type.args);
      for (const hir::Variant& variant : con.variants) {
        shares = shares || std::ranges::any_of(variant.fields, field_shares);
      }
      break;
    }
  }
  shares_[id.value] = shares ? kYes : kNo;
  return shares;
}

bool Ownership::IsOwnable(TypeId id) {
  auto [place, is_new] = ownable_.try_emplace(id.value, kNo);
  if (!is_new) return place->second == kYes;
  const Type& type = program_->types.Get(id);
  bool ownable = false;
  if (IsList(id)) {
    ownable = !MayShare(type.args[0]);
  } else if (type.kind == TypeKind::kTuple) {
    // Each part is plain or ownable itself, and one is.
    bool all = std::ranges::all_of(type.args,
                                   [&](TypeId part) { return !MayShare(part) || IsOwnable(part); });
    ownable = all && std::ranges::any_of(type.args, [&](TypeId part) { return MayShare(part); });
  }
  ownable_[id.value] = ownable ? kYes : kNo;
  return ownable;
}

const Ownership::Known* Ownership::KnownOf(FunctionId function) const {
  auto found = known_.find(function.value);
  return found == known_.end() ? nullptr : &found->second;
}

const Ownership::Facts& Ownership::FactsOf(FunctionId id) {
  auto found = facts_.find(id.value);
  if (found != facts_.end()) return found->second;
  const hir::Function& function = program_->functions[id.value];
  Facts facts;
  facts.borrowed.assign(function.params.size(), true);
  facts.may_be_owned.assign(function.locals.size(), false);
  if (function.body == nullptr || function.terminate.IsValid()) {
    facts.borrowed.assign(function.params.size(), false);
    return facts_.emplace(id.value, std::move(facts)).first->second;
  }
  judging_.insert(id.value);
  // What the function does with its own parameters decides what its calls of itself do: from the
  // best case down, until nothing changes.
  UseWalk walk(this, id);
  while (true) {
    walk.Run(facts.borrowed);
    std::vector<bool> borrowed;
    for (LocalId param : function.params) borrowed.push_back(!walk.IsConsumed(param));
    bool changed = false;
    for (size_t i = 0; i < borrowed.size(); ++i) {
      if (facts.borrowed[i] && !borrowed[i]) {
        facts.borrowed[i] = false;
        changed = true;
      }
    }
    if (!changed) break;
  }
  judging_.erase(id.value);
  for (size_t i = 0; i < function.locals.size(); ++i) {
    facts.may_be_owned[i] = walk.MayBeOwned(LocalId(i));
  }
  moves_.insert(walk.moves().begin(), walk.moves().end());
  return facts_.emplace(id.value, std::move(facts)).first->second;
}

bool Ownership::MayBeOwned(FunctionId function, LocalId local) {
  const Facts& facts = FactsOf(function);
  return local.value < facts.may_be_owned.size() && facts.may_be_owned[local.value];
}

bool Ownership::Borrows(FunctionId function, uint32_t param) {
  if (const Known* known = KnownOf(function)) return known->borrows_first && param == 0;
  const hir::Function& called = program_->functions[function.value];
  if (param >= called.params.size()) return false;
  if (!MayShare(called.locals[called.params[param].value].type)) return true;
  // On a cycle of several functions: the worst is taken.
  if (judging_.contains(function.value)) return false;
  return FactsOf(function).borrowed[param];
}

bool Ownership::Benefits(FunctionId root, uint32_t param) {
  if (!list_set_owned_.IsValid()) return false;
  auto key = [](FunctionId function, uint32_t index) {
    return uint64_t{function.value} << 32 | index;
  };
  auto [place, is_new] = benefits_.try_emplace(key(root, param), false);
  if (!is_new) return place->second;
  std::vector<std::pair<FunctionId, uint32_t>> reached = {{root, param}};
  std::unordered_set<uint64_t> seen = {key(root, param)};
  bool benefits = false;
  for (size_t i = 0; i < reached.size() && !benefits; ++i) {
    auto [function, index] = reached[i];
    if (function == list_set_) {
      benefits = index == 0;
      continue;
    }
    const hir::Function& at = program_->functions[function.value];
    if (at.body == nullptr || index >= at.params.size() || KnownOf(function) != nullptr) continue;
    for (const auto& next : PassedTo(at, at.params[index])) {
      if (seen.insert(key(next.first, next.second)).second) reached.push_back(next);
    }
  }
  benefits_[key(root, param)] = benefits;
  return benefits;
}

// Whether the value of the body is owned: an evaluation on ownership alone.
class Ownership::OwnedResult {
 public:
  OwnedResult(Ownership* ownership, FunctionId function, OwnedMask mask)
      : o_(*ownership), id_(function), function_(ownership->program_->functions[function.value]) {
    owned_.resize(function_.locals.size());
    for (size_t i = 0; i < function_.params.size() && i < kMaxOwnedParams; ++i) {
      LocalId param = function_.params[i];
      owned_[param.value] = (mask >> i & 1) != 0 && o_.MayBeOwned(id_, param);
    }
  }

  bool Run() {
    bool result = Owned(function_.body);
    return result && !returns_unowned_;
  }

 private:
  bool AllOwned(std::span<Expr* const> exprs) {
    bool all = true;
    for (const Expr* expr : exprs) all = Owned(expr) && all;
    return all;
  }

  void Bind(const hir::Pattern* pattern, bool owned) {
    if (pattern == nullptr) return;
    if (pattern->local.IsValid()) {
      owned_[pattern->local.value] = owned && o_.MayBeOwned(id_, pattern->local);
    }
    for (const hir::Pattern* sub : pattern->subs) Bind(sub, owned);
    Bind(pattern->rest, owned);
  }

  // Also visits what does not give the value, for its `return`s and bindings.
  bool Owned(const Expr* expr) {
    bool owned = OwnedKind(expr);
    return owned || !o_.MayShare(expr->type);
  }

  bool OwnedKind(const Expr* expr) {
    switch (expr->kind) {
      case ExprKind::kLocal:
        return owned_[expr->local.value] && o_.IsMove(expr);
      case ExprKind::kBlock: {
        bool owned = false;
        for (const Expr* statement : expr->operands) owned = Owned(statement);
        return owned;
      }
      case ExprKind::kLet:
        Bind(expr->pattern, Owned(expr->operands[0]));
        return true;
      case ExprKind::kIf: {
        Owned(expr->operands[0]);
        bool yes = Owned(expr->operands[1]);
        return Owned(expr->operands[2]) && yes;
      }
      case ExprKind::kMatch:
        return OwnedMatch(*expr->match);
      case ExprKind::kCall:
        return OwnedCall(expr);
      case ExprKind::kTuple:
        return AllOwned(expr->operands);
      case ExprKind::kList:
        AllOwned(expr->operands);
        return expr->operands.empty() || !IsConstantLike(expr);
      case ExprKind::kFor:
        Owned(expr->for_loop->iterable);
        Bind(expr->for_loop->pattern, false);
        Owned(expr->for_loop->body);
        return expr->for_loop->yields;
      case ExprKind::kReturn:
        if (!AllOwned(expr->operands)) returns_unowned_ = true;
        return true;
      case ExprKind::kTry:
        AllOwned(expr->operands);
        returns_unowned_ = true;
        return false;
      case ExprKind::kReceive:
        returns_unowned_ = true;
        return false;
      case ExprKind::kBreak:
      case ExprKind::kContinue:
      case ExprKind::kPanic:
        return true;
      default:
        AllOwned(expr->operands);
        return false;
    }
  }

  bool OwnedMatch(const hir::Match& match) {
    std::vector<bool> scrutinees;
    for (const Expr* scrutinee : match.scrutinees) scrutinees.push_back(Owned(scrutinee));
    bool all = true;
    for (const hir::Arm& arm : match.arms) {
      for (size_t i = 0; i < arm.patterns.size(); ++i) Bind(arm.patterns[i], scrutinees[i]);
      all = Owned(arm.body) && all;
    }
    return all;
  }

  bool OwnedCall(const Expr* expr) {
    OwnedMask mask = 0;
    for (size_t i = 0; i < expr->operands.size(); ++i) {
      if (Owned(expr->operands[i]) && i < kMaxOwnedParams) mask |= OwnedMask{1} << i;
    }
    if (expr->callee.kind != hir::CalleeKind::kFunction) return false;
    return o_.ResultOwned(expr->callee.function, mask);
  }

  Ownership& o_;
  FunctionId id_;
  const hir::Function& function_;
  std::vector<bool> owned_;  // by local
  bool returns_unowned_ = false;
};

bool Ownership::ResultOwned(FunctionId function, OwnedMask mask) {
  if (const Known* known = KnownOf(function)) {
    if (known->result == Result::kFresh) return true;
    if (known->result == Result::kOfBoth) return (mask & 3) == 3;
    return known->result == Result::kOfFirst && (mask & 1) != 0;
  }
  const hir::Function& called = program_->functions[function.value];
  if (called.body == nullptr || judging_.contains(function.value)) return false;
  if (called.params.size() > kMaxOwnedParams) return false;
  // The parameters without lists do not matter.
  for (size_t i = 0; i < called.params.size(); ++i) {
    if (!MayShare(called.locals[called.params[i].value].type)) mask |= OwnedMask{1} << i;
  }
  auto [place, is_new] = results_.try_emplace(std::pair(function.value, mask), true);
  if (!is_new) return place->second;
  FactsOf(function);
  bool owned = OwnedResult(this, function, mask).Run();
  results_[std::pair(function.value, mask)] = owned;
  if (!owned) {
    // What was judged meanwhile may rest on the better case.
    std::erase_if(results_, [&](const auto& entry) {
      return entry.second && entry.first != std::pair(function.value, mask);
    });
  }
  return owned;
}

}  // namespace snow::lower
