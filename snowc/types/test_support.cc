#include "snowc/types/test_support.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "snowc/diagnostics/renderer.h"
#include "snowc/hir/print.h"
#include "snowc/resolve/collect.h"
#include "snowc/syntax/syntax.h"

namespace snow::types {
namespace {

namespace fs = std::filesystem;

// The library beside the test: Bazel runs it in the root of its data.
fs::path LibraryFolder() { return "stdlib"; }

std::string ModuleName(const fs::path& relative) {
  std::string name;
  for (const fs::path& part : relative.parent_path() / relative.stem()) {
    if (!name.empty()) name += '.';
    name += resolve::PascalCase(part.string());
  }
  return name;
}

}  // namespace

struct CheckedProgram::Library {
  SourceSet sources;
  Interner names;
  Diagnostics diagnostics;
  std::list<ast::File> files;
  CheckPackage package;
};

CheckedProgram::Library& CheckedProgram::SharedLibrary() {
  static Library* library = [] {
    auto* made = new Library;
    made->package.name = "std";
    std::vector<fs::path> paths;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(LibraryFolder())) {
      if (entry.path().extension() == ".snow") paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    for (const fs::path& path : paths) {
      std::ifstream in(path, std::ios::binary);
      const SourceFile& source = made->sources.Add(
          path.string(), std::string(std::istreambuf_iterator<char>(in), {}));
      made->files.push_back(ParseSource(source, made->names, made->diagnostics));
      made->package.modules.push_back({ModuleName(path.lexically_relative(LibraryFolder())),
                                       source.path(), &made->files.back()});
    }
    return made;
  }();
  return *library;
}

CheckedProgram::CheckedProgram(const std::vector<Text>& modules) : library_(SharedLibrary()) {
  input_.packages.push_back(library_.package);
  first_file_ = FileId(library_.sources.Size());
  CheckPackage& app = input_.packages.emplace_back();
  app.name = "app";
  input_.root = "app";
  for (const auto& [name, text] : modules) {
    std::string path = name.empty() ? "main.snow" : name + ".snow";
    const SourceFile& source = library_.sources.Add(path, text);
    files_.push_back(ParseSource(source, library_.names, diagnostics_));
    app.modules.push_back({name, source.path(), &files_.back()});
  }
  input_.sources = &library_.sources;
  program_.emplace(Check(input_, library_.names, diagnostics_));
}

std::string CheckedProgram::Codes() const {
  std::string codes;
  for (const Diagnostic* diagnostic : diagnostics_.Sorted()) {
    if (diagnostic->span.IsValid() && diagnostic->span.file < first_file_) continue;
    if (!codes.empty()) codes += ' ';
    codes += CodeOf(diagnostic->kind);
  }
  return codes;
}

std::string CheckedProgram::Messages() const { return RenderText(diagnostics_, library_.sources); }

std::string CheckedProgram::TypeOf(std::string_view name) const {
  hir::FunctionId id = program_->FindFunction("app." + std::string(name));
  if (!id.IsValid()) return "";
  return hir::PrintSignature(*program_, library_.names, program_->functions[id.value]);
}

std::string CheckedProgram::Core(std::string_view name) const {
  hir::FunctionId id = program_->FindFunction("app." + std::string(name));
  if (!id.IsValid()) return "";
  return hir::Print(*program_, library_.names, program_->functions[id.value]);
}

}  // namespace snow::types
