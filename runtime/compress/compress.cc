// The ABI functions of module Compress, on zlib and zstd.
//
// Decompressing runs twice: the first pass counts, so that no stream of the libraries is open while
// the actor's heap is asked for room, which may panic.
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string_view>

#include "runtime/abi/functions.h"
#include "runtime/text/string_value.h"

namespace snow::rt {
namespace {

enum Format : int64_t { kGzip, kZlib, kDeflate, kZstd };

constexpr size_t kScratchBytes = 16384;

// zlib's windowBits for a format.
int WindowBits(int64_t format) {
  switch (format) {
    case kGzip:
      return 15 + 16;
    case kZlib:
      return 15;
    default:
      return -15;
  }
}

size_t Deflate(int64_t format, int level, std::string_view data, char* to, size_t room) {
  z_stream stream = {};
  deflateInit2(&stream, level, Z_DEFLATED, WindowBits(format), 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(to);
  stream.avail_out = static_cast<uInt>(room);
  deflate(&stream, Z_FINISH);
  const size_t size = stream.total_out;
  deflateEnd(&stream);
  return size;
}

size_t DeflateBound(int64_t format, int level, size_t size) {
  z_stream stream = {};
  deflateInit2(&stream, level, Z_DEFLATED, WindowBits(format), 8, Z_DEFAULT_STRATEGY);
  const size_t bound = deflateBound(&stream, size);
  deflateEnd(&stream);
  return bound;
}

enum class Outcome { kWhole, kMalformed, kTooLarge };

// Where decompressed bytes go: into a room that fits, or nowhere, to be counted.
struct Sink {
  char* room;
  size_t limit;
  size_t size = 0;
};

// Decompresses all of `data` (of gzip all members).
Outcome Inflate(int64_t format, std::string_view data, Sink& sink) {
  z_stream stream = {};
  inflateInit2(&stream, WindowBits(format));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  char scratch[kScratchBytes];
  Outcome outcome = Outcome::kMalformed;
  for (;;) {
    char* to = sink.room != nullptr ? sink.room + sink.size : scratch;
    const size_t left = sink.room != nullptr ? sink.limit - sink.size : sizeof scratch;
    stream.next_out = reinterpret_cast<Bytef*>(to);
    stream.avail_out = static_cast<uInt>(left);
    const int result = inflate(&stream, Z_NO_FLUSH);
    const size_t made = left - stream.avail_out;
    sink.size += made;
    if (sink.size > sink.limit) {
      outcome = Outcome::kTooLarge;
      break;
    }
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) {
        outcome = Outcome::kWhole;
        break;
      }
      if (format != kGzip || inflateReset(&stream) != Z_OK) break;
      continue;
    }
    if (result != Z_OK || (made == 0 && stream.avail_in == 0)) break;
  }
  inflateEnd(&stream);
  return outcome;
}

Outcome Unzstd(std::string_view data, Sink& sink) {
  ZSTD_DStream* stream = ZSTD_createDStream();
  ZSTD_inBuffer in = {data.data(), data.size(), 0};
  char scratch[kScratchBytes];
  size_t result = 1;
  Outcome outcome = Outcome::kWhole;
  bool more = true;
  while (more && outcome == Outcome::kWhole) {
    ZSTD_outBuffer out = {scratch, sizeof scratch, 0};
    if (sink.room != nullptr) out = {sink.room + sink.size, sink.limit - sink.size, 0};
    const size_t before = in.pos;
    result = ZSTD_decompressStream(stream, &out, &in);
    sink.size += out.pos;
    const bool moved = in.pos != before || out.pos > 0;
    if (ZSTD_isError(result) || (!moved && in.pos < in.size)) outcome = Outcome::kMalformed;
    if (sink.size > sink.limit) outcome = Outcome::kTooLarge;
    more = in.pos < in.size || (out.pos == out.size && out.size > 0);
  }
  if (outcome == Outcome::kWhole && result != 0) outcome = Outcome::kMalformed;
  ZSTD_freeDStream(stream);
  return outcome;
}

Outcome Decompress(int64_t format, std::string_view data, Sink& sink) {
  return format == kZstd ? Unzstd(data, sink) : Inflate(format, data, sink);
}

void Result(uint64_t tag, SnowPair text, uint64_t* out) {
  out[0] = tag;
  out[1] = text.first;
  out[2] = text.second;
}

constexpr uint64_t kOk = 0;
constexpr uint64_t kErr = 1;

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;  // NOLINT(google-build-using-namespace)

extern "C" {

SnowPair snow_compress(SnowActor* actor, int64_t kind, uint64_t data_0, uint64_t data_1,
                       int64_t level) {
  const StringArg data(data_0, data_1);
  const int effort = static_cast<int>(level);
  if (kind == kZstd) {
    const size_t bound = ZSTD_compressBound(data.size());
    StringRoom room(actor, bound);
    return room.Finish(ZSTD_compress(room.data(), bound, data.data(), data.size(), effort));
  }
  const size_t bound = DeflateBound(kind, effort, data.size());
  StringRoom room(actor, bound);
  return room.Finish(Deflate(kind, effort, data.view(), room.data(), bound));
}

void snow_decompress(SnowActor* actor, int64_t kind, uint64_t data_0, uint64_t data_1,
                     int64_t limit, uint64_t* out) {
  const StringArg data(data_0, data_1);
  Sink counter = {nullptr, static_cast<size_t>(limit)};
  switch (Decompress(kind, data.view(), counter)) {
    case Outcome::kMalformed:
      return Result(kErr, NewString(actor, "not valid compressed data"), out);
    case Outcome::kTooLarge:
      return Result(kErr, NewString(actor, "the decompressed data is larger than the limit"), out);
    case Outcome::kWhole:
      break;
  }
  // some bytes more: the libraries end a stream only where there is room left
  const size_t size = counter.size + 16;
  StringRoom room(actor, size);
  Sink sink = {room.data(), size};
  Decompress(kind, data.view(), sink);
  Result(kOk, room.Finish(counter.size), out);
}

}  // extern "C"
