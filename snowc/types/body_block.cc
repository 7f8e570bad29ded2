// Blocks, `let`, local functions, and how local bindings become general.
#include <algorithm>

#include "snowc/resolve/clauses.h"
#include "snowc/types/body.h"

namespace snow::types {

using ast::As;
using ast::DynAs;
using hir::ExprKind;

Value BodyChecker::InferBlock(const ast::BlockExpr& block, Type* expected, Use use) {
  size_t mark = OpenScope();
  std::vector<hir::Expr*> out;
  Value last;
  for (size_t i = 0; i < block.statements.size(); ++i) {
    const ast::Stmt& stmt = *block.statements[i];
    bool is_last = i + 1 == block.statements.size();
    if (const auto* let = DynAs<ast::LetStmt>(stmt)) {
      InferLet(*let, out);
    } else if (stmt.kind == ast::StmtKind::kFn) {
      std::vector<const ast::FnDecl*> clauses;
      for (; i < block.statements.size(); ++i) {
        const auto* fn = DynAs<ast::FnStmt>(*block.statements[i]);
        if (fn == nullptr) break;
        clauses.push_back(fn->fn);
      }
      --i;
      resolve::GroupClauses(clauses, resolve::ClauseKind::kLocal, world().interner, diagnostics(),
                            [&](resolve::ClauseGroup group) {
                              InferLocalFunction(group.clauses, out);
                            });
    } else {
      const ast::Expr& expr = *As<ast::ExprStmt>(stmt).expr;
      if (is_last) {
        last = Infer(expr, expected, use);
        out.push_back(last.expr);
      } else {
        Value value = Infer(expr, nullptr, Use::kUnused);
        unused_values_.push_back(value);
        out.push_back(value.expr);
      }
    }
  }
  if (last.expr == nullptr) {
    last = UnitValue(EndOf(block.span));
    out.push_back(last.expr);
  }
  CloseScope(mark);
  if (out.size() == 1) return last;
  Value value = Make(ExprKind::kBlock, last.type, block.span);
  SetOperands(value.expr, out);
  return value;
}

bool BodyChecker::IsGeneralisable(const ast::Expr& expr) {
  auto all = [&](const auto& items) {
    return std::ranges::all_of(items, [&](const ast::Expr* e) { return IsGeneralisable(*e); });
  };
  switch (expr.kind) {
    case ast::ExprKind::kClosure:
    case ast::ExprKind::kName:
    case ast::ExprKind::kInt:
    case ast::ExprKind::kFloat:
    case ast::ExprKind::kBool:
    case ast::ExprKind::kUnit:
    case ast::ExprKind::kAtom:
      return true;
    case ast::ExprKind::kField:
      return IsPath(expr);
    case ast::ExprKind::kString:
      return std::ranges::all_of(As<ast::StringExpr>(expr).parts,
                                 [](const ast::StringPart& part) { return part.expr == nullptr; });
    case ast::ExprKind::kList:
      return all(As<ast::ListExpr>(expr).elements);
    case ast::ExprKind::kTuple:
      return all(As<ast::TupleExpr>(expr).elements);
    case ast::ExprKind::kMap:
      return As<ast::MapExpr>(expr).entries.empty();
    case ast::ExprKind::kCall: {
      const auto& call = As<ast::CallExpr>(expr);
      if (!call.keywords.empty() || call.trailing != nullptr) return false;
      const auto* field = DynAs<ast::FieldExpr>(*call.callee);
      if (call.arguments.empty()) {
        return field != nullptr && IsPath(*call.callee) && Text(field->name.id) == "new";
      }
      const ast::Name* name = nullptr;
      if (field != nullptr && IsPath(*call.callee)) name = &field->name;
      if (const auto* bare = DynAs<ast::NameExpr>(*call.callee)) name = &bare->name;
      return name != nullptr && IsUpper(Text(name->id)) && all(call.arguments);
    }
    default:
      return false;
  }
}

bool BodyChecker::IsUpper(std::string_view text) {
  return !text.empty() && ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] & 0x80) != 0);
}

