#include "runtime/websocket/connection.h"

#include <sys/epoll.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace snow::rt {
namespace {

constexpr size_t kRead = 4 * 1024;
// What one turn reads at most, so that a busy peer does not keep the actor from anything else.
constexpr int kReadsAtOnce = 16;
constexpr WsLimits kLimits;

// The rooms of the program: over all servers, by name.
struct Rooms {
  std::mutex mutex;
  std::unordered_map<std::string, std::unordered_set<uint64_t>> members;  // guarded by mutex

  void Add(const std::string& room, uint64_t id) {
    std::lock_guard hold(mutex);
    members[room].insert(id);
  }
  void Remove(const std::string& room, uint64_t id) {
    std::lock_guard hold(mutex);
    auto found = members.find(room);
    if (found == members.end()) return;
    found->second.erase(id);
    if (found->second.empty()) members.erase(found);
  }
};

Rooms& TheRooms() {
  static Rooms* rooms = nullptr;
  static std::once_flag once;
  std::call_once(once, [] { rooms = new Rooms; });
  return *rooms;
}

}  // namespace

std::vector<uint64_t> RoomMembers(const std::string& room) {
  Rooms& rooms = TheRooms();
  std::lock_guard hold(rooms.mutex);
  auto found = rooms.members.find(room);
  if (found == rooms.members.end()) return {};
  return {found->second.begin(), found->second.end()};
}

WsConnection::WsConnection(Ref<HttpServer> server, std::unique_ptr<Stream> stream,
                           ByteBuffer& unread, std::string answer)
    : Resource(kKind),
      server_(std::move(server)),
      answer_(std::move(answer)),
      stream_(std::move(stream)),
      decoder_(kLimits.max_message),
      heard_ns_(NowNs()) {
  in_.Swap(unread);
}

bool WsConnection::Begin(Actor* actor) {
  uint64_t number = g_resources.Add(this);
  if (number == 0) return false;
  owner_pid_ = actor->pid;
  Retain();
  cleanup_.connection = this;
  cleanup_.close = [](Worker& worker, Cleanup* cleanup) {
    WsConnection* connection = static_cast<Owner*>(cleanup)->connection;
    connection->Close(worker);
    connection->Release();
  };
  AddCleanup(actor, &cleanup_);
  server_->AddConnection(number);
  return port_.Open(stream_->fd(), number);
}

void WsConnection::Close(Worker& worker) {
  if (is_closed_) return;
  is_closed_ = true;
  port_.Close(worker);
  LeaveRooms();
  {
    std::lock_guard hold(mutex_);
    state_ = State::kEnded;
    stream_.reset();
    out_.Clear();
    out_.ReleaseIfEmpty();
  }
  g_resources.Remove(id());
  server_->RemoveConnection(worker, id());
}

// --- Sending -------------------------------------------------------------------------------------

void WsConnection::BreakLocked(int code, const char* reason) {
  is_broken_ = true;
  if (own_code_ == 0) {
    own_code_ = code;
    own_reason_ = reason;
  }
  out_.Clear();
  out_.ReleaseIfEmpty();
}

void WsConnection::FlushLocked() {
  if (state_ == State::kOpening || state_ == State::kEnded || is_broken_) return;
  while (!out_.empty()) {
    port_.Clear(kWritable);
    IoResult result = stream_->Write(out_.data(), out_.size());
    if (result.status == IoStatus::kOk) {
      out_.Drop(result.count);
    } else if (result.status == IoStatus::kWantRead || result.status == IoStatus::kWantWrite) {
      return;
    } else {
      return BreakLocked(kWsAbnormal, "connection lost");
    }
  }
  out_.ReleaseIfEmpty();
}

bool WsConnection::Send(Worker& worker, WsOpcode opcode, std::string_view payload) {
  bool is_stuck = false;
  {
    std::lock_guard hold(mutex_);
    if ((state_ != State::kOpen && state_ != State::kOpening) || is_broken_) return false;
    if (out_.size() > kLimits.max_queue) {
      BreakLocked(kWsTryAgainLater, "send queue full");
      is_stuck = true;
    } else {
      char header[10];
      size_t size = WriteFrameHeader(opcode, payload.size(), header);
      out_.Append({header, size});
      out_.Append(payload);
      FlushLocked();
      is_stuck = is_broken_;
    }
  }
  if (is_stuck) port_.WakeWaiter(worker);
  return !is_stuck;
}

