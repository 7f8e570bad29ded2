#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "snowpkg/base/text.h"
#include "snowpkg/resolver/incompatibility.h"

namespace snow::pkg {
namespace {

// Puts incompatibilities into words.
class Words {
 public:
  explicit Words(const ResolverTables& tables) : tables_(tables) {}

  // "greetings 1.2.0", "every version of greetings", "greetings ^1.2", "greetings >=1.0.0,
  // <=1.4.0".
  std::string Versions(PackageId id, const VersionSet& set) const {
    const PackageEntry& entry = tables_.at(id);
    if (entry.one_version) return entry.name;
    size_t count = entry.versions.size();
    if (set.Count() == count) return "every version of " + entry.name;
    return entry.name + " " + Range(entry, set);
  }

  // A sentence without its full stop.
  std::string Sentence(const Incompatibility& incompatibility) const {
    switch (incompatibility.cause) {
      case Incompatibility::Cause::kNeed:
        return NeedSentence(incompatibility);
      case Incompatibility::Cause::kObstacle:
        return ObstacleSentence(incompatibility.terms[0], incompatibility.text);
      case Incompatibility::Cause::kRoot:
      case Incompatibility::Cause::kDerived:
        return DerivedSentence(incompatibility.terms);
    }
    return "";
  }

 private:
  std::string Range(const PackageEntry& entry, const VersionSet& set) const {
    VersionSet versions = set;
    versions.Remove(entry.versions.size());
    for (const auto& [text, known] : entry.requirement_sets) {
      if (known == versions) return text;
    }
    return Runs(entry, set);
  }

  // Runs of neighbours in the list of known versions.
  static std::string Runs(const PackageEntry& entry, const VersionSet& set) {
    std::vector<std::string> runs;
    size_t count = entry.versions.size();
    for (size_t i = 0; i < count; ++i) {
      if (!set.Has(i)) continue;
      size_t first = i;
      while (i + 1 < count && set.Has(i + 1)) i += 1;
      std::string from = entry.versions[first]->version.ToString();
      std::string to = entry.versions[i]->version.ToString();
      if (first == i) {
        runs.push_back(from);
      } else if (first == 0) {
        runs.push_back("up to " + to);
      } else if (i + 1 == count) {
        runs.push_back("from " + from + " on");
      } else {
        runs.push_back("from " + from + " to " + to);
      }
    }
    constexpr size_t kMaxRuns = 4;
    if (runs.size() > kMaxRuns) {
      size_t left_out = runs.size() - kMaxRuns;
      runs.resize(kMaxRuns);
      runs.push_back(std::to_string(left_out) + " more");
    }
    return Join(runs, " or ");
  }

  std::string ObstacleSentence(const Term& term, const std::string& obstacle) const {
    const PackageEntry& entry = tables_.at(term.package);
    return entry.name + " " + Runs(entry, term.set) + " " + obstacle;
  }

  std::string NeedSentence(const Incompatibility& need) const {
    const PackageEntry& needed = tables_.at(need.needed);
    std::string text = Versions(need.depender, need.depender_set) + " needs " + needed.name;
    if (!needed.one_version && need.text != "*") text += " " + need.text;
    if (needed.versions.empty()) return text + ", and there is no package of that name";
    auto set = needed.requirement_sets.find(need.text);
    if (set == needed.requirement_sets.end() || set->second.Count() > 0) return text;
    if (needed.one_version) {
      return text + " " + need.text + ", but it is " + needed.versions[0]->version.ToString();
    }
    return text + ", which no version satisfies (" + Existing(needed) + ")";
  }

  static std::string Existing(const PackageEntry& entry) {
    std::string newest = entry.versions.back()->version.ToString();
    if (entry.versions.size() == 1) return "there is only " + newest;
    return "there are " + entry.versions[0]->version.ToString() + " to " + newest;
  }

  std::string DerivedSentence(const std::vector<Term>& terms) const {
    std::vector<std::string> chosen;    // packages with versions that must not come together
    std::vector<std::string> excepted;  // unless one of these is chosen
    for (const Term& term : terms) {
      if (term.set.IsPositive()) {
        // The root goes first: sentences are about it.
        auto at = term.package == kRootPackage ? chosen.begin() : chosen.end();
        chosen.insert(at, Versions(term.package, term.set));
      } else {
        excepted.push_back(Versions(term.package, term.set.Complement()));
      }
    }
    if (chosen.empty() && excepted.empty()) return "there is no solution";
    if (excepted.empty()) {
      if (chosen.size() == 1) return chosen[0] + " cannot be used";
      if (chosen.size() == 2) return chosen[0] + " conflicts with " + chosen[1];
      std::string last = chosen.back();
      chosen.pop_back();
      return Join(chosen, ", ") + " and " + last + " cannot be used together";
    }
    std::string needed = Join(excepted, " or ");
    if (chosen.empty()) return needed + " must be used";
    if (chosen.size() == 1) return chosen[0] + " needs " + needed;
    return Join(chosen, " and ") + " together need " + needed;
  }

  const ResolverTables& tables_;
};

// Walks the derivation of the failure and writes a line a step, as a proof is told: what the line
// before has shown is 'And because', what was shown earlier has a number.
class Report {
 public:
  Report(const ResolverTables& tables, IncompatibilityId failure)
      : tables_(tables), words_(tables), failure_(failure) {}

  std::string Write() {
    CountUses();
    OrderLines();
    NumberLines();
    std::string text;
    for (size_t i = 0; i < lines_.size(); ++i) text += Tell(i);
    return text;
  }

