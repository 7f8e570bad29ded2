#include <algorithm>
#include <string>

#include "snowc/types/program_checks.h"

namespace snow::types {
namespace {

using hir::Derivable;
using resolve::TypeDecl;

class DeclarationChecker {
 public:
  explicit DeclarationChecker(Inferer& inferer)
      : inferer_(inferer), world_(inferer.world), store_(inferer.world.store) {}

  void Run() {
    for (uint32_t i = 0; i < world_.program.types.con_count(); ++i) {
      hir::TyConId con(i);
      const TypeInfo& info = world_.info(con);
      if (!info.decl.IsValid()) continue;
      const TypeDecl& decl = world_.symbols.type(info.decl);
      if (!decl.module.IsValid()) continue;
      if (world_.InLibrary(decl.module) && !world_.input.whole_library) continue;
      CheckContains(con);
      CheckDeriving(con);
    }
    for (uint32_t i = 0; i < world_.impls.size(); ++i) {
      const ImplInfo& impl = world_.impls[i];
      if (!impl.valid || !impl.interface.IsValid()) continue;
      if (world_.InLibrary(world_.symbols.impls[i].module) && !world_.input.whole_library) {
        continue;
      }
      for (size_t m = 0; m < impl.methods.size(); ++m) {
        if (impl.methods[m].IsValid()) CheckMethod(impl, m);
      }
    }
  }

 private:
  // --- E0045 ---

  void CheckContains(hir::TyConId con) {
    const TypeInfo& info = world_.info(con);
    std::vector<hir::TypeId> path;
    for (const FieldInfo& field : info.fields) {
      if (!Contains(field.type, con, path)) continue;
      std::string name(world_.Text(world_.symbols.type(info.decl).name));
      world_.diagnostics
          .Error(DiagnosticKind::kRecursiveStruct, field.span,
                 "struct '" + name + "' contains itself")
          .Label("its size would have no end")
          .Note(world_.symbols.type(info.decl).span, "the struct is defined here")
          .Help("put a list, an Option or a variant in between: `" +
                std::string(world_.Text(field.name)) + " :: Option<" + name + ">`");
      return;
    }
  }

  // Whether a value of `type` has one of `wanted` inside it.
  bool Contains(Type* type, hir::TyConId wanted, std::vector<hir::TypeId>& path) {
    type = Resolve(type);
    if (type->kind == TypeKind::kTuple) {
      return std::ranges::any_of(type->Args(),
                                 [&](Type* arg) { return Contains(arg, wanted, path); });
    }
    if (type->kind != TypeKind::kCon) return false;
    hir::TyConId con(type->con);
    if (con == wanted) return true;
    const TypeInfo& info = world_.info(con);
    if (info.fields.empty()) return false;
    hir::TypeId id = store_.ToHir(type);
    if (path.size() > 64 || std::ranges::find(path, id) != path.end()) return false;
    path.push_back(id);
    bool found = false;
    for (const FieldInfo& field : info.fields) {
      for (size_t i = 0; i < info.params.size(); ++i) info.params[i]->link = type->args[i];
      Type* part = store_.Substitute(field.type, inferer_.solver);
      for (Type* param : info.params) param->link = nullptr;
      if (Contains(part, wanted, path)) {
        found = true;
        break;
      }
    }
    path.pop_back();
    return found;
  }

  // --- deriving ---

  InterfaceId InterfaceOf(Derivable derivable) const {
    const Known& known = world_.known;
    switch (derivable) {
      case Derivable::kEq:
        return known.eq;
      case Derivable::kOrd:
        return known.ord;
      case Derivable::kDisplay:
        return known.display;
      case Derivable::kDebug:
        return known.debug;
      case Derivable::kHash:
        return known.hash;
      case Derivable::kDefault:
        return known.default_;
      case Derivable::kJson:
        return known.json_iface;
      case Derivable::kRow:
        return known.row;
      case Derivable::kSchema:
        return known.schema;
    }
    return InterfaceId();
  }

  static uint32_t Bit(Derivable derivable) { return 1u << static_cast<uint32_t>(derivable); }

