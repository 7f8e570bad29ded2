// The LLVM module of one partition: declarations, static data, and what functions share.
#ifndef SNOWC_CODEGEN_MODULE_EMITTER_H_
#define SNOWC_CODEGEN_MODULE_EMITTER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "snowc/codegen/convention.h"
#include "snowc/codegen/debug_info.h"
#include "snowc/codegen/options.h"
#include "snowc/codegen/partition.h"
#include "snowc/ir/abi_function.h"
#include "snowc/ir/ir.h"

namespace llvm {
class CallBase;
class Constant;
class Function;
class FunctionType;
class GlobalVariable;
class LLVMContext;
class MDNode;
class Module;
class Type;
}  // namespace llvm

namespace snow::codegen {

// Functions whose frame is larger than kLargestFrame, by symbol of LLVM's function, and how many
// reductions each of their calls takes, so that the room below the stack's limit suffices
// (DESIGN.md section 9). Known when they have been generated once.
using FrameCharges = std::map<std::string, uint64_t, std::less<>>;
inline constexpr uint64_t kLargestFrame = 4096;

// LLVM's number of a convention.
unsigned CallingConventionId(Convention convention);

// Thread-safety: one thread; the IR is only read.
class ModuleEmitter {
 public:
  // `only` says that the partition is all of the program: then nothing but what the runtime refers
  // to is visible outside. All arguments must outlive the emitter.
  ModuleEmitter(const ir::Module& ir, const std::vector<Convention>& conventions,
                const Partition& partition, bool only, const Options& options,
                const FrameCharges& charges, llvm::Module& module);
  ~ModuleEmitter();

  // Fills the module. To be called once.
  void Emit();

  // --- For the emitters of functions
  const ir::Module& ir() const { return ir_; }
  const Options& options() const { return options_; }
  llvm::LLVMContext& context() const { return context_; }
  llvm::Module& module() const { return module_; }
  DebugInfoEmitter& debug() { return *debug_; }
  Convention ConventionOf(ir::FunctionId id) const { return conventions_[id.value]; }

  llvm::Type* TypeOf(ir::Scalar scalar) const;
  // The type of `count` register results: void, a scalar, or a struct.
  llvm::Type* ResultType(std::span<const ir::Scalar> results) const;
  llvm::FunctionType* TypeOfFunction(std::span<const ir::Scalar> params,
                                     std::span<const ir::Scalar> results) const;

  llvm::Function* FunctionOf(ir::FunctionId id);
  llvm::Constant* DataOf(ir::DataId id);
  llvm::Function* RuntimeFunction(ir::AbiFunction function);
  llvm::Function* ExternalFunction(const ir::External& external);
  // What a call of this function takes of the time slice.
  uint64_t ReductionsOf(const llvm::Function& function) const;
  // A SnowSite.
  llvm::Constant* Site(const ir::Location& location, const std::string& function);

  // Marks the access of a call, load or store: to the actor's control block, or to objects. The two
  // never overlap, which lets LLVM keep one in registers across writes to the other.
  llvm::MDNode* actor_access() const { return actor_access_; }
  llvm::MDNode* object_access() const { return object_access_; }

 private:
  llvm::Constant* CString(const std::string& text);
  llvm::Constant* WordOf(const ir::DataWord& word);
  void DefineData(ir::DataId id);
  void Declare(ir::FunctionId id);
  void SetAttributes(llvm::Function& function);
  void EmitGlue();

  const ir::Module& ir_;
  const std::vector<Convention>& conventions_;
  const Partition& partition_;
  const bool only_;
  const Options& options_;
  const FrameCharges& charges_;
  llvm::Module& module_;
  llvm::LLVMContext& context_;
  std::unique_ptr<DebugInfoEmitter> debug_;
  std::vector<llvm::Function*> functions_;   // by FunctionId; null until used
  std::vector<llvm::GlobalVariable*> data_;  // by DataId; null until used
  std::vector<ir::DataId> undefined_data_;   // declared, still to be defined
  std::unordered_map<std::string, llvm::Constant*> strings_;
  std::unordered_map<std::string, llvm::Constant*> sites_;
  llvm::MDNode* actor_access_ = nullptr;
  llvm::MDNode* object_access_ = nullptr;
};

inline constexpr char kFunctionTableSection[] = "snow_functions";

// Adds to a module that is ready to be emitted the entries of that section (see SnowFunctionInfo in
// runtime/abi/abi.h), one for each function of Snow that it still defines. Their sizes are 0.
void AddFunctionTable(llvm::Module& module);

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_MODULE_EMITTER_H_
