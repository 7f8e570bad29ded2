// Text to tokens.
#ifndef SNOWC_SYNTAX_LEXER_H_
#define SNOWC_SYNTAX_LEXER_H_

#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/syntax/token.h"

namespace snow {

// The tokens of `source`, which must outlive them. Never fails: what is no token is reported
// (E0100 to E0105, E0120) and becomes an Error token or is taken for what it was likely meant to
// be. Linear in the size of the source.
TokenBuffer Lex(const SourceFile& source, Diagnostics& diagnostics);

}  // namespace snow

#endif  // SNOWC_SYNTAX_LEXER_H_
