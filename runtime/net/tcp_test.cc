// TCP between actors of one program, whose generated code is C++.
#include <gtest/gtest.h>

#include <string>

#include "runtime/testing/program.h"

namespace snow::rt::testing {
namespace {

int64_t Listen(SnowActor* actor) {
  SnowPair host = NewText(actor, "127.0.0.1");
  SnowPair listener = snow_tcp_listen(actor, host.first, host.second, 0);
  SNOW_TEST_CHECK(!snow_last_failed(actor));
  return static_cast<int64_t>(listener.first);
}

int64_t Connect(SnowActor* actor, int64_t port) {
  SnowPair host = NewText(actor, "127.0.0.1");
  SnowPair connection = snow_tcp_connect(actor, host.first, host.second, port, 5000);
  SNOW_TEST_CHECK(!snow_last_failed(actor));
  return static_cast<int64_t>(connection.first);
}

std::string Read(SnowActor* actor, int64_t connection, int64_t limit_ms = 5000) {
  std::string text = TextOf(snow_tcp_read(actor, connection, 65536, limit_ms));
  return snow_last_failed(actor) ? "error: " + text : text;
}

bool Write(SnowActor* actor, int64_t connection, const std::string& data, int64_t limit_ms = 5000) {
  SnowPair text = NewText(actor, data);
  snow_tcp_write(actor, connection, text.first, text.second, limit_ms);
  return !snow_last_failed(actor);
}

// Sends back what comes, until the end.
uint64_t Echo(SnowActor* actor, void* closure) {
  int64_t connection = static_cast<int64_t>(Capture(closure, 0));
  while (true) {
    std::string text = Read(actor, connection, -1);
    if (text.empty() || text.starts_with("error")) break;
    SNOW_TEST_CHECK(Write(actor, connection, text));
  }
  return 0;
}

uint64_t AcceptAll(SnowActor* actor, void* closure) {
  int64_t listener = static_cast<int64_t>(Capture(closure, 0));
  while (true) {
    SnowPair accepted = snow_tcp_accept(actor, listener, -1);
    if (snow_last_failed(actor)) return 0;
    // It belongs to whoever uses it: this actor only accepted it.
    Spawn(actor, Echo, {accepted.first});
  }
}

uint64_t Talk(SnowActor* actor, void*) {
  int64_t listener = Listen(actor);
  int64_t port = snow_tcp_port(actor, listener);
  int64_t acceptor = Spawn(actor, AcceptAll, {static_cast<uint64_t>(listener)});
  for (int i = 0; i < 20; ++i) {
    int64_t connection = Connect(actor, port);
    SNOW_TEST_CHECK(Write(actor, connection, "hello " + std::to_string(i)));
    SNOW_TEST_CHECK(Read(actor, connection) == "hello " + std::to_string(i));
    SNOW_TEST_CHECK(Read(actor, connection, 10) == "error: timed out");
    SNOW_TEST_CHECK(Write(actor, connection, "again"));
    SNOW_TEST_CHECK(Read(actor, connection) == "again");
    SNOW_TEST_CHECK(TextOf(snow_tcp_peer(actor, connection)) ==
                    "127.0.0.1:" + std::to_string(port));
    if (i % 2 == 0) snow_tcp_close(actor, connection);
    if (i % 2 == 0) SNOW_TEST_CHECK(Read(actor, connection) == "error: the connection is closed");
    snow_tcp_close(actor, connection);
  }
  snow_exit(actor, acceptor, reinterpret_cast<void*>(uintptr_t{2}));
  return 3;
}

TEST(Tcp, Talks) {
  for (const char* workers : {"1", "4"}) {
    Outcome outcome = RunSnow(Talk, {{"SNOW_WORKERS", workers}});
    EXPECT_EQ(outcome.code, 3) << outcome.err;
  }
}

// More than the sockets' buffers hold, to one who does not read.
uint64_t WriteToTheDeaf(SnowActor* actor, void*) {
  int64_t listener = Listen(actor);
  int64_t connection = Connect(actor, snow_tcp_port(actor, listener));
  SNOW_TEST_CHECK(!Write(actor, connection, std::string(64'000'000, 'x'), 50));
  return 4;
}

TEST(Tcp, LimitsWrites) {
  Outcome outcome = RunSnow(WriteToTheDeaf);
  EXPECT_EQ(outcome.code, 4) << outcome.err;
}

uint64_t Misuse(SnowActor* actor, void*) {
  for (int64_t handle : {int64_t{0}, int64_t{-7}, int64_t{1} << 40, Listen(actor)}) {
    SNOW_TEST_CHECK(Read(actor, handle) == "error: the connection is closed");
    SNOW_TEST_CHECK(!Write(actor, handle, "x"));
    SNOW_TEST_CHECK(TextOf(snow_tcp_peer(actor, handle)).empty());
    snow_tcp_close(actor, handle);
    SnowPair refused = snow_tcp_accept(actor, handle, 10);
    SNOW_TEST_CHECK(snow_last_failed(actor) && TextOf(refused) == "the listener is closed");
  }
  SnowPair host = NewText(actor, "127.0.0.1");
  SnowPair error = snow_tcp_connect(actor, host.first, host.second, 1, 1000);
  SNOW_TEST_CHECK(TextOf(error) == "cannot connect to 127.0.0.1:1: Connection refused");
  SNOW_TEST_CHECK(TextOf(snow_tcp_connect(actor, host.first, host.second, 0, 1000)) ==
                  "ports are 1 to 65535");
  SnowPair name = NewText(actor, "name.invalid");
  std::string unknown = TextOf(snow_tcp_connect(actor, name.first, name.second, 80, 1000));
  SNOW_TEST_CHECK(unknown.starts_with("cannot resolve name.invalid: "));
  return 5;
}

TEST(Tcp, SurvivesMisuse) {
  Outcome outcome = RunSnow(Misuse);
  EXPECT_EQ(outcome.code, 5) << outcome.err;
}

uint64_t ReadForEver(SnowActor* actor, void* closure) {
  int64_t main = static_cast<int64_t>(Capture(closure, 1));
  int64_t connection = Connect(actor, static_cast<int64_t>(Capture(closure, 0)));
  SendInt(actor, main, connection);
  Read(actor, connection, -1);
  return 0;
}

// The connection of an actor that is killed while it reads is closed; another that used it gets an
// error, and the peer sees the end.
uint64_t KillReader(SnowActor* actor, void*) {
  int64_t listener = Listen(actor);
  int64_t reader = Spawn(actor, ReadForEver,
                         {static_cast<uint64_t>(snow_tcp_port(actor, listener)), actor->pid});
  snow_monitor(actor, reader);
  int64_t connection = ReceiveInt(actor);
  int64_t other_end = static_cast<int64_t>(snow_tcp_accept(actor, listener, 5000).first);
  snow_exit(actor, reader, reinterpret_cast<void*>(uintptr_t{2}));
  SNOW_TEST_CHECK(ReceiveSignal(actor).tag == 1);
  SNOW_TEST_CHECK(Read(actor, connection) == "error: the connection is closed");
  SNOW_TEST_CHECK(Read(actor, other_end).empty());
  return 6;
}

TEST(Tcp, IsClosedWithItsActor) {
  Outcome outcome = RunSnow(KillReader);
  EXPECT_EQ(outcome.code, 6) << outcome.err;
}

}  // namespace
}  // namespace snow::rt::testing
