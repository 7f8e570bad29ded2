#include "snowpkg/resolver/resolver.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "snowpkg/resolver/incompatibility.h"
#include "snowpkg/resolver/partial_solution.h"

namespace snow::pkg {

const Term* Incompatibility::Find(PackageId package) const {
  for (const Term& term : terms) {
    if (term.package == package) return &term;
  }
  return nullptr;
}

namespace {

// No honest set of packages comes near; a hostile one must end.
constexpr size_t kMaxDecisions = 200'000;
constexpr size_t kMaxConflicts = 100'000;
// So many conflicts between two packages, and the one that was decided later goes first from then
// on: without this the search walks through all versions of the wrong package.
constexpr size_t kConflictsBeforePromotion = 5;

class Solver {
 public:
  Solver(VersionProvider& provider, const std::string& root_name,
         const std::vector<NeededPackage>& root_needs)
      : provider_(provider) {
    root_.needs = root_needs;
    PackageEntry entry;
    entry.name = root_name;
    entry.one_version = true;
    entry.versions = {&root_};
    entry.preference = {0};
    AddPackage(std::move(entry));
    Incompatibility must;
    must.terms.push_back({kRootPackage, VersionSet::NotChosen(1)});
    AddIncompatibility(std::move(must));
  }

  Resolution Run() {
    PackageId next = kRootPackage;
    while (true) {
      if (!Propagate(next)) return Impossible();
      std::optional<PackageId> choice = NextPackage();
      if (!choice) return Solved();
      if (result_.decisions >= kMaxDecisions || result_.conflicts >= kMaxConflicts) {
        return TooHard(*choice);
      }
      if (!Choose(*choice)) return Missing();
      next = *choice;
    }
  }

 private:
  enum class Relation { kSatisfied, kContradicted, kOpen };

  PackageId AddPackage(PackageEntry entry) {
    PackageId id{tables_.packages.size()};
    partial_.AddPackage(entry.versions.size());
    tables_.by_key[entry.key] = id;
    tables_.packages.push_back(std::move(entry));
    mentions_.emplace_back();
    promotion_.push_back(0);
    return id;
  }

  IncompatibilityId AddIncompatibility(Incompatibility incompatibility) {
    IncompatibilityId id{tables_.incompatibilities.size()};
    for (const Term& term : incompatibility.terms) mentions_[term.package.index].push_back(id);
    tables_.incompatibilities.push_back(std::move(incompatibility));
    return id;
  }

  // The package, loaded when it is new; none when the provider does not know it yet.
  std::optional<PackageId> Load(const std::string& key) {
    if (auto found = tables_.by_key.find(key); found != tables_.by_key.end()) return found->second;
    const std::vector<Candidate>* candidates = provider_.Candidates(key);
    if (candidates == nullptr) return std::nullopt;
    PackageEntry entry;
    entry.key = key;
    entry.name = provider_.DisplayName(key);
    entry.one_version = provider_.HasOneVersion(key);
    std::vector<size_t> order(candidates->size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      auto compared = (*candidates)[a].version <=> (*candidates)[b].version;
      return compared != 0 ? compared < 0 : a < b;
    });
    entry.preference.resize(order.size());
    for (size_t position = 0; position < order.size(); ++position) {
      entry.versions.push_back(&(*candidates)[order[position]]);
      entry.preference[order[position]] = position;
    }
    PackageId id = AddPackage(std::move(entry));
    AddObstacles(id);
    return id;
  }

  // One incompatibility for all versions that share a reason.
  void AddObstacles(PackageId id) {
    const PackageEntry& entry = tables_.at(id);
    std::map<std::string, VersionSet> by_reason;
    for (size_t i = 0; i < entry.versions.size(); ++i) {
      const std::string& reason = entry.versions[i]->obstacle;
      if (reason.empty()) continue;
      by_reason.try_emplace(reason, VersionSet(entry.versions.size())).first->second.Add(i);
    }
    for (auto& [reason, set] : by_reason) {
      Incompatibility obstacle;
      obstacle.cause = Incompatibility::Cause::kObstacle;
      obstacle.text = reason;
      obstacle.terms.push_back({id, set});
      AddIncompatibility(std::move(obstacle));
    }
  }

