// Types of the typed core: interned, so that equality is equality of ids.
//
// Inference works on types of its own (snowc/types); what leaves the checker has no inference
// variables.
#ifndef SNOWC_HIR_TYPE_H_
#define SNOWC_HIR_TYPE_H_

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "snowc/base/index.h"
#include "snowc/base/interner.h"
#include "snowc/base/source.h"

namespace snow::hir {

using TypeId = Index<struct TypeIdTag>;
// A type constructor: a builtin, a struct, a sum type.
using TyConId = Index<struct TyConIdTag>;

enum class TypeKind : uint8_t {
  kCon,    // con<args>
  kTuple,  // args; at least one (the empty tuple is the builtin Unit)
  kFun,    // args: parameters…, result, message type of the running actor
  kParam,  // index: a generic of the enclosing function, impl, interface or type
  kAssoc,  // associated type `index` of interface `con_or_interface` at args [Self, arguments…]
};

struct Type {
  TypeKind kind;
  uint32_t index = 0;  // kParam, kAssoc
  uint32_t con = 0;    // kCon: TyConId; kAssoc: InterfaceId
  std::span<const TypeId> args;
};

// Builtins: their TyConIds are fixed, in this order.
enum class Builtin : uint32_t {
  kInt,
  kFloat,
  kBool,
  kString,
  kAtom,
  kUnit,
  kNever,
  kBytes,
  kPid,     // 1 argument: the message type (Any for a bare Pid)
  kAny,     // a message of whatever type; a bare Pid's argument
  kBuffer,  // 1 argument: the raw storage of collections, see docs of stdlib/buffer.snow
  kHandle,  // an opaque runtime resource (socket, file, connection): one word
  kCount,
};

enum class TyConKind : uint8_t { kBuiltin, kStruct, kSum };

struct Field {
  static constexpr uint32_t kNoDefault = 0xFFFFFFFFu;

  StringId name;  // empty for positional fields of variants
  TypeId type;    // over kParam of the type constructor
  Span span;
  // `= e`: the FunctionId of a function () → type whose generics are those of the type constructor.
  uint32_t default_value = kNoDefault;
  // @json(..): the key (empty: the field's name), and what is done with an absent key.
  std::string json_name = {};
  bool json_default = false;
  bool json_skip = false;
};

struct Variant {
  StringId name;
  std::vector<Field> fields;
  Span span;
};

// The words of a schema in a struct body (spec 03, section 9); what was not written is empty.
struct SchemaInfo {
  struct Relationship {
    std::string kind;  // belongs_to, has_many, has_one
    std::string name;
    std::string type;
  };
  std::string table;
  std::string primary_key;
  std::vector<Relationship> relationships;
};

struct TyCon {
  StringId name;
  std::string qualified_name;  // unique: package, module, name; hashed into message types
  TyConKind kind = TyConKind::kBuiltin;
  uint32_t module = 0;
  uint32_t params = 0;
  std::vector<Field> fields;      // kStruct
  std::vector<Variant> variants;  // kSum
  // Interfaces that lowering derives for this type structurally (bit per Derivable).
  uint32_t derived = 0;
  SchemaInfo schema;  // kStruct; the fields of `timestamps true` are among `fields`
  Span span;
};

enum class Derivable : uint32_t {
  kEq,
  kOrd,
  kDisplay,
  kDebug,
  kHash,
  kDefault,
  kJson,
  kRow,
  kSchema
};

class TypeTable {
 public:
  explicit TypeTable(const Interner* interner);

  TypeId Con(TyConId con, std::span<const TypeId> args = {});
  TypeId Con(Builtin builtin, std::span<const TypeId> args = {});
  TypeId Tuple(std::span<const TypeId> elements);
  // The type of a function value. `message`: the actor's message type that it needs.
  TypeId Fun(std::span<const TypeId> params, TypeId result, TypeId message);
  TypeId Param(uint32_t index);
  TypeId Assoc(uint32_t interface, uint32_t index, std::span<const TypeId> args);

  const Type& Get(TypeId id) const { return types_[id.value]; }
  bool Is(TypeId id, Builtin builtin) const;
  // Ids are below this; the table only grows.
  uint32_t size() const { return static_cast<uint32_t>(types_.size()); }
  // Replaces kParam(i) by args[i].
  TypeId Substitute(TypeId type, std::span<const TypeId> args);

  TyConId AddTyCon(TyCon con);
  TyCon& con(TyConId id) { return cons_[id.value]; }
  const TyCon& con(TyConId id) const { return cons_[id.value]; }
  uint32_t con_count() const { return static_cast<uint32_t>(cons_.size()); }

  // Names the associated types of an interface, so that they can be printed.
  void SetAssociatedNames(uint32_t interface, std::vector<StringId> names) {
    associated_names_[interface] = std::move(names);
  }
  StringId AssociatedName(uint32_t interface, uint32_t index) const {
    return associated_names_.at(interface)[index];
  }

  // As the user would write it; kParam(i) prints as names[i] or a, b, ….
  std::string Print(TypeId type, std::span<const std::string> names = {}) const;

 private:
  const Interner* interner_;
  std::unordered_map<uint32_t, std::vector<StringId>> associated_names_;

  TypeId Intern(const Type& key);

  std::vector<Type> types_;
  std::deque<std::vector<TypeId>> arg_storage_;
  std::unordered_map<uint64_t, std::vector<TypeId>> index_;
  std::deque<TyCon> cons_;
};

}  // namespace snow::hir

#endif  // SNOWC_HIR_TYPE_H_
