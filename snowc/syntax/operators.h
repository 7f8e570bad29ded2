// Binary operators by token.
#ifndef SNOWC_SYNTAX_OPERATORS_H_
#define SNOWC_SYNTAX_OPERATORS_H_

#include <optional>

#include "snowc/syntax/ast.h"
#include "snowc/syntax/token.h"

namespace snow::syntax_internal {

// The level of section 4: 1 is the pipe, 9 binds tightest; 0: no binary operator. A Greater that
// the second half of `>=` follows has the same level.
int BinaryLevel(TokenKind kind);

constexpr int kPipeLevel = 1;

// The operator of a token; a Greater is kGreater. Nothing for pipes and other tokens.
std::optional<ast::BinaryOp> BinaryOpOf(TokenKind kind);

}  // namespace snow::syntax_internal

#endif  // SNOWC_SYNTAX_OPERATORS_H_
