// The second step of resolution: what each module imports.
#ifndef SNOWC_RESOLVE_IMPORTS_H_
#define SNOWC_RESOLVE_IMPORTS_H_

#include "snowc/diagnostics/diagnostics.h"
#include "snowc/resolve/scope.h"
#include "snowc/resolve/symbols.h"

namespace snow::resolve {

// Fills Module::imports and its indexes. Reports modules and names that are not there (E0031,
// E0034), private ones (E0035), names imported twice (E0052), and cycles (E0043).
void ResolveImports(Symbols& symbols, Scope& scope, Interner& interner, Diagnostics& diagnostics);

// Warns of imports that no look-up used; to be called when everything has been checked.
void ReportUnusedImports(const Symbols& symbols, const Interner& interner,
                         Diagnostics& diagnostics);

}  // namespace snow::resolve

#endif  // SNOWC_RESOLVE_IMPORTS_H_
