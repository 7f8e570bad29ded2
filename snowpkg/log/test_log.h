#ifndef SNOW_SNOWPKG_LOG_TEST_LOG_H_
#define SNOW_SNOWPKG_LOG_TEST_LOG_H_

#include <map>
#include <string>
#include <vector>

#include "snowpkg/log/checkpoint.h"
#include "snowpkg/log/tile.h"

namespace snow::pkg {

// A log in memory, for tests: grows, signs its head, and writes its tiles as a registry does.
class TestLog {
 public:
  explicit TestLog(std::string origin = "log.test", std::string seed = std::string(32, 's'))
      : origin_(std::move(origin)), seed_(std::move(seed)) {}

  uint64_t size() const { return leaves_.size(); }
  void Append(const std::string& leaf) { leaves_.push_back(leaf); }
  const std::string& leaf(uint64_t index) const { return leaves_[index]; }
  // Replaces a leaf: the history is another one from then on.
  void Rewrite(uint64_t index, const std::string& leaf) { leaves_[index] = leaf; }
  void Truncate(uint64_t size) { leaves_.resize(size); }

  LogIdentity identity() const;
  const std::string& seed() const { return seed_; }
  LogHead head() const;
  std::string Checkpoint() const;
  // The bytes of all tiles of the present size by their paths ("tile/0/000.p/3").
  std::map<std::string, std::string> Tiles() const;

 private:
  std::string origin_;
  std::string seed_;
  std::vector<std::string> leaves_;
};

// Serves the tiles of a map and counts what was asked for.
class MapTileSource : public TileSource {
 public:
  explicit MapTileSource(std::map<std::string, std::string> tiles) : tiles_(std::move(tiles)) {}

  Result<std::vector<std::string>> Fetch(const std::vector<TileId>& tiles) override;

  std::map<std::string, std::string>& tiles() { return tiles_; }
  size_t fetched() const { return fetched_; }
  size_t rounds() const { return rounds_; }

 private:
  std::map<std::string, std::string> tiles_;
  size_t fetched_ = 0;
  size_t rounds_ = 0;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_LOG_TEST_LOG_H_
