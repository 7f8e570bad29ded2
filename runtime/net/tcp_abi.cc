// TCP as the library calls it (abi/net.def). While a function waits it holds nothing but pointers
// to what the actor owns.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/abi/functions.h"
#include "runtime/io/result.h"
#include "runtime/net/abi_values.h"
#include "runtime/net/lookup.h"
#include "runtime/net/resource.h"
#include "runtime/net/socket.h"
#include "runtime/net/stream.h"
#include "runtime/net/wait.h"
#include "runtime/process/extra.h"

namespace snow::rt {
namespace {

constexpr std::string_view kClosed = "the connection is closed";
constexpr std::string_view kTimedOut = "timed out";
constexpr int64_t kMostRead = int64_t{64} * 1024 * 1024;

// What is the same for listeners and connections: a socket that belongs to the actor that used it
// last, as long as nobody is using it.
class Socket : public Resource {
 public:
  using Resource::Resource;

  void OnReady(Worker& worker, uint32_t ready) override { port_.Notify(worker, ready); }
  Port& port() { return port_; }

  // The actor uses it from now on. False when another one is using it.
  bool Use(Actor* actor) {
    SpinLockHolder hold(lock_);
    uint64_t pid = actor->pid;
    if (user_ != 0 && user_ != pid) return false;
    user_ = pid;
    AddOwnerLocked(actor);
    return !is_closed_;
  }
  void EndUse() {
    SpinLockHolder hold(lock_);
    user_ = 0;
  }

  // By an actor that uses it.
  void Close(Worker& worker) {
    {
      SpinLockHolder hold(lock_);
      if (is_closed_) return;
      is_closed_ = true;
    }
    port_.Close(worker);
    CloseSocket();
    g_resources.Remove(id());
  }

 protected:
  virtual void CloseSocket() = 0;

 private:
  struct Owner : Cleanup {
    Socket* socket;
    uint64_t pid;
    Owner* next_owner;
  };

  void AddOwnerLocked(Actor* actor) {
    for (Owner* owner = owners_; owner != nullptr; owner = owner->next_owner) {
      if (owner->pid == actor->pid) return;
    }
    auto* owner = new Owner;
    owner->socket = this;
    owner->pid = actor->pid;
    owner->next_owner = owners_;
    owner->close = [](Worker& worker, Cleanup* cleanup) {
      auto* ended = static_cast<Owner*>(cleanup);
      ended->socket->OwnerEnded(worker, ended);
    };
    owners_ = owner;
    Retain();
    AddCleanup(actor, owner);
  }

  // Closes with the last actor that has used it, or with one in the middle of a use.
  void OwnerEnded(Worker& worker, Owner* owner) {
    bool closes;
    {
      SpinLockHolder hold(lock_);
      Owner** at = &owners_;
      while (*at != owner) at = &(*at)->next_owner;
      *at = owner->next_owner;
      closes = owners_ == nullptr || user_ == owner->pid;
    }
    if (closes) Close(worker);
    delete owner;
    Release();
  }

  Port port_{Port::Mode::kEdges};
  SpinLock lock_;
  Owner* owners_ = nullptr;  // guarded by lock_, as all that follows
  uint64_t user_ = 0;
  bool is_closed_ = false;
};

class TcpListener final : public Socket {
 public:
  static constexpr ResourceKind kKind = ResourceKind::kListener;
  explicit TcpListener(int fd) : Socket(kKind), fd_(fd) {}
  ~TcpListener() override { CloseSocket(); }
  int fd() const { return fd_; }

