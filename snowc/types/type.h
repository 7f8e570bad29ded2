// Types while they are being inferred: terms with variables, and their unification.
//
// A `Type` is a node of an arena; variables are nodes that may be bound to another type. Types
// without variables are shared freely. What leaves the checker is hir::TypeId (TypeStore::ToHir).
//
// Every function type has a last argument that users never see: the message type of the actor that
// runs it (chapter 2, section 8). `Any` there, as in a bare Pid, agrees with every message type and
// fixes nothing.
//
// Ownership: nodes live in the store's arena. Thread-safety: thread-compatible.
#ifndef SNOWC_TYPES_TYPE_H_
#define SNOWC_TYPES_TYPE_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "snowc/base/arena.h"
#include "snowc/base/interner.h"
#include "snowc/hir/hir.h"

namespace snow::types {

struct Constraint;

enum class TypeKind : uint8_t {
  kVar,    // bound: link; free: level and the constraints that wait for it
  kCon,    // con(args)
  kTuple,  // args, at least one
  kFun,    // args: parameters…, result, message type
  kParam,  // a type parameter; equal only to itself
  kAssoc,  // associated type `index` of interface `con` at args [Self, …]; Self is a kParam or kAssoc
  kError,  // of what has been reported: agrees with everything
};

// A constraint that waits until a variable is bound.
struct Waiting {
  Constraint* constraint;
  Waiting* next;
};

struct Type {
  TypeKind kind = TypeKind::kError;
  // Whether a variable or a parameter may be inside; false means that none is.
  bool has_var = false;
  bool has_param = false;
  // kVar: the message type of an actor; left over it becomes Any, not ().
  bool is_message = false;
  // kVar: something at run time depends on it. The unseen message type of a function that neither
  // receives nor asks for itself is not; generalised, it is no parameter of the typed core.
  // kParam: false for such a one.
  bool is_runtime = true;
  uint32_t index = 0;  // kParam: number among the function's generics; kAssoc; kVar: its number
  uint32_t con = 0;    // kCon: hir::TyConId; kAssoc: hir::InterfaceId
  uint32_t level = 0;  // kVar, free
  uint32_t arg_count = 0;
  uint32_t size = 1;     // nodes, as far as they were known when it was made
  uint32_t copied_in = 0;   // the substitution that `copy` is of
  Type* copy = nullptr;
  StringId name = {};    // kParam: as written; invalid when inferred
  Type** args = nullptr;
  Type* link = nullptr;  // kVar: what it is bound to; kParam: its stand-in during instantiation
  Waiting* waiting = nullptr;
  hir::TypeId hir = {};  // cached for types without variables and parameters

  std::span<Type* const> Args() const { return {args, arg_count}; }
  std::span<Type* const> Params() const { return {args, arg_count - 2}; }  // kFun
  Type* Result() const { return args[arg_count - 2]; }                     // kFun
  Type* Message() const { return args[arg_count - 1]; }                    // kFun
};

// The type itself, behind bound variables.
inline Type* Resolve(Type* type) {
  while (type->kind == TypeKind::kVar && type->link != nullptr) {
    Type* next = type->link;
    if (next->kind == TypeKind::kVar && next->link != nullptr) type->link = next->link;
    type = next;
  }
  return type;
}

enum class Mismatch : uint8_t {
  kNone,
  kTypes,     // two types that differ
  kInfinite,  // a type that would contain itself
  kMessages,  // two message types, of Pids or functions, that differ
};

// Says what an associated type is once the parameters in its arguments have been replaced.
class Projector {
 public:
  virtual ~Projector() = default;
  virtual Type* Project(hir::InterfaceId interface, uint32_t index,
                        std::span<Type* const> args) = 0;
};

class TypeStore {
 public:
  TypeStore(hir::TypeTable& table, const Interner& interner);

