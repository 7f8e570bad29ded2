#include "snowc/types/check.h"

#include <utility>

#include "snowc/resolve/call_graph.h"
#include "snowc/resolve/imports.h"
#include "snowc/types/attributes.h"
#include "snowc/types/infer.h"
#include "snowc/types/program_checks.h"
#include "snowc/types/world.h"

namespace snow {
namespace {

using namespace types;  // NOLINT: this file is the front door of that namespace
using resolve::FnDecl;
using resolve::FnKind;

void FindMain(World& world) {
  if (!world.symbols.root.IsValid()) return;
  auto entry = world.interner.Find("");
  auto name = world.interner.Find("main");
  const resolve::Package& root = world.symbols.packages[world.symbols.root.value];
  const ModuleId* module = entry ? root.modules.Find(*entry) : nullptr;
  if (module == nullptr || !name) return;
  const FnId* found = world.symbols.module(*module).functions.Find(*name);
  if (found == nullptr || world.decl(*found).kind != FnKind::kFunction) return;
  const FnDecl& decl = world.decl(*found);
  if (!decl.clauses[0]->params.empty()) {
    world.diagnostics
        .Error(DiagnosticKind::kArgumentCount, decl.span, "'main' takes no parameters")
        .Help("`Env.args()` gives the program's arguments");
  }
  world.main = *found;
}

// The names of the library that lowering asks for.
constexpr std::pair<std::string_view, std::string_view> kLoweringNeeds[] = {
    {"List", "append"},         {"List", "with_capacity"}, {"List", "new"},
    {"List", "__set_owned"},    {"Iter", "__start"},       {"Map", "__live"},
    {"Map", "__entry"},         {"Map", "size"},           {"Prelude", "__hash_word"},
    {"Prelude", "__hash_join"}, {"Prelude", "panic"},
};

void ReachRoots(World& world) {
  for (uint32_t i = 0; i < world.symbols.functions.size(); ++i) {
    const FnDecl& decl = world.decl(FnId(i));
    bool abstract = decl.kind == FnKind::kInterfaceMethod && decl.clauses[0]->body == nullptr;
    if (abstract) continue;
    if (world.input.whole_library || !world.InLibrary(decl.module)) world.IdOf(FnId(i));
  }
  auto reach = [&](std::string_view module, std::string_view name) {
    FnId fn = world.FindLibraryFunction(module, name);
    if (fn.IsValid()) world.IdOf(fn);
  };
  for (auto [module, name] : kLoweringNeeds) reach(module, name);
  if (world.input.runs_tests) reach("Test", "run_all");
}

hir::FunctionId IdIfReached(World& world, FnId fn) {
  return fn.IsValid() ? world.state(fn).id : hir::FunctionId();
}

void FillInterfaces(World& world) {
  for (uint32_t i = 0; i < world.interfaces.size(); ++i) {
    for (uint32_t m = 0; m < world.interfaces[i].methods.size(); ++m) {
      const MethodInfo& method = world.interfaces[i].methods[m];
      if (!method.has_default) continue;
      world.program.interfaces[i].methods[m].default_body = IdIfReached(world, method.fn);
    }
  }
}

void FillImpls(World& world) {
  for (uint32_t i = 0; i < world.impls.size(); ++i) {
    const ImplInfo& impl = world.impls[i];
    if (!impl.valid || !impl.interface.IsValid()) continue;
    ModuleId module = world.symbols.impls[i].module;
    if (!impl.reached && world.InLibrary(module)) continue;
    for (uint32_t g = 0; g < impl.generics.size(); ++g) impl.generics[g]->index = g;
    hir::Impl& made = world.program.impls.emplace_back();
    made.interface = impl.interface;
    made.module = module.value;
    made.span = impl.span;
    for (Type* generic : impl.generics) {
      hir::Generic& out = made.generics.emplace_back();
      out.name = generic->name.IsValid() ? generic->name : world.empty_name;
      for (const types::Bound& bound : impl.bounds) {
        if (Resolve(bound.self) != generic) continue;
        hir::Bound& asked = out.bounds.emplace_back();
        asked.interface = bound.interface;
        std::vector<hir::TypeId> args;
        for (Type* arg : bound.args) args.push_back(world.store.ToHir(arg));
        asked.args = world.program.arena->CopyArray(std::span<const hir::TypeId>(args));
      }
    }
    made.self = world.store.ToHir(impl.self);
    for (Type* arg : impl.args) made.args.push_back(world.store.ToHir(arg));
    for (Type* assoc : impl.associated) made.associated.push_back(world.store.ToHir(assoc));
    for (FnId fn : impl.methods) made.methods.push_back(IdIfReached(world, fn));
  }
}

void FillTests(World& world) {
  for (const resolve::TestDecl& test : world.symbols.tests) {
    // Those of dependencies are run by their authors.
    if (world.symbols.module(test.module).package != world.symbols.root) continue;
    hir::Test& made = world.program.tests.emplace_back();
    made.name = test.name;
    made.function = IdIfReached(world, test.function);
    made.setup = IdIfReached(world, test.setup);
    made.module = test.module.value;
    made.span = test.span;
  }
}

// The functions that compute defaults of fields; derivation calls them too.
void FillFieldDefaults(Inferer& inferer) {
  World& world = inferer.world;
  for (uint32_t i = 0; i < world.types.size(); ++i) {
    hir::TyConId con(i);
    for (size_t f = 0; f < world.types[i].fields.size(); ++f) {
      if (world.types[i].fields[f].default_value == nullptr) continue;
      hir::FunctionId id = world.IdOf(inferer.DefaultOfField(con, f));
      world.program.types.con(con).fields[f].default_value = id.value;
    }
  }
}

// A panic shows values of every type, so lowering may make up Debug for those that do not derive
// it.
void FillDebug(World& world) {
  std::vector<bool> written(world.program.types.con_count());
  for (const ImplInfo& impl : world.impls) {
    if (impl.interface != world.known.debug || impl.self == nullptr) continue;
    Type* self = Resolve(impl.self);
    if (self->kind == TypeKind::kCon) written[self->con] = true;
  }
  for (uint32_t i = 0; i < written.size(); ++i) {
    hir::TyCon& con = world.program.types.con(hir::TyConId(i));
    if (con.kind == hir::TyConKind::kBuiltin || written[i]) continue;
    con.derived |= 1u << static_cast<uint32_t>(hir::Derivable::kDebug);
  }
}

// What shows a message of any type: the library's texts of all types that the program mentions.
void ReachTexts(Inferer& inferer) {
  World& world = inferer.world;
  size_t seen = 0;
  while (world.may_take_any && seen < world.program.types.size()) {
    seen = world.program.types.size();
    std::vector<bool> mentioned(world.program.types.con_count());
    for (uint32_t i = 0; i < seen; ++i) {
      const hir::Type& type = world.program.types.Get(hir::TypeId(i));
      if (type.kind == hir::TypeKind::kCon) mentioned[type.con] = true;
    }
    for (uint32_t i = 0; i < world.impls.size(); ++i) {
      const ImplInfo& impl = world.impls[i];
      bool text = impl.interface == world.known.display || impl.interface == world.known.debug;
      if (!impl.valid || !text || impl.self == nullptr) continue;
      Type* self = Resolve(impl.self);
      if (self->kind == TypeKind::kCon && mentioned[self->con]) inferer.solver.Reach(ImplId(i));
    }
    inferer.CheckReached();
  }
}

void FillKnown(World& world) {
  hir::WellKnown& out = world.program.known;
  const Known& known = world.known;
  out.option = known.option;
  out.result = known.result;
  out.ordering = known.ordering;
  out.list = known.list;
  out.map = known.map;
  out.set = known.set;
  out.range = known.range;
  out.iter = known.iter;
  out.signal = known.signal;
  out.exit_reason = known.exit_reason;
  out.json = known.json;
  out.eq = known.eq;
  out.ord = known.ord;
  out.display = known.display;
  out.debug = known.debug;
  out.hash = known.hash;
  out.default_ = known.default_;
  out.iterable = known.iterable;
  out.iterator = known.iterator;
  out.from = known.from;
  out.into = known.into;
  out.json_iface = known.json_iface;
  out.row = known.row;
}

}  // namespace

hir::Program Check(const CheckInput& input, Interner& interner, Diagnostics& diagnostics) {
  World world(input, interner, diagnostics);
  Inferer inferer(world);
  inferer.declarer.DeclareAll();
  inferer.declarer.DeclareServices();
  inferer.solver.AddImpls();
  CheckDeclarations(inferer);
  CheckAttributes(world);
  FindMain(world);
  ReachRoots(world);
  FillFieldDefaults(inferer);
  for (const std::vector<FnId>& group : resolve::CallGroups(world.symbols, world.scope)) {
    inferer.InferGroup(group);
  }
  inferer.CheckReached();
  ReachTexts(inferer);
  CheckBodies(inferer);
  FillInterfaces(world);
  FillImpls(world);
  FillTests(world);
  FillKnown(world);
  FillDebug(world);
  if (world.main.IsValid()) world.program.main = world.state(world.main).id;
  resolve::ReportUnusedImports(world.symbols, interner, diagnostics);
  return std::move(world.program);
}

}  // namespace snow
