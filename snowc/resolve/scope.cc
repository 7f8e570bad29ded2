#include "snowc/resolve/scope.h"

#include <algorithm>
#include <array>
#include <string>

#include "snowc/resolve/collect.h"

namespace snow::resolve {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kModuleAliases = {{
    {"HTTP", "Http"},
    {"JSON", "Json"},
    {"IO", "Io"},
}};

// Modules whose functions have flat names.
constexpr std::array<std::string_view, 16> kFlatModules = {
    "String", "List", "Map",  "Set",     "Tuple",  "Range", "Queue", "Io",
    "File",   "Env",  "Json", "Request", "Sqlite", "Pg",    "Pool",  "Http"};

}  // namespace

Scope::Scope(Symbols& symbols, Interner& interner) : symbols_(symbols), interner_(interner) {
  for (auto [alias, name] : kModuleAliases) {
    aliases_.push_back({interner.Intern(alias), interner.Intern(name)});
  }
}

ModuleId Scope::LibraryModule(StringId name) const {
  if (!symbols_.library.IsValid()) return ModuleId();
  const Package& library = symbols_.packages[symbols_.library.value];
  if (const ModuleId* found = library.modules.Find(name)) return *found;
  for (auto [alias, target] : aliases_) {
    if (alias != name) continue;
    if (const ModuleId* found = library.modules.Find(target)) return *found;
  }
  return ModuleId();
}

ModuleId Scope::LibraryModule(std::string_view name) const {
  auto id = interner_.Find(name);
  return id ? LibraryModule(*id) : ModuleId();
}

bool Scope::IsInside(ModuleId inner, ModuleId outer) const {
  for (ModuleId m = inner; m.IsValid(); m = symbols_.module(m).parent) {
    if (m == outer) return true;
  }
  return false;
}

bool Scope::IsVisible(ModuleId from, ModuleId owner, bool is_pub) const {
  return is_pub || IsInside(from, owner);
}

bool Scope::IsVisibleInPackage(ModuleId from, ModuleId owner, bool is_pub) const {
  return is_pub || symbols_.module(from).package == symbols_.module(owner).package;
}

bool Scope::IsVisible(ModuleId from, const FnDecl& fn) const {
  if (fn.kind == FnKind::kActor || fn.kind == FnKind::kSupervisor) {
    return IsVisibleInPackage(from, fn.module, fn.is_pub);
  }
  return IsVisible(from, fn.module, fn.is_pub);
}

bool Scope::IsVisible(ModuleId from, const TypeDecl& type) const {
  if (type.kind == TypeDeclKind::kBuiltin) return true;
  if (type.kind == TypeDeclKind::kService || type.kind == TypeDeclKind::kSupervisor) {
    return IsVisibleInPackage(from, type.module, type.is_pub);
  }
  return IsVisible(from, type.module, type.is_pub);
}

Member Scope::FindMember(ModuleId module, StringId name) const {
  const Module& in = symbols_.module(module);
  Member member;
  if (const FnId* found = in.functions.Find(name)) member.function = *found;
  if (const TypeId* found = in.types.Find(name)) member.type = *found;
  if (const InterfaceId* found = in.interfaces.Find(name)) member.interface = *found;
  if (const ModuleId* found = in.modules.Find(name)) member.module = *found;
  if (const uint32_t* found = in.variants.Find(name)) member.variants = *found;
  return member;
}

Member Scope::FindImported(ModuleId from, StringId name) {
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    Module& in = symbols_.module(m);
    const uint32_t* found = in.imported_names.Find(name);
    if (found == nullptr || !in.imports[*found].target.IsValid()) continue;
    Member member = FindMember(in.imports[*found].target, name);
    if (member.IsEmpty()) continue;
    in.imports[*found].used = true;
    return member;
  }
  return Member();
}

ModuleId Scope::FindModule(ModuleId from, StringId name) {
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    Module& in = symbols_.module(m);
    if (const ModuleId* found = in.modules.Find(name)) return *found;
    if (const uint32_t* found = in.imported_modules.Find(name)) {
      in.imports[*found].used = true;
      return in.imports[*found].target;
    }
  }
  Member imported = FindImported(from, name);
  if (imported.module.IsValid()) return imported.module;
  return LibraryModule(name);
}

