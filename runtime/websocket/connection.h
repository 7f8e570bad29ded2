// One WebSocket connection of a server. Its actor reads; any actor may send.
//
// What an actor sends goes out at once as far as the socket takes it; the rest is queued and leaves
// when the socket is writable again, whoever notices it. Thread-safe where it says so.
#ifndef RUNTIME_WEBSOCKET_CONNECTION_H_
#define RUNTIME_WEBSOCKET_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http/server.h"
#include "runtime/net/byte_buffer.h"
#include "runtime/net/resource.h"
#include "runtime/net/stream.h"
#include "runtime/net/wait.h"
#include "runtime/process/extra.h"
#include "runtime/websocket/frame.h"

namespace snow::rt {

// Times and sizes of spec 04, section 8.
struct WsLimits {
  size_t max_message = 16 * 1024 * 1024;
  size_t max_queue = 1024 * 1024;
  int64_t ping_ms = 30'000;
  int64_t pong_ms = 10'000;
  int64_t close_ms = 5'000;  // for the answer to a close frame
};

class WsConnection final : public Resource {
 public:
  static constexpr ResourceKind kKind = ResourceKind::kWebSocket;

  enum class Event : uint8_t {
    kNone,     // nothing more for now
    kMessage,  // in `message()`
    kClosed,   // `close_code()`, and the reason in `message()`
  };

  // Takes over the stream and what was read from it already. `answer` accepts the handshake.
  WsConnection(Ref<HttpServer> server, std::unique_ptr<Stream> stream, ByteBuffer& unread,
               std::string answer);

  void OnReady(Worker& worker, uint32_t ready) override;
  void RequestStop(Worker& worker) override;
  uint64_t OwnerPid() const override { return owner_pid_; }

  // Registers the socket and the owner. False when the system has no room. By the owner.
  bool Begin(Actor* actor);

  // --- Any actor
  // ----------------------------------------------------------------------------------- False when
  // the connection is closed or closing.
  bool Send(Worker& worker, WsOpcode opcode, std::string_view payload);
  // Begins the closing handshake, after what was sent before.
  void StartClose(Worker& worker, int code, std::string_view reason);
  // False when it is closed.
  bool Join(const std::string& room);
  bool Leave(const std::string& room);

  // --- The owner
  // ----------------------------------------------------------------------------------- Sends the
  // answer to the handshake, before everything else that was sent already.
  void Accept(Worker& worker);
  // Sends an HTTP response instead, and closes.
  void Refuse(Worker& worker, std::string_view response);
  Event Next(Worker& worker);
  std::string& message() { return message_; }
  int close_code() const { return close_code_; }
  // Waits for the socket: registers the actor; false when there is something to do at once.
  bool Arm(Actor* actor, int64_t& limit_ms);
  void Disarm() { port_.Disarm(); }
  void Close(Worker& worker);

  bool is_parked_at_base = false;

 private:
  struct Owner : Cleanup {
    WsConnection* connection;
  };
  enum class State : uint8_t {
    kOpening,  // the handshake has not been answered: what is sent waits
    kOpen,
    kClosing,  // our close frame is on its way, the peer's has not come
    kEnded,    // nothing is sent or read any more
  };

  Event Decode(Worker& worker);
  // The end, with the code and reason of the close that this side began, if it did and
  // `prefers_own`.
  Event End(int code, std::string_view reason, bool prefers_own);
  // Those with Locked in their name: mutex_ is held.
  void FlushLocked();
  void BreakLocked(int code, const char* reason);
  void SendCloseLocked(int code, std::string_view reason);
  void LeaveRooms();
  bool CheckTimes(Worker& worker);
  int64_t NextLookNs();

  Ref<HttpServer> server_;
  Port port_{Port::Mode::kEdges};
  Owner cleanup_{};
  uint64_t owner_pid_ = 0;
  bool is_closed_ = false;
  std::string answer_;  // until it is accepted

  std::mutex mutex_;
  // Guarded by mutex_:
  std::unique_ptr<Stream> stream_;
  ByteBuffer out_;
  State state_ = State::kOpening;
  bool is_broken_ = false;
  int own_code_ = 0;  // of the close that this side began
  std::string own_reason_;
  int64_t close_deadline_ns_ = -1;
  std::vector<std::string> rooms_;

  // The owner's own:
  ByteBuffer in_;
  WsDecoder decoder_;
  std::string message_;
  int close_code_ = 0;
  int64_t heard_ns_ = 0;      // when the peer was heard last
  int64_t pong_due_ns_ = -1;  // when the answer to a ping is overdue
};

// The connection of a handle for the actor that owns it; null when it is closed or another's.
WsConnection* UseWsConnection(Actor* actor, uint64_t id);

// The members of a room, over all servers of the program. Thread-safe.
std::vector<uint64_t> RoomMembers(const std::string& room);

}  // namespace snow::rt

#endif  // RUNTIME_WEBSOCKET_CONNECTION_H_
