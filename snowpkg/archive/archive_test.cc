#include "snowpkg/archive/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "snowpkg/archive/compression.h"
#include "snowpkg/archive/tar.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/process.h"

namespace snow::pkg {
namespace {

using ::testing::HasSubstr;

const std::vector<ArchiveFile> kFiles = {
    {"snow.toml", "[package]\n"},
    {"src/lib.snow", "pub fn f() = 1\n"},
    {"src/empty.snow", ""},
    {"assets/" + std::string(120, 'd') + "/" + std::string(90, 'f'), std::string(513, 'x')},
};

TEST(ArchiveTest, ComesBackSorted) {
  Result<std::string> archive = PackArchive(kFiles);
  ASSERT_TRUE(archive.ok()) << archive.error().ToString();
  Result<std::vector<ArchiveFile>> files = UnpackArchive(*archive);
  ASSERT_TRUE(files.ok()) << files.error().ToString();
  ASSERT_EQ(files->size(), 4u);
  EXPECT_EQ((*files)[0], kFiles[3]);
  EXPECT_EQ((*files)[1], kFiles[0]);
  EXPECT_EQ((*files)[2], kFiles[2]);
  EXPECT_EQ((*files)[3], kFiles[1]);
}

TEST(ArchiveTest, SameFilesSameBytes) {
  std::vector<ArchiveFile> reversed(kFiles.rbegin(), kFiles.rend());
  EXPECT_EQ(*PackArchive(kFiles), *PackArchive(reversed));
  EXPECT_EQ(TreeDigest(kFiles), TreeDigest(reversed));
  reversed[0].bytes += "x";
  EXPECT_NE(TreeDigest(kFiles), TreeDigest(reversed));
}

TEST(ArchiveTest, OtherTarReadsIt) {
  std::string path = ::testing::TempDir() + "other.tar";
  ASSERT_TRUE(WriteFileAtomically(path, *WriteTar(kFiles)).ok());
  auto listing = RunProcess({"tar", "-tf", path});
  ASSERT_TRUE(listing.ok());
  EXPECT_EQ(listing->exit_code, 0) << listing->err;
  EXPECT_THAT(listing->out, HasSubstr("src/lib.snow\n"));
  EXPECT_THAT(listing->out, HasSubstr(kFiles[3].path + "\n"));
}

// The error of an archive whose tar holds one file of that path.
std::string ErrorOfPath(const std::string& path) {
  auto files = UnpackArchive(*Compress(*WriteTar({{path, "x"}})));
  return files.ok() ? "" : files.error().ToString();
}

TEST(ArchiveTest, UnsafePathsAreRefused) {
  for (std::string path : {"/etc/passwd", "../x", "a/../b", "a/./b", "a//b", "a/", ".", "..",
                           "a\\b", "c:x", "a\nb", "\xff", "a/.."}) {
    EXPECT_THAT(ErrorOfPath(path), HasSubstr("the path")) << path;
    EXPECT_FALSE(PackArchive({{path, "x"}}).ok()) << path;
  }
  EXPECT_EQ(ErrorOfPath(".gitignore"), "");
  EXPECT_EQ(ErrorOfPath("a/...b"), "");
}

TEST(ArchiveTest, CollidingPathsAreRefused) {
  auto error = [](const std::vector<ArchiveFile>& files) {
    auto result = UnpackArchive(*Compress(*WriteTar(files)));
    return result.ok() ? "" : result.error().ToString();
  };
  EXPECT_THAT(error({{"a", ""}, {"a", ""}}), HasSubstr("occurs twice"));
  EXPECT_THAT(error({{"a/B", ""}, {"A/b", ""}}), HasSubstr("occurs twice"));
  EXPECT_THAT(error({{"a", ""}, {"a/b", ""}}), HasSubstr("both a file and a folder"));
  EXPECT_THAT(error({{"a/b/c", ""}, {"A/b", ""}}), HasSubstr("both a file and a folder"));
}

// A tar of one entry with a byte of its header changed and the checksum put right.
std::string TarWith(size_t offset, std::string_view bytes) {
  std::string tar = *WriteTar({{"link", "target"}});
  tar.replace(offset, bytes.size(), bytes);
  std::fill_n(tar.begin() + 148, 8, ' ');
  unsigned sum = 0;
  for (size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(tar[i]);
  char text[8];
  std::snprintf(text, sizeof(text), "%06o", sum);
  tar.replace(148, 7, text, 7);
  return tar;
}

TEST(ArchiveTest, OnlyPlainFiles) {
  for (char type : {'1', '2', '3', '4', '5', '6', '7', 'x', 'g', 'L', 'K', 'S'}) {
    auto files = ReadTar(TarWith(156, std::string(1, type)), 10);
    ASSERT_FALSE(files.ok()) << type;
    EXPECT_THAT(files.error().ToString(), HasSubstr("plain files only"));
  }
  EXPECT_TRUE(ReadTar(TarWith(156, std::string(1, '\0')), 10).ok());
}

TEST(ArchiveTest, DamagedTar) {
  std::string tar = *WriteTar({{"a", "text"}});
  EXPECT_TRUE(ReadTar(tar, 10).ok());
  EXPECT_FALSE(ReadTar(tar, 0).ok());
  EXPECT_FALSE(ReadTar("", 10).ok());
  for (size_t size : {1u, 511u, 512u, 600u, 1024u, 1535u}) {
    EXPECT_FALSE(ReadTar(tar.substr(0, size), 10).ok()) << size;
  }
  EXPECT_FALSE(ReadTar(tar + "x", 10).ok());
  EXPECT_TRUE(ReadTar(tar + std::string(512, '\0'), 10).ok());
  std::string damaged = tar;
  damaged[0] = 'b';
  EXPECT_THAT(ReadTar(damaged, 10).error().ToString(), HasSubstr("checksum"));
  EXPECT_FALSE(ReadTar(TarWith(124, "77777777777"), 10).ok());  // size beyond the end
  EXPECT_FALSE(ReadTar(TarWith(124, "\x80\xff"), 10).ok());     // binary size of GNU tar
  EXPECT_FALSE(ReadTar(TarWith(257, "gnutar  "), 10).ok());
}

TEST(ArchiveTest, LimitsHoldWhileReading) {
  std::string bomb = *Compress(std::string(size_t{50} << 20, '\0'));
  EXPECT_LT(bomb.size(), 20'000u);
  ArchiveLimits limits;
  limits.total_bytes = 1 << 20;
  EXPECT_THAT(UnpackArchive(bomb, limits).error().ToString(), HasSubstr("more than 1048576 bytes"));
  limits = {};
  limits.file_bytes = 100;
  std::string archive = *PackArchive({{"a", std::string(101, 'x')}, {"b", ""}});
  EXPECT_THAT(UnpackArchive(archive, limits).error().ToString(), HasSubstr("larger than 100"));
  limits = {};
  limits.files = 1;
  EXPECT_FALSE(UnpackArchive(archive, limits).ok());
  EXPECT_FALSE(PackArchive({{"a", ""}, {"b", ""}}, limits).ok());
}

TEST(ArchiveTest, DamagedCompression) {
  std::string archive = *PackArchive(kFiles);
  for (size_t size = 0; size < archive.size(); size += 7) {
    EXPECT_FALSE(UnpackArchive(archive.substr(0, size)).ok()) << size;
  }
  for (size_t i = 0; i < archive.size(); i += 5) {
    std::string damaged = archive;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
    auto files = UnpackArchive(damaged);
    // A flip that changes nothing of the content is possible, one that changes it is not.
    if (files.ok()) EXPECT_EQ(TreeDigest(*files), TreeDigest(kFiles)) << i;
  }
  EXPECT_THAT(UnpackArchive(archive + "x").error().ToString(), HasSubstr("behind its end"));
  EXPECT_FALSE(UnpackArchive(archive + archive).ok());
  EXPECT_FALSE(UnpackArchive("<html>not found</html>").ok());
}

TEST(ArchiveTest, LongPathsThatTarCannotHold) {
  EXPECT_FALSE(PackArchive({{std::string(101, 'a'), ""}}).ok());
  EXPECT_FALSE(PackArchive({{std::string(300, 'a'), ""}}).ok());
  EXPECT_TRUE(PackArchive({{std::string(100, 'a'), ""}}).ok());
}

}  // namespace
}  // namespace snow::pkg
