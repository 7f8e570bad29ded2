// The HTTP server as the library calls it (abi/net.def). What waits, waits here; while it does, it
// holds nothing but pointers to what the actor owns.
#include <netinet/in.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/abi/functions.h"
#include "runtime/http/server.h"
#include "runtime/http/url.h"
#include "runtime/net/abi_values.h"
#include "runtime/net/socket.h"
#include "runtime/net/wait.h"
#include "runtime/process/watch.h"

namespace snow::rt {
namespace {

// After these the acceptor rests instead of trying again at once.
bool IsShortage(int code) {
  return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}
constexpr int64_t kShortageRestMs = 50;
// How often an acceptor without room looks by itself.
constexpr int64_t kRoomLookMs = 1000;
// How long the peer may take to read the last answer.
constexpr int64_t kLingerMs = 2000;

enum Limit : int64_t { kMaxHead, kMaxBody, kHeaderMs, kIdleMs, kMaxConnections };

// --- Accepting -----------------------------------------------------------------------------------

// The server of a handle for its acceptor; null when it is stopped.
HttpServer* UseServer(Actor* actor, uint64_t id) {
  Ref<HttpServer> server = g_resources.FindAs<HttpServer>(id);
  if (!server || server->stopping.load(std::memory_order_acquire)) return nullptr;
  server->Adopt(actor);
  return server.get();
}

// Waits until the server has room for one more connection, or is stopped.
void WaitForRoom(Actor* actor, HttpServer& server) {
  while (!server.stopping.load(std::memory_order_acquire) &&
         static_cast<int64_t>(server.ConnectionCount()) >= server.max_connections) {
    server.SetWaiter(actor->pid);
    BeginEventWait(actor);
    if (static_cast<int64_t>(server.ConnectionCount()) >= server.max_connections) {
      Park(actor, kRoomLookMs);
    }
  }
  server.SetWaiter(0);
}

uint64_t Accept(Actor* actor, uint64_t id) {
  HttpServer* server = UseServer(actor, id);
  if (server == nullptr) return 0;
  while (!server->stopping.load(std::memory_order_acquire)) {
    WaitForRoom(actor, *server);
    server->port().Clear(kReadable);
    SocketAddress peer;
    int fd = AcceptTcp(server->fd(), peer);
    if (fd >= 0) {
      uint64_t connection =
          AddServerConnection(*actor->worker, Share(server), fd, AddressText(peer));
      if (connection != 0) return connection;
    } else if (IsShortage(-fd)) {
      BeginEventWait(actor);
      Park(actor, kShortageRestMs);
    } else if (fd == -EAGAIN) {
      WaitForPort(actor, server->port(), kReadable, -1);
    } else {
      return 0;
    }
  }
  return 0;
}

// --- Requests ------------------------------------------------------------------------------------

// A path whose segments, decoded, lead upwards or hold a NUL byte is nobody's honest request.
bool IsSuspectPath(std::string_view path) {
  if (path.find('%') == std::string_view::npos && path.find("/.") == std::string_view::npos) {
    return false;
  }
  std::string decoded = PercentDecode(path, false);
  if (decoded.find('\0') != std::string::npos) return true;
  std::string_view rest = decoded;
  while (!rest.empty()) {
    size_t slash = rest.find('/');
    std::string_view segment = rest.substr(0, slash);
    if (segment == ".." || segment == ".") return true;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  return false;
}

uint32_t InterestFor(HttpConnection::Step step) {
  return step == HttpConnection::Step::kWantWrite ? kWritable : kReadable;
}
uint32_t InterestFor(IoStatus status) {
  return status == IoStatus::kWantRead ? kReadable : kWritable;
}
bool Waits(IoStatus status) {
  return status == IoStatus::kWantRead || status == IoStatus::kWantWrite;
}

// Until when the next piece of a request may come.
int64_t ReadDeadline(ServerConnection& connection) {
  const HttpLimits& limits = connection.server().limits();
  switch (connection.http().phase()) {
    case HttpConnection::Phase::kIdle:
    case HttpConnection::Phase::kBody:
      connection.deadline_ns = -1;
      return DeadlineAfter(limits.idle_ms);
    case HttpConnection::Phase::kHandshake:
    case HttpConnection::Phase::kHead:
      break;
  }
  // One deadline for all of the head, however slowly it drips.
  if (connection.deadline_ns < 0) connection.deadline_ns = DeadlineAfter(limits.header_ms);
  return connection.deadline_ns;
}

// Writes everything out; false when the connection is broken or the peer takes nothing.
bool FlushAll(Actor* actor, ServerConnection& connection) {
  while (true) {
    connection.port().Clear(kWritable);
    IoStatus status = connection.http().Flush();
    if (status == IoStatus::kOk) return true;
    if (!Waits(status)) return false;
    int64_t deadline = DeadlineAfter(connection.server().limits().idle_ms);
    if (!WaitForPort(actor, connection.port(), InterestFor(status), deadline)) return false;
  }
}

// Lets the peer read the last answer before the connection is closed.
void LingerAndClose(Actor* actor, ServerConnection& connection) {
  int64_t deadline = DeadlineAfter(kLingerMs);
  while (true) {
    connection.port().Clear(kReadable);
    IoStatus status = connection.http().Linger();
    if (!Waits(status)) break;
    if (!WaitForPort(actor, connection.port(), InterestFor(status), deadline)) break;
  }
  connection.Close(*actor->worker);
}

void AnswerAndClose(Actor* actor, ServerConnection& connection, int status) {
  std::string_view phrase = ReasonPhrase(status);
  connection.http().BeginAnswer(status, /*close=*/true).Finish(phrase, false);
  connection.http().EndAnswer();
  if (FlushAll(actor, connection)) {
    LingerAndClose(actor, connection);
  } else {
    connection.Close(*actor->worker);
  }
}

// Reads the next request. False: the connection is closed.
bool NextRequest(Actor* actor, ServerConnection& connection) {
  HttpConnection& http = connection.http();
  connection.port().Disarm();
  while (true) {
    connection.port().Clear(kReadable | kWritable);
    HttpConnection::Step step = http.ReadRequest();
    switch (step) {
      case HttpConnection::Step::kRequest:
        connection.deadline_ns = -1;
        if (!IsSuspectPath(http.head().path)) return true;
        AnswerAndClose(actor, connection, 400);
        return false;
      case HttpConnection::Step::kRefused:
        AnswerAndClose(actor, connection, http.refused_status());
        return false;
      case HttpConnection::Step::kClosed:
        connection.Close(*actor->worker);
        return false;
      case HttpConnection::Step::kWantRead:
      case HttpConnection::Step::kWantWrite:
        break;
    }
    bool stops = http.IsIdle() && connection.stop_requested.load(std::memory_order_acquire);
    if (stops || !FlushAll(actor, connection)) {
      connection.Close(*actor->worker);
      return false;
    }
    bool is_idle = http.IsIdle();
    int64_t deadline = ReadDeadline(connection);
    if (WaitForPort(actor, connection.port(), InterestFor(step), deadline)) continue;
    bool has_begun = !is_idle && http.phase() != HttpConnection::Phase::kHandshake;
    if (has_begun) {
      AnswerAndClose(actor, connection, 408);
    } else {
      connection.Close(*actor->worker);
    }
    return false;
  }
}

// Sends an answer. False: the connection is closed.
bool Answer(Actor* actor, ServerConnection& connection, int status, const HeaderList& headers,
            std::string_view body) {
  HttpConnection& http = connection.http();
  bool head_only = http.head().method == "HEAD";
  bool stops = connection.stop_requested.load(std::memory_order_acquire);
  ResponseWriter writer = http.BeginAnswer(status, stops);
  for (size_t i = 0; i < headers.size(); ++i) {
    StringBytes name = headers.name(i);
    StringBytes value = headers.value(i);
    writer.Header(name.view(), value.view());
  }
  writer.Finish(body, head_only);
  http.EndAnswer();
  if (http.MayDelayFlush()) return true;
  if (!FlushAll(actor, connection)) {
    connection.Close(*actor->worker);
    return false;
  }
  if (!http.closing()) return true;
  http.stream().FinishSending();
  if (http.HasInput()) {
    LingerAndClose(actor, connection);
  } else {
    connection.Close(*actor->worker);
  }
  return false;
}

// --- Stopping ------------------------------------------------------------------------------------

void AskToStop(Worker& worker, const std::unordered_set<uint64_t>& connections) {
  for (uint64_t id : connections) {
    Ref<Resource> resource = g_resources.Find(id);
    if (resource) resource->RequestStop(worker);
  }
}

void KillConnections(Actor* actor, const std::unordered_set<uint64_t>& connections) {
  for (uint64_t id : connections) {
    Ref<Resource> resource = g_resources.Find(id);
    if (!resource) continue;
    if (uint64_t owner = resource->OwnerPid()) {
      SendExit(*actor->worker, actor->pid, owner, PlainReason(ReasonKind::kKilled),
               ExitKind::kAsked);
    }
  }
}

// One look at a server that is being stopped: whether all its connections are gone. Not inlined:
// nothing of it may lie in the frame of one that waits.
enum class Look { kFirst, kAgain, kKill };
__attribute__((noinline)) bool IsStopped(Actor* actor, uint64_t id, Look look) {
  Ref<HttpServer> server = g_resources.FindAs<HttpServer>(id);
  if (!server) return true;
  if (look == Look::kFirst) {
    server->StopListening(*actor->worker);
    AskToStop(*actor->worker, server->Connections());
  }
  if (look == Look::kKill) KillConnections(actor, server->Connections());
  server->SetWaiter(actor->pid);
  BeginEventWait(actor);
  bool is_over = server->ConnectionCount() == 0;
  if (is_over) g_resources.Remove(id);
  return is_over;
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

SnowPair snow_http_listen(SnowActor* actor, uint64_t host_0, uint64_t host_1, int64_t port) {
  Actor* self = ActorOf(actor);
  return CallForNumber(self, [&](std::string& error) -> uint64_t {
    StringBytes host(host_0, host_1);
    int fd = ListenTcp(std::string(host.view()), static_cast<int>(port), error);
    if (fd < 0) return 0;
    Ref<HttpServer> server(new HttpServer(fd));
    uint64_t id = g_resources.Add(server.get());
    if (id == 0 || !server->port().Open(fd, id)) error = "too many sockets are open";
    return id;
  });
}

void snow_http_limit(SnowActor*, int64_t server_id, int64_t which, int64_t value) {
  Ref<HttpServer> server = g_resources.FindAs<HttpServer>(static_cast<uint64_t>(server_id));
  if (!server || value < 0) return;
  HttpLimits& limits = server->limits();
  switch (which) {
    case kMaxHead:
      limits.max_head = static_cast<size_t>(value);
      break;
    case kMaxBody:
      limits.max_body = static_cast<size_t>(value);
      break;
    case kHeaderMs:
      limits.header_ms = value;
      break;
    case kIdleMs:
      limits.idle_ms = value;
      break;
    case kMaxConnections:
      server->max_connections.store(value, std::memory_order_relaxed);
      break;
    default:
      break;
  }
}

int64_t snow_http_port(SnowActor*, int64_t server_id) {
  Ref<HttpServer> server = g_resources.FindAs<HttpServer>(static_cast<uint64_t>(server_id));
  return server ? LocalPort(server->fd()) : 0;
}

int64_t snow_http_accept(SnowActor* actor, int64_t server_id) {
  return static_cast<int64_t>(Accept(ActorOf(actor), static_cast<uint64_t>(server_id)));
}

void snow_http_park(SnowActor* actor, int64_t connection_id, void* closure) {
  Actor* self = ActorOf(actor);
  ServerConnection* connection = UseServerConnection(self, static_cast<uint64_t>(connection_id));
  if (connection == nullptr || !connection->http().MayWait()) return;
  BeginEventWait(self);
  if (!connection->port().Arm(self->pid, kReadable)) return;
  // Looked at after arming: who asks to stop wakes whom it finds armed.
  if (connection->stop_requested.load(std::memory_order_acquire)) return;
  connection->is_parked_at_base = true;
  ParkAtBase(self, connection->server().limits().idle_ms, closure, __builtin_frame_address(0));
}

bool snow_http_next(SnowActor* actor, int64_t connection_id) {
  Actor* self = ActorOf(actor);
  ServerConnection* connection = UseServerConnection(self, static_cast<uint64_t>(connection_id));
  if (connection == nullptr) return false;
  bool was_parked = std::exchange(connection->is_parked_at_base, false);
  if (was_parked && EndBaseWait(self)) {
    connection->Close(*self->worker);
    return false;
  }
  return NextRequest(self, *connection);
}

SnowPair snow_http_part(SnowActor* actor, int64_t connection_id, int64_t which) {
  Actor* self = ActorOf(actor);
  ServerConnection* connection = UseServerConnection(self, static_cast<uint64_t>(connection_id));
  if (connection == nullptr) return MakeShortString("", 0);
  HttpConnection& http = connection->http();
  const RequestHead& head = http.head();
  const std::string_view parts[] = {head.method,  head.path,   head.query,
                                    head.headers, http.body(), connection->peer()};
  if (which < 0 || which >= static_cast<int64_t>(std::size(parts))) return MakeShortString("", 0);
  return NewString(self, parts[which]);
}

bool snow_http_answer(SnowActor* actor, int64_t connection_id, int64_t status, void* headers_0,
                      uint64_t headers_1, uint64_t body_0, uint64_t body_1) {
  Actor* self = ActorOf(actor);
  ServerConnection* connection = UseServerConnection(self, static_cast<uint64_t>(connection_id));
  if (connection == nullptr) return false;
  StringBytes body(body_0, body_1);
  return Answer(self, *connection, static_cast<int>(status), HeaderList(headers_0, headers_1),
                body.view());
}

void snow_http_stop(SnowActor* actor, int64_t server_id, int64_t grace_ms) {
  Actor* self = ActorOf(actor);
  uint64_t id = static_cast<uint64_t>(server_id);
  int64_t deadline = DeadlineAfter(grace_ms < 0 ? 0 : grace_ms);
  bool is_over = IsStopped(self, id, Look::kFirst);
  bool has_killed = false;
  while (!is_over) {
    int64_t left = has_killed ? -1 : MsUntil(deadline);
    Look look = Look::kAgain;
    if (!Park(self, left) && !has_killed) {
      look = Look::kKill;
      has_killed = true;
    }
    is_over = IsStopped(self, id, look);
  }
}

}  // extern "C"
