#include "snowpkg/git/git.h"

#include <algorithm>
#include <optional>

#include "snowpkg/base/directory_lock.h"
#include "snowpkg/base/encoding.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/process.h"
#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

constexpr size_t kMaxFiles = 20'000;

Error GitError(const std::string& url, const std::string& reason) {
  return Error(ErrorKind::kGit, reason).Because("cannot use the git repository " + url);
}

// git with a surrounding in which it asks nobody, runs nothing, and is not led by variables that a
// calling git (a hook) has set.
Result<std::string> Git(const std::string& url, const std::string& folder,
                        std::vector<std::string> arguments, std::string input = "") {
  std::vector<std::string> command = {"git", "--git-dir=" + folder, "-c",
                                      "core.hooksPath=/dev/null"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  ProcessOptions options;
  options.input = std::move(input);
  options.environment = {{"GIT_TERMINAL_PROMPT", "0"},
                         {"GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh"},
                         {"GIT_DIR", folder},
                         {"GIT_INDEX_FILE", folder + "/unused-index"},
                         {"LC_ALL", "C"}};
  Result<ProcessOutput> output = RunProcess(command, options);
  if (!output.ok()) {
    return Error(ErrorKind::kGit, output.error().message())
        .Because("cannot use the git repository " + url)
        .Help("git dependencies need the program `git` on the PATH");
  }
  if (output->exit_code != 0) {
    std::string reason = Excerpt(Trim(output->err), 600);
    return GitError(url, reason.empty()
                             ? "git ended with exit code " + std::to_string(output->exit_code)
                             : "git says: " + reason);
  }
  return std::move(output->out);
}

bool IsCommit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && HexDecode(text).has_value();
}

// URLs and names come from manifests of strangers: none may look like an option to git.
Status CheckWord(const std::string& url, const std::string& word) {
  bool good = !word.empty() && word[0] != '-' && std::all_of(word.begin(), word.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != 0x7f;
  });
  if (good) return {};
  return GitError(url, "`" + Excerpt(word) + "` cannot be given to git");
}

// One line of `git ls-tree -r -z`: mode, kind, object, path.
struct TreeEntry {
  std::string mode;
  std::string object;
  std::string path;
};

Result<std::vector<TreeEntry>> ParseTree(const std::string& url, std::string_view listing) {
  std::vector<TreeEntry> entries;
  while (!listing.empty()) {
    size_t end = listing.find('\0');
    if (end == std::string_view::npos) return GitError(url, "its list of files is cut off");
    std::string_view line = listing.substr(0, end);
    listing.remove_prefix(end + 1);
    size_t tab = line.find('\t');
    std::vector<std::string_view> words = Split(line.substr(0, tab), ' ');
    if (tab == std::string_view::npos || words.size() != 3) {
      return GitError(url, "its list of files makes no sense");
    }
    TreeEntry entry{std::string(words[0]), std::string(words[2]),
                    std::string(line.substr(tab + 1))};
    if (entry.mode != "100644" && entry.mode != "100755") {
      std::string what = entry.mode == "160000" ? "a submodule" : "a symbolic link";
      return GitError(
          url, "`" + Excerpt(entry.path) + "` is " + what + "; packages hold plain files only");
    }
    entries.push_back(std::move(entry));
    if (entries.size() > kMaxFiles) return GitError(url, "it has too many files");
  }
  return entries;
}

// What `git cat-file --batch` prints for each object: "<object> blob <size>\n<bytes>\n".
Result<std::vector<ArchiveFile>> ParseBlobs(const std::string& url, std::string_view output,
                                            const std::vector<TreeEntry>& entries) {
  std::vector<ArchiveFile> files;
  for (const TreeEntry& entry : entries) {
    size_t end = output.find('\n');
    std::vector<std::string_view> words = Split(output.substr(0, end), ' ');
    std::optional<uint64_t> size =
        end != std::string_view::npos && words.size() == 3 && words[1] == "blob"
            ? ParseUnsigned(words[2])
            : std::nullopt;
    if (!size || *size > output.size() || output.size() - end - 1 < *size + 1) {
      return GitError(url, "`" + Excerpt(entry.path) + "` cannot be read");
    }
    files.push_back({entry.path, std::string(output.substr(end + 1, *size))});
    output.remove_prefix(end + 1 + *size + 1);
  }
  return files;
}

}  // namespace

