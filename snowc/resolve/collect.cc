#include "snowc/resolve/collect.h"

#include <algorithm>

#include "snowc/resolve/clauses.h"

namespace snow::resolve {
namespace {

using ast::As;
using ast::ItemKind;

class Collector {
 public:
  Collector(const CheckInput& input, Interner& interner, hir::TypeTable& types,
            Diagnostics& diagnostics)
      : input_(input), interner_(interner), types_(types), diagnostics_(diagnostics) {}

  Symbols Run() {
    AddPackages();
    AddBuiltins();
    for (const CheckPackage& package : input_.packages) AddModules(package);
    for (size_t i = 0; i < pending_.size(); ++i) {
      const PendingModule pending = pending_[i];
      AddItems(pending.module, pending.items);
    }
    FindLibraryNames();
    return std::move(symbols_);
  }

 private:
  struct PendingModule {
    ModuleId module;
    ast::List<const ast::Item*> items;
  };

  void AddPackages() {
    for (const CheckPackage& package : input_.packages) {
      Package& made = symbols_.packages.emplace_back();
      PackageId id(symbols_.packages.size() - 1);
      made.name = package.name;
      made.module_prefix = interner_.Intern(PascalCase(package.name));
      made.is_library = package.name == "std";
      if (made.is_library) symbols_.library = id;
      if (package.name == input_.root) symbols_.root = id;
    }
    for (size_t i = 0; i < input_.packages.size(); ++i) {
      for (const std::string& name : input_.packages[i].dependencies) {
        auto is_it = [&](const Package& package) { return package.name == name; };
        auto found = std::ranges::find_if(symbols_.packages, is_it);
        if (found == symbols_.packages.end()) continue;
        symbols_.packages[i].dependencies.push_back(
            PackageId(static_cast<size_t>(found - symbols_.packages.begin())));
      }
    }
  }

  void AddBuiltins() {
    using hir::Builtin;
    for (Builtin builtin : {Builtin::kInt, Builtin::kFloat, Builtin::kBool, Builtin::kString,
                            Builtin::kAtom, Builtin::kNever, Builtin::kBytes, Builtin::kPid,
                            Builtin::kBuffer, Builtin::kHandle}) {
      hir::TyConId con(static_cast<uint32_t>(builtin));
      TypeDecl decl;
      decl.kind = TypeDeclKind::kBuiltin;
      decl.is_pub = true;
      decl.name = interner_.Intern(types_.con(con).qualified_name);
      decl.con = con;
      symbols_.types.push_back(decl);
      symbols_.library_types.Insert(decl.name, TypeId(symbols_.types.size() - 1));
    }
  }

  void AddModules(const CheckPackage& package) {
    PackageId id(static_cast<size_t>(&package - input_.packages.data()));
    for (const CheckModule& source : package.modules) {
      Module& module = symbols_.modules.emplace_back();
      ModuleId module_id(symbols_.modules.size() - 1);
      module.package = id;
      module.name = source.name;
      module.last_name = interner_.Intern(LastSegment(source.name));
      module.path = source.path;
      module.file = source.file->file;
      module.ast = source.file;
      symbols_.packages[id.value].modules.Insert(interner_.Intern(source.name), module_id);
      if (symbols_.packages[id.value].is_library && source.name == "Prelude") {
        symbols_.prelude = module_id;
      }
      pending_.push_back({module_id, source.file->items});
    }
  }

  static std::string_view LastSegment(std::string_view name) {
    size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
  }

  void AddItems(ModuleId module, ast::List<const ast::Item*> items) {
    std::vector<const ast::FnDecl*> clauses;
    std::vector<const ast::Item*> owners;
    for (const ast::Item* item : items) {
      if (const auto* fn = ast::DynAs<ast::FnItem>(*item)) {
        clauses.push_back(fn->fn);
        owners.push_back(item);
      }
    }
    GroupClauses(clauses, ClauseKind::kFunction, interner_, diagnostics_,
                 [&](ClauseGroup group) {
                   const ast::Item* owner = owners[group.first];
                   AddFunction(module, std::move(group), owner);
                 });
    for (const ast::Item* item : items) AddItem(module, *item);
    AddTests(module, items, "", FnId());
  }

