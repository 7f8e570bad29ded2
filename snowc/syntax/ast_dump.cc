#include "snowc/syntax/ast_dump.h"

#include <cstdio>
#include <string_view>

namespace snow::ast {
namespace {

class Dumper {
 public:
  explicit Dumper(const Interner& names) : names_(names) {}

  std::string Take() { return std::move(out_); }

  // ---- Pieces

  void Text(std::string_view text) {
    if (!out_.empty() && out_.back() != '(' && out_.back() != '[' && out_.back() != '\n')
      out_ += ' ';
    out_ += text;
  }
  void Open(std::string_view word) {
    Text("(");
    out_ += word;
  }
  void Close() { out_ += ')'; }
  void Quoted(std::string_view text) {
    Text("\"");
    for (char c : text) {
      if (c == '\n') {
        out_ += "\\n";
      } else if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }
  std::string_view NameText(const Name& name) {
    if (!name.id.IsValid()) return "<none>";
    std::string_view text = names_.Get(name.id);
    return text.empty() ? "<missing>" : text;
  }
  void Key(const Name& name) { Text(std::string(NameText(name)) + ":"); }
  std::string PathText(const Path& path) {
    std::string text;
    for (const Name& name : path.segments) {
      if (!text.empty()) text += '.';
      text += NameText(name);
    }
    return text;
  }
  void Names(std::string_view word, List<Name> names) {
    if (names.empty()) return;
    Open(word);
    for (const Name& name : names) Text(NameText(name));
    Close();
  }
  void Float(double value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.17g", value);
    std::string shown = text;
    if (shown.find_first_of(".en") == std::string::npos) shown += ".0";
    Text(shown);
  }

  // ---- Types

  void DumpType(const Type& type) {
    switch (type.kind) {
      case TypeKind::kError:
        return Text("<error>");
      case TypeKind::kNamed: {
        const auto& named = As<NamedType>(type);
        if (named.arguments.empty()) return Text(PathText(named.path));
        Open(PathText(named.path));
        for (const Type* argument : named.arguments) DumpType(*argument);
        return Close();
      }
      case TypeKind::kTuple:
        Open("tuple");
        for (const Type* element : As<TupleType>(type).elements) DumpType(*element);
        return Close();
      case TypeKind::kFunction: {
        const auto& function = As<FunctionType>(type);
        Open("Fun (");
        for (const Type* parameter : function.parameters) DumpType(*parameter);
        Close();
        DumpType(*function.result);
        return Close();
      }
      case TypeKind::kOption:
        Open("?");
        DumpType(*As<OptionType>(type).value);
        return Close();
      case TypeKind::kResult:
        Open("!");
        DumpType(*As<ResultType>(type).value);
        DumpType(*As<ResultType>(type).error);
        return Close();
    }
  }

  void DumpBound(const Bound& bound) {
    if (bound.arguments.empty() && bound.associated.empty()) return Text(PathText(bound.path));
    Open(PathText(bound.path));
    for (const Type* argument : bound.arguments) DumpType(*argument);
    for (const AssociatedArgument& argument : bound.associated) {
      Key(argument.name);
      DumpType(*argument.type);
    }
    Close();
  }

  void DumpWhere(List<WhereClause> where) {
    for (const WhereClause& clause : where) {
      Open("where");
      Text(NameText(clause.parameter));
      for (const Bound& bound : clause.bounds) DumpBound(bound);
      Close();
    }
  }

  // ---- Patterns

  void DumpPatterns(std::string_view word, List<const Pattern*> patterns) {
    Open(word);
    for (const Pattern* pattern : patterns) DumpPattern(*pattern);
  }

  void DumpPattern(const Pattern& pattern) {
    switch (pattern.kind) {
      case PatternKind::kError:
        return Text("<error>");
      case PatternKind::kWildcard:
        return Text("_");
      case PatternKind::kBind:
        return Text(NameText(As<BindPattern>(pattern).name));
      case PatternKind::kInt:
        return Text(std::to_string(As<IntPattern>(pattern).value));
      case PatternKind::kFloat:
        return Float(As<FloatPattern>(pattern).value);
      case PatternKind::kBool:
        return Text(As<BoolPattern>(pattern).value ? "true" : "false");
      case PatternKind::kUnit:
        return Text("()");
      case PatternKind::kString:
        return Quoted(As<StringPattern>(pattern).text);
      case PatternKind::kAtom:
        return Text(":" + std::string(names_.Get(As<AtomPattern>(pattern).name)));
      case PatternKind::kTuple:
        DumpPatterns("tuple", As<TuplePattern>(pattern).elements);
        return Close();
      case PatternKind::kList: {
        const auto& list = As<ListPattern>(pattern);
        DumpPatterns("list", list.elements);
        if (list.has_rest) Text("..");
        if (list.rest != nullptr) DumpPattern(*list.rest);
        return Close();
      }
      case PatternKind::kCons:
        Open("::");
        DumpPattern(*As<ConsPattern>(pattern).head);
        DumpPattern(*As<ConsPattern>(pattern).tail);
        return Close();
      case PatternKind::kOr:
        DumpPatterns("|", As<OrPattern>(pattern).alternatives);
        return Close();
      case PatternKind::kAs:
        Open("as");
        DumpPattern(*As<AsPattern>(pattern).pattern);
        Text(NameText(As<AsPattern>(pattern).name));
        return Close();
      case PatternKind::kConstructor: {
        const auto& constructor = As<ConstructorPattern>(pattern);
        if (!constructor.has_parens) return Text(PathText(constructor.path));
        Open(PathText(constructor.path));
        for (const PatternArgument& argument : constructor.arguments) {
          if (argument.name.id.IsValid()) Key(argument.name);
          DumpPattern(*argument.pattern);
        }
        return Close();
      }
      case PatternKind::kStruct: {
        const auto& structure = As<StructPattern>(pattern);
        Open("struct");
        Text(PathText(structure.path));
        for (const FieldPattern& field : structure.fields) {
          Key(field.name);
          DumpPattern(*field.pattern);
        }
        if (structure.has_rest) Text("..");
        return Close();
      }
    }
  }

  // ---- Expressions

  void DumpExprs(List<const Expr*> exprs) {
    for (const Expr* expr : exprs) DumpExpr(*expr);
  }
  void DumpKeywords(List<KeywordArgument> keywords) {
    for (const KeywordArgument& keyword : keywords) {
      Key(keyword.name);
      DumpExpr(*keyword.value);
    }
  }
  void DumpFields(List<FieldValue> fields) {
    for (const FieldValue& field : fields) {
      Key(field.name);
      DumpExpr(*field.value);
    }
  }
  void DumpGuard(const Expr* guard) {
    if (guard == nullptr) return;
    Open("when");
    DumpExpr(*guard);
    Close();
  }
  void DumpArms(List<Arm> arms) {
    for (const Arm& arm : arms) {
      Open("arm");
      DumpPattern(*arm.pattern);
      DumpGuard(arm.guard);
      DumpExpr(*arm.body);
      Close();
    }
  }
  void DumpParam(const Param& param) {
    bool is_plain = param.type == nullptr && param.default_value == nullptr;
    if (is_plain) return DumpPattern(*param.pattern);
    Open(":");
    DumpPattern(*param.pattern);
    if (param.type != nullptr) DumpType(*param.type);
    if (param.default_value != nullptr) {
      Text("=");
      DumpExpr(*param.default_value);
    }
    Close();
  }
  void DumpParams(List<Param> params) {
    Open("");
    for (const Param& param : params) DumpParam(param);
    Close();
  }

  // A block of one expression is shown as that.
  void DumpBlock(const BlockExpr& block) {
    if (block.statements.size() == 1 && block.statements[0]->kind == StmtKind::kExpr) {
      return DumpStmt(*block.statements[0]);
    }
    Open("block");
    for (const Stmt* statement : block.statements) DumpStmt(*statement);
    Close();
  }

  void DumpStmt(const Stmt& statement) {
    switch (statement.kind) {
      case StmtKind::kExpr:
        return DumpExpr(*As<ExprStmt>(statement).expr);
      case StmtKind::kLet: {
        const auto& let = As<LetStmt>(statement);
        Open("let");
        DumpPattern(*let.pattern);
        if (let.type != nullptr) {
          Open("type");
          DumpType(*let.type);
          Close();
        }
        DumpExpr(*let.value);
        return Close();
      }
      case StmtKind::kFn:
        return DumpFn(*As<FnStmt>(statement).fn);
    }
  }

  void DumpClosure(const ClosureExpr& closure) {
    Open("fn");
    for (const ClosureClause& clause : closure.clauses) {
      DumpParams(clause.params);
      DumpGuard(clause.guard);
      DumpBlock(*clause.body);
    }
    Close();
  }

  void DumpString(const StringExpr& string) {
    if (string.parts.empty()) return Quoted("");
    if (string.parts.size() == 1 && string.parts[0].expr == nullptr) {
      return Quoted(string.parts[0].text);
    }
    Open("str");
    for (const StringPart& part : string.parts) {
      if (part.expr != nullptr) {
        DumpExpr(*part.expr);
      } else {
        Quoted(part.text);
      }
    }
    Close();
  }

  void DumpCall(const CallExpr& call) {
    Open("call");
    DumpExpr(*call.callee);
    DumpExprs(call.arguments);
    DumpKeywords(call.keywords);
    if (call.trailing != nullptr) {
      Text("do");
      DumpClosure(*call.trailing);
    }
    Close();
  }

  void DumpReceive(const ReceiveExpr& receive) {
    Open("receive");
    DumpArms(receive.arms);
    if (receive.after != nullptr) {
      Open("after");
      DumpExpr(*receive.after);
      DumpBlock(*receive.after_body);
      Close();
    }
    Close();
  }

  void DumpIf(const IfExpr& expr) {
    Open("if");
    DumpExpr(*expr.condition);
    DumpBlock(*expr.then);
    if (expr.otherwise != nullptr) DumpExpr(*expr.otherwise);
    Close();
  }

  void DumpFor(const ForExpr& expr) {
    Open("for");
    DumpPattern(*expr.pattern);
    DumpExpr(*expr.iterable);
    DumpGuard(expr.guard);
    DumpBlock(*expr.body);
    Close();
  }

  // Expressions with operands only.
  void Operation(std::string_view word, std::initializer_list<const Expr*> operands) {
    Open(word);
    for (const Expr* operand : operands) {
      if (operand != nullptr) DumpExpr(*operand);
    }
    Close();
  }

  void DumpExpr(const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kError:
        return Text("<error>");
      case ExprKind::kInt:
        return Text(std::to_string(As<IntExpr>(expr).value));
      case ExprKind::kFloat:
        return Float(As<FloatExpr>(expr).value);
      case ExprKind::kBool:
        return Text(As<BoolExpr>(expr).value ? "true" : "false");
      case ExprKind::kUnit:
        return Text("()");
      case ExprKind::kString:
        return DumpString(As<StringExpr>(expr));
      case ExprKind::kAtom:
        return Text(":" + std::string(names_.Get(As<AtomExpr>(expr).name)));
      case ExprKind::kList:
        Open("list");
        DumpExprs(As<ListExpr>(expr).elements);
        return Close();
      case ExprKind::kMap:
        Open("map");
        for (const MapEntry& entry : As<MapExpr>(expr).entries) {
          Operation("=>", {entry.key, entry.value});
        }
        return Close();
      case ExprKind::kTuple:
        Open("tuple");
        DumpExprs(As<TupleExpr>(expr).elements);
        return Close();
      case ExprKind::kName:
        return Text(NameText(As<NameExpr>(expr).name));
      case ExprKind::kSelf:
        return Text("self");
      case ExprKind::kUnary: {
        const auto& unary = As<UnaryExpr>(expr);
        return Operation(unary.op == UnaryOp::kNegate ? "-" : "not", {unary.operand});
      }
      case ExprKind::kBinary: {
        const auto& binary = As<BinaryExpr>(expr);
        return Operation(TextOf(binary.op), {binary.left, binary.right});
      }
      case ExprKind::kPipe: {
        const auto& pipe = As<PipeExpr>(expr);
        std::string word = pipe.n == 1 ? "|>" : "|" + std::to_string(pipe.n) + ">";
        return Operation(word, {pipe.left, pipe.right});
      }
      case ExprKind::kCall:
        return DumpCall(As<CallExpr>(expr));
      case ExprKind::kField:
        Open(".");
        DumpExpr(*As<FieldExpr>(expr).object);
        Text(NameText(As<FieldExpr>(expr).name));
        return Close();
      case ExprKind::kIndex:
        return Operation("index", {As<IndexExpr>(expr).object, As<IndexExpr>(expr).index});
      case ExprKind::kTry:
        return Operation("?", {As<TryExpr>(expr).operand});
      case ExprKind::kStruct:
        Open("struct");
        Text(PathText(As<StructExpr>(expr).path));
        DumpFields(As<StructExpr>(expr).fields);
        return Close();
      case ExprKind::kUpdate:
        Open("update");
        DumpExpr(*As<UpdateExpr>(expr).base);
        DumpFields(As<UpdateExpr>(expr).fields);
        return Close();
      case ExprKind::kBlock:
        return DumpBlock(As<BlockExpr>(expr));
      case ExprKind::kIf:
        return DumpIf(As<IfExpr>(expr));
      case ExprKind::kCase:
        Open("case");
        DumpExpr(*As<CaseExpr>(expr).subject);
        DumpArms(As<CaseExpr>(expr).arms);
        return Close();
      case ExprKind::kReceive:
        return DumpReceive(As<ReceiveExpr>(expr));
      case ExprKind::kWhile:
        return Operation("while", {As<WhileExpr>(expr).condition, As<WhileExpr>(expr).body});
      case ExprKind::kFor:
        return DumpFor(As<ForExpr>(expr));
      case ExprKind::kBreak:
        return Text("break");
      case ExprKind::kContinue:
        return Text("continue");
      case ExprKind::kReturn:
        return Operation("return", {As<ReturnExpr>(expr).value});
      case ExprKind::kClosure:
        return DumpClosure(As<ClosureExpr>(expr));
      case ExprKind::kAssert:
        return Operation("assert", {As<AssertExpr>(expr).condition, As<AssertExpr>(expr).message});
      case ExprKind::kAssertReceive:
        Open("assert_receive");
        DumpPattern(*As<AssertReceiveExpr>(expr).pattern);
        DumpExprs(As<AssertReceiveExpr>(expr).arguments);
        return Close();
    }
  }

