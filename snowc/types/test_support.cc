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

CheckedProgram::CheckedProgram(const std::vector<Text>& modules) {
  AddLibrary();
  first_file_ = FileId(sources_.Size());
  CheckPackage& app = input_.packages.emplace_back();
  app.name = "app";
  input_.root = "app";
  for (const auto& [name, text] : modules) {
    Add(app, name, name.empty() ? "main.snow" : name + ".snow", text);
  }
  input_.sources = &sources_;
  program_.emplace(Check(input_, names_, diagnostics_));
}

void CheckedProgram::Add(CheckPackage& package, std::string name, std::string path,
                         std::string text) {
  const SourceFile& source = sources_.Add(std::move(path), std::move(text));
  files_.push_back(ParseSource(source, names_, diagnostics_));
  package.modules.push_back({std::move(name), source.path(), &files_.back()});
}

void CheckedProgram::AddLibrary() {
  CheckPackage& library = input_.packages.emplace_back();
  library.name = "std";
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(LibraryFolder())) {
    if (entry.path().extension() == ".snow") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    std::ifstream in(path, std::ios::binary);
    Add(library, ModuleName(path.lexically_relative(LibraryFolder())), path.string(),
        std::string(std::istreambuf_iterator<char>(in), {}));
  }
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

std::string CheckedProgram::Messages() const { return RenderText(diagnostics_, sources_); }

std::string CheckedProgram::TypeOf(std::string_view name) const {
  hir::FunctionId id = program_->FindFunction("app." + std::string(name));
  if (!id.IsValid()) return "";
  return hir::PrintSignature(*program_, names_, program_->functions[id.value]);
}

std::string CheckedProgram::Core(std::string_view name) const {
  hir::FunctionId id = program_->FindFunction("app." + std::string(name));
  if (!id.IsValid()) return "";
  return hir::Print(*program_, names_, program_->functions[id.value]);
}

}  // namespace snow::types
