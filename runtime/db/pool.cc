#include "runtime/db/pool.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "runtime/db/pg_connection.h"
#include "runtime/db/sqlite_connection.h"
#include "runtime/net/wait.h"
#include "runtime/process/extra.h"
#include "runtime/process/mailbox.h"

namespace snow::rt {
namespace {

constexpr int64_t kCheckAfterNs = 30'000'000'000;
// How long a server may take to show that it is alive.
constexpr int64_t kCheckMs = 5000;
constexpr std::string_view kSqlite = "sqlite:";

bool IsPgUrl(std::string_view url) {
  return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

}  // namespace

struct DbPool::Claim : Cleanup {
  DbPool* pool;  // counted
  uint64_t pid;
  Claim* next_claim = nullptr;
  bool is_queued = false;
  State state = State::kWaiting;
  Ref<DbConnection> connection;
  int64_t since_ns = 0;
};

DbPool::DbPool(std::string url, int64_t most, int64_t timeout_ms)
    : Resource(kKind), url_(std::move(url)), most_(most), timeout_ms_(timeout_ms) {}

DbPool::~DbPool() = default;

bool DbPool::IsKnownUrl(std::string_view url) { return IsPgUrl(url) || url.starts_with(kSqlite); }

bool DbPool::NeedsCheck(int64_t free_since_ns) { return NowNs() - free_since_ns > kCheckAfterNs; }

int64_t DbPool::free_since_ns(const Claim* claim) const { return claim->since_ns; }

void DbPool::Wake(Worker& worker, const std::vector<uint64_t>& pids) {
  for (uint64_t pid : pids) WakeActor(worker, pid);
}

void DbPool::ServeLocked(std::vector<uint64_t>& woken) {
  while (first_ != nullptr) {
    Claim* claim = first_;
    if (is_closed_) {
      claim->state = State::kClosed;
    } else if (!free_.empty()) {
      claim->state = State::kGranted;
      claim->connection = std::move(free_.back().connection);
      claim->since_ns = free_.back().since_ns;
      free_.pop_back();
    } else if (total_ < most_) {
      claim->state = State::kMayOpen;
      ++total_;
    } else {
      return;
    }
    first_ = claim->next_claim;
    if (first_ == nullptr) end_ = &first_;
    claim->is_queued = false;
    woken.push_back(claim->pid);
  }
}

DbPool::Claim* DbPool::Begin(Actor* actor) {
  auto* claim = new Claim;
  claim->pool = this;
  claim->pid = actor->pid;
  claim->close = [](Worker& worker, Cleanup* cleanup) {
    auto* ended = static_cast<Claim*>(cleanup);
    ended->pool->End(worker, ended);
  };
  Retain();
  AddCleanup(actor, claim);
  BeginEventWait(actor);
  std::vector<uint64_t> woken;
  std::lock_guard hold(mutex_);
  claim->is_queued = true;
  *end_ = claim;
  end_ = &claim->next_claim;
  // Whoever waits already comes first; of those served here only the caller can be new.
  ServeLocked(woken);
  return claim;
}

DbPool::State DbPool::Look(Claim* claim) {
  std::lock_guard hold(mutex_);
  return claim->state;
}

Ref<DbConnection> DbPool::Take(Claim* claim) {
  std::lock_guard hold(mutex_);
  claim->state = State::kWaiting;
  return std::move(claim->connection);
}

void DbPool::Opened(Claim* claim) {
  std::lock_guard hold(mutex_);
  claim->state = State::kWaiting;
}

// The claim is over, however far it had got.
void DbPool::End(Worker& worker, Claim* claim) {
  std::vector<uint64_t> woken;
  Ref<DbConnection> returned;
  {
    std::lock_guard hold(mutex_);
    if (claim->is_queued) {
      Claim** at = &first_;
      while (*at != claim) at = &(*at)->next_claim;
      *at = claim->next_claim;
      if (*at == nullptr) end_ = at;
    }
    if (claim->state == State::kGranted) {
      if (is_closed_) {
        returned = std::move(claim->connection);
        --total_;
      } else {
        free_.push_back({std::move(claim->connection), claim->since_ns});
      }
    } else if (claim->state == State::kMayOpen) {
      --total_;
    }
    ServeLocked(woken);
  }
  if (returned) returned->Abandon(worker);
  Wake(worker, woken);
  delete claim;
  Release();
}

void DbPool::Drop(Actor* actor, Claim* claim) {
  RemoveCleanup(actor, claim);
  End(*actor->worker, claim);
}

void DbPool::TakeBack(Worker& worker, Ref<DbConnection> connection, bool usable) {
  std::vector<uint64_t> woken;
  bool drops = !usable;
  {
    std::lock_guard hold(mutex_);
    drops = drops || is_closed_;
    if (drops) {
      --total_;
    } else {
      free_.push_back({connection, NowNs()});
    }
    ServeLocked(woken);
  }
  if (drops && usable) connection->Abandon(worker);
  Wake(worker, woken);
}

void DbPool::Forget(Worker& worker) {
  std::vector<uint64_t> woken;
  {
    std::lock_guard hold(mutex_);
    --total_;
    ServeLocked(woken);
  }
  Wake(worker, woken);
}

void DbPool::Close(Worker& worker) {
  std::vector<uint64_t> woken;
  std::vector<Free> closed;
  {
    std::lock_guard hold(mutex_);
    is_closed_ = true;
    closed.swap(free_);
    total_ -= static_cast<int64_t>(closed.size());
    ServeLocked(woken);
  }
  for (Free& one : closed) one.connection->Abandon(worker);
  Wake(worker, woken);
}

int64_t DbPool::Count(int64_t which) {
  std::lock_guard hold(mutex_);
  return which == 0 ? total_ : static_cast<int64_t>(free_.size());
}

// --- Checking out --------------------------------------------------------------------------------

namespace {

size_t CopyText(std::string_view text, char* to, size_t size) { return text.copy(to, size); }

uint64_t OpenConnection(Actor* actor, DbPool& pool, char* error, size_t* size) {
  std::string_view url = pool.url();
  if (IsPgUrl(url)) return ConnectPg(actor, url, &pool, error, size);
  url.remove_prefix(kSqlite.size());
  if (url.starts_with("//")) url.remove_prefix(2);
  return OpenSqlite(actor, url, &pool, error, size);
}

// Gives a free connection its new handle for the actor; null when its server has gone.
DbConnection* Adopt(Actor* actor, DbPool& pool, DbPool::Claim* claim, uint64_t* handle,
                    bool* needs_check) {
  *needs_check = DbPool::NeedsCheck(pool.free_since_ns(claim));
  Ref<DbConnection> connection = pool.Take(claim);
  *handle = 0;
  if (!connection->HasPeerGone()) *handle = connection->Publish(actor);
  if (*handle == 0) {
    connection->Abandon(*actor->worker);
    pool.Forget(*actor->worker);
    return nullptr;
  }
  return connection.get();
}

// Whether a connection that was free for long still works. If not, it is closed.
bool Check(Actor* actor, DbConnection* connection) {
  {
    std::string error;
    if (!connection->Acquire(actor, error)) return false;
  }
  connection->SetStatement("SELECT 1", {}, kCheckMs);
  connection->Run(actor);
  bool works = !connection->result().failed() && !connection->IsBroken();
  connection->ReleaseResult();
  connection->EndUse(actor);
  if (!works) connection->Close(actor);
  return works;
}

}  // namespace

uint64_t CheckOut(Actor* actor, uint64_t id, char* error, size_t* size) {
  DbPool* pool = nullptr;
  DbPool::Claim* claim = nullptr;
  {
    Ref<DbPool> found = g_resources.FindAs<DbPool>(id);
    if (!found) {
      *size = CopyText("pool closed", error, *size);
      return 0;
    }
    pool = found.get();
    // The claim keeps it from now on.
    claim = pool->Begin(actor);
  }
  int64_t deadline = DeadlineAfter(pool->timeout_ms());
  uint64_t handle = 0;
  while (true) {
    DbPool::State state = pool->Look(claim);
    if (state == DbPool::State::kWaiting) {
      bool woken = Park(actor, MsUntil(deadline));
      BeginEventWait(actor);
      if (woken || pool->Look(claim) != DbPool::State::kWaiting) continue;
      *size = CopyText("pool timeout", error, *size);
      break;
    }
    if (state == DbPool::State::kClosed) {
      *size = CopyText("pool closed", error, *size);
      break;
    }
    if (state == DbPool::State::kMayOpen) {
      handle = OpenConnection(actor, *pool, error, size);
      if (handle != 0) pool->Opened(claim);
      break;
    }
    bool needs_check;
    DbConnection* connection = Adopt(actor, *pool, claim, &handle, &needs_check);
    if (connection != nullptr && (!needs_check || Check(actor, connection))) break;
    // That one was no good: back into the queue, with the time that is left.
    DbPool::Claim* next = pool->Begin(actor);
    pool->Drop(actor, claim);
    claim = next;
    handle = 0;
  }
  pool->Drop(actor, claim);
  return handle;
}

}  // namespace snow::rt
