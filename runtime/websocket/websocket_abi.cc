// WebSockets as the library calls them (abi/net.def).
#include <string>
#include <string_view>
#include <utility>

#include "runtime/abi/functions.h"
#include "runtime/http/response.h"
#include "runtime/net/abi_values.h"
#include "runtime/websocket/connection.h"
#include "runtime/websocket/handshake.h"

namespace snow::rt {
namespace {

// Answers a request that is no handshake, and closes.
void RefuseHandshake(Actor* actor, ServerConnection& connection, int status) {
  ByteBuffer out;
  ResponseWriter writer(out, status, /*keep_alive=*/false, 1);
  if (status == 426) {
    writer.Header("Upgrade", "websocket");
    writer.Header("Sec-WebSocket-Version", "13");
  }
  if (status == 405) writer.Header("Allow", "GET");
  writer.Finish(ReasonPhrase(status), false);
  connection.http().stream().Write(out.data(), out.size());
  connection.http().stream().FinishSending();
  connection.Close(*actor->worker);
}

// Turns the request of a connection into a WebSocket that waits for its answer; 0 when it was
// refused.
uint64_t BeginWebSocket(Actor* actor, uint64_t connection_id) {
  ServerConnection* connection = UseServerConnection(actor, connection_id);
  if (connection == nullptr) return 0;
  std::string_view key;
  if (int status = CheckHandshake(connection->http().head(), key)) {
    RefuseHandshake(actor, *connection, status);
    return 0;
  }
  std::string answer = HandshakeAnswer(key);
  Ref<HttpServer> server = Share(&connection->server());
  ByteBuffer unread;
  std::unique_ptr<Stream> stream = connection->HandOver(actor, unread);
  Ref<WsConnection> made(
      new WsConnection(std::move(server), std::move(stream), unread, std::move(answer)));
  if (made->Begin(actor)) return made->id();
  made->Close(*actor->worker);
  return 0;
}

Ref<WsConnection> Find(int64_t id) {
  return g_resources.FindAs<WsConnection>(static_cast<uint64_t>(id));
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;

extern "C" {

int64_t snow_ws_begin(SnowActor* actor, int64_t connection) {
  return static_cast<int64_t>(BeginWebSocket(ActorOf(actor), static_cast<uint64_t>(connection)));
}

void snow_ws_accept(SnowActor* actor, int64_t ws) {
  Actor* self = ActorOf(actor);
  WsConnection* connection = UseWsConnection(self, static_cast<uint64_t>(ws));
  if (connection != nullptr) connection->Accept(*self->worker);
}

void snow_ws_refuse(SnowActor* actor, int64_t ws, int64_t status) {
  Actor* self = ActorOf(actor);
  WsConnection* connection = UseWsConnection(self, static_cast<uint64_t>(ws));
  if (connection == nullptr) return;
  ByteBuffer out;
  int code = static_cast<int>(status);
  ResponseWriter(out, code, /*keep_alive=*/false, 1).Finish(ReasonPhrase(code), false);
  connection->Refuse(*self->worker, out.view());
}

void snow_ws_park(SnowActor* actor, int64_t ws, void* closure) {
  Actor* self = ActorOf(actor);
  WsConnection* connection = UseWsConnection(self, static_cast<uint64_t>(ws));
  int64_t limit_ms;
  if (connection == nullptr || !connection->Arm(self, limit_ms)) return;
  connection->is_parked_at_base = true;
  ParkAtBase(self, limit_ms, closure, __builtin_frame_address(0));
}

int64_t snow_ws_next(SnowActor* actor, int64_t ws) {
  Actor* self = ActorOf(actor);
  WsConnection* connection = UseWsConnection(self, static_cast<uint64_t>(ws));
  if (connection == nullptr) return static_cast<int64_t>(WsConnection::Event::kClosed);
  connection->Disarm();
  if (std::exchange(connection->is_parked_at_base, false)) EndBaseWait(self);
  return static_cast<int64_t>(connection->Next(*self->worker));
}

SnowPair snow_ws_message(SnowActor* actor, int64_t ws) {
  Actor* self = ActorOf(actor);
  WsConnection* connection = UseWsConnection(self, static_cast<uint64_t>(ws));
  if (connection == nullptr) return MakeShortString("", 0);
  SnowPair text = NewString(self, connection->message());
  connection->message() = std::string();
  return text;
}

int64_t snow_ws_code(SnowActor* actor, int64_t ws) {
  WsConnection* connection = UseWsConnection(ActorOf(actor), static_cast<uint64_t>(ws));
  return connection == nullptr ? int64_t{kWsAbnormal} : connection->close_code();
}

int64_t snow_ws_send(SnowActor* actor, int64_t ws, uint64_t data_0, uint64_t data_1, bool binary) {
  Ref<WsConnection> connection = Find(ws);
  if (!connection) return -1;
  StringBytes data(data_0, data_1);
  WsOpcode opcode = binary ? WsOpcode::kBinary : WsOpcode::kText;
  return connection->Send(*ActorOf(actor)->worker, opcode, data.view()) ? 0 : -1;
}

void snow_ws_close(SnowActor* actor, int64_t ws, int64_t code, uint64_t reason_0,
                   uint64_t reason_1) {
  Ref<WsConnection> connection = Find(ws);
  if (!connection) return;
  StringBytes reason(reason_0, reason_1);
  connection->StartClose(*ActorOf(actor)->worker, static_cast<int>(code), reason.view());
}

int64_t snow_ws_join(SnowActor*, int64_t ws, uint64_t room_0, uint64_t room_1) {
  Ref<WsConnection> connection = Find(ws);
  StringBytes room(room_0, room_1);
  return connection && connection->Join(std::string(room.view())) ? 0 : -1;
}

int64_t snow_ws_leave(SnowActor*, int64_t ws, uint64_t room_0, uint64_t room_1) {
  Ref<WsConnection> connection = Find(ws);
  StringBytes room(room_0, room_1);
  return connection && connection->Leave(std::string(room.view())) ? 0 : -1;
}

SnowPair snow_ws_members(SnowActor* actor, uint64_t room_0, uint64_t room_1) {
  // Kept by the thread, so that a panic for want of memory loses nothing.
  static thread_local std::vector<uint64_t> members;
  StringBytes room(room_0, room_1);
  members = RoomMembers(std::string(room.view()));
  return NewIntList(ActorOf(actor), members.data(), members.size());
}

}  // extern "C"
