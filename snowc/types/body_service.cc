// Services: their handlers, the loop that receives, and the functions that programs call.
//
// A service is an actor whose loop is one function of the state. Calls and casts are messages of a
// sum type of their own; each handler is a function, so that `return` leaves it alone.
#include <algorithm>

#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using hir::Builtin;
using hir::ExprKind;
using resolve::FnDecl;

namespace {

constexpr int64_t kDefaultTimeoutMs = 5000;
constexpr int64_t kLinked = 1;

}  // namespace

ServiceInfo& BodyChecker::Service() const {
  return world().services[world().decl(fn_).owner];
}

const resolve::ServiceDecl& BodyChecker::ServiceDecl() const {
  return world().symbols.services[world().decl(fn_).owner];
}

Type* BodyChecker::ServiceType() const {
  return store().Con(world().symbols.type(ServiceDecl().type).con);
}

// A statement `let pattern = local`.
hir::Expr* BodyChecker::MatchParam(const ast::Param& param, hir::LocalId local, Type* type,
                                   bool quiet) {
  if (param.type != nullptr) {
    AnnotationScope scope;
    scope.module = module_;
    Type* written = reader_.Read(*param.type, scope);
    Unify(type, written, param.type->span,
          {.kind = Why::kAnnotation, .span = param.type->span, .fn = FnId()});
  }
  std::vector<Binding> bindings;
  bindings_ = &bindings;
  hir::Expr* let = New(ExprKind::kLet, store().Unit(), param.span);
  let->pattern = CheckPattern(*param.pattern, type);
  SetOperands(let, {LocalValue(local, type, param.span).expr});
  DeclareBindings(quiet);
  CheckIrrefutable(let->pattern, param.span);
  return let;
}

// A handler as a function of its parameters and the state; returns it.
hir::FunctionId BodyChecker::HandlerFunction(std::string_view name,
                                             std::span<const HandlerParam> params,
                                             const ast::Param* state, Type* result,
                                             const ast::BlockExpr& body) {
  Code* loop_code = code_;
  hir::FunctionId id = world().NewFunction(module_, name);
  OpenCode(id).result = result;
  OpenFrame(result, ServiceType(), Span());
  size_t mark = OpenScope();
  std::vector<hir::Expr*> statements;
  std::vector<hir::LocalId> locals;
  for (const HandlerParam& param : params) {
    locals.push_back(NewLocal(param.name, param.type, param.span));
    if (param.ast != nullptr) {
      statements.push_back(MatchParam(*param.ast, locals.back(), param.type, false));
    } else {
      Declare({param.name, locals.back(), param.type, param.span}, false);
    }
  }
  if (state != nullptr) {
    locals.push_back(NewLocal(StringId(), Service().state, state->span));
    statements.push_back(MatchParam(*state, locals.back(), Service().state, false));
  }
  statements.push_back(FunctionBody(body, Use::kValue));
  hir::Expr* block = New(ExprKind::kBlock, result, body.span);
  SetOperands(block, statements);
  hir::Function& out = world().program.functions[id.value];
  out.params = locals;
  out.body = block;
  CloseScope(mark);
  CloseFrame();
  code_ = loop_code;
  return id;
}

Value BodyChecker::CallId(hir::FunctionId id, const std::vector<hir::Expr*>& args, Type* result,
                          Span span) {
  Value call = Make(ExprKind::kCall, result, span);
  call.expr->callee.function = id;
  SetOperands(call.expr, args);
  return call;
}

void BodyChecker::RunService() {
  ServiceInfo& service = Service();
  const resolve::ServiceDecl& decl = ServiceDecl();
  const ast::ServiceItem& item = *decl.item;
  if (service.init.IsValid()) {
    inferer_.Ensure(service.init);
    Type* result = Resolve(world().state(service.init).signature.type->Result());
    if (service.failure == nullptr && TypeStore::IsCon(result, known().result)) {
      // An init whose Result is inferred.
      service.failure = result->args[1];
      result = result->args[0];
    }
    store().Unify(service.state, result);
  }
  hir::Function& loop = world().program.functions[code_->id.value];
  loop.kind = hir::FunctionKind::kActor;
  code_->result = store().Unit();
  OpenFrame(store().Unit(), ServiceType(), Span());
  hir::LocalId state = NewLocal(StringId(), service.state, decl.span);
  loop.params = {state};

  hir::Receive* receive = arena().New<hir::Receive>();
  Type* message = store().Con(service.message);
  Fix(&receive->message_type, message);
  std::vector<hir::ReceiveArm> arms;
  uint32_t variant = 0;
  for (const HandlerInfo& call : service.calls) arms.push_back(CallArm(call, variant++, state));
  for (const HandlerInfo& cast : service.casts) arms.push_back(CallArm(cast, variant++, state));
  for (const ast::InfoHandler& info : item.infos) arms.push_back(InfoArm(info, state));
  receive->arms = Copy(arms);
  Value body = Make(ExprKind::kReceive, store().Unit(), decl.span);
  body.expr->receive = receive;
  world().program.functions[code_->id.value].body = body.expr;

  if (item.terminate != nullptr) {
    std::string name = std::string(Text(decl.name)) + ".terminate";
    hir::FunctionId terminate =
        HandlerFunction(name, {}, item.terminate_state, store().Unit(), *item.terminate);
    world().program.functions[code_->id.value].terminate = terminate;
  }
  CloseFrame();
}

