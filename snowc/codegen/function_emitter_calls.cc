#include <cassert>
#include <cstddef>
#include <utility>

#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Module.h"
#include "snowc/codegen/function_emitter.h"

namespace snow::codegen {
namespace {

using ir::Op;
using ir::Scalar;

constexpr int64_t kWordBytes = 8;

SnowArithmetic KindOf(Op op) {
  switch (op) {
    case Op::kAddChecked:
      return SnowArithmetic::kAdd;
    case Op::kSubChecked:
      return SnowArithmetic::kSub;
    case Op::kMulChecked:
      return SnowArithmetic::kMul;
    case Op::kDivChecked:
      return SnowArithmetic::kDiv;
    case Op::kModChecked:
      return SnowArithmetic::kMod;
    default:
      return SnowArithmetic::kNeg;
  }
}

}  // namespace

llvm::CallInst* FunctionEmitter::CallSnow(llvm::FunctionType* type, llvm::Value* callee,
                                          Convention convention, llvm::Value* out,
                                          std::span<const ir::ValueId> args) {
  std::vector<llvm::Value*> values = {actor_};
  if (out != nullptr) values.push_back(out);
  for (ir::ValueId arg : args) values.push_back(Get(arg));
  assert(type->getNumParams() == values.size());
  llvm::CallInst* call = b_.CreateCall(type, callee, values);
  call->setCallingConv(CallingConventionId(convention));
  if (convention != Convention::kC) call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  return call;
}

llvm::Value* FunctionEmitter::OutArea(size_t words) {
  llvm::Type* i64 = b_.getInt64Ty();
  if (out_area_ == nullptr) out_area_ = NewArea(i64, words);
  if (llvm::cast<llvm::ArrayType>(out_area_->getAllocatedType())->getNumElements() < words) {
    out_area_->setAllocatedType(llvm::ArrayType::get(i64, words));
  }
  return out_area_;
}

void FunctionEmitter::DefineResults(const ir::Instr& instr, llvm::Value* call, llvm::Value* out) {
  for (uint32_t i = 0; i < instr.result_count; ++i) {
    ir::ValueId id(instr.result.value + i);
    if (out != nullptr) {
      Scalar type = ir_.values[id.value];
      llvm::Type* memory = type == Scalar::kI1 ? b_.getInt64Ty() : module_.TypeOf(type);
      Define(id, b_.CreateAlignedLoad(memory, Offset(out, i * kWordBytes), llvm::Align(8)));
    } else if (call->getType()->isStructTy()) {
      Define(id, b_.CreateExtractValue(call, i));
    } else {
      Define(id, call);
    }
  }
}

void FunctionEmitter::EmitCall(const ir::Instr& instr) {
  std::span<const ir::ValueId> args = instr.args;
  llvm::Value* callee = nullptr;
  llvm::FunctionType* type = nullptr;
  Convention convention = Convention::kTail;
  if (instr.op == Op::kCall) {
    llvm::Function* function = module_.FunctionOf(instr.function);
    callee = function;
    type = function->getFunctionType();
    convention = module_.ConventionOf(instr.function);
  } else {
    callee = Get(args[0]);
    args = args.subspan(1);
    std::vector<Scalar> params;
    for (ir::ValueId arg : args) params.push_back(ir_.values[arg.value]);
    type = module_.TypeOfFunction(params, instr.signature);
  }
  llvm::Value* out = HasOutPointer(instr.result_count) ? OutArea(instr.result_count) : nullptr;
  llvm::CallInst* call = CallSnow(type, callee, convention, out, args);
  DefineResults(instr, call, out);
}

void FunctionEmitter::EmitRuntimeCall(const ir::Instr& instr) {
  auto id = static_cast<ir::AbiFunction>(instr.imm);
  const ir::AbiInfo& info = ir::InfoOf(id);
  llvm::Function* callee = module_.RuntimeFunction(id);
  llvm::FunctionType* type = callee->getFunctionType();
  std::vector<llvm::Value*> values = {actor_};
  for (ir::ValueId arg : instr.args) {
    values.push_back(CastTo(Get(arg), type->getParamType(values.size())));
  }
  // The IR does not mention the room for many results.
  llvm::Value* out = nullptr;
  if (!info.params.empty() && info.params.back().kind == ir::AbiParamKind::kOut &&
      values.size() + 1 == type->getNumParams()) {
    out = OutArea(info.params.back().out_words);
    values.push_back(out);
  }
  assert(type->getNumParams() == values.size());
  llvm::CallInst* call = b_.CreateCall(type, callee, values);
  for (unsigned i = 0; i < values.size(); ++i) {
    if (callee->hasParamAttribute(i, llvm::Attribute::ZExt)) {
      call->addParamAttr(i, llvm::Attribute::ZExt);
    }
  }
  if (info.result == ir::AbiResult::kBool) call->addRetAttr(llvm::Attribute::ZExt);
  DefineResults(instr, call, out);
}

void FunctionEmitter::EmitExternalCall(const ir::Instr& instr) {
  const ir::External& external = module_.ir().externals[instr.imm];
  llvm::Function* callee = module_.ExternalFunction(external);
  std::vector<llvm::Value*> values;
  for (ir::ValueId arg : instr.args) {
    values.push_back(CastTo(Get(arg), callee->getFunctionType()->getParamType(values.size())));
  }
  llvm::CallInst* call = b_.CreateCall(callee, values);
  call->setAttributes(callee->getAttributes());
  DefineResults(instr, call, nullptr);
}

void FunctionEmitter::EmitReturn(const ir::Terminator& term) {
  if (term.args.empty()) {
    b_.CreateRetVoid();
    return;
  }
  if (out_ != nullptr) {
    for (size_t i = 0; i < term.args.size(); ++i) {
      llvm::Value* value = Get(term.args[i]);
      if (value->getType()->isIntegerTy(1)) value = b_.CreateZExt(value, b_.getInt64Ty());
      b_.CreateAlignedStore(value, Offset(out_, i * kWordBytes), llvm::Align(8));
    }
    b_.CreateRetVoid();
    return;
  }
  if (term.args.size() == 1) {
    b_.CreateRet(Get(term.args[0]));
    return;
  }
  llvm::Value* result = llvm::PoisonValue::get(function_.getReturnType());
  for (size_t i = 0; i < term.args.size(); ++i) {
    result = b_.CreateInsertValue(result, Get(term.args[i]), i);
  }
  b_.CreateRet(result);
}

void FunctionEmitter::EmitTailCall(const ir::Terminator& term) {
  std::span<const ir::ValueId> args = term.args;
  llvm::Value* callee = nullptr;
  llvm::FunctionType* type = nullptr;
  Convention convention = Convention::kTail;
  if (term.kind == ir::TermKind::kTailCall) {
    llvm::Function* function = module_.FunctionOf(term.function);
    callee = function;
    type = function->getFunctionType();
    convention = module_.ConventionOf(term.function);
  } else {
    callee = Get(args[0]);
    args = args.subspan(1);
    std::vector<Scalar> params;
    for (ir::ValueId arg : args) params.push_back(ir_.values[arg.value]);
    type = module_.TypeOfFunction(params, ir_.results);
  }
  llvm::CallInst* call = CallSnow(type, callee, convention, out_, args);
  // Between other conventions it need not save stack: AssignConventions made sure of it.
  if (convention == Convention::kTail && function_.getCallingConv() == llvm::CallingConv::Tail) {
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  }
  if (call->getType()->isVoidTy()) {
    b_.CreateRetVoid();
  } else {
    b_.CreateRet(call);
  }
}

llvm::BasicBlock* FunctionEmitter::PanicBlock(SnowArithmetic kind, llvm::Value* a, llvm::Value* b,
                                              const ir::Location& location) {
  llvm::IRBuilderBase::InsertPointGuard guard(b_);
  llvm::BasicBlock* block = NewBlock("panic");
  b_.SetInsertPoint(block);
  SetPlace(location);
  llvm::Function* panic = module_.RuntimeFunction(ir::AbiFunction::k_panic_arithmetic);
  llvm::CallInst* call = b_.CreateCall(panic, {actor_, b_.getInt64(static_cast<int64_t>(kind)), a,
                                               b, module_.Site(location, ir_.debug_name)});
  call->setDoesNotReturn();
  b_.CreateUnreachable();
  return block;
}

void FunctionEmitter::EmitChecked(const ir::Instr& instr) {
  llvm::Value* a = Get(instr.args[0]);
  llvm::Value* b = instr.op == Op::kNegChecked ? b_.getInt64(0) : Get(instr.args[1]);
  llvm::Value* pair = nullptr;
  switch (instr.op) {
    case Op::kAddChecked:
      pair = b_.CreateBinaryIntrinsic(llvm::Intrinsic::sadd_with_overflow, a, b);
      break;
    case Op::kSubChecked:
      pair = b_.CreateBinaryIntrinsic(llvm::Intrinsic::ssub_with_overflow, a, b);
      break;
    case Op::kMulChecked:
      pair = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smul_with_overflow, a, b);
      break;
    default:
      pair = b_.CreateBinaryIntrinsic(llvm::Intrinsic::ssub_with_overflow, b, a);
      break;
  }
  llvm::BasicBlock* next = NewBlock("ok");
  BranchUnlikely(b_.CreateExtractValue(pair, 1), PanicBlock(KindOf(instr.op), a, b, instr.loc),
                 next);
  b_.SetInsertPoint(next);
  Define(instr.result, b_.CreateExtractValue(pair, 0));
}

