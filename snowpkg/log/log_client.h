#ifndef SNOW_SNOWPKG_LOG_LOG_CLIENT_H_
#define SNOW_SNOWPKG_LOG_LOG_CLIENT_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "snowpkg/base/result.h"
#include "snowpkg/log/checkpoint.h"
#include "snowpkg/log/tile.h"

namespace snow::pkg {

// What one user knows of one log: the newest head seen, kept in a folder of its own, and the full
// tiles that were checked. The log is known by its key, so mirrors under other URLs must tell the
// same. Safe for several processes; one object is for one thread.
class LogClient {
 public:
  // A leaf that must be in the log: its number and its bytes.
  struct Entry {
    uint64_t index = 0;
    std::string leaf;
    std::string name;  // for messages: "greetings 1.2.0"
  };

  // `folder` is <home>/log/<hash of the key>, made when needed.
  LogClient(std::string folder, LogIdentity identity)
      : folder_(std::move(folder)), identity_(std::move(identity)) {}

  // Takes a checkpoint that the registry shows now, proves that it continues the head remembered,
  // proves that the entries are in it, and remembers it. Errors (kUntrusted): a bad signature, an
  // older head, another history (both heads are then kept as evidence), forged tiles, an entry that
  // is not in the log.
  Result<LogHead> Check(std::string_view checkpoint, TileSource& source,
                        const std::vector<Entry>& entries);

  // The newest head seen; none before the first.
  Result<std::optional<LogHead>> Remembered() const;

 private:
  Status CheckContinues(const LogHead& head, const LogHead& old, TileReader& reader,
                        std::string_view checkpoint) const;
  Status CheckEntries(const TileReader& reader, const std::vector<Entry>& entries) const;
  Status Remember(const LogHead& head, std::string_view checkpoint) const;
  Error Fork(const LogHead& head, const LogHead& old, std::string_view checkpoint) const;

  std::string folder_;
  LogIdentity identity_;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_LOG_LOG_CLIENT_H_
