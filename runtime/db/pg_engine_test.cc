#include "runtime/db/pg_engine.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace snow::rt {
namespace {

std::string Setting(const PgTarget& target, std::string_view keyword) {
  for (const auto& [name, value] : target.settings) {
    if (name == keyword) return value;
  }
  return "(none)";
}

TEST(PgUrl, IsTakenApart) {
  PgTarget target;
  std::string error;
  ASSERT_TRUE(
      ParsePgUrl("postgres://ann:s%40me@db.example:5433/shop?sslmode=require", target, error))
      << error;
  EXPECT_EQ(Setting(target, "user"), "ann");
  EXPECT_EQ(Setting(target, "password"), "s@me");
  EXPECT_EQ(Setting(target, "port"), "5433");
  EXPECT_EQ(Setting(target, "dbname"), "shop");
  EXPECT_EQ(Setting(target, "sslmode"), "require");
  EXPECT_EQ(Setting(target, "connect_timeout"), "10");
  EXPECT_EQ(target.hosts, std::vector<std::string>{"db.example"});
}

TEST(PgUrl, OnlyNamesAreResolved) {
  PgTarget target;
  std::string error;
  ASSERT_TRUE(ParsePgUrl("host=one,127.0.0.1,/run/postgresql connect_timeout=3", target, error));
  EXPECT_EQ(target.hosts, (std::vector<std::string>{"one", "", ""}));
  EXPECT_EQ(Setting(target, "connect_timeout"), "3");
  PgTarget numeric;
  ASSERT_TRUE(ParsePgUrl("postgresql://[::1]/x", numeric, error));
  EXPECT_EQ(numeric.hosts, std::vector<std::string>{""});
}

TEST(PgUrl, ErrorsSayWhat) {
  PgTarget target;
  std::string error;
  EXPECT_FALSE(ParsePgUrl("postgres://x?nonsense=1", target, error));
  EXPECT_EQ(error, "bad database URL: invalid URI query parameter: \"nonsense\"");
  EXPECT_FALSE(ParsePgUrl("mysql://x", target, error));
  EXPECT_TRUE(error.starts_with("bad database URL: ")) << error;
}

TEST(PgEngine, RefusedConnectionsSaySo) {
  PgTarget target;
  std::string error;
  ASSERT_TRUE(ParsePgUrl("postgres://x@127.0.0.1:1/x?sslmode=disable", target, error));
  PgEngine engine(target, {""});
  PgEngine::Step step;
  // Loopback refuses at once, so no waiting is needed between the steps.
  for (int i = 0; i < 10; ++i) {
    step = engine.Connect();
    if (step == PgEngine::Step::kFailed || step == PgEngine::Step::kDone) break;
  }
  EXPECT_EQ(step, PgEngine::Step::kFailed);
  EXPECT_NE(engine.error().find("Connection refused"), std::string::npos) << engine.error();
}

}  // namespace
}  // namespace snow::rt
