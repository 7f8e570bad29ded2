// What all parts of the checker share: the symbol tables, the type store, and what has been found
// out so far about each definition.
//
// Ownership: a World lives for one call of Check. Thread-safety: thread-compatible.
#ifndef SNOWC_TYPES_WORLD_H_
#define SNOWC_TYPES_WORLD_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "snowc/diagnostics/diagnostics.h"
#include "snowc/hir/hir.h"
#include "snowc/resolve/input.h"
#include "snowc/resolve/scope.h"
#include "snowc/resolve/symbols.h"
#include "snowc/types/type.h"

namespace snow::types {

using resolve::FnId;
using resolve::ImplId;
using resolve::InterfaceId;
using resolve::ModuleId;

// `self: interface<args>`; `assoc` has one type for each associated type of the interface.
struct Bound {
  Type* self = nullptr;
  InterfaceId interface;
  std::span<Type* const> args;
  std::span<Type*> assoc;
  Span span;
};

// The type of a definition, general over `generics`.
struct Signature {
  std::vector<Type*> generics;  // kParam nodes in the order of hir::Function::generics
  std::vector<Type*> phantoms;  // kParam nodes that are nothing at run time: unseen message types
  std::vector<Bound> bounds;
  Type* type = nullptr;  // kFun
};

struct ParamInfo {
  StringId name;  // invalid for a pattern
  Span span;
  const ast::Param* ast = nullptr;
  hir::FunctionId default_value;  // a function that computes it; invalid until it is needed
  bool has_default = false;
  bool adapts = false;  // a callback of the library that may take fewer parameters (attributes.h)
};

enum class FunctionStatus : uint8_t {
  kNew,
  kDeclared,   // the signature is there, as far as it is written
  kInferring,  // on the stack of groups: the signature may still have variables
  kDone,
};

struct FunctionState {
  FunctionStatus status = FunctionStatus::kNew;
  Signature signature;
  std::vector<ParamInfo> params;
  hir::FunctionId id;          // invalid until something refers to it
  bool result_written = false;  // the result's type is annotated
  uint32_t stack_index = 0;  // kInferring
  // Index of the generic that is the message type, or -1.
  int32_t message_generic = -1;
  // A library function that sends: the parameters `pid :: Pid<M>` and `message :: M`; or -1.
  int32_t sends_to = -1;
  int32_t sends_message = -1;
};

struct FieldInfo {
  StringId name;  // invalid when positional
  Type* type = nullptr;
  const ast::Expr* default_value = nullptr;
  // @json(..): see hir::Field.
  std::string json_name;
  bool json_default = false;
  bool json_skip = false;
  FnId default_fn;  // computes the default; invalid until it is needed
  Span span;
  Span type_span;
};

struct VariantInfo {
  StringId name;
  std::vector<FieldInfo> fields;
  bool is_named = false;
  Span span;
};

// A struct, sum type, service or supervisor, by TyConId.
struct TypeInfo {
  resolve::TypeId decl;  // invalid for unnamed ones
  std::vector<Type*> params;
  std::vector<FieldInfo> fields;
  std::vector<VariantInfo> variants;
  bool has_deriving = false;
  uint32_t derives = 0;  // bits of hir::Derivable that the clause names
  std::vector<std::pair<hir::Derivable, Span>> deriving;
};

struct MethodInfo {
  StringId name;
  FnId fn;
  bool has_self = false;
  bool has_default = false;
};

struct InterfaceInfo {
  std::vector<Type*> params;  // kParam: Self, then the interface's own
  std::vector<StringId> associated;
  std::vector<MethodInfo> methods;
};

struct ImplInfo {
  bool valid = false;
  InterfaceId interface;  // invalid for a type's own functions
  std::vector<Type*> generics;
  std::vector<Bound> bounds;
  Type* self = nullptr;
  std::vector<Type*> args;
  std::vector<Type*> associated;  // by index of InterfaceInfo::associated
  std::vector<FnId> methods;      // by index of InterfaceInfo::methods; invalid: the default
  bool reached = false;           // something that is checked may run it
  Span span;                      // of the head
};

// A call or a cast of a service.
struct HandlerInfo {
  const ast::ServiceHandler* ast = nullptr;
  std::vector<Type*> params;
  Type* reply = nullptr;  // null for a cast
  FnId api;
};

struct ServiceInfo {
  FnId init;             // invalid when it is missing (reported)
  Type* state = nullptr;
  Type* failure = nullptr;  // the error of an `init` that gives a Result; null otherwise
  hir::TyConId message;     // the sum type of calls and casts, in this order
  std::vector<HandlerInfo> calls;
  std::vector<HandlerInfo> casts;
  Type* info = nullptr;  // what the info handlers match; null when none takes messages
  bool takes_messages = false;  // an info handler matches messages, and not notices alone
  FnId start, start_link, try_start;
};

// The library's definitions that the checker itself refers to.
struct Known {
  hir::TyConId option, result, list, map, set, range, iter, signal, json, param, ordering, exit_reason;
  InterfaceId eq, ord, add, sub, mul, div, mod, neg, not_, concat, display, debug, hash, default_,
      from, into, iterator, iterable, json_iface, row, schema;
};

class World {
 public:
  World(const CheckInput& input, Interner& interner, Diagnostics& diagnostics);

