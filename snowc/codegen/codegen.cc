#include "snowc/codegen/codegen.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "snowc/codegen/backend.h"
#include "snowc/codegen/convention.h"
#include "snowc/codegen/module_emitter.h"
#include "snowc/codegen/partition.h"

namespace snow::codegen {
namespace {

// What the generation of one partition works on and with.
struct Job {
  const ir::Module& ir;
  const std::vector<Convention>& conventions;
  const Options& options;
  bool only;
};

// Collects what the emission of a module says of large frames (attribute "warn-stack-size").
class FrameListener : public llvm::DiagnosticHandler {
 public:
  explicit FrameListener(FrameCharges& charges) : charges_(charges) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (const auto* frame = llvm::dyn_cast<llvm::DiagnosticInfoStackSize>(&info)) {
      uint64_t reductions = (frame->getStackSize() + kLargestFrame - 1) / kLargestFrame;
      charges_[frame->getFunction().getName().str()] = reductions;
    }
    return true;
  }

 private:
  FrameCharges& charges_;
};

// Fills `module` and runs the passes. Returns what LLVM finds wrong, or nothing.
std::string Build(const Job& job, const Partition& partition, const FrameCharges& charges,
                  Backend& backend, llvm::Module& module) {
  module.setSourceFileName(partition.name);
  backend.Prepare(module);
  ModuleEmitter(job.ir, job.conventions, partition, job.only, job.options, charges, module).Emit();
  return backend.Optimize(module);
}

// One object, with the charges that are known. Adds to `found` those of functions with a large
// frame.
std::string GenerateOnce(const Job& job, const Partition& partition, const FrameCharges& charges,
                         FrameCharges& found, Backend& backend, std::string& bytes) {
  llvm::LLVMContext context;
  context.setDiscardValueNames(true);
  context.setDiagnosticHandler(std::make_unique<FrameListener>(found));
  llvm::Module module(partition.name, context);
  std::string error = Build(job, partition, charges, backend, module);
  if (!error.empty()) return error;
  bytes = backend.Emit(module);
  return bytes.empty() ? "LLVM emits no object for this target" : "";
}

Object GenerateOne(const Job& job, const Partition& partition, Backend& backend,
                   std::string& error) {
  Object object{partition.name, ""};
  FrameCharges charges;
  error = GenerateOnce(job, partition, {}, charges, backend, object.bytes);
  // Once more with what has been found out: a charge is an operand and changes no frame.
  if (error.empty() && !charges.empty()) {
    FrameCharges again;
    error = GenerateOnce(job, partition, charges, again, backend, object.bytes);
  }
  return object;
}

}  // namespace

Objects Generate(const ir::Module& ir, const Options& options, ObjectCache* cache) {
  std::vector<Convention> conventions = AssignConventions(ir);
  std::vector<Partition> partitions = MakePartitions(ir, options);
  Job job{ir, conventions, options, partitions.size() == 1};
  Objects result;
  result.objects.resize(partitions.size());
  std::vector<std::string> errors(partitions.size());

  std::atomic<size_t> next = 0;
  auto work = [&] {
    std::unique_ptr<Backend> backend;  // made when the first partition is not in the cache
    for (size_t i = next++; i < partitions.size(); i = next++) {
      const Partition& partition = partitions[i];
      std::string key;
      if (cache != nullptr) {
        key = CacheKey(ir, conventions, partition, job.only, options);
        if (auto found = cache->Find(key)) {
          result.objects[i] = {partition.name, *std::move(found), /*from_cache=*/true};
          continue;
        }
      }
      if (backend == nullptr) backend = std::make_unique<Backend>(options);
      result.objects[i] = GenerateOne(job, partition, *backend, errors[i]);
      if (cache != nullptr && errors[i].empty()) cache->Store(key, result.objects[i].bytes);
    }
  };
  size_t thread_count = std::clamp<size_t>(options.threads, 1, partitions.size());
  std::vector<std::thread> threads;
  for (size_t i = 1; i < thread_count; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();

  for (size_t i = 0; i < partitions.size(); ++i) {
    if (errors[i].empty()) continue;
    result.objects.clear();
    result.error = partitions[i].name + ": " + errors[i];
    break;
  }
  return result;
}

std::string PrintLlvm(const ir::Module& ir, const Options& options) {
  std::vector<Convention> conventions = AssignConventions(ir);
  Partition all{"all", {}, {}, /*has_glue=*/true};
  for (uint32_t i = 0; i < ir.functions.size(); ++i) all.functions.push_back(ir::FunctionId(i));
  llvm::LLVMContext context;
  llvm::Module module(all.name, context);
  Backend backend(options);
  std::string error = Build({ir, conventions, options, true}, all, {}, backend, module);
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (!error.empty()) stream << "; LLVM refuses this module: " << error << "\n";
  module.print(stream, nullptr);
  return stream.str();
}

}  // namespace snow::codegen
