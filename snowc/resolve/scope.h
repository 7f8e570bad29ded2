// What a name means at a place: the rules of chapter 2, sections 4 and 9.
//
// A place is a module. Nearest first: the module itself and those it is nested in, names that it
// imported one by one, what `import M` makes known, the library. Local variables are nearer still
// and not known here. Look-ups mark the imports that they used.
// Thread-safety: thread-compatible.
#ifndef SNOWC_RESOLVE_SCOPE_H_
#define SNOWC_RESOLVE_SCOPE_H_

#include <functional>
#include <string_view>
#include <vector>

#include "snowc/resolve/symbols.h"

namespace snow::resolve {

// A constructor that a bare name may mean; `level` is lower the nearer it is.
struct VariantCandidate {
  TypeId type;
  uint32_t variant = 0;
  int level = 0;
  static constexpr int kLibraryLevel = 100;
};

// What a module offers under a name. Private ones are there too; ask IsVisible.
struct Member {
  FnId function;
  TypeId type;
  InterfaceId interface;
  ModuleId module;
  uint32_t variants = VariantRef::kNone;  // chain in Symbols::variants

  bool IsEmpty() const {
    return !function.IsValid() && !type.IsValid() && !interface.IsValid() && !module.IsValid() &&
           variants == VariantRef::kNone;
  }
};

class Scope {
 public:
  Scope(Symbols& symbols, Interner& interner);

  // Each is invalid when the name means no such thing at `from`.
  ModuleId FindModule(ModuleId from, StringId name);
  TypeId FindType(ModuleId from, StringId name);
  InterfaceId FindInterface(ModuleId from, StringId name);
  // Functions, constants and actors: `own` those of the program (in a module of the library: of
  // that module), `library` those of the prelude.
  FnId FindOwnFunction(ModuleId from, StringId name);
  FnId FindPreludeFunction(StringId name);
  // `string_length` and its like: module and function in one word.
  FnId FindFlatFunction(StringId name);

  // All constructors of that name, nearest first.
  std::vector<VariantCandidate> FindVariants(ModuleId from, StringId name);

  // The module of a path of names (`Math.Vector`), as an import means it; invalid without.
  ModuleId FindModuleByPath(ModuleId from, std::span<const ast::Name> path);

  Member FindMember(ModuleId module, StringId name) const;

  // Whether code in `from` may use what stands in `owner` with this visibility.
  bool IsVisible(ModuleId from, ModuleId owner, bool is_pub) const;
  // Actors, services and supervisors are seen in the whole package.
  bool IsVisibleInPackage(ModuleId from, ModuleId owner, bool is_pub) const;
  bool IsVisible(ModuleId from, const FnDecl& fn) const;
  bool IsVisible(ModuleId from, const TypeDecl& type) const;

  // Calls `consider` with every name that FindOwnFunction, FindType and so on could find.
  void ForEachValueName(ModuleId from, const std::function<void(std::string_view)>& consider) const;
  void ForEachTypeName(ModuleId from, const std::function<void(std::string_view)>& consider) const;
  void ForEachModuleName(ModuleId from, const std::function<void(std::string_view)>& consider) const;
  // The module of the program that has a public function, type or constructor of this name, for
  // hints; invalid without.
  ModuleId FindModuleThatOffers(ModuleId from, StringId name) const;

  ModuleId LibraryModule(StringId name) const;
  ModuleId LibraryModule(std::string_view name) const;

 private:
  // The member of that name that a `from .. import` of `from` (or a module around it) brought.
  Member FindImported(ModuleId from, StringId name);
  bool IsInside(ModuleId inner, ModuleId outer) const;
  bool SameInternals(ModuleId from, ModuleId target) const;

  Symbols& symbols_;
  Interner& interner_;
  std::vector<std::pair<StringId, StringId>> aliases_;  // of library modules: HTTP is Http
  StringId internal_;
};

}  // namespace snow::resolve

#endif  // SNOWC_RESOLVE_SCOPE_H_
