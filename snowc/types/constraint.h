// What inference has to come back to: uses whose type is not known yet.
//
// A constraint waits at a variable (TypeStore::WaitFor) and is tried again when that is bound; what
// still waits when its group of functions ends is settled in source order (chapter 2, section 2).
// Constraints live in the type store's arena.
#ifndef SNOWC_TYPES_CONSTRAINT_H_
#define SNOWC_TYPES_CONSTRAINT_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "snowc/types/world.h"

namespace snow::types {

enum class ConstraintKind : uint8_t {
  kImplements,  // a type must implement an interface
  kUse,         // a field, method, index, `for` or `?`: the body that made it knows how to go on
};

class ConstraintOwner {
 public:
  virtual ~ConstraintOwner() = default;
  // Tries again; true when it is done with (reports included). Otherwise it waits again.
  virtual bool Retry(Constraint& constraint) = 0;
};

struct Constraint {
  ConstraintKind kind = ConstraintKind::kImplements;
  bool done = false;
  Span span;
  ConstraintOwner* owner = nullptr;  // kUse
};

// Bounds that may be relied on: those of the function at hand and of what it stands in.
struct Givens {
  const std::vector<Bound>* bounds = nullptr;
  const Givens* outer = nullptr;
};

// Why an interface is asked for; shown with the error.
struct Reason {
  std::string_view text;             // "the operator '+'"
  StringId name;                     // of the function that asks for it; invalid: see text
  Span span;                         // of the bound; may be invalid
  const struct Implements* part_of = nullptr;  // needed for a part of another type
  std::string_view part;             // "field 'name'"
  bool of_library = false;           // a function of the library's modules asks, for its own use
};

struct Implements : Constraint {
  InterfaceId interface;
  Type* self = nullptr;
  std::span<Type* const> args;
  std::span<Type*> assoc;
  const Givens* givens = nullptr;
  Reason reason;
  bool listed = false;  // in the solver's list of pending constraints
  bool failed = false;  // reported
};

}  // namespace snow::types

#endif  // SNOWC_TYPES_CONSTRAINT_H_
