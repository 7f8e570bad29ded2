#include "snowpkg/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "snowpkg/base/file.h"

namespace snow::pkg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<ArchiveFile> kFiles = {{"snow.toml", "name"}, {"src/a b.snow", "code"}};
const Digest kKey = Sha256Of("archive");

std::string FreshHome() { return ::testing::TempDir() + "store_" + RandomHex(8); }

TEST(StoreTest, PutAndFind) {
  Store store(FreshHome());
  EXPECT_EQ(store.Find(kKey), std::nullopt);
  Result<std::string> folder = store.Put(kKey, kFiles);
  ASSERT_TRUE(folder.ok()) << folder.error().ToString();
  EXPECT_EQ(store.Find(kKey), *folder);
  EXPECT_EQ(*ReadFile(JoinPath(*folder, "src/a b.snow")), "code");
  EXPECT_TRUE(store.Verify(kKey).ok());
  EXPECT_EQ(*store.ContentHash(kKey), TreeDigest(kFiles));
  EXPECT_TRUE(store.Put(kKey, kFiles).ok());
}

TEST(StoreTest, NothingStaysInTmp) {
  std::string home = FreshHome();
  ASSERT_TRUE(Store(home).Put(kKey, kFiles).ok());
  EXPECT_THAT(*ListDirectory(JoinPath(home, "tmp")), ElementsAre(".lock"));
  EXPECT_THAT(*ListDirectory(JoinPath(home, "store/" + kKey.Hex())),
              ElementsAre("files", "package"));
}

TEST(StoreTest, DamageIsFoundAndMended) {
  Store store(FreshHome());
  std::string folder = *store.Put(kKey, kFiles);
  std::string path = JoinPath(folder, "snow.toml");
  ASSERT_TRUE(WriteFileAtomically(path, "eman").ok());
  EXPECT_TRUE(store.Find(kKey).has_value());  // same size: found by Verify alone
  EXPECT_THAT(store.Verify(kKey).error().ToString(), HasSubstr("is not what was downloaded"));
  ASSERT_EQ(::unlink(path.c_str()), 0);
  EXPECT_FALSE(store.Find(kKey).has_value());
  ASSERT_TRUE(store.Put(kKey, kFiles).ok());
  EXPECT_TRUE(store.Verify(kKey).ok());
}

TEST(StoreTest, KilledWriterLeavesNothingInTheWay) {
  std::string home = FreshHome();
  std::string abandoned = JoinPath(home, "tmp/abandoned");
  // A child that dies in the middle of filling its folder, holding its lock.
  pid_t child = ::fork();
  if (child == 0) {
    if (!MakeDirectories(JoinPath(abandoned, "package")).ok()) ::_exit(1);
    if (!WriteNewFile(JoinPath(abandoned, ".lock"), "").ok()) ::_exit(1);
    if (!WriteNewFile(JoinPath(abandoned, "package/half"), "ha").ok()) ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_TRUE(Store(home).Put(kKey, kFiles).ok());
  EXPECT_FALSE(IsDirectory(abandoned));
}

TEST(StoreTest, ManyWritersOfOnePackage) {
  std::string home = FreshHome();
  std::vector<std::thread> threads;
  std::vector<std::string> errors(8);
  for (size_t i = 0; i < errors.size(); ++i) {
    threads.emplace_back([&, i] {
      Result<std::string> folder = Store(home).Put(kKey, kFiles);
      if (!folder.ok()) errors[i] = folder.error().ToString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(errors, ::testing::Each(""));
  EXPECT_TRUE(Store(home).Verify(kKey).ok());
  EXPECT_THAT(*ListDirectory(JoinPath(home, "tmp")), ElementsAre(".lock"));
}

TEST(StoreTest, HomeThatCannotBeWrittenIsOneError) {
  std::string home = FreshHome();
  ASSERT_TRUE(MakeDirectories(home).ok());
  ASSERT_TRUE(WriteNewFile(JoinPath(home, "tmp"), "a file in the way").ok());
  Result<std::string> folder = Store(home).Put(kKey, kFiles);
  ASSERT_FALSE(folder.ok());
  EXPECT_THAT(folder.error().ToString(), HasSubstr(home));
}

TEST(ReadFolderTest, TakesWhatItIsToldAndNoLinks) {
  std::string folder = FreshHome();
  ASSERT_TRUE(MakeDirectories(JoinPath(folder, "a/b")).ok());
  ASSERT_TRUE(WriteNewFile(JoinPath(folder, "a/b/c"), "1").ok());
  ASSERT_TRUE(WriteNewFile(JoinPath(folder, "z"), "2").ok());
  auto all = ReadFolder(folder, [](const std::string&) { return true; });
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(*all, (std::vector<ArchiveFile>{{"a/b/c", "1"}, {"z", "2"}}));
  auto some = ReadFolder(folder, [](const std::string& path) { return path != "a/"; });
  EXPECT_EQ(*some, (std::vector<ArchiveFile>{{"z", "2"}}));
  ASSERT_EQ(::symlink("/etc/passwd", JoinPath(folder, "link").c_str()), 0);
  EXPECT_FALSE(ReadFolder(folder, [](const std::string&) { return true; }).ok());
  EXPECT_TRUE(ReadFolder(folder, [](const std::string& path) { return path != "link"; }).ok());
}

}  // namespace
}  // namespace snow::pkg
