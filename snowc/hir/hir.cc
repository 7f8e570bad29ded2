#include "snowc/hir/hir.h"

namespace snow::hir {

Program::Program(const Interner* interner) : arena(std::make_unique<Arena>()), types(interner) {}

FunctionId Program::FindFunction(std::string_view qualified_name) const {
  auto found = functions_by_name.find(std::string(qualified_name));
  return found == functions_by_name.end() ? FunctionId() : found->second;
}

FunctionId Program::AddFunction(Function function) {
  FunctionId id(functions.size());
  functions_by_name.emplace(function.qualified_name, id);
  functions.push_back(std::move(function));
  return id;
}

}  // namespace snow::hir
