// Infers one function's body and builds its typed core.
//
// Expressions are inferred bottom-up with the expected type pushed inwards. Each result is a Value:
// the node, whose `type` is filled when the group of the function ends, and the type as it is known
// so far. Uses of types that are not known yet leave a node behind that is completed later (Retry).
//
// The parts are in files by family: body_block.cc, body_expr.cc, body_name.cc, body_call.cc,
// body_member.cc, body_closure.cc, body_match.cc, body_loop.cc, body_actor.cc, pattern.cc.
#ifndef SNOWC_TYPES_BODY_H_
#define SNOWC_TYPES_BODY_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "snowc/types/constraint.h"
#include "snowc/types/infer.h"
#include "snowc/types/world.h"

namespace snow::types {

struct Value {
  hir::Expr* expr = nullptr;
  Type* type = nullptr;
};

// What becomes of a value.
enum class Use : uint8_t {
  kValue,
  kUnused,  // dropped: a `for` builds nothing
  kJoin,    // meets the values of other branches: a `for` that meets unit builds nothing
};

// Why a type is expected; said with the error.
struct Why {
  enum Kind : uint8_t {
    kNone,
    kArgument,    // of `fn`, parameter `index`
    kResult,      // of the function at hand
    kBranch,      // the other branch at `span`
    kElement,     // the elements before, at `span`
    kCondition,
    kOperand,     // the left operand at `span`
    kField,       // defined at `span`
    kAnnotation,  // at `span`
    kMessage,     // of the pid at `span`
    kGuard,
    kPattern,
    kIndex,
  };
  Kind kind = kNone;
  Span span;
  FnId fn;
  size_t index = 0;
};

// An argument of a call, not yet inferred (ast) or so already (value).
struct Argument {
  const ast::Expr* ast = nullptr;
  Value value;
  StringId keyword;
  Span span;
  bool is_trailing = false;
};

struct CallArguments {
  std::vector<Argument> positional;
  std::vector<Argument> keywords;
  std::optional<Argument> trailing;
  Span span;  // of the parentheses, or of the call
};

// What a name or a path in an expression means, when it is no value at hand.
struct Target {
  enum Kind : uint8_t {
    kNone,
    kError,      // reported
    kFunction,   // fn
    kMethod,     // fn: an interface's method; self: the type it is asked of, or null
    kVariant,    // con, variant
    kText,       // a String constant, `__name_col__()`
    kTuple,      // a function of module Tuple: name
  };
  Kind kind = kNone;
  FnId fn;
  Type* self = nullptr;
  hir::TyConId con;
  uint32_t variant = 0;
  StringId name;
};

// The left side of a pipe, on its way into the call that it is an argument of.
struct Piped {
  Argument argument;
  size_t position = 0;
  ast::PipeTarget target{};
};

class BodyChecker : public ConstraintOwner {
 public:
  BodyChecker(Inferer& inferer, FnId fn);

  // Infers the body and fills the function of the typed core, but for types.
  void Run();
  // Settles a use that nothing has decided; the last resort of chapter 2, section 2.
  void Settle(Constraint& constraint);
  // What a service leaves open, before its group becomes general.
  void CloseService();
  // Numbers generics of local functions and fixes the types of locals; the group is closed.
  void Close();
  // Warnings and checks that need final types; fewer of them where errors were reported.
  void CheckClosed(bool failed);

  bool Retry(Constraint& constraint) override;

  FnId fn() const { return fn_; }

 private:
  struct Local {
    StringId name;
    hir::LocalId id;
    Type* type = nullptr;
    const Signature* scheme = nullptr;  // general
    Span span;
    int32_t hidden = -1;  // the binding of the same name that this one hides
    bool used = false;
    bool quiet = false;  // being unused is no matter
    bool is_poly = false;
    // Uses of a local function within itself, which get their type arguments when it is general.
    std::vector<hir::Expr*>* own_uses = nullptr;
  };

