// Files, standard input and programs of the system, as a Snow program uses them.
#include <gtest/gtest.h>
#include <signal.h>

#include "runtime/testing/program.h"

namespace snow::rt::testing {
namespace {

#define WORDS(pair) (pair).first, (pair).second

// The result of a call that must not fail; of one that must.
std::string Good(SnowActor* actor, SnowPair result) {
  const std::string text = TextOf(result);
  if (snow_last_failed(actor)) Fail(__FILE__, __LINE__, text.c_str());
  return text;
}
std::string Bad(SnowActor* actor, SnowPair result) {
  SNOW_TEST_CHECK(snow_last_failed(actor));
  return TextOf(result);
}

TEST(Files, AreWrittenAndRead) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const std::string folder = Good(actor, snow_file_temp_dir(actor));
    const SnowPair path = NewText(actor, folder + "/a file.txt");
    SNOW_TEST_CHECK(!snow_file_exists(actor, WORDS(path)));
    const std::string missing = Bad(actor, snow_file_read(actor, WORDS(path), true));
    SNOW_TEST_CHECK(missing == folder + "/a file.txt: No such file or directory");
    std::string expected;
    for (int64_t mode : {0, 1, 1, 2, 1}) {
      const std::string part(1000 * static_cast<size_t>(mode + 1), static_cast<char>('a' + mode));
      const SnowPair data = NewText(actor, part);
      Good(actor, snow_file_write(actor, WORDS(path), WORDS(data), mode));
      expected = mode == 1 ? expected + part : part;
      SNOW_TEST_CHECK(Good(actor, snow_file_read(actor, WORDS(path), true)) == expected);
    }
    // A large one goes straight into the heap.
    const std::string large(3000000, 'x');
    const SnowPair data = NewText(actor, large);
    Good(actor, snow_file_write(actor, WORDS(path), WORDS(data), 0));
    SNOW_TEST_CHECK(Good(actor, snow_file_read(actor, WORDS(path), true)) == large);

