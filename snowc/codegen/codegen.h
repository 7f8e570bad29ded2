// Code generation: from the monomorphic IR to object files, by LLVM.
//
//   Objects objects = Generate(module, {.optimize = true, .threads = 2}, cache);
//
// The output is a function of the module and the options alone: no paths of this machine, no times,
// no order of threads shows in it. Thread-safety: the functions may run in several threads at once;
// each partition has an LLVM context of its own.
#ifndef SNOWC_CODEGEN_CODEGEN_H_
#define SNOWC_CODEGEN_CODEGEN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "snowc/codegen/object_cache.h"
#include "snowc/codegen/options.h"
#include "snowc/ir/ir.h"

namespace snow::codegen {

struct Object {
  std::string name;   // of its partition
  std::string bytes;  // an ELF relocatable file
  bool from_cache = false;
};

struct Objects {
  std::vector<Object> objects;
  // Not empty when code generation failed, which is a bug of the compiler (LLVM refused what it was
  // given); then there are no objects.
  std::string error;
};

// `cache` may be null.
Objects Generate(const ir::Module& module, const Options& options, ObjectCache* cache);

// The whole module as LLVM's text, after optimisation if that is on. For people and tests.
std::string PrintLlvm(const ir::Module& module, const Options& options);

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_CODEGEN_H_
