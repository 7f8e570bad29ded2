#include <unistd.h>

#include <cerrno>
#include <memory>

#include "CLI/CLI.hpp"
#include "driver/commands.h"
#include "driver/source_tree.h"
#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/format/format.h"
#include "snowpkg/api.h"
#include "snowpkg/base/file.h"

namespace snow::driver {
namespace {

struct FmtArguments {
  std::vector<std::string> paths;
  bool check = false;
};

struct Counts {
  size_t changed = 0;
  size_t broken = 0;
};

// All of standard input, unless it is unreasonably large.
std::string ReadStandardInput() {
  std::string text;
  char buffer[1 << 16];
  while (text.size() < SourceFile::kMaxBytes) {
    ssize_t count = read(STDIN_FILENO, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(buffer, static_cast<size_t>(count));
  }
  return text;
}

// The formatted text; none after errors have been shown.
std::optional<std::string> Formatted(Session& session, const std::string& path,
                                     const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const SourceFile& file = sources.Add(path, text);
  std::string formatted = FormatSource(file, diagnostics);
  if (!diagnostics.HasErrors()) return formatted;
  session.terminal.Show(diagnostics, sources);
  return std::nullopt;
}

void FormatFile(Session& session, const std::string& path, bool check, Counts& counts) {
  auto text = pkg::ReadFile(path);
  if (!text.ok()) {
    session.terminal.Show(text.error());
    ++counts.broken;
    return;
  }
  auto formatted = Formatted(session, path, *text);
  if (!formatted) {
    ++counts.broken;
    return;
  }
  if (*formatted == *text) return;
  ++counts.changed;
  if (check) {
    Print(path + "\n");
    return;
  }
  pkg::Status written = pkg::WriteFileAtomically(path, *formatted);
  if (!written.ok()) {
    session.terminal.Show(written.error());
    ++counts.broken;
  }
}

void Format(Session& session, const FmtArguments& arguments) {
  session.exit_code = kFailure;
  if (arguments.paths == std::vector<std::string>{"-"}) {
    std::string text = ReadStandardInput();
    auto formatted = Formatted(session, "<stdin>", text);
    if (!formatted) return;
    if (!arguments.check) Print(*formatted);
    if (!arguments.check || *formatted == text) session.exit_code = kSuccess;
    return;
  }
  std::vector<std::string> paths = arguments.paths;
  if (paths.empty()) paths.push_back(pkg::FindPackageFolder(".").value_or("."));
  Counts counts;
  for (const std::string& path : paths) {
    std::vector<std::string> files;
    if (!pkg::IsDirectory(path)) {
      files.push_back(path);
    } else if (!ListSnowFiles(session.terminal, path, files)) {
      ++counts.broken;
    }
    for (const std::string& file : files) FormatFile(session, file, arguments.check, counts);
  }
  if (counts.broken == 0 && (counts.changed == 0 || !arguments.check)) {
    session.exit_code = kSuccess;
  }
}

}  // namespace

void AddFmt(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("fmt", "Format source files in the one style")->group(kWriteGroup);
  auto arguments = std::make_shared<FmtArguments>();
  command->add_option("PATH", arguments->paths,
                      "Files and folders (default: this package); - is standard input");
  command->add_flag("--check", arguments->check,
                    "Change nothing; name the files that are not formatted, and end with 1");
  command->callback([&session, arguments] { Format(session, *arguments); });
}

}  // namespace snow::driver