  void CheckDeriving(hir::TyConId con) {
    const TypeInfo& info = world_.info(con);
    const TypeDecl& decl = world_.symbols.type(info.decl);
    for (auto [derivable, span] : info.deriving) {
      InterfaceId interface = InterfaceOf(derivable);
      std::string name(interface.IsValid() ? world_.Text(world_.symbols.interface(interface).name)
                                           : std::string_view());
      bool is_struct = decl.kind == resolve::TypeDeclKind::kStruct;
      bool structs_only = derivable == Derivable::kRow || derivable == Derivable::kSchema ||
                          derivable == Derivable::kDefault;
      if (structs_only && !is_struct) {
        world_.diagnostics
            .Error(DiagnosticKind::kCannotDerive, span, "cannot derive " + name + " here")
            .Label("only a struct can derive it")
            .Help(derivable == Derivable::kDefault
                      ? "write an impl that says which variant is the default"
                      : "derive it for a struct");
        continue;
      }
      if (derivable == Derivable::kOrd && (info.derives & Bit(Derivable::kEq)) == 0 &&
          !HasImpl(con, world_.known.eq)) {
        world_.diagnostics.Error(DiagnosticKind::kOrdWithoutEq, span, "Ord derived without Eq")
            .Label("an order needs equality")
            .Help("derive both: `deriving(Eq, Ord)`");
        continue;
      }
      if (derivable == Derivable::kSchema) continue;
      CheckParts(con, derivable, interface);
      ReachHelpers(derivable);
    }
  }

  // Functions of the library that derived code calls.
  void ReachHelpers(Derivable derivable) {
    constexpr std::string_view kJson[] = {
        "__object", "__fields",        "__field",           "__field_or",    "__variant",
        "__array",  "__variant_parts", "__unknown_variant", "__check_count", "__element",
        "__items",  "__tuple_element", "__error"};
    if (derivable == Derivable::kJson) {
      for (std::string_view name : kJson) Reach("Json", name);
    } else if (derivable == Derivable::kRow) {
      Reach("Row", "__field");
    }
  }

  void Reach(std::string_view module, std::string_view name) {
    resolve::FnId fn = world_.FindLibraryFunction(module, name);
    if (fn.IsValid()) world_.IdOf(fn);
  }

  bool HasImpl(hir::TyConId con, InterfaceId interface) {
    for (const ImplInfo& impl : world_.impls) {
      if (impl.valid && impl.interface == interface && TypeStore::IsCon(impl.self, con)) return true;
    }
    return false;
  }

  // Each part of the type must have what the whole derives; type parameters are taken to.
  void CheckParts(hir::TyConId con, Derivable derivable, InterfaceId interface) {
    if (!interface.IsValid()) return;
    const TypeInfo& info = world_.info(con);
    std::vector<Bound> bounds;
    for (Type* param : info.params) {
      Bound& bound = bounds.emplace_back();
      bound.self = param;
      bound.interface = interface;
    }
    Givens givens{&bounds, nullptr};
    auto check = [&](const FieldInfo& field) {
      if (derivable == Derivable::kRow) {
        if (IsColumn(field.type)) return ReachColumn(field);
        ReportPart(field, derivable, interface);
        inferer_.solver.MarkBroken(con, interface);
        return;
      }
      if (derivable == Derivable::kDefault && field.default_value != nullptr) return;
      bool absent = field.json_skip || field.json_default;
      if (derivable == Derivable::kJson && absent && field.default_value == nullptr) {
        inferer_.solver.Require(world_.known.default_, field.type, {}, &givens, field.type_span,
                                {.text = "a field that may be absent",
                                 .name = {},
                                 .span = {},
                                 .part_of = nullptr,
                                 .part = {},
                                 .of_library = false});
      }
      if (derivable == Derivable::kJson && field.json_skip) return;
      bool failed = false;
      inferer_.solver.on_failure = [&](const Implements&, const Implements&) {
        failed = true;
        return true;
      };
      inferer_.solver.Require(interface, field.type, {}, &givens, field.type_span, {});
      inferer_.solver.on_failure = nullptr;
      if (failed) ReportPart(field, derivable, interface);
      if (failed) inferer_.solver.MarkBroken(con, interface);
    };
    for (const FieldInfo& field : info.fields) check(field);
    for (const VariantInfo& variant : info.variants) {
      for (const FieldInfo& field : variant.fields) check(field);
    }
  }

  // What the derived code calls for a field of this type.
  void ReachColumn(const FieldInfo& field) {
    auto name = world_.interner.Find("RowField");
    const InterfaceId* found = name ? world_.symbols.library_interfaces.Find(*name) : nullptr;
    if (found != nullptr) {
      inferer_.solver.Require(*found, field.type, {}, nullptr, field.type_span, {});
    }
  }

  bool IsColumn(Type* type) const {
    type = Resolve(type);
    if (TypeStore::IsCon(type, world_.known.option)) type = Resolve(type->args[0]);
    return type->kind == TypeKind::kError || TypeStore::Is(type, hir::Builtin::kInt) ||
           TypeStore::Is(type, hir::Builtin::kFloat) || TypeStore::Is(type, hir::Builtin::kBool) ||
           TypeStore::Is(type, hir::Builtin::kString);
  }

