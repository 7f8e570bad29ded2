#ifndef SNOW_SNOWPKG_LOG_TILE_H_
#define SNOW_SNOWPKG_LOG_TILE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "snowpkg/base/hash.h"
#include "snowpkg/base/result.h"
#include "snowpkg/log/checkpoint.h"

namespace snow::pkg {

inline constexpr unsigned kTileHeight = 8;
inline constexpr uint64_t kTileWidth = 1 << kTileHeight;

// A tile: up to 256 hashes of level `level`, from number index * 256 on.
struct TileId {
  unsigned level = 0;
  uint64_t index = 0;
  uint64_t width = kTileWidth;  // how many hashes; 256: a full tile

  bool IsFull() const { return width == kTileWidth; }
  // "tile/0/x001/234.p/17", below log/.
  std::string Path() const;
  friend auto operator<=>(const TileId&, const TileId&) = default;
};

// Where tiles come from.
class TileSource {
 public:
  virtual ~TileSource() = default;
  // The bytes of each tile, in the order asked: 32 for each hash. For a partial tile the bytes of
  // the full one may come instead.
  virtual Result<std::vector<std::string>> Fetch(const std::vector<TileId>& tiles) = 0;
};

// Hashes of a log whose head is known to be signed, out of tiles from a source that is not trusted.
// Nothing is believed before it has been traced to the head: the tiles on the right edge must give
// the root together, every full tile must give its entry in the tile above. Not thread-safe.
class TileReader {
 public:
  TileReader(const LogHead& head, TileSource& source) : head_(head), source_(source) {}

  // Fetches and checks, in few rounds, all tiles that proofs about these leaves need, and those on
  // the right edge of the tree over `old_size` leaves (0: none). Leaves beyond the head are errors.
  Status Load(const std::vector<uint64_t>& leaves, uint64_t old_size);

  // The root of a complete subtree out of loaded tiles; an error (kUntrusted) when it lies beyond
  // the head or its tile was not loaded.
  Result<Digest> Hash(unsigned level, uint64_t index) const;

  const LogHead& head() const { return head_; }

 private:
  using Key = std::pair<unsigned, uint64_t>;  // level, index

  std::vector<TileId> RightEdge() const;
  TileId TileAt(unsigned level, uint64_t index) const;
  Status CheckRightEdge() const;
  Status CheckFullTiles(const std::set<Key>& keys);
  Status FetchAll(const std::vector<TileId>& tiles);

  LogHead head_;
  TileSource& source_;
  bool has_right_edge_ = false;
  std::map<Key, std::vector<Digest>> tiles_;  // checked
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_LOG_TILE_H_