  VersionSet SetOf(PackageId id, const Requirement& requirement) {
    PackageEntry& entry = tables_.packages[id.index];
    auto [found, is_new] = entry.requirement_sets.try_emplace(requirement.ToString(),
                                                              VersionSet(entry.versions.size()));
    for (size_t i = 0; is_new && i < entry.versions.size(); ++i) {
      if (requirement.Matches(entry.versions[i]->version)) found->second.Add(i);
    }
    return found->second;
  }

  Relation RelationOf(const Term& term) const {
    const VersionSet& known = partial_.Known(term.package);
    if (known.IsSubsetOf(term.set)) return Relation::kSatisfied;
    if (known.IsDisjointFrom(term.set)) return Relation::kContradicted;
    return Relation::kOpen;
  }

  // Draws all conclusions from what is known of `start`; false when there is no solution.
  bool Propagate(PackageId start) {
    std::deque<PackageId> changed = {start};
    while (!changed.empty()) {
      PackageId package = changed.front();
      changed.pop_front();
      // Newest first: those that conflicts have taught cut most.
      for (size_t i = mentions_[package.index].size(); i-- > 0;) {
        IncompatibilityId id = mentions_[package.index][i];
        const Term* open = nullptr;
        if (!OnlyOpenTerm(id, &open)) continue;
        if (open != nullptr) {
          changed.push_back(open->package);
          partial_.Derive(open->package, open->set.Complement(), id);
          continue;
        }
        std::optional<IncompatibilityId> root_cause = ResolveConflict(id);
        if (!root_cause) return false;
        changed.clear();
        const Term* term = nullptr;
        if (OnlyOpenTerm(*root_cause, &term) && term != nullptr) {
          changed.push_back(term->package);
          partial_.Derive(term->package, term->set.Complement(), *root_cause);
        } else {
          // A promotion went back further than the conflict itself asks for.
          for (const Term& any : tables_.at(*root_cause).terms) changed.push_back(any.package);
        }
        break;
      }
    }
    return true;
  }

  // Whether all terms but at most one hold; that one is put into `open`.
  bool OnlyOpenTerm(IncompatibilityId id, const Term** open) const {
    *open = nullptr;
    for (const Term& term : tables_.at(id).terms) {
      Relation relation = RelationOf(term);
      if (relation == Relation::kContradicted) return false;
      if (relation == Relation::kSatisfied) continue;
      if (*open != nullptr) return false;
      *open = &term;
    }
    return true;
  }

  // Where a satisfied incompatibility became true.
  struct Origin {
    size_t position = 0;        // of the last assignment that it needs
    PackageId package;          // of that assignment
    size_t previous_level = 0;  // the level that the other assignments that it needs reach
  };

  Origin FindOrigin(const Incompatibility& incompatibility) const {
    Origin origin;
    bool first = true;
    for (const Term& term : incompatibility.terms) {
      size_t position = partial_.Satisfier(term.package, term.set);
      if (first || position > origin.position) {
        origin.position = position;
        origin.package = term.package;
      }
      first = false;
    }
    const VersionSet& last = partial_.at(origin.position).set;
    for (const Term& term : incompatibility.terms) {
      size_t position;
      if (term.package == origin.package) {
        if (last.IsSubsetOf(term.set)) continue;  // needs nothing before it
        position = partial_.Satisfier(term.package, term.set, &last);
      } else {
        position = partial_.Satisfier(term.package, term.set);
      }
      origin.previous_level = std::max(origin.previous_level, partial_.at(position).level);
    }
    return origin;
  }

