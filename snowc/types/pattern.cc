// Patterns: their types and what they bind.
#include <algorithm>

#include "snowc/resolve/suggest.h"
#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::DynAs;
using hir::Builtin;
using hir::PatternKind;
using resolve::TypeDecl;

hir::Pattern* BodyChecker::NewPattern(PatternKind kind, Type* type, Span span) {
  hir::Pattern* pattern = arena().New<hir::Pattern>();
  pattern->kind = kind;
  pattern->span = span;
  Fix(&pattern->type, type);
  return pattern;
}

hir::Pattern* BodyChecker::Wildcard(Type* type, Span span) {
  return NewPattern(PatternKind::kWildcard, type, span);
}

void BodyChecker::DeclareBindings(bool quiet) {
  for (const Binding& binding : *bindings_) Declare(binding, quiet);
  bindings_ = nullptr;
}

hir::Pattern* BodyChecker::BindName(const ast::Name& name, Type* type, Span span) {
  hir::Pattern* pattern = NewPattern(PatternKind::kBind, type, span);
  if (or_bindings_ != nullptr) {
    // In a later alternative of an or-pattern: the local of the first one.
    for (Binding& binding : *or_bindings_) {
      if (binding.name != name.id) continue;
      pattern->local = binding.id;
      or_seen_.push_back(name.id);
      Unify(type, binding.type, span, {.kind = Why::kPattern, .span = binding.span, .fn = {}});
      return pattern;
    }
  }
  for (const Binding& binding : *bindings_) {
    if (binding.name != name.id) continue;
    diagnostics()
        .Error(DiagnosticKind::kDuplicateBinding, span,
               Quoted(name.id) + " is bound twice in one pattern")
        .Note(binding.span, "the first time is here")
        .Help("bind another name, and compare in a guard: `when a == b`");
    pattern->local = binding.id;
    return pattern;
  }
  if (const FnId fn = world().scope.FindOwnFunction(module_, name.id);
      fn.IsValid() && world().decl(fn).kind == resolve::FnKind::kConst && !in_library_) {
    diagnostics()
        .Warning(DiagnosticKind::kConstantNameBinds, span,
                 Quoted(name.id) + " binds a new variable; it is not compared with the constant")
        .Note(world().decl(fn).span, "the constant is defined here")
        .Help("compare in a guard: `x when x == " + std::string(Text(name.id)) + "`");
  }
  pattern->local = NewLocal(name.id, type, span);
  bindings_->push_back({name.id, pattern->local, type, span});
  return pattern;
}

