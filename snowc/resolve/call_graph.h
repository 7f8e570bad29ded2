// Which functions of a program need each other, as far as names tell.
//
// Inference looks at functions in this order, so that what a function calls is known before it, and
// no chain of calls, however long, becomes a recursion of the checker. A call of a method counts where
// only one impl has one of its name; which one others mean depends on types, so inference follows
// those by itself.
#ifndef SNOWC_RESOLVE_CALL_GRAPH_H_
#define SNOWC_RESOLVE_CALL_GRAPH_H_

#include <vector>

#include "snowc/resolve/scope.h"
#include "snowc/resolve/symbols.h"

namespace snow::resolve {

// The strongly connected components of the functions outside the library, callees first.
std::vector<std::vector<FnId>> CallGroups(const Symbols& symbols, Scope& scope);

}  // namespace snow::resolve

#endif  // SNOWC_RESOLVE_CALL_GRAPH_H_
