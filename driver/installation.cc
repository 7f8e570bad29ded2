#include "driver/installation.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "snowpkg/base/file.h"
#include "snowpkg/base/hash.h"

namespace snow::driver {
namespace {

// Size and time of change of a file, as a line.
std::string StampOf(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return path + " -\n";
  return path + " " + std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) +
         "." + std::to_string(status.st_mtim.tv_nsec) + "\n";
}

std::string IdentityOf(const std::string& executable, const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (auto it = std::filesystem::recursive_directory_iterator(folder, error);
       !error && it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
    if (it->is_regular_file(error)) paths.push_back(it->path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::string text = std::string(kVersion) + "\n" + StampOf(executable);
  for (const std::string& path : paths) text += StampOf(path);
  return pkg::Sha256Of(text).Hex();
}

}  // namespace

std::optional<Installation> FindInstallation(Terminal& terminal) {
  std::error_code error;
  std::string executable = std::filesystem::read_symlink("/proc/self/exe", error).string();
  if (error) {
    terminal.Show(Complaint{.kind = DiagnosticKind::kBrokenToolchain,
                            .message = "cannot find the path of this command: " + error.message(),
                            .helps = {"snow needs /proc to be mounted"}});
    return std::nullopt;
  }
  Installation installation;
  installation.folder = pkg::ParentPath(pkg::ParentPath(executable)) + "/lib/snow";
  std::string link_folder = installation.folder + "/link";
  auto table = pkg::ReadFile(link_folder + "/link.txt");
  if (!table.ok()) {
    terminal.Show(Complaint{
        .kind = DiagnosticKind::kBrokenToolchain,
        .message = "the toolchain's files are not beside this command",
        .details = {table.error().message()},
        .helps = {"install the whole folder of the toolchain: bin/snow and lib/snow belong "
                  "together"}});
    return std::nullopt;
  }
  auto link = link::ParseToolchain(link_folder, *table);
  if (!link.has_value()) {
    terminal.Show(Complaint{.kind = DiagnosticKind::kBrokenToolchain,
                            .message = link_folder + "/link.txt is damaged",
                            .helps = {"install the toolchain again"}});
    return std::nullopt;
  }
  installation.link = *std::move(link);
  installation.identity = IdentityOf(executable, installation.folder);
  return installation;
}

}  // namespace snow::driver
