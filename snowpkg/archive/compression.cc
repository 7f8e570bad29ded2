#include "snowpkg/archive/compression.h"

#include <zstd.h>

#include <memory>

namespace snow::pkg {
namespace {

constexpr int kLevel = 12;
constexpr int kMaxWindowLog = 25;

Error Bad(const std::string& reason) {
  return Error(ErrorKind::kArchive, "the archive is not sound: " + reason);
}

}  // namespace

Result<std::string> Compress(std::string_view bytes) {
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  if (!context) return Bad("there is not enough memory to write it");
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string compressed(ZSTD_compressBound(bytes.size()), '\0');
  size_t size = ZSTD_compress2(context.get(), compressed.data(), compressed.size(), bytes.data(),
                               bytes.size());
  if (ZSTD_isError(size) != 0) return Bad(ZSTD_getErrorName(size));
  compressed.resize(size);
  return compressed;
}

Result<std::string> Decompress(std::string_view bytes, uint64_t limit) {
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (!context) return Bad("there is not enough memory to read it");
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  std::string plain;
  std::string block(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  while (true) {
    ZSTD_outBuffer output{block.data(), block.size(), 0};
    size_t consumed = input.pos;
    size_t left = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(left) != 0) return Bad(ZSTD_getErrorName(left));
    if (plain.size() + output.pos > limit) {
      return Bad("it holds more than " + std::to_string(limit) + " bytes");
    }
    plain.append(block, 0, output.pos);
    if (left == 0) break;  // the frame is whole
    if (input.pos == consumed && output.pos == 0) return Bad("it is cut off");
  }
  if (input.pos != input.size) return Bad("there are bytes behind its end");
  return plain;
}

}  // namespace snow::pkg