// The divisors 0 and -1 need care: one comparison sets both apart.
void FunctionEmitter::EmitCheckedDivision(const ir::Instr& instr) {
  bool is_division = instr.op == Op::kDivChecked;
  llvm::Value* a = Get(instr.args[0]);
  llvm::Value* b = Get(instr.args[1]);
  llvm::BasicBlock* special = NewBlock("special");
  llvm::BasicBlock* minus_one = NewBlock("minus_one");
  llvm::BasicBlock* plain = NewBlock("plain");
  llvm::BasicBlock* next = NewBlock("next");
  llvm::BasicBlock* panic = PanicBlock(KindOf(instr.op), a, b, instr.loc);

  llvm::Value* is_special = b_.CreateICmpULT(b_.CreateAdd(b, b_.getInt64(1)), b_.getInt64(2));
  BranchUnlikely(is_special, special, plain);

  b_.SetInsertPoint(special);
  BranchUnlikely(b_.CreateICmpEQ(b, b_.getInt64(0)), panic, minus_one);

  b_.SetInsertPoint(minus_one);
  llvm::Value* special_result = b_.getInt64(0);  // of %
  llvm::BasicBlock* special_end = minus_one;
  if (is_division) {
    llvm::Value* pair =
        b_.CreateBinaryIntrinsic(llvm::Intrinsic::ssub_with_overflow, b_.getInt64(0), a);
    special_result = b_.CreateExtractValue(pair, 0);
    BranchUnlikely(b_.CreateExtractValue(pair, 1), panic, next);
  } else {
    b_.CreateBr(next);
  }

  b_.SetInsertPoint(plain);
  llvm::Value* plain_result = is_division ? b_.CreateSDiv(a, b) : b_.CreateSRem(a, b);
  b_.CreateBr(next);

  b_.SetInsertPoint(next);
  llvm::PHINode* result = b_.CreatePHI(b_.getInt64Ty(), 2);
  result->addIncoming(special_result, special_end);
  result->addIncoming(plain_result, plain);
  Define(instr.result, result);
}

