#include <utility>

#include "snowc/link/link.h"

namespace snow::link {

std::optional<Toolchain> ParseToolchain(std::string folder, std::string_view text) {
  Toolchain toolchain;
  toolchain.folder = std::move(folder);
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    size_t space = line.find(' ');
    if (space == std::string_view::npos || space + 1 == line.size()) return std::nullopt;
    std::string_view word = line.substr(0, space);
    std::string value(line.substr(space + 1));
    if (word == "interpreter") {
      toolchain.interpreter = std::move(value);
    } else if (word == "begin") {
      toolchain.begin.push_back(std::move(value));
    } else if (word == "archive") {
      toolchain.archives.push_back(std::move(value));
    } else if (word == "library") {
      toolchain.libraries.push_back(std::move(value));
    } else if (word == "end") {
      toolchain.end.push_back(std::move(value));
    } else {
      return std::nullopt;
    }
  }
  return toolchain;
}

}  // namespace snow::link
