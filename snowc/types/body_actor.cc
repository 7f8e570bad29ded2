// Actors in expressions: `self()`, `receive`, `spawn`, `send` and their kin.
#include <algorithm>

#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::DynAs;
using hir::Builtin;
using hir::ExprKind;

namespace {

constexpr int64_t kSpawnLinked = 1;  // flags of spawn, as in runtime/abi/abi.h

}  // namespace

void BodyChecker::RunActor() {
  const auto& actor = As<ast::ActorItem>(*world().decl(fn_).item);
  Type* type = world().state(fn_).signature.type;
  hir::FunctionId id = code_->id;
  world().program.functions[id.value].kind = hir::FunctionKind::kActor;
  RunActorBlock(actor, *actor.body, type->Result(), /*quiet=*/actor.terminate != nullptr);
  if (actor.terminate == nullptr) return;
  // It runs at the end, in the same actor, with the parameters of the latest turn.
  std::string name = std::string(Text(actor.name.id)) + ".terminate";
  hir::FunctionId terminate = world().NewFunction(module_, name);
  world().program.functions[id.value].terminate = terminate;
  OpenCode(terminate);
  RunActorBlock(actor, *actor.terminate, store().Unit(), /*quiet=*/true);
}

// The body, or the terminate block, of an actor: a function of the actor's parameters.
void BodyChecker::RunActorBlock(const ast::ActorItem& actor, const ast::BlockExpr& block,
                                Type* result, bool quiet) {
  Type* type = world().state(fn_).signature.type;
  std::span<Type* const> params = type->Params();
  OpenFrame(result, type->Message(), Span());
  code_->result = result;
  size_t mark = OpenScope();
  std::vector<hir::Expr*> statements;
  for (size_t i = 0; i < params.size(); ++i) {
    const ast::Param& param = actor.params[i];
    if (IsSimple({&param, 1})) {
      hir::LocalId local = DeclareParam(param, params[i], quiet);
      world().program.functions[code_->id.value].params.push_back(local);
      continue;
    }
    hir::LocalId local = NewLocal(StringId(), params[i], param.span);
    world().program.functions[code_->id.value].params.push_back(local);
    std::vector<Binding> bindings;
    bindings_ = &bindings;
    hir::Expr* let = New(ExprKind::kLet, store().Unit(), param.span);
    let->pattern = CheckPattern(*param.pattern, params[i]);
    SetOperands(let, {LocalValue(local, params[i], param.span).expr});
    DeclareBindings(quiet);
    CheckIrrefutable(let->pattern, param.span);
    statements.push_back(let);
  }
  hir::Expr* body;
  if (TypeStore::Is(result, Builtin::kUnit)) {
    body = Drop(Infer(block, nullptr, Use::kUnused)).expr;
  } else {
    body = FunctionBody(block, Use::kValue);
  }
  if (!statements.empty()) {
    statements.push_back(body);
    body = New(ExprKind::kBlock, result, block.span);
    SetOperands(body, statements);
  }
  world().program.functions[code_->id.value].body = body;
  CloseScope(mark);
  CloseFrame();
}

// A pattern that has to match everything, where no other clause can.
void BodyChecker::CheckIrrefutable(hir::Pattern* pattern, Span span) {
  hir::Match* match = arena().New<hir::Match>();
  hir::Arm arm;
  arm.patterns = Copy(std::vector<hir::Pattern*>{pattern});
  match->arms = Copy(std::vector<hir::Arm>{arm});
  matches_.push_back({match, MatchSource::kLet, span});
}

Type* BodyChecker::RuntimeMessage() {
  Type* message = Resolve(frame_->message);
  if (message->kind == TypeKind::kVar) message->is_runtime = true;
  return message;
}

Value BodyChecker::InferSelf(CallArguments& args, Span span) {
  if (!args.positional.empty() || !args.keywords.empty() || args.trailing) {
    diagnostics().Error(DiagnosticKind::kArgumentCount, span, "self() takes no arguments");
    InferAll(args);
  }
  if (!frame_->no_self.empty()) {
    diagnostics()
        .Error(DiagnosticKind::kSelfOutsideActor, span, "self() outside an actor")
        .Label(std::string(frame_->no_self) + " belongs to no actor");
    return ErrorValue(span);
  }
  return Make(ExprKind::kSelf, store().Pid(RuntimeMessage()), span);
}

