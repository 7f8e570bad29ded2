#include "snowpkg/registry_client/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "snowpkg/base/file.h"
#include "snowpkg/registry_client/test_registry.h"

namespace snow::pkg {
namespace {

using ::testing::HasSubstr;

std::string FreshHome() { return ::testing::TempDir() + "registry_" + RandomHex(8); }

RegistryOptions OptionsFor(const std::string& url, const std::string& home = FreshHome()) {
  RegistryOptions options;
  options.url = url;
  options.home = home;
  options.http.stall_limit_ms = 300;
  return options;
}

// Everything that `snow fetch` does with one package: the error, or "fetched N bytes".
std::string FetchFrom(const RegistryOptions& options, const std::string& name = "greetings") {
  Result<std::unique_ptr<Registry>> registry = Registry::Open(options);
  if (!registry.ok()) return registry.error().ToString();
  Status loaded = (*registry)->Load({name});
  if (!loaded.ok()) return loaded.error().ToString();
  const std::vector<IndexVersion>* versions = (*registry)->Find(name);
  if (versions->empty()) return "no such package";
  std::vector<const IndexVersion*> wanted = {&versions->back()};
  Status verified = (*registry)->VerifyInLog(wanted);
  if (!verified.ok()) return verified.error().ToString();
  std::string answer;
  Status fetched = (*registry)->FetchArchives(wanted, [&](size_t, std::string bytes) -> Status {
    answer = UnpackArchive(bytes).ok() ? "fetched" : "damaged";
    return {};
  });
  return fetched.ok() ? answer : fetched.error().ToString();
}

// A server over a registry whose answers can be replaced by path.
class LyingServer {
 public:
  LyingServer() : server_([this](const TestServer::Request& r) { return Handle(r); }) {
    registry_.Publish("other", "1.0.0");
    registry_.Publish("greetings", "0.1.0", R"([{"name":"other","req":"^1"}])", R"(["net"])");
    registry_.Publish("greetings", "0.2.0");
  }

  TestRegistry& registry() { return registry_; }
  std::string url() const { return server_.url(); }
  size_t requests() const { return server_.requests(); }
  // Called before any request is made.
  void Lie(const std::string& path, TestServer::Response response) {
    lies_[path] = std::move(response);
  }
  std::string ArchivePathOf(size_t position) {
    auto versions = ParseIndex(*registry_.File(IndexPath("greetings")), "greetings", 100);
    return ArchivePath((*versions)[position].checksum);
  }

 private:
  TestServer::Response Handle(const TestServer::Request& request) {
    auto lie = lies_.find(request.path.substr(1));
    return lie == lies_.end() ? registry_.Handle(request) : lie->second;
  }