  // ---- Items

  void DumpFn(const FnDecl& fn) {
    DumpAttributes(fn.attributes);
    Open(fn.is_pub ? "pub fn" : "fn");
    Text(NameText(fn.name));
    Names("generics", fn.generics);
    if (fn.has_params) DumpParams(fn.params);
    if (fn.result != nullptr) {
      Text("->");
      DumpType(*fn.result);
    }
    DumpWhere(fn.where);
    DumpGuard(fn.guard);
    if (fn.body != nullptr) DumpExpr(*fn.body);
    Close();
  }

  void DumpAttributes(List<Attribute> attributes) {
    for (const Attribute& attribute : attributes) {
      Open("@");
      Text(NameText(attribute.name));
      DumpExprs(attribute.arguments);
      DumpKeywords(attribute.keywords);
      Close();
    }
  }

  void DumpDeriving(const Deriving& deriving) {
    if (!deriving.is_present) return;
    Open("deriving");
    for (const Name& name : deriving.names) Text(NameText(name));
    Close();
  }

  void DumpStruct(const StructItem& item) {
    Text(NameText(item.name));
    Names("generics", item.generics);
    for (const FieldDecl& field : item.fields) {
      DumpAttributes(field.attributes);
      Open("field");
      Text(NameText(field.name));
      DumpType(*field.type);
      if (field.default_value != nullptr) {
        Text("=");
        DumpExpr(*field.default_value);
      }
      Close();
    }
    for (const SchemaEntry& entry : item.schema) DumpSchema(entry);
    DumpDeriving(item.deriving);
  }

