// The server with real sockets: programs whose generated code is C++, and clients in this process.
#include "runtime/http/server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "runtime/net/socket.h"
#include "runtime/testing/program.h"

namespace snow::rt::testing {
namespace {

// --- The program ---------------------------------------------------------------------------------

int64_t Listen(SnowActor* actor) {
  SnowPair host = NewText(actor, "127.0.0.1");
  SnowPair server = snow_http_listen(actor, host.first, host.second, 0);
  SNOW_TEST_CHECK(!snow_last_failed(actor));
  return static_cast<int64_t>(server.first);
}

std::string Part(SnowActor* actor, int64_t connection, int64_t which) {
  return TextOf(snow_http_part(actor, connection, which));
}

bool Answer(SnowActor* actor, int64_t connection, int64_t status, const std::string& text) {
  SnowPair body = NewText(actor, text);
  return snow_http_answer(actor, connection, status, nullptr, 0, body.first, body.second);
}

// Answers with what was asked; some paths do something special.
bool Handle(SnowActor* actor, int64_t connection) {
  std::string path = Part(actor, connection, 1);
  if (path == "/slow") snow_timer_sleep(actor, 100);
  if (path == "/hang") ReceiveInt(actor);
  if (path == "/big") return Answer(actor, connection, 200, std::string(3'000'000, 'b'));
  return Answer(actor, connection, 200,
                Part(actor, connection, 0) + " " + path + " [" + Part(actor, connection, 4) + "]");
}

uint64_t Serve(SnowActor* actor, void* closure) {
  int64_t connection = static_cast<int64_t>(Capture(closure, 0));
  while (snow_http_next(actor, connection)) {
    if (!Handle(actor, connection)) break;
    snow_http_park(actor, connection,
                   ScalarClosure(actor, Serve, {static_cast<uint64_t>(connection)}));
  }
  return 0;
}

uint64_t AcceptAll(SnowActor* actor, void* closure) {
  int64_t server = static_cast<int64_t>(Capture(closure, 0));
  while (int64_t connection = snow_http_accept(actor, server)) {
    Spawn(actor, Serve, {static_cast<uint64_t>(connection)});
  }
  return 0;
}

// Tells the port by a file whose name is in the environment.
void TellPort(SnowActor* actor, int64_t server) {
  std::ofstream(std::getenv("PORT_FILE")) << snow_http_port(actor, server);
  Print(actor, "ready");
  snow_io_flush(actor);
}

// --- Clients -------------------------------------------------------------------------------------

class Client {
 public:
  explicit Client(int port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::string error;
    SocketAddress address = Resolve("127.0.0.1", port, error).front();
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address.storage), address.size) == 0;
  }
  ~Client() { ::close(fd_); }

  bool connected() const { return connected_; }
  void Send(std::string_view text) {
    while (!text.empty()) {
      ssize_t count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      text.remove_prefix(static_cast<size_t>(count));
    }
  }
  // Reads until this many bodies of the length that their heads tell have come, or the end.
  std::string ReadAnswer() {
    while (true) {
      size_t end = input_.find("\r\n\r\n");
      if (end != std::string::npos) {
        size_t at = input_.find("Content-Length: ");
        size_t length = std::strtoul(input_.c_str() + at + 16, nullptr, 10);
        if (input_.size() >= end + 4 + length) {
          std::string answer = input_.substr(0, end + 4 + length);
          input_.erase(0, answer.size());
          return answer;
        }
      }
      if (!Fill()) return std::exchange(input_, "");
    }
  }
  // What comes until the peer closes.
  std::string ReadAll() {
    while (Fill()) {
    }
    return std::exchange(input_, "");
  }
  std::string Ask(const std::string& target) {
    Send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return ReadAnswer();
  }

 private:
  bool Fill() {
    char bytes[65536];
    ssize_t count = ::recv(fd_, bytes, sizeof(bytes), 0);
    if (count <= 0) return false;
    input_.append(bytes, static_cast<size_t>(count));
    return true;
  }

  int fd_;
  bool connected_ = false;
  std::string input_;
};

// Runs a program that tells its port, and `client` beside it.
template <typename Run>
Outcome WithServer(Code program, Run client, Environment environment = {}) {
  std::string file = ::testing::TempDir() + "/port";
  environment.emplace_back("PORT_FILE", file);
  return RunSnow(program, environment, [&](int pid) {
    int port = 0;
    std::ifstream(file) >> port;
    client(port, pid);
  });
}

uint64_t ServeForEver(SnowActor* actor, void*) {
  int64_t server = Listen(actor);
  TellPort(actor, server);
  void* closure = ScalarClosure(actor, AcceptAll, {static_cast<uint64_t>(server)});
  return AcceptAll(actor, closure);
}

// --- Tests ---------------------------------------------------------------------------------------

