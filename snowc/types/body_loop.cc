// `while`, `for` and `?`.
#include <algorithm>

#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::DynAs;
using hir::Builtin;
using hir::ExprKind;

Value BodyChecker::InferWhile(const ast::WhileExpr& expr) {
  Value value = Make(ExprKind::kWhile, store().Unit(), expr.span);
  hir::Expr* condition = Check(*expr.condition, store().Bool(),
                               {.kind = Why::kCondition, .span = {}, .fn = FnId()});
  ++frame_->loops;
  Value body = Infer(*expr.body, nullptr, Use::kUnused);
  --frame_->loops;
  SetOperands(value.expr, {condition, Drop(body).expr});
  return value;
}

Value BodyChecker::InferFor(const ast::ForExpr& expr, Type* expected, Use use) {
  Value iterable = Infer(*expr.iterable, nullptr);
  hir::ForLoop* loop = arena().New<hir::ForLoop>();
  loop->iterable = iterable.expr;
  Type* item = NewVar();
  Value value = Make(ExprKind::kFor, NewVar(), expr.span);
  value.expr->for_loop = loop;
  Fix(&loop->item_type, item);
  StartFor(loop, iterable, item, expr);
  solver().Drain();

  size_t mark = OpenScope();
  std::vector<Binding> bindings;
  bindings_ = &bindings;
  loop->pattern = CheckPattern(*expr.pattern, item);
  DeclareBindings();
  if (expr.guard != nullptr) {
    loop->filter = Check(*expr.guard, store().Bool(),
                         {.kind = Why::kGuard, .span = expr.guard->span, .fn = FnId()});
  }
  if (expr.pattern->kind != ast::PatternKind::kBind) {
    CheckIrrefutable(loop->pattern, expr.pattern->span);
  }
  bool wants_unit = expected != nullptr && TypeStore::Is(expected, Builtin::kUnit);
  bool builds = use != Use::kUnused && !wants_unit;
  Type* wanted_item = nullptr;
  if (builds && expected != nullptr && TypeStore::IsCon(expected, known().list)) {
    wanted_item = Resolve(expected)->args[0];
  }
  ++frame_->loops;
  Value body;
  if (wanted_item != nullptr) {
    body = {Check(*expr.body, wanted_item, {.kind = Why::kElement, .span = {}, .fn = FnId()}),
            wanted_item};
  } else {
    body = Infer(*expr.body, nullptr, builds ? Use::kValue : Use::kUnused);
  }
  --frame_->loops;
  CloseScope(mark);
  loop->body = body.expr;
  if (builds && use == Use::kJoin) {
    // Another branch may be unit; then nothing is built.
    fors_.push_back({value.expr, loop, value.type, body, expr.span});
    return value;
  }
  DecideFor({value.expr, loop, value.type, body, expr.span}, builds);
  return value;
}

void BodyChecker::DecideFor(const PendingFor& pending, bool builds) {
  pending.loop->yields = builds;
  if (!builds) {
    pending.loop->body = Drop(pending.body).expr;
    Unify(pending.result, store().Unit(), pending.span, {});
    return;
  }
  Type* element = pending.body.type;
  if (TypeStore::Is(element, Builtin::kNever)) element = NewVar();
  Unify(store().Con(known().list, {&element, 1}), pending.result, pending.span,
        {.kind = Why::kBranch, .span = {}, .fn = FnId()});
}

void BodyChecker::DecideFors(size_t begin) {
  while (fors_.size() > begin) {
    PendingFor pending = fors_.back();
    fors_.pop_back();
    DecideFor(pending, !TypeStore::Is(pending.result, Builtin::kUnit));
  }
}

// Ties the loop to what it walks over: `Iterable` of the type, once that is known.
void BodyChecker::StartFor(hir::ForLoop* loop, Value iterable, Type* item,
                           const ast::ForExpr& expr) {
  Type* type = Resolve(iterable.type);
  if (type->kind != TypeKind::kVar) {
    FinishFor(loop, iterable, item, expr.iterable->span);
    return;
  }
  UseConstraint* use = nullptr;
  Defer(UseConstraint::kFor, iterable, {}, type, expr.iterable->span, &use);
  use->loop = loop;
  use->item = item;
}

