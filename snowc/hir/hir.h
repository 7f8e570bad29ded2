// The typed core of a program: what leaves the checker and enters lowering.
//
// Names are resolved, types inferred, surface forms desugared (clauses, pipes, keyword arguments,
// services, supervisors, trailing closures). Code is still generic: a function lists its type
// parameters, and every use of it says what they stand for. Lowering (snowc/lower) instantiates
// from the roots and never reports a type error of its own, but for the limits of spec 02
// (polymorphic recursion).
//
// What types say here. Message types are erased from function types: the last argument of a kFun is
// always Any, and a function has a `message_generic` only where its code names that type (self(), a
// receive, a call of another such function). A Pid's argument may differ between a value and the
// place where it goes (a bare Pid agrees with every Pid), within other types too. An expression of
// type Never may stand where any type is wanted. A block of one operand is that operand.
//
// Ownership: all nodes live in Program::arena and are plain data linked by raw pointers; spans and
// arrays are arena memory too. Thread-safety: immutable once the checker has returned it.
#ifndef SNOWC_HIR_HIR_H_
#define SNOWC_HIR_HIR_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "snowc/base/arena.h"
#include "snowc/base/index.h"
#include "snowc/base/interner.h"
#include "snowc/base/source.h"
#include "snowc/hir/type.h"