  // A function or closure that is being inferred.
  struct Frame {
    Type* result = nullptr;
    Type* message = nullptr;
    Frame* outer = nullptr;
    int loops = 0;
    bool is_closure = false;
    bool result_written = false;
    bool ends_program = false;    // `?` may end the program: main and tests
    std::string_view no_self;     // why self() and receive are not allowed here; empty: they are
    Span span;
  };

  struct Binding {
    StringId name;
    hir::LocalId id;
    Type* type;
    Span span;
  };

  // A use of something whose type is not known yet; `node` is completed by Retry.
  struct Code;
  struct UseConstraint : Constraint {
    enum What : uint8_t { kField, kMethod, kIndex, kFor, kTry };
    What what = kField;
    Value object;
    ast::Name name;
    CallArguments args;  // inferred
    Value index;
    hir::Expr* node = nullptr;
    Type* result = nullptr;
    Frame* frame = nullptr;
    Code* code = nullptr;
    const Givens* givens = nullptr;
    hir::ForLoop* loop = nullptr;
    Type* item = nullptr;
    hir::TryInfo* info = nullptr;
  };

  // A `for` among branches: a List unless it meets unit.
  struct PendingFor {
    hir::Expr* node;
    hir::ForLoop* loop;
    Type* result;
    Value body;
    Span span;
  };

  struct PolyInfo {
    Signature* scheme;
    hir::PolyBinding* binding;
    int outer;  // index into Code::polys, -1: the function itself
    uint32_t first = 0;
    uint32_t count = 0;
  };

  enum class MatchSource : uint8_t { kClauses, kClosure, kCase, kLet };
  struct MatchToCheck {
    hir::Match* match;
    MatchSource source;
    Span span;
  };

  // A function of the typed core that is being built: the function itself, a default of a
  // parameter, a terminate block.
  struct Code {
    hir::FunctionId id;
    std::vector<Type*> local_types;  // by LocalId
    std::vector<PolyInfo> polys;
    int poly = -1;  // the local function that is being inferred
    Type* result = nullptr;
  };

  // What a path before a dot names; one name may be several things at once.
  struct Entity {
    ast::Name name{};
    ModuleId module;
    resolve::TypeId type;
    InterfaceId interface;
    Type* param = nullptr;  // a type parameter, or Self
    bool IsEmpty() const {
      return !module.IsValid() && !type.IsValid() && !interface.IsValid() && param == nullptr;
    }
  };

  // Branches that meet: one type, and whether a `for` among them builds.
  struct Join {
    Type* result = nullptr;
    Use use = Use::kValue;
    size_t fors = 0;  // where those of this join begin in fors_
    Span first;       // the first branch with a value
    bool any = false;
  };

  // Which argument goes to which parameter.
  struct Slots {
    std::vector<Argument*> slots;  // null: the default
    std::vector<Argument*> extra;  // keywords that go into a Map
    int map_param = -1;
  };

  struct PendingCallee {
    hir::Callee* callee;
    FnId fn;
    std::vector<Type*> args;
  };

