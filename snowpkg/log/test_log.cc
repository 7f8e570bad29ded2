#include "snowpkg/log/test_log.h"

#include <algorithm>

#include "snowpkg/log/merkle.h"

namespace snow::pkg {

LogIdentity TestLog::identity() const { return {origin_, Ed25519PublicKey(seed_)}; }

LogHead TestLog::head() const {
  std::vector<Digest> hashes;
  for (const std::string& leaf : leaves_) hashes.push_back(LeafHash(leaf));
  return {leaves_.size(), RootOver(hashes)};
}

std::string TestLog::Checkpoint() const { return SignCheckpoint(head(), origin_, seed_); }

std::map<std::string, std::string> TestLog::Tiles() const {
  std::map<std::string, std::string> tiles;
  std::vector<Digest> level_hashes;
  for (const std::string& leaf : leaves_) level_hashes.push_back(LeafHash(leaf));
  for (unsigned level = 0; !level_hashes.empty(); ++level) {
    std::vector<Digest> above;
    for (uint64_t at = 0; at < level_hashes.size(); at += kTileWidth) {
      uint64_t width = std::min<uint64_t>(kTileWidth, level_hashes.size() - at);
      std::string bytes;
      std::vector<Digest> hashes;
      for (uint64_t i = 0; i < width; ++i) {
        hashes.push_back(level_hashes[at + i]);
        bytes += hashes.back().View();
      }
      tiles[TileId{level, at / kTileWidth, width}.Path()] = bytes;
      if (width == kTileWidth) above.push_back(RootOver(hashes));
    }
    level_hashes = std::move(above);
  }
  return tiles;
}

Result<std::vector<std::string>> MapTileSource::Fetch(const std::vector<TileId>& tiles) {
  rounds_ += 1;
  std::vector<std::string> result;
  for (const TileId& tile : tiles) {
    fetched_ += 1;
    auto found = tiles_.find(tile.Path());
    if (found == tiles_.end()) found = tiles_.find(TileId{tile.level, tile.index}.Path());
    if (found == tiles_.end()) return Error(ErrorKind::kNotFound, tile.Path() + " is not there");
    result.push_back(found->second);
  }
  return result;
}

}  // namespace snow::pkg
