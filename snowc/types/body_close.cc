// The end of a body: final types, and the checks that need them.
#include <algorithm>

#include "snowc/exhaustive/exhaustive.h"
#include "snowc/types/body.h"

namespace snow::types {

using hir::ExprKind;
using resolve::FnDecl;
using resolve::FnKind;

void BodyChecker::Close() {
  const FunctionState& state = world().state(fn_);
  const Signature& signature = state.signature;
  for (PendingCallee& pending : pending_callees_) {
    std::vector<Type*> args = pending.args;
    const std::vector<Type*>& generics = world().state(pending.fn).signature.generics;
    for (size_t i = args.size(); i < generics.size(); ++i) args.push_back(generics[i]);
    pending.callee->type_args = FixAll(args);
  }
  for (auto [callee, call] : convert_callees_) *callee = call->callee;
  Type* message = Resolve(signature.type->Message());
  int32_t message_generic = -1;
  std::vector<hir::Generic> generics;
  for (Type* param : signature.generics) {
    if (param == message) message_generic = static_cast<int32_t>(generics.size());
    hir::Generic& generic = generics.emplace_back();
    generic.name = param->name.IsValid() ? param->name : world().empty_name;
    for (const Bound& bound : signature.bounds) {
      if (Resolve(bound.self) != param) continue;
      hir::Bound& made = generic.bounds.emplace_back();
      made.interface = bound.interface;
      std::vector<hir::TypeId> args;
      for (Type* arg : bound.args) args.push_back(store().ToHir(arg));
      made.args = arena().CopyArray(std::span<const hir::TypeId>(args));
    }
  }
  for (Code& code : codes_) {
    hir::Function& out = world().program.functions[code.id.value];
    // The generics of local functions come after those around them.
    for (PolyInfo& poly : code.polys) {
      uint32_t first = static_cast<uint32_t>(generics.size());
      if (poly.outer >= 0) {
        const PolyInfo& outer = code.polys[static_cast<size_t>(poly.outer)];
        first = outer.first + outer.count;
      }
      poly.first = first;
      poly.count =
          poly.scheme != nullptr ? static_cast<uint32_t>(poly.scheme->generics.size()) : 0;
      if (poly.binding != nullptr) poly.binding->first_generic = first;
      for (uint32_t i = 0; i < poly.count; ++i) poly.scheme->generics[i]->index = first + i;
    }
    out.generics = generics;
    out.message_generic = message_generic;
    for (size_t i = 0; i < code.local_types.size(); ++i) {
      out.locals[i].type = store().ToHir(code.local_types[i]);
    }
    if (code.result != nullptr) out.result = store().ToHir(code.result);
  }
  for (auto [slot, type] : fixups_) *slot = store().ToHir(type);
  fixups_.clear();
  // A dropped value that is unit is the unit itself: a call stays in tail position.
  for (const Value& dropped : dropped_values_) {
    Type* type = Resolve(dropped.type);
    bool unit = TypeStore::Is(type, hir::Builtin::kUnit) ||
                TypeStore::Is(type, hir::Builtin::kNever) || type->kind == TypeKind::kVar;
    if (unit) dropped.expr->operands = dropped.expr->operands.subspan(0, 1);
  }
  CloseMain();
}

// `main` gives unit, an Int or a Result; what else its last expression gives is dropped.
void BodyChecker::CloseMain() {
  if (world().main != fn_) return;
  hir::Function& out = world().program.functions[codes_.front().id.value];
  Type* result = Resolve(world().state(fn_).signature.type->Result());
  bool kept = TypeStore::Is(result, hir::Builtin::kUnit) ||
              TypeStore::Is(result, hir::Builtin::kInt) ||
              TypeStore::Is(result, hir::Builtin::kNever) ||
              TypeStore::IsCon(result, known().result);
  if (kept || out.body == nullptr) return;
  hir::TypeId unit = store().ToHir(store().Unit());
  hir::Expr* end = arena().New<hir::Expr>();
  end->kind = ExprKind::kUnit;
  end->type = unit;
  end->span = EndOf(out.body->span);
  hir::Expr* block = arena().New<hir::Expr>();
  block->kind = ExprKind::kBlock;
  block->type = unit;
  block->span = out.body->span;
  block->operands = Copy(std::vector<hir::Expr*>{out.body, end});
  out.body = block;
  out.result = unit;
}

void BodyChecker::CheckClosed(bool failed) {
  if (failed || world().decl(fn_).is_broken) return;
  for (const MatchToCheck& check : matches_) CheckMatch(check);
  for (const hir::Receive* receive : receives_) CheckReceive(*receive);
  if (in_library_) return;
  for (const Value& value : unused_values_) {
    if (!TypeStore::IsCon(value.type, known().result)) continue;
    diagnostics()
        .Warning(DiagnosticKind::kUnusedResult, value.expr->span, "unused result")
        .Label("an error here would go unnoticed")
        .Help("handle it by `case`, pass it on by '?', or drop it by `let _ = ..`");
  }
}

// Whether a pattern has the shape of its type. It has not where the type is of something that was
// reported elsewhere.
bool BodyChecker::FitsType(const hir::Pattern& pattern) const {
  const hir::TypeTable& types = world().program.types;
  const hir::Type& type = types.Get(pattern.type);
  auto builtin = [&](hir::Builtin wanted) { return types.Is(pattern.type, wanted); };
  bool fits = true;
  switch (pattern.kind) {
    case hir::PatternKind::kWildcard:
    case hir::PatternKind::kBind:
    case hir::PatternKind::kOr:
    case hir::PatternKind::kAs:
      break;
    case hir::PatternKind::kInt:
      fits = builtin(hir::Builtin::kInt);
      break;
    case hir::PatternKind::kFloat:
      fits = builtin(hir::Builtin::kFloat);
      break;
    case hir::PatternKind::kString:
      fits = builtin(hir::Builtin::kString);
      break;
    case hir::PatternKind::kAtom:
      fits = builtin(hir::Builtin::kAtom);
      break;
    case hir::PatternKind::kBool:
      fits = builtin(hir::Builtin::kBool);
      break;
    case hir::PatternKind::kUnit:
      fits = builtin(hir::Builtin::kUnit);
      break;
    case hir::PatternKind::kTuple:
      fits = type.kind == hir::TypeKind::kTuple && type.args.size() == pattern.subs.size();
      break;
    case hir::PatternKind::kList:
      fits = type.kind == hir::TypeKind::kCon && hir::TyConId(type.con) == known().list;
      break;
    case hir::PatternKind::kVariant:
    case hir::PatternKind::kStruct: {
      if (type.kind != hir::TypeKind::kCon) return false;
      const hir::TyCon& con = types.con(hir::TyConId(type.con));
      if (pattern.kind == hir::PatternKind::kStruct) {
        fits = con.fields.size() == pattern.subs.size();
      } else {
        fits = pattern.variant < con.variants.size() &&
               con.variants[pattern.variant].fields.size() == pattern.subs.size();
      }
      break;
    }
  }
  if (!fits) return false;
  if (pattern.rest != nullptr && !FitsType(*pattern.rest)) return false;
  return std::ranges::all_of(pattern.subs, [&](hir::Pattern* sub) { return FitsType(*sub); });
}

void BodyChecker::CheckMatch(const MatchToCheck& check) {
  hir::Match& match = *check.match;
  for (const hir::Arm& arm : match.arms) {
    for (const hir::Pattern* pattern : arm.patterns) {
      if (!FitsType(*pattern)) return;
    }
  }
  std::vector<exhaustive::Row> rows;
  std::vector<hir::TypeId> columns;
  for (hir::Pattern* pattern : match.arms[0].patterns) columns.push_back(pattern->type);
  for (const hir::Arm& arm : match.arms) rows.push_back({arm.patterns, arm.guard != nullptr});
  exhaustive::Verdict verdict =
      exhaustive::Check(world().program.types, world().interner, columns, rows);
  std::string missing;
  for (const std::string& shape : verdict.missing) {
    if (!missing.empty()) missing += ", ";
    missing += "`" + shape + "`";
  }
  if (verdict.more_missing) missing += ", …";
  if (!missing.empty()) match.exhaustive = false;
  switch (check.source) {
    case MatchSource::kCase:
      if (missing.empty()) break;
      diagnostics()
          .Error(DiagnosticKind::kMissingCases, check.span, "cases missing: " + missing)
          .Help("add an arm for each, or `_ -> ..` for all others");
      break;
    case MatchSource::kLet:
      if (missing.empty()) break;
      diagnostics()
          .Error(DiagnosticKind::kRefutableLet, check.span,
                 "this pattern does not match everything")
          .Label("not matched: " + missing)
          .Help("use `case`, which says what to do with the rest");
      break;
    case MatchSource::kClauses:
    case MatchSource::kClosure:
      if (missing.empty() || in_library_) break;
      diagnostics()
          .Warning(DiagnosticKind::kMissingClause, check.span,
                   "the clauses do not cover all inputs")
          .Label("not covered: " + missing)
          .Help("what is not covered panics; add a clause");
      break;
  }
  if (in_library_ || check.source == MatchSource::kLet) return;
  for (size_t row : verdict.unreachable) {
    diagnostics()
        .Warning(DiagnosticKind::kUnreachableArm, match.arms[row].span, "unreachable arm")
        .Label("the arms before it match all that it would match");
  }
}

void BodyChecker::CheckReceive(const hir::Receive& receive) {
  if (in_library_) return;
  const hir::TypeTable& types = world().program.types;
  if (types.Is(receive.message_type, hir::Builtin::kAny) ||
      types.Get(receive.message_type).kind == hir::TypeKind::kParam) {
    world().may_take_any = true;
  }
  for (hir::ReceiveArmKind kind :
       {hir::ReceiveArmKind::kMessage, hir::ReceiveArmKind::kSignal}) {
    std::vector<exhaustive::Row> rows;
    std::vector<Span> spans;
    std::vector<hir::Pattern*> patterns;
    for (const hir::ReceiveArm& arm : receive.arms) {
      if (arm.kind != kind || !FitsType(*arm.pattern)) continue;
      patterns.push_back(arm.pattern);
      spans.push_back(arm.span);
    }
    if (patterns.empty()) continue;
    size_t row = 0;
    for (const hir::ReceiveArm& arm : receive.arms) {
      if (arm.kind != kind || !FitsType(*arm.pattern)) continue;
      rows.push_back({std::span<hir::Pattern* const>(&patterns[row++], 1), arm.guard != nullptr});
    }
    hir::TypeId columns[] = {patterns[0]->type};
    exhaustive::Verdict verdict =
        exhaustive::Check(world().program.types, world().interner, columns, rows);
    for (size_t unreachable : verdict.unreachable) {
      diagnostics()
          .Warning(DiagnosticKind::kUnreachableArm, spans[unreachable], "unreachable arm")
          .Label("the arms before it match all that it would match");
    }
  }
}

}  // namespace snow::types
