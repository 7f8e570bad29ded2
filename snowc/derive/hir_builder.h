// Makes a function of the typed core piece by piece: what derivation writes its methods with.
//
// Types are concrete (the function has no generics). Nodes live in the program's arena.
#ifndef SNOWC_DERIVE_HIR_BUILDER_H_
#define SNOWC_DERIVE_HIR_BUILDER_H_

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "snowc/hir/hir.h"

namespace snow::derive {

using hir::Expr;
using hir::LocalId;
using hir::Pattern;
using hir::TypeId;

class HirBuilder {
 public:
  // `name`: qualified, unique.
  HirBuilder(hir::Program* program, std::string name);

  LocalId AddParam(TypeId type);
  LocalId AddLocal(TypeId type);
  hir::FunctionId Finish(TypeId result, Expr* body);

  hir::TypeTable& types() { return program_->types; }
  TypeId Builtin(hir::Builtin builtin) { return program_->types.Con(builtin); }
  TypeId string() { return Builtin(hir::Builtin::kString); }
  TypeId integer() { return Builtin(hir::Builtin::kInt); }
  TypeId boolean() { return Builtin(hir::Builtin::kBool); }
  TypeId unit() { return Builtin(hir::Builtin::kUnit); }

  // --- Expressions
  Expr* Int(int64_t value);
  Expr* Bool(bool value);
  Expr* String(std::string_view text);
  Expr* Unit();
  Expr* Local(LocalId local);
  Expr* Call(hir::FunctionId function, std::vector<TypeId> type_args, std::vector<Expr*> args,
             TypeId result);
  Expr* CallMethod(hir::InterfaceId interface, uint32_t method, TypeId self,
                   std::vector<Expr*> args, TypeId result);
  Expr* FunctionValue(hir::FunctionId function, TypeId type);
  Expr* If(Expr* condition, Expr* yes, Expr* no);
  Expr* And(Expr* a, Expr* b);
  Expr* Block(std::vector<Expr*> statements);
  Expr* Let(LocalId local, Expr* value);
  Expr* Field(Expr* value, uint32_t index, TypeId type, bool is_tuple);
  Expr* MakeStruct(TypeId type, std::vector<Expr*> fields);  // or a tuple
  Expr* MakeVariant(TypeId type, uint32_t variant, std::vector<Expr*> fields);
  Expr* MakeList(TypeId type, std::vector<Expr*> elements);
  Expr* Interpolate(std::vector<Expr*> parts);
  // `e?` of a Result whose error needs no conversion.
  Expr* Try(Expr* result, TypeId type);

  struct ArmSpec {
    std::vector<Pattern*> patterns;
    Expr* body;
  };
  Expr* Match(std::vector<Expr*> scrutinees, std::vector<ArmSpec> arms, TypeId type);

  // --- Patterns
  Pattern* Wildcard(TypeId type);
  Pattern* Bind(LocalId local);
  Pattern* VariantPattern(TypeId type, uint32_t variant, std::vector<Pattern*> fields);
  Pattern* StringPattern(std::string_view text);
  Pattern* ListPattern(TypeId type, std::vector<Pattern*> elements);

  TypeId TypeOf(LocalId local) const { return function_.locals[local.value].type; }
  std::string_view Copy(std::string_view text) { return program_->arena->CopyString(text); }

 private:
  Expr* New(hir::ExprKind kind, TypeId type);
  Pattern* NewPattern(hir::PatternKind kind, TypeId type);
  template <typename T>
  std::span<T const> Copy(const std::vector<T>& items) {
    return program_->arena->CopyArray(std::span<const T>(items));
  }

  hir::Program* program_;
  hir::Function function_;
};

}  // namespace snow::derive

#endif  // SNOWC_DERIVE_HIR_BUILDER_H_
