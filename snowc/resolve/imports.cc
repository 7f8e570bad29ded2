#include "snowc/resolve/imports.h"

#include <string>

#include "snowc/resolve/suggest.h"

namespace snow::resolve {
namespace {

class ImportResolver {
 public:
  ImportResolver(Symbols& symbols, Scope& scope, Interner& interner, Diagnostics& diagnostics)
      : symbols_(symbols), scope_(scope), interner_(interner), diagnostics_(diagnostics) {}

  void Run() {
    for (uint32_t i = 0; i < symbols_.modules.size(); ++i) {
      ModuleId module(i);
      if (symbols_.module(module).ast == nullptr) continue;
      AddItems(module, symbols_.module(module).ast->items);
      WarnOfHidden(module);
    }
    FindCycles();
  }

 private:
  std::string Text(StringId id) const { return std::string(interner_.Get(id)); }

  std::string Text(const ast::Path& path) const {
    std::string text;
    for (const ast::Name& name : path.segments) {
      if (!text.empty()) text += '.';
      text += interner_.Get(name.id);
    }
    return text;
  }

  void AddItems(ModuleId module, ast::List<const ast::Item*> items) {
    for (const ast::Item* item : items) {
      if (const auto* import = ast::DynAs<ast::ImportItem>(*item)) {
        AddImport(module, *import);
      } else if (const auto* from = ast::DynAs<ast::FromImportItem>(*item)) {
        AddFromImport(module, *from);
      } else if (const auto* nested = ast::DynAs<ast::ModuleItem>(*item)) {
        const ModuleId* inner = symbols_.module(module).modules.Find(nested->name.id);
        if (inner != nullptr) AddItems(*inner, nested->items);
      }
    }
  }

  ModuleId Find(ModuleId from, const ast::Path& path) {
    if (path.segments.empty() || interner_.Get(path.segments[0].id).empty()) return ModuleId();
    ModuleId found = scope_.FindModuleByPath(from, path.segments);
    if (found.IsValid()) {
      const Module& target = symbols_.module(found);
      if (!target.parent.IsValid() || scope_.IsVisible(from, target.parent, target.is_pub)) {
        return found;
      }
      diagnostics_
          .Error(DiagnosticKind::kPrivateName, path.span,
                 "module '" + Text(path) + "' is private to its file")
          .Note(target.span, "it is defined here")
          .Help("write `pub module` there to let others use it");
      return ModuleId();
    }
    NearestName nearest(Text(path));
    scope_.ForEachModuleName(from, [&](std::string_view name) { nearest.Consider(name); });
    auto report = diagnostics_.Error(DiagnosticKind::kModuleNotFound, path.span,
                                     "there is no module '" + Text(path) + "'");
    if (nearest.found()) {
      report.Help("did you mean '" + nearest.best() + "'?").Fix(path.span, nearest.best());
    } else {
      report.Help(
          "a file is a module named by its path: math/vector.snow is 'Math.Vector'; a package's "
          "modules begin with its name, and snow.toml must name it as a dependency");
    }
    return ModuleId();
  }

  bool Taken(const Module& in, const IdMap<StringId, uint32_t>& names, StringId name, Span span) {
    const uint32_t* earlier = names.Find(name);
    if (earlier == nullptr) return false;
    diagnostics_
        .Error(DiagnosticKind::kDuplicateImport, span, "'" + Text(name) + "' is imported twice")
        .Note(in.imports[*earlier].span, "the first import is here")
        .Help("import one of them as a module with another name: `import M as N`");
    return true;
  }