  // --- body.cc: the function, scopes, nodes ---
  // Ways to fill the typed core with types that are not known yet.
  void Fix(hir::TypeId* slot, Type* type) { fixups_.push_back({slot, type}); }
  std::span<const hir::TypeId> FixAll(std::span<Type* const> types);
  // `callee` gets its type arguments when the group ends; `args` are those of the written generics.
  void FixCallee(hir::Callee* callee, FnId fn, std::span<Type* const> args);
  void RunClauses(std::span<const ast::FnDecl* const> clauses);
  void RunDefaults();
  void RunExpr(const ast::Expr& expr, std::string_view what, Span written);
  void RunActor();
  void RunBlock(const ast::BlockExpr& block);
  void RunTestContext(const ast::Param& context, hir::Function& out);
  Code& OpenCode(hir::FunctionId id);
  Frame& OpenFrame(Type* result, Type* message, Span span);
  void CloseFrame() { frame_ = frame_->outer; }
  // Declares simple parameters (names and wildcards), or says that a match is needed.
  static bool IsSimple(ast::List<ast::Param> params);
  hir::LocalId DeclareParam(const ast::Param& param, Type* type, bool quiet);
  hir::Expr* FunctionBody(const ast::Expr& body, Use use);
  hir::LocalId NewLocal(StringId name, Type* type, Span span);
  void Declare(const Binding& binding, bool quiet);
  size_t OpenScope() const { return locals_.size(); }
  void CloseScope(size_t mark);
  Local* FindLocal(StringId name);
  hir::Expr* New(hir::ExprKind kind, Type* type, Span span);
  Value Make(hir::ExprKind kind, Type* type, Span span) { return {New(kind, type, span), type}; }
  Value ErrorValue(Span span) { return Make(hir::ExprKind::kUnit, store().Error(), span); }
  Value LocalValue(hir::LocalId local, Type* type, Span span);
  Value UnitValue(Span span) { return Make(hir::ExprKind::kUnit, store().Unit(), span); }
  Value TextValue(std::string_view text, Span span);
  Value IntValue(int64_t value, Span span);
  template <typename T>
  std::span<T const> Copy(const std::vector<T>& items) {
    return arena().CopyArray(std::span<const T>(items));
  }
  void SetOperands(hir::Expr* expr, const std::vector<hir::Expr*>& operands) {
    expr->operands = Copy(operands);
  }
  // Reports (E0001 and its kin) unless the two agree.
  void Unify(Type* actual, Type* expected, Span span, const Why& why);
  void ReportMismatch(Mismatch mismatch, Type* actual, Type* expected, Span span, const Why& why);
  void UnifyMessage(Type* message, Span span, std::string_view what);
  Type* NewVar() { return store().Var(solver().level); }

  // --- body_expr.cc ---
  Value Infer(const ast::Expr& expr, Type* expected, Use use = Use::kValue);
  hir::Expr* Check(const ast::Expr& expr, Type* expected, const Why& why, Use use = Use::kValue);
  hir::Expr* CheckValue(Value value, Type* expected, const Why& why);
  Value InferString(const ast::StringExpr& expr);
  Value InferList(const ast::ListExpr& expr, Type* expected);
  Value InferMap(const ast::MapExpr& expr, Type* expected);
  Value BuildMap(Type* map, const std::vector<std::pair<hir::Expr*, hir::Expr*>>& items,
                 Span span);
  Value InferTuple(const ast::TupleExpr& expr, Type* expected);
  bool IsParamList(Type* type) const;
  hir::Expr* ConvertInto(Value value, Type* target);
  Value InferUnary(const ast::UnaryExpr& expr);
  Value InferBinary(const ast::BinaryExpr& expr, Type* expected);
  Value Compute(ast::BinaryOp binary, Value left, Value right, Span span);
  Value InferLogical(const ast::BinaryExpr& expr);
  Value InferIf(const ast::IfExpr& expr, Type* expected, Use use);
  Join OpenJoin(Type* expected, Use use);
  hir::Expr* JoinBranch(Join& join, const ast::Expr& branch);
  Type* CloseJoin(Join& join);
  static Span LastSpan(const ast::Expr& expr);
  Value Drop(Value value);
  Value InferReturn(const ast::ReturnExpr& expr);
  Value InferAssert(const ast::AssertExpr& expr);
  Value Display(Value value, Span span);
  hir::Expr* BindTemporary(hir::LocalId local, Value value, Span span);
  // A call of a method of an interface, `args` already inferred.
  Value CallMethod(InterfaceId interface, std::string_view name, Type* self,
                   std::span<Type* const> interface_args, std::vector<hir::Expr*> args, Span span,
                   Reason reason);
  Value CallLibrary(std::string_view module, std::string_view name, std::vector<Value> args,
                    Span span);
  std::string SourceText(Span span) const;
  std::string PlaceText(Span span) const;

