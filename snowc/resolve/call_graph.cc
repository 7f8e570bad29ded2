#include "snowc/resolve/call_graph.h"

#include <algorithm>

namespace snow::resolve {
namespace {

using ast::As;
using ast::DynAs;

// Finds the functions that a body names. A name that the body binds anywhere is taken for a
// variable: an edge too few costs nothing but order, one too many would make a group too large.
class Mentions {
 public:
  // `methods` has the function of each name that one impl alone has.
  Mentions(const Symbols& symbols, Scope& scope, const IdMap<StringId, FnId>& methods,
           ModuleId module, std::vector<FnId>& found)
      : symbols_(symbols), scope_(scope), methods_(methods), module_(module), found_(found) {}

  void OfClause(const ast::FnDecl& clause) {
    OfParams(clause.params);
    if (clause.guard != nullptr) Of(*clause.guard);
    if (clause.body != nullptr) Of(*clause.body);
  }

  void OfParams(ast::List<ast::Param> params) {
    for (const ast::Param& param : params) {
      OfPattern(*param.pattern);
      if (param.default_value != nullptr) Of(*param.default_value);
    }
  }

  void OfPattern(const ast::Pattern& pattern) {
    switch (pattern.kind) {
      case ast::PatternKind::kBind:
        bound_.Insert(As<ast::BindPattern>(pattern).name.id, true);
        break;
      case ast::PatternKind::kTuple:
        for (const ast::Pattern* sub : As<ast::TuplePattern>(pattern).elements) OfPattern(*sub);
        break;
      case ast::PatternKind::kList: {
        const auto& list = As<ast::ListPattern>(pattern);
        for (const ast::Pattern* sub : list.elements) OfPattern(*sub);
        if (list.rest != nullptr) OfPattern(*list.rest);
        break;
      }
      case ast::PatternKind::kCons:
        OfPattern(*As<ast::ConsPattern>(pattern).head);
        OfPattern(*As<ast::ConsPattern>(pattern).tail);
        break;
      case ast::PatternKind::kOr:
        for (const ast::Pattern* sub : As<ast::OrPattern>(pattern).alternatives) OfPattern(*sub);
        break;
      case ast::PatternKind::kAs:
        OfPattern(*As<ast::AsPattern>(pattern).pattern);
        bound_.Insert(As<ast::AsPattern>(pattern).name.id, true);
        break;
      case ast::PatternKind::kConstructor:
        for (const auto& argument : As<ast::ConstructorPattern>(pattern).arguments) {
          OfPattern(*argument.pattern);
        }
        break;
      case ast::PatternKind::kStruct:
        for (const auto& field : As<ast::StructPattern>(pattern).fields) OfPattern(*field.pattern);
        break;
      default:
        break;
    }
  }

