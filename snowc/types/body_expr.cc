// Expressions but for names, calls, members, closures, matches, loops and actors.
#include <algorithm>
#include <limits>

#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::BinaryOp;
using ast::DynAs;
using hir::Builtin;
using hir::ExprKind;

hir::Expr* BodyChecker::Check(const ast::Expr& expr, Type* expected, const Why& why, Use use) {
  return CheckValue(Infer(expr, expected, use), expected, why);
}

hir::Expr* BodyChecker::CheckValue(Value value, Type* expected, const Why& why) {
  // What never gives a value fits everywhere and fixes nothing.
  if (TypeStore::Is(value.type, Builtin::kNever)) return value.expr;
  if (Resolve(value.type) != Resolve(expected)) {
    Unify(value.type, expected, value.expr->span, why);
  }
  return value.expr;
}

Value BodyChecker::Infer(const ast::Expr& expr, Type* expected, Use use) {
  TypeStore& types = store();
  switch (expr.kind) {
    case ast::ExprKind::kError:
      return ErrorValue(expr.span);
    case ast::ExprKind::kInt:
      return IntValue(As<ast::IntExpr>(expr).value, expr.span);
    case ast::ExprKind::kFloat: {
      Value value = Make(ExprKind::kFloat, types.Con(Builtin::kFloat), expr.span);
      value.expr->float_value = As<ast::FloatExpr>(expr).value;
      return value;
    }
    case ast::ExprKind::kBool: {
      Value value = Make(ExprKind::kBool, types.Bool(), expr.span);
      value.expr->int_value = As<ast::BoolExpr>(expr).value ? 1 : 0;
      return value;
    }
    case ast::ExprKind::kUnit:
      return UnitValue(expr.span);
    case ast::ExprKind::kString:
      return InferString(As<ast::StringExpr>(expr));
    case ast::ExprKind::kAtom: {
      Value value = Make(ExprKind::kAtom, types.Con(Builtin::kAtom), expr.span);
      value.expr->text = Text(As<ast::AtomExpr>(expr).name);
      return value;
    }
    case ast::ExprKind::kList:
      return InferList(As<ast::ListExpr>(expr), expected);
    case ast::ExprKind::kMap:
      return InferMap(As<ast::MapExpr>(expr), expected);
    case ast::ExprKind::kTuple:
      return InferTuple(As<ast::TupleExpr>(expr), expected);
    case ast::ExprKind::kName:
      return InferName(As<ast::NameExpr>(expr), expected);
    case ast::ExprKind::kSelf: {
      Local* local = FindLocal(world().self_name);
      if (local != nullptr) return LocalValue(local->id, local->type, expr.span);
      diagnostics()
          .Error(DiagnosticKind::kUnknownName, expr.span, "there is no 'self' here")
          .Help("'self' is the receiver of a method; `self()` is the Pid of the running actor");
      return ErrorValue(expr.span);
    }
    case ast::ExprKind::kUnary:
      return InferUnary(As<ast::UnaryExpr>(expr));
    case ast::ExprKind::kBinary:
      return InferBinary(As<ast::BinaryExpr>(expr), expected);
    case ast::ExprKind::kPipe:
      return InferPipe(As<ast::PipeExpr>(expr), expected, use);
    case ast::ExprKind::kCall:
      return InferCall(As<ast::CallExpr>(expr), nullptr, expected);
    case ast::ExprKind::kField:
      return InferField(As<ast::FieldExpr>(expr), expected);
    case ast::ExprKind::kIndex:
      return InferIndex(As<ast::IndexExpr>(expr));
    case ast::ExprKind::kTry:
      return InferTry(As<ast::TryExpr>(expr));
    case ast::ExprKind::kStruct:
      return InferStruct(As<ast::StructExpr>(expr), expected);
    case ast::ExprKind::kUpdate:
      return InferUpdate(As<ast::UpdateExpr>(expr));
    case ast::ExprKind::kBlock:
      return InferBlock(As<ast::BlockExpr>(expr), expected, use);
    case ast::ExprKind::kIf:
      return InferIf(As<ast::IfExpr>(expr), expected, use);
    case ast::ExprKind::kCase:
      return InferCase(As<ast::CaseExpr>(expr), expected, use);
    case ast::ExprKind::kReceive:
      return InferReceive(As<ast::ReceiveExpr>(expr), expected, use);
    case ast::ExprKind::kWhile:
      return InferWhile(As<ast::WhileExpr>(expr));
    case ast::ExprKind::kFor:
      return InferFor(As<ast::ForExpr>(expr), expected, use);
    case ast::ExprKind::kBreak:
    case ast::ExprKind::kContinue: {
      bool is_break = expr.kind == ast::ExprKind::kBreak;
      if (frame_->loops == 0) {
        diagnostics()
            .Error(is_break ? DiagnosticKind::kBreakOutsideLoop
                            : DiagnosticKind::kContinueOutsideLoop,
                   expr.span, std::string(is_break ? "break" : "continue") + " outside a loop")
            .Help(frame_->is_closure ? "a closure is a function of its own: a loop around it is "
                                       "out of reach"
                                     : "it stands in the body of a `for` or `while`; `return` "
                                       "leaves a function");
      }
      return Make(is_break ? ExprKind::kBreak : ExprKind::kContinue, types.Never(), expr.span);
    }
    case ast::ExprKind::kReturn:
      return InferReturn(As<ast::ReturnExpr>(expr));
    case ast::ExprKind::kClosure:
      return InferClosure(As<ast::ClosureExpr>(expr), expected);
    case ast::ExprKind::kAssert:
      return InferAssert(As<ast::AssertExpr>(expr));
    case ast::ExprKind::kAssertReceive:
      return InferAssertReceive(As<ast::AssertReceiveExpr>(expr));
  }
  return ErrorValue(expr.span);
}