  // Learns from a satisfied incompatibility and goes back to where it can be avoided: the lesson,
  // or none when it is that there is no solution (failure_ then).
  std::optional<IncompatibilityId> ResolveConflict(IncompatibilityId conflict) {
    result_.conflicts += 1;
    CountConflict(tables_.at(conflict));
    IncompatibilityId current = conflict;
    while (true) {
      const Incompatibility& incompatibility = tables_.at(current);
      if (IsFailure(incompatibility)) {
        failure_ = current;
        return std::nullopt;
      }
      Origin origin = FindOrigin(incompatibility);
      const PartialSolution::Assignment& last = partial_.at(origin.position);
      if (!last.cause || origin.previous_level < last.level) {
        partial_.BacktrackTo(std::min(origin.previous_level, PromotionLevel()));
        return current;
      }
      current = AddIncompatibility(Combine(current, *last.cause, origin.package));
    }
  }

  static bool IsFailure(const Incompatibility& incompatibility) {
    return incompatibility.terms.empty() ||
           (incompatibility.terms.size() == 1 && incompatibility.terms[0].package == kRootPackage &&
            incompatibility.terms[0].set.IsPositive());
  }

  // What follows from both whatever happens to `pivot`.
  Incompatibility Combine(IncompatibilityId left, IncompatibilityId right, PackageId pivot) const {
    Incompatibility combined;
    combined.cause = Incompatibility::Cause::kDerived;
    combined.left = left;
    combined.right = right;
    std::map<PackageId, VersionSet> sets;
    for (IncompatibilityId id : {left, right}) {
      for (const Term& term : tables_.at(id).terms) {
        auto [found, is_new] = sets.try_emplace(term.package, term.set);
        if (is_new) continue;
        found->second = term.package == pivot ? found->second.Union(term.set)
                                              : found->second.Intersect(term.set);
      }
    }
    for (auto& [package, set] : sets) {
      if (!set.IsFull()) combined.terms.push_back({package, std::move(set)});
    }
    return combined;
  }

  // Two decisions collide: the one that made the conflict complete and, before it, the last of
  // those that it needs. When the same two do so often, the later one is decided first from then
  // on.
  void CountConflict(const Incompatibility& incompatibility) {
    promoted_over_.reset();
    if (IsFailure(incompatibility)) return;
    Origin origin = FindOrigin(incompatibility);
    std::optional<PackageId> earlier = partial_.DecidedAt(origin.previous_level);
    std::optional<PackageId> later = partial_.DecidedAt(partial_.at(origin.position).level);
    if (!earlier || !later || *earlier == kRootPackage || *earlier == *later) return;
    // Once a pair: turned round again and again, it would help nobody.
    size_t& count = pair_conflicts_[std::minmax(*earlier, *later)];
    count += 1;
    if (count != kConflictsBeforePromotion) return;
    promotion_[later->index] = promotion_[earlier->index] + 1;
    promoted_over_ = earlier;
  }

  // The level to go back to so that a package promoted just now is decided first.
  size_t PromotionLevel() const {
    if (!promoted_over_) return partial_.level();
    std::optional<size_t> level = partial_.DecisionLevel(*promoted_over_);
    return level ? *level - 1 : partial_.level();
  }

  // Of the packages that are needed and not decided: the one that conflicts have promoted most, or
  // else the one with the fewest versions left (it fails soonest).
  std::optional<PackageId> NextPackage() const {
    std::optional<PackageId> best;
    std::pair<size_t, size_t> best_rank;
    for (size_t i = 0; i < partial_.PackageCount(); ++i) {
      PackageId id{i};
      if (partial_.IsDecided(id) || !partial_.Known(id).IsPositive()) continue;
      std::pair<size_t, size_t> rank = {~promotion_[i], partial_.Known(id).Count()};
      if (!best || rank < best_rank) {
        best = id;
        best_rank = rank;
      }
    }
    return best;
  }

