#include "snowpkg/log/tile.h"

#include <algorithm>
#include <cstdio>

#include "snowpkg/log/merkle.h"

namespace snow::pkg {
namespace {

Error Forged(const std::string& what) {
  return Error(ErrorKind::kUntrusted, "the registry's log contradicts its signed head: " + what);
}

}  // namespace

std::string TileId::Path() const {
  std::string groups;
  uint64_t rest = index;
  do {
    char group[8];
    std::snprintf(group, sizeof(group), groups.empty() ? "%03u" : "x%03u/",
                  static_cast<unsigned>(rest % 1000));
    groups = group + groups;
    rest /= 1000;
  } while (rest > 0);
  std::string path = "tile/" + std::to_string(level) + "/" + groups;
  return IsFull() ? path : path + ".p/" + std::to_string(width);
}

// The tile that holds hash number `index` * 256 of a level, as wide as the head's tree makes it.
TileId TileReader::TileAt(unsigned level, uint64_t index) const {
  uint64_t hashes = head_.size >> (kTileHeight * level);
  return {level, index, std::min(kTileWidth, hashes - index * kTileWidth)};
}

// The partial tiles: one a level at most. Their hashes are, all together, what the root is made of.
std::vector<TileId> TileReader::RightEdge() const {
  std::vector<TileId> edge;
  for (unsigned level = 0; head_.size >> (kTileHeight * level) > 0; ++level) {
    uint64_t hashes = head_.size >> (kTileHeight * level);
    if (hashes % kTileWidth != 0) edge.push_back(TileAt(level, hashes / kTileWidth));
  }
  return edge;
}

Status TileReader::FetchAll(const std::vector<TileId>& tiles) {
  std::vector<TileId> wanted;
  for (const TileId& tile : tiles) {
    if (!tiles_.contains({tile.level, tile.index})) wanted.push_back(tile);
  }
  if (wanted.empty()) return {};
  SNOW_PKG_ASSIGN(std::vector<std::string> bytes, source_.Fetch(wanted));
  if (bytes.size() != wanted.size()) return Forged("tiles are missing");
  for (size_t i = 0; i < wanted.size(); ++i) {
    size_t size = wanted[i].width * sizeof(Digest::bytes);
    bool full_instead = bytes[i].size() == kTileWidth * sizeof(Digest::bytes);
    if (bytes[i].size() != size && !full_instead) {
      return Forged(wanted[i].Path() + " has " + std::to_string(bytes[i].size()) +
                    " bytes instead of " + std::to_string(size));
    }
    std::vector<Digest>& hashes = tiles_[{wanted[i].level, wanted[i].index}];
    for (size_t at = 0; at < size; at += sizeof(Digest::bytes)) {
      hashes.push_back(*Digest::FromBytes(bytes[i].substr(at, sizeof(Digest::bytes))));
    }
  }
  return {};
}

Status TileReader::CheckRightEdge() const {
  Result<Digest> root = RangeRoot(
      [this](unsigned level, uint64_t index) { return Hash(level, index); }, 0, head_.size);
  if (!root.ok()) return std::move(root).error();
  if (*root != head_.root) return Forged("the tiles of its right edge do not give the root");
  return {};
}

// From the top down, so that the entry that a tile is compared with has been checked itself.
Status TileReader::CheckFullTiles(const std::set<Key>& keys) {
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    const auto& [level, index] = *key;
    Result<Digest> entry = Hash((level + 1) * kTileHeight, index);
    if (!entry.ok()) return std::move(entry).error();
    if (RootOver(tiles_.at(*key)) != *entry) {
      return Forged(TileId{level, index}.Path() + " does not fit the tile above it");
    }
  }
  return {};
}

Status TileReader::Load(const std::vector<uint64_t>& leaves, uint64_t old_size) {
  if (old_size > head_.size) return Forged("it is shorter than it was");
  std::vector<TileId> wanted;
  std::set<Key> full;  // not loaded yet
  if (!has_right_edge_) wanted = RightEdge();
  // The tile of hash `index` of a level and all full tiles above it.
  auto want = [&](unsigned level, uint64_t index) {
    while (true) {
      TileId tile = TileAt(level, index / kTileWidth);
      if (!tile.IsFull()) return;  // on the right edge
      if (tiles_.contains({tile.level, tile.index})) return;
      if (!full.insert({tile.level, tile.index}).second) return;
      wanted.push_back(tile);
      level += 1;
      index = tile.index;
    }
  };
  for (uint64_t leaf : leaves) {
    if (leaf >= head_.size) return Forged("entry " + std::to_string(leaf) + " lies beyond it");
    want(0, leaf);
  }
  for (unsigned level = 0; old_size >> (kTileHeight * level) > 0; ++level) {
    uint64_t hashes = old_size >> (kTileHeight * level);
    if (hashes % kTileWidth != 0) want(level, hashes - 1);
  }
  // A proof's subtrees have roots in tiles on the way from the leaf up, which are loaded now.
  Status status = FetchAll(wanted);
  if (status.ok() && !has_right_edge_) status = CheckRightEdge();
  if (status.ok()) {
    has_right_edge_ = true;
    status = CheckFullTiles(full);
  }
  if (!status.ok()) {
    // What could not be traced to the head must not be used by a later call.
    tiles_.clear();
    has_right_edge_ = false;
  }
  return status;
}

Result<Digest> TileReader::Hash(unsigned level, uint64_t index) const {
  unsigned rest = level % kTileHeight;
  uint64_t first = index << rest;  // the first of 2^rest hashes of the tile's level
  uint64_t count = uint64_t{1} << rest;
  auto tile = tiles_.find({level / kTileHeight, first / kTileWidth});
  size_t offset = first % kTileWidth;
  if (tile == tiles_.end() || offset + count > tile->second.size()) {
    return Forged("a hash that it must have is missing");
  }
  auto begin = tile->second.begin() + static_cast<std::ptrdiff_t>(offset);
  return RootOver(std::vector<Digest>(begin, begin + static_cast<std::ptrdiff_t>(count)));
}

}  // namespace snow::pkg