// `Math.Vector.zero`: upper-case names and at most the last in lower case.
bool BodyChecker::IsPath(const ast::Expr& expr) const {
  const auto* field = DynAs<ast::FieldExpr>(expr);
  if (field == nullptr) return false;
  const ast::Expr* object = field->object;
  while (const auto* inner = DynAs<ast::FieldExpr>(*object)) {
    if (!IsUpper(Text(inner->name.id))) return false;
    object = inner->object;
  }
  const auto* name = DynAs<ast::NameExpr>(*object);
  return name != nullptr && IsUpper(Text(name->name.id));
}

void BodyChecker::InferLet(const ast::LetStmt& stmt, std::vector<hir::Expr*>& out) {
  Type* written = nullptr;
  if (stmt.type != nullptr) {
    AnnotationScope scope = inferer_.declarer.ScopeOf(fn_);
    scope.generics.insert(scope.generics.end(), type_names_.begin(), type_names_.end());
    scope.messages = MessagePolicy::kFresh;
    scope.level = solver().level;
    written = reader_.Read(*stmt.type, scope);
  }
  const auto* bind = DynAs<ast::BindPattern>(*stmt.pattern);
  if (bind != nullptr && written == nullptr && IsGeneralisable(*stmt.value)) {
    InferGeneralLet(stmt, *bind, out);
    return;
  }
  Value value;
  if (written != nullptr) {
    Why why{.kind = Why::kAnnotation, .span = stmt.type->span, .fn = FnId()};
    value = {Check(*stmt.value, written, why), written};
  } else {
    value = Infer(*stmt.value, nullptr);
  }
  std::vector<Binding> bindings;
  bindings_ = &bindings;
  hir::Expr* let = New(ExprKind::kLet, store().Unit(), stmt.span);
  let->pattern = CheckPattern(*stmt.pattern, value.type);
  SetOperands(let, {value.expr});
  DeclareBindings();
  out.push_back(let);
  if (stmt.pattern->kind != ast::PatternKind::kBind) {
    CheckIrrefutable(let->pattern, stmt.pattern->span);
  }
}

void BodyChecker::InferGeneralLet(const ast::LetStmt& stmt, const ast::BindPattern& bind,
                                  std::vector<hir::Expr*>& out) {
  uint32_t level = solver().level;
  size_t pending = solver().pending().size();
  int outer = code_->poly;
  code_->poly = static_cast<int>(code_->polys.size());
  code_->polys.push_back({nullptr, nullptr, outer, 0, 0});
  size_t index = code_->polys.size() - 1;
  size_t first_use = uses_.size();
  solver().level = level + 1;
  Value value = Infer(*stmt.value, nullptr);
  solver().level = level;
  code_->poly = outer;
  Signature* scheme = GeneraliseLocal(value.type, level, pending, first_use, nullptr);
  hir::LocalId id = NewLocal(bind.name.id, value.type, bind.name.span);
  Declare({bind.name.id, id, value.type, bind.name.span}, false);
  locals_.back().scheme = scheme;
  if (scheme == nullptr || scheme->generics.empty()) {
    hir::Expr* let = New(ExprKind::kLet, store().Unit(), stmt.span);
    let->pattern = NewPattern(hir::PatternKind::kBind, value.type, bind.name.span);
    let->pattern->local = id;
    SetOperands(let, {value.expr});
    out.push_back(let);
    return;
  }
  locals_.back().is_poly = true;
  out.push_back(NewPoly(index, scheme, id, value.expr, stmt.span));
}

hir::Expr* BodyChecker::NewPoly(size_t index, Signature* scheme, hir::LocalId local,
                                hir::Expr* value, Span span) {
  hir::PolyBinding* binding = arena().New<hir::PolyBinding>();
  binding->local = local;
  binding->value = value;
  binding->generic_count = static_cast<uint32_t>(scheme->generics.size());
  code_->polys[index].scheme = scheme;
  code_->polys[index].binding = binding;
  hir::Expr* expr = New(ExprKind::kLetPoly, store().Unit(), span);
  expr->poly = binding;
  return expr;
}

