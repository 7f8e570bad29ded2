#include "runtime/process/watch.h"

#include <stdlib.h>

#include "runtime/base/check.h"
#include "runtime/process/extra.h"
#include "runtime/process/mailbox.h"

namespace snow::rt {
namespace {

// The two records of a link.
struct LinkPair {
  Watch sides[2];
};

// Hangs it into the list. The lock is held.
void Attach(Actor* watched, Watch* watch) {
  watch->previous = nullptr;
  watch->next = watched->watchers;
  if (watched->watchers != nullptr) watched->watchers->previous = watch;
  watched->watchers = watch;
  watch->is_attached = true;
}

// The lock is held.
void Unhang(Actor* watched, Watch* watch) {
  if (watch->next != nullptr) watch->next->previous = watch->previous;
  if (watch->previous != nullptr) {
    watch->previous->next = watch->next;
  } else {
    watched->watchers = watch->next;
  }
  watch->is_attached = false;
}

void LockBoth(Actor* a, Actor* b) {
  if (a > b) std::swap(a, b);
  a->lock.Lock();
  b->lock.Lock();
}
void UnlockBoth(Actor* a, Actor* b) {
  a->lock.Unlock();
  b->lock.Unlock();
}

// The link by which `watcher` watches `watched`, or null: the shorter list is searched first, some
// steps in each in turn. The locks of both are held.
Watch* FindLink(Actor* watched, Actor* watcher, uint64_t watched_pid, uint64_t watcher_pid) {
  Watch* in_watched = watched->watchers;
  Watch* in_watcher = watcher->watchers;
  while (in_watched != nullptr && in_watcher != nullptr) {
    if (in_watched->kind == WatchKind::kLink && in_watched->watcher == watcher_pid) {
      return in_watched;
    }
    if (in_watcher->kind == WatchKind::kLink && in_watcher->watcher == watched_pid) {
      return in_watcher->twin;
    }
    in_watched = in_watched->next;
    in_watcher = in_watcher->next;
  }
  return nullptr;
}

void InitWatch(Watch* watch, WatchKind kind, uint64_t watched, uint64_t watcher,
               uint64_t reference) {
  watch->watched = watched;
  watch->watcher = watcher;
  watch->reference = reference;
  watch->kind = kind;
  watch->is_attached = false;
  watch->is_cancelled = false;
  watch->owners.store(2, std::memory_order_relaxed);
  watch->twin = nullptr;
  watch->failure = nullptr;
}

LinkPair* PairOf(Watch* watch) {
  return reinterpret_cast<LinkPair*>(watch < watch->twin ? watch : watch->twin);
}

// One side of a link is off its list.
void ReleaseLinkSide(Worker& worker, Watch* watch) {
  LinkPair* pair = PairOf(watch);
  if (pair->sides[0].owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    worker.cache().GiveRecord(pair);
  }
}

void SendNews(Worker& worker, MessageKind kind, uint64_t to, uint64_t detail, const Reason* reason,
              uint64_t second) {
  Actor* receiver = g_actors.Slot(to);
  if (receiver == nullptr) return;
  Message* message = NewRawMessage(worker.cache(), kind, 2);
  message->target = to;
  message->detail = detail;
  message->snow.payload[0] = reinterpret_cast<uint64_t>(ShareReason(reason));
  message->snow.payload[1] = second;
  if (!worker.Send(receiver, message, false)) DropMessage(worker, message);
}

}  // namespace

// --- WatchTable ---------------------------------------------------------------------------------

WatchTable::~WatchTable() { free(entries_); }

size_t WatchTable::IndexOf(uint64_t key) const {
  size_t i = (key * 0x9E3779B97F4A7C15u) >> 20;
  while (entries_[i & (capacity_ - 1)].key != 0 && entries_[i & (capacity_ - 1)].key != key) ++i;
  return i & (capacity_ - 1);
}

void WatchTable::Rebuild(size_t capacity) {
  Entry* old = entries_;
  const size_t old_capacity = capacity_;
  entries_ = static_cast<Entry*>(calloc(capacity, sizeof(Entry)));
  if (entries_ == nullptr) Fatal("memory is exhausted");
  capacity_ = capacity;
  for (size_t i = 0; i < old_capacity; ++i) {
    if (old[i].key != 0) entries_[IndexOf(old[i].key)] = old[i];
  }
  free(old);
}

void WatchTable::Add(uint64_t key, Watch* watch) {
  if ((count_ + 1) * 2 > capacity_) Rebuild(capacity_ == 0 ? 8 : capacity_ * 2);
  entries_[IndexOf(key)] = {key, watch};
  ++count_;
}

Watch* WatchTable::Find(uint64_t key) const {
  return capacity_ == 0 ? nullptr : entries_[IndexOf(key)].watch;
}

Watch* WatchTable::Remove(uint64_t key) {
  if (capacity_ == 0) return nullptr;
  size_t hole = IndexOf(key);
  Watch* watch = entries_[hole].watch;
  if (watch == nullptr) return nullptr;
  --count_;
  // Entries behind it move up as far as their own place allows.
  const size_t mask = capacity_ - 1;
  for (size_t at = (hole + 1) & mask; entries_[at].key != 0; at = (at + 1) & mask) {
    const size_t home = ((entries_[at].key * 0x9E3779B97F4A7C15u) >> 20) & mask;
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      entries_[hole] = entries_[at];
      hole = at;
    }
  }
  entries_[hole] = {0, nullptr};
  return watch;
}