TEST(HttpServer, AnswersOverOneConnection) {
  Outcome outcome = WithServer(ServeForEver, [](int port, int pid) {
    Client client(port);
    for (int i = 0; i < 100; ++i) {
      std::string answer = client.Ask("/a" + std::to_string(i));
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
      EXPECT_TRUE(answer.ends_with("GET /a" + std::to_string(i) + " []")) << answer;
    }
    client.Send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
    client.Send("hello");
    EXPECT_TRUE(client.ReadAnswer().ends_with("POST /p [hello]"));
    client.Send(
        "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n");
    client.Send("\r\nGET /d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(client.ReadAnswer().ends_with("POST /c [abc]"));
    std::string last = client.ReadAll();
    EXPECT_NE(last.find("Connection: close\r\n"), std::string::npos);
    EXPECT_TRUE(last.ends_with("GET /d []"));
    ::kill(pid, SIGTERM);
  });
  EXPECT_EQ(outcome.code, 128 + SIGTERM);
  EXPECT_EQ(outcome.err, "");
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  WithServer(ServeForEver, [](int port, int pid) {
    Client client(port);
    std::string text;
    for (int i = 0; i < 500; ++i) {
      text += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }
    std::thread sender([&] { client.Send(text); });
    for (int i = 0; i < 500; ++i) {
      EXPECT_TRUE(client.ReadAnswer().ends_with("GET /" + std::to_string(i) + " []"));
    }
    sender.join();
    ::kill(pid, SIGTERM);
  });
}

// What is left in the socket after a read that ended at the end of a request is not forgotten.
TEST(HttpServer, ReadsOnAfterAFullBuffer) {
  WithServer(ServeForEver, [](int port, int pid) {
    Client client(port);
    std::string one = "GET /x HTTP/1.1\r\nHost: x\r\nX-Pad: ";
    one += std::string(1024 - 4 - one.size(), 'p') + "\r\n\r\n";
    std::string text;
    for (int i = 0; i < 9; ++i) text += one;
    client.Send(text);
    for (int i = 0; i < 9; ++i) EXPECT_TRUE(client.ReadAnswer().ends_with("GET /x []"));
    ::kill(pid, SIGTERM);
  });
}

TEST(HttpServer, SendsLargeAnswersToSlowReaders) {
  WithServer(ServeForEver, [](int port, int pid) {
    Client client(port);
    std::string answer = client.Ask("/big");
    EXPECT_TRUE(answer.ends_with(std::string(3'000'000, 'b')));
    EXPECT_TRUE(client.Ask("/after").ends_with("GET /after []"));
    ::kill(pid, SIGTERM);
  });
}

TEST(HttpServer, RefusesAndCloses) {
  WithServer(ServeForEver, [](int port, int pid) {
    const std::pair<std::string, std::string> cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
        {"GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"},
        {"GET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\nHost: x\n\n", "400 Bad Request"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nabc",
         "413 Content Too Large"},
        {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", "505 HTTP Version Not Supported"},
        {"GET /" + std::string(70000, 'a'), "414 URI Too Long"},
    };
    for (const auto& [request, status] : cases) {
      Client client(port);
      client.Send(request);
      std::string answer = client.ReadAll();
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status + "\r\n")) << request << ": " << answer;
      EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    }
    Client client(port);
    EXPECT_TRUE(client.Ask("/fine").ends_with("GET /fine []"));
    ::kill(pid, SIGTERM);
  });
}

TEST(HttpServer, ManyConnectionsWithOneWorker) {
  WithServer(ServeForEver,
             [](int port, int pid) {
               std::vector<std::unique_ptr<Client>> clients;
               for (int i = 0; i < 200; ++i) {
                 clients.push_back(std::make_unique<Client>(port));
                 // Half of a request each: stalled clients hold nobody up.
                 clients.back()->Send("GET /slow HTTP/1.1\r\n");
               }
               EXPECT_TRUE(Client(port).Ask("/now").ends_with("GET /now []"));
               for (auto& client : clients) client->Send("Host: x\r\n\r\n");
               for (auto& client : clients) {
                 EXPECT_TRUE(client->ReadAnswer().ends_with("GET /slow []"));
               }
               ::kill(pid, SIGTERM);
             },
             {{"SNOW_WORKERS", "1"}});
}

uint64_t ServeWithShortLimits(SnowActor* actor, void*) {
  int64_t server = Listen(actor);
  snow_http_limit(actor, server, 2, 100);
  snow_http_limit(actor, server, 3, 200);
  snow_http_limit(actor, server, 4, 2);
  TellPort(actor, server);
  return AcceptAll(actor, ScalarClosure(actor, AcceptAll, {static_cast<uint64_t>(server)}));
}

