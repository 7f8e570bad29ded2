// The insides of Build, shared by build_*.cc.
//
// Every function takes a node of the tree and returns the node of the typed tree. Files with errors
// may lack children anywhere, so children are taken from a `Cursor` that is asked by kind and gives
// nothing when there is nothing.
#ifndef SNOWC_SYNTAX_BUILDER_H_
#define SNOWC_SYNTAX_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "snowc/base/interner.h"
#include "snowc/syntax/ast.h"
#include "snowc/syntax/tree.h"

namespace snow::ast {

class Builder {
 public:
  Builder(const Tree& tree, Interner& names)
      : tree_(tree), tokens_(tree.tokens()), names_(names), empty_name_(names.Intern("")) {}

  File Run();

 private:
  // The children of a node from left to right.
  class Cursor {
   public:
    Cursor(Builder& builder, NodeId node) : builder_(builder), begin_(builder.scratch_.size()) {
      builder.tree_.AppendChildren(node, builder.scratch_);
      at_ = begin_;
      end_ = builder.scratch_.size();
    }
    ~Cursor() { builder_.scratch_.resize(begin_); }
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

    bool AtEnd() const { return at_ == end_; }
    size_t Left() const { return end_ - at_; }
    NodeId Peek() const { return builder_.scratch_[at_]; }
    NodeKind Kind() const { return builder_.tree_.KindOf(Peek()); }
    bool At(NodeKind kind) const { return !AtEnd() && Kind() == kind; }
    NodeId Take() { return builder_.scratch_[at_++]; }
    // The next child when it is of `kind`, otherwise an invalid id and nothing is taken.
    NodeId TakeIf(NodeKind kind) { return At(kind) ? Take() : NodeId(); }

   private:
    Builder& builder_;
    size_t begin_;
    size_t end_;
    size_t at_;
  };

  // A sequence of at most `capacity` elements in the arena.
  template <typename T>
  class Sequence {
   public:
    Sequence(Builder& builder, size_t capacity)
        : data_(capacity == 0 ? nullptr
                              : static_cast<T*>(builder.file_.arena.Allocate(capacity * sizeof(T),
                                                                             alignof(T)))) {}
    void Add(T value) { new (data_ + size_++) T(std::move(value)); }
    size_t Size() const { return size_; }
    operator List<T>() const { return {data_, size_}; }

   private:
    T* data_;
    size_t size_ = 0;
  };

  template <typename T>
  T* New() {
    return new (file_.arena.Allocate(sizeof(T), alignof(T))) T();
  }

  // ---- Tokens and names (build_items.cc)

  Span SpanOf(NodeId node) const { return tree_.SpanOf(node); }
  const Token& FirstToken(NodeId node) const { return tokens_.Get(tree_.Get(node).first); }
  TokenKind FirstKind(NodeId node) const { return FirstToken(node).kind; }
  std::string_view FirstText(NodeId node) const { return tokens_.TextOf(FirstToken(node)); }
  // Whether `word` stands directly before the first token of `keyword` in the node.
  bool HasWordBefore(NodeId node, TokenKind keyword, std::string_view word) const;
  Name NameOf(NodeId node);
  Name MissingName(Span span) { return {empty_name_, BeginOf(span)}; }
  Name TakeName(Cursor& cursor, NodeId parent);
  Path PathOf(NodeId node);
  Path MissingPath(NodeId parent);
  List<Name> NamesOf(NodeId node);  // all Name children
  StringId AtomOf(NodeId node);
  // The decoded text of a StringLiteral.
  std::string_view StringOf(NodeId node);
  Docs DocsBefore(TokenId token, CommentKind kind);
  List<Attribute> TakeAttributes(Cursor& cursor);

  // ---- Items (build_items.cc, build_declarations.cc)

  List<const Item*> ItemsOf(NodeId body);
  const Item* BuildItem(NodeId node, uint32_t ordinal);
  // An item of kind T with what all items have; `cursor` is behind its attributes.
  template <typename T>
  T* NewItem(NodeId node, Cursor& cursor) {
    T* item = New<T>();
    item->kind = T::kKind;
    item->docs = DocsBefore(tree_.Get(node).first, CommentKind::kDoc);
    item->attributes = TakeAttributes(cursor);
    SetItemHead(*item, node);
    return item;
  }
  void SetItemHead(Item& item, NodeId node);
  const FnDecl* BuildFn(NodeId node, uint32_t ordinal);
  List<Name> TakeGenerics(Cursor& cursor);
  List<Param> ParamsOf(NodeId node);
  Param BuildParam(NodeId node);
  List<WhereClause> TakeWhere(Cursor& cursor);
  const Type* TakeAnnotation(Cursor& cursor);  // null when there is none
  const Expr* TakeDefault(Cursor& cursor);
  const Expr* TakeGuard(Cursor& cursor);

  const Item* BuildImport(NodeId node);
  const Item* BuildFromImport(NodeId node);
  const Item* BuildConst(NodeId node);
  const Item* BuildExtern(NodeId node, uint32_t ordinal);
  const Item* BuildModule(NodeId node);
  const Item* BuildTest(NodeId node);
  const Item* BuildDescribe(NodeId node);
  const Item* BuildSetup(NodeId node);

