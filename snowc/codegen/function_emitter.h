// The body of one function: ir::Function to llvm::Function.
#ifndef SNOWC_CODEGEN_FUNCTION_EMITTER_H_
#define SNOWC_CODEGEN_FUNCTION_EMITTER_H_

#include <memory>
#include <span>
#include <vector>

#include "snowc/codegen/module_emitter.h"
#include "snowc/ir/ir.h"

namespace llvm {
class AllocaInst;
class BasicBlock;
class CallInst;
class Function;
class FunctionType;
class IRBuilderBase;
class Value;
}  // namespace llvm

namespace snow::codegen {

// Used once. What it is given must outlive it.
class FunctionEmitter {
 public:
  FunctionEmitter(ModuleEmitter& module, const ir::Function& ir, llvm::Function& function);
  ~FunctionEmitter();

  void Emit();

 private:
  // --- function_emitter.cc: frame, blocks, terminators, simple instructions
  llvm::BasicBlock* EmitEntry();
  void EmitBlock(ir::BlockId id);
  void EmitInstr(const ir::Instr& instr);
  void EmitTerminator(const ir::Terminator& term);
  llvm::Value* EmitSimple(const ir::Instr& instr);
  llvm::Value* EmitCompare(const ir::Instr& instr);
  void EmitLoad(const ir::Instr& instr);
  void EmitStore(const ir::Instr& instr);

  // --- function_emitter_calls.cc: calls, returns, what calls the runtime
  void EmitCall(const ir::Instr& instr);
  void EmitRuntimeCall(const ir::Instr& instr);
  void EmitExternalCall(const ir::Instr& instr);
  void EmitReturn(const ir::Terminator& term);
  void EmitTailCall(const ir::Terminator& term);
  void EmitChecked(const ir::Instr& instr);
  void EmitCheckedDivision(const ir::Instr& instr);
  void EmitAlloc(const ir::Instr& instr);
  void EmitSafepoint(const ir::Instr& instr);
  // A call in Snow's convention; `out` is null when the results travel in registers.
  llvm::CallInst* CallSnow(llvm::FunctionType* type, llvm::Value* callee, Convention convention,
                           llvm::Value* out, std::span<const ir::ValueId> args);
  // Takes the results of a call apart.
  void DefineResults(const ir::Instr& instr, llvm::Value* call, llvm::Value* out);
  // Room for `words` result words; one area serves all calls of this function.
  llvm::Value* OutArea(size_t words);
  // A block that panics, at the end of the function.
  llvm::BasicBlock* PanicBlock(SnowArithmetic kind, llvm::Value* a, llvm::Value* b,
                               const ir::Location& location);

  // --- Helpers
  llvm::Value* Get(ir::ValueId id) const;
  void Define(ir::ValueId id, llvm::Value* value);
  // The same bits as another scalar type (I64 and Ptr, I1 and I64).
  llvm::Value* Cast(llvm::Value* value, ir::Scalar to);
  llvm::Value* CastTo(llvm::Value* value, llvm::Type* to);
  llvm::Value* Offset(llvm::Value* pointer, int64_t bytes);
  llvm::Value* ActorField(int64_t offset);
  llvm::BasicBlock* NewBlock(const char* name);
  void SetPlace(const ir::Location& location);
  // An alloca in the entry block.
  llvm::AllocaInst* NewArea(llvm::Type* type, uint64_t count);
  void BranchUnlikely(llvm::Value* condition, llvm::BasicBlock* unlikely,
                      llvm::BasicBlock* otherwise);

  ModuleEmitter& module_;
  const ir::Function& ir_;
  llvm::Function& function_;
  std::unique_ptr<llvm::IRBuilderBase> builder_;
  llvm::IRBuilderBase& b_;
  llvm::Value* actor_ = nullptr;
  llvm::Value* out_ = nullptr;  // the hidden parameter, or null
  llvm::BasicBlock* entry_ = nullptr;
  std::vector<llvm::AllocaInst*> slots_;
  std::vector<llvm::Value*> values_;
  std::vector<llvm::BasicBlock*> blocks_;  // null for those that nothing reaches
  llvm::AllocaInst* out_area_ = nullptr;
};

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_FUNCTION_EMITTER_H_
