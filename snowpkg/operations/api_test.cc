// The package manager from its public header, against real servers, folders and git.
#include "snowpkg/api.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <thread>

#include "snowpkg/base/file.h"
#include "snowpkg/base/hash.h"
#include "snowpkg/base/process.h"
#include "snowpkg/base/text.h"
#include "snowpkg/registry_client/index.h"
#include "snowpkg/registry_client/test_registry.h"

extern char** environ;

namespace snow::pkg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int64_t kNow = 1'800'000'000;  // January 2027

template <typename T>
std::string ErrorOf(const Result<T>& result) {
  return result.ok() ? "no error" : result.error().ToString();
}

class ApiTest : public ::testing::Test {
 protected:
  ApiTest() : folder_(::testing::TempDir() + "api_" + RandomHex(8)) {
    context_.home = JoinPath(folder_, "home");
    context_.stall_limit_ms = 500;
    context_.now = [] { return kNow; };
    context_.on_event = [this](const Event& event) {
      if (event.kind == Event::Kind::kDownloaded) downloaded_.push_back(event.subject);
    };
    context_.find_capabilities = [](const std::string&) {
      CapabilitySet set;
      set.Add(Capability::kNet);
      return Result<CapabilitySet>(set);
    };
    Write("app/snow.toml", "[package]\nname = \"app\"\nversion = \"0.1.0\"\n");
    Write("app/src/main.snow", "");
  }

  // Not in the constructor and destructor: its threads call Handle, which is virtual.
  void SetUp() override {
    server_.emplace([this](const TestServer::Request& request) { return Handle(request); });
    context_.registry = server_->url();
  }
  void TearDown() override { server_.reset(); }

  virtual TestServer::Response Handle(const TestServer::Request& request) {
    return registry_.Handle(request);
  }

  std::string Path(const std::string& path) const { return JoinPath(folder_, path); }
  void Write(const std::string& path, const std::string& text) {
    ASSERT_TRUE(MakeDirectories(ParentPath(Path(path))).ok());
    ASSERT_TRUE(WriteFileAtomically(Path(path), text).ok());
  }
  std::string Read(const std::string& path) const {
    auto text = ReadFile(Path(path));
    return text.ok() ? *text : "";
  }
  void AppNeeds(const std::string& dependencies, const std::string& rest = "") {
    Write("app/snow.toml", "[package]\nname = \"app\"\nversion = \"0.1.0\"\n\n[dependencies]\n" +
                               dependencies + rest);
  }
  // "name version" of each package for the compiler, in order.
  std::vector<std::string> Resolved(const std::string& path = "app") {
    Result<ResolvedPackages> packages = ResolveWorkspace(context_, Path(path));
    if (!packages.ok()) return {packages.error().ToString()};
    std::vector<std::string> lines;
    for (const ResolvedPackage& package : packages->packages) {
      lines.push_back(package.name + " " + package.version);
    }
    return lines;
  }
  Result<ChangeReport> AddOne(const std::string& text, const ChangeOptions& options = {}) {
    return Add(context_, Path("app"), {*ParseAddRequest(text)}, options);
  }
  static std::vector<std::string> Lines(const ChangeReport& report) {
    std::vector<std::string> lines;
    for (const LockChange& change : report.changes) {
      lines.push_back(change.name + " " + change.before + "->" + change.after + " [" +
                      change.capabilities.ToString() + "]" + (change.direct ? " direct" : ""));
    }
    return lines;
  }

  std::string folder_;
  TestRegistry registry_;
  std::optional<TestServer> server_;
  Context context_;
  std::vector<std::string> downloaded_;
};

TEST_F(ApiTest, ProjectWithoutDependenciesNeedsNothing) {
  context_.home = "/nonexistent/home";
  context_.registry = "";
  EXPECT_THAT(Resolved(), ElementsAre("app 0.1.0"));
  EXPECT_FALSE(FileExists(Path("app/snow.lock")));
  EXPECT_EQ(*FindPackageFolder(Path("app/src/main.snow")), Path("app"));
  EXPECT_EQ(FindPackageFolder("/"), std::nullopt);
}

