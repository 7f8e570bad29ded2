// Supervisors: the function that a supervisor's actor runs, and `Supervisor.start_child`.
#include <algorithm>
#include <array>

#include "snowc/resolve/suggest.h"
#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::DynAs;
using hir::Builtin;
using hir::ExprKind;

namespace {

constexpr std::array<std::string_view, 4> kStrategies = {"one_for_one", "one_for_all",
                                                         "rest_for_one", "simple_one_for_one"};
constexpr std::array<std::string_view, 3> kRestarts = {"permanent", "transient", "temporary"};
constexpr std::array<std::string_view, 2> kShutdowns = {"brutal_kill", "infinity"};
constexpr int64_t kSimple = 3;
constexpr int64_t kMaxRestarts = 3;
constexpr int64_t kMaxSeconds = 5;
constexpr int64_t kShutdownMs = 5000;
constexpr int64_t kKill = 0;
constexpr int64_t kNoLimit = -1;

}  // namespace

// The number of the word that an entry gives, or `otherwise` when there is no entry.
int64_t BodyChecker::Word(const ast::SupervisorEntry* entry,
                          std::span<const std::string_view> words, int64_t otherwise,
                          DiagnosticKind kind, std::string_view what) {
  if (entry == nullptr) return otherwise;
  const auto* name = DynAs<ast::NameExpr>(*entry->value);
  std::string_view text = name != nullptr ? Text(name->name.id) : std::string_view();
  auto found = std::ranges::find(words, text);
  if (found != words.end()) return found - words.begin();
  if (entry->value->kind == ast::ExprKind::kError) return otherwise;
  resolve::NearestName nearest(text);
  std::string all;
  for (std::string_view word : words) {
    nearest.Consider(word);
    if (!all.empty()) all += ", ";
    all += word;
  }
  auto report = diagnostics().Error(
      kind, entry->value->span,
      "unknown " + std::string(what) + (text.empty() ? "" : " '" + std::string(text) + "'"));
  if (nearest.found()) {
    report.Help("did you mean '" + nearest.best() + "'?").Fix(entry->value->span, nearest.best());
  } else {
    report.Help("write one of: " + all);
  }
  return otherwise;
}

int64_t BodyChecker::IntEntry(const ast::SupervisorEntry* entry, int64_t otherwise) {
  if (entry == nullptr) return otherwise;
  if (const auto* number = DynAs<ast::IntExpr>(*entry->value)) return number->value;
  if (entry->value->kind != ast::ExprKind::kError) {
    diagnostics().Error(DiagnosticKind::kMismatchedTypes, entry->value->span,
                        "expected an Int literal");
  }
  return otherwise;
}

void BodyChecker::RunSupervisor() {
  const resolve::SupervisorDecl& decl =
      world().symbols.supervisors[world().decl(fn_).owner];
  const ast::SupervisorItem& item = *decl.item;
  Type* type = world().state(fn_).signature.type;
  store().Unify(type->Result(), store().Unit());
  code_->result = store().Unit();
  OpenFrame(store().Unit(), type->Message(), Span());
  int64_t strategy = Word(item.strategy, kStrategies, 0, DiagnosticKind::kUnknownStrategy,
                          "supervision strategy");
  bool simple = strategy == kSimple;
  resolve::IdMap<StringId, Span> names;
  std::vector<hir::Expr*> specs;
  Type* spec_type = store().Error();
  for (const ast::Child& child : item.children) {
    if (!names.Insert(child.name.id, child.name.span)) {
      diagnostics()
          .Error(DiagnosticKind::kDuplicateChild, child.name.span,
                 "two children are called " + Quoted(child.name.id))
          .Note(*names.Find(child.name.id), "the first one is here")
          .Help("give each child a name of its own");
    }
    if (simple && specs.size() == 1) {
      diagnostics().Error(DiagnosticKind::kDuplicateChild, child.name.span,
                          "a simple_one_for_one supervisor has one child, its template");
    }
    Value spec = ChildSpec(child, simple);
    spec_type = spec.type;
    specs.push_back(spec.expr);
  }
  if (simple && specs.empty()) {
    diagnostics().Error(DiagnosticKind::kStartNotPid, decl.span,
                        "a simple_one_for_one supervisor needs a child as its template");
  }
  Value list = Make(ExprKind::kList, store().Con(known().list, {&spec_type, 1}), decl.span);
  SetOperands(list.expr, specs);
  Value run = CallLibrary("Supervisor", "run",
                          {IntValue(strategy, decl.span),
                           IntValue(IntEntry(item.max_restarts, kMaxRestarts), decl.span),
                           IntValue(IntEntry(item.max_seconds, kMaxSeconds), decl.span), list},
                          decl.span);
  world().program.functions[code_->id.value].body = run.expr;
  CloseFrame();
}

