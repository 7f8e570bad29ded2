// The typed view of a syntax tree: what the resolver, the checker and the documentation tool read.
//
// `Build` (build.h) makes one `ast::File` from one lossless tree; `ParseSource` (syntax.h) does all
// steps from the text at once. White space, comments and
// spellings are gone: `def`, `match`, `trait`, `&&`, `||` and `!` have become fn, case, interface,
// `and`, `or` and `not`; parentheses leave only a flag; literals are decoded; keywords in name
// position are plain names. Nothing is resolved and nothing desugared beyond that: clauses of a
// function are separate FnDecls, a pipe is a Pipe, `a.b` is a Field whatever `a` is.
//
// Shapes: each family (Item, Stmt, Expr, Pattern, Type) is a small base struct with a `kind`, and
// one derived struct a kind. Switch on `kind` and use `As<T>`:
//
//   switch (expr.kind) {
//     case ExprKind::kBinary: return CheckBinary(As<BinaryExpr>(expr));
//
// or ask with `DynAs<T>`, which is null for another kind. Pointers said to be null sometimes say
// so; all others are never null, in files with errors too: what could not be parsed is there as
// kError, which has been reported and should pass silently. Sequences are in source order.
//
// Every Expr, Pattern and Type has a dense id within its file, so that a later phase keeps what it
// learns in plain arrays of `File::expr_count` (and so on) elements.
//
// Ownership: all nodes lie in the arena of their File and are immutable. Thread-safety: immutable
// once built.
#ifndef SNOWC_SYNTAX_AST_H_
#define SNOWC_SYNTAX_AST_H_

#include <cassert>
#include <cstdint>
#include <span>
#include <string_view>

#include "snowc/base/arena.h"
#include "snowc/base/index.h"
#include "snowc/base/interner.h"
#include "snowc/base/source.h"

namespace snow::ast {

using ExprId = Index<struct ExprIdTag>;
using PatternId = Index<struct PatternIdTag>;
using TypeId = Index<struct TypeIdTag>;

template <typename T>
using List = std::span<const T>;

// ---------------------------------------------------------------------------------------------
// Names

// A name as written. Missing after a syntax error: the id of "" and an empty span.
struct Name {
  StringId id;
  Span span;
};

// `Math.Vector`: at least one segment.
struct Path {
  List<Name> segments;
  Span span;

  const Name& Last() const { return segments.back(); }
  bool IsSimple() const { return segments.size() == 1; }
};

// The text of consecutive `##` lines, markers and one space after them removed, joined by `\n`.
// Empty text: no documentation.
struct Docs {
  std::string_view text;
  Span span;
};

// ---------------------------------------------------------------------------------------------
// Types (section 6)

enum class TypeKind : uint8_t {
  kError,     // Type
  kNamed,     // NamedType
  kTuple,     // TupleType
  kFunction,  // FunctionType
  kOption,    // OptionType
  kResult,    // ResultType
};

struct Type {
  TypeKind kind;
  TypeId id;
  Span span;
};

// `Int`, `Foo.Bar`, `List<Int>`, a type variable, `Self`, `Self.Item`, `T.Item`.
struct NamedType : Type {
  static constexpr TypeKind kKind = TypeKind::kNamed;
  Path path;
  List<const Type*> arguments;
};

// `(A, B)`; one element is `(A,)`, none is the unit type `()`.
struct TupleType : Type {
  static constexpr TypeKind kKind = TypeKind::kTuple;
  List<const Type*> elements;
};

// `Fun(A, B) -> C`
struct FunctionType : Type {
  static constexpr TypeKind kKind = TypeKind::kFunction;
  List<const Type*> parameters;
  const Type* result;
};

// `T?`
struct OptionType : Type {
  static constexpr TypeKind kKind = TypeKind::kOption;
  const Type* value;
};

// `T!E`
struct ResultType : Type {
  static constexpr TypeKind kKind = TypeKind::kResult;
  const Type* value;
  const Type* error;
};

// `Display`, `From<Int>`, `Add<Output = O>`: an interface in a where-clause or an impl's head.
struct AssociatedArgument {
  Name name;
  const Type* type;
};
struct Bound {
  Path path;
  List<const Type*> arguments;
  List<AssociatedArgument> associated;
  Span span;
};

// `T: A + B` of a where-clause.
struct WhereClause {
  Name parameter;
  List<Bound> bounds;
  Span span;
};

// ---------------------------------------------------------------------------------------------
// Patterns (section 8)

enum class PatternKind : uint8_t {
  kError,        // Pattern
  kWildcard,     // Pattern: `_`
  kBind,         // BindPattern
  kInt,          // IntPattern
  kFloat,        // FloatPattern
  kBool,         // BoolPattern
  kUnit,         // Pattern: `()` or `nil`
  kString,       // StringPattern
  kAtom,         // AtomPattern
  kTuple,        // TuplePattern
  kList,         // ListPattern
  kCons,         // ConsPattern
  kOr,           // OrPattern
  kAs,           // AsPattern
  kConstructor,  // ConstructorPattern
  kStruct,       // StructPattern
};

struct Pattern {
  PatternKind kind;
  PatternId id;
  Span span;
};

// A name that begins with a lower-case letter or `_` (but is not `_`): a new variable.
struct BindPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kBind;
  Name name;
};