TEST_F(ApiTest, AddWritesBothFilesAndFetches) {
  registry_.Publish("json_patch", "1.0.0", "[]", R"(["fs"])");
  registry_.Publish("greetings", "0.1.0");
  registry_.Publish("greetings", "0.2.0", R"([{"name":"json_patch","req":"^1"}])", R"(["net"])");
  registry_.Publish("greetings", "1.0.0-beta.1");
  Result<ChangeReport> report = AddOne("greetings");
  ASSERT_TRUE(report.ok()) << ErrorOf(report);
  EXPECT_THAT(Lines(*report),
              ElementsAre("greetings ->0.2.0 [net] direct", "json_patch ->1.0.0 [fs]"));
  EXPECT_EQ(report->written[0], (std::pair<std::string, std::string>("greetings", "\"0.2.0\"")));
  EXPECT_THAT(Read("app/snow.toml"), HasSubstr("\n[dependencies]\ngreetings = \"0.2.0\"\n"));
  EXPECT_THAT(downloaded_, ElementsAre("greetings 0.2.0", "json_patch 1.0.0"));

  Result<ResolvedPackages> packages = ResolveWorkspace(context_, Path("app"));
  ASSERT_TRUE(packages.ok()) << ErrorOf(packages);
  EXPECT_FALSE(packages->lock_changed);
  ASSERT_EQ(packages->packages.size(), 3u);
  EXPECT_EQ(packages->packages[0].name, "json_patch");
  const ResolvedPackage& greetings = packages->packages[1];
  EXPECT_EQ(greetings.name, "greetings");
  EXPECT_EQ(greetings.source, SourceKind::kRegistry);
  EXPECT_EQ(greetings.origin, server_->url());
  EXPECT_EQ(greetings.source_root, greetings.root + "/src");
  EXPECT_EQ(greetings.entry, greetings.root + "/src/lib.snow");
  EXPECT_EQ(*ReadFile(greetings.entry), "pub fn name() = \"greetings\"\n");
  EXPECT_THAT(greetings.dependencies, ElementsAre("json_patch"));
  EXPECT_EQ(greetings.allowed.ToString(), "net");
  EXPECT_EQ(greetings.content_hash.size(), 64u);
  const ResolvedPackage& app = packages->packages[*packages->root];
  EXPECT_EQ(app.entry, Path("app/src/main.snow"));
  EXPECT_EQ(app.source, SourceKind::kMember);
  EXPECT_EQ(packages->workspace_root, Path("app"));
}

TEST_F(ApiTest, AddWithRequirementsAndTypos) {
  registry_.Publish("greetings", "0.1.0");
  registry_.Publish("greetings", "0.2.0");
  ASSERT_TRUE(AddOne("greetings@=0.1.0").ok());
  EXPECT_THAT(Read("app/snow.toml"), HasSubstr("greetings = \"=0.1.0\"\n"));
  ASSERT_TRUE(AddOne("greetings").ok());  // again: the newest
  EXPECT_THAT(Read("app/snow.toml"), HasSubstr("greetings = \"0.2.0\"\n"));
  std::string before = Read("app/snow.toml") + Read("app/snow.lock");
  EXPECT_THAT(ErrorOf(AddOne("greeting")), HasSubstr("has no package `greeting`"));
  EXPECT_THAT(ErrorOf(AddOne("greetings@^9")), HasSubstr("which no version satisfies"));
  EXPECT_THAT(ErrorOf(AddOne("app")), HasSubstr("has no package `app`"));
  EXPECT_EQ(Read("app/snow.toml") + Read("app/snow.lock"), before);
  EXPECT_THAT(ErrorOf(ParseAddRequest("Bad-Name")), HasSubstr("`bad_name` would do"));
  EXPECT_THAT(ErrorOf(ParseAddRequest("a@1..2")), HasSubstr("not a version requirement"));
}

TEST_F(ApiTest, DryRunWritesNothing) {
  registry_.Publish("greetings", "0.1.0");
  ChangeOptions options;
  options.dry_run = true;
  std::string before = Read("app/snow.toml");
  Result<ChangeReport> report = AddOne("greetings", options);
  EXPECT_THAT(Lines(*report), ElementsAre("greetings ->0.1.0 [none] direct"));
  EXPECT_EQ(Read("app/snow.toml"), before);
  EXPECT_FALSE(FileExists(Path("app/snow.lock")));
  EXPECT_THAT(downloaded_, IsEmpty());
}