// ---------------------------------------------------------------------------------------------
// Literals

Value BodyChecker::InferString(const ast::StringExpr& expr) {
  if (expr.parts.empty()) return TextValue("", expr.span);
  if (expr.parts.size() == 1 && expr.parts[0].expr == nullptr) {
    return TextValue(expr.parts[0].text, expr.span);
  }
  std::vector<hir::Expr*> parts;
  for (const ast::StringPart& part : expr.parts) {
    if (part.expr == nullptr) {
      parts.push_back(TextValue(part.text, expr.span).expr);
    } else {
      parts.push_back(Display(Infer(*part.expr, nullptr), part.expr->span).expr);
    }
  }
  Value value = Make(ExprKind::kInterpolate, store().String(), expr.span);
  SetOperands(value.expr, parts);
  return value;
}

Value BodyChecker::Display(Value value, Span span) {
  if (TypeStore::Is(value.type, Builtin::kString)) return value;
  return CallMethod(known().display, "to_string", value.type, {}, {value.expr}, span,
                    {.text = "interpolation", .name = {}, .span = {}, .part_of = nullptr, .part = {}, .of_library = false});
}

Value BodyChecker::InferList(const ast::ListExpr& expr, Type* expected) {
  Type* element = NewVar();
  Type* list = store().Con(known().list, std::span<Type* const>(&element, 1));
  if (expected != nullptr) {
    Type* wanted = Resolve(expected);
    if (TypeStore::IsCon(wanted, known().list)) {
      element = wanted->args[0];
      list = wanted;
    }
  }
  bool converts = IsParamList(list);
  std::vector<hir::Expr*> elements;
  Span before;
  for (const ast::Expr* item : expr.elements) {
    if (converts) {
      elements.push_back(ConvertInto(Infer(*item, nullptr), element));
    } else {
      Why why{.kind = Why::kElement, .span = before, .fn = FnId()};
      elements.push_back(Check(*item, element, why));
    }
    before = item->span;
  }
  Value value = Make(ExprKind::kList, list, expr.span);
  SetOperands(value.expr, elements);
  return value;
}

