#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>

#include "snowpkg/base/directory_lock.h"
#include "snowpkg/base/encoding.h"
#include "snowpkg/base/file.h"
#include "snowpkg/base/hash.h"
#include "snowpkg/base/json.h"
#include "snowpkg/base/process.h"
#include "snowpkg/base/result.h"
#include "snowpkg/base/text.h"
#include "snowpkg/base/time.h"

namespace snow::pkg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string FreshDirectory() {
  std::string path = ::testing::TempDir() + "base_" + RandomHex(8);
  EXPECT_TRUE(MakeDirectories(path).ok());
  return path;
}

TEST(ErrorTest, ChainIsPrintedOutermostFirst) {
  Error error = Error(ErrorKind::kNetwork, "connection refused")
                    .At({"snow.toml", 3, 7})
                    .Help("start the registry")
                    .Because("cannot fetch greetings");
  EXPECT_EQ(error.ToString(),
            "snow.toml:3:7: cannot fetch greetings\n"
            "  caused by: connection refused\n"
            "  help: start the registry");
  EXPECT_EQ(error.kind(), ErrorKind::kNetwork);
}

Result<int> Half(int n) {
  if (n % 2 != 0) return Error(ErrorKind::kUsage, "odd");
  return n / 2;
}

Result<int> Quarter(int n) {
  SNOW_PKG_ASSIGN(int half, Half(n));
  return Half(half);
}

TEST(ResultTest, AssignPassesErrorsOn) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(6).error().message(), "odd");
}

TEST(TextTest, NearestFindsTyposAndNothingFar) {
  std::vector<std::string> keys = {"name", "version", "license"};
  EXPECT_EQ(Nearest("licence", keys), "license");
  EXPECT_EQ(Nearest("nmae", keys), "name");
  EXPECT_EQ(Nearest("dependencies", keys), "");
}

TEST(TextTest, Utf8) {
  EXPECT_TRUE(IsUtf8("Zoé \xF0\x9F\x98\x80"));
  EXPECT_FALSE(IsUtf8("\xC0\x80"));          // overlong
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(IsUtf8("\xF4\x90\x80\x80"));  // beyond Unicode
  EXPECT_FALSE(IsUtf8("\xE2\x82"));          // cut
}

TEST(TextTest, ParseUnsignedRefusesOverflowAndSigns) {
  EXPECT_EQ(ParseUnsigned("18446744073709551615"), 18446744073709551615u);
  EXPECT_EQ(ParseUnsigned("18446744073709551616"), std::nullopt);
  EXPECT_EQ(ParseUnsigned("-1"), std::nullopt);
  EXPECT_EQ(ParseUnsigned(""), std::nullopt);
}

TEST(TextTest, ExcerptCutsBetweenCharacters) {
  EXPECT_EQ(Excerpt("abé", 3), "ab...");
  EXPECT_EQ(Excerpt("a\x1b[31mb"), "a [31mb");
}

TEST(EncodingTest, Base64VectorsOfRfc4648) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("f"), "Zg==");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foobar"), "Zm9vYmFy");
  for (std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    EXPECT_EQ(Base64Decode(Base64Encode(text)), text);
  }
}

