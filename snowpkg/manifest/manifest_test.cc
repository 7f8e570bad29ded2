#include "snowpkg/manifest/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "snowpkg/manifest/edit.h"

namespace snow::pkg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kFull = R"([package]
name = "notes"
version = "0.3.1"
description = "Keeps notes"
license = "Apache-2.0"
authors = ["Zoé <zoe@example.org>"]
entry = "src/main.snow"
include = ["pages/**"]

[dependencies]
greetings = "1.2"
json_patch = { version = "~2.1", registry = "corp" }
local = { path = "../local" }
forge = { git = "https://example.org/forge.git", tag = "v1", version = "1" }

[dev-dependencies]
checks = "*"

[capabilities]
allow = ["net", "fs"]

[capabilities.packages]
greetings = []

[registries]
default = "https://registry.example.org/"
corp = { url = "file:///srv/snow", key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" }

[resolution]
min-age = "3d"
)";

TEST(ManifestTest, ReadsEverything) {
  Result<Manifest> manifest = ParseManifest(kFull, "snow.toml");
  ASSERT_TRUE(manifest.ok()) << manifest.error().ToString();
  EXPECT_EQ(manifest->name, "notes");
  EXPECT_EQ(manifest->version.ToString(), "0.3.1");
  EXPECT_EQ(manifest->entry, "src/main.snow");
  std::vector<std::string> lines;
  for (const Dependency& d : manifest->dependencies) lines.push_back(d.name + " " + d.Describe());
  EXPECT_THAT(lines,
              ElementsAre("greetings ^1.2", "json_patch ~2.1 from corp", "local path ../local",
                          "forge git https://example.org/forge.git tag v1, ^1"));
  EXPECT_EQ(manifest->dev_dependencies[0].Describe(), "*");
  EXPECT_EQ(manifest->allow->ToString(), "fs, net");
  EXPECT_TRUE(manifest->allow_package.at("greetings").empty());
  EXPECT_EQ(manifest->registries.at("default").url, "https://registry.example.org");
  EXPECT_EQ(manifest->min_age_seconds, 3 * 86400);
  EXPECT_EQ(manifest->dependencies[1].place, (Place{"snow.toml", 12, 1}));
}

struct BadCase {
  const char* text;
  const char* place;
  const char* message;
};

// Each text follows [package], name and version (three lines) unless it begins with '!'.
constexpr BadCase kBad[] = {
    {"!", "1:1", "neither [package] nor [workspace]"},
    {"![package]\nversion = \"1.0.0\"", "1:1", "needs a `name`"},
    {"![package]\nname = \"a\"", "1:1", "needs a `version`"},
    {"![package]\nname = \"My-App\"\nversion = \"1.0.0\"", "2:8", "`my_app` would do"},
    {"![package]\nname = \"a\"\nversion = \"1.0\"", "3:11", "three numbers"},
    {"![package]\nname = 3\nversion = \"1.0.0\"", "2:8", "must be a string, but it is an integer"},
    {"![package\n", "1:9", "not valid TOML"},
    {"!package = 1", "1:11", "must be a table"},
    {"!a = \xff", "1:4", "not valid TOML"},
    {"licence = \"MIT\"", "4:1", "did you mean `license`?"},
    {"authors = [1]", "4:11", "array of strings"},
    {"entry = \"../x.snow\"", "4:9", "inside the package"},
    {"entry = \"x.rs\"", "4:9", ".snow"},
    {"[dependancies]\na = \"1\"", "4:2", "did you mean `dependencies`?"},
    {"[dependencies]\nB = \"1\"", "5:1", "`b` would do"},
    {"[dependencies]\nb = \"1..2\"", "5:5", "not a version requirement"},
    {"[dependencies]\nb = 1", "5:5", "must be a version"},
    {"[dependencies]\nb = {}", "5:1", "needs `version`, `path` or `git`"},
    {"[dependencies]\nb = { pth = \"x\" }", "5:7", "did you mean `path`?"},
    {"[dependencies]\nb = { path = \"x\", git = \"y\" }", "5:1", "more than one of"},
    {"[dependencies]\nb = { path = \"\" }", "5:14", "`path` is empty"},
    {"[dependencies]\nb = { version = \"1\", tag = \"y\" }", "5:1", "need `git`"},
    {"[dependencies]\nb = { git = \"x\", tag = \"y\", rev = \"z\" }", "5:1", "only one of"},
    {"[dependencies]\nb = \"1\"\nb = \"2\"", "6:5", "not valid TOML"},
    {"[dependencies]\na = \"1\"", "5:1", "cannot depend on itself"},
    {"[dependencies]\nb = \"1\"\n[dev-dependencies]\nb = \"1\"", "7:1", "both a dependency and"},
    {"[capabilities]\nallow = [\"nte\"]", "5:10", "did you mean `net`?"},
    {"[capabilities]\nallow = \"net\"", "5:9", "array of strings"},
    {"[capabilities]\nallow = [1]", "5:10", "not a capability"},
    {"[registries]\nx = \"ftp://a\"", "5:1", "must begin with"},
    {"[registries]\nx = { url = \"https://a\", key = \"abc\" }", "5:1", "32 bytes"},
    {"[resolution]\nmin-age = \"soon\"", "5:11", "min-age"},
};

