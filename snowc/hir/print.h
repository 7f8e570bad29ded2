// Prints the typed core as text, for tests and for looking at it.
#ifndef SNOWC_HIR_PRINT_H_
#define SNOWC_HIR_PRINT_H_

#include <string>

#include "snowc/hir/hir.h"

namespace snow::hir {

// One function: its head, generics and bounds, and its body with the types of locals.
std::string Print(const Program& program, const Interner& names, const Function& function);

// All functions with a body that are not of the library.
std::string Print(const Program& program, const Interner& names);

// "Fun(a, b) -> c where a: Add": the type of a function as a user would write it.
std::string PrintSignature(const Program& program, const Interner& names,
                           const Function& function);

}  // namespace snow::hir

#endif  // SNOWC_HIR_PRINT_H_
