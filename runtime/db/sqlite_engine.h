// One SQLite database connection. All calls block on the disk and on locks of other processes, so
// they belong on helper threads; one at a time (thread-compatible).
#ifndef RUNTIME_DB_SQLITE_ENGINE_H_
#define RUNTIME_DB_SQLITE_ENGINE_H_

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/db/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace snow::rt {

class SqliteEngine {
 public:
  // A file, which is made when it is absent, or ":memory:". In WAL mode, with foreign keys on and 5
  // seconds of patience for locks. Null with the reason, which names the path.
  static std::unique_ptr<SqliteEngine> Open(const std::string& path, std::string& error);

  ~SqliteEngine();
  SqliteEngine(const SqliteEngine&) = delete;
  SqliteEngine& operator=(const SqliteEngine&) = delete;

  // Runs one statement with parameters (`?`, `?1` or `$1`), all bound as text, or several without.
  // The rows are those of the last statement.
  void Run(std::string_view sql, const std::vector<std::string>& params, DbResult& result);

  bool InTransaction() const;
  // Makes the call that another thread is in return soon. Thread-safe.
  void Interrupt();

 private:
  struct Cached {
    std::string sql;
    sqlite3_stmt* statement;
  };

  explicit SqliteEngine(sqlite3* database) : database_(database) {}
  void Fail(DbResult& result);
  // The prepared statement of the whole text, kept for the next time; null with the error set, or
  // when the text holds several statements.
  sqlite3_stmt* Prepared(std::string_view sql, bool& several, DbResult& result);
  void RunEach(std::string_view sql, DbResult& result);
  bool Bind(sqlite3_stmt* statement, const std::vector<std::string>& params, DbResult& result);
  void Step(sqlite3_stmt* statement, DbResult& result);
  void AddRow(sqlite3_stmt* statement, DbResult& result);

  sqlite3* database_;
  std::list<Cached> statements_;  // the latest one first
};

}  // namespace snow::rt

#endif  // RUNTIME_DB_SQLITE_ENGINE_H_
