#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "snowpkg/base/encoding.h"
#include "snowpkg/base/file.h"
#include "snowpkg/log/checkpoint.h"
#include "snowpkg/log/log_client.h"
#include "snowpkg/log/merkle.h"
#include "snowpkg/log/test_log.h"
#include "snowpkg/log/tile.h"

namespace snow::pkg {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string FreshFolder() { return ::testing::TempDir() + "log_" + RandomHex(8); }

TestLog LogOf(uint64_t size) {
  TestLog log;
  for (uint64_t i = 0; i < size; ++i) log.Append("leaf " + std::to_string(i));
  return log;
}

LogClient::Entry EntryOf(const TestLog& log, uint64_t index) {
  return {index, log.leaf(index), "package " + std::to_string(index)};
}

std::string ErrorOf(const Result<LogHead>& result) {
  return result.ok() ? "no error" : result.error().ToString();
}

// The leaves and roots that the reference implementation of Certificate Transparency tests with.
TEST(MerkleTest, KnownRoots) {
  const char* leaves[] = {"",
                          "00",
                          "10",
                          "2021",
                          "3031",
                          "40414243",
                          "5051525354555657",
                          "606162636465666768696a6b6c6d6e6f"};
  const char* roots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  std::vector<Digest> hashes;
  EXPECT_EQ(RootOver({}), Sha256Of(""));
  for (size_t i = 0; i < 8; ++i) {
    hashes.push_back(LeafHash(*HexDecode(leaves[i])));
    EXPECT_EQ(RootOver(hashes).Hex(), roots[i]);
  }
}

// Proofs over hashes that are all at hand.
class PlainTree {
 public:
  explicit PlainTree(uint64_t size) {
    for (uint64_t i = 0; i < size; ++i) hashes_.push_back(LeafHash("leaf " + std::to_string(i)));
  }
  Result<Digest> Hash(unsigned level, uint64_t index) const {
    auto begin = hashes_.begin() + static_cast<std::ptrdiff_t>(index << level);
    return RootOver({begin, begin + (std::ptrdiff_t{1} << level)});
  }
  Digest Root(uint64_t size) const {
    return RootOver({hashes_.begin(), hashes_.begin() + static_cast<std::ptrdiff_t>(size)});
  }
  const Digest& leaf(uint64_t index) const { return hashes_[index]; }

 private:
  std::vector<Digest> hashes_;
};

TEST(MerkleTest, InclusionOfEachLeafInEachSize) {
  PlainTree tree(40);
  HashReader read = [&](unsigned level, uint64_t index) { return tree.Hash(level, index); };
  for (uint64_t size = 1; size <= 40; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      std::vector<Digest> proof = *InclusionProof(read, index, size);
      Digest root = tree.Root(size);
      EXPECT_TRUE(VerifyInclusion(tree.leaf(index), index, size, proof, root));
      EXPECT_FALSE(VerifyInclusion(tree.leaf(index), index + 1, size, proof, root));
      EXPECT_FALSE(VerifyInclusion(LeafHash("other"), index, size, proof, root));
      for (Digest& hash : proof) {
        hash.bytes[3] ^= 1;
        EXPECT_FALSE(VerifyInclusion(tree.leaf(index), index, size, proof, root));
        hash.bytes[3] ^= 1;
      }
      proof.push_back(root);
      EXPECT_FALSE(VerifyInclusion(tree.leaf(index), index, size, proof, root));
      if (proof.size() > 1) {
        proof.resize(proof.size() - 2);
        EXPECT_FALSE(VerifyInclusion(tree.leaf(index), index, size, proof, root));
      }
    }
  }
}

