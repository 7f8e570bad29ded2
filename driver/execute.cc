#include "driver/execute.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "driver/session.h"

namespace snow::driver {

int Execute(Terminal& terminal, const std::string& path, const std::string& name,
            const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  execv(path.c_str(), pointers.data());
  terminal.Show(Complaint{.kind = DiagnosticKind::kFileSystem,
                          .message = "cannot start " + path + ": " + std::strerror(errno)});
  return kFailure;
}

}  // namespace snow::driver