 protected:
  void CloseSocket() override {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

class TcpConnection final : public Socket {
 public:
  static constexpr ResourceKind kKind = ResourceKind::kTcp;
  TcpConnection(int fd, std::string peer)
      : Socket(kKind), stream_(MakePlainStream(fd)), peer_(std::move(peer)) {}
  Stream* stream() { return stream_.get(); }
  const std::string& peer() const { return peer_; }
  // What a read has got, until it is handed over.
  std::string input;

 protected:
  void CloseSocket() override { stream_.reset(); }

 private:
  std::unique_ptr<Stream> stream_;
  std::string peer_;
};

// The socket of a handle, in use by the actor; null when it is closed or in use by another.
template <typename T>
T* UseSocket(Actor* actor, int64_t handle) {
  Ref<T> found = g_resources.FindAs<T>(static_cast<uint64_t>(handle));
  return found && found->Use(actor) ? found.get() : nullptr;
}

// A connection over a socket, in the table and owned by the actor; 0 when there is no room.
uint64_t NewConnection(Actor* actor, int fd, std::string peer) {
  Ref<TcpConnection> connection(new TcpConnection(fd, std::move(peer)));
  SetNoDelay(fd);
  uint64_t id = g_resources.Add(connection.get());
  if (id == 0) return 0;
  connection->Use(actor);
  connection->EndUse();
  if (connection->port().Open(fd, id)) return id;
  connection->Close(*actor->worker);
  return 0;
}

SnowPair Accept(Actor* actor, int64_t handle, int64_t limit_ms) {
  TcpListener* listener = UseSocket<TcpListener>(actor, handle);
  if (listener == nullptr) return GiveError(actor, "the listener is closed");
  int64_t deadline = DeadlineAfter(limit_ms);
  while (true) {
    listener->port().Clear(kReadable);
    int code;
    {
      SocketAddress peer;
      int fd = AcceptTcp(listener->fd(), peer);
      if (fd >= 0) {
        listener->EndUse();
        uint64_t id = NewConnection(actor, fd, AddressText(peer));
        return id != 0 ? GiveNumber(actor, id) : GiveError(actor, "too many sockets are open");
      }
      code = -fd;
    }
    if (code != EAGAIN) {
      listener->EndUse();
      char text[128];
      return GiveError(actor, {text, ("accept: " + ErrnoText(code)).copy(text, sizeof(text))});
    }
    if (!WaitForPort(actor, listener->port(), kReadable, deadline)) {
      listener->EndUse();
      return GiveError(actor, kTimedOut);
    }
  }
}

// One attempt to connect, to one address. The socket belongs to the connection from the beginning,
// so that the actor's end closes it.
uint64_t ConnectTo(Actor* actor, const SocketAddress& address, int64_t deadline_ns, char* error,
                   size_t* size) {
  int fd = StartConnect(address);
  if (fd < 0) {
    *size = ErrnoText(-fd).copy(error, *size);
    return 0;
  }
  uint64_t id = NewConnection(actor, fd, AddressText(address));
  TcpConnection* connection = UseSocket<TcpConnection>(actor, static_cast<int64_t>(id));
  if (connection == nullptr) {
    *size = std::string_view("too many sockets are open").copy(error, *size);
    return 0;
  }
  connection->port().Clear(kWritable);
  // Loopback may have answered between the two.
  bool in_time = true;
  if (!IsConnected(fd)) in_time = WaitForPort(actor, connection->port(), kWritable, deadline_ns);
  int code = in_time ? ConnectOutcome(fd) : ETIMEDOUT;
  if (code == 0) {
    connection->EndUse();
    return id;
  }
  connection->Close(*actor->worker);
  *size = ErrnoText(code).copy(error, *size);
  return 0;
}

// Addresses in the frame, without memory of their own.
struct Addresses {
  static constexpr size_t kMost = 8;
  SocketAddress all[kMost];
  size_t count = 0;
};

__attribute__((noinline)) void TakeAddresses(Actor* actor, Lookup* lookup, Addresses& to,
                                             char* error, size_t* size) {
  std::string reason;
  std::vector<SocketAddress> found = FinishLookup(actor, lookup, reason);
  for (const SocketAddress& address : found) {
    if (to.count < Addresses::kMost) to.all[to.count++] = address;
  }
  *size = reason.copy(error, *size);
}

SnowPair Connect(Actor* actor, std::string_view host, int64_t port, int64_t limit_ms) {
  if (port < 1 || port > 65535) return GiveError(actor, "ports are 1 to 65535");
  int64_t deadline = DeadlineAfter(limit_ms);
  Lookup* lookup = BeginLookup(actor, host, static_cast<int>(port));
  AwaitLookup(actor, lookup);
  char error[256];
  size_t size = sizeof(error);
  Addresses addresses;
  TakeAddresses(actor, lookup, addresses, error, &size);
  for (size_t i = 0; i < addresses.count; ++i) {
    char reason[128];
    size_t reason_size = sizeof(reason);
    uint64_t id = ConnectTo(actor, addresses.all[i], deadline, reason, &reason_size);
    if (id != 0) return GiveNumber(actor, id);
    std::string text = "cannot connect to " + AddressText(addresses.all[i]) + ": " +
                       std::string(reason, reason_size);
    size = text.copy(error, sizeof(error));
  }
  return GiveError(actor, {error, size});
}

SnowPair Read(Actor* actor, int64_t handle, int64_t limit, int64_t limit_ms) {
  TcpConnection* connection = UseSocket<TcpConnection>(actor, handle);
  if (connection == nullptr) return GiveError(actor, kClosed);
  int64_t deadline = DeadlineAfter(limit_ms);
  size_t size = static_cast<size_t>(limit < 1 ? 1 : limit > kMostRead ? kMostRead : limit);
  while (true) {
    connection->port().Clear(kReadable);
    IoResult result;
    {
      // As much as one system call may give; more memory only for more bytes.
      connection->input.resize(std::min<size_t>(size, 65536));
      result = connection->stream()->Read(connection->input.data(), connection->input.size());
    }
    if (result.status == IoStatus::kWantRead) {
      connection->input = std::string();
      if (WaitForPort(actor, connection->port(), kReadable, deadline)) continue;
      connection->EndUse();
      return GiveError(actor, kTimedOut);
    }
    if (result.status == IoStatus::kError) {
      char text[128];
      size_t text_size = connection->stream()->error().copy(text, sizeof(text));
      connection->Close(*actor->worker);
      return GiveError(actor, {text, text_size});
    }
    SnowPair bytes = NewString(actor, {connection->input.data(), result.count});
    SetFailed(actor, false);
    connection->input = std::string();
    connection->EndUse();
    return bytes;
  }
}

SnowPair Write(Actor* actor, int64_t handle, std::string_view data, int64_t limit_ms) {
  TcpConnection* connection = UseSocket<TcpConnection>(actor, handle);
  if (connection == nullptr) return GiveError(actor, kClosed);
  while (!data.empty()) {
    connection->port().Clear(kWritable);
    IoResult result = connection->stream()->Write(data.data(), data.size());
    if (result.status == IoStatus::kOk) {
      data.remove_prefix(result.count);
    } else if (result.status == IoStatus::kWantWrite) {
      if (WaitForPort(actor, connection->port(), kWritable, DeadlineAfter(limit_ms))) continue;
      connection->Close(*actor->worker);
      return GiveError(actor, kTimedOut);
    } else {
      char text[128];
      size_t text_size = connection->stream()->error().copy(text, sizeof(text));
      connection->Close(*actor->worker);
      return GiveError(actor, {text, text_size});
    }
  }
  connection->EndUse();
  return GiveNumber(actor, 0);
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

SnowPair snow_tcp_listen(SnowActor* actor, uint64_t host_0, uint64_t host_1, int64_t port) {
  Actor* self = ActorOf(actor);
  return CallForNumber(self, [&](std::string& error) -> uint64_t {
    StringBytes host(host_0, host_1);
    int fd = ListenTcp(std::string(host.view()), static_cast<int>(port), error);
    if (fd < 0) return 0;
    Ref<TcpListener> listener(new TcpListener(fd));
    uint64_t id = g_resources.Add(listener.get());
    if (id != 0 && listener->port().Open(fd, id) && listener->Use(self)) {
      listener->EndUse();
      return id;
    }
    g_resources.Remove(id);
    error = "too many sockets are open";
    return 0;
  });
}

int64_t snow_tcp_port(SnowActor*, int64_t handle) {
  auto listener = g_resources.FindAs<TcpListener>(static_cast<uint64_t>(handle));
  return listener ? LocalPort(listener->fd()) : 0;
}

SnowPair snow_tcp_accept(SnowActor* actor, int64_t handle, int64_t limit_ms) {
  return Accept(ActorOf(actor), handle, limit_ms);
}

SnowPair snow_tcp_connect(SnowActor* actor, uint64_t host_0, uint64_t host_1, int64_t port,
                          int64_t limit_ms) {
  StringBytes host(host_0, host_1);
  return Connect(ActorOf(actor), host.view(), port, limit_ms);
}

SnowPair snow_tcp_read(SnowActor* actor, int64_t handle, int64_t limit, int64_t limit_ms) {
  return Read(ActorOf(actor), handle, limit, limit_ms);
}

SnowPair snow_tcp_write(SnowActor* actor, int64_t handle, uint64_t data_0, uint64_t data_1,
                        int64_t limit_ms) {
  StringBytes data(data_0, data_1);
  return Write(ActorOf(actor), handle, data.view(), limit_ms);
}

SnowPair snow_tcp_peer(SnowActor* actor, int64_t handle) {
  char text[64];
  size_t size = 0;
  if (auto connection = g_resources.FindAs<TcpConnection>(static_cast<uint64_t>(handle))) {
    size = connection->peer().copy(text, sizeof(text));
  }
  return NewString(ActorOf(actor), {text, size});
}

void snow_tcp_close(SnowActor* actor, int64_t handle) {
  Actor* self = ActorOf(actor);
  if (TcpConnection* connection = UseSocket<TcpConnection>(self, handle)) {
    connection->Close(*self->worker);
    connection->EndUse();
  } else if (TcpListener* listener = UseSocket<TcpListener>(self, handle)) {
    listener->Close(*self->worker);
    listener->EndUse();
  }
}

}  // extern "C"
