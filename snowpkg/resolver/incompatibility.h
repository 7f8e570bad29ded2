#ifndef SNOW_SNOWPKG_RESOLVER_INCOMPATIBILITY_H_
#define SNOW_SNOWPKG_RESOLVER_INCOMPATIBILITY_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "snowpkg/resolver/resolver.h"
#include "snowpkg/resolver/version_set.h"

namespace snow::pkg {

// Packages and incompatibilities are named by their positions in the tables that hold them.
struct PackageId {
  size_t index = 0;
  friend auto operator<=>(PackageId, PackageId) = default;
};
struct IncompatibilityId {
  size_t index = 0;
  friend auto operator<=>(IncompatibilityId, IncompatibilityId) = default;
};

struct Term {
  PackageId package;
  VersionSet set;
};

// A set of terms that must not all hold, and why.
struct Incompatibility {
  enum class Cause {
    kRoot,      // the root must be chosen
    kNeed,      // terms[0] needs `need_text` of `needed`
    kObstacle,  // terms[0] must not be chosen because it `text`
    kDerived,   // from `left` and `right`
  };
  std::vector<Term> terms;  // one a package
  Cause cause = Cause::kRoot;
  PackageId depender;       // kNeed
  VersionSet depender_set;  // kNeed
  PackageId needed;         // kNeed
  std::string text;         // kNeed: the requirement; kObstacle: the reason
  IncompatibilityId left;   // kDerived
  IncompatibilityId right;  // kDerived

  const Term* Find(PackageId package) const;
};

// A package with its versions in ascending order, as the sets count them.
struct PackageEntry {
  std::string key;
  std::string name;  // for messages
  bool one_version = false;
  std::vector<const Candidate*> versions;  // ascending
  std::vector<size_t> preference;          // positions in `versions`, best first
  // Requirements seen so far and the sets that they stand for: messages say "^1.2", not a list.
  std::map<std::string, VersionSet> requirement_sets;
};

// Everything that one resolution knows. Grows only.
struct ResolverTables {
  std::vector<PackageEntry> packages;
  std::unordered_map<std::string, PackageId> by_key;
  std::vector<Incompatibility> incompatibilities;

  const PackageEntry& at(PackageId id) const { return packages[id.index]; }
  const Incompatibility& at(IncompatibilityId id) const { return incompatibilities[id.index]; }
};

inline constexpr PackageId kRootPackage{0};

// Why `failure` (an incompatibility without terms, or of the root alone) follows from what the
// packages say: sentences a line each.
std::string Explain(const ResolverTables& tables, IncompatibilityId failure);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_RESOLVER_INCOMPATIBILITY_H_
