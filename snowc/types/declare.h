// From definitions to what is known of them without looking at bodies: fields, interfaces, heads of
// impls, signatures.
#ifndef SNOWC_TYPES_DECLARE_H_
#define SNOWC_TYPES_DECLARE_H_

#include "snowc/types/annotation.h"
#include "snowc/types/world.h"

namespace snow::types {

class Declarer {
 public:
  explicit Declarer(World& world) : world_(world), reader_(world) {}

  // Fills World::interfaces, types and impls. Reports what is wrong with them by itself.
  void DeclareAll();
  // The types of services' states, calls and casts, and the functions that a program calls them by.
  void DeclareServices();

  // Gives the sum type of a service's calls and casts its final fields.
  void FillMessage(const ServiceInfo& service) { FillFields(service.message); }

  // Fills the signature of a function as far as it is written; what is not is a variable of level 1.
  // Does nothing the second time.
  void Declare(FnId fn);

  // The scope in which types are read inside the function: its generics, Self and bounds.
  AnnotationScope ScopeOf(FnId fn);

 private:
  void FindKnown();
  void DeclareInterface(InterfaceId id);
  void DeclareType(resolve::TypeId id);
  void DeclareStruct(const ast::StructItem& item, TypeInfo& info, AnnotationScope& scope);
  void DeclareVariants(const ast::SumTypeItem& item, TypeInfo& info, AnnotationScope& scope);
  void DeclareSchema(const ast::StructItem& item, hir::TyCon& con);
  bool HasAttribute(const resolve::FnDecl& decl, std::string_view name) const;
  void FindSend(FunctionState& state, std::span<Type* const> params);
  void DeclareDeriving(const ast::Deriving& deriving, TypeInfo& info);
  void DeclareImpl(ImplId id);
  void DeclareImplMembers(ImplId id, AnnotationScope& scope);
  bool IsOrphan(const ImplInfo& info, ModuleId module);
  bool IsOfPackage(Type* type, resolve::PackageId package);
  void FillFields(hir::TyConId con);

  void DeclareClauses(FnId fn, const ast::FnDecl& head, AnnotationScope& scope);
  void DeclareService(resolve::ServiceId id);
  void DeclareHandlers(resolve::ServiceId id, ast::List<ast::ServiceHandler> handlers,
                       bool is_call, std::vector<HandlerInfo>& infos, TypeInfo& message);
  Type* ReplyTo();
  FnId DeclareApi(resolve::ServiceId id, std::string_view name, std::span<Type* const> params,
                  std::vector<ParamInfo> infos, Type* result);
  void DeclareMethod(FnId fn);
  void DeclareInterfaceMethod(FnId fn);
  void AddParams(FunctionState& state, ast::List<ast::Param> params, AnnotationScope& scope,
                 std::vector<Type*>& types);
  void AddGenerics(FunctionState& state, ast::List<ast::Name> names, AnnotationScope& scope);

  World& world_;
  AnnotationReader reader_;
};

}  // namespace snow::types

#endif  // SNOWC_TYPES_DECLARE_H_
