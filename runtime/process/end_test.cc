// The ends of actors: reasons, links, monitors, traps, terminate, panics, and the end of the program.
#include <gtest/gtest.h>
#include <signal.h>

#include "runtime/testing/program.h"

namespace snow::rt::testing {
namespace {

constexpr uint64_t kExit = 0;
constexpr uint64_t kDown = 1;
// Tags of ExitReason.
constexpr uint64_t kNormal = 0;
constexpr uint64_t kShutdown = 1;
constexpr uint64_t kKilled = 2;
constexpr uint64_t kError = 3;
constexpr uint64_t kLinked = 4;
constexpr uint64_t kNoproc = 5;

uint64_t TagOf(uint64_t reason) {
  return reason < kSnowImmediateLimit ? reason : reinterpret_cast<Object*>(reason)->tag();
}
std::string TextOfReason(uint64_t reason) {
  auto* object = reinterpret_cast<Object*>(reason);
  return TextOf({object->payload[0], object->payload[1]});
}

[[noreturn]] void PanicWith(SnowActor* actor, const std::string& text) {
  const SnowPair message = NewText(actor, text);
  snow_panic(actor, message.first, message.second, nullptr);
  __builtin_unreachable();
}

uint64_t Sleeper(SnowActor* self, void*) {
  ReceiveInt(self);
  return 0;
}
uint64_t Crasher(SnowActor* self, void*) {
  ReceiveInt(self);
  PanicWith(self, "the crasher crashed as it should");
}

void ExitWith(SnowActor* actor, int64_t pid, uint64_t reason) {
  snow_exit(actor, pid, reinterpret_cast<void*>(reason));
}

TEST(Monitors, TellTheReasonOnce) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(actor, Crasher);
    const int64_t first = snow_monitor(actor, pid);
    const int64_t second = snow_monitor(actor, pid);
    SNOW_TEST_CHECK(first != second);
    SendInt(actor, pid, 1);
    bool seen[2] = {};
    for (int i = 0; i < 2; ++i) {
      const Signal signal = ReceiveSignal(actor);
      SNOW_TEST_CHECK(signal.tag == kDown);
      SNOW_TEST_CHECK(static_cast<int64_t>(signal.second) == pid);
      SNOW_TEST_CHECK(TagOf(signal.reason) == kError);
      SNOW_TEST_CHECK(TextOfReason(signal.reason) == "the crasher crashed as it should");
      seen[static_cast<int64_t>(signal.first) == first ? 0 : 1] = true;
    }
    SNOW_TEST_CHECK(seen[0] && seen[1]);
    SNOW_TEST_CHECK(ReceiveSignal(actor, 0).tag == kNoSignal);
    // Of one that has ended already.
    const int64_t third = snow_monitor(actor, pid);
    const Signal late = ReceiveSignal(actor);
    SNOW_TEST_CHECK(late.tag == kDown && static_cast<int64_t>(late.first) == third);
    SNOW_TEST_CHECK(late.reason == kNoproc);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("worker] panicked: the crasher crashed as it should\n"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("  parent <0.1>, lived "), std::string::npos) << outcome.err;
}

TEST(Monitors, ComeAfterTheLastMessage) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    for (int round = 0; round < 200; ++round) {
      const int64_t pid = Spawn(
          actor,
          [](SnowActor* self, void* closure) -> uint64_t {
            ReceiveInt(self);
            for (int64_t i = 0; i < 10; ++i) {
              SendInt(self, static_cast<int64_t>(Capture(closure, 0)), i);
            }
            return 0;
          },
          {actor->pid});
      snow_monitor(actor, pid);
      SendInt(actor, pid, 0);
      // The notice stands behind all ten.
      snow_recv_start(actor, -1);
      for (int i = 0; i < 11; ++i) {
        auto* message = static_cast<SnowMessage*>(snow_recv_next(actor));
        SNOW_TEST_CHECK((message->type->hash == kSnowSignalHash) == (i == 10));
        snow_recv_skip(actor, message);
      }
      SNOW_TEST_CHECK(ReceiveSignal(actor, 0).tag == kDown);
      for (int i = 0; i < 10; ++i) SNOW_TEST_CHECK(ReceiveInt(actor, 0) == i);
    }
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Monitors, DemonitorRemovesANoticeThatHasCome) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(actor, Sleeper);
    const int64_t kept = snow_monitor(actor, pid);
    const int64_t early = snow_monitor(actor, pid);
    const int64_t late = snow_monitor(actor, pid);
    snow_demonitor(actor, early);
    SendInt(actor, pid, 0);
    while (snow_alive(actor, pid)) snow_yield(actor);
    snow_yield(actor);
    // Both notices lie in the mailbox; passing over them does not take them out.
    SNOW_TEST_CHECK(ReceiveInt(actor, 10, -5) == -5);
    snow_demonitor(actor, late);
    const Signal signal = ReceiveSignal(actor);
    SNOW_TEST_CHECK(static_cast<int64_t>(signal.first) == kept);
    SNOW_TEST_CHECK(ReceiveSignal(actor, 0).tag == kNoSignal);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Links, AnAbnormalEndEndsTheOthers) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    // middle links to a crasher; main watches middle.
    const int64_t middle = Spawn(actor, [](SnowActor* self, void*) -> uint64_t {
      ReceiveInt(self);  // until it is watched
      const int64_t crasher = Spawn(self, Crasher, {}, 1);
      SendInt(self, crasher, 0);
      ReceiveInt(self);
      return 0;
    });
    snow_monitor(actor, middle);
    SendInt(actor, middle, 0);
    const Signal signal = ReceiveSignal(actor);
    SNOW_TEST_CHECK(TagOf(signal.reason) == kLinked);
    const auto* linked = reinterpret_cast<Object*>(signal.reason);
    SNOW_TEST_CHECK(linked->payload[0] != 0);
    SNOW_TEST_CHECK(TextOfReason(linked->payload[1]) == "the crasher crashed as it should");
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Links, ANormalEndIsOnlyANotice) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(actor, Sleeper, {}, 1);
    SendInt(actor, pid, 0);
    const Signal signal = ReceiveSignal(actor);
    SNOW_TEST_CHECK(signal.tag == kExit && static_cast<int64_t>(signal.first) == pid);
    SNOW_TEST_CHECK(signal.reason == kNormal);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Links, ATrappingActorGetsAMessage) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    snow_trap_exits(actor, true);
    const int64_t pid = Spawn(actor, Crasher);
    snow_link(actor, pid);
    snow_link(actor, pid);  // idempotent
    SendInt(actor, pid, 0);
    const Signal signal = ReceiveSignal(actor);
    SNOW_TEST_CHECK(signal.tag == kExit && TagOf(signal.reason) == kError);
    SNOW_TEST_CHECK(ReceiveSignal(actor, 0).tag == kNoSignal);
    snow_link(actor, pid);  // has ended
    const Signal noproc = ReceiveSignal(actor);
    SNOW_TEST_CHECK(noproc.tag == kExit && noproc.reason == kNoproc);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Links, UnlinkedActorsDoNotHearOfEachOther) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(actor, Crasher, {}, 1);
    snow_unlink(actor, pid);
    snow_monitor(actor, pid);
    SendInt(actor, pid, 0);
    SNOW_TEST_CHECK(ReceiveSignal(actor).tag == kDown);
    SNOW_TEST_CHECK(ReceiveSignal(actor, 0).tag == kNoSignal);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

