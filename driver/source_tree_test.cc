#include "driver/source_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "snowpkg/base/file.h"

namespace snow::driver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ModulePartTest, TurnsSnakeCaseIntoPascalCase) {
  EXPECT_EQ(ModulePart("vector"), "Vector");
  EXPECT_EQ(ModulePart("linear_algebra"), "LinearAlgebra");
  EXPECT_EQ(ModulePart("utf8_text"), "Utf8Text");
  EXPECT_EQ(ModulePart("base_64"), "Base64");
}

TEST(ModulePartTest, RefusesWhatNoModuleCanBeCalled) {
  for (const char* name : {"", "_", "_a", "a_", "a__b", "8bit", "Vector", "my-file", "a.b", "ä"}) {
    EXPECT_EQ(ModulePart(name), std::nullopt) << name;
  }
}

TEST(ModuleOfPathTest, GivesTheFoldersToo) {
  EXPECT_EQ(ModuleOfPath("main.snow"), "");
  EXPECT_EQ(ModuleOfPath("lib.snow"), "");
  EXPECT_EQ(ModuleOfPath("math/linear_algebra.snow"), "Math.LinearAlgebra");
  EXPECT_EQ(ModuleOfPath("math/main.snow"), "Math.Main");
  EXPECT_EQ(ModuleOfPath("math/"), std::nullopt);
  EXPECT_EQ(ModuleOfPath("Math/vector.snow"), std::nullopt);
}

class ReadSourceTreeTest : public testing::Test {
 protected:
  ReadSourceTreeTest() : root_(testing::TempDir() + "/tree") { std::filesystem::remove_all(root_); }

  void Write(const std::string& path) {
    ASSERT_TRUE(pkg::MakeDirectories(pkg::ParentPath(root_ + "/" + path)).ok());
    ASSERT_TRUE(pkg::WriteFileAtomically(root_ + "/" + path, "# " + path + "\n").ok());
  }

  // "path=module" of each source.
  std::vector<std::string> Read(const SourceTreeOptions& options, bool ok = true) {
    std::vector<compile::SourceText> sources;
    Terminal terminal;
    EXPECT_EQ(ReadSourceTree(terminal, root_, options, sources), ok);
    std::vector<std::string> result;
    for (const compile::SourceText& source : sources) {
      result.push_back(source.path + "=" + source.module);
    }
    return result;
  }

  std::string root_;
};

TEST_F(ReadSourceTreeTest, SortsAndPassesOverWhatIsNoneOfTheProgram) {
  for (const char* path :
       {"main.snow", "b.snow", "a/c.snow", "a/b_test.snow", ".git/x.snow", "build/x.snow",
        "tests/x.snow", "bazel-bin/x.snow", "nested/snow.toml", "nested/x.snow", "My Folder/x.snow",
        "migrations/20260101_users.snow", "notes.txt"}) {
    Write(path);
  }
  std::filesystem::create_symlink(root_ + "/a", root_ + "/link");
  EXPECT_THAT(Read({}), ElementsAre("a/c.snow=A.C", "b.snow=B", "main.snow="));
  EXPECT_THAT(Read({.tests = true}), ElementsAre("a/b_test.snow=A.BTest", "a/c.snow=A.C",
                                                 "b.snow=B", "main.snow=", "tests/x.snow=Tests.X"));
}

TEST_F(ReadSourceTreeTest, TheEntryIsMainOrElseLib) {
  Write("lib.snow");
  EXPECT_THAT(Read({}), ElementsAre("lib.snow="));
  Write("main.snow");
  EXPECT_THAT(Read({}), ElementsAre("lib.snow=Lib", "main.snow="));
  EXPECT_THAT(Read({.entry = root_ + "/lib.snow"}), ElementsAre("lib.snow=", "main.snow=Main"));
}

TEST_F(ReadSourceTreeTest, PrefixesArePutBefore) {
  Write("x.snow");
  EXPECT_THAT(Read({.shown_prefix = "src", .module_prefix = "Tests"}),
              ElementsAre("src/x.snow=Tests.X"));
  EXPECT_THAT(Read({.shown_prefix = "."}), ElementsAre("x.snow=X"));
}

TEST_F(ReadSourceTreeTest, AFileThatCanBeNoModuleIsAnError) {
  Write("My-File.snow");
  EXPECT_THAT(Read({}, /*ok=*/false), IsEmpty());
}

TEST_F(ReadSourceTreeTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_THAT(Read({}, /*ok=*/false), IsEmpty());
}

}  // namespace
}  // namespace snow::driver
