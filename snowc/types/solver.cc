#include "snowc/types/solver.h"

#include <algorithm>
#include <string>

namespace snow::types {

using hir::Builtin;
using hir::Derivable;

namespace {

bool HasError(Type* type) {
  type = Resolve(type);
  if (type->kind == TypeKind::kError) return true;
  return std::ranges::any_of(type->Args(), HasError);
}

bool IsClosed(Type* type) {
  type = Resolve(type);
  if (type->kind == TypeKind::kVar || type->kind == TypeKind::kParam) return false;
  return std::ranges::all_of(type->Args(), IsClosed);
}

}  // namespace

Implements* Solver::NewGoal(InterfaceId interface, Type* self, std::span<Type* const> args,
                            const Givens* givens, Span span, Reason reason) {
  Implements* goal = world_.store.arena().New<Implements>();
  goal->kind = ConstraintKind::kImplements;
  goal->span = span;
  goal->interface = interface;
  goal->self = self;
  goal->args = world_.store.arena().CopyArray(args);
  goal->givens = givens;
  goal->reason = reason;
  if (!interface.IsValid()) {
    goal->done = true;
    return goal;
  }
  std::vector<Type*> assoc(world_.info(interface).associated.size());
  for (Type*& type : assoc) type = world_.store.Var(level);
  goal->assoc = world_.store.arena().CopyArray(std::span<Type* const>(assoc));
  return goal;
}

Implements* Solver::Require(InterfaceId interface, Type* self, std::span<Type* const> args,
                            const Givens* givens, Span span, Reason reason) {
  Implements* goal = NewGoal(interface, self, args, givens, span, reason);
  if (!goal->done) Solve(*goal);
  return goal;
}

Implements* Solver::RequireBound(const Bound& bound, const Givens* givens, Span span,
                                 Reason reason) {
  TypeStore& store = world_.store;
  Implements* goal = store.arena().New<Implements>();
  goal->kind = ConstraintKind::kImplements;
  goal->span = span;
  goal->interface = bound.interface;
  goal->self = store.Substitute(bound.self, *this);
  goal->givens = givens;
  goal->reason = reason;
  goal->reason.span = bound.span;
  std::vector<Type*> args;
  for (Type* arg : bound.args) args.push_back(store.Substitute(arg, *this));
  goal->args = store.arena().CopyArray(std::span<Type* const>(args));
  std::vector<Type*> assoc;
  for (Type* type : bound.assoc) {
    // What is only a name for the associated type itself becomes a variable tied to the goal.
    Type* resolved = Resolve(type);
    bool own = resolved->kind == TypeKind::kAssoc && resolved->con == bound.interface.value &&
               Resolve(resolved->args[0]) == Resolve(bound.self);
    assoc.push_back(own ? store.Var(level) : store.Substitute(type, *this));
  }
  goal->assoc = store.arena().CopyArray(std::span<Type* const>(assoc));
  return goal;
}

Type* Solver::Project(InterfaceId interface, uint32_t index, std::span<Type* const> args) {
  Type* self = Resolve(args[0]);
  if (self->kind == TypeKind::kError) return self;
  if (projection.goals == nullptr) return world_.store.Assoc(interface, index, args);
  for (const Implements* goal : *projection.goals) {
    if (goal->interface != interface || !SameType(goal->self, self)) continue;
    bool same = true;
    for (size_t i = 0; i < goal->args.size(); ++i) {
      same = same && SameType(goal->args[i], args[i + 1]);
    }
    if (same) return goal->assoc[index];
  }
  Implements* goal = NewGoal(interface, self, args.subspan(1), projection.givens, projection.span,
                             projection.reason);
  projection.goals->push_back(goal);
  return goal->assoc[index];
}

bool Solver::SameType(Type* a, Type* b) const {
  a = Resolve(a);
  b = Resolve(b);
  if (a == b) return true;
  if (a->kind != b->kind || a->arg_count != b->arg_count || a->con != b->con ||
      a->index != b->index || a->kind == TypeKind::kVar || a->kind == TypeKind::kParam) {
    return false;
  }
  uint32_t count = a->kind == TypeKind::kFun ? a->arg_count - 1 : a->arg_count;
  for (uint32_t i = 0; i < count; ++i) {
    if (!SameType(a->args[i], b->args[i])) return false;
  }
  return true;
}

void Solver::Wait(Implements& goal, Type* var) {
  if (!goal.listed) {
    goal.listed = true;
    pending_.push_back(&goal);
  }
  world_.store.WaitFor(var, &goal);
}

void Solver::Drain() {
  if (draining_) return;
  draining_ = true;
  while (world_.store.HasWoken()) {
    for (Constraint* constraint : world_.store.TakeWoken()) {
      if (constraint->done) continue;
      if (constraint->kind == ConstraintKind::kImplements) {
        Solve(*static_cast<Implements*>(constraint));
      } else if (constraint->owner->Retry(*constraint)) {
        constraint->done = true;
      }
    }
  }
  draining_ = false;
}

Solver::Outcome Solver::Solve(Implements& goal) {
  Type* self = Resolve(goal.self);
  if (HasError(self) || TypeStore::Is(self, Builtin::kNever)) {
    goal.done = true;
    for (Type* assoc : goal.assoc) world_.store.Unify(assoc, world_.store.Error());
    return Outcome::kDone;
  }
  if (self->kind == TypeKind::kVar) {
    Wait(goal, self);
    return Outcome::kWaits;
  }
  bool rigid = self->kind == TypeKind::kParam || self->kind == TypeKind::kAssoc;
  bool memo = !rigid && goal.assoc.empty() && goal.args.empty() && IsClosed(self);
  if (memo && !solved_.insert(MemoKey(goal)).second) {
    goal.done = true;
    return Outcome::kDone;
  }
  if (IsIteratorOfIterable(goal)) {
    goal.done = true;
    return Outcome::kDone;
  }
  if (UseGiven(goal) || (!rigid && IsAssumed(goal))) {
    goal.done = true;
    return Outcome::kDone;
  }
  bool found = false;
  Outcome outcome = SolveByImpl(goal, found);
  if (!found && !rigid) outcome = SolveDerived(goal, found);
  if (!found && IsShownAnyway(goal)) {
    found = true;
    outcome = Outcome::kDone;
  }
  if (!found) {
    Fail(goal);
    outcome = Outcome::kFailed;
  }
  if (outcome != Outcome::kWaits) goal.done = true;
  return outcome;
}

// The library shows a value in its panics ("key not found: …") whatever its type derives; lowering
// can always make up a Debug. What a program itself asks for must be there.
bool Solver::IsShownAnyway(const Implements& goal) const {
  if (goal.interface != world_.known.debug) return false;
  const Implements* root = &goal;
  while (root->reason.part_of != nullptr) root = root->reason.part_of;
  return root->reason.of_library;
}

// `T.Iter` of an Iterable T is an Iterator over `T.Item`: every impl is checked for that.
bool Solver::IsIteratorOfIterable(Implements& goal) {
  Type* self = Resolve(goal.self);
  if (goal.interface != world_.known.iterator || self->kind != TypeKind::kAssoc ||
      self->con != world_.known.iterable.value || goal.assoc.empty()) {
    return false;
  }
  const std::vector<StringId>& names = world_.info(world_.known.iterable).associated;
  if (world_.Text(names[self->index]) != "Iter") return false;
  auto item = std::ranges::find_if(names, [&](StringId n) { return world_.Text(n) == "Item"; });
  uint32_t index = static_cast<uint32_t>(item - names.begin());
  UnifyAssociated(goal, 0, world_.store.Assoc(world_.known.iterable, index, self->Args()));
  return true;
}

uint64_t Solver::MemoKey(const Implements& goal) {
  return static_cast<uint64_t>(goal.interface.value) << 32 |
         world_.store.ToHir(goal.self).value;
}

bool Solver::UseGiven(Implements& goal) {
  for (const Givens* givens = goal.givens; givens != nullptr; givens = givens->outer) {
    if (givens->bounds == nullptr) continue;
    for (const Bound& bound : *givens->bounds) {
      if (bound.interface != goal.interface || !SameType(bound.self, goal.self)) continue;
      bool same = true;
      for (size_t i = 0; i < goal.args.size() && same; ++i) {
        Type* arg = Resolve(goal.args[i]);
        same = arg->kind == TypeKind::kVar || SameType(bound.args[i], arg);
      }
      if (!same) continue;
      for (size_t i = 0; i < goal.args.size(); ++i) {
        world_.store.Unify(goal.args[i], bound.args[i]);
      }
      for (size_t i = 0; i < goal.assoc.size(); ++i) {
        UnifyAssociated(goal, i, bound.assoc[i]);
      }
      return true;
    }
  }
  return false;
}

void Solver::UnifyAssociated(Implements& goal, size_t index, Type* type) {
  if (world_.store.Unify(goal.assoc[index], type) == Mismatch::kNone) return;
  if (HasError(goal.assoc[index]) || HasError(type)) return;
  const Implements* root = &goal;
  while (root->reason.part_of != nullptr) root = root->reason.part_of;
  const InterfaceInfo& info = world_.info(goal.interface);
  std::vector<Type*> names;
  world_.diagnostics
      .Error(DiagnosticKind::kMismatchedTypes, root->span,
             "expected " + world_.store.Print(goal.assoc[index], names) + ", found " +
                 world_.store.Print(type, names))
      .Note("'" + std::string(world_.Text(info.associated[index])) + "' of " +
            world_.store.Print(goal.self, names) + " as '" +
            std::string(world_.Text(world_.symbols.interface(goal.interface).name)) + "' is " +
            world_.store.Print(type, names));
}

bool Solver::IsAssumed(const Implements& goal) const {
  int depth = 0;
  for (const Implements* up = goal.reason.part_of; up != nullptr; up = up->reason.part_of) {
    if (up->interface == goal.interface && SameType(up->self, goal.self)) return true;
    // A type that grows with each turn is the error of lowering (E0051); stop here.
    if (++depth > 64) return true;
  }
  return false;
}

uint64_t Solver::HeadKey(InterfaceId interface, Type* self) {
  self = Resolve(self);
  uint64_t head = 0;
  switch (self->kind) {
    case TypeKind::kCon:
      head = 8 + static_cast<uint64_t>(self->con) * 2;
      break;
    case TypeKind::kTuple:
      head = 9 + static_cast<uint64_t>(self->arg_count) * 2;
      break;
    case TypeKind::kFun:
      head = 1;
      break;
    default:
      break;
  }
  return static_cast<uint64_t>(interface.value) << 32 | head;
}

uint64_t Solver::AnyKey(InterfaceId interface) {
  return static_cast<uint64_t>(interface.value) << 32;
}

const std::vector<ImplId>* Solver::Impls(uint64_t key) const {
  auto found = impls_.find(key);
  return found == impls_.end() ? nullptr : &found->second;
}

Solver::Answer Solver::Match(Type* pattern, Type* type, Type*& blocked) {
  pattern = Resolve(pattern);
  type = Resolve(type);
  if (pattern->kind == TypeKind::kParam) {
    if (pattern->link == nullptr) {
      pattern->link = type;
      return Answer::kYes;
    }
    return MatchEqual(pattern->link, type, blocked);
  }
  if (type->kind == TypeKind::kError || TypeStore::Is(type, Builtin::kNever)) return Answer::kYes;
  if (type->kind == TypeKind::kVar) {
    blocked = type;
    return Answer::kMaybe;
  }
  if (pattern->kind != type->kind || pattern->con != type->con ||
      pattern->arg_count != type->arg_count) {
    return Answer::kNo;
  }
  uint32_t count = pattern->kind == TypeKind::kFun ? pattern->arg_count - 1 : pattern->arg_count;
  Answer answer = Answer::kYes;
  for (uint32_t i = 0; i < count; ++i) {
    Answer part = Match(pattern->args[i], type->args[i], blocked);
    if (part == Answer::kNo) return part;
    if (part == Answer::kMaybe) answer = part;
  }
  return answer;
}

Solver::Answer Solver::MatchEqual(Type* a, Type* b, Type*& blocked) {
  a = Resolve(a);
  b = Resolve(b);
  if (a == b || a->kind == TypeKind::kError || b->kind == TypeKind::kError) return Answer::kYes;
  if (a->kind == TypeKind::kVar || b->kind == TypeKind::kVar) {
    blocked = a->kind == TypeKind::kVar ? a : b;
    return Answer::kMaybe;
  }
  if (a->kind != b->kind || a->con != b->con || a->index != b->index ||
      a->arg_count != b->arg_count || a->kind == TypeKind::kParam) {
    return Answer::kNo;
  }
  Answer answer = Answer::kYes;
  uint32_t count = a->kind == TypeKind::kFun ? a->arg_count - 1 : a->arg_count;
  for (uint32_t i = 0; i < count; ++i) {
    Answer part = MatchEqual(a->args[i], b->args[i], blocked);
    if (part == Answer::kNo) return part;
    if (part == Answer::kMaybe) answer = part;
  }
  return answer;
}

Solver::Answer Solver::MatchImpl(const ImplInfo& impl, Type* self, std::span<Type* const> args,
                                 Type*& blocked) {
  for (Type* generic : impl.generics) generic->link = nullptr;
  Answer answer = Match(impl.self, self, blocked);
  for (size_t i = 0; i < args.size() && answer != Answer::kNo; ++i) {
    Answer part = Match(impl.args[i], args[i], blocked);
    if (part != Answer::kYes) answer = part;
  }
  return answer;
}

Solver::Outcome Solver::SolveByImpl(Implements& goal, bool& found) {
  Type* self = Resolve(goal.self);
  Type* blocked = nullptr;
  uint64_t head = HeadKey(goal.interface, self);
  for (uint64_t key : {head, AnyKey(goal.interface)}) {
    const std::vector<ImplId>* candidates = Impls(key);
    if (candidates == nullptr) continue;
    for (ImplId id : *candidates) {
      Type* blocked_here = nullptr;
      const ImplInfo& impl = world_.impls[id.value];
      Answer answer = MatchImpl(impl, self, goal.args, blocked_here);
      if (answer == Answer::kYes && blocked == nullptr) {
        found = true;
        UseImpl(goal, id);
        return Outcome::kDone;
      }
      for (Type* generic : impl.generics) generic->link = nullptr;
      if (answer == Answer::kMaybe) blocked = blocked_here;
    }
    if (head == AnyKey(goal.interface)) break;
  }
  if (blocked == nullptr) return Outcome::kFailed;
  found = true;
  Wait(goal, blocked);
  return Outcome::kWaits;
}

void Solver::UseImpl(Implements& goal, ImplId id) {
  const ImplInfo& impl = world_.impls[id.value];
  Reach(id);
  for (Type* generic : impl.generics) {
    if (generic->link == nullptr) generic->link = world_.store.Var(level);
  }
  std::vector<Implements*> parts;
  ProjectionContext saved = projection;
  projection = {goal.givens, goal.span, {}, &parts};
  projection.reason.part_of = &goal;
  projection.reason.part = goal.reason.part;
  for (const Bound& bound : impl.bounds) {
    parts.push_back(RequireBound(bound, goal.givens, goal.span, projection.reason));
  }
  std::vector<Type*> assoc;
  for (Type* type : impl.associated) assoc.push_back(world_.store.Substitute(type, *this));
  projection = saved;
  for (Type* generic : impl.generics) generic->link = nullptr;
  for (size_t i = 0; i < assoc.size() && i < goal.assoc.size(); ++i) {
    UnifyAssociated(goal, i, assoc[i]);
  }
  for (size_t i = 0; i < parts.size(); ++i) Solve(*parts[i]);
}

void Solver::RequirePart(Implements& goal, InterfaceId interface, Type* part,
                         std::string_view what) {
  Reason reason;
  reason.part_of = &goal;
  reason.part = what;
  Require(interface, part, {}, goal.givens, goal.span, reason);
}

Solver::Outcome Solver::SolveDerived(Implements& goal, bool& found) {
  Type* self = Resolve(goal.self);
  const Known& known = world_.known;
  InterfaceId in = goal.interface;
  bool everyday = in == known.eq || in == known.ord || in == known.display || in == known.debug ||
                  in == known.hash || in == known.default_;
  if (self->kind == TypeKind::kFun) {
    found = in == known.debug;
  } else if (TypeStore::Is(self, Builtin::kAny)) {
    found = in == known.display || in == known.debug;
  } else if (TypeStore::Is(self, Builtin::kUnit)) {
    found = everyday;
  } else if (self->kind == TypeKind::kTuple) {
    found = everyday || in == known.json_iface;
    if (!found) return Outcome::kFailed;
    ReachDefaults(in);
    for (Type* element : self->Args()) RequirePart(goal, in, element, "an element");
    return Outcome::kDone;
  } else if (self->kind == TypeKind::kCon && IsBroken(hir::TyConId(self->con), in)) {
    found = true;
    return Outcome::kDone;
  } else if (self->kind == TypeKind::kCon && Derives(hir::TyConId(self->con), in)) {
    found = true;
    ReachDefaults(in);
    if (in == known.row || in == known.schema) return Outcome::kDone;
    const TypeInfo& info = world_.info(hir::TyConId(self->con));
    std::vector<Type*> parts;
    std::vector<Type*> absent;  // parts of JSON that are made by Default
    for (size_t i = 0; i < info.params.size(); ++i) info.params[i]->link = self->args[i];
    auto add = [&](const FieldInfo& field) {
      if (in == known.default_ && field.default_value != nullptr) return;
      Type* part = world_.store.Substitute(field.type, *this);
      if (in == known.json_iface && (field.json_skip || field.json_default) &&
          field.default_value == nullptr) {
        absent.push_back(part);
      }
      if (in != known.json_iface || !field.json_skip) parts.push_back(part);
    };
    for (const FieldInfo& field : info.fields) add(field);
    for (const VariantInfo& variant : info.variants) {
      for (const FieldInfo& field : variant.fields) add(field);
    }
    for (Type* param : info.params) param->link = nullptr;
    for (Type* part : parts) RequirePart(goal, in, part, "a field");
    for (Type* part : absent) RequirePart(goal, known.default_, part, "a field");
    return Outcome::kDone;
  }
  if (found) ReachDefaults(in);
  return found ? Outcome::kDone : Outcome::kFailed;
}

void Solver::Fail(Implements& goal) {
  Implements* root = &goal;
  while (true) {
    if (root->assoc.empty() && root->args.empty() && IsClosed(root->self)) {
      solved_.erase(MemoKey(*root));
    }
    if (root->reason.part_of == nullptr) break;
    root = const_cast<Implements*>(root->reason.part_of);
  }
  for (Type* assoc : goal.assoc) world_.store.Unify(assoc, world_.store.Error());
  if (root->failed) return;
  root->failed = true;
  if (on_failure && on_failure(*root, goal)) return;
  std::vector<Type*> names;
  auto interface_text = [&](const Implements& g) {
    std::string text(world_.Text(world_.symbols.interface(g.interface).name));
    for (size_t i = 0; i < g.args.size(); ++i) {
      text += (i == 0 ? "<" : ", ") + world_.store.Print(g.args[i], names);
    }
    if (!g.args.empty()) text += ">";
    return text;
  };
  std::string self = world_.store.Print(root->self, names);
  std::string interface = interface_text(*root);
  auto report = world_.diagnostics.Error(DiagnosticKind::kInterfaceNotImplemented, root->span,
                                         self + " does not implement " + interface);
  if (!root->reason.text.empty()) {
    report.Label(std::string(root->reason.text) + " needs " + interface);
  }
  if (root->reason.name.IsValid()) {
    report.Label(world_.Quoted(root->reason.name) + " needs " + interface);
  }
  if (root->reason.span.IsValid()) report.Note(root->reason.span, "the bound is written here");
  for (const Implements* part = &goal; part != root; part = part->reason.part_of) {
    std::string inner = world_.store.Print(part->self, names);
    report.Note((part->reason.part.empty() ? "" : std::string(part->reason.part) + ": ") + inner +
                " does not implement " + interface_text(*part));
  }
  Type* type = Resolve(goal.self);
  if (type->kind == TypeKind::kParam) {
    report.Help("add a bound: `where " + world_.store.Print(type, names) + ": " +
                interface_text(goal) + "`");
  } else if (TypeStore::Is(type, Builtin::kAny)) {
    report.Note("nothing says what type the messages of this actor are; one of any type can only "
                "be printed");
    report.Help("match them by a pattern of their type");
  } else if (type->kind == TypeKind::kCon) {
    const TypeInfo& info = world_.info(hir::TyConId(type->con));
    bool own = info.decl.IsValid() && world_.symbols.type(info.decl).module.IsValid() &&
               !world_.InLibrary(world_.symbols.type(info.decl).module);
    if (own && info.has_deriving) {
      report.Help("add " + interface_text(goal) + " to its `deriving`, or write an impl");
      report.Note(world_.symbols.type(info.decl).span,
                  world_.store.Print(type, names) + " has what its `deriving` names, and no more");
    } else if (own) {
      report.Help("write `impl " + interface_text(goal) + " for " +
                  world_.store.Print(type, names) + "`");
    }
  }
}

}  // namespace snow::types
