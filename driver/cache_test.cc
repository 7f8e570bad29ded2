#include "driver/cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <ctime>
#include <filesystem>

#include "snowpkg/base/file.h"

namespace snow::driver {
namespace {

class BuildCacheTest : public testing::Test {
 protected:
  BuildCacheTest() : root_(testing::TempDir() + "/cache") { std::filesystem::remove_all(root_); }

  BuildCache Open() {
    auto cache = BuildCache::Open(root_, "toolchain");
    EXPECT_TRUE(cache.ok());
    return *std::move(cache);
  }

  void SetAgeDays(const std::string& path, int days) {
    timespec times[2] = {};
    times[0].tv_sec = times[1].tv_sec = std::time(nullptr) - days * 24 * 60 * 60;
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }

  std::string root_;
};

TEST_F(BuildCacheTest, FindsWhatWasStored) {
  BuildCache cache = Open();
  EXPECT_FALSE(cache.Find("abc").has_value());
  cache.Store("abc", "bytes");
  EXPECT_EQ(Open().Find("abc"), "bytes");
}

TEST_F(BuildCacheTest, AnotherToolchainSharesNothing) {
  Open().Store("abc", "bytes");
  auto other = BuildCache::Open(root_, "other");
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE(other->Find("abc").has_value());
}

TEST_F(BuildCacheTest, AFileThatACrashCutShortCountsAsAbsent) {
  BuildCache cache = Open();
  cache.Store("abc", "bytes");
  std::filesystem::resize_file(root_ + "/toolchain/objects/abc.o", 3);
  EXPECT_FALSE(cache.Find("abc").has_value());
}

TEST_F(BuildCacheTest, TheFirstOfTwoEqualProgramsStays) {
  BuildCache cache = Open();
  for (const char* text : {"first", "second"}) {
    auto folder = cache.NewFolder();
    ASSERT_TRUE(folder.ok());
    ASSERT_TRUE(pkg::WriteNewFile(*folder + "/hello", text).ok());
    EXPECT_TRUE(cache.Publish(*folder, "key").ok());
    EXPECT_FALSE(pkg::FileExists(*folder));
  }
  EXPECT_EQ(*pkg::ReadFile(cache.ProgramFolder("key") + "/hello"), "first");
}

TEST_F(BuildCacheTest, PruningRemovesTheOldAndWhatIsAboveTheLimit) {
  BuildCache cache = Open();
  for (const char* key : {"fresh", "week", "month"}) cache.Store(key, std::string(1000, 'x'));
  SetAgeDays(root_ + "/toolchain/objects/week.o", 7);
  SetAgeDays(root_ + "/toolchain/objects/month.o", 40);
  cache.Prune(1 << 20, /*now=*/true);
  EXPECT_TRUE(pkg::FileExists(root_ + "/toolchain/objects/week.o"));
  EXPECT_FALSE(pkg::FileExists(root_ + "/toolchain/objects/month.o"));
  cache.Prune(1500, /*now=*/false);  // was done today
  EXPECT_TRUE(pkg::FileExists(root_ + "/toolchain/objects/week.o"));
  cache.Prune(1500, /*now=*/true);
  EXPECT_FALSE(pkg::FileExists(root_ + "/toolchain/objects/week.o"));
  EXPECT_TRUE(cache.Find("fresh").has_value());
}

}  // namespace
}  // namespace snow::driver
