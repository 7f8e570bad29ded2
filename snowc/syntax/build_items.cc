// Files, names, functions and the smaller items.
#include <string>

#include "snowc/syntax/build.h"
#include "snowc/syntax/builder.h"
#include "snowc/syntax/lexer.h"
#include "snowc/syntax/literals.h"
#include "snowc/syntax/parser.h"
#include "snowc/syntax/syntax.h"

namespace snow::ast {

File Builder::Run() {
  file_.file = tree_.source().id();
  file_.docs = DocsBefore(TokenId(0), CommentKind::kModuleDoc);
  if (!tree_.Children(tree_.Root()).empty()) file_.items = ItemsOf(tree_.Root());
  return std::move(file_);
}

// ---- Tokens and names

Name Builder::NameOf(NodeId node) {
  const Node& range = tree_.Get(node);
  if (range.first == range.end) return MissingName(SpanOf(node));
  return {names_.Intern(FirstText(node)), SpanOf(node)};
}

Name Builder::TakeName(Cursor& cursor, NodeId parent) {
  NodeId name = cursor.TakeIf(NodeKind::kName);
  if (name.IsValid()) return NameOf(name);
  if (cursor.At(NodeKind::kError)) cursor.Take();
  return MissingName(EndOf(SpanOf(parent)));
}

Path Builder::PathOf(NodeId node) {
  Path path;
  path.span = SpanOf(node);
  path.segments = NamesOf(node);
  return path.segments.empty() ? MissingPath(node) : path;
}

Path Builder::MissingPath(NodeId parent) {
  Sequence<Name> names(*this, 1);
  names.Add(MissingName(SpanOf(parent)));
  return {names, BeginOf(SpanOf(parent))};
}

List<Name> Builder::NamesOf(NodeId node) {
  Cursor cursor(*this, node);
  Sequence<Name> names(*this, cursor.Left());
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    if (tree_.KindOf(child) == NodeKind::kName) names.Add(NameOf(child));
  }
  return names;
}

StringId Builder::AtomOf(NodeId node) { return names_.Intern(FirstText(node).substr(1)); }

std::string_view Builder::StringOf(NodeId node) {
  std::string_view text = FirstText(node);
  if (FirstKind(node) != TokenKind::kString) return {};
  return file_.arena.CopyString(DecodeString({text}).front());
}

Docs Builder::DocsBefore(TokenId token, CommentKind kind) {
  Docs docs;
  std::string text;
  size_t marker = kind == CommentKind::kDoc ? 2 : 3;
  const std::vector<Comment>& comments = tokens_.comments;
  for (size_t i = tokens_.FirstCommentBefore(token);
       i < comments.size() && comments[i].before == token; ++i) {
    if (comments[i].kind != kind) continue;
    Span span = {file_.file, comments[i].begin, comments[i].end};
    std::string_view line = tree_.source().TextOf(span).substr(marker);
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (docs.span.IsValid()) text += '\n';
    text += line;
    docs.span = Join(docs.span, span);
  }
  docs.text = file_.arena.CopyString(text);
  return docs;
}

List<Attribute> Builder::TakeAttributes(Cursor& cursor) {
  if (!cursor.At(NodeKind::kAttribute)) return {};
  Sequence<Attribute> attributes(*this, cursor.Left());
  while (cursor.At(NodeKind::kAttribute)) {
    NodeId node = cursor.Take();
    Cursor parts(*this, node);
    Attribute attribute;
    attribute.span = SpanOf(node);
    attribute.name = TakeName(parts, node);
    NodeId arguments = parts.TakeIf(NodeKind::kArguments);
    if (arguments.IsValid()) AddArguments(arguments, attribute.arguments, attribute.keywords);
    attributes.Add(attribute);
  }
  return attributes;
}

// ---- Items

List<const Item*> Builder::ItemsOf(NodeId body) {
  Cursor cursor(*this, body);
  Sequence<const Item*> items(*this, cursor.Left());
  for (uint32_t ordinal = 0; !cursor.AtEnd(); ++ordinal) {
    const Item* item = BuildItem(cursor.Take(), ordinal);
    if (item != nullptr) items.Add(item);
  }
  return items;
}