  TestRegistry registry_;
  std::map<std::string, TestServer::Response> lies_;
  TestServer server_;
};

TestServer::Response Html() {
  return {200, "<!DOCTYPE html><html>Please log in</html>", "text/html", {}, false, false, -1};
}

TEST(RegistryTest, GoodRegistryOverHttp) {
  LyingServer server;
  std::string home = FreshHome();
  EXPECT_EQ(FetchFrom(OptionsFor(server.url(), home)), "fetched");
  EXPECT_EQ(FetchFrom(OptionsFor(server.url(), home)), "fetched");
  EXPECT_EQ(FetchFrom(OptionsFor(server.url(), home), "nothing"), "no such package");
}

TEST(RegistryTest, IndexIsReadWhole) {
  LyingServer server;
  server.registry().Yank("greetings", "0.1.0");
  auto registry = *Registry::Open(OptionsFor(server.url()));
  ASSERT_TRUE(registry->Load({"greetings", "greetings", "other"}).ok());
  const std::vector<IndexVersion>& versions = *registry->Find("greetings");
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_TRUE(versions[0].yanked);
  EXPECT_FALSE(versions[1].yanked);
  EXPECT_EQ(versions[0].dependencies[0].name, "other");
  EXPECT_EQ(versions[0].capabilities.ToString(), "net");
  EXPECT_EQ(versions[0].log, 1u);
  EXPECT_EQ(registry->Find("never_loaded"), nullptr);
}

TEST(RegistryTest, FolderIsARegistryToo) {
  LyingServer server;
  std::string folder = FreshHome() + " with space";
  server.registry().WriteTo(folder);
  std::string url = "file://" + folder;
  url.replace(url.find(' '), 1, "%20");
  url.replace(url.find(' '), 1, "%20");
  EXPECT_EQ(FetchFrom(OptionsFor(url)), "fetched");
  EXPECT_THAT(FetchFrom(OptionsFor("file:///nonexistent")), HasSubstr("there is no registry at"));
  EXPECT_THAT(FetchFrom(OptionsFor("ftp://x")), HasSubstr("is not the URL of a registry"));
}

TEST(RegistryTest, UnchangedIndexIsNotSentAgain) {
  LyingServer server;
  std::string home = FreshHome();
  ASSERT_EQ(FetchFrom(OptionsFor(server.url(), home)), "fetched");
  EXPECT_EQ(server.registry().not_modified(), 0u);
  auto registry = *Registry::Open(OptionsFor(server.url(), home));
  ASSERT_TRUE(registry->Load({"greetings"}).ok());
  EXPECT_EQ(registry->Find("greetings")->size(), 2u);
  EXPECT_EQ(server.registry().not_modified(), 2u);  // config.json and the index
}

TEST(RegistryTest, OfflineUsesTheCache) {
  std::string home = FreshHome();
  RegistryOptions options;
  {
    LyingServer server;
    options = OptionsFor(server.url(), home);
    ASSERT_EQ(FetchFrom(options), "fetched");
  }
  EXPECT_THAT(FetchFrom(options), HasSubstr("cannot load " + options.url));
  options.offline = true;
  EXPECT_THAT(FetchFrom(options), HasSubstr("this is offline"));  // the archive alone is missing
  auto registry = Registry::Open(options);
  ASSERT_TRUE(registry.ok()) << registry.error().ToString();
  ASSERT_TRUE((*registry)->Load({"greetings"}).ok());
  EXPECT_EQ((*registry)->Find("greetings")->size(), 2u);
  options.home = FreshHome();
  EXPECT_THAT(FetchFrom(options), HasSubstr("nothing of the registry"));
}

// Lies. Each is one clear error, and nothing is taken.
TEST(LyingRegistryTest, WebPageInPlaceOfEachFile) {
  for (std::string path :
       {"config.json", "log/checkpoint", "index/gr/greetings", "log/tile/0/000.p/3", "archive"}) {
    LyingServer server;
    server.Lie(path == "archive" ? server.ArchivePathOf(1) : path, Html());
    EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("web page (HTML)")) << path;
  }
}

TEST(LyingRegistryTest, ServerThatStalls) {
  for (std::string path : {"config.json", "log/checkpoint", "index/gr/greetings", "archive"}) {
    LyingServer server;
    server.Lie(path == "archive" ? server.ArchivePathOf(1) : path,
               {200, "{", "application/json", {}, true, false, -1});
    EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("sent nothing for 300 ms")) << path;
  }
}

TEST(LyingRegistryTest, ServerErrorsAndDroppedConnections) {
  {
    LyingServer server;
    server.Lie("config.json", {500, "oops", "text/plain", {}, false, false, -1});
    EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("status 500"));
    EXPECT_EQ(server.requests(), 1u);
  }
  {
    LyingServer server;
    server.Lie("config.json", {503, "busy", "text/plain", {}, false, false, -1});
    EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("status 503"));
    EXPECT_EQ(server.requests(), 3u);
  }
  {
    LyingServer server;
    server.Lie("config.json", {200, "", "", {}, false, true, -1});
    EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("cannot load"));
    EXPECT_EQ(server.requests(), 3u);
  }
  {
    LyingServer server;  // promises more than it sends
    server.Lie(server.ArchivePathOf(1), {200, "half", "", {}, false, false, 100});
    EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("cannot load"));
  }
}

TEST(LyingRegistryTest, RedirectsAreBoundedAndStayOnHttp) {
  LyingServer server;
  server.Lie("config.json", {302, "", "", {"Location: /config.json"}, false, false, -1});
  EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("redirects"));
  LyingServer other;
  other.Lie("config.json", {302, "", "", {"Location: file:///etc/passwd"}, false, false, -1});
  EXPECT_THAT(FetchFrom(OptionsFor(other.url())), HasSubstr("rotocol"));
}