  const CheckInput& input;
  Interner& interner;
  Diagnostics& diagnostics;
  hir::Program program;
  TypeStore store;
  resolve::Symbols symbols;
  resolve::Scope scope;
  Known known;

  std::deque<FunctionState> functions;  // by FnId
  std::deque<TypeInfo> types;           // by TyConId
  std::deque<InterfaceInfo> interfaces;
  std::deque<ImplInfo> impls;
  std::deque<ServiceInfo> services;  // by ServiceId

  FunctionState& state(FnId fn) { return functions[fn.value]; }
  const resolve::FnDecl& decl(FnId fn) const { return symbols.fn(fn); }
  TypeInfo& info(hir::TyConId con) {
    while (types.size() <= con.value) types.emplace_back();
    return types[con.value];
  }
  InterfaceInfo& info(InterfaceId id) { return interfaces[id.value]; }

  std::string_view Text(StringId id) const {
    return id.IsValid() ? interner.Get(id) : std::string_view();
  }
  std::string Quoted(StringId id) const { return "'" + std::string(Text(id)) + "'"; }
  std::string Print(Type* type) const { return store.Print(type); }
  bool InLibrary(ModuleId module) const { return symbols.InLibrary(module); }

  // The function of the typed core; its declaration is queued when this is the first use.
  hir::FunctionId IdOf(FnId fn);
  // Makes a function of the typed core that no declaration stands for.
  hir::FunctionId NewFunction(ModuleId module, std::string_view name);
  std::string QualifiedName(ModuleId module, std::string_view name) const;
  // Adds a definition that the program does not write out.
  FnId AddFunction(resolve::FnDecl decl);
  FnId FindLibraryFunction(std::string_view module, std::string_view name);

  // Local variables by name: an index that means something to `owner`, the body being inferred.
  // Returns what the name was bound to before (of the same owner, or -1), to be given back.
  int32_t BindName(StringId name, int32_t index, const void* owner) {
    if (local_names_.size() <= name.value) local_names_.resize(interner.Size());
    LocalName& slot = local_names_[name.value];
    saved_names_.push_back(slot);
    slot = {index, owner};
    return static_cast<int32_t>(saved_names_.size() - 1);
  }
  void RestoreName(StringId name, int32_t saved) {
    local_names_[name.value] = saved_names_[static_cast<size_t>(saved)];
    saved_names_.resize(static_cast<size_t>(saved));
  }
  int32_t BoundName(StringId name, const void* owner) const {
    if (name.value >= local_names_.size()) return -1;
    const LocalName& slot = local_names_[name.value];
    return slot.owner == owner ? slot.index : -1;
  }
  StringId empty_name;
  StringId self_name;

  FnId main;  // invalid for a library

  // Some receive may take messages of any type, which are shown by their own types' texts.
  bool may_take_any = false;

  // Functions that were referred to and whose bodies have not been looked at.
  std::vector<FnId> reached;

 private:
  struct LocalName {
    int32_t index = -1;
    const void* owner = nullptr;
  };
  std::vector<LocalName> local_names_;   // by StringId
  std::vector<LocalName> saved_names_;  // a stack: scopes close in the order opposite to opening

  std::string UniqueName(std::string name);
};

}  // namespace snow::types

#endif  // SNOWC_TYPES_WORLD_H_
