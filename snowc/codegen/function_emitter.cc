#include "snowc/codegen/function_emitter.h"

#include <cassert>
#include <cstddef>

#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"

namespace snow::codegen {
namespace {

using ir::Op;
using ir::Scalar;

constexpr int64_t kWordBytes = 8;

// The blocks that can be reached, each after all that dominate it (reverse postorder), so that a
// value is defined before its uses are met.
std::vector<ir::BlockId> ReachableBlocks(const ir::Function& function) {
  struct Visit {
    uint32_t block;
    size_t next_target;
  };
  std::vector<ir::BlockId> order;
  std::vector<bool> seen(function.blocks.size());
  std::vector<Visit> stack = {{0, 0}};
  seen[0] = true;
  while (!stack.empty()) {
    Visit& top = stack.back();
    auto targets = function.blocks[top.block].term.targets;
    if (top.next_target == targets.size()) {
      order.push_back(ir::BlockId(top.block));
      stack.pop_back();
      continue;
    }
    // From the last: the first target then comes right behind its branch.
    uint32_t target = targets[targets.size() - 1 - top.next_target++].value;
    if (seen[target]) continue;
    seen[target] = true;
    stack.push_back({target, 0});
  }
  return {order.rbegin(), order.rend()};
}

bool AsksForItsFrame(const ir::Function& function) {
  for (const ir::Block& block : function.blocks) {
    for (const ir::Instr& instr : block.instrs) {
      if (instr.op == Op::kAtBase) return true;
    }
  }
  return false;
}

}  // namespace

FunctionEmitter::FunctionEmitter(ModuleEmitter& module, const ir::Function& ir,
                                 llvm::Function& function)
    : module_(module),
      ir_(ir),
      function_(function),
      builder_(std::make_unique<llvm::IRBuilder<>>(module.context())),
      b_(*builder_),
      values_(ir.values.size()),
      blocks_(ir.blocks.size()) {}

FunctionEmitter::~FunctionEmitter() = default;

void FunctionEmitter::Emit() {
  if (AsksForItsFrame(ir_)) function_.addFnAttr(llvm::Attribute::NoInline);
  entry_ = llvm::BasicBlock::Create(module_.context(), "entry", &function_);
  std::vector<ir::BlockId> order = ReachableBlocks(ir_);
  for (ir::BlockId id : order) blocks_[id.value] = NewBlock("b");
  llvm::BasicBlock* first = EmitEntry();
  b_.SetInsertPoint(first);
  for (ir::BlockId id : order) EmitBlock(id);
}

llvm::BasicBlock* FunctionEmitter::EmitEntry() {
  llvm::BasicBlock* first = blocks_[0];
  b_.SetInsertPoint(entry_);
  unsigned param = 0;
  actor_ = function_.getArg(param++);
  if (HasOutPointer(ir_.results.size())) out_ = function_.getArg(param++);

  for (const ir::Slot& slot : ir_.slots) {
    llvm::AllocaInst* area = b_.CreateAlloca(module_.TypeOf(slot.type));
    if (!module_.context().shouldDiscardValueNames()) area->setName(slot.name);
    slots_.push_back(area);
  }
  for (ir::SlotId slot : ir_.param_slots) {
    llvm::Value* value = function_.getArg(param++);
    b_.CreateStore(value, slots_[slot.value]);
  }
  SetPlace(ir_.loc);
  llvm::BranchInst* jump = b_.CreateBr(first);
  module_.debug().DeclareVariables(ir_, function_, slots_, *jump);
  return first;
}

void FunctionEmitter::EmitBlock(ir::BlockId id) {
  const ir::Block& block = ir_.blocks[id.value];
  b_.SetInsertPoint(blocks_[id.value]);
  for (const ir::Instr& instr : block.instrs) {
    SetPlace(instr.loc);
    EmitInstr(instr);
  }
  SetPlace(block.term.loc);
  EmitTerminator(block.term);
}

void FunctionEmitter::EmitInstr(const ir::Instr& instr) {
  switch (instr.op) {
    case Op::kSlotSet:
      b_.CreateStore(Get(instr.args[0]), slots_[instr.slot.value]);
      return;
    case Op::kAddChecked:
    case Op::kSubChecked:
    case Op::kMulChecked:
    case Op::kNegChecked:
      EmitChecked(instr);
      return;
    case Op::kDivChecked:
    case Op::kModChecked:
      EmitCheckedDivision(instr);
      return;
    case Op::kAddFlag:
    case Op::kSubFlag:
    case Op::kMulFlag: {
      llvm::Intrinsic::ID id = instr.op == Op::kAddFlag   ? llvm::Intrinsic::sadd_with_overflow
                               : instr.op == Op::kSubFlag ? llvm::Intrinsic::ssub_with_overflow
                                                          : llvm::Intrinsic::smul_with_overflow;
      llvm::Value* pair = b_.CreateBinaryIntrinsic(id, Get(instr.args[0]), Get(instr.args[1]));
      Define(instr.result, b_.CreateExtractValue(pair, 0));
      Define(ir::ValueId(instr.result.value + 1), b_.CreateExtractValue(pair, 1));
      return;
    }
    case Op::kLoad:
    case Op::kLoadIndexed:
    case Op::kLoadByte:
    case Op::kLoad32:
    case Op::kActorLoad:
      EmitLoad(instr);
      return;
    case Op::kStore:
    case Op::kStoreIndexed:
    case Op::kStore32:
      EmitStore(instr);
      return;
    case Op::kMoveBytes:
      b_.CreateMemMove(Get(instr.args[0]), llvm::MaybeAlign(1), Get(instr.args[1]),
                       llvm::MaybeAlign(1), Get(instr.args[2]), /*isVolatile=*/false,
                       module_.object_access());
      return;
    case Op::kAlloc:
      EmitAlloc(instr);
      return;
    case Op::kCall:
    case Op::kCallIndirect:
      EmitCall(instr);
      return;
    case Op::kCallRuntime:
      EmitRuntimeCall(instr);
      return;
    case Op::kCallExternal:
      EmitExternalCall(instr);
      return;
    case Op::kSafepoint:
      EmitSafepoint(instr);
      return;
    default:
      Define(instr.result, EmitSimple(instr));
      return;
  }
}

llvm::Value* FunctionEmitter::EmitSimple(const ir::Instr& instr) {
  auto arg = [&](size_t i) { return Get(instr.args[i]); };
  llvm::Type* i64 = b_.getInt64Ty();
  llvm::Type* f64 = b_.getDoubleTy();
  switch (instr.op) {
    case Op::kConstInt:
      return b_.getInt64(instr.imm);
    case Op::kConstFloat:
      return llvm::ConstantFP::get(f64, instr.fimm);
    case Op::kConstBool:
      return b_.getInt1(instr.imm != 0);
    case Op::kNull:
      return llvm::ConstantPointerNull::get(b_.getPtrTy());
    case Op::kDataAddress:
      return Offset(module_.DataOf(instr.data), instr.imm);
    case Op::kFunctionAddress:
      return module_.FunctionOf(instr.function);
    case Op::kSlotGet:
      return b_.CreateLoad(module_.TypeOf(ir_.slots[instr.slot.value].type),
                           slots_[instr.slot.value]);

    case Op::kAdd:
      return b_.CreateAdd(arg(0), arg(1));
    case Op::kSub:
      return b_.CreateSub(arg(0), arg(1));
    case Op::kMul:
      return b_.CreateMul(arg(0), arg(1));
    case Op::kAnd:
    case Op::kBoolAnd:
      return b_.CreateAnd(arg(0), arg(1));
    case Op::kOr:
    case Op::kBoolOr:
      return b_.CreateOr(arg(0), arg(1));
    case Op::kXor:
      return b_.CreateXor(arg(0), arg(1));
    case Op::kShl:
      return b_.CreateShl(arg(0), arg(1));
    case Op::kLShr:
      return b_.CreateLShr(arg(0), arg(1));
    case Op::kAShr:
      return b_.CreateAShr(arg(0), arg(1));
    case Op::kMulHigh: {
      llvm::Type* i128 = b_.getInt128Ty();
      llvm::Value* product = b_.CreateMul(b_.CreateZExt(arg(0), i128), b_.CreateZExt(arg(1), i128));
      return b_.CreateTrunc(b_.CreateLShr(product, 64), i64);
    }
    case Op::kCtz:
      return b_.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, arg(0), b_.getFalse());
    case Op::kClz:
      return b_.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, arg(0), b_.getFalse());
    case Op::kPopCount:
      return b_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, arg(0));

    case Op::kEq:
    case Op::kNe:
    case Op::kLt:
    case Op::kLe:
    case Op::kGt:
    case Op::kGe:
    case Op::kULt:
      return EmitCompare(instr);

    case Op::kNot:
      return b_.CreateNot(arg(0));
    case Op::kSelect:
      return b_.CreateSelect(arg(0), arg(1), arg(2));

    case Op::kFAdd:
      return b_.CreateFAdd(arg(0), arg(1));
    case Op::kFSub:
      return b_.CreateFSub(arg(0), arg(1));
    case Op::kFMul:
      return b_.CreateFMul(arg(0), arg(1));
    case Op::kFDiv:
      return b_.CreateFDiv(arg(0), arg(1));
    case Op::kFRem:
      return b_.CreateFRem(arg(0), arg(1));
    case Op::kFNeg:
      return b_.CreateFNeg(arg(0));
    case Op::kFAbs:
      return b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, arg(0));
    case Op::kFSqrt:
      return b_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, arg(0));

    case Op::kIntToFloat:
      return b_.CreateSIToFP(arg(0), f64);
    case Op::kFloatToInt:
      return b_.CreateIntrinsic(llvm::Intrinsic::fptosi_sat, {i64, f64}, {arg(0)});
    case Op::kBoolToInt:
      return b_.CreateZExt(arg(0), i64);
    case Op::kIntToBool:
      return b_.CreateICmpNE(arg(0), b_.getInt64(0));
    case Op::kFloatBits:
      return b_.CreateBitCast(arg(0), i64);
    case Op::kBitsFloat:
      return b_.CreateBitCast(arg(0), f64);
    case Op::kPtrBits:
      return b_.CreatePtrToInt(arg(0), i64);
    case Op::kBitsPtr:
      return b_.CreateIntToPtr(arg(0), b_.getPtrTy());

    case Op::kPtrAdd:
      return b_.CreateGEP(b_.getInt8Ty(), arg(0), arg(1));
    case Op::kFrame:
      return NewArea(i64, instr.imm);
    case Op::kSite:
      return module_.Site(instr.loc, ir_.debug_name);
    case Op::kAtBase: {
      llvm::Value* frame =
          b_.CreateIntrinsic(llvm::Intrinsic::addressofreturnaddress, {b_.getPtrTy()}, {});
      llvm::LoadInst* base = b_.CreateAlignedLoad(
          b_.getPtrTy(), ActorField(offsetof(SnowActor, base_frame)), llvm::Align(8));
      base->setMetadata(llvm::LLVMContext::MD_tbaa, module_.actor_access());
      return b_.CreateICmpEQ(frame, base);
    }
    default:
      assert(false && "an instruction that EmitInstr handles");
      return nullptr;
  }
}

