// A connected byte stream over a non-blocking socket: plain TCP here, TLS in runtime/tls.
//
// No call blocks. A call that cannot go on says what to wait for; callers park their actor until
// the socket is ready and call again. Thread-compatible: one user at a time.
#ifndef RUNTIME_NET_STREAM_H_
#define RUNTIME_NET_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace snow::rt {

enum class IoStatus : uint8_t {
  kOk,
  kWantRead,   // again when the socket is readable
  kWantWrite,  // again when it is writable
  kEof,        // the peer has finished sending, in good order
  kError,      // broken: `error()` says why
};

struct IoResult {
  IoStatus status;
  size_t count = 0;  // bytes, with kOk
};

class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) {}
  virtual ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // What must happen before data can flow (TLS); kOk when done.
  virtual IoStatus Handshake() = 0;
  virtual IoResult Read(char* to, size_t size) = 0;
  virtual IoResult Write(const char* from, size_t size) = 0;
  // Tells the peer that nothing more will be sent. Best effort.
  virtual void FinishSending() = 0;
  // Whether bytes wait inside that no poller can see.
  virtual bool HasBuffered() const = 0;

  int fd() const { return fd_; }
  const std::string& error() const { return error_; }
  // Whether the latest Read left the socket empty, so that another would only say kWantRead.
  bool drained() const { return drained_; }
  void NoteReadable() { drained_ = false; }

 protected:
  IoResult Fail(std::string error);
  IoResult FailWithErrno(const char* what);

  int fd_;
  bool drained_ = false;
  std::string error_;
};

// Takes the socket over and closes it with the stream.
std::unique_ptr<Stream> MakePlainStream(int fd);

// The system's text for an errno value, thread-safe: `Connection refused`.
std::string ErrnoText(int code);

}  // namespace snow::rt

#endif  // RUNTIME_NET_STREAM_H_
