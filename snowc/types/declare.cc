#include "snowc/types/declare.h"

#include <algorithm>

#include "snowc/resolve/suggest.h"
#include "snowc/types/attributes.h"

namespace snow::types {

using ast::As;
using hir::Derivable;
using resolve::FnDecl;
using resolve::FnKind;
using resolve::TypeDeclKind;

namespace {

struct DerivableName {
  std::string_view name;
  Derivable derivable;
};

constexpr DerivableName kDerivables[] = {
    {"Eq", Derivable::kEq},           {"Ord", Derivable::kOrd},
    {"Display", Derivable::kDisplay}, {"Debug", Derivable::kDebug},
    {"Hash", Derivable::kHash},       {"Default", Derivable::kDefault},
    {"Json", Derivable::kJson},       {"Row", Derivable::kRow},
    {"Schema", Derivable::kSchema},
};

}  // namespace

void Declarer::DeclareAll() {
  for (uint32_t i = 0; i < world_.interfaces.size(); ++i) {
    const resolve::InterfaceDecl& decl = world_.symbols.interfaces[i];
    for (const ast::Name& name : decl.item->associated) {
      world_.interfaces[i].associated.push_back(name.id);
    }
    world_.program.types.SetAssociatedNames(i, world_.interfaces[i].associated);
  }
  FindKnown();
  for (uint32_t i = 0; i < world_.interfaces.size(); ++i) DeclareInterface(InterfaceId(i));
  for (uint32_t i = 0; i < world_.symbols.types.size(); ++i) DeclareType(resolve::TypeId(i));
  for (uint32_t i = 0; i < world_.impls.size(); ++i) DeclareImpl(ImplId(i));
}

void Declarer::FindKnown() {
  const resolve::Symbols& symbols = world_.symbols;
  auto type = [&](std::string_view name) {
    auto id = world_.interner.Find(name);
    const resolve::TypeId* found = id ? symbols.library_types.Find(*id) : nullptr;
    return found ? symbols.type(*found).con : hir::TyConId();
  };
  auto interface = [&](std::string_view name) {
    auto id = world_.interner.Find(name);
    const InterfaceId* found = id ? symbols.library_interfaces.Find(*id) : nullptr;
    return found ? *found : InterfaceId();
  };
  Known& known = world_.known;
  known.option = type("Option");
  known.result = type("Result");
  known.list = type("List");
  known.map = type("Map");
  known.set = type("Set");
  known.range = type("Range");
  known.iter = type("Iter");
  known.signal = type("Signal");
  known.json = type("Json");
  known.param = type("Param");
  known.ordering = type("Ordering");
  known.exit_reason = type("ExitReason");
  known.eq = interface("Eq");
  known.ord = interface("Ord");
  known.add = interface("Add");
  known.sub = interface("Sub");
  known.mul = interface("Mul");
  known.div = interface("Div");
  known.mod = interface("Mod");
  known.neg = interface("Neg");
  known.not_ = interface("Not");
  known.concat = interface("Concat");
  known.display = interface("Display");
  known.debug = interface("Debug");
  known.hash = interface("Hash");
  known.default_ = interface("Default");
  known.from = interface("From");
  known.into = interface("Into");
  known.iterator = interface("Iterator");
  known.iterable = interface("Iterable");
  known.json_iface = interface("Json");
  known.row = interface("Row");
  known.schema = interface("Schema");
}

void Declarer::DeclareInterface(InterfaceId id) {
  const resolve::InterfaceDecl& decl = world_.symbols.interface(id);
  InterfaceInfo& info = world_.info(id);
  TypeStore& store = world_.store;
  info.params.push_back(store.Param(world_.interner.Intern("Self"), 0));
  for (const ast::Name& name : decl.item->generics) {
    info.params.push_back(store.Param(name.id, static_cast<uint32_t>(info.params.size())));
  }
  hir::Interface& made = world_.program.interfaces.emplace_back();
  made.name = decl.name;
  made.module = decl.module.value;
  made.params = static_cast<uint32_t>(decl.item->generics.size());
  made.associated = info.associated;
  for (FnId fn : decl.methods) {
    const ast::FnDecl& head = *world_.decl(fn).clauses[0];
    MethodInfo& method = info.methods.emplace_back();
    method.name = head.name.id;
    method.fn = fn;
    method.has_self = !head.params.empty() && head.params[0].is_self;
    method.has_default = head.body != nullptr;
    hir::Method& out = made.methods.emplace_back();
    out.name = head.name.id;
    out.has_self = method.has_self;
    out.own_generics = static_cast<uint32_t>(head.generics.size());
  }
}

void Declarer::DeclareType(resolve::TypeId id) {
  const resolve::TypeDecl& decl = world_.symbols.type(id);
  if (!decl.con.IsValid()) return;
  TypeInfo& info = world_.info(decl.con);
  info.decl = id;
  AnnotationScope scope;
  scope.module = decl.module;
  for (const ast::Name& name : decl.generics) {
    Type* param = world_.store.Param(name.id, static_cast<uint32_t>(info.params.size()));
    info.params.push_back(param);
    scope.generics.push_back({name.id, param});
  }
  if (decl.kind == TypeDeclKind::kStruct) {
    DeclareStruct(As<ast::StructItem>(*decl.item), info, scope);
  } else if (decl.kind == TypeDeclKind::kSum) {
    DeclareVariants(As<ast::SumTypeItem>(*decl.item), info, scope);
  }
  FillFields(decl.con);
}

void Declarer::DeclareStruct(const ast::StructItem& item, TypeInfo& info,
                             AnnotationScope& scope) {
  resolve::IdMap<StringId, Span> seen;
  auto add = [&](StringId name, Span span, Type* type, Span type_span,
                 const ast::Expr* default_value, JsonOptions json) {
    if (!seen.Insert(name, span)) {
      world_.diagnostics
          .Error(DiagnosticKind::kDuplicateDefinition, span,
                 "field " + world_.Quoted(name) + " is defined twice")
          .Note(*seen.Find(name), "the first definition is here");
      return;
    }
    FieldInfo& field = info.fields.emplace_back();
    field.name = name;
    field.span = span;
    field.type = type;
    field.type_span = type_span;
    field.default_value = default_value;
    field.json_name = std::move(json.name);
    field.json_default = json.use_default;
    field.json_skip = json.skip;
  };
  for (const ast::FieldDecl& field : item.fields) {
    add(field.name.id, field.name.span, reader_.Read(*field.type, scope), field.type->span,
        field.default_value, ReadJson(world_, field.attributes));
  }
  for (const ast::SchemaEntry& entry : item.schema) {
    if (entry.kind != ast::SchemaKind::kTimestamps || !entry.enabled) continue;
    for (std::string_view name : {"inserted_at", "updated_at"}) {
      add(world_.interner.Intern(name), entry.span, world_.store.String(), entry.span, nullptr,
          {});
    }
  }
  DeclareSchema(item, world_.program.types.con(world_.symbols.type(info.decl).con));
  DeclareDeriving(item.deriving, info);
}

// The words of a schema, for what derives it.
void Declarer::DeclareSchema(const ast::StructItem& item, hir::TyCon& con) {
  auto relationship = [&](std::string_view kind, const ast::SchemaEntry& entry) {
    hir::SchemaInfo::Relationship& made = con.schema.relationships.emplace_back();
    made.kind = kind;
    made.name = world_.Text(entry.name.id);
    for (const ast::Name& segment : entry.type.segments) {
      if (!made.type.empty()) made.type += '.';
      made.type += world_.Text(segment.id);
    }
  };
  for (const ast::SchemaEntry& entry : item.schema) {
    switch (entry.kind) {
      case ast::SchemaKind::kTable:
        con.schema.table = entry.table;
        break;
      case ast::SchemaKind::kPrimaryKey:
        con.schema.primary_key = world_.Text(entry.name.id);
        break;
      case ast::SchemaKind::kTimestamps:
        break;
      case ast::SchemaKind::kBelongsTo:
        relationship("belongs_to", entry);
        break;
      case ast::SchemaKind::kHasMany:
        relationship("has_many", entry);
        break;
      case ast::SchemaKind::kHasOne:
        relationship("has_one", entry);
        break;
    }
  }
}

void Declarer::DeclareVariants(const ast::SumTypeItem& item, TypeInfo& info,
                               AnnotationScope& scope) {
  for (const ast::Variant& variant : item.variants) {
    VariantInfo& made = info.variants.emplace_back();
    made.name = variant.name.id;
    made.span = variant.name.span;
    made.is_named = variant.shape == ast::VariantShape::kNamed;
    for (const ast::VariantField& field : variant.fields) {
      FieldInfo& out = made.fields.emplace_back();
      if (made.is_named) out.name = field.name.id;
      out.type = reader_.Read(*field.type, scope);
      out.span = made.is_named ? field.name.span : field.type->span;
      out.type_span = field.type->span;
    }
  }
  DeclareDeriving(item.deriving, info);
}

void Declarer::DeclareDeriving(const ast::Deriving& deriving, TypeInfo& info) {
  info.has_deriving = deriving.is_present;
  for (const ast::Name& name : deriving.names) {
    std::string_view text = world_.Text(name.id);
    auto found = std::ranges::find(kDerivables, text, &DerivableName::name);
    if (found == std::end(kDerivables)) {
      resolve::NearestName nearest(text);
      for (const DerivableName& known : kDerivables) nearest.Consider(known.name);
      auto report =
          world_.diagnostics.Error(DiagnosticKind::kCannotDerive, name.span,
                                   "cannot derive " + world_.Quoted(name.id));
      if (nearest.found()) {
        report.Help("did you mean '" + nearest.best() + "'?").Fix(name.span, nearest.best());
      } else {
        report.Help("Eq, Ord, Display, Debug, Hash, Default, Json, Row and Schema can be derived; "
                    "write an impl for others");
      }
      continue;
    }
    info.derives |= 1u << static_cast<uint32_t>(found->derivable);
    info.deriving.push_back({found->derivable, name.span});
  }
}

void Declarer::FillFields(hir::TyConId id) {
  const TypeInfo& info = world_.info(id);
  hir::TyCon& con = world_.program.types.con(id);
  con.fields.clear();
  con.variants.clear();
  auto convert = [&](const FieldInfo& field) {
    hir::Field made{field.name, world_.store.ToHir(field.type), field.span};
    made.json_name = field.json_name;
    made.json_default = field.json_default;
    made.json_skip = field.json_skip;
    return made;
  };
  for (const FieldInfo& field : info.fields) con.fields.push_back(convert(field));
  for (const VariantInfo& variant : info.variants) {
    hir::Variant& made = con.variants.emplace_back();
    made.name = variant.name;
    made.span = variant.span;
    for (const FieldInfo& field : variant.fields) made.fields.push_back(convert(field));
  }
}

// ---------------------------------------------------------------------------------------------
// Signatures

void Declarer::AddGenerics(FunctionState& state, ast::List<ast::Name> names,
                           AnnotationScope& scope) {
  for (const ast::Name& name : names) {
    Type* param =
        world_.store.Param(name.id, static_cast<uint32_t>(state.signature.generics.size()));
    state.signature.generics.push_back(param);
    scope.generics.push_back({name.id, param});
  }
}

AnnotationScope Declarer::ScopeOf(FnId fn) {
  const FnDecl& decl = world_.decl(fn);
  FunctionState& state = world_.state(fn);
  AnnotationScope scope;
  scope.module = decl.module;
  scope.messages = world_.InLibrary(decl.module) ? MessagePolicy::kOwn : MessagePolicy::kFresh;
  if (state.signature.type != nullptr) scope.message = state.signature.type->Message();
  scope.bounds = &state.signature.bounds;
  for (Type* generic : state.signature.generics) {
    if (generic->name.IsValid()) scope.generics.push_back({generic->name, generic});
  }
  if (decl.kind == FnKind::kMethod) {
    ImplInfo& impl = world_.impls[decl.owner];
    scope.self = impl.self;
    scope.impl_interface = impl.interface;
    scope.impl_assoc = &impl.associated;
  } else if (decl.kind == FnKind::kInterfaceMethod) {
    scope.self = world_.interfaces[decl.owner].params[0];
    if (!state.signature.bounds.empty()) scope.self_bound = &state.signature.bounds[0];
  }
  return scope;
}

void Declarer::AddParams(FunctionState& state, ast::List<ast::Param> params,
                         AnnotationScope& scope, std::vector<Type*>& types) {
  for (const ast::Param& param : params) {
    ParamInfo& info = state.params.emplace_back();
    info.ast = &param;
    info.span = param.span;
    info.has_default = param.default_value != nullptr;
    if (const auto* bind = ast::DynAs<ast::BindPattern>(*param.pattern)) info.name = bind->name.id;
    if (param.is_self && scope.self != nullptr) {
      types.push_back(scope.self);
    } else if (param.type != nullptr) {
      types.push_back(reader_.Read(*param.type, scope));
    } else {
      types.push_back(world_.store.Var(1));
    }
  }
}

void Declarer::DeclareClauses(FnId fn, const ast::FnDecl& head, AnnotationScope& scope) {
  FunctionState& state = world_.state(fn);
  TypeStore& store = world_.store;
  const FnDecl& decl = world_.decl(fn);
  bool in_library = world_.InLibrary(decl.module);
  AddGenerics(state, head.generics, scope);
  Type* message = nullptr;
  if (decl.kind == FnKind::kInterfaceMethod ||
      (decl.kind == FnKind::kMethod && world_.impls[decl.owner].interface.IsValid())) {
    message = store.Any();
    scope.messages = MessagePolicy::kAny;
  } else if (in_library) {
    message = store.Param(StringId(), 0);
    message->is_runtime = false;
    state.signature.phantoms.push_back(message);
    scope.messages = MessagePolicy::kOwn;
  } else {
    message = store.MessageVar(1);
    scope.messages = MessagePolicy::kFresh;
  }
  // What a service keeps as its state keeps its own messages.
  if (decl.kind == FnKind::kServiceFunction && world_.Text(decl.name) == "init") {
    scope.messages = MessagePolicy::kAny;
  }
  scope.message = message;
  reader_.ReadWhere(head.where, scope, state.signature.bounds);
  scope.bounds = &state.signature.bounds;
  std::vector<Type*> params;
  AddParams(state, head.params, scope, params);
  bool adapts = in_library && HasAttribute(decl, "adapt_callbacks");
  if (adapts || (in_library && HasAttribute(decl, "detached"))) {
    // What runs elsewhere has messages of its own.
    for (size_t i = 0; i < params.size(); ++i) {
      Type* type = Resolve(params[i]);
      if (type->kind != TypeKind::kFun) continue;
      Type* own = store.Param(StringId(), 0);
      own->is_runtime = false;
      state.signature.phantoms.push_back(own);
      params[i] = store.Fun(type->Params(), type->Result(), own);
      state.params[i].adapts = adapts;
    }
  }
  if (in_library) FindSend(state, params);
  state.result_written = head.result != nullptr;
  Type* result = head.result != nullptr ? reader_.Read(*head.result, scope) : store.Var(1);
  state.signature.type = store.Fun(params, result, message);
}

bool Declarer::HasAttribute(const FnDecl& decl, std::string_view name) const {
  for (const ast::FnDecl* clause : decl.clauses) {
    if (FindAttribute(world_, clause->attributes, name) != nullptr) return true;
  }
  return decl.item != nullptr && FindAttribute(world_, decl.item->attributes, name) != nullptr;
}

// A function over `Pid<M>` and `M` sends as `send` does: its message is checked alike.
void Declarer::FindSend(FunctionState& state, std::span<Type* const> params) {
  for (size_t to = 0; to < params.size(); ++to) {
    Type* pid = Resolve(params[to]);
    if (!TypeStore::Is(pid, hir::Builtin::kPid)) continue;
    Type* message = Resolve(pid->args[0]);
    if (message->kind != TypeKind::kParam) continue;
    for (size_t i = to + 1; i < params.size(); ++i) {
      if (Resolve(params[i]) != message) continue;
      state.sends_to = static_cast<int32_t>(to);
      state.sends_message = static_cast<int32_t>(i);
    }
  }
}

void Declarer::DeclareMethod(FnId fn) {
  const FnDecl& decl = world_.decl(fn);
  ImplInfo& impl = world_.impls[decl.owner];
  FunctionState& state = world_.state(fn);
  state.signature.generics = impl.generics;
  state.signature.bounds = impl.bounds;
  AnnotationScope scope = ScopeOf(fn);
  DeclareClauses(fn, *decl.clauses[0], scope);
}

void Declarer::DeclareInterfaceMethod(FnId fn) {
  const FnDecl& decl = world_.decl(fn);
  const InterfaceId interface(decl.owner);
  InterfaceInfo& info = world_.info(interface);
  FunctionState& state = world_.state(fn);
  state.signature.generics = info.params;
  Bound self;
  self.interface = interface;
  self.self = info.params[0];
  self.args = std::span<Type* const>(info.params).subspan(1);
  self.assoc = reader_.RigidAssociated(interface, self.self, self.args);
  self.span = decl.span;
  state.signature.bounds.push_back(self);
  AnnotationScope scope = ScopeOf(fn);
  scope.self_bound = &self;
  const ast::FnDecl& head = *decl.clauses[0];
  DeclareClauses(fn, head, scope);
  if (head.body == nullptr && head.result == nullptr) {
    world_.store.Unify(state.signature.type->Result(), world_.store.Unit());
  }
  if (head.body != nullptr) return;
  for (const ParamInfo& param : state.params) {
    if (param.ast->type != nullptr || param.ast->is_self) continue;
    world_.diagnostics
        .Error(DiagnosticKind::kAmbiguousType, param.span,
               "a parameter of an interface's method needs a type")
        .Help("write `" + std::string(world_.Text(param.name)) + " :: Type`");
    world_.store.Unify(state.signature.type->Params()[&param - state.params.data()],
                       world_.store.Error());
  }
}

void Declarer::Declare(FnId fn) {
  FunctionState& state = world_.state(fn);
  if (state.status != FunctionStatus::kNew) return;
  state.status = FunctionStatus::kDeclared;
  const FnDecl& decl = world_.decl(fn);
  TypeStore& store = world_.store;
  AnnotationScope scope = ScopeOf(fn);
  switch (decl.kind) {
    case FnKind::kFunction:
    case FnKind::kExtern:
    case FnKind::kServiceFunction:
      DeclareClauses(fn, *decl.clauses[0], scope);
      break;
    case FnKind::kMethod:
      DeclareMethod(fn);
      break;
    case FnKind::kInterfaceMethod:
      DeclareInterfaceMethod(fn);
      break;
    case FnKind::kConst: {
      const auto& constant = As<ast::ConstItem>(*decl.item);
      state.result_written = constant.type != nullptr;
      Type* type =
          constant.type != nullptr ? reader_.Read(*constant.type, scope) : store.Var(1);
      state.signature.type = store.Fun({}, type, store.Any());
      break;
    }
    case FnKind::kActor: {
      std::vector<Type*> params;
      AddParams(state, As<ast::ActorItem>(*decl.item).params, scope, params);
      state.signature.type = store.Fun(params, store.Var(1), store.MessageVar(1));
      break;
    }
    case FnKind::kService: {
      Type* params[] = {world_.services[decl.owner].state};
      Type* service = store.Con(
          world_.symbols.type(world_.symbols.services[decl.owner].type).con);
      state.signature.type = store.Fun(params, store.Unit(), service);
      break;
    }
    case FnKind::kTest:
    case FnKind::kSetup:
    case FnKind::kSupervisor:
    case FnKind::kFieldDefault:
    case FnKind::kServiceApi:
    case FnKind::kChildStart:
      state.signature.type = store.Fun({}, store.Var(1), store.MessageVar(1));
      break;
  }
}

}  // namespace snow::types