void Builder::SetItemHead(Item& item, NodeId node) {
  // The item itself begins after its attributes.
  TokenId at = tree_.Get(node).first;
  if (!item.attributes.empty()) {
    uint32_t attributes_end = item.attributes.back().span.end;
    while (tokens_.Get(at).begin < attributes_end) ++at.value;
  }
  item.span = SpanOf(node);
  item.span.begin = tokens_.Get(at).begin;
  item.is_pub = tokens_.Get(at).kind == TokenKind::kPub;
  item.is_opaque = false;
}

const Item* Builder::BuildItem(NodeId node, uint32_t ordinal) {
  if (tree_.Get(node).height > Tree::kMaxHeight) return nullptr;
  switch (tree_.KindOf(node)) {
    case NodeKind::kImportItem:
      return BuildImport(node);
    case NodeKind::kFromImportItem:
      return BuildFromImport(node);
    case NodeKind::kFnItem: {
      auto* item = New<FnItem>();
      item->kind = ItemKind::kFn;
      item->fn = BuildFn(node, ordinal);
      item->docs = item->fn->docs;
      item->attributes = item->fn->attributes;
      SetItemHead(*item, node);
      return item;
    }
    case NodeKind::kConstItem:
      return BuildConst(node);
    case NodeKind::kExternItem:
      return BuildExtern(node, ordinal);
    case NodeKind::kStructItem:
      return BuildStruct(node);
    case NodeKind::kSumTypeItem:
      return BuildSumType(node);
    case NodeKind::kAliasItem:
      return BuildAlias(node);
    case NodeKind::kInterfaceItem:
      return BuildInterface(node);
    case NodeKind::kImplItem:
      return BuildImpl(node);
    case NodeKind::kModuleItem:
      return BuildModule(node);
    case NodeKind::kActorItem:
      return BuildActor(node);
    case NodeKind::kServiceItem:
      return BuildService(node);
    case NodeKind::kSupervisorItem:
      return BuildSupervisor(node);
    case NodeKind::kTestItem:
      return BuildTest(node);
    case NodeKind::kDescribeItem:
      return BuildDescribe(node);
    case NodeKind::kSetupItem:
      return BuildSetup(node);
    default:
      return nullptr;
  }
}

const Item* Builder::BuildImport(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<ImportItem>(node, cursor);
  NodeId path = cursor.TakeIf(NodeKind::kPath);
  item->path = path.IsValid() ? PathOf(path) : MissingPath(node);
  item->alias = item->path.Last();
  NodeId alias = cursor.TakeIf(NodeKind::kImportAlias);
  item->has_alias = alias.IsValid();
  if (alias.IsValid()) {
    Cursor name(*this, alias);
    item->alias = TakeName(name, alias);
  }
  return item;
}

const Item* Builder::BuildFromImport(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<FromImportItem>(node, cursor);
  NodeId path = cursor.TakeIf(NodeKind::kPath);
  item->path = path.IsValid() ? PathOf(path) : MissingPath(node);
  item->names = NamesOf(node);
  return item;
}

const Item* Builder::BuildConst(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<ConstItem>(node, cursor);
  item->name = TakeName(cursor, node);
  item->type = TakeAnnotation(cursor);
  item->value = TakeExpr(cursor, node);
  return item;
}

const Item* Builder::BuildExtern(NodeId node, uint32_t ordinal) {
  Cursor cursor(*this, node);
  auto* item = NewItem<ExternItem>(node, cursor);
  NodeId symbol = cursor.TakeIf(NodeKind::kStringLiteral);
  NodeId fn = cursor.TakeIf(NodeKind::kFnItem);
  if (!symbol.IsValid() || !fn.IsValid()) return nullptr;
  item->symbol = StringOf(symbol);
  TokenId word(tree_.Get(symbol).first.value - 1);
  item->is_blocking = tokens_.TextOf(tokens_.Get(word)) == "blocking";
  item->fn = BuildFn(fn, ordinal);
  return item;
}

const Item* Builder::BuildModule(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<ModuleItem>(node, cursor);
  item->name = TakeName(cursor, node);
  NodeId body = cursor.TakeIf(NodeKind::kItemBody);
  if (!body.IsValid()) return item;
  // The comments that follow its `do`.
  TokenId inner(tree_.Get(body).first.value + 1);
  item->inner_docs = DocsBefore(inner, CommentKind::kModuleDoc);
  item->items = ItemsOf(body);
  return item;
}

const Item* Builder::BuildTest(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<TestItem>(node, cursor);
  item->title = cursor.AtEnd() ? std::string_view() : StringOf(cursor.Take());
  Handler handler = TakeHandlerBlock(cursor, node);
  item->context = handler.params.empty() ? nullptr : &handler.params.front();
  item->body = handler.body;
  return item;
}