TEST(MerkleTest, ConsistencyOfAllPairs) {
  PlainTree tree(40);
  HashReader read = [&](unsigned level, uint64_t index) { return tree.Hash(level, index); };
  for (uint64_t size = 0; size <= 40; ++size) {
    for (uint64_t old_size = 0; old_size <= size; ++old_size) {
      std::vector<Digest> proof = *ConsistencyProof(read, old_size, size);
      Digest old_root = tree.Root(old_size);
      Digest root = tree.Root(size);
      EXPECT_TRUE(VerifyConsistency(old_size, size, proof, old_root, root));
      EXPECT_FALSE(VerifyConsistency(old_size, size, proof, LeafHash("other"), root));
      if (old_size > 0) {
        EXPECT_FALSE(VerifyConsistency(old_size, size, proof, old_root, LeafHash("other")));
      }
      for (Digest& hash : proof) {
        hash.bytes[3] ^= 1;
        EXPECT_FALSE(VerifyConsistency(old_size, size, proof, old_root, root));
        hash.bytes[3] ^= 1;
      }
    }
  }
  EXPECT_FALSE(VerifyConsistency(3, 2, {}, tree.Root(3), tree.Root(2)));
}

TEST(CheckpointTest, SignedIsRead) {
  TestLog log = LogOf(3);
  std::string text = log.Checkpoint();
  Result<LogHead> head = OpenCheckpoint(text, log.identity());
  ASSERT_TRUE(head.ok()) << head.error().ToString();
  EXPECT_EQ(*head, log.head());
  // Signatures of others beside ours are no harm.
  EXPECT_TRUE(OpenCheckpoint(text + "\xE2\x80\x94 witness AAAA\n", log.identity()).ok());
}

TEST(CheckpointTest, EverythingElseIsRefused) {
  TestLog log = LogOf(3);
  std::string good = log.Checkpoint();
  auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  TestLog other("log.test", std::string(32, 'x'));
  for (const std::string& text :
       {std::string(), std::string("<html></html>"), std::string(1 << 20, 'x'),
        with("\n3\n", "\n4\n"), with("\n3\n", "\n03\n"), with("\n3\n", "\n-3\n"),
        with("\n3\n", "\n3\n\n"), with("log.test\n", "log.text\n"), good + "x",
        good.substr(0, good.size() - 1), good.substr(0, good.find("\n\n") + 2),
        SignCheckpoint(log.head(), "log.test", other.seed()),
        SignCheckpoint(log.head(), "log.other", log.seed()),
        SignCheckpoint({uint64_t{1} << 60, log.head().root}, "log.test", log.seed()),
        SignCheckpoint({0, log.head().root}, "log.test", log.seed())}) {
    Result<LogHead> head = OpenCheckpoint(text, log.identity());
    ASSERT_FALSE(head.ok()) << text;
    EXPECT_EQ(head.error().kind(), ErrorKind::kUntrusted);
  }
  // No single changed byte of the signed part or of the signature passes.
  for (size_t i = 0; i < good.size(); ++i) {
    std::string text = good;
    text[i] = static_cast<char>(text[i] ^ 1);
    EXPECT_FALSE(OpenCheckpoint(text, log.identity()).ok()) << i;
  }
}

TEST(TileTest, Paths) {
  EXPECT_EQ((TileId{0, 5}.Path()), "tile/0/005");
  EXPECT_EQ((TileId{1, 1234067}.Path()), "tile/1/x001/x234/067");
  EXPECT_EQ((TileId{0, 1000, 17}.Path()), "tile/0/x001/000.p/17");
}

// Sizes around the borders of tiles, on two and three levels.
TEST(TileTest, HashesEqualThoseOfTheTree) {
  for (uint64_t size : {1, 2, 255, 256, 257, 511, 512, 700, 65535, 65536, 65537, 66000}) {
    TestLog log = LogOf(size);
    MapTileSource source(log.Tiles());
    TileReader reader(log.head(), source);
    std::vector<uint64_t> leaves = {0, size / 2, size - 1};
    ASSERT_TRUE(reader.Load(leaves, size / 3).ok()) << size;
    HashReader read = [&](unsigned level, uint64_t index) { return reader.Hash(level, index); };
    for (uint64_t leaf : leaves) {
      Result<std::vector<Digest>> proof = InclusionProof(read, leaf, size);
      ASSERT_TRUE(proof.ok()) << size << " " << leaf;
      EXPECT_TRUE(VerifyInclusion(LeafHash(log.leaf(leaf)), leaf, size, *proof, log.head().root));
    }
    EXPECT_TRUE(ConsistencyProof(read, size / 3, size).ok()) << size;
  }
}