// Whether a pattern of `receive` matches notices: its constructor is one of Signal.
bool BodyChecker::IsSignalPattern(const ast::Pattern& pattern) {
  switch (pattern.kind) {
    case ast::PatternKind::kAs:
      return IsSignalPattern(*As<ast::AsPattern>(pattern).pattern);
    case ast::PatternKind::kOr:
      return IsSignalPattern(*As<ast::OrPattern>(pattern).alternatives[0]);
    case ast::PatternKind::kConstructor:
      break;
    default:
      return false;
  }
  const ast::Path& path = As<ast::ConstructorPattern>(pattern).path;
  if (!path.IsSimple()) {
    Entity entity = FindPathEntity(path.segments.subspan(0, path.segments.size() - 1));
    return entity.type.IsValid() && world().symbols.type(entity.type).con == known().signal;
  }
  StringId name = path.Last().id;
  if (ExpectedVariant(frame_->message, name).kind != Target::kNone) return false;
  std::vector<resolve::VariantCandidate> found = world().scope.FindVariants(module_, name);
  return !found.empty() && world().symbols.type(found[0].type).con == known().signal;
}

Value BodyChecker::InferReceive(const ast::ReceiveExpr& expr, Type* expected, Use use) {
  if (!frame_->no_self.empty()) {
    diagnostics()
        .Error(DiagnosticKind::kReceiveOutsideActor, expr.span, "receive outside an actor")
        .Label(std::string(frame_->no_self) + " belongs to no actor");
  }
  hir::Receive* receive = arena().New<hir::Receive>();
  Fix(&receive->message_type, frame_->message);
  std::vector<hir::ReceiveArm> arms;
  Join join = OpenJoin(expected, use);
  for (const ast::Arm& arm : expr.arms) {
    size_t mark = OpenScope();
    hir::ReceiveArm out;
    bool signal = IsSignalPattern(*arm.pattern);
    out.kind = signal ? hir::ReceiveArmKind::kSignal : hir::ReceiveArmKind::kMessage;
    Type* type = signal ? store().Con(known().signal) : RuntimeMessage();
    std::vector<Binding> bindings;
    bindings_ = &bindings;
    out.pattern = CheckPattern(*arm.pattern, type);
    DeclareBindings();
    if (arm.guard != nullptr) out.guard = CheckGuard(*arm.guard);
    out.body = JoinBranch(join, *arm.body);
    out.span = arm.pattern->span;
    arms.push_back(out);
    CloseScope(mark);
  }
  if (expr.after != nullptr) {
    receive->after_ms = CheckLimit(*expr.after);
    receive->after_body = JoinBranch(join, *expr.after_body);
  }
  receive->arms = Copy(arms);
  Value value = Make(ExprKind::kReceive, CloseJoin(join), expr.span);
  value.expr->receive = receive;
  receives_.push_back(receive);
  return value;
}

// A limit in milliseconds; `:infinity` is none.
hir::Expr* BodyChecker::CheckLimit(const ast::Expr& limit) {
  if (const auto* atom = DynAs<ast::AtomExpr>(limit)) {
    if (Text(atom->name) == "infinity") return IntValue(-1, limit.span).expr;
  }
  return Check(limit, store().Int(), {});
}

Value BodyChecker::InferAssertReceive(const ast::AssertReceiveExpr& expr) {
  hir::Receive* receive = arena().New<hir::Receive>();
  Fix(&receive->message_type, frame_->message);
  hir::ReceiveArm arm;
  bool signal = IsSignalPattern(*expr.pattern);
  arm.kind = signal ? hir::ReceiveArmKind::kSignal : hir::ReceiveArmKind::kMessage;
  Type* type = signal ? store().Con(known().signal) : RuntimeMessage();
  // What the pattern binds is seen by the statements that follow.
  std::vector<Binding> bindings;
  bindings_ = &bindings;
  arm.pattern = CheckPattern(*expr.pattern, type);
  bindings_ = nullptr;
  arm.body = UnitValue(expr.span).expr;
  arm.span = expr.pattern->span;
  receive->after_ms = expr.arguments.empty() ? IntValue(100, expr.span).expr
                                             : CheckLimit(*expr.arguments[0]);
  Value text = TextValue("no message matches " + SourceText(expr.pattern->span), expr.span);
  receive->after_body = CallLibrary("Prelude", "panic", {text}, expr.span).expr;
  receive->arms = Copy(std::vector<hir::ReceiveArm>{arm});
  Value value = Make(ExprKind::kReceive, store().Unit(), expr.span);
  value.expr->receive = receive;
  return value;
}

