// Exhaustiveness and redundancy of patterns.
//
// One matcher serves `case`, clauses of functions and closures, `receive`, parameters and `let`;
// this is its judge. The algorithm is usefulness with witnesses (L. Maranget, 'Warnings for pattern
// matching', 2007): lists are seen as `[]` and `head :: tail`, or-patterns are expanded.
#ifndef SNOWC_EXHAUSTIVE_EXHAUSTIVE_H_
#define SNOWC_EXHAUSTIVE_EXHAUSTIVE_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "snowc/base/interner.h"
#include "snowc/hir/hir.h"

namespace snow::exhaustive {

// One clause: a pattern for each scrutinee, and whether a guard may refuse it.
struct Row {
  std::span<hir::Pattern* const> patterns;
  bool guarded = false;
};

struct Verdict {
  // An example of each missing shape, as the user would write it (`Some(_), []`); at most
  // `max_missing`. Empty: the rows cover everything.
  std::vector<std::string> missing;
  bool more_missing = false;        // there are more than were listed
  std::vector<size_t> unreachable;  // rows that no value reaches, in order
  // The patterns are so entangled that the search was given up; nothing is known to be missing.
  bool gave_up = false;
};

// `columns` are the types of the scrutinees, free of inference variables (type parameters are
// fine). The table only gains types. The cost is bounded by a
// budget of steps.
Verdict Check(hir::TypeTable& types, const Interner& interner, std::span<const hir::TypeId> columns,
              std::span<const Row> rows, size_t max_missing = 4);

// Whether one pattern covers every value of its type (it may stand in a `let`).
bool IsIrrefutable(hir::TypeTable& types, const Interner& interner, hir::Pattern* pattern);

}  // namespace snow::exhaustive

#endif  // SNOWC_EXHAUSTIVE_EXHAUSTIVE_H_
