#include "snowpkg/git/git.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "snowpkg/base/file.h"
#include "snowpkg/base/process.h"
#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

using ::testing::HasSubstr;

std::string FreshFolder() {
  std::string folder = ::testing::TempDir() + "git_" + RandomHex(8);
  EXPECT_TRUE(MakeDirectories(folder).ok());
  return folder;
}

// A repository with a work tree, made by the real git.
class Repository {
 public:
  Repository() : folder_(FreshFolder()) {
    Run({"init", "--quiet", "--initial-branch=trunk"});
    Write("snow.toml", "[package]\nname = \"forge\"\nversion = \"1.0.0\"\n");
    Write("src/lib.snow", "pub fn f() = 1\n");
    Commit();
  }

  std::string Run(std::vector<std::string> arguments) {
    std::vector<std::string> command = {
        "git", "-c", "user.name=t", "-c", "user.email=t@t", "-c", "protocol.file.allow=always"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    ProcessOptions options;
    options.directory = folder_;
    auto output = RunProcess(command, options);
    EXPECT_TRUE(output.ok() && output->exit_code == 0) << (output.ok() ? output->err : "");
    return output.ok() ? std::string(Trim(output->out)) : "";
  }
  void Write(const std::string& path, const std::string& text) {
    std::string full = JoinPath(folder_, path);
    EXPECT_TRUE(MakeDirectories(ParentPath(full)).ok());
    EXPECT_TRUE(WriteFileAtomically(full, text).ok());
  }
  std::string Commit() {
    Run({"add", "--all"});
    Run({"commit", "--quiet", "--message=change"});
    return Run({"rev-parse", "HEAD"});
  }
  const std::string& folder() const { return folder_; }
  std::string url() const { return "file://" + folder_; }

 private:
  std::string folder_;
};

std::string TextOf(const Result<std::vector<ArchiveFile>>& files, const std::string& path) {
  if (!files.ok()) return files.error().ToString();
  for (const ArchiveFile& file : *files) {
    if (file.path == path) return file.bytes;
  }
  return "no such file";
}

TEST(GitTest, BranchTagRevAndDefault) {
  Repository repository;
  std::string first = repository.Run({"rev-parse", "HEAD"});
  repository.Run({"tag", "-a", "v1", "-m", "first"});
  repository.Run({"checkout", "--quiet", "-b", "side"});
  repository.Write("src/lib.snow", "pub fn f() = 2\n");
  std::string second = repository.Commit();
  repository.Run({"checkout", "--quiet", "trunk"});

  GitRepositories git(FreshFolder(), false);
  EXPECT_EQ(*git.Resolve(repository.url(), {}), first);
  EXPECT_EQ(*git.Resolve(repository.url(), {"", "v1", ""}), first);
  EXPECT_EQ(*git.Resolve(repository.url(), {"", "", "side"}), second);
  EXPECT_EQ(*git.Resolve(repository.url(), {second, "", ""}), second);
  EXPECT_EQ(*git.Resolve(repository.url(), {second.substr(0, 10), "", ""}), second);
  EXPECT_EQ(TextOf(git.ReadCommit(repository.url(), second), "src/lib.snow"), "pub fn f() = 2\n");
  EXPECT_EQ(TextOf(git.ReadCommit(repository.url(), first), "src/lib.snow"), "pub fn f() = 1\n");
}

TEST(GitTest, NewCommitsAreSeenAndOldOnesKept) {
  Repository repository;
  GitRepositories git(FreshFolder(), false);
  std::string first = *git.Resolve(repository.url(), {});
  repository.Write("src/lib.snow", "new");
  repository.Run({"add", "--all"});
  repository.Run({"commit", "--quiet", "--amend", "--message=rewritten"});
  EXPECT_NE(*git.Resolve(repository.url(), {}), first);
  EXPECT_EQ(TextOf(git.ReadCommit(repository.url(), first), "src/lib.snow"), "pub fn f() = 1\n");
}

TEST(GitTest, OfflineUsesWhatIsHere) {
  Repository repository;
  std::string home = FreshFolder();
  std::string commit = *GitRepositories(home, false).Resolve(repository.url(), {});
  GitRepositories offline(home, true);
  EXPECT_EQ(*offline.Resolve(repository.url(), {commit, "", ""}), commit);
  EXPECT_EQ(TextOf(offline.ReadCommit(repository.url(), commit), "src/lib.snow"),
            "pub fn f() = 1\n");
  EXPECT_THAT(offline.Resolve(repository.url(), {}).error().ToString(), HasSubstr("offline"));
}

TEST(GitTest, ErrorsNameTheRepository) {
  Repository repository;
  GitRepositories git(FreshFolder(), false);
  auto error = [&](const std::string& url, const GitReference& reference) {
    auto commit = git.Resolve(url, reference);
    return commit.ok() ? "no error" : commit.error().ToString();
  };
  EXPECT_THAT(error("file:///nonexistent/repo", {}),
              HasSubstr("cannot use the git repository file:///nonexistent/repo"));
  EXPECT_THAT(error(repository.url(), {"", "v9", ""}), HasSubstr("it has no tag v9"));
  EXPECT_THAT(error(repository.url(), {"", "", "x"}), HasSubstr("it has no branch x"));
  EXPECT_THAT(error(repository.url(), {"1234567", "", ""}), HasSubstr("it has no rev 1234567"));
  EXPECT_THAT(git.ReadCommit(repository.url(), std::string(40, '0')).error().ToString(),
              HasSubstr("no longer has the commit"));
}

TEST(GitTest, NothingOfAStrangerIsExecuted) {
  std::string mark = JoinPath(FreshFolder(), "mark");
  GitRepositories git(FreshFolder(), false);
  for (std::string url : {"ext::sh -c \"touch " + mark + "\"", "--upload-pack=touch " + mark,
                          "ext::touch%20" + mark}) {
    EXPECT_FALSE(git.Resolve(url, {}).ok()) << url;
  }
  Repository repository;
  EXPECT_FALSE(git.Resolve(repository.url(), {"--output=" + mark, "", ""}).ok());
  EXPECT_FALSE(git.Resolve(repository.url(), {"", "", "a b"}).ok());
  EXPECT_FALSE(FileExists(mark));
}

TEST(GitTest, LinksAndSubmodulesAreRefused) {
  Repository repository;
  ASSERT_EQ(::symlink("/etc/passwd", JoinPath(repository.folder(), "link").c_str()), 0);
  std::string commit = repository.Commit();
  GitRepositories git(FreshFolder(), false);
  EXPECT_THAT(TextOf(git.ReadCommit(repository.url(), commit), ""),
              HasSubstr("`link` is a symbolic link"));

  Repository inner;
  Repository outer;
  outer.Run({"submodule", "--quiet", "add", inner.url(), "inner"});
  commit = outer.Commit();
  EXPECT_THAT(TextOf(git.ReadCommit(outer.url(), commit), ""), HasSubstr("is a submodule"));
}

}  // namespace
}  // namespace snow::pkg
