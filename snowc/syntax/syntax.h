// From text to typed syntax tree in one call, for who needs none of the steps between.
#ifndef SNOWC_SYNTAX_SYNTAX_H_
#define SNOWC_SYNTAX_SYNTAX_H_

#include "snowc/base/interner.h"
#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/syntax/ast.h"

namespace snow {

// Lexes, parses and builds `source`; errors go to `diagnostics`, and the result holds whatever
// could be understood.
ast::File ParseSource(const SourceFile& source, Interner& names, Diagnostics& diagnostics);

}  // namespace snow

#endif  // SNOWC_SYNTAX_SYNTAX_H_