hir::Pattern* BodyChecker::CheckPattern(const ast::Pattern& pattern, Type* type) {
  TypeStore& types = store();
  Span span = pattern.span;
  Why why{.kind = Why::kPattern, .span = {}, .fn = FnId()};
  auto literal = [&](PatternKind kind, Type* literal_type) {
    Unify(literal_type, type, span, why);
    return NewPattern(kind, type, span);
  };
  switch (pattern.kind) {
    case ast::PatternKind::kError:
    case ast::PatternKind::kWildcard:
      return Wildcard(type, span);
    case ast::PatternKind::kBind:
      return BindName(As<ast::BindPattern>(pattern).name, type, span);
    case ast::PatternKind::kInt: {
      hir::Pattern* made = literal(PatternKind::kInt, types.Int());
      made->int_value = As<ast::IntPattern>(pattern).value;
      return made;
    }
    case ast::PatternKind::kFloat: {
      hir::Pattern* made = literal(PatternKind::kFloat, types.Con(Builtin::kFloat));
      made->float_value = As<ast::FloatPattern>(pattern).value;
      return made;
    }
    case ast::PatternKind::kBool: {
      hir::Pattern* made = literal(PatternKind::kBool, types.Bool());
      made->int_value = As<ast::BoolPattern>(pattern).value ? 1 : 0;
      return made;
    }
    case ast::PatternKind::kUnit:
      return literal(PatternKind::kUnit, types.Unit());
    case ast::PatternKind::kString: {
      hir::Pattern* made = literal(PatternKind::kString, types.String());
      made->text = arena().CopyString(As<ast::StringPattern>(pattern).text);
      return made;
    }
    case ast::PatternKind::kAtom: {
      hir::Pattern* made = literal(PatternKind::kAtom, types.Con(Builtin::kAtom));
      made->text = Text(As<ast::AtomPattern>(pattern).name);
      return made;
    }
    case ast::PatternKind::kTuple: {
      const auto& tuple = As<ast::TuplePattern>(pattern);
      std::vector<Type*> elements;
      Type* known_type = Resolve(type);
      bool fits = known_type->kind == TypeKind::kTuple &&
                  known_type->arg_count == tuple.elements.size();
      for (size_t i = 0; i < tuple.elements.size(); ++i) {
        elements.push_back(fits ? known_type->args[i] : NewVar());
      }
      if (!fits) Unify(types.Tuple(elements), type, span, why);
      std::vector<hir::Pattern*> subs;
      for (size_t i = 0; i < elements.size(); ++i) {
        subs.push_back(CheckPattern(*tuple.elements[i], elements[i]));
      }
      hir::Pattern* made = NewPattern(PatternKind::kTuple, type, span);
      made->subs = Copy(subs);
      return made;
    }
    case ast::PatternKind::kList: {
      const auto& list = As<ast::ListPattern>(pattern);
      Type* element = ListElement(type, span);
      std::vector<hir::Pattern*> subs;
      for (const ast::Pattern* sub : list.elements) subs.push_back(CheckPattern(*sub, element));
      hir::Pattern* made = NewPattern(PatternKind::kList, type, span);
      made->subs = Copy(subs);
      made->has_rest = list.has_rest;
      if (list.rest != nullptr) made->rest = CheckPattern(*list.rest, type);
      return made;
    }
    case ast::PatternKind::kCons: {
      const auto& cons = As<ast::ConsPattern>(pattern);
      Type* element = ListElement(type, span);
      hir::Pattern* made = NewPattern(PatternKind::kList, type, span);
      made->subs = Copy(std::vector<hir::Pattern*>{CheckPattern(*cons.head, element)});
      made->has_rest = true;
      made->rest = CheckPattern(*cons.tail, type);
      return made;
    }
    case ast::PatternKind::kOr:
      return CheckOrPattern(As<ast::OrPattern>(pattern), type);
    case ast::PatternKind::kAs: {
      const auto& as = As<ast::AsPattern>(pattern);
      hir::Pattern* sub = CheckPattern(*as.pattern, type);
      hir::Pattern* bound = BindName(as.name, type, as.name.span);
      hir::Pattern* made = NewPattern(PatternKind::kAs, type, span);
      made->subs = Copy(std::vector<hir::Pattern*>{sub});
      made->local = bound->local;
      return made;
    }
    case ast::PatternKind::kConstructor:
      return CheckConstructor(As<ast::ConstructorPattern>(pattern), type);
    case ast::PatternKind::kStruct:
      return CheckStructPattern(As<ast::StructPattern>(pattern), type);
  }
  return Wildcard(type, span);
}

Type* BodyChecker::ListElement(Type* type, Span span) {
  Type* list = Resolve(type);
  if (TypeStore::IsCon(list, known().list)) return list->args[0];
  Type* element = NewVar();
  Unify(store().Con(known().list, {&element, 1}), type, span,
        {.kind = Why::kPattern, .span = {}, .fn = {}});
  return element;
}

hir::Pattern* BodyChecker::CheckOrPattern(const ast::OrPattern& pattern, Type* type) {
  std::vector<hir::Pattern*> subs;
  size_t first = bindings_->size();
  std::vector<Binding>* outer_or = or_bindings_;
  subs.push_back(CheckPattern(*pattern.alternatives[0], type));
  std::vector<Binding> bound(bindings_->begin() + static_cast<std::ptrdiff_t>(first),
                             bindings_->end());
  // Within an alternative of an outer or-pattern its names are bound there.
  if (outer_or != nullptr) bound.insert(bound.end(), outer_or->begin(), outer_or->end());
  std::vector<StringId> outer_seen = or_seen_;
  for (size_t i = 1; i < pattern.alternatives.size(); ++i) {
    std::vector<Binding> expected = bound;
    or_bindings_ = &expected;
    or_seen_.clear();
    size_t before = bindings_->size();
    subs.push_back(CheckPattern(*pattern.alternatives[i], type));
    or_bindings_ = outer_or;
    Span span = pattern.alternatives[i]->span;
    for (size_t b = before; b < bindings_->size(); ++b) {
      ReportOrBinding((*bindings_)[b].name, (*bindings_)[b].span,
                      pattern.alternatives[0]->span);
    }
    for (size_t b = 0; b < bound.size(); ++b) {
      bool own = b < bindings_->size() - first || outer_or == nullptr;
      if (!own || std::ranges::find(or_seen_, bound[b].name) != or_seen_.end()) continue;
      if (outer_or != nullptr &&
          std::ranges::find(*outer_or, bound[b].name, &Binding::name) != outer_or->end()) {
        continue;
      }
      ReportOrBinding(bound[b].name, bound[b].span, span);
    }
  }
  or_seen_ = outer_seen;
  if (outer_or != nullptr) {
    for (const Binding& binding : bound) or_seen_.push_back(binding.name);
  }
  hir::Pattern* made = NewPattern(PatternKind::kOr, type, pattern.span);
  made->subs = Copy(subs);
  return made;
}

