// Tokens to tree.
#ifndef SNOWC_SYNTAX_PARSER_H_
#define SNOWC_SYNTAX_PARSER_H_

#include "snowc/diagnostics/diagnostics.h"
#include "snowc/syntax/token.h"
#include "snowc/syntax/tree.h"

namespace snow {

// The tree of `tokens`. Never fails: all syntax errors of the file are reported (E0106 and up, and
// E0050) and stand in the tree as Error nodes. `lexer_had_errors` is passed on to
// Tree::HasErrors. Linear in the number of tokens; nesting is bounded, so any input is safe.
Tree Parse(TokenBuffer tokens, Diagnostics& diagnostics, bool lexer_had_errors = false);

// Lex and Parse in one.
Tree ParseTree(const SourceFile& source, Diagnostics& diagnostics);

}  // namespace snow

#endif  // SNOWC_SYNTAX_PARSER_H_
