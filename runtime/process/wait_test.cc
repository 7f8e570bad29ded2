// Calls, jobs, timers and bounded mailboxes.
#include <gtest/gtest.h>

#include "runtime/testing/program.h"

namespace snow::rt::testing {
namespace {

// A server whose Ints are pid and reference of a call, alternating; it replies reference * 2.
uint64_t Doubler(SnowActor* self, void*) {
  for (;;) {
    const int64_t pid = ReceiveInt(self);
    if (pid < 0) return 0;
    const int64_t reference = ReceiveInt(self);
    uint64_t word = static_cast<uint64_t>(reference) * 2;
    snow_call_reply(self, pid, reference, const_cast<SnowTypeInfo*>(&kIntType), &word);
  }
}

SnowMessage* Call(SnowActor* actor, int64_t pid, int64_t limit_ms) {
  const int64_t reference = snow_call_begin(actor, pid);
  SendInt(actor, pid, static_cast<int64_t>(actor->pid));
  SendInt(actor, pid, reference);
  auto* reply = static_cast<SnowMessage*>(snow_call_wait(actor, reference, limit_ms));
  if (reply != nullptr) SNOW_TEST_CHECK(reply->payload[0] == static_cast<uint64_t>(reference) * 2);
  return reply;
}

TEST(Calls, RepliesAreSelective) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(actor, Doubler);
    for (int i = 0; i < 10000; ++i) {
      // Whatever else lies in the mailbox.
      SendInt(actor, static_cast<int64_t>(actor->pid), 5);
      SNOW_TEST_CHECK(Call(actor, pid, 5000) != nullptr);
    }
    SendInt(actor, pid, -1);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Calls, OfManyAtOnce) {
  for (const char* workers : {"1", "2", "4"}) {
    const Outcome outcome = RunSnow(
        [](SnowActor* actor, void*) -> uint64_t {
          const int64_t server = Spawn(actor, Doubler);
          for (int i = 0; i < 20; ++i) {
            Spawn(
                actor,
                [](SnowActor* self, void* closure) -> uint64_t {
                  const int64_t pid = static_cast<int64_t>(Capture(closure, 0));
                  // One at a time: the two Ints of a call must not be torn apart.
                  SendInt(self, static_cast<int64_t>(Capture(closure, 1)), 1);
                  ReceiveInt(self);
                  for (int n = 0; n < 50; ++n) SNOW_TEST_CHECK(Call(self, pid, -1) != nullptr);
                  SendInt(self, static_cast<int64_t>(Capture(closure, 1)), 2);
                  return 0;
                },
                {static_cast<uint64_t>(server), actor->pid});
          }
          for (int i = 0; i < 20; ++i) SNOW_TEST_CHECK(ReceiveInt(actor) == 1);
          std::string pids = TextOf(snow_actor_list(actor));
          // All but main (1) and the server (2).
          for (size_t at = 0; at < pids.size();) {
            const int64_t pid = std::stoll(pids.substr(at));
            if (pid != static_cast<int64_t>(actor->pid) && pid != server) {
              SendInt(actor, pid, 0);
              SNOW_TEST_CHECK(ReceiveInt(actor) == 2);
            }
            at = pids.find(' ', at);
            if (at == std::string::npos) break;
            ++at;
          }
          return 0;
        },
        {{"SNOW_WORKERS", workers}});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
  }
}

TEST(Calls, FailWhenTheServiceEndsOrIsSlow) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(actor, [](SnowActor* self, void*) -> uint64_t {
      ReceiveInt(self);
      ReceiveInt(self);
      ReceiveInt(self);
      const SnowPair text = NewText(self, "the server crashed, so");
      snow_panic(self, text.first, text.second, nullptr);
      __builtin_unreachable();
    });
    SNOW_TEST_CHECK(Call(actor, pid, 10) == nullptr);
    SNOW_TEST_CHECK(snow_call_failure(actor).first == 0);
    SNOW_TEST_CHECK(Call(actor, pid, -1) == nullptr);
    const SnowPair failure = snow_call_failure(actor);
    SNOW_TEST_CHECK(failure.first == 1);
    const auto* reason = reinterpret_cast<Object*>(failure.second);
    SNOW_TEST_CHECK(reason->tag() == 3);
    SNOW_TEST_CHECK(TextOf({reason->payload[0], reason->payload[1]}) == "the server crashed, so");
    // It is gone.
    SNOW_TEST_CHECK(Call(actor, pid, -1) == nullptr);
    SNOW_TEST_CHECK(snow_call_failure(actor).first == 1);
    SNOW_TEST_CHECK(snow_call_failure(actor).second == 5);
    SNOW_TEST_CHECK(snow_call_wait(actor, 12345, -1) == nullptr);
    SNOW_TEST_CHECK(snow_call_failure(actor).first == 2);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Calls, AReferenceForAnActorToBeSpawned) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const auto starter = [](SnowActor* self, void* closure) -> uint64_t {
      uint64_t word = 77;
      if (Capture(closure, 2) != 0) {
        snow_call_reply(self, static_cast<int64_t>(Capture(closure, 0)),
                        static_cast<int64_t>(Capture(closure, 1)),
                        const_cast<SnowTypeInfo*>(&kIntType), &word);
      }
      return 0;
    };
    for (uint64_t replies = 0; replies < 2; ++replies) {
      for (int wait = 0; wait < 2; ++wait) {
        const int64_t reference = snow_call_begin(actor, 0);
        const int64_t pid =
            Spawn(actor, starter, {actor->pid, static_cast<uint64_t>(reference), replies});
        while (wait == 1 && snow_alive(actor, pid)) snow_yield(actor);
        snow_call_watch(actor, reference, pid);
        auto* reply = static_cast<SnowMessage*>(snow_call_wait(actor, reference, -1));
        SNOW_TEST_CHECK((reply != nullptr) == (replies == 1));
        if (reply != nullptr) SNOW_TEST_CHECK(reply->payload[0] == 77);
      }
    }
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