void BodyChecker::ReportOrBinding(StringId name, Span bound_at, Span lacks) {
  diagnostics()
      .Error(DiagnosticKind::kOrPatternBindings, bound_at,
             Quoted(name) + " is not bound in every alternative")
      .Note(lacks, "this alternative does not bind it")
      .Help("all alternatives of an or-pattern bind the same names; write two arms, or `_`");
}

// The constructor that a path in a pattern means.
Target BodyChecker::FindConstructor(const ast::Path& path, Type* type) {
  const ast::Name& name = path.Last();
  Target target;
  if (path.IsSimple()) {
    target = PickVariant(world().scope.FindVariants(module_, name.id), type, name);
    if (target.kind != Target::kNone) return target;
    resolve::NearestName nearest(Text(name.id));
    Type* known_type = Resolve(type);
    bool of_type = known_type->kind == TypeKind::kCon &&
                   !world().info(hir::TyConId(known_type->con)).variants.empty();
    if (of_type) {
      for (const VariantInfo& v : world().info(hir::TyConId(known_type->con)).variants) {
        nearest.Consider(Text(v.name));
      }
    }
    world().scope.ForEachValueName(module_, [&](std::string_view n) {
      if (IsUpper(n)) nearest.Consider(n);
    });
    if (!Text(name.id).empty()) {
      auto report = diagnostics().Error(
          of_type ? DiagnosticKind::kUnknownVariant : DiagnosticKind::kUnknownName, name.span,
          of_type ? world().Print(known_type) + " has no variant " + Quoted(name.id)
                  : "unknown constructor " + Quoted(name.id));
      if (nearest.found()) {
        report.Help("did you mean '" + nearest.best() + "'?").Fix(name.span, nearest.best());
      }
    }
    target.kind = Target::kError;
    return target;
  }
  Entity entity = FindPathEntity(path.segments.subspan(0, path.segments.size() - 1));
  if (entity.IsEmpty()) {
    diagnostics().Error(DiagnosticKind::kUnknownName, path.span,
                        "unknown name " + Quoted(path.segments[0].id));
    target.kind = Target::kError;
    return target;
  }
  target = FindMemberTarget(entity, name, type);
  if (target.kind == Target::kVariant || target.kind == Target::kError) return target;
  diagnostics().Error(DiagnosticKind::kUnknownVariant, name.span,
                      Quoted(name.id) + " is no constructor");
  target.kind = Target::kError;
  return target;
}