  void AddImport(ModuleId module, const ast::ImportItem& item) {
    Import import;
    import.target = Find(module, item.path);
    import.name = item.alias.id;
    import.span = item.has_alias ? item.alias.span : item.path.span;
    Module& in = symbols_.module(module);
    if (Taken(in, in.imported_modules, import.name, import.span)) return;
    in.imported_modules.Insert(import.name, static_cast<uint32_t>(in.imports.size()));
    // Modules of the library need no import, so one that says so all the same is no waste.
    if (import.target.IsValid() && symbols_.InLibrary(import.target)) import.used = true;
    if (!import.target.IsValid()) import.used = true;
    in.imports.push_back(import);
  }

  void AddFromImport(ModuleId module, const ast::FromImportItem& item) {
    ModuleId target = Find(module, item.path);
    for (const ast::Name& name : item.names) {
      Import import;
      import.target = target;
      import.name = name.id;
      import.span = name.span;
      import.is_member = true;
      import.used = !target.IsValid();
      Module& in = symbols_.module(module);
      if (Taken(in, in.imported_names, name.id, name.span)) continue;
      if (target.IsValid() && !CheckMember(module, target, name)) {
        import.target = ModuleId();
        import.used = true;
      }
      in.imported_names.Insert(name.id, static_cast<uint32_t>(in.imports.size()));
      in.imports.push_back(import);
    }
  }

  // Whether `target` has something of that name that `from` may use; reports otherwise.
  bool CheckMember(ModuleId from, ModuleId target, const ast::Name& name) {
    Member member = scope_.FindMember(target, name.id);
    const std::string module_name = NameOf(target);
    if (member.IsEmpty()) {
      NearestName nearest(interner_.Get(name.id));
      const Module& in = symbols_.module(target);
      for (const auto& e : in.functions.entries()) nearest.Consider(interner_.Get(e.key));
      for (const auto& e : in.types.entries()) nearest.Consider(interner_.Get(e.key));
      for (const auto& e : in.interfaces.entries()) nearest.Consider(interner_.Get(e.key));
      auto report =
          diagnostics_.Error(DiagnosticKind::kNameNotInModule, name.span,
                             "module '" + module_name + "' has no '" + Text(name.id) + "'");
      if (nearest.found()) {
        report.Help("did you mean '" + nearest.best() + "'?").Fix(name.span, nearest.best());
      }
      return false;
    }
    Span place;
    bool visible = false;
    auto consider = [&](bool seen, Span span) {
      visible = visible || seen;
      place = span;
    };
    if (member.function.IsValid()) {
      const FnDecl& fn = symbols_.fn(member.function);
      consider(scope_.IsVisible(from, fn), fn.span);
    }
    if (member.type.IsValid()) {
      const TypeDecl& type = symbols_.type(member.type);
      consider(scope_.IsVisible(from, type), type.span);
    }
    if (member.interface.IsValid()) {
      const InterfaceDecl& interface = symbols_.interface(member.interface);
      consider(scope_.IsVisible(from, target, interface.is_pub), interface.span);
    }
    if (member.module.IsValid()) {
      const Module& nested = symbols_.module(member.module);
      consider(scope_.IsVisible(from, target, nested.is_pub), nested.span);
    }
    if (member.variants != VariantRef::kNone) {
      const TypeDecl& type = symbols_.type(symbols_.variants[member.variants].type);
      consider(scope_.IsVisible(from, type) && !type.is_opaque, type.span);
    }
    if (visible) return true;
    diagnostics_
        .Error(DiagnosticKind::kPrivateName, name.span,
               "'" + Text(name.id) + "' is private to module '" + module_name + "'")
        .Note(place, "it is defined here")
        .Help("write `pub` before its definition to let other modules use it");
    return false;
  }

  std::string NameOf(ModuleId module) const {
    const Module& in = symbols_.module(module);
    const Package& package = symbols_.packages[in.package.value];
    if (in.package == symbols_.root || package.is_library) return in.name.empty() ? "main" : in.name;
    std::string name = Text(package.module_prefix);
    return in.name.empty() ? name : name + "." + in.name;
  }

