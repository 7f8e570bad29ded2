// Any bytes as frames of a client: no crash, bounded memory, and the events do not depend on how
// the input is cut.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/http/grammar.h"
#include "runtime/websocket/frame.h"

namespace snow::rt {
namespace {

constexpr size_t kLimit = 4096;

std::string Events(std::string_view input, size_t piece) {
  WsDecoder decoder(kLimit);
  std::string events;
  size_t at = 0;
  while (true) {
    size_t used;
    WsDecoder::Step step = decoder.Next(input.substr(at, piece), used);
    at += used;
    if (step == WsDecoder::Step::kNeedMore) {
      if (at == input.size()) return events;
      continue;
    }
    events += static_cast<char>('0' + static_cast<int>(step));
    if (decoder.message().size() > kLimit) std::abort();
    if (step == WsDecoder::Step::kText && !IsWholeUtf8(decoder.message())) std::abort();
    if (step == WsDecoder::Step::kText || step == WsDecoder::Step::kBinary) {
      events += decoder.message();
    } else {
      events += std::to_string(decoder.close_code());
    }
    if (step == WsDecoder::Step::kError) return events;
  }
}

}  // namespace
}  // namespace snow::rt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (snow::rt::Events(input, size + 1) != snow::rt::Events(input, 1)) std::abort();
  return 0;
}