hir::ReceiveArm BodyChecker::CallArm(const HandlerInfo& handler, uint32_t variant,
                                     hir::LocalId state) {
  ServiceInfo& service = Service();
  bool is_call = handler.reply != nullptr;
  Span span = handler.ast->name.span;
  Type* message = store().Con(service.message);
  std::vector<hir::Pattern*> subs;
  std::vector<hir::Expr*> args;
  std::vector<HandlerParam> params;
  hir::LocalId reply_to;
  const VariantInfo& info = world().info(service.message).variants[variant];
  auto bind = [&](Type* type, StringId name) {
    hir::LocalId local = NewLocal(name, type, span);
    hir::Pattern* pattern = NewPattern(hir::PatternKind::kBind, type, span);
    pattern->local = local;
    subs.push_back(pattern);
    return local;
  };
  if (is_call) reply_to = bind(info.fields[0].type, StringId());
  for (size_t i = 0; i < handler.params.size(); ++i) {
    const ast::Param& param = handler.ast->params[i];
    hir::LocalId local = bind(handler.params[i], StringId());
    args.push_back(LocalValue(local, handler.params[i], span).expr);
    params.push_back({StringId(), handler.params[i], param.span, &param});
  }
  args.push_back(LocalValue(state, service.state, span).expr);

  Type* parts[] = {service.state, is_call ? handler.reply : nullptr};
  Type* result = is_call ? store().Tuple(parts) : service.state;
  std::string name = std::string(Text(ServiceDecl().name)) + "." +
                     std::string(Text(handler.ast->name.id));
  hir::FunctionId id = HandlerFunction(name, params, handler.ast->state, result,
                                       *handler.ast->body);
  Value handled = CallId(id, args, result, span);

  hir::ReceiveArm arm;
  arm.span = span;
  arm.pattern = NewPattern(hir::PatternKind::kVariant, message, span);
  arm.pattern->variant = variant;
  arm.pattern->subs = Copy(subs);
  if (!is_call) {
    arm.body = CallId(code_->id, {handled.expr}, store().Unit(), span).expr;
    return arm;
  }
  hir::LocalId pair = NewLocal(StringId(), result, span);
  auto part = [&](uint32_t index, Type* type) {
    Value get = Make(ExprKind::kTupleGet, type, span);
    get.expr->index = index;
    SetOperands(get.expr, {LocalValue(pair, result, span).expr});
    return get;
  };
  FnId reply = world().FindLibraryFunction("Service", "reply");
  Value to = LocalValue(reply_to, info.fields[0].type, span);
  Value answer = CallIntrinsic(reply, handler.reply, {to, part(1, handler.reply)},
                               store().Unit(), span);
  Value next = CallId(code_->id, {part(0, service.state).expr}, store().Unit(), span);
  hir::Expr* block = New(ExprKind::kBlock, store().Unit(), span);
  SetOperands(block, {BindTemporary(pair, handled, span), answer.expr, next.expr});
  arm.body = block;
  return arm;
}

hir::ReceiveArm BodyChecker::InfoArm(const ast::InfoHandler& handler, hir::LocalId state) {
  ServiceInfo& service = Service();
  hir::ReceiveArm arm;
  arm.span = handler.span;
  bool signal = handler.pattern != nullptr && IsSignalPattern(*handler.pattern);
  if (signal) arm.kind = hir::ReceiveArmKind::kSignal;
  Type* type = signal ? store().Con(known().signal) : service.info;
  if (!signal) service.takes_messages = true;
  std::vector<Binding> bindings;
  std::vector<HandlerParam> params;
  if (handler.pattern != nullptr) {
    bindings_ = &bindings;
    arm.pattern = CheckPattern(*handler.pattern, type);
    bindings_ = nullptr;
    for (const Binding& b : bindings) params.push_back({b.name, b.type, b.span, nullptr});
  } else {
    hir::LocalId local = NewLocal(StringId(), type, handler.span);
    arm.pattern = NewPattern(hir::PatternKind::kBind, type, handler.span);
    arm.pattern->local = local;
    bindings.push_back({StringId(), local, type, handler.span});
    params.push_back({StringId(), type, handler.span, handler.message});
  }
  std::vector<hir::Expr*> args;
  for (const Binding& b : bindings) args.push_back(LocalValue(b.id, b.type, b.span).expr);
  args.push_back(LocalValue(state, service.state, handler.span).expr);
  std::string name = std::string(Text(ServiceDecl().name)) + ".info";
  hir::FunctionId id =
      HandlerFunction(name, params, handler.state, service.state, *handler.body);
  Value next = CallId(id, args, service.state, handler.span);
  arm.body = CallId(code_->id, {next.expr}, store().Unit(), handler.span).expr;
  return arm;
}