Value BodyChecker::ChildSpec(const ast::Child& child, bool is_template) {
  Type* pid = nullptr;
  Value start = ChildStart(child, is_template, pid);
  int64_t restart =
      Word(child.restart, kRestarts, 0, DiagnosticKind::kUnknownRestart, "restart kind");
  auto name = world().interner.Find("ChildSpec");
  ModuleId module = world().scope.LibraryModule("Supervisor");
  const resolve::TypeId* found =
      name && module.IsValid() ? world().symbols.module(module).types.Find(*name) : nullptr;
  if (found == nullptr) return ErrorValue(child.span);
  Value spec = Make(ExprKind::kStruct, store().Con(world().symbols.type(*found).con), child.span);
  SetOperands(spec.expr, {TextValue(Text(child.name.id), child.span).expr, start.expr,
                          IntValue(restart, child.span).expr,
                          IntValue(Shutdown(child, pid), child.span).expr});
  return spec;
}

int64_t BodyChecker::Shutdown(const ast::Child& child, Type* pid) {
  if (child.shutdown == nullptr) {
    // A supervisor is given the time that its own children need.
    Type* type = pid != nullptr ? Resolve(pid) : nullptr;
    if (type == nullptr || !TypeStore::Is(type, Builtin::kPid)) return kShutdownMs;
    Type* message = Resolve(type->args[0]);
    if (message->kind != TypeKind::kCon) return kShutdownMs;
    const TypeInfo& info = world().info(hir::TyConId(message->con));
    bool supervisor = info.decl.IsValid() && world().symbols.type(info.decl).kind ==
                                                 resolve::TypeDeclKind::kSupervisor;
    return supervisor ? kNoLimit : kShutdownMs;
  }
  if (const auto* number = DynAs<ast::IntExpr>(*child.shutdown->value)) return number->value;
  int64_t word = Word(child.shutdown, kShutdowns, 0, DiagnosticKind::kUnknownShutdown,
                      "shutdown kind");
  return word == 0 ? kKill : kNoLimit;
}

// `fn -> start() end`, of type Fun() -> Pid. A template's start is called by start_child alone.
Value BodyChecker::ChildStart(const ast::Child& child, bool is_template, Type*& pid) {
  Span span = child.name.span;
  Type* bare = store().Pid(store().Any());
  hir::Closure* closure = arena().New<hir::Closure>();
  Value made = Make(ExprKind::kClosure, store().Fun({}, bare, store().Any()), span);
  made.expr->closure = closure;
  if (child.start == nullptr) {
    diagnostics()
        .Error(DiagnosticKind::kStartNotPid, span,
               "child " + Quoted(child.name.id) + " lacks its 'start:'")
        .Help("write `start: fn -> spawn(worker) end`");
    closure->body = UnitValue(span).expr;
    return made;
  }
  span = child.start->value->span;
  Frame& frame = OpenFrame(bare, store().MessageVar(1), span);
  frame.is_closure = true;
  if (is_template) {
    const resolve::SupervisorDecl& decl =
        world().symbols.supervisors[world().decl(fn_).owner];
    inferer_.Ensure(decl.start_child);
    world().IdOf(decl.start_child);
    closure->body =
        CallLibrary("Prelude", "panic",
                    {TextValue("the template of a supervisor is started by start_child", span)},
                    span)
            .expr;
    CloseFrame();
    return made;
  }
  Value start = Infer(*child.start->value, nullptr);
  Type* type = Resolve(start.type);
  bool starts = type->kind == TypeKind::kFun && type->Params().empty() &&
                (TypeStore::Is(type->Result(), Builtin::kPid) ||
                 Resolve(type->Result())->kind == TypeKind::kError);
  if (type->kind == TypeKind::kError) starts = true;
  if (!starts) {
    ReportStart(type, span);
  } else if (type->kind == TypeKind::kFun) {
    pid = type->Result();
  }
  Value call = Make(ExprKind::kCallValue, bare, span);
  SetOperands(call.expr, {start.expr});
  closure->body = call.expr;
  CloseFrame();
  return made;
}

void BodyChecker::ReportStart(Type* type, Span span) {
  auto report = diagnostics().Error(DiagnosticKind::kStartNotPid, span,
                                    "'start:' must be a function that gives a Pid");
  report.Label("this is " + world().Print(type));
  if (type->kind == TypeKind::kFun && !type->Params().empty()) {
    report.Help("only the child of a simple_one_for_one supervisor takes parameters");
  } else {
    report.Help("write `fn -> spawn(worker) end`, or `fn -> Service.start() end`");
  }
}

// ---------------------------------------------------------------------------------------------
// start_child

// The function that starts a child by the template: its parameters are those of `start:`.
void BodyChecker::RunChildStart() {
  const resolve::SupervisorDecl& decl =
      world().symbols.supervisors[world().decl(fn_).owner];
  Type* type = world().state(fn_).signature.type;
  const ast::Expr& start = *decl.item->children[0].start->value;
  OpenFrame(type->Result(), type->Message(), Span());
  code_->result = type->Result();
  Value value = Infer(start, nullptr);
  Type* fun = Resolve(value.type);
  bool starts = fun->kind == TypeKind::kFun && TypeStore::Is(fun->Result(), Builtin::kPid);
  if (!starts) {
    if (fun->kind != TypeKind::kError) ReportStart(fun, start.span);
    store().Unify(type->Result(), store().Error());
    CloseFrame();
    return;
  }
  std::vector<hir::LocalId> locals;
  std::vector<hir::Expr*> operands = {value.expr};
  for (Type* param : fun->Params()) {
    locals.push_back(NewLocal(StringId(), param, start.span));
    operands.push_back(LocalValue(locals.back(), param, start.span).expr);
  }
  Value call = Make(ExprKind::kCallValue, fun->Result(), start.span);
  SetOperands(call.expr, operands);
  hir::Function& out = world().program.functions[code_->id.value];
  out.params = locals;
  out.body = call.expr;
  CloseFrame();
  // Its signature is known only now.
  world().state(fn_).signature.type =
      store().Fun(fun->Params(), fun->Result(), type->Message());
  code_->result = fun->Result();
}

