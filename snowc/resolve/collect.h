// The first step of resolution: finds every definition and groups the clauses of functions.
#ifndef SNOWC_RESOLVE_COLLECT_H_
#define SNOWC_RESOLVE_COLLECT_H_

#include "snowc/diagnostics/diagnostics.h"
#include "snowc/hir/type.h"
#include "snowc/resolve/input.h"
#include "snowc/resolve/symbols.h"

namespace snow::resolve {

// The symbol tables of `input`, imports not yet resolved. Structs, sum types, services and
// supervisors get type constructors in `types`, without fields so far. Reports clauses that stand
// apart or differ in arity, catch-alls before the last clause, and names defined twice; what was
// reported is left out.
Symbols Collect(const CheckInput& input, Interner& interner, hir::TypeTable& types,
                Diagnostics& diagnostics);

// "json_patch" → "JsonPatch"
std::string PascalCase(std::string_view snake);
// "AddTwice" → "add_twice"
std::string SnakeCase(std::string_view pascal);

// Whether a clause takes whatever it is given: names and wildcards alone, and no guard.
bool IsCatchAll(const ast::FnDecl& clause);

}  // namespace snow::resolve

#endif  // SNOWC_RESOLVE_COLLECT_H_
