#include "snowpkg/log/merkle.h"

#include <bit>
#include <string>

namespace snow::pkg {
namespace {

// The largest power of two below n; n > 1.
uint64_t SplitOf(uint64_t n) { return std::bit_floor(n - 1); }

}  // namespace

Digest LeafHash(std::string_view leaf) {
  Sha256 hash;
  hash.Update(std::string_view("\0", 1));
  hash.Update(leaf);
  return hash.Finish();
}

Digest NodeHash(const Digest& left, const Digest& right) {
  Sha256 hash;
  hash.Update("\x01");
  hash.Update(left.View());
  hash.Update(right.View());
  return hash.Finish();
}

Digest EmptyRoot() { return Sha256Of(""); }

Digest RootOver(const std::vector<Digest>& hashes) {
  if (hashes.empty()) return EmptyRoot();
  // Level by level; a last one without a neighbour moves up as it is.
  std::vector<Digest> level = hashes;
  while (level.size() > 1) {
    size_t pairs = level.size() / 2;
    for (size_t i = 0; i < pairs; ++i) level[i] = NodeHash(level[2 * i], level[2 * i + 1]);
    if (level.size() % 2 != 0) level[pairs++] = level.back();
    level.resize(pairs);
  }
  return level[0];
}

Result<Digest> RangeRoot(const HashReader& read, uint64_t begin, uint64_t end) {
  if (begin == end) return EmptyRoot();
  // Complete trees from the largest to the smallest, joined from the right.
  std::vector<Digest> peaks;
  uint64_t at = begin;
  while (at < end) {
    uint64_t size = std::bit_floor(end - at);
    SNOW_PKG_ASSIGN(Digest peak, read(static_cast<unsigned>(std::countr_zero(size)), at / size));
    peaks.push_back(peak);
    at += size;
  }
  Digest root = peaks.back();
  for (size_t i = peaks.size() - 1; i-- > 0;) root = NodeHash(peaks[i], root);
  return root;
}

Result<std::vector<Digest>> InclusionProof(const HashReader& read, uint64_t index, uint64_t size) {
  std::vector<Digest> down;  // from the root to the leaf
  uint64_t begin = 0;
  uint64_t end = size;
  while (end - begin > 1) {
    uint64_t middle = begin + SplitOf(end - begin);
    bool left = index < middle;
    SNOW_PKG_ASSIGN(Digest other,
                    left ? RangeRoot(read, middle, end) : RangeRoot(read, begin, middle));
    down.push_back(other);
    (left ? end : begin) = middle;
  }
  return std::vector<Digest>(down.rbegin(), down.rend());
}

bool VerifyInclusion(const Digest& leaf_hash, uint64_t index, uint64_t size,
                     const std::vector<Digest>& proof, const Digest& root) {
  if (index >= size) return false;
  // RFC 9162, section 2.1.3.2.
  uint64_t node = index;
  uint64_t last = size - 1;
  Digest hash = leaf_hash;
  for (const Digest& other : proof) {
    if (last == 0) return false;
    if ((node & 1) != 0 || node == last) {
      hash = NodeHash(other, hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = NodeHash(hash, other);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

Result<std::vector<Digest>> ConsistencyProof(const HashReader& read, uint64_t old_size,
                                             uint64_t size) {
  std::vector<Digest> down;
  if (old_size == 0 || old_size == size) return down;
  uint64_t begin = 0;
  uint64_t end = size;
  bool whole = true;  // the old tree is all of begin ... old_size, and its root is known
  while (old_size != end) {
    uint64_t middle = begin + SplitOf(end - begin);
    if (old_size <= middle) {
      SNOW_PKG_ASSIGN(Digest right, RangeRoot(read, middle, end));
      down.push_back(right);
      end = middle;
    } else {
      SNOW_PKG_ASSIGN(Digest left, RangeRoot(read, begin, middle));
      down.push_back(left);
      begin = middle;
      whole = false;
    }
  }
  if (!whole) {
    SNOW_PKG_ASSIGN(Digest seed, RangeRoot(read, begin, end));
    down.push_back(seed);
  }
  return std::vector<Digest>(down.rbegin(), down.rend());
}

bool VerifyConsistency(uint64_t old_size, uint64_t size, const std::vector<Digest>& proof,
                       const Digest& old_root, const Digest& root) {
  if (old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (old_size == 0) return proof.empty() && old_root == EmptyRoot();
  // RFC 9162, section 2.1.4.2.
  std::vector<Digest> path;
  if (std::has_single_bit(old_size)) path.push_back(old_root);
  path.insert(path.end(), proof.begin(), proof.end());
  if (path.empty()) return false;
  uint64_t node = old_size - 1;
  uint64_t last = size - 1;
  while ((node & 1) != 0) {
    node >>= 1;
    last >>= 1;
  }
  Digest old_hash = path[0];
  Digest new_hash = path[0];
  for (size_t i = 1; i < path.size(); ++i) {
    if (last == 0) return false;
    if ((node & 1) != 0 || node == last) {
      old_hash = NodeHash(path[i], old_hash);
      new_hash = NodeHash(path[i], new_hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      new_hash = NodeHash(new_hash, path[i]);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == old_root && new_hash == root;
}

}  // namespace snow::pkg