bool BodyChecker::RetryFor(UseConstraint& use, bool last) {
  Type* type = Resolve(use.object.type);
  if (type->kind == TypeKind::kVar && !last) {
    store().WaitFor(type, &use);
    return false;
  }
  use.done = true;
  store().Unify(use.result, store().Unit());
  SetOperands(use.node, {UnitValue(use.span).expr});
  FinishFor(use.loop, use.object, use.item, use.span);
  return true;
}

void BodyChecker::FinishFor(hir::ForLoop* loop, Value iterable, Type* item, Span span) {
  Reason reason;
  reason.text = "`for`";
  Implements* goal = solver().Require(known().iterable, iterable.type, {}, givens_, span, reason);
  if (goal->assoc.size() < 2) return;
  SetLoopCallee(loop->iter, known().iterable, "iter", iterable.type);
  SetLoopCallee(loop->next, known().iterator, "next", goal->assoc[1]);
  Fix(&loop->iterator_type, goal->assoc[1]);
  Unify(goal->assoc[0], item, span, {});
}

void BodyChecker::SetLoopCallee(hir::Callee& callee, InterfaceId interface, std::string_view name,
                                Type* self) {
  callee.kind = hir::CalleeKind::kMethod;
  callee.interface = interface;
  const std::vector<MethodInfo>& methods = world().info(interface).methods;
  while (callee.method < methods.size() && Text(methods[callee.method].name) != name) {
    ++callee.method;
  }
  callee.type_args = FixAll({&self, 1});
  if (interface != known().iterator) return;
  // The impl must be there when the loop is lowered.
  Type* type = Resolve(self);
  if (type->kind == TypeKind::kCon) {
    solver().Require(interface, self, {}, givens_, Span(), {});
  } else {
    solver().Require(interface, self, {}, nullptr, Span(), {})->span = Span();
  }
}

// ---------------------------------------------------------------------------------------------
// `?`

Value BodyChecker::InferTry(const ast::TryExpr& expr) {
  return TryOf(Infer(*expr.operand, nullptr), expr.span);
}

Value BodyChecker::TryOf(Value operand, Span span) {
  Type* type = Resolve(operand.type);
  hir::TryInfo* info = arena().New<hir::TryInfo>();
  UseConstraint& use = *uses_.emplace_back(std::make_unique<UseConstraint>());
  use.kind = ConstraintKind::kUse;
  use.owner = this;
  use.span = span;
  use.what = UseConstraint::kTry;
  use.object = operand;
  use.result = NewVar();
  use.node = New(ExprKind::kTry, use.result, span);
  use.node->try_info = info;
  SetOperands(use.node, {operand.expr});
  use.info = info;
  use.frame = frame_;
  use.code = code_;
  use.givens = givens_;
  if (TypeStore::Is(type, Builtin::kNever)) {
    use.done = true;
    return {operand.expr, type};
  }
  use.done = RetryTry(use, /*last=*/false);
  if (!use.done) solver().AddPending(&use);
  return {use.node, use.result};
}

