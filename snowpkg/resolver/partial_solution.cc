#include "snowpkg/resolver/partial_solution.h"

#include <cassert>
#include <utility>

namespace snow::pkg {

void PartialSolution::Push(Assignment assignment) {
  size_t package = assignment.package.index;
  assignment.accumulated = known_[package].Intersect(assignment.set);
  known_[package] = assignment.accumulated;
  by_package_[package].push_back(assignments_.size());
  assignments_.push_back(std::move(assignment));
}

void PartialSolution::Decide(PackageId package, size_t version) {
  level_ += 1;
  VersionSet set(Known(package).versions());
  set.Add(version);
  decided_[package.index] = true;
  Push({package, set, {}, level_, std::nullopt});
}

void PartialSolution::Derive(PackageId package, const VersionSet& set, IncompatibilityId cause) {
  Push({package, set, {}, level_, cause});
}

void PartialSolution::BacktrackTo(size_t level) {
  while (!assignments_.empty() && assignments_.back().level > level) {
    const Assignment& last = assignments_.back();
    size_t package = last.package.index;
    if (!last.cause) decided_[package] = false;
    std::vector<size_t>& positions = by_package_[package];
    positions.pop_back();
    known_[package] = positions.empty() ? VersionSet::Full(known_[package].versions())
                                        : assignments_[positions.back()].accumulated;
    assignments_.pop_back();
  }
  level_ = level;
}

size_t PartialSolution::Satisfier(PackageId package, const VersionSet& set,
                                  const VersionSet* also) const {
  for (size_t position : by_package_[package.index]) {
    const VersionSet& accumulated = assignments_[position].accumulated;
    if ((also == nullptr ? accumulated : accumulated.Intersect(*also)).IsSubsetOf(set)) {
      return position;
    }
  }
  assert(false && "the term does not hold");
  return 0;
}

std::optional<size_t> PartialSolution::DecisionLevel(PackageId package) const {
  for (size_t position : by_package_[package.index]) {
    if (!assignments_[position].cause) return assignments_[position].level;
  }
  return std::nullopt;
}

std::optional<PackageId> PartialSolution::DecidedAt(size_t level) const {
  for (const Assignment& assignment : assignments_) {
    if (!assignment.cause && assignment.level == level) return assignment.package;
  }
  return std::nullopt;
}

}  // namespace snow::pkg