TEST_F(ApiTest, RemoveTakesWhatNobodyNeedsAnyMore) {
  registry_.Publish("json_patch", "1.0.0");
  registry_.Publish("greetings", "0.1.0", R"([{"name":"json_patch","req":"^1"}])");
  ASSERT_TRUE(AddOne("greetings").ok());
  Result<ChangeReport> report = Remove(context_, Path("app"), {"greetings"}, {});
  ASSERT_TRUE(report.ok()) << ErrorOf(report);
  EXPECT_THAT(Lines(*report), ElementsAre("greetings 0.1.0-> [none]", "json_patch 1.0.0-> [none]"));
  EXPECT_THAT(Resolved(), ElementsAre("app 0.1.0"));
  EXPECT_THAT(ErrorOf(Remove(context_, Path("app"), {"greetings"}, {})),
              HasSubstr("is not a dependency"));
}

TEST_F(ApiTest, LockIsKeptUntilUpdate) {
  registry_.Publish("greetings", "0.1.0");
  AppNeeds("greetings = \"0.1\"\n");
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.0", "app 0.1.0"));
  registry_.Publish("greetings", "0.1.1");
  registry_.Publish("other", "1.0.0");
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.0", "app 0.1.0"));
  AppNeeds("greetings = \"0.1\"\nother = \"1\"\n");
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.0", "other 1.0.0", "app 0.1.0"));
  Result<ChangeReport> report = Update(context_, Path("app"), {}, {});
  ASSERT_TRUE(report.ok()) << ErrorOf(report);
  EXPECT_THAT(Lines(*report), ElementsAre("greetings 0.1.0->0.1.1 [none] direct"));
  EXPECT_THAT(ErrorOf(Update(context_, Path("app"), {"greeting"}, {})),
              HasSubstr("did you mean `greetings`?"));
}

TEST_F(ApiTest, UpdateOfOneLeavesTheOthers) {
  for (const char* name : {"one", "two"}) registry_.Publish(name, "1.0.0");
  AppNeeds("one = \"1\"\ntwo = \"1\"\n");
  ASSERT_THAT(Resolved(), ElementsAre("one 1.0.0", "two 1.0.0", "app 0.1.0"));
  for (const char* name : {"one", "two"}) registry_.Publish(name, "1.1.0");
  EXPECT_THAT(Lines(*Update(context_, Path("app"), {"two"}, {})),
              ElementsAre("two 1.0.0->1.1.0 [none] direct"));
}

TEST_F(ApiTest, LockedRefusesDrift) {
  registry_.Publish("greetings", "0.1.0");
  AppNeeds("greetings = \"0.1\"\n");
  context_.locked = true;
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("there is no snow.lock")));
  context_.locked = false;
  ASSERT_EQ(Resolved().size(), 2u);
  context_.locked = true;
  EXPECT_EQ(Resolved().size(), 2u);
  AppNeeds("greetings = \"0.2\"\n");
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("`app` now needs greetings ^0.2")));
  EXPECT_THAT(ErrorOf(AddOne("greetings")), HasSubstr("must not be changed"));
}

TEST_F(ApiTest, OfflineWorksFromStoreAndCache) {
  registry_.Publish("greetings", "0.1.0");
  registry_.Publish("other", "1.0.0");
  AppNeeds("greetings = \"0.1\"\n");
  ASSERT_EQ(Resolved().size(), 2u);
  context_.offline = true;
  size_t requests = server_->requests();
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.0", "app 0.1.0"));
  ASSERT_EQ(::unlink(Path("app/snow.lock").c_str()), 0);
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.0", "app 0.1.0"));
  AppNeeds("other = \"1\"\n");
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("there is no package of that name")));
  EXPECT_EQ(server_->requests(), requests);
}

TEST_F(ApiTest, NothingIsAskedWhenAllIsThere) {
  registry_.Publish("greetings", "0.1.0");
  AppNeeds("greetings = \"0.1\"\n");
  ASSERT_EQ(Resolved().size(), 2u);
  size_t requests = server_->requests();
  ASSERT_EQ(Resolved().size(), 2u);
  EXPECT_EQ(server_->requests(), requests);
}

TEST_F(ApiTest, YankedVersions) {
  registry_.Publish("greetings", "0.1.0");
  registry_.Publish("greetings", "0.1.1");
  AppNeeds("greetings = \"0.1\"\n");
  ASSERT_THAT(Resolved(), ElementsAre("greetings 0.1.1", "app 0.1.0"));
  registry_.Yank("greetings", "0.1.1");
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.1", "app 0.1.0"));  // the lock goes on
  EXPECT_THAT(Lines(*Update(context_, Path("app"), {}, {})),
              ElementsAre("greetings 0.1.1->0.1.0 [none] direct"));
  registry_.Yank("greetings", "0.1.0");
  EXPECT_THAT(ErrorOf(Update(context_, Path("app"), {}, {})), HasSubstr("is yanked"));
  registry_.Yank("greetings", "0.1.1", false);
  EXPECT_TRUE(Update(context_, Path("app"), {}, {}).ok());
}

