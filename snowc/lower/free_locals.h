// The local variables that a piece of code takes from around it.
#ifndef SNOWC_LOWER_FREE_LOCALS_H_
#define SNOWC_LOWER_FREE_LOCALS_H_

#include <vector>

#include "snowc/hir/hir.h"

namespace snow::lower {

// Collects the locals that are used and not bound inside, each once, in order of first use. Poly
// locals are listed as themselves; what their values need in turn is the caller's matter, who knows
// the bindings.
class FreeLocals {
 public:
  explicit FreeLocals(size_t local_count) : state_(local_count, State::kUnknown) {}

  void Bind(hir::LocalId local);
  void BindPattern(const hir::Pattern* pattern);
  void Visit(const hir::Expr* expr);
  void VisitClosure(const hir::Closure& closure);
  void VisitArms(const hir::Receive& receive);

  const std::vector<hir::LocalId>& free() const { return free_; }

 private:
  // Ids are unique in a function, so what is bound anywhere inside is never free.
  enum class State : uint8_t { kUnknown, kBound, kFree };

  void Use(hir::LocalId local);

  std::vector<State> state_;
  std::vector<hir::LocalId> free_;
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_FREE_LOCALS_H_
