#include "snowpkg/workspace/workspace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "snowpkg/base/file.h"
#include "snowpkg/base/hash.h"

namespace snow::pkg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Package(const std::string& name, const std::string& rest = "") {
  return "[package]\nname = \"" + name + "\"\nversion = \"1.0.0\"\n" + rest;
}

class WorkspaceTest : public ::testing::Test {
 protected:
  WorkspaceTest() : folder_(::testing::TempDir() + "workspace_" + RandomHex(8)) {}

  void Write(const std::string& path, const std::string& text) {
    std::string full = JoinPath(folder_, path);
    ASSERT_TRUE(MakeDirectories(ParentPath(full)).ok());
    ASSERT_TRUE(WriteFileAtomically(full, text).ok());
  }
  // "name path" of each package, members with a star, the current one with an arrow.
  std::vector<std::string> Load(const std::string& path) {
    Result<Workspace> workspace = LoadWorkspace(JoinPath(folder_, path));
    if (!workspace.ok()) return {workspace.error().ToString()};
    std::vector<std::string> lines = {RelativePath(workspace->root, folder_)};
    for (size_t i = 0; i < workspace->packages.size(); ++i) {
      const LocalPackage& package = workspace->packages[i];
      lines.push_back(package.manifest.name + " " + package.path + (package.is_member ? " *" : "") +
                      (workspace->current == i ? " <-" : ""));
    }
    return lines;
  }

  std::string folder_;
};

TEST_F(WorkspaceTest, OnePackage) {
  Write("app/snow.toml", Package("app"));
  Write("app/src/main.snow", "");
  EXPECT_THAT(Load("app"), ElementsAre("app", "app . * <-"));
  EXPECT_THAT(Load("app/src/main.snow"), ElementsAre("app", "app . * <-"));
  EXPECT_THAT(Load("."), ElementsAre(HasSubstr("there is no snow.toml in")));
}

TEST_F(WorkspaceTest, MembersAndPaths) {
  Write("snow.toml", "[workspace]\nmembers = [\"app\", \"libs/*\"]\n");
  Write("app/snow.toml", Package("app",
                                 "[dependencies]\none = { path = \"../libs/one\" }\n"
                                 "far = { path = \"../outside\" }\n"));
  Write("libs/one/snow.toml", Package("one"));
  Write("libs/two/snow.toml", Package("two"));
  Write("libs/notes/readme", "no package");
  Write("outside/snow.toml", Package("far",
                                     "[dependencies]\nfarther = { path = \"deep\" }\n"
                                     "[dev-dependencies]\ngone = { path = \"gone\" }\n"));
  Write("outside/deep/snow.toml", Package("farther"));
  EXPECT_THAT(Load("."), ElementsAre(".", "app app *", "far outside", "farther outside/deep",
                                     "one libs/one *", "two libs/two *"));
  EXPECT_THAT(Load("libs/one"), ElementsAre(".", "app app *", "far outside", "farther outside/deep",
                                            "one libs/one * <-", "two libs/two *"));
  // Not a member: a project of its own.
  EXPECT_THAT(Load("outside/deep"), ElementsAre("outside/deep", "farther . * <-"));
}

TEST_F(WorkspaceTest, DamagedFileFurtherUpIsNoMatter) {
  Write("snow.toml", "this is not TOML");
  Write("app/snow.toml", Package("app"));
  EXPECT_THAT(Load("app"), ElementsAre("app", "app . * <-"));
}

TEST_F(WorkspaceTest, Errors) {
  Write("missing/snow.toml", Package("a", "[dependencies]\nb = { path = \"b\" }\n"));
  EXPECT_THAT(Load("missing"), ElementsAre(HasSubstr("snow.toml:5:1: `b` is not there")));
  Write("named/snow.toml", Package("a", "[dependencies]\nb = { path = \"b\" }\n"));
  Write("named/b/snow.toml", Package("c"));
  EXPECT_THAT(Load("named"), ElementsAre(HasSubstr("is called `c`, not `b`")));
  Write("twice/snow.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n");
  Write("twice/a/snow.toml", Package("same"));
  Write("twice/b/snow.toml", Package("same"));
  EXPECT_THAT(Load("twice"), ElementsAre(HasSubstr("two packages are called `same`")));
  Write("gone/snow.toml", "[workspace]\nmembers = [\"x\"]\n");
  EXPECT_THAT(Load("gone"), ElementsAre(HasSubstr("member `x` of the workspace has no snow.toml")));
  Write("star/snow.toml", "[workspace]\nmembers = [\"x/*\"]\n");
  EXPECT_THAT(Load("star"), ElementsAre(HasSubstr("cannot be read")));
}

TEST_F(WorkspaceTest, OverridesAreReadInPlaceOfFiles) {
  Write("app/snow.toml", Package("app"));
  FileOverrides overrides = {{JoinPath(folder_, "app/snow.toml"), Package("renamed")}};
  Result<Workspace> workspace = LoadWorkspace(JoinPath(folder_, "app"), overrides);
  ASSERT_TRUE(workspace.ok());
  EXPECT_NE(workspace->Find("renamed"), nullptr);
}

}  // namespace
}  // namespace snow::pkg