TEST_F(ApiTest, YoungVersionsAreNotChosenUnasked) {
  registry_.Publish("greetings", "0.1.0");
  registry_.Publish("greetings", "0.1.1", "[]", "[]", "2027-01-15T07:00:00Z");  // an hour ago
  registry_.SetConfig("min_age", "\"3d\"");
  ASSERT_TRUE(AddOne("greetings").ok());
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.0", "app 0.1.0"));
  AppNeeds("greetings = \"0.1.1\"\n");
  EXPECT_THAT(Resolved(),
              ElementsAre(HasSubstr("0.1.1 is younger than the minimum age of 3 days")));
  AppNeeds("greetings = \"=0.1.1\"\n");
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.1", "app 0.1.0"));
  AppNeeds("greetings = \"0.1\"\n", "[resolution]\nmin-age = \"0\"\n");
  ASSERT_TRUE(Update(context_, Path("app"), {}, {}).ok());
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.1", "app 0.1.0"));
}

TEST_F(ApiTest, WiderCapabilitiesAreRefusedUntilAccepted) {
  registry_.Publish("left_pad", "1.0.0");
  AppNeeds("left_pad = \"1\"\n");
  ASSERT_EQ(Resolved().size(), 2u);
  std::string lock = Read("app/snow.lock");
  registry_.Publish("left_pad", "1.0.1", "[]", R"(["net"])");
  Result<ChangeReport> report = Update(context_, Path("app"), {}, {});
  EXPECT_THAT(ErrorOf(report), HasSubstr("`left_pad` 1.0.1 can now use the network (net)"));
  EXPECT_EQ(report.error().kind(), ErrorKind::kCapability);
  EXPECT_EQ(Read("app/snow.lock"), lock);
  ChangeOptions accept;
  accept.allow_new_capabilities = true;
  EXPECT_TRUE(Update(context_, Path("app"), {}, accept).ok());
  // Through a package that it brings along.
  registry_.Publish("socket", "1.0.0", "[]", R"(["process"])");
  registry_.Publish("left_pad", "1.0.2", R"([{"name":"socket","req":"^1"}])", R"(["net"])");
  EXPECT_THAT(ErrorOf(Update(context_, Path("app"), {}, {})),
              HasSubstr("brings packages along with which it can now run other programs"));
}

TEST_F(ApiTest, ManifestLimitsCapabilities) {
  registry_.Publish("left_pad", "1.0.0", "[]", R"(["net"])");
  AppNeeds("left_pad = \"1\"\n", "[capabilities]\nallow = [\"fs\"]\n");
  EXPECT_THAT(Resolved(), ElementsAre(AllOf(HasSubstr("`left_pad` can use the network (net)"),
                                            HasSubstr("left_pad = [\"fs\", \"net\"]"))));
  EXPECT_FALSE(FileExists(Path("app/snow.lock")));
  AppNeeds("left_pad = \"1\"\n",
           "[capabilities]\nallow = []\n[capabilities.packages]\nleft_pad = [\"net\", \"db\"]\n");
  EXPECT_EQ(Resolved().size(), 2u);
  auto packages = ResolveWorkspace(context_, Path("app"));
  EXPECT_EQ(packages->Find("left_pad")->allowed.ToString(), "net");
  // Narrowed later: no drift, refused all the same.
  AppNeeds("left_pad = \"1\"\n", "[capabilities]\nallow = []\n");
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("does not allow")));
}

TEST_F(ApiTest, CapabilityErrorSaysWhoLied) {
  ResolvedPackage package;
  package.name = "left_pad";
  package.version = "1.0.0";
  package.allowed.Add(Capability::kFs);
  package.recorded = package.allowed;
  CapabilitySet reached;
  reached.Add(Capability::kNet);
  EXPECT_THAT(CapabilityError(package, reached).ToString(),
              HasSubstr("reaches net, but was published with: fs"));
  package.recorded.Add(Capability::kNet);
  EXPECT_THAT(CapabilityError(package, reached).ToString(),
              HasSubstr("left_pad = [\"fs\", \"net\"]"));
}