  // A module of the program of exactly a library module's name.
  void WarnOfHidden(ModuleId module) {
    const Module& in = symbols_.module(module);
    if (symbols_.InLibrary(module) || in.parent.IsValid()) return;
    auto id = interner_.Find(in.name);
    if (in.name.empty() || !id || !scope_.LibraryModule(*id).IsValid()) return;
    diagnostics_
        .Warning(DiagnosticKind::kShadowedModule, Span{in.file, 0, 0},
                 "this module hides the library's module '" + in.name + "'")
        .Help("where it is imported, the library's functions are out of reach; another file name "
              "avoids that");
  }

  // Depth-first over the imports of one package; a module met again while it is open closes a cycle.
  void FindCycles() {
    state_.assign(symbols_.modules.size(), kNew);
    for (uint32_t i = 0; i < symbols_.modules.size(); ++i) {
      if (!symbols_.InLibrary(ModuleId(i)) && state_[i] == kNew) Visit(ModuleId(i));
    }
  }

  ModuleId FileModule(ModuleId module) const {
    while (symbols_.module(module).parent.IsValid()) module = symbols_.module(module).parent;
    return module;
  }

  struct Open {
    ModuleId module;
    size_t next = 0;  // import to be looked at
  };

  void Visit(ModuleId root) {
    std::vector<Open> path = {{root}};
    state_[root.value] = kOpen;
    while (!path.empty()) {
      Open& top = path.back();
      const Module& in = symbols_.module(top.module);
      if (top.next == in.imports.size()) {
        state_[top.module.value] = kClosed;
        path.pop_back();
        continue;
      }
      const Import& import = in.imports[top.next++];
      if (!import.target.IsValid()) continue;
      ModuleId target = FileModule(import.target);
      if (symbols_.module(target).package != in.package || target == FileModule(top.module)) {
        continue;
      }
      if (state_[target.value] == kNew) {
        state_[target.value] = kOpen;
        path.push_back({target});
      } else if (state_[target.value] == kOpen) {
        ReportCycle(path, target);
      }
    }
  }

  void ReportCycle(const std::vector<Open>& path, ModuleId target) {
    size_t first = 0;
    while (path[first].module != target) ++first;
    std::string cycle;
    for (size_t i = first; i < path.size(); ++i) cycle += NameOf(path[i].module) + " → ";
    cycle += NameOf(target);
    auto import_of = [&](const Open& open) {
      return symbols_.module(open.module).imports[open.next - 1].span;
    };
    auto report = diagnostics_.Error(DiagnosticKind::kImportCycle, import_of(path.back()),
                                     "modules import each other in a circle: " + cycle);
    report.Label("this import closes the circle");
    for (size_t i = first; i + 1 < path.size(); ++i) {
      report.Note(import_of(path[i]), "'" + NameOf(path[i].module) + "' imports '" +
                                          NameOf(path[i + 1].module) + "' here");
    }
    report.Help("move what both need into a module of its own");
  }

  enum State : uint8_t { kNew, kOpen, kClosed };

  Symbols& symbols_;
  Scope& scope_;
  Interner& interner_;
  Diagnostics& diagnostics_;
  std::vector<State> state_;
};

}  // namespace

void ResolveImports(Symbols& symbols, Scope& scope, Interner& interner, Diagnostics& diagnostics) {
  ImportResolver(symbols, scope, interner, diagnostics).Run();
}

void ReportUnusedImports(const Symbols& symbols, const Interner& interner,
                         Diagnostics& diagnostics) {
  for (uint32_t i = 0; i < symbols.modules.size(); ++i) {
    if (symbols.InLibrary(ModuleId(i))) continue;
    for (const Import& import : symbols.modules[i].imports) {
      if (import.used) continue;
      diagnostics
          .Warning(DiagnosticKind::kUnusedImport, import.span,
                   "unused import '" + std::string(interner.Get(import.name)) + "'")
          .Help("remove it");
    }
  }
}

}  // namespace snow::resolve
