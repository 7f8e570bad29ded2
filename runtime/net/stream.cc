#include "runtime/net/stream.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace snow::rt {
namespace {

class PlainStream final : public Stream {
 public:
  explicit PlainStream(int fd) : Stream(fd) {}

  IoStatus Handshake() override { return IoStatus::kOk; }

  IoResult Read(char* to, size_t size) override {
    while (true) {
      ssize_t count = ::recv(fd_, to, size, 0);
      if (count > 0) {
        drained_ = static_cast<size_t>(count) < size;
        return {IoStatus::kOk, static_cast<size_t>(count)};
      }
      if (count == 0) return {IoStatus::kEof};
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        drained_ = true;
        return {IoStatus::kWantRead};
      }
      if (errno != EINTR) return FailWithErrno("read");
    }
  }

  IoResult Write(const char* from, size_t size) override {
    while (true) {
      ssize_t count = ::send(fd_, from, size, MSG_NOSIGNAL);
      if (count >= 0) return {IoStatus::kOk, static_cast<size_t>(count)};
      if (errno == EAGAIN || errno == EWOULDBLOCK) return {IoStatus::kWantWrite};
      if (errno != EINTR) return FailWithErrno("write");
    }
  }

  void FinishSending() override { ::shutdown(fd_, SHUT_WR); }
  bool HasBuffered() const override { return false; }
};

}  // namespace

Stream::~Stream() {
  if (fd_ >= 0) ::close(fd_);
}

IoResult Stream::Fail(std::string error) {
  error_ = std::move(error);
  return {IoStatus::kError};
}

IoResult Stream::FailWithErrno(const char* what) {
  return Fail(std::string(what) + ": " + ErrnoText(errno));
}

std::unique_ptr<Stream> MakePlainStream(int fd) { return std::make_unique<PlainStream>(fd); }

std::string ErrnoText(int code) {
  char buffer[128];
  return ::strerror_r(code, buffer, sizeof(buffer));
}

}  // namespace snow::rt
