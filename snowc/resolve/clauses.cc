#include "snowc/resolve/clauses.h"

#include <algorithm>
#include <string>

#include "snowc/resolve/collect.h"
#include "snowc/resolve/id_map.h"

namespace snow::resolve {
namespace {

bool TakesAnything(const ast::Pattern& pattern) {
  return pattern.kind == ast::PatternKind::kWildcard || pattern.kind == ast::PatternKind::kBind;
}

std::string Quoted(const Interner& interner, StringId name) {
  return "'" + std::string(interner.Get(name)) + "'";
}

std::string Parameters(size_t count) {
  return std::to_string(count) + (count == 1 ? " parameter" : " parameters");
}

void WarnOfAnnotations(const ast::FnDecl& clause, const ast::FnDecl& first,
                       Diagnostics& diagnostics) {
  Span span;
  for (const ast::Param& param : clause.params) {
    if (param.type != nullptr && !span.IsValid()) span = param.type->span;
  }
  if (clause.result != nullptr && !span.IsValid()) span = clause.result->span;
  if (!clause.where.empty() && !span.IsValid()) span = clause.where[0].span;
  if (!span.IsValid()) return;
  diagnostics
      .Warning(DiagnosticKind::kIgnoredAnnotation, span,
               "an annotation on a later clause is ignored")
      .Note(first.name.span, "the annotations of the first clause count for all")
      .Help("annotate the first clause, and no other");
}

}  // namespace

bool IsCatchAll(const ast::FnDecl& clause) {
  return clause.guard == nullptr && std::ranges::all_of(clause.params, [](const ast::Param& param) {
    return TakesAnything(*param.pattern);
  });
}

void GroupClauses(std::span<const ast::FnDecl* const> clauses, ClauseKind kind,
                  const Interner& interner, Diagnostics& diagnostics,
                  const std::function<void(ClauseGroup)>& add) {
  IdMap<StringId, size_t> seen;  // by name: index into groups
  std::vector<ClauseGroup> groups;
  size_t i = 0;
  while (i < clauses.size()) {
    const ast::FnDecl& first = *clauses[i];
    ClauseGroup made;
    made.first = i;
    std::vector<const ast::FnDecl*>& group = made.clauses;
    group.push_back(&first);
    bool reported_catch_all = false;
    for (++i; i < clauses.size(); ++i) {
      const ast::FnDecl& next = *clauses[i];
      bool together =
          kind == ClauseKind::kLocal || next.ordinal == clauses[i - 1]->ordinal + 1;
      if (next.name.id != first.name.id || !together) break;
      if (next.params.size() != first.params.size()) {
        made.broken = true;
        diagnostics
            .Error(DiagnosticKind::kClauseArity, next.name.span,
                   "the clauses of " + Quoted(interner, first.name.id) + " differ in arity")
            .Label("this clause has " + Parameters(next.params.size()))
            .Note(first.name.span, "the first clause has " + Parameters(first.params.size()))
            .Help("all clauses of a function take the same number of parameters; give another "
                  "function another name");
        continue;
      }
      if (first.params.empty()) {
        diagnostics
            .Error(DiagnosticKind::kDuplicateDefinition, next.name.span,
                   Quoted(interner, first.name.id) + " is defined twice")
            .Label("defined again here")
            .Note(first.name.span, "the first definition is here");
        continue;
      }
      if (IsCatchAll(*group.back()) && !reported_catch_all) {
        reported_catch_all = true;
        diagnostics
            .Error(DiagnosticKind::kCatchAllNotLast, group.back()->span,
                   "this clause of " + Quoted(interner, first.name.id) +
                       " takes everything, but is not the last")
            .Note(next.name.span, "no call reaches this clause")
            .Help("move the clause that takes everything to the end");
      }
      WarnOfAnnotations(next, first, diagnostics);
      group.push_back(&next);
    }
    size_t* earlier = seen.Find(first.name.id);
    if (earlier != nullptr && kind == ClauseKind::kFunction) {
      if (interner.Get(first.name.id).empty()) continue;
      groups[*earlier].broken = true;
      diagnostics
          .Error(DiagnosticKind::kClausesApart, first.name.span,
                 "the clauses of " + Quoted(interner, first.name.id) + " stand apart")
          .Label("this clause is separated from the others")
          .Note(groups[*earlier].clauses[0]->name.span, "the first clause is here")
          .Help("put all clauses of a function one after the other");
      continue;
    }
    seen.Insert(first.name.id, groups.size());
    groups.push_back(std::move(made));
  }
  for (ClauseGroup& group : groups) add(std::move(group));
}

}  // namespace snow::resolve