TEST_F(ApiTest, PathsAndWorkspaces) {
  registry_.Publish("greetings", "0.1.0", R"([{"name":"util","req":"^2"}])");
  Write("snow.toml", "[workspace]\nmembers = [\"app\", \"tools\"]\n");
  AppNeeds("greetings = \"0.1\"\nutil = { path = \"../util\" }\n");
  Write("tools/snow.toml",
        "[package]\nname = \"tools\"\nversion = \"0.1.0\"\n[dev-dependencies]\n"
        "app = { path = \"../app\" }\n");
  Write("util/snow.toml", "[package]\nname = \"util\"\nversion = \"2.1.0-dev\"\n");
  // The project's own util goes before one of the registry, also for greetings; its version must
  // fit all the same, and ^2 takes no pre-release.
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("util ^2, but it is 2.1.0-dev")));
  Write("util/snow.toml", "[package]\nname = \"util\"\nversion = \"2.1.0\"\n");
  EXPECT_THAT(Resolved(), ElementsAre("util 2.1.0", "greetings 0.1.0", "app 0.1.0", "tools 0.1.0"));
  EXPECT_TRUE(FileExists(Path("snow.lock")));
  EXPECT_FALSE(FileExists(Path("app/snow.lock")));
  auto packages = ResolveWorkspace(context_, Path("tools"));
  EXPECT_EQ(packages->packages[*packages->root].name, "tools");
  EXPECT_THAT(packages->packages[*packages->root].dev_dependencies, ElementsAre("app"));
  EXPECT_EQ(packages->Find("util")->source, SourceKind::kPath);
  EXPECT_EQ(ResolveWorkspace(context_, folder_)->root, std::nullopt);
}

TEST_F(ApiTest, AddByPath) {
  Write("util/snow.toml", "[package]\nname = \"util\"\nversion = \"2.1.0-dev\"\n");
  AddRequest request;
  request.path = Path("util");
  Result<ChangeReport> report = Add(context_, Path("app"), {request}, {});
  ASSERT_TRUE(report.ok()) << ErrorOf(report);
  EXPECT_THAT(Read("app/snow.toml"), HasSubstr("util = { path = \"../util\" }\n"));
  EXPECT_THAT(Resolved(), ElementsAre("util 2.1.0-dev", "app 0.1.0"));
  EXPECT_FALSE(FileExists(Path("app/snow.lock")));  // nothing to fetch
}

TEST_F(ApiTest, CircleOfPackages) {
  AppNeeds("util = { path = \"../util\" }\n");
  Write("util/snow.toml",
        "[package]\nname = \"util\"\nversion = \"1.0.0\"\n[dependencies]\n"
        "app = { path = \"../app\" }\n");
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("in a circle: app needs util needs app")));
}