  // Decides for the best version left; false when the provider lacks something (missing).
  bool Choose(PackageId id) {
    const VersionSet& known = partial_.Known(id);
    size_t version = 0;
    for (size_t position : tables_.at(id).preference) {
      if (!known.Has(position)) continue;
      version = position;
      break;
    }
    const Candidate& candidate = *tables_.at(id).versions[version];
    std::vector<PackageId> needed;
    for (const NeededPackage& need : candidate.needs) {
      std::optional<PackageId> package = Load(need.package);
      if (!package) {
        result_.missing.push_back(need.package);
      } else {
        needed.push_back(*package);
      }
    }
    if (!result_.missing.empty()) return false;
    for (size_t i = 0; i < needed.size(); ++i) {
      AddNeed(id, needed[i], candidate.needs[i]);
    }
    result_.decisions += 1;
    partial_.Decide(id, version);
    return true;
  }

  // "These versions of `depender` need that of `needed`", for all versions that say the same.
  void AddNeed(PackageId depender, PackageId needed, const NeededPackage& need) {
    const std::string text = need.requirement.ToString();
    if (!known_needs_.insert({depender, needed, text}).second) return;
    const PackageEntry& entry = tables_.at(depender);
    VersionSet set(entry.versions.size());
    for (size_t i = 0; i < entry.versions.size(); ++i) {
      for (const NeededPackage& other : entry.versions[i]->needs) {
        if (other.package == need.package && other.requirement == need.requirement) set.Add(i);
      }
    }
    Incompatibility incompatibility;
    incompatibility.cause = Incompatibility::Cause::kNeed;
    incompatibility.depender = depender;
    incompatibility.depender_set = set;
    incompatibility.needed = needed;
    incompatibility.text = text;
    VersionSet not_needed = SetOf(needed, need.requirement).Complement();
    if (depender == needed) {
      // A package that needs another version of itself.
      set = set.Intersect(not_needed);
      if (set.IsEmpty()) return;
      incompatibility.terms.push_back({depender, set});
    } else {
      incompatibility.terms.push_back({depender, set});
      // Of a requirement that nothing satisfies the second term always holds.
      if (!not_needed.IsFull()) incompatibility.terms.push_back({needed, not_needed});
    }
    AddIncompatibility(std::move(incompatibility));
  }

  Resolution Solved() {
    for (size_t i = 1; i < tables_.packages.size(); ++i) {
      const PackageEntry& entry = tables_.packages[i];
      if (!partial_.IsDecided({i})) continue;
      for (size_t v = 0; v < entry.versions.size(); ++v) {
        if (partial_.Known({i}).Has(v)) result_.chosen[entry.key] = entry.versions[v]->version;
      }
    }
    return std::move(result_);
  }

  Resolution Missing() {
    result_.outcome = Resolution::Outcome::kMissing;
    return std::move(result_);
  }

  Resolution Impossible() {
    result_.outcome = Resolution::Outcome::kImpossible;
    result_.explanation = Explain(tables_, failure_);
    return std::move(result_);
  }

  Resolution TooHard(PackageId last) {
    result_.outcome = Resolution::Outcome::kTooHard;
    result_.explanation = "the search for fitting versions was given up after " +
                          std::to_string(result_.conflicts) + " conflicts, the last around " +
                          tables_.at(last).name +
                          "; narrow the requirements of the packages that you name yourself\n";
    return std::move(result_);
  }

  VersionProvider& provider_;
  Candidate root_;
  ResolverTables tables_;
  PartialSolution partial_;
  std::vector<std::vector<IncompatibilityId>> mentions_;  // by package
  std::vector<size_t> promotion_;                         // by package
  std::map<std::pair<PackageId, PackageId>, size_t> pair_conflicts_;
  std::optional<PackageId> promoted_over_;
  std::set<std::tuple<PackageId, PackageId, std::string>> known_needs_;
  IncompatibilityId failure_;
  Resolution result_;
};

}  // namespace

Resolution Resolve(VersionProvider& provider, const std::string& root_name,
                   const std::vector<NeededPackage>& root_needs) {
  return Solver(provider, root_name, root_needs).Run();
}

}  // namespace snow::pkg
