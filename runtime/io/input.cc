// Standard input: lines and all of it. The actor that reads is parked, and may be ended meanwhile.
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "runtime/abi/functions.h"
#include "runtime/io/helpers.h"
#include "runtime/io/output.h"
#include "runtime/io/reactor.h"
#include "runtime/io/result.h"
#include "runtime/process/extra.h"
#include "runtime/process/heap_abi.h"
#include "runtime/process/mailbox.h"

namespace snow::rt {
namespace {

constexpr size_t kReadAtOnce = 64 * 1024;
constexpr int64_t kBusyRetryMs = 5;

// What has been read and not yet given out. One actor at a time holds it.
struct Input {
  std::atomic<bool> is_held{false};
  Vector<char> bytes;
  size_t at = 0;
  bool is_at_end = false;
  int error = 0;

  std::string_view rest() const { return {bytes.begin() + at, bytes.size() - at}; }
  void Drop(size_t count) {
    at += count;
    if (at == bytes.size()) {
      bytes.Clear();
      at = 0;
    }
  }
};
constinit Input g_input;

// The hold on the input, given back with the actor's end if that comes first.
struct InputHold {
  Cleanup cleanup;
  bool is_waiting;  // for the descriptor
};

void StopWaiting(InputHold* hold) {
  if (!hold->is_waiting) return;
  hold->is_waiting = false;
  g_reactor.Forget(0);
  g_scheduler.io_waits.fetch_sub(1, std::memory_order_release);
}

void ReleaseAtEnd(Worker& worker, Cleanup* cleanup) {
  InputHold* hold = reinterpret_cast<InputHold*>(cleanup);
  StopWaiting(hold);
  worker.cache().GiveRecord(hold);
  g_input.is_held.store(false, std::memory_order_release);
}

InputHold* HoldInput(SnowActor* actor) {
  while (g_input.is_held.exchange(true, std::memory_order_acquire)) {
    snow_timer_sleep(actor, kBusyRetryMs);
  }
  Actor* self = ActorOf(actor);
  InputHold* hold = self->worker->cache().TakeRecord<InputHold>();
  hold->cleanup.close = ReleaseAtEnd;
  hold->is_waiting = false;
  AddCleanup(self, &hold->cleanup);
  return hold;
}

void ReleaseInput(Actor* self, InputHold* hold) {
  RemoveCleanup(self, &hold->cleanup);
  ReleaseAtEnd(*self->worker, &hold->cleanup);
}

void ReadSome() {
  Input& input = g_input;
  if (input.at != 0) {
    const size_t rest = input.bytes.size() - input.at;
    memmove(input.bytes.data(), input.bytes.data() + input.at, rest);
    input.bytes.Resize(rest);
    input.at = 0;
  }
  const size_t size = input.bytes.size();
  input.bytes.Reserve(size + size / 2 + kReadAtOnce);
  input.bytes.Resize(size + kReadAtOnce);
  ssize_t got;
  do {
    got = read(0, input.bytes.data() + size, kReadAtOnce);
  } while (got < 0 && errno == EINTR);
  if (got < 0) input.error = errno;
  if (got <= 0) input.is_at_end = true;
  input.bytes.Resize(size + (got > 0 ? static_cast<size_t>(got) : 0));
}

// Reads what is there; parks until there is something.
void FillInput(Actor* self, InputHold* hold) {
  BeginWait(self);
  self->flags &= ~static_cast<uint32_t>(kWoken);
  hold->is_waiting = true;
  g_scheduler.io_waits.fetch_add(1, std::memory_order_relaxed);
  if (g_reactor.Arm(0, EPOLLIN, self->pid) != 0) {
    // A file: reading it never waits for anybody, but may wait for the disk.
    StopWaiting(hold);
    OnHelper(self, ReadSome);
    return;
  }
  while ((self->flags & kWoken) == 0) ParkFor(self, Wait::kEvent);
  StopWaiting(hold);
  ReadSome();
}

SnowPair FailInput(Actor* self, std::string_view text) {
  SetFailed(self, true);
  return NewString(self, text);
}

// Gives out the next `size` bytes, and drops `more` behind them.
SnowPair GiveOut(Actor* self, InputHold* hold, size_t size, size_t more) {
  Text line;
  line.Add(std::string_view(g_input.rest().data(), size));
  g_input.Drop(size + more);
  ReleaseInput(self, hold);
  const size_t valid = ValidUtf8Bytes(line.View());
  if (valid < size) return FailInvalidUtf8(self, "standard input", valid);
  SetFailed(self, false);
  return TakeText(self, line);
}

SnowPair FailAtEnd(Actor* self, InputHold* hold) {
  const int error = g_input.error;
  ReleaseInput(self, hold);
  if (error != 0) return FinishCall(self, error, "standard input", {});
  return FailInput(self, "end of input");
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

SnowPair snow_io_read_line(SnowActor* actor) {
  Actor* self = ActorOf(actor);
  g_output.Flush();
  InputHold* hold = HoldInput(actor);
  size_t searched = 0;
  for (;;) {
    const std::string_view rest = g_input.rest();
    const void* newline = rest.empty() ? nullptr
                                       : memchr(rest.data() + searched, '\n',
                                                rest.size() - searched);
    if (newline != nullptr) {
      const size_t size = static_cast<size_t>(static_cast<const char*>(newline) - rest.data());
      return GiveOut(self, hold, size, 1);
    }
    if (g_input.is_at_end) {
      if (rest.empty() || g_input.error != 0) return FailAtEnd(self, hold);
      return GiveOut(self, hold, rest.size(), 0);
    }
    searched = rest.size();
    FillInput(self, hold);
  }
}

SnowPair snow_io_read_all(SnowActor* actor) {
  Actor* self = ActorOf(actor);
  g_output.Flush();
  InputHold* hold = HoldInput(actor);
  while (!g_input.is_at_end) FillInput(self, hold);
  if (g_input.error != 0) return FailAtEnd(self, hold);
  return GiveOut(self, hold, g_input.rest().size(), 0);
}

}  // extern "C"