  void DumpSchema(const SchemaEntry& entry) {
    static constexpr std::string_view kWords[] = {"table",      "primary_key", "timestamps",
                                                  "belongs_to", "has_many",    "has_one"};
    Open(kWords[static_cast<size_t>(entry.kind)]);
    if (entry.kind == SchemaKind::kTable) {
      Quoted(entry.table);
    } else if (entry.kind == SchemaKind::kTimestamps) {
      Text(entry.enabled ? "true" : "false");
    } else {
      Text(NameText(entry.name));
      if (!entry.type.segments.empty()) Text(PathText(entry.type));
    }
    Close();
  }

  void DumpSumType(const SumTypeItem& item) {
    Text(NameText(item.name));
    Names("generics", item.generics);
    for (const Variant& variant : item.variants) {
      DumpAttributes(variant.attributes);
      if (variant.shape == VariantShape::kBare) {
        Text(NameText(variant.name));
        continue;
      }
      Open(NameText(variant.name));
      for (const VariantField& field : variant.fields) {
        if (field.name.id.IsValid()) Key(field.name);
        DumpType(*field.type);
      }
      Close();
    }
    DumpDeriving(item.deriving);
  }

  void DumpImpl(const ImplItem& item) {
    Names("generics", item.generics);
    if (item.interface != nullptr) {
      DumpBound(*item.interface);
      Text("for");
    }
    DumpType(*item.type);
    DumpWhere(item.where);
    for (const AssociatedType& type : item.associated) {
      Open("type");
      Text(NameText(type.name));
      DumpType(*type.type);
      Close();
    }
    for (const FnDecl* fn : item.methods) DumpFn(*fn);
  }