  // --- body_block.cc ---
  Value InferBlock(const ast::BlockExpr& block, Type* expected, Use use);
  void InferLet(const ast::LetStmt& stmt, std::vector<hir::Expr*>& out);
  void InferLocalFunction(std::span<const ast::FnDecl* const> clauses,
                          std::vector<hir::Expr*>& out);
  bool IsGeneralisable(const ast::Expr& expr);
  // Turns the free variables of `type` above `level` into parameters of `scheme`, or of a new one;
  // null when there are none.
  Signature* GeneraliseLocal(Type* type, uint32_t level, size_t pending_begin, size_t first_use,
                             Signature* scheme);
  void InferGeneralLet(const ast::LetStmt& stmt, const ast::BindPattern& bind,
                       std::vector<hir::Expr*>& out);
  hir::Expr* NewPoly(size_t index, Signature* scheme, hir::LocalId local, hir::Expr* value,
                     Span span);
  void LowerUse(UseConstraint& use, uint32_t level);
  static bool IsUpper(std::string_view text);
  bool IsPath(const ast::Expr& expr) const;

  // --- body_name.cc ---
  Value InferName(const ast::NameExpr& expr, Type* expected);
  Value LocalUse(Local& local, Span span);
  Target FindNameTarget(const ast::Name& name, Type* expected);
  bool ServiceFunction(StringId name, Target& target) const;
  Entity FindEntity(const ast::Expr& expr);
  Entity FindNameEntity(const ast::Name& name);
  Entity FindEntityIn(const Entity& outer, const ast::Name& name);
  Entity FindPathEntity(std::span<const ast::Name> path);
  ModuleId FindImportedModule(std::span<const ast::Name> path);
  Target FindMemberTarget(const Entity& entity, const ast::Name& name, Type* expected);
  Target FindModuleMember(ModuleId module, const ast::Name& name, Type* expected);
  Target FindTypeMember(Type* self, const ast::Name& name);
  Target FindInterfaceMember(InterfaceId interface, StringId name, Type* self);
  bool FindServiceMember(const TypeInfo& info, const ast::Name& name, Target& target) const;
  bool SchemaColumn(hir::TyConId con, StringId name, Target& target);
  InterfaceMethod PickInterfaceMethod(Type* self, const ast::Name& name, bool needs_self,
                                      bool& ambiguous);
  Target PickVariant(const std::vector<resolve::VariantCandidate>& candidates, Type* expected,
                     const ast::Name& name);
  Target ExpectedVariant(Type* expected, StringId name);
  void ReportUnknownName(const ast::Name& name);
  void ReportNoEntityMember(const Entity& entity, const ast::Name& name);
  Value TargetValue(const Target& target, Span span, Type* expected);
  Instance InstantiateTarget(const Target& target, Span span);
  Value VariantValue(const Target& target, Span span, Type* expected);
  Type* InstantiateVariant(const Target& target, std::vector<Type*>& fields);
  Type* FreshType(hir::TyConId con);
  Type* TypeOfDecl(resolve::TypeId id);
  bool IsLibraryType(resolve::TypeId type) const;
  Type* FindTypeParam(StringId name);
  bool CheckVisible(const resolve::FnDecl& decl, const ast::Name& name);

