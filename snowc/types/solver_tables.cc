// What the solver knows before it solves: impls by interface and type, methods by name.
#include <algorithm>

#include "snowc/types/solver.h"

namespace snow::types {

using hir::Derivable;

namespace {

constexpr uint32_t Bit(Derivable derivable) { return 1u << static_cast<uint32_t>(derivable); }

// What every type has without asking, where its parts have it.
constexpr uint32_t kByDefault = Bit(Derivable::kEq) | Bit(Derivable::kOrd) |
                                Bit(Derivable::kDisplay) | Bit(Derivable::kDebug) |
                                Bit(Derivable::kHash);

uint64_t OwnKey(hir::TyConId con, StringId name) {
  return static_cast<uint64_t>(con.value) << 32 | name.value;
}

}  // namespace

uint32_t Solver::DerivableBit(InterfaceId interface) const {
  const Known& known = world_.known;
  if (interface == known.eq) return Bit(Derivable::kEq);
  if (interface == known.ord) return Bit(Derivable::kOrd);
  if (interface == known.display) return Bit(Derivable::kDisplay);
  if (interface == known.debug) return Bit(Derivable::kDebug);
  if (interface == known.hash) return Bit(Derivable::kHash);
  if (interface == known.default_) return Bit(Derivable::kDefault);
  if (interface == known.json_iface) return Bit(Derivable::kJson);
  if (interface == known.row) return Bit(Derivable::kRow);
  if (interface == known.schema) return Bit(Derivable::kSchema);
  return 0;
}

bool Solver::Derives(hir::TyConId con, InterfaceId interface) const {
  return (world_.program.types.con(con).derived & DerivableBit(interface)) != 0;
}

void Solver::AddImpls() {
  for (uint32_t i = 0; i < world_.program.types.con_count(); ++i) {
    hir::TyConId con(i);
    const TypeInfo& info = world_.info(con);
    hir::TyCon& made = world_.program.types.con(con);
    if (made.kind == hir::TyConKind::kBuiltin || !info.decl.IsValid()) continue;
    made.derived = info.has_deriving ? info.derives : kByDefault;
  }
  for (uint32_t i = 0; i < world_.interfaces.size(); ++i) {
    const InterfaceInfo& info = world_.interfaces[i];
    for (uint32_t m = 0; m < info.methods.size(); ++m) {
      methods_[info.methods[m].name.value].push_back({InterfaceId(i), m});
    }
  }
  for (uint32_t i = 0; i < world_.impls.size(); ++i) {
    const ImplInfo& impl = world_.impls[i];
    if (!impl.valid) continue;
    Type* self = Resolve(impl.self);
    if (impl.interface.IsValid()) {
      CheckWrittenAndDerived(impl);
      impls_[HeadKey(impl.interface, self)].push_back(ImplId(i));
      continue;
    }
    if (self->kind != TypeKind::kCon) continue;
    for (FnId fn : impl.methods) {
      StringId name = world_.decl(fn).name;
      own_functions_[OwnKey(hir::TyConId(self->con), name)].push_back(fn);
      own_names_[self->con].push_back(name);
    }
  }
  CheckOverlaps();
}

void Solver::CheckWrittenAndDerived(const ImplInfo& impl) {
  Type* self = Resolve(impl.self);
  if (self->kind != TypeKind::kCon) return;
  uint32_t bit = DerivableBit(impl.interface);
  hir::TyCon& con = world_.program.types.con(hir::TyConId(self->con));
  if ((con.derived & bit) == 0) return;
  con.derived &= ~bit;
  const TypeInfo& info = world_.info(hir::TyConId(self->con));
  for (auto [derivable, span] : info.deriving) {
    if (Bit(derivable) != bit) continue;
    world_.diagnostics
        .Error(DiagnosticKind::kDuplicateImpl, impl.span,
               "second impl of '" +
                   std::string(world_.Text(world_.symbols.interface(impl.interface).name)) +
                   "' for " + world_.Print(self))
        .Note(span, "it is derived here")
        .Help("remove one of them");
  }
}

bool Solver::Overlap(const ImplInfo& a, const ImplInfo& b) {
  auto copy = [&](const ImplInfo& impl, std::vector<Type*>& types) {
    for (Type* generic : impl.generics) generic->link = world_.store.Var(1);
    types.push_back(world_.store.Substitute(impl.self, *this));
    for (Type* arg : impl.args) types.push_back(world_.store.Substitute(arg, *this));
    for (Type* generic : impl.generics) generic->link = nullptr;
  };
  std::vector<Type*> left;
  std::vector<Type*> right;
  copy(a, left);
  copy(b, right);
  for (size_t i = 0; i < left.size(); ++i) {
    if (world_.store.Unify(left[i], right[i], /*keep_messages=*/true) != Mismatch::kNone) {
      return false;
    }
  }
  return true;
}

void Solver::ReportSecond(const ImplInfo& second, const ImplInfo& first) {
  world_.diagnostics
      .Error(DiagnosticKind::kDuplicateImpl, second.span,
             "second impl of '" +
                 std::string(world_.Text(world_.symbols.interface(second.interface).name)) +
                 "' for " + world_.Print(second.self))
      .Note(first.span, "the first one is here")
      .Help("an interface has one impl for a type; remove one of them");
}

void Solver::CheckOverlaps() {
  for (const auto& [key, ids] : impls_) {
    for (size_t i = 0; i < ids.size(); ++i) {
      const ImplInfo& impl = world_.impls[ids[i].value];
      ModuleId module = world_.symbols.impls[ids[i].value].module;
      if (world_.InLibrary(module)) continue;
      auto check = [&](ImplId other_id, bool earlier_only) {
        const ImplInfo& other = world_.impls[other_id.value];
        bool other_in_library = world_.InLibrary(world_.symbols.impls[other_id.value].module);
        if (other_id == ids[i]) return true;
        if (earlier_only && !other_in_library && other_id.value > ids[i].value) return true;
        if (!Overlap(impl, other)) return true;
        ReportSecond(impl, other);
        return false;
      };
      bool ok = true;
      for (ImplId other : ids) ok = ok && check(other, true);
      // The library turns every From into an Into; one that is written by itself goes first.
      if (impl.interface == world_.known.into) continue;
      const std::vector<ImplId>* general = Impls(AnyKey(impl.interface));
      if (general == nullptr || key == AnyKey(impl.interface)) continue;
      for (ImplId other : *general) ok = ok && check(other, false);
    }
  }
}

const std::vector<InterfaceMethod>& Solver::InterfacesWith(StringId method) const {
  auto found = methods_.find(method.value);
  return found == methods_.end() ? none_ : found->second;
}

std::vector<FnId> Solver::OwnFunctions(Type* self, StringId name) {
  self = Resolve(self);
  std::vector<FnId> fitting;
  if (self->kind != TypeKind::kCon) return fitting;
  auto found = own_functions_.find(OwnKey(hir::TyConId(self->con), name));
  if (found == own_functions_.end()) return fitting;
  for (FnId fn : found->second) {
    const ImplInfo& impl = world_.impls[world_.decl(fn).owner];
    Type* blocked = nullptr;
    Answer answer = self->arg_count == impl.self->arg_count
                        ? MatchImpl(impl, self, {}, blocked)
                        : Answer::kMaybe;
    for (Type* generic : impl.generics) generic->link = nullptr;
    if (answer != Answer::kNo) fitting.push_back(fn);
  }
  return fitting;
}

std::vector<FnId> Solver::OwnFunctions(hir::TyConId con, StringId name) const {
  auto found = own_functions_.find(OwnKey(con, name));
  return found == own_functions_.end() ? std::vector<FnId>() : found->second;
}

Solver::Answer Solver::Offers(InterfaceId interface, Type* self, const Givens* givens) {
  self = Resolve(self);
  for (; givens != nullptr; givens = givens->outer) {
    if (givens->bounds == nullptr) continue;
    for (const Bound& bound : *givens->bounds) {
      if (bound.interface == interface && SameType(bound.self, self)) return Answer::kYes;
    }
  }
  Answer answer = Answer::kNo;
  for (uint64_t key : {HeadKey(interface, self), AnyKey(interface)}) {
    const std::vector<ImplId>* candidates = Impls(key);
    if (candidates == nullptr) continue;
    for (ImplId id : *candidates) {
      const ImplInfo& impl = world_.impls[id.value];
      Type* blocked = nullptr;
      Answer one = MatchImpl(impl, self, {}, blocked);
      for (Type* generic : impl.generics) generic->link = nullptr;
      if (one == Answer::kYes) return one;
      if (one == Answer::kMaybe) answer = one;
    }
  }
  if (self->kind == TypeKind::kCon && Derives(hir::TyConId(self->con), interface)) {
    return Answer::kYes;
  }
  const Known& known = world_.known;
  bool everyday = interface == known.eq || interface == known.ord || interface == known.display ||
                  interface == known.debug || interface == known.hash;
  bool structural = self->kind == TypeKind::kTuple || TypeStore::Is(self, hir::Builtin::kUnit);
  if (structural && (everyday || interface == known.json_iface)) return Answer::kYes;
  if (self->kind == TypeKind::kFun && interface == known.debug) return Answer::kYes;
  if (TypeStore::Is(self, hir::Builtin::kAny) &&
      (interface == known.display || interface == known.debug)) {
    return Answer::kYes;
  }
  return answer;
}

std::vector<StringId> Solver::MethodNames(Type* self, const Givens* givens) {
  std::vector<StringId> names;
  self = Resolve(self);
  if (self->kind == TypeKind::kCon) {
    auto found = own_names_.find(self->con);
    if (found != own_names_.end()) names = found->second;
  }
  for (uint32_t i = 0; i < world_.interfaces.size(); ++i) {
    if (Offers(InterfaceId(i), self, givens) == Answer::kNo) continue;
    for (const MethodInfo& method : world_.interfaces[i].methods) {
      if (method.has_self) names.push_back(method.name);
    }
  }
  return names;
}

void Solver::Reach(ImplId id) {
  ImplInfo& impl = world_.impls[id.value];
  if (impl.reached) return;
  impl.reached = true;
  const InterfaceInfo& interface = world_.info(impl.interface);
  for (size_t i = 0; i < impl.methods.size(); ++i) {
    if (impl.methods[i].IsValid()) {
      world_.IdOf(impl.methods[i]);
    } else if (interface.methods[i].has_default) {
      world_.IdOf(interface.methods[i].fn);
    }
  }
}

void Solver::ReachDefaults(InterfaceId interface) {
  if (!reached_defaults_.insert(interface.value).second) return;
  for (const MethodInfo& method : world_.info(interface).methods) {
    if (method.has_default) world_.IdOf(method.fn);
  }
}

void Solver::ShareAssociated(size_t begin) {
  // Goals that may be of one type, by interface and what is known of the type.
  std::unordered_map<uint64_t, std::vector<Implements*>> alike;
  for (size_t i = begin; i < pending_.size(); ++i) {
    if (pending_[i]->done || pending_[i]->kind != ConstraintKind::kImplements) continue;
    auto* goal = static_cast<Implements*>(pending_[i]);
    Type* self = Resolve(goal->self);
    uint64_t key = static_cast<uint64_t>(goal->interface.value) << 32;
    key |= self->kind == TypeKind::kVar ? self->index : self->con;
    std::vector<Implements*>& others = alike[key];
    auto shares = [&](Implements* other) {
      if (!SameType(other->self, self)) return false;
      for (size_t k = 0; k < goal->args.size(); ++k) {
        if (!SameType(goal->args[k], other->args[k])) return false;
      }
      return true;
    };
    auto found = std::ranges::find_if(others, shares);
    if (found == others.end()) {
      others.push_back(goal);
      continue;
    }
    for (size_t k = 0; k < goal->assoc.size(); ++k) {
      UnifyAssociated(*goal, k, (*found)->assoc[k]);
    }
    goal->done = true;
  }
}

}  // namespace snow::types
