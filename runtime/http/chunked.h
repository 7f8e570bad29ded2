// Decodes a body in the transfer coding `chunked` (RFC 9112 section 7.1) piece by piece.
//
// Strict: sizes are 1 to 15 hexadecimal digits, every line ends with CR LF, a line with its
// extensions holds 4 KiB at most, the trailer section 16 KiB. Extensions and trailers are dropped.
#ifndef RUNTIME_HTTP_CHUNKED_H_
#define RUNTIME_HTTP_CHUNKED_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace snow::rt {

class ChunkedDecoder {
 public:
  enum class Step : uint8_t {
    kNeedMore,  // all bytes are used up
    kData,      // `data` is the next piece of the body
    kDone,      // the body is complete
    kBad,       // not chunked coding: the connection must be closed
  };

  struct Result {
    Step step;
    size_t used;            // bytes of the input that this step took
    std::string_view data;  // points into the input
  };

  // Takes what it can off the front of `input`; called again with the rest.
  Result Next(std::string_view input);

  // The size of the chunk at hand, as the peer claims it: what is still missing of it.
  uint64_t remaining() const { return remaining_; }

 private:
  enum class State : uint8_t {
    kSizeStart,
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailer,
    kTrailerLf,
    kLastLf,
    kDone,
    kBad,
  };

  // One byte outside of the data.
  void Step1(uint8_t c);

  uint64_t remaining_ = 0;
  uint32_t line_ = 0;  // bytes of the present line, or of the trailer section
  State state_ = State::kSizeStart;
  uint8_t digits_ = 0;
};

}  // namespace snow::rt

#endif  // RUNTIME_HTTP_CHUNKED_H_