TEST(LogClientTest, GrowsAndRemembers) {
  LogClient client(FreshFolder(), TestLog().identity());
  EXPECT_EQ(*client.Remembered(), std::nullopt);
  for (uint64_t size : {0, 1, 2, 3, 255, 256, 257, 258, 600, 1024, 1025}) {
    TestLog log = LogOf(size);
    MapTileSource source(log.Tiles());
    std::vector<LogClient::Entry> entries;
    if (size > 0) entries = {EntryOf(log, 0), EntryOf(log, size - 1)};
    Result<LogHead> head = client.Check(log.Checkpoint(), source, entries);
    ASSERT_TRUE(head.ok()) << size << ErrorOf(head);
    EXPECT_EQ(*client.Remembered(), log.head());
  }
}

TEST(LogClientTest, FullTilesAreFetchedOnce) {
  TestLog log = LogOf(600);
  LogClient client(FreshFolder(), log.identity());
  MapTileSource source(log.Tiles());
  ASSERT_TRUE(client.Check(log.Checkpoint(), source, {EntryOf(log, 5), EntryOf(log, 300)}).ok());
  EXPECT_EQ(source.fetched(), 4u);  // two full tiles, the edge on two levels
  EXPECT_EQ(source.rounds(), 1u);
  ASSERT_TRUE(client.Check(log.Checkpoint(), source, {EntryOf(log, 6)}).ok());
  EXPECT_EQ(source.fetched(), 6u);
}

TEST(LogClientTest, DamagedCacheIsFetchedAgain) {
  TestLog log = LogOf(600);
  std::string folder = FreshFolder();
  LogClient client(folder, log.identity());
  MapTileSource source(log.Tiles());
  ASSERT_TRUE(client.Check(log.Checkpoint(), source, {EntryOf(log, 5)}).ok());
  std::string path = JoinPath(folder, TileId{0, 0}.Path());
  ASSERT_TRUE(WriteFileAtomically(path, std::string(8192, 'x')).ok());
  Result<LogHead> head = client.Check(log.Checkpoint(), source, {EntryOf(log, 5)});
  ASSERT_TRUE(head.ok()) << ErrorOf(head);
  EXPECT_EQ(*ReadFile(path), source.tiles().at("tile/0/000"));
}

TEST(LogClientTest, FullTileMayServeForAPartialOne) {
  TestLog longer = LogOf(600);
  TestLog log = LogOf(300);
  std::map<std::string, std::string> tiles = log.Tiles();
  tiles.erase("tile/0/001.p/44");
  tiles["tile/0/001"] = longer.Tiles().at("tile/0/001");
  MapTileSource source(tiles);
  LogClient client(FreshFolder(), log.identity());
  EXPECT_EQ(ErrorOf(client.Check(log.Checkpoint(), source, {EntryOf(log, 299)})), "no error");
}

