// The functions of the library's module Process.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/abi/functions.h"
#include "runtime/base/check.h"
#include "runtime/base/text.h"
#include "runtime/io/output.h"
#include "runtime/memory/string.h"
#include "runtime/process/end.h"
#include "runtime/process/extra.h"
#include "runtime/process/heap_abi.h"
#include "runtime/process/mailbox.h"
#include "runtime/process/names.h"
#include "runtime/process/panic.h"
#include "runtime/process/program.h"
#include "runtime/process/watch.h"
#include "runtime/timer/timers.h"

namespace snow::rt {
namespace {

constexpr std::string_view kStateNames[] = {"ended",   "ready",   "running",
                                            "waiting", "waiting", "ending"};

void AddLine(Text& to, std::string_view key, int64_t value) {
  to.Add(key).Add(" ").Add(value).Add("\n");
}
void AddLine(Text& to, std::string_view key, std::string_view value) {
  to.Add(key).Add(" ").Add(value).Add("\n");
}

// Figures of a running actor are a moment old.
void DescribeFully(Actor* actor, uint64_t pid, Text& to) {
  const char* kind = actor->kind;
  AddLine(to, "kind", kind == nullptr ? "" : kind);
  Text names;
  g_names.Describe(pid, names);
  AddLine(to, "names", names.View());
  AddLine(to, "parent", static_cast<int64_t>(actor->parent));
  AddLine(to, "state", kStateNames[actor->state.load(std::memory_order_relaxed)]);
  AddLine(to, "messages",
          actor->queue_length.load(std::memory_order_relaxed) + int64_t{InboxLength(actor)});
  AddLine(to, "memory",
          static_cast<int64_t>(__atomic_load_n(&actor->heap.bytes, __ATOMIC_RELAXED)));
  AddLine(to, "reductions",
          static_cast<int64_t>(__atomic_load_n(&actor->reductions_done, __ATOMIC_RELAXED)));
  AddLine(to, "age_ms", static_cast<int64_t>(UptimeMs() - actor->start_ms));
  int64_t links = 0;
  int64_t monitors = 0;
  actor->lock.Lock();
  if (ActorTable::PidOf(actor) == pid) {
    for (const Watch* watch = actor->watchers; watch != nullptr; watch = watch->next) {
      (watch->kind == WatchKind::kLink ? links : monitors)++;
    }
  }
  actor->lock.Unlock();
  AddLine(to, "links", links);
  AddLine(to, "monitors", monitors);
  AddLine(to, "traps_exits", actor->traps_exits.load(std::memory_order_relaxed) ? 1 : 0);
}

// Names of kinds are read by others at any time: each is kept for good, once.
const char* InternKind(std::string_view kind) {
  struct Interned {
    Interned* next;
    char text[8];
  };
  static constinit SpinLock lock;
  static constinit Interned* first = nullptr;
  SpinLockHolder hold(lock);
  for (Interned* at = first; at != nullptr; at = at->next) {
    if (kind == at->text) return at->text;
  }
  Interned* made = static_cast<Interned*>(malloc(sizeof(Interned) + kind.size()));
  if (made == nullptr) Fatal("memory is exhausted");
  memcpy(made->text, kind.data(), kind.size());
  made->text[kind.size()] = '\0';
  made->next = first;
  first = made;
  return made->text;
}

int64_t SendLater(Actor* self, int64_t pid, int64_t ms, const SnowTypeInfo* type,
                  const uint64_t* words, bool repeats) {
  Worker& worker = *self->worker;
  Message* message =
      NewValueMessage(worker.cache(), worker.copy_scratch(), MessageKind::kUser, type, words);
  if (message == nullptr) Panic(self, "out of memory: a message does not fit");
  self->reductions -= 10;
  return static_cast<int64_t>(g_timers.SetSend(worker, static_cast<uint64_t>(pid), message,
                                               ms < 0 ? 0 : ms, repeats));
}

// Ends the running actor, or, if it traps exits, gives it the notice.
void ExitSelf(Actor* self, const Reason* reason) {
  if (reason->kind == ReasonKind::kKilled || !self->traps_exits.load(std::memory_order_relaxed)) {
    EndRunning(self, reason);
  }
  TakeInRunning(self);
  QueueNotice(*self->worker, self, Notice::kExit, self->pid, 0, reason);
  DropReason(reason);
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

SnowPair snow_pid_to_string(SnowActor* actor, int64_t pid) {
  const PidText text(static_cast<uint64_t>(pid));
  return NewString(ActorOf(actor), text.View());
}

void snow_link(SnowActor* actor, int64_t pid) {
  Actor* self = ActorOf(actor);
  if (AddLink(*self->worker, self, static_cast<uint64_t>(pid), false)) return;
  if (!self->traps_exits.load(std::memory_order_relaxed)) return;
  TakeInRunning(self);
  QueueNotice(*self->worker, self, Notice::kExit, static_cast<uint64_t>(pid), 0,
              PlainReason(ReasonKind::kNoproc));
}

void snow_unlink(SnowActor* actor, int64_t pid) {
  Actor* self = ActorOf(actor);
  RemoveLink(*self->worker, self, static_cast<uint64_t>(pid));
}

int64_t snow_monitor(SnowActor* actor, int64_t pid) {
  Actor* self = ActorOf(actor);
  const uint64_t reference = ++ExtraOf(self).last_reference;
  if (AddWatch(self, static_cast<uint64_t>(pid), WatchKind::kMonitor, reference,
               MonitorKey(reference)) == nullptr) {
    // Behind everything that has come already.
    TakeInRunning(self);
    QueueNotice(*self->worker, self, Notice::kDown, reference, static_cast<uint64_t>(pid),
                PlainReason(ReasonKind::kNoproc));
  }
  return static_cast<int64_t>(reference);
}

void snow_demonitor(SnowActor* actor, int64_t reference) {
  Actor* self = ActorOf(actor);
  if (self->extra == nullptr) return;
  Watch* watch = self->extra->watches.Remove(MonitorKey(static_cast<uint64_t>(reference)));
  if (watch != nullptr) {
    watch->is_cancelled = true;
    Detach(*self->worker, watch);
    ReleaseWatch(*self->worker, watch);
    return;
  }
  // The notice may lie in the mailbox already.
  for (SnowMessage** link = &self->queue_first; *link != nullptr; link = &(*link)->next) {
    Message* message = Message::Of(*link);
    if (message->kind != MessageKind::kSignal) continue;
    const uint64_t* payload = message->snow.payload;
    if (payload[0] != static_cast<uint64_t>(Notice::kDown) ||
        payload[1] != static_cast<uint64_t>(reference)) {
      continue;
    }
    QueueRemove(self, link);
    DropMessage(*self->worker, message);
    return;
  }
}

void snow_exit(SnowActor* actor, int64_t pid, void* reason_word) {
  Actor* self = ActorOf(actor);
  const Reason* reason = ReasonFromWord(reinterpret_cast<uint64_t>(reason_word));
  if (static_cast<uint64_t>(pid) == self->pid) {
    ExitSelf(self, reason);
    return;
  }
  SendExit(*self->worker, self->pid, static_cast<uint64_t>(pid), reason, ExitKind::kAsked);
  DropReason(reason);
}

bool snow_alive(SnowActor*, int64_t pid) {
  return g_actors.Find(static_cast<uint64_t>(pid)) != nullptr;
}

void snow_trap_exits(SnowActor* actor, bool on) {
  ActorOf(actor)->traps_exits.store(on, std::memory_order_relaxed);
}

int64_t snow_register(SnowActor*, uint64_t name_0, uint64_t name_1, int64_t pid) {
  const StringBytes name(name_0, name_1);
  return g_names.Register(name.view(), static_cast<uint64_t>(pid)) ? 0 : -1;
}

int64_t snow_unregister(SnowActor*, uint64_t name_0, uint64_t name_1) {
  const StringBytes name(name_0, name_1);
  return g_names.Unregister(name.view()) ? 0 : -1;
}

int64_t snow_whereis(SnowActor*, uint64_t name_0, uint64_t name_1) {
  const StringBytes name(name_0, name_1);
  return static_cast<int64_t>(g_names.Find(name.view()));
}

void snow_halt(SnowActor*, int64_t code) { ExitNow(static_cast<int>(code)); }

SnowPair snow_actor_list(SnowActor* actor) {
  Text text;
  for (uint32_t slot = 1; slot < g_actors.used(); ++slot) {
    const uint64_t pid = ActorTable::PidOf(g_actors.At(slot));
    if (pid == 0) continue;
    if (!text.empty()) text.Add(" ");
    text.Add(static_cast<int64_t>(pid));
  }
  return TakeText(ActorOf(actor), text);
}

SnowPair snow_actor_info(SnowActor* actor, int64_t pid) {
  Text text;
  Actor* about = g_actors.Find(static_cast<uint64_t>(pid));
  if (about != nullptr) DescribeFully(about, static_cast<uint64_t>(pid), text);
  return TakeText(ActorOf(actor), text);
}

void snow_log_line(SnowActor*, int64_t level, uint64_t line_0, uint64_t line_1) {
  constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error"};
  const StringBytes line(line_0, line_1);
  Text text;
  text.Add("[").Add(kLevels[level & 3]).Add("] ").Add(line.view()).Add("\n");
  WriteAll(2, text.View());
}

void snow_set_kind(SnowActor* actor, uint64_t kind_0, uint64_t kind_1) {
  Actor* self = ActorOf(actor);
  const StringBytes kind(kind_0, kind_1);
  self->kind = InternKind(kind.view());
}

int64_t snow_time_now_ms(SnowActor*) { return NowNs() / 1000000; }

int64_t snow_time_now_ns(SnowActor*) { return NowNs(); }

int64_t snow_time_unix_ns(SnowActor*) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

void snow_timer_sleep(SnowActor* actor, int64_t ms) {
  Actor* self = ActorOf(actor);
  if (ms <= 0) {
    self->worker->LeaveToYield(self);
    return;
  }
  BeginWait(self);
  StartLimit(self, ms);
  while ((self->flags & kTimedOut) == 0) ParkFor(self, Wait::kTime);
  self->timer = 0;
}

int64_t snow_timer_send_after(SnowActor* actor, int64_t pid, int64_t ms, void* type,
                              void* words) {
  return SendLater(ActorOf(actor), pid, ms, static_cast<const SnowTypeInfo*>(type),
                   static_cast<const uint64_t*>(words), false);
}

int64_t snow_timer_send_every(SnowActor* actor, int64_t pid, int64_t ms, void* type,
                              void* words) {
  return SendLater(ActorOf(actor), pid, ms, static_cast<const SnowTypeInfo*>(type),
                   static_cast<const uint64_t*>(words), true);
}

bool snow_timer_cancel(SnowActor* actor, int64_t timer) {
  return g_timers.Cancel(*ActorOf(actor)->worker, static_cast<uint64_t>(timer));
}

}  // extern "C"