  void DumpHandler(std::string_view word, const ServiceHandler& handler) {
    Open(word);
    Text(NameText(handler.name));
    DumpParams(handler.params);
    if (handler.reply != nullptr) {
      Text("::");
      DumpType(*handler.reply);
    }
    if (handler.state != nullptr) DumpParam(*handler.state);
    DumpExpr(*handler.body);
    Close();
  }

  void DumpService(const ServiceItem& item) {
    Text(NameText(item.name));
    for (const FnDecl* fn : item.functions) DumpFn(*fn);
    for (const ServiceHandler& handler : item.calls) DumpHandler("call", handler);
    for (const ServiceHandler& handler : item.casts) DumpHandler("cast", handler);
    for (const InfoHandler& handler : item.infos) {
      Open("info");
      if (handler.pattern != nullptr) DumpPattern(*handler.pattern);
      if (handler.message != nullptr) DumpParam(*handler.message);
      if (handler.state != nullptr) DumpParam(*handler.state);
      DumpExpr(*handler.body);
      Close();
    }
    if (item.terminate != nullptr) {
      Open("terminate");
      if (item.terminate_state != nullptr) DumpParam(*item.terminate_state);
      DumpExpr(*item.terminate);
      Close();
    }
  }

  void DumpEntry(const SupervisorEntry* entry) {
    if (entry == nullptr) return;
    Key(entry->key);
    DumpExpr(*entry->value);
  }