bool BodyChecker::HasFreeVar(Type* type) {
  type = Resolve(type);
  return type->kind == TypeKind::kVar || std::ranges::any_of(type->Args(), HasFreeVar);
}

void BodyChecker::BindFree(Type* type) {
  type = Resolve(type);
  if (type->kind == TypeKind::kVar) store().Unify(type, store().Error());
  for (Type* arg : type->Args()) BindFree(arg);
}

// What no handler has fixed is an error: a service is not general.
void BodyChecker::CloseService() {
  const FnDecl& decl = world().decl(fn_);
  if (decl.kind != resolve::FnKind::kService) return;
  ServiceInfo& service = Service();
  auto close = [&](Type* type, Span span, std::string_view what) {
    if (!HasFreeVar(type)) return;
    diagnostics()
        .Error(DiagnosticKind::kAmbiguousType, span,
               "the type of " + std::string(what) + " is not known")
        .Label("nothing in the service fixes it")
        .Help("annotate it");
    BindFree(type);
  };
  close(service.state, decl.span, "the state");
  auto close_all = [&](const std::vector<HandlerInfo>& handlers) {
    for (const HandlerInfo& handler : handlers) {
      for (size_t i = 0; i < handler.params.size(); ++i) {
        close(handler.params[i], handler.ast->params[i].span, "this parameter");
      }
      if (handler.reply != nullptr) close(handler.reply, handler.ast->name.span, "the reply");
    }
  };
  close_all(service.calls);
  close_all(service.casts);
  if (service.info != nullptr) {
    // Notices alone: `send` takes nothing. A handler for any message: whatever comes.
    if (!service.takes_messages) {
      store().Unify(service.info, store().Never());
    } else if (Resolve(service.info)->kind == TypeKind::kVar) {
      store().Unify(service.info, store().Any());
    }
  }
  inferer_.declarer.FillMessage(service);
}

// ---------------------------------------------------------------------------------------------
// What programs call

void BodyChecker::RunServiceApi() {
  ServiceInfo& service = Service();
  const resolve::ServiceDecl& decl = ServiceDecl();
  inferer_.Ensure(decl.loop);
  FunctionState& state = world().state(fn_);
  Type* type = state.signature.type;
  Span span = world().decl(fn_).span;
  code_->result = type->Result();
  OpenFrame(type->Result(), type->Message(), Span());
  std::vector<Value> params;
  std::vector<hir::LocalId> locals;
  for (size_t i = 0; i < type->Params().size(); ++i) {
    locals.push_back(NewLocal(state.params[i].name, type->Params()[i], span));
    params.push_back(LocalValue(locals.back(), type->Params()[i], span));
  }
  world().program.functions[code_->id.value].params = locals;
  hir::Expr* body = nullptr;
  uint32_t variant = 0;
  for (const HandlerInfo& call : service.calls) {
    if (call.api == fn_) body = ApiCall(call, variant, params);
    ++variant;
  }
  for (const HandlerInfo& cast : service.casts) {
    if (cast.api == fn_) body = ApiCast(cast, variant, params);
    ++variant;
  }
  if (body == nullptr) body = ApiStart(params);
  world().program.functions[code_->id.value].body = body;
  CloseFrame();
  RunApiDefaults();
}

// `timeout` and `register`, and the defaults of the handlers' own parameters.
void BodyChecker::RunApiDefaults() {
  FunctionState& state = world().state(fn_);
  for (size_t i = 0; i < state.params.size(); ++i) {
    ParamInfo& param = state.params[i];
    if (!param.has_default) continue;
    Type* type = state.signature.type->Params()[i];
    if (!param.default_value.IsValid()) {
      param.default_value = world().NewFunction(
          module_, std::string(Text(world().decl(fn_).name)) + ".default." +
                       std::string(Text(param.name)));
    }
    OpenCode(param.default_value).result = type;
    OpenFrame(type, store().MessageVar(1), param.span).no_self = "the default of a parameter";
    hir::Expr* body;
    if (param.ast != nullptr) {
      body = Check(*param.ast->default_value, type, {});
    } else if (TypeStore::Is(type, Builtin::kInt)) {
      body = IntValue(kDefaultTimeoutMs, param.span).expr;
    } else {
      body = TextValue("", param.span).expr;
    }
    world().program.functions[param.default_value.value].body = body;
    CloseFrame();
  }
}

