// Checks files against the library and prints what is wrong, or the typed core.
//
//   check_tool [--print] [--whole-library] --library DIR (FILE | DIR)...
//
// A folder is a program: its .snow files are modules named by their paths.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <list>
#include <string>
#include <vector>

#include "snowc/diagnostics/renderer.h"
#include "snowc/hir/print.h"
#include "snowc/resolve/collect.h"
#include "snowc/syntax/syntax.h"
#include "snowc/types/check.h"

namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// "math/vector.snow" → "Math.Vector"; the entry has no name.
std::string ModuleName(const fs::path& relative) {
  std::string name;
  for (const fs::path& part : relative.parent_path() / relative.stem()) {
    if (!name.empty()) name += '.';
    name += snow::resolve::PascalCase(part.string());
  }
  return name == "Main" || name == "Lib" ? "" : name;
}

class Tool {
 public:
  int Run(const std::vector<std::string>& arguments) {
    bool print = false;
    std::vector<std::string> paths;
    std::string library = "stdlib";
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i] == "--print") {
        print = true;
      } else if (arguments[i] == "--whole-library") {
        input_.whole_library = true;
      } else if (arguments[i] == "--library" && i + 1 < arguments.size()) {
        library = arguments[++i];
      } else {
        paths.push_back(arguments[i]);
      }
    }
    AddPackage("std", library);
    input_.root = "app";
    snow::CheckPackage& app = input_.packages.emplace_back();
    app.name = "app";
    for (const std::string& path : paths) AddPath(app, path);
    input_.sources = &sources_;
    snow::hir::Program program = snow::Check(input_, names_, diagnostics_);
    std::cerr << snow::RenderText(diagnostics_, sources_);
    if (print) std::cout << snow::hir::Print(program, names_);
    return diagnostics_.HasErrors() ? 1 : 0;
  }

 private:
  void AddPackage(const std::string& name, const fs::path& folder) {
    snow::CheckPackage& package = input_.packages.emplace_back();
    package.name = name;
    AddPath(package, folder);
  }

  void AddPath(snow::CheckPackage& package, const fs::path& path) {
    if (!fs::is_directory(path)) {
      AddFile(package, path, "");
      return;
    }
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".snow") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const fs::path& file : files) AddFile(package, file, ModuleName(file.lexically_relative(path)));
  }

  void AddFile(snow::CheckPackage& package, const fs::path& path, const std::string& name) {
    const snow::SourceFile& source = sources_.Add(path.string(), ReadFile(path));
    files_.push_back(snow::ParseSource(source, names_, diagnostics_));
    package.modules.push_back({name, path.string(), &files_.back()});
  }

  snow::SourceSet sources_;
  snow::Interner names_;
  snow::Diagnostics diagnostics_;
  std::list<snow::ast::File> files_;
  snow::CheckInput input_;
};

}  // namespace

int main(int argc, char** argv) {
  return Tool().Run(std::vector<std::string>(argv + 1, argv + argc));
}
