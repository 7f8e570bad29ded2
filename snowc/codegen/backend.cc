#include "snowc/codegen/backend.h"

#include <cstddef>
#include <mutex>
#include <unordered_map>

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "runtime/abi/abi.h"
#include "snowc/codegen/module_emitter.h"

namespace snow::codegen {
namespace {

// LLVM keeps its targets in global tables.
void InitializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
}

const char* BaselineCpu(const llvm::Triple& triple) {
  return triple.getArch() == llvm::Triple::x86_64 ? "x86-64" : "generic";
}

// The entries of the table of functions lie in sections of their own, each linked to the section
// of its function's code. Writes into each how long that code is, which is known only now.
void FillInSizes(std::string& object) {
  auto buffer = llvm::MemoryBufferRef(llvm::StringRef(object), "object");
  auto parsed = llvm::object::ELF64LEObjectFile::create(buffer);
  if (!parsed) return llvm::consumeError(parsed.takeError());
  std::unordered_map<uint32_t, uint32_t> size_of_section;
  for (const auto& symbol : parsed->symbols()) {
    auto entry = parsed->getSymbol(symbol.getRawDataRefImpl());
    if (!entry) return llvm::consumeError(entry.takeError());
    if ((*entry)->getType() != llvm::ELF::STT_FUNC) continue;
    auto section = symbol.getSection();
    if (!section) return llvm::consumeError(section.takeError());
    if (*section == parsed->section_end()) continue;
    size_of_section[(*section)->getIndex()] = static_cast<uint32_t>((*entry)->st_size);
  }
  for (const auto& section : parsed->sections()) {
    auto name = section.getName();
    if (!name) return llvm::consumeError(name.takeError());
    if (*name != kFunctionTableSection) continue;
    const auto* header = parsed->getSection(section.getRawDataRefImpl());
    auto found = size_of_section.find(header->sh_link);
    if (found == size_of_section.end()) continue;
    llvm::support::endian::write32le(
        object.data() + header->sh_offset + offsetof(SnowFunctionInfo, size), found->second);
  }
}

}  // namespace

Backend::Backend(const Options& options) : options_(options) {
  InitializeTargets();
  // Not the triple of this machine's distribution: the output is the same everywhere.
  llvm::Triple host(llvm::sys::getProcessTriple());
  std::string triple = (host.getArchName() + "-unknown-linux-gnu").str();
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (target == nullptr) return;
  llvm::TargetOptions target_options;
  target_options.UseInitArray = true;
  target_options.FunctionSections = true;
  target_options.DataSections = true;
  machine_.reset(target->createTargetMachine(
      triple, BaselineCpu(llvm::Triple(triple)), "", target_options, llvm::Reloc::PIC_,
      std::nullopt,
      options.optimize ? llvm::CodeGenOptLevel::Default : llvm::CodeGenOptLevel::None));
  // Selecting instructions the fast way is what -O0 is about.
  machine_->setFastISel(!options.optimize);
}

Backend::~Backend() = default;

void Backend::Prepare(llvm::Module& module) {
  if (machine_ == nullptr) return;
  module.setTargetTriple(machine_->getTargetTriple().str());
  module.setDataLayout(machine_->createDataLayout());
}

std::string Backend::Optimize(llvm::Module& module) {
  if (machine_ == nullptr) return "LLVM knows no target of this name: " + module.getTargetTriple();
#ifndef NDEBUG
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  if (llvm::verifyModule(module, &stream)) return stream.str();
#endif
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(machine_.get());
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes =
      options_.optimize ? builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
                        : builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0);
  passes.run(module, modules);
  AddFunctionTable(module);
  return "";
}

std::string Backend::Emit(llvm::Module& module) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine_->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile,
                                    /*DisableVerify=*/true)) {
    return "";
  }
  passes.run(module);
  std::string object(bytes.begin(), bytes.end());
  FillInSizes(object);
  return object;
}

}  // namespace snow::codegen