void WsConnection::SendCloseLocked(int code, std::string_view reason) {
  std::string frame;
  AppendCloseFrame(code, reason, frame);
  out_.Append(frame);
  FlushLocked();
}

void WsConnection::StartClose(Worker& worker, int code, std::string_view reason) {
  {
    std::lock_guard hold(mutex_);
    if (state_ == State::kClosing || state_ == State::kEnded) return;
    own_code_ = code;
    own_reason_ = reason;
    if (state_ == State::kOpen) {
      SendCloseLocked(code, reason);
      state_ = State::kClosing;
      close_deadline_ns_ = DeadlineAfter(kLimits.close_ms);
    }
  }
  port_.WakeWaiter(worker);
}

void WsConnection::RequestStop(Worker& worker) { StartClose(worker, kWsGoingAway, "server stops"); }

void WsConnection::OnReady(Worker& worker, uint32_t ready) {
  if ((ready & (EPOLLOUT | EPOLLIN)) != 0) {
    std::lock_guard hold(mutex_);
    FlushLocked();
  }
  port_.Notify(worker, ready);
}

void WsConnection::Accept(Worker& worker) {
  int code = 0;
  std::string reason;
  {
    std::lock_guard hold(mutex_);
    if (state_ != State::kOpening) return;
    ByteBuffer waiting;
    waiting.Swap(out_);
    out_.Append(answer_);
    answer_ = std::string();
    out_.Append(waiting.view());
    state_ = State::kOpen;
    // Closed by its own on_connect: after what that sent.
    code = std::exchange(own_code_, 0);
    reason = own_reason_;
    FlushLocked();
  }
  if (code != 0) StartClose(worker, code, reason);
}

void WsConnection::Refuse(Worker& worker, std::string_view response) {
  {
    std::lock_guard hold(mutex_);
    if (state_ != State::kOpening) return;
    out_.Clear();
    out_.Append(response);
    state_ = State::kOpen;
    FlushLocked();
    stream_->FinishSending();
  }
  Close(worker);
}

// --- Rooms ---------------------------------------------------------------------------------------

bool WsConnection::Join(const std::string& room) {
  std::lock_guard hold(mutex_);
  if (state_ == State::kClosing || state_ == State::kEnded || is_broken_) return false;
  if (std::find(rooms_.begin(), rooms_.end(), room) != rooms_.end()) return true;
  rooms_.push_back(room);
  TheRooms().Add(room, id());
  return true;
}

bool WsConnection::Leave(const std::string& room) {
  std::lock_guard hold(mutex_);
  auto found = std::find(rooms_.begin(), rooms_.end(), room);
  if (found == rooms_.end()) return false;
  rooms_.erase(found);
  TheRooms().Remove(room, id());
  return true;
}

void WsConnection::LeaveRooms() {
  std::lock_guard hold(mutex_);
  for (const std::string& room : rooms_) TheRooms().Remove(room, id());
  rooms_.clear();
}

// --- Reading -------------------------------------------------------------------------------------

WsConnection::Event WsConnection::End(int code, std::string_view reason, bool prefers_own) {
  close_code_ = code;
  message_ = reason;
  {
    std::lock_guard hold(mutex_);
    FlushLocked();
    if (state_ != State::kEnded && stream_ != nullptr) stream_->FinishSending();
    state_ = State::kEnded;
    if (prefers_own && own_code_ != 0) {
      close_code_ = own_code_;
      message_ = own_reason_;
    }
  }
  LeaveRooms();
  decoder_.ReleaseMemory();
  return Event::kClosed;
}

