// Links an executable with lld, in this process.
//
//   LinkResult result = Link({.toolchain = …, .objects = …, .output = "out/hello"});
//
// Objects come from memory; the runtime's archives and the C library's start-up files from the
// toolchain's folder; shared libraries from the system, but only those that the program needs. The
// output appears at its path when it is complete: lld writes beside it and renames.
//
// Thread-safety: calls may come from several threads; lld has global state, so one links at a time.
#ifndef SNOWC_LINK_LINK_H_
#define SNOWC_LINK_LINK_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "snowc/diagnostics/diagnostic_kind.h"

namespace snow::link {

// The parts of every program, from the file link.txt of the toolchain's folder. Its lines:
//
//   interpreter /lib64/ld-linux-x86-64.so.2
//   begin crt/Scrt1.o            before the program's objects, in this order
//   archive libsnow_runtime.a    searched as often as needed
//   library libssl.so.3          of the system, linked if something refers to it
//   end crt/crtn.o               behind everything
//
// Relative paths are relative to the folder.
struct Toolchain {
  std::string folder;
  std::string interpreter;
  std::vector<std::string> begin;
  std::vector<std::string> archives;
  std::vector<std::string> libraries;
  std::vector<std::string> end;
};

// Nothing when `text` has a line of another form.
std::optional<Toolchain> ParseToolchain(std::string folder, std::string_view text);

struct LinkObject {
  std::string name;  // for messages
  std::string_view bytes;
};

struct LinkRequest {
  const Toolchain* toolchain = nullptr;
  std::vector<LinkObject> objects;
  std::string output;
  bool strip_debug_info = false;
  // Where shared libraries are looked for; empty: the usual folders.
  std::vector<std::string> library_folders = {};
};

struct LinkResult {
  bool ok = false;
  // When not ok: what kind of error, a sentence, and the linker's own lines.
  DiagnosticKind kind = DiagnosticKind::kLinkFailed;
  std::string message;
  std::vector<std::string> details;
};

LinkResult Link(const LinkRequest& request);

}  // namespace snow::link

#endif  // SNOWC_LINK_LINK_H_
