// WebSocket connections of actors: a program whose generated code is C++, and clients in this
// process.
#include "runtime/websocket/connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "runtime/net/socket.h"
#include "runtime/testing/program.h"
#include "runtime/websocket/frame.h"

namespace snow::rt::testing {
namespace {

// --- The program ---------------------------------------------------------------------------------

int64_t SendText(SnowActor* actor, int64_t ws, const std::string& text) {
  SnowPair data = NewText(actor, text);
  return snow_ws_send(actor, ws, data.first, data.second, false);
}

// Echoes, and does what some messages ask for.
void React(SnowActor* actor, int64_t ws, const std::string& text) {
  SnowPair room = NewText(actor, "room");
  if (text == "join") {
    SendText(actor, ws, std::to_string(snow_ws_join(actor, ws, room.first, room.second)));
  } else if (text == "tell") {
    SnowPair members = snow_ws_members(actor, room.first, room.second);
    auto* list = reinterpret_cast<SnowBufferHead*>(members.first);
    for (uint64_t i = 0; i < members.second >> 32; ++i) {
      SendText(actor, static_cast<int64_t>(BufferElements(list)[i]), "told");
    }
  } else if (text == "close") {
    SnowPair reason = NewText(actor, "because");
    snow_ws_close(actor, ws, 4002, reason.first, reason.second);
  } else {
    SendText(actor, ws, text);
  }
}

uint64_t Turn(SnowActor* actor, void* closure) {
  int64_t ws = static_cast<int64_t>(Capture(closure, 0));
  while (true) {
    int64_t event = snow_ws_next(actor, ws);
    if (event == 1) React(actor, ws, TextOf(snow_ws_message(actor, ws)));
    if (event == 2) {
      Print(actor, "closed " + std::to_string(snow_ws_code(actor, ws)) + " " +
                       TextOf(snow_ws_message(actor, ws)));
      return 0;
    }
    if (event == 0) {
      snow_ws_park(actor, ws, ScalarClosure(actor, Turn, {static_cast<uint64_t>(ws)}));
    }
  }
}

uint64_t Serve(SnowActor* actor, void* closure) {
  int64_t connection = static_cast<int64_t>(Capture(closure, 0));
  if (!snow_http_next(actor, connection)) return 0;
  int64_t ws = snow_ws_begin(actor, connection);
  if (ws == 0) return 0;
  // Waits for its turn, behind the answer.
  SendText(actor, ws, "welcome");
  snow_ws_accept(actor, ws);
  return Turn(actor, ScalarClosure(actor, Turn, {static_cast<uint64_t>(ws)}));
}

uint64_t ServeForEver(SnowActor* actor, void*) {
  SnowPair host = NewText(actor, "127.0.0.1");
  int64_t server = static_cast<int64_t>(snow_http_listen(actor, host.first, host.second, 0).first);
  std::ofstream(std::getenv("PORT_FILE")) << snow_http_port(actor, server);
  Print(actor, "ready");
  snow_io_flush(actor);
  while (int64_t connection = snow_http_accept(actor, server)) {
    Spawn(actor, Serve, {static_cast<uint64_t>(connection)});
  }
  return 0;
}

// --- Clients -------------------------------------------------------------------------------------

class Client {
 public:
  explicit Client(int port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::string error;
    SocketAddress address = Resolve("127.0.0.1", port, error).front();
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address.storage), address.size), 0);
    Send(
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    size_t end;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return;
    }
    EXPECT_NE(input_.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
              std::string::npos);
    input_.erase(0, end + 4);
    EXPECT_EQ(Hear(), "welcome");
  }
  ~Client() { Hang(); }
  void Hang() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  void Send(std::string_view text) {
    EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // A masked frame; the mask is zero.
  void Say(WsOpcode opcode, std::string_view text) {
    std::string frame;
    AppendFrame(opcode, text, frame);
    size_t header = frame.size() - text.size();
    frame[1] = static_cast<char>(frame[1] | 0x80);
    frame.insert(header, 4, '\0');
    Send(frame);
  }
  // The payload of the next frame (below 64 KiB), or "end".
  std::string Hear() {
    while (true) {
      if (input_.size() >= 2) {
        size_t header = 2;
        size_t length = static_cast<uint8_t>(input_[1]);
        if (length == 126 && input_.size() >= 4) {
          header = 4;
          length = static_cast<uint8_t>(input_[2]) << 8 | static_cast<uint8_t>(input_[3]);
        }
        if (input_.size() >= header + length) {
          std::string payload = input_.substr(header, length);
          input_.erase(0, header + length);
          return payload;
        }
      }
      if (!Fill()) return "end";
    }
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
  std::string input_;
};

template <typename Run>
Outcome WithServer(Run client, const char* workers) {
  std::string file = ::testing::TempDir() + "/port";
  return RunSnow(ServeForEver, {{"PORT_FILE", file}, {"SNOW_WORKERS", workers}}, [&](int pid) {
    int port = 0;
    std::ifstream(file) >> port;
    client(port);
    ::kill(pid, SIGTERM);
  });
}

TEST(WsConnection, EchoesAndCloses) {
  Outcome outcome = WithServer(
      [](int port) {
        Client client(port);
        for (int i = 0; i < 50; ++i) {
          std::string text(static_cast<size_t>(i * 37), 'x');
          client.Say(WsOpcode::kText, text);
          EXPECT_EQ(client.Hear(), text);
        }
        client.Say(WsOpcode::kPing, "ping");
        EXPECT_EQ(client.Hear(), "ping");
        client.Say(WsOpcode::kText, "close");
        EXPECT_EQ(client.Hear(),
                  "\x0f\xa2"
                  "because");
        client.Say(WsOpcode::kClose, "\x0f\xa2");
        EXPECT_EQ(client.Hear(), "end");
        Client bad(port);
        bad.Say(WsOpcode::kText, "\xff");
        EXPECT_EQ(bad.Hear(), "\x03\xef");
        EXPECT_EQ(bad.Hear(), "end");
        Client lost(port);
        lost.Say(WsOpcode::kText, "x");
        EXPECT_EQ(lost.Hear(), "x");
      },
      "2");
  EXPECT_NE(outcome.out.find("closed 4002 because\n"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("closed 1007 protocol error\n"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.err, "");
}

// Several actors send to the same connections at once.
TEST(WsConnection, RoomsAcrossWorkers) {
  WithServer(
      [](int port) {
        constexpr int kClients = 20;
        std::vector<std::unique_ptr<Client>> clients;
        for (int i = 0; i < kClients; ++i) {
          clients.push_back(std::make_unique<Client>(port));
          clients.back()->Say(WsOpcode::kText, "join");
          EXPECT_EQ(clients.back()->Hear(), "0");
        }
        for (auto& client : clients) client->Say(WsOpcode::kText, "tell");
        for (auto& client : clients) {
          for (int i = 0; i < kClients; ++i) EXPECT_EQ(client->Hear(), "told");
        }
        for (auto& client : clients) client->Say(WsOpcode::kText, "tell");
        for (auto& client : clients) client->Hang();
        Client last(port);
        last.Say(WsOpcode::kText, "still here");
        EXPECT_EQ(last.Hear(), "still here");
      },
      "4");
}

}  // namespace
}  // namespace snow::rt::testing
