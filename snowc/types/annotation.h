// Reads the types that a program writes.
#ifndef SNOWC_TYPES_ANNOTATION_H_
#define SNOWC_TYPES_ANNOTATION_H_

#include <vector>

#include "snowc/types/world.h"

namespace snow::types {

// What a function type's unseen message type is, by where the type stands.
enum class MessagePolicy : uint8_t {
  kAny,    // in a field or a collection: the value keeps its own
  kOwn,    // in a library signature: that of the function (AnnotationScope::message)
  kFresh,  // in a signature or body of the program: left to inference
};

struct AnnotationScope {
  struct GenericName {
    StringId name;
    Type* type;
  };

  ModuleId module;
  std::vector<GenericName> generics;
  // Adds a single upper-case letter that names no type to `generics` (heads of impls).
  bool implicit_generics = false;
  Type* self = nullptr;                             // what `Self` is; null outside
  const Bound* self_bound = nullptr;                // inside an interface: `Self: I<..>`
  InterfaceId impl_interface;                       // inside an impl of an interface
  const std::vector<Type*>* impl_assoc = nullptr;   // its associated types
  std::vector<Bound>* bounds = nullptr;             // what gives `T.Item` a meaning
  MessagePolicy messages = MessagePolicy::kAny;
  Type* message = nullptr;
  uint32_t level = 1;  // of variables that are made
};

class AnnotationReader {
 public:
  explicit AnnotationReader(World& world) : world_(world) {}

  // The type that is meant; the error type after a report.
  Type* Read(const ast::Type& type, AnnotationScope& scope);

  // Adds the bounds of a where-clause to `bounds`.
  void ReadWhere(ast::List<ast::WhereClause> where, AnnotationScope& scope,
                 std::vector<Bound>& bounds);
  // The interface that a bound or an impl's head names, with its arguments; false after a report.
  bool ReadBound(const ast::Bound& bound, Type* self, AnnotationScope& scope, Bound& result);

  // The struct, sum type and so on of a path; invalid after a report.
  resolve::TypeId FindType(const ast::Path& path, ModuleId module);
  InterfaceId FindInterface(const ast::Path& path, ModuleId module);

  // An associated-type placeholder list for a bound of which nothing is written.
  std::span<Type*> RigidAssociated(InterfaceId interface, Type* self,
                                   std::span<Type* const> args);

 private:
  Type* ReadNamed(const ast::NamedType& type, AnnotationScope& scope);
  Type* ReadPath(const ast::NamedType& type, AnnotationScope& scope);
  Type* ReadProjection(const ast::NamedType& type, Type* self, AnnotationScope& scope);
  Type* ReadAlias(const ast::NamedType& type, resolve::TypeId decl, AnnotationScope& scope);
  Type* ReadIterator(AnnotationScope& scope);
  std::vector<Type*> ReadAll(ast::List<const ast::Type*> types, AnnotationScope& scope);
  Type* Message(AnnotationScope& scope);
  bool CheckCount(const ast::NamedType& type, size_t wanted, Span definition);
  void ReportUnknown(const ast::Path& path, ModuleId module, std::string_view what);
  std::string PathText(const ast::Path& path) const;
  ModuleId FindModule(std::span<const ast::Name> path, ModuleId from);

  World& world_;
  uint32_t con_depth_ = 0;  // inside arguments of constructors
  std::vector<resolve::TypeId> open_aliases_;
};

}  // namespace snow::types

#endif  // SNOWC_TYPES_ANNOTATION_H_
