// Puts the clauses of one function together.
#ifndef SNOWC_RESOLVE_CLAUSES_H_
#define SNOWC_RESOLVE_CLAUSES_H_

#include <functional>
#include <span>
#include <vector>

#include "snowc/base/interner.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/syntax/ast.h"

namespace snow::resolve {

enum class ClauseKind : uint8_t {
  kFunction,  // of a file, module, impl or service: ordinals say what stands together
  kLocal,     // statements that follow each other; a later definition hides an earlier one
};

struct ClauseGroup {
  std::vector<const ast::FnDecl*> clauses;
  size_t first = 0;     // index of the first clause
  bool broken = false;  // clauses were left out after a report
};

// Calls `add` with each group of consecutive clauses of one name, in source order. Reports clauses that stand apart (E0023), differ in arity (E0024), follow a
// catch-all (E0022) or carry annotations that do not count (W0002). Clauses in error are left out.
void GroupClauses(std::span<const ast::FnDecl* const> clauses, ClauseKind kind,
                  const Interner& interner, Diagnostics& diagnostics,
                  const std::function<void(ClauseGroup)>& add);

}  // namespace snow::resolve

#endif  // SNOWC_RESOLVE_CLAUSES_H_
