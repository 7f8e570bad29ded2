// The checker: from parsed modules to the typed core.
#ifndef SNOWC_TYPES_CHECK_H_
#define SNOWC_TYPES_CHECK_H_

#include "snowc/base/interner.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/hir/hir.h"
#include "snowc/resolve/input.h"

namespace snow {

// Resolves names, infers types, checks everything that chapter 2 asks for, and desugars. All
// modules of the program are checked; of the library what the program reaches. After errors the
// program must not be lowered. `interner` is that of the files; it gains names. No I/O.
hir::Program Check(const CheckInput& input, Interner& interner, Diagnostics& diagnostics);

}  // namespace snow

#endif  // SNOWC_TYPES_CHECK_H_