// A list of what the library calls Param: each element of a literal is converted.
bool BodyChecker::IsParamList(Type* type) const {
  type = Resolve(type);
  if (!TypeStore::IsCon(type, known().list) || !known().param.IsValid()) return false;
  return TypeStore::IsCon(type->args[0], known().param);
}

hir::Expr* BodyChecker::ConvertInto(Value value, Type* target) {
  Type* args[] = {target};
  if (Resolve(value.type) == Resolve(target)) return value.expr;
  Type* from = Resolve(value.type);
  Type* into = Resolve(target);
  if (from->kind == TypeKind::kCon && from->con == into->con && from->arg_count == 0) {
    return value.expr;
  }
  Value converted = CallMethod(known().into, "into", value.type, args, {value.expr},
                               value.expr->span, {});
  Unify(converted.type, target, value.expr->span, {});
  return converted.expr;
}

Value BodyChecker::InferTuple(const ast::TupleExpr& expr, Type* expected) {
  Type* wanted = expected != nullptr ? Resolve(expected) : nullptr;
  if (wanted != nullptr && IsParamList(wanted)) {
    std::vector<hir::Expr*> elements;
    for (const ast::Expr* item : expr.elements) {
      elements.push_back(ConvertInto(Infer(*item, nullptr), wanted->args[0]));
    }
    Value value = Make(ExprKind::kList, wanted, expr.span);
    SetOperands(value.expr, elements);
    return value;
  }
  bool fits = wanted != nullptr && wanted->kind == TypeKind::kTuple &&
              wanted->arg_count == expr.elements.size();
  std::vector<hir::Expr*> elements;
  std::vector<Type*> types;
  for (size_t i = 0; i < expr.elements.size(); ++i) {
    if (fits) {
      types.push_back(wanted->args[i]);
      elements.push_back(
          Check(*expr.elements[i], wanted->args[i], {.kind = Why::kField, .span = {}, .fn = {}}));
    } else {
      Value value = Infer(*expr.elements[i], nullptr);
      types.push_back(value.type);
      elements.push_back(value.expr);
    }
  }
  Value value = Make(ExprKind::kTuple, store().Tuple(types), expr.span);
  SetOperands(value.expr, elements);
  return value;
}

Value BodyChecker::InferMap(const ast::MapExpr& expr, Type* expected) {
  Type* key = NewVar();
  Type* item = NewVar();
  Type* args[] = {key, item};
  Type* map = store().Con(known().map, args);
  if (expected != nullptr && TypeStore::IsCon(expected, known().map)) {
    map = Resolve(expected);
    key = map->args[0];
    item = map->args[1];
  }
  std::vector<std::pair<hir::Expr*, hir::Expr*>> entries;
  Span before_key;
  Span before_value;
  for (const ast::MapEntry& entry : expr.entries) {
    Why why{.kind = Why::kElement, .span = before_key, .fn = FnId()};
    hir::Expr* made_key = Check(*entry.key, key, why);
    why.span = before_value;
    hir::Expr* made_value = Check(*entry.value, item, why);
    entries.push_back({made_key, made_value});
    before_key = entry.key->span;
    before_value = entry.value->span;
  }
  return BuildMap(map, entries, expr.span);
}

// `Map.new()` and a `Map.put` for each entry, one statement each.
Value BodyChecker::BuildMap(Type* map, const std::vector<std::pair<hir::Expr*, hir::Expr*>>& items,
                            Span span) {
  Value current = CallLibrary("Map", "new", {}, span);
  Unify(current.type, map, span, {});
  if (items.empty()) return {current.expr, map};
  std::vector<hir::Expr*> statements;
  for (auto [key, item] : items) {
    hir::LocalId local = NewLocal(StringId(), map, span);
    statements.push_back(BindTemporary(local, current, span));
    current = CallLibrary("Map", "put",
                          {LocalValue(local, map, span), {key, Resolve(map)->args[0]},
                           {item, Resolve(map)->args[1]}},
                          key->span);
  }
  statements.push_back(current.expr);
  Value block = Make(ExprKind::kBlock, map, span);
  SetOperands(block.expr, statements);
  return block;
}

