#include "runtime/http/server.h"

#include <unistd.h>

#include <utility>

#include "runtime/net/socket.h"
#include "runtime/process/mailbox.h"

namespace snow::rt {

HttpServer::HttpServer(int fd) : Resource(kKind), fd_(fd), make_stream_(MakePlainStream) {}

HttpServer::~HttpServer() {
  if (fd_ >= 0) ::close(fd_);
}

void HttpServer::AddConnection(uint64_t id) {
  std::lock_guard hold(mutex_);
  connections_.insert(id);
}

void HttpServer::RemoveConnection(Worker& worker, uint64_t id) {
  {
    std::lock_guard hold(mutex_);
    if (connections_.erase(id) == 0) return;
  }
  uint64_t waiter = waiter_.load(std::memory_order_acquire);
  if (waiter != 0) WakeActor(worker, waiter);
}

size_t HttpServer::ConnectionCount() {
  std::lock_guard hold(mutex_);
  return connections_.size();
}

std::unordered_set<uint64_t> HttpServer::Connections() {
  std::lock_guard hold(mutex_);
  return connections_;
}

void HttpServer::StopListening(Worker& worker) {
  is_being_stopped_.store(true, std::memory_order_release);
  stopping.store(true, std::memory_order_release);
  // Not closed: the acceptor may just be using the descriptor.
  ::shutdown(fd_, SHUT_RDWR);
  port_.Close(worker);
}

void HttpServer::CloseListener(Worker& worker) {
  stopping.store(true, std::memory_order_release);
  port_.Close(worker);
  ::shutdown(fd_, SHUT_RDWR);
  if (!is_being_stopped_.load(std::memory_order_acquire)) g_resources.Remove(id());
}

void HttpServer::Adopt(Actor* acceptor) {
  if (is_adopted_) return;
  is_adopted_ = true;
  Retain();
  owner_.server = this;
  owner_.close = [](Worker& worker, Cleanup* cleanup) {
    HttpServer* server = static_cast<Owner*>(cleanup)->server;
    server->CloseListener(worker);
    server->Release();
  };
  AddCleanup(acceptor, &owner_);
}

ServerConnection::ServerConnection(Ref<HttpServer> server, int fd, std::string peer)
    : Resource(kKind),
      server_(std::move(server)),
      peer_(std::move(peer)),
      http_(server_->MakeStream(fd), server_->limits()) {}

void ServerConnection::OnReady(Worker& worker, uint32_t ready) { port_.Notify(worker, ready); }

void ServerConnection::RequestStop(Worker& worker) {
  stop_requested.store(true, std::memory_order_release);
  port_.WakeWaiter(worker);
}

bool ServerConnection::Adopt(Actor* actor) {
  uint64_t pid = actor->pid;
  uint64_t none = 0;
  if (!owner_pid_.compare_exchange_strong(none, pid)) return none == pid;
  Retain();
  cleanup_.connection = this;
  cleanup_.close = CloseOwned;
  AddCleanup(actor, &cleanup_);
  return true;
}

void ServerConnection::CloseOwned(Worker& worker, Cleanup* cleanup) {
  ServerConnection* connection = static_cast<Owner*>(cleanup)->connection;
  connection->Close(worker);
  connection->Release();
}

ServerConnection* ServerConnection::Of(Cleanup* cleanup) {
  return cleanup->close == CloseOwned ? static_cast<Owner*>(cleanup)->connection : nullptr;
}

void ServerConnection::Retire(Worker& worker) {
  is_closed_ = true;
  port_.Close(worker);
  g_resources.Remove(id());
  server_->RemoveConnection(worker, id());
}

void ServerConnection::Close(Worker& worker) {
  if (is_closed_) return;
  Retire(worker);
  ByteBuffer unread;
  http_.TakeStream(unread).reset();
}

std::unique_ptr<Stream> ServerConnection::HandOver(Actor* actor, ByteBuffer& unread) {
  Retire(*actor->worker);
  http_.EndAnswer();
  std::unique_ptr<Stream> stream = http_.TakeStream(unread);
  RemoveCleanup(actor, &cleanup_);
  Release();
  return stream;
}

uint64_t AddServerConnection(Worker& worker, const Ref<HttpServer>& server, int fd,
                             std::string peer) {
  SetNoDelay(fd);
  Ref<ServerConnection> connection(new ServerConnection(server, fd, std::move(peer)));
  uint64_t id = g_resources.Add(connection.get());
  if (id == 0) return 0;  // the connection goes, and the socket with it
  server->AddConnection(id);
  if (connection->port_.Open(fd, id)) return id;
  connection->Close(worker);
  return 0;
}

ServerConnection* UseServerConnection(Actor* actor, uint64_t id) {
  // An actor that serves a connection has little else to clean up: nearly always the first look
  // finds what the table would.
  if (actor->extra != nullptr && actor->extra->cleanups != nullptr) {
    if (ServerConnection* own = ServerConnection::Of(actor->extra->cleanups)) {
      if (own->id() == id && own->is_open()) return own;
    }
  }
  Ref<ServerConnection> connection = g_resources.FindAs<ServerConnection>(id);
  if (!connection || !connection->Adopt(actor)) return nullptr;
  return connection.get();
}

}  // namespace snow::rt