    const SnowPair sub = NewText(actor, folder + "/x/y/z");
    Bad(actor, snow_file_mkdir(actor, WORDS(sub), false));
    Good(actor, snow_file_mkdir(actor, WORDS(sub), true));
    Good(actor, snow_file_mkdir(actor, WORDS(sub), true));
    SNOW_TEST_CHECK(snow_file_is_dir(actor, WORDS(sub)));
    const SnowPair copy = NewText(actor, folder + "/x/copy");
    Good(actor, snow_file_copy(actor, WORDS(path), WORDS(copy)));
    const SnowPair moved = NewText(actor, folder + "/x/moved");
    Good(actor, snow_file_rename(actor, WORDS(copy), WORDS(moved)));
    const SnowPair x = NewText(actor, folder + "/x");
    SNOW_TEST_CHECK(Good(actor, snow_file_list_dir(actor, WORDS(x))) == std::string("moved\0y", 7));
    const std::string stat = Good(actor, snow_file_stat(actor, WORDS(moved), true));
    SNOW_TEST_CHECK(stat.rfind("1 3000000 ", 0) == 0);
    const SnowPair all = NewText(actor, folder);
    Good(actor, snow_file_remove_all(actor, WORDS(all)));
    Good(actor, snow_file_remove_all(actor, WORDS(all)));
    SNOW_TEST_CHECK(!snow_file_exists(actor, WORDS(all)));
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Files, TextMustBeUtf8) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const std::string folder = Good(actor, snow_file_temp_dir(actor));
    const SnowPair path = NewText(actor, folder + "/f");
    for (size_t size : {10, 200000}) {
      const SnowPair data = NewText(actor, std::string(size, 'a') + "\xff!");
      Good(actor, snow_file_write(actor, WORDS(path), WORDS(data), 0));
      const std::string error = Bad(actor, snow_file_read(actor, WORDS(path), true));
      SNOW_TEST_CHECK(error == folder + "/f: not valid UTF-8 at byte " + std::to_string(size));
      SNOW_TEST_CHECK(Good(actor, snow_file_read(actor, WORDS(path), false)).size() == size + 2);
    }
    const SnowPair all = NewText(actor, folder);
    Good(actor, snow_file_remove_all(actor, WORDS(all)));
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Files, StreamsBelongToTheirActor) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const std::string folder = Good(actor, snow_file_temp_dir(actor));
    const SnowPair path = NewText(actor, folder + "/f");
    int64_t handle = static_cast<int64_t>(snow_file_open(actor, WORDS(path), 1).first);
    SNOW_TEST_CHECK(!snow_last_failed(actor));
    const SnowPair data = NewText(actor, "0123456789");
    Good(actor, snow_file_write_chunk(actor, handle, WORDS(data)));
    Good(actor, snow_file_lock(actor, handle, false));
    Good(actor, snow_file_close(actor, handle));
    Bad(actor, snow_file_close(actor, handle));
    handle = static_cast<int64_t>(snow_file_open(actor, WORDS(path), 0).first);
    SNOW_TEST_CHECK(Good(actor, snow_file_read_chunk(actor, handle, 6)) == "012345");
    SNOW_TEST_CHECK(Good(actor, snow_file_read_chunk(actor, handle, 6)) == "6789");
    SNOW_TEST_CHECK(Good(actor, snow_file_read_chunk(actor, handle, 6)) == "");
    Spawn(
        actor,
        [](SnowActor* self, void* closure) -> uint64_t {
          Bad(self, snow_file_read_chunk(self, static_cast<int64_t>(Capture(closure, 1)), 6));
          SendInt(self, static_cast<int64_t>(Capture(closure, 0)), 1);
          return 0;
        },
        {actor->pid, static_cast<uint64_t>(handle)});
    ReceiveInt(actor);
    const SnowPair all = NewText(actor, folder);
    Good(actor, snow_file_remove_all(actor, WORDS(all)));
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Input, LinesAndTheRest) {
  const Outcome outcome = RunSnow(
      [](SnowActor* actor, void*) -> uint64_t {
        SNOW_TEST_CHECK(Good(actor, snow_io_read_line(actor)) == "first line that is long");
        SNOW_TEST_CHECK(Good(actor, snow_io_read_line(actor)) == "");
        SNOW_TEST_CHECK(Good(actor, snow_io_read_line(actor)) == "third");
        SNOW_TEST_CHECK(Good(actor, snow_io_read_all(actor)) == "rest\nwithout end");
        SNOW_TEST_CHECK(Bad(actor, snow_io_read_line(actor)) == "end of input");
        return 0;
      },
      {}, nullptr, "first line that is long\n\nthird\nrest\nwithout end");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Programs, RunAndAreHeard) {
  const Outcome outcome = RunSnow([](SnowActor* actor, void*) -> uint64_t {
    const SnowPair shell = NewText(actor, "sh");
    const SnowPair none = NewText(actor, "");
    const SnowPair input = NewText(actor, std::string(300000, 'i'));
    static const uint8_t kKinds[] = {kSnowString, kSnowScalar};
    static const SnowDescriptor kStrings = {kSnowBuffer, 2, "strings", kKinds};
    auto* arguments = static_cast<SnowBufferHead*>(
        snow_buffer_new(actor, const_cast<SnowDescriptor*>(&kStrings), 2));
    const SnowPair flag = NewText(actor, "-c");
    const SnowPair script = NewText(actor, "wc -c; echo to err >&2; echo $GREETING; exit 3");
    memcpy(BufferElements(arguments), &flag, 16);
    memcpy(BufferElements(arguments) + 2, &script, 16);
    arguments->fill = 2;
    auto* environment = static_cast<SnowBufferHead*>(
        snow_buffer_new(actor, const_cast<SnowDescriptor*>(&kStrings), 1));
    const SnowPair greeting = NewText(actor, "GREETING=good morning to you");
    memcpy(BufferElements(environment), &greeting, 16);
    environment->fill = 1;
    uint64_t out[5];
    snow_system_run(actor, WORDS(shell), arguments, uint64_t{2} << 32, environment,
                    uint64_t{1} << 32, WORDS(none), WORDS(input), -1, out);
    SNOW_TEST_CHECK(!snow_last_failed(actor));
    SNOW_TEST_CHECK(out[0] == 3);
    SNOW_TEST_CHECK(TextOf({out[1], out[2]}) == "300000\ngood morning to you\n");
    SNOW_TEST_CHECK(TextOf({out[3], out[4]}) == "to err\n");

    const SnowPair missing = NewText(actor, "no-such-program-at-all");
    snow_system_run(actor, WORDS(missing), nullptr, 0, nullptr, 0, WORDS(none), WORDS(none), -1,
                    out);
    SNOW_TEST_CHECK(Bad(actor, {out[1], out[2]}) ==
                    "no-such-program-at-all: No such file or directory");

    const SnowPair sleep = NewText(actor, "sleep");
    const SnowPair long_time = NewText(actor, "1000");
    memcpy(BufferElements(arguments), &long_time, 16);
    snow_system_run(actor, WORDS(sleep), arguments, uint64_t{1} << 32, nullptr, 0, WORDS(none),
                    WORDS(none), 30, out);
    SNOW_TEST_CHECK(Bad(actor, {out[1], out[2]}) == "time out");
    return 0;
  });
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST(Environment, IsThere) {
  const Outcome outcome = RunSnow(
      [](SnowActor* actor, void*) -> uint64_t {
        const SnowPair name = NewText(actor, "SNOW_TEST_VARIABLE");
        SNOW_TEST_CHECK(TextOf(snow_env_get(actor, WORDS(name))) == "1its value");
        const SnowPair value = NewText(actor, "another value");
        Good(actor, snow_env_set(actor, WORDS(name), WORDS(value)));
        SNOW_TEST_CHECK(TextOf(snow_env_get(actor, WORDS(name))) == "1another value");
        SNOW_TEST_CHECK(TextOf(snow_env_args(actor)) == std::string("argument\0", 9));
        SNOW_TEST_CHECK(TextOf(snow_random_bytes(actor, 100)).size() == 100);
        return 0;
      },
      {{"SNOW_TEST_VARIABLE", "its value"}});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

}  // namespace
}  // namespace snow::rt::testing
