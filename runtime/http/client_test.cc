#include "runtime/http/client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "runtime/net/socket.h"

namespace snow::rt {
namespace {

// A server that answers each connection with the next of these texts, after the head has come.
class FakeServer {
 public:
  explicit FakeServer(std::vector<std::string> answers) {
    std::string error;
    listener_ = ListenTcp("127.0.0.1", 0, error);
    port_ = LocalPort(listener_);
    thread_ = std::thread([this, answers] {
      for (const std::string& answer : answers) Serve(answer);
    });
  }
  ~FakeServer() {
    thread_.join();
    ::close(listener_);
  }
  std::string Url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::vector<std::string> heads;

 private:
  void Serve(const std::string& answer) {
    int fd;
    // The listener does not block; the test's client is sure to come.
    while ((fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) < 0)
      std::this_thread::yield();
    std::string head;
    char bytes[4096];
    while (head.find("\r\n\r\n") == std::string::npos) {
      ssize_t count = ::recv(fd, bytes, sizeof(bytes), 0);
      if (count <= 0) break;
      head.append(bytes, static_cast<size_t>(count));
    }
    heads.push_back(head);
    EXPECT_GE(::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL), 0);
    ::close(fd);
  }

  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

std::shared_ptr<ClientCall> NewCall(std::string method, std::string url) {
  auto call = std::make_shared<ClientCall>();
  call->method = std::move(method);
  call->url = std::move(url);
  return call;
}

void Wait(const std::shared_ptr<ClientCall>& call) {
  StartCall(call);
  while (!call->done) std::this_thread::yield();
}

TEST(HttpClient, GetsAResponse) {
  FakeServer server({"HTTP/1.1 201 Created\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello"});
  auto call = NewCall("GET", server.Url("/x"));
  call->headers = {{"X-Mine", "1"}, {"X-Empty", ""}};
  Wait(call);
  EXPECT_EQ(call->failure, ClientFailure::kNone) << call->error;
  EXPECT_EQ(call->status, 201);
  EXPECT_EQ(call->response, "hello");
  EXPECT_EQ(call->response_headers, "X-A: b\r\nContent-Length: 5\r\n");
  EXPECT_TRUE(server.heads[0].starts_with("GET /x HTTP/1.1\r\n"));
  EXPECT_NE(server.heads[0].find("X-Mine: 1\r\n"), std::string::npos);
  EXPECT_NE(server.heads[0].find("X-Empty:\r\n"), std::string::npos);
}

TEST(HttpClient, SendsBodies) {
  FakeServer server({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
  auto call = NewCall("PUT", server.Url("/x"));
  call->body = "payload";
  Wait(call);
  EXPECT_EQ(call->status, 200) << call->error;
  EXPECT_TRUE(server.heads[0].starts_with("PUT /x HTTP/1.1\r\n"));
  EXPECT_NE(server.heads[0].find("Content-Length: 7\r\n"), std::string::npos);
  EXPECT_EQ(server.heads[0].find("Expect"), std::string::npos);
}

TEST(HttpClient, FollowsRedirectsOfGet) {
  FakeServer server({"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 1\r\n\r\nx",
                     "HTTP/1.1 200 OK\r\nX-Last: 1\r\nContent-Length: 2\r\n\r\nok"});
  auto call = NewCall("GET", server.Url("/x"));
  Wait(call);
  EXPECT_EQ(call->status, 200) << call->error;
  EXPECT_EQ(call->response, "ok");
  EXPECT_EQ(call->response_headers, "X-Last: 1\r\nContent-Length: 2\r\n");
}

TEST(HttpClient, Fails) {
  auto refused = NewCall("GET", "http://127.0.0.1:1/");
  Wait(refused);
  EXPECT_EQ(refused->failure, ClientFailure::kConnect);
  EXPECT_EQ(refused->error, "http://127.0.0.1:1/: Connection refused");
  auto scheme = NewCall("GET", "file:///etc/passwd");
  Wait(scheme);
  EXPECT_EQ(scheme->failure, ClientFailure::kBadUrl);
  auto nonsense = NewCall("GET", "http://");
  Wait(nonsense);
  EXPECT_EQ(nonsense->failure, ClientFailure::kBadUrl);
  auto header = NewCall("GET", "http://127.0.0.1:1/");
  header->headers = {{"X", "a\r\nY: b"}};
  Wait(header);
  EXPECT_EQ(header->failure, ClientFailure::kBadUrl);
  auto method = NewCall("GET /", "http://127.0.0.1:1/");
  Wait(method);
  EXPECT_EQ(method->failure, ClientFailure::kBadUrl);
}

TEST(HttpClient, BoundsResponses) {
  FakeServer server({"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'x')});
  auto call = NewCall("GET", server.Url("/"));
  call->max_body = 1000;
  Wait(call);
  EXPECT_EQ(call->failure, ClientFailure::kTooLarge);
}

TEST(HttpClient, SeesBrokenResponses) {
  FakeServer server({"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\nshort"});
  auto call = NewCall("GET", server.Url("/"));
  Wait(call);
  EXPECT_EQ(call->failure, ClientFailure::kBroken);
}

TEST(HttpClient, LimitsTheTime) {
  std::string error;
  int listener = ListenTcp("127.0.0.1", 0, error);
  auto call = NewCall("GET", "http://127.0.0.1:" + std::to_string(LocalPort(listener)) + "/");
  call->timeout_ms = 50;
  Wait(call);
  EXPECT_EQ(call->failure, ClientFailure::kTimeout);
  EXPECT_TRUE(call->error.ends_with(": timed out after 50 ms")) << call->error;
  ::close(listener);
}

TEST(HttpClient, ForgetsCancelledCalls) {
  std::string error;
  int listener = ListenTcp("127.0.0.1", 0, error);
  auto call = NewCall("GET", "http://127.0.0.1:" + std::to_string(LocalPort(listener)) + "/");
  StartCall(call);
  CancelCall(call);
  auto next = NewCall("GET", "http://127.0.0.1:1/");
  Wait(next);
  EXPECT_FALSE(call->done);
  EXPECT_EQ(call.use_count(), 1);
  ::close(listener);
}

}  // namespace
}  // namespace snow::rt
