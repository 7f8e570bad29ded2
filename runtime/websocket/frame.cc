#include "runtime/websocket/frame.h"

#include <algorithm>
#include <cstring>

namespace snow::rt {
namespace {

constexpr size_t kMaxControl = 125;

// Bytes of the header, known from the first two: 0 while they have not come.
size_t HeaderLength(const uint8_t* header, size_t have) {
  if (have < 2) return 2;
  uint8_t length = header[1] & 0x7F;
  size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
  return 2 + extended + ((header[1] & 0x80) != 0 ? 4 : 0);
}

// XORs `count` bytes with the mask, beginning at position `at` of the payload.
void Unmask(char* bytes, size_t count, const uint8_t* mask, uint64_t at) {
  uint8_t turned[8];
  for (size_t i = 0; i < 8; ++i) turned[i] = mask[(at + i) & 3];
  uint64_t word;
  std::memcpy(&word, turned, 8);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t eight;
    std::memcpy(&eight, bytes + i, 8);
    eight ^= word;
    std::memcpy(bytes + i, &eight, 8);
  }
  for (; i < count; ++i) bytes[i] = static_cast<char>(bytes[i] ^ turned[i & 7]);
}

}  // namespace

bool IsValidCloseCode(int code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

WsDecoder::Step WsDecoder::Fail(int code) {
  state_ = State::kFailed;
  close_code_ = code;
  message_.clear();
  return Step::kError;
}

void WsDecoder::ReleaseMemory() { message_ = std::string(); }

WsDecoder::Step WsDecoder::BeginFrame() {
  opcode_ = header_[0] & 0x0F;
  final_ = (header_[0] & 0x80) != 0;
  uint64_t length = header_[1] & 0x7F;
  size_t at = 2;
  if (length == 126) {
    length = static_cast<uint64_t>(header_[2]) << 8 | header_[3];
    at = 4;
    if (length < 126) return Fail(kWsProtocolError);
  } else if (length == 127) {
    length = 0;
    for (; at < 10; ++at) length = length << 8 | header_[at];
    if (length < 65536 || (length >> 63) != 0) return Fail(kWsProtocolError);
  }
  std::memcpy(mask_, header_ + at, 4);
  remaining_ = length;
  mask_at_ = 0;

  if (IsControl()) {
    bool known = opcode_ >= 8 && opcode_ <= 10;
    if (!known || !final_ || length > kMaxControl) return Fail(kWsProtocolError);
    control_size_ = 0;
  } else {
    if (opcode_ > 2) return Fail(kWsProtocolError);
    // A message begins with text or binary and goes on with continuations.
    if ((opcode_ == 0) != (message_opcode_ != 0)) return Fail(kWsProtocolError);
    if (opcode_ != 0) {
      message_opcode_ = opcode_;
      utf8_ = Utf8Check();
    }
    if (length > max_message_ - message_.size()) return Fail(kWsTooBig);
  }
  state_ = State::kPayload;
  return Step::kNeedMore;
}

bool WsDecoder::AddPayload(std::string_view bytes) {
  if (IsControl()) {
    char* to = control_ + control_size_;
    std::memcpy(to, bytes.data(), bytes.size());
    Unmask(to, bytes.size(), mask_, mask_at_);
    control_size_ += static_cast<uint8_t>(bytes.size());
  } else {
    size_t old = message_.size();
    message_.append(bytes);
    Unmask(message_.data() + old, bytes.size(), mask_, mask_at_);
    if (message_opcode_ == 1 && !utf8_.Feed(std::string_view(message_).substr(old))) return false;
  }
  mask_at_ += bytes.size();
  remaining_ -= bytes.size();
  return true;
}

WsDecoder::Step WsDecoder::EndClose() {
  if (control_size_ == 0) {
    close_code_ = kWsNoStatus;
    return Step::kClose;
  }
  if (control_size_ == 1) return Fail(kWsProtocolError);
  int code = static_cast<uint8_t>(control_[0]) << 8 | static_cast<uint8_t>(control_[1]);
  if (!IsValidCloseCode(code)) return Fail(kWsProtocolError);
  std::memmove(control_, control_ + 2, control_size_ - 2);
  control_size_ -= 2;
  if (!IsWholeUtf8(control())) return Fail(kWsInvalidText);
  close_code_ = code;
  return Step::kClose;
}

WsDecoder::Step WsDecoder::EndFrame() {
  state_ = State::kHeader;
  header_size_ = 0;
  switch (static_cast<WsOpcode>(opcode_)) {
    case WsOpcode::kPing:
      return Step::kPing;
    case WsOpcode::kPong:
      return Step::kPong;
    case WsOpcode::kClose:
      return EndClose();
    default:
      break;
  }
  if (!final_) return Step::kNeedMore;
  bool text = message_opcode_ == 1;
  if (text && !utf8_.IsComplete()) return Fail(kWsInvalidText);
  message_opcode_ = 0;
  delivered_ = true;
  return text ? Step::kText : Step::kBinary;
}

WsDecoder::Step WsDecoder::Next(std::string_view input, size_t& used) {
  used = 0;
  if (delivered_) {
    message_.clear();
    delivered_ = false;
  }
  while (state_ != State::kFailed) {
    if (state_ == State::kHeader) {
      size_t need = HeaderLength(header_, header_size_);
      if (header_size_ < need) {
        if (used == input.size()) return Step::kNeedMore;
        header_[header_size_++] = input[used++];
        // What the first two bytes forbid is refused without waiting for more.
        if (header_size_ == 1 && (header_[0] & 0x70) != 0) return Fail(kWsProtocolError);
        if (header_size_ == 2 && (header_[1] & 0x80) == 0) return Fail(kWsProtocolError);
        continue;
      }
      if (BeginFrame() == Step::kError) return Step::kError;
    }
    size_t count = std::min<uint64_t>(remaining_, input.size() - used);
    if (!AddPayload(input.substr(used, count))) return Fail(kWsInvalidText);
    used += count;
    if (remaining_ > 0) return Step::kNeedMore;
    Step step = EndFrame();
    if (step != Step::kNeedMore) return step;
  }
  return Step::kError;
}

size_t WriteFrameHeader(WsOpcode opcode, size_t payload_size, char* to) {
  to[0] = static_cast<char>(0x80 | static_cast<uint8_t>(opcode));
  if (payload_size < 126) {
    to[1] = static_cast<char>(payload_size);
    return 2;
  }
  int bytes = payload_size < 65536 ? 2 : 8;
  to[1] = bytes == 2 ? 126 : 127;
  for (int i = 0; i < bytes; ++i) {
    to[2 + i] = static_cast<char>(payload_size >> (8 * (bytes - 1 - i)));
  }
  return static_cast<size_t>(2 + bytes);
}

void AppendFrame(WsOpcode opcode, std::string_view payload, std::string& out) {
  char header[10];
  out.append(header, WriteFrameHeader(opcode, payload.size(), header));
  out += payload;
}

void AppendCloseFrame(int code, std::string_view reason, std::string& out) {
  if (!IsValidCloseCode(code)) {
    AppendFrame(WsOpcode::kClose, {}, out);
    return;
  }
  size_t size = std::min(reason.size(), kMaxControl - 2);
  while (size < reason.size() && size > 0 && (reason[size] & 0xC0) == 0x80) --size;
  char payload[kMaxControl];
  payload[0] = static_cast<char>(code >> 8);
  payload[1] = static_cast<char>(code);
  std::memcpy(payload + 2, reason.data(), size);
  AppendFrame(WsOpcode::kClose, {payload, size + 2}, out);
}

}  // namespace snow::rt