TypeId Scope::FindType(ModuleId from, StringId name) {
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    if (const TypeId* found = symbols_.module(m).types.Find(name)) return *found;
  }
  Member imported = FindImported(from, name);
  if (imported.type.IsValid()) return imported.type;
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    for (Import& import : symbols_.module(m).imports) {
      if (import.is_member || !import.target.IsValid()) continue;
      const TypeId* found = symbols_.module(import.target).types.Find(name);
      if (found == nullptr || !IsVisible(from, symbols_.type(*found))) continue;
      import.used = true;
      return *found;
    }
  }
  const TypeId* found = symbols_.library_types.Find(name);
  return found ? *found : TypeId();
}

InterfaceId Scope::FindInterface(ModuleId from, StringId name) {
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    if (const InterfaceId* found = symbols_.module(m).interfaces.Find(name)) return *found;
  }
  Member imported = FindImported(from, name);
  if (imported.interface.IsValid()) return imported.interface;
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    for (Import& import : symbols_.module(m).imports) {
      if (import.is_member || !import.target.IsValid()) continue;
      const InterfaceId* found = symbols_.module(import.target).interfaces.Find(name);
      if (found == nullptr || !symbols_.interface(*found).is_pub) continue;
      import.used = true;
      return *found;
    }
  }
  const InterfaceId* found = symbols_.library_interfaces.Find(name);
  return found ? *found : InterfaceId();
}

FnId Scope::FindOwnFunction(ModuleId from, StringId name) {
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    if (const FnId* found = symbols_.module(m).functions.Find(name)) return *found;
  }
  return FindImported(from, name).function;
}

FnId Scope::FindPreludeFunction(StringId name) {
  if (!symbols_.prelude.IsValid()) return FnId();
  const FnId* found = symbols_.module(symbols_.prelude).functions.Find(name);
  return found && symbols_.fn(*found).is_pub ? *found : FnId();
}

FnId Scope::FindFlatFunction(StringId name) {
  std::string_view text = interner_.Get(name);
  for (std::string_view module_name : kFlatModules) {
    std::string prefix = SnakeCase(module_name) + "_";
    if (text.size() <= prefix.size() || text.substr(0, prefix.size()) != prefix) continue;
    auto member = interner_.Find(text.substr(prefix.size()));
    ModuleId module = LibraryModule(module_name);
    if (!member || !module.IsValid()) continue;
    const FnId* found = symbols_.module(module).functions.Find(*member);
    if (found && symbols_.fn(*found).is_pub) return *found;
  }
  return FnId();
}

std::vector<VariantCandidate> Scope::FindVariants(ModuleId from, StringId name) {
  std::vector<VariantCandidate> found;
  auto add_chain = [&](uint32_t head, int level) {
    for (uint32_t i = head; i != VariantRef::kNone; i = symbols_.variants[i].next) {
      const VariantRef& ref = symbols_.variants[i];
      found.push_back({ref.type, ref.variant, level});
    }
  };
  int level = 0;
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    if (const uint32_t* head = symbols_.module(m).variants.Find(name)) add_chain(*head, level);
    ++level;
  }
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    for (Import& import : symbols_.module(m).imports) {
      if (!import.target.IsValid()) continue;
      const Module& target = symbols_.module(import.target);
      const uint32_t* head = target.variants.Find(name);
      if (head == nullptr) continue;
      for (uint32_t i = *head; i != VariantRef::kNone; i = symbols_.variants[i].next) {
        const VariantRef& ref = symbols_.variants[i];
        const TypeDecl& type = symbols_.type(ref.type);
        // `from M import T` brings T's constructors along; `import M` all public ones.
        bool named = import.is_member && (import.name == type.name || import.name == name);
        bool bare = !import.is_member;
        if ((!named && !bare) || !IsVisible(from, type)) continue;
        if (type.is_opaque && !IsInside(from, type.module)) continue;
        bool known = std::ranges::any_of(found, [&](const VariantCandidate& c) {
          return c.type == ref.type && c.variant == ref.variant;
        });
        import.used = true;
        if (!known) found.push_back({ref.type, ref.variant, level + (named ? 0 : 1)});
      }
    }
  }
  if (symbols_.prelude.IsValid() && !IsInside(from, symbols_.prelude)) {
    const uint32_t* head = symbols_.module(symbols_.prelude).variants.Find(name);
    if (head != nullptr) add_chain(*head, VariantCandidate::kLibraryLevel);
  }
  std::ranges::sort(found, [](const VariantCandidate& a, const VariantCandidate& b) {
    return a.level != b.level ? a.level < b.level : a.type < b.type;
  });
  return found;
}