const Item* Builder::BuildDescribe(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<DescribeItem>(node, cursor);
  item->title = cursor.AtEnd() ? std::string_view() : StringOf(cursor.Take());
  NodeId body = cursor.TakeIf(NodeKind::kItemBody);
  if (body.IsValid()) item->items = ItemsOf(body);
  return item;
}

const Item* Builder::BuildSetup(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<SetupItem>(node, cursor);
  item->body = TakeBlock(cursor, node);
  return item;
}

// ---- Functions

const FnDecl* Builder::BuildFn(NodeId node, uint32_t ordinal) {
  auto* fn = New<FnDecl>();
  Cursor cursor(*this, node);
  fn->docs = DocsBefore(tree_.Get(node).first, CommentKind::kDoc);
  fn->attributes = TakeAttributes(cursor);
  cursor.TakeIf(NodeKind::kError);  // a foreign `self.`
  fn->is_pub = false;
  if (cursor.At(NodeKind::kName)) {
    TokenId name = tree_.Get(cursor.Peek()).first;
    for (TokenId at = tree_.Get(node).first; at < name; ++at.value) {
      fn->is_pub |= tokens_.Get(at).kind == TokenKind::kPub;
    }
  }
  fn->name = TakeName(cursor, node);
  fn->generics = TakeGenerics(cursor);
  NodeId params = cursor.TakeIf(NodeKind::kParams);
  fn->has_params = params.IsValid();
  if (params.IsValid()) fn->params = ParamsOf(params);
  fn->result = nullptr;
  if (NodeId result = cursor.TakeIf(NodeKind::kReturnType); result.IsValid()) {
    Cursor type(*this, result);
    fn->result = TakeType(type, result);
  }
  fn->where = TakeWhere(cursor);
  fn->guard = TakeGuard(cursor);
  fn->body = nullptr;
  if (cursor.At(NodeKind::kExprBody)) {
    NodeId body = cursor.Take();
    Cursor expr(*this, body);
    fn->body = TakeExpr(expr, body);
  } else if (!cursor.AtEnd()) {
    fn->body = BuildExpr(cursor.Take());
  }
  fn->ordinal = ordinal;
  fn->span = SpanOf(node);
  return fn;
}

List<Name> Builder::TakeGenerics(Cursor& cursor) {
  NodeId generics = cursor.TakeIf(NodeKind::kGenerics);
  return generics.IsValid() ? NamesOf(generics) : List<Name>();
}

List<Param> Builder::ParamsOf(NodeId node) {
  Cursor cursor(*this, node);
  Sequence<Param> params(*this, cursor.Left());
  while (!cursor.AtEnd()) {
    NodeId child = cursor.Take();
    if (tree_.KindOf(child) == NodeKind::kParam) params.Add(BuildParam(child));
  }
  return params;
}

Param Builder::BuildParam(NodeId node) {
  Cursor cursor(*this, node);
  Param param;
  param.span = SpanOf(node);
  param.is_self = cursor.At(NodeKind::kSelfPattern);
  param.pattern = TakePattern(cursor, node);
  param.type = TakeAnnotation(cursor);
  param.default_value = TakeDefault(cursor);
  return param;
}

const Type* Builder::TakeAnnotation(Cursor& cursor) {
  NodeId annotation = cursor.TakeIf(NodeKind::kTypeAnnotation);
  if (!annotation.IsValid()) return nullptr;
  Cursor type(*this, annotation);
  return TakeType(type, annotation);
}

const Expr* Builder::TakeDefault(Cursor& cursor) {
  NodeId value = cursor.TakeIf(NodeKind::kDefaultValue);
  if (!value.IsValid()) return nullptr;
  Cursor expr(*this, value);
  return TakeExpr(expr, value);
}

const Expr* Builder::TakeGuard(Cursor& cursor) {
  NodeId guard = cursor.TakeIf(NodeKind::kGuard);
  if (!guard.IsValid()) return nullptr;
  Cursor expr(*this, guard);
  return TakeExpr(expr, guard);
}

File Build(const Tree& tree, Interner& names) { return Builder(tree, names).Run(); }

}  // namespace snow::ast

namespace snow {

ast::File ParseSource(const SourceFile& source, Interner& names, Diagnostics& diagnostics) {
  return ast::Build(ParseTree(source, diagnostics), names);
}

}  // namespace snow