void FunctionEmitter::EmitAlloc(const ir::Instr& instr) {
  llvm::Type* ptr = b_.getPtrTy();
  llvm::Constant* descriptor = module_.DataOf(instr.data);
  llvm::Value* next_field = ActorField(offsetof(SnowActor, alloc_next));
  llvm::Value* limit_field = ActorField(offsetof(SnowActor, alloc_limit));
  llvm::BasicBlock* fast = NewBlock("fast");
  llvm::BasicBlock* slow = NewBlock("slow");
  llvm::BasicBlock* done = NewBlock("allocated");

  llvm::LoadInst* object = b_.CreateAlignedLoad(ptr, next_field, llvm::Align(8));
  llvm::LoadInst* limit = b_.CreateAlignedLoad(ptr, limit_field, llvm::Align(8));
  llvm::Value* end = b_.CreateConstGEP1_64(b_.getInt8Ty(), object, (instr.imm + 1) * kWordBytes);
  BranchUnlikely(b_.CreateICmpUGT(end, limit), slow, fast);

  b_.SetInsertPoint(fast);
  llvm::StoreInst* store_next = b_.CreateAlignedStore(end, next_field, llvm::Align(8));
  llvm::Value* header = b_.CreatePtrToInt(descriptor, b_.getInt64Ty());
  if (instr.tag != 0) {
    header = b_.CreateOr(header, b_.getInt64(static_cast<uint64_t>(instr.tag) << kSnowTagShift));
  }
  llvm::StoreInst* store_header = b_.CreateAlignedStore(header, object, llvm::Align(8));
  b_.CreateBr(done);

  b_.SetInsertPoint(slow);
  llvm::CallInst* call =
      b_.CreateCall(module_.RuntimeFunction(ir::AbiFunction::k_alloc),
                    {actor_, descriptor, b_.getInt64(instr.imm), b_.getInt64(instr.tag)});
  b_.CreateBr(done);

  for (llvm::Instruction* access :
       {static_cast<llvm::Instruction*>(object), static_cast<llvm::Instruction*>(limit),
        static_cast<llvm::Instruction*>(store_next)}) {
    access->setMetadata(llvm::LLVMContext::MD_tbaa, module_.actor_access());
  }
  store_header->setMetadata(llvm::LLVMContext::MD_tbaa, module_.object_access());

  b_.SetInsertPoint(done);
  llvm::PHINode* result = b_.CreatePHI(ptr, 2);
  result->addIncoming(object, fast);
  result->addIncoming(call, slow);
  Define(instr.result, result);
}