Value BodyChecker::MakeMessage(uint32_t variant, const std::vector<hir::Expr*>& fields,
                               Span span) {
  Value message = Make(ExprKind::kVariant, store().Con(Service().message), span);
  message.expr->index = variant;
  SetOperands(message.expr, fields);
  return message;
}

// Service.call(pid, fn to -> Message(to, args…) end, timeout, "S", "name")
hir::Expr* BodyChecker::ApiCall(const HandlerInfo& call, uint32_t variant,
                                const std::vector<Value>& params) {
  Span span = call.ast->name.span;
  Type* message = store().Con(Service().message);
  Type* reply_to = world().info(Service().message).variants[variant].fields[0].type;
  hir::LocalId to = NewLocal(StringId(), reply_to, span);
  std::vector<hir::Expr*> fields = {LocalValue(to, reply_to, span).expr};
  for (size_t i = 1; i + 1 < params.size(); ++i) fields.push_back(params[i].expr);
  hir::Closure* closure = arena().New<hir::Closure>();
  closure->params = Copy(std::vector<hir::LocalId>{to});
  closure->body = MakeMessage(variant, fields, span).expr;
  Value make = Make(ExprKind::kClosure, store().Fun({&reply_to, 1}, message, store().Any()), span);
  make.expr->closure = closure;
  FnId fn = world().FindLibraryFunction("Service", "call");
  Type* type_args[] = {message, call.reply};
  return CallLibraryWith(fn, type_args,
                         {params[0], make, params.back(), TextValue(Text(ServiceDecl().name), span),
                          TextValue(Text(world().decl(fn_).name), span)},
                         call.reply, span)
      .expr;
}

hir::Expr* BodyChecker::ApiCast(const HandlerInfo& cast, uint32_t variant,
                                const std::vector<Value>& params) {
  Span span = cast.ast->name.span;
  std::vector<hir::Expr*> fields;
  for (size_t i = 1; i < params.size(); ++i) fields.push_back(params[i].expr);
  FnId fn = world().FindLibraryFunction("Service", "send_to");
  return CallIntrinsic(fn, store().Con(Service().message),
                       {params[0], MakeMessage(variant, fields, span)}, store().Unit(), span)
      .expr;
}

// Service.start("S", flags, name, fn -> init(args…) end, loop)
hir::Expr* BodyChecker::ApiStart(const std::vector<Value>& params) {
  ServiceInfo& service = Service();
  Span span = ServiceDecl().span;
  bool tries = fn_ == service.try_start;
  bool fails = service.failure != nullptr;
  std::vector<hir::Expr*> args;
  for (size_t i = 0; i + 1 < params.size(); ++i) args.push_back(params[i].expr);
  hir::FunctionId init = service.init.IsValid() ? world().IdOf(service.init) : hir::FunctionId();
  Type* failure = fails ? service.failure : store().String();
  Type* result_args[] = {service.state, failure};
  Type* result_type = store().Con(known().result, result_args);
  Type* given = fails ? result_type : service.state;
  hir::Closure* closure = arena().New<hir::Closure>();
  Value made = CallId(init, args, given, span);
  if (tries && !fails) {
    Value ok = Make(ExprKind::kVariant, result_type, span);
    SetOperands(ok.expr, {made.expr});
    made = ok;
    given = result_type;
  }
  closure->body = made.expr;
  Type* message = ServiceType();
  Value start = Make(ExprKind::kClosure, store().Fun({}, given, message), span);
  start.expr->closure = closure;
  Type* loop_params[] = {service.state};
  Value loop = Make(ExprKind::kFunctionValue,
                    store().Fun(loop_params, store().Unit(), message), span);
  loop.expr->callee.function = world().IdOf(ServiceDecl().loop);
  Value flags = IntValue(fn_ == service.start_link ? kLinked : 0, span);
  std::vector<Value> operands = {TextValue(Text(ServiceDecl().name), span), flags, params.back(),
                                 start, loop};
  Type* result = world().state(fn_).signature.type->Result();
  if (!tries && !fails) {
    Type* type_args[] = {service.state, message};
    return CallLibraryWith(world().FindLibraryFunction("Service", "start"), type_args, operands,
                           result, span)
        .expr;
  }
  Type* type_args[] = {service.state, failure, message};
  std::string_view name = tries ? "try_start" : "start_or_panic";
  if (!tries) solver().Require(known().display, failure, {}, givens_, span, {});
  return CallLibraryWith(world().FindLibraryFunction("Service", name), type_args, operands, result,
                         span)
      .expr;
}

}  // namespace snow::types