// ---------------------------------------------------------------------------------------------
// Functions with names of their own rules

bool BodyChecker::CallBuiltin(const ast::Name& name, CallArguments& args, Span span,
                              Value& result) {
  std::string_view text = Text(name.id);
  if (text.empty() || (text[0] != 's' && text[0] != 'l' && text[0] != 'm' && text[0] != 'd')) {
    return false;
  }
  bool is_keyword = text == "spawn" || text == "send" || text == "link" || text == "monitor";
  if (!is_keyword && text != "spawn_link" && text != "dbg") return false;
  if (!is_keyword && world().scope.FindOwnFunction(module_, name.id).IsValid()) return false;
  if (text == "spawn" || text == "spawn_link") {
    result = CallSpawn(text == "spawn_link", args, span);
  } else if (text == "send") {
    result = CallSend(args, span);
  } else if (text == "dbg") {
    if (args.positional.size() != 1) return false;
    Span source = args.positional[0].span;
    if (args.positional[0].value.expr == nullptr) {
      args.positional[0].value = Infer(*args.positional[0].ast, nullptr);
    }
    result = CallLibrary("Prelude", "__dbg",
                         {TextValue(PlaceText(span), span), TextValue(SourceText(source), span),
                          args.positional[0].value},
                         span);
  } else {
    Target target;
    target.kind = Target::kFunction;
    target.fn = world().FindLibraryFunction("Process", text);
    if (!target.fn.IsValid()) return false;
    result = CallTarget(target, std::move(args), span, nullptr);
  }
  return true;
}

void BodyChecker::SpawnOptions(CallArguments& args, std::vector<Value>& options, Span span) {
  Value max_heap = IntValue(0, span);
  Value mailbox = IntValue(0, span);
  Value overflow = IntValue(0, span);
  for (Argument& keyword : args.keywords) {
    std::string_view name = Text(keyword.keyword);
    if (name == "max_heap") {
      max_heap = {CheckArgument(keyword, store().Int(), {}), store().Int()};
    } else if (name == "mailbox") {
      mailbox = {CheckArgument(keyword, store().Int(), {}), store().Int()};
    } else if (name == "overflow") {
      constexpr std::string_view kWords[] = {"block", "drop_new", "drop_old", "crash"};
      const auto* atom = keyword.ast != nullptr ? DynAs<ast::AtomExpr>(*keyword.ast) : nullptr;
      auto found = std::ranges::find(kWords, atom != nullptr ? Text(atom->name) : "");
      if (found == std::end(kWords)) {
        diagnostics()
            .Error(DiagnosticKind::kKeywordArgument, keyword.span,
                   "unknown way to treat an overflow")
            .Help("write :block, :drop_new, :drop_old or :crash");
      } else {
        overflow = IntValue(found - std::begin(kWords), keyword.span);
      }
    } else {
      diagnostics()
          .Error(DiagnosticKind::kKeywordArgument, keyword.span,
                 "'spawn' has no option " + Quoted(keyword.keyword))
          .Help("its options are max_heap, mailbox and overflow");
      if (keyword.value.expr == nullptr) Infer(*keyword.ast, nullptr);
    }
  }
  options = {max_heap, mailbox, overflow};
}