// `42`, `-1`
struct IntPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kInt;
  int64_t value;
};

struct FloatPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kFloat;
  double value;
};

struct BoolPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kBool;
  bool value;
};

struct StringPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kString;
  std::string_view text;  // decoded
};

struct AtomPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kAtom;
  StringId name;  // without the colon
};

// At least one element; `{k, v}` of a `for` too. `(p)` is p itself.
struct TuplePattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kTuple;
  List<const Pattern*> elements;
};

// `[]`, `[a, b]`, `[a, b, ..]`, `[a, ..rest]`
struct ListPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kList;
  List<const Pattern*> elements;
  bool has_rest;        // `..` at the end
  const Pattern* rest;  // the BindPattern (or wildcard) after `..`; null when there is none
};

// `head :: tail`
struct ConsPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kCons;
  const Pattern* head;
  const Pattern* tail;
};

// `a | b | c`: two or more alternatives.
struct OrPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kOr;
  List<const Pattern*> alternatives;
};

// `pattern as name`
struct AsPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kAs;
  const Pattern* pattern;
  Name name;
};

// One argument of a constructor pattern; `name` has an invalid id when it is positional.
struct PatternArgument {
  Name name;
  const Pattern* pattern;
};

// `None`, `Some(x)`, `Shape.Circle(r)`, `Box(width: w, height: _)`
struct ConstructorPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kConstructor;
  Path path;
  bool has_parens;
  List<PatternArgument> arguments;
};

// `x: p`; the shorthand `x` has a BindPattern of that name.
struct FieldPattern {
  Name name;
  const Pattern* pattern;
  bool is_shorthand;
};

// `Point { x: 0, y }`, `Point { x, .. }`
struct StructPattern : Pattern {
  static constexpr PatternKind kKind = PatternKind::kStruct;
  Path path;
  List<FieldPattern> fields;
  bool has_rest;  // `..` at the end
};

// ---------------------------------------------------------------------------------------------
// Expressions (sections 2, 4 and 7)

enum class ExprKind : uint8_t {
  kError,          // Expr
  kInt,            // IntExpr
  kFloat,          // FloatExpr
  kBool,           // BoolExpr
  kUnit,           // Expr: `()` or `nil`
  kString,         // StringExpr
  kAtom,           // AtomExpr
  kList,           // ListExpr
  kMap,            // MapExpr
  kTuple,          // TupleExpr
  kName,           // NameExpr
  kSelf,           // Expr: `self`, the receiver; `self()` is a Call of it
  kUnary,          // UnaryExpr
  kBinary,         // BinaryExpr
  kPipe,           // PipeExpr
  kCall,           // CallExpr
  kField,          // FieldExpr
  kIndex,          // IndexExpr
  kTry,            // TryExpr
  kStruct,         // StructExpr
  kUpdate,         // UpdateExpr
  kBlock,          // BlockExpr
  kIf,             // IfExpr
  kCase,           // CaseExpr
  kReceive,        // ReceiveExpr
  kWhile,          // WhileExpr
  kFor,            // ForExpr
  kBreak,          // Expr
  kContinue,       // Expr
  kReturn,         // ReturnExpr
  kClosure,        // ClosureExpr
  kAssert,         // AssertExpr
  kAssertReceive,  // AssertReceiveExpr
};