TEST(EncodingTest, Base64RefusesOtherSpellings) {
  for (std::string text : {"Zg=", "Zh==", "Z===", "Zg==Zg==", "Zm9 ", "====", "=Zg="}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
}

TEST(EncodingTest, Hex) {
  EXPECT_EQ(HexEncode(std::string("\x00\xff", 2)), "00ff");
  EXPECT_EQ(HexDecode("00Ff"), std::string("\x00\xff", 2));
  EXPECT_EQ(HexDecode("0"), std::nullopt);
  EXPECT_EQ(HexDecode("0g"), std::nullopt);
}

TEST(HashTest, Sha256Vectors) {
  EXPECT_EQ(Sha256Of("").Hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Of("abc").Hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 pieces;
  pieces.Update("a");
  pieces.Update("bc");
  EXPECT_EQ(pieces.Finish(), Sha256Of("abc"));
}

TEST(HashTest, TaggedFormHasOneSpelling) {
  Digest digest = Sha256Of("x");
  EXPECT_EQ(Digest::FromTagged(digest.Tagged()), digest);
  std::string upper = digest.Tagged();
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'f' ? c - 32 : c);
  EXPECT_EQ(Digest::FromTagged(upper), std::nullopt);
  EXPECT_EQ(Digest::FromTagged(digest.Hex()), std::nullopt);
}

TEST(HashTest, Ed25519VectorOfRfc8032) {
  std::string seed = *HexDecode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  std::string key = Ed25519PublicKey(seed);
  EXPECT_EQ(HexEncode(key), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  std::string signature = Ed25519Sign(seed, "");
  EXPECT_EQ(
      HexEncode(signature),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
      "1cf9b46bd25bf5f0595bbe24655141438e7a100b");
  EXPECT_TRUE(Ed25519Verify(key, "", signature));
  EXPECT_FALSE(Ed25519Verify(key, "x", signature));
  EXPECT_FALSE(Ed25519Verify(key, "", signature.substr(1)));
}

TEST(FileTest, AtomicWriteReplacesAndLeavesNothingBeside) {
  std::string folder = FreshDirectory();
  std::string path = JoinPath(folder, "file");
  ASSERT_TRUE(WriteFileAtomically(path, "one").ok());
  ASSERT_TRUE(WriteFileAtomically(path, "two").ok());
  EXPECT_EQ(ReadFile(path).value(), "two");
  EXPECT_THAT(ListDirectory(folder).value(), ElementsAre("file"));
}

TEST(FileTest, AtomicWriteThatFailsKeepsTheOldFile) {
  std::string folder = FreshDirectory();
  std::string path = JoinPath(folder, "file");
  ASSERT_TRUE(MakeDirectories(JoinPath(path, "inner")).ok());  // a folder cannot be replaced
  Status status = WriteFileAtomically(path, "text");
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().ToString(), HasSubstr(path));
  EXPECT_THAT(ListDirectory(folder).value(), ElementsAre("file"));
}

TEST(FileTest, ReadNamesPathAndReason) {
  Result<std::string> text = ReadFile("/nonexistent/file");
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().ToString(), "cannot read /nonexistent/file: No such file or directory");
  std::string path = JoinPath(FreshDirectory(), "long");
  ASSERT_TRUE(WriteNewFile(path, "12345").ok());
  EXPECT_FALSE(ReadFile(path, 4).ok());
  EXPECT_TRUE(ReadFile(path, 5).ok());
  EXPECT_FALSE(ReadFile(FreshDirectory()).ok());
}

TEST(FileTest, Paths) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "/b"), "/b");
  EXPECT_EQ(ParentPath("/a"), "/");
  EXPECT_EQ(ParentPath("a"), ".");
  EXPECT_EQ(BaseName("a/b"), "b");
  EXPECT_EQ(AbsolutePath("/a/./b/../c/"), "/a/c");
  EXPECT_EQ(RelativePath("/a/c", "/a/b"), "../c");
}

TEST(DirectoryLockTest, SecondHolderWaitsAndIsTold) {
  std::string folder = FreshDirectory();
  std::promise<void> told;
  std::future<void> waiting = told.get_future();
  std::optional<DirectoryLock> first;
  first.emplace(DirectoryLock::Acquire(folder, ".lock", nullptr).value());
  EXPECT_FALSE(DirectoryLock::TryAcquire(folder, ".lock").value().has_value());
  std::future<bool> second = std::async(std::launch::async, [&] {
    return DirectoryLock::Acquire(folder, ".lock", [&] { told.set_value(); }).ok();
  });
  waiting.wait();
  first.reset();
  EXPECT_TRUE(second.get());
}