hir::Expr* BodyChecker::BindTemporary(hir::LocalId local, Value value, Span span) {
  hir::Expr* let = New(ExprKind::kLet, store().Unit(), span);
  let->pattern = NewPattern(hir::PatternKind::kBind, value.type, span);
  let->pattern->local = local;
  SetOperands(let, {value.expr});
  return let;
}

// ---------------------------------------------------------------------------------------------
// Operators

Value BodyChecker::InferUnary(const ast::UnaryExpr& expr) {
  if (expr.op == ast::UnaryOp::kNegate) {
    if (const auto* literal = DynAs<ast::IntExpr>(*expr.operand)) {
      bool smallest = literal->value == std::numeric_limits<int64_t>::min();
      if (!literal->in_parens && !smallest) return IntValue(-literal->value, expr.span);
    }
    if (const auto* literal = DynAs<ast::FloatExpr>(*expr.operand)) {
      if (!literal->in_parens) {
        Value value = Make(ExprKind::kFloat, store().Con(Builtin::kFloat), expr.span);
        value.expr->float_value = -literal->value;
        return value;
      }
    }
    Value operand = Infer(*expr.operand, nullptr);
    return CallMethod(known().neg, "neg", operand.type, {}, {operand.expr}, expr.span,
                      {.text = "the operator '-'", .name = {}, .span = {}, .part_of = nullptr, .part = {}, .of_library = false});
  }
  Value operand = Infer(*expr.operand, nullptr);
  return CallMethod(known().not_, "not", operand.type, {}, {operand.expr}, expr.span,
                    {.text = "the operator 'not'", .name = {}, .span = {}, .part_of = nullptr, .part = {}, .of_library = false});
}

namespace {

struct Operator {
  InterfaceId Known::*interface;
  std::string_view method;
  std::string_view reason;
};

Operator OperatorOf(BinaryOp op) {
  switch (op) {
    case BinaryOp::kMultiply:
      return {&Known::mul, "mul", "the operator '*'"};
    case BinaryOp::kDivide:
      return {&Known::div, "div", "the operator '/'"};
    case BinaryOp::kModulo:
      return {&Known::mod, "mod", "the operator '%'"};
    case BinaryOp::kAdd:
      return {&Known::add, "add", "the operator '+'"};
    case BinaryOp::kSubtract:
      return {&Known::sub, "sub", "the operator '-'"};
    case BinaryOp::kConcat:
      return {&Known::concat, "concat", "the operator '++'"};
    case BinaryOp::kLess:
      return {&Known::ord, "lt", "the operator '<'"};
    case BinaryOp::kGreater:
      return {&Known::ord, "gt", "the operator '>'"};
    case BinaryOp::kLessEqual:
      return {&Known::ord, "le", "the operator '<='"};
    case BinaryOp::kGreaterEqual:
      return {&Known::ord, "ge", "the operator '>='"};
    case BinaryOp::kNotEqual:
      return {&Known::eq, "eq", "the operator '!='"};
    default:
      return {&Known::eq, "eq", "the operator '=='"};
  }
}

}  // namespace

Value BodyChecker::InferLogical(const ast::BinaryExpr& expr) {
  bool is_and = expr.op == BinaryOp::kAnd;
  Value value = Make(is_and ? ExprKind::kAnd : ExprKind::kOr, store().Bool(), expr.span);
  Why why{.kind = Why::kCondition, .span = {}, .fn = FnId()};
  hir::Expr* left = Check(*expr.left, store().Bool(), why);
  SetOperands(value.expr, {left, Check(*expr.right, store().Bool(), why)});
  return value;
}

