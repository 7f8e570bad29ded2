// One HTTP/1.x connection on the server's side, as a state machine without waiting: each call does
// what can be done at once and says what to wait for.
//
// The order of calls for each request: ReadRequest until kRequest; the request's parts are valid
// until Answer; Answer, then Flush until kOk. Nothing is held in the caller's frame between calls,
// so a caller may be killed while it waits. Thread-compatible: one user at a time.
#ifndef RUNTIME_HTTP_CONNECTION_H_
#define RUNTIME_HTTP_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/http/chunked.h"
#include "runtime/http/request_head.h"
#include "runtime/http/response.h"
#include "runtime/net/byte_buffer.h"
#include "runtime/net/stream.h"

namespace snow::rt {

struct HttpLimits {
  size_t max_head = 64 * 1024;
  size_t max_body = 8 * 1024 * 1024;
  int64_t header_ms = 10'000;  // from the first byte of a request to the end of its head
  int64_t idle_ms = 60'000;    // between requests, and between two pieces of a body or an answer
};

class HttpConnection {
 public:
  enum class Step : uint8_t {
    kWantRead,
    kWantWrite,
    kRequest,  // head() and body() are those of the next request
    kRefused,  // refuse the request: `Answer` with refused_status(), then close
    kClosed,   // the peer has gone, or the connection broke
  };

  // What the connection waits for decides how long it may.
  enum class Phase : uint8_t { kHandshake, kIdle, kHead, kBody };

  HttpConnection(std::unique_ptr<Stream> stream, const HttpLimits& limits);

  // Goes on towards the next request.
  Step ReadRequest();
  Phase phase() const { return phase_; }
  // Whether nothing of a next request has come: a good moment to wait without a stack.
  bool IsIdle() const { return phase_ == Phase::kIdle && in_.empty() && out_.empty(); }
  // Whether it may wait for the socket to become readable without having asked it: nothing of a
  // next request can be there already.
  bool MayWait() const { return IsIdle() && stream_->drained() && !stream_->HasBuffered(); }
  // Whether ReadRequest could get on without the socket becoming readable.
  bool HasInput() const { return !in_.empty() || stream_->HasBuffered(); }

  const RequestHead& head() const { return head_; }
  std::string_view body() const { return body_view_; }
  int refused_status() const { return head_.status; }
  const char* refused_reason() const { return head_.reason; }

  // Begins the answer to the present request; with `close` the connection ends after it.
  ResponseWriter BeginAnswer(int status, bool close);
  // The answer is complete: the request's parts are gone.
  void EndAnswer();
  // Whether the connection is to be closed once everything is flushed.
  bool closing() const { return closing_; }
  // Whether the answer may wait for those of further requests that have come already (pipelining).
  bool MayDelayFlush() const { return !closing_ && !in_.empty() && out_.size() < 64 * 1024; }

  // Writes what is to be written: kOk, kWantRead or kWantWrite (TLS), kError.
  IoStatus Flush();
  // After the last answer: sends the end of the stream, then reads what still comes for a while, so
  // that the peer gets the answer instead of a reset. kOk when the peer has closed too.
  IoStatus Linger();

  Stream& stream() { return *stream_; }
  // Hands over stream and unread bytes to a WebSocket; this object is of no further use.
  std::unique_ptr<Stream> TakeStream(ByteBuffer& unread);

 private:
  Step ReadHead();
  Step ReadBody();
  Step ReadChunked();
  // Reads what the socket has: nothing means that some came.
  std::optional<Step> Fill();
  Step Refuse(int status, const char* reason);
  Step BeginBody();
  Step Complete(std::string_view body);

  std::unique_ptr<Stream> stream_;
  const HttpLimits& limits_;
  ByteBuffer in_;
  ByteBuffer out_;
  ByteBuffer chunked_body_;        // decoded
  std::string head_text_;          // the head of a request whose body is chunked
  RequestHead head_;               // its views point into in_ or head_text_
  const char* head_at_ = nullptr;  // where the head was parsed
  std::string_view body_view_;
  ChunkedDecoder chunks_;
  size_t searched_ = 0;  // bytes of in_ without the end of a head
  size_t lingered_ = 0;
  Phase phase_ = Phase::kHandshake;
  bool closing_ = false;
};

}  // namespace snow::rt

#endif  // RUNTIME_HTTP_CONNECTION_H_
