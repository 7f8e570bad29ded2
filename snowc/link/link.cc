#include "snowc/link/link.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>

#include "lld/Common/Driver.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

namespace snow::link {
namespace {

// Where Debian and others keep shared libraries.
const char* const kLibraryFolders[] = {
#if defined(__x86_64__)
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
#elif defined(__aarch64__)
    "/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
#endif
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
};

// Debian's packages of the libraries that programs may need.
struct PackageOfLibrary {
  std::string_view library;
  std::string_view package;
};
constexpr PackageOfLibrary kPackages[] = {
    {"libcurl.so.4", "libcurl4"},          {"libssl.so.3", "libssl3"},
    {"libcrypto.so.3", "libssl3"},         {"libpq.so.5", "libpq5"},
    {"libsqlite3.so.0", "libsqlite3-0"},   {"libz.so.1", "zlib1g"},
    {"libzstd.so.1", "libzstd1"},          {"libre2.so.9", "libre2-9"},
    {"libnghttp2.so.14", "libnghttp2-14"}, {"libsimdjson.so.14", "libsimdjson14"},
    {"libutf8proc.so.2", "libutf8proc2"},
};

constexpr size_t kMaxDetails = 20;

// An object in memory that lld can open by a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(memfd_create("snow-object", MFD_CLOEXEC)) {
    while (fd_ >= 0 && !bytes.empty()) {
      ssize_t written = write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        failed_ = true;
        return;
      }
      bytes.remove_prefix(written);
    }
    failed_ = fd_ < 0;
  }
  ~MemoryFile() {
    if (fd_ >= 0) close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;

  bool failed() const { return failed_; }
  std::string Path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
  bool failed_ = false;
};

bool CanRead(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

std::string PathIn(const std::string& folder, const std::string& path) {
  return path.starts_with('/') ? path : folder + "/" + path;
}

// Empty when the library is in none of the folders.
std::string FindLibrary(const std::string& name, const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    std::string path = folder + "/" + name;
    if (CanRead(path)) return path;
  }
  return "";
}

LinkResult Failure(DiagnosticKind kind, std::string message) {
  return {.ok = false, .kind = kind, .message = std::move(message), .details = {}};
}

std::string DescribeMissing(const std::string& library) {
  auto known = std::ranges::find(kPackages, library, &PackageOfLibrary::library);
  if (known == std::end(kPackages)) return library;
  return library + " (Debian package " + std::string(known->package) + ")";
}

// Replaces what lld calls an object by its name.
std::string Readable(std::string_view line, const std::vector<LinkObject>& objects,
                     const std::deque<MemoryFile>& files) {
  std::string text(line);
  for (size_t i = 0; i < objects.size(); ++i) {
    std::string path = files[i].Path();
    for (size_t at = text.find(path); at != std::string::npos; at = text.find(path, at)) {
      size_t end = at + path.size();
      if (end < text.size() && text[end] >= '0' && text[end] <= '9') {
        at = end;  // a longer number
        continue;
      }
      text.replace(at, path.size(), objects[i].name);
      at += objects[i].name.size();
    }
  }
  constexpr std::string_view kPrefix = "ld.lld: error: ";
  if (text.starts_with(kPrefix)) text.erase(0, kPrefix.size());
  return text;
}

// What lld said, as an error of ours.
LinkResult Explain(const std::string& output, const LinkRequest& request,
                   const std::deque<MemoryFile>& files,
                   const std::vector<std::string>& missing_libraries) {
  LinkResult result = Failure(DiagnosticKind::kLinkFailed, "the program could not be linked");
  std::string_view text = output;
  bool undefined = false;
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    if (line.find("undefined symbol") != std::string_view::npos) undefined = true;
    if (result.details.size() < kMaxDetails) {
      result.details.push_back(Readable(line, request.objects, files));
    }
    if (line.find("cannot open output file") != std::string_view::npos ||
        line.find("failed to write output") != std::string_view::npos) {
      result.kind = DiagnosticKind::kCannotWriteFile;
      result.message = "cannot write " + request.output;
    }
  }
  if (undefined && !missing_libraries.empty()) {
    result.kind = DiagnosticKind::kMissingLibrary;
    result.message = "the program needs a library that is not installed here: one of ";
    for (size_t i = 0; i < missing_libraries.size(); ++i) {
      if (i > 0) result.message += ", ";
      result.message += DescribeMissing(missing_libraries[i]);
    }
  }
  return result;
}

}  // namespace

LinkResult Link(const LinkRequest& request) {
  const Toolchain& toolchain = *request.toolchain;
  std::deque<MemoryFile> files;
  for (const LinkObject& object : request.objects) {
    if (files.emplace_back(object.bytes).failed()) {
      return Failure(DiagnosticKind::kLinkFailed,
                     std::string("no memory for objects: ") + std::strerror(errno));
    }
  }

  std::vector<std::string> words = {"ld.lld",
                                    "-pie",
                                    "--eh-frame-hdr",
                                    "--hash-style=gnu",
                                    "--build-id=fast",
                                    "--gc-sections",
                                    "-z",
                                    "relro",
                                    "-z",
                                    "now",
                                    "-z",
                                    "noexecstack",
                                    "-z",
                                    "pack-relative-relocs",
                                    "--error-limit=20",
                                    "--as-needed",
                                    "-dynamic-linker",
                                    toolchain.interpreter,
                                    "-o",
                                    request.output};
  if (request.strip_debug_info) words.push_back("--strip-debug");
  auto add_own = [&](const std::vector<std::string>& parts) -> std::string {
    for (const std::string& part : parts) {
      std::string path = PathIn(toolchain.folder, part);
      if (!CanRead(path)) return path;
      words.push_back(std::move(path));
    }
    return "";
  };

  std::string absent = add_own(toolchain.begin);
  for (const MemoryFile& file : files) words.push_back(file.Path());
  if (absent.empty()) {
    words.push_back("--start-group");
    absent = add_own(toolchain.archives);
  }
  std::vector<std::string> folders = request.library_folders;
  if (folders.empty()) folders.assign(std::begin(kLibraryFolders), std::end(kLibraryFolders));
  std::vector<std::string> missing_libraries;
  for (const std::string& library : toolchain.libraries) {
    std::string path = FindLibrary(library, folders);
    if (path.empty()) {
      missing_libraries.push_back(library);
    } else {
      words.push_back(std::move(path));
    }
  }
  words.push_back("--end-group");
  if (absent.empty()) absent = add_own(toolchain.end);
  if (!absent.empty()) {
    return Failure(DiagnosticKind::kBrokenToolchain, "the toolchain lacks " + absent);
  }

  std::vector<const char*> arguments;
  for (const std::string& word : words) arguments.push_back(word.c_str());
  std::string output;
  llvm::raw_string_ostream stream(output);
  static std::mutex mutex;  // lld's state is global
  lld::Result linked;
  {
    std::lock_guard lock(mutex);
    linked = lld::lldMain(arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
  }
  if (linked.retCode == 0) return {.ok = true, .message = "", .details = {}};
  return Explain(stream.str(), request, files, missing_libraries);
}

}  // namespace snow::link
