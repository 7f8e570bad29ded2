// DWARF of one partition: its compile unit, functions, lines and variables.
#ifndef SNOWC_CODEGEN_DEBUG_INFO_H_
#define SNOWC_CODEGEN_DEBUG_INFO_H_

#include <memory>
#include <vector>

#include "snowc/codegen/options.h"
#include "snowc/ir/ir.h"

namespace llvm {
class AllocaInst;
class DIBuilder;
class DIFile;
class DIScope;
class DISubprogram;
class DIType;
class DebugLoc;
class Function;
class Instruction;
class Module;
}  // namespace llvm

namespace snow::codegen {

// Does nothing with DebugInfo::kNone. Thread-safety: one thread.
class DebugInfoEmitter {
 public:
  DebugInfoEmitter(const ir::Module& ir, const Options& options, llvm::Module& module);
  ~DebugInfoEmitter();

  // Makes the entry of a function that is defined here.
  void BeginFunction(const ir::Function& ir, llvm::Function& function);

  // The place of an instruction of `function`. Where the instruction has none, that of the
  // function: a call that may be inlined needs one.
  llvm::DebugLoc LocationOf(const ir::Function& ir, const llvm::Function& function,
                            const ir::Location& location);

  // Describes the named slots; `slots` are in the order of ir.slots. Declarations go right
  // before `before`.
  void DeclareVariables(const ir::Function& ir, llvm::Function& function,
                        const std::vector<llvm::AllocaInst*>& slots, llvm::Instruction& before);

  // To be called once, when all functions have been emitted.
  void Finish();

 private:
  llvm::DIFile* FileOf(uint32_t file);
  // The type of a variable of these words, as far as the IR knows it.
  llvm::DIType* TypeOf(const std::vector<ir::Scalar>& words);
  llvm::DIType* ScalarType(ir::Scalar scalar);

  const ir::Module& ir_;
  const DebugInfo level_;
  std::unique_ptr<llvm::DIBuilder> builder_;
  std::vector<llvm::DIFile*> files_;  // by index into ir::Module::files; null until used
  llvm::DIType* scalars_[4] = {};
};

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_DEBUG_INFO_H_