struct Expr {
  ExprKind kind;
  bool in_parens;  // stood in parentheses of its own: `(e)`; the span does not hold them
  ExprId id;
  Span span;
};

struct Stmt;
struct FnDecl;
struct ClosureExpr;

struct IntExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kInt;
  // Of -9223372036854775808 the digits have the value INT64_MIN already, and the minus is part of
  // the literal: there is no UnaryExpr around it.
  int64_t value;
};

struct FloatExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kFloat;
  double value;
};

struct BoolExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kBool;
  bool value;
};

// A stretch of decoded text (`expr` null), or an interpolated expression (`text` empty).
struct StringPart {
  std::string_view text;
  const Expr* expr;
};

// Text parts are never empty and never adjacent; "" has no parts.
struct StringExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kString;
  List<StringPart> parts;
};

struct AtomExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kAtom;
  StringId name;  // without the colon
};

struct ListExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kList;
  List<const Expr*> elements;
};

struct MapEntry {
  const Expr* key;
  const Expr* value;
};

struct MapExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kMap;
  List<MapEntry> entries;
};

// At least one element.
struct TupleExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kTuple;
  List<const Expr*> elements;
};

// A variable, function, constant, constructor, type or module; also the builtins whose names are
// keywords: `spawn`, `send`, `link`, `monitor` (no definition can have these names).
struct NameExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kName;
  Name name;
};

enum class UnaryOp : uint8_t { kNegate, kNot };

struct UnaryExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kUnary;
  UnaryOp op;
  Span op_span;
  const Expr* operand;
};

enum class BinaryOp : uint8_t {
  kMultiply,      // *
  kDivide,        // /
  kModulo,        // %
  kAdd,           // +
  kSubtract,      // -
  kJoin,          // <>
  kConcat,        // ++
  kRange,         // ..
  kLess,          // <
  kGreater,       // >
  kLessEqual,     // <=
  kGreaterEqual,  // >=
  kEqual,         // ==
  kNotEqual,      // !=
  kAnd,           // and
  kOr,            // or
};

// `+` and so on, as written.
std::string_view TextOf(BinaryOp op);

struct BinaryExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kBinary;
  BinaryOp op;
  Span op_span;
  const Expr* left;
  const Expr* right;
};

// `left |> right` (n is 1), `left |N> right`. Where `left` goes: see PipeTargetOf.
struct PipeExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kPipe;
  uint32_t n;  // the argument's number, from 1
  Span op_span;
  const Expr* left;
  const Expr* right;
};

struct KeywordArgument {
  Name name;
  const Expr* value;
};

// `f(a, b, name: c) do |x| .. end`
struct CallExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kCall;
  const Expr* callee;
  List<const Expr*> arguments;
  List<KeywordArgument> keywords;
  const ClosureExpr* trailing;  // the last argument; null without one
  Span parens;                  // from `(` to `)`
};

// `object.name`: a member of a module, service, type, or value; the name may be a keyword's text.
struct FieldExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kField;
  const Expr* object;
  Name name;
};

// `object[index]`
struct IndexExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kIndex;
  const Expr* object;
  const Expr* index;
};

// `operand?`
struct TryExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kTry;
  const Expr* operand;
  Span op_span;
};

// `x: e`; the shorthand `x` has a NameExpr of that name.
struct FieldValue {
  Name name;
  const Expr* value;
  bool is_shorthand;
};

// `Bank.Account { owner: "a", balance }`
struct StructExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kStruct;
  Path path;
  List<FieldValue> fields;
};

// `%{base | x: e}`
struct UpdateExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kUpdate;
  const Expr* base;
  List<FieldValue> fields;
};

// A body: its value is that of its last statement, unit when that is a `let` or a function, or when
// there is none. The span of a `do .. end` holds both words, that of an arm's body its statements.
struct BlockExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kBlock;
  List<const Stmt*> statements;
};

