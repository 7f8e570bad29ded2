#include "snowpkg/lockfile/lockfile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

using ::testing::HasSubstr;

constexpr const char* kText =
    R"(# The exact packages of this project, written by snow. Keep it under version control, change
# it with `snow add`, `snow remove` and `snow update`.
format = 1

[[local]]
name = "notes"
path = "."
needs = ["forge git https://x/y tag v1", "greetings ^0.1"]
dev-needs = ["checks *"]

[[registry]]
url = "https://registry.example.org"
key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

[[package]]
name = "checks"
version = "2.0.0-beta.1"
registry = "https://registry.example.org"
checksum = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
capabilities = ["fs", "net"]
dependencies = ["greetings"]

[[package]]
name = "forge"
version = "1.0.0"
git = "https://x/y"
reference = "tag v1"
commit = "0123456789abcdef0123456789abcdef01234567"
checksum = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
capabilities = []
dependencies = []

[[package]]
name = "greetings"
version = "0.1.0"
registry = "https://registry.example.org"
checksum = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
capabilities = []
dependencies = []
)";

TEST(LockfileTest, WritesWhatItReads) {
  Result<Lockfile> lock = ParseLockfile(kText, "snow.lock");
  ASSERT_TRUE(lock.ok()) << lock.error().ToString();
  EXPECT_EQ(WriteLockfile(*lock), kText);
  EXPECT_EQ(lock->Find("checks")->capabilities.ToString(), "fs, net");
  EXPECT_EQ(lock->Find("forge")->reference, "tag v1");
  EXPECT_EQ(lock->Find("nothing"), nullptr);
}

TEST(LockfileTest, OrderOfTheListsDoesNotMatter) {
  Lockfile lock = *ParseLockfile(kText, "snow.lock");
  std::reverse(lock.packages.begin(), lock.packages.end());
  std::reverse(lock.locals[0].needs.begin(), lock.locals[0].needs.end());
  EXPECT_EQ(WriteLockfile(lock), kText);
}

TEST(LockfileTest, EachKeyStandsOnOneLine) {
  for (std::string_view line : Split(kText, '\n')) {
    bool plain = line.empty() || line[0] == '#' || line.starts_with("[[") ||
                 line.find(" = ") != std::string_view::npos;
    EXPECT_TRUE(plain) << line;
  }
}

std::string Replaced(std::string from, std::string to) {
  std::string text = kText;
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(LockfileTest, DamageIsOneErrorWithPlace) {
  struct Case {
    std::string text;
    std::string message;
  };
  std::vector<Case> cases = {
      {"", "lacks its `format`"},
      {"format = 2", "format 1 only"},
      {"<<<<<<< HEAD\n", "unfinished merge"},
      {Replaced("format = 1", "format = "), "not valid TOML"},
      {Replaced("name = \"notes\"", "name = \"No\""), "no package name"},
      {Replaced("path = \".\"\n", ""), "`path` is missing"},
      {Replaced("version = \"1.0.0\"", "version = \"1\""), "`forge`: `1` is not a version"},
      {Replaced("sha256:e3b0", "sha256:E3B0"), "64 hexadecimal digits"},
      {Replaced("[\"fs\", \"net\"]", "[\"telepathy\"]"), "not a capability"},
      {Replaced("dependencies = [\"greetings\"]", "dependencies = [\"x\"]"), "lacks"},
      {Replaced("name = \"forge\"", "name = \"checks\""), "occurs twice"},
      {Replaced("commit = \"0123456789abcdef0123456789abcdef01234567\"\n", ""), "git commit"},
      {Replaced("git = \"https://x/y\"", "git = \"https://x/y\"\nregistry = \"y\""), "not both"},
      {Replaced("checksum", "cheksum"), "did you mean"},
      {Replaced("key = \"11", "key = \"1"), "32 bytes"},
      {"format = 1\npackage = 3\n", "must be [[package]]"},
  };
  for (const Case& bad : cases) {
    Result<Lockfile> lock = ParseLockfile(bad.text, "snow.lock");
    ASSERT_FALSE(lock.ok()) << bad.message;
    EXPECT_EQ(lock.error().kind(), ErrorKind::kLockfile);
    std::string text = lock.error().ToString();
    EXPECT_THAT(text, HasSubstr("snow.lock:"));
    if (bad.message == "did you mean")
      continue;  // its advice is replaced by how to get a good file
    EXPECT_THAT(text, HasSubstr(bad.message));
  }
}

Manifest Parse(const std::string& dependencies) {
  auto manifest = ParseManifest("[package]\nname = \"notes\"\nversion = \"1.0.0\"\n" + dependencies,
                                "snow.toml");
  EXPECT_TRUE(manifest.ok()) << manifest.error().ToString();
  return *manifest;
}

TEST(DriftTest, SaysWhatChanged) {
  Lockfile lock;
  lock.locals = {DescribeLocal(Parse("[dependencies]\na = \"1\"\n"), ".")};
  EXPECT_EQ(FindDrift(lock, lock.locals), "it lacks `a`, which `notes` needs");
  lock.packages.push_back({});
  lock.packages[0].name = "a";
  auto drift = [&](const std::string& dependencies, const std::string& path = ".") {
    return FindDrift(lock, {DescribeLocal(Parse(dependencies), path)});
  };
  EXPECT_EQ(drift("[dependencies]\na = \"^1\" # the same\n"), "");
  EXPECT_EQ(drift("[dependencies]\na = \"1.2\"\n"), "`notes` now needs a ^1.2");
  EXPECT_EQ(drift("[dependencies]\n"), "`notes` no longer needs a ^1");
  EXPECT_EQ(drift("[dependencies]\na = \"1\"\n[dev-dependencies]\nb = { path = \"x\" }\n"),
            "`notes` now needs b path x");
  EXPECT_EQ(drift("[dependencies]\na = \"1\"\n", "moved"), "`notes` has moved to moved");
  EXPECT_EQ(FindDrift(lock, {}), "`notes` is gone");
  EXPECT_EQ(FindDrift({}, lock.locals), "`notes` is new");
}

}  // namespace
}  // namespace snow::pkg