namespace snow::hir {

using FunctionId = Index<struct FunctionIdTag>;
using InterfaceId = Index<struct InterfaceIdTag>;
using ImplId = Index<struct ImplIdTag>;
// A local variable of one function (parameters included), unique in that function.
using LocalId = Index<struct LocalIdTag>;

// ---------------------------------------------------------------------------------------------
// Callees: what a call or a function value names.

enum class CalleeKind : uint8_t {
  kFunction,  // a function; type_args fill Function::generics in order
  kMethod,    // a method of an interface: type_args are [Self, interface arguments…, the method's
              // own generics…]; lowering finds the impl for the concrete types
};

struct Callee {
  CalleeKind kind = CalleeKind::kFunction;
  FunctionId function;    // kFunction
  InterfaceId interface;  // kMethod
  uint32_t method = 0;    // kMethod: index into Interface::methods
  std::span<const TypeId> type_args;
};

// ---------------------------------------------------------------------------------------------
// Patterns. Every pattern carries the type of what it matches.

enum class PatternKind : uint8_t {
  kWildcard,
  kBind,    // local
  kInt,     // int_value
  kFloat,   // float_value (compares by ==)
  kString,  // text
  kAtom,    // text
  kBool,    // int_value 0 or 1
  kUnit,
  kTuple,    // subs: all elements
  kVariant,  // variant: index; subs: all fields by position (wildcards filled in)
  kStruct,   // subs: all fields by position (wildcards filled in)
  kList,     // subs: the first elements; has_rest: more may follow, `rest` matches them (or null)
  kOr,       // subs: alternatives, all binding the same locals (the same LocalIds)
  kAs,       // subs[0], and local is bound to the whole
};

struct Pattern {
  PatternKind kind = PatternKind::kWildcard;
  bool has_rest = false;
  uint32_t variant = 0;
  TypeId type;
  Span span;
  LocalId local;
  int64_t int_value = 0;
  double float_value = 0;
  std::string_view text;
  std::span<Pattern* const> subs;
  Pattern* rest = nullptr;
};

// ---------------------------------------------------------------------------------------------
// Expressions.

enum class ExprKind : uint8_t {
  kInt,
  kFloat,
  kBool,
  kString,
  kAtom,
  kUnit,           // literals: int_value / float_value / text
  kLocal,          // local
  kPolyLocal,      // local bound by a LetPoly; type_args instantiate its generics
  kFunctionValue,  // callee, as a value
  kCall,           // callee(args)
  kCallValue,      // operands[0] called with operands[1…]
  kClosure,        // closure
  kBlock,          // operands: statements, the last is the value (a block always has one)
  kLet,            // pattern (irrefutable) = operands[0]; type unit. Scope: the rest of the block
  kLetPoly,        // poly: a generalised binding; type unit. See PolyBinding
  kIf,             // operands: condition, then, else
  kAnd,
  kOr,      // short circuit, operands[0], [1]
  kMatch,   // match
  kWhile,   // operands: condition, body; type unit
  kFor,     // for_loop
  kReturn,  // operands[0]; type Never
  kBreak,
  kContinue,     // of the innermost while/for; type Never
  kTuple,        // operands
  kTupleGet,     // operands[0], index
  kStruct,       // operands: all fields in declaration order (evaluation order is the given order;
                 // where the source differs the checker has bound temporaries)
  kFieldGet,     // operands[0] a struct, index
  kUpdate,       // operands[0] a struct, operands[1…] the new values of fields[i]
  kVariant,      // index: variant; operands: fields
  kList,         // operands
  kInterpolate,  // operands: Strings to be joined (literal parts included)
  kTry,          // operands[0] an Option or Result; see TryInfo
  kReceive,      // receive
  kSelf,         // Pid of the running actor
  kPanic,        // operands[0]: a String; type Never
};

struct Expr;

// One arm of a match: patterns (one per scrutinee), an optional guard, a body.
struct Arm {
  std::span<Pattern* const> patterns;
  Expr* guard = nullptr;
  Expr* body = nullptr;
  Span span;
};

struct Match {
  std::span<Expr* const> scrutinees;  // evaluated once, left to right
  std::span<const Arm> arms;
  // What happens when no arm matches: nothing can (exhaustive), or a panic that names the function
  // and shows the scrutinees by Debug ("no clause of area/1 matches (…)").
  bool exhaustive = true;
  std::string_view function_name;  // for the panic
};

struct Closure {
  std::span<const LocalId> params;
  Expr* body = nullptr;
};

// A generalised local binding (`let id = fn x -> x end`, a local `fn`). It is pure, so each use
// (kPolyLocal) builds its value anew, with `generics` replaced by the use's type_args; free locals
// are those in scope at the binding. The generics are numbered after those of the enclosing
// function (and of enclosing poly bindings): params first_generic, first_generic + 1, ….
// A recursive local function refers to itself by kPolyLocal with its own generics as arguments.
struct PolyBinding {
  LocalId local;
  uint32_t first_generic = 0;
  uint32_t generic_count = 0;
  Expr* value = nullptr;
};

struct ForLoop {
  Pattern* pattern = nullptr;  // irrefutable
  Expr* iterable = nullptr;
  Callee iter;  // Iterable.iter for the iterable's type
  Callee next;  // Iterator.next for the iterator's type
  TypeId iterator_type;
  TypeId item_type;
  Expr* filter = nullptr;  // `when`, or null
  Expr* body = nullptr;
  bool yields = false;  // builds a List of the body's values; otherwise unit
};

struct TryInfo {
  bool is_option = false;
  // The function that `?` returns from: of Option / Result type, or null_ok: `main` and tests of
  // unit result, where a failure ends the program (fails the test) with the error printed.
  bool ends_program = false;
  bool converts = false;  // convert: From.from(error)
  Callee convert;
  Callee display;  // ends_program: Display.to_string of the error (Result)
};

enum class ReceiveArmKind : uint8_t {
  kMessage,  // the pattern's type tells which messages: Receive::message_type, but in the loop of a
             // service the arms of `info` handlers have a type of their own (Any: whatever comes)
  kSignal,   // pattern of type Signal
};

struct ReceiveArm {
  ReceiveArmKind kind = ReceiveArmKind::kMessage;
  Pattern* pattern = nullptr;
  Expr* guard = nullptr;
  Expr* body = nullptr;
  Span span;
};

struct Receive {
  TypeId message_type;  // M; the builtin `Any` where nothing fixed it
  std::span<const ReceiveArm> arms;
  Expr* after_ms = nullptr;  // Int, or null; negative: no limit
  Expr* after_body = nullptr;
};

struct Expr {
  ExprKind kind = ExprKind::kUnit;
  TypeId type;
  Span span;
  uint32_t index = 0;  // kTupleGet, kFieldGet, kVariant
  LocalId local;
  int64_t int_value = 0;
  double float_value = 0;
  std::string_view text;
  std::span<Expr* const> operands;
  std::span<const uint32_t> fields;   // kUpdate
  std::span<const TypeId> type_args;  // kPolyLocal
  Callee callee;                      // kCall, kFunctionValue
  Pattern* pattern = nullptr;         // kLet
  union {
    const Match* match = nullptr;
    const Closure* closure;
    const PolyBinding* poly;
    const ForLoop* for_loop;
    const TryInfo* try_info;
    const Receive* receive;
  };
};

// ---------------------------------------------------------------------------------------------
// Definitions.

struct Bound {
  InterfaceId interface;
  std::span<const TypeId> args;  // arguments of the interface, without Self
};

struct Generic {
  StringId name;
  std::vector<Bound> bounds;
};

struct Local {
  StringId name;  // empty for temporaries
  TypeId type;
  Span span;
};

enum class FunctionKind : uint8_t {
  kPlain,
  kIntrinsic,  // declared `extern "…"`: extern_symbol, no body
  kActor,      // `actor name(..)`: may have a terminate function
  kTest,       // a test block: unit → unit (or takes the setup value)
  kConst,      // a constant: no parameters; its body is made of literals, operators, constructors
               // and calls of other constants, and may become static data. A use is a kCall
};

struct Function {
  StringId name;               // "area", "Circle.area", "Stock.count"
  std::string qualified_name;  // unique in the program: package, module path, name
  uint32_t module = 0;         // index into Program::modules
  FunctionKind kind = FunctionKind::kPlain;
  bool is_pub = false;
  bool extern_blocking = false;
  // Those of the impl first (Self and the interface's for default methods), then the function's.
  std::vector<Generic> generics;
  // Index in generics of the parameter that stands for the message type of the running actor, or
  // -1. Lowering ignores it in the key of an instance where the code does not depend on it.
  int32_t message_generic = -1;
  std::vector<LocalId> params;
  TypeId result;
  std::vector<Local> locals;
  Expr* body = nullptr;       // null for intrinsics and interface methods without default
  std::string extern_symbol;  // "%int_add": lowered inline; "snow_…": runtime ABI; else C
  FunctionId terminate;       // kActor: same parameters, runs at the end; invalid if none
  Span span;
};

struct Method {
  StringId name;
  FunctionId default_body;  // invalid if the impl must give it; generics: [Self, interface…, own…]
  uint32_t own_generics = 0;
  bool has_self = false;
};

struct Interface {
  StringId name;
  uint32_t module = 0;
  uint32_t params = 0;               // without Self
  std::vector<StringId> associated;  // names of associated types
  std::vector<Method> methods;
};

// `impl<generics> interface<args> for self`. Derived impls (written or by default) are here only
// where a `deriving` clause or the rules of spec 02 section 5 give one that lowering must make up
// itself: lowering then builds the methods from the concrete type (snowc/derive).
struct Impl {
  InterfaceId interface;
  uint32_t module = 0;
  std::vector<Generic> generics;
  TypeId self;
  std::vector<TypeId> args;
  std::vector<TypeId> associated;   // by index of Interface::associated
  std::vector<FunctionId> methods;  // by index of Interface::methods; invalid: the default
  Span span;
};

struct Module {
  std::string name;     // "Math.Vector"; "" for main
  std::string package;  // package name; "std" for the library
  std::string path;     // of the file, as shown in diagnostics
  uint32_t file = 0;    // FileId value
};

struct Test {
  std::string name;     // "group > adds"
  FunctionId function;  // kTest
  FunctionId setup;     // invalid if none: its value is the test's parameter
  uint32_t module = 0;
  Span span;
};

// Types and functions of the library that lowering and derivation refer to by role. Filled by the
// checker from the prelude; a missing one is an internal error there, so all are valid.
struct WellKnown {
  TyConId option, result, ordering, list, map, set, range, iter, signal, exit_reason, json;
  InterfaceId eq, ord, display, debug, hash, default_, iterable, iterator, from, into, json_iface,
      row;
};

struct Program {
  // `interner` holds all names and outlives the program.
  explicit Program(const Interner* interner);

  std::unique_ptr<Arena> arena;
  TypeTable types;
  std::vector<Module> modules;
  std::deque<Function> functions;     // by FunctionId; references stay valid
  std::vector<Interface> interfaces;  // by InterfaceId
  std::vector<Impl> impls;            // by ImplId
  std::vector<Test> tests;
  FunctionId main;  // invalid for a library
  WellKnown known;

  // The function of the library with this qualified name ("std.List.append"); lowering asks for
  // helpers by name. Returns an invalid id if there is none.
  std::unordered_map<std::string, FunctionId> functions_by_name;
  FunctionId AddFunction(Function function);
  FunctionId FindFunction(std::string_view qualified_name) const;
};

}  // namespace snow::hir

#endif  // SNOWC_HIR_HIR_H_
