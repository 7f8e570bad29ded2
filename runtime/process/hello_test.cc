// The least that a program does: it prints, and ends with a code.
#include <gtest/gtest.h>

#include "runtime/testing/program.h"

namespace snow::rt::testing {
namespace {

TEST(Hello, PrintsAndReturnsItsCode) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    SnowPair parts[] = {NewText(actor, "hello, "), NewText(actor, "wide wide "),
                        NewText(actor, "world")};
    const SnowPair text = snow_string_join_parts(actor, parts, 3);
    snow_println(actor, text.first, text.second);
    return 3;
  });
  EXPECT_EQ(outcome.out, "hello, wide wide world\n");
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.code, 3);
}

TEST(Hello, PanicOfMain) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    Print(actor, "before");
    const SnowPair text = NewText(actor, "something went quite wrong");
    SnowSite site = {"main.snow", "main", 7, 3};
    snow_panic(actor, text.first, text.second, &site);
    __builtin_unreachable();
  });
  EXPECT_EQ(outcome.out, "before\n");
  EXPECT_EQ(outcome.err, "panic: something went quite wrong\n  in main (main.snow:7:3)\n");
  EXPECT_EQ(outcome.code, 101);
}

TEST(Hello, ArithmeticPanics) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    snow_panic_arithmetic(actor, static_cast<int64_t>(SnowArithmetic::kAdd), INT64_MAX, -1,
                          nullptr);
    __builtin_unreachable();
  });
  EXPECT_EQ(outcome.err, "panic: integer overflow: 9223372036854775807 + (-1)\n");
}

TEST(Hello, HaltEndsAtOnce) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    Print(actor, "last words");
    snow_halt(actor, 7);
    __builtin_unreachable();
  });
  EXPECT_EQ(outcome.out, "last words\n");
  EXPECT_EQ(outcome.code, 7);
}

TEST(Hello, DeadlockOfMain) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    return static_cast<uint64_t>(ReceiveInt(actor));
  });
  EXPECT_EQ(outcome.err, "deadlock: main waits for a message that nobody is left to send\n");
  EXPECT_EQ(outcome.code, 101);
}

}  // namespace
}  // namespace snow::rt::testing
