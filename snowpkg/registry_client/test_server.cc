#include "snowpkg/registry_client/test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

void SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

}  // namespace

TestServer::TestServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bool listening = ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                   ::listen(listener_, 64) == 0 &&
                   ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!listening) std::abort();
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

TestServer::~TestServer() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
  ::close(listener_);
}

std::string TestServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

size_t TestServer::requests() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

void TestServer::Accept() {
  while (true) {
    int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    std::lock_guard<std::mutex> lock(mutex_);
    if (fd < 0 || stopping_) {
      if (fd >= 0) ::close(fd);
      return;
    }
    open_.push_back(fd);
    connections_.emplace_back([this, fd] { Serve(fd); });
  }
}

bool TestServer::ReadRequest(int fd, Request* request) {
  std::string text;
  char block[16384];
  size_t head_end = std::string::npos;
  size_t wanted = std::string::npos;
  while (head_end == std::string::npos || text.size() < wanted) {
    ssize_t count = ::recv(fd, block, sizeof(block), 0);
    if (count <= 0) return false;
    text.append(block, static_cast<size_t>(count));
    if (head_end != std::string::npos) continue;
    head_end = text.find("\r\n\r\n");
    if (head_end == std::string::npos) continue;
    std::vector<std::string_view> lines = Split(std::string_view(text).substr(0, head_end), '\n');
    std::vector<std::string_view> words = Split(Trim(lines[0]), ' ');
    if (words.size() != 3) return false;
    request->method = words[0];
    request->path = words[1];
    for (size_t i = 1; i < lines.size(); ++i) {
      size_t colon = lines[i].find(':');
      if (colon == std::string_view::npos) continue;
      std::string name(lines[i].substr(0, colon));
      for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      request->headers[name] = Trim(lines[i].substr(colon + 1));
    }
    auto length = request->headers.find("content-length");
    uint64_t body =
        length == request->headers.end() ? 0 : ParseUnsigned(length->second).value_or(0);
    wanted = head_end + 4 + body;
  }
  request->body = text.substr(head_end + 4, wanted - head_end - 4);
  return true;
}

void TestServer::Serve(int fd) {
  Request request;
  if (ReadRequest(fd, &request)) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      requests_ += 1;
    }
    Response response = handler_(request);
    if (!response.drop) {
      long size =
          response.claim_size >= 0 ? response.claim_size : static_cast<long>(response.body.size());
      std::string head = "HTTP/1.1 " + std::to_string(response.status) + " Answer\r\n";
      head += "Content-Type: " + response.content_type + "\r\n";
      if (!response.hang) head += "Content-Length: " + std::to_string(size) + "\r\n";
      for (const std::string& header : response.headers) head += header + "\r\n";
      SendAll(fd, head + "Connection: close\r\n\r\n" + response.body);
      char byte;
      // Until the client gives up or the server stops.
      if (response.hang) (void)::recv(fd, &byte, 1, 0);
    }
  }
  std::lock_guard<std::mutex> lock(mutex_);
  std::erase(open_, fd);
  ::close(fd);
}

}  // namespace snow::pkg
