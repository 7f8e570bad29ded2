// Derivation: methods of interfaces that the program leaves to the compiler, written as functions
// of the typed core for one concrete type each. What they print and compare is chapter 2 of the
// specification (sections 5, 'What is printed'), JSON and rows are chapter 3 (sections 6 and 9).
//
// Thread-safety: thread-compatible. The program gains functions.
#ifndef SNOWC_DERIVE_DERIVE_H_
#define SNOWC_DERIVE_DERIVE_H_

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "snowc/derive/hir_builder.h"
#include "snowc/derive/shape.h"
#include "snowc/hir/hir.h"
#include "snowc/lower/types.h"

namespace snow::derive {

class Deriver {
 public:
  // `ok`, `err`: the variants of the library's Result.
  Deriver(hir::Program* program, lower::Types* types, uint32_t ok, uint32_t err)
      : program_(program), types_(types), ok_(ok), err_(err) {}
  Deriver(const Deriver&) = delete;
  Deriver& operator=(const Deriver&) = delete;

  // The method of a derivable interface for a concrete type that has no impl of its own. The
  // function has no generics; it is made once.
  hir::FunctionId Derive(hir::InterfaceId interface, uint32_t method, hir::TypeId self);

  // Whether Derive makes this method although the interface has a default for it.
  bool Overrides(hir::InterfaceId interface, uint32_t method) const;

  // () → Int: runs main and gives the exit code.
  hir::FunctionId MakeMain(hir::FunctionId main);
  // () → Int: hands all tests to the library's `std.Test.run_all`.
  hir::FunctionId MakeTests();

 private:
  using Made = hir::FunctionId;

  Made Make(hir::Derivable which, std::string_view method, const std::string& name,
            hir::TypeId self);
  Made MakeTest(const hir::Test& test, size_t number);
  std::string NameOf(hir::InterfaceId interface, uint32_t method, hir::TypeId self);

  // --- Equality, order, hash, default (derive_compare.cc)
  Made MakeEq(const std::string& name, hir::TypeId self);
  Made MakeCompare(const std::string& name, hir::TypeId self);
  Made MakeHash(const std::string& name, hir::TypeId self);
  Made MakeDefault(const std::string& name, hir::TypeId self);
  Expr* EqualFields(HirBuilder* b, const std::vector<FieldShape>& fields,
                    const std::vector<Expr*>& left, const std::vector<Expr*>& right);
  Expr* CompareFields(HirBuilder* b, const std::vector<FieldShape>& fields,
                      const std::vector<Expr*>& left, const std::vector<Expr*>& right);
  Expr* HashFields(HirBuilder* b, Expr* start, const std::vector<FieldShape>& fields,
                   const std::vector<Expr*>& values);
  Expr* DefaultOf(HirBuilder* b, hir::TypeId owner, const FieldShape& field);
  Expr* TagOf(HirBuilder* b, hir::TypeId self, const TypeShape& shape, LocalId value);

  // --- Text (derive_text.cc)
  Made MakeDisplay(const std::string& name, hir::TypeId self);
  Made MakeDebug(const std::string& name, hir::TypeId self);
  Made MakeText(const std::string& name, hir::TypeId self, bool debug);
  Expr* FieldsText(HirBuilder* b, const TypeShape& shape, const VariantShape& variant,
                   const std::vector<Expr*>& values, bool debug);

  // --- Json, Row (derive_json.cc) and Schema (derive_schema.cc)
  Made MakeToJson(const std::string& name, hir::TypeId self);
  // (self, text before) → the text with the compact JSON of self at its end.
  Made MakeWrite(const std::string& name, hir::TypeId self);
  Made MakeDecode(const std::string& name, hir::TypeId self);
  Made MakeFromRow(const std::string& name, hir::TypeId self);
  Made MakeSchema(const std::string& name, std::string_view method, hir::TypeId self);
  Made MakeDefaultFunction(hir::TypeId owner, const FieldShape& field);
  Expr* ToJson(HirBuilder* b, hir::TypeId type, Expr* value);
  Expr* DecodeField(HirBuilder* b, hir::TypeId owner, const FieldShape& field, Expr* object);
  std::string SqlType(hir::TypeId type);

  // --- Shared
  Expr* CallHelper(HirBuilder* b, std::string_view name, std::vector<hir::TypeId> type_args,
                   std::vector<Expr*> args);
  Expr* Try(HirBuilder* b, Expr* result);
  hir::TypeId ResultOf(hir::FunctionId helper, std::vector<hir::TypeId> type_args);
  // The fields of a struct or tuple in `value`.
  std::vector<Expr*> FieldsOf(HirBuilder* b, const TypeShape& shape, LocalId value);
  // A pattern for the variant that binds all fields to new locals, which are added to `locals`.
  Pattern* BindVariant(HirBuilder* b, hir::TypeId type, const TypeShape& shape, uint32_t variant,
                       std::vector<Expr*>* locals);
  Pattern* AnyVariant(HirBuilder* b, hir::TypeId type, const TypeShape& shape, uint32_t variant);
  uint32_t MethodIndex(hir::InterfaceId interface, std::string_view name) const;
  hir::TypeId Ordering();
  // A function of the library that derived code calls.
  hir::FunctionId Helper(std::string_view qualified_name) const;
  // An intrinsic that no module declares.
  hir::FunctionId Intrinsic(const std::string& symbol, std::vector<hir::TypeId> params,
                            hir::TypeId result);

  hir::Program* program_;
  lower::Types* types_;
  uint32_t ok_;
  uint32_t err_;
  std::unordered_map<std::string, hir::FunctionId> made_;  // by qualified name
};

}  // namespace snow::derive

#endif  // SNOWC_DERIVE_DERIVE_H_