  void DumpSupervisor(const SupervisorItem& item) {
    Text(NameText(item.name));
    DumpEntry(item.strategy);
    DumpEntry(item.max_restarts);
    DumpEntry(item.max_seconds);
    for (const Child& child : item.children) {
      Open("child");
      Text(NameText(child.name));
      DumpEntry(child.start);
      DumpEntry(child.restart);
      DumpEntry(child.shutdown);
      Close();
    }
  }

  static std::string_view WordOf(ItemKind kind) {
    static constexpr std::string_view kWords[] = {
        "import",  "from",       "fn",        "const",    "extern", "struct",
        "type",    "alias",      "interface", "impl",     "module", "actor",
        "service", "supervisor", "test",      "describe", "setup"};
    return kWords[static_cast<size_t>(kind)];
  }

  void DumpItem(const Item& item) {
    if (item.kind == ItemKind::kFn) return DumpFn(*As<FnItem>(item).fn);
    DumpAttributes(item.attributes);
    Open(item.is_pub ? "pub " : "");
    if (item.is_opaque) out_ += "opaque ";
    out_ += WordOf(item.kind);
    DumpItemParts(item);
    Close();
  }

  void DumpItemParts(const Item& item) {
    switch (item.kind) {
      case ItemKind::kImport: {
        const auto& import = As<ImportItem>(item);
        Text(PathText(import.path));
        if (import.has_alias) Text("as " + std::string(NameText(import.alias)));
        return;
      }
      case ItemKind::kFromImport:
        Text(PathText(As<FromImportItem>(item).path));
        for (const Name& name : As<FromImportItem>(item).names) Text(NameText(name));
        return;
      case ItemKind::kFn:
        return;
      case ItemKind::kConst: {
        const auto& constant = As<ConstItem>(item);
        Text(NameText(constant.name));
        if (constant.type != nullptr) {
          Text("::");
          DumpType(*constant.type);
        }
        return DumpExpr(*constant.value);
      }
      case ItemKind::kExtern:
        if (As<ExternItem>(item).is_blocking) Text("blocking");
        Quoted(As<ExternItem>(item).symbol);
        return DumpFn(*As<ExternItem>(item).fn);
      case ItemKind::kStruct:
        return DumpStruct(As<StructItem>(item));
      case ItemKind::kSumType:
        return DumpSumType(As<SumTypeItem>(item));
      case ItemKind::kAlias:
        Text(NameText(As<AliasItem>(item).name));
        Names("generics", As<AliasItem>(item).generics);
        return DumpType(*As<AliasItem>(item).type);
      case ItemKind::kInterface: {
        const auto& interface = As<InterfaceItem>(item);
        Text(NameText(interface.name));
        Names("generics", interface.generics);
        for (const Name& name : interface.associated) Text("type " + std::string(NameText(name)));
        for (const FnDecl* fn : interface.methods) DumpFn(*fn);
        return;
      }
      case ItemKind::kImpl:
        return DumpImpl(As<ImplItem>(item));
      case ItemKind::kModule:
        Text(NameText(As<ModuleItem>(item).name));
        for (const Item* inner : As<ModuleItem>(item).items) DumpItem(*inner);
        return;
      case ItemKind::kActor: {
        const auto& actor = As<ActorItem>(item);
        Text(NameText(actor.name));
        DumpParams(actor.params);
        DumpExpr(*actor.body);
        if (actor.terminate != nullptr) {
          Text("terminate");
          DumpExpr(*actor.terminate);
        }
        return;
      }
      case ItemKind::kService:
        return DumpService(As<ServiceItem>(item));
      case ItemKind::kSupervisor:
        return DumpSupervisor(As<SupervisorItem>(item));
      case ItemKind::kTest: {
        const auto& test = As<TestItem>(item);
        Quoted(test.title);
        if (test.context != nullptr) DumpParam(*test.context);
        return DumpExpr(*test.body);
      }
      case ItemKind::kDescribe:
        Quoted(As<DescribeItem>(item).title);
        for (const Item* inner : As<DescribeItem>(item).items) DumpItem(*inner);
        return;
      case ItemKind::kSetup:
        return DumpExpr(*As<SetupItem>(item).body);
    }
  }

  void DumpFile(const File& file) {
    for (const Item* item : file.items) {
      DumpItem(*item);
      out_ += '\n';
    }
  }

 private:
  const Interner& names_;
  std::string out_;
};

}  // namespace

std::string Dump(const File& file, const Interner& names) {
  Dumper dumper(names);
  dumper.DumpFile(file);
  return dumper.Take();
}

std::string Dump(const Expr& expr, const Interner& names) {
  Dumper dumper(names);
  dumper.DumpExpr(expr);
  return dumper.Take();
}

std::string Dump(const Pattern& pattern, const Interner& names) {
  Dumper dumper(names);
  dumper.DumpPattern(pattern);
  return dumper.Take();
}

std::string Dump(const Type& type, const Interner& names) {
  Dumper dumper(names);
  dumper.DumpType(type);
  return dumper.Take();
}

}  // namespace snow::ast
