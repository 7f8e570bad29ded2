// One PostgreSQL connection on libpq's asynchronous interface, as a state machine without waiting:
// callers wait for the socket as each step says, and call Step again.
//
// Thread-compatible: one user at a time.
#ifndef RUNTIME_DB_PG_ENGINE_H_
#define RUNTIME_DB_PG_ENGINE_H_

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/db/result.h"

struct pg_conn;
struct pg_result;
struct pg_cancel;

namespace snow::rt {

// The parts of a connection URL that must be known before libpq gets it.
struct PgTarget {
  std::vector<std::pair<std::string, std::string>> settings;  // libpq's keywords, in order
  // By position; "" for addresses and for folders of sockets, which need no resolution.
  std::vector<std::string> hosts;
  int64_t connect_ms = 0;  // connect_timeout; 0: not said
};

// Takes a URL apart: `postgres://user:pass@host:port/db?sslmode=…` or libpq's `key=value` form.
// False with the reason.
bool ParsePgUrl(const std::string& url, PgTarget& target, std::string& error);

// A request to stop what a connection does, for another thread.
class PgCancel {
 public:
  explicit PgCancel(pg_cancel* cancel) : cancel_(cancel) {}
  ~PgCancel();
  PgCancel(const PgCancel&) = delete;
  PgCancel& operator=(const PgCancel&) = delete;
  // Opens a connection to the server to say so: blocks.
  void Send();

 private:
  pg_cancel* cancel_;
};

class PgEngine {
 public:
  enum class Step : uint8_t {
    kWantRead,
    kWantWrite,
    kWantBoth,  // either
    kDone,
    kFailed,  // of Connect: `error()`
  };

  // Begins to connect. `addresses`: for each host of the target its numeric address, or "".
  PgEngine(const PgTarget& target, const std::vector<std::string>& addresses);
  ~PgEngine();
  PgEngine(const PgEngine&) = delete;
  PgEngine& operator=(const PgEngine&) = delete;

  // Goes on connecting; the socket may change from step to step.
  Step Connect();
  const std::string& error() const { return error_; }
  int fd() const;

  // Begins one statement with parameters ($1 …, all sent as text), or several without. Then Step
  // until kDone, when `result` is complete (also after errors).
  void Begin(std::string_view sql, const std::vector<std::string>& params, DbResult* result);
  Step Run();

  bool InTransaction() const;
  // Whether the transaction at hand has failed and takes only ROLLBACK.
  bool InFailedTransaction() const;
  // Whether the connection cannot be used any more.
  bool IsBroken() const;
  // Whether a statement is under way.
  bool IsBusy() const { return state_ != State::kIdle; }
  std::unique_ptr<PgCancel> MakeCancel();

 private:
  enum class State : uint8_t {
    kIdle,
    kPreparing,  // a statement is being prepared, to be run next
    kRunning,
  };
  struct Prepared {
    std::string sql;
    std::string name;  // "" while it was used once only
    bool seen = false;
  };

  bool SendNow();
  void FinishStatement();
  bool SendPrepared(const std::string& name);
  // Takes the next result of the statement at hand.
  void Take(pg_result* result);
  void TakeRows(pg_result* result);
  void Fail(pg_result* result);
  void Break();
  Prepared& Remember(std::string_view sql);
  void Forget(std::string_view sql);

  pg_conn* connection_;
  std::string error_;
  State state_ = State::kIdle;
  bool polled_ = false;
  bool broken_ = false;
  bool flushed_ = true;
  bool retried_ = false;
  std::string sql_;
  std::vector<std::string> params_;
  DbResult* result_ = nullptr;
  std::list<Prepared> statements_;  // the latest one first
  std::unordered_map<std::string_view, std::list<Prepared>::iterator> by_sql_;
  uint64_t next_name_ = 1;
  size_t named_ = 0;  // statements that the server keeps
};

}  // namespace snow::rt

#endif  // RUNTIME_DB_PG_ENGINE_H_