std::string GitReference::ToString() const {
  if (!rev.empty()) return "rev " + rev;
  if (!tag.empty()) return "tag " + tag;
  if (!branch.empty()) return "branch " + branch;
  return "";
}

std::string GitRepositories::RepositoryFolder(const std::string& url) const {
  return JoinPath(home_, "git/" + Sha256Of(url).Hex().substr(0, 32));
}

Result<std::string> GitRepositories::Prepare(const std::string& url) const {
  SNOW_PKG_TRY(CheckWord(url, url));
  std::string folder = RepositoryFolder(url);
  // `HEAD` is what git writes; a creation that was interrupted is simply repeated.
  if (FileExists(JoinPath(folder, "HEAD"))) return folder;
  SNOW_PKG_TRY(MakeDirectories(folder));
  Result<std::string> made = Git(url, folder, {"init", "--quiet", "--bare", "--template=", folder});
  if (!made.ok()) return std::move(made).error();
  return folder;
}

Status GitRepositories::FetchAll(const std::string& url, const std::string& folder) const {
  if (offline_) return GitError(url, "it must be asked, and this is offline");
  // HEAD of the other side is kept under a name of its own: it is the default branch.
  Result<std::string> fetched = Git(
      url, folder,
      {"fetch", "--quiet", "--force", "--prune", "--no-recurse-submodules", "--no-tags", "--", url,
       "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*", "+HEAD:refs/snow/head"});
  if (!fetched.ok()) return std::move(fetched).error();
  return {};
}

bool GitRepositories::HasCommit(const std::string& folder, const std::string& commit) const {
  return Git("", folder, {"cat-file", "-e", commit + "^{commit}"}).ok();
}

Result<std::string> GitRepositories::Resolve(const std::string& url,
                                             const GitReference& reference) {
  SNOW_PKG_ASSIGN(std::string folder, Prepare(url));
  SNOW_PKG_ASSIGN(DirectoryLock lock, DirectoryLock::Acquire(folder, "snow.lock", {}));
  std::string name = "refs/snow/head";
  if (!reference.rev.empty()) name = reference.rev;
  if (!reference.tag.empty()) name = "refs/tags/" + reference.tag;
  if (!reference.branch.empty()) name = "refs/remotes/origin/" + reference.branch;
  SNOW_PKG_TRY(CheckWord(url, name));
  if (IsCommit(reference.rev) && HasCommit(folder, reference.rev)) return reference.rev;
  SNOW_PKG_TRY(FetchAll(url, folder));
  Result<std::string> commit = Git(
      url, folder, {"rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"});
  if (!commit.ok() || !IsCommit(Trim(*commit))) {
    std::string what = reference.ToString();
    return GitError(url, "it has no " + (what.empty() ? "commits" : Excerpt(what)));
  }
  return std::string(Trim(*commit));
}

Result<std::vector<ArchiveFile>> GitRepositories::ReadCommit(const std::string& url,
                                                             const std::string& commit) {
  SNOW_PKG_ASSIGN(std::string folder, Prepare(url));
  SNOW_PKG_ASSIGN(DirectoryLock lock, DirectoryLock::Acquire(folder, "snow.lock", {}));
  if (!IsCommit(commit)) return GitError(url, "`" + Excerpt(commit) + "` is not a commit");
  if (!HasCommit(folder, commit)) SNOW_PKG_TRY(FetchAll(url, folder));
  if (!HasCommit(folder, commit)) {
    return GitError(
        url, "it no longer has the commit " + commit + " (its history may have been rewritten)");
  }
  SNOW_PKG_ASSIGN(std::string listing,
                  Git(url, folder, {"ls-tree", "-r", "-z", "--full-tree", commit}));
  SNOW_PKG_ASSIGN(std::vector<TreeEntry> entries, ParseTree(url, listing));
  std::string objects;
  for (const TreeEntry& entry : entries) objects += entry.object + "\n";
  SNOW_PKG_ASSIGN(std::string blobs, Git(url, folder, {"cat-file", "--batch"}, objects));
  SNOW_PKG_ASSIGN(std::vector<ArchiveFile> files, ParseBlobs(url, blobs, entries));
  if (Status paths = CheckPaths(files); !paths.ok()) return GitError(url, paths.error().message());
  return files;
}

}  // namespace snow::pkg
