// Buffers and list literals.
#include "snowc/lower/function_lowering.h"

namespace snow::lower {

using ir::AbiFunction;
using ir::BlockId;
using ir::Op;
using ir::Scalar;
using ir::ValueId;

ValueId FunctionLowering::NewBuffer(std::span<const Word> element, ValueId capacity) {
  return b_.CallRuntime(AbiFunction::k_buffer_new,
                        {b_.Address(m_.statics().BufferDescriptor(element)), capacity});
}

// `count` invalid: 1.
void FunctionLowering::Remember(ValueId buffer, std::span<const Word> element, ValueId index,
                                ValueId count) {
  bool traced = false;
  for (const Word& word : element) traced = traced || word.kind != kSnowScalar;
  if (!traced || b_.dead()) return;
  ValueId header = b_.Load(Scalar::kI64, buffer, 0);
  ValueId young = b_.Binary(Op::kAnd, header, b_.Int(kSnowBufferYoung));
  BlockId old = b_.NewBlock();
  BlockId done = b_.NewBlock();
  b_.Branch(b_.Unary(Op::kIntToBool, young), done, old, /*unlikely_second=*/true);
  b_.SetBlock(old);
  if (!count.IsValid()) count = b_.Int(1);
  b_.CallRuntime(AbiFunction::k_buffer_remember, {buffer, index, count});
  b_.Jump(done);
  b_.SetBlock(done);
}

ValueId FunctionLowering::Scale(ValueId index, size_t words) {
  if (words == 1) return index;
  return b_.Binary(Op::kMul, index, b_.Int(static_cast<int64_t>(words)));
}

Words FunctionLowering::LoadElement(ValueId buffer, ValueId index, std::span<const Word> element) {
  Words words;
  if (element.empty()) return words;
  ValueId first = Scale(index, element.size());
  int64_t offset = kBufferElementsOffset;
  for (const Word& word : element) {
    words.Add(b_.LoadIndexed(word.scalar, buffer, first, offset));
    offset += 8;
  }
  return words;
}

void FunctionLowering::StoreElement(ValueId buffer, ValueId index, std::span<const Word> element,
                                    const Words& value) {
  if (element.empty()) return;
  ValueId first = Scale(index, element.size());
  int64_t offset = kBufferElementsOffset;
  for (ValueId word : value) {
    b_.StoreIndexed(buffer, first, word, offset);
    offset += 8;
  }
}

ValueId FunctionLowering::ListLength(const Words& list) {
  return b_.Binary(Op::kLShr, list[1], b_.Int(32));
}

ValueId FunctionLowering::ListOffset(const Words& list) {
  return b_.Binary(Op::kAnd, list[1], b_.Int(0xFFFFFFFF));
}

Words FunctionLowering::EvalList(const hir::Expr* expr) {
  if (std::optional<Words> constant = EvalConstant(expr)) return *constant;
  // So many elements are computed before they are stored.
  constexpr size_t kGroup = 16;
  const hir::Type type = m_.types().Get(Type(expr->type));
  std::span<const Word> element = LayoutOf(type.args[0]).words;
  size_t count = expr->operands.size();
  if (count == 0) return {b_.Null(), b_.Int(0)};
  std::vector<Words> values;
  ValueId buffer;
  for (size_t begin = 0; begin < count; begin += kGroup) {
    size_t size = std::min(kGroup, count - begin);
    values.clear();
    if (!EvalAll(expr->operands.subspan(begin, size), &values)) return {};
    if (begin == 0) {
      buffer = NewBuffer(element, b_.Int(static_cast<int64_t>(count)));
    } else {
      // What was computed meanwhile may have aged the buffer.
      Remember(buffer, element, b_.Int(static_cast<int64_t>(begin)),
               b_.Int(static_cast<int64_t>(size)));
    }
    int64_t offset = kBufferElementsOffset + static_cast<int64_t>(8 * begin * element.size());
    for (const Words& value : values) {
      StoreWords(buffer, offset, value);
      offset += static_cast<int64_t>(8 * element.size());
    }
    b_.Store32(buffer, b_.Int(static_cast<int64_t>(begin + size)), kBufferFillOffset);
  }
  return {buffer, b_.Int(static_cast<int64_t>(count) << 32)};
}

}  // namespace snow::lower