  FnId AddFn(FnDecl decl) {
    symbols_.functions.push_back(std::move(decl));
    return FnId(symbols_.functions.size() - 1);
  }

  // Names a function of a module; false when the name is taken (reported).
  bool DeclareFunction(ModuleId module, StringId name, Span span, FnId fn) {
    Module& in = symbols_.module(module);
    if (in.functions.Insert(name, fn)) return true;
    ReportDuplicate(name, span, symbols_.fn(*in.functions.Find(name)).span);
    return false;
  }

  void ReportDuplicate(StringId name, Span span, Span first) {
    if (interner_.Get(name).empty()) return;
    diagnostics_
        .Error(DiagnosticKind::kDuplicateDefinition, span,
               "'" + std::string(interner_.Get(name)) + "' is defined twice")
        .Label("defined again here")
        .Note(first, "the first definition is here");
  }

  void AddFunction(ModuleId module, ClauseGroup made, const ast::Item* item) {
    std::vector<const ast::FnDecl*>& group = made.clauses;
    FnDecl decl;
    decl.is_broken = made.broken;
    decl.is_pub = std::ranges::any_of(group, [](const ast::FnDecl* fn) { return fn->is_pub; }) ||
                  item->is_pub;
    decl.module = module;
    decl.name = group[0]->name.id;
    decl.span = group[0]->name.span;
    decl.clauses = std::move(group);
    decl.item = item;
    decl.deprecated = Deprecated(item->attributes);
    Span span = decl.span;
    StringId name = decl.name;
    DeclareFunction(module, name, span, AddFn(std::move(decl)));
  }

  FnDecl NewFn(FnKind kind, ModuleId module, const ast::Item& item, const ast::Name& name) {
    FnDecl decl;
    decl.kind = kind;
    decl.is_pub = item.is_pub;
    decl.module = module;
    decl.name = name.id;
    decl.span = name.span;
    decl.item = &item;
    decl.deprecated = Deprecated(item.attributes);
    return decl;
  }

  const ast::Attribute* Deprecated(ast::List<ast::Attribute> attributes) const {
    for (const ast::Attribute& attribute : attributes) {
      if (interner_.Get(attribute.name.id) == "deprecated") return &attribute;
    }
    return nullptr;
  }

  void AddItem(ModuleId module, const ast::Item& item) {
    switch (item.kind) {
      case ItemKind::kConst: {
        const auto& constant = As<ast::ConstItem>(item);
        FnId fn = AddFn(NewFn(FnKind::kConst, module, item, constant.name));
        DeclareFunction(module, constant.name.id, constant.name.span, fn);
        break;
      }
      case ItemKind::kExtern: {
        const auto& external = As<ast::ExternItem>(item);
        FnDecl decl = NewFn(FnKind::kExtern, module, item, external.fn->name);
        decl.clauses.push_back(external.fn);
        DeclareFunction(module, external.fn->name.id, external.fn->name.span,
                        AddFn(std::move(decl)));
        break;
      }
      case ItemKind::kActor: {
        const auto& actor = As<ast::ActorItem>(item);
        FnId fn = AddFn(NewFn(FnKind::kActor, module, item, actor.name));
        DeclareFunction(module, actor.name.id, actor.name.span, fn);
        break;
      }
      case ItemKind::kStruct: {
        const auto& made = As<ast::StructItem>(item);
        AddType(module, item, TypeDeclKind::kStruct, made.name, made.generics);
        break;
      }
      case ItemKind::kSumType:
        AddSumType(module, As<ast::SumTypeItem>(item));
        break;
      case ItemKind::kAlias: {
        const auto& alias = As<ast::AliasItem>(item);
        AddType(module, item, TypeDeclKind::kAlias, alias.name, alias.generics);
        break;
      }
      case ItemKind::kInterface:
        AddInterface(module, As<ast::InterfaceItem>(item));
        break;
      case ItemKind::kImpl:
        AddImpl(module, As<ast::ImplItem>(item));
        break;
      case ItemKind::kModule:
        AddNestedModule(module, As<ast::ModuleItem>(item));
        break;
      case ItemKind::kService:
        AddService(module, As<ast::ServiceItem>(item));
        break;
      case ItemKind::kSupervisor:
        AddSupervisor(module, As<ast::SupervisorItem>(item));
        break;
      case ItemKind::kFn:
      case ItemKind::kImport:
      case ItemKind::kFromImport:
      case ItemKind::kTest:
      case ItemKind::kDescribe:
      case ItemKind::kSetup:
        break;
    }
  }