TEST(LyingRegistryTest, ArchiveOfOtherContentOrSize) {
  LyingServer server;
  std::string path = server.ArchivePathOf(1);
  std::string good = *server.registry().File(path);
  server.registry().Tamper(path, [](std::string* bytes) { bytes->back() ^= 1; });
  EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("is not the one that was published"));
  server.registry().Tamper(path, [&](std::string* bytes) { *bytes = good + "x"; });
  EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("larger than the limit"));
  server.registry().Tamper(path, [&](std::string* bytes) { bytes->resize(10); });
  EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("it has 10 bytes"));
  server.Lie(path, {404, "", "", {}, false, false, -1});
  EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("lacks its archive"));
}

TEST(LyingRegistryTest, EndlessAnswer) {
  LyingServer server;
  server.Lie("config.json", {200, std::string(1 << 20, ' '), "", {}, false, false, -1});
  EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("larger than the limit of 65536"));
}

TEST(LyingRegistryTest, IndexThatTheLogDoesNotHold) {
  LyingServer server;
  server.registry().Tamper(IndexPath("greetings"), [](std::string* text) {
    size_t at = text->rfind("\"capabilities\":[]");
    text->replace(at, 17, "\"capabilities\":[\"net\"]");
  });
  EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr("is not entry 2 of its log"));
}

TEST(LyingRegistryTest, OldHeadAndOtherHistory) {
  LyingServer server;
  std::string home = FreshHome();
  std::string old_head = *server.registry().File("log/checkpoint");
  server.registry().Publish("more", "1.0.0");
  ASSERT_EQ(FetchFrom(OptionsFor(server.url(), home)), "fetched");
  server.registry().Tamper("log/checkpoint", [&](std::string* text) { *text = old_head; });
  EXPECT_THAT(FetchFrom(OptionsFor(server.url(), home)), HasSubstr("shows an old log"));
  server.registry().log().Rewrite(0, "another first entry");
  server.registry().Publish("more", "1.1.0");
  EXPECT_THAT(FetchFrom(OptionsFor(server.url(), home)), HasSubstr("another history"));
}

TEST(LyingRegistryTest, LinesBeyondTheHeadAreNotThereYet) {
  LyingServer server;
  std::string before = *server.registry().File("log/checkpoint");
  server.registry().Publish("greetings", "0.3.0");
  server.registry().Tamper("log/checkpoint", [&](std::string* text) { *text = before; });
  auto registry = *Registry::Open(OptionsFor(server.url()));
  ASSERT_TRUE(registry->Load({"greetings"}).ok());
  EXPECT_EQ(registry->Find("greetings")->size(), 2u);
}

TEST(LyingRegistryTest, KeyThatChanges) {
  LyingServer server;
  std::string home = FreshHome();
  ASSERT_EQ(FetchFrom(OptionsFor(server.url(), home)), "fetched");
  TestRegistry other(std::string(32, 'x'));
  server.registry().SetConfig("public_key", "\"" + other.public_key() + "\"");
  EXPECT_THAT(FetchFrom(OptionsFor(server.url(), home)),
              HasSubstr("another key than at the last visit"));
}

TEST(LyingRegistryTest, KeyThatIsPinned) {
  LyingServer server;
  RegistryOptions options = OptionsFor(server.url());
  options.pinned_key = server.registry().public_key();
  EXPECT_EQ(FetchFrom(options), "fetched");
  options.pinned_key = TestRegistry(std::string(32, 'x')).public_key();
  EXPECT_THAT(FetchFrom(options), HasSubstr("but snow.toml or snow.lock has"));
}

TEST(LyingRegistryTest, ConfigThatMakesNoSense) {
  struct Case {
    const char* name;
    const char* value;
    const char* error;
  };
  for (const Case& bad :
       {Case{"format", "2", "needs a newer snow"}, Case{"format", "\"1\"", "`format` is missing"},
        Case{"public_key", "\"abc\"", "32 bytes"}, Case{"origin", "\"a b\"", "`origin`"},
        Case{"min_age", "\"soon\"", "`min_age`"}}) {
    LyingServer server;
    server.registry().SetConfig(bad.name, bad.value);
    EXPECT_THAT(FetchFrom(OptionsFor(server.url())), HasSubstr(bad.error));
  }
}

