// Patterns and types.
#include "snowc/syntax/builder.h"
#include "snowc/syntax/literals.h"

namespace snow::ast {

// ---- Patterns

const Pattern* Builder::BuildPattern(NodeId node) {
  Span span = SpanOf(node);
  if (tree_.Get(node).height > Tree::kMaxHeight) {
    return NewPattern<Pattern>(PatternKind::kError, span);
  }
  Cursor cursor(*this, node);
  switch (tree_.KindOf(node)) {
    case NodeKind::kWildcardPattern:
      return NewPattern<Pattern>(PatternKind::kWildcard, span);
    case NodeKind::kBindPattern:
      return NewBind(TakeName(cursor, node));
    case NodeKind::kSelfPattern:
      return NewBind(NameOf(node));
    case NodeKind::kNumberPattern:
      return BuildNumberPattern(node);
    case NodeKind::kLiteralPattern:
      return BuildLiteralPattern(node);
    case NodeKind::kTuplePattern: {
      if (cursor.AtEnd()) return NewPattern<Pattern>(PatternKind::kUnit, span);
      auto* tuple = NewPattern<TuplePattern>(PatternKind::kTuple, span);
      tuple->elements = TakePatterns(cursor);
      return tuple;
    }
    case NodeKind::kParenPattern:
      return TakePattern(cursor, node);
    case NodeKind::kListPattern:
      return BuildListPattern(node);
    case NodeKind::kConsPattern: {
      auto* cons = NewPattern<ConsPattern>(PatternKind::kCons, span);
      cons->head = TakePattern(cursor, node);
      cons->tail = TakePattern(cursor, node);
      return cons;
    }
    case NodeKind::kOrPattern: {
      auto* alternatives = NewPattern<OrPattern>(PatternKind::kOr, span);
      alternatives->alternatives = TakePatterns(cursor);
      return alternatives;
    }
    case NodeKind::kAsPattern: {
      auto* as = NewPattern<AsPattern>(PatternKind::kAs, span);
      as->pattern = TakePattern(cursor, node);
      as->name = TakeName(cursor, node);
      return as;
    }
    case NodeKind::kConstructorPattern:
      return BuildConstructorPattern(node);
    case NodeKind::kStructPattern:
      return BuildStructPattern(node);
    default:
      return NewPattern<Pattern>(PatternKind::kError, span);
  }
}

const Pattern* Builder::TakePattern(Cursor& cursor, NodeId parent) {
  if (cursor.AtEnd()) return NewPattern<Pattern>(PatternKind::kError, SpanOf(parent));
  return BuildPattern(cursor.Take());
}

List<const Pattern*> Builder::TakePatterns(Cursor& cursor) {
  Sequence<const Pattern*> patterns(*this, cursor.Left());
  while (!cursor.AtEnd()) patterns.Add(BuildPattern(cursor.Take()));
  return patterns;
}

const Pattern* Builder::NewBind(Name name) {
  auto* bind = NewPattern<BindPattern>(PatternKind::kBind, name.span);
  bind->name = name;
  return bind;
}

const Pattern* Builder::BuildNumberPattern(NodeId node) {
  const Node& range = tree_.Get(node);
  bool is_negative = FirstKind(node) == TokenKind::kMinus;
  const Token& number = tokens_.Get(TokenId(range.end.value - 1));
  std::string_view text = tokens_.TextOf(number);
  if (number.kind == TokenKind::kFloat) {
    auto* pattern = NewPattern<FloatPattern>(PatternKind::kFloat, SpanOf(node));
    pattern->value = is_negative ? -DecodeFloat(text) : DecodeFloat(text);
    return pattern;
  }
  auto* pattern = NewPattern<IntPattern>(PatternKind::kInt, SpanOf(node));
  uint64_t value = DecodeInt(text).value_or(0);
  // Negated as unsigned, where the smallest Int has no overflow.
  pattern->value = static_cast<int64_t>(is_negative ? 0 - value : value);
  return pattern;
}

const Pattern* Builder::BuildLiteralPattern(NodeId node) {
  Span span = SpanOf(node);
  switch (FirstKind(node)) {
    case TokenKind::kString: {
      auto* pattern = NewPattern<StringPattern>(PatternKind::kString, span);
      pattern->text = StringOf(node);
      return pattern;
    }
    case TokenKind::kAtom: {
      auto* pattern = NewPattern<AtomPattern>(PatternKind::kAtom, span);
      pattern->name = AtomOf(node);
      return pattern;
    }
    case TokenKind::kTrue:
    case TokenKind::kFalse: {
      auto* pattern = NewPattern<BoolPattern>(PatternKind::kBool, span);
      pattern->value = FirstKind(node) == TokenKind::kTrue;
      return pattern;
    }
    default:
      return NewPattern<Pattern>(PatternKind::kUnit, span);
  }
}

const Pattern* Builder::BuildListPattern(NodeId node) {
  auto* list = NewPattern<ListPattern>(PatternKind::kList, SpanOf(node));
  list->has_rest = false;
  list->rest = nullptr;
  Cursor cursor(*this, node);
  Sequence<const Pattern*> elements(*this, cursor.Left());
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    if (tree_.KindOf(child) != NodeKind::kRestPattern) {
      elements.Add(BuildPattern(child));
      continue;
    }
    list->has_rest = true;
    Cursor rest(*this, child);
    if (!rest.AtEnd()) list->rest = BuildPattern(rest.Take());
  }
  list->elements = elements;
  return list;
}

