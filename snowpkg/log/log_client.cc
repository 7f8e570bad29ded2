#include "snowpkg/log/log_client.h"

#include "snowpkg/base/directory_lock.h"
#include "snowpkg/base/file.h"
#include "snowpkg/log/merkle.h"

namespace snow::pkg {
namespace {

constexpr std::string_view kHeadName = "checkpoint";
constexpr size_t kMaxTile = kTileWidth * sizeof(Digest::bytes);

// Full tiles never change: those that were fetched are kept and read from the folder. Like any
// source it need not be trusted, since the reader checks what it gives.
class CachedTiles : public TileSource {
 public:
  CachedTiles(TileSource& source, std::string folder)
      : source_(source), folder_(std::move(folder)) {}

  Result<std::vector<std::string>> Fetch(const std::vector<TileId>& tiles) override {
    std::vector<std::string> result(tiles.size());
    std::vector<TileId> wanted;
    std::vector<size_t> places;
    for (size_t i = 0; i < tiles.size(); ++i) {
      Result<std::string> kept = use_cache_ && tiles[i].IsFull()
                                     ? ReadFile(JoinPath(folder_, tiles[i].Path()), kMaxTile)
                                     : Result<std::string>(std::string());
      if (kept.ok() && kept->size() == kMaxTile) {
        result[i] = *std::move(kept);
        used_cache_ = true;
        continue;
      }
      wanted.push_back(tiles[i]);
      places.push_back(i);
    }
    if (wanted.empty()) return result;
    SNOW_PKG_ASSIGN(std::vector<std::string> fetched, source_.Fetch(wanted));
    if (fetched.size() != wanted.size()) {
      return Error(ErrorKind::kUntrusted, "the registry's log lacks tiles");
    }
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i].IsFull()) fetched_.emplace_back(wanted[i], fetched[i]);
      result[places[i]] = std::move(fetched[i]);
    }
    return result;
  }

  // After the check: keeps what was fetched. A cache that cannot be written is no error.
  void Keep() const {
    for (const auto& [tile, bytes] : fetched_) {
      std::string path = JoinPath(folder_, tile.Path());
      if (MakeDirectories(ParentPath(path)).ok()) (void)WriteFileAtomically(path, bytes);
    }
  }

  bool used_cache() const { return used_cache_; }
  void IgnoreCache() {
    use_cache_ = false;
    fetched_.clear();
  }

 private:
  TileSource& source_;
  std::string folder_;
  std::vector<std::pair<TileId, std::string>> fetched_;
  bool use_cache_ = true;
  bool used_cache_ = false;
};

HashReader ReaderOf(const TileReader& tiles) {
  return [&tiles](unsigned level, uint64_t index) { return tiles.Hash(level, index); };
}

}  // namespace

Result<std::optional<LogHead>> LogClient::Remembered() const {
  std::string path = JoinPath(folder_, kHeadName);
  if (TypeOf(path) == FileType::kNone) return std::optional<LogHead>();
  SNOW_PKG_ASSIGN(std::string text, ReadFile(path));
  Result<LogHead> head = OpenCheckpoint(text, identity_);
  if (!head.ok()) {
    return std::move(head).error().Because("the remembered log head in " + path + " is damaged");
  }
  return std::optional<LogHead>(*head);
}

Error LogClient::Fork(const LogHead& head, const LogHead& old, std::string_view checkpoint) const {
  std::string evidence = JoinPath(folder_, "fork-" + head.root.Hex().substr(0, 16));
  (void)WriteFileAtomically(evidence, checkpoint);
  return Error(ErrorKind::kUntrusted,
               "the registry shows another history than before: its log of " +
                   std::to_string(head.size) + " entries does not continue that of " +
                   std::to_string(old.size) + " entries seen earlier")
      .Help(
          "do not use this registry until its owners have explained it; both signed heads are "
          "kept in " +
          folder_);
}

Status LogClient::CheckContinues(const LogHead& head, const LogHead& old, TileReader& reader,
                                 std::string_view checkpoint) const {
  Result<std::vector<Digest>> proof = ConsistencyProof(ReaderOf(reader), old.size, head.size);
  if (!proof.ok()) return std::move(proof).error();
  if (VerifyConsistency(old.size, head.size, *proof, old.root, head.root)) return {};
  return Fork(head, old, checkpoint);
}

Status LogClient::CheckEntries(const TileReader& reader, const std::vector<Entry>& entries) const {
  for (const Entry& entry : entries) {
    Result<std::vector<Digest>> proof =
        InclusionProof(ReaderOf(reader), entry.index, reader.head().size);
    if (!proof.ok()) return std::move(proof).error();
    if (!VerifyInclusion(LeafHash(entry.leaf), entry.index, reader.head().size, *proof,
                         reader.head().root)) {
      return Error(ErrorKind::kUntrusted, "what the registry says of " + entry.name +
                                              " is not entry " + std::to_string(entry.index) +
                                              " of its log");
    }
  }
  return {};
}

Status LogClient::Remember(const LogHead& head, std::string_view checkpoint) const {
  SNOW_PKG_ASSIGN(DirectoryLock lock, DirectoryLock::Acquire(folder_, ".lock", {}));
  // Another process may have seen a newer one meanwhile.
  SNOW_PKG_ASSIGN(std::optional<LogHead> old, Remembered());
  if (old && old->size >= head.size) return {};
  return WriteFileAtomically(JoinPath(folder_, kHeadName), checkpoint);
}

Result<LogHead> LogClient::Check(std::string_view checkpoint, TileSource& source,
                                 const std::vector<Entry>& entries) {
  SNOW_PKG_ASSIGN(LogHead head, OpenCheckpoint(checkpoint, identity_));
  SNOW_PKG_TRY(MakeDirectories(folder_));
  SNOW_PKG_ASSIGN(std::optional<LogHead> old, Remembered());
  if (old && head.size < old->size) {
    return Error(ErrorKind::kUntrusted,
                 "the registry shows an old log: " + std::to_string(head.size) +
                     " entries, where it has shown " + std::to_string(old->size) + " before")
        .Help("a mirror may lag behind: try again later, or ask its owners");
  }
  if (old && head.size == old->size && head.root != old->root) {
    return Fork(head, *old, checkpoint);
  }
  uint64_t old_size = old && head.size > old->size ? old->size : 0;
  if (entries.empty() && old_size == 0) {
    SNOW_PKG_TRY(Remember(head, checkpoint));
    return head;
  }

  std::vector<uint64_t> leaves;
  for (const Entry& entry : entries) leaves.push_back(entry.index);
  CachedTiles tiles(source, folder_);
  TileReader reader(head, tiles);
  Status loaded = reader.Load(leaves, old_size);
  if (!loaded.ok() && tiles.used_cache()) {
    // The kept tiles may be damaged: the registry's own decide.
    tiles.IgnoreCache();
    loaded = reader.Load(leaves, old_size);
  }
  if (!loaded.ok()) return std::move(loaded).error();
  if (old_size > 0) SNOW_PKG_TRY(CheckContinues(head, *old, reader, checkpoint));
  SNOW_PKG_TRY(CheckEntries(reader, entries));
  tiles.Keep();
  SNOW_PKG_TRY(Remember(head, checkpoint));
  return head;
}

}  // namespace snow::pkg
