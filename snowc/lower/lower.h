// Lowering: the typed, generic core (snowc/hir) becomes monomorphic IR (snowc/ir).
//
// Starting at the roots (main or the tests) it instantiates what is used, lays types out in words,
// compiles patterns to decision trees, closures to objects, receives to polling loops, and derives
// what the program leaves to the compiler.
#ifndef SNOWC_LOWER_LOWER_H_
#define SNOWC_LOWER_LOWER_H_

#include "snowc/base/interner.h"
#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/hir/hir.h"
#include "snowc/ir/ir.h"

namespace snow::lower {

enum class Root : uint8_t {
  kMain,     // Program::main
  kTests,    // Program::tests, run by the library's std.Test.run
  kLibrary,  // every function that is not generic: a check that all of them can be lowered
};

struct LowerOptions {
  const SourceSet* sources = nullptr;
  const Interner* interner = nullptr;
  Root root = Root::kMain;
  // A build for the debugger: variables keep their names and live in slots, nothing but wrappers
  // is inlined.
  bool debug = false;
};

// The module of the program. Reports E0051 (type arguments that grow without end) and, in the
// library's own files, `extern` signatures that do not fit the ABI; with errors the module is not
// complete. The program's type table and functions grow (derived impls). The diagnostics that the
// program came with must hold no errors.
ir::Module Lower(hir::Program& program, const LowerOptions& options, Diagnostics& diagnostics);

}  // namespace snow::lower

#endif  // SNOWC_LOWER_LOWER_H_