struct IfExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kIf;
  const Expr* condition;
  const BlockExpr* then;
  const Expr*
      otherwise;  // a BlockExpr, or the next IfExpr of an `else if` chain; null without else
};

// `pattern when guard -> body`
struct Arm {
  const Pattern* pattern;
  const Expr* guard;  // may be null
  const BlockExpr* body;
  Span span;
};

struct CaseExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kCase;
  const Expr* subject;
  List<Arm> arms;
};

struct ReceiveExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kReceive;
  List<Arm> arms;
  const Expr* after;            // the limit in milliseconds; null without `after`
  const BlockExpr* after_body;  // null without `after`
};

struct WhileExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kWhile;
  const Expr* condition;
  const BlockExpr* body;
};

// `for pattern in iterable when guard do body end`
struct ForExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kFor;
  const Pattern* pattern;
  const Expr* iterable;
  const Expr* guard;  // may be null
  const BlockExpr* body;
};

struct ReturnExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kReturn;
  const Expr* value;  // null: returns unit
};

// A parameter of a function, closure, actor, service handler or test.
struct Param {
  const Pattern* pattern;     // for `self` a BindPattern of the name self
  const Type* type;           // may be null
  const Expr* default_value;  // may be null
  bool is_self;
  Span span;
};

struct ClosureClause {
  List<Param> params;
  const Expr* guard;  // may be null
  const BlockExpr* body;
  Span span;
};

// Every form of `fn`, and trailing closures. At least one clause; the numbers of parameters may
// differ between clauses (the checker says so).
struct ClosureExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kClosure;
  List<ClosureClause> clauses;
};

// `assert condition`, `assert condition, message`
struct AssertExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kAssert;
  const Expr* condition;
  const Expr* message;  // may be null
};

// `assert_receive(pattern, ms)`
struct AssertReceiveExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kAssertReceive;
  const Pattern* pattern;
  List<const Expr*> arguments;  // what follows the pattern
};

// Where the left side of a pipe goes. `call`: it becomes the n-th argument of this call, which is
// the first (innermost) of the right side's postfix chain. `callee`: there is no call in it, and
// this part of the right side is called with the left side alone. One of the two is null.
//
//   x |> f(a)?        call is f(a)            x |> f?       callee is f
//   x |> M.f(a).g()   call is M.f(a)          x |> M.f      callee is M.f
//   x |> (f(a))       callee is (f(a)): what stands in parentheses is looked at as a whole
struct PipeTarget {
  const CallExpr* call;
  const Expr* callee;
};
PipeTarget PipeTargetOf(const PipeExpr& pipe);

// ---------------------------------------------------------------------------------------------
// Statements

enum class StmtKind : uint8_t {
  kExpr,  // ExprStmt
  kLet,   // LetStmt
  kFn,    // FnStmt
};

struct Stmt {
  StmtKind kind;
  Span span;
};

struct ExprStmt : Stmt {
  static constexpr StmtKind kKind = StmtKind::kExpr;
  const Expr* expr;
};

// `let pattern :: Type = value`
struct LetStmt : Stmt {
  static constexpr StmtKind kKind = StmtKind::kLet;
  const Pattern* pattern;
  const Type* type;  // may be null
  const Expr* value;
};

// One clause of a local function; consecutive clauses of one name belong together.
struct FnStmt : Stmt {
  static constexpr StmtKind kKind = StmtKind::kFn;
  const FnDecl* fn;
};

// ---------------------------------------------------------------------------------------------
// Items (sections 5 and 9)

enum class ItemKind : uint8_t {
  kImport,      // ImportItem
  kFromImport,  // FromImportItem
  kFn,          // FnItem
  kConst,       // ConstItem
  kExtern,      // ExternItem
  kStruct,      // StructItem
  kSumType,     // SumTypeItem
  kAlias,       // AliasItem
  kInterface,   // InterfaceItem
  kImpl,        // ImplItem
  kModule,      // ModuleItem
  kActor,       // ActorItem
  kService,     // ServiceItem
  kSupervisor,  // SupervisorItem
  kTest,        // TestItem
  kDescribe,    // DescribeItem
  kSetup,       // SetupItem
};

