// Tree to typed syntax tree.
#ifndef SNOWC_SYNTAX_BUILD_H_
#define SNOWC_SYNTAX_BUILD_H_

#include "snowc/base/interner.h"
#include "snowc/syntax/ast.h"
#include "snowc/syntax/tree.h"

namespace snow::ast {

// The typed view of `tree`. Names go to `names`, which is the only thing that the result shares;
// the tree may be thrown away afterwards. Reports nothing: what is wrong has been reported by the
// parser and is kError here, and items that are nothing else are left out.
File Build(const Tree& tree, Interner& names);

}  // namespace snow::ast

#endif  // SNOWC_SYNTAX_BUILD_H_
