// From an LLVM module to an optimised one and to an object.
#ifndef SNOWC_CODEGEN_BACKEND_H_
#define SNOWC_CODEGEN_BACKEND_H_

#include <memory>
#include <string>

#include "snowc/codegen/options.h"

namespace llvm {
class Module;
class TargetMachine;
}  // namespace llvm

namespace snow::codegen {

// For the machine that the compiler runs on, with a baseline processor of its kind. Costly to make,
// so that each thread makes one and keeps it for several modules. Thread-safety: one thread.
class Backend {
 public:
  explicit Backend(const Options& options);
  ~Backend();

  // Gives an empty module its target. Must come before anything is put into it.
  void Prepare(llvm::Module& module);
  // Runs the passes of the chosen level, then adds the table of functions. Returns what is wrong
  // with the module (only asked in builds with assertions), or nothing.
  std::string Optimize(llvm::Module& module);
  // Destroys the module as far as that is of use. An empty result is a failure.
  std::string Emit(llvm::Module& module);

 private:
  const Options options_;
  std::unique_ptr<llvm::TargetMachine> machine_;
};

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_BACKEND_H_