Value BodyChecker::CallSpawn(bool linked, CallArguments& args, Span span) {
  if (args.trailing) {
    args.positional.insert(args.positional.begin(), *args.trailing);
    args.trailing.reset();
  }
  if (args.positional.empty()) {
    diagnostics()
        .Error(DiagnosticKind::kArgumentCount, span, "'spawn' takes a function and its arguments")
        .Help("write `spawn(f, args…)` or `spawn(fn -> .. end)`");
    return ErrorValue(span);
  }
  std::vector<hir::Expr*> statements;
  Value callee;
  Type* pid_type = nullptr;
  if (!SpawnedSupervisor(args.positional[0], callee, pid_type)) {
    Argument& first = args.positional[0];
    callee = first.value.expr != nullptr ? first.value : Infer(*first.ast, nullptr);
  }
  std::vector<Argument> rest(args.positional.begin() + 1, args.positional.end());
  Type* type = Resolve(callee.type);
  if (type->kind == TypeKind::kVar) {
    std::vector<Type*> params;
    for (size_t i = 0; i < rest.size(); ++i) params.push_back(NewVar());
    Unify(type, store().Fun(params, NewVar(), store().MessageVar(solver().level)), span, {});
    type = Resolve(callee.type);
  }
  if (type->kind != TypeKind::kFun) {
    if (type->kind != TypeKind::kError) {
      diagnostics()
          .Error(DiagnosticKind::kSpawnOfNonFunction, callee.expr->span,
                 "spawn of a value of type " + world().Print(type))
          .Label("this is no function")
          .Help("give an actor's or function's name and its arguments, or a closure: "
                "`spawn(fn -> .. end)`");
    }
    for (Argument& argument : rest) {
      if (argument.value.expr == nullptr) Infer(*argument.ast, nullptr);
    }
    return ErrorValue(span);
  }
  if (type->Params().size() != rest.size()) {
    diagnostics().Error(DiagnosticKind::kArgumentCount, span,
                        "the function takes " + std::to_string(type->Params().size()) +
                            " arguments, but spawn is given " + std::to_string(rest.size()));
    for (Argument& argument : rest) {
      if (argument.value.expr == nullptr) Infer(*argument.ast, nullptr);
    }
    return ErrorValue(span);
  }
  // What is spawned runs elsewhere: its function and arguments are computed here.
  std::vector<hir::Expr*> operands = {Temporary(callee, statements)};
  for (size_t i = 0; i < rest.size(); ++i) {
    hir::Expr* argument = CheckArgument(rest[i], type->Params()[i], {});
    operands.push_back(Temporary({argument, type->Params()[i]}, statements));
  }
  std::vector<Value> options;
  SpawnOptions(args, options, span);
  Value call = Make(ExprKind::kCallValue, type->Result(), span);
  SetOperands(call.expr, operands);
  hir::Closure* closure = arena().New<hir::Closure>();
  closure->body = Drop(call).expr;
  Type* message = type->Message();
  Type* fun = store().Fun({}, store().Unit(), message);
  Value made = Make(ExprKind::kClosure, fun, span);
  made.expr->closure = closure;
  Type* message_now = Resolve(message);
  if (message_now->kind == TypeKind::kVar) message_now->is_runtime = true;
  if (message_now->kind == TypeKind::kParam && !message_now->is_runtime) message = store().Any();
  if (pid_type == nullptr) pid_type = store().Pid(message);
  FnId spawn = world().FindLibraryFunction("Service", "spawn_actor");
  Value pid = CallIntrinsic(spawn, Resolve(pid_type)->args[0],
                            {made, IntValue(linked ? kSpawnLinked : 0, span), options[0],
                             options[1], options[2]},
                            pid_type, span);
  statements.push_back(pid.expr);
  if (statements.size() == 1) return pid;
  Value block = Make(ExprKind::kBlock, pid_type, span);
  SetOperands(block.expr, statements);
  return block;
}

// The value itself where it can be repeated at no cost, or a variable that holds it.
hir::Expr* BodyChecker::Temporary(Value value, std::vector<hir::Expr*>& statements) {
  switch (value.expr->kind) {
    case ExprKind::kInt:
    case ExprKind::kFloat:
    case ExprKind::kBool:
    case ExprKind::kUnit:
    case ExprKind::kString:
    case ExprKind::kAtom:
    case ExprKind::kLocal:
    case ExprKind::kFunctionValue:
      return value.expr;
    default:
      break;
  }
  hir::LocalId local = NewLocal(StringId(), value.type, value.expr->span);
  statements.push_back(BindTemporary(local, value, value.expr->span));
  return LocalValue(local, value.type, value.expr->span).expr;
}

// A call of a library function with one type parameter, which is given; its parameters are known to
// fit.
Value BodyChecker::CallIntrinsic(FnId fn, Type* type_arg, const std::vector<Value>& args,
                                 Type* result, Span span) {
  return CallLibraryWith(fn, {&type_arg, 1}, args, result, span);
}