hir::Pattern* BodyChecker::CheckConstructor(const ast::ConstructorPattern& pattern, Type* type) {
  Target target = FindConstructor(pattern.path, type);
  if (target.kind != Target::kVariant) {
    for (const ast::PatternArgument& argument : pattern.arguments) {
      CheckPattern(*argument.pattern, store().Error());
    }
    return Wildcard(type, pattern.span);
  }
  Type* known_type = Resolve(type);
  target.self = TypeStore::IsCon(known_type, target.con) ? known_type : nullptr;
  std::vector<Type*> fields;
  Type* made_type = InstantiateVariant(target, fields);
  if (target.self == nullptr) {
    Unify(made_type, type, pattern.span, {.kind = Why::kPattern, .span = {}, .fn = {}});
  }
  const VariantInfo& variant = world().info(target.con).variants[target.variant];
  std::vector<hir::Pattern*> subs(fields.size(), nullptr);
  bool named = std::ranges::any_of(pattern.arguments, [](const ast::PatternArgument& a) {
    return a.name.id.IsValid();
  });
  if (!named && pattern.arguments.size() != fields.size()) {
    diagnostics()
        .Error(DiagnosticKind::kArgumentCount, pattern.span,
               "constructor " + Quoted(variant.name) + " has " + std::to_string(fields.size()) +
                   (fields.size() == 1 ? " field, not " : " fields, not ") +
                   std::to_string(pattern.arguments.size()))
        .Note(variant.span, "it is defined here");
  }
  for (size_t i = 0; i < pattern.arguments.size(); ++i) {
    const ast::PatternArgument& argument = pattern.arguments[i];
    size_t at = i;
    if (argument.name.id.IsValid()) {
      auto found = std::ranges::find(variant.fields, argument.name.id, &FieldInfo::name);
      at = static_cast<size_t>(found - variant.fields.begin());
      if (found == variant.fields.end()) {
        ReportNoField("constructor " + Quoted(variant.name), variant.fields, argument.name.id,
                      argument.name.span, variant.span);
      }
    }
    if (at >= fields.size()) {
      CheckPattern(*argument.pattern, store().Error());
      continue;
    }
    if (subs[at] != nullptr) {
      diagnostics().Error(DiagnosticKind::kNoSuchField, argument.pattern->span,
                          "this field is matched twice");
    }
    subs[at] = CheckPattern(*argument.pattern, fields[at]);
  }
  std::string missing;
  for (size_t i = 0; i < subs.size(); ++i) {
    if (subs[i] != nullptr) continue;
    subs[i] = Wildcard(fields[i], pattern.span);
    if (!named) continue;
    if (!missing.empty()) missing += ", ";
    missing += Quoted(variant.fields[i].name);
  }
  if (!missing.empty()) {
    diagnostics()
        .Error(DiagnosticKind::kNoSuchField, pattern.span, "the pattern leaves out " + missing)
        .Note(variant.span, "the constructor is defined here")
        .Help("match every field; `name: _` takes any value");
  }
  hir::Pattern* made = NewPattern(PatternKind::kVariant, type, pattern.span);
  made->variant = target.variant;
  made->subs = Copy(subs);
  return made;
}

hir::Pattern* BodyChecker::CheckStructPattern(const ast::StructPattern& pattern, Type* type) {
  Type* made_type = FindStruct(pattern.path);
  if (made_type == nullptr) {
    for (const ast::FieldPattern& field : pattern.fields) {
      CheckPattern(*field.pattern, store().Error());
    }
    return Wildcard(type, pattern.span);
  }
  Unify(made_type, type, pattern.span, {.kind = Why::kPattern, .span = {}, .fn = {}});
  const TypeInfo& info = world().info(hir::TyConId(made_type->con));
  const TypeDecl& decl = world().symbols.type(info.decl);
  std::vector<hir::Pattern*> subs(info.fields.size(), nullptr);
  for (const ast::FieldPattern& field : pattern.fields) {
    int index = FindField(made_type, field.name.id);
    if (index < 0) {
      ReportNoField(Quoted(decl.name), info.fields, field.name.id, field.name.span, decl.span);
      CheckPattern(*field.pattern, store().Error());
      continue;
    }
    size_t at = static_cast<size_t>(index);
    if (subs[at] != nullptr) {
      diagnostics().Error(DiagnosticKind::kNoSuchField, field.name.span,
                          "field " + Quoted(field.name.id) + " is matched twice");
    }
    subs[at] = CheckPattern(*field.pattern, FieldType(made_type, info.fields[at]));
  }
  std::string missing;
  for (size_t i = 0; i < subs.size(); ++i) {
    if (subs[i] != nullptr) continue;
    subs[i] = Wildcard(FieldType(made_type, info.fields[i]), pattern.span);
    if (!missing.empty()) missing += ", ";
    missing += Quoted(info.fields[i].name);
  }
  if (!missing.empty() && !pattern.has_rest) {
    diagnostics()
        .Error(DiagnosticKind::kNoSuchField, pattern.span, "the pattern leaves out " + missing)
        .Note(decl.span, "the struct is defined here")
        .Help("write `..` at the end when other fields do not matter");
  }
  hir::Pattern* made = NewPattern(PatternKind::kStruct, type, pattern.span);
  made->subs = Copy(subs);
  return made;
}

}  // namespace snow::types