void FunctionEmitter::EmitSafepoint(const ir::Instr& instr) {
  llvm::Value* field = ActorField(offsetof(SnowActor, reductions));
  llvm::LoadInst* left = b_.CreateAlignedLoad(b_.getInt64Ty(), field, llvm::Align(8));
  int64_t cost = instr.imm != 0 ? instr.imm : module_.ReductionsOf(function_);
  llvm::Value* rest = b_.CreateSub(left, b_.getInt64(static_cast<uint64_t>(cost)));
  llvm::StoreInst* store = b_.CreateAlignedStore(rest, field, llvm::Align(8));
  left->setMetadata(llvm::LLVMContext::MD_tbaa, module_.actor_access());
  store->setMetadata(llvm::LLVMContext::MD_tbaa, module_.actor_access());
  llvm::BasicBlock* slow = NewBlock("yield");
  llvm::BasicBlock* next = NewBlock("go");
  BranchUnlikely(b_.CreateICmpSLT(rest, b_.getInt64(0)), slow, next);
  b_.SetInsertPoint(slow);
  SetPlace(instr.loc);
  b_.CreateCall(module_.RuntimeFunction(ir::AbiFunction::k_yield), {actor_});
  b_.CreateBr(next);
  b_.SetInsertPoint(next);
}

}  // namespace snow::codegen