// Rings of linked actors that all end with the first: every link is told from both sides at once.
TEST(Links, StormOfLinkedEnds) {
  for (const char* workers : {"1", "2", "3"}) {
    const Outcome outcome = RunSnow(
        [](SnowActor* actor, void*) -> uint64_t {
          for (int round = 0; round < 100; ++round) {
            constexpr int kCount = 100;
            int64_t pids[kCount];
            for (int i = 0; i < kCount; ++i) {
              pids[i] = Spawn(
                  actor,
                  [](SnowActor* self, void* closure) -> uint64_t {
                    // Two numbers: whom to link to.
                    for (int link = 0; link < 2; ++link) snow_link(self, ReceiveInt(self));
                    SendInt(self, static_cast<int64_t>(Capture(closure, 0)), 0);
                    ReceiveInt(self);
                    return 0;
                  },
                  {actor->pid});
            }
            for (int i = 0; i < kCount; ++i) {
              snow_monitor(actor, pids[i]);
              SendInt(actor, pids[i], pids[(i + 1) % kCount]);
              SendInt(actor, pids[i], pids[(i + 37) % kCount]);
            }
            for (int i = 0; i < kCount; ++i) ReceiveInt(actor);
            ExitWith(actor, pids[round], kKilled);
            ExitWith(actor, pids[(round + 50) % kCount], kKilled);
            for (int i = 0; i < kCount; ++i) SNOW_TEST_CHECK(ReceiveSignal(actor, 20000).tag == kDown);
          }
          return 0;
        },
        {{"SNOW_WORKERS", workers}});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
  }
}