  // --- body_call.cc ---
  CallArguments ArgumentsOf(const ast::CallExpr& call, const Piped* piped);
  Value InferCall(const ast::CallExpr& call, const Piped* piped, Type* expected);
  bool IsFailedImport(StringId name) const;
  bool IsUnknownEntity(const ast::Expr& expr);
  Value InferPipe(const ast::PipeExpr& pipe, Type* expected, Use use);
  Value InferPiped(const ast::Expr& expr, const Piped& piped, Type* expected, Use use);
  Value CallTarget(const Target& target, CallArguments args, Span span, Type* expected);
  Value CallFunction(const Target& target, CallArguments args, Span span, Type* expected);
  Value CallVariant(const Target& target, CallArguments args, Span span, Type* expected);
  Value CallValue(Value callee, CallArguments args, Span span, Type* expected);
  Value CallTuple(StringId name, CallArguments& args, Span span);
  Value TupleAt(Value object, Value index, Span span);
  bool BindArguments(FnId fn, Type* type, CallArguments& args, Slots& slots, Span span);
  Value FinishCall(Value call, std::vector<hir::Expr*>& operands,
                   const std::vector<size_t>& order, std::span<Type* const> types);
  hir::Expr* DefaultArgument(FnId fn, size_t index, Type* type, const Instance& instance,
                             Span span);
  hir::Expr* CheckArgument(Argument& argument, Type* expected, const Why& why);
  void InferAll(CallArguments& args);
  void ReportCount(const resolve::FnDecl& decl, size_t wanted, size_t given, Span span);
  Value MapOfKeywords(const std::vector<Argument*>& extra, Type* map_type, Span span);
  void SetCallee(hir::Expr* call, FnId fn, bool is_method, const Instance& instance);

  // --- body_member.cc ---
  Value InferField(const ast::FieldExpr& expr, Type* expected);
  Value FieldOf(Value object, const ast::Name& name, Span span);
  Value CallMember(Value object, const ast::Name& name, CallArguments args, Span span,
                   Type* expected);
  Target FindMethod(Type* type, const ast::Name& name);
  Target FindLibraryMethod(Type* type, StringId name);
  int FindField(Type* type, StringId name) const;
  Type* FieldType(Type* type, const FieldInfo& field);
  Value GetField(Value object, int index, Span span);
  bool CheckFieldVisible(Type* type, const ast::Name& name);
  void ReportNoMember(Type* type, const ast::Name& name, bool is_call);
  bool SettleField(UseConstraint& use);
  bool SettleMethod(UseConstraint& use);
  hir::TyConId OnlyStructWith(std::span<const StringId> names);
  Value InferIndex(const ast::IndexExpr& expr);
  Value IndexOf(Value object, Value index, Span span);
  Value Defer(UseConstraint::What what, Value object, const ast::Name& name, Type* var, Span span,
              UseConstraint** made);
  void Complete(UseConstraint& use, Value value);
  bool RetryUse(UseConstraint& use, bool last);
  void ReportUnsettled(UseConstraint& use);

  // --- body_closure.cc ---
  Value InferClosure(const ast::ClosureExpr& closure, Type* expected);
  // A closure over the clauses of a local function or closure (both have params, guard and body).
  template <typename Clause>
  Value ClosureOf(std::span<Clause const* const> clauses, std::span<Type* const> params,
                  Type* result, Type* message, Span result_span, Span span,
                  std::string_view name);
  Value ClosureOfClauses(std::span<const ast::FnDecl* const> clauses,
                         std::span<Type* const> params, Type* result, Type* message,
                         const ast::Type* written, Span span, std::string_view name);
  Type* FewerParams(const ast::Expr& expr, Type* wanted);
  hir::Expr* CheckCallback(Argument& argument, Type* type, const Why& why);

  // --- body_match.cc, pattern.cc ---
  Value InferCase(const ast::CaseExpr& expr, Type* expected, Use use);
  hir::Expr* CheckGuard(const ast::Expr& guard);
  void ReportNoField(const std::string& owner, const std::vector<FieldInfo>& fields, StringId name,
                     Span span, Span definition);
  Type* FindStruct(const ast::Path& path);
  Value InferStruct(const ast::StructExpr& expr, Type* expected);
  hir::Expr* DefaultField(hir::TyConId con, size_t index, Type* type, Type* field_type, Span span);
  Value InferUpdate(const ast::UpdateExpr& expr);
  hir::Pattern* CheckPattern(const ast::Pattern& pattern, Type* type);
  hir::Pattern* CheckConstructor(const ast::ConstructorPattern& pattern, Type* type);
  hir::Pattern* CheckStructPattern(const ast::StructPattern& pattern, Type* type);
  hir::Pattern* CheckOrPattern(const ast::OrPattern& pattern, Type* type);
  void ReportOrBinding(StringId name, Span bound_at, Span lacks);
  hir::Pattern* BindName(const ast::Name& name, Type* type, Span span);
  hir::Pattern* NewPattern(hir::PatternKind kind, Type* type, Span span);
  hir::Pattern* Wildcard(Type* type, Span span);
  Type* ListElement(Type* type, Span span);
  Target FindConstructor(const ast::Path& path, Type* type);
  // Declares what the pattern bound.
  void DeclareBindings(bool quiet = false);