// `@name` or `@name(args)` before an item, field or variant.
struct Attribute {
  Name name;
  List<const Expr*> arguments;
  List<KeywordArgument> keywords;
  Span span;
};

struct Item {
  ItemKind kind;
  bool is_pub;
  bool is_opaque;  // structs and sum types only
  Span span;       // from `pub` or the first word to the end; without docs and attributes
  Docs docs;
  List<Attribute> attributes;
};

// One clause of a function, a method, a signature of an interface, or an extern's head.
struct FnDecl {
  Name name;
  List<Name> generics;  // `<T, U>`
  bool has_params;      // whether the parentheses are there
  List<Param> params;
  const Type* result;  // null without `->`
  List<WhereClause> where;
  const Expr* guard;  // null without `when`
  const Expr* body;   // a BlockExpr after `do`, any expression after `=`; null for a signature
  bool is_pub;
  // The position of the clause among all entries of what it stands in (file, module, impl,
  // interface, service): clauses stand together exactly when their ordinals follow each other.
  uint32_t ordinal;
  Span span;
  Docs docs;
  List<Attribute> attributes;
};

// `import Math.Vector`, `import Math.Vector as V`
struct ImportItem : Item {
  static constexpr ItemKind kKind = ItemKind::kImport;
  Path path;
  bool has_alias;
  Name alias;  // the last segment when there is no `as`
};

// `from Text.Format import pad, Style`
struct FromImportItem : Item {
  static constexpr ItemKind kKind = ItemKind::kFromImport;
  Path path;
  List<Name> names;  // empty after `import *`, which has been reported (E0050)
};

struct FnItem : Item {
  static constexpr ItemKind kKind = ItemKind::kFn;
  const FnDecl* fn;
};

// `const name :: Type = value`
struct ConstItem : Item {
  static constexpr ItemKind kKind = ItemKind::kConst;
  Name name;
  const Type* type;  // may be null
  const Expr* value;
};

// `extern blocking "symbol" fn name(params) -> Type`
struct ExternItem : Item {
  static constexpr ItemKind kKind = ItemKind::kExtern;
  std::string_view symbol;  // decoded
  bool is_blocking;
  const FnDecl* fn;  // its body is null
};

struct FieldDecl {
  Name name;
  const Type* type;
  const Expr* default_value;  // may be null
  Span span;
  Docs docs;
  List<Attribute> attributes;
};

enum class SchemaKind : uint8_t { kTable, kPrimaryKey, kTimestamps, kBelongsTo, kHasMany, kHasOne };

// `table "users"`, `primary_key :uid`, `timestamps true`, `belongs_to :owner, User`
struct SchemaEntry {
  SchemaKind kind;
  std::string_view table;  // kTable: the decoded string
  Name name;     // kPrimaryKey and relationships: the atom's name, its span with the colon
  bool enabled;  // kTimestamps
  Path type;     // relationships; otherwise no segments
  Span span;
};

// `deriving(Eq, Ord)`; `is_present` tells `deriving()` from none.
struct Deriving {
  bool is_present;
  List<Name> names;
  Span span;
};

struct StructItem : Item {
  static constexpr ItemKind kKind = ItemKind::kStruct;
  Name name;
  List<Name> generics;
  List<FieldDecl> fields;
  List<SchemaEntry> schema;
  Deriving deriving;
};

enum class VariantShape : uint8_t {
  kBare,        // Red
  kPositional,  // Circle(Float)
  kNamed,       // Box(width :: Float)
};

struct VariantField {
  Name name;  // an invalid id when positional
  const Type* type;
};

struct Variant {
  Name name;
  VariantShape shape;
  List<VariantField> fields;
  Span span;
  Docs docs;
  List<Attribute> attributes;
};

struct SumTypeItem : Item {
  static constexpr ItemKind kKind = ItemKind::kSumType;
  Name name;
  List<Name> generics;
  List<Variant> variants;
  Deriving deriving;
};

// `type Meters = Float`
struct AliasItem : Item {
  static constexpr ItemKind kKind = ItemKind::kAlias;
  Name name;
  List<Name> generics;
  const Type* type;
};

struct InterfaceItem : Item {
  static constexpr ItemKind kKind = ItemKind::kInterface;
  Name name;
  List<Name> generics;
  List<Name> associated;  // `type Item`
  List<const FnDecl*> methods;
};