TEST_F(ApiTest, GitDependencies) {
  auto git = [&](std::vector<std::string> arguments) {
    std::vector<std::string> command = {"git", "-c", "user.name=t", "-c", "user.email=t@t"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    ProcessOptions options;
    options.directory = Path("forge");
    auto output = RunProcess(command, options);
    ASSERT_TRUE(output.ok() && output->exit_code == 0) << output->err;
  };
  registry_.Publish("greetings", "0.1.0");
  Write("forge/snow.toml",
        "[package]\nname = \"forge\"\nversion = \"1.0.0\"\n[dependencies]\n"
        "greetings = \"0.1\"\n");
  Write("forge/lib.snow", "pub fn f() = 1\n");
  git({"init", "--quiet"});
  git({"add", "--all"});
  git({"commit", "--quiet", "--message=one"});
  git({"tag", "v1"});
  AddRequest request;
  request.git = "file://" + Path("forge");
  request.tag = "v1";
  Result<ChangeReport> report = Add(context_, Path("app"), {request}, {});
  ASSERT_TRUE(report.ok()) << ErrorOf(report);
  EXPECT_THAT(Lines(*report),
              ElementsAre("forge ->1.0.0 [net] direct", "greetings ->0.1.0 [none]"));
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.0", "forge 1.0.0", "app 0.1.0"));
  EXPECT_EQ(ResolveWorkspace(context_, Path("app"))->Find("forge")->source, SourceKind::kGit);

  // Another user, with the lockfile alone; and the tag moved: the lockfile's commit stays.
  Write("forge/lib.snow", "pub fn f() = 2\n");
  git({"commit", "--quiet", "--all", "--message=two"});
  git({"tag", "--force", "v1"});
  context_.home = Path("home2");
  auto forge = *ResolveWorkspace(context_, Path("app"));
  EXPECT_EQ(*ReadFile(forge.Find("forge")->entry), "pub fn f() = 1\n");
  ASSERT_TRUE(Update(context_, Path("app"), {"forge"}, {}).ok());
  forge = *ResolveWorkspace(context_, Path("app"));
  EXPECT_EQ(*ReadFile(forge.Find("forge")->entry), "pub fn f() = 2\n");
}

TEST_F(ApiTest, TreeOfPackages) {
  registry_.Publish("base", "1.0.0", "[]", R"(["fs"])");
  registry_.Publish("left", "1.0.0", R"([{"name":"base","req":"^1"}])");
  registry_.Publish("right", "1.0.0", R"([{"name":"left","req":"^1"}])");
  AppNeeds("left = \"1\"\n", "[dev-dependencies]\nright = \"1\"\n");
  auto tree = Tree(context_, Path("app"));
  ASSERT_TRUE(tree.ok()) << ErrorOf(tree);
  ASSERT_EQ(tree->size(), 1u);
  const TreeNode& app = (*tree)[0];
  ASSERT_EQ(app.children.size(), 2u);
  EXPECT_EQ(app.children[0].name, "left");
  EXPECT_EQ(app.children[0].children[0].capabilities.ToString(), "fs");
  EXPECT_TRUE(app.children[1].dev);
  EXPECT_TRUE(app.children[1].children[0].repeated);
  EXPECT_THAT(app.children[1].children[0].children, IsEmpty());
}

TEST_F(ApiTest, FetchAndVerify) {
  registry_.Publish("greetings", "0.1.0");
  AppNeeds("greetings = \"0.1\"\n");
  EXPECT_EQ(Fetch(context_, Path("app"))->downloaded, 1u);
  EXPECT_EQ(Fetch(context_, Path("app"), true)->downloaded, 0u);
  auto stored = *StoredPackages(context_, Path("app"));
  ASSERT_EQ(stored.size(), 1u);
  std::string file = stored[0].root + "/src/lib.snow";
  size_t size = ReadFile(file)->size();
  ASSERT_TRUE(WriteFileAtomically(file, std::string(size, 'x')).ok());
  EXPECT_THAT(ErrorOf(Fetch(context_, Path("app"), true)), HasSubstr("is not what was downloaded"));
}

TEST_F(ApiTest, ConflictIsExplained) {
  registry_.Publish("base", "1.0.0");
  registry_.Publish("base", "2.0.0");
  registry_.Publish("left", "1.0.0", R"([{"name":"base","req":"^1"}])");
  registry_.Publish("right", "1.0.0", R"([{"name":"base","req":"^2"}])");
  AppNeeds("left = \"1\"\nright = \"1\"\n");
  EXPECT_THAT(Resolved(),
              ElementsAre("Because every version of left needs base ^1 and every version of right "
                          "needs base ^2, every version of left conflicts with every version of "
                          "right.\nAnd because app needs left ^1 and app needs right ^1, no "
                          "versions fit together for app."));
}

TEST_F(ApiTest, TwoRegistries) {
  TestRegistry corp(std::string(32, 'c'));
  TestServer corp_server([&](const TestServer::Request& request) { return corp.Handle(request); });
  corp.Publish("corp_log", "1.0.0",
               R"([{"name":"base","req":"^1","registry":")" + server_->url() + R"("}])");
  registry_.Publish("base", "1.0.0");
  std::string registries = "[registries]\ncorp = \"" + corp_server.url() + "\"\n";
  AppNeeds("corp_log = { version = \"1\", registry = \"corp\" }\n", registries);
  EXPECT_THAT(Resolved(), ElementsAre("base 1.0.0", "corp_log 1.0.0", "app 0.1.0"));
  corp.Publish("base", "1.0.0");
  AppNeeds(
      "corp_log = { version = \"1\", registry = \"corp\" }\n"
      "base = { version = \"1\", registry = \"corp\" }\n",
      registries);
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("`base` is wanted from two registries")));
  AppNeeds("x = { version = \"1\", registry = \"nowhere\" }\n");
  EXPECT_THAT(Resolved(), ElementsAre(AllOf(HasSubstr("no registry called `nowhere`"),
                                            HasSubstr("snow.toml:6:1"))));
}

