#include "runtime/db/connection.h"

#include <algorithm>
#include <utility>

#include "runtime/actor/actor.h"
#include "runtime/scheduler/worker.h"

namespace snow::rt {

DbConnection::~DbConnection() {
  if (home_ != nullptr) home_->LetHomeGo();
}

void DbConnection::SetHome(DbHome* home) {
  home_ = home;
  if (home != nullptr) home->KeepHome();
}

void DbConnection::CloseWaiting(Actor* actor) { Abandon(*actor->worker); }

void DbConnection::AddUseLocked(Actor* actor) {
  uint64_t handle = id();
  for (Use* use = uses_; use != nullptr; use = use->next_use) {
    if (use->pid == actor->pid && use->handle == handle) return;
  }
  Use* use = new Use;
  use->connection = this;
  use->pid = actor->pid;
  use->handle = handle;
  use->next_use = uses_;
  use->close = [](Worker& worker, Cleanup* cleanup) {
    Use* ended = static_cast<Use*>(cleanup);
    ended->connection->UserEnded(worker, ended);
  };
  uses_ = use;
  Retain();
  AddCleanup(actor, use);
}

bool DbConnection::HasUserLocked() const {
  for (Use* use = uses_; use != nullptr; use = use->next_use) {
    if (use->handle == id()) return true;
  }
  return false;
}

uint64_t DbConnection::Publish(Actor* actor) {
  uint64_t handle = g_resources.Add(this);
  if (handle == 0) return 0;
  SpinLockHolder hold(lock_);
  is_closed_ = false;
  busy_ = transaction_ = 0;
  depth_ = 0;
  AddUseLocked(actor);
  return handle;
}

void DbConnection::Unpublish(Actor* actor) {
  uint64_t handle = id();
  Use* own = nullptr;
  lock_.Lock();
  is_closed_ = true;
  busy_ = transaction_ = 0;
  for (Use** at = &uses_; *at != nullptr; at = &(*at)->next_use) {
    if ((*at)->pid != actor->pid || (*at)->handle != handle) continue;
    own = *at;
    *at = own->next_use;
    break;
  }
  lock_.Unlock();
  g_resources.Remove(handle);
  if (own == nullptr) return;
  RemoveCleanup(actor, own);
  delete own;
  Release();
}

bool DbConnection::Acquire(Actor* actor, std::string& error) {
  uint64_t pid = actor->pid;
  SpinLockHolder hold(lock_);
  const char* refusal = nullptr;
  uint64_t other = 0;
  if (is_closed_) {
    refusal = "the connection is closed";
  } else if (busy_ != 0 && busy_ != pid) {
    refusal = "the connection is in use by actor ";
    other = busy_;
  } else if (transaction_ != 0 && transaction_ != pid) {
    refusal = "the connection is in a transaction of actor ";
    other = transaction_;
  }
  if (refusal != nullptr) {
    error = refusal;
    if (other != 0) error += PidText(other).View();
    return false;
  }
  busy_ = pid;
  AddUseLocked(actor);
  return true;
}

void DbConnection::EndUse(Actor* actor) {
  bool in_transaction = InTransaction();
  SpinLockHolder hold(lock_);
  busy_ = 0;
  transaction_ = in_transaction ? actor->pid : 0;
}

void DbConnection::UserEnded(Worker& worker, Use* use) {
  uint64_t pid = use->pid;
  bool closes = false;
  bool is_clean = false;
  lock_.Lock();
  Use** at = &uses_;
  while (*at != use) at = &(*at)->next_use;
  *at = use->next_use;
  if (!is_closed_ && use->handle == id()) {
    is_clean = busy_ != pid && transaction_ != pid;
    closes = !is_clean || !HasUserLocked();
    if (closes) is_closed_ = true;
  }
  lock_.Unlock();
  if (closes) {
    g_resources.Remove(use->handle);
    bool usable = is_clean && home_ != nullptr && !IsBroken();
    if (!usable) Abandon(worker);
    if (home_ != nullptr) home_->TakeBack(worker, Share(this), usable);
  }
  delete use;
  Release();
}

void DbConnection::SetStatement(std::string_view sql, std::vector<std::string> params,
                                int64_t limit_ms) {
  sql_ = sql;
  params_ = std::move(params);
  limit_ms_ = limit_ms;
}

void DbConnection::ReleaseResult() {
  DbError error = std::move(result_.error);
  result_ = DbResult();
  SpinLockHolder hold(lock_);
  latest_ = std::move(error);
}

DbError DbConnection::LatestError() {
  SpinLockHolder hold(lock_);
  return latest_;
}

void DbConnection::Close(Actor* actor) {
  DbHome* home = home_;
  // The end of the actor's use would drop it otherwise.
  Retain();
  Unpublish(actor);
  CloseWaiting(actor);
  if (home != nullptr) home->TakeBack(*actor->worker, Share(this), /*usable=*/false);
  Release();
}

void DbConnection::GiveBack(Actor* actor) {
  Ref<DbConnection> kept = Share(this);
  bool usable = !IsBroken() && !InTransaction();
  Unpublish(actor);
  if (!usable) Abandon(*actor->worker);
  home_->TakeBack(*actor->worker, std::move(kept), usable);
}

int64_t DbConnection::Depth(int64_t change) {
  bool in_transaction = InTransaction();
  SpinLockHolder hold(lock_);
  if (change > 0) depth_ = in_transaction ? std::max<int64_t>(depth_, 1) : 0;
  int64_t depth = depth_;
  depth_ = std::max<int64_t>(depth_ + change, 0);
  return depth;
}

DbConnection* UseDbConnection(Actor* actor, int64_t handle, std::string& error) {
  auto connection = g_resources.FindAs<DbConnection>(static_cast<uint64_t>(handle));
  if (!connection) {
    error = "the connection is closed";
    return nullptr;
  }
  // Acquired, it is kept alive by the actor's cleanup.
  return connection->Acquire(actor, error) ? connection.get() : nullptr;
}

}  // namespace snow::rt
