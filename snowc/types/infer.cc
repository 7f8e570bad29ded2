#include "snowc/types/infer.h"

#include <algorithm>
#include <unordered_set>

#include "snowc/types/body.h"

namespace snow::types {

using resolve::FnDecl;
using resolve::FnKind;

Inferer::Inferer(World& world) : world(world), declarer(world), solver(world) {
  checked_.resize(world.functions.size());
}

Inferer::~Inferer() = default;

// ---------------------------------------------------------------------------------------------
// Instances

Type* Inferer::FreshFor(Type* param) {
  Type* var = world.store.Var(solver.level);
  var->is_message = param->is_message;
  return var;
}

Instance Inferer::Instantiate(const Signature& signature, const Givens* givens, Span span,
                              Reason reason) {
  for (Type* generic : signature.generics) generic->link = FreshFor(generic);
  return InstantiateLinked(signature, givens, span, reason);
}

Instance Inferer::InstantiateLinked(const Signature& signature, const Givens* givens, Span span,
                                    Reason reason) {
  Instance instance;
  instance.args.reserve(signature.generics.size());
  for (Type* generic : signature.generics) instance.args.push_back(generic->link);
  for (Type* phantom : signature.phantoms) {
    phantom->link = world.store.MessageVar(solver.level);
  }
  std::vector<Implements*> goals;
  Solver::ProjectionContext saved = solver.projection;
  solver.projection = {givens, span, reason, &goals};
  for (const Bound& bound : signature.bounds) {
    goals.push_back(solver.RequireBound(bound, givens, span, reason));
  }
  instance.type = world.store.Substitute(signature.type, solver);
  solver.projection = saved;
  for (Type* generic : signature.generics) generic->link = nullptr;
  for (Type* phantom : signature.phantoms) phantom->link = nullptr;
  for (size_t i = 0; i < goals.size(); ++i) solver.Start(*goals[i]);
  solver.Drain();
  return instance;
}

// ---------------------------------------------------------------------------------------------
// Groups

namespace {

constexpr size_t kMaxDepth = 300;

bool HasVar(Type* type) {
  type = Resolve(type);
  if (type->kind == TypeKind::kVar) return true;
  return type->has_var && std::ranges::any_of(type->Args(), HasVar);
}

}  // namespace

bool Inferer::NeedsInference(FnId fn) {
  const FnDecl& decl = world.decl(fn);
  if (decl.kind == FnKind::kExtern) return false;
  // The handlers of a service tell more than its loop's signature.
  if (decl.kind == FnKind::kService) return fn.value >= checked_.size() || !checked_[fn.value];
  return HasVar(world.state(fn).signature.type);
}

void Inferer::Ensure(FnId fn) {
  FunctionState& state = world.state(fn);
  if (state.status == FunctionStatus::kDone) return;
  if (state.status == FunctionStatus::kInferring) {
    stack_[current_].low = std::min(stack_[current_].low, static_cast<size_t>(state.stack_index));
    return;
  }
  declarer.Declare(fn);
  if (!NeedsInference(fn)) {
    state.status = FunctionStatus::kDone;
    return;
  }
  if (world.decl(fn).kind == FnKind::kServiceApi) {
    // Its types are those of the handlers.
    FnId loop = world.symbols.services[world.decl(fn).owner].loop;
    Ensure(loop);
    if (!IsOpen(loop)) state.status = FunctionStatus::kDone;
    return;
  }
  InferFunction(fn, /*complete=*/false);
}

size_t Inferer::Push(FnId fn, size_t low) {
  checked_.resize(world.functions.size());
  checked_[fn.value] = true;
  size_t index = stack_.size();
  world.state(fn).stack_index = static_cast<uint32_t>(index);
  Entry entry;
  entry.fn = fn;
  entry.body = std::make_unique<BodyChecker>(*this, fn);
  entry.low = low;
  entry.pending = solver.pending().size();
  entry.errors = world.diagnostics.ErrorCount();
  stack_.push_back(std::move(entry));
  return index;
}

void Inferer::RunEntry(size_t index) {
  BodyChecker* body = stack_[index].body.get();
  uint32_t level = std::exchange(solver.level, 1);
  size_t current = std::exchange(current_, index);
  bool draining = solver.SuspendDrain();
  body->Run();
  solver.ResumeDrain(draining);
  current_ = current;
  solver.level = level;
}

// With `complete` the signature is known already, and the body is looked at for itself.
void Inferer::InferFunction(FnId fn, bool complete) {
  if (depth_ >= kMaxDepth) {
    ReportDepth(fn);
    return;
  }
  if (!complete) world.state(fn).status = FunctionStatus::kInferring;
  size_t index = Push(fn, stack_.size());
  ++depth_;
  RunEntry(index);
  --depth_;
  size_t low = stack_[index].low;
  if (low == index) {
    FinishGroup(index);
  } else {
    // The function that this one needs is its caller's as well.
    stack_[current_].low = std::min(stack_[current_].low, low);
  }
}

// Methods whose types depend on each other in a chain that does not end.
void Inferer::ReportDepth(FnId fn) {
  const FnDecl& decl = world.decl(fn);
  world.diagnostics
      .Error(DiagnosticKind::kAmbiguousType, decl.span,
             "the type of " + world.Quoted(decl.name) +
                 " follows from a chain of methods that is too long")
      .Help("annotate its parameters and its result");
  FunctionState& state = world.state(fn);
  state.status = FunctionStatus::kDone;
  std::vector<Type*> params(state.signature.type->Params().size(), world.store.Error());
  state.signature.type = world.store.Fun(params, world.store.Error(), world.store.Any());
}

void Inferer::InferGroup(std::span<const FnId> group) {
  size_t begin = stack_.size();
  for (FnId fn : group) {
    FunctionState& state = world.state(fn);
    if (state.status == FunctionStatus::kDone || state.status == FunctionStatus::kInferring) {
      continue;
    }
    declarer.Declare(fn);
    if (!NeedsInference(fn) || world.decl(fn).kind == FnKind::kServiceApi) continue;
    state.status = FunctionStatus::kInferring;
    Push(fn, begin);
  }
  size_t end = stack_.size();
  for (size_t i = begin; i < end; ++i) RunEntry(i);
  if (end != begin) FinishGroup(begin);
}

void Inferer::CheckBody(FnId fn) {
  if (checked_[fn.value]) return;
  InferFunction(fn, world.state(fn).status == FunctionStatus::kDone);
}

void Inferer::FinishGroup(size_t begin) {
  bool draining = solver.SuspendDrain();
  uint32_t level = std::exchange(solver.level, 1);
  size_t pending_begin = stack_[begin].pending;
  Settle(pending_begin);
  if (world.store.TakeTooLarge()) {
    world.diagnostics
        .Error(DiagnosticKind::kInfiniteType, world.decl(stack_[begin].fn).span,
               "a type in this function is too large")
        .Label("it has more than 20,000 parts")
        .Help("name its parts: a struct holds them as one type");
  }
  for (size_t i = begin; i < stack_.size(); ++i) stack_[i].body->CloseService();
  GeneraliseGroup(begin, pending_begin);
  DefaultGoals(pending_begin);
  solver.pending().resize(pending_begin);
  // Functions of a group share the parameters that were inferred, each with numbers of its own.
  for (size_t i = begin; i < stack_.size(); ++i) {
    NumberGenerics(stack_[i].fn);
    stack_[i].body->Close();
  }
  bool failed = world.diagnostics.ErrorCount() != stack_[begin].errors;
  for (size_t i = begin; i < stack_.size(); ++i) {
    world.state(stack_[i].fn).status = FunctionStatus::kDone;
    stack_[i].body->CheckClosed(failed);
  }
  stack_.resize(begin);
  solver.level = level;
  solver.ResumeDrain(draining);
}

void Inferer::Settle(size_t pending_begin) {
  solver.Drain();
  // In source order; each settlement may settle others or add some.
  for (size_t i = pending_begin; i < solver.pending().size(); ++i) {
    Constraint* constraint = solver.pending()[i];
    if (constraint->done || constraint->kind != ConstraintKind::kUse) continue;
    static_cast<BodyChecker*>(constraint->owner)->Settle(*constraint);
    solver.Drain();
  }
}

namespace {

void CollectFree(Type* type, uint32_t level, std::vector<Type*>& free) {
  type = Resolve(type);
  if (type->kind == TypeKind::kVar) {
    if (type->level > level && std::ranges::find(free, type) == free.end()) free.push_back(type);
    return;
  }
  if (!type->has_var) return;
  for (Type* arg : type->Args()) CollectFree(arg, level, free);
}

bool Mentions(Type* type, const std::vector<Type*>& vars) {
  type = Resolve(type);
  if (type->kind == TypeKind::kVar) return std::ranges::find(vars, type) != vars.end();
  return std::ranges::any_of(type->Args(), [&](Type* arg) { return Mentions(arg, vars); });
}

bool IsAwaited(const Type* var) {
  for (const Waiting* waiting = var->waiting; waiting != nullptr; waiting = waiting->next) {
    if (!waiting->constraint->done) return true;
  }
  return false;
}

bool Contains(Type* type, Type* var) {
  type = Resolve(type);
  if (type == var) return true;
  return std::ranges::any_of(type->Args(), [&](Type* arg) { return Contains(arg, var); });
}

}  // namespace

void Inferer::Generalise(std::span<Type* const> types, uint32_t level, size_t pending_begin,
                         Signature& scheme) {
  pending_begin = std::min(pending_begin, solver.pending().size());
  solver.ShareAssociated(pending_begin);
  solver.Drain();
  std::vector<Type*> free;
  for (Type* type : types) CollectFree(type, level, free);
  // Goals on what becomes general become bounds; so do goals on types that those tie to it.
  std::vector<Type*> concerned = free;
  std::vector<Implements*> goals;
  for (bool more = true; more;) {
    more = false;
    for (size_t i = pending_begin; i < solver.pending().size(); ++i) {
      Constraint* constraint = solver.pending()[i];
      if (constraint->done || constraint->kind != ConstraintKind::kImplements) continue;
      auto* goal = static_cast<Implements*>(constraint);
      if (std::ranges::find(goals, goal) != goals.end()) continue;
      bool concerns =
          Mentions(goal->self, concerned) ||
          std::ranges::any_of(goal->args, [&](Type* arg) { return Mentions(arg, concerned); });
      if (!concerns) continue;
      goals.push_back(goal);
      for (Type* assoc : goal->assoc) CollectFree(assoc, level, concerned);
      more = true;
    }
  }
  // An associated type of what is general is no parameter of its own.
  for (Implements* goal : goals) {
    for (uint32_t i = 0; i < goal->assoc.size(); ++i) {
      Type* assoc = Resolve(goal->assoc[i]);
      if (assoc->kind != TypeKind::kVar || assoc->level <= level) continue;
      bool own = Contains(goal->self, assoc) ||
                 std::ranges::any_of(goal->args, [&](Type* a) { return Contains(a, assoc); });
      if (own) continue;
      std::vector<Type*> args = {goal->self};
      args.insert(args.end(), goal->args.begin(), goal->args.end());
      assoc->link = world.store.Assoc(goal->interface, i, args);
    }
  }
  for (Type* var : free) {
    if (Resolve(var) != var) continue;
    Type* param = world.store.Param(StringId(), 0);
    param->is_runtime = var->is_runtime;
    param->is_message = var->is_message;
    var->link = param;
    (param->is_runtime ? scheme.generics : scheme.phantoms).push_back(param);
  }
  for (Implements* goal : goals) {
    goal->done = true;
    Bound bound;
    bound.interface = goal->interface;
    bound.self = world.store.Zonk(goal->self);
    bound.span = goal->span;
    std::vector<Type*> args;
    for (Type* arg : goal->args) args.push_back(world.store.Zonk(arg));
    bound.args = world.store.arena().CopyArray(std::span<Type* const>(args));
    std::vector<Type*> assoc;
    for (Type* type : goal->assoc) assoc.push_back(world.store.Zonk(type));
    bound.assoc = world.store.arena().CopyArray(std::span<Type* const>(assoc));
    scheme.bounds.push_back(bound);
  }
}

// What begins an actor by itself is not general: messages that nothing fixes are of any type.
void Inferer::CloseEntry(FnId fn) {
  FnKind kind = world.decl(fn).kind;
  bool begins = fn == world.main || kind == FnKind::kTest || kind == FnKind::kSetup ||
                kind == FnKind::kSupervisor;
  if (!begins) return;
  Type* message = Resolve(world.state(fn).signature.type->Message());
  if (message->kind != TypeKind::kVar) return;
  world.store.Unify(message, world.store.Any());
  solver.Drain();
}

void Inferer::GeneraliseGroup(size_t begin, size_t pending_begin) {
  std::vector<Type*> types;
  for (size_t i = begin; i < stack_.size(); ++i) {
    types.push_back(world.state(stack_[i].fn).signature.type);
  }
  // A function that gives no value whatever its arguments does not return.
  for (size_t i = begin; i < stack_.size(); ++i) {
    Type* type = world.state(stack_[i].fn).signature.type;
    Type* result = Resolve(type->Result());
    if (result->kind != TypeKind::kVar || IsAwaited(result)) continue;
    bool elsewhere = Contains(type->Message(), result) ||
                     std::ranges::any_of(type->Params(),
                                         [&](Type* param) { return Contains(param, result); });
    for (size_t p = pending_begin; p < solver.pending().size() && !elsewhere; ++p) {
      Constraint* constraint = solver.pending()[p];
      if (constraint->done || constraint->kind != ConstraintKind::kImplements) continue;
      auto* goal = static_cast<Implements*>(constraint);
      elsewhere = std::ranges::any_of(goal->assoc, [&](Type* t) { return Contains(t, result); }) ||
                  std::ranges::any_of(goal->args, [&](Type* t) { return Contains(t, result); });
    }
    if (!elsewhere) result->link = world.store.Never();
  }
  for (size_t i = begin; i < stack_.size(); ++i) CloseEntry(stack_[i].fn);
  Signature common;
  Generalise(types, 0, pending_begin, common);
  for (size_t i = begin; i < stack_.size(); ++i) {
    Signature& signature = world.state(stack_[i].fn).signature;
    signature.generics.insert(signature.generics.end(), common.generics.begin(),
                              common.generics.end());
    signature.phantoms.insert(signature.phantoms.end(), common.phantoms.begin(),
                              common.phantoms.end());
    signature.bounds.insert(signature.bounds.end(), common.bounds.begin(), common.bounds.end());
    signature.type = world.store.Zonk(signature.type);
  }
}

// Variables that nothing fixed and no signature has: unit, or Any for messages, where nothing but
// printing and comparing is asked of them; otherwise an error that asks for an annotation.
void Inferer::DefaultGoals(size_t pending_begin) {
  const Known& known = world.known;
  // Variables of which more is asked than to be printed and compared.
  std::unordered_set<const Type*> asked;
  auto for_each_goal = [&](auto visit) {
    for (size_t i = pending_begin; i < solver.pending().size(); ++i) {
      Constraint* constraint = solver.pending()[i];
      if (constraint->done || constraint->kind != ConstraintKind::kImplements) continue;
      visit(*static_cast<Implements*>(constraint));
    }
  };
  for_each_goal([&](Implements& goal) {
    InterfaceId in = goal.interface;
    bool harmless = in == known.eq || in == known.ord || in == known.hash ||
                    in == known.display || in == known.debug;
    if (!harmless) asked.insert(Resolve(goal.self));
  });
  for_each_goal([&](Implements& goal) {
    Type* self = Resolve(goal.self);
    if (self->kind != TypeKind::kVar || asked.contains(self)) return;
    world.store.Unify(self, self->is_message ? world.store.Any() : world.store.Unit());
    solver.Drain();
  });
  for (size_t i = pending_begin; i < solver.pending().size(); ++i) {
    Constraint* constraint = solver.pending()[i];
    if (constraint->done || constraint->kind != ConstraintKind::kImplements) continue;
    auto* goal = static_cast<Implements*>(constraint);
    std::string interface(world.Text(world.symbols.interface(goal->interface).name));
    auto report = world.diagnostics.Error(DiagnosticKind::kAmbiguousType, goal->span,
                                          "the type of this is not known");
    report.Label("it must implement " + interface + ", but nothing says what it is");
    report.Help("annotate the variable: `let name :: Type = ..`");
    goal->done = true;
    world.store.Unify(goal->self, world.store.Error());
    for (Type* arg : goal->args) world.store.Unify(arg, world.store.Error());
    solver.Drain();
  }
}

void Inferer::NumberGenerics(FnId fn) {
  FunctionState& state = world.state(fn);
  for (uint32_t i = 0; i < state.signature.generics.size(); ++i) {
    state.signature.generics[i]->index = i;
  }
}

// ---------------------------------------------------------------------------------------------

void Inferer::CheckReached() {
  // New ones are added on the way.
  while (!world.reached.empty()) {
    std::vector<FnId> batch;
    batch.swap(world.reached);
    checked_.resize(world.functions.size());
    for (FnId fn : batch) {
      Ensure(fn);
      checked_.resize(world.functions.size());
      CheckBody(fn);
    }
  }
}

Type* Inferer::InfoMessage(resolve::ServiceId service) {
  Type* info = world.services[service.value].info;
  if (info == nullptr) return world.store.Never();
  Ensure(world.symbols.services[service.value].loop);
  return Resolve(info);
}

FnId Inferer::DefaultOfField(hir::TyConId con, size_t index) {
  TypeInfo& info = world.info(con);
  FieldInfo& field = info.fields[index];
  if (field.default_fn.IsValid()) return field.default_fn;
  FnDecl decl;
  decl.kind = FnKind::kFieldDefault;
  decl.module = world.symbols.type(info.decl).module;
  decl.name = world.interner.Intern(
      std::string(world.Text(world.symbols.type(info.decl).name)) + ".default." +
      std::string(world.Text(field.name)));
  decl.span = field.span;
  decl.expr = field.default_value;
  FnId fn = world.AddFunction(std::move(decl));
  FunctionState& state = world.state(fn);
  state.status = FunctionStatus::kDone;
  state.result_written = true;
  state.signature.generics = info.params;
  state.signature.type = world.store.Fun({}, field.type, world.store.Any());
  field.default_fn = fn;
  return fn;
}

}  // namespace snow::types