  // --- body_loop.cc ---
  Value InferWhile(const ast::WhileExpr& expr);
  Value InferFor(const ast::ForExpr& expr, Type* expected, Use use);
  void StartFor(hir::ForLoop* loop, Value iterable, Type* item, const ast::ForExpr& expr);
  void FinishFor(hir::ForLoop* loop, Value iterable, Type* item, Span span);
  void SetLoopCallee(hir::Callee& callee, InterfaceId interface, std::string_view name,
                     Type* self);
  void DecideFor(const PendingFor& pending, bool builds);
  void DecideFors(size_t begin);
  bool RetryFor(UseConstraint& use, bool last);
  Value InferTry(const ast::TryExpr& expr);
  Value TryOf(Value operand, Span span);
  bool RetryTry(UseConstraint& use, bool last);
  void ConvertError(UseConstraint& use, Type* error, Type* wanted, bool last);
  bool EndByTry(UseConstraint& use, Type* operand);

  // --- body_actor.cc ---
  void RunActorBlock(const ast::ActorItem& actor, const ast::BlockExpr& block, Type* result,
                     bool quiet);
  void CheckIrrefutable(hir::Pattern* pattern, Span span);
  Type* RuntimeMessage();
  Value InferSelf(CallArguments& args, Span span);
  bool IsSignalPattern(const ast::Pattern& pattern);
  Value InferReceive(const ast::ReceiveExpr& expr, Type* expected, Use use);
  hir::Expr* CheckLimit(const ast::Expr& limit);
  Value InferAssertReceive(const ast::AssertReceiveExpr& expr);
  bool CallBuiltin(const ast::Name& name, CallArguments& args, Span span, Value& result);
  void SpawnOptions(CallArguments& args, std::vector<Value>& options, Span span);
  Value CallSpawn(bool linked, CallArguments& args, Span span);
  hir::Expr* Temporary(Value value, std::vector<hir::Expr*>& statements);
  Value CallIntrinsic(FnId fn, Type* type_arg, const std::vector<Value>& args, Type* result,
                      Span span);
  bool SpawnedSupervisor(const Argument& argument, Value& callee, Type*& pid_type);
  Type* MessageTo(Type* pid, Span span);
  hir::Expr* CheckMessage(Argument& argument, Type* pid, Span pid_span, Type*& message);
  Value CallSend(CallArguments& args, Span span);

  Value CallLibraryWith(FnId fn, std::span<Type* const> type_args, const std::vector<Value>& args,
                        Type* result, Span span);

  // --- body_service.cc ---
  struct HandlerParam {
    StringId name;
    Type* type;
    Span span;
    const ast::Param* ast;  // matched by this pattern; null: bound to `name`
  };
  ServiceInfo& Service() const;
  const resolve::ServiceDecl& ServiceDecl() const;
  Type* ServiceType() const;
  void RunService();
  void RunServiceApi();
  void RunApiDefaults();
  hir::Expr* MatchParam(const ast::Param& param, hir::LocalId local, Type* type, bool quiet);
  hir::FunctionId HandlerFunction(std::string_view name, std::span<const HandlerParam> params,
                                  const ast::Param* state, Type* result,
                                  const ast::BlockExpr& body);
  Value CallId(hir::FunctionId id, const std::vector<hir::Expr*>& args, Type* result, Span span);
  hir::ReceiveArm CallArm(const HandlerInfo& handler, uint32_t variant, hir::LocalId state);
  hir::ReceiveArm InfoArm(const ast::InfoHandler& handler, hir::LocalId state);
  Value MakeMessage(uint32_t variant, const std::vector<hir::Expr*>& fields, Span span);
  hir::Expr* ApiCall(const HandlerInfo& call, uint32_t variant, const std::vector<Value>& params);
  hir::Expr* ApiCast(const HandlerInfo& cast, uint32_t variant, const std::vector<Value>& params);
  hir::Expr* ApiStart(const std::vector<Value>& params);
  static bool HasFreeVar(Type* type);

