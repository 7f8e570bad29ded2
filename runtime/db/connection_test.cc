// Databases as actors use them: programs whose generated code is C++, on SQLite.
#include "runtime/db/connection.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "runtime/testing/program.h"

namespace snow::rt::testing {
namespace {

constexpr uint8_t kStringKinds[] = {kSnowString, kSnowScalar};
constexpr SnowDescriptor kStrings = {kSnowBuffer, 2, "List.String", kStringKinds};

struct Rows {
  int64_t changed = 0;
  std::string error;
  std::string cells;  // joined by commas
};

Rows Run(SnowActor* actor, int64_t connection, const std::string& sql,
         const std::vector<std::string>& params = {}) {
  SnowBufferHead* list = nullptr;
  if (!params.empty()) {
    list = static_cast<SnowBufferHead*>(
        snow_buffer_new(actor, const_cast<SnowDescriptor*>(&kStrings), params.size()));
    for (const std::string& param : params) {
      SnowPair text = NewText(actor, param);
      uint64_t* to = BufferElements(list) + list->fill * 2;
      to[0] = text.first;
      to[1] = text.second;
      ++list->fill;
    }
  }
  SnowPair text = NewText(actor, sql);
  uint64_t out[7];
  snow_db_run(actor, connection, text.first, text.second, list, uint64_t{params.size()} << 32, out);
  Rows rows;
  rows.changed = static_cast<int64_t>(out[0]);
  rows.error = TextOf({out[1], out[2]});
  auto* cells = reinterpret_cast<SnowBufferHead*>(out[5]);
  for (uint64_t i = 0; i < out[6] >> 32; ++i) {
    const uint64_t* cell = BufferElements(cells) + i * 3;
    if (i > 0) rows.cells += ",";
    rows.cells += cell[0] == 0 ? "NULL" : TextOf({cell[1], cell[2]});
  }
  return rows;
}

int64_t Open(SnowActor* actor, const std::string& path) {
  SnowPair text = NewText(actor, path);
  SnowPair opened = snow_sqlite_open(actor, text.first, text.second);
  return snow_last_failed(actor) ? 0 : static_cast<int64_t>(opened.first);
}

uint64_t UseDatabase(SnowActor* actor, void*) {
  int64_t db = Open(actor, ":memory:");
  SNOW_TEST_CHECK(db != 0);
  SNOW_TEST_CHECK(Run(actor, db, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)").changed == 0);
  SNOW_TEST_CHECK(
      Run(actor, db, "INSERT INTO t VALUES (?, ?), (2, NULL)", {"1", "a longer text"}).changed ==
      2);
  SNOW_TEST_CHECK(Run(actor, db, "SELECT * FROM t").cells == "1,a longer text,2,NULL");
  Rows bad = Run(actor, db, "INSERT INTO t VALUES (1, 'x')");
  SNOW_TEST_CHECK(bad.changed == -1 && bad.error == "UNIQUE constraint failed: t.a");
  SNOW_TEST_CHECK(TextOf(snow_db_error(actor, db, 2)) == "t.a");
  snow_db_close(actor, db);
  SNOW_TEST_CHECK(Run(actor, db, "SELECT 1").error == "the connection is closed");
  snow_db_close(actor, db);
  for (int64_t nonsense : {int64_t{0}, int64_t{-1}, int64_t{12345}, INT64_MIN}) {
    SNOW_TEST_CHECK(Run(actor, nonsense, "SELECT 1").error == "the connection is closed");
    snow_db_close(actor, nonsense);
    SNOW_TEST_CHECK(snow_db_depth(actor, nonsense, 1) == 0);
  }
  SnowPair path = NewText(actor, "/nonexistent/x.db");
  SnowPair failed = snow_sqlite_open(actor, path.first, path.second);
  SNOW_TEST_CHECK(snow_last_failed(actor));
  SNOW_TEST_CHECK(TextOf(failed) == "/nonexistent/x.db: unable to open database file");
  return 3;
}

TEST(Databases, RunStatements) {
  for (const char* stress : {"0", "2"}) {
    Outcome outcome = RunSnow(UseDatabase, {{"SNOW_GC_STRESS", stress}});
    EXPECT_EQ(outcome.code, 3) << outcome.err;
  }
}

// A second actor that begins a transaction, tells main, waits for main, and ends.
uint64_t HoldTransaction(SnowActor* actor, void* closure) {
  int64_t db = static_cast<int64_t>(Capture(closure, 0));
  int64_t main = static_cast<int64_t>(Capture(closure, 1));
  SNOW_TEST_CHECK(Run(actor, db, "BEGIN").changed == 0);
  SNOW_TEST_CHECK(Run(actor, db, "DELETE FROM t").changed == 1);
  SendInt(actor, main, 1);
  ReceiveInt(actor);
  return 0;
}

uint64_t ShareDatabase(SnowActor* actor, void*) {
  int64_t db = Open(actor, std::getenv("DB_FILE"));
  SNOW_TEST_CHECK(Run(actor, db, "CREATE TABLE t (a); INSERT INTO t VALUES (7)").changed == 1);
  int64_t other = Spawn(actor, HoldTransaction, {static_cast<uint64_t>(db), actor->pid});
  snow_monitor(actor, other);
  SNOW_TEST_CHECK(ReceiveInt(actor) == 1);
  std::string error = Run(actor, db, "SELECT 1").error;
  SNOW_TEST_CHECK(error.starts_with("the connection is in a transaction of actor <0."));
  SendInt(actor, other, 1);
  SNOW_TEST_CHECK(ReceiveSignal(actor).tag == 1);
  // With the end of an actor in a transaction the connection is closed, and nothing was deleted.
  SNOW_TEST_CHECK(Run(actor, db, "SELECT 1").error == "the connection is closed");
  db = Open(actor, std::getenv("DB_FILE"));
  SNOW_TEST_CHECK(Run(actor, db, "SELECT a FROM t").cells == "7");
  return 4;
}

TEST(Databases, BelongToOneActorAtATime) {
  std::string path = ::testing::TempDir() + "/share.db";
  std::remove(path.c_str());
  Outcome outcome = RunSnow(ShareDatabase, {{"DB_FILE", path}});
  EXPECT_EQ(outcome.code, 4) << outcome.err;
}

uint64_t OpenAndEnd(SnowActor* actor, void* closure) {
  int64_t db = Open(actor, ":memory:");
  Run(actor, db, "CREATE TABLE t (a)");
  SendInt(actor, static_cast<int64_t>(Capture(closure, 0)), db);
  // Waits until main has used it, or not.
  ReceiveInt(actor);
  return 0;
}

uint64_t TakeOver(SnowActor* actor, void*) {
  for (bool uses : {true, false}) {
    int64_t opener = Spawn(actor, OpenAndEnd, {actor->pid});
    snow_monitor(actor, opener);
    int64_t db = ReceiveInt(actor);
    if (uses) SNOW_TEST_CHECK(Run(actor, db, "INSERT INTO t VALUES (1)").changed == 1);
    SendInt(actor, opener, 0);
    SNOW_TEST_CHECK(ReceiveSignal(actor).tag == 1);
    std::string error = Run(actor, db, "SELECT * FROM t").error;
    SNOW_TEST_CHECK(error == (uses ? "" : "the connection is closed"));
  }
  return 5;
}

TEST(Databases, AreClosedWithTheLastThatUsedThem) {
  Outcome outcome = RunSnow(TakeOver);
  EXPECT_EQ(outcome.code, 5) << outcome.err;
}

uint64_t Nest(SnowActor* actor, void*) {
  int64_t db = Open(actor, ":memory:");
  SNOW_TEST_CHECK(snow_db_depth(actor, db, 1) == 0);
  Run(actor, db, "BEGIN");
  SNOW_TEST_CHECK(snow_db_depth(actor, db, 1) == 1);
  SNOW_TEST_CHECK(snow_db_depth(actor, db, -1) == 2);
  SNOW_TEST_CHECK(snow_db_depth(actor, db, -1) == 1);
  // A transaction that the program itself has begun counts.
  SNOW_TEST_CHECK(snow_db_depth(actor, db, 1) == 1);
  Run(actor, db, "COMMIT");
  SNOW_TEST_CHECK(snow_db_depth(actor, db, 1) == 0);
  return 6;
}

TEST(Databases, CountNestedTransactions) {
  Outcome outcome = RunSnow(Nest);
  EXPECT_EQ(outcome.code, 6) << outcome.err;
}

// --- Pools ---------------------------------------------------------------------------------------

int64_t OpenPool(SnowActor* actor, int64_t min, int64_t max, int64_t timeout_ms) {
  SnowPair url = NewText(actor, std::string("sqlite:") + std::getenv("DB_FILE"));
  SnowPair pool = snow_pool_open(actor, url.first, url.second, min, max, timeout_ms);
  SNOW_TEST_CHECK(!snow_last_failed(actor));
  return static_cast<int64_t>(pool.first);
}

int64_t CheckOut(SnowActor* actor, int64_t pool, std::string* error = nullptr) {
  SnowPair result = snow_pool_checkout(actor, pool);
  if (!snow_last_failed(actor)) return static_cast<int64_t>(result.first);
  if (error != nullptr) *error = TextOf(result);
  return 0;
}

uint64_t UsePool(SnowActor* actor, void*) {
  int64_t pool = OpenPool(actor, 1, 2, 20);
  SNOW_TEST_CHECK(snow_pool_count(actor, pool, 0) == 1);
  SNOW_TEST_CHECK(snow_pool_count(actor, pool, 1) == 1);
  int64_t one = CheckOut(actor, pool);
  int64_t two = CheckOut(actor, pool);
  SNOW_TEST_CHECK(one != 0 && two != 0 && one != two);
  std::string error;
  SNOW_TEST_CHECK(CheckOut(actor, pool, &error) == 0 && error == "pool timeout");
  Run(actor, one, "CREATE TABLE t (a)");
  Run(actor, one, "BEGIN");
  Run(actor, one, "INSERT INTO t VALUES (1)");
  snow_pool_checkin(actor, pool, one);
  // The handle is used up, the transaction rolled back.
  SNOW_TEST_CHECK(Run(actor, one, "SELECT 1").error == "the connection is closed");
  snow_pool_checkin(actor, pool, one);
  int64_t again = CheckOut(actor, pool);
  SNOW_TEST_CHECK(again != one);
  SNOW_TEST_CHECK(Run(actor, again, "SELECT count(*) FROM t").cells == "0");
  // Closed by the program: the pool makes another one.
  snow_db_close(actor, again);
  SNOW_TEST_CHECK(snow_pool_count(actor, pool, 0) == 1);
  SNOW_TEST_CHECK(CheckOut(actor, pool) != 0);
  snow_pool_close(actor, pool);
  SNOW_TEST_CHECK(CheckOut(actor, pool, &error) == 0 && error == "pool closed");
  SNOW_TEST_CHECK(Run(actor, two, "SELECT 1").cells == "1");
  snow_pool_checkin(actor, pool, two);
  SNOW_TEST_CHECK(Run(actor, two, "SELECT 1").error == "the connection is closed");
  return 7;
}

TEST(Pools, CheckOutAndIn) {
  std::string path = ::testing::TempDir() + "/pool.db";
  std::remove(path.c_str());
  Outcome outcome = RunSnow(UsePool, {{"DB_FILE", path}});
  EXPECT_EQ(outcome.code, 7) << outcome.err;
}

// Waits for a connection, tells main which turn it is, and ends without giving it back.
uint64_t TakeTurn(SnowActor* actor, void* closure) {
  int64_t pool = static_cast<int64_t>(Capture(closure, 0));
  int64_t main = static_cast<int64_t>(Capture(closure, 1));
  SendInt(actor, main, -1);
  int64_t connection = CheckOut(actor, pool);
  SNOW_TEST_CHECK(connection != 0);
  SNOW_TEST_CHECK(Run(actor, connection, "SELECT 1").cells == "1");
  SendInt(actor, main, static_cast<int64_t>(Capture(closure, 2)));
  return 0;
}

uint64_t WaitInLine(SnowActor* actor, void*) {
  int64_t pool = OpenPool(actor, 0, 1, 10'000);
  int64_t held = CheckOut(actor, pool);
  constexpr int kActors = 20;
  for (int i = 0; i < kActors; ++i) {
    Spawn(actor, TakeTurn, {static_cast<uint64_t>(pool), actor->pid, static_cast<uint64_t>(i)});
    // With one worker it has got into the line once it waits: main runs again only then.
    SNOW_TEST_CHECK(ReceiveInt(actor) == -1);
    snow_timer_sleep(actor, 1);
  }
  // One that waits is killed: its place in the line is free.
  int64_t killed =
      Spawn(actor, TakeTurn, {static_cast<uint64_t>(pool), actor->pid, uint64_t{1000}});
  SNOW_TEST_CHECK(ReceiveInt(actor) == -1);
  snow_monitor(actor, killed);
  snow_exit(actor, killed, reinterpret_cast<void*>(uintptr_t{2}));
  SNOW_TEST_CHECK(ReceiveSignal(actor).tag == 1);
  snow_pool_checkin(actor, pool, held);
  for (int i = 0; i < kActors; ++i) SNOW_TEST_CHECK(ReceiveInt(actor) == i);
  return 8;
}

TEST(Pools, ServeThoseWhoWaitInOrder) {
  std::string path = ::testing::TempDir() + "/line.db";
  Outcome outcome = RunSnow(WaitInLine, {{"DB_FILE", path}, {"SNOW_WORKERS", "1"}});
  EXPECT_EQ(outcome.code, 8) << outcome.err;
}

uint64_t RefusePools(SnowActor* actor, void*) {
  const auto failure = [&](const std::string& url, int64_t min, int64_t max) {
    SnowPair text = NewText(actor, url);
    SnowPair result = snow_pool_open(actor, text.first, text.second, min, max, 10);
    SNOW_TEST_CHECK(snow_last_failed(actor));
    return TextOf(result);
  };
  SNOW_TEST_CHECK(failure("mysql://x", 0, 1) ==
                  "a pool's URL begins with postgres://, postgresql:// or sqlite:");
  SNOW_TEST_CHECK(failure("sqlite:x", 2, 1).starts_with("a pool has 1 to 10000 connections"));
  SNOW_TEST_CHECK(failure("sqlite:/nonexistent/x.db", 1, 1) ==
                  "/nonexistent/x.db: unable to open database file");
  SNOW_TEST_CHECK(failure("postgres://x@127.0.0.1:1/x", 1, 1).find("Connection refused") !=
                  std::string::npos);
  SNOW_TEST_CHECK(failure("postgres://x?what=1", 1, 1).starts_with("bad database URL: "));
  return 9;
}

TEST(Pools, SayWhatIsWrong) {
  Outcome outcome = RunSnow(RefusePools);
  EXPECT_EQ(outcome.code, 9) << outcome.err;
}

}  // namespace
}  // namespace snow::rt::testing