void BodyChecker::InferLocalFunction(std::span<const ast::FnDecl* const> clauses,
                                     std::vector<hir::Expr*>& out) {
  const ast::FnDecl& head = *clauses[0];
  uint32_t level = solver().level;
  size_t pending = solver().pending().size();
  size_t first_use = uses_.size();
  int outer = code_->poly;
  size_t index = code_->polys.size();
  code_->polys.push_back({nullptr, nullptr, outer, 0, 0});
  code_->poly = static_cast<int>(index);
  solver().level = level + 1;

  Signature* scheme = schemes_.emplace_back(std::make_unique<Signature>()).get();
  size_t type_mark = type_names_.size();
  for (const ast::Name& name : head.generics) {
    Type* param = store().Param(name.id, 0);
    scheme->generics.push_back(param);
    type_names_.push_back({name.id, param});
  }
  AnnotationScope scope = inferer_.declarer.ScopeOf(fn_);
  scope.generics.insert(scope.generics.end(), type_names_.begin(), type_names_.end());
  scope.messages = MessagePolicy::kFresh;
  scope.level = solver().level;
  reader_.ReadWhere(head.where, scope, scheme->bounds);
  givens_store_.push_back(std::make_unique<Givens>(Givens{&scheme->bounds, givens_}));
  const Givens* saved_givens = givens_;
  givens_ = givens_store_.back().get();
  scope.bounds = &scheme->bounds;
  std::vector<Type*> params;
  for (const ast::Param& param : head.params) {
    params.push_back(param.type != nullptr ? reader_.Read(*param.type, scope) : NewVar());
  }
  Type* result = head.result != nullptr ? reader_.Read(*head.result, scope) : NewVar();
  Type* message = store().MessageVar(solver().level);
  Type* type = store().Fun(params, result, message);

  hir::LocalId id = NewLocal(head.name.id, type, head.name.span);
  size_t mark = OpenScope();
  Declare({head.name.id, id, type, head.name.span}, true);
  locals_.back().is_poly = true;
  std::vector<hir::Expr*> own_uses;
  locals_.back().own_uses = &own_uses;
  Value closure = ClosureOfClauses(clauses, params, result, message, head.result, head.name.span,
                                   Text(head.name.id));
  CloseScope(mark);
  solver().level = level;
  code_->poly = outer;
  givens_ = saved_givens;
  type_names_.resize(type_mark);

  GeneraliseLocal(type, level, pending, first_use, scheme);
  Declare({head.name.id, id, type, head.name.span}, false);
  locals_.back().scheme = scheme;
  locals_.back().is_poly = true;
  for (hir::Expr* use : own_uses) use->type_args = FixAll(scheme->generics);
  out.push_back(NewPoly(index, scheme, id, closure.expr, head.span));
}

Signature* BodyChecker::GeneraliseLocal(Type* type, uint32_t level, size_t pending_begin,
                                        size_t first_use, Signature* scheme) {
  solver().Drain();
  // A use that waits keeps its types from being general.
  for (size_t i = first_use; i < uses_.size(); ++i) {
    if (!uses_[i]->done) LowerUse(*uses_[i], level);
  }
  Signature made;
  Signature& into = scheme != nullptr ? *scheme : made;
  inferer_.Generalise(std::span<Type* const>(&type, 1), level, pending_begin, into);
  into.type = store().Zonk(type);
  if (scheme != nullptr) return scheme;
  if (made.generics.empty() && made.phantoms.empty()) return nullptr;
  return schemes_.emplace_back(std::make_unique<Signature>(std::move(made))).get();
}

void BodyChecker::LowerUse(UseConstraint& use, uint32_t level) {
  auto lower = [&](Type* type) {
    if (type != nullptr) store().LowerLevels(type, level);
  };
  lower(use.object.type);
  lower(use.result);
  lower(use.index.type);
  for (const Argument& argument : use.args.positional) lower(argument.value.type);
  for (const Argument& argument : use.args.keywords) lower(argument.value.type);
  if (use.args.trailing) lower(use.args.trailing->value.type);
  if (use.frame != nullptr) {
    lower(use.frame->message);
    if (use.what == UseConstraint::kTry) lower(use.frame->result);
  }
  if (use.loop != nullptr) lower(use.item);
}

}  // namespace snow::types