// `type Item = T` of an impl.
struct AssociatedType {
  Name name;
  const Type* type;
  Span span;
};

// `impl<T> Container for Crate<T> where T: Eq do .. end`; without `for` it has no interface.
struct ImplItem : Item {
  static constexpr ItemKind kKind = ItemKind::kImpl;
  List<Name> generics;
  const Bound* interface;  // null for a type's own functions
  const Type* type;
  List<WhereClause> where;
  List<AssociatedType> associated;
  List<const FnDecl*> methods;
};

struct ModuleItem : Item {
  static constexpr ItemKind kKind = ItemKind::kModule;
  Name name;
  Docs inner_docs;  // `##!` lines at its start
  List<const Item*> items;
};

struct ActorItem : Item {
  static constexpr ItemKind kKind = ItemKind::kActor;
  Name name;
  List<Param> params;
  const BlockExpr* body;
  const BlockExpr* terminate;  // may be null
};

// `call Name(params) :: Reply do |state| .. end` and `cast Name(params) do |state| .. end`
struct ServiceHandler {
  Name name;
  List<Param> params;
  const Type* reply;   // null without `::`, and for casts
  const Param* state;  // null after a syntax error
  const BlockExpr* body;
  Span span;
  Docs docs;
};

// `info Tick(n) do |state| .. end`, `info do |msg, state| .. end`
struct InfoHandler {
  const Pattern* pattern;  // null when the message is the first of two parameters
  const Param* message;    // null when there is a pattern
  const Param* state;      // null after a syntax error
  const BlockExpr* body;
  Span span;
  Docs docs;
};

struct ServiceItem : Item {
  static constexpr ItemKind kKind = ItemKind::kService;
  Name name;
  List<const FnDecl*> functions;  // `init` among them
  List<ServiceHandler> calls;
  List<ServiceHandler> casts;
  List<InfoHandler> infos;
  const Param* terminate_state;  // null without `terminate`
  const BlockExpr* terminate;    // null without `terminate`
};

// `key: value`; words such as one_for_one are NameExprs. Each key is there once.
struct SupervisorEntry {
  Name key;
  const Expr* value;
};

struct Child {
  Name name;
  const SupervisorEntry* start;  // null when missing, as all three
  const SupervisorEntry* restart;
  const SupervisorEntry* shutdown;
  Span span;
  Docs docs;
};

struct SupervisorItem : Item {
  static constexpr ItemKind kKind = ItemKind::kSupervisor;
  Name name;
  const SupervisorEntry* strategy;  // null when missing, as all three
  const SupervisorEntry* max_restarts;
  const SupervisorEntry* max_seconds;
  List<Child> children;
};

// `test "adds" do |context| .. end`
struct TestItem : Item {
  static constexpr ItemKind kKind = ItemKind::kTest;
  std::string_view title;  // decoded
  const Param* context;    // may be null
  const BlockExpr* body;
};

// `describe "lists" do .. end`: tests, setups and further groups.
struct DescribeItem : Item {
  static constexpr ItemKind kKind = ItemKind::kDescribe;
  std::string_view title;  // decoded
  List<const Item*> items;
};

struct SetupItem : Item {
  static constexpr ItemKind kKind = ItemKind::kSetup;
  const BlockExpr* body;
};

// ---------------------------------------------------------------------------------------------
// Files

struct File {
  FileId file;
  Docs docs;  // `##!` lines at the top
  List<const Item*> items;
  uint32_t expr_count = 0;
  uint32_t pattern_count = 0;
  uint32_t type_count = 0;
  Arena arena;  // owns the nodes
};

// ---------------------------------------------------------------------------------------------
// Casts

// The node as a T; its kind must be T's.
template <typename T, typename Base>
const T& As(const Base& node) {
  assert(node.kind == T::kKind);
  return static_cast<const T&>(node);
}

// The node as a T, or null when it is of another kind.
template <typename T, typename Base>
const T* DynAs(const Base& node) {
  return node.kind == T::kKind ? static_cast<const T*>(&node) : nullptr;
}

}  // namespace snow::ast

#endif  // SNOWC_SYNTAX_AST_H_
