#include "snowc/compile/compile.h"

#include <deque>
#include <unordered_map>
#include <utility>

#include "snowc/base/interner.h"
#include "snowc/ir/ir.h"
#include "snowc/ir/passes/self_inline.h"
#include "snowc/lower/lower.h"
#include "snowc/package/capabilities.h"
#include "snowc/resolve/input.h"
#include "snowc/syntax/syntax.h"
#include "snowc/types/check.h"

namespace snow::compile {
namespace {

// What the phases hand on to each other; the trees must outlive the typed program.
struct Parsed {
  Interner names;
  std::deque<ast::File> files;
  CheckInput input;
};

void ParseAll(const Input& input, const Options& options, Result& result, Parsed& parsed) {
  parsed.input.root = input.root;
  parsed.input.sources = result.sources.get();
  parsed.input.whole_library = options.whole_library;
  parsed.input.runs_tests = options.program == Program::kTests;
  for (const Package& package : input.packages) {
    CheckPackage& checked = parsed.input.packages.emplace_back();
    checked.name = package.name;
    checked.dependencies = package.dependencies;
    for (const SourceText& source : package.sources) {
      const SourceFile& file = result.sources->Add(source.path, source.text);
      parsed.files.push_back(ParseSource(file, parsed.names, result.diagnostics));
      checked.modules.push_back(
          {.name = source.module, .path = source.path, .file = &parsed.files.back()});
    }
  }
}

// Objects must not tell where the sources lie on this machine.
void UseProgramPaths(const Input& input, ir::Module& module) {
  std::unordered_map<std::string_view, std::string_view> program_paths;
  for (const Package& package : input.packages) {
    for (const SourceText& source : package.sources) {
      if (!source.program_path.empty()) program_paths[source.path] = source.program_path;
    }
  }
  for (std::string& file : module.files) {
    auto found = program_paths.find(file);
    if (found != program_paths.end()) file = found->second;
  }
}

lower::Root RootOf(const hir::Program& program, const Options& options) {
  if (options.program == Program::kTests) return lower::Root::kTests;
  // Checking a library: everything must be fit for lowering, wherever it will be used.
  return program.main.IsValid() ? lower::Root::kMain : lower::Root::kLibrary;
}

void Generate(const ir::Module& module, const Options& options, ObjectCache* cache,
              Result& result) {
  codegen::Options generation{
      .optimize = options.release,
      .debug_info = options.release ? codegen::DebugInfo::kLines : codegen::DebugInfo::kFull,
      .threads = options.threads};
  if (options.goal == Goal::kLlvm) {
    result.text = codegen::PrintLlvm(module, generation);
    return;
  }
  codegen::Objects objects = codegen::Generate(module, generation, cache);
  if (!objects.error.empty()) {
    result.diagnostics.Error(DiagnosticKind::kCompilerBug, Span(),
                             "code generation failed: " + objects.error);
  }
  result.objects = std::move(objects.objects);
}

}  // namespace

Result Compile(const Input& input, const Options& options, ObjectCache* cache) {
  Result result;
  result.sources = std::make_unique<SourceSet>();
  Parsed parsed;
  ParseAll(input, options, result, parsed);
  hir::Program program = Check(parsed.input, parsed.names, result.diagnostics);
  if (!result.ok()) return result;
  result.capabilities = package::FindCapabilities(program);
  if (options.goal != Goal::kCheck && options.program == Program::kMain &&
      !program.main.IsValid()) {
    result.diagnostics.Error(DiagnosticKind::kNoMain, Span(), "there is no main function")
        .Help("write 'fn main() do .. end' in the file that is run");
    return result;
  }

  ir::Module module = lower::Lower(program,
                                   {.sources = result.sources.get(),
                                    .interner = &parsed.names,
                                    .root = RootOf(program, options),
                                    .debug = !options.release},
                                   result.diagnostics);
  if (!result.ok() || options.goal == Goal::kCheck) return result;
  UseProgramPaths(input, module);
#ifndef NDEBUG
  if (std::string problem = ir::Verify(module); !problem.empty()) {
    result.diagnostics.Error(DiagnosticKind::kCompilerBug, Span(), "invalid IR: " + problem);
    return result;
  }
#endif
  if (options.release) ir::InlineSelfCalls(module);
  if (options.goal == Goal::kIr) {
    result.text = ir::Print(module);
  } else {
    Generate(module, options, cache, result);
  }
  return result;
}

LinkResult LinkProgram(const Toolchain& toolchain, const Result& result,
                       const std::string& output) {
  link::LinkRequest request{.toolchain = &toolchain, .objects = {}, .output = output};
  for (const codegen::Object& object : result.objects) {
    request.objects.push_back({object.name, object.bytes});
  }
  return link::Link(request);
}

}  // namespace snow::compile
