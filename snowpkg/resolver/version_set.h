#ifndef SNOW_SNOWPKG_RESOLVER_VERSION_SET_H_
#define SNOW_SNOWPKG_RESOLVER_VERSION_SET_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace snow::pkg {

// A set of possible fates of one package: each of its known versions (0 ... n-1, ascending), and
// 'not chosen at all' (n). A term of PubGrub, positive or negative, is such a set, and everything
// that one does with terms is intersection, union, complement and comparison. All sets of one
// package have the same size; operations on sets of different sizes are a bug (asserted).
class VersionSet {
 public:
  VersionSet() = default;
  // Empty, for a package with `versions` known versions.
  explicit VersionSet(size_t versions)
      : versions_(versions), words_((versions + 1 + kBits - 1) / kBits) {}
  static VersionSet Full(size_t versions);
  // The fate 'not chosen' alone.
  static VersionSet NotChosen(size_t versions);

  size_t versions() const { return versions_; }
  void Add(size_t version) { words_[version / kBits] |= uint64_t{1} << (version % kBits); }
  void Remove(size_t version) { words_[version / kBits] &= ~(uint64_t{1} << (version % kBits)); }
  bool Has(size_t version) const { return (words_[version / kBits] >> (version % kBits) & 1) != 0; }
  // Whether the package must be chosen: 'not chosen' is no member.
  bool IsPositive() const { return !Has(versions_); }
  bool IsEmpty() const;
  bool IsFull() const;
  // How many versions are members; 'not chosen' is not counted.
  size_t Count() const;

  VersionSet Complement() const;
  VersionSet Intersect(const VersionSet& other) const;
  VersionSet Union(const VersionSet& other) const;
  bool IsSubsetOf(const VersionSet& other) const;
  bool IsDisjointFrom(const VersionSet& other) const;

  friend bool operator==(const VersionSet&, const VersionSet&) = default;
  friend auto operator<=>(const VersionSet&, const VersionSet&) = default;

 private:
  static constexpr size_t kBits = 64;

  size_t versions_ = 0;
  std::vector<uint64_t> words_;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_RESOLVER_VERSION_SET_H_