  // --- body_supervisor.cc ---
  void RunSupervisor();
  void RunChildStart();
  int64_t Word(const ast::SupervisorEntry* entry, std::span<const std::string_view> words,
               int64_t otherwise, DiagnosticKind kind, std::string_view what);
  int64_t IntEntry(const ast::SupervisorEntry* entry, int64_t otherwise);
  Value ChildSpec(const ast::Child& child, bool is_template);
  Value ChildStart(const ast::Child& child, bool is_template, Type*& pid);
  int64_t Shutdown(const ast::Child& child, Type* pid);
  void ReportStart(Type* type, Span span);
  Value CallStartChild(CallArguments& args, Span span);
  FnId FindTemplate(Type* sup, size_t arguments, Span span);
  void BindFree(Type* type);

  // --- body_close.cc ---
  bool FitsType(const hir::Pattern& pattern) const;
  void CheckMatch(const MatchToCheck& check);
  void CheckReceive(const hir::Receive& receive);
  void CloseMain();

  World& world() const { return inferer_.world; }
  TypeStore& store() const { return inferer_.world.store; }
  Solver& solver() const { return inferer_.solver; }
  Arena& arena() const { return *inferer_.world.program.arena; }
  Diagnostics& diagnostics() const { return inferer_.world.diagnostics; }
  const Known& known() const { return inferer_.world.known; }
  std::string_view Text(StringId id) const { return inferer_.world.Text(id); }
  std::string Quoted(StringId id) const { return inferer_.world.Quoted(id); }

  Inferer& inferer_;
  FnId fn_;
  ModuleId module_;
  bool in_library_;
  AnnotationReader reader_;
  Givens own_givens_;
  const Givens* givens_ = &own_givens_;
  Frame* frame_ = nullptr;
  std::vector<Local> locals_;           // innermost last
  std::vector<Binding>* bindings_ = nullptr;  // of the pattern at hand
  // In a later alternative of an or-pattern: what the first one bound, and what was met so far.
  std::vector<Binding>* or_bindings_ = nullptr;
  std::vector<StringId> or_seen_;
  std::vector<std::pair<hir::TypeId*, Type*>> fixups_;
  std::vector<PendingCallee> pending_callees_;
  // Callees to be copied from calls that were made for them alone.
  std::vector<std::pair<hir::Callee*, const hir::Expr*>> convert_callees_;
  std::vector<const hir::Receive*> receives_;
  std::deque<Code> codes_;
  Code* code_ = nullptr;
  std::vector<AnnotationScope::GenericName> type_names_;  // generics of local functions
  std::vector<PendingFor> fors_;
  std::vector<std::unique_ptr<Frame>> frames_;
  std::vector<std::unique_ptr<Signature>> schemes_;
  std::vector<std::unique_ptr<Givens>> givens_store_;
  std::vector<std::unique_ptr<UseConstraint>> uses_;
  std::vector<MatchToCheck> matches_;
  std::vector<Value> unused_values_;   // of statements
  std::vector<Value> dropped_values_;  // blocks { value; unit }, to be unit itself where it is
  hir::Expr* test_context_ = nullptr;
};

}  // namespace snow::types

#endif  // SNOWC_TYPES_BODY_H_
