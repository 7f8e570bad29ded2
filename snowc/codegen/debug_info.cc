#include "snowc/codegen/debug_info.h"

#include <map>
#include <string>

#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

namespace snow::codegen {
namespace {

// DWARF has no code for Snow. Debuggers treat a program with a code that they do not know as
// assembly; as C they offer names, lines, variables and calls.
constexpr unsigned kLanguage = llvm::dwarf::DW_LANG_C99;

constexpr uint64_t kWordBits = 64;

const char* NameOf(ir::Scalar scalar) {
  switch (scalar) {
    case ir::Scalar::kI64:
      return "Int";
    case ir::Scalar::kF64:
      return "Float";
    case ir::Scalar::kI1:
      return "Bool";
    case ir::Scalar::kPtr:
      return "Object";
  }
  return "";
}

}  // namespace

DebugInfoEmitter::DebugInfoEmitter(const ir::Module& ir, const Options& options,
                                   llvm::Module& module)
    : ir_(ir), level_(options.debug_info), files_(ir.files.size()) {
  if (level_ == DebugInfo::kNone) return;
  module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  module.addModuleFlag(llvm::Module::Max, "Dwarf Version", 4);
  builder_ = std::make_unique<llvm::DIBuilder>(module);
  auto kind = level_ == DebugInfo::kFull ? llvm::DICompileUnit::FullDebug
                                         : llvm::DICompileUnit::LineTablesOnly;
  // The folder is "." whatever it is in truth: the output says nothing of this machine. A debugger
  // that runs in the folder of the package finds the sources.
  builder_->createCompileUnit(kLanguage, builder_->createFile(module.getName(), "."), "snow",
                              options.optimize, "", 0, "", kind, 0, /*SplitDebugInlining=*/true,
                              /*DebugInfoForProfiling=*/false,
                              llvm::DICompileUnit::DebugNameTableKind::None);
}

DebugInfoEmitter::~DebugInfoEmitter() = default;

llvm::DIFile* DebugInfoEmitter::FileOf(uint32_t file) {
  if (files_.empty()) return builder_->createFile("<none>", ".");
  if (file >= files_.size()) file = 0;
  if (files_[file] == nullptr) files_[file] = builder_->createFile(ir_.files[file], ".");
  return files_[file];
}

llvm::DIType* DebugInfoEmitter::ScalarType(ir::Scalar scalar) {
  llvm::DIType*& type = scalars_[static_cast<size_t>(scalar)];
  if (type != nullptr) return type;
  switch (scalar) {
    case ir::Scalar::kI64:
      type = builder_->createBasicType(NameOf(scalar), kWordBits, llvm::dwarf::DW_ATE_signed);
      break;
    case ir::Scalar::kF64:
      type = builder_->createBasicType(NameOf(scalar), kWordBits, llvm::dwarf::DW_ATE_float);
      break;
    case ir::Scalar::kI1:
      type = builder_->createBasicType(NameOf(scalar), 8, llvm::dwarf::DW_ATE_boolean);
      break;
    case ir::Scalar::kPtr:
      type =
          builder_->createPointerType(builder_->createUnspecifiedType(NameOf(scalar)), kWordBits);
      break;
  }
  return type;
}

llvm::DIType* DebugInfoEmitter::TypeOf(const std::vector<ir::Scalar>& words) {
  if (words.size() == 1) return ScalarType(words[0]);
  std::vector<llvm::Metadata*> members;
  for (size_t i = 0; i < words.size(); ++i) {
    llvm::DIType* type = ScalarType(words[i]);
    members.push_back(builder_->createMemberType(nullptr, "word" + std::to_string(i), nullptr, 0,
                                                 type->getSizeInBits(), kWordBits, i * kWordBits,
                                                 llvm::DINode::FlagZero, type));
  }
  return builder_->createStructType(nullptr, "", nullptr, 0, words.size() * kWordBits, kWordBits,
                                    llvm::DINode::FlagZero, nullptr,
                                    builder_->getOrCreateArray(members));
}

void DebugInfoEmitter::BeginFunction(const ir::Function& ir, llvm::Function& function) {
  if (builder_ == nullptr) return;
  llvm::DIFile* file = FileOf(ir.loc.file);
  auto flags = llvm::DISubprogram::SPFlagDefinition;
  if (function.hasLocalLinkage()) flags |= llvm::DISubprogram::SPFlagLocalToUnit;
  function.setSubprogram(
      builder_->createFunction(file, ir.debug_name, function.getName(), file, ir.loc.line,
                               builder_->createSubroutineType(builder_->getOrCreateTypeArray({})),
                               ir.loc.line, llvm::DINode::FlagZero, flags));
}

llvm::DebugLoc DebugInfoEmitter::LocationOf(const ir::Function& ir, const llvm::Function& function,
                                            const ir::Location& location) {
  if (builder_ == nullptr) return {};
  llvm::DISubprogram* subprogram = function.getSubprogram();
  llvm::DIScope* scope = subprogram;
  const ir::Location& place = location.line != 0 ? location : ir.loc;
  if (place.file != ir.loc.file) {
    scope = builder_->createLexicalBlockFile(subprogram, FileOf(place.file));
  }
  return llvm::DILocation::get(function.getContext(), place.line, place.column, scope);
}

void DebugInfoEmitter::DeclareVariables(const ir::Function& ir, llvm::Function& function,
                                        const std::vector<llvm::AllocaInst*>& slots,
                                        llvm::Instruction& before) {
  if (level_ != DebugInfo::kFull) return;
  llvm::DISubprogram* subprogram = function.getSubprogram();
  llvm::DIFile* file = FileOf(ir.loc.file);
  llvm::DebugLoc location = LocationOf(ir, function, ir.loc);

  // The words of one variable follow each other, the first with word 0.
  for (size_t begin = 0; begin < slots.size();) {
    const ir::Slot& first = ir.slots[begin];
    size_t end = begin + 1;
    while (end < slots.size() && ir.slots[end].name == first.name &&
           ir.slots[end].word == end - begin) {
      ++end;
    }
    if (!first.name.empty() && first.word == 0) {
      std::vector<ir::Scalar> words;
      for (size_t i = begin; i < end; ++i) words.push_back(ir.slots[i].type);
      // Line 0: the IR does not say where a variable is declared.
      llvm::DILocalVariable* variable =
          builder_->createAutoVariable(subprogram, first.name, file, 0, TypeOf(words), true);
      for (size_t i = begin; i < end; ++i) {
        llvm::DIExpression* expression = builder_->createExpression();
        if (words.size() > 1) {
          unsigned bits = ScalarType(words[i - begin])->getSizeInBits();
          auto fragment = llvm::DIExpression::createFragmentExpression(
              expression, (i - begin) * kWordBits, bits);
          expression = *fragment;
        }
        builder_->insertDeclare(slots[i], variable, expression, location.get(), &before);
      }
    }
    begin = end;
  }
}

void DebugInfoEmitter::Finish() {
  if (builder_ != nullptr) builder_->finalize();
}

}  // namespace snow::codegen
