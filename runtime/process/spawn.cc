#include "runtime/process/spawn.h"

#include <algorithm>

#include "runtime/abi/functions.h"
#include "runtime/memory/copy.h"
#include "runtime/process/extra.h"
#include "runtime/process/panic.h"
#include "runtime/process/program.h"
#include "runtime/process/watch.h"

namespace snow::rt {
namespace {

enum SpawnFlag : int64_t { kSpawnLink = 1, kSpawnJob = 2, kSpawnDropsNotices = 4 };

// Room that a new heap has beside the closure: enough for what a loop keeps while it waits.
constexpr size_t kFirstRoom = 64;
constexpr int64_t kSpawnReductions = 20;

// Copies the closure into the heap of a new actor. False when memory is exhausted.
bool CopyClosure(Worker& worker, Actor* actor, void* closure) {
  const uint64_t word = reinterpret_cast<uint64_t>(closure);
  const uint8_t kind = kSnowPointer;
  uint64_t copied;
  if (!NeedsCopy(&word, &kind, 1)) {
    actor->closure = closure;
    return true;
  }
  GraphCopy copy(worker.cache(), worker.copy_scratch(), 0, kFirstRoom);
  if (!copy.Copy(&copied, &word, &kind, 1)) {
    copy.Abandon();
    return false;
  }
  Block* first = copy.Finish();
  HeapJoin(*actor, worker.cache(), first);
  HeapFillFrom(*actor, first);
  actor->closure = reinterpret_cast<void*>(copied);
  return true;
}

// Gives back an actor that was never published.
void DiscardActor(Worker& worker, Actor* actor, uint64_t pid) {
  actor->inbox.store(kInboxDead, std::memory_order_release);
  actor->reductions_done = GenerationOf(pid);
  g_actors.Give(actor, worker.slots());
}

}  // namespace

Actor* NewActor(Worker& worker, uint64_t parent, const char* kind, uint64_t* pid) {
  Actor* actor = g_actors.Take(worker.slots(), pid);
  if (actor == nullptr) return nullptr;
  HeapInit(*actor);
  actor->reductions = 0;
  actor->base_frame = nullptr;
  actor->worker = &worker;
  actor->queue_first = nullptr;
  actor->queue_end = &actor->queue_first;
  actor->position = &actor->queue_first;
  actor->queue_length.store(0, std::memory_order_relaxed);
  actor->flags = 0;
  actor->accepted = nullptr;
  actor->stack = nullptr;
  actor->closure = nullptr;
  actor->kind = kind;
  actor->parent = parent;
  actor->limit_ms = -1;
  actor->timer = 0;
  actor->reductions_done = 0;
  actor->extra = nullptr;
  actor->end = nullptr;
  actor->wait_number = 0;
  actor->start_ms = UptimeMs();
  actor->live_timers = 0;
  actor->watchers = nullptr;
  actor->wait = Wait::kNothing;
  actor->traps_exits.store(false, std::memory_order_relaxed);
  actor->marks.store(0, std::memory_order_relaxed);
  actor->bound.store(0, std::memory_order_relaxed);
  actor->state.store(static_cast<uint8_t>(ActorState::kReady), std::memory_order_relaxed);
  actor->inbox.store(kInboxEmpty, std::memory_order_relaxed);
  return actor;
}

void PublishActor(Actor* actor, uint64_t pid) {
  ActorTable::SetPid(actor, pid);
  g_actors.CountBirth();
}

void Enter(void* argument) {
  Actor* actor = static_cast<Actor*>(argument);
  actor->worker->Arrived(actor->stack);
  void* closure = actor->closure;
  const uint64_t result = snow_start(actor, closure);
  if ((actor->flags & (kIsMain | kTerminating)) == kIsMain) {
    SetMainResult(static_cast<int64_t>(result));
  }
  if (actor->end == nullptr) actor->end = PlainReason(ReasonKind::kNormal);
  actor->worker->LeaveToEnd(actor);
}

}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

int64_t snow_spawn(SnowActor* caller, void* closure, int64_t flags, int64_t max_heap,
                   int64_t mailbox, int64_t overflow, void* name) {
  Actor* parent = ActorOf(caller);
  Worker& worker = *parent->worker;
  uint64_t pid;
  Actor* actor = NewActor(worker, parent->pid, static_cast<const char*>(name), &pid);
  if (actor == nullptr) Panic(parent, "too many actors: 16777215 live already");
  if (!CopyClosure(worker, actor, closure)) {
    DiscardActor(worker, actor, pid);
    Panic(parent, "out of memory: what the new actor captures does not fit");
  }
  if ((flags & kSpawnDropsNotices) != 0) actor->flags |= kDropsNotices;
  if ((flags & kSpawnJob) != 0) actor->flags |= kIsJob;
  if (max_heap > 0) HeapExtraOf(*actor, worker.cache()).most_bytes = static_cast<uint64_t>(max_heap);
  if (mailbox > 0) {
    ExtraOf(actor);
    const uint32_t most = static_cast<uint32_t>(std::min<int64_t>(mailbox, kBoundMost));
    actor->bound.store(most | static_cast<uint32_t>(overflow & 3) << 30, std::memory_order_relaxed);
  }
  PublishActor(actor, pid);
  if ((flags & kSpawnLink) != 0) AddLink(worker, parent, pid, true);
  if ((flags & kSpawnJob) != 0) AddWatch(parent, pid, WatchKind::kJob, pid, pid);
  parent->reductions -= kSpawnReductions;
  worker.ReadyNewborn(actor);
  return static_cast<int64_t>(pid);
}

}  // extern "C"