// The template that a Pid's supervisor starts children by. Through a bare Pid: the only one of the
// program that takes so many arguments.
FnId BodyChecker::FindTemplate(Type* sup, size_t arguments, Span span) {
  Type* type = Resolve(sup);
  if (type->kind == TypeKind::kError) return FnId();
  if (!TypeStore::Is(type, Builtin::kPid)) {
    diagnostics().Error(DiagnosticKind::kMismatchedTypes, span,
                        "expected a supervisor's Pid, found " + world().Print(type));
    return FnId();
  }
  Type* message = Resolve(type->args[0]);
  if (message->kind == TypeKind::kCon && !TypeStore::Is(message, Builtin::kAny)) {
    const TypeInfo& info = world().info(hir::TyConId(message->con));
    if (info.decl.IsValid()) {
      const resolve::TypeDecl& decl = world().symbols.type(info.decl);
      if (decl.kind == resolve::TypeDeclKind::kSupervisor) {
        FnId fn = world().symbols.supervisors[decl.owner].start_child;
        if (!fn.IsValid()) {
          diagnostics()
              .Error(DiagnosticKind::kMismatchedTypes, span,
                     "supervisor " + Quoted(decl.name) + " is not simple_one_for_one")
              .Note(decl.span, "it is defined here");
        }
        return fn;
      }
    }
  }
  std::vector<FnId> fitting;
  for (const resolve::SupervisorDecl& decl : world().symbols.supervisors) {
    if (!decl.start_child.IsValid()) continue;
    inferer_.Ensure(decl.start_child);
    Type* fun = world().state(decl.start_child).signature.type;
    if (fun->Params().size() == arguments) fitting.push_back(decl.start_child);
  }
  if (fitting.size() == 1) return fitting[0];
  diagnostics()
      .Error(DiagnosticKind::kAmbiguousType, span,
             "which supervisor this Pid is of must be known to start a child")
      .Help("give it a type: `pool :: Pid<Pool>`");
  return FnId();
}

// Supervisor.start_child(sup, args…)
Value BodyChecker::CallStartChild(CallArguments& args, Span span) {
  if (args.positional.empty() || !args.keywords.empty() || args.trailing) {
    diagnostics().Error(DiagnosticKind::kArgumentCount, span,
                        "'start_child' takes a supervisor and the child's arguments");
    InferAll(args);
    return ErrorValue(span);
  }
  Argument& first = args.positional[0];
  Value sup = first.value.expr != nullptr ? first.value : Infer(*first.ast, nullptr);
  std::vector<Argument> rest(args.positional.begin() + 1, args.positional.end());
  FnId fn = FindTemplate(sup.type, rest.size(), first.span);
  if (!fn.IsValid()) {
    for (Argument& argument : rest) {
      if (argument.value.expr == nullptr) Infer(*argument.ast, nullptr);
    }
    return ErrorValue(span);
  }
  inferer_.Ensure(fn);
  Type* type = world().state(fn).signature.type;
  if (type->Params().size() != rest.size()) {
    ReportCount(world().decl(fn), type->Params().size(), rest.size(), span);
    return ErrorValue(span);
  }
  std::vector<hir::Expr*> statements;
  std::vector<hir::Expr*> operands;
  Value pid = {Temporary(sup, statements), sup.type};
  for (size_t i = 0; i < rest.size(); ++i) {
    hir::Expr* argument = CheckArgument(rest[i], type->Params()[i], {});
    operands.push_back(Temporary({argument, type->Params()[i]}, statements));
  }
  hir::Closure* closure = arena().New<hir::Closure>();
  Type* bare = store().Pid(store().Any());
  closure->body = CallId(world().IdOf(fn), operands, bare, span).expr;
  Value start = Make(ExprKind::kClosure, store().Fun({}, bare, store().Any()), span);
  start.expr->closure = closure;
  Type* parts[] = {type->Result(), store().String()};
  Type* result = store().Con(known().result, parts);
  Type* message = Resolve(sup.type)->args[0];
  Value call = CallIntrinsic(world().FindLibraryFunction("Supervisor", "__start_child"), message,
                             {pid, start}, result, span);
  if (statements.empty()) return call;
  statements.push_back(call.expr);
  Value block = Make(ExprKind::kBlock, result, span);
  SetOperands(block.expr, statements);
  return block;
}

}  // namespace snow::types