  void Of(const ast::Expr& expr) {
    switch (expr.kind) {
      case ast::ExprKind::kName:
        names_.push_back(As<ast::NameExpr>(expr).name.id);
        break;
      case ast::ExprKind::kString:
        for (const auto& part : As<ast::StringExpr>(expr).parts) OfMaybe(part.expr);
        break;
      case ast::ExprKind::kList:
        for (const ast::Expr* e : As<ast::ListExpr>(expr).elements) Of(*e);
        break;
      case ast::ExprKind::kTuple:
        for (const ast::Expr* e : As<ast::TupleExpr>(expr).elements) Of(*e);
        break;
      case ast::ExprKind::kMap:
        for (const auto& entry : As<ast::MapExpr>(expr).entries) {
          Of(*entry.key);
          Of(*entry.value);
        }
        break;
      case ast::ExprKind::kUnary:
        Of(*As<ast::UnaryExpr>(expr).operand);
        break;
      case ast::ExprKind::kBinary:
        Of(*As<ast::BinaryExpr>(expr).left);
        Of(*As<ast::BinaryExpr>(expr).right);
        break;
      case ast::ExprKind::kPipe:
        Of(*As<ast::PipeExpr>(expr).left);
        Of(*As<ast::PipeExpr>(expr).right);
        break;
      case ast::ExprKind::kCall: {
        const auto& call = As<ast::CallExpr>(expr);
        Of(*call.callee);
        for (const ast::Expr* e : call.arguments) Of(*e);
        for (const auto& keyword : call.keywords) Of(*keyword.value);
        OfMaybe(call.trailing);
        break;
      }
      case ast::ExprKind::kField:
        OfField(As<ast::FieldExpr>(expr));
        break;
      case ast::ExprKind::kIndex:
        Of(*As<ast::IndexExpr>(expr).object);
        Of(*As<ast::IndexExpr>(expr).index);
        break;
      case ast::ExprKind::kTry:
        Of(*As<ast::TryExpr>(expr).operand);
        break;
      case ast::ExprKind::kStruct:
        for (const auto& field : As<ast::StructExpr>(expr).fields) Of(*field.value);
        break;
      case ast::ExprKind::kUpdate:
        Of(*As<ast::UpdateExpr>(expr).base);
        for (const auto& field : As<ast::UpdateExpr>(expr).fields) Of(*field.value);
        break;
      case ast::ExprKind::kBlock:
        for (const ast::Stmt* stmt : As<ast::BlockExpr>(expr).statements) OfStmt(*stmt);
        break;
      case ast::ExprKind::kIf:
        Of(*As<ast::IfExpr>(expr).condition);
        Of(*As<ast::IfExpr>(expr).then);
        OfMaybe(As<ast::IfExpr>(expr).otherwise);
        break;
      case ast::ExprKind::kCase:
        Of(*As<ast::CaseExpr>(expr).subject);
        OfArms(As<ast::CaseExpr>(expr).arms);
        break;
      case ast::ExprKind::kReceive:
        OfArms(As<ast::ReceiveExpr>(expr).arms);
        OfMaybe(As<ast::ReceiveExpr>(expr).after);
        OfMaybe(As<ast::ReceiveExpr>(expr).after_body);
        break;
      case ast::ExprKind::kWhile:
        Of(*As<ast::WhileExpr>(expr).condition);
        Of(*As<ast::WhileExpr>(expr).body);
        break;
      case ast::ExprKind::kFor: {
        const auto& loop = As<ast::ForExpr>(expr);
        OfPattern(*loop.pattern);
        Of(*loop.iterable);
        OfMaybe(loop.guard);
        Of(*loop.body);
        break;
      }
      case ast::ExprKind::kReturn:
        OfMaybe(As<ast::ReturnExpr>(expr).value);
        break;
      case ast::ExprKind::kClosure:
        for (const auto& clause : As<ast::ClosureExpr>(expr).clauses) {
          OfParams(clause.params);
          OfMaybe(clause.guard);
          Of(*clause.body);
        }
        break;
      case ast::ExprKind::kAssert:
        Of(*As<ast::AssertExpr>(expr).condition);
        OfMaybe(As<ast::AssertExpr>(expr).message);
        break;
      case ast::ExprKind::kAssertReceive:
        OfPattern(*As<ast::AssertReceiveExpr>(expr).pattern);
        for (const ast::Expr* e : As<ast::AssertReceiveExpr>(expr).arguments) Of(*e);
        break;
      case ast::ExprKind::kError:
      case ast::ExprKind::kInt:
      case ast::ExprKind::kFloat:
      case ast::ExprKind::kBool:
      case ast::ExprKind::kUnit:
      case ast::ExprKind::kAtom:
      case ast::ExprKind::kSelf:
      case ast::ExprKind::kBreak:
      case ast::ExprKind::kContinue:
        break;
    }
  }

  // Turns the names met so far into functions.
  void Finish() {
    for (StringId name : names_) {
      if (bound_.Find(name) != nullptr) continue;
      FnId fn = scope_.FindOwnFunction(module_, name);
      if (fn.IsValid()) found_.push_back(fn);
    }
  }

 private:
  void OfMaybe(const ast::Expr* expr) {
    if (expr != nullptr) Of(*expr);
  }

  // `Module.function`
  void OfField(const ast::FieldExpr& field) {
    const auto* name = DynAs<ast::NameExpr>(*field.object);
    ModuleId module;
    if (name != nullptr) module = scope_.FindModule(module_, name->name.id);
    if (!module.IsValid()) {
      Of(*field.object);
      const FnId* method = methods_.Find(field.name.id);
      if (method != nullptr && method->IsValid()) found_.push_back(*method);
      return;
    }
    if (symbols_.InLibrary(module)) return;
    const FnId* fn = symbols_.module(module).functions.Find(field.name.id);
    if (fn != nullptr) found_.push_back(*fn);
  }

  void OfArms(ast::List<ast::Arm> arms) {
    for (const ast::Arm& arm : arms) {
      OfPattern(*arm.pattern);
      OfMaybe(arm.guard);
      Of(*arm.body);
    }
  }

  void OfStmt(const ast::Stmt& stmt) {
    switch (stmt.kind) {
      case ast::StmtKind::kExpr:
        Of(*As<ast::ExprStmt>(stmt).expr);
        break;
      case ast::StmtKind::kLet:
        OfPattern(*As<ast::LetStmt>(stmt).pattern);
        Of(*As<ast::LetStmt>(stmt).value);
        break;
      case ast::StmtKind::kFn:
        bound_.Insert(As<ast::FnStmt>(stmt).fn->name.id, true);
        OfClause(*As<ast::FnStmt>(stmt).fn);
        break;
    }
  }

