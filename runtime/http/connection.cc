#include "runtime/http/connection.h"

#include <algorithm>
#include <utility>

namespace snow::rt {
namespace {

constexpr size_t kFirstRead = 4 * 1024;
constexpr size_t kBigRead = 64 * 1024;
// What is read and dropped after the last answer.
constexpr size_t kMaxLinger = 1024 * 1024;

}  // namespace

HttpConnection::HttpConnection(std::unique_ptr<Stream> stream, const HttpLimits& limits)
    : stream_(std::move(stream)), limits_(limits) {}

std::optional<HttpConnection::Step> HttpConnection::Fill() {
  char* to = in_.Room(in_.empty() ? kFirstRead : 1);
  // A large body deserves large reads, but only once as much has come.
  if (in_.size() >= kFirstRead) to = in_.Room(std::min(in_.size(), kBigRead));
  IoResult result = stream_->Read(to, in_.room());
  switch (result.status) {
    case IoStatus::kOk:
      in_.Grow(result.count);
      return std::nullopt;
    case IoStatus::kWantRead:
      return Step::kWantRead;
    case IoStatus::kWantWrite:
      return Step::kWantWrite;
    case IoStatus::kEof:
    case IoStatus::kError:
      break;
  }
  return Step::kClosed;
}

HttpConnection::Step HttpConnection::Refuse(int status, const char* reason) {
  head_.status = status;
  head_.reason = reason;
  head_.keep_alive = false;
  return Step::kRefused;
}

HttpConnection::Step HttpConnection::ReadRequest() {
  if (phase_ == Phase::kHandshake) {
    switch (stream_->Handshake()) {
      case IoStatus::kOk:
        phase_ = Phase::kIdle;
        break;
      case IoStatus::kWantRead:
        return Step::kWantRead;
      case IoStatus::kWantWrite:
        return Step::kWantWrite;
      default:
        return Step::kClosed;
    }
  }
  return phase_ == Phase::kBody ? ReadBody() : ReadHead();
}

HttpConnection::Step HttpConnection::ReadHead() {
  while (true) {
    if (in_.size() > searched_) {
      phase_ = Phase::kHead;
      HeadStatus status = ParseRequestHead(in_.view(), limits_.max_head, searched_, head_);
      if (status == HeadStatus::kDone) return BeginBody();
      if (status == HeadStatus::kRefused) return Refuse(head_.status, head_.reason);
      searched_ = in_.size();
    }
    if (auto step = Fill()) return *step;
  }
}

HttpConnection::Step HttpConnection::BeginBody() {
  searched_ = 0;
  head_at_ = in_.data();
  if (!head_.has_body) return Complete({});
  if (head_.content_length > limits_.max_body) return Refuse(413, "body too large");
  phase_ = Phase::kBody;
  if (head_.chunked) {
    // The decoded body grows while the coded one is dropped, so the head moves out of its way.
    head_text_.assign(in_.data(), head_.size);
    in_.Drop(head_.size);
    ParseRequestHead(head_text_, limits_.max_head, 0, head_);
    chunks_ = ChunkedDecoder();
    chunked_body_.Clear();
  }
  bool has_come = head_.chunked ? !in_.empty() : in_.size() >= head_.size + head_.content_length;
  if (head_.expects_continue && !has_come) out_.Append("HTTP/1.1 100 Continue\r\n\r\n");
  return ReadBody();
}

HttpConnection::Step HttpConnection::ReadBody() {
  if (head_.chunked) return ReadChunked();
  while (in_.size() - head_.size < head_.content_length) {
    if (auto step = Fill()) return *step;
  }
  if (in_.data() != head_at_) {
    // The buffer has moved since: the views must follow.
    ParseRequestHead(in_.view(), limits_.max_head, 0, head_);
    head_at_ = in_.data();
  }
  return Complete(in_.view().substr(head_.size, head_.content_length));
}

HttpConnection::Step HttpConnection::ReadChunked() {
  while (true) {
    while (!in_.empty()) {
      ChunkedDecoder::Result result = chunks_.Next(in_.view());
      if (result.step == ChunkedDecoder::Step::kBad) return Refuse(400, "bad chunked body");
      if (chunked_body_.size() + result.data.size() > limits_.max_body) {
        return Refuse(413, "body too large");
      }
      chunked_body_.Append(result.data);
      in_.Drop(result.used);
      if (result.step == ChunkedDecoder::Step::kDone) return Complete(chunked_body_.view());
    }
    if (auto step = Fill()) return *step;
  }
}

HttpConnection::Step HttpConnection::Complete(std::string_view body) {
  body_view_ = body;
  phase_ = Phase::kIdle;
  return Step::kRequest;
}

ResponseWriter HttpConnection::BeginAnswer(int status, bool close) {
  closing_ = close || !head_.keep_alive;
  return ResponseWriter(out_, status, !closing_, head_.minor_version);
}

void HttpConnection::EndAnswer() {
  if (head_.status != 0) return;  // refused: what comes after it is not read as requests
  if (head_.chunked) {
    chunked_body_.Clear();
    chunked_body_.ReleaseIfEmpty();
    head_text_ = std::string();
  } else {
    in_.Drop(head_.size + head_.content_length);
  }
  body_view_ = {};
  head_ = RequestHead();
}

IoStatus HttpConnection::Flush() {
  while (!out_.empty()) {
    IoResult result = stream_->Write(out_.data(), out_.size());
    if (result.status != IoStatus::kOk) return result.status;
    out_.Drop(result.count);
  }
  out_.ReleaseIfEmpty();
  if (in_.empty()) in_.ReleaseIfEmpty();
  return IoStatus::kOk;
}

IoStatus HttpConnection::Linger() {
  if (lingered_ == 0) {
    stream_->FinishSending();
    lingered_ = 1;
  }
  in_.Clear();
  while (lingered_ < kMaxLinger) {
    IoResult result = stream_->Read(in_.Room(kFirstRead), kFirstRead);
    if (result.status == IoStatus::kEof) return IoStatus::kOk;
    if (result.status != IoStatus::kOk) return result.status;
    lingered_ += result.count;
  }
  return IoStatus::kOk;
}

std::unique_ptr<Stream> HttpConnection::TakeStream(ByteBuffer& unread) {
  unread.Swap(in_);
  return std::move(stream_);
}

}  // namespace snow::rt
