#include "snowc/codegen/glue.h"

#include <cstddef>

#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/abi.h"

namespace snow::codegen {
namespace {

// Where the code address lies in a closure object, after the header.
constexpr int64_t kClosureCode = 8;

class GlueBuilder {
 public:
  explicit GlueBuilder(llvm::Module& module)
      : module_(module),
        b_(module.getContext()),
        i64_(b_.getInt64Ty()),
        ptr_(b_.getPtrTy()),
        closure_type_(llvm::FunctionType::get(i64_, {ptr_, ptr_}, false)) {}

  void AddInvoke() {
    llvm::Function* function = New("snow_invoke", closure_type_, llvm::CallingConv::C);
    llvm::Value* closure = function->getArg(1);
    b_.CreateRet(CallClosure(LoadCode(closure), function->getArg(0), closure));
  }

  // Two steps: what the runtime calls, and a function of Snow's convention that lies where the base
  // frame lies, since it hands that on by a tail call to a function with the same parameters.
  void AddStart() {
    llvm::Function* base = New("S.start", closure_type_, llvm::CallingConv::Tail);
    base->setLinkage(llvm::GlobalValue::InternalLinkage);
    base->addFnAttr(llvm::Attribute::NoInline);
    base->addParamAttr(0, llvm::Attribute::SwiftSelf);
    llvm::Value* actor = base->getArg(0);
    llvm::Value* closure = base->getArg(1);
    llvm::Value* frame = b_.CreateIntrinsic(llvm::Intrinsic::addressofreturnaddress, {ptr_}, {});
    b_.CreateAlignedStore(frame, Field(actor, offsetof(SnowActor, base_frame)), llvm::Align(8));
    llvm::CallInst* call = CallClosure(LoadCode(closure), actor, closure);
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
    b_.CreateRet(call);

    llvm::Function* start = New("snow_start", closure_type_, llvm::CallingConv::C);
    b_.CreateRet(CallClosure(base, start->getArg(0), start->getArg(1)));
  }

  void AddInvokeText() {
    llvm::StructType* pair = llvm::StructType::get(i64_, i64_);
    llvm::Function* function =
        New("snow_invoke_text", llvm::FunctionType::get(pair, {ptr_, ptr_, ptr_}, false),
            llvm::CallingConv::C);
    llvm::CallInst* call =
        b_.CreateCall(llvm::FunctionType::get(pair, {ptr_, ptr_}, false), function->getArg(1),
                      {function->getArg(0), function->getArg(2)});
    call->setCallingConv(llvm::CallingConv::Tail);
    call->addParamAttr(0, llvm::Attribute::SwiftSelf);
    b_.CreateRet(call);
  }

 private:
  llvm::Function* New(const char* name, llvm::FunctionType* type,
                      llvm::CallingConv::ID convention) {
    auto* function =
        llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module_);
    function->setCallingConv(convention);
    function->setDSOLocal(true);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    function->addFnAttr("frame-pointer", "all");
    b_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "entry", function));
    return function;
  }

  llvm::Value* Field(llvm::Value* pointer, int64_t offset) {
    return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), pointer, offset);
  }

  llvm::Value* LoadCode(llvm::Value* closure) {
    return b_.CreateAlignedLoad(ptr_, Field(closure, kClosureCode), llvm::Align(8), "code");
  }

  llvm::CallInst* CallClosure(llvm::Value* code, llvm::Value* actor, llvm::Value* closure) {
    llvm::CallInst* call = b_.CreateCall(closure_type_, code, {actor, closure});
    call->setCallingConv(llvm::CallingConv::Tail);
    call->addParamAttr(0, llvm::Attribute::SwiftSelf);
    return call;
  }

  llvm::Module& module_;
  llvm::IRBuilder<> b_;
  llvm::Type* i64_;
  llvm::Type* ptr_;
  llvm::FunctionType* closure_type_;
};

}  // namespace

void AddGlue(llvm::Module& module) {
  GlueBuilder builder(module);
  builder.AddInvoke();
  builder.AddStart();
  builder.AddInvokeText();
}

}  // namespace snow::codegen