  TypeId AddType(ModuleId module, const ast::Item& item, TypeDeclKind kind, const ast::Name& name,
                 std::span<const ast::Name> generics) {
    TypeDecl decl;
    decl.kind = kind;
    decl.is_pub = item.is_pub;
    decl.is_opaque = item.is_opaque;
    decl.deprecated = Deprecated(item.attributes);
    decl.module = module;
    decl.name = name.id;
    decl.span = name.span;
    decl.item = &item;
    decl.generics = generics;
    if (kind != TypeDeclKind::kAlias) {
      hir::TyCon con;
      con.name = name.id;
      con.qualified_name = QualifiedName(module, interner_.Get(name.id));
      con.kind = kind == TypeDeclKind::kSum ? hir::TyConKind::kSum : hir::TyConKind::kStruct;
      con.module = module.value;
      con.params = static_cast<uint32_t>(generics.size());
      con.span = name.span;
      decl.con = types_.AddTyCon(std::move(con));
    }
    symbols_.types.push_back(decl);
    TypeId id(symbols_.types.size() - 1);
    Module& in = symbols_.module(module);
    if (!in.types.Insert(name.id, id)) {
      ReportDuplicate(name.id, name.span, symbols_.type(*in.types.Find(name.id)).span);
    }
    return id;
  }

  std::string QualifiedName(ModuleId module, std::string_view name) const {
    const Module& in = symbols_.module(module);
    std::string qualified = symbols_.packages[in.package.value].name;
    if (!in.name.empty()) qualified += "." + in.name;
    qualified += ".";
    qualified += name;
    return qualified;
  }

  void AddSumType(ModuleId module, const ast::SumTypeItem& item) {
    TypeId type = AddType(module, item, TypeDeclKind::kSum, item.name, item.generics);
    IdMap<StringId, Span> seen;
    for (uint32_t i = 0; i < item.variants.size(); ++i) {
      const ast::Variant& variant = item.variants[i];
      if (!seen.Insert(variant.name.id, variant.name.span)) {
        ReportDuplicate(variant.name.id, variant.name.span, *seen.Find(variant.name.id));
        continue;
      }
      Module& in = symbols_.module(module);
      uint32_t* head = in.variants.Find(variant.name.id);
      symbols_.variants.push_back({type, i, head ? *head : VariantRef::kNone});
      in.variants[variant.name.id] = static_cast<uint32_t>(symbols_.variants.size() - 1);
    }
  }

  void AddInterface(ModuleId module, const ast::InterfaceItem& item) {
    InterfaceId id(symbols_.interfaces.size());
    InterfaceDecl decl;
    decl.is_pub = item.is_pub;
    decl.module = module;
    decl.name = item.name.id;
    decl.span = item.name.span;
    decl.item = &item;
    IdMap<StringId, Span> seen;
    for (const ast::FnDecl* method : item.methods) {
      if (!seen.Insert(method->name.id, method->name.span)) {
        ReportDuplicate(method->name.id, method->name.span, *seen.Find(method->name.id));
        continue;
      }
      FnDecl fn;
      fn.kind = FnKind::kInterfaceMethod;
      fn.is_pub = true;
      fn.module = module;
      fn.name = method->name.id;
      fn.span = method->name.span;
      fn.clauses.push_back(method);
      fn.owner = id.value;
      decl.methods.push_back(AddFn(std::move(fn)));
    }
    Module& in = symbols_.module(module);
    if (!in.interfaces.Insert(item.name.id, id)) {
      ReportDuplicate(item.name.id, item.name.span,
                      symbols_.interface(*in.interfaces.Find(item.name.id)).span);
    }
    symbols_.interfaces.push_back(std::move(decl));
  }

