#include "snowc/codegen/partition.h"

#include <map>
#include <set>

namespace snow::codegen {
namespace {

// A release build of fewer instructions than this is one partition: everything can be inlined.
constexpr size_t kSinglePartitionInstrs = 60'000;

// Bodies up to this size are copied into other partitions of an optimised build.
constexpr size_t kImportInstrs = 40;

size_t SizeOf(const ir::Function& function) {
  size_t size = 0;
  for (const ir::Block& block : function.blocks) size += block.instrs.size() + 1;
  return size;
}

bool HasBase(const ir::Function& function) {
  for (const ir::Block& block : function.blocks) {
    for (const ir::Instr& instr : block.instrs) {
      if (instr.op == ir::Op::kAtBase) return true;
    }
  }
  return false;
}

std::string FileOf(const ir::Module& module, const ir::Function& function) {
  return function.loc.file < module.files.size() ? module.files[function.loc.file] : "";
}

// Fills `imports`: small functions that the partition's own, or what it imports, calls.
void AddImports(const ir::Module& module, const Options& options, Partition& partition) {
  std::set<uint32_t> known;
  std::vector<ir::FunctionId> pending = partition.functions;
  for (ir::FunctionId id : partition.functions) known.insert(id.value);
  while (!pending.empty()) {
    ir::FunctionId caller = pending.back();
    pending.pop_back();
    for (const ir::Block& block : module.functions[caller.value].blocks) {
      for (const ir::Instr& instr : block.instrs) {
        if (instr.op != ir::Op::kCall || known.contains(instr.function.value)) continue;
        const ir::Function& callee = module.functions[instr.function.value];
        bool wanted = callee.always_inline ||
                      (options.optimize && !callee.cold && SizeOf(callee) <= kImportInstrs);
        if (!wanted || callee.linkage == ir::Linkage::kExported || HasBase(callee)) continue;
        known.insert(instr.function.value);
        partition.imports.push_back(instr.function);
        pending.push_back(instr.function);
      }
    }
  }
}

}  // namespace

std::vector<Partition> MakePartitions(const ir::Module& module, const Options& options) {
  size_t size = 0;
  for (const ir::Function& function : module.functions) size += SizeOf(function);
  bool single = options.optimize && size < kSinglePartitionInstrs;

  // By name, so that the order of files in the module does not matter.
  std::map<std::string, Partition> by_name;
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    std::string name = single ? "all" : FileOf(module, module.functions[i]);
    Partition& partition = by_name[name];
    partition.name = name;
    partition.functions.push_back(ir::FunctionId(i));
  }
  std::string glue = "all";
  if (!single && module.entry.IsValid()) {
    glue = FileOf(module, module.functions[module.entry.value]);
  }
  if (by_name.empty() || !by_name.contains(glue))
    glue = by_name.empty() ? "" : by_name.begin()->first;
  by_name[glue].has_glue = true;

  std::vector<Partition> partitions;
  for (auto& [name, partition] : by_name) partitions.push_back(std::move(partition));
  if (partitions.size() > 1) {
    for (Partition& partition : partitions) AddImports(module, options, partition);
  }
  return partitions;
}

}  // namespace snow::codegen
