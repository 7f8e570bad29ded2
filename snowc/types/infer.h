// The order of inference: which functions are looked at when, and what becomes of their types.
//
// A function's type is found when something first needs it. Functions that need each other form a
// group (the strongly connected components of the call graph, found on the way by Tarjan's
// algorithm); when the last of a group is done, what still waits is settled, the free variables of
// the signatures become type parameters, and the group's code gets its final types.
#ifndef SNOWC_TYPES_INFER_H_
#define SNOWC_TYPES_INFER_H_

#include <memory>
#include <utility>
#include <vector>

#include "snowc/types/declare.h"
#include "snowc/types/solver.h"
#include "snowc/types/world.h"

namespace snow::types {

class BodyChecker;

// A use of a signature: what its parameters stand for, and its type with that put in.
struct Instance {
  std::vector<Type*> args;
  Type* type = nullptr;
};

class Inferer {
 public:
  explicit Inferer(World& world);
  ~Inferer();

  World& world;
  Declarer declarer;
  Solver solver;

  // Makes the signature of `fn` usable: of one in a group that is still open it may have variables.
  void Ensure(FnId fn);
  bool IsOpen(FnId fn) const {
    return world.functions[fn.value].status == FunctionStatus::kInferring;
  }

  // Infers functions that need each other together; those that they call come before them.
  void InferGroup(std::span<const FnId> group);
  // Checks whatever has been referred to, and what that refers to.
  void CheckReached();

  Instance Instantiate(const Signature& signature, const Givens* givens, Span span,
                       Reason reason);
  // The same where the generics have been linked (Type::link) to what they stand for.
  Instance InstantiateLinked(const Signature& signature, const Givens* givens, Span span,
                             Reason reason);
  // A variable to stand for a generic.
  Type* FreshFor(Type* param);

  // The function that computes the default of a struct's field.
  FnId DefaultOfField(hir::TyConId con, size_t index);
  // What `send` to a service takes; Never when it has no handler for messages.
  Type* InfoMessage(resolve::ServiceId service);

  // Guards, to be looked at when all bodies are known.
  std::vector<hir::Expr*> guards;

  // Turns the free variables of `types` above `level` into parameters of `scheme`, and the goals
  // (from `pending_begin` on) that concern them into its bounds.
  void Generalise(std::span<Type* const> types, uint32_t level, size_t pending_begin,
                  Signature& scheme);

 private:
  struct Entry {
    FnId fn;
    std::unique_ptr<BodyChecker> body;
    size_t low = 0;      // the lowest entry that it is known to need
    size_t pending = 0;  // where its part of the solver's list begins
    size_t errors = 0;   // reported before
  };

  bool NeedsInference(FnId fn);
  void InferFunction(FnId fn, bool complete);
  void ReportDepth(FnId fn);
  size_t Push(FnId fn, size_t low);
  void RunEntry(size_t index);
  void CheckBody(FnId fn);
  void FinishGroup(size_t begin);
  void Settle(size_t pending_begin);
  void CloseEntry(FnId fn);
  void GeneraliseGroup(size_t begin, size_t pending_begin);
  void DefaultGoals(size_t pending_begin);
  void NumberGenerics(FnId fn);

  std::vector<Entry> stack_;
  size_t current_ = 0;  // the entry whose body is being looked at
  size_t depth_ = 0;    // bodies that wait for the one being looked at
  std::vector<bool> checked_;  // bodies, by FnId
};

}  // namespace snow::types

#endif  // SNOWC_TYPES_INFER_H_