TEST_F(ApiTest, NoRegistryIsSet) {
  context_.registry = "";
  AppNeeds("greetings = \"0.1\"\n");
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("no registry is set")));
}

TEST_F(ApiTest, ArchiveThatContradictsItsIndex) {
  auto publish = [&](const std::string& name, const std::vector<ArchiveFile>& files) {
    registry_.PublishArchive(name, "1.0.0", *PackArchive(files), "[]", "[]",
                             "2026-01-01T00:00:00Z");
    AppNeeds(name + " = \"1\"\n");
    return Resolved();
  };
  EXPECT_THAT(publish("other_name", {{"snow.toml", TestManifest("x", "1.0.0", "[]")}}),
              ElementsAre(HasSubstr("the archive of other_name 1.0.0 holds x 1.0.0")));
  EXPECT_THAT(
      publish("more_needs",
              {{"snow.toml", TestManifest("more_needs", "1.0.0", R"([{"name":"y","req":"*"}])")}}),
      ElementsAre(HasSubstr("has other dependencies than")));
  EXPECT_THAT(publish("bare", {{"lib.snow", ""}}), ElementsAre(HasSubstr("has no snow.toml")));
  registry_.PublishArchive("junk", "1.0.0", "not an archive", "[]", "[]", "2026-01-01T00:00:00Z");
  AppNeeds("junk = \"1\"\n");
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("cannot unpack junk 1.0.0")));
}

TEST_F(ApiTest, LockThatTheRegistryContradicts) {
  registry_.Publish("greetings", "0.1.0");
  AppNeeds("greetings = \"0.1\"\n");
  ASSERT_EQ(Resolved().size(), 2u);
  std::string lock = Read("app/snow.lock");
  size_t at = lock.find("sha256:") + 7;
  lock[at] = lock[at] == '0' ? '1' : '0';
  Write("app/snow.lock", lock);
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("snow.lock has the checksum")));
}

TEST_F(ApiTest, LockPinsTheKeyForEveryone) {
  registry_.Publish("greetings", "0.1.0");
  AppNeeds("greetings = \"0.1\"\n");
  ASSERT_EQ(Resolved().size(), 2u);
  TestRegistry other(std::string(32, 'x'));
  std::string lock = Read("app/snow.lock");
  size_t at = lock.find(registry_.public_key());
  ASSERT_NE(at, std::string::npos);
  Write("app/snow.lock", lock.replace(at, 44, other.public_key()));
  context_.home = Path("home2");
  EXPECT_THAT(Resolved(), ElementsAre(HasSubstr("but snow.toml or snow.lock has")));
}

TEST_F(ApiTest, PublishLoginYank) {
  Write("lib/snow.toml", "[package]\nname = \"greetings\"\nversion = \"0.1.0\"\n");
  Write("lib/src/lib.snow", "pub fn hello() = 1\n");
  Write("lib/.env", "secret");
  EXPECT_THAT(ErrorOf(Publish(context_, Path("lib"), {})), HasSubstr("there is no token"));
  EXPECT_THAT(ErrorOf(Login(context_, server_->url(), "snow_bad")),
              HasSubstr("token is not known"));
  EXPECT_THAT(ErrorOf(Login(context_, server_->url(), "two words")), HasSubstr("not a token"));
  Result<LoginReport> login = Login(context_, server_->url() + "/", "snow_good");
  ASSERT_TRUE(login.ok()) << ErrorOf(login);
  EXPECT_EQ(login->user, "zoe");
  EXPECT_TRUE(login->made_default);
  context_.registry = "";  // the default from now on

  PublishOptions dry;
  dry.dry_run = true;
  Result<PublishReport> report = Publish(context_, Path("lib"), dry);
  ASSERT_TRUE(report.ok()) << ErrorOf(report);
  EXPECT_THAT(report->files, ElementsAre("snow.toml", "src/lib.snow"));
  EXPECT_EQ(report->log_index, std::nullopt);
  report = Publish(context_, Path("lib"), {});
  ASSERT_TRUE(report.ok()) << ErrorOf(report);
  EXPECT_EQ(report->log_index, 0u);
  EXPECT_EQ(report->capabilities.ToString(), "net");
  EXPECT_THAT(ErrorOf(Publish(context_, Path("lib"), {})), HasSubstr("versions are immutable"));

  ASSERT_TRUE(AddOne("greetings").ok());
  EXPECT_EQ(**Yank(context_, "", "greetings", "0.1.0", true), 1u);
  EXPECT_THAT(ErrorOf(AddOne("greetings")), HasSubstr("all are yanked"));
  EXPECT_TRUE(Logout(context_, "").ok());
  EXPECT_THAT(ErrorOf(Logout(context_, "")), HasSubstr("there is no token"));
}

