#include "snowc/hir/print.h"

#include <charconv>
#include <vector>

namespace snow::hir {
namespace {

class Printer {
 public:
  Printer(const Program& program, const Interner& names, const Function& function)
      : program_(program), names_(names), function_(function) {
    for (const Generic& generic : function.generics) {
      std::string_view name = names.Get(generic.name);
      generics_.push_back(name.empty() ? Letter(generics_.size()) : std::string(name));
    }
  }

  std::string Signature() {
    std::string out = "Fun(";
    for (size_t i = 0; i < function_.params.size(); ++i) {
      if (i > 0) out += ", ";
      out += TypeText(function_.locals[function_.params[i].value].type);
    }
    out += ") -> " + TypeText(function_.result);
    std::string bounds;
    for (size_t i = 0; i < function_.generics.size(); ++i) {
      for (const Bound& bound : function_.generics[i].bounds) {
        bounds += bounds.empty() ? " where " : ", ";
        bounds += generics_[i] + ": " + InterfaceText(bound.interface, bound.args);
      }
    }
    return out + bounds;
  }

  std::string Text() {
    std::string out = "fn " + function_.qualified_name;
    for (size_t i = 0; i < generics_.size(); ++i) {
      out += (i == 0 ? "<" : ", ") + generics_[i];
    }
    if (!generics_.empty()) out += ">";
    out += " :: " + Signature();
    if (function_.message_generic >= 0) {
      out += " messages " + generics_[static_cast<size_t>(function_.message_generic)];
    }
    out += "\n";
    if (!function_.extern_symbol.empty()) return out + "  extern " + function_.extern_symbol + "\n";
    if (function_.body == nullptr) return out;
    indent_ = 1;
    out += "  params";
    for (LocalId param : function_.params) out += " " + LocalText(param);
    out += "\n  ";
    ExprTo(out, *function_.body);
    return out + "\n";
  }

 private:
  static std::string Letter(size_t i) {
    std::string name(1, static_cast<char>('a' + i % 26));
    if (i >= 26) name += std::to_string(i / 26);
    return name;
  }

  std::string TypeText(TypeId type) const {
    return type.IsValid() ? program_.types.Print(type, generics_) : "?";
  }

  std::string InterfaceText(InterfaceId interface, std::span<const TypeId> args) const {
    std::string out(names_.Get(program_.interfaces[interface.value].name));
    for (size_t i = 0; i < args.size(); ++i) out += (i == 0 ? "<" : ", ") + TypeText(args[i]);
    return args.empty() ? out : out + ">";
  }

  std::string LocalText(LocalId local) const {
    if (!local.IsValid()) return "_";
    std::string_view name = names_.Get(function_.locals[local.value].name);
    return std::string(name) + "#" + std::to_string(local.value);
  }

