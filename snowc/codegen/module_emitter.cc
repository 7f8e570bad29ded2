#include "snowc/codegen/module_emitter.h"

#include <cstddef>
#include <utility>

#include "llvm/IR/Attributes.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ModRef.h"
#include "snowc/codegen/function_emitter.h"
#include "snowc/codegen/glue.h"

namespace snow::codegen {
namespace {

// Symbols of Snow get a prefix that no C identifier can have, so that a function called `abs` is
// not taken for the C library's.
constexpr char kFunctionPrefix[] = "S.";
constexpr char kDataPrefix[] = "D.";

// The attributes by which AddFunctionTable finds what to write.
constexpr char kNameAttribute[] = "snow-name";
constexpr char kFileAttribute[] = "snow-file";
constexpr char kLineAttribute[] = "snow-line";

// What a runtime function may do to memory that generated code reads: objects never change but for
// the buffers that a function is called to change, and a collection moves only objects to which the
// code at hand holds no pointer.
llvm::MemoryEffects EffectsOf(const ir::AbiInfo& info) {
  if (info.attributes & ir::kAbiPure) return llvm::MemoryEffects::readOnly();
  return llvm::MemoryEffects::unknown();
}

llvm::MDNode* AccessTag(llvm::MDBuilder& builder, llvm::MDNode* root, const char* name) {
  llvm::MDNode* type = builder.createTBAAScalarTypeNode(name, root);
  return builder.createTBAAStructTagNode(type, type, 0);
}

}  // namespace

unsigned CallingConventionId(Convention convention) {
  switch (convention) {
    case Convention::kFast:
      return llvm::CallingConv::Fast;
    case Convention::kTail:
      return llvm::CallingConv::Tail;
    case Convention::kC:
      return llvm::CallingConv::C;
  }
  return llvm::CallingConv::C;
}

ModuleEmitter::ModuleEmitter(const ir::Module& ir, const std::vector<Convention>& conventions,
                             const Partition& partition, bool only, const Options& options,
                             const FrameCharges& charges, llvm::Module& module)
    : ir_(ir),
      conventions_(conventions),
      partition_(partition),
      only_(only),
      options_(options),
      charges_(charges),
      module_(module),
      context_(module.getContext()),
      functions_(ir.functions.size()),
      data_(ir.data.size()) {
  debug_ = std::make_unique<DebugInfoEmitter>(ir, options, module);
  if (options.optimize) {
    llvm::MDBuilder builder(context_);
    llvm::MDNode* root = builder.createTBAARoot("snow");
    actor_access_ = AccessTag(builder, root, "actor");
    object_access_ = AccessTag(builder, root, "object");
  }
  module.addModuleFlag(llvm::Module::Max, "PIC Level", 2);
  module.addModuleFlag(llvm::Module::Max, "PIE Level", 2);
  module.addModuleFlag(llvm::Module::Max, "frame-pointer", 2);
}

ModuleEmitter::~ModuleEmitter() = default;

llvm::Type* ModuleEmitter::TypeOf(ir::Scalar scalar) const {
  switch (scalar) {
    case ir::Scalar::kI64:
      return llvm::Type::getInt64Ty(context_);
    case ir::Scalar::kF64:
      return llvm::Type::getDoubleTy(context_);
    case ir::Scalar::kI1:
      return llvm::Type::getInt1Ty(context_);
    case ir::Scalar::kPtr:
      return llvm::PointerType::get(context_, 0);
  }
  return nullptr;
}

llvm::Type* ModuleEmitter::ResultType(std::span<const ir::Scalar> results) const {
  if (results.empty() || HasOutPointer(results.size())) return llvm::Type::getVoidTy(context_);
  if (results.size() == 1) return TypeOf(results[0]);
  std::vector<llvm::Type*> types;
  for (ir::Scalar result : results) types.push_back(TypeOf(result));
  return llvm::StructType::get(context_, types);
}

llvm::FunctionType* ModuleEmitter::TypeOfFunction(std::span<const ir::Scalar> params,
                                                  std::span<const ir::Scalar> results) const {
  std::vector<llvm::Type*> types = {TypeOf(ir::Scalar::kPtr)};
  if (HasOutPointer(results.size())) types.push_back(TypeOf(ir::Scalar::kPtr));
  for (ir::Scalar param : params) types.push_back(TypeOf(param));
  return llvm::FunctionType::get(ResultType(results), types, false);
}

void ModuleEmitter::SetAttributes(llvm::Function& function) {
  function.addFnAttr(llvm::Attribute::NoUnwind);
  function.addFnAttr("frame-pointer", "all");
}

llvm::Function* ModuleEmitter::FunctionOf(ir::FunctionId id) {
  if (functions_[id.value] == nullptr) Declare(id);
  return functions_[id.value];
}

void ModuleEmitter::Declare(ir::FunctionId id) {
  const ir::Function& ir = ir_.functions[id.value];
  bool exported = ir.linkage == ir::Linkage::kExported;
  llvm::Function* function = llvm::Function::Create(
      TypeOfFunction(ir.params, ir.results), llvm::GlobalValue::ExternalLinkage,
      exported ? ir.symbol : kFunctionPrefix + ir.symbol, module_);
  if (!exported) function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  function->setCallingConv(CallingConventionId(conventions_[id.value]));
  SetAttributes(*function);
  if (!exported) function->addParamAttr(0, llvm::Attribute::SwiftSelf);
  if (HasOutPointer(ir.results.size())) {
    function->addParamAttr(1, llvm::Attribute::NoAlias);
    function->addParamAttr(1, llvm::Attribute::NonNull);
  }
  if (ir.cold) function->addFnAttr(llvm::Attribute::Cold);
  functions_[id.value] = function;
}

uint64_t ModuleEmitter::ReductionsOf(const llvm::Function& function) const {
  auto found = charges_.find(function.getName());
  return found == charges_.end() ? 1 : found->second;
}

llvm::Function* ModuleEmitter::RuntimeFunction(ir::AbiFunction id) {
  const ir::AbiInfo& info = ir::InfoOf(id);
  if (llvm::Function* known = module_.getFunction(info.symbol)) return known;

  llvm::Type* i64 = TypeOf(ir::Scalar::kI64);
  llvm::Type* ptr = TypeOf(ir::Scalar::kPtr);
  llvm::Type* i1 = TypeOf(ir::Scalar::kI1);
  std::vector<llvm::Type*> params = {ptr};
  std::vector<unsigned> bools;
  for (const ir::AbiParam& param : info.params) {
    switch (param.kind) {
      case ir::AbiParamKind::kInt:
        params.push_back(i64);
        break;
      case ir::AbiParamKind::kFlt:
        params.push_back(TypeOf(ir::Scalar::kF64));
        break;
      case ir::AbiParamKind::kBool:
        bools.push_back(params.size());
        params.push_back(i1);
        break;
      case ir::AbiParamKind::kPtr:
      case ir::AbiParamKind::kOut:
        params.push_back(ptr);
        break;
      case ir::AbiParamKind::kStr:
        params.insert(params.end(), {i64, i64});
        break;
      case ir::AbiParamKind::kList:
        params.insert(params.end(), {ptr, i64});
        break;
    }
  }
  llvm::Type* result = nullptr;
  switch (info.result) {
    case ir::AbiResult::kVoid:
      result = llvm::Type::getVoidTy(context_);
      break;
    case ir::AbiResult::kInt:
      result = i64;
      break;
    case ir::AbiResult::kFlt:
      result = TypeOf(ir::Scalar::kF64);
      break;
    case ir::AbiResult::kBool:
      result = i1;
      break;
    case ir::AbiResult::kPtr:
      result = ptr;
      break;
    case ir::AbiResult::kPair:
      result = llvm::StructType::get(i64, i64);
      break;
  }
  llvm::Function* function =
      llvm::Function::Create(llvm::FunctionType::get(result, params, false),
                             llvm::GlobalValue::ExternalLinkage, info.symbol, module_);
  function->setDSOLocal(true);  // the runtime is linked statically
  function->addFnAttr(llvm::Attribute::NoUnwind);
  // C's bool is passed in a register whose upper bits the caller clears.
  for (unsigned param : bools) function->addParamAttr(param, llvm::Attribute::ZExt);
  if (info.result == ir::AbiResult::kBool) function->addRetAttr(llvm::Attribute::ZExt);
  if (info.attributes & ir::kAbiNoReturn) {
    function->addFnAttr(llvm::Attribute::NoReturn);
    function->addFnAttr(llvm::Attribute::Cold);
  }
  if (info.attributes & ir::kAbiPure) function->addFnAttr(llvm::Attribute::WillReturn);
  function->setMemoryEffects(EffectsOf(info));
  if (id == ir::AbiFunction::k_alloc || id == ir::AbiFunction::k_yield) {
    // These are the slow paths inside of loops. Both touch the actor's control block and memory
    // that this code does not see; a collection moves nothing that it holds a pointer to.
    function->setMemoryEffects(llvm::MemoryEffects::inaccessibleOrArgMemOnly());
    function->addFnAttr(llvm::Attribute::Cold);
  }
  return function;
}

llvm::Function* ModuleEmitter::ExternalFunction(const ir::External& external) {
  if (llvm::Function* known = module_.getFunction(external.symbol)) return known;
  std::vector<llvm::Type*> params;
  for (ir::Scalar param : external.params) params.push_back(TypeOf(param));
  llvm::Type* result =
      external.has_result ? TypeOf(external.result) : llvm::Type::getVoidTy(context_);
  llvm::Function* function =
      llvm::Function::Create(llvm::FunctionType::get(result, params, false),
                             llvm::GlobalValue::ExternalLinkage, external.symbol, module_);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  for (unsigned i = 0; i < external.params.size(); ++i) {
    if (external.params[i] == ir::Scalar::kI1) function->addParamAttr(i, llvm::Attribute::ZExt);
  }
  if (external.has_result && external.result == ir::Scalar::kI1) {
    function->addRetAttr(llvm::Attribute::ZExt);
  }
  return function;
}

llvm::Constant* ModuleEmitter::DataOf(ir::DataId id) {
  llvm::GlobalVariable*& global = data_[id.value];
  if (global != nullptr) return global;
  const ir::Data& data = ir_.data[id.value];

  std::vector<llvm::Type*> types;
  for (const ir::DataWord& word : data.words) {
    types.push_back(word.kind == ir::DataWord::Kind::kBits ? TypeOf(ir::Scalar::kI64)
                                                           : TypeOf(ir::Scalar::kPtr));
  }
  global = new llvm::GlobalVariable(module_, llvm::StructType::get(context_, types),
                                    !data.is_writable, llvm::GlobalValue::ExternalLinkage, nullptr,
                                    data.is_exported ? data.name : kDataPrefix + data.name);
  global->setAlignment(llvm::Align(8));
  global->setDSOLocal(true);
  undefined_data_.push_back(id);
  return global;
}

llvm::Constant* ModuleEmitter::WordOf(const ir::DataWord& word) {
  llvm::Type* i64 = TypeOf(ir::Scalar::kI64);
  switch (word.kind) {
    case ir::DataWord::Kind::kBits:
      return llvm::ConstantInt::get(i64, word.bits);
    case ir::DataWord::Kind::kData: {
      llvm::Constant* data = DataOf(word.data);
      if (word.bits == 0) return data;
      return llvm::ConstantExpr::getGetElementPtr(llvm::Type::getInt8Ty(context_), data,
                                                  llvm::ConstantInt::get(i64, word.bits));
    }
    case ir::DataWord::Kind::kFunction:
      return FunctionOf(word.function);
    case ir::DataWord::Kind::kRuntimeSymbol: {
      const std::string& symbol = ir_.strings[word.symbol.value];
      if (llvm::GlobalValue* known = module_.getNamedValue(symbol)) return known;
      return new llvm::GlobalVariable(module_, llvm::Type::getInt8Ty(context_), false,
                                      llvm::GlobalValue::ExternalLinkage, nullptr, symbol);
    }
  }
  return nullptr;
}

void ModuleEmitter::DefineData(ir::DataId id) {
  const ir::Data& data = ir_.data[id.value];
  llvm::GlobalVariable* global = data_[id.value];
  std::vector<llvm::Constant*> words;
  for (const ir::DataWord& word : data.words) words.push_back(WordOf(word));
  global->setInitializer(
      llvm::ConstantStruct::get(llvm::cast<llvm::StructType>(global->getValueType()), words));
  if (only_) {
    if (!data.is_exported) global->setLinkage(llvm::GlobalValue::InternalLinkage);
    return;
  }
  // Each partition that uses it brings a copy; the linker keeps one.
  global->setLinkage(llvm::GlobalValue::LinkOnceODRLinkage);
  if (!data.is_exported) global->setVisibility(llvm::GlobalValue::HiddenVisibility);
  global->setComdat(module_.getOrInsertComdat(global->getName()));
}

llvm::Constant* ModuleEmitter::CString(const std::string& text) {
  llvm::Constant*& string = strings_[text];
  if (string == nullptr) {
    llvm::Constant* bytes = llvm::ConstantDataArray::getString(context_, text);
    auto* global = new llvm::GlobalVariable(module_, bytes->getType(), true,
                                            llvm::GlobalValue::PrivateLinkage, bytes, "text");
    global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    global->setAlignment(llvm::Align(1));
    string = global;
  }
  return string;
}

llvm::Constant* ModuleEmitter::Site(const ir::Location& location, const std::string& function) {
  std::string file = location.file < ir_.files.size() ? ir_.files[location.file] : "";
  std::string key = file + ':' + std::to_string(location.line) + ':' +
                    std::to_string(location.column) + ':' + function;
  llvm::Constant*& site = sites_[key];
  if (site == nullptr) {
    llvm::Type* i32 = llvm::Type::getInt32Ty(context_);
    llvm::Constant* value = llvm::ConstantStruct::getAnon(
        {CString(file), CString(function), llvm::ConstantInt::get(i32, location.line),
         llvm::ConstantInt::get(i32, location.column)});
    auto* global = new llvm::GlobalVariable(module_, value->getType(), true,
                                            llvm::GlobalValue::PrivateLinkage, value, "site");
    global->setAlignment(llvm::Align(8));
    site = global;
  }
  return site;
}

void ModuleEmitter::Emit() {
  auto emit = [&](ir::FunctionId id) -> llvm::Function* {
    const ir::Function& ir = ir_.functions[id.value];
    llvm::Function* function = FunctionOf(id);
    debug_->BeginFunction(ir, *function);
    if (ir.recursive) function->addFnAttr("warn-stack-size", std::to_string(kLargestFrame));
    FunctionEmitter(*this, ir, *function).Emit();
    if (ir.always_inline) function->addFnAttr(llvm::Attribute::AlwaysInline);
    return function;
  };
  for (ir::FunctionId id : partition_.functions) {
    llvm::Function* function = emit(id);
    const ir::Function& ir = ir_.functions[id.value];
    if (only_ && ir.linkage != ir::Linkage::kExported) {
      function->setVisibility(llvm::GlobalValue::DefaultVisibility);
      function->setLinkage(llvm::GlobalValue::InternalLinkage);
    }
    function->addFnAttr(kNameAttribute, ir.debug_name);
    function->addFnAttr(kFileAttribute,
                        ir.loc.file < ir_.files.size() ? ir_.files[ir.loc.file] : "");
    function->addFnAttr(kLineAttribute, std::to_string(ir.loc.line));
  }
  for (ir::FunctionId id : partition_.imports) {
    emit(id)->setLinkage(llvm::GlobalValue::AvailableExternallyLinkage);
  }
  if (partition_.has_glue) {
    AddGlue(module_);
    for (uint32_t i = 0; i < ir_.data.size(); ++i) {
      if (ir_.data[i].is_exported) DataOf(ir::DataId(i));
    }
  }
  // Defining one may use others.
  while (!undefined_data_.empty()) {
    ir::DataId id = undefined_data_.back();
    undefined_data_.pop_back();
    DefineData(id);
  }
  debug_->Finish();
}

void AddFunctionTable(llvm::Module& module) {
  llvm::LLVMContext& context = module.getContext();
  llvm::Type* i32 = llvm::Type::getInt32Ty(context);
  std::unordered_map<std::string, llvm::Constant*> strings;
  auto string_of = [&](llvm::StringRef text) {
    llvm::Constant*& string = strings[text.str()];
    if (string == nullptr) {
      llvm::Constant* bytes = llvm::ConstantDataArray::getString(context, text);
      auto* global = new llvm::GlobalVariable(module, bytes->getType(), true,
                                              llvm::GlobalValue::PrivateLinkage, bytes, "name");
      global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
      global->setAlignment(llvm::Align(1));
      string = global;
    }
    return string;
  };
  for (llvm::Function& function : module) {
    if (function.isDeclaration() || function.hasAvailableExternallyLinkage()) continue;
    if (!function.hasFnAttribute(kNameAttribute)) continue;
    // What the compiler has made by itself stands at no line, and says nothing in a backtrace.
    if (function.getFnAttribute(kLineAttribute).getValueAsString() == "0") continue;
    unsigned line = 0;
    function.getFnAttribute(kLineAttribute).getValueAsString().getAsInteger(10, line);
    llvm::Constant* entry = llvm::ConstantStruct::getAnon(
        {&function, string_of(function.getFnAttribute(kNameAttribute).getValueAsString()),
         string_of(function.getFnAttribute(kFileAttribute).getValueAsString()),
         llvm::ConstantInt::get(i32, line), llvm::ConstantInt::get(i32, 0)});
    auto* global = new llvm::GlobalVariable(module, entry->getType(), true,
                                            llvm::GlobalValue::PrivateLinkage, entry, "function");
    global->setAlignment(llvm::Align(8));
    global->setSection(kFunctionTableSection);
    // The linker drops the entry with its function, and sorts the entries like the functions.
    global->setMetadata(llvm::LLVMContext::MD_associated,
                        llvm::MDNode::get(context, llvm::ConstantAsMetadata::get(&function)));
  }
}

}  // namespace snow::codegen