  void AddImpl(ModuleId module, const ast::ImplItem& item) {
    ImplDecl decl;
    decl.module = module;
    decl.item = &item;
    uint32_t id = static_cast<uint32_t>(symbols_.impls.size());
    auto add = [&](ClauseGroup made) {
      std::vector<const ast::FnDecl*>& group = made.clauses;
      FnDecl fn;
      fn.is_broken = made.broken;
      fn.kind = FnKind::kMethod;
      fn.is_pub = item.interface != nullptr ||
                  std::ranges::any_of(group, [](const ast::FnDecl* c) { return c->is_pub; });
      fn.module = module;
      fn.name = group[0]->name.id;
      fn.span = group[0]->name.span;
      fn.clauses = std::move(group);
      fn.owner = id;
      decl.methods.push_back(AddFn(std::move(fn)));
    };
    GroupClauses(item.methods, ClauseKind::kFunction, interner_, diagnostics_, add);
    symbols_.impls.push_back(std::move(decl));
  }

  void AddNestedModule(ModuleId parent, const ast::ModuleItem& item) {
    ModuleId id(symbols_.modules.size());
    Module module;
    const Module& in = symbols_.module(parent);
    module.package = in.package;
    module.parent = parent;
    module.name = in.name.empty() ? "" : in.name + ".";
    module.name += interner_.Get(item.name.id);
    module.last_name = item.name.id;
    module.path = in.path;
    module.file = in.file;
    module.is_pub = item.is_pub;
    module.span = item.name.span;
    symbols_.modules.push_back(std::move(module));
    Module& outer = symbols_.module(parent);
    if (!outer.modules.Insert(item.name.id, id)) {
      ReportDuplicate(item.name.id, item.name.span,
                      symbols_.module(*outer.modules.Find(item.name.id)).span);
      return;
    }
    pending_.push_back({id, item.items});
  }

  void AddService(ModuleId module, const ast::ServiceItem& item) {
    ServiceId id(symbols_.services.size());
    ServiceDecl decl;
    decl.is_pub = item.is_pub;
    decl.module = module;
    decl.name = item.name.id;
    decl.span = item.name.span;
    decl.item = &item;
    decl.type = AddType(module, item, TypeDeclKind::kService, item.name, {});
    symbols_.type(decl.type).owner = id.value;
    auto add = [&](ClauseGroup made) {
      std::vector<const ast::FnDecl*>& group = made.clauses;
      FnDecl fn;
      fn.is_broken = made.broken;
      fn.kind = FnKind::kServiceFunction;
      fn.module = module;
      fn.name = group[0]->name.id;
      fn.span = group[0]->name.span;
      fn.clauses = std::move(group);
      fn.owner = id.value;
      decl.functions.push_back(AddFn(std::move(fn)));
    };
    GroupClauses(item.functions, ClauseKind::kFunction, interner_, diagnostics_, add);
    FnDecl loop = NewFn(FnKind::kService, module, item, item.name);
    loop.owner = id.value;
    decl.loop = AddFn(std::move(loop));
    symbols_.services.push_back(std::move(decl));
  }

  void AddSupervisor(ModuleId module, const ast::SupervisorItem& item) {
    SupervisorId id(symbols_.supervisors.size());
    SupervisorDecl decl;
    decl.is_pub = item.is_pub;
    decl.module = module;
    decl.name = item.name.id;
    decl.span = item.name.span;
    decl.item = &item;
    decl.type = AddType(module, item, TypeDeclKind::kSupervisor, item.name, {});
    symbols_.type(decl.type).owner = id.value;
    FnDecl fn = NewFn(FnKind::kSupervisor, module, item, item.name);
    fn.owner = id.value;
    decl.run = AddFn(std::move(fn));
    const auto* strategy =
        item.strategy != nullptr ? ast::DynAs<ast::NameExpr>(*item.strategy->value) : nullptr;
    bool simple =
        strategy != nullptr && interner_.Get(strategy->name.id) == "simple_one_for_one";
    if (simple && !item.children.empty() && item.children[0].start != nullptr) {
      FnDecl start = NewFn(FnKind::kChildStart, module, item, item.children[0].name);
      start.owner = id.value;
      decl.start_child = AddFn(std::move(start));
    }
    symbols_.supervisors.push_back(std::move(decl));
  }

