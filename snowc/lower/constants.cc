// Expressions made of constants alone become static data.
#include <algorithm>
#include <bit>

#include "snowc/lower/function_lowering.h"

namespace snow::lower {

using hir::Expr;
using hir::ExprKind;
using ir::DataWord;
using ir::Op;
using ir::Scalar;

namespace {

// Deeper values are built at run time, which needs no more stack than evaluating them does.
constexpr int kMaxDepth = 32;

DataWord Bits(uint64_t bits) { return {.kind = DataWord::Kind::kBits, .bits = bits}; }

DataWord Address(ir::DataId data) { return {.kind = DataWord::Kind::kData, .data = data}; }

}  // namespace

// Appends the words of the value; false (and then perhaps some words) if it is not constant.
bool FunctionLowering::Constant(const Expr* expr, std::vector<DataWord>* words, int depth) {
  if (depth > kMaxDepth) return false;
  switch (expr->kind) {
    case ExprKind::kInt:
    case ExprKind::kBool:
      words->push_back(Bits(static_cast<uint64_t>(expr->int_value)));
      return true;
    case ExprKind::kFloat:
      words->push_back(Bits(std::bit_cast<uint64_t>(expr->float_value)));
      return true;
    case ExprKind::kString:
    case ExprKind::kAtom: {
      StaticString string = m_.statics().String(expr->text);
      words->push_back(string.data.IsValid() ? Address(string.data) : Bits(string.first));
      words->push_back(Bits(string.second));
      return true;
    }
    case ExprKind::kUnit:
      return true;
    case ExprKind::kBlock:
      return expr->operands.size() == 1 && Constant(expr->operands[0], words, depth);
    case ExprKind::kTuple:
    case ExprKind::kStruct:
      return ConstantStruct(expr, words, depth);
    case ExprKind::kVariant:
      return ConstantVariant(expr, words, depth);
    case ExprKind::kList:
      return ConstantList(expr, words, depth);
    case ExprKind::kCall:
      return ConstantCall(expr, words, depth);
    default:
      return false;
  }
}

bool FunctionLowering::ConstantStruct(const Expr* expr, std::vector<DataWord>* words, int depth) {
  const Layout& layout = LayoutOf(expr);
  if (layout.shape == Shape::kStruct) {
    for (const Expr* operand : expr->operands) {
      if (!Constant(operand, words, depth + 1)) return false;
    }
    return true;
  }
  std::vector<DataWord> payload;
  for (const Expr* operand : expr->operands) {
    if (!Constant(operand, &payload, depth + 1)) return false;
  }
  words->push_back(
      Address(m_.statics().Object(m_.statics().DescriptorOf(layout, 0), 0, std::move(payload))));
  return true;
}

bool FunctionLowering::ConstantVariant(const Expr* expr, std::vector<DataWord>* words, int depth) {
  const Layout& layout = LayoutOf(expr);
  std::vector<DataWord> payload;
  for (const Expr* operand : expr->operands) {
    if (!Constant(operand, &payload, depth + 1)) return false;
  }
  const VariantLayout& variant = layout.variants[expr->index];
  if (layout.shape == Shape::kBoxedSum) {
    if (variant.words.empty()) {
      words->push_back(Bits(expr->index));
    } else {
      ir::DataId descriptor = m_.statics().DescriptorOf(layout, expr->index);
      words->push_back(Address(m_.statics().Object(descriptor, expr->index, std::move(payload))));
    }
    return true;
  }
  size_t first = words->size();
  words->resize(first + layout.words.size(), Bits(0));
  (*words)[first] = Bits(expr->index);
  for (size_t i = 0; i < payload.size(); ++i) (*words)[first + variant.places[i]] = payload[i];
  return true;
}

bool FunctionLowering::ConstantList(const Expr* expr, std::vector<DataWord>* words, int depth) {
  uint64_t count = expr->operands.size();
  if (count == 0) {
    words->insert(words->end(), {Bits(0), Bits(0)});
    return true;
  }
  const hir::Type type = m_.types().Get(Type(expr->type));
  // Full, so that nothing is ever appended in place.
  std::vector<DataWord> payload = {Bits(count << 32), Bits(count)};
  for (const Expr* operand : expr->operands) {
    if (!Constant(operand, &payload, depth + 1)) return false;
  }
  ir::DataId descriptor = m_.statics().BufferDescriptor(LayoutOf(type.args[0]).words);
  words->push_back(Address(m_.statics().Object(descriptor, 0, std::move(payload))));
  words->push_back(Bits(count << 32));
  return true;
}

// A constant of the program, or any function without parameters that gives one.
bool FunctionLowering::ConstantCall(const Expr* expr, std::vector<DataWord>* words, int depth) {
  if (!expr->operands.empty() || expr->callee.kind != hir::CalleeKind::kFunction) return false;
  Target target = m_.Resolve(expr->callee, scope_->args);
  const hir::Function& function = m_.HirFunction(target.function);
  if (function.body == nullptr || function.terminate.IsValid()) return false;
  if (std::ranges::find(inlined_, target.function) != inlined_.end()) return false;
  Scope scope;
  scope.id = target.function;
  scope.function = &function;
  scope.args = target.args;
  Scope* outer = scope_;
  scope_ = &scope;
  inlined_.push_back(target.function);
  bool constant = Constant(function.body, words, depth + 1);
  inlined_.pop_back();
  scope_ = outer;
  return constant;
}

std::optional<Words> FunctionLowering::EvalConstant(const Expr* expr) {
  const Layout& layout = LayoutOf(expr);
  // By value its parts are as cheap one by one.
  bool in_memory = layout.shape == Shape::kBoxedStruct || layout.shape == Shape::kBoxedSum ||
                   expr->kind == ExprKind::kList || expr->kind == ExprKind::kCall;
  if (!in_memory || (expr->operands.empty() && expr->kind != ExprKind::kCall)) return std::nullopt;
  std::vector<DataWord> words;
  if (!Constant(expr, &words, 0)) return std::nullopt;
  Words result;
  for (size_t i = 0; i < words.size(); ++i) {
    Scalar scalar = layout.words[i].scalar;
    if (words[i].kind == DataWord::Kind::kData) {
      ir::ValueId address = b_.Address(words[i].data);
      result.Add(scalar == Scalar::kPtr ? address : b_.Unary(Op::kPtrBits, address));
    } else {
      result.Add(ConvertScalar(b_.Int(static_cast<int64_t>(words[i].bits)), scalar));
    }
  }
  return result;
}

}  // namespace snow::lower
