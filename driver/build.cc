#include "driver/build.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "driver/cache.h"
#include "driver/source_tree.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/hash.h"

namespace snow::driver {
namespace {

constexpr char kWarningsName[] = "/.warnings";

// A hash of everything that the executable depends on.
std::string KeyOf(const Project& project, const BuildOptions& options, const Terminal& terminal) {
  pkg::Sha256 hash;
  auto add = [&](std::string_view text) {
    std::string length = std::to_string(text.size()) + ":";
    hash.Update(length);
    hash.Update(text);
  };
  add(options.release ? "release" : "debug");
  add(options.program == compile::Program::kTests ? "tests" : "main");
  add(project.name);
  add(project.input.root);
  for (const compile::Package& package : project.input.packages) {
    add(package.name);
    for (const std::string& dependency : package.dependencies) add(dependency);
    add("");
    for (const compile::SourceText& source : package.sources) {
      add(source.module);
      add(source.path);
      add(source.program_path);
      add(source.text);
    }
    add("");
  }
  if (project.packages.has_value()) {
    for (const pkg::ResolvedPackage& package : project.packages->packages) {
      add(package.allowed.ToString());
    }
  }
  // Warnings are kept as this terminal shows them.
  add(terminal.format() == MessageFormat::kJson ? "json" : terminal.color() ? "color" : "plain");
  return hash.Finish().Hex();
}

// A crash of the machine may have left a file of zeros.
bool IsExecutable(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char magic[4] = {};
  bool ok = read(fd, magic, sizeof magic) == sizeof magic &&
            std::string_view(magic, sizeof magic) == "\177ELF";
  close(fd);
  return ok;
}

// A package that reaches more than snow.toml or the lockfile allows is an error.
bool CheckCapabilities(Session& session, const Project& project, const compile::Result& result) {
  if (!project.packages.has_value()) return true;
  bool ok = true;
  for (const pkg::ResolvedPackage& package : project.packages->packages) {
    auto found = result.capabilities.find(package.name);
    if (found == result.capabilities.end()) continue;
    pkg::CapabilitySet reached;
    for (const std::string& word : found->second) {
      if (auto capability = pkg::CapabilityFromWord(word)) reached.Add(*capability);
    }
    if (package.allowed.Contains(reached)) continue;
    session.terminal.Show(pkg::CapabilityError(package, reached));
    ok = false;
  }
  return ok;
}

}  // namespace

bool AddLibrary(Terminal& terminal, const Installation& installation, compile::Input& input) {
  for (const compile::Package& package : input.packages) {
    if (package.name == "std") return true;  // the library's own tests
  }
  compile::Package library{.name = "std", .sources = {}, .dependencies = {}};
  SourceTreeOptions options = {.shown_prefix = "std", .program_prefix = "std"};
  if (!ReadSourceTree(terminal, installation.StdlibFolder(), options, library.sources)) {
    return false;
  }
  input.packages.push_back(std::move(library));
  return true;
}

void ShowLinkError(Terminal& terminal, const compile::LinkResult& linked) {
  Complaint complaint{.kind = linked.kind, .message = linked.message, .details = linked.details};
  terminal.Show(complaint);
}

unsigned JobsOr(unsigned jobs) {
  return jobs != 0 ? jobs : std::max(1u, std::thread::hardware_concurrency());
}

compile::Result CompileProject(Session& session, const Installation& installation, Project& project,
                               const compile::Options& options) {
  compile::Result result;
  if (!AddLibrary(session.terminal, installation, project.input)) {
    result.sources = std::make_unique<SourceSet>();
    result.failed = true;
    return result;
  }
  auto cache = BuildCache::Open(session.CacheFolder() + "/build", installation.identity);
  result = compile::Compile(project.input, options, cache.ok() ? &*cache : nullptr);
  session.terminal.Show(result.diagnostics, *result.sources);
  if (result.ok() && !CheckCapabilities(session, project, result)) result.failed = true;
  return result;
}

std::optional<std::string> BuildProgram(Session& session, const Installation& installation,
                                        Project& project, const BuildOptions& options) {
  auto cache = BuildCache::Open(session.CacheFolder() + "/build", installation.identity);
  if (!cache.ok()) {
    session.terminal.Show(cache.error());
    return std::nullopt;
  }
  std::string key = KeyOf(project, options, session.terminal);
  std::string folder = cache->ProgramFolder(key);
  std::string program = folder + "/" + project.name;
  if (!IsExecutable(program)) {
    static_cast<void>(pkg::RemoveTree(folder));
  } else {
    if (auto warnings = pkg::ReadFile(folder + kWarningsName); warnings.ok()) {
      session.terminal.Raw(*warnings);
    }
    return program;
  }

  compile::Result result = CompileProject(
      session, installation, project,
      {.program = options.program, .release = options.release, .threads = JobsOr(options.jobs)});
  if (!result.ok()) return std::nullopt;
  auto filled = cache->NewFolder();
  if (!filled.ok()) {
    session.terminal.Show(filled.error());
    return std::nullopt;
  }
  compile::LinkResult linked =
      compile::LinkProgram(installation.link, result, *filled + "/" + project.name);
  std::string warnings = session.terminal.Render(result.diagnostics, *result.sources);
  pkg::Status published;
  if (linked.ok && !warnings.empty()) {
    published = pkg::WriteNewFile(*filled + kWarningsName, warnings);
  }
  if (linked.ok && published.ok()) published = cache->Publish(*filled, key);
  if (!linked.ok || !published.ok()) {
    static_cast<void>(pkg::RemoveTree(*filled));
    if (!linked.ok) ShowLinkError(session.terminal, linked);
    if (linked.ok) session.terminal.Show(published.error());
    return std::nullopt;
  }
  cache->Prune(kCacheLimitBytes, /*now=*/false);
  return program;
}

}  // namespace snow::driver