 private:
  // A step that is told: what it shows, and from what.
  struct Line {
    IncompatibilityId id;
    std::vector<IncompatibilityId> causes;
  };

  bool IsDerived(IncompatibilityId id) const {
    return tables_.at(id).cause == Incompatibility::Cause::kDerived;
  }
  // That the root must be chosen goes without saying.
  bool IsSilent(IncompatibilityId id) const {
    return tables_.at(id).cause == Incompatibility::Cause::kRoot;
  }

  void CountUses() {
    std::vector<IncompatibilityId> open = {failure_};
    std::set<IncompatibilityId> seen;
    while (!open.empty()) {
      IncompatibilityId id = open.back();
      open.pop_back();
      if (!IsDerived(id) || !seen.insert(id).second) continue;
      for (IncompatibilityId cause : {tables_.at(id).left, tables_.at(id).right}) {
        uses_[cause] += 1;
        open.push_back(cause);
      }
    }
  }

  // A step that serves one other and adds one fact to one step is told together with that other.
  bool FoldsInto(IncompatibilityId id, IncompatibilityId sibling) const {
    if (!IsDerived(id) || uses_.at(id) != 1 || IsDerived(sibling)) return false;
    return IsDerived(tables_.at(id).left) != IsDerived(tables_.at(id).right);
  }

  std::vector<IncompatibilityId> CausesOf(IncompatibilityId id) const {
    const Incompatibility& step = tables_.at(id);
    if (step.cause != Incompatibility::Cause::kDerived) return {id};
    std::vector<IncompatibilityId> causes;
    auto add = [&](IncompatibilityId cause) {
      if (!IsSilent(cause)) causes.push_back(cause);
    };
    for (auto [cause, sibling] :
         {std::pair(step.left, step.right), std::pair(step.right, step.left)}) {
      if (FoldsInto(cause, sibling)) {
        add(tables_.at(cause).left);
        add(tables_.at(cause).right);
      } else {
        add(cause);
      }
    }
    return causes;
  }

  // Causes before what follows from them. An explicit stack: derivations can be deeper than a
  // thread's stack.
  void OrderLines() {
    struct Step {
      IncompatibilityId id;
      bool causes_told = false;
    };
    std::vector<Step> steps = {{failure_}};
    std::set<IncompatibilityId> told;
    while (!steps.empty()) {
      Step step = steps.back();
      steps.pop_back();
      if (told.contains(step.id)) continue;
      std::vector<IncompatibilityId> causes = CausesOf(step.id);
      if (step.causes_told) {
        told.insert(step.id);
        lines_.push_back({step.id, std::move(causes)});
        continue;
      }
      steps.push_back({step.id, true});
      for (IncompatibilityId cause : causes) {
        if (IsDerived(cause) && !told.contains(cause)) steps.push_back({cause});
      }
    }
  }

  // Numbers go to the lines that others than the next refer to.
  void NumberLines() {
    std::set<IncompatibilityId> referred;
    for (size_t i = 0; i < lines_.size(); ++i) {
      for (IncompatibilityId cause : lines_[i].causes) {
        if (IsDerived(cause) && !(i > 0 && lines_[i - 1].id == cause)) referred.insert(cause);
      }
    }
    size_t next = 0;
    for (const Line& line : lines_) {
      if (referred.contains(line.id)) numbers_[line.id] = ++next;
    }
  }

  std::string Number(IncompatibilityId id) const {
    auto number = numbers_.find(id);
    return number == numbers_.end() ? "" : " (" + std::to_string(number->second) + ")";
  }

  // What the user wrote goes first; the rest in the order in which it was learned.
  bool ReadsBefore(IncompatibilityId a, IncompatibilityId b) const {
    auto rank = [this](IncompatibilityId id) {
      const Incompatibility& reason = tables_.at(id);
      bool of_root =
          reason.cause == Incompatibility::Cause::kNeed && reason.depender == kRootPackage;
      return std::pair(of_root ? 0 : 1, id);
    };
    return rank(a) < rank(b);
  }

  std::string Tell(size_t index) const {
    const Line& line = lines_[index];
    std::vector<IncompatibilityId> causes = line.causes;
    if (index > 0) std::erase(causes, lines_[index - 1].id);
    bool follows = causes.size() < line.causes.size();
    std::sort(causes.begin(), causes.end(),
              [this](IncompatibilityId a, IncompatibilityId b) { return ReadsBefore(a, b); });
    std::vector<std::string> because;
    for (IncompatibilityId cause : causes) {
      because.push_back(words_.Sentence(tables_.at(cause)) + Number(cause));
    }
    std::string text = "So ";
    if (!because.empty()) {
      text = (follows ? "And because " : "Because ") + Join(because, " and ") + ", ";
    }
    if (line.id == failure_) {
      return text + "no versions fit together for " + tables_.at(kRootPackage).name + ".\n";
    }
    return text + words_.Sentence(tables_.at(line.id)) + Number(line.id) + ".\n";
  }

  const ResolverTables& tables_;
  Words words_;
  IncompatibilityId failure_;
  std::map<IncompatibilityId, size_t> uses_;
  std::vector<Line> lines_;
  std::map<IncompatibilityId, size_t> numbers_;
};

}  // namespace

std::string Explain(const ResolverTables& tables, IncompatibilityId failure) {
  return Report(tables, failure).Write();
}

}  // namespace snow::pkg