llvm::Value* FunctionEmitter::EmitCompare(const ir::Instr& instr) {
  llvm::Value* a = Get(instr.args[0]);
  llvm::Value* b = Get(instr.args[1]);
  using Predicate = llvm::CmpInst::Predicate;
  bool is_float = a->getType()->isDoubleTy();
  // false < true, and addresses have no sign.
  bool is_signed = a->getType()->isIntegerTy(64);
  Predicate predicate = Predicate::ICMP_EQ;
  switch (instr.op) {
    case Op::kNe:
      predicate = is_float ? Predicate::FCMP_UNE : Predicate::ICMP_NE;
      break;
    case Op::kLt:
      predicate = is_float    ? Predicate::FCMP_OLT
                  : is_signed ? Predicate::ICMP_SLT
                              : Predicate::ICMP_ULT;
      break;
    case Op::kLe:
      predicate = is_float    ? Predicate::FCMP_OLE
                  : is_signed ? Predicate::ICMP_SLE
                              : Predicate::ICMP_ULE;
      break;
    case Op::kGt:
      predicate = is_float    ? Predicate::FCMP_OGT
                  : is_signed ? Predicate::ICMP_SGT
                              : Predicate::ICMP_UGT;
      break;
    case Op::kGe:
      predicate = is_float    ? Predicate::FCMP_OGE
                  : is_signed ? Predicate::ICMP_SGE
                              : Predicate::ICMP_UGE;
      break;
    case Op::kULt:
      predicate = Predicate::ICMP_ULT;
      break;
    default:
      predicate = is_float ? Predicate::FCMP_OEQ : Predicate::ICMP_EQ;
      break;
  }
  return b_.CreateCmp(predicate, a, b);
}

