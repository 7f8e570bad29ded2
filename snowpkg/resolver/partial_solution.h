#ifndef SNOW_SNOWPKG_RESOLVER_PARTIAL_SOLUTION_H_
#define SNOW_SNOWPKG_RESOLVER_PARTIAL_SOLUTION_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "snowpkg/resolver/incompatibility.h"

namespace snow::pkg {

// What a resolution holds for true at the moment: decisions (this version of this package) and what
// incompatibilities made of them, in order, with the number of decisions before each (its level).
class PartialSolution {
 public:
  struct Assignment {
    PackageId package;
    VersionSet set;          // what this assignment says
    VersionSet accumulated;  // with everything said of the package before
    size_t level = 0;
    std::optional<IncompatibilityId> cause;  // none: a decision
  };

  // Makes room for a new package, about which nothing is known.
  void AddPackage(size_t versions) {
    by_package_.emplace_back();
    known_.push_back(VersionSet::Full(versions));
    decided_.push_back(false);
  }

  // What is known of the package.
  const VersionSet& Known(PackageId package) const { return known_[package.index]; }
  bool IsDecided(PackageId package) const { return decided_[package.index]; }
  size_t level() const { return level_; }
  size_t PackageCount() const { return known_.size(); }

  void Decide(PackageId package, size_t version);
  void Derive(PackageId package, const VersionSet& set, IncompatibilityId cause);
  // Forgets everything above `level`.
  void BacktrackTo(size_t level);

  const Assignment& at(size_t position) const { return assignments_[position]; }
  // The first assignment with which `set` holds of the package, together with `also` when given.
  // It must hold now.
  size_t Satisfier(PackageId package, const VersionSet& set,
                   const VersionSet* also = nullptr) const;
  // The level at which the package was decided.
  std::optional<size_t> DecisionLevel(PackageId package) const;
  // The package whose decision began the level; none for level 0.
  std::optional<PackageId> DecidedAt(size_t level) const;

 private:
  void Push(Assignment assignment);

  std::vector<Assignment> assignments_;
  std::vector<std::vector<size_t>> by_package_;  // positions in assignments_, ascending
  std::vector<VersionSet> known_;
  std::vector<bool> decided_;
  size_t level_ = 0;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_RESOLVER_PARTIAL_SOLUTION_H_
