// Any bytes as a chunked body: the result does not depend on how the input is cut.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/http/chunked.h"

namespace snow::rt {
namespace {

struct Outcome {
  ChunkedDecoder::Step step = ChunkedDecoder::Step::kNeedMore;
  size_t used = 0;
  std::string body;
};

Outcome Decode(std::string_view input, size_t piece) {
  ChunkedDecoder decoder;
  Outcome outcome;
  while (true) {
    auto result = decoder.Next(input.substr(outcome.used, piece));
    outcome.used += result.used;
    outcome.step = result.step;
    outcome.body += result.data;
    bool more = result.step == ChunkedDecoder::Step::kData ||
                (result.step == ChunkedDecoder::Step::kNeedMore && outcome.used < input.size());
    if (!more) return outcome;
  }
}

}  // namespace
}  // namespace snow::rt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  auto whole = snow::rt::Decode(input, size + 1);
  auto bytes = snow::rt::Decode(input, 1);
  if (whole.step != bytes.step || whole.body != bytes.body || whole.used > size) std::abort();
  return 0;
}
