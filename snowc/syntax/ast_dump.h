// The typed tree as an S-expression, for tests and for curious people.
//
//   fn twice(x :: Int) = x + x      (fn twice ((: x Int)) (+ x x))
#ifndef SNOWC_SYNTAX_AST_DUMP_H_
#define SNOWC_SYNTAX_AST_DUMP_H_

#include <string>

#include "snowc/base/interner.h"
#include "snowc/syntax/ast.h"

namespace snow::ast {

// One line for each item, with a newline after each.
std::string Dump(const File& file, const Interner& names);

std::string Dump(const Expr& expr, const Interner& names);
std::string Dump(const Pattern& pattern, const Interner& names);
std::string Dump(const Type& type, const Interner& names);

}  // namespace snow::ast

#endif  // SNOWC_SYNTAX_AST_DUMP_H_