// Takes frames out of what has been read.
WsConnection::Event WsConnection::Decode(Worker& worker) {
  while (!in_.empty()) {
    size_t used = 0;
    WsDecoder::Step step = decoder_.Next(in_.view(), used);
    in_.Drop(used);
    switch (step) {
      case WsDecoder::Step::kNeedMore:
        break;
      case WsDecoder::Step::kText:
      case WsDecoder::Step::kBinary: {
        std::lock_guard hold(mutex_);
        // After our close frame messages are no concern any more.
        if (state_ != State::kOpen) break;
        message_ = std::move(decoder_.message());
        return Event::kMessage;
      }
      case WsDecoder::Step::kPing:
        Send(worker, WsOpcode::kPong, decoder_.control());
        break;
      case WsDecoder::Step::kPong:
        break;
      case WsDecoder::Step::kClose:
      case WsDecoder::Step::kError: {
        bool is_error = step == WsDecoder::Step::kError;
        {
          std::lock_guard hold(mutex_);
          if (state_ == State::kOpen) SendCloseLocked(decoder_.close_code(), {});
        }
        std::string_view reason = is_error ? "protocol error" : decoder_.control();
        return End(decoder_.close_code(), reason, /*prefers_own=*/!is_error);
      }
    }
  }
  in_.ReleaseIfEmpty();
  return Event::kNone;
}

// Pings, and gives up on a peer that is silent. False when it is given up.
bool WsConnection::CheckTimes(Worker& worker) {
  int64_t now = NowNs();
  {
    std::lock_guard hold(mutex_);
    if (close_deadline_ns_ >= 0 && now >= close_deadline_ns_) return false;
    if (state_ != State::kOpen) return true;
  }
  if (pong_due_ns_ >= 0) return now < pong_due_ns_;
  if (now - heard_ns_ < kLimits.ping_ms * 1'000'000) return true;
  pong_due_ns_ = now + kLimits.pong_ms * 1'000'000;
  Send(worker, WsOpcode::kPing, {});
  return true;
}

WsConnection::Event WsConnection::Next(Worker& worker) {
  message_ = std::string();
  for (int i = 0; i < kReadsAtOnce; ++i) {
    Event event = Decode(worker);
    if (event != Event::kNone) return event;
    IoResult result{IoStatus::kError};
    {
      std::lock_guard hold(mutex_);
      if (!is_broken_ && state_ != State::kEnded) {
        port_.Clear(kReadable);
        char* to = in_.Room(kRead);
        result = stream_->Read(to, in_.room());
      }
    }
    if (result.status == IoStatus::kOk) {
      in_.Grow(result.count);
      heard_ns_ = NowNs();
      pong_due_ns_ = -1;
      continue;
    }
    in_.ReleaseIfEmpty();
    if (result.status == IoStatus::kWantRead || result.status == IoStatus::kWantWrite) {
      if (CheckTimes(worker)) return Event::kNone;
      return End(kWsAbnormal, "no pong", /*prefers_own=*/true);
    }
    return End(kWsAbnormal, "connection lost", /*prefers_own=*/true);
  }
  // There is more: the next wait ends at once.
  port_.Restore(kReadable);
  return Event::kNone;
}

int64_t WsConnection::NextLookNs() {
  std::lock_guard hold(mutex_);
  if (close_deadline_ns_ >= 0) return close_deadline_ns_;
  return pong_due_ns_ >= 0 ? pong_due_ns_ : heard_ns_ + kLimits.ping_ms * 1'000'000;
}

bool WsConnection::Arm(Actor* actor, int64_t& limit_ms) {
  BeginEventWait(actor);
  if (!port_.Arm(actor->pid, kReadable)) return false;
  {
    std::lock_guard hold(mutex_);
    // Looked at after arming: who breaks it wakes whom it finds armed.
    if (is_broken_ || state_ == State::kEnded) {
      port_.Disarm();
      return false;
    }
  }
  limit_ms = MsUntil(NextLookNs());
  return true;
}

WsConnection* UseWsConnection(Actor* actor, uint64_t id) {
  Ref<WsConnection> connection = g_resources.FindAs<WsConnection>(id);
  if (!connection || connection->OwnerPid() != actor->pid) return nullptr;
  return connection.get();
}

}  // namespace snow::rt
