// Which lists are seen through one variable only, so that `List.set` may write in place.
//
// A value is *owned* where nothing else in the program refers to the buffers of its lists: a list
// just built, or one that came from an owned variable whose last use this was. Ownership is judged
// on the typed core. A local may be owned when each use of it only reads (a *borrow*: the callee
// keeps nothing) or is its last (a *move*); whether it is depends on what it was bound to.
// Functions are judged the same way: what they do with each parameter, and whether their result is
// owned when their arguments are.
//
// Only lists whose elements hold no lists themselves are considered, so that reading an element
// never makes a second reference to a buffer; lists within maps, closures, recursive types never.
#ifndef SNOWC_LOWER_OWNERSHIP_H_
#define SNOWC_LOWER_OWNERSHIP_H_

#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "snowc/hir/hir.h"

namespace snow::lower {

// By parameter: its argument is owned, or is of a type without lists.
using OwnedMask = uint64_t;
inline constexpr uint32_t kMaxOwnedParams = 64;

// Whether lowering may make static data of the value.
bool IsConstantLike(const hir::Expr* expr);

class Ownership {
 public:
  explicit Ownership(const hir::Program* program);
  Ownership(const Ownership&) = delete;
  Ownership& operator=(const Ownership&) = delete;

  // Whether every use of the local lets it be owned.
  bool MayBeOwned(hir::FunctionId function, hir::LocalId local);
  // Whether this mention (a kLocal) hands the variable on for good. Valid for functions that have
  // been asked about before.
  bool IsMove(const hir::Expr* local) const { return moves_.contains(local); }

  // Whether the function keeps nothing of the parameter.
  bool Borrows(hir::FunctionId function, uint32_t param);
  // Whether the result is owned when the arguments of `mask` are.
  bool ResultOwned(hir::FunctionId function, OwnedMask mask);
  // Whether an owned argument saves a copy.
  bool Benefits(hir::FunctionId function, uint32_t param);

  // `std.List.set` and what takes its place for an owned list; invalid in a program without it.
  hir::FunctionId list_set() const { return list_set_; }
  hir::FunctionId list_set_owned() const { return list_set_owned_; }

  // Whether a value of the (perhaps generic) type can refer to the buffer of a list.
  bool MayShare(hir::TypeId type);
  // Whether a value of the concrete type can be owned: it has lists, and only such as are
  // considered.
  bool IsOwnable(hir::TypeId type);

 private:
  enum class Result : uint8_t { kUnknown, kFresh, kOfFirst, kOfBoth };

  // What the library's functions do, which are not judged by their bodies.
  struct Known {
    bool borrows_first = false;
    Result result = Result::kUnknown;
  };

  struct Facts {
    std::vector<bool> may_be_owned;  // by local
    std::vector<bool> borrowed;      // by parameter
  };

  class UseWalk;
  class OwnedResult;

  const Facts& FactsOf(hir::FunctionId function);
  const Known* KnownOf(hir::FunctionId function) const;
  bool IsList(hir::TypeId type) const;

  const hir::Program* program_;
  hir::FunctionId list_set_;
  hir::FunctionId list_set_owned_;
  std::unordered_map<uint32_t, Known> known_;  // by FunctionId
  std::unordered_map<uint32_t, Facts> facts_;  // by FunctionId
  std::unordered_set<uint32_t> judging_;       // functions whose facts are being found
  std::unordered_set<const hir::Expr*> moves_;
  std::unordered_map<uint64_t, bool> benefits_;
  std::map<std::pair<uint32_t, OwnedMask>, bool> results_;
  std::unordered_map<uint32_t, uint8_t> shares_;   // by TypeId: 1 no, 2 yes
  std::unordered_map<uint32_t, uint8_t> ownable_;  // by TypeId: 1 no, 2 yes
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_OWNERSHIP_H_