const Pattern* Builder::BuildConstructorPattern(NodeId node) {
  auto* constructor = NewPattern<ConstructorPattern>(PatternKind::kConstructor, SpanOf(node));
  Cursor cursor(*this, node);
  NodeId path = cursor.TakeIf(NodeKind::kPath);
  constructor->path = path.IsValid() ? PathOf(path) : MissingPath(node);
  NodeId arguments = cursor.TakeIf(NodeKind::kPatternArguments);
  constructor->has_parens = arguments.IsValid();
  if (!arguments.IsValid()) return constructor;
  Cursor argument(*this, arguments);
  Sequence<PatternArgument> list(*this, argument.Left());
  while (!argument.AtEnd()) {
    NodeId child = argument.Take();
    if (tree_.KindOf(child) == NodeKind::kNamedPattern) {
      Cursor named(*this, child);
      Name name = TakeName(named, child);
      list.Add({name, TakePattern(named, child)});
    } else {
      list.Add({Name(), BuildPattern(child)});
    }
  }
  constructor->arguments = list;
  return constructor;
}

const Pattern* Builder::BuildStructPattern(NodeId node) {
  auto* pattern = NewPattern<StructPattern>(PatternKind::kStruct, SpanOf(node));
  pattern->has_rest = false;
  Cursor cursor(*this, node);
  NodeId path = cursor.TakeIf(NodeKind::kPath);
  pattern->path = path.IsValid() ? PathOf(path) : MissingPath(node);
  Sequence<FieldPattern> fields(*this, cursor.Left());
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    switch (tree_.KindOf(child)) {
      case NodeKind::kRestPattern:
        pattern->has_rest = true;
        break;
      case NodeKind::kName: {
        Name name = NameOf(child);
        fields.Add({name, NewBind(name), true});
        break;
      }
      case NodeKind::kNamedPattern: {
        Cursor named(*this, child);
        Name name = TakeName(named, child);
        fields.Add({name, TakePattern(named, child), false});
        break;
      }
      default:
        break;
    }
  }
  pattern->fields = fields;
  return pattern;
}

// ---- Types

const Type* Builder::BuildType(NodeId node) {
  Span span = SpanOf(node);
  if (tree_.Get(node).height > Tree::kMaxHeight) return NewType<Type>(TypeKind::kError, span);
  Cursor cursor(*this, node);
  switch (tree_.KindOf(node)) {
    case NodeKind::kNamedType: {
      auto* named = NewType<NamedType>(TypeKind::kNamed, span);
      NodeId path = cursor.TakeIf(NodeKind::kPath);
      named->path = path.IsValid() ? PathOf(path) : MissingPath(node);
      NodeId arguments = cursor.TakeIf(NodeKind::kTypeArguments);
      if (arguments.IsValid()) named->arguments = TypesOf(arguments);
      return named;
    }
    case NodeKind::kTupleType: {
      auto* tuple = NewType<TupleType>(TypeKind::kTuple, span);
      tuple->elements = TypesOf(node);
      return tuple;
    }
    case NodeKind::kParenType:
      return TakeType(cursor, node);
    case NodeKind::kFunctionType: {
      auto* function = NewType<FunctionType>(TypeKind::kFunction, span);
      NodeId params = cursor.TakeIf(NodeKind::kFunctionTypeParams);
      if (params.IsValid()) function->parameters = TypesOf(params);
      function->result = TakeType(cursor, node);
      return function;
    }
    case NodeKind::kOptionType: {
      auto* option = NewType<OptionType>(TypeKind::kOption, span);
      option->value = TakeType(cursor, node);
      return option;
    }
    case NodeKind::kResultType: {
      auto* result = NewType<ResultType>(TypeKind::kResult, span);
      result->value = TakeType(cursor, node);
      result->error = TakeType(cursor, node);
      return result;
    }
    default:
      return NewType<Type>(TypeKind::kError, span);
  }
}

const Type* Builder::TakeType(Cursor& cursor, NodeId parent) {
  if (cursor.AtEnd()) return NewType<Type>(TypeKind::kError, SpanOf(parent));
  return BuildType(cursor.Take());
}

List<const Type*> Builder::TypesOf(NodeId node) {
  Cursor cursor(*this, node);
  Sequence<const Type*> types(*this, cursor.Left());
  while (!cursor.AtEnd()) types.Add(BuildType(cursor.Take()));
  return types;
}

Bound Builder::BuildBound(NodeId node) {
  Bound bound;
  bound.span = SpanOf(node);
  Cursor cursor(*this, node);
  NodeId path = cursor.TakeIf(NodeKind::kPath);
  bound.path = path.IsValid() ? PathOf(path) : MissingPath(node);
  Sequence<const Type*> arguments(*this, cursor.Left());
  Sequence<AssociatedArgument> associated(*this, cursor.Left());
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    if (tree_.KindOf(child) == NodeKind::kAssociatedArgument) {
      Cursor argument(*this, child);
      Name name = TakeName(argument, child);
      associated.Add({name, TakeType(argument, child)});
    } else {
      arguments.Add(BuildType(child));
    }
  }
  bound.arguments = arguments;
  bound.associated = associated;
  return bound;
}

List<WhereClause> Builder::TakeWhere(Cursor& cursor) {
  NodeId list = cursor.TakeIf(NodeKind::kWhereList);
  if (!list.IsValid()) return {};
  Cursor where(*this, list);
  Sequence<WhereClause> clauses(*this, where.Left());
  while (!where.AtEnd()) {
    NodeId child = where.Take();
    if (tree_.KindOf(child) != NodeKind::kWhereBound) continue;
    Cursor clause(*this, child);
    Name parameter = TakeName(clause, child);
    Sequence<Bound> bounds(*this, clause.Left());
    while (!clause.AtEnd()) {
      NodeId bound = clause.Take();
      if (tree_.KindOf(bound) == NodeKind::kBound) bounds.Add(BuildBound(bound));
    }
    clauses.Add({parameter, bounds, SpanOf(child)});
  }
  return clauses;
}

}  // namespace snow::ast