TEST(Exits, AKillCannotBeTrapped) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(
        actor,
        [](SnowActor* self, void* closure) -> uint64_t {
          snow_trap_exits(self, true);
          SendInt(self, static_cast<int64_t>(Capture(closure, 0)), 0);
          for (;;) {
            const Signal signal = ReceiveSignal(self);
            SNOW_TEST_CHECK(signal.reason == kShutdown);
          }
        },
        {actor->pid});
    snow_monitor(actor, pid);
    ReceiveInt(actor);
    ExitWith(actor, pid, kShutdown);
    SNOW_TEST_CHECK(ReceiveSignal(actor, 20).tag == kNoSignal);
    ExitWith(actor, pid, kKilled);
    SNOW_TEST_CHECK(ReceiveSignal(actor).reason == kKilled);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Exits, AnEndlessLoopIsKilled) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const int64_t pid = Spawn(actor, [](SnowActor* self, void*) -> uint64_t {
      for (;;) {
        if (--self->reductions < 0) snow_yield(self);
      }
    });
    snow_monitor(actor, pid);
    ExitWith(actor, pid, kKilled);
    SNOW_TEST_CHECK(ReceiveSignal(actor).reason == kKilled);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

uint64_t WithTerminate(SnowActor* self, void* closure) {
  void* terminate = ScalarClosure(
      self,
      [](SnowActor* me, void* own) -> uint64_t {
        SendInt(me, static_cast<int64_t>(Capture(own, 0)), static_cast<int64_t>(Capture(own, 1)));
        if (Capture(own, 1) == 3) PanicWith(me, "panic in terminate");
        return 0;
      },
      {Capture(closure, 0), Capture(closure, 1)});
  snow_set_terminate(self, terminate);
  if (ReceiveInt(self) == 1) PanicWith(self, "crash with terminate");
  return 0;
}

TEST(Exits, TerminateRunsOnceWhateverTheReasonButKilled) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    for (uint64_t n = 0; n < 5; ++n) {
      const int64_t pid = Spawn(actor, WithTerminate, {actor->pid, n});
      snow_monitor(actor, pid);
      switch (n) {
        case 0: SendInt(actor, pid, 0); break;
        case 1: SendInt(actor, pid, 1); break;
        case 2: ExitWith(actor, pid, kShutdown); break;
        case 3: SendInt(actor, pid, 0); break;
        case 4:
          // It has set its block when it has answered.
          snow_timer_sleep(actor, 5);
          ExitWith(actor, pid, kKilled);
          break;
      }
      const Signal signal = ReceiveSignal(actor);
      SNOW_TEST_CHECK(signal.tag == kDown);
      const uint64_t expected[] = {kNormal, kError, kShutdown, kNormal, kKilled};
      SNOW_TEST_CHECK(TagOf(signal.reason) == expected[n]);
      const int64_t ran = ReceiveInt(actor, 0, -5);
      // A shutdown may come before the block is set.
      if (n != 2 && n != 4) SNOW_TEST_CHECK(ran == static_cast<int64_t>(n));
      if (n == 4) SNOW_TEST_CHECK(ran == -5);
      SNOW_TEST_CHECK(ReceiveInt(actor, 0, -5) == -5);
    }
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("panicked in terminate: panic in terminate"), std::string::npos)
      << outcome.err;
}

