// Messages: order, selection, limits, copies; actors that park with and without a stack.
#include <gtest/gtest.h>

#include "runtime/base/sanitizers.h"
#include "runtime/testing/program.h"

namespace snow::rt::testing {
namespace {

TEST(Actors, MessagesOfOneSenderArriveInOrder) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    Spawn(actor,
          [](SnowActor* self, void* closure) -> uint64_t {
            for (int64_t i = 0; i < 10000; ++i) {
              SendInt(self, static_cast<int64_t>(Capture(closure, 0)), i);
            }
            return 0;
          },
          {actor->pid});
    for (int64_t i = 0; i < 10000; ++i) SNOW_TEST_CHECK(ReceiveInt(actor) == i);
    return 5;
  });
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.code, 5);
}

uint64_t Echo(SnowActor* self, void* closure) {
  const int64_t main = static_cast<int64_t>(Capture(closure, 0));
  for (;;) {
    const int64_t n = ReceiveInt(self);
    if (n < 0) return 0;
    SendInt(self, main, n + 1);
  }
}

TEST(Actors, PingPong) {
  for (const char* workers : {"1", "2", "4"}) {
    const Outcome outcome = RunSnow(
        [](SnowActor* actor, void*) -> uint64_t {
          const int64_t echo = Spawn(actor, Echo, {actor->pid});
          int64_t n = 0;
          while (n < 100000) {
            SendInt(actor, echo, n);
            n = ReceiveInt(actor);
          }
          SendInt(actor, echo, -1);
          return 0;
        },
        {{"SNOW_WORKERS", workers}});
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.code, 0);
  }
}

TEST(Actors, SelectiveReceiveLeavesTheOthersInOrder) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t self = static_cast<int64_t>(actor->pid);
    for (int64_t i = 0; i < 10; ++i) SendInt(actor, self, i);
    // Takes 7 out of the middle.
    snow_recv_start(actor, -1);
    for (;;) {
      auto* message = static_cast<SnowMessage*>(snow_recv_next(actor));
      if (message->payload[0] == 7) {
        snow_recv_accept(actor, message);
        break;
      }
      snow_recv_skip(actor, message);
    }
    for (int64_t i = 0; i < 10; ++i) {
      if (i != 7) SNOW_TEST_CHECK(ReceiveInt(actor) == i);
    }
    SNOW_TEST_CHECK(ReceiveInt(actor, 0, -5) == -5);
    return 0;
  });
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.code, 0);
}

TEST(Actors, ReceiveLimitPasses) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t before = snow_time_now_ms(actor);
    SNOW_TEST_CHECK(ReceiveInt(actor, 30, -5) == -5);
    SNOW_TEST_CHECK(snow_time_now_ms(actor) - before >= 30);
    return 0;
  });
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.code, 0);
}

TEST(Actors, SendToAnEndedActorDoesNothing) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(actor, [](SnowActor*, void*) -> uint64_t { return 0; });
    while (snow_alive(actor, pid)) snow_yield(actor);
    SendInt(actor, pid, 1);
    SendInt(actor, 0, 1);
    SendInt(actor, 12345678, 1);
    SendInt(actor, -1, 1);
    return 0;
  });
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.code, 0);
}

// A loop that parks at its base: state in the closure.
uint64_t Accumulate(SnowActor* self, void* closure) {
  auto* message = static_cast<SnowMessage*>(snow_recv_poll(self));
  if (message == nullptr) snow_recv_park(self, closure);
  const int64_t n = static_cast<int64_t>(message->payload[0]);
  const uint64_t main = Capture(closure, 0);
  const uint64_t sum = Capture(closure, 1);
  snow_recv_accept(self, message);
  if (n < 0) {
    SendInt(self, static_cast<int64_t>(main), static_cast<int64_t>(sum));
    return 0;
  }
  void* next = ScalarClosure(self, Accumulate, {main, sum + static_cast<uint64_t>(n)});
  snow_recv_start(self, -1);
  snow_recv_park(self, next);
  __builtin_unreachable();
}

uint64_t StartAccumulate(SnowActor* self, void* closure) {
  void* next = ScalarClosure(self, Accumulate, {Capture(closure, 0), 0});
  snow_recv_start(self, -1);
  return Accumulate(self, next);
}

