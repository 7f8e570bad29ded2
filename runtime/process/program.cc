#include "runtime/process/program.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "runtime/abi/abi.h"
#include "runtime/base/check.h"
#include "runtime/base/settings.h"
#include "runtime/base/text.h"
#include "runtime/io/output.h"
#include "runtime/io/reactor.h"
#include "runtime/memory/page_heap.h"
#include "runtime/process/end.h"
#include "runtime/process/heap_abi.h"
#include "runtime/process/mailbox.h"
#include "runtime/process/spawn.h"
#include "runtime/process/watch.h"
#include "runtime/timer/timers.h"

namespace snow::rt {
namespace {

struct Program {
  int argc = 0;
  char** argv = nullptr;
  int64_t begin_ns = 0;
  std::atomic<int64_t> main_result{0};
  std::atomic<bool> has_main_ended{false};
  std::atomic<int> code{0};
  std::atomic<bool> is_shutting_down{false};
  std::atomic<bool> is_exiting{false};
  SpinLock rounds;  // of the shutdown, one at a time
  uint64_t told_last = ~uint64_t{0};
};
constinit Program g_program;

// How often a shutdown looks for actors that nobody tells to end.
constexpr int64_t kRoundMs = 20;

// Whether an actor's parent will end it: a living supervisor does.
bool HasKeeper(const Actor* actor) {
  const Actor* parent = g_actors.Find(actor->parent);
  return parent != nullptr && parent->traps_exits.load(std::memory_order_relaxed);
}

// Tells all actors that no supervisor will tell to end with this reason; returns how many.
uint64_t TellAll(Worker& worker, ReasonKind kind, bool keepers) {
  uint64_t told = 0;
  for (uint32_t slot = 1; slot < g_actors.used(); ++slot) {
    Actor* actor = g_actors.At(slot);
    const uint64_t pid = ActorTable::PidOf(actor);
    if (pid == 0 || (keepers && HasKeeper(actor))) continue;
    if (keepers && (actor->marks.fetch_or(kWasTold) & kWasTold) != 0) continue;
    SendExit(worker, 0, pid, PlainReason(kind), ExitKind::kAsked);
    ++told;
  }
  return told;
}

// One round: whoever has no supervisor is told; when nobody is left to tell although nothing can
// happen any more, the rest is killed.
bool ShutdownRound(Worker& worker, bool is_quiet) {
  SpinLockHolder hold(g_program.rounds);
  if (g_actors.living() == 0) ExitNow(g_program.code.load());
  uint64_t told = TellAll(worker, ReasonKind::kShutdown, true);
  if (told == 0 && is_quiet) told = TellAll(worker, ReasonKind::kKilled, false);
  return told != 0;
}

void SleepMs(int64_t ms) {
  timespec time{ms / 1000, ms % 1000 * 1000000};
  nanosleep(&time, nullptr);
}

// A thread of its own sees to it that a shutdown ends.
void* WatchShutdown(void*) {
  Worker outside(Worker::kOutside);
  const int64_t end = NowNs() + g_settings.shutdown_ms * 1000000;
  while (NowNs() < end) {
    SleepMs(kRoundMs);
    ShutdownRound(outside, false);
  }
  ExitNow(g_program.code.load());
}

void StartThread(void* (*function)(void*), void* argument) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (pthread_create(&thread, &attributes, function, argument) != 0) Fatal("cannot start a thread");
  pthread_attr_destroy(&attributes);
}

// SIGINT and SIGTERM: the first shuts down in order, the second ends at once. All other threads
// block them.
void* WatchSignals(void*) {
  Worker outside(Worker::kOutside);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  int number = 0;
  if (sigwait(&set, &number) != 0) return nullptr;
  BeginShutdown(outside, 128 + number);
  if (sigwait(&set, &number) != 0) return nullptr;
  ExitNow(128 + number);
}

void BlockSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A closed pipe is an error of write.
  signal(SIGPIPE, SIG_IGN);
}

int64_t FireTimers(Worker& worker, int64_t now_ns) { return g_timers.Fire(worker, now_ns); }
int64_t NextTimer() { return g_timers.Next(); }
void IoReady(Worker& worker, uint64_t cookie, uint32_t ready) {
  if ((cookie & kForeignCookie) == 0) {
    WakeActor(worker, cookie);
  } else if (ForeignReady hand_on = g_foreign_ready.load(std::memory_order_acquire)) {
    hand_on(worker, cookie, ready);
  }
}

}  // namespace

uint32_t UptimeMs() { return static_cast<uint32_t>((NowNs() - g_program.begin_ns) / 1000000); }

Arguments ProgramArguments() {
  if (g_program.argc == 0) return {0, nullptr};
  return {g_program.argc - 1, g_program.argv + 1};
}

void ExitNow(int code) {
  // One thread flushes and ends the process; others wait for that.
  if (g_program.is_exiting.exchange(true)) {
    for (;;) pause();
  }
  g_output.Flush();
  _exit(code & 0xff);
}

void SetMainResult(int64_t code) { g_program.main_result.store(code, std::memory_order_relaxed); }

int MainExitCode(const Reason& reason) {
  if (reason.kind == ReasonKind::kNormal) return static_cast<int>(g_program.main_result.load());
  return reason.is_abnormal() ? kPanicExitCode : 0;
}

void MainEnded(Worker& worker, int code, bool is_failure) {
  if (!g_program.is_shutting_down.load()) g_program.code.store(code);
  g_program.has_main_ended.store(true);
  if (g_actors.living() == 0) ExitNow(g_program.code.load());
  if (is_failure) BeginShutdown(worker, code);
}

void BeginShutdown(Worker& worker, int code) {
  if (g_program.is_shutting_down.exchange(true)) return;
  g_program.code.store(code);
  ShutdownRound(worker, false);
  StartThread(WatchShutdown, nullptr);
}

bool Quiet(Worker& worker) {
  if (g_program.is_shutting_down.load()) {
    if (!ShutdownRound(worker, true)) ExitNow(g_program.code.load());
    return true;
  }
  if (g_actors.living() == 0) ExitNow(g_program.code.load());
  if (!g_program.has_main_ended.load()) {
    g_output.Flush();
    WriteAll(2, "deadlock: main waits for a message that nobody is left to send\n");
    g_program.code.store(kPanicExitCode);
  }
  BeginShutdown(worker, g_program.code.load());
  return true;
}

void RunProgram(int argc, char** argv) {
  g_program.argc = argc;
  g_program.argv = argv;
  g_program.begin_ns = NowNs();
  g_pages.Reserve(static_cast<uint64_t>(g_settings.heap_bytes));
  g_actors.Reserve();
  g_stacks.Configure(static_cast<size_t>(g_settings.stack_bytes));
  g_output.Begin();
  g_reactor.Begin();
  BlockSignals();
  const SchedulerHooks hooks = {Arrive, Enter, End, FireTimers, NextTimer, CompactParked, IoReady, Quiet};
  g_scheduler.Begin(g_settings.workers, hooks);
  g_timers.Begin(g_scheduler.worker_count());
  StartThread(WatchSignals, nullptr);

  Worker& worker = g_scheduler.worker(0);
  uint64_t pid;
  Actor* main = NewActor(worker, 0, "main", &pid);
  main->flags |= kIsMain;
  main->closure = const_cast<uint64_t*>(snow_main_closure);
  PublishActor(main, pid);
  worker.Ready(main, true);
  worker.Loop();
}

}  // namespace snow::rt
