#ifndef SNOW_SNOWPKG_LOG_MERKLE_H_
#define SNOW_SNOWPKG_LOG_MERKLE_H_

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "snowpkg/base/hash.h"
#include "snowpkg/base/result.h"

namespace snow::pkg {

// The Merkle tree of RFC 6962 over hashes that somebody else keeps. Pure functions.

Digest LeafHash(std::string_view leaf);
Digest NodeHash(const Digest& left, const Digest& right);
// The root of no leaves.
Digest EmptyRoot();
// The root over leaf hashes (or over the roots of complete trees of one size).
Digest RootOver(const std::vector<Digest>& hashes);

// The root of the complete tree over leaves index * 2^level ... (index + 1) * 2^level - 1.
using HashReader = std::function<Result<Digest>(unsigned level, uint64_t index)>;

// The root over leaves begin ... end - 1, where `begin` is 0 or a multiple of a power of two that
// is at least end - begin (as every subtree of an RFC 6962 tree is).
Result<Digest> RangeRoot(const HashReader& read, uint64_t begin, uint64_t end);

// Audit path of leaf `index` in the tree over `size` leaves; index < size.
Result<std::vector<Digest>> InclusionProof(const HashReader& read, uint64_t index, uint64_t size);
bool VerifyInclusion(const Digest& leaf_hash, uint64_t index, uint64_t size,
                     const std::vector<Digest>& proof, const Digest& root);

// That the tree over `old_size` leaves is the beginning of that over `size`; old_size <= size.
Result<std::vector<Digest>> ConsistencyProof(const HashReader& read, uint64_t old_size,
                                             uint64_t size);
bool VerifyConsistency(uint64_t old_size, uint64_t size, const std::vector<Digest>& proof,
                       const Digest& old_root, const Digest& root);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_LOG_MERKLE_H_