Value BodyChecker::CallLibraryWith(FnId fn, std::span<Type* const> type_args,
                                   const std::vector<Value>& args, Type* result, Span span) {
  if (!fn.IsValid()) {
    diagnostics().Error(DiagnosticKind::kNameNotInModule, span,
                        "the library lacks a function that this needs");
    return ErrorValue(span);
  }
  inferer_.Ensure(fn);
  Value call = Make(ExprKind::kCall, result, span);
  call.expr->callee.function = world().IdOf(fn);
  call.expr->callee.type_args = FixAll(type_args);
  std::vector<hir::Expr*> operands;
  for (const Value& arg : args) operands.push_back(arg.expr);
  SetOperands(call.expr, operands);
  return call;
}

// `spawn(Team)`, a supervisor's name.
bool BodyChecker::SpawnedSupervisor(const Argument& argument, Value& callee, Type*& pid_type) {
  if (argument.ast == nullptr) return false;
  Entity entity = FindEntity(*argument.ast);
  if (!entity.type.IsValid()) return false;
  const resolve::TypeDecl& decl = world().symbols.type(entity.type);
  if (decl.kind != resolve::TypeDeclKind::kSupervisor) return false;
  Target target;
  target.kind = Target::kFunction;
  target.fn = world().symbols.supervisors[decl.owner].run;
  callee = TargetValue(target, argument.span, nullptr);
  pid_type = store().Pid(store().Con(decl.con));
  return true;
}

// The type that messages to a Pid have: null when any will do. Reports a service without handlers.
Type* BodyChecker::MessageTo(Type* pid, Span span) {
  Type* type = Resolve(pid);
  if (type->kind == TypeKind::kVar) {
    Type* message = NewVar();
    message->is_message = true;
    Unify(type, store().Pid(message), span, {});
    return message;
  }
  if (!TypeStore::Is(type, Builtin::kPid)) {
    if (type->kind != TypeKind::kError) {
      diagnostics()
          .Error(DiagnosticKind::kMismatchedTypes, span,
                 "expected a Pid, found " + world().Print(type))
          .Label("messages are sent to actors");
    }
    return nullptr;
  }
  Type* message = Resolve(type->args[0]);
  if (TypeStore::Is(message, Builtin::kAny)) return nullptr;
  if (message->kind != TypeKind::kCon) return message;
  const TypeInfo& info = world().info(hir::TyConId(message->con));
  if (!info.decl.IsValid()) return message;
  const resolve::TypeDecl& decl = world().symbols.type(info.decl);
  if (decl.kind == resolve::TypeDeclKind::kService) {
    return inferer_.InfoMessage(resolve::ServiceId(decl.owner));
  }
  return message;
}

hir::Expr* BodyChecker::CheckMessage(Argument& argument, Type* pid, Span pid_span,
                                     Type*& message) {
  Type* wanted = MessageTo(pid, pid_span);
  if (wanted == nullptr) {
    Value value =
        argument.value.expr != nullptr ? argument.value : Infer(*argument.ast, nullptr);
    message = value.type;
    return value.expr;
  }
  if (TypeStore::Is(wanted, Builtin::kNever)) {
    Value value =
        argument.value.expr != nullptr ? argument.value : Infer(*argument.ast, nullptr);
    diagnostics()
        .Error(DiagnosticKind::kMessageType, argument.span,
               "this service takes no messages by 'send'")
        .Help("give it an `info` handler, or use its calls and casts");
    message = store().Error();
    return value.expr;
  }
  message = wanted;
  return CheckArgument(argument, wanted,
                       {.kind = Why::kMessage, .span = pid_span, .fn = FnId()});
}

Value BodyChecker::CallSend(CallArguments& args, Span span) {
  if (args.positional.size() != 2 || !args.keywords.empty() || args.trailing) {
    diagnostics().Error(DiagnosticKind::kArgumentCount, args.span,
                        "'send' takes a Pid and a message");
    InferAll(args);
    return ErrorValue(span);
  }
  Argument& to = args.positional[0];
  Value pid = to.value.expr != nullptr ? to.value : Infer(*to.ast, nullptr);
  Type* message = nullptr;
  hir::Expr* sent = CheckMessage(args.positional[1], pid.type, to.span, message);
  FnId fn = world().FindLibraryFunction("Service", "send_to");
  return CallIntrinsic(fn, message, {pid, {sent, message}}, store().Unit(), span);
}

}  // namespace snow::types
