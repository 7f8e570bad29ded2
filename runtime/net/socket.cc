#include "runtime/net/socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/net/stream.h"

namespace snow::rt {
namespace {

// Connections that may wait to be accepted; the kernel cuts it to net.core.somaxconn.
constexpr int kBacklog = 4096;

bool MakeNumericAddress(const std::string& host, int port, SocketAddress& address) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (host.empty() || ::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    if (host.empty()) v4->sin_addr.s_addr = htonl(INADDR_ANY);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<uint16_t>(port));
    address.size = sizeof(*v4);
    return true;
  }
  if (::inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<uint16_t>(port));
    address.size = sizeof(*v6);
    return true;
  }
  return false;
}

int ListenFailed(int fd, const SocketAddress& address, std::string& error) {
  error = "cannot listen on " + AddressText(address) + ": " + ErrnoText(errno);
  if (fd >= 0) ::close(fd);
  return -1;
}

}  // namespace

std::string HostText(const SocketAddress& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.storage.ss_family == AF_INET) {
    auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
  } else if (address.storage.ss_family == AF_INET6) {
    auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
  }
  return text;
}

int AddressPort(const SocketAddress& address) {
  if (address.storage.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
  }
  if (address.storage.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port);
  }
  return 0;
}

std::string AddressText(const SocketAddress& address) {
  std::string host = HostText(address);
  if (address.storage.ss_family == AF_INET6) host = "[" + host + "]";
  return host + ":" + std::to_string(AddressPort(address));
}

int ListenTcp(const std::string& host, int port, std::string& error) {
  if (port < 0 || port > 65535) {
    error = "cannot listen on port " + std::to_string(port) + ": ports are 0 to 65535";
    return -1;
  }
  SocketAddress address;
  if (!MakeNumericAddress(host, port, address)) {
    error = "cannot listen on " + host + ": not an IP address";
    return -1;
  }
  int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return ListenFailed(fd, address, error);
  int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address.storage), address.size) != 0 ||
      ::listen(fd, kBacklog) != 0) {
    return ListenFailed(fd, address, error);
  }
  return fd;
}

int LocalPort(int fd) {
  SocketAddress address;
  address.size = sizeof(address.storage);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.size) != 0)
    return 0;
  return AddressPort(address);
}

int AcceptTcp(int listener, SocketAddress& peer) {
  while (true) {
    peer.size = sizeof(peer.storage);
    int fd = ::accept4(listener, reinterpret_cast<sockaddr*>(&peer.storage), &peer.size,
                       SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) return fd;
    // A connection that broke while it waited is nobody's concern.
    if (errno != EINTR && errno != ECONNABORTED && errno != EPROTO) return -errno;
  }
}

int StartConnect(const SocketAddress& address) {
  int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  SetNoDelay(fd);
  while (true) {
    auto* raw = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(fd, raw, address.size) == 0 || errno == EINPROGRESS) return fd;
    if (errno == EINTR) continue;
    int code = errno;
    ::close(fd);
    return -code;
  }
}

int ConnectOutcome(int fd) {
  int code = 0;
  socklen_t size = sizeof(code);
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0) return errno;
  return code;
}

bool IsConnected(int fd) {
  SocketAddress peer;
  peer.size = sizeof(peer.storage);
  return ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer.storage), &peer.size) == 0;
}

std::vector<SocketAddress> Resolve(const std::string& host, int port, std::string& error) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  std::vector<SocketAddress> found;
  if (code != 0) {
    error = "cannot resolve " + host + ": " +
            (code == EAI_SYSTEM ? ErrnoText(errno) : std::string(::gai_strerror(code)));
    return found;
  }
  for (addrinfo* one = list; one != nullptr; one = one->ai_next) {
    SocketAddress address;
    if (one->ai_addrlen > sizeof(address.storage)) continue;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
    found.push_back(address);
  }
  ::freeaddrinfo(list);
  if (found.empty()) error = "cannot resolve " + host + ": no addresses";
  return found;
}

void SetNoDelay(int fd) {
  int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace snow::rt
