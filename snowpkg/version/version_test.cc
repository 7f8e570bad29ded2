#include "snowpkg/version/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "snowpkg/base/text.h"
#include "snowpkg/version/requirement.h"

namespace snow::pkg {
namespace {

using ::testing::HasSubstr;

Version V(std::string_view text) {
  Result<Version> version = Version::Parse(text);
  EXPECT_TRUE(version.ok()) << text;
  return version.ok() ? *version : Version();
}

TEST(VersionTest, Valid) {
  for (std::string text :
       {"0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta", "1.1.2+meta-valid",
        "1.0.0-alpha", "1.0.0-alpha.beta.1", "1.0.0-alpha0.valid", "1.0.0-alpha.0valid",
        "1.0.0-rc.1+build.1", "1.2.3----RC-SNAPSHOT.12.9.1--.12+788", "2.0.0+build.1848",
        "1.0.0+0.build.1-rc.10000aaa-kk-0.1", "18446744073709551615.0.0", "1.0.0-0A.is.legal"}) {
    EXPECT_EQ(V(text).ToString(), text);
  }
}

TEST(VersionTest, Invalid) {
  for (std::string text : {"",
                           "1",
                           "1.2",
                           "1.2.3-",
                           "1.2.3+",
                           "1.2.3-0123",
                           "1.2.3-0123.0123",
                           "1.1.2+.123",
                           "+invalid",
                           "-invalid",
                           "alpha",
                           "1.0.0-alpha..1",
                           "1.0.0-alpha_beta",
                           "01.1.1",
                           "1.01.1",
                           "1.1.01",
                           "1.2.3.DEV",
                           "1.2-SNAPSHOT",
                           "1.2.31.2.3",
                           "-1.0.3-gamma+b7718",
                           "v1.2.3",
                           "1.2.3 ",
                           "99999999999999999999.0.0",
                           "1.0.0-\xC3\xA9",
                           "1..2"}) {
    EXPECT_FALSE(Version::Parse(text).ok()) << text;
  }
  EXPECT_THAT(Version::Parse("1.2").error().ToString(), HasSubstr("three numbers"));
}

TEST(VersionTest, PrecedenceAscends) {
  std::vector<std::string> ascending = {
      "0.0.1",      "0.1.0",        "0.9.9",         "1.0.0-0",       "1.0.0-1",
      "1.0.0-2",    "1.0.0-11",     "1.0.0-alpha",   "1.0.0-alpha.1", "1.0.0-alpha.beta",
      "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",    "1.0.0",
      "1.0.1",      "1.2.0",        "1.10.0",        "2.0.0-rc",      "2.0.0"};
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(V(ascending[i]) <=> V(ascending[j]), i <=> j)
          << ascending[i] << " " << ascending[j];
    }
  }
  EXPECT_EQ(V("1.0.0+a"), V("1.0.0+b"));
}

