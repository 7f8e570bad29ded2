// Pools as the library calls them (abi/net.def).
#include <algorithm>
#include <string>
#include <string_view>

#include "runtime/abi/functions.h"
#include "runtime/db/pool.h"
#include "runtime/net/abi_values.h"

namespace snow::rt {
namespace {

constexpr int64_t kMostConnections = 10'000;
// How long the rollback of what was left open may take.
constexpr int64_t kRollbackMs = 5000;

uint64_t MakePool(std::string_view url, int64_t min, int64_t max, int64_t timeout_ms,
                  std::string& error) {
  if (!DbPool::IsKnownUrl(url)) {
    error = "a pool's URL begins with postgres://, postgresql:// or sqlite:";
    return 0;
  }
  if (max < 1 || max > kMostConnections || min < 0 || min > max) {
    error = "a pool has 1 to 10000 connections, and at least as many as its minimum";
    return 0;
  }
  // Each connection to a database in memory has one of its own.
  if (url.ends_with(":memory:")) max = 1;
  Ref<DbPool> pool(new DbPool(std::string(url), max, timeout_ms < 0 ? 0 : timeout_ms));
  return g_resources.Add(pool.get());
}

// Makes the first connections; 0, or the size of the error's text.
size_t Fill(Actor* actor, uint64_t pool, int64_t count, char* error, size_t size) {
  constexpr int64_t kAtOnce = 64;
  uint64_t handles[kAtOnce];
  int64_t made = 0;
  size_t failed = 0;
  for (; made < std::min(count, kAtOnce); ++made) {
    failed = size;
    handles[made] = CheckOut(actor, pool, error, &failed);
    if (handles[made] == 0) break;
    failed = 0;
  }
  for (int64_t i = 0; i < made; ++i) {
    snow_pool_checkin(actor, static_cast<int64_t>(pool), static_cast<int64_t>(handles[i]));
  }
  return failed;
}

void ClosePool(Worker& worker, uint64_t id) {
  Ref<DbPool> pool = g_resources.FindAs<DbPool>(id);
  if (!pool) return;
  g_resources.Remove(id);
  pool->Close(worker);
}

// The connection of a handle, acquired, if it is one of this pool; null otherwise.
DbConnection* OfPool(Actor* actor, uint64_t pool_id, int64_t handle) {
  auto connection = g_resources.FindAs<DbConnection>(static_cast<uint64_t>(handle));
  if (!connection || connection->home() == nullptr) return nullptr;
  Ref<DbPool> pool = g_resources.FindAs<DbPool>(pool_id);
  if (pool && static_cast<DbHome*>(pool.get()) != connection->home()) return nullptr;
  std::string error;
  return connection->Acquire(actor, error) ? connection.get() : nullptr;
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

SnowPair snow_pool_open(SnowActor* actor, uint64_t url_0, uint64_t url_1, int64_t min, int64_t max,
                        int64_t timeout_ms) {
  Actor* self = ActorOf(actor);
  char text[512];
  size_t size = 0;
  uint64_t pool;
  {
    StringBytes url(url_0, url_1);
    std::string error;
    pool = MakePool(url.view(), min, max, timeout_ms, error);
    size = error.copy(text, sizeof(text));
  }
  if (pool != 0) {
    size = Fill(self, pool, min, text, sizeof(text));
    if (size == 0) return GiveNumber(self, pool);
    ClosePool(*self->worker, pool);
  }
  return GiveError(self, {text, size});
}

void snow_pool_close(SnowActor* actor, int64_t pool) {
  ClosePool(*ActorOf(actor)->worker, static_cast<uint64_t>(pool));
}

SnowPair snow_pool_checkout(SnowActor* actor, int64_t pool) {
  Actor* self = ActorOf(actor);
  char error[512];
  size_t size = sizeof(error);
  uint64_t handle = CheckOut(self, static_cast<uint64_t>(pool), error, &size);
  return handle != 0 ? GiveNumber(self, handle) : GiveError(self, {error, size});
}

void snow_pool_checkin(SnowActor* actor, int64_t pool, int64_t handle) {
  Actor* self = ActorOf(actor);
  DbConnection* connection = OfPool(self, static_cast<uint64_t>(pool), handle);
  if (connection == nullptr) return;
  if (connection->InTransaction() && !connection->IsBroken()) {
    connection->SetStatement("ROLLBACK", {}, kRollbackMs);
    connection->Run(self);
    connection->ReleaseResult();
  }
  connection->GiveBack(self);
}

int64_t snow_pool_count(SnowActor*, int64_t pool, int64_t which) {
  Ref<DbPool> found = g_resources.FindAs<DbPool>(static_cast<uint64_t>(pool));
  return found ? found->Count(which) : 0;
}

}  // extern "C"
