// A pool of database connections: those that are free, and a fair queue of actors that wait for
// one.
//
// Thread-safe. An actor that waits is in the queue until it is served, its time is over, or it
// ends.
#ifndef RUNTIME_DB_POOL_H_
#define RUNTIME_DB_POOL_H_

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/db/connection.h"
#include "runtime/net/resource.h"

namespace snow::rt {

class DbPool final : public Resource, public DbHome {
 public:
  static constexpr ResourceKind kKind = ResourceKind::kPool;

  // `url`: `postgres://…`, `postgresql://…` or `sqlite:FILE`.
  DbPool(std::string url, int64_t most, int64_t timeout_ms);
  ~DbPool() override;

  static bool IsKnownUrl(std::string_view url);

  // A claim of an actor on a connection: it waits, may open one, or has got one.
  struct Claim;

  // Begins to check out. The claim is in the actor's cleanups until it is dropped.
  Claim* Begin(Actor* actor);
  enum class State : uint8_t { kWaiting, kMayOpen, kGranted, kClosed };
  State Look(Claim* claim);
  // Of kGranted: the connection, which now belongs to the caller alone.
  Ref<DbConnection> Take(Claim* claim);
  // Of kMayOpen: a new connection is there, or could not be had.
  void Opened(Claim* claim);
  void Drop(Actor* actor, Claim* claim);

  // DbHome: what was checked out comes back.
  void TakeBack(Worker& worker, Ref<DbConnection> connection, bool usable) override;
  void KeepHome() override { Retain(); }
  void LetHomeGo() override { Release(); }
  // A connection that was not usable after all (its server has gone).
  void Forget(Worker& worker);

  void Close(Worker& worker);
  int64_t Count(int64_t which);
  int64_t timeout_ms() const { return timeout_ms_; }
  const std::string& url() const { return url_; }
  // Whether a connection that was free since then must prove that it works.
  static bool NeedsCheck(int64_t free_since_ns);
  int64_t free_since_ns(const Claim* claim) const;

 private:
  struct Free {
    Ref<DbConnection> connection;
    int64_t since_ns;
  };

  // The first claims that can be served are; returns who is to be woken.
  void ServeLocked(std::vector<uint64_t>& woken);
  void End(Worker& worker, Claim* claim);
  static void Wake(Worker& worker, const std::vector<uint64_t>& pids);

  const std::string url_;
  const int64_t most_;
  const int64_t timeout_ms_;
  std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<Free> free_;  // the latest one last
  Claim* first_ = nullptr;  // those that wait, in order
  Claim** end_ = &first_;
  int64_t total_ = 0;  // open, checked out or being opened
  bool is_closed_ = false;
};

// Checks a connection out for the actor; parks. 0 with the reason in `error` (of at most `*size`
// bytes, then its size).
uint64_t CheckOut(Actor* actor, uint64_t pool, char* error, size_t* size);

}  // namespace snow::rt

#endif  // RUNTIME_DB_POOL_H_
