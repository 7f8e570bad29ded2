// Decides whether types implement interfaces, and what that says about other types.
//
// An obligation (Implements) is solved by a bound of the function at hand, by an impl, or by the
// rules for types without one (tuples, what is derived). One whose type is a variable waits.
#ifndef SNOWC_TYPES_SOLVER_H_
#define SNOWC_TYPES_SOLVER_H_

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "snowc/types/constraint.h"
#include "snowc/types/world.h"

namespace snow::types {

// A method that a type has by an interface.
struct InterfaceMethod {
  InterfaceId interface;
  uint32_t method = 0;
};

class Solver : public Projector {
 public:
  explicit Solver(World& world) : world_(world) {}

  // Indexes the impls; reports second impls for a type (E0026).
  void AddImpls();

  // Asks for `self: interface<args>`. Associated types that are not given become variables.
  Implements* Require(InterfaceId interface, Type* self, std::span<Type* const> args,
                      const Givens* givens, Span span, Reason reason);
  // The same for a bound of a signature whose parameters have been linked (Type::link).
  Implements* RequireBound(const Bound& bound, const Givens* givens, Span span, Reason reason);
  // One that waits must be known here, so that its end is not forgotten.
  void AddPending(Constraint* constraint) { pending_.push_back(constraint); }

  // Tries all constraints whose variable has been bound, until nothing moves.
  void Drain();

  // Constraints that are not done, oldest first, from `begin`.
  std::vector<Constraint*>& pending() { return pending_; }

  // Makes two obligations of one interface on one variable share their associated types.
  void ShareAssociated(size_t begin);

  enum class Answer : uint8_t { kNo, kYes, kMaybe };
  // Whether a type (not a variable) implements an interface, as far as the head of the type tells;
  // conditions on its parts are not looked at.
  Answer Offers(InterfaceId interface, Type* self, const Givens* givens);

  // All interfaces that have a method of this name.
  const std::vector<InterfaceMethod>& InterfacesWith(StringId method) const;
  // Functions of the type's own impls (no interface) of this name whose type may be meant.
  std::vector<FnId> OwnFunctions(Type* self, StringId name);
  std::vector<FnId> OwnFunctions(hir::TyConId con, StringId name) const;
  // Names of methods of a type, for hints.
  std::vector<StringId> MethodNames(Type* self, const Givens* givens);

  // A `deriving` that has been reported: what needs it passes silently.
  void MarkBroken(hir::TyConId con, InterfaceId interface) { broken_.insert(Key(con, interface)); }
  // Whether lowering derives the interface for this constructor.
  bool Derives(hir::TyConId con, InterfaceId interface) const;
  // Marks what a program may run when it uses this impl, and checks it later.
  void Reach(ImplId impl);
  void ReachDefaults(InterfaceId interface);

  // Projector
  Type* Project(InterfaceId interface, uint32_t index, std::span<Type* const> args) override;
  // The givens and place for projections that a substitution meets. `goals` says what some of them
  // are; new goals are added to it and not started, since solving them would disturb the links of
  // the parameters that are being replaced.
  struct ProjectionContext {
    const Givens* givens = nullptr;
    Span span;
    Reason reason;
    std::vector<Implements*>* goals = nullptr;
  };
  ProjectionContext projection;

  // A goal that is neither solved nor waits so far; Start solves it.
  Implements* NewGoal(InterfaceId interface, Type* self, std::span<Type* const> args,
                      const Givens* givens, Span span, Reason reason);

  uint32_t level = 1;  // of variables that are made

  // Called with a goal that failed (the root, and the part at fault); true: it has been reported.
  std::function<bool(const Implements& root, const Implements& part)> on_failure;

  // Solves what RequireBound made.
  void Start(Implements& goal) { Solve(goal); }
  // Constraints met from now on are drained anew, even within a Drain (another function's body).
  bool SuspendDrain() { return std::exchange(draining_, false); }
  void ResumeDrain(bool suspended) { draining_ = suspended; }

 private:
  enum class Outcome : uint8_t { kDone, kWaits, kFailed };

  Outcome Solve(Implements& goal);
  Outcome SolveByImpl(Implements& goal, bool& found);
  Outcome SolveDerived(Implements& goal, bool& found);
  bool UseGiven(Implements& goal);
  bool IsShownAnyway(const Implements& goal) const;
  static uint64_t Key(hir::TyConId con, InterfaceId interface) {
    return static_cast<uint64_t>(con.value) << 32 | interface.value;
  }
  bool IsBroken(hir::TyConId con, InterfaceId interface) const {
    return broken_.contains(Key(con, interface));
  }
  bool IsIteratorOfIterable(Implements& goal);
  void UseImpl(Implements& goal, ImplId id);
  void UnifyAssociated(Implements& goal, size_t index, Type* type);
  bool IsAssumed(const Implements& goal) const;
  bool SameType(Type* a, Type* b) const;
  void RequirePart(Implements& goal, InterfaceId interface, Type* part, std::string_view what);
  void Fail(Implements& goal);
  void Wait(Implements& goal, Type* var);
  Answer Match(Type* pattern, Type* type, Type*& blocked);
  Answer MatchEqual(Type* a, Type* b, Type*& blocked);
  Answer MatchImpl(const ImplInfo& impl, Type* self, std::span<Type* const> args, Type*& blocked);
  bool Overlap(const ImplInfo& a, const ImplInfo& b);
  void CheckOverlaps();
  void CheckWrittenAndDerived(const ImplInfo& impl);
  static uint64_t HeadKey(InterfaceId interface, Type* self);
  static uint64_t AnyKey(InterfaceId interface);
  const std::vector<ImplId>* Impls(uint64_t key) const;
  void ReportSecond(const ImplInfo& second, const ImplInfo& first);
  uint64_t MemoKey(const Implements& goal);
  uint32_t DerivableBit(InterfaceId interface) const;

  World& world_;
  std::unordered_map<uint64_t, std::vector<ImplId>> impls_;  // by interface and head of the type
  std::unordered_map<uint32_t, std::vector<InterfaceMethod>> methods_;   // by name
  std::unordered_map<uint64_t, std::vector<FnId>> own_functions_;        // by constructor and name
  std::unordered_map<uint32_t, std::vector<StringId>> own_names_;        // by constructor
  std::unordered_set<uint64_t> solved_;                                  // closed goals
  std::unordered_set<uint64_t> broken_;
  std::unordered_set<uint32_t> reached_defaults_;
  std::vector<Constraint*> pending_;
  std::vector<InterfaceMethod> none_;
  bool draining_ = false;
};

}  // namespace snow::types

#endif  // SNOWC_TYPES_SOLVER_H_
