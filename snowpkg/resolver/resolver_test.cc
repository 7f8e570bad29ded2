#include "snowpkg/resolver/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "snowpkg/base/text.h"
#include "snowpkg/resolver/version_set.h"

namespace snow::pkg {
namespace {

using ::testing::HasSubstr;

// A world of packages, written a version a line: "a 1.0.0: b ^1; c *", with "!reason" at the end
// for a version with an obstacle, "package a" for a package without versions, "prefer a 1.0.0" for
// a lockfile's choice, "hide a" for one that is not loaded.
class TextProvider : public VersionProvider {
 public:
  explicit TextProvider(std::string_view text) {
    for (std::string_view line : Split(text, '\n')) {
      line = Trim(line);
      if (!line.empty()) ReadLine(line);
    }
    for (auto& [name, candidates] : packages_) {
      auto preferred = prefer_.find(name);
      std::sort(candidates.begin(), candidates.end(), [&](const auto& a, const auto& b) {
        if (preferred != prefer_.end()) {
          bool a_first = a.version.ToString() == preferred->second;
          bool b_first = b.version.ToString() == preferred->second;
          if (a_first != b_first) return a_first;
        }
        return b.version < a.version;
      });
    }
  }

  const std::vector<Candidate>* Candidates(const std::string& package) override {
    if (hidden_.contains(package)) return nullptr;
    return &packages_[package];
  }
  bool HasOneVersion(const std::string& package) override { return package == "local"; }

  const std::vector<NeededPackage>& root() const { return root_; }

  static std::vector<NeededPackage> ReadNeeds(std::string_view text) {
    std::vector<NeededPackage> needs;
    for (std::string_view piece : Split(text, ';')) {
      piece = Trim(piece);
      if (piece.empty()) continue;
      size_t space = piece.find(' ');
      auto requirement = Requirement::Parse(piece.substr(space + 1));
      EXPECT_TRUE(requirement.ok()) << piece;
      needs.push_back({std::string(piece.substr(0, space)), *requirement});
    }
    return needs;
  }

 private:
  void ReadLine(std::string_view line) {
    std::string_view obstacle;
    if (size_t at = line.find('!'); at != std::string_view::npos) {
      obstacle = line.substr(at + 1);
      line = Trim(line.substr(0, at));
    }
    size_t colon = line.find(':');
    std::string_view head = Trim(line.substr(0, colon));
    std::string_view tail = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    std::vector<std::string_view> words = Split(head, ' ');
    if (head == "root") {
      root_ = ReadNeeds(tail);
    } else if (words[0] == "package") {
      packages_[std::string(words[1])];
    } else if (words[0] == "hide") {
      hidden_.insert(std::string(words[1]));
    } else if (words[0] == "prefer") {
      prefer_[std::string(words[1])] = std::string(words[2]);
    } else {
      auto version = Version::Parse(words[1]);
      EXPECT_TRUE(version.ok()) << line;
      packages_[std::string(words[0])].push_back(
          {*version, ReadNeeds(tail), std::string(obstacle)});
    }
  }

