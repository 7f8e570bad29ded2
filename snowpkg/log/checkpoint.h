#ifndef SNOW_SNOWPKG_LOG_CHECKPOINT_H_
#define SNOW_SNOWPKG_LOG_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "snowpkg/base/hash.h"
#include "snowpkg/base/result.h"

namespace snow::pkg {

// The head of a log: how many leaves it has and the root over them.
struct LogHead {
  uint64_t size = 0;
  Digest root;

  friend bool operator==(const LogHead&, const LogHead&) = default;
};

// Who signs a log.
struct LogIdentity {
  std::string origin;
  std::string public_key;  // 32 raw bytes of Ed25519
};

// Whether a text can be an origin: 1 to 128 bytes of printable ASCII without spaces and `+`.
bool IsOrigin(std::string_view origin);

// The head in a checkpoint (a C2SP signed note, see registry_client/README.md) if `identity` signed
// it. Any bytes in; one error (kUntrusted) out.
Result<LogHead> OpenCheckpoint(std::string_view text, const LogIdentity& identity);

// A checkpoint signed with the 32 bytes of an Ed25519 seed.
std::string SignCheckpoint(const LogHead& head, const std::string& origin, std::string_view seed);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_LOG_CHECKPOINT_H_