Value BodyChecker::InferBinary(const ast::BinaryExpr& expr, Type* expected) {
  if (expr.op == BinaryOp::kAnd || expr.op == BinaryOp::kOr) return InferLogical(expr);
  Why why{.kind = Why::kOperand, .span = expr.left->span, .fn = FnId()};
  if (expr.op == BinaryOp::kRange) {
    Why no_why;
    hir::Expr* from = Check(*expr.left, store().Int(), no_why);
    hir::Expr* to = Check(*expr.right, store().Int(), why);
    return CallLibrary("Range", "new", {{from, store().Int()}, {to, store().Int()}}, expr.span);
  }
  if (expr.op == BinaryOp::kJoin) {
    Why no_why;
    hir::Expr* left = Check(*expr.left, store().String(), no_why);
    hir::Expr* right = Check(*expr.right, store().String(), why);
    return CallMethod(known().concat, "concat", store().String(), {}, {left, right}, expr.span, {});
  }
  // The sum of two lists is a list of the same kind; a comparison tells nothing of its operands.
  Value left = Infer(*expr.left, expr.op == BinaryOp::kConcat ? expected : nullptr);
  Type* operand = left.type;
  hir::Expr* right;
  if (TypeStore::Is(operand, Builtin::kNever)) {
    Value value = Infer(*expr.right, nullptr);
    operand = value.type;
    right = value.expr;
  } else {
    right = Check(*expr.right, operand, why);
  }
  return Compute(expr.op, {left.expr, operand}, {right, operand}, expr.span);
}

// The operator's method on operands of one type.
Value BodyChecker::Compute(BinaryOp binary, Value left, Value right, Span span) {
  Operator op = OperatorOf(binary);
  Value value =
      CallMethod(known().*op.interface, op.method, left.type, {}, {left.expr, right.expr}, span,
                 {.text = op.reason, .name = {}, .span = {}, .part_of = nullptr, .part = {}, .of_library = false});
  if (binary != BinaryOp::kNotEqual) return value;
  return CallMethod(known().not_, "not", store().Bool(), {}, {value.expr}, span, {});
}

// ---------------------------------------------------------------------------------------------
// Control

Value BodyChecker::InferIf(const ast::IfExpr& expr, Type* expected, Use use) {
  Why condition_why{.kind = Why::kCondition, .span = {}, .fn = FnId()};
  hir::Expr* condition = Check(*expr.condition, store().Bool(), condition_why);
  if (expr.otherwise == nullptr) {
    Value then = Infer(*expr.then, nullptr, Use::kUnused);
    Value value = Make(ExprKind::kIf, store().Unit(), expr.span);
    SetOperands(value.expr, {condition, Drop(then).expr, UnitValue(EndOf(expr.span)).expr});
    return value;
  }
  Join join = OpenJoin(expected, use);
  hir::Expr* then = JoinBranch(join, *expr.then);
  hir::Expr* otherwise = JoinBranch(join, *expr.otherwise);
  Value value = Make(ExprKind::kIf, CloseJoin(join), expr.span);
  SetOperands(value.expr, {condition, then, otherwise});
  return value;
}

BodyChecker::Join BodyChecker::OpenJoin(Type* expected, Use use) {
  Join join;
  join.result = expected;
  join.use = use;
  join.fors = fors_.size();
  return join;
}

hir::Expr* BodyChecker::JoinBranch(Join& join, const ast::Expr& branch) {
  Use use = join.use == Use::kUnused ? Use::kUnused : Use::kJoin;
  Value value = Infer(branch, join.result, use);
  if (TypeStore::Is(value.type, Builtin::kNever)) return value.expr;
  if (join.result == nullptr) {
    join.result = value.type;
  } else if (Resolve(join.result) != Resolve(value.type)) {
    Unify(value.type, join.result, LastSpan(branch),
          {.kind = Why::kBranch, .span = join.first, .fn = FnId()});
  }
  if (!join.first.IsValid()) join.first = LastSpan(branch);
  join.any = true;
  return value.expr;
}