constexpr int64_t kJobFlag = 2;

uint64_t JobCode(SnowActor* self, void* closure) {
  const uint64_t n = Capture(closure, 1);
  if (n == 3) {
    const SnowPair text = NewText(self, "no three");
    snow_panic(self, text.first, text.second, nullptr);
  }
  if (n == 4) snow_timer_sleep(self, 100000);
  uint64_t word = n * n;
  snow_call_reply(self, static_cast<int64_t>(Capture(closure, 0)), static_cast<int64_t>(self->pid),
                  const_cast<SnowTypeInfo*>(&kIntType), &word);
  return 0;
}

TEST(Jobs, GiveTheirValueOnce) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    int64_t jobs[5];
    for (uint64_t i = 0; i < 5; ++i) jobs[i] = Spawn(actor, JobCode, {actor->pid, i}, kJobFlag);
    for (uint64_t i = 0; i < 3; ++i) {
      auto* value = static_cast<SnowMessage*>(snow_call_wait(actor, jobs[i], -1));
      SNOW_TEST_CHECK(value != nullptr && value->payload[0] == i * i);
    }
    SNOW_TEST_CHECK(snow_call_wait(actor, jobs[0], -1) == nullptr);
    SNOW_TEST_CHECK(snow_call_failure(actor).first == 2);
    SNOW_TEST_CHECK(snow_call_wait(actor, jobs[3], -1) == nullptr);
    SNOW_TEST_CHECK(snow_call_failure(actor).first == 1);
    // A limit leaves it running; it ends with its caller, or the program would last.
    SNOW_TEST_CHECK(snow_call_wait(actor, jobs[4], 5) == nullptr);
    SNOW_TEST_CHECK(snow_call_failure(actor).first == 0);
    SNOW_TEST_CHECK(snow_alive(actor, jobs[4]));
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Timers, FireInOrderOfTheirTimes) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t self = static_cast<int64_t>(actor->pid);
    const int64_t start = snow_time_now_ms(actor);
    for (int64_t ms : {30, 10, 20, 0, 10, 70, 5}) {
      uint64_t word = static_cast<uint64_t>(ms);
      snow_timer_send_after(actor, self, ms, const_cast<SnowTypeInfo*>(&kIntType), &word);
    }
    int64_t last = 0;
    for (int i = 0; i < 7; ++i) {
      const int64_t ms = ReceiveInt(actor);
      SNOW_TEST_CHECK(ms >= last);
      SNOW_TEST_CHECK(snow_time_now_ms(actor) - start >= ms);
      last = ms;
    }
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Timers, CanBeCancelledOnce) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t self = static_cast<int64_t>(actor->pid);
    std::vector<int64_t> timers;
    for (uint64_t i = 0; i < 100000; ++i) {
      timers.push_back(snow_timer_send_after(actor, self, 60000 + static_cast<int64_t>(i),
                                             const_cast<SnowTypeInfo*>(&kIntType), &i));
    }
    for (int64_t timer : timers) SNOW_TEST_CHECK(snow_timer_cancel(actor, timer));
    for (int64_t timer : timers) SNOW_TEST_CHECK(!snow_timer_cancel(actor, timer));
    SNOW_TEST_CHECK(!snow_timer_cancel(actor, 0));
    SNOW_TEST_CHECK(!snow_timer_cancel(actor, -1));
    SNOW_TEST_CHECK(!snow_timer_cancel(actor, INT64_MAX));
    return 0;  // nothing is pending: the program ends
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Timers, RepeatUntilCancelledAndEndWithTheReceiver) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t self = static_cast<int64_t>(actor->pid);
    uint64_t word = 9;
    auto* type = const_cast<SnowTypeInfo*>(&kIntType);
    const int64_t every = snow_timer_send_every(actor, self, 2, type, &word);
    for (int i = 0; i < 5; ++i) SNOW_TEST_CHECK(ReceiveInt(actor) == 9);
    SNOW_TEST_CHECK(snow_timer_cancel(actor, every));
    // Timers to an actor that ends keep nothing alive.
    const int64_t pid = Spawn(actor, [](SnowActor* me, void*) -> uint64_t {
      ReceiveInt(me);
      return 0;
    });
    snow_timer_send_after(actor, pid, 100000, type, &word);
    snow_timer_send_every(actor, pid, 100000, type, &word);
    SendInt(actor, pid, 0);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Timers, ManyWaitAtOnce) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    for (uint64_t i = 0; i < 20000; ++i) {
      Spawn(
          actor,
          [](SnowActor* self, void* closure) -> uint64_t {
            const int64_t ms = static_cast<int64_t>(Capture(closure, 1));
            const int64_t start = snow_time_now_ns(self);
            SNOW_TEST_CHECK(ReceiveInt(self, ms, -5) == -5);
            SNOW_TEST_CHECK(snow_time_now_ns(self) - start >= ms * 1000000);
            SendInt(self, static_cast<int64_t>(Capture(closure, 0)), ms);
            return 0;
          },
          {actor->pid, i % 50});
    }
    for (int i = 0; i < 20000; ++i) SNOW_TEST_CHECK(ReceiveInt(actor) >= 0);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

