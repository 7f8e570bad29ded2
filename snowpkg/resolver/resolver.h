#ifndef SNOW_SNOWPKG_RESOLVER_RESOLVER_H_
#define SNOW_SNOWPKG_RESOLVER_RESOLVER_H_

#include <map>
#include <string>
#include <vector>

#include "snowpkg/version/requirement.h"
#include "snowpkg/version/version.h"

namespace snow::pkg {

// Chooses one version of each package that is needed, by PubGrub (conflict-driven search over
// incompatibilities, whose derivation is the explanation when there is no solution). A pure
// function of what the provider says: no files, no network, no clock; the same answers give the
// same result.

struct NeededPackage {
  std::string package;
  Requirement requirement;
};

struct Candidate {
  Version version;
  std::vector<NeededPackage> needs;
  // Why it must not be chosen although it exists: "is yanked", "is younger than 3 days". Empty: it
  // may be. Part of the explanation when it matters.
  std::string obstacle;
};

class VersionProvider {
 public:
  virtual ~VersionProvider() = default;
  // All versions of a package, best first (the first that fits is taken). An empty list: there is
  // no such package. Null: not known yet; the resolution ends and names it, so that it can be
  // loaded. Must answer the same during a resolution; the pointer is kept that long.
  virtual const std::vector<Candidate>* Candidates(const std::string& package) = 0;
  // How messages call the package ("greetings").
  virtual std::string DisplayName(const std::string& package) { return package; }
  // Packages with just one version to speak of (members, paths): messages leave the version out.
  virtual bool HasOneVersion(const std::string& package) {
    (void)package;
    return false;
  }
};

struct Resolution {
  enum class Outcome { kSolved, kMissing, kImpossible, kTooHard };
  Outcome outcome = Outcome::kSolved;
  std::map<std::string, Version> chosen;  // kSolved; without the root
  std::vector<std::string> missing;       // kMissing: packages that the provider did not know yet
  std::string explanation;                // kImpossible, kTooHard: sentences, lines ended by \n

  // How much work it was, for tests and benchmarks.
  size_t decisions = 0;
  size_t conflicts = 0;
};

// `root_name` is how messages call that which has the needs.
Resolution Resolve(VersionProvider& provider, const std::string& root_name,
                   const std::vector<NeededPackage>& root_needs);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_RESOLVER_RESOLVER_H_
