// Concrete types and the impls that belong to them.
//
// Lowering sees only concrete types: no type parameter, no associated type, and function types
// without the message type of the running actor (code does not depend on it, so it is replaced by
// unit). `Types` makes them, and finds the impl of an interface for them.
//
// Thread-safety: thread-compatible. The program's type table grows.
#ifndef SNOWC_LOWER_TYPES_H_
#define SNOWC_LOWER_TYPES_H_

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "snowc/base/interner.h"
#include "snowc/hir/hir.h"

namespace snow::lower {

using hir::TypeId;

// What the type parameters of a piece of code stand for; one object for each distinct list, so
// that equal lists are equal pointers.
struct TypeArgs {
  std::span<const TypeId> args;
  // Concrete types of generic ones under these arguments.
  std::unordered_map<uint32_t, TypeId> cache;
  uint32_t number = 0;  // in order of appearance
};

// The impl of an interface for concrete types.
struct ImplMatch {
  const hir::Impl* impl = nullptr;  // null: derived from the type's structure
  std::vector<TypeId> args;         // what the impl's generics stand for
};

class Types {
 public:
  Types(hir::Program* program, const Interner* interner);
  Types(const Types&) = delete;
  Types& operator=(const Types&) = delete;

  hir::TypeTable& table() { return program_->types; }
  const hir::Type Get(TypeId id) const { return program_->types.Get(id); }
  const hir::TyCon& ConOf(const hir::Type& type) const {
    return program_->types.con(hir::TyConId(type.con));
  }
  TypeId unit() const { return unit_; }
  TypeId never() const { return never_; }
  // The library's Signal; invalid in a program without library.
  TypeId signal() const { return signal_; }

  TypeArgs* Intern(std::span<const TypeId> args);

  TypeId Concrete(TypeId type, TypeArgs* args);
  // For types that have no parameters but perhaps associated types.
  TypeId Concrete(TypeId type) { return Concrete(type, no_args_); }
  TypeArgs* no_args() { return no_args_; }

  // The impl of `interface` for [Self, arguments…], all concrete; null if there is none.
  const ImplMatch* FindImpl(hir::InterfaceId interface, std::span<const TypeId> args);

  // Whether the impl exists and what it needs exists too, down to the parts of derived ones.
  bool Implements(hir::InterfaceId interface, TypeId self);

  // Which derivable interface it is, if any.
  bool IsDerivable(hir::InterfaceId interface, hir::Derivable* derivable) const;

  // How deep type arguments nest: Int 1, List<Int> 2.
  uint32_t DepthOf(TypeId type);

  // The type's full name, unique in the program: "std.List.List<app.Shape>".
  const std::string& MangledName(TypeId type);
  // As the user would write it.
  std::string PrintName(TypeId type) { return program_->types.Print(type); }
  std::string_view Name(StringId id) const { return id.IsValid() ? interner_->Get(id) : ""; }

 private:
  enum class Ground : uint8_t { kUnknown, kYes, kNo };

  bool IsGround(TypeId type);
  TypeId Rebuild(TypeId type, TypeArgs* args);
  TypeId ResolveAssociated(const hir::Type& type, TypeArgs* args);
  bool MatchHead(TypeId pattern, TypeId type, std::vector<TypeId>* bound);
  bool MatchImpl(const hir::Impl& impl, std::span<const TypeId> args, std::vector<TypeId>* bound);
  bool BoundsHold(const hir::Impl& impl, std::span<const TypeId> bound);
  bool HasDerived(hir::InterfaceId interface, TypeId self);
  bool PartsImplement(hir::InterfaceId interface, TypeId self);
  ImplMatch* Search(hir::InterfaceId interface, std::span<const TypeId> args);

  hir::Program* program_;
  const Interner* interner_;
  TypeId unit_;
  TypeId never_;
  TypeId signal_;
  TypeArgs* no_args_;

  std::deque<TypeArgs> arg_lists_;
  std::deque<std::vector<TypeId>> arg_storage_;
  std::unordered_map<uint64_t, std::vector<TypeArgs*>> arg_index_;

  std::vector<Ground> ground_;   // by TypeId
  std::vector<uint32_t> depth_;  // by TypeId; 0: not known yet
  std::unordered_map<uint32_t, std::string> names_;

  // By interface, then by the head of Self: impls whose Self is a type parameter are under kAny.
  static constexpr uint32_t kAnyHead = 0xFFFFFFFFu;
  std::vector<std::unordered_map<uint32_t, std::vector<const hir::Impl*>>> impls_;
  std::unordered_map<uint64_t, ImplMatch*> found_;  // by interface and number of the arguments
  std::deque<ImplMatch> matches_;
  std::unordered_map<uint64_t, bool> implements_;
  std::unordered_map<uint32_t, hir::Derivable> derivables_;  // by InterfaceId
  uint32_t search_depth_ = 0;
};

// Deeper than this is polymorphic recursion (E0051).
inline constexpr uint32_t kMaxTypeDepth = 64;

}  // namespace snow::lower

#endif  // SNOWC_LOWER_TYPES_H_
