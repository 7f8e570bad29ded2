// The HTTP server's resources: a listening socket with its limits, and the connections that actors
// own. What waits is in server_abi.cc; nothing here does.
#ifndef RUNTIME_HTTP_SERVER_H_
#define RUNTIME_HTTP_SERVER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>

#include "runtime/http/connection.h"
#include "runtime/net/resource.h"
#include "runtime/net/wait.h"
#include "runtime/process/extra.h"

namespace snow::rt {

class HttpServer final : public Resource {
 public:
  static constexpr ResourceKind kKind = ResourceKind::kHttpServer;
  using StreamMaker = std::function<std::unique_ptr<Stream>(int fd)>;

  // Takes the listening socket over.
  explicit HttpServer(int fd);
  ~HttpServer() override;

  void OnReady(Worker& worker, uint32_t ready) override { port_.Notify(worker, ready); }

  int fd() const { return fd_; }
  Port& port() { return port_; }
  HttpLimits& limits() { return limits_; }
  // How streams are made of accepted sockets; plain ones unless told otherwise.
  void set_stream_maker(StreamMaker maker) { make_stream_ = std::move(maker); }
  std::unique_ptr<Stream> MakeStream(int fd) const { return make_stream_(fd); }

  std::atomic<int64_t> max_connections{100'000};
  std::atomic<bool> stopping{false};

  void AddConnection(uint64_t id);
  // Wakes an acceptor that waits for room, and who waits for the end of all connections.
  void RemoveConnection(Worker& worker, uint64_t id);
  size_t ConnectionCount();
  std::unordered_set<uint64_t> Connections();

  // The actor is told when a connection goes. 0: nobody any more.
  void SetWaiter(uint64_t pid) { waiter_.store(pid, std::memory_order_release); }

  // The server is to end: no connection is accepted any more, and the acceptor ends. The handle
  // stays until the caller removes it.
  void StopListening(Worker& worker);

  // The acceptor's end closes the listener. On the acceptor's worker.
  void Adopt(Actor* acceptor);

 private:
  struct Owner : Cleanup {
    HttpServer* server;
  };

  // The acceptor has ended.
  void CloseListener(Worker& worker);

  int fd_;
  Port port_{Port::Mode::kEdges};
  HttpLimits limits_;
  StreamMaker make_stream_;
  Owner owner_{};
  bool is_adopted_ = false;
  std::atomic<uint64_t> waiter_{0};
  std::atomic<bool> is_being_stopped_{false};
  std::mutex mutex_;
  std::unordered_set<uint64_t> connections_;  // guarded by mutex_
};

// A connection of a server, owned by the actor that serves it.
class ServerConnection final : public Resource {
 public:
  static constexpr ResourceKind kKind = ResourceKind::kHttp;

  ServerConnection(Ref<HttpServer> server, int fd, std::string peer);

  void OnReady(Worker& worker, uint32_t ready) override;

  HttpConnection& http() { return http_; }
  HttpServer& server() { return *server_; }
  Port& port() { return port_; }
  const std::string& peer() const { return peer_; }
  uint64_t OwnerPid() const override { return owner_pid_.load(std::memory_order_acquire); }
  void RequestStop(Worker& worker) override;

  // The actor owns it from now on; false when another one does. On the actor's worker.
  bool Adopt(Actor* actor);
  // Closes it: the handle stands for nothing any more. By its owner, or at that one's end.
  void Close(Worker& worker);
  // The socket goes on with another resource (WebSocket), which gets it and what was read but not
  // used. By the owner; the connection is gone afterwards.
  std::unique_ptr<Stream> HandOver(Actor* actor, ByteBuffer& unread);

  bool is_open() const { return !is_closed_; }
  // The connection that a cleanup of an actor closes; null for other cleanups.
  static ServerConnection* Of(Cleanup* cleanup);

  std::atomic<bool> stop_requested{false};
  bool is_parked_at_base = false;
  int64_t deadline_ns = -1;  // of the request's head

 private:
  struct Owner : Cleanup {
    ServerConnection* connection;
  };

  static void CloseOwned(Worker& worker, Cleanup* cleanup);
  // The handle stands for nothing any more.
  void Retire(Worker& worker);

  Ref<HttpServer> server_;
  std::string peer_;
  Port port_{Port::Mode::kEdges};
  HttpConnection http_;
  std::atomic<uint64_t> owner_pid_{0};
  Owner cleanup_{};
  bool is_closed_ = false;

  friend uint64_t AddServerConnection(Worker& worker, const Ref<HttpServer>& server, int fd,
                                      std::string peer);
};

// A connection for an accepted socket, in the table; 0 when it cannot be had (the socket is
// closed).
uint64_t AddServerConnection(Worker& worker, const Ref<HttpServer>& server, int fd,
                             std::string peer);

// The connection of a handle for the running actor, which owns it from then on; null when it is
// closed or another actor's. It lives until the actor closes it or ends.
ServerConnection* UseServerConnection(Actor* actor, uint64_t id);

}  // namespace snow::rt

#endif  // RUNTIME_HTTP_SERVER_H_