TEST(ManifestTest, ErrorsHavePlaceAndAdvice) {
  for (const BadCase& bad : kBad) {
    std::string text =
        bad.text[0] == '!'
            ? std::string(bad.text + 1)
            : std::string("[package]\nname = \"a\"\nversion = \"1.0.0\"\n") + bad.text;
    Result<Manifest> manifest = ParseManifest(text, "snow.toml");
    ASSERT_FALSE(manifest.ok()) << text;
    EXPECT_THAT(manifest.error().ToString(), HasSubstr(bad.message)) << text;
    EXPECT_EQ(manifest.error().place().ToString(), std::string("snow.toml:") + bad.place) << text;
  }
}

TEST(ManifestTest, WorkspaceWithoutPackage) {
  Result<Manifest> manifest = ParseManifest("[workspace]\nmembers = [\"a\", \"libs/*\"]\n", "f");
  ASSERT_TRUE(manifest.ok());
  EXPECT_FALSE(manifest->has_package);
  EXPECT_THAT(manifest->members, ElementsAre("a", "libs/*"));
  EXPECT_FALSE(ParseManifest("[workspace]\n[dependencies]\na = \"1\"\n", "f").ok());
}

TEST(ManifestTest, HugeAndDeepInputIsAnError) {
  EXPECT_FALSE(ParseManifest(std::string(2 << 20, '#'), "f").ok());
  EXPECT_FALSE(ParseManifest("a = " + std::string(100000, '['), "f").ok());
  std::string tables = "a";
  for (int i = 0; i < 20000; ++i) tables += ".a";
  Result<Manifest> dotted = ParseManifest("[" + tables + "]\n", "f");
  ASSERT_FALSE(dotted.ok());
  EXPECT_THAT(dotted.error().ToString(), HasSubstr("f:1:1: this line nests too deeply"));
}

TEST(ManifestTest, DotsInStringsAndCommentsDoNotNest) {
  std::string dots(1000, '.');
  std::string head = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n";
  for (std::string line :
       {"description = \"" + dots + "\"", "description = '" + dots + "'", "# " + dots,
        "description = \"\"\"\n\\\"" + dots + "\"\"\"\"\"", "description = '''" + dots + "'''",
        "description = \"\\\"" + dots + "\""}) {
    EXPECT_TRUE(ParseManifest(head + line + "\n", "f").ok()) << line;
    EXPECT_FALSE(ParseManifest(head + line + "\na." + dots + " = 1\n", "f").ok()) << line;
  }
}

TEST(NameTest, NamesAndModules) {
  EXPECT_TRUE(IsPackageName("json_patch2"));
  for (std::string name : {"", "A", "1a", "a__b", "a_", "_a", "a-b", "a.b", "\xC3\xA9"}) {
    EXPECT_FALSE(IsPackageName(name)) << name;
  }
  EXPECT_FALSE(IsPackageName(std::string(65, 'a')));
  EXPECT_EQ(ModuleName("json_patch"), "JsonPatch");
  EXPECT_EQ(ModuleName("a2_b"), "A2B");
}

Dependency Registry(const std::string& name, const std::string& requirement) {
  Dependency dependency;
  dependency.name = name;
  dependency.requirement = *Requirement::Parse(requirement);
  dependency.has_version = true;
  return dependency;
}

constexpr const char* kHead = "[package] # mine\nname = \"a\"\nversion = \"1.0.0\"\n";

std::string Add(const std::string& text, const Dependency& dependency, bool dev = false) {
  Result<std::string> edited = WithDependency(text, "snow.toml", dependency, dev);
  return edited.ok() ? *edited : edited.error().ToString();
}

std::string Remove(const std::string& text, const std::string& name) {
  Result<std::string> edited = WithoutDependency(text, "snow.toml", name);
  return edited.ok() ? *edited : edited.error().ToString();
}

TEST(EditTest, AddMakesTheSection) {
  EXPECT_EQ(Add(kHead, Registry("b", "^1.2")),
            std::string(kHead) + "\n[dependencies]\nb = \"1.2\"\n");
  EXPECT_EQ(Add(std::string(kHead) + "license = \"x\"", Registry("b", "=1.2.0"), true),
            std::string(kHead) + "license = \"x\"\n\n[dev-dependencies]\nb = \"=1.2.0\"\n");
}

