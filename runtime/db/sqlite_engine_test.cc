#include "runtime/db/sqlite_engine.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace snow::rt {
namespace {

class SqliteEngineTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    engine_ = SqliteEngine::Open(":memory:", error);
    ASSERT_NE(engine_, nullptr) << error;
  }

  DbResult Run(std::string_view sql, const std::vector<std::string>& params = {}) {
    DbResult result;
    engine_->Run(sql, params, result);
    return result;
  }

  std::string Text(std::string_view sql, const std::vector<std::string>& params = {}) {
    DbResult result = Run(sql, params);
    if (result.failed()) return "error: " + result.error.message;
    std::string text;
    for (size_t i = 0; i < result.cell_count(); ++i) {
      if (i > 0) text += i % result.columns.size() == 0 ? ";" : ",";
      text += result.IsNull(i) ? "NULL" : std::string(result.Cell(i));
    }
    return text;
  }

  std::unique_ptr<SqliteEngine> engine_;
};

TEST_F(SqliteEngineTest, RunsStatements) {
  EXPECT_EQ(Run("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c REAL)").changed, 0);
  EXPECT_EQ(Run("INSERT INTO t VALUES (?, ?, ?)", {"1", "one", "1.5"}).changed, 1);
  EXPECT_EQ(Run("INSERT INTO t VALUES (?, ?, ?)", {"2", "two", "2"}).changed, 1);
  EXPECT_EQ(Run("INSERT INTO t (a) VALUES (3)").changed, 1);
  EXPECT_EQ(Text("SELECT * FROM t ORDER BY a"), "1,one,1.5;2,two,2.0;3,NULL,NULL");
  EXPECT_EQ(Text("SELECT b FROM t WHERE a = ?", {"2"}), "two");
  EXPECT_EQ(Text("SELECT a FROM t ORDER BY a LIMIT ?", {"1"}), "1");
  EXPECT_EQ(Run("UPDATE t SET b = 'x'").changed, 3);
  EXPECT_EQ(Run("SELECT * FROM t").changed, 0);
  EXPECT_EQ(Run("DELETE FROM t WHERE a = 77").changed, 0);
  EXPECT_EQ(Run("SELECT a AS x, b AS y FROM t").columns, (std::vector<std::string>{"x", "y"}));
}

TEST_F(SqliteEngineTest, TakesNumberedPlaceholders) {
  EXPECT_EQ(Text("SELECT $2, $1, $2", {"a", "b"}), "b,a,b");
  EXPECT_EQ(Text("SELECT ?2, ?1", {"a", "b"}), "b,a");
  EXPECT_EQ(Text("SELECT ?", {}), "error: the statement has 1 parameters, 0 were given");
  EXPECT_EQ(Text("SELECT 1", {"x"}), "error: the statement has 0 parameters, 1 were given");
}

TEST_F(SqliteEngineTest, RunsSeveralStatements) {
  EXPECT_EQ(
      Run("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2); INSERT INTO t VALUES (3); ").changed,
      3);
  EXPECT_EQ(Text("SELECT 1; SELECT count(*) FROM t -- end"), "3");
  EXPECT_EQ(Text("SELECT ?; SELECT 2", {"1"}), "error: parameters fit a single statement only");
  EXPECT_EQ(Text(""), "");
  EXPECT_EQ(Text("-- nothing"), "");
}

TEST_F(SqliteEngineTest, ReportsErrors) {
  EXPECT_EQ(Text("SELEC 1"), "error: near \"SELEC\": syntax error");
  Run("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL)");
  Run("INSERT INTO t VALUES (1, 'x')");
  DbResult result = Run("INSERT INTO t VALUES (1, 'y')");
  EXPECT_EQ(result.error.message, "UNIQUE constraint failed: t.a");
  EXPECT_EQ(result.error.constraint, "t.a");
  EXPECT_EQ(Text("SELECT count(*) FROM t"), "1");
}

TEST_F(SqliteEngineTest, KnowsTransactions) {
  Run("CREATE TABLE t (a)");
  EXPECT_FALSE(engine_->InTransaction());
  Run("BEGIN");
  EXPECT_TRUE(engine_->InTransaction());
  Run("INSERT INTO t VALUES (1)");
  Run("ROLLBACK");
  EXPECT_FALSE(engine_->InTransaction());
  EXPECT_EQ(Text("SELECT count(*) FROM t"), "0");
}

TEST_F(SqliteEngineTest, ForeignKeysAreOn) {
  Run("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a(id))");
  EXPECT_EQ(Text("INSERT INTO b VALUES (7)"), "error: FOREIGN KEY constraint failed");
}

TEST_F(SqliteEngineTest, BytesThatAreNoTextAreHexadecimal) {
  EXPECT_EQ(Text("SELECT x'ff00', x'4142', ''"), "\\xff00,AB,");
  EXPECT_EQ(Text("SELECT ?", {std::string("a\0b", 3)}), std::string("a\0b", 3));
}

TEST(SqliteEngine, FilesAreNamedInErrors) {
  std::string error;
  EXPECT_EQ(SqliteEngine::Open("/nonexistent/x.db", error), nullptr);
  EXPECT_EQ(error, "/nonexistent/x.db: unable to open database file");
  std::string path = testing::TempDir() + "/no_database.db";
  std::ofstream(path) << "this is a text file of some length, which is no database of SQLite";
  EXPECT_EQ(SqliteEngine::Open(path, error), nullptr);
  EXPECT_EQ(error, path + ": file is not a database");
}

TEST(SqliteEngine, FilesUseWal) {
  std::string path = testing::TempDir() + "/wal.db";
  std::string error;
  auto engine = SqliteEngine::Open(path, error);
  ASSERT_NE(engine, nullptr) << error;
  DbResult result;
  engine->Run("PRAGMA journal_mode", {}, result);
  EXPECT_EQ(result.Cell(0), "wal");
}

TEST_F(SqliteEngineTest, ManyStatementsStayBounded) {
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(Text("SELECT " + std::to_string(i)), std::to_string(i));
  }
  EXPECT_EQ(Text("SELECT 5"), "5");
}

}  // namespace
}  // namespace snow::rt