int64_t SpawnBounded(SnowActor* actor, Code code, std::initializer_list<uint64_t> captures,
                     int64_t most, int64_t overflow) {
  char name[] = "bounded";
  return snow_spawn(actor, ScalarClosure(actor, code, captures), 0, 0, most, overflow, name);
}

// Waits for a go (by exit of the named go actor), then passes on all Ints that come within 20 ms.
uint64_t PassOn(SnowActor* self, void* closure) {
  snow_timer_sleep(self, 20);
  for (;;) {
    const int64_t n = ReceiveInt(self, 20, -5);
    SendInt(self, static_cast<int64_t>(Capture(closure, 0)), n);
    if (n == -5) return 0;
  }
}

TEST(Bounds, BlockTheSender) {
  for (const char* workers : {"1", "2", "4"}) {
    const Outcome outcome = RunSnow(
        [](SnowActor* actor, void*) -> uint64_t {
          const int64_t pid = SpawnBounded(actor, PassOn, {actor->pid}, 3, 0);
          const auto sender = [](SnowActor* self, void* closure) -> uint64_t {
            for (int64_t i = 0; i < 500; ++i) {
              SendInt(self, static_cast<int64_t>(Capture(closure, 0)), i);
            }
            return 0;
          };
          for (int i = 0; i < 4; ++i) Spawn(actor, sender, {static_cast<uint64_t>(pid)});
          int64_t sum = 0;
          for (int i = 0; i < 2000; ++i) sum += ReceiveInt(actor);
          SNOW_TEST_CHECK(sum == 4 * 499 * 250);
          return 0;
        },
        {{"SNOW_WORKERS", workers}});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
  }
}

TEST(Bounds, ABlockedSenderGoesOnWhenTheReceiverEnds) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = SpawnBounded(
        actor,
        [](SnowActor* self, void*) -> uint64_t {
          snow_timer_sleep(self, 20);
          return 0;
        },
        {}, 3, 0);
    for (int64_t i = 0; i < 100; ++i) SendInt(actor, pid, i);
    SNOW_TEST_CHECK(!snow_alive(actor, pid));
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Bounds, DropNewAndOldAndCrash) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    for (int64_t overflow : {1, 2}) {
      const int64_t pid = SpawnBounded(actor, PassOn, {actor->pid}, 3, overflow);
      for (int64_t i = 0; i < 10; ++i) SendInt(actor, pid, i);
      const int64_t first = overflow == 1 ? 0 : 7;
      for (int64_t i = first; i < first + 3; ++i) SNOW_TEST_CHECK(ReceiveInt(actor) == i);
      SNOW_TEST_CHECK(ReceiveInt(actor) == -5);
    }
    const int64_t pid = SpawnBounded(actor, PassOn, {actor->pid}, 3, 3);
    snow_monitor(actor, pid);
    for (int64_t i = 0; i < 10; ++i) SendInt(actor, pid, i);
    const Signal signal = ReceiveSignal(actor);
    const auto* reason = reinterpret_cast<Object*>(signal.reason);
    SNOW_TEST_CHECK(TextOf({reason->payload[0], reason->payload[1]}) ==
                    "mailbox overflow: more than 3 messages");
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

}  // namespace
}  // namespace snow::rt::testing