  void AddTests(ModuleId module, ast::List<const ast::Item*> items, const std::string& prefix,
                FnId setup) {
    for (const ast::Item* item : items) {
      if (item->kind != ItemKind::kSetup) continue;
      FnDecl fn;
      fn.kind = FnKind::kSetup;
      fn.module = module;
      fn.name = interner_.Intern("setup");
      fn.span = item->span;
      fn.item = item;
      setup = AddFn(std::move(fn));
    }
    for (const ast::Item* item : items) {
      if (const auto* group = ast::DynAs<ast::DescribeItem>(*item)) {
        AddTests(module, group->items, prefix + std::string(group->title) + " > ", setup);
      } else if (const auto* test = ast::DynAs<ast::TestItem>(*item)) {
        TestDecl decl;
        decl.module = module;
        decl.name = prefix + std::string(test->title);
        decl.item = test;
        decl.setup = setup;
        decl.span = test->span;
        FnDecl fn;
        fn.kind = FnKind::kTest;
        fn.module = module;
        fn.name = interner_.Intern(decl.name);
        fn.span = test->span;
        fn.item = item;
        fn.owner = static_cast<uint32_t>(symbols_.tests.size());
        decl.function = AddFn(std::move(fn));
        symbols_.tests.push_back(std::move(decl));
      }
    }
  }

  void FindLibraryNames() {
    for (uint32_t i = 0; i < symbols_.types.size(); ++i) {
      const TypeDecl& type = symbols_.types[i];
      if (!type.is_pub || !type.module.IsValid() || !symbols_.InLibrary(type.module)) continue;
      // Of two of one name, that of the module of this name.
      if (TypeId* other = symbols_.library_types.Find(type.name)) {
        if (symbols_.module(type.module).last_name == type.name) *other = TypeId(i);
      } else {
        symbols_.library_types.Insert(type.name, TypeId(i));
      }
    }
    for (uint32_t i = 0; i < symbols_.interfaces.size(); ++i) {
      const InterfaceDecl& interface = symbols_.interfaces[i];
      if (!interface.is_pub || !symbols_.InLibrary(interface.module)) continue;
      symbols_.library_interfaces.Insert(interface.name, InterfaceId(i));
    }
  }

  const CheckInput& input_;
  Interner& interner_;
  hir::TypeTable& types_;
  Diagnostics& diagnostics_;
  Symbols symbols_;
  std::vector<PendingModule> pending_;
};

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Symbols Collect(const CheckInput& input, Interner& interner, hir::TypeTable& types,
                Diagnostics& diagnostics) {
  return Collector(input, interner, types, diagnostics).Run();
}

std::string PascalCase(std::string_view snake) {
  std::string pascal;
  bool upper = true;
  for (char c : snake) {
    if (c == '_' || c == '-') {
      upper = true;
      continue;
    }
    pascal += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return pascal;
}

std::string SnakeCase(std::string_view pascal) {
  std::string snake;
  for (size_t i = 0; i < pascal.size(); ++i) {
    // A new word begins at an upper-case letter, and at the last one of several before a lower-case
    // letter: "AddTwice", "GetURLNow" → "get_url_now".
    bool begins = IsUpper(pascal[i]) && i > 0 &&
                  (!IsUpper(pascal[i - 1]) ||
                   (i + 1 < pascal.size() && pascal[i + 1] >= 'a' && pascal[i + 1] <= 'z'));
    if (begins && snake.back() != '_') snake += '_';
    snake += ToLower(pascal[i]);
  }
  return snake;
}

}  // namespace snow::resolve
