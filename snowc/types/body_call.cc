// Calls: what is called, and which argument goes where.
#include <algorithm>

#include "snowc/resolve/suggest.h"
#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::DynAs;
using hir::ExprKind;
using resolve::FnDecl;
using resolve::FnKind;

CallArguments BodyChecker::ArgumentsOf(const ast::CallExpr& call, const Piped* piped) {
  CallArguments args;
  args.span = call.parens.IsValid() ? call.parens : call.span;
  for (const ast::Expr* argument : call.arguments) {
    args.positional.push_back({.ast = argument, .value = {}, .keyword = {}, .span = argument->span});
  }
  if (piped != nullptr) {
    size_t at = std::min<size_t>(piped->position, args.positional.size());
    args.positional.insert(args.positional.begin() + static_cast<std::ptrdiff_t>(at),
                           piped->argument);
  }
  for (const ast::KeywordArgument& keyword : call.keywords) {
    args.keywords.push_back({.ast = keyword.value,
                             .value = {},
                             .keyword = keyword.name.id,
                             .span = keyword.name.span});
  }
  if (call.trailing != nullptr) {
    args.trailing = Argument{.ast = call.trailing,
                             .value = {},
                             .keyword = {},
                             .span = call.trailing->span,
                             .is_trailing = true};
  }
  return args;
}

Value BodyChecker::InferCall(const ast::CallExpr& call, const Piped* piped, Type* expected) {
  CallArguments args = ArgumentsOf(call, piped);
  const ast::Expr& callee = *call.callee;
  if (callee.kind == ast::ExprKind::kSelf && !callee.in_parens) return InferSelf(args, call.span);
  if (const auto* name = DynAs<ast::NameExpr>(callee); name != nullptr && !callee.in_parens) {
    if (Local* local = FindLocal(name->name.id)) {
      return CallValue(LocalUse(*local, name->span), std::move(args), call.span, expected);
    }
    Value builtin;
    if (CallBuiltin(name->name, args, call.span, builtin)) return builtin;
    Target target = FindNameTarget(name->name, expected);
    if (target.kind == Target::kNone) {
      ReportUnknownName(name->name);
      InferAll(args);
      return ErrorValue(call.span);
    }
    return CallTarget(target, std::move(args), call.span, expected);
  }
  if (const auto* field = DynAs<ast::FieldExpr>(callee); field != nullptr && !callee.in_parens) {
    Entity entity = FindEntity(*field->object);
    if (!entity.IsEmpty()) {
      if (entity.module.IsValid() && Text(field->name.id) == "start_child" &&
          entity.module == world().scope.LibraryModule("Supervisor")) {
        return CallStartChild(args, call.span);
      }
      Target target = FindMemberTarget(entity, field->name, expected);
      return CallTarget(target, std::move(args), call.span, expected);
    }
    if (IsUnknownEntity(*field->object)) {
      InferAll(args);
      return ErrorValue(call.span);
    }
    Value object = Infer(*field->object, nullptr);
    return CallMember(object, field->name, std::move(args), call.span, expected);
  }
  return CallValue(Infer(callee, nullptr), std::move(args), call.span, expected);
}

// `Shape.area(..)` where no module, type or interface is called Shape: reports it.
bool BodyChecker::IsUnknownEntity(const ast::Expr& expr) {
  const auto* name = DynAs<ast::NameExpr>(expr);
  if (name == nullptr || !IsUpper(Text(name->name.id))) return false;
  if (!world().scope.FindVariants(module_, name->name.id).empty()) return false;
  if (IsFailedImport(name->name.id)) return true;
  ast::Name path[] = {name->name};
  ModuleId module = world().scope.FindModuleByPath(module_, path);
  if (module.IsValid()) {
    diagnostics()
        .Error(DiagnosticKind::kUnknownName, name->span,
               "module " + Quoted(name->name.id) + " is not imported")
        .Help("write `import " + std::string(Text(name->name.id)) + "` at the top of the file");
    return true;
  }
  resolve::NearestName nearest(Text(name->name.id));
  world().scope.ForEachModuleName(module_, [&](std::string_view n) { nearest.Consider(n); });
  world().scope.ForEachTypeName(module_, [&](std::string_view n) { nearest.Consider(n); });
  auto report = diagnostics().Error(DiagnosticKind::kUnknownName, name->span,
                                    "unknown name " + Quoted(name->name.id));
  report.Label("no module, type or interface has this name");
  if (nearest.found()) {
    report.Help("did you mean '" + nearest.best() + "'?").Fix(name->span, nearest.best());
  }
  return true;
}

