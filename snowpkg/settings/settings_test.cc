#include "snowpkg/settings/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "snowpkg/base/file.h"
#include "snowpkg/base/hash.h"

namespace snow::pkg {
namespace {

using ::testing::HasSubstr;

std::string FreshHome() { return ::testing::TempDir() + "settings_" + RandomHex(8); }

TEST(SettingsTest, TokensComeAndGo) {
  std::string home = FreshHome();
  EXPECT_EQ(*LoadToken(home, "https://a"), std::nullopt);
  ASSERT_TRUE(SaveToken(home, "https://a", "one").ok());
  ASSERT_TRUE(SaveToken(home, "https://b", "two \"quoted\"").ok());
  EXPECT_EQ(*LoadToken(home, "https://a"), "one");
  EXPECT_EQ(*LoadToken(home, "https://b"), "two \"quoted\"");
  EXPECT_TRUE(*RemoveToken(home, "https://a"));
  EXPECT_FALSE(*RemoveToken(home, "https://a"));
  EXPECT_EQ(*LoadToken(home, "https://a"), std::nullopt);
  struct stat info{};
  ASSERT_EQ(::stat(JoinPath(home, "credentials.toml").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(SettingsTest, DefaultRegistryKeepsTheRestOfTheFile) {
  std::string home = FreshHome();
  std::string path = JoinPath(home, "config.toml");
  EXPECT_TRUE(LoadUserRegistries(home)->empty());
  ASSERT_TRUE(WriteDefaultRegistry(home, "https://a").ok());
  EXPECT_EQ(*ReadFile(path), "[registries]\ndefault = \"https://a\"\n");
  ASSERT_TRUE(WriteFileAtomically(path, "# mine\n[registries] # all\ncorp = \"https://c\"").ok());
  ASSERT_TRUE(WriteDefaultRegistry(home, "https://b").ok());
  EXPECT_EQ(*ReadFile(path),
            "# mine\n[registries] # all\ndefault = \"https://b\"\ncorp = \"https://c\"");
  EXPECT_EQ(LoadUserRegistries(home)->at("default").url, "https://b");
}

TEST(SettingsTest, DamagedFilesAreNamed) {
  std::string home = FreshHome();
  ASSERT_TRUE(MakeDirectories(home).ok());
  ASSERT_TRUE(WriteFileAtomically(JoinPath(home, "config.toml"), "[registry]\n").ok());
  EXPECT_THAT(LoadUserRegistries(home).error().ToString(), HasSubstr("config.toml:1:2"));
  ASSERT_TRUE(WriteFileAtomically(JoinPath(home, "credentials.toml"), "[tokens]\na = 1\n").ok());
  EXPECT_THAT(LoadToken(home, "a").error().ToString(), HasSubstr("credentials.toml:2:5"));
  ASSERT_TRUE(WriteFileAtomically(JoinPath(home, "config.toml"), "registries = {}\n").ok());
  EXPECT_THAT(WriteDefaultRegistry(home, "https://a").error().ToString(),
              HasSubstr("write default"));
}

}  // namespace
}  // namespace snow::pkg
