#include "runtime/io/helpers.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>

#include "runtime/testing/program.h"

namespace snow::rt::testing {
namespace {

std::atomic<int> done_count{0};
int began[2];
int fds[2];

// Says that it has begun, then blocks a helper until the pipe has a byte.
void ReadByte(void* fd) {
  char byte = 'b';
  SNOW_TEST_CHECK(write(began[1], &byte, 1) == 1);
  SNOW_TEST_CHECK(read(*static_cast<int*>(fd), &byte, 1) == 1);
}

uint64_t Blocked(SnowActor* actor, void*) {
  RunOnHelper(ActorOf(actor), ReadByte, &fds[0]);
  ++done_count;
  return 0;
}

// More actors than workers block; another goes on, and frees them.
uint64_t ManyBlock(SnowActor* actor, void*) {
  SNOW_TEST_CHECK(pipe(fds) == 0 && pipe(began) == 0);
  constexpr int kActors = 4;
  int64_t references[kActors];
  for (int i = 0; i < kActors; ++i) references[i] = snow_monitor(actor, Spawn(actor, Blocked));
  int sum = 0;
  OnHelper(ActorOf(actor), [&] { sum = 1 + 2; });
  SNOW_TEST_CHECK(sum == 3);
  SNOW_TEST_CHECK(done_count == 0);
  SNOW_TEST_CHECK(write(fds[1], "xxxx", kActors) == kActors);
  for (int i = 0; i < kActors; ++i) SNOW_TEST_CHECK(ReceiveSignal(actor).tag == 1);
  SNOW_TEST_CHECK(done_count == kActors);
  return 3;
}

TEST(Helpers, BlockNoWorker) {
  const Outcome outcome = RunSnow(ManyBlock, {{"SNOW_WORKERS", "1"}});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
}

// Work of an actor that is killed goes on to its end, and only then the actor ends.
uint64_t KilledMeanwhile(SnowActor* actor, void*) {
  SNOW_TEST_CHECK(pipe(fds) == 0 && pipe(began) == 0);
  const int64_t pid = Spawn(actor, Blocked);
  snow_monitor(actor, pid);
  OnHelper(ActorOf(actor), [] {
    char byte;
    SNOW_TEST_CHECK(read(began[0], &byte, 1) == 1);
  });
  snow_exit(actor, pid, reinterpret_cast<void*>(uintptr_t{2}));
  SNOW_TEST_CHECK(ReceiveSignal(actor, 20).tag == kNoSignal);
  SNOW_TEST_CHECK(write(fds[1], "x", 1) == 1);
  const Signal down = ReceiveSignal(actor);
  SNOW_TEST_CHECK(down.tag == 1 && down.reason == 2);
  return 4;
}

TEST(Helpers, KillsWait) {
  const Outcome outcome = RunSnow(KilledMeanwhile);
  EXPECT_EQ(outcome.code, 4) << outcome.err;
}

// main returns at once: the program ends when the helper is done.
uint64_t LeavesWork(SnowActor* actor, void*) {
  Spawn(actor, [](SnowActor* self, void*) -> uint64_t {
    OnHelper(ActorOf(self), [] {
      pollfd nothing{};
      poll(&nothing, 0, 30);
    });
    Print(self, "done");
    return 0;
  });
  return 0;
}

TEST(Helpers, KeepTheProgramAlive) {
  const Outcome outcome = RunSnow(LeavesWork);
  EXPECT_EQ(outcome.out, "done\n");
  EXPECT_EQ(outcome.code, 0);
}

}  // namespace
}  // namespace snow::rt::testing