Watch* WatchTable::TakeAny(size_t& cursor) {
  for (; cursor < capacity_; ++cursor) {
    Watch* watch = entries_[cursor].watch;
    if (watch == nullptr) continue;
    entries_[cursor] = {0, nullptr};
    --count_;
    return watch;
  }
  return nullptr;
}

// --- Watches ------------------------------------------------------------------------------------

void ReleaseWatch(Worker& worker, Watch* watch) {
  if (watch->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  DropReason(watch->failure);
  if (watch->reply != nullptr) FreeMessage(watch->reply, worker.cache());
  worker.cache().GiveRecord(watch);
}

Watch* AddWatch(Actor* watcher, uint64_t pid, WatchKind kind, uint64_t reference, uint64_t key) {
  Actor* watched = g_actors.Find(pid);
  if (watched == nullptr) return nullptr;
  BlockCache& cache = watcher->worker->cache();
  Watch* watch = cache.TakeRecord<Watch>();
  InitWatch(watch, kind, pid, watcher->pid, reference);
  watched->lock.Lock();
  const bool lives = ActorTable::PidOf(watched) == pid;
  if (lives) Attach(watched, watch);
  watched->lock.Unlock();
  if (!lives) {
    cache.GiveRecord(watch);
    return nullptr;
  }
  ExtraOf(watcher).watches.Add(key, watch);
  return watch;
}

bool AttachWatch(Watch* watch, uint64_t pid) {
  Actor* watched = g_actors.Find(pid);
  if (watched == nullptr) return false;
  SpinLockHolder hold(watched->lock);
  if (ActorTable::PidOf(watched) != pid) return false;
  watch->watched = pid;
  watch->owners.fetch_add(1, std::memory_order_relaxed);
  Attach(watched, watch);
  return true;
}

void Detach(Worker& worker, Watch* watch) {
  Actor* watched = g_actors.Slot(watch->watched);
  if (watched == nullptr) return;
  watched->lock.Lock();
  const bool was_attached = watch->is_attached;
  if (was_attached) Unhang(watched, watch);
  watched->lock.Unlock();
  if (was_attached) ReleaseWatch(worker, watch);
}

bool AddLink(Worker& worker, Actor* from, uint64_t pid, bool is_new) {
  Actor* to = g_actors.Find(pid);
  if (to == nullptr) return false;
  if (to == from) return true;
  LinkPair* pair = worker.cache().TakeRecord<LinkPair>();
  // sides[0]: `from` watches `to`; sides[1]: the other way.
  InitWatch(&pair->sides[0], WatchKind::kLink, pid, from->pid, 0);
  InitWatch(&pair->sides[1], WatchKind::kLink, from->pid, pid, 0);
  pair->sides[0].twin = &pair->sides[1];
  pair->sides[1].twin = &pair->sides[0];
  LockBoth(from, to);
  const bool lives = ActorTable::PidOf(to) == pid;
  const bool is_linked = lives && !is_new && FindLink(to, from, pid, from->pid) != nullptr;
  if (lives && !is_linked) {
    Attach(to, &pair->sides[0]);
    Attach(from, &pair->sides[1]);
  }
  UnlockBoth(from, to);
  if (!lives || is_linked) worker.cache().GiveRecord(pair);
  return lives;
}

void RemoveLink(Worker& worker, Actor* from, uint64_t pid) {
  Actor* to = g_actors.Find(pid);
  if (to == nullptr || to == from) return;
  LockBoth(from, to);
  Watch* link = FindLink(to, from, pid, from->pid);
  if (link != nullptr) {
    Unhang(to, link);
    Unhang(from, link->twin);
  }
  UnlockBoth(from, to);
  if (link == nullptr) return;
  Watch* twin = link->twin;
  ReleaseLinkSide(worker, link);
  ReleaseLinkSide(worker, twin);
}

void SendExit(Worker& worker, uint64_t from, uint64_t to, const Reason* reason,
              ExitKind kind) {
  SendNews(worker, MessageKind::kExit, to, from, reason, static_cast<uint64_t>(kind));
}

namespace {

// The actor of this pid has ended: takes its half of the link out of the other's list too.
void TellLinked(Worker& worker, Watch* watch, uint64_t pid, const Reason* reason) {
  const uint64_t other_pid = watch->watcher;
  Watch* twin = watch->twin;
  Actor* other = g_actors.Slot(other_pid);
  other->lock.Lock();
  const bool was_attached = twin->is_attached;
  if (was_attached) Unhang(other, twin);
  other->lock.Unlock();
  // Otherwise the other one ends at this moment too, and has taken its half out itself.
  if (was_attached) {
    SendExit(worker, pid, other_pid, reason, ExitKind::kLinked);
    ReleaseLinkSide(worker, twin);
  }
  ReleaseLinkSide(worker, watch);
}

}  // namespace

void TellWatchers(Worker& worker, Actor* ended, uint64_t pid, const Reason* reason) {
  for (;;) {
    ended->lock.Lock();
    Watch* watch = ended->watchers;
    if (watch != nullptr) Unhang(ended, watch);
    ended->lock.Unlock();
    if (watch == nullptr) return;
    if (watch->kind == WatchKind::kLink) {
      TellLinked(worker, watch, pid, reason);
    } else if (g_actors.Find(watch->watcher) == nullptr) {
      ReleaseWatch(worker, watch);
    } else {
      // The list's count goes to the news.
      SendNews(worker, MessageKind::kDown, watch->watcher, 0, reason,
               reinterpret_cast<uint64_t>(watch));
    }
  }
}

void DropOwnWatches(Worker& worker, Actor* ended, uint64_t pid) {
  if (ended->extra == nullptr) return;
  size_t cursor = 0;
  while (Watch* watch = ended->extra->watches.TakeAny(cursor)) {
    watch->is_cancelled = true;
    if (watch->kind == WatchKind::kJob && watch->reply == nullptr) {
      SendExit(worker, pid, watch->watched, PlainReason(ReasonKind::kKilled),
               ExitKind::kAsked);
    }
    Detach(worker, watch);
    ReleaseWatch(worker, watch);
  }
}

}  // namespace snow::rt