TEST(DirectoryLockTest, EndOfProcessFreesIt) {
  std::string folder = FreshDirectory();
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  pid_t child = ::fork();
  if (child == 0) {
    auto lock = DirectoryLock::Acquire(folder, ".lock", nullptr);
    char byte = lock.ok() ? 'y' : 'n';
    if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  EXPECT_FALSE(DirectoryLock::TryAcquire(folder, ".lock").value().has_value());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(DirectoryLock::TryAcquire(folder, ".lock").value().has_value());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(ProcessTest, InputOutputErrorAndExitCode) {
  ProcessOptions options;
  options.input = "hello";
  options.environment = {{"WORD", "world"}};
  auto output = RunProcess({"sh", "-c", "cat; printf \" $WORD\"; echo oops >&2; exit 3"}, options);
  ASSERT_TRUE(output.ok()) << output.error().ToString();
  EXPECT_EQ(output->out, "hello world");
  EXPECT_EQ(output->err, "oops\n");
  EXPECT_EQ(output->exit_code, 3);
}

TEST(ProcessTest, ChildThatReadsNothingDoesNotKillUs) {
  ProcessOptions options;
  options.input = std::string(1 << 20, 'x');
  auto output = RunProcess({"sh", "-c", "exec 0<&-; echo done"}, options);
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->out, "done\n");
}

TEST(ProcessTest, Limits) {
  ProcessOptions options;
  options.output_limit = 1000;
  EXPECT_FALSE(RunProcess({"yes"}, options).ok());
  options.time_limit_ms = 50;
  auto late = RunProcess({"sleep", "100"}, options);
  ASSERT_FALSE(late.ok());
  EXPECT_THAT(late.error().ToString(), HasSubstr("`sleep` was stopped"));
  EXPECT_THAT(RunProcess({"no-such-program"}).error().ToString(), HasSubstr("no-such-program"));
}

TEST(JsonTest, ReadsWhatItIsGiven) {
  auto json = Json::Parse(R"({"a": [1, true, "x\n", null], "b": {"c": -5}})");
  ASSERT_TRUE(json.ok());
  const Json* a = json->Find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->items()[0].AsInt(), 1);
  EXPECT_EQ(a->items()[1].AsBool(), true);
  EXPECT_EQ(*a->items()[2].AsString(), "x\n");
  EXPECT_EQ(json->Find("b")->Find("c")->AsInt(), -5);
  EXPECT_EQ(json->Find("z"), nullptr);
}

TEST(JsonTest, RefusesWhatIsNotOneDocument) {
  std::string deep = std::string(100, '[') + std::string(100, ']');
  for (std::string text :
       {std::string(""), std::string("{"), std::string("{} x"), std::string("<html>"), deep,
        std::string(R"({"a":1,"a":2})"), std::string("\"\xff\"")}) {
    EXPECT_FALSE(Json::Parse(text).ok()) << text;
  }
}

TEST(JsonTest, QuoteIsReadBack) {
  std::string text = "a\"b\\c\n\x01\x7f é";
  auto json = Json::Parse("[" + JsonQuote(text) + "]");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(*json->items()[0].AsString(), text);
}

TEST(TimeTest, BothWays) {
  EXPECT_EQ(ParseTime("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ParseTime("2026-11-24T23:31:07Z"), 1795563067);
  EXPECT_EQ(FormatTime(1795563067), "2026-11-24T23:31:07Z");
  EXPECT_EQ(FormatTime(-1), "1969-12-31T23:59:59Z");
  for (std::string text : {"2026-02-30T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24", "",
                           "2026-11-24T23:31:07+01:00"}) {
    EXPECT_EQ(ParseTime(text), std::nullopt) << text;
  }
}

TEST(TimeTest, Durations) {
  EXPECT_EQ(ParseDuration("0"), 0);
  EXPECT_EQ(ParseDuration("90s"), 90);
  EXPECT_EQ(ParseDuration("7d"), 604800);
  EXPECT_EQ(ParseDuration("7"), std::nullopt);
  EXPECT_EQ(ParseDuration("-1d"), std::nullopt);
  EXPECT_EQ(ParseDuration("99999999w"), std::nullopt);
}

}  // namespace
}  // namespace snow::pkg
