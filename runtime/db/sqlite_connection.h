// SQLite connections for actors: every call runs on a helper thread.
#ifndef RUNTIME_DB_SQLITE_CONNECTION_H_
#define RUNTIME_DB_SQLITE_CONNECTION_H_

#include <memory>
#include <string>

#include "runtime/db/connection.h"
#include "runtime/db/sqlite_engine.h"

namespace snow::rt {

class SqliteConnection final : public DbConnection {
 public:
  explicit SqliteConnection(std::unique_ptr<SqliteEngine> engine) : engine_(std::move(engine)) {}
  ~SqliteConnection() override;

  void Run(Actor* actor) override;
  bool InTransaction() const override { return engine_ != nullptr && engine_->InTransaction(); }
  bool IsBroken() const override { return engine_ == nullptr; }
  void Abandon(Worker& worker) override;
  void CloseWaiting(Actor* actor) override;

 private:
  std::unique_ptr<SqliteEngine> engine_;
};

// Opens a database; parks. 0 with the reason in `error` (of at most `*size` bytes, then its size).
uint64_t OpenSqlite(Actor* actor, std::string_view path, DbHome* home, char* error, size_t* size);

}  // namespace snow::rt

#endif  // RUNTIME_DB_SQLITE_CONNECTION_H_