  const Item* BuildStruct(NodeId node);
  FieldDecl BuildField(NodeId node);
  SchemaEntry BuildSchemaEntry(NodeId node);
  const Item* BuildSumType(NodeId node);
  Variant BuildVariant(NodeId node);
  VariantField BuildVariantField(NodeId node);
  const Item* BuildAlias(NodeId node);
  Deriving TakeDeriving(Cursor& cursor);
  const Item* BuildInterface(NodeId node);
  const Item* BuildImpl(NodeId node);
  Bound BuildBound(NodeId node);
  const Item* BuildActor(NodeId node);
  const Item* BuildService(NodeId node);
  ServiceHandler BuildHandler(NodeId node);
  InfoHandler BuildInfo(NodeId node);
  const Item* BuildSupervisor(NodeId node);
  Child BuildChild(NodeId node);
  const SupervisorEntry* BuildSupervisorEntry(NodeId node);

  // ---- Types and patterns (build_patterns.cc)

  const Type* BuildType(NodeId node);
  const Type* TakeType(Cursor& cursor, NodeId parent);
  List<const Type*> TypesOf(NodeId node);
  template <typename T>
  T* NewType(TypeKind kind, Span span);

  const Pattern* BuildPattern(NodeId node);
  const Pattern* TakePattern(Cursor& cursor, NodeId parent);
  List<const Pattern*> TakePatterns(Cursor& cursor);
  template <typename T>
  T* NewPattern(PatternKind kind, Span span);
  const Pattern* NewBind(Name name);
  const Pattern* BuildNumberPattern(NodeId node);
  const Pattern* BuildLiteralPattern(NodeId node);
  const Pattern* BuildListPattern(NodeId node);
  const Pattern* BuildConstructorPattern(NodeId node);
  const Pattern* BuildStructPattern(NodeId node);

  // ---- Expressions and statements (build_exprs.cc, build_control.cc)

  Expr* BuildExpr(NodeId node);
  Expr* TakeExpr(Cursor& cursor, NodeId parent);
  List<const Expr*> TakeExprs(Cursor& cursor);
  template <typename T>
  T* NewExpr(ExprKind kind, Span span) {
    T* expr = New<T>();
    expr->kind = kind;
    expr->in_parens = false;
    expr->id = ExprId(file_.expr_count++);
    expr->span = span;
    return expr;
  }
  Expr* ErrorExpr(Span span) { return NewExpr<Expr>(ExprKind::kError, span); }
  Expr* NewNameExpr(Name name);
  Expr* BuildNumber(NodeId node);
  Expr* BuildLiteral(NodeId node);
  Expr* BuildString(NodeId node);
  Expr* BuildUnary(NodeId node);
  Expr* BuildBinary(NodeId node);
  Expr* BuildPipe(NodeId node);
  Expr* BuildCall(NodeId node);
  void AddArguments(NodeId node, List<const Expr*>& positional, List<KeywordArgument>& keywords);
  Expr* BuildField(NodeId node, Span span);
  Expr* BuildIndex(NodeId node);
  Expr* BuildTry(NodeId node);
  Expr* BuildStructLiteral(NodeId node);
  void AddPathNames(NodeId node, std::vector<Name>& names);
  List<FieldValue> TakeFieldValues(Cursor& cursor);
  Expr* BuildUpdate(NodeId node);
  Expr* BuildMap(NodeId node);
  Expr* BuildTuple(NodeId node);
  Expr* BuildAssert(NodeId node);
  Expr* BuildAssertReceive(NodeId node);

  BlockExpr* BuildBlock(NodeId node);       // a Block
  BlockExpr* BuildStatements(NodeId node);  // a StatementList
  BlockExpr* TakeBlock(Cursor& cursor, NodeId parent);
  BlockExpr* TakeStatements(Cursor& cursor, NodeId parent);
  const Stmt* BuildStatement(NodeId node, uint32_t ordinal);
  Expr* BuildIf(NodeId node);
  Expr* BuildCase(NodeId node);
  Expr* BuildReceive(NodeId node);
  Arm BuildArm(NodeId node);
  Expr* BuildWhile(NodeId node);
  Expr* BuildFor(NodeId node);
  Expr* BuildReturn(NodeId node);
  Expr* BuildClosure(NodeId node);
  ClosureClause BuildClosureClause(NodeId node);
  const ClosureExpr* BuildTrailing(NodeId node);
  // What is in a HandlerBlock.
  struct Handler {
    List<Param> params;
    BlockExpr* body;
  };
  Handler BuildHandlerBlock(NodeId node);
  Handler TakeHandlerBlock(Cursor& cursor, NodeId parent);

  const Tree& tree_;
  const TokenBuffer& tokens_;
  Interner& names_;
  StringId empty_name_;
  File file_;
  std::vector<NodeId> scratch_;
};

template <typename T>
T* Builder::NewType(TypeKind kind, Span span) {
  T* type = New<T>();
  type->kind = kind;
  type->id = TypeId(file_.type_count++);
  type->span = span;
  return type;
}

template <typename T>
T* Builder::NewPattern(PatternKind kind, Span span) {
  T* pattern = New<T>();
  pattern->kind = kind;
  pattern->id = PatternId(file_.pattern_count++);
  pattern->span = span;
  return pattern;
}

}  // namespace snow::ast

#endif  // SNOWC_SYNTAX_BUILDER_H_