  std::map<std::string, std::vector<Candidate>> packages_;
  std::map<std::string, std::string> prefer_;
  std::set<std::string> hidden_;
  std::vector<NeededPackage> root_;
};

std::string Solve(std::string_view world, Resolution* details = nullptr) {
  TextProvider provider(world);
  Resolution resolution = Resolve(provider, "app", provider.root());
  if (details != nullptr) *details = resolution;
  switch (resolution.outcome) {
    case Resolution::Outcome::kSolved: {
      std::vector<std::string> words;
      for (const auto& [name, version] : resolution.chosen) {
        words.push_back(name + " " + version.ToString());
      }
      return Join(words, ", ");
    }
    case Resolution::Outcome::kMissing:
      return "missing: " + Join(resolution.missing, ", ");
    case Resolution::Outcome::kImpossible:
    case Resolution::Outcome::kTooHard:
      return resolution.explanation;
  }
  return "";
}

struct Scenario {
  const char* name;
  const char* world;
  const char* answer;
};

constexpr Scenario kSolved[] = {
    {"nothing needed", "root:", ""},
    {"newest first", "root: a ^1\na 1.0.0\na 1.2.0\na 2.0.0", "a 1.2.0"},
    {"no conflicts", "root: a ^1\na 1.0.0: b ^1\nb 1.0.0\nb 2.0.0", "a 1.0.0, b 1.0.0"},
    {"shared need decides",
     "root: a ^1; b ^1\na 1.0.0: shared >=2.0.0, <4.0.0\nb 1.0.0: shared >=3.0.0, <5.0.0\n"
     "shared 2.0.0\nshared 3.0.0\nshared 3.6.9\nshared 4.0.0\nshared 5.0.0",
     "a 1.0.0, b 1.0.0, shared 3.6.9"},
    {"shared need whose own needs agree",
     "root: foo =1.0.1; bar =1.0.0\nfoo 1.0.0\nfoo 1.0.1: bang ^1\nfoo 1.0.2: whoop ^1\n"
     "foo 1.0.3: zoop ^1\nbar 1.0.0: foo <=1.0.1\nbang 1.0.0\nwhoop 1.0.0\nzoop 1.0.0",
     "bang 1.0.0, bar 1.0.0, foo 1.0.1"},
    {"circle", "root: foo ^1\nfoo 1.0.0: bar ^1\nbar 1.0.0: foo ^1", "bar 1.0.0, foo 1.0.0"},
    {"a newer version that drops a need", "root: a *\na 2.0.0\na 1.0.0: b =1.0.0\nb 1.0.0",
     "a 2.0.0"},
    {"conflict avoided by an older version",
     "root: foo ^1; bar ^1\nfoo 1.1.0: bar ^2\nfoo 1.0.0\nbar 1.0.0\nbar 1.1.0\nbar 2.0.0",
     "bar 1.1.0, foo 1.0.0"},
    {"conflict with a decision is resolved",
     "root: foo >=1.0.0\nfoo 2.0.0: bar ^1\nfoo 1.0.0\nbar 1.0.0: foo ^1", "foo 1.0.0"},
    {"conflict with a partly satisfied term",
     "root: foo ^1; target ^2\nfoo 1.1.0: left ^1; right ^1\nfoo 1.0.0\nleft 1.0.0: shared "
     ">=1.0.0\n"
     "right 1.0.0: shared <2.0.0\nshared 2.0.0\nshared 1.0.0: target ^1\ntarget 2.0.0\n"
     "target 1.0.0",
     "foo 1.0.0, target 2.0.0"},
    {"back over two decisions",
     "root: a *; b *\na 1.0.0: x >=1.0.0\na 2.0.0: x >=2.0.0\na 3.0.0: x >=3.0.0\n"
     "b 1.0.0: y >=1.0.0\nb 2.0.0: y >=2.0.0\nb 3.0.0: y >=3.0.0\n"
     "x 1.0.0: y ^1\nx 2.0.0: y ^2\nx 3.0.0: y ^3\ny 1.0.0: x *\ny 2.0.0\ny 3.0.0",
     "a 3.0.0, b 3.0.0, x 3.0.0, y 3.0.0"},
    {"a chosen package's older version loses a rare need",
     "root: a *\na 2.0.0: gone ^1\na 1.0.0\npackage gone", "a 1.0.0"},
    {"lockfile's choice is kept", "root: a ^1\na 1.0.0\na 1.2.0\nprefer a 1.0.0", "a 1.0.0"},
    {"lockfile's choice gives way when it must", "root: a ^1.1\na 1.0.0\na 1.2.0\nprefer a 1.0.0",
     "a 1.2.0"},
    {"pre-releases only where asked for",
     "root: a ^1; b ^2.0.0-beta\na 1.0.0\na 1.1.0-beta\nb 2.0.0-beta.3\nb 2.0.0-beta.1",
     "a 1.0.0, b 2.0.0-beta.3"},
    {"obstacle is stepped over", "root: a ^1\na 1.0.0\na 1.1.0 !is yanked", "a 1.0.0"},
    {"needs itself in the same version", "root: a *\na 1.0.0: a ^1", "a 1.0.0"},
    {"needs another version of itself", "root: a *\na 2.0.0: a ^1\na 1.0.0", "a 1.0.0"},
    {"not loaded yet", "root: a *; b *\na 1.0.0: c *\nb 1.0.0\nhide a\nhide b", "missing: a, b"},
    {"not loaded, two levels down", "root: a *\na 1.0.0: c *; d *\nd 1.0.0\nhide c", "missing: c"},
};

TEST(ResolverTest, SolvedScenarios) {
  for (const Scenario& scenario : kSolved) {
    EXPECT_EQ(Solve(scenario.world), scenario.answer) << scenario.name;
  }
}

constexpr Scenario kRefused[] = {
    {"no version that fits", "root: a ^2\na 1.0.0\na 1.1.0",
     "Because app needs a ^2, which no version satisfies (there are 1.0.0 to 1.1.0), no versions "
     "fit together for app.\n"},
    {"no such package", "root: a ^2",
     "Because app needs a ^2, and there is no package of that name, no versions fit together for "
     "app.\n"},
    {"two direct needs", "root: a ^1; b ^1\na 1.0.0: b ^2\nb 1.0.0\nb 2.0.0",
     "Because app needs a ^1 and every version of a needs b ^2, app needs b ^2.\n"
     "And because app needs b ^1, no versions fit together for app.\n"},
    {"needs of needs", "root: a ^1; c ^1\na 1.0.0: b ^1\nb 1.0.0: c ^2\nc 1.0.0\nc 2.0.0",
     "Because every version of a needs b ^1 and every version of b needs c ^2, every version of a "
     "needs c ^2.\n"
     "And because app needs a ^1 and app needs c ^1, no versions fit together for app.\n"},
    {"yanked", "root: a ^1.1\na 1.0.0\na 1.1.0 !is yanked",
     "Because app needs a ^1.1 and a 1.1.0 is yanked, no versions fit together for app.\n"},
    {"path package of another version", "root: local ^2\nlocal 1.0.0",
     "Because app needs local ^2, but it is 1.0.0, no versions fit together for app.\n"},
    {"shared need", "root: a ^1; b ^1\na 1.0.0: s ^1\nb 1.0.0: s ^2\ns 1.0.0\ns 2.0.0",
     "Because every version of a needs s ^1 and every version of b needs s ^2, every version of a "
     "conflicts with every version of b.\n"
     "And because app needs a ^1 and app needs b ^1, no versions fit together for app.\n"},
    {"two ways, both closed",
     "root: foo ^1\nfoo 1.0.0: a ^1; b ^1\nfoo 1.1.0: x ^1; y ^1\na 1.0.0: b ^2\nb 1.0.0\n"
     "b 2.0.0\nx 1.0.0: y ^2\ny 1.0.0\ny 2.0.0",
     "Because foo 1.1.0 needs x ^1 and every version of x needs y ^2, foo 1.1.0 needs y ^2.\n"
     "And because foo 1.1.0 needs y ^1, foo 1.1.0 cannot be used (1).\n"
     "Because foo 1.0.0 needs a ^1 and every version of a needs b ^2, foo 1.0.0 needs b ^2.\n"
     "And because app needs foo ^1 and foo 1.0.0 needs b ^1, app needs foo 1.1.0.\n"
     "And because foo 1.1.0 cannot be used (1), no versions fit together for app.\n"},
};

TEST(ResolverTest, RefusalsReadLikeExplanations) {
  for (const Scenario& scenario : kRefused) {
    EXPECT_EQ(Solve(scenario.world), scenario.answer) << scenario.name;
  }
}

// `early` is decided first (fewer versions), and its new versions fit with no version of `late`.
// Without promotion all versions of `late` are tried before that is known (about 800 conflicts).
TEST(ResolverTest, RepeatedConflictsPutTheOtherPackageFirst) {
  std::string world = "root: early *; late *\nearly 0.1.0\n";
  for (int i = 0; i < 402; ++i) {
    std::string n = std::to_string(i);
    if (i < 400) world += "early 1." + n + ".0: shared =1." + n + ".0\n";
    world += "late 1." + n + ".0: shared =2." + n + ".0\n";
    world += "shared 1." + n + ".0\nshared 2." + n + ".0\n";
  }
  Resolution details;
  EXPECT_EQ(Solve(world, &details), "early 0.1.0, late 1.401.0, shared 2.401.0");
  EXPECT_LT(details.conflicts, 420u);
}

TEST(ResolverTest, SameAnswerEachTime) {
  const char* world =
      "root: a *; b *\na 1.0.0: c *\na 2.0.0: c ^1\nb 1.0.0: c ^1\nc 1.0.0\nc 2.0.0";
  std::string first = Solve(world);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Solve(world), first);
}

// Small random worlds, compared with a search that tries everything.
struct RandomWorld {
  // needs[p][v] is a list of (package, lowest, highest version).
  struct Need {
    size_t package, low, high;
  };
  std::vector<std::vector<std::vector<Need>>> needs;

