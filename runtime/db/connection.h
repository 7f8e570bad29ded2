// A database connection of either engine, as actors use it: one at a time, by a handle.
//
// Who has used a connection is noted until it ends. While a statement of one actor runs or its
// transaction is open, others get an error. With the end of an actor in a transaction, or of the
// last one that used it, the connection is closed, or goes back to its pool.
#ifndef RUNTIME_DB_CONNECTION_H_
#define RUNTIME_DB_CONNECTION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/spin_lock.h"
#include "runtime/db/result.h"
#include "runtime/net/resource.h"
#include "runtime/process/extra.h"

namespace snow::rt {

class DbConnection;

// Where pooled connections go back to.
class DbHome {
 public:
  // The connection belongs to nobody any more. `usable`: it is whole, and in no transaction.
  virtual void TakeBack(Worker& worker, Ref<DbConnection> connection, bool usable) = 0;
  // Each of its connections keeps it alive.
  virtual void KeepHome() = 0;
  virtual void LetHomeGo() = 0;

 protected:
  ~DbHome() = default;
};

class DbConnection : public Resource {
 public:
  static constexpr ResourceKind kKind = ResourceKind::kDatabase;

  DbConnection() : Resource(kKind) {}
  ~DbConnection() override;

  // Gives it a handle and its first user.
  uint64_t Publish(Actor* actor);
  // The handle stands for nothing any more, and nobody uses it. By the actor that uses it.
  void Unpublish(Actor* actor);

  // The running actor begins to use it; false with the reason when that cannot be. From then on it
  // lives until the actor ends or Unpublish.
  bool Acquire(Actor* actor, std::string& error);
  // The use is over (the transaction may go on).
  void EndUse(Actor* actor);

  // Runs one statement for the actor that has acquired it; the outcome is in `result()`. Parks.
  virtual void Run(Actor* actor) = 0;
  // The statement of the next Run. `limit_ms`: how long the server may take; negative: as long as
  // it likes. One that takes longer is given up, and the connection with it.
  void SetStatement(std::string_view sql, std::vector<std::string> params, int64_t limit_ms = -1);
  const DbResult& result() const { return result_; }
  // Gives the memory of the result back; what is kept is its error.
  void ReleaseResult();
  DbError LatestError();

  // Closes it for the actor that has acquired it. Parks.
  void Close(Actor* actor);
  // Gives it back to its home instead, if it is whole and in no transaction.
  void GiveBack(Actor* actor);

  virtual bool InTransaction() const = 0;
  virtual bool IsBroken() const = 0;
  // Whether the peer has gone while it was not used.
  virtual bool HasPeerGone() const { return false; }
  // Closes it for good; what runs is cancelled. Does not park.
  virtual void Abandon(Worker& worker) = 0;
  // The same in good order, waiting for what that takes; parks.
  virtual void CloseWaiting(Actor* actor);

  // How many transactions are nested, before `change` is added (db_depth).
  int64_t Depth(int64_t change);

  // Once, before anybody uses it. Null: it has none.
  void SetHome(DbHome* home);
  DbHome* home() const { return home_; }

 protected:
  std::string sql_;
  std::vector<std::string> params_;
  int64_t limit_ms_ = -1;
  DbResult result_;

 private:
  // One actor that has used the connection.
  struct Use : Cleanup {
    DbConnection* connection;
    uint64_t pid;
    uint64_t handle;  // that it used: a later one is not its concern
    Use* next_use;
  };

  void AddUseLocked(Actor* actor);
  bool HasUserLocked() const;
  void UserEnded(Worker& worker, Use* use);

  SpinLock lock_;
  Use* uses_ = nullptr;       // guarded by lock_, as all that follows
  uint64_t busy_ = 0;         // the actor whose statement runs
  uint64_t transaction_ = 0;  // the actor whose transaction is open
  bool is_closed_ = true;
  int64_t depth_ = 0;
  DbError latest_;
  DbHome* home_ = nullptr;  // set once
};

// The connection of a handle, acquired for the actor; null with the error.
DbConnection* UseDbConnection(Actor* actor, int64_t handle, std::string& error);

}  // namespace snow::rt

#endif  // RUNTIME_DB_CONNECTION_H_