TEST_F(ApiTest, FolderAsRegistry) {
  registry_.Publish("greetings", "0.1.0");
  registry_.WriteTo(Path("mirror"));
  context_.registry = "file://" + Path("mirror");
  context_.offline = true;
  AppNeeds("greetings = \"0.1\"\n");
  EXPECT_THAT(Resolved(), ElementsAre("greetings 0.1.0", "app 0.1.0"));
  EXPECT_EQ(server_->requests(), 0u);
}

TEST_F(ApiTest, TwoCommandsAtOnce) {
  for (int i = 0; i < 6; ++i) registry_.Publish("pack" + std::to_string(i), "1.0.0");
  std::vector<std::thread> threads;
  std::vector<std::string> errors(6);
  context_.on_event = {};
  for (size_t i = 0; i < errors.size(); ++i) {
    threads.emplace_back([&, i] { errors[i] = ErrorOf(AddOne("pack" + std::to_string(i))); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(errors, ::testing::Each("no error"));
  EXPECT_EQ(Resolved().size(), 7u);
}

TEST_F(ApiTest, FullDiskLeavesTheProjectAsItWas) {
  registry_.Publish("greetings", "0.1.0");
  std::string before = Read("app/snow.toml");
  // The lockfile cannot be written: a folder is in its place.
  ASSERT_TRUE(MakeDirectories(Path("app/snow.lock/x")).ok());
  EXPECT_FALSE(AddOne("greetings").ok());
  EXPECT_EQ(Read("app/snow.toml"), before);
}

// The part of KilledFetch that runs in a process of its own.
TEST(ChildProcess, Fetch) {
  const char* home = std::getenv("SNOW_TEST_HOME");
  if (home == nullptr) GTEST_SKIP() << "runs as a child of KilledFetch only";
  Context context = ContextFromEnvironment();
  context.home = home;
  (void)Fetch(context, std::getenv("SNOW_TEST_FOLDER"));
}

// A server that lets the second archive hang, and tells when it is asked for.
class KilledFetch : public ApiTest {
 protected:
  TestServer::Response Handle(const TestServer::Request& request) override {
    TestServer::Response response = registry_.Handle(request);
    if (request.path.find("/archives/") == std::string::npos) return response;
    std::lock_guard<std::mutex> lock(mutex_);
    archives_ += 1;
    if (archives_ == 2) {
      response.hang = true;
      response.body.resize(response.body.size() / 2);
      hanging_ = true;
      changed_.notify_all();
    }
    return response;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int archives_ = 0;
  bool hanging_ = false;
};

TEST_F(KilledFetch, NextOneGoesOn) {
  registry_.Publish("one", "1.0.0");
  registry_.Publish("two", "1.0.0");
  AppNeeds("one = \"1\"\ntwo = \"1\"\n");
  std::vector<std::string> settings = {"SNOW_TEST_HOME=" + context_.home,
                                       "SNOW_TEST_FOLDER=" + Path("app"),
                                       "SNOW_REGISTRY=" + server_->url()};
  std::vector<char*> environment;
  for (std::string& setting : settings) environment.push_back(setting.data());
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text(*entry);
    // The child must not write the report of this test.
    if (!text.starts_with("XML_OUTPUT_FILE") && !text.starts_with("GTEST_")) {
      environment.push_back(*entry);
    }
  }
  environment.push_back(nullptr);
  std::string self = "/proc/self/exe";
  std::string filter = "--gtest_filter=ChildProcess.Fetch";
  char* arguments[] = {self.data(), filter.data(), nullptr};
  pid_t child = 0;
  std::string program(4096, '\0');
  program.resize(static_cast<size_t>(::readlink(self.c_str(), program.data(), program.size())));
  ASSERT_EQ(::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, environment.data()),
            0);
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return hanging_; });
  }
  ::kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_THAT(Resolved(), ElementsAre("one 1.0.0", "two 1.0.0", "app 0.1.0"));
  EXPECT_EQ(Fetch(context_, Path("app"), true)->downloaded, 0u);
}

}  // namespace
}  // namespace snow::pkg