  static constexpr size_t kVersions = 3;

  explicit RandomWorld(std::mt19937& random) {
    size_t packages = 2 + random() % 4;
    for (size_t p = 0; p < packages; ++p) {
      needs.emplace_back(p == 0 ? 1 : kVersions);
      for (auto& version : needs[p]) {
        for (size_t other = 1; other < packages; ++other) {
          if (other == p || random() % 3 == 0) continue;
          size_t low = random() % kVersions;
          version.push_back({other, low, low + random() % (kVersions - low)});
        }
      }
    }
  }

  std::string Text() const {
    std::string text;
    for (size_t p = 0; p < needs.size(); ++p) {
      for (size_t v = 0; v < needs[p].size(); ++v) {
        text += p == 0 ? "root:" : "p" + std::to_string(p) + " " + std::to_string(v) + ".0.0:";
        for (const Need& need : needs[p][v]) {
          text += " p" + std::to_string(need.package) + " >=" + std::to_string(need.low) +
                  ", <=" + std::to_string(need.high) + ";";
        }
        text += "\n";
      }
    }
    return text;
  }

  // chosen[p]: version, or kVersions for none.
  bool Fits(const std::vector<size_t>& chosen) const {
    for (size_t p = 0; p < needs.size(); ++p) {
      if (chosen[p] == kVersions) continue;
      for (const Need& need : needs[p][chosen[p]]) {
        size_t other = chosen[need.package];
        if (other == kVersions || other < need.low || other > need.high) return false;
      }
    }
    return true;
  }

