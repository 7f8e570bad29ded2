// What the functions of one module share while they are lowered: types, layouts, static data, the
// instances that have been asked for and the queue of those that are still to be lowered.
//
// Thread-safety: thread-compatible.
#ifndef SNOWC_LOWER_MODULE_LOWERING_H_
#define SNOWC_LOWER_MODULE_LOWERING_H_

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "snowc/derive/derive.h"
#include "snowc/lower/callable_use.h"
#include "snowc/lower/inline_cost.h"
#include "snowc/lower/layout.h"
#include "snowc/lower/lower.h"
#include "snowc/lower/message_use.h"
#include "snowc/lower/ownership.h"
#include "snowc/lower/statics.h"
#include "snowc/lower/types.h"

namespace snow::lower {

// A function with what its type parameters stand for.
struct Target {
  hir::FunctionId function;
  TypeArgs* args = nullptr;
};

// Variants of the library's sum types that lowering itself makes and takes apart.
struct KnownVariants {
  uint32_t none = 0, some = 1, ok = 0, err = 1;
};

class ModuleLowering {
 public:
  ModuleLowering(hir::Program* program, const LowerOptions& options, Diagnostics* diagnostics);
  ModuleLowering(const ModuleLowering&) = delete;
  ModuleLowering& operator=(const ModuleLowering&) = delete;

  ir::Module Run();

  hir::Program& program() { return *program_; }
  const LowerOptions& options() const { return options_; }
  Diagnostics& diagnostics() { return *diagnostics_; }
  Types& types() { return types_; }
  Layouts& layouts() { return layouts_; }
  Statics& statics() { return statics_; }
  const KnownVariants& variants() const { return variants_; }
  ir::Module& module() { return module_; }

  const hir::Function& HirFunction(hir::FunctionId id) { return program_->functions[id.value]; }
  const Layout& LayoutOf(TypeId type) { return layouts_.Of(type); }

  // The function that a callee means under `args`. Types are made concrete, methods resolved.
  Target Resolve(const hir::Callee& callee, TypeArgs* args);
  Target ResolveMethod(hir::InterfaceId interface, uint32_t method,
                       std::span<const TypeId> type_args);

  // The IR function of an instance; lowered later. `use`: where it is used, for E0051. `codes`: of
  // the arguments that are closures, where known; `owned`: which arguments are. Where that is of
  // use the instance is made for them (not in builds for the debugger).
  ir::FunctionId InstanceOf(const Target& target, Span use,
                            std::span<const ir::FunctionId> codes = {}, OwnedMask owned = 0);
  // The code of that static closure.
  ir::FunctionId FunctionValueCode(const Target& target);
  // The instance as a function value: a static closure.
  ir::DataId FunctionValue(const Target& target);

  // Reserves a function of these parameters and results; the body follows (see Define).
  ir::FunctionId NewFunction(std::string symbol, std::string debug_name,
                             std::span<const Word> params, std::span<const Word> results);
  ir::Function& function(ir::FunctionId id) { return functions_[id.value]; }

  // Runs `job` once the current function is done.
  void Enqueue(std::function<void()> job) { queue_.push_back(std::move(job)); }

  // The function for (node, args, codes), made by `make` when it is asked for first: code of
  // closures and receive loops, which may be met several times. `codes`: of captured closures.
  ir::FunctionId CodeOf(const void* node, TypeArgs* args, std::span<const ir::FunctionId> codes,
                        const std::function<ir::FunctionId()>& make);
  // How many closures within closures the code is made for: bounded, or there would be no end.
  uint32_t CodeDepth(ir::FunctionId code) const;
  void SetCodeDepth(ir::FunctionId code, uint32_t depth) { code_depths_[code.value] = depth; }
  CallableUse& callable_use() { return callable_use_; }
  Ownership& ownership() { return ownership_; }

  InlineKind InlineKindOf(hir::FunctionId function);
  bool IsLibrary(const hir::Function& function) const;
  // E0051, once.
  void ReportOverflow(TypeId type, Span use);
  // An `extern` whose signature does not fit; once a function.
  void ReportExtern(const hir::Function& function, const std::string& why);

  ir::Location Locate(Span span);
  std::string SymbolOf(const Target& target);
  // "Math.area": module and name, for backtraces.
  std::string DebugNameOf(const hir::Function& function);

  uint32_t External(const ir::External& external);
  std::vector<Word> ParamWords(const hir::Function& function, TypeArgs* args);

  // A message of type Any is received somewhere, so type infos need their printers.
  void NoteAnyReceived() { any_received_ = true; }

 private:
  void AddRoots();
  ir::FunctionId MakeEntry(hir::FunctionId body);
  KnownVariants FindVariants();
  void Drain();
  void AddPrinters();
  ir::FunctionId MakeAdapter(const Target& target);
  // A number for each list of codes; 0 when none is known.
  uint32_t NumberOf(std::span<const ir::FunctionId> codes);
  ir::FunctionId MakePrinter(TypeId type, hir::InterfaceId interface, const char* name);

  hir::Program* program_;
  LowerOptions options_;
  Diagnostics* diagnostics_;
  ir::Module module_;
  Types types_;
  Layouts layouts_;
  Statics statics_;
  KnownVariants variants_;
  derive::Deriver deriver_;
  MessageUse message_use_;
  CallableUse callable_use_;
  Ownership ownership_;

  std::deque<ir::Function> functions_;  // by ir::FunctionId; references stay valid
  std::deque<std::function<void()>> queue_;
  // Keys: function, number of the type arguments, number of the known codes, owned parameters.
  std::map<std::tuple<uint32_t, uint32_t, uint32_t, OwnedMask>, ir::FunctionId> instances_;
  std::unordered_map<uint64_t, ir::FunctionId> adapters_;
  std::map<std::tuple<const void*, uint32_t, uint32_t>, ir::FunctionId> codes_;
  std::map<std::vector<uint32_t>, uint32_t> code_lists_;
  std::unordered_map<uint32_t, uint32_t> code_depths_;
  std::unordered_map<std::string, uint32_t> symbols_;  // how often each was asked for
  std::unordered_map<std::string, uint32_t> externals_;
  std::vector<uint8_t> inline_kinds_;  // by hir::FunctionId; 0: not judged, otherwise kind + 1
  std::vector<const hir::Function*> reported_externs_;
  bool any_received_ = false;
  bool overflow_reported_ = false;

  // The file and line that were located last: places come in order.
  FileId located_file_;
  uint32_t located_begin_ = 0, located_end_ = 0, located_line_ = 0;
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_MODULE_LOWERING_H_
