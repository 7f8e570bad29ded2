#include "runtime/http/chunked.h"

#include <algorithm>

namespace snow::rt {
namespace {

constexpr uint32_t kMaxLine = 4 * 1024;
constexpr uint32_t kMaxTrailers = 16 * 1024;
constexpr uint8_t kMaxDigits = 15;

int HexDigit(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsControl(uint8_t c) { return (c < 0x20 && c != '\t') || c == 0x7F; }

}  // namespace

void ChunkedDecoder::Step1(uint8_t c) {
  auto expect = [&](uint8_t wanted, State next) { state_ = c == wanted ? next : State::kBad; };
  switch (state_) {
    case State::kSizeStart:
    case State::kSize: {
      int digit = HexDigit(c);
      if (digit >= 0 && digits_ < kMaxDigits) {
        remaining_ = remaining_ << 4 | static_cast<uint64_t>(digit);
        ++digits_;
        state_ = State::kSize;
      } else if (digit >= 0 || digits_ == 0) {
        state_ = State::kBad;
      } else if (c == '\r') {
        state_ = State::kSizeLf;
      } else if (c == ';' || c == ' ' || c == '\t') {
        line_ = 0;
        state_ = State::kExtension;
      } else {
        state_ = State::kBad;
      }
      break;
    }
    case State::kExtension:
      if (c == '\r') {
        state_ = State::kSizeLf;
      } else if (IsControl(c) || ++line_ > kMaxLine) {
        state_ = State::kBad;
      }
      break;
    case State::kSizeLf:
      line_ = 0;
      expect('\n', remaining_ == 0 ? State::kTrailerStart : State::kData);
      break;
    case State::kDataCr:
      expect('\r', State::kDataLf);
      break;
    case State::kDataLf:
      digits_ = 0;
      expect('\n', State::kSizeStart);
      break;
    case State::kTrailerStart:
      if (c == '\r') {
        state_ = State::kLastLf;
        break;
      }
      // A folded or nameless line is as suspect here as in the head.
      if (c == ' ' || c == '\t' || c == ':' || IsControl(c) || ++line_ > kMaxTrailers) {
        state_ = State::kBad;
        break;
      }
      state_ = State::kTrailer;
      break;
    case State::kTrailer:
      if (c == '\r') {
        state_ = State::kTrailerLf;
      } else if (IsControl(c) || ++line_ > kMaxTrailers) {
        state_ = State::kBad;
      }
      break;
    case State::kTrailerLf:
      expect('\n', State::kTrailerStart);
      break;
    case State::kLastLf:
      expect('\n', State::kDone);
      break;
    case State::kData:
    case State::kDone:
    case State::kBad:
      break;
  }
}

ChunkedDecoder::Result ChunkedDecoder::Next(std::string_view input) {
  size_t used = 0;
  while (true) {
    if (state_ == State::kBad) return {Step::kBad, used, {}};
    if (state_ == State::kDone) return {Step::kDone, used, {}};
    if (used == input.size()) return {Step::kNeedMore, used, {}};
    if (state_ == State::kData) {
      size_t size = std::min<uint64_t>(remaining_, input.size() - used);
      remaining_ -= size;
      if (remaining_ == 0) state_ = State::kDataCr;
      return {Step::kData, used + size, input.substr(used, size)};
    }
    Step1(input[used++]);
  }
}

}  // namespace snow::rt