  bool HasSolution() const {
    std::vector<size_t> chosen(needs.size(), 0);
    while (true) {
      if (Fits(chosen)) return true;
      size_t p = 1;
      while (p < chosen.size() && chosen[p] == kVersions) chosen[p++] = 0;
      if (p == chosen.size()) return false;
      chosen[p] += 1;
    }
  }
};

TEST(ResolverTest, AgreesWithTryingEverything) {
  std::mt19937 random(7);
  int solved = 0;
  for (int round = 0; round < 3000; ++round) {
    RandomWorld world(random);
    TextProvider provider(world.Text());
    Resolution resolution = Resolve(provider, "app", provider.root());
    bool expected = world.HasSolution();
    ASSERT_EQ(resolution.outcome == Resolution::Outcome::kSolved, expected)
        << world.Text() << resolution.explanation;
    if (!expected) continue;
    solved += 1;
    std::vector<size_t> chosen(world.needs.size(), RandomWorld::kVersions);
    chosen[0] = 0;
    for (const auto& [name, version] : resolution.chosen) {
      chosen[*ParseUnsigned(name.substr(1))] = version.major();
    }
    ASSERT_TRUE(world.Fits(chosen)) << world.Text();
  }
  EXPECT_GT(solved, 300);
  EXPECT_LT(solved, 2700);
}

TEST(VersionSetTest, SetsOverWordBorders) {
  for (size_t count : {0, 1, 62, 63, 64, 65, 128}) {
    VersionSet none(count);
    EXPECT_TRUE(none.IsEmpty());
    EXPECT_TRUE(none.Complement().IsFull());
    EXPECT_EQ(none.Complement().Complement(), none);
    EXPECT_EQ(VersionSet::Full(count).Count(), count);
    EXPECT_FALSE(VersionSet::NotChosen(count).IsPositive());
    EXPECT_EQ(VersionSet::NotChosen(count).Count(), 0u);
    EXPECT_TRUE(VersionSet::NotChosen(count).Complement().IsPositive());
  }
}

}  // namespace
}  // namespace snow::pkg
