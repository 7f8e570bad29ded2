// The whole compiler as one function from source texts to objects, and one more to an executable.
//
//   Result result = Compile(input, {.release = true}, &cache);
//   if (!result.ok()) { render result.diagnostics … }
//   LinkResult linked = LinkProgram(toolchain, result, "build/hello");
//
// Compile does no I/O: texts come in with the input, objects of earlier builds through ObjectCache.
// Thread-safety: both may run in several threads at once (links follow each other).
#ifndef SNOWC_COMPILE_COMPILE_H_
#define SNOWC_COMPILE_COMPILE_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "snowc/base/source.h"
#include "snowc/codegen/codegen.h"
#include "snowc/compile/input.h"
#include "snowc/compile/object_cache.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/link/link.h"

namespace snow::compile {

using link::LinkResult;
using link::Toolchain;

enum class Goal : uint8_t {
  kCheck,    // diagnostics alone
  kIr,       // the IR as text
  kLlvm,     // LLVM's IR as text
  kObjects,  // what an executable is linked from
};

enum class Program : uint8_t {
  kMain,   // runs `main` of the root package
  kTests,  // runs its tests
};

struct Options {
  Goal goal = Goal::kObjects;
  Program program = Program::kMain;
  // Optimise fully. Otherwise the build is quick to make, and exact in a debugger.
  bool release = false;
  unsigned threads = 1;
  bool whole_library = false;  // check every body of the library
};

struct Result {
  std::unique_ptr<SourceSet> sources;  // what the diagnostics' spans point into
  Diagnostics diagnostics;
  std::string text;                      // kIr, kLlvm
  std::vector<codegen::Object> objects;  // kObjects, when there are no errors
  // By package: what it can reach of the outside world. Empty when there are errors.
  std::map<std::string, std::set<std::string, std::less<>>> capabilities;

  // Set by a caller that found something wrong which no diagnostic says.
  bool failed = false;

  bool ok() const { return !failed && !diagnostics.HasErrors(); }
};

// `cache` may be null.
Result Compile(const Input& input, const Options& options, ObjectCache* cache);

// The interface file (snowc/package/interface_file.h) of the root package, which `result` found to
// be right: what others need to compile against it. `interfaces` are the texts of the interface
// files of its direct dependencies, by package.
std::string WriteInterfaceOf(const Input& input, const Result& result,
                             const std::map<std::string, std::string>& interfaces,
                             const std::string& compiler_version);

// Reads an interface file as a package of an input. Returns an empty string, or what is wrong with
// the file.
std::string ReadInterfaceAs(std::string_view text, Package& package);

// Links what Compile made to an executable at `output`; see link.h.
LinkResult LinkProgram(const Toolchain& toolchain, const Result& result, const std::string& output);

}  // namespace snow::compile

#endif  // SNOWC_COMPILE_COMPILE_H_