void FunctionEmitter::EmitLoad(const ir::Instr& instr) {
  llvm::MDNode* access = module_.object_access();
  Scalar type = instr.type;
  llvm::Type* memory_type = type == Scalar::kI1 ? b_.getInt64Ty() : module_.TypeOf(type);
  llvm::Align alignment(kWordBytes);
  llvm::Value* pointer = nullptr;
  switch (instr.op) {
    case Op::kLoadIndexed:
      pointer = Offset(
          b_.CreateInBoundsGEP(b_.getInt64Ty(), Get(instr.args[0]), Get(instr.args[1])), instr.imm);
      break;
    case Op::kLoadByte:
      pointer = Offset(b_.CreateInBoundsGEP(b_.getInt8Ty(), Get(instr.args[0]), Get(instr.args[1])),
                       instr.imm);
      memory_type = b_.getInt8Ty();
      alignment = llvm::Align(1);
      break;
    case Op::kLoad32:
      pointer = Offset(Get(instr.args[0]), instr.imm);
      memory_type = b_.getInt32Ty();
      alignment = llvm::Align(4);
      break;
    case Op::kActorLoad:
      pointer = ActorField(instr.imm);
      access = module_.actor_access();
      break;
    default:
      pointer = Offset(Get(instr.args[0]), instr.imm);
      break;
  }
  llvm::LoadInst* load = b_.CreateAlignedLoad(memory_type, pointer, alignment);
  load->setMetadata(llvm::LLVMContext::MD_tbaa, access);
  llvm::Value* value = load;
  if (instr.op == Op::kLoadByte || instr.op == Op::kLoad32) {
    value = b_.CreateZExt(value, b_.getInt64Ty());
  }
  Define(instr.result, value);
}

