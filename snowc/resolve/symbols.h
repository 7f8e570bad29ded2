// The symbol tables of a program: every definition, in arrays, and every module's names.
//
// `Collect` (collect.h) makes them from the parsed files, `ResolveImports` (imports.h) adds what
// imports make known, `Scope` (scope.h) answers what a name means at a place. Types are not looked
// at here. Definitions refer to their ast nodes, which outlive them.
// Thread-safety: thread-compatible; immutable after ResolveImports but for the marks of use.
#ifndef SNOWC_RESOLVE_SYMBOLS_H_
#define SNOWC_RESOLVE_SYMBOLS_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "snowc/base/index.h"
#include "snowc/base/interner.h"
#include "snowc/base/source.h"
#include "snowc/hir/hir.h"
#include "snowc/resolve/id_map.h"
#include "snowc/syntax/ast.h"

namespace snow::resolve {

using PackageId = Index<struct PackageIdTag>;
using ModuleId = Index<struct ModuleIdTag>;
using FnId = Index<struct FnIdTag>;
using TypeId = Index<struct TypeDeclIdTag>;
using InterfaceId = hir::InterfaceId;
using ImplId = hir::ImplId;
using ServiceId = Index<struct ServiceIdTag>;
using SupervisorId = Index<struct SupervisorIdTag>;
using TestId = Index<struct TestIdTag>;

enum class FnKind : uint8_t {
  kFunction,         // clauses
  kExtern,           // clauses[0] is its head; external
  kConst,            // constant; used without parentheses
  kActor,            // actor
  kMethod,           // of an impl (owner); clauses
  kInterfaceMethod,  // of an interface (owner); clauses[0], its body may be null
  kTest,             // test
  kSetup,            // block
  kService,          // the loop of a service (owner), with its handlers
  kServiceApi,       // generated: what starts, calls or casts to a service (owner)
  kServiceFunction,  // a function inside a service (owner): clauses
  kSupervisor,       // the function that runs a supervisor (owner)
  kChildStart,       // generated: what starts a child by the template of a supervisor (owner)
  kFieldDefault,     // expr: the default of a struct's field
};

// Whatever becomes a function of the typed core.
struct FnDecl {
  FnKind kind = FnKind::kFunction;
  bool is_pub = false;
  bool is_broken = false;  // clauses were left out after a report: its uses pass silently
  ModuleId module;
  StringId name;
  Span span;  // of the name
  std::vector<const ast::FnDecl*> clauses;
  const ast::Item* item = nullptr;  // what it stands in, with the attributes; null inside impls
  const ast::Expr* expr = nullptr;  // kFieldDefault
  const ast::Attribute* deprecated = nullptr;
  uint32_t owner = 0xFFFFFFFFu;     // ImplId, InterfaceId, ServiceId, SupervisorId or TestId
};

enum class TypeDeclKind : uint8_t { kBuiltin, kStruct, kSum, kAlias, kService, kSupervisor };

struct TypeDecl {
  TypeDeclKind kind = TypeDeclKind::kStruct;
  bool is_pub = false;
  bool is_opaque = false;
  ModuleId module;
  StringId name;
  Span span;
  const ast::Item* item = nullptr;  // null for builtins
  hir::TyConId con;                 // invalid for aliases
  uint32_t owner = 0xFFFFFFFFu;     // ServiceId, SupervisorId
  std::span<const ast::Name> generics;
  const ast::Attribute* deprecated = nullptr;
};

struct InterfaceDecl {
  bool is_pub = false;
  ModuleId module;
  StringId name;
  Span span;
  const ast::InterfaceItem* item = nullptr;
  std::vector<FnId> methods;  // in order of declaration
};

struct ImplDecl {
  ModuleId module;
  const ast::ImplItem* item = nullptr;
  std::vector<FnId> methods;
};

struct ServiceDecl {
  bool is_pub = false;
  ModuleId module;
  StringId name;
  Span span;
  const ast::ServiceItem* item = nullptr;
  TypeId type;
  FnId loop;
  std::vector<FnId> functions;  // `init` among them
};

struct SupervisorDecl {
  bool is_pub = false;
  ModuleId module;
  StringId name;
  Span span;
  const ast::SupervisorItem* item = nullptr;
  TypeId type;
  FnId run;
  FnId start_child;  // of simple_one_for_one; invalid otherwise
};

struct TestDecl {
  ModuleId module;
  std::string name;  // "group > adds"
  const ast::TestItem* item = nullptr;
  FnId function;
  FnId setup;  // the nearest one; invalid without
  Span span;
};

// A constructor: a variant of a sum type. Those of one name are chained.
struct VariantRef {
  TypeId type;
  uint32_t variant = 0;
  uint32_t next = kNone;  // index into Symbols::variants
  static constexpr uint32_t kNone = 0xFFFFFFFFu;
};

// `import M`, `import M as A`, or one name of `from M import a, b`.
struct Import {
  ModuleId target;   // invalid when it was not found (reported)
  StringId name;     // what it is called here
  Span span;         // of that name
  bool is_member = false;  // of `from .. import`
  bool used = false;
};

struct Module {
  PackageId package;
  ModuleId parent;   // of a nested module; otherwise invalid
  std::string name;  // "Math.Vector", "Config.Inner"; "" for the entry
  StringId last_name;
  std::string path;
  FileId file;
  bool is_pub = true;
  Span span;  // of a nested module's name
  const ast::File* ast = nullptr;

  IdMap<StringId, FnId> functions;  // fn, extern, const, actor
  IdMap<StringId, TypeId> types;    // struct, sum type, alias, service, supervisor
  IdMap<StringId, InterfaceId> interfaces;
  IdMap<StringId, ModuleId> modules;   // nested ones
  IdMap<StringId, uint32_t> variants;  // heads of chains in Symbols::variants

  std::vector<Import> imports;
  IdMap<StringId, uint32_t> imported_modules;  // by name here: index into imports
  IdMap<StringId, uint32_t> imported_names;    // members: index into imports
};

struct Package {
  std::string name;
  StringId module_prefix;  // "JsonPatch"
  bool is_library = false;  // "std"
  std::vector<PackageId> dependencies;
  IdMap<StringId, ModuleId> modules;  // by full name ("" for the entry)
};

struct Symbols {
  std::vector<Package> packages;
  std::deque<Module> modules;
  std::deque<FnDecl> functions;
  std::deque<TypeDecl> types;
  std::vector<InterfaceDecl> interfaces;
  std::vector<ImplDecl> impls;
  std::vector<ServiceDecl> services;
  std::vector<SupervisorDecl> supervisors;
  std::vector<TestDecl> tests;
  std::vector<VariantRef> variants;

  PackageId library;
  PackageId root;
  ModuleId prelude;
  // Public types and interfaces of the library, which need no import.
  IdMap<StringId, TypeId> library_types;
  IdMap<StringId, InterfaceId> library_interfaces;

  const Module& module(ModuleId id) const { return modules[id.value]; }
  Module& module(ModuleId id) { return modules[id.value]; }
  const FnDecl& fn(FnId id) const { return functions[id.value]; }
  const TypeDecl& type(TypeId id) const { return types[id.value]; }
  TypeDecl& type(TypeId id) { return types[id.value]; }
  const InterfaceDecl& interface(InterfaceId id) const { return interfaces[id.value]; }
  const Package& PackageOf(ModuleId id) const { return packages[module(id).package.value]; }
  bool InLibrary(ModuleId id) const { return module(id).package == library; }
};

}  // namespace snow::resolve

#endif  // SNOWC_RESOLVE_SYMBOLS_H_