Type* BodyChecker::CloseJoin(Join& join) {
  if (join.use != Use::kJoin) DecideFors(join.fors);
  if (!join.any) return store().Never();
  return join.result;
}

// The place of what gives a block its value.
Span BodyChecker::LastSpan(const ast::Expr& expr) {
  const auto* block = DynAs<ast::BlockExpr>(expr);
  if (block == nullptr || block->statements.empty()) return expr.span;
  return block->statements.back()->span;
}

// The value's effects alone; unit itself when that is what it is, so that calls stay in tail
// position.
Value BodyChecker::Drop(Value value) {
  if (TypeStore::Is(value.type, Builtin::kUnit)) return value;
  Value block = Make(ExprKind::kBlock, store().Unit(), value.expr->span);
  SetOperands(block.expr, {value.expr, UnitValue(EndOf(value.expr->span)).expr});
  dropped_values_.push_back({block.expr, value.type});
  return block;
}

Value BodyChecker::InferReturn(const ast::ReturnExpr& expr) {
  Value value = Make(ExprKind::kReturn, store().Never(), expr.span);
  Why why{.kind = Why::kResult, .span = frame_->span, .fn = FnId()};
  hir::Expr* operand;
  if (expr.value != nullptr) {
    operand = Check(*expr.value, frame_->result, why);
  } else {
    operand = CheckValue(UnitValue(expr.span), frame_->result, why);
  }
  SetOperands(value.expr, {operand});
  return value;
}

// ---------------------------------------------------------------------------------------------
// Calls that the checker makes by itself

Value BodyChecker::CallMethod(InterfaceId interface, std::string_view name, Type* self,
                              std::span<Type* const> interface_args, std::vector<hir::Expr*> args,
                              Span span, Reason reason) {
  if (!interface.IsValid()) return ErrorValue(span);
  const InterfaceInfo& info = world().info(interface);
  uint32_t index = 0;
  while (index < info.methods.size() && Text(info.methods[index].name) != name) ++index;
  if (index == info.methods.size()) return ErrorValue(span);
  FnId fn = info.methods[index].fn;
  inferer_.Ensure(fn);
  const Signature& signature = world().state(fn).signature;
  // Self and the interface's arguments are known; the rest is fresh.
  for (size_t i = 0; i < signature.generics.size(); ++i) {
    Type* arg = NewVar();
    if (i == 0) arg = self;
    if (i > 0 && i <= interface_args.size()) arg = interface_args[i - 1];
    signature.generics[i]->link = arg;
  }
  Instance instance = inferer_.InstantiateLinked(signature, givens_, span, reason);
  Value value = Make(ExprKind::kCall, instance.type->Result(), span);
  SetCallee(value.expr, fn, true, instance);
  SetOperands(value.expr, args);
  return value;
}

Value BodyChecker::CallLibrary(std::string_view module, std::string_view name,
                               std::vector<Value> args, Span span) {
  FnId fn = world().FindLibraryFunction(module, name);
  if (!fn.IsValid()) {
    diagnostics().Error(DiagnosticKind::kNameNotInModule, span,
                        "the library lacks '" + std::string(module) + "." + std::string(name) +
                            "', which this needs");
    return ErrorValue(span);
  }
  CallArguments arguments;
  arguments.span = span;
  for (Value& arg : args) {
    arguments.positional.push_back(
        {.ast = nullptr, .value = arg, .keyword = {}, .span = arg.expr->span});
  }
  Target target;
  target.kind = Target::kFunction;
  target.fn = fn;
  return CallFunction(target, std::move(arguments), span, nullptr);
}

}  // namespace snow::types