// Whether an import of that name was reported: its uses pass silently.
bool BodyChecker::IsFailedImport(StringId name) const {
  for (ModuleId m = module_; m.IsValid(); m = world().symbols.module(m).parent) {
    const resolve::Module& module = world().symbols.module(m);
    for (const auto* names : {&module.imported_modules, &module.imported_names}) {
      const uint32_t* found = names->Find(name);
      if (found != nullptr && !module.imports[*found].target.IsValid()) return true;
    }
  }
  return false;
}

Value BodyChecker::CallTarget(const Target& target, CallArguments args, Span span,
                              Type* expected) {
  switch (target.kind) {
    case Target::kNone:
    case Target::kError:
      InferAll(args);
      return ErrorValue(span);
    case Target::kVariant:
      return CallVariant(target, std::move(args), span, expected);
    case Target::kText:
      return TextValue(Text(target.name), span);
    case Target::kTuple:
      return CallTuple(target.name, args, span);
    case Target::kFunction:
      if (world().decl(target.fn).kind == FnKind::kConst) {
        return CallValue(TargetValue(target, span, nullptr), std::move(args), span, expected);
      }
      return CallFunction(target, std::move(args), span, expected);
    case Target::kMethod:
      return CallFunction(target, std::move(args), span, expected);
  }
  return ErrorValue(span);
}

void BodyChecker::InferAll(CallArguments& args) {
  auto infer = [&](Argument& argument) {
    if (argument.value.expr == nullptr) argument.value = Infer(*argument.ast, nullptr);
  };
  for (Argument& argument : args.positional) infer(argument);
  for (Argument& argument : args.keywords) infer(argument);
  if (args.trailing) infer(*args.trailing);
}

hir::Expr* BodyChecker::CheckArgument(Argument& argument, Type* expected, const Why& why) {
  if (argument.value.expr != nullptr) return CheckValue(argument.value, expected, why);
  return Check(*argument.ast, expected, why);
}

void BodyChecker::SetCallee(hir::Expr* call, FnId fn, bool is_method, const Instance& instance) {
  hir::Callee& callee = call->callee;
  if (is_method) {
    callee.kind = hir::CalleeKind::kMethod;
    callee.interface = InterfaceId(world().decl(fn).owner);
    const std::vector<MethodInfo>& methods = world().info(callee.interface).methods;
    auto found = std::ranges::find(methods, fn, &MethodInfo::fn);
    callee.method = static_cast<uint32_t>(found - methods.begin());
  } else {
    callee.function = world().IdOf(fn);
  }
  if (inferer_.IsOpen(fn)) {
    FixCallee(&callee, fn, instance.args);
  } else {
    callee.type_args = FixAll(instance.args);
  }
}