TEST(Actors, ParkAtTheBase) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(actor, StartAccumulate, {actor->pid});
    for (int64_t i = 1; i <= 100000; ++i) SendInt(actor, pid, i);
    SendInt(actor, pid, -1);
    SNOW_TEST_CHECK(ReceiveInt(actor) == 5000050000);
    return 0;
  });
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.code, 0);
}

TEST(Actors, ALongMailboxIsLoggedAtEachDoubling) {
  const Outcome outcome = RunSnow(
      [](SnowActor* actor, void*) -> uint64_t {
        const int64_t self = static_cast<int64_t>(actor->pid);
        for (int round = 0; round < 2; ++round) {
          for (int64_t i = 0; i < 25; ++i) {
            SendInt(actor, self, i);
            ReceiveInt(actor, 0, -5);
            SendInt(actor, self, i);
            snow_yield(actor);
          }
          while (ReceiveInt(actor, 0, -5) != -5) {
          }
        }
        return 0;
      },
      {{"SNOW_MAILBOX_WARNING", "10"}});
  EXPECT_EQ(outcome.err,
            "[warning] the mailbox of actor <0.1> main holds 10 messages\n"
            "[warning] the mailbox of actor <0.1> main holds 20 messages\n");
}

// An actor whose closure holds nothing, after it has made much garbage.
uint64_t Litter(SnowActor* self, void* closure) {
  auto* message = static_cast<SnowMessage*>(snow_recv_poll(self));
  if (message == nullptr) snow_recv_park(self, closure);
  snow_recv_accept(self, message);
  void* last = closure;
  for (int i = 0; i < 200; ++i) last = ScalarClosure(self, Litter, {Capture(closure, 0)});
  SendInt(self, static_cast<int64_t>(Capture(closure, 0)), 0);
  snow_recv_start(self, -1);
  snow_recv_park(self, last);
  __builtin_unreachable();
}

int64_t MemoryOf(SnowActor* actor, int64_t pid) {
  const std::string info = TextOf(snow_actor_info(actor, pid));
  return std::stoll(info.substr(info.find("memory ") + 7));
}

TEST(Actors, AnIdleHeapIsPacked) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(
        actor,
        [](SnowActor* self, void* closure) -> uint64_t {
          snow_recv_start(self, -1);
          return Litter(self, closure);
        },
        {actor->pid});
    for (int i = 0; i < 10; ++i) {
      SendInt(actor, pid, 0);
      ReceiveInt(actor);
      // The workers have nothing else to do meanwhile.
      while (MemoryOf(actor, pid) > 128) snow_timer_sleep(actor, 1);
    }
    return 0;
  });
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.code, 0);
}

int64_t ResidentBytes() {
  FILE* file = fopen("/proc/self/statm", "r");
  long total = 0;
  long resident = 0;
  if (fscanf(file, "%ld %ld", &total, &resident) != 2) resident = 0;
  fclose(file);
  return resident * 4096;
}

TEST(Actors, AMillionParkedAtTheirBase) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
#if defined(SNOW_RT_ASAN) || defined(SNOW_RT_TSAN)
    constexpr int64_t kCount = 20000;
#else
    constexpr int64_t kCount = 1000000;
#endif
    static int64_t pids[kCount];
    const int64_t before = ResidentBytes();
    const int64_t start = snow_time_now_ms(actor);
    for (int64_t i = 0; i < kCount; ++i) pids[i] = Spawn(actor, StartAccumulate, {actor->pid});
    // All have parked when each has answered.
    const int64_t spawned = snow_time_now_ms(actor);
    snow_timer_sleep(actor, 1);
    for (int64_t i = 0; i < kCount; ++i) SendInt(actor, pids[i], i);
    snow_timer_sleep(actor, 1);
    const int64_t each = (ResidentBytes() - before - kCount * 8) / kCount;
    fprintf(stdout, "%ld bytes each, spawn %ld ms, all %ld ms\n", each, spawned - start,
            snow_time_now_ms(actor) - start);
    fflush(stdout);
    for (int64_t i = 0; i < kCount; ++i) SendInt(actor, pids[i], -1);
    int64_t sum = 0;
    for (int64_t i = 0; i < kCount; ++i) sum += ReceiveInt(actor);
    SNOW_TEST_CHECK(sum == kCount * (kCount - 1) / 2);
    SNOW_TEST_CHECK(kCount < 1000000 || each <= 512);
    return 0;
  });
  RecordProperty("figures", outcome.out);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.code, 0);
}

}  // namespace
}  // namespace snow::rt::testing
