#include "snowc/types/world.h"

#include "snowc/resolve/collect.h"
#include "snowc/resolve/imports.h"

namespace snow::types {

World::World(const CheckInput& input, Interner& interner, Diagnostics& diagnostics)
    : input(input),
      interner(interner),
      diagnostics(diagnostics),
      program(&interner),
      store(program.types, interner),
      symbols(resolve::Collect(input, interner, program.types, diagnostics)),
      scope(symbols, interner) {
  empty_name = interner.Intern("");
  self_name = interner.Intern("self");
  resolve::ResolveImports(symbols, scope, interner, diagnostics);
  functions.resize(symbols.functions.size());
  types.resize(program.types.con_count());
  interfaces.resize(symbols.interfaces.size());
  impls.resize(symbols.impls.size());
  services.resize(symbols.services.size());
  for (const resolve::Module& module : symbols.modules) {
    hir::Module& made = program.modules.emplace_back();
    made.name = module.name;
    made.package = symbols.packages[module.package.value].name;
    made.path = module.path;
    made.file = module.file.value;
  }
}

std::string World::QualifiedName(ModuleId module, std::string_view name) const {
  std::string qualified = symbols.PackageOf(module).name;
  const std::string& in = symbols.module(module).name;
  if (!in.empty()) qualified += "." + in;
  qualified += ".";
  qualified += name;
  return qualified;
}

std::string World::UniqueName(std::string name) {
  if (!program.functions_by_name.contains(name)) return name;
  for (uint32_t n = 2;; ++n) {
    std::string numbered = name + "#" + std::to_string(n);
    if (!program.functions_by_name.contains(numbered)) return numbered;
  }
}

hir::FunctionId World::NewFunction(ModuleId module, std::string_view name) {
  hir::Function function;
  function.name = interner.Intern(name);
  function.qualified_name = UniqueName(QualifiedName(module, name));
  function.module = module.value;
  return program.AddFunction(std::move(function));
}

hir::FunctionId World::IdOf(FnId fn) {
  FunctionState& state = functions[fn.value];
  if (state.id.IsValid()) return state.id;
  const resolve::FnDecl& decl = symbols.fn(fn);
  std::string name(Text(decl.name));
  switch (decl.kind) {
    case resolve::FnKind::kMethod: {
      const ImplInfo& impl = impls[decl.owner];
      std::string owner = impl.self != nullptr ? Print(impl.self) : "_";
      if (impl.interface.IsValid()) {
        owner = std::string(Text(symbols.interface(impl.interface).name)) + " for " + owner;
      }
      name = owner + "." + name;
      break;
    }
    case resolve::FnKind::kInterfaceMethod:
      name = std::string(Text(symbols.interfaces[decl.owner].name)) + "." + name;
      break;
    case resolve::FnKind::kServiceApi:
    case resolve::FnKind::kServiceFunction:
      name = std::string(Text(symbols.services[decl.owner].name)) + "." + name;
      break;
    default:
      break;
  }
  state.id = NewFunction(decl.module, name);
  hir::Function& function = program.functions[state.id.value];
  function.is_pub = decl.is_pub;
  function.span = decl.span;
  reached.push_back(fn);
  return state.id;
}

FnId World::AddFunction(resolve::FnDecl decl) {
  symbols.functions.push_back(std::move(decl));
  functions.emplace_back();
  return FnId(functions.size() - 1);
}

FnId World::FindLibraryFunction(std::string_view module, std::string_view name) {
  ModuleId id = scope.LibraryModule(module);
  auto interned = interner.Find(name);
  if (!id.IsValid() || !interned) return FnId();
  const FnId* found = symbols.module(id).functions.Find(*interned);
  return found ? *found : FnId();
}

}  // namespace snow::types
