// PostgreSQL connections for actors.
#ifndef RUNTIME_DB_PG_CONNECTION_H_
#define RUNTIME_DB_PG_CONNECTION_H_

#include <memory>
#include <string>
#include <string_view>

#include "runtime/db/connection.h"
#include "runtime/db/pg_engine.h"
#include "runtime/net/wait.h"

namespace snow::rt {

class PgConnection final : public DbConnection {
 public:
  PgConnection() = default;

  void OnReady(Worker& worker, uint32_t ready) override { port_.Notify(worker, ready); }

  // Connects, for the actor that it is published to; parks. False with the reason in `error()`.
  void SetUrl(std::string_view url) { url_ = url; }
  bool Connect(Actor* actor);
  const std::string& error() const { return error_; }

  void Run(Actor* actor) override;
  bool InTransaction() const override;
  bool IsBroken() const override;
  bool HasPeerGone() const override;
  void Abandon(Worker& worker) override;

 private:
  // Waits as a step says; false when the time is over.
  bool WaitFor(Actor* actor, PgEngine::Step step, int64_t deadline_ns);
  bool ResolveHosts(Actor* actor);

  std::unique_ptr<PgEngine> engine_;
  Port port_{Port::Mode::kOnce};
  // Kept here and not in frames while the actor waits.
  std::string url_;
  PgTarget target_;
  std::vector<std::string> addresses_;
  std::string error_;
};

// Connects; parks. 0 with the reason in `error` (of at most `*size` bytes, then its size).
uint64_t ConnectPg(Actor* actor, std::string_view url, DbHome* home, char* error, size_t* size);

}  // namespace snow::rt

#endif  // RUNTIME_DB_PG_CONNECTION_H_