void FunctionEmitter::EmitStore(const ir::Instr& instr) {
  llvm::Value* pointer = Get(instr.args[0]);
  llvm::Value* value = Get(instr.args[instr.op == Op::kStoreIndexed ? 2 : 1]);
  llvm::Align alignment(kWordBytes);
  if (instr.op == Op::kStoreIndexed) {
    pointer = b_.CreateInBoundsGEP(b_.getInt64Ty(), pointer, Get(instr.args[1]));
  }
  if (instr.op == Op::kStore32) {
    value = b_.CreateTrunc(value, b_.getInt32Ty());
    alignment = llvm::Align(4);
  } else if (value->getType()->isIntegerTy(1)) {
    value = b_.CreateZExt(value, b_.getInt64Ty());
  }
  llvm::StoreInst* store = b_.CreateAlignedStore(value, Offset(pointer, instr.imm), alignment);
  store->setMetadata(llvm::LLVMContext::MD_tbaa, module_.object_access());
}

void FunctionEmitter::EmitTerminator(const ir::Terminator& term) {
  auto target = [&](size_t i) { return blocks_[term.targets[i].value]; };
  switch (term.kind) {
    case ir::TermKind::kJump:
      b_.CreateBr(target(0));
      return;
    case ir::TermKind::kBranch:
      if (term.unlikely_second) {
        llvm::MDBuilder metadata(module_.context());
        b_.CreateCondBr(Get(term.value), target(0), target(1),
                        metadata.createLikelyBranchWeights());
      } else {
        b_.CreateCondBr(Get(term.value), target(0), target(1));
      }
      return;
    case ir::TermKind::kSwitch: {
      llvm::SwitchInst* jump =
          b_.CreateSwitch(Get(term.value), blocks_[term.targets.back().value], term.cases.size());
      for (size_t i = 0; i < term.cases.size(); ++i) {
        jump->addCase(b_.getInt64(term.cases[i]), target(i));
      }
      return;
    }
    case ir::TermKind::kReturn:
      EmitReturn(term);
      return;
    case ir::TermKind::kTailCall:
    case ir::TermKind::kTailIndirect:
      EmitTailCall(term);
      return;
    case ir::TermKind::kUnreachable:
      b_.CreateUnreachable();
      return;
  }
}