bool BodyChecker::RetryTry(UseConstraint& use, bool last) {
  Type* operand = Resolve(use.object.type);
  Type* result = Resolve(frame_->result);
  if (operand->kind == TypeKind::kError) {
    store().Unify(use.result, store().Error());
    return true;
  }
  bool from_option = TypeStore::IsCon(operand, known().option);
  bool from_result = TypeStore::IsCon(operand, known().result);
  if (operand->kind != TypeKind::kVar && !from_option && !from_result) {
    diagnostics()
        .Error(DiagnosticKind::kTryOnPlainValue, use.span,
               "'?' on a value of type " + world().Print(operand))
        .Label("it is neither an Option nor a Result")
        .Help("remove the '?': there is nothing to take out");
    store().Unify(use.result, store().Error());
    return true;
  }
  if (operand->kind == TypeKind::kVar) {
    // The function's own result tells which of the two it is.
    bool known_result = TypeStore::IsCon(result, known().option) ||
                        TypeStore::IsCon(result, known().result);
    if (!last || !known_result) {
      if (!last) {
        store().WaitFor(operand, &use);
        if (result->kind == TypeKind::kVar) store().WaitFor(result, &use);
      }
      return false;
    }
    from_option = TypeStore::IsCon(result, known().option);
    Type* args[] = {use.result, from_option ? nullptr : result->args[1]};
    store().Unify(operand, store().Con(from_option ? known().option : known().result,
                                       {args, from_option ? size_t{1} : size_t{2}}));
    from_result = !from_option;
    operand = Resolve(operand);
  }
  store().Unify(use.result, operand->args[0]);
  use.info->is_option = from_option;
  if (frame_->ends_program && !frame_->result_written) {
    // main and tests: their result is unit unless they say otherwise.
    if (result->kind == TypeKind::kVar || TypeStore::Is(result, Builtin::kUnit)) {
      return EndByTry(use, operand);
    }
  }
  if (frame_->ends_program && TypeStore::Is(result, Builtin::kUnit)) {
    return EndByTry(use, operand);
  }
  if (result->kind == TypeKind::kVar) {
    if (from_option) {
      Type* value = NewVar();
      store().Unify(result, store().Con(known().option, {&value, 1}));
      return true;
    }
    if (!last) {
      store().WaitFor(result, &use);
      return false;
    }
    Type* args[] = {NewVar(), operand->args[1]};
    store().Unify(result, store().Con(known().result, args));
    return true;
  }
  if (result->kind == TypeKind::kError) return true;
  bool fits = from_option ? TypeStore::IsCon(result, known().option)
                          : TypeStore::IsCon(result, known().result);
  if (!fits) {
    auto report = diagnostics().Error(
        DiagnosticKind::kTryInPlainFunction, use.span,
        std::string("'?' on ") + (from_option ? "an Option" : "a Result") + " in a " +
            (frame_->is_closure ? "closure" : "function") + " whose result is " +
            world().Print(result));
    if (frame_->span.IsValid()) report.Note(frame_->span, "the result is written here");
    report.Help(from_option ? "let the function return an Option, or match with `case`; "
                              "`Option.ok_or(o, e)?` makes a Result of it"
                            : "let the function return a Result, or match with `case`");
    return true;
  }
  if (from_result) ConvertError(use, operand->args[1], result->args[1], last);
  return use.done || !from_result;
}

// An error of another type is converted by `From`.
void BodyChecker::ConvertError(UseConstraint& use, Type* error, Type* wanted, bool last) {
  error = Resolve(error);
  wanted = Resolve(wanted);
  use.done = true;
  if (error == wanted || error->kind == TypeKind::kError || wanted->kind == TypeKind::kError) {
    return;
  }
  if ((error->kind == TypeKind::kVar || wanted->kind == TypeKind::kVar) && !last) {
    use.done = false;
    store().WaitFor(error->kind == TypeKind::kVar ? error : wanted, &use);
    return;
  }
  bool same_head = error->kind == wanted->kind && error->con == wanted->con;
  if (error->kind == TypeKind::kVar || wanted->kind == TypeKind::kVar || same_head) {
    Unify(error, wanted, use.span, {.kind = Why::kResult, .span = frame_->span, .fn = FnId()});
    return;
  }
  Type* args[] = {error};
  Reason reason;
  reason.text = "'?' converts the error, which";
  Value converted = CallMethod(known().from, "from", wanted, args, {}, use.span, reason);
  use.info->converts = true;
  convert_callees_.push_back({&use.info->convert, converted.expr});
}

bool BodyChecker::EndByTry(UseConstraint& use, Type* operand) {
  use.info->ends_program = true;
  if (use.info->is_option) return true;
  Reason reason;
  reason.text = "printing the error";
  Value shown = CallMethod(known().display, "to_string", operand->args[1], {}, {}, use.span, reason);
  convert_callees_.push_back({&use.info->display, shown.expr});
  return true;
}

}  // namespace snow::types