ModuleId Scope::FindModuleByPath(ModuleId from, std::span<const ast::Name> path) {
  auto in_package = [&](const Package& package, std::span<const ast::Name> rest) {
    // The longest prefix that is a file's module, then modules nested in it.
    for (size_t count = rest.size() + 1; count-- > 0;) {
      std::string name;
      for (size_t i = 0; i < count; ++i) {
        if (i > 0) name += '.';
        name += interner_.Get(rest[i].id);
      }
      auto id = interner_.Find(name);
      const ModuleId* found = id ? package.modules.Find(*id) : nullptr;
      if (found == nullptr) continue;
      if (count == 0 && !rest.empty() && package.name == symbols_.PackageOf(from).name) continue;
      ModuleId module = *found;
      bool ok = true;
      for (size_t i = count; i < rest.size() && ok; ++i) {
        const ModuleId* nested = symbols_.module(module).modules.Find(rest[i].id);
        ok = nested != nullptr;
        if (ok) module = *nested;
      }
      if (ok) return module;
    }
    return ModuleId();
  };
  const Package& own = symbols_.PackageOf(from);
  if (ModuleId found = in_package(own, path); found.IsValid()) return found;
  // Modules of this very file.
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    ModuleId module = m;
    for (size_t i = 0; i < path.size() && module.IsValid(); ++i) {
      const ModuleId* nested = symbols_.module(module).modules.Find(path[i].id);
      module = nested ? *nested : ModuleId();
    }
    if (module.IsValid()) return module;
  }
  for (PackageId id : own.dependencies) {
    const Package& package = symbols_.packages[id.value];
    if (path[0].id != package.module_prefix) continue;
    if (ModuleId found = in_package(package, path.subspan(1)); found.IsValid()) return found;
  }
  if (path.size() == 1) return LibraryModule(path[0].id);
  if (!symbols_.library.IsValid() || interner_.Get(path[0].id) == "Internal") return ModuleId();
  return in_package(symbols_.packages[symbols_.library.value], path);
}

void Scope::ForEachValueName(ModuleId from,
                             const std::function<void(std::string_view)>& consider) const {
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    const Module& in = symbols_.module(m);
    for (const auto& entry : in.functions.entries()) consider(interner_.Get(entry.key));
    for (const auto& entry : in.variants.entries()) consider(interner_.Get(entry.key));
    for (const auto& entry : in.imported_names.entries()) consider(interner_.Get(entry.key));
  }
  if (!symbols_.prelude.IsValid()) return;
  const Module& prelude = symbols_.module(symbols_.prelude);
  for (const auto& entry : prelude.functions.entries()) {
    if (symbols_.fn(entry.value).is_pub) consider(interner_.Get(entry.key));
  }
  for (const auto& entry : prelude.variants.entries()) consider(interner_.Get(entry.key));
}

void Scope::ForEachTypeName(ModuleId from,
                            const std::function<void(std::string_view)>& consider) const {
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    const Module& in = symbols_.module(m);
    for (const auto& entry : in.types.entries()) consider(interner_.Get(entry.key));
    for (const auto& entry : in.interfaces.entries()) consider(interner_.Get(entry.key));
    for (const auto& entry : in.imported_names.entries()) consider(interner_.Get(entry.key));
  }
  for (const auto& entry : symbols_.library_types.entries()) consider(interner_.Get(entry.key));
  for (const auto& entry : symbols_.library_interfaces.entries()) {
    consider(interner_.Get(entry.key));
  }
}

void Scope::ForEachModuleName(ModuleId from,
                              const std::function<void(std::string_view)>& consider) const {
  for (ModuleId m = from; m.IsValid(); m = symbols_.module(m).parent) {
    const Module& in = symbols_.module(m);
    for (const auto& entry : in.modules.entries()) consider(interner_.Get(entry.key));
    for (const auto& entry : in.imported_modules.entries()) consider(interner_.Get(entry.key));
  }
  for (const auto& entry : symbols_.PackageOf(from).modules.entries()) {
    consider(interner_.Get(entry.key));
  }
  if (!symbols_.library.IsValid()) return;
  for (const auto& entry : symbols_.packages[symbols_.library.value].modules.entries()) {
    consider(interner_.Get(entry.key));
  }
}

ModuleId Scope::FindModuleThatOffers(ModuleId from, StringId name) const {
  for (const auto& entry : symbols_.PackageOf(from).modules.entries()) {
    if (symbols_.module(entry.value).name.empty()) continue;
    Member member = FindMember(entry.value, name);
    bool visible = (member.function.IsValid() && IsVisible(from, symbols_.fn(member.function))) ||
                   (member.type.IsValid() && IsVisible(from, symbols_.type(member.type)));
    if (visible) return entry.value;
  }
  return ModuleId();
}

}  // namespace snow::resolve
