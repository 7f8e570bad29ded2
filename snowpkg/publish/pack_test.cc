#include "snowpkg/publish/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "snowpkg/base/file.h"
#include "snowpkg/base/hash.h"

namespace snow::pkg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(PatternTest, Table) {
  struct Case {
    const char* pattern;
    const char* path;
    bool matches;
  };
  for (const Case& row :
       {Case{"a", "a", true}, Case{"a", "a/b", false}, Case{"*.snow", "x.snow", true},
        Case{"*.snow", "d/x.snow", false}, Case{"src/**", "src/a/b", true},
        Case{"src/**", "src", true}, Case{"**/x", "x", true}, Case{"**/x", "a/b/x", true},
        Case{"a/**/x", "a/x", true}, Case{"a/**/x", "a/b/c/x", true},
        Case{"a/**/x", "a/b/c/y", false}, Case{"p*ges/?.html", "pages/a.html", true},
        Case{"p*ges/?.html", "pages/ab.html", false}, Case{"*", "", true},
        Case{"a*b*c", "axxbxbc", true}, Case{"a*b*c", "axxbxb", false}}) {
    EXPECT_EQ(MatchesPattern(row.pattern, row.path), row.matches) << row.pattern << " " << row.path;
  }
}

std::string FolderWith(const std::vector<std::string>& paths) {
  std::string folder = ::testing::TempDir() + "pack_" + RandomHex(8);
  for (const std::string& path : paths) {
    std::string full = JoinPath(folder, path);
    EXPECT_TRUE(MakeDirectories(ParentPath(full)).ok());
    EXPECT_TRUE(WriteFileAtomically(full, path).ok());
  }
  return folder;
}

std::vector<std::string> Paths(const Result<PackedPackage>& packed) {
  if (!packed.ok()) return {packed.error().ToString()};
  std::vector<std::string> paths;
  for (const ArchiveFile& file : packed->files) paths.push_back(file.path);
  return paths;
}

TEST(PackTest, TakesWhatBelongsToThePackage) {
  std::string folder =
      FolderWith({"snow.toml", "README.md", "LICENSE", "CHANGELOG.md", "main.snow", "src/lib.snow",
                  "src/deep/x.snow", "src/.hidden", ".env", ".git/config", "tests/t.snow",
                  "snow.lock", "build/out", "pages/a.html", "pages/sub/b.html", "secret.txt"});
  Manifest manifest;
  EXPECT_THAT(Paths(PackPackage(folder, manifest)),
              ElementsAre("CHANGELOG.md", "LICENSE", "README.md", "main.snow", "snow.toml",
                          "src/deep/x.snow", "src/lib.snow"));
  manifest.include = {"pages/*.html", ".env"};
  EXPECT_THAT(Paths(PackPackage(folder, manifest)),
              ElementsAre("CHANGELOG.md", "LICENSE", "README.md", "main.snow", "pages/a.html",
                          "snow.toml", "src/deep/x.snow", "src/lib.snow"));
}

TEST(PackTest, SameFolderSameArchive) {
  std::vector<std::string> paths = {"snow.toml", "src/lib.snow", "src/a.snow"};
  std::string first = PackPackage(FolderWith(paths), {})->archive;
  EXPECT_EQ(PackPackage(FolderWith(paths), {})->archive, first);
}

TEST(PackTest, RefusesLinksAndPackagesWithoutCode) {
  std::string folder = FolderWith({"snow.toml"});
  EXPECT_THAT(Paths(PackPackage(folder, {})), ElementsAre(HasSubstr("no .snow file")));
  ASSERT_TRUE(MakeDirectories(JoinPath(folder, "src")).ok());
  ASSERT_EQ(::symlink("/etc/passwd", JoinPath(folder, "src/x.snow").c_str()), 0);
  EXPECT_THAT(Paths(PackPackage(folder, {})), ElementsAre(HasSubstr("is a link")));
}

std::string Check(const std::string& rest) {
  auto manifest =
      ParseManifest("[package]\nname = \"a\"\nversion = \"1.0.0\"\n" + rest, "snow.toml");
  EXPECT_TRUE(manifest.ok());
  Status status = CheckPublishable(*manifest);
  return status.ok() ? "" : status.error().ToString();
}

TEST(CheckPublishableTest, DependenciesNeedVersions) {
  EXPECT_EQ(Check("[dependencies]\nb = { path = \"b\", version = \"1\" }\n"), "");
  EXPECT_EQ(Check("[dev-dependencies]\nb = { path = \"b\" }\n"), "");
  EXPECT_THAT(Check("[dependencies]\nb = { path = \"b\" }\n"),
              HasSubstr("snow.toml:5:1: `b` comes"));
  EXPECT_THAT(Check("[dependencies]\nb = { git = \"b\" }\n"), HasSubstr("git repository"));
  EXPECT_THAT(Check("publish = false\n"), HasSubstr("publish = false"));
}

}  // namespace
}  // namespace snow::pkg