  void ReportPart(const FieldInfo& field, Derivable derivable, InterfaceId interface) {
    DiagnosticKind kind = DiagnosticKind::kCannotDerive;
    if (derivable == Derivable::kJson) kind = DiagnosticKind::kFieldNotJson;
    if (derivable == Derivable::kRow) kind = DiagnosticKind::kFieldNotRow;
    std::string name(world_.Text(world_.symbols.interface(interface).name));
    auto report = world_.diagnostics.Error(
        kind, field.type_span, "cannot derive " + name + ": " + world_.Print(field.type) +
                                   (derivable == Derivable::kRow
                                        ? " cannot be read from a column"
                                        : " does not implement it"));
    if (derivable == Derivable::kRow) {
      report.Help("a column is a String, Int, Float or Bool, or an Option of one");
    } else if (derivable == Derivable::kJson) {
      report.Help("leave the field out by `@json(skip)`, or give its type an impl of Json");
    }
  }

  // --- E0008 ---

  void CheckMethod(const ImplInfo& impl, size_t index) {
    const InterfaceInfo& interface = world_.info(impl.interface);
    FnId wanted_fn = interface.methods[index].fn;
    FnId given_fn = impl.methods[index];
    inferer_.declarer.Declare(wanted_fn);
    inferer_.declarer.Declare(given_fn);
    const Signature& wanted = world_.state(wanted_fn).signature;
    const Signature& given = world_.state(given_fn).signature;
    size_t own_wanted = wanted.generics.size() - interface.params.size();
    size_t own_given = given.generics.size() - impl.generics.size();
    const resolve::FnDecl& decl = world_.decl(given_fn);
    if (given.type->Params().size() != wanted.type->Params().size() ||
        (own_wanted != own_given && own_given != 0)) {
      ReportMethod(impl, wanted_fn, given_fn, Span());
      return;
    }
    // The interface's signature for this type: Self, arguments and associated types put in.
    std::vector<Implements*> goals;
    interface.params[0]->link = impl.self;
    for (size_t i = 0; i < impl.args.size(); ++i) interface.params[i + 1]->link = impl.args[i];
    for (size_t i = 0; i < own_wanted; ++i) {
      wanted.generics[interface.params.size() + i]->link =
          own_given != 0 ? given.generics[impl.generics.size() + i] : store_.Var(1);
    }
    Givens givens{&given.bounds, nullptr};
    Solver::ProjectionContext saved = inferer_.solver.projection;
    inferer_.solver.projection = {&givens, decl.span, {}, &goals};
    Implements* self_goal = inferer_.solver.NewGoal(impl.interface, impl.self, impl.args, &givens,
                                                    decl.span, {});
    for (size_t i = 0; i < impl.associated.size(); ++i) {
      self_goal->assoc[i] = impl.associated[i];
    }
    goals.push_back(self_goal);
    Type* type = store_.Substitute(wanted.type, inferer_.solver);
    inferer_.solver.projection = saved;
    for (Type* generic : wanted.generics) generic->link = nullptr;
    for (size_t i = 1; i < goals.size(); ++i) inferer_.solver.Start(*goals[i]);
    inferer_.solver.Drain();
    std::vector<Type*> a(given.type->Params().begin(), given.type->Params().end());
    std::vector<Type*> b(type->Params().begin(), type->Params().end());
    for (size_t i = 0; i < a.size(); ++i) {
      if (store_.Unify(a[i], b[i], /*keep_messages=*/true) == Mismatch::kNone) continue;
      const ast::Param* param = world_.state(given_fn).params[i].ast;
      ReportMethod(impl, wanted_fn, given_fn,
                   param->type != nullptr ? param->type->span : param->span);
      return;
    }
    if (store_.Unify(given.type->Result(), type->Result(), /*keep_messages=*/true) !=
        Mismatch::kNone) {
      const ast::Type* result = decl.clauses[0]->result;
      ReportMethod(impl, wanted_fn, given_fn, result != nullptr ? result->span : Span());
    }
  }

  void ReportMethod(const ImplInfo& impl, FnId wanted, FnId given, Span place) {
    const resolve::FnDecl& decl = world_.decl(given);
    std::string interface(world_.Text(world_.symbols.interface(impl.interface).name));
    world_.diagnostics
        .Error(DiagnosticKind::kMethodSignature, place.IsValid() ? place : decl.span,
               "the signature of " + world_.Quoted(decl.name) + " differs from that in '" +
                   interface + "'")
        .Label("here it is " + world_.Print(world_.state(given).signature.type))
        .Note(world_.decl(wanted).span,
              "there it is " + world_.Print(world_.state(wanted).signature.type));
  }

  Inferer& inferer_;
  World& world_;
  TypeStore& store_;
};

}  // namespace

void CheckDeclarations(Inferer& inferer) { DeclarationChecker(inferer).Run(); }

}  // namespace snow::types
