// Services: the types that their parts share, and the functions that programs call them by.
#include <algorithm>

#include "snowc/resolve/collect.h"
#include "snowc/types/declare.h"

namespace snow::types {

using resolve::FnDecl;
using resolve::FnKind;

void Declarer::DeclareServices() {
  for (uint32_t i = 0; i < world_.services.size(); ++i) DeclareService(resolve::ServiceId(i));
}

void Declarer::DeclareService(resolve::ServiceId id) {
  const resolve::ServiceDecl& decl = world_.symbols.services[id.value];
  ServiceInfo& info = world_.services[id.value];
  TypeStore& store = world_.store;
  Type* service = store.Con(world_.symbols.type(decl.type).con);

  hir::TyCon con;
  std::string name(world_.Text(decl.name));
  con.name = world_.interner.Intern(name + ".Message");
  con.qualified_name = world_.QualifiedName(decl.module, name + ".Message");
  con.kind = hir::TyConKind::kSum;
  con.module = decl.module.value;
  con.span = decl.span;
  info.message = world_.program.types.AddTyCon(std::move(con));

  std::vector<Type*> init_params;
  std::vector<ParamInfo> init_infos;
  info.state = store.Var(1);
  for (FnId fn : decl.functions) {
    if (world_.Text(world_.decl(fn).name) != "init") continue;
    info.init = fn;
    Declare(fn);
    const FunctionState& state = world_.state(fn);
    Type* type = state.signature.type;
    store.Unify(type->Message(), service);
    init_params.assign(type->Params().begin(), type->Params().end());
    init_infos = state.params;
    // Defaults are computed by init's own functions when start passes the arguments on.
    Type* result = Resolve(type->Result());
    if (TypeStore::IsCon(result, world_.known.result)) {
      info.failure = result->args[1];
      result = result->args[0];
    }
    store.Unify(info.state, result);
  }
  if (!info.init.IsValid()) {
    world_.diagnostics
        .Error(DiagnosticKind::kMissingMethod, decl.span,
               "service " + world_.Quoted(decl.name) + " lacks an 'init' function")
        .Help("write `fn init() -> State do .. end`: its value is the first state");
    store.Unify(info.state, store.Error());
  }

  TypeInfo& message = world_.info(info.message);
  DeclareHandlers(id, decl.item->calls, /*is_call=*/true, info.calls, message);
  DeclareHandlers(id, decl.item->casts, /*is_call=*/false, info.casts, message);

  Type* pid = store.Pid(service);
  ParamInfo name_info;
  name_info.name = world_.interner.Intern("register");
  name_info.has_default = true;
  name_info.span = decl.span;
  init_params.push_back(store.String());
  init_infos.push_back(name_info);
  info.start = DeclareApi(id, "start", init_params, init_infos, pid);
  info.start_link = DeclareApi(id, "start_link", init_params, init_infos, pid);
  Type* args[] = {pid, info.failure != nullptr ? info.failure : store.String()};
  Type* tried = world_.known.result.IsValid() ? store.Con(world_.known.result, args) : pid;
  info.try_start = DeclareApi(id, "try_start", init_params, init_infos, tried);

  for (const ast::InfoHandler& handler : decl.item->infos) {
    // Whether one takes messages, and not notices alone, is known when its pattern is.
    if (handler.message != nullptr) info.info = store.MessageVar(1);
  }
  if (info.info == nullptr && !decl.item->infos.empty()) info.info = store.MessageVar(1);
  if (info.info != nullptr) info.info->is_runtime = true;
}

void Declarer::DeclareHandlers(resolve::ServiceId id, ast::List<ast::ServiceHandler> handlers,
                               bool is_call, std::vector<HandlerInfo>& infos,
                               TypeInfo& message) {
  const resolve::ServiceDecl& decl = world_.symbols.services[id.value];
  TypeStore& store = world_.store;
  Type* pid = store.Pid(store.Con(world_.symbols.type(decl.type).con));
  for (const ast::ServiceHandler& handler : handlers) {
    AnnotationScope scope;
    scope.module = decl.module;
    scope.messages = MessagePolicy::kAny;
    FunctionState parts;
    std::vector<Type*> params;
    AddParams(parts, handler.params, scope, params);

    HandlerInfo& info = infos.emplace_back();
    info.ast = &handler;
    info.params = params;
    if (is_call) {
      info.reply = handler.reply != nullptr ? reader_.Read(*handler.reply, scope) : store.Var(1);
    }

    VariantInfo& variant = message.variants.emplace_back();
    variant.name = handler.name.id;
    variant.span = handler.name.span;
    if (is_call) variant.fields.emplace_back().type = ReplyTo();
    for (Type* param : params) variant.fields.emplace_back().type = param;

    std::vector<Type*> api_params = {pid};
    ParamInfo pid_info;
    pid_info.span = handler.name.span;
    std::vector<ParamInfo> api_infos = {pid_info};
    api_params.insert(api_params.end(), params.begin(), params.end());
    api_infos.insert(api_infos.end(), parts.params.begin(), parts.params.end());
    if (is_call) {
      ParamInfo timeout;
      timeout.name = world_.interner.Intern("timeout");
      timeout.has_default = true;
      timeout.span = handler.name.span;
      api_params.push_back(store.Int());
      api_infos.push_back(timeout);
    }
    info.api = DeclareApi(id, resolve::SnakeCase(world_.Text(handler.name.id)), api_params,
                          std::move(api_infos), is_call ? info.reply : store.Unit());
  }
}

// std.Service.ReplyTo
Type* Declarer::ReplyTo() {
  auto name = world_.interner.Find("ReplyTo");
  ModuleId module = world_.scope.LibraryModule("Service");
  const resolve::TypeId* found =
      name && module.IsValid() ? world_.symbols.module(module).types.Find(*name) : nullptr;
  return found ? world_.store.Con(world_.symbols.type(*found).con) : world_.store.Error();
}

FnId Declarer::DeclareApi(resolve::ServiceId id, std::string_view name,
                          std::span<Type* const> params, std::vector<ParamInfo> infos,
                          Type* result) {
  const resolve::ServiceDecl& service = world_.symbols.services[id.value];
  FnDecl decl;
  decl.kind = FnKind::kServiceApi;
  decl.is_pub = service.is_pub;
  decl.module = service.module;
  decl.name = world_.interner.Intern(name);
  decl.span = infos.empty() ? service.span : infos[0].span;
  decl.owner = id.value;
  FnId fn = world_.AddFunction(std::move(decl));
  FunctionState& state = world_.state(fn);
  state.status = FunctionStatus::kDeclared;
  state.params = std::move(infos);
  state.result_written = true;
  // Whoever calls it may run with any message type.
  Type* message = world_.store.Param(StringId(), 0);
  message->is_runtime = false;
  state.signature.phantoms.push_back(message);
  state.signature.type = world_.store.Fun(params, result, message);
  return fn;
}

}  // namespace snow::types