  std::string Quoted(std::string_view text) const {
    std::string out = "\"";
    for (char c : text) {
      if (c == '\n') {
        out += "\\n";
        continue;
      }
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  }

  std::string CalleeText(const Callee& callee) const {
    std::string out;
    if (callee.kind == CalleeKind::kMethod) {
      const Interface& interface = program_.interfaces[callee.interface.value];
      out = std::string(names_.Get(interface.name)) + "." +
            std::string(names_.Get(interface.methods[callee.method].name));
    } else if (callee.function.IsValid()) {
      out = program_.functions[callee.function.value].qualified_name;
    } else {
      out = "?";
    }
    for (size_t i = 0; i < callee.type_args.size(); ++i) {
      out += (i == 0 ? "<" : ", ") + TypeText(callee.type_args[i]);
    }
    return callee.type_args.empty() ? out : out + ">";
  }

  void Newline(std::string& out) const { out += "\n" + std::string(indent_ * 2, ' '); }

  void OperandsTo(std::string& out, std::span<Expr* const> operands) {
    for (size_t i = 0; i < operands.size(); ++i) {
      if (i > 0) out += ", ";
      ExprTo(out, *operands[i]);
    }
  }

  void PatternTo(std::string& out, const Pattern& pattern) {
    auto subs = [&](std::string_view separator) {
      for (size_t i = 0; i < pattern.subs.size(); ++i) {
        if (i > 0) out += separator;
        PatternTo(out, *pattern.subs[i]);
      }
    };
    switch (pattern.kind) {
      case PatternKind::kWildcard:
        out += "_";
        return;
      case PatternKind::kBind:
        out += LocalText(pattern.local);
        return;
      case PatternKind::kInt:
        out += std::to_string(pattern.int_value);
        return;
      case PatternKind::kFloat:
        out += FloatText(pattern.float_value);
        return;
      case PatternKind::kString:
        out += Quoted(pattern.text);
        return;
      case PatternKind::kAtom:
        out += ":" + std::string(pattern.text);
        return;
      case PatternKind::kBool:
        out += pattern.int_value != 0 ? "true" : "false";
        return;
      case PatternKind::kUnit:
        out += "()";
        return;
      case PatternKind::kTuple:
        out += "(";
        subs(", ");
        out += ")";
        return;
      case PatternKind::kVariant: {
        const Type& type = program_.types.Get(pattern.type);
        const TyCon& con = program_.types.con(TyConId(type.con));
        bool known = type.kind == TypeKind::kCon && pattern.variant < con.variants.size();
        out += known ? std::string(names_.Get(con.variants[pattern.variant].name)) : "?";
        if (pattern.subs.empty()) return;
        out += "(";
        subs(", ");
        out += ")";
        return;
      }
      case PatternKind::kStruct:
        out += TypeText(pattern.type) + " { ";
        subs(", ");
        out += " }";
        return;
      case PatternKind::kList:
        out += "[";
        subs(", ");
        if (pattern.has_rest) {
          out += pattern.subs.empty() ? ".." : ", ..";
          if (pattern.rest != nullptr) PatternTo(out, *pattern.rest);
        }
        out += "]";
        return;
      case PatternKind::kOr:
        subs(" | ");
        return;
      case PatternKind::kAs:
        subs("");
        out += " as " + LocalText(pattern.local);
        return;
    }
  }

  static std::string FloatText(double value) {
    char buffer[64];
    auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
    return std::string(buffer, end);
  }

  void ArmTo(std::string& out, std::span<Pattern* const> patterns, const Expr* guard,
             const Expr& body) {
    Newline(out);
    for (size_t i = 0; i < patterns.size(); ++i) {
      if (i > 0) out += ", ";
      PatternTo(out, *patterns[i]);
    }
    if (guard != nullptr) {
      out += " when ";
      ExprTo(out, *guard);
    }
    out += " -> ";
    ++indent_;
    ExprTo(out, body);
    --indent_;
  }

  void ExprTo(std::string& out, const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kInt:
        out += std::to_string(expr.int_value);
        return;
      case ExprKind::kFloat:
        out += FloatText(expr.float_value);
        return;
      case ExprKind::kBool:
        out += expr.int_value != 0 ? "true" : "false";
        return;
      case ExprKind::kString:
        out += Quoted(expr.text);
        return;
      case ExprKind::kAtom:
        out += ":" + std::string(expr.text);
        return;
      case ExprKind::kUnit:
        out += "()";
        return;
      case ExprKind::kLocal:
        out += LocalText(expr.local);
        return;
      case ExprKind::kPolyLocal:
        out += LocalText(expr.local);
        for (size_t i = 0; i < expr.type_args.size(); ++i) {
          out += (i == 0 ? "<" : ", ") + TypeText(expr.type_args[i]);
        }
        if (!expr.type_args.empty()) out += ">";
        return;
      case ExprKind::kFunctionValue:
        out += "&" + CalleeText(expr.callee);
        return;
      case ExprKind::kCall:
        out += CalleeText(expr.callee) + "(";
        OperandsTo(out, expr.operands);
        out += ")";
        return;
      case ExprKind::kCallValue:
        ExprTo(out, *expr.operands[0]);
        out += ".(";
        OperandsTo(out, expr.operands.subspan(1));
        out += ")";
        return;
      case ExprKind::kClosure:
        out += "fn";
        for (LocalId param : expr.closure->params) {
          out += " " + LocalText(param) + " :: " +
                 TypeText(function_.locals[param.value].type);
        }
        out += " -> ";
        ++indent_;
        ExprTo(out, *expr.closure->body);
        --indent_;
        return;
      case ExprKind::kBlock:
        if (expr.operands.size() == 1) return ExprTo(out, *expr.operands[0]);
        out += "do";
        ++indent_;
        for (const Expr* statement : expr.operands) {
          Newline(out);
          ExprTo(out, *statement);
        }
        --indent_;
        return;
      case ExprKind::kLet:
        out += "let ";
        PatternTo(out, *expr.pattern);
        out += " :: " + TypeText(expr.pattern->type) + " = ";
        ExprTo(out, *expr.operands[0]);
        return;
      case ExprKind::kLetPoly:
        out += "let " + LocalText(expr.poly->local);
        out += "<" + std::to_string(expr.poly->generic_count) + " from " +
               std::to_string(expr.poly->first_generic) + "> = ";
        ExprTo(out, *expr.poly->value);
        return;
      case ExprKind::kIf:
        out += "if ";
        ExprTo(out, *expr.operands[0]);
        out += " then ";
        ++indent_;
        ExprTo(out, *expr.operands[1]);
        out += " else ";
        ExprTo(out, *expr.operands[2]);
        --indent_;
        return;
      case ExprKind::kAnd:
      case ExprKind::kOr:
        out += "(";
        ExprTo(out, *expr.operands[0]);
        out += expr.kind == ExprKind::kAnd ? " and " : " or ";
        ExprTo(out, *expr.operands[1]);
        out += ")";
        return;
      case ExprKind::kMatch:
        out += "match ";
        OperandsTo(out, expr.match->scrutinees);
        if (!expr.match->exhaustive) out += " (partial)";
        ++indent_;
        for (const Arm& arm : expr.match->arms) ArmTo(out, arm.patterns, arm.guard, *arm.body);
        --indent_;
        return;
      case ExprKind::kWhile:
        out += "while ";
        ExprTo(out, *expr.operands[0]);
        out += " ";
        ++indent_;
        ExprTo(out, *expr.operands[1]);
        --indent_;
        return;
      case ExprKind::kFor:
        out += expr.for_loop->yields ? "collect " : "for ";
        PatternTo(out, *expr.for_loop->pattern);
        out += " :: " + TypeText(expr.for_loop->item_type) + " in ";
        ExprTo(out, *expr.for_loop->iterable);
        out += " via " + CalleeText(expr.for_loop->next);
        if (expr.for_loop->filter != nullptr) {
          out += " when ";
          ExprTo(out, *expr.for_loop->filter);
        }
        out += " ";
        ++indent_;
        ExprTo(out, *expr.for_loop->body);
        --indent_;
        return;
      case ExprKind::kReturn:
        out += "return ";
        OperandsTo(out, expr.operands);
        return;
      case ExprKind::kBreak:
        out += "break";
        return;
      case ExprKind::kContinue:
        out += "continue";
        return;
      case ExprKind::kTuple:
        out += "(";
        OperandsTo(out, expr.operands);
        out += expr.operands.size() == 1 ? ",)" : ")";
        return;
      case ExprKind::kTupleGet:
      case ExprKind::kFieldGet:
        ExprTo(out, *expr.operands[0]);
        out += "." + std::to_string(expr.index);
        return;
      case ExprKind::kStruct:
        out += TypeText(expr.type) + " { ";
        OperandsTo(out, expr.operands);
        out += " }";
        return;
      case ExprKind::kUpdate:
        out += "%{";
        ExprTo(out, *expr.operands[0]);
        out += " |";
        for (size_t i = 0; i < expr.fields.size(); ++i) {
          out += " " + std::to_string(expr.fields[i]) + ": ";
          ExprTo(out, *expr.operands[i + 1]);
        }
        out += "}";
        return;
      case ExprKind::kVariant:
        out += TypeText(expr.type) + "." + std::to_string(expr.index) + "(";
        OperandsTo(out, expr.operands);
        out += ")";
        return;
      case ExprKind::kList:
        out += "[";
        OperandsTo(out, expr.operands);
        out += "]";
        return;
      case ExprKind::kInterpolate:
        out += "interpolate(";
        OperandsTo(out, expr.operands);
        out += ")";
        return;
      case ExprKind::kTry:
        ExprTo(out, *expr.operands[0]);
        out += "?";
        if (expr.try_info->converts) out += " converts " + CalleeText(expr.try_info->convert);
        if (expr.try_info->ends_program) out += " ends";
        return;
      case ExprKind::kReceive:
        out += "receive " + TypeText(expr.receive->message_type);
        ++indent_;
        for (const ReceiveArm& arm : expr.receive->arms) {
          Pattern* pattern = arm.pattern;
          ArmTo(out, {&pattern, 1}, arm.guard, *arm.body);
          if (arm.kind == ReceiveArmKind::kSignal) out += " (signal)";
        }
        if (expr.receive->after_ms != nullptr) {
          Newline(out);
          out += "after ";
          ExprTo(out, *expr.receive->after_ms);
          out += " -> ";
          ExprTo(out, *expr.receive->after_body);
        }
        --indent_;
        return;
      case ExprKind::kSelf:
        out += "self()";
        return;
      case ExprKind::kPanic:
        out += "panic(";
        OperandsTo(out, expr.operands);
        out += ")";
        return;
    }
  }

  const Program& program_;
  const Interner& names_;
  const Function& function_;
  std::vector<std::string> generics_;
  size_t indent_ = 0;
};

}  // namespace

std::string PrintSignature(const Program& program, const Interner& names,
                           const Function& function) {
  return Printer(program, names, function).Signature();
}

std::string Print(const Program& program, const Interner& names, const Function& function) {
  return Printer(program, names, function).Text();
}

std::string Print(const Program& program, const Interner& names) {
  std::string out;
  for (const Function& function : program.functions) {
    if (program.modules[function.module].package == "std") continue;
    out += Print(program, names, function);
  }
  return out;
}

}  // namespace snow::hir