TEST(Exits, ATerminateBlockThatDoesNotEndIsKilled) {
  const Outcome outcome = RunSnow(
      [](SnowActor* actor, void*) -> uint64_t {
        const int64_t pid = Spawn(actor, [](SnowActor* self, void*) -> uint64_t {
          snow_set_terminate(self, ScalarClosure(self, [](SnowActor* me, void*) -> uint64_t {
                               return static_cast<uint64_t>(ReceiveInt(me));
                             }));
          return 0;
        });
        snow_monitor(actor, pid);
        SNOW_TEST_CHECK(ReceiveSignal(actor).reason == kNormal);
        return 0;
      },
      {{"SNOW_TERMINATE_MS", "20"}});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Panics, CanBeCaught) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    void* fine = ScalarClosure(actor, [](SnowActor*, void*) -> uint64_t { return 42; });
    SNOW_TEST_CHECK(reinterpret_cast<uint64_t>(snow_catch_panic(actor, fine)) == 42);
    for (int i = 0; i < 1000; ++i) {
      void* bad = ScalarClosure(actor, [](SnowActor* self, void*) -> uint64_t {
        void* inner = ScalarClosure(self, [](SnowActor* me, void*) -> uint64_t {
          PanicWith(me, "the inner panic");
        });
        SNOW_TEST_CHECK(snow_catch_panic(self, inner) == nullptr);
        SNOW_TEST_CHECK(TextOf(snow_catch_message(self)) == "the inner panic");
        PanicWith(self, "a panic with a text that is long");
      });
      SNOW_TEST_CHECK(snow_catch_panic(actor, bad) == nullptr);
      SNOW_TEST_CHECK(TextOf(snow_catch_message(actor)) == "a panic with a text that is long");
    }
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
}

__attribute__((noinline)) uint64_t Deep(SnowActor* self, uint64_t depth) {
  if (--self->reductions < 0) snow_yield(self);
  volatile char frame[256];
  frame[0] = static_cast<char>(depth);
  if (depth == UINT64_MAX) return 0;
  return Deep(self, depth + 1) + static_cast<uint64_t>(frame[0]);
}

TEST(Panics, RunawayRecursionEndsOneActor) {
  const Outcome outcome = RunSnow(
      [](SnowActor* actor, void*) -> uint64_t {
        const int64_t pid =
            Spawn(actor, [](SnowActor* self, void*) -> uint64_t { return Deep(self, 0); });
        snow_monitor(actor, pid);
        const Signal signal = ReceiveSignal(actor);
        SNOW_TEST_CHECK(TextOfReason(signal.reason) == "stack overflow: 32 MiB (SNOW_STACK_MAX)");
        return 0;
      },
      {{"SNOW_STACK_MAX", "33554432"}});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Panics, ARunawayHeapEndsOneActor) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    void* closure = ScalarClosure(actor, [](SnowActor* self, void*) -> uint64_t {
      void* list = ScalarClosure(self, Sleeper);
      for (;;) list = PointerClosure(self, Sleeper, {list, list});
    });
    char name[] = "hog";
    const int64_t pid = snow_spawn(actor, closure, 0, 4000000, 0, 0, name);
    snow_monitor(actor, pid);
    const Signal signal = ReceiveSignal(actor);
    SNOW_TEST_CHECK(TextOfReason(signal.reason) == "heap limit exceeded: 4000000 bytes (max_heap)");
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Program, OutputOfWorkersThatOutliveMain) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    for (uint64_t i = 0; i < 5; ++i) {
      Spawn(
          actor,
          [](SnowActor* self, void* closure) -> uint64_t {
            snow_timer_sleep(self, 10 * static_cast<int64_t>(Capture(closure, 0)));
            Print(self, "worker " + std::to_string(Capture(closure, 0)));
            return 0;
          },
          {i});
    }
    Spawn(actor, Sleeper);  // waits for ever, and keeps nothing alive
    return 0;
  });
  // Which of them wakes first under load is nobody's promise; that all are heard is.
  for (int i = 0; i < 5; ++i) {
    EXPECT_NE(outcome.out.find("worker " + std::to_string(i) + "\n"), std::string::npos) << i;
  }
  EXPECT_EQ(outcome.out.size(), 5 * std::string("worker 0\n").size());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
}