// Hostile logs. Each tile of a log of three levels, forged one byte at a time.
TEST(HostileLogTest, ForgedTilesOnEachLevel) {
  TestLog log = LogOf(65536 + 256 + 3);
  const std::map<std::string, std::string> good = log.Tiles();
  const std::vector<LogClient::Entry> entries = {EntryOf(log, 7), EntryOf(log, log.size() - 1),
                                                 EntryOf(log, 65536 + 9)};
  // All tiles that proofs of these entries can touch.
  for (std::string path : {"tile/0/000", "tile/0/256", "tile/0/257.p/3", "tile/1/000",
                           "tile/1/001.p/1", "tile/2/000.p/1"}) {
    ASSERT_TRUE(good.contains(path)) << path;
    size_t size = good.at(path).size();
    for (size_t at : {size_t{0}, size / 2, size - 1}) {
      MapTileSource source(good);
      source.tiles()[path][at] ^= 1;
      LogClient client(FreshFolder(), log.identity());
      EXPECT_THAT(ErrorOf(client.Check(log.Checkpoint(), source, entries)),
                  HasSubstr("contradicts its signed head"))
          << path;
      EXPECT_EQ(*client.Remembered(), std::nullopt) << path;
    }
  }
}

// A whole subtree replaced consistently, so that a tile fits its children but not its parent: the
// check against the parent is the only thing in the way.
TEST(HostileLogTest, ForgedSubtreeThatFitsItself) {
  TestLog log = LogOf(65536 + 300);
  TestLog forged = log;
  forged.Rewrite(7, "a package that was never published");
  std::map<std::string, std::string> tiles = log.Tiles();
  std::map<std::string, std::string> forged_tiles = forged.Tiles();
  tiles["tile/0/000"] = forged_tiles["tile/0/000"];
  for (bool forge_parent : {false, true}) {
    if (forge_parent) tiles["tile/1/000"] = forged_tiles["tile/1/000"];
    MapTileSource source(tiles);
    LogClient client(FreshFolder(), log.identity());
    EXPECT_THAT(ErrorOf(client.Check(log.Checkpoint(), source, {EntryOf(forged, 7)})),
                HasSubstr("does not fit the tile above it"));
  }
  // Up to the edge: then the root is another, and no signature is over it.
  tiles["tile/2/000.p/1"] = forged_tiles["tile/2/000.p/1"];
  MapTileSource source(tiles);
  LogClient client(FreshFolder(), log.identity());
  EXPECT_THAT(ErrorOf(client.Check(log.Checkpoint(), source, {EntryOf(forged, 7)})),
              HasSubstr("do not give the root"));
}

TEST(HostileLogTest, EntryThatIsNotInTheLog) {
  TestLog log = LogOf(300);
  MapTileSource source(log.Tiles());
  LogClient client(FreshFolder(), log.identity());
  LogClient::Entry entry = EntryOf(log, 5);
  entry.leaf += " ";
  EXPECT_THAT(ErrorOf(client.Check(log.Checkpoint(), source, {entry})),
              HasSubstr("package 5 is not entry 5 of its log"));
  entry = EntryOf(log, 5);
  entry.index = 6;
  EXPECT_THAT(ErrorOf(client.Check(log.Checkpoint(), source, {entry})),
              HasSubstr("is not entry 6"));
  entry.index = 300;
  EXPECT_THAT(ErrorOf(client.Check(log.Checkpoint(), source, {entry})), HasSubstr("lies beyond"));
}

TEST(HostileLogTest, TruncatedTiles) {
  TestLog log = LogOf(300);
  for (std::string path : {"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"}) {
    for (size_t cut : {1u, 32u}) {
      MapTileSource source(log.Tiles());
      std::string& bytes = source.tiles()[path];
      bytes.resize(bytes.size() - cut);
      LogClient client(FreshFolder(), log.identity());
      EXPECT_THAT(ErrorOf(client.Check(log.Checkpoint(), source, {EntryOf(log, 3)})),
                  HasSubstr("bytes instead of"));
    }
  }
  MapTileSource nothing({});
  LogClient client(FreshFolder(), log.identity());
  EXPECT_THAT(ErrorOf(client.Check(log.Checkpoint(), nothing, {EntryOf(log, 3)})),
              HasSubstr("is not there"));
}