  Type* Var(uint32_t level);
  Type* MessageVar(uint32_t level);  // not needed at run time until unified with what is
  Type* Con(hir::TyConId con, std::span<Type* const> args = {});
  Type* Con(hir::Builtin builtin) { return builtins_[static_cast<size_t>(builtin)]; }
  Type* Con(hir::Builtin builtin, Type* arg);
  Type* Tuple(std::span<Type* const> elements);  // none: unit
  Type* Fun(std::span<Type* const> params, Type* result, Type* message);
  Type* Param(StringId name, uint32_t index);
  Type* Assoc(hir::InterfaceId interface, uint32_t index, std::span<Type* const> args);
  Type* Error() { return &error_; }
  Type* Unit() { return Con(hir::Builtin::kUnit); }
  Type* Int() { return Con(hir::Builtin::kInt); }
  Type* Bool() { return Con(hir::Builtin::kBool); }
  Type* String() { return Con(hir::Builtin::kString); }
  Type* Never() { return Con(hir::Builtin::kNever); }
  Type* Any() { return Con(hir::Builtin::kAny); }
  Type* Pid(Type* message) { return Con(hir::Builtin::kPid, message); }

  static bool Is(Type* type, hir::Builtin builtin) {
    type = Resolve(type);
    return type->kind == TypeKind::kCon && type->con == static_cast<uint32_t>(builtin);
  }
  static bool IsCon(Type* type, hir::TyConId con) {
    type = Resolve(type);
    return type->kind == TypeKind::kCon && type->con == con.value;
  }

  // Whether a message type agrees with all others and fixes nothing: Any, and that of a function
  // that fits every actor.
  static bool IsAnyMessage(Type* message);

  // Makes the two equal. After a mismatch some variables may have been bound. With
  // `keep_messages`, the message types of functions need not agree (values that are stored).
  Mismatch Unify(Type* a, Type* b, bool keep_messages = false);
  // Whether Unify could succeed, as far as the known parts tell; binds nothing.
  bool CouldAgree(Type* a, Type* b) const;
  // Lowers the levels of the variables in `type` to at most `level`.
  void LowerLevels(Type* type, uint32_t level);

  // Constraints whose variable has been bound since the last call.
  std::vector<Constraint*> TakeWoken();
  bool HasWoken() const { return !woken_.empty(); }
  void WaitFor(Type* var, Constraint* constraint);

  // A copy in which each kParam that has a `link` is replaced by it, and each associated type by
  // what `projector` makes of it.
  Type* Substitute(Type* type, Projector& projector);

  // Replaces bound variables all through; shares what it can.
  Type* Zonk(Type* type);

  // The type of the typed core. Free variables must not occur. Message types of functions are
  // dropped (Any).
  hir::TypeId ToHir(Type* type);

  // As the user would write it; variables print as a, b, … in order of appearance, over all calls
  // with one `names`.
  std::string Print(Type* type, std::vector<Type*>& names) const;
  std::string Print(Type* type) const {
    std::vector<Type*> names;
    return Print(type, names);
  }

  // Whether a type has been refused since the last call since it was too large; it is Error.
  bool TakeTooLarge() { return std::exchange(too_large_, false); }

  Arena& arena() { return arena_; }
  hir::TypeTable& table() { return table_; }

 private:
  Mismatch UnifyTypes(Type* a, Type* b, bool keep_messages);
  Mismatch UnifyMessages(Type* a, Type* b);
  Mismatch Bind(Type* var, Type* type);
  bool Occurs(Type* var, Type* type);
  Type* New(TypeKind kind, std::span<Type* const> args);
  Type* NewLike(Type* type, std::span<Type* const> args);
  void PrintTo(std::string& out, Type* type, std::vector<Type*>& names) const;
  void PrintArgs(std::string& out, std::span<Type* const> args, std::vector<Type*>& names) const;

  Arena arena_;
  hir::TypeTable& table_;
  const Interner& interner_;
  std::vector<Type*> scratch_;
  std::array<Type*, static_cast<size_t>(hir::Builtin::kCount)> builtins_;
  Type error_;
  Type* SubstituteIn(Type* type, Projector& projector);

  // Pairs of pairs of pairs: types that programs do not mean, and that no message could show.
  static constexpr uint32_t kMaxSize = 20'000;

  uint32_t var_count_ = 0;
  uint32_t substitution_ = 0;
  bool too_large_ = false;
  std::vector<Constraint*> woken_;
};

}  // namespace snow::types

#endif  // SNOWC_TYPES_TYPE_H_