namespace {

std::string Count(size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

}  // namespace

void BodyChecker::ReportCount(const FnDecl& decl, size_t wanted, size_t given, Span span) {
  diagnostics()
      .Error(DiagnosticKind::kArgumentCount, span,
             Quoted(decl.name) + " takes " + Count(wanted, "argument") + ", not " +
                 std::to_string(given))
      .Note(decl.span, "it is defined here");
}

// Finds the parameter of each argument; false after a report. `slots` has one entry a parameter,
// null where a default is to be used.
bool BodyChecker::BindArguments(FnId fn, Type* type, CallArguments& args, Slots& bound,
                                Span span) {
  const FunctionState& state = world().state(fn);
  const FnDecl& decl = world().decl(fn);
  size_t count = type->Params().size();
  bound.slots.assign(count, nullptr);
  size_t given = args.positional.size() + args.keywords.size() + (args.trailing ? 1 : 0);
  size_t positional_limit = args.trailing ? count - 1 : count;
  if (given > 0 && (count == 0 || args.positional.size() > positional_limit)) {
    ReportCount(decl, count, given, span);
    return false;
  }
  if (args.trailing) bound.slots[count - 1] = &*args.trailing;
  for (size_t i = 0; i < args.positional.size(); ++i) bound.slots[i] = &args.positional[i];
  for (Argument& keyword : args.keywords) {
    auto found = std::ranges::find(state.params, keyword.keyword, &ParamInfo::name);
    if (found == state.params.end() || !keyword.keyword.IsValid()) {
      bound.extra.push_back(&keyword);
      continue;
    }
    Argument*& slot = bound.slots[static_cast<size_t>(found - state.params.begin())];
    if (slot != nullptr) {
      diagnostics()
          .Error(DiagnosticKind::kKeywordArgument, keyword.span,
                 "parameter " + Quoted(keyword.keyword) + " is given twice")
          .Note(slot->span, "the first time is here");
      return false;
    }
    slot = &keyword;
  }
  if (!bound.extra.empty()) {
    size_t last = positional_limit;
    bool takes_map = last > 0 && bound.slots[last - 1] == nullptr &&
                     TypeStore::IsCon(type->Params()[last - 1], known().map);
    if (!takes_map) {
      resolve::NearestName nearest(Text(bound.extra[0]->keyword));
      for (const ParamInfo& param : state.params) nearest.Consider(Text(param.name));
      auto report = diagnostics().Error(
          DiagnosticKind::kKeywordArgument, bound.extra[0]->span,
          Quoted(decl.name) + " has no parameter " + Quoted(bound.extra[0]->keyword));
      report.Note(decl.span, "it is defined here");
      if (nearest.found()) {
        report.Help("did you mean '" + nearest.best() + "'?")
            .Fix(bound.extra[0]->span, nearest.best());
      }
      return false;
    }
    bound.map_param = static_cast<int>(last - 1);
  }
  for (size_t i = 0; i < count; ++i) {
    bool filled = bound.slots[i] != nullptr || static_cast<int>(i) == bound.map_param ||
                  (i < state.params.size() && state.params[i].has_default);
    if (filled) continue;
    ReportCount(decl, count, given, span);
    return false;
  }
  return true;
}

Value BodyChecker::CallFunction(const Target& target, CallArguments args, Span span,
                                Type* expected) {
  FnId fn = target.fn;
  inferer_.Ensure(fn);
  const FnDecl& decl = world().decl(fn);
  if (decl.is_broken) {
    InferAll(args);
    return ErrorValue(span);
  }
  Instance instance = InstantiateTarget(target, span);
  Type* type = instance.type;
  Slots bound;
  if (!BindArguments(fn, type, args, bound, args.span.IsValid() ? args.span : span)) {
    InferAll(args);
    return ErrorValue(span);
  }
  // What is expected of the result may tell what the arguments are. A call that never returns says
  // nothing of what is expected: other branches do.
  if (expected != nullptr && !TypeStore::Is(type->Result(), hir::Builtin::kNever) &&
      store().CouldAgree(type->Result(), expected)) {
    store().Unify(type->Result(), expected, true);
    solver().Drain();
  }
  Value value = Make(ExprKind::kCall, type->Result(), span);
  SetCallee(value.expr, fn, target.kind == Target::kMethod, instance);
  std::vector<hir::Expr*> operands(type->Params().size(), nullptr);
  std::vector<size_t> order;
  const FunctionState& state = world().state(fn);
  Type* sent_to = nullptr;
  Span sent_to_span;
  auto check_one = [&](size_t i, Argument& argument, const Why& why) {
    Type* param = type->Params()[i];
    int32_t index = static_cast<int32_t>(i);
    if (index == state.sends_to) {
      // As `send` itself: the message decides, and a Pid of a service takes what its info handlers
      // match.
      Value pid = argument.value.expr != nullptr ? argument.value : Infer(*argument.ast, nullptr);
      sent_to = pid.type;
      sent_to_span = argument.span;
      return pid.expr;
    }
    if (index == state.sends_message && sent_to != nullptr) {
      Type* message = nullptr;
      hir::Expr* sent = CheckMessage(argument, sent_to, sent_to_span, message);
      store().Unify(param, message);
      return sent;
    }
    if (i < state.params.size() && state.params[i].adapts) {
      return CheckCallback(argument, param, why);
    }
    if (decl.kind == FnKind::kServiceApi && argument.ast != nullptr &&
        Text(argument.keyword) == "register") {
      // Names are Strings; an Atom serves too.
      if (const auto* atom = DynAs<ast::AtomExpr>(*argument.ast)) {
        return TextValue(Text(atom->name), argument.span).expr;
      }
    }
    return CheckArgument(argument, param, why);
  };
  auto check = [&](Argument& argument) {
    for (size_t i = 0; i < bound.slots.size(); ++i) {
      if (bound.slots[i] != &argument) continue;
      Why why{.kind = Why::kArgument, .span = {}, .fn = fn, .index = i};
      operands[i] = check_one(i, argument, why);
      order.push_back(i);
    }
  };
  for (Argument& argument : args.positional) check(argument);
  bool map_made = false;
  for (Argument& argument : args.keywords) {
    bool is_extra = std::ranges::find(bound.extra, &argument) != bound.extra.end();
    if (!is_extra) {
      check(argument);
    } else if (!map_made) {
      map_made = true;
      size_t at = static_cast<size_t>(bound.map_param);
      operands[at] = MapOfKeywords(bound.extra, type->Params()[at], span).expr;
      order.push_back(at);
    }
  }
  if (args.trailing) check(*args.trailing);
  for (size_t i = 0; i < operands.size(); ++i) {
    if (operands[i] == nullptr) operands[i] = DefaultArgument(fn, i, type, instance, span);
  }
  UnifyMessage(type->Message(), span, Quoted(decl.name));
  return FinishCall(value, operands, order, type->Params());
}

// Sets the operands; where the source gives them in another order than the parameters', they are
// evaluated into temporaries first.
Value BodyChecker::FinishCall(Value call, std::vector<hir::Expr*>& operands,
                              const std::vector<size_t>& order, std::span<Type* const> types) {
  if (std::ranges::is_sorted(order)) {
    SetOperands(call.expr, operands);
    return call;
  }
  std::vector<hir::Expr*> statements;
  for (size_t i : order) {
    hir::LocalId local = NewLocal(StringId(), types[i], operands[i]->span);
    statements.push_back(BindTemporary(local, {operands[i], types[i]}, operands[i]->span));
    operands[i] = LocalValue(local, types[i], operands[i]->span).expr;
  }
  SetOperands(call.expr, operands);
  statements.push_back(call.expr);
  Value block = Make(ExprKind::kBlock, call.type, call.expr->span);
  SetOperands(block.expr, statements);
  return block;
}

hir::Expr* BodyChecker::DefaultArgument(FnId fn, size_t index, Type* type,
                                        const Instance& instance, Span span) {
  hir::Expr* call = New(ExprKind::kCall, type->Params()[index], span);
  // The function that computes the default shares the generics of its function.
  FunctionState& state = world().state(fn);
  if (!state.params[index].default_value.IsValid()) {
    state.params[index].default_value = world().NewFunction(
        world().decl(fn).module, std::string(Text(world().decl(fn).name)) + ".default." +
                                     std::string(Text(state.params[index].name)));
  }
  world().IdOf(fn);
  call->callee.function = state.params[index].default_value;
  if (inferer_.IsOpen(fn)) {
    FixCallee(&call->callee, fn, instance.args);
  } else {
    call->callee.type_args = FixAll(instance.args);
  }
  return call;
}

Value BodyChecker::MapOfKeywords(const std::vector<Argument*>& extra, Type* map_type, Span span) {
  Type* map = Resolve(map_type);
  std::vector<std::pair<hir::Expr*, hir::Expr*>> entries;
  Unify(map->args[0], store().String(), span, {});
  for (Argument* argument : extra) {
    hir::Expr* key = TextValue(Text(argument->keyword), argument->span).expr;
    if (argument->value.expr == nullptr) argument->value = Infer(*argument->ast, nullptr);
    Type* item = Resolve(map->args[1]);
    if (item->kind == TypeKind::kVar) {
      CheckValue(argument->value, item, {});
      entries.push_back({key, argument->value.expr});
    } else {
      entries.push_back({key, ConvertInto(argument->value, item)});
    }
  }
  return BuildMap(map, entries, span);
}

Value BodyChecker::CallValue(Value callee, CallArguments args, Span span, Type* expected) {
  Type* type = Resolve(callee.type);
  if (!args.keywords.empty()) {
    diagnostics()
        .Error(DiagnosticKind::kKeywordArgument, args.keywords[0].span,
               "only a function that is called by its name takes keyword arguments")
        .Help("give the arguments by position");
    InferAll(args);
    return ErrorValue(span);
  }
  if (args.trailing) {
    args.positional.push_back(*args.trailing);
    args.trailing.reset();
  }
  if (type->kind == TypeKind::kError || TypeStore::Is(type, hir::Builtin::kNever)) {
    InferAll(args);
    return ErrorValue(span);
  }
  if (type->kind == TypeKind::kVar) {
    InferAll(args);
    std::vector<Type*> params;
    for (Argument& argument : args.positional) params.push_back(argument.value.type);
    Type* fun = store().Fun(params, NewVar(), store().MessageVar(solver().level));
    Unify(type, fun, callee.expr->span, {});
    if (Resolve(callee.type)->kind != TypeKind::kFun) return ErrorValue(span);
    type = Resolve(callee.type);
  }
  if (type->kind != TypeKind::kFun) {
    diagnostics()
        .Error(DiagnosticKind::kNotAFunction, callee.expr->span,
               "a value of type " + world().Print(type) + " is called")
        .Label("this is no function");
    InferAll(args);
    return ErrorValue(span);
  }
  if (type->Params().size() != args.positional.size()) {
    diagnostics()
        .Error(DiagnosticKind::kArgumentCount, args.span.IsValid() ? args.span : span,
               "this function takes " + Count(type->Params().size(), "argument") + ", not " +
                   std::to_string(args.positional.size()))
        .Note("its type is " + world().Print(type));
    InferAll(args);
    return ErrorValue(span);
  }
  if (expected != nullptr && !TypeStore::Is(type->Result(), hir::Builtin::kNever) &&
      store().CouldAgree(type->Result(), expected)) {
    store().Unify(type->Result(), expected, true);
    solver().Drain();
  }
  std::vector<hir::Expr*> operands = {callee.expr};
  for (size_t i = 0; i < args.positional.size(); ++i) {
    operands.push_back(CheckArgument(args.positional[i], type->Params()[i], {}));
  }
  UnifyMessage(type->Message(), span, "this function");
  Value value = Make(ExprKind::kCallValue, type->Result(), span);
  SetOperands(value.expr, operands);
  return value;
}

Value BodyChecker::CallVariant(const Target& target, CallArguments args, Span span,
                               Type* expected) {
  const TypeInfo& info = world().info(target.con);
  const VariantInfo& variant = info.variants[target.variant];
  std::vector<Type*> fields;
  Type* type = InstantiateVariant(target, fields);
  if (expected != nullptr && store().CouldAgree(type, expected)) {
    store().Unify(type, expected, true);
    solver().Drain();
  }
  if (args.trailing) {
    args.positional.push_back(*args.trailing);
    args.trailing.reset();
  }
  std::vector<Argument*> slots(fields.size(), nullptr);
  size_t given = args.positional.size() + args.keywords.size();
  bool ok = given == fields.size();
  for (size_t i = 0; i < args.positional.size() && i < slots.size(); ++i) {
    slots[i] = &args.positional[i];
  }
  for (Argument& keyword : args.keywords) {
    size_t i = 0;
    while (i < fields.size() && variant.fields[i].name != keyword.keyword) ++i;
    if (i == fields.size() || slots[i] != nullptr) {
      ReportNoField("constructor " + Quoted(variant.name), variant.fields, keyword.keyword,
                    keyword.span, variant.span);
      InferAll(args);
      return ErrorValue(span);
    }
    slots[i] = &keyword;
  }
  if (!ok) {
    diagnostics()
        .Error(DiagnosticKind::kArgumentCount, args.span.IsValid() ? args.span : span,
               "constructor " + Quoted(variant.name) + " takes " +
                   Count(fields.size(), "argument") + ", not " + std::to_string(given))
        .Note(variant.span, "it is defined here");
    InferAll(args);
    return ErrorValue(span);
  }
  std::vector<hir::Expr*> operands(fields.size(), nullptr);
  std::vector<size_t> order;
  auto check = [&](Argument& argument) {
    size_t i = static_cast<size_t>(std::ranges::find(slots, &argument) - slots.begin());
    Why why{.kind = Why::kField, .span = variant.fields[i].type_span, .fn = FnId()};
    operands[i] = CheckArgument(argument, fields[i], why);
    order.push_back(i);
  };
  for (Argument& argument : args.positional) check(argument);
  for (Argument& argument : args.keywords) check(argument);
  Value value = Make(ExprKind::kVariant, type, span);
  value.expr->index = target.variant;
  return FinishCall(value, operands, order, fields);
}

// ---------------------------------------------------------------------------------------------
// Pipes

Value BodyChecker::InferPipe(const ast::PipeExpr& pipe, Type* expected, Use use) {
  Piped piped;
  piped.position = pipe.n - 1;
  piped.target = ast::PipeTargetOf(pipe);
  if (pipe.n == 1) {
    piped.argument = {.ast = pipe.left, .value = {}, .keyword = {}, .span = pipe.left->span};
    return InferPiped(*pipe.right, piped, expected, use);
  }
  // The left side comes first, though other arguments stand before it.
  Value left = Infer(*pipe.left, nullptr);
  hir::LocalId local = NewLocal(StringId(), left.type, pipe.left->span);
  hir::Expr* bind = BindTemporary(local, left, pipe.left->span);
  piped.argument = {.ast = nullptr,
                    .value = LocalValue(local, left.type, pipe.left->span),
                    .keyword = {},
                    .span = pipe.left->span};
  if (piped.target.call == nullptr || piped.position > piped.target.call->arguments.size()) {
    diagnostics()
        .Error(DiagnosticKind::kArgumentCount, pipe.op_span,
               "there is no argument " + std::to_string(pipe.n) + " to pipe into")
        .Help("`x |" + std::to_string(pipe.n) + "> f(..)` needs " + std::to_string(pipe.n - 1) +
              " arguments before it");
    return ErrorValue(pipe.span);
  }
  Value result = InferPiped(*pipe.right, piped, expected, use);
  Value block = Make(ExprKind::kBlock, result.type, pipe.span);
  SetOperands(block.expr, {bind, result.expr});
  return block;
}

// Infers the right side of a pipe with the left one put into its first call.
Value BodyChecker::InferPiped(const ast::Expr& expr, const Piped& piped, Type* expected, Use use) {
  if (&expr == piped.target.callee) {
    // `x |> f`: what stands there is called with x alone.
    CallArguments args;
    args.span = expr.span;
    args.positional.push_back(piped.argument);
    Span span = snow::Join(piped.argument.span, expr.span);
    if (const auto* name = DynAs<ast::NameExpr>(expr); name != nullptr && !expr.in_parens) {
      if (Local* local = FindLocal(name->name.id)) {
        return CallValue(LocalUse(*local, name->span), std::move(args), span, expected);
      }
      Value builtin;
      if (CallBuiltin(name->name, args, span, builtin)) return builtin;
      Target target = FindNameTarget(name->name, expected);
      if (target.kind != Target::kNone) {
        return CallTarget(target, std::move(args), span, expected);
      }
    }
    if (const auto* field = DynAs<ast::FieldExpr>(expr); field != nullptr && !expr.in_parens) {
      Entity entity = FindEntity(*field->object);
      if (!entity.IsEmpty()) {
        Target target = FindMemberTarget(entity, field->name, expected);
        return CallTarget(target, std::move(args), span, expected);
      }
    }
    return CallValue(Infer(expr, nullptr), std::move(args), span, expected);
  }
  switch (expr.kind) {
    case ast::ExprKind::kCall: {
      const auto& call = As<ast::CallExpr>(expr);
      if (&call == piped.target.call) return InferCall(call, &piped, expected);
      const auto* field = DynAs<ast::FieldExpr>(*call.callee);
      if (field != nullptr) {
        Value object = InferPiped(*field->object, piped, nullptr, Use::kValue);
        return CallMember(object, field->name, ArgumentsOf(call, nullptr), call.span, expected);
      }
      return CallValue(InferPiped(*call.callee, piped, nullptr, Use::kValue),
                       ArgumentsOf(call, nullptr), call.span, expected);
    }
    case ast::ExprKind::kField: {
      const auto& field = As<ast::FieldExpr>(expr);
      return FieldOf(InferPiped(*field.object, piped, nullptr, Use::kValue), field.name,
                     field.span);
    }
    case ast::ExprKind::kIndex: {
      const auto& index = As<ast::IndexExpr>(expr);
      Value object = InferPiped(*index.object, piped, nullptr, Use::kValue);
      return IndexOf(object, Infer(*index.index, nullptr), index.span);
    }
    case ast::ExprKind::kTry: {
      const auto& tried = As<ast::TryExpr>(expr);
      return TryOf(InferPiped(*tried.operand, piped, nullptr, Use::kValue), tried.span);
    }
    default:
      return Infer(expr, expected, use);
  }
}

}  // namespace snow::types