TEST(HostileLogTest, ReorderedEntries) {
  TestLog log = LogOf(300);
  MapTileSource source(log.Tiles());
  std::string& bytes = source.tiles()["tile/0/000"];
  std::swap_ranges(bytes.begin(), bytes.begin() + 32, bytes.begin() + 32);
  LogClient client(FreshFolder(), log.identity());
  EXPECT_THAT(ErrorOf(client.Check(log.Checkpoint(), source, {EntryOf(log, 0)})),
              HasSubstr("does not fit the tile above it"));
}

// A client that has seen `seen` leaves meets another log of the same key.
std::string ErrorAfter(const TestLog& seen, const TestLog& shown,
                       std::optional<uint64_t> remembered = std::nullopt) {
  LogClient client(FreshFolder(), seen.identity());
  MapTileSource first(seen.Tiles());
  EXPECT_EQ(ErrorOf(client.Check(seen.Checkpoint(), first, {})), "no error");
  MapTileSource second(shown.Tiles());
  std::string error = ErrorOf(client.Check(shown.Checkpoint(), second, {}));
  EXPECT_EQ((*client.Remembered())->size, remembered.value_or(seen.size()));
  return error;
}

TEST(HostileLogTest, StaleHead) {
  EXPECT_THAT(ErrorAfter(LogOf(300), LogOf(299)), HasSubstr("shows an old log: 299"));
  EXPECT_THAT(ErrorAfter(LogOf(300), LogOf(0)), HasSubstr("shows an old log: 0"));
}

TEST(HostileLogTest, ForkOfEqualSize) {
  TestLog fork = LogOf(300);
  fork.Rewrite(299, "other");
  EXPECT_THAT(ErrorAfter(LogOf(300), fork), HasSubstr("another history"));
}

TEST(HostileLogTest, ForkThatIsLonger) {
  for (uint64_t rewritten : {0, 100, 255, 256, 299}) {
    TestLog fork = LogOf(700);
    fork.Rewrite(rewritten, "other");
    EXPECT_THAT(ErrorAfter(LogOf(300), fork), HasSubstr("another history")) << rewritten;
  }
  TestLog honest = LogOf(700);
  honest.Rewrite(300, "nobody had seen this one");
  EXPECT_EQ(ErrorAfter(LogOf(300), honest, 700), "no error");
}

TEST(HostileLogTest, ReorderedHistory) {
  TestLog fork = LogOf(400);
  fork.Rewrite(3, "leaf 4");
  fork.Rewrite(4, "leaf 3");
  EXPECT_THAT(ErrorAfter(LogOf(300), fork), HasSubstr("another history"));
}

TEST(HostileLogTest, EvidenceOfAForkIsKept) {
  std::string folder = FreshFolder();
  TestLog seen = LogOf(10);
  TestLog fork = LogOf(10);
  fork.Rewrite(0, "other");
  LogClient client(folder, seen.identity());
  MapTileSource source(seen.Tiles());
  ASSERT_TRUE(client.Check(seen.Checkpoint(), source, {}).ok());
  ASSERT_FALSE(client.Check(fork.Checkpoint(), source, {}).ok());
  std::string evidence =
      *ReadFile(JoinPath(folder, "fork-" + fork.head().root.Hex().substr(0, 16)));
  EXPECT_EQ(*OpenCheckpoint(evidence, seen.identity()), fork.head());
  EXPECT_EQ(*ReadFile(JoinPath(folder, "checkpoint")), seen.Checkpoint());
}

TEST(HostileLogTest, DamagedMemoryIsNotTakenForNone) {
  std::string folder = FreshFolder();
  TestLog log = LogOf(10);
  LogClient client(folder, log.identity());
  MapTileSource source(log.Tiles());
  ASSERT_TRUE(client.Check(log.Checkpoint(), source, {}).ok());
  ASSERT_TRUE(WriteFileAtomically(JoinPath(folder, "checkpoint"), "x").ok());
  EXPECT_THAT(ErrorOf(client.Check(log.Checkpoint(), source, {})), HasSubstr("is damaged"));
}

}  // namespace
}  // namespace snow::pkg