llvm::Value* FunctionEmitter::Get(ir::ValueId id) const {
  assert(values_[id.value] != nullptr && "a value is used before it is defined");
  return values_[id.value];
}

void FunctionEmitter::Define(ir::ValueId id, llvm::Value* value) {
  values_[id.value] = Cast(value, ir_.values[id.value]);
}

llvm::Value* FunctionEmitter::Cast(llvm::Value* value, Scalar to) {
  return CastTo(value, module_.TypeOf(to));
}

llvm::Value* FunctionEmitter::CastTo(llvm::Value* value, llvm::Type* to) {
  llvm::Type* from = value->getType();
  if (from == to) return value;
  if (from->isPointerTy() && to->isIntegerTy(64)) return b_.CreatePtrToInt(value, to);
  if (from->isIntegerTy(64) && to->isPointerTy()) return b_.CreateIntToPtr(value, to);
  if (to->isIntegerTy(1)) return b_.CreateICmpNE(value, llvm::Constant::getNullValue(from));
  if (from->isIntegerTy(1) && to->isIntegerTy(64)) return b_.CreateZExt(value, to);
  return b_.CreateBitCast(value, to);
}

llvm::Value* FunctionEmitter::Offset(llvm::Value* pointer, int64_t bytes) {
  if (bytes == 0) return pointer;
  return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), pointer, bytes);
}

llvm::Value* FunctionEmitter::ActorField(int64_t offset) { return Offset(actor_, offset); }

llvm::BasicBlock* FunctionEmitter::NewBlock(const char* name) {
  return llvm::BasicBlock::Create(module_.context(), name, &function_);
}

void FunctionEmitter::SetPlace(const ir::Location& location) {
  b_.SetCurrentDebugLocation(module_.debug().LocationOf(ir_, function_, location));
}

llvm::AllocaInst* FunctionEmitter::NewArea(llvm::Type* type, uint64_t count) {
  llvm::IRBuilderBase::InsertPointGuard guard(b_);
  b_.SetInsertPoint(entry_, entry_->begin());
  return b_.CreateAlloca(llvm::ArrayType::get(type, count));
}

void FunctionEmitter::BranchUnlikely(llvm::Value* condition, llvm::BasicBlock* unlikely,
                                     llvm::BasicBlock* otherwise) {
  llvm::MDBuilder metadata(module_.context());
  b_.CreateCondBr(condition, unlikely, otherwise, metadata.createUnlikelyBranchWeights());
}

}  // namespace snow::codegen