TEST(Program, TerminateBlocksRunAtTheEnd) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    for (int i = 0; i < 3; ++i) {
      Spawn(actor, [](SnowActor* self, void*) -> uint64_t {
        snow_set_terminate(self, ScalarClosure(self, [](SnowActor* me, void*) -> uint64_t {
                             Print(me, "terminated");
                             return 0;
                           }));
        return static_cast<uint64_t>(ReceiveInt(self));
      });
    }
    return 4;
  });
  EXPECT_EQ(outcome.out, "terminated\nterminated\nterminated\n");
  EXPECT_EQ(outcome.code, 4);
}

TEST(Program, APanicOfMainShutsTheOthersDown) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    Spawn(actor, [](SnowActor* self, void*) -> uint64_t {
      snow_set_terminate(self, ScalarClosure(self, [](SnowActor* me, void*) -> uint64_t {
                           Print(me, "terminated");
                           return 0;
                         }));
      for (;;) snow_timer_sleep(self, 1000);
    });
    snow_timer_sleep(actor, 5);
    PanicWith(actor, "main is at its end");
  });
  EXPECT_EQ(outcome.out, "terminated\n");
  EXPECT_EQ(outcome.code, 101);
}

TEST(Program, AnInterruptShutsDownInOrder) {
  const Outcome outcome = RunSnow(
      [](SnowActor* actor, void*) -> uint64_t {
        snow_set_terminate(actor, ScalarClosure(actor, [](SnowActor* me, void*) -> uint64_t {
                             Print(me, "terminated");
                             return 0;
                           }));
        Print(actor, "ready");
        snow_io_flush(actor);
        for (;;) {
          if (--actor->reductions < 0) snow_yield(actor);
        }
      },
      {}, [](int pid) { kill(pid, SIGINT); });
  EXPECT_EQ(outcome.out, "ready\nterminated\n");
  EXPECT_EQ(outcome.code, 130);
}

TEST(Program, ManyActorsWithStacksEndPromptly) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    for (int i = 0; i < 50000; ++i) Spawn(actor, Sleeper);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
}

TEST(Spawns, AStormLeavesNothingBehind) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    for (int i = 0; i < 500000; ++i) Spawn(actor, [](SnowActor*, void*) -> uint64_t { return 0; });
    while (TextOf(snow_actor_list(actor)).find(' ') != std::string::npos) snow_yield(actor);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
}

TEST(Names, OneNameOneLivingActor) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const SnowPair name = NewText(actor, "a registered name");
    const int64_t pid = Spawn(actor, Sleeper);
    SNOW_TEST_CHECK(snow_whereis(actor, name.first, name.second) == 0);
    SNOW_TEST_CHECK(snow_register(actor, name.first, name.second, pid) == 0);
    SNOW_TEST_CHECK(snow_register(actor, name.first, name.second, pid) == -1);
    SNOW_TEST_CHECK(snow_whereis(actor, name.first, name.second) == pid);
    snow_monitor(actor, pid);
    SendInt(actor, pid, 0);
    ReceiveSignal(actor);
    // Freed before the notice came.
    SNOW_TEST_CHECK(snow_whereis(actor, name.first, name.second) == 0);
    SNOW_TEST_CHECK(snow_register(actor, name.first, name.second, pid) == -1);
    const int64_t self = static_cast<int64_t>(actor->pid);
    SNOW_TEST_CHECK(snow_register(actor, name.first, name.second, self) == 0);
    SNOW_TEST_CHECK(snow_unregister(actor, name.first, name.second) == 0);
    SNOW_TEST_CHECK(snow_unregister(actor, name.first, name.second) == -1);
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

}  // namespace
}  // namespace snow::rt::testing
