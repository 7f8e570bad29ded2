// Types, interfaces, impls, actors, services and supervisors.
#include "snowc/syntax/builder.h"

namespace snow::ast {

// ---- Structs and sum types

const Item* Builder::BuildStruct(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<StructItem>(node, cursor);
  item->name = TakeName(cursor, node);
  item->generics = TakeGenerics(cursor);
  // `opaque` is the word before `struct`, which is two before the name.
  item->is_opaque = HasWordBefore(node, TokenKind::kStruct, "opaque");
  if (NodeId body = cursor.TakeIf(NodeKind::kStructBody); body.IsValid()) {
    Cursor entries(*this, body);
    Sequence<FieldDecl> fields(*this, entries.Left());
    Sequence<SchemaEntry> schema(*this, entries.Left());
    while (!entries.AtEnd()) {
      NodeId child = entries.Take();
      if (tree_.KindOf(child) == NodeKind::kFieldDecl) fields.Add(BuildField(child));
      if (tree_.KindOf(child) == NodeKind::kSchemaEntry) schema.Add(BuildSchemaEntry(child));
    }
    item->fields = fields;
    item->schema = schema;
  }
  item->deriving = TakeDeriving(cursor);
  return item;
}

bool Builder::HasWordBefore(NodeId node, TokenKind keyword, std::string_view word) const {
  const Node& range = tree_.Get(node);
  for (TokenId at = range.first; at < range.end; ++at.value) {
    if (tokens_.Get(at).kind != keyword) continue;
    return at > range.first && tokens_.TextOf(tokens_.Get(TokenId(at.value - 1))) == word;
  }
  return false;
}

FieldDecl Builder::BuildField(NodeId node) {
  Cursor cursor(*this, node);
  FieldDecl field;
  field.span = SpanOf(node);
  field.docs = DocsBefore(tree_.Get(node).first, CommentKind::kDoc);
  field.attributes = TakeAttributes(cursor);
  field.name = TakeName(cursor, node);
  field.type = TakeType(cursor, node);
  field.default_value = TakeDefault(cursor);
  return field;
}

SchemaEntry Builder::BuildSchemaEntry(NodeId node) {
  Cursor cursor(*this, node);
  TakeAttributes(cursor);
  SchemaEntry entry;
  entry.span = SpanOf(node);
  entry.enabled = false;
  NodeId value = cursor.AtEnd() ? node : cursor.Take();
  std::string_view word = tokens_.TextOf(tokens_.Get(TokenId(tree_.Get(value).first.value - 1)));
  if (word == "table") {
    entry.kind = SchemaKind::kTable;
    entry.table = StringOf(value);
    return entry;
  }
  if (word == "timestamps") {
    entry.kind = SchemaKind::kTimestamps;
    entry.enabled = FirstKind(value) == TokenKind::kTrue;
    return entry;
  }
  entry.name = {AtomOf(value), SpanOf(value)};
  if (word == "primary_key") {
    entry.kind = SchemaKind::kPrimaryKey;
    return entry;
  }
  entry.kind = word == "belongs_to" ? SchemaKind::kBelongsTo
               : word == "has_many" ? SchemaKind::kHasMany
                                    : SchemaKind::kHasOne;
  NodeId type = cursor.TakeIf(NodeKind::kPath);
  entry.type = type.IsValid() ? PathOf(type) : MissingPath(node);
  return entry;
}

Deriving Builder::TakeDeriving(Cursor& cursor) {
  NodeId node = cursor.TakeIf(NodeKind::kDeriving);
  if (!node.IsValid()) return {false, {}, Span()};
  return {true, NamesOf(node), SpanOf(node)};
}

const Item* Builder::BuildSumType(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<SumTypeItem>(node, cursor);
  item->name = TakeName(cursor, node);
  item->generics = TakeGenerics(cursor);
  item->is_opaque = HasWordBefore(node, TokenKind::kType, "opaque");
  if (NodeId body = cursor.TakeIf(NodeKind::kSumTypeBody); body.IsValid()) {
    Cursor entries(*this, body);
    Sequence<Variant> variants(*this, entries.Left());
    while (!entries.AtEnd()) {
      NodeId child = entries.Take();
      if (tree_.KindOf(child) == NodeKind::kVariant) variants.Add(BuildVariant(child));
    }
    item->variants = variants;
  }
  item->deriving = TakeDeriving(cursor);
  return item;
}

Variant Builder::BuildVariant(NodeId node) {
  Cursor cursor(*this, node);
  Variant variant;
  variant.span = SpanOf(node);
  variant.docs = DocsBefore(tree_.Get(node).first, CommentKind::kDoc);
  variant.attributes = TakeAttributes(cursor);
  variant.name = TakeName(cursor, node);
  variant.shape = VariantShape::kBare;
  NodeId list = cursor.TakeIf(NodeKind::kVariantFields);
  if (!list.IsValid()) return variant;
  Cursor entries(*this, list);
  Sequence<VariantField> fields(*this, entries.Left());
  variant.shape = VariantShape::kPositional;
  while (!entries.AtEnd()) {
    NodeId child = entries.Take();
    if (tree_.KindOf(child) != NodeKind::kVariantField) continue;
    VariantField field = BuildVariantField(child);
    if (field.name.id.IsValid()) variant.shape = VariantShape::kNamed;
    fields.Add(field);
  }
  variant.fields = fields;
  return variant;
}

VariantField Builder::BuildVariantField(NodeId node) {
  Cursor cursor(*this, node);
  if (!cursor.At(NodeKind::kName)) return {Name(), TakeType(cursor, node)};
  Name name = TakeName(cursor, node);
  const Type* type = TakeAnnotation(cursor);
  return {name, type != nullptr ? type : TakeType(cursor, node)};
}

const Item* Builder::BuildAlias(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<AliasItem>(node, cursor);
  item->name = TakeName(cursor, node);
  item->generics = TakeGenerics(cursor);
  item->type = TakeType(cursor, node);
  return item;
}

// ---- Interfaces and impls

const Item* Builder::BuildInterface(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<InterfaceItem>(node, cursor);
  item->name = TakeName(cursor, node);
  item->generics = TakeGenerics(cursor);
  NodeId body = cursor.TakeIf(NodeKind::kItemBody);
  if (!body.IsValid()) return item;
  Cursor entries(*this, body);
  Sequence<Name> associated(*this, entries.Left());
  Sequence<const FnDecl*> methods(*this, entries.Left());
  for (uint32_t ordinal = 0; !entries.AtEnd(); ++ordinal) {
    NodeId child = entries.Take();
    if (tree_.KindOf(child) == NodeKind::kFnItem) methods.Add(BuildFn(child, ordinal));
    if (tree_.KindOf(child) != NodeKind::kAssociatedType) continue;
    Cursor parts(*this, child);
    TakeAttributes(parts);
    associated.Add(TakeName(parts, child));
  }
  item->associated = associated;
  item->methods = methods;
  return item;
}

const Item* Builder::BuildImpl(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<ImplItem>(node, cursor);
  item->generics = TakeGenerics(cursor);
  item->interface = nullptr;
  if (NodeId interface = cursor.TakeIf(NodeKind::kImplInterface); interface.IsValid()) {
    Cursor parts(*this, interface);
    auto* bound = New<Bound>();
    *bound = parts.At(NodeKind::kBound) ? BuildBound(parts.Take())
                                        : Bound{MissingPath(interface), {}, {}, SpanOf(interface)};
    item->interface = bound;
  }
  item->type = TakeType(cursor, node);
  item->where = TakeWhere(cursor);
  NodeId body = cursor.TakeIf(NodeKind::kItemBody);
  if (!body.IsValid()) return item;
  Cursor entries(*this, body);
  Sequence<AssociatedType> associated(*this, entries.Left());
  Sequence<const FnDecl*> methods(*this, entries.Left());
  for (uint32_t ordinal = 0; !entries.AtEnd(); ++ordinal) {
    NodeId child = entries.Take();
    if (tree_.KindOf(child) == NodeKind::kFnItem) methods.Add(BuildFn(child, ordinal));
    if (tree_.KindOf(child) != NodeKind::kAssociatedType) continue;
    Cursor parts(*this, child);
    TakeAttributes(parts);
    Name name = TakeName(parts, child);
    associated.Add({name, TakeType(parts, child), SpanOf(child)});
  }
  item->associated = associated;
  item->methods = methods;
  return item;
}

// ---- Actors and services

const Item* Builder::BuildActor(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<ActorItem>(node, cursor);
  item->name = TakeName(cursor, node);
  if (NodeId params = cursor.TakeIf(NodeKind::kParams); params.IsValid()) {
    item->params = ParamsOf(params);
  }
  item->body = TakeStatements(cursor, node);
  item->terminate = nullptr;
  if (NodeId terminate = cursor.TakeIf(NodeKind::kActorTerminate); terminate.IsValid()) {
    Cursor block(*this, terminate);
    item->terminate = TakeBlock(block, terminate);
  }
  return item;
}

ServiceHandler Builder::BuildHandler(NodeId node) {
  Cursor cursor(*this, node);
  ServiceHandler handler;
  handler.span = SpanOf(node);
  handler.docs = DocsBefore(tree_.Get(node).first, CommentKind::kDoc);
  TakeAttributes(cursor);
  handler.name = TakeName(cursor, node);
  if (NodeId params = cursor.TakeIf(NodeKind::kParams); params.IsValid()) {
    handler.params = ParamsOf(params);
  }
  handler.reply = TakeAnnotation(cursor);
  Handler block = TakeHandlerBlock(cursor, node);
  handler.state = block.params.empty() ? nullptr : &block.params.front();
  handler.body = block.body;
  return handler;
}

InfoHandler Builder::BuildInfo(NodeId node) {
  Cursor cursor(*this, node);
  InfoHandler handler = {};
  handler.span = SpanOf(node);
  handler.docs = DocsBefore(tree_.Get(node).first, CommentKind::kDoc);
  TakeAttributes(cursor);
  if (!cursor.AtEnd() && !cursor.At(NodeKind::kHandlerBlock)) {
    handler.pattern = BuildPattern(cursor.Take());
  }
  Handler block = TakeHandlerBlock(cursor, node);
  handler.body = block.body;
  List<Param> params = block.params;
  if (handler.pattern == nullptr && params.size() == 2) {
    handler.message = &params[0];
    handler.state = &params[1];
  } else if (!params.empty()) {
    handler.state = &params.front();
  }
  return handler;
}

const Item* Builder::BuildService(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<ServiceItem>(node, cursor);
  item->name = TakeName(cursor, node);
  item->terminate = nullptr;
  item->terminate_state = nullptr;
  NodeId body = cursor.TakeIf(NodeKind::kItemBody);
  if (!body.IsValid()) return item;
  Cursor entries(*this, body);
  Sequence<const FnDecl*> functions(*this, entries.Left());
  Sequence<ServiceHandler> calls(*this, entries.Left());
  Sequence<ServiceHandler> casts(*this, entries.Left());
  Sequence<InfoHandler> infos(*this, entries.Left());
  for (uint32_t ordinal = 0; !entries.AtEnd(); ++ordinal) {
    NodeId child = entries.Take();
    switch (tree_.KindOf(child)) {
      case NodeKind::kFnItem:
        functions.Add(BuildFn(child, ordinal));
        break;
      case NodeKind::kCallHandler:
        calls.Add(BuildHandler(child));
        break;
      case NodeKind::kCastHandler:
        casts.Add(BuildHandler(child));
        break;
      case NodeKind::kInfoHandler:
        infos.Add(BuildInfo(child));
        break;
      case NodeKind::kServiceTerminate: {
        Cursor parts(*this, child);
        TakeAttributes(parts);
        Handler block = TakeHandlerBlock(parts, child);
        item->terminate_state = block.params.empty() ? nullptr : &block.params.front();
        item->terminate = block.body;
        break;
      }
      default:
        break;
    }
  }
  item->functions = functions;
  item->calls = calls;
  item->casts = casts;
  item->infos = infos;
  return item;
}

// ---- Supervisors

const SupervisorEntry* Builder::BuildSupervisorEntry(NodeId node) {
  Cursor cursor(*this, node);
  auto* entry = New<SupervisorEntry>();
  TakeAttributes(cursor);
  entry->key = TakeName(cursor, node);
  entry->value = TakeExpr(cursor, node);
  return entry;
}

Child Builder::BuildChild(NodeId node) {
  Cursor cursor(*this, node);
  Child child = {};
  child.span = SpanOf(node);
  child.docs = DocsBefore(tree_.Get(node).first, CommentKind::kDoc);
  TakeAttributes(cursor);
  child.name = TakeName(cursor, node);
  NodeId body = cursor.TakeIf(NodeKind::kItemBody);
  if (!body.IsValid()) return child;
  Cursor entries(*this, body);
  while (!entries.AtEnd()) {
    NodeId entry = entries.Take();
    if (tree_.KindOf(entry) != NodeKind::kSupervisorEntry) continue;
    const SupervisorEntry* built = BuildSupervisorEntry(entry);
    std::string_view key = names_.Get(built->key.id);
    if (key == "start") child.start = built;
    if (key == "restart") child.restart = built;
    if (key == "shutdown") child.shutdown = built;
  }
  return child;
}

const Item* Builder::BuildSupervisor(NodeId node) {
  Cursor cursor(*this, node);
  auto* item = NewItem<SupervisorItem>(node, cursor);
  item->name = TakeName(cursor, node);
  item->strategy = nullptr;
  item->max_restarts = nullptr;
  item->max_seconds = nullptr;
  NodeId body = cursor.TakeIf(NodeKind::kItemBody);
  if (!body.IsValid()) return item;
  Cursor entries(*this, body);
  Sequence<Child> children(*this, entries.Left());
  while (!entries.AtEnd()) {
    NodeId child = entries.Take();
    if (tree_.KindOf(child) == NodeKind::kChildItem) {
      children.Add(BuildChild(child));
      continue;
    }
    if (tree_.KindOf(child) != NodeKind::kSupervisorEntry) continue;
    const SupervisorEntry* entry = BuildSupervisorEntry(child);
    std::string_view key = names_.Get(entry->key.id);
    if (key == "strategy") item->strategy = entry;
    if (key == "max_restarts") item->max_restarts = entry;
    if (key == "max_seconds") item->max_seconds = entry;
  }
  item->children = children;
  return item;
}

}  // namespace snow::ast