// requirement | versions that match | versions that do not
constexpr const char* kMatching[] = {
    "1.2.3|1.2.3 1.2.4 1.9.0|1.2.2 2.0.0 0.9.0 1.3.0-alpha 2.0.0-alpha",
    "^1.2|1.2.0 1.2.9 1.99.0|1.1.9 2.0.0 1.2.0-beta",
    "^1|1.0.0 1.99.99|0.9.9 2.0.0",
    "^0.2.3|0.2.3 0.2.9|0.2.2 0.3.0 1.0.0",
    "^0.2|0.2.0 0.2.9|0.1.9 0.3.0",
    "^0.0.3|0.0.3|0.0.2 0.0.4 0.1.0",
    "^0.0|0.0.0 0.0.9|0.1.0",
    "^0|0.0.0 0.99.0|1.0.0",
    "~1.2.3|1.2.3 1.2.10|1.2.2 1.3.0",
    "~1.2|1.2.0 1.2.9|1.1.0 1.3.0",
    "~1|1.0.0 1.9.9|2.0.0 0.9.9",
    "=1.2.3|1.2.3 1.2.3+meta|1.2.4 1.2.2 1.2.3-rc",
    "=1.2|1.2.0 1.2.9|1.3.0",
    "=1|1.0.0 1.5.0|2.0.0",
    ">1.2.3|1.2.4 2.0.0|1.2.3 1.0.0 1.2.4-alpha",
    ">1.2|1.3.0 2.0.0|1.2.0 1.2.9",
    ">1|2.0.0|1.9.9 1.0.0",
    ">=1.2|1.2.0 1.2.9 5.0.0|1.1.9",
    "<1.2.3|1.2.2 0.1.0|1.2.3 1.3.0 1.2.3-alpha",
    "<1.2|1.1.9|1.2.0",
    "<2|1.9.9 0.0.1|2.0.0 2.0.0-alpha",
    "<=1.2|1.2.9 1.0.0|1.3.0",
    "<=1.2.3|1.2.3 1.2.2|1.2.4",
    "1.*|1.0.0 1.9.9|2.0.0 0.9.0",
    "1.2.*|1.2.0 1.2.7|1.3.0",
    "1.x|1.5.0|2.0.0",
    "*|0.0.1 99.0.0|1.0.0-alpha",
    ">=1.0, <1.5|1.0.0 1.4.9|1.5.0 0.9.9",
    " >= 1.0 ,< 1.5 |1.0.0 1.4.9|1.5.0",
    ">=1.0.0-beta|1.0.0-beta 1.0.0-rc 1.0.0 2.0.0|1.0.0-alpha 1.1.0-alpha",
    "^1.0.0-beta.2|1.0.0-beta.2 1.0.0-beta.10 1.0.0 1.4.0|1.0.0-beta.1 1.1.0-beta.3 2.0.0",
    "~1.2.3-rc|1.2.3-rc 1.2.3-rc.1 1.2.3 1.2.4|1.2.3-beta 1.2.4-rc 1.3.0",
    "=1.0.0-rc.1|1.0.0-rc.1|1.0.0 1.0.0-rc.2",
    "<1.0.0-rc|1.0.0-beta 0.9.0|1.0.0-rc 1.0.0 0.9.0-beta",
};

TEST(RequirementTest, MatchTable) {
  for (const char* row : kMatching) {
    std::vector<std::string_view> cells = Split(row, '|');
    Result<Requirement> requirement = Requirement::Parse(cells[0]);
    ASSERT_TRUE(requirement.ok()) << row;
    for (std::string_view text : Split(cells[1], ' ')) {
      EXPECT_TRUE(requirement->Matches(V(text))) << cells[0] << " should take " << text;
    }
    for (std::string_view text : Split(cells[2], ' ')) {
      EXPECT_FALSE(requirement->Matches(V(text))) << cells[0] << " should not take " << text;
    }
    Result<Requirement> again = Requirement::Parse(requirement->ToString());
    ASSERT_TRUE(again.ok()) << requirement->ToString();
    EXPECT_EQ(again->ToString(), requirement->ToString());
  }
}

TEST(RequirementTest, Invalid) {
  for (std::string text :
       {"",       " ",       "^",     "1.2.3.4", "1.2,", ",1",  "1.2, *",   "*, 1",
        ">=1.*",  "^*.2",    "1.*.3", "a",       "1.a",  ">= ", "1.2-beta", "1.*-beta",
        "1.0.0-", "==1.0.0", ">>1",   "01.2",    "1 2",  "=v1"}) {
    EXPECT_FALSE(Requirement::Parse(text).ok()) << text;
  }
}

TEST(RequirementTest, ExactAndNormalForm) {
  EXPECT_TRUE(Requirement::Parse("=1.2.3")->IsExact());
  EXPECT_FALSE(Requirement::Parse("=1.2")->IsExact());
  EXPECT_FALSE(Requirement::Parse("1.2.3")->IsExact());
  EXPECT_EQ(Requirement::Parse(">= 1.0 ,<2")->ToString(), ">=1.0, <2");
  EXPECT_EQ(Requirement::Parse("1.2")->ToString(), "^1.2");
  EXPECT_EQ(Requirement::Exactly(V("1.2.3-rc.1")).ToString(), "=1.2.3-rc.1");
}

}  // namespace
}  // namespace snow::pkg
