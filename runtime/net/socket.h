// Making sockets: listening, accepting, connecting. All of them are non-blocking and closed on
// exec.
//
// Pure system calls without waiting, but for Resolve, which blocks and belongs on a helper thread.
#ifndef RUNTIME_NET_SOCKET_H_
#define RUNTIME_NET_SOCKET_H_

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

namespace snow::rt {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

// `203.0.113.7:80`, `[2001:db8::1]:80`.
std::string AddressText(const SocketAddress& address);
// The host alone.
std::string HostText(const SocketAddress& address);
// 0 for families without ports.
int AddressPort(const SocketAddress& address);

// Listens on a numeric address ("0.0.0.0", "::1"; "" is all of IPv4) and a port (0: any that is
// free). The descriptor, or -1 with the reason: `cannot listen on 0.0.0.0:80: Permission denied`.
int ListenTcp(const std::string& host, int port, std::string& error);
// The port that a listening socket got.
int LocalPort(int fd);

// Accepts one connection: the descriptor, or a negated errno value (-EAGAIN: none is waiting).
int AcceptTcp(int listener, SocketAddress& peer);

// Begins to connect: the descriptor, or a negated errno value. Writable means: see ConnectOutcome.
int StartConnect(const SocketAddress& address);
// 0 when connected, otherwise the errno value.
int ConnectOutcome(int fd);
// Whether the connection stands already.
bool IsConnected(int fd);

// Blocks for as long as the system's resolver likes. Empty with the reason in `error`.
std::vector<SocketAddress> Resolve(const std::string& host, int port, std::string& error);

// Small writes leave at once.
void SetNoDelay(int fd);

}  // namespace snow::rt

#endif  // RUNTIME_NET_SOCKET_H_
