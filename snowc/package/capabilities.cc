#include "snowc/package/capabilities.h"

#include <array>
#include <utility>
#include <vector>

namespace snow::package {
namespace {

struct PrefixCapability {
  std::string_view prefix;
  std::string_view word;  // empty: none, stated so that a longer prefix wins over a shorter one
};

// The longest prefix that fits decides.
constexpr PrefixCapability kPrefixes[] = {
    {"snow_env_", "env"},   {"snow_env_cpu_count", ""},  {"snow_env_args", ""},
    {"snow_file_", "fs"},   {"snow_system_", "process"}, {"snow_net_", "net"},
    {"snow_tcp_", "net"},   {"snow_udp_", "net"},        {"snow_tls_", "net"},
    {"snow_dns_", "net"},   {"snow_http_", "net"},       {"snow_https_", "net"},
    {"snow_ws_", "net"},    {"snow_smtp_", "net"},       {"snow_node_", "net"},
    {"snow_sqlite_", "db"}, {"snow_pg_", "db"},          {"snow_pool_", "db"},
    {"snow_db_", "db"},
};

// Walks what functions can reach. One walk serves one package.
class Walk {
 public:
  Walk(const hir::Program& program, CapabilityWords& words)
      : program_(program), words_(words), seen_(program.functions.size(), false) {}

  void Reach(hir::FunctionId id);
  void Drain();

 private:
  bool IsLibrary(uint32_t module) const { return program_.modules[module].package == "std"; }
  void ReachMethod(const hir::Callee& callee);
  void ReachCallee(const hir::Callee& callee);
  void Visit(const hir::Expr* expr);
  void VisitParts(const hir::Expr& expr);

  const hir::Program& program_;
  CapabilityWords& words_;
  std::vector<bool> seen_;
  std::set<std::pair<uint32_t, uint32_t>> methods_seen_;
  std::vector<hir::FunctionId> pending_;
};

void Walk::Reach(hir::FunctionId id) {
  if (!id.IsValid() || seen_[id.value]) return;
  seen_[id.value] = true;
  pending_.push_back(id);
}

void Walk::Drain() {
  while (!pending_.empty()) {
    const hir::Function& function = program_.functions[pending_.back().value];
    pending_.pop_back();
    if (!function.extern_symbol.empty() && function.extern_symbol[0] != '%') {
      std::string_view word = IsLibrary(function.module)
                                  ? CapabilityOfSymbol(function.extern_symbol)
                                  : std::string_view("native");
      if (!word.empty()) words_.emplace(word);
    }
    if (function.body != nullptr) Visit(function.body);
    Reach(function.terminate);
  }
}

// Which impl a method call ends in depends on types that may come from elsewhere: all the library's
// impls count.
void Walk::ReachMethod(const hir::Callee& callee) {
  if (!methods_seen_.emplace(callee.interface.value, callee.method).second) return;
  const hir::Interface& interface = program_.interfaces[callee.interface.value];
  const hir::Method& method = interface.methods[callee.method];
  if (IsLibrary(interface.module)) Reach(method.default_body);
  for (const hir::Impl& impl : program_.impls) {
    if (impl.interface == callee.interface && IsLibrary(impl.module) &&
        callee.method < impl.methods.size()) {
      Reach(impl.methods[callee.method]);
    }
  }
}

void Walk::ReachCallee(const hir::Callee& callee) {
  if (callee.kind == hir::CalleeKind::kMethod) {
    ReachMethod(callee);
    return;
  }
  const hir::Function& function = program_.functions[callee.function.value];
  // A function of another package is that package's affair.
  if (IsLibrary(function.module) || seen_[callee.function.value]) Reach(callee.function);
}

void Walk::VisitParts(const hir::Expr& expr) {
  using K = hir::ExprKind;
  switch (expr.kind) {
    case K::kCall:
    case K::kFunctionValue:
      ReachCallee(expr.callee);
      break;
    case K::kClosure:
      Visit(expr.closure->body);
      break;
    case K::kLetPoly:
      Visit(expr.poly->value);
      break;
    case K::kMatch:
      for (const hir::Expr* scrutinee : expr.match->scrutinees) Visit(scrutinee);
      for (const hir::Arm& arm : expr.match->arms) {
        Visit(arm.guard);
        Visit(arm.body);
      }
      break;
    case K::kFor:
      ReachCallee(expr.for_loop->iter);
      ReachCallee(expr.for_loop->next);
      Visit(expr.for_loop->iterable);
      Visit(expr.for_loop->filter);
      Visit(expr.for_loop->body);
      break;
    case K::kTry:
      if (expr.try_info->converts) ReachCallee(expr.try_info->convert);
      break;
    case K::kReceive:
      for (const hir::ReceiveArm& arm : expr.receive->arms) {
        Visit(arm.guard);
        Visit(arm.body);
      }
      Visit(expr.receive->after_ms);
      Visit(expr.receive->after_body);
      break;
    default:
      break;
  }
}

void Walk::Visit(const hir::Expr* expr) {
  if (expr == nullptr) return;
  VisitParts(*expr);
  for (const hir::Expr* operand : expr->operands) Visit(operand);
}

}  // namespace

std::string_view CapabilityOfSymbol(std::string_view symbol) {
  PrefixCapability best;
  for (const PrefixCapability& entry : kPrefixes) {
    if (symbol.starts_with(entry.prefix) && entry.prefix.size() > best.prefix.size()) best = entry;
  }
  return best.word;
}

std::map<std::string, CapabilityWords> FindCapabilities(const hir::Program& program) {
  std::map<std::string, CapabilityWords> result;
  for (const hir::Module& module : program.modules) {
    if (module.package != "std") result.try_emplace(module.package);
  }
  for (auto& [package, words] : result) {
    Walk walk(program, words);
    for (size_t i = 0; i < program.functions.size(); ++i) {
      const hir::Function& function = program.functions[i];
      if (program.modules[function.module].package == package) {
        walk.Reach(hir::FunctionId(i));
      }
    }
    walk.Drain();
  }
  return result;
}

}  // namespace snow::package