TEST(EditTest, AddKeepsCommentsAndOrder) {
  std::string text = std::string(kHead) +
                     "\n[dependencies] # all\n# the first\nb = \"1\" # one\n\n# later\n"
                     "d = { path = \"d\" }\n\n# end\n[capabilities]\nallow = []\n";
  EXPECT_EQ(Add(text, Registry("c", "2")),
            std::string(kHead) +
                "\n[dependencies] # all\n# the first\nb = \"1\" # one\nc = \"2\"\n\n# later\n"
                "d = { path = \"d\" }\n\n# end\n[capabilities]\nallow = []\n");
  EXPECT_EQ(Add(text, Registry("z", "2")),
            std::string(kHead) +
                "\n[dependencies] # all\n# the first\nb = \"1\" # one\n\n# later\n"
                "d = { path = \"d\" }\nz = \"2\"\n\n# end\n[capabilities]\nallow = []\n");
}

TEST(EditTest, AddBehindTheLastOfAnUnsortedSection) {
  std::string text = std::string(kHead) + "[dependencies]\nz = \"1\"\nb = '''\n1'''";
  EXPECT_EQ(Add(text, Registry("c", "2")), text + "\nc = \"2\"\n");
}

TEST(EditTest, AddReplacesTheValueAlone) {
  std::string text = std::string(kHead) + "[dependencies]\nb   =  \"1\"   # why\nc = \"1\"\n";
  EXPECT_EQ(Add(text, Registry("b", ">=1.0, <3")),
            std::string(kHead) + "[dependencies]\nb   =  \">=1.0, <3\"   # why\nc = \"1\"\n");
  Dependency git;
  git.name = "b";
  git.git = "https://x/\"y";
  git.tag = "v1";
  EXPECT_EQ(Add(text, git), std::string(kHead) +
                                "[dependencies]\nb   =  { git = \"https://x/\\\"y\", tag = \"v1\" }"
                                "   # why\nc = \"1\"\n");
}

TEST(EditTest, AddBeforeSubTablesAndWithCrLf) {
  std::string text = std::string(kHead) + "[dependencies]\n[dependencies.c]\nversion = \"1\"\n";
  EXPECT_EQ(Add(text, Registry("z", "2")),
            std::string(kHead) + "[dependencies]\nz = \"2\"\n[dependencies.c]\nversion = \"1\"\n");
  EXPECT_EQ(Add("[package]\r\nname = \"a\"\r\nversion = \"1.0.0\"\r\n", Registry("b", "1")),
            "[package]\r\nname = \"a\"\r\nversion = \"1.0.0\"\r\n\r\n[dependencies]\r\n"
            "b = \"1\"\r\n");
}

TEST(EditTest, FormsThatOnlyAPersonCanEditAreRefused) {
  for (std::string section : {"[dependencies.b]\nversion = \"1\"\n", "dependencies.c = \"1\"\n",
                              "dependencies = { c = \"1\" }\n"}) {
    std::string text = section[0] == '[' ? kHead + section : section + kHead;
    std::string answer = Add(text, Registry("b", "2"));
    EXPECT_THAT(answer, HasSubstr("write b = \"2\" into [dependencies]")) << section;
  }
}

TEST(EditTest, RemoveTakesTheLineAlone) {
  std::string text =
      std::string(kHead) + "[dependencies]\n# first\nb = \"1\" # one\nc = [\n] # odd\n";
  EXPECT_THAT(Remove(text, "b"), HasSubstr("must be a version"));  // the file is invalid as it is
  text = std::string(kHead) + "[dependencies]\n# first\nb = \"1\" # one\nc = \"1\"";
  EXPECT_EQ(Remove(text, "b"), std::string(kHead) + "[dependencies]\n# first\nc = \"1\"");
  EXPECT_EQ(Remove(text, "c"), std::string(kHead) + "[dependencies]\n# first\nb = \"1\" # one\n");
  EXPECT_THAT(Remove(text, "d"), HasSubstr("`d` is not a dependency"));
}

TEST(EditTest, RemoveTakesAWholeSubTable) {
  std::string text = std::string(kHead) +
                     "[dependencies.b]\nversion = \"1\" # x\npath = \"y\"\n\n[capabilities]\n";
  EXPECT_EQ(Remove(text, "b"), std::string(kHead) + "\n[capabilities]\n");
}

TEST(EditTest, RemoveFindsDevDependencies) {
  std::string text = std::string(kHead) + "[dev-dependencies]\nb = \"1\"\n";
  EXPECT_EQ(Remove(text, "b"), std::string(kHead) + "[dev-dependencies]\n");
}

}  // namespace
}  // namespace snow::pkg
