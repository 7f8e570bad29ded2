#include "snowc/types/body.h"

#include <algorithm>

namespace snow::types {

using ast::As;
using hir::ExprKind;
using resolve::FnDecl;
using resolve::FnKind;

BodyChecker::BodyChecker(Inferer& inferer, FnId fn)
    : inferer_(inferer),
      fn_(fn),
      module_(inferer.world.decl(fn).module),
      in_library_(inferer.world.InLibrary(module_)),
      reader_(inferer.world) {
  own_givens_.bounds = &world().state(fn).signature.bounds;
}

BodyChecker::Code& BodyChecker::OpenCode(hir::FunctionId id) {
  Code& code = codes_.emplace_back();
  code.id = id;
  code_ = &code;
  return code;
}

BodyChecker::Frame& BodyChecker::OpenFrame(Type* result, Type* message, Span span) {
  Frame& frame = *frames_.emplace_back(std::make_unique<Frame>());
  frame.result = result;
  frame.message = message;
  frame.outer = frame_;
  frame.span = span;
  frame_ = &frame;
  return frame;
}

void BodyChecker::Run() {
  const FnDecl& decl = world().decl(fn_);
  FunctionState& state = world().state(fn_);
  hir::FunctionId id = world().IdOf(fn_);
  OpenCode(id);
  hir::Function& out = world().program.functions[id.value];
  switch (decl.kind) {
    case FnKind::kExtern: {
      const auto& external = As<ast::ExternItem>(*decl.item);
      out.kind = hir::FunctionKind::kIntrinsic;
      out.extern_symbol = external.symbol;
      out.extern_blocking = external.is_blocking;
      code_->result = state.signature.type->Result();
      std::span<Type* const> params = state.signature.type->Params();
      for (size_t i = 0; i < params.size(); ++i) {
        out.params.push_back(NewLocal(state.params[i].name, params[i], state.params[i].span));
      }
      break;
    }
    case FnKind::kConst: {
      const auto& constant = As<ast::ConstItem>(*decl.item);
      out.kind = hir::FunctionKind::kConst;
      RunExpr(*constant.value, "a constant",
              constant.type != nullptr ? constant.type->span : Span());
      break;
    }
    case FnKind::kFieldDefault:
      RunExpr(*decl.expr, "the default of a field", decl.span);
      break;
    case FnKind::kActor:
      RunActor();
      break;
    case FnKind::kTest:
      RunBlock(*As<ast::TestItem>(*decl.item).body);
      break;
    case FnKind::kSetup:
      RunBlock(*As<ast::SetupItem>(*decl.item).body);
      break;
    case FnKind::kInterfaceMethod:
      if (decl.clauses[0]->body == nullptr) break;
      [[fallthrough]];
    case FnKind::kFunction:
    case FnKind::kMethod:
    case FnKind::kServiceFunction:
      RunClauses(decl.clauses);
      RunDefaults();
      break;
    case FnKind::kService:
      RunService();
      break;
    case FnKind::kServiceApi:
      RunServiceApi();
      break;
    case FnKind::kSupervisor:
      RunSupervisor();
      break;
    case FnKind::kChildStart:
      RunChildStart();
      break;
  }
  solver().Drain();
}

bool BodyChecker::IsSimple(ast::List<ast::Param> params) {
  return std::ranges::all_of(params, [](const ast::Param& param) {
    return param.pattern->kind == ast::PatternKind::kBind ||
           param.pattern->kind == ast::PatternKind::kWildcard;
  });
}

hir::LocalId BodyChecker::DeclareParam(const ast::Param& param, Type* type, bool quiet) {
  const auto* bind = ast::DynAs<ast::BindPattern>(*param.pattern);
  StringId name = bind != nullptr ? bind->name.id : StringId();
  hir::LocalId local = NewLocal(name, type, param.span);
  if (bind != nullptr) {
    Declare({name, local, type, bind->name.span}, quiet || param.is_self);
  }
  return local;
}

hir::Expr* BodyChecker::FunctionBody(const ast::Expr& body, Use use) {
  Why why{.kind = Why::kResult, .span = frame_->span, .fn = FnId()};
  return Check(body, frame_->result, why, use);
}

void BodyChecker::RunClauses(std::span<const ast::FnDecl* const> clauses) {
  const FnDecl& decl = world().decl(fn_);
  FunctionState& state = world().state(fn_);
  hir::Function& out = world().program.functions[code_->id.value];
  Type* type = state.signature.type;
  Span result_span = clauses[0]->result != nullptr ? clauses[0]->result->span : Span();
  Type* message = type->Message();
  // What its callers' messages are does not matter to one that fits them all.
  if (TypeStore::IsAnyMessage(message)) message = store().MessageVar(1);
  Frame& frame = OpenFrame(type->Result(), message, result_span);
  frame.result_written = state.result_written;
  code_->result = type->Result();
  bool is_main = decl.kind == FnKind::kFunction && world().symbols.module(module_).name.empty() &&
                 Text(decl.name) == "main" && !world().symbols.module(module_).parent.IsValid();
  frame.ends_program = is_main;
  bool of_library = decl.kind == FnKind::kMethod && !in_library_ &&
                    world().impls[decl.owner].interface.IsValid() &&
                    world().InLibrary(
                        world().symbols.interface(world().impls[decl.owner].interface).module);
  if (of_library) frame.no_self = "an impl of a built-in interface";
  Use use = is_main && !state.result_written ? Use::kUnused : Use::kValue;
  // The parameters of a method are given by its interface, used or not.
  bool quiet = decl.kind == FnKind::kInterfaceMethod ||
               (decl.kind == FnKind::kMethod && world().impls[decl.owner].interface.IsValid());
  std::span<Type* const> params = type->Params();
  size_t mark = OpenScope();
  if (clauses.size() == 1 && clauses[0]->guard == nullptr && IsSimple(clauses[0]->params)) {
    for (size_t i = 0; i < params.size(); ++i) {
      out.params.push_back(DeclareParam(clauses[0]->params[i], params[i], quiet));
    }
    out.body = FunctionBody(*clauses[0]->body, use);
    CloseScope(mark);
    CloseFrame();
    return;
  }
  hir::Match* match = arena().New<hir::Match>();
  std::vector<hir::Expr*> scrutinees;
  for (size_t i = 0; i < params.size(); ++i) {
    hir::LocalId local = NewLocal(StringId(), params[i], state.params[i].span);
    out.params.push_back(local);
    scrutinees.push_back(LocalValue(local, params[i], state.params[i].span).expr);
  }
  std::vector<hir::Arm> arms;
  for (const ast::FnDecl* clause : clauses) {
    std::vector<Binding> bindings;
    bindings_ = &bindings;
    std::vector<hir::Pattern*> patterns;
    for (size_t i = 0; i < params.size(); ++i) {
      patterns.push_back(CheckPattern(*clause->params[i].pattern, params[i]));
    }
    DeclareBindings(quiet);
    hir::Arm arm;
    arm.patterns = Copy(patterns);
    if (clause->guard != nullptr) arm.guard = CheckGuard(*clause->guard);
    arm.body = clause->body != nullptr ? FunctionBody(*clause->body, use)
                                       : UnitValue(clause->span).expr;
    arm.span = clause->name.span;
    arms.push_back(arm);
    CloseScope(mark);
  }
  match->scrutinees = Copy(scrutinees);
  match->arms = Copy(arms);
  match->function_name =
      arena().CopyString(std::string(Text(decl.name)) + "/" + std::to_string(params.size()));
  out.body = New(ExprKind::kMatch, type->Result(), decl.span);
  out.body->match = match;
  matches_.push_back({match, MatchSource::kClauses, decl.span});
  CloseFrame();
}

std::span<const hir::TypeId> BodyChecker::FixAll(std::span<Type* const> types) {
  std::vector<hir::TypeId> empty(types.size());
  std::span<hir::TypeId> slots = arena().CopyArray(std::span<const hir::TypeId>(empty));
  for (size_t i = 0; i < types.size(); ++i) Fix(&slots[i], types[i]);
  return slots;
}

void BodyChecker::FixCallee(hir::Callee* callee, FnId fn, std::span<Type* const> args) {
  pending_callees_.push_back({callee, fn, std::vector<Type*>(args.begin(), args.end())});
}

void BodyChecker::RunDefaults() {
  FunctionState& state = world().state(fn_);
  for (size_t i = 0; i < state.params.size(); ++i) {
    ParamInfo& param = state.params[i];
    if (!param.has_default) continue;
    Type* type = state.signature.type->Params()[i];
    std::string name = std::string(Text(world().decl(fn_).name)) + ".default." +
                       std::string(Text(param.name));
    if (!param.default_value.IsValid()) {
      param.default_value = world().NewFunction(module_, name);
    }
    OpenCode(param.default_value).result = type;
    Frame& frame = OpenFrame(type, store().MessageVar(1), param.span);
    frame.no_self = "the default of a parameter";
    frame.result_written = true;
    hir::Expr* body = Check(*param.ast->default_value, type,
                            {.kind = Why::kAnnotation, .span = param.span, .fn = FnId()});
    world().program.functions[param.default_value.value].body = body;
    CloseFrame();
  }
}

// A constant, or the default of a field: one expression outside of any actor.
void BodyChecker::RunExpr(const ast::Expr& expr, std::string_view what, Span written) {
  Type* type = world().state(fn_).signature.type->Result();
  code_->result = type;
  Frame& frame = OpenFrame(type, store().MessageVar(1), written);
  frame.no_self = what;
  Why why{.kind = Why::kAnnotation, .span = written, .fn = FnId()};
  world().program.functions[code_->id.value].body = Check(expr, type, why);
  CloseFrame();
}

void BodyChecker::RunBlock(const ast::BlockExpr& block) {
  const FnDecl& decl = world().decl(fn_);
  FunctionState& state = world().state(fn_);
  hir::Function& out = world().program.functions[code_->id.value];
  Type* type = state.signature.type;
  size_t mark = OpenScope();
  Frame& frame = OpenFrame(type->Result(), type->Message(), decl.span);
  code_->result = type->Result();
  Use use = Use::kValue;
  if (decl.kind == FnKind::kTest) {
    out.kind = hir::FunctionKind::kTest;
    frame.ends_program = true;
    use = Use::kUnused;
    const auto& test = As<ast::TestItem>(*decl.item);
    if (test.context != nullptr) RunTestContext(*test.context, out);
  }
  hir::Expr* body = FunctionBody(block, use);
  if (test_context_ != nullptr) {
    hir::Expr* with_context = New(ExprKind::kBlock, type->Result(), block.span);
    SetOperands(with_context, {test_context_, body});
    body = with_context;
  }
  out.body = body;
  CloseScope(mark);
  CloseFrame();
}

// `test "x" do |pattern| ..`: the parameter is what the nearest setup gives.
void BodyChecker::RunTestContext(const ast::Param& context, hir::Function& out) {
  const resolve::TestDecl& test = world().symbols.tests[world().decl(fn_).owner];
  Type* type = store().Error();
  if (test.setup.IsValid()) {
    inferer_.Ensure(test.setup);
    type = world().state(test.setup).signature.type->Result();
  } else {
    diagnostics()
        .Error(DiagnosticKind::kArgumentCount, context.span,
               "this test takes a parameter, but no setup gives one")
        .Help("write `setup do .. end` beside it; its value is the parameter");
  }
  if (context.type != nullptr) {
    AnnotationScope scope = inferer_.declarer.ScopeOf(fn_);
    Type* written = reader_.Read(*context.type, scope);
    Unify(type, written, context.type->span,
          {.kind = Why::kAnnotation, .span = context.type->span, .fn = FnId()});
  }
  hir::LocalId local = NewLocal(StringId(), type, context.span);
  out.params.push_back(local);
  std::vector<Binding> bindings;
  bindings_ = &bindings;
  hir::Expr* let = New(ExprKind::kLet, store().Unit(), context.span);
  let->pattern = CheckPattern(*context.pattern, type);
  SetOperands(let, {LocalValue(local, type, context.span).expr});
  DeclareBindings();
  test_context_ = let;
}

// ---------------------------------------------------------------------------------------------
// Scopes and nodes

hir::LocalId BodyChecker::NewLocal(StringId name, Type* type, Span span) {
  hir::Function& out = world().program.functions[code_->id.value];
  out.locals.push_back({name.IsValid() ? name : world().empty_name, hir::TypeId(), span});
  code_->local_types.push_back(type);
  return hir::LocalId(out.locals.size() - 1);
}

void BodyChecker::Declare(const Binding& binding, bool quiet) {
  Local local;
  local.name = binding.name;
  local.id = binding.id;
  local.type = binding.type;
  local.span = binding.span;
  std::string_view text = Text(binding.name);
  local.quiet = quiet || text.empty() || text[0] == '_';
  local.hidden = world().BindName(binding.name, static_cast<int32_t>(locals_.size()), this);
  locals_.push_back(local);
}

void BodyChecker::CloseScope(size_t mark) {
  while (locals_.size() > mark) {
    const Local& local = locals_.back();
    world().RestoreName(local.name, local.hidden);
    if (!local.used && !local.quiet && !in_library_) {
      diagnostics()
          .Warning(DiagnosticKind::kUnusedVariable, local.span,
                   "unused variable " + Quoted(local.name))
          .Help("write '_" + std::string(Text(local.name)) + "' if that is intended")
          .Fix(BeginOf(local.span), "_");
    }
    locals_.pop_back();
  }
}

BodyChecker::Local* BodyChecker::FindLocal(StringId name) {
  int32_t index = world().BoundName(name, this);
  if (index < 0) return nullptr;
  Local& local = locals_[static_cast<size_t>(index)];
  local.used = true;
  return &local;
}

hir::Expr* BodyChecker::New(ExprKind kind, Type* type, Span span) {
  hir::Expr* expr = arena().New<hir::Expr>();
  expr->kind = kind;
  expr->span = span;
  Fix(&expr->type, type);
  return expr;
}

Value BodyChecker::LocalValue(hir::LocalId local, Type* type, Span span) {
  Value value = Make(ExprKind::kLocal, type, span);
  value.expr->local = local;
  return value;
}

Value BodyChecker::TextValue(std::string_view text, Span span) {
  Value value = Make(ExprKind::kString, store().String(), span);
  value.expr->text = arena().CopyString(text);
  return value;
}

Value BodyChecker::IntValue(int64_t number, Span span) {
  Value value = Make(ExprKind::kInt, store().Int(), span);
  value.expr->int_value = number;
  return value;
}

// ---------------------------------------------------------------------------------------------
// Agreement

void BodyChecker::Unify(Type* actual, Type* expected, Span span, const Why& why) {
  bool keep = why.kind == Why::kElement || why.kind == Why::kField;
  Mismatch mismatch = store().Unify(actual, expected, keep);
  if (mismatch != Mismatch::kNone) ReportMismatch(mismatch, actual, expected, span, why);
  solver().Drain();
}

void BodyChecker::ReportMismatch(Mismatch mismatch, Type* actual, Type* expected, Span span,
                                 const Why& why) {
  std::vector<Type*> names;
  std::string wanted = store().Print(expected, names);
  std::string found = store().Print(actual, names);
  if (mismatch == Mismatch::kInfinite) {
    diagnostics()
        .Error(DiagnosticKind::kInfiniteType, span, "a type would contain itself")
        .Label(found + " and " + wanted + " would have to be one type");
    return;
  }
  DiagnosticKind kind = DiagnosticKind::kMismatchedTypes;
  if (mismatch == Mismatch::kMessages || why.kind == Why::kMessage) {
    kind = DiagnosticKind::kMessageType;
  }
  if (why.kind == Why::kGuard) kind = DiagnosticKind::kGuardNotBool;
  auto report = diagnostics().Error(kind, span, "expected " + wanted + ", found " + found);
  switch (why.kind) {
    case Why::kNone:
    case Why::kPattern:
      break;
    case Why::kArgument: {
      const std::vector<ParamInfo>& params = world().state(why.fn).params;
      std::string name(why.index < params.size() ? Text(params[why.index].name) : "");
      std::string text = name.empty() ? "parameter " + std::to_string(why.index + 1)
                                      : "parameter '" + name + "'";
      Span place = why.index < params.size() ? params[why.index].span : Span();
      report.Note(place, text + " of " + Quoted(world().decl(why.fn).name) + " is " + wanted);
      break;
    }
    case Why::kResult:
      if (why.span.IsValid()) report.Note(why.span, "the function's result is " + wanted);
      break;
    case Why::kBranch:
      if (why.span.IsValid()) report.Note(why.span, "the branch before is " + wanted);
      report.Help("all branches of an expression have one type");
      break;
    case Why::kElement:
      if (why.span.IsValid()) report.Note(why.span, "the element before is " + wanted);
      break;
    case Why::kCondition:
      report.Label("a condition is a Bool");
      break;
    case Why::kGuard:
      report.Label("a guard is a Bool");
      break;
    case Why::kOperand:
      if (why.span.IsValid()) report.Note(why.span, "the left operand is " + wanted);
      if ((wanted == "Int" && found == "Float") || (wanted == "Float" && found == "Int")) {
        report.Help("Int and Float do not mix: convert with `Int.to_float(n)` or "
                    "`Float.to_int(f)`");
      }
      break;
    case Why::kField:
      if (why.span.IsValid()) report.Note(why.span, "the field is " + wanted);
      break;
    case Why::kAnnotation:
      if (why.span.IsValid()) report.Note(why.span, "the type is written here");
      break;
    case Why::kMessage:
      report.Label("this actor takes messages of type " + wanted);
      if (why.span.IsValid()) report.Note(why.span, "the actor is this one");
      break;
    case Why::kIndex:
      report.Label("an index is " + wanted);
      break;
  }
}

void BodyChecker::UnifyMessage(Type* message, Span span, std::string_view what) {
  if (TypeStore::IsAnyMessage(message) || TypeStore::IsAnyMessage(frame_->message)) return;
  if (store().Unify(message, frame_->message) != Mismatch::kNone) {
    std::vector<Type*> names;
    std::string theirs = store().Print(message, names);
    std::string ours = store().Print(frame_->message, names);
    diagnostics()
        .Error(DiagnosticKind::kMessageType, span,
               std::string(what) + " runs in an actor with messages of type " + theirs)
        .Label("but this one's are " + ours)
        .Help("an actor has one type of messages; join both in one sum type");
  }
  solver().Drain();
}

}  // namespace snow::types
