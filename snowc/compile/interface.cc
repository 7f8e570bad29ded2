#include <algorithm>

#include "snowc/compile/compile.h"
#include "snowc/package/interface_file.h"

namespace snow::compile {

std::string WriteInterfaceOf(const Input& input, const Result& result,
                             const std::map<std::string, std::string>& interfaces,
                             const std::string& compiler_version) {
  package::InterfaceFile file;
  file.compiler = compiler_version;
  file.package = input.root;
  if (auto found = result.capabilities.find(input.root); found != result.capabilities.end()) {
    file.capabilities.assign(found->second.begin(), found->second.end());
  }
  for (const Package& package : input.packages) {
    if (package.name != input.root) continue;
    for (const SourceText& source : package.sources) {
      file.sources.push_back({source.module,
                              source.program_path.empty() ? source.path : source.program_path,
                              source.text});
    }
    std::vector<std::string> dependencies = package.dependencies;
    std::sort(dependencies.begin(), dependencies.end());
    for (const std::string& name : dependencies) {
      auto text = interfaces.find(name);
      if (text == interfaces.end()) continue;
      package::InterfaceFile dependency;
      if (package::ReadInterface(text->second, dependency).empty()) {
        file.dependencies.push_back({name, dependency.hash});
      }
    }
  }
  return package::WriteInterface(file);
}

std::string ReadInterfaceAs(std::string_view text, Package& package) {
  package::InterfaceFile file;
  if (std::string problem = package::ReadInterface(text, file); !problem.empty()) return problem;
  package.name = file.package;
  for (package::InterfaceSource& source : file.sources) {
    package.sources.push_back({.module = std::move(source.module),
                               .path = source.path,
                               .program_path = source.path,
                               .text = std::move(source.text)});
  }
  for (package::InterfaceDependency& dependency : file.dependencies) {
    package.dependencies.push_back(std::move(dependency.name));
  }
  return "";
}

}  // namespace snow::compile
