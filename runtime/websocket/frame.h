// WebSocket frames (RFC 6455 section 5) as a server sees them: the decoder takes masked frames of a
// client apart, the encoder writes unmasked ones.
//
// Pure: no I/O. The decoder holds one message of up to its limit; it takes memory for bytes that
// have come, never for what a length promises.
#ifndef RUNTIME_WEBSOCKET_FRAME_H_
#define RUNTIME_WEBSOCKET_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/http/grammar.h"

namespace snow::rt {

enum class WsOpcode : uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

// Codes of a close frame that the server itself uses.
enum WsCloseCode : int {
  kWsNormal = 1000,
  kWsGoingAway = 1001,
  kWsProtocolError = 1002,
  kWsNoStatus = 1005,  // the close frame had no code (never sent)
  kWsAbnormal = 1006,  // the connection broke (never sent)
  kWsInvalidText = 1007,
  kWsTooBig = 1009,
  kWsTryAgainLater = 1013,
};

// Whether a peer may send this code.
bool IsValidCloseCode(int code);

class WsDecoder {
 public:
  enum class Step : uint8_t {
    kNeedMore,  // all bytes are used up
    kText,      // a complete message is in `message()`
    kBinary,
    kPing,  // the payload is in `control()`
    kPong,
    kClose,  // `close_code()`, and the reason in `control()`
    kError,  // the connection must be closed with `close_code()`
  };

  explicit WsDecoder(size_t max_message = 16 * 1024 * 1024) : max_message_(max_message) {}

  // Takes bytes off the front of `input` up to the end of one frame; `used` says how many.
  Step Next(std::string_view input, size_t& used);

  // The message of the latest kText or kBinary; the caller may move it away. Emptied by the next
  // call of Next.
  std::string& message() { return message_; }
  std::string_view control() const { return {control_, control_size_}; }
  int close_code() const { return close_code_; }
  // Gives the memory of the latest message back.
  void ReleaseMemory();

 private:
  enum class State : uint8_t { kHeader, kPayload, kFailed };

  Step Fail(int code);
  // The header is complete in header_: its rules.
  Step BeginFrame();
  Step EndFrame();
  Step EndClose();
  bool IsControl() const { return (opcode_ & 8) != 0; }
  bool AddPayload(std::string_view bytes);

  size_t max_message_;
  std::string message_;
  uint64_t remaining_ = 0;  // payload bytes of the frame that have not come
  uint64_t mask_at_ = 0;    // payload bytes that have come: the position in the mask
  int close_code_ = 0;
  Utf8Check utf8_;
  State state_ = State::kHeader;
  uint8_t header_[14];
  uint8_t header_size_ = 0;  // bytes of it that have come
  uint8_t mask_[4];
  uint8_t opcode_ = 0;  // of the present frame
  bool final_ = false;
  uint8_t message_opcode_ = 0;  // of the message that has begun: 0 none, 1 text, 2 binary
  bool delivered_ = false;      // message_ was handed out
  uint8_t control_size_ = 0;
  char control_[125];
};

// Writes the header of an unmasked, final frame; returns its size, at most 10.
size_t WriteFrameHeader(WsOpcode opcode, size_t payload_size, char* to);
// Appends a frame with its payload.
void AppendFrame(WsOpcode opcode, std::string_view payload, std::string& out);
// Appends a close frame; a reason that does not fit into the frame is cut at a character.
void AppendCloseFrame(int code, std::string_view reason, std::string& out);

}  // namespace snow::rt

#endif  // RUNTIME_WEBSOCKET_FRAME_H_