TEST(IndexTest, LinesThatMakeNoSense) {
  std::string good =
      R"({"event":"version","name":"a","vers":"1.0.0","deps":[{"name":"b","req":"*"}],"cksum":")" +
      Sha256Of("").Tagged() +
      R"(","size":3,"capabilities":["fs"],"published":"2026-01-01T00:00:00Z","log":5})";
  EXPECT_EQ(ParseIndex(good + "\n", "a", 100)->size(), 1u);
  EXPECT_EQ(ParseIndex("", "a", 100)->size(), 0u);
  auto with = [&](const std::string& from, const std::string& to) {
    std::string line = good;
    return line.replace(line.find(from), from.size(), to) + "\n";
  };
  for (const std::string& text : {good,
                                  std::string("\n"),
                                  std::string("[]\n"),
                                  std::string("<html>\n"),
                                  good + "\n" + good + "\n",
                                  with("\"a\"", "\"b\""),
                                  with("1.0.0", "1.0"),
                                  with("\"*\"", "\"..\""),
                                  with("\"b\"", "\"B\""),
                                  with("sha256:", "md5:"),
                                  with("\"size\":3", "\"size\":-3"),
                                  with("\"size\":3", "\"size\":\"3\""),
                                  with("[\"fs\"]", "[1]"),
                                  with("[\"fs\"]", "{}"),
                                  with("2026-01-01T", "2026-13-01T"),
                                  with(",\"log\":5", ""),
                                  with(":5}", ":5.5}"),
                                  with("version", "yank"),
                                  with("\"deps\":[{\"name\":\"b\",\"req\":\"*\"}],", ""),
                                  with("1.0.0", std::string(70000, '1'))}) {
    auto index = ParseIndex(text, "a", 100);
    ASSERT_FALSE(index.ok()) << text.substr(0, 300);
    EXPECT_THAT(index.error().ToString(), HasSubstr("the index of `a`"));
  }
  // What only a newer client knows does not hurt an older one.
  EXPECT_EQ(ParseIndex(with("version", "audit"), "a", 100)->size(), 0u);
  EXPECT_THAT((*ParseIndex(with("\"fs\"", "\"gpu\""), "a", 100))[0].obstacle, HasSubstr("newer"));
}

TEST(WriteTest, PublishYankAndTokens) {
  LyingServer server;
  auto registry = *Registry::Open(OptionsFor(server.url()));
  EXPECT_EQ(registry->WhoAmI("snow_good")->user, "zoe");
  EXPECT_THAT(registry->WhoAmI("snow_bad").error().ToString(),
              HasSubstr("refused: this token is not known"));
  PublishRequest request;
  request.name = "fresh";
  request.version = Version(1, 0, 0);
  request.description = "a \"quoted\" text";
  request.capabilities.Add(Capability::kNet);
  std::string archive = *PackArchive({{"snow.toml", TestManifest("fresh", "1.0.0", "[]")}});
  Result<uint64_t> log = registry->Publish("snow_good", request, archive);
  ASSERT_TRUE(log.ok()) << log.error().ToString();
  EXPECT_EQ(*log, 3u);
  ASSERT_TRUE(registry->Load({"fresh"}).ok());
  EXPECT_TRUE(registry->VerifyInLog({&registry->Find("fresh")->at(0)}).ok());
  EXPECT_THAT(registry->Publish("snow_good", request, archive).error().ToString(),
              HasSubstr("versions are immutable"));
  EXPECT_EQ(**registry->Yank("snow_good", "fresh", Version(1, 0, 0), true), 4u);
}

TEST(WriteTest, AnswersThatMakeNoSense) {
  LyingServer server;
  server.Lie("api/v1/me", Html());
  auto registry = *Registry::Open(OptionsFor(server.url()));
  EXPECT_THAT(registry->WhoAmI("t").error().ToString(), HasSubstr("web page"));
  LyingServer other;
  other.Lie("api/v1/me", {200, "[]", "application/json", {}, false, false, -1});
  EXPECT_THAT((*Registry::Open(OptionsFor(other.url())))->WhoAmI("t").error().ToString(),
              HasSubstr("not JSON"));
}

TEST(WriteTest, FolderCannotBeWritten) {
  LyingServer server;
  std::string folder = FreshHome();
  server.registry().WriteTo(folder);
  auto registry = *Registry::Open(OptionsFor("file://" + folder));
  EXPECT_THAT(registry->WhoAmI("t").error().ToString(), HasSubstr("can only be read"));
}

}  // namespace
}  // namespace snow::pkg
