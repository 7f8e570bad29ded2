// match, and patterns that always fit.
#include "snowc/lower/match_emitter.h"

namespace snow::lower {

using hir::Expr;
using hir::Pattern;
using hir::PatternKind;
using ir::BlockId;

void FunctionLowering::BindPattern(const Pattern* pattern, const Words& words, ir::FunctionId code,
                                   bool owned) {
  switch (pattern->kind) {
    case PatternKind::kBind:
      Bind(pattern->local, words, code, owned);
      return;
    case PatternKind::kAs:
      // Two names for one value.
      Bind(pattern->local, words, code);
      BindPattern(pattern->subs[0], words, code);
      return;
    case PatternKind::kTuple:
    case PatternKind::kStruct:
    case PatternKind::kVariant: {
      const Layout& layout = LayoutOf(Type(pattern->type));
      for (uint32_t i = 0; i < pattern->subs.size(); ++i) {
        const Pattern* sub = pattern->subs[i];
        if (sub->kind == PatternKind::kWildcard) continue;
        Words part = pattern->kind == PatternKind::kVariant
                         ? GetVariantField(layout, words, pattern->variant, i)
                         : GetField(layout, words, i);
        BindPattern(sub, part, {}, owned);
      }
      return;
    }
    case PatternKind::kOr:
      // One of the alternatives fits everything; it would be the first that does.
      BindPattern(pattern->subs[0], words, code, owned);
      return;
    case PatternKind::kList:
      if (pattern->rest != nullptr) BindPattern(pattern->rest, words);
      return;
    case PatternKind::kWildcard:
    case PatternKind::kUnit:
    case PatternKind::kInt:
    case PatternKind::kFloat:
    case PatternKind::kString:
    case PatternKind::kAtom:
    case PatternKind::kBool:
      return;
  }
}

// "no clause of area/1 matches (Circle(1.0))"
void FunctionLowering::NoClause(const hir::Match& match, std::span<const TypeId> types,
                                std::span<const Words> values) {
  std::string head = "no clause of " + std::string(match.function_name) + "/" +
                     std::to_string(values.size()) + " matches (";
  std::vector<Words> parts = {StringWords(head)};
  hir::InterfaceId debug = m_.program().known.debug;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) parts.push_back(StringWords(", "));
    TypeId self[] = {types[i]};
    if (m_.types().Implements(debug, types[i])) {
      parts.push_back(CallMethod(debug, 0, self, {&values[i], 1}, Span()));
    } else {
      parts.push_back(StringWords("_"));
    }
  }
  parts.push_back(StringWords(")"));
  Panic(JoinTexts(parts));
}

Words FunctionLowering::EvalMatch(const Expr* expr, bool tail) {
  const hir::Match& match = *expr->match;
  std::vector<Words> values;
  if (!EvalAll(match.scrutinees, &values)) return {};
  std::vector<hir::TypeId> generic;
  std::vector<TypeId> types;
  for (const Expr* scrutinee : match.scrutinees) {
    generic.push_back(scrutinee->type);
    types.push_back(Type(scrutinee->type));
  }
  std::vector<MatchRow> rows;
  for (const hir::Arm& arm : match.arms) rows.push_back({arm.patterns, arm.guard != nullptr});
  DecisionTree tree(m_.types().table(), generic, rows);

  std::vector<bool> owned;
  for (const Expr* scrutinee : match.scrutinees) owned.push_back(IsOwned(scrutinee));

  Destination destination = NewDestination(Type(expr->type), tail);
  std::vector<MatchEmitter::Arm> arms;
  for (const hir::Arm& arm : match.arms) {
    arms.push_back({arm.guard, [this, &arm, &destination] {
                      SetLocation(arm.body->span);
                      EvalInto(arm.body, destination);
                    }});
  }
  BlockId fail = b_.NewBlock();
  ir::Location location = b_.location();
  MatchEmitter emitter(this, &tree, types, values, arms, fail);
  emitter.SetOwned(std::move(owned));
  emitter.Emit();
  b_.SetLocation(location);
  b_.SetBlock(fail);
  if (match.exhaustive) {
    b_.Unreachable();
  } else {
    NoClause(match, types, values);
  }
  return Join(destination);
}

}  // namespace snow::lower