TEST(HttpServer, LimitsTimes) {
  WithServer(ServeWithShortLimits, [](int port, int pid) {
    Client idle(port);
    EXPECT_TRUE(idle.Ask("/x").ends_with("GET /x []"));
    EXPECT_EQ(idle.ReadAll(), "");  // closed after 200 ms
    Client slow(port);
    slow.Send("GET / HTTP/1.1\r\nHo");
    EXPECT_TRUE(slow.ReadAll().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
    Client body(port);
    body.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    EXPECT_TRUE(body.ReadAll().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
    ::kill(pid, SIGTERM);
  });
}

TEST(HttpServer, MoreConnectionsThanAllowedWait) {
  WithServer(ServeWithShortLimits, [](int port, int pid) {
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 6; ++i) clients.push_back(std::make_unique<Client>(port));
    for (auto& client : clients) {
      EXPECT_TRUE(client->Ask("/x").ends_with("GET /x []"));
    }
    ::kill(pid, SIGTERM);
  });
}

// Stops the server while one connection is idle, one is being answered, and one hangs for ever.
uint64_t ServeAndStop(SnowActor* actor, void*) {
  int64_t server = Listen(actor);
  int64_t acceptor = Spawn(actor, AcceptAll, {static_cast<uint64_t>(server)});
  int64_t port = snow_http_port(actor, server);
  TellPort(actor, server);
  std::ifstream go(std::getenv("GO_FIFO"));
  std::string line;
  std::getline(go, line);
  snow_http_stop(actor, server, 300);
  SNOW_TEST_CHECK(snow_http_port(actor, server) == 0);
  std::string error;
  int again = ListenTcp("127.0.0.1", static_cast<int>(port), error);
  SNOW_TEST_CHECK(again >= 0);
  snow_monitor(actor, acceptor);
  SNOW_TEST_CHECK(ReceiveSignal(actor).tag == 1);
  snow_http_stop(actor, server, 300);
  return 5;
}

TEST(HttpServer, Stops) {
  std::string fifo = ::testing::TempDir() + "/go";
  ::unlink(fifo.c_str());
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  Outcome outcome = WithServer(ServeAndStop,
                               [&](int port, int) {
                                 Client idle(port);
                                 EXPECT_TRUE(idle.Ask("/x").ends_with("GET /x []"));
                                 Client slow(port);
                                 slow.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
                                 Client hanging(port);
                                 hanging.Send("GET /hang HTTP/1.1\r\nHost: x\r\n\r\n");
                                 std::ofstream(fifo) << "go\n";
                                 EXPECT_EQ(idle.ReadAll(), "");
                                 std::string answer = slow.ReadAll();
                                 // It may have been asked to stop before it had read its request.
                                 EXPECT_TRUE(answer.empty() || answer.ends_with("GET /slow []"))
                                     << answer;
                                 EXPECT_EQ(hanging.ReadAll(), "");
                               },
                               {{"GO_FIFO", fifo}});
  EXPECT_EQ(outcome.code, 5) << outcome.err;
}

uint64_t UseNonsense(SnowActor* actor, void*) {
  for (int64_t handle : {int64_t{0}, int64_t{-1}, int64_t{77}, INT64_MAX}) {
    SNOW_TEST_CHECK(snow_http_accept(actor, handle) == 0);
    SNOW_TEST_CHECK(!snow_http_next(actor, handle));
    SNOW_TEST_CHECK(snow_http_port(actor, handle) == 0);
    SNOW_TEST_CHECK(Part(actor, handle, 0).empty());
    SNOW_TEST_CHECK(!Answer(actor, handle, 200, "x"));
    snow_http_limit(actor, handle, 0, 1);
    snow_http_stop(actor, handle, 10);
  }
  // A server is no connection.
  int64_t server = Listen(actor);
  SNOW_TEST_CHECK(!snow_http_next(actor, server));
  return 3;
}

TEST(HttpServer, HandlesSurviveMisuse) {
  Outcome outcome = RunSnow(UseNonsense);
  EXPECT_EQ(outcome.code, 3) << outcome.err;
}

uint64_t ListenTwice(SnowActor* actor, void*) {
  int64_t server = Listen(actor);
  SnowPair host = NewText(actor, "127.0.0.1");
  SnowPair error = snow_http_listen(actor, host.first, host.second, snow_http_port(actor, server));
  SNOW_TEST_CHECK(snow_last_failed(actor));
  std::string text = TextOf(error);
  SNOW_TEST_CHECK(text.starts_with("cannot listen on 127.0.0.1:"));
  SNOW_TEST_CHECK(text.ends_with(": Address already in use"));
  SNOW_TEST_CHECK(TextOf(snow_http_listen(actor, host.first, host.second, 70000)) ==
                  "cannot listen on port 70000: ports are 0 to 65535");
  return 4;
}

TEST(HttpServer, SaysWhyItCannotListen) {
  Outcome outcome = RunSnow(ListenTwice);
  EXPECT_EQ(outcome.code, 4) << outcome.err;
}

}  // namespace
}  // namespace snow::rt::testing