  const Symbols& symbols_;
  Scope& scope_;
  const IdMap<StringId, FnId>& methods_;
  ModuleId module_;
  std::vector<FnId>& found_;
  std::vector<StringId> names_;
  IdMap<StringId, bool> bound_;
};

// Tarjan's algorithm without recursion.
class Components {
 public:
  Components(const Symbols& symbols, Scope& scope) : symbols_(symbols), scope_(scope) {}

  std::vector<std::vector<FnId>> Run() {
    nodes_.resize(symbols_.functions.size());
    FindMethods();
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      if (!symbols_.InLibrary(symbols_.functions[i].module) && nodes_[i].index == kUnseen) {
        Visit(FnId(i));
      }
    }
    return std::move(groups_);
  }

 private:
  static constexpr uint32_t kUnseen = 0xFFFFFFFFu;

  struct Node {
    uint32_t index = kUnseen;
    uint32_t low = 0;
    bool open = false;
  };
  struct Frame {
    FnId fn;
    std::vector<FnId> callees;
    size_t next = 0;
  };

  void FindMethods() {
    for (uint32_t i = 0; i < symbols_.functions.size(); ++i) {
      const FnDecl& fn = symbols_.functions[i];
      if (fn.kind != FnKind::kMethod || symbols_.InLibrary(fn.module)) continue;
      if (!methods_.Insert(fn.name, FnId(i))) methods_[fn.name] = FnId();
    }
  }

  std::vector<FnId> CalleesOf(FnId id) {
    const FnDecl& fn = symbols_.fn(id);
    std::vector<FnId> found;
    Mentions mentions(symbols_, scope_, methods_, fn.module, found);
    for (const ast::FnDecl* clause : fn.clauses) mentions.OfClause(*clause);
    switch (fn.kind) {
      case FnKind::kConst:
        mentions.Of(*As<ast::ConstItem>(*fn.item).value);
        break;
      case FnKind::kActor: {
        const auto& actor = As<ast::ActorItem>(*fn.item);
        mentions.OfParams(actor.params);
        mentions.Of(*actor.body);
        if (actor.terminate != nullptr) mentions.Of(*actor.terminate);
        break;
      }
      case FnKind::kTest:
        mentions.Of(*As<ast::TestItem>(*fn.item).body);
        break;
      case FnKind::kSetup:
        mentions.Of(*As<ast::SetupItem>(*fn.item).body);
        break;
      default:
        break;
    }
    mentions.Finish();
    return found;
  }

  void Open(FnId fn) {
    Node& node = nodes_[fn.value];
    node.index = node.low = count_++;
    node.open = true;
    stack_.push_back(fn);
    path_.push_back({fn, CalleesOf(fn)});
  }

  void Visit(FnId root) {
    Open(root);
    while (!path_.empty()) {
      Frame& top = path_.back();
      Node& node = nodes_[top.fn.value];
      if (top.next < top.callees.size()) {
        FnId callee = top.callees[top.next++];
        if (symbols_.InLibrary(symbols_.fn(callee).module)) continue;
        Node& other = nodes_[callee.value];
        if (other.index == kUnseen) {
          Open(callee);
        } else if (other.open) {
          node.low = std::min(node.low, other.index);
        }
        continue;
      }
      FnId fn = top.fn;
      path_.pop_back();
      if (!path_.empty()) {
        Node& caller = nodes_[path_.back().fn.value];
        caller.low = std::min(caller.low, nodes_[fn.value].low);
      }
      if (nodes_[fn.value].low == nodes_[fn.value].index) Close(fn);
    }
  }

  void Close(FnId root) {
    std::vector<FnId> group;
    FnId fn;
    do {
      fn = stack_.back();
      stack_.pop_back();
      nodes_[fn.value].open = false;
      group.push_back(fn);
    } while (fn != root);
    // In source order, which is the order in which errors and settlements are expected.
    std::ranges::sort(group);
    groups_.push_back(std::move(group));
  }

  const Symbols& symbols_;
  Scope& scope_;
  IdMap<StringId, FnId> methods_;
  std::vector<Node> nodes_;
  std::vector<FnId> stack_;
  std::vector<Frame> path_;
  std::vector<std::vector<FnId>> groups_;
  uint32_t count_ = 0;
};

}  // namespace

std::vector<std::vector<FnId>> CallGroups(const Symbols& symbols, Scope& scope) {
  return Components(symbols, scope).Run();
}

}  // namespace snow::resolve
