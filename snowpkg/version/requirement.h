#ifndef SNOW_SNOWPKG_VERSION_REQUIREMENT_H_
#define SNOW_SNOWPKG_VERSION_REQUIREMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "snowpkg/base/result.h"
#include "snowpkg/version/version.h"

namespace snow::pkg {

// Which versions a dependency accepts: comparators, separated by commas, that must all hold.
//
//   1.2.3, ^1.2.3   from 1.2.3 up to the next change that may break (2.0.0; for 0.2.3: 0.3.0)
//   ~1.2            1.2.x
//   =1.2.3          that one; =1.2 is every 1.2.x
//   >1.2 >= < <=    as they read
//   1.*, 1.2.*, *   any number in the place of the star
//
// A pre-release is accepted only where a comparator names a pre-release of the same
// major.minor.patch: >=1.0.0-beta takes 1.0.0-rc but never 1.1.0-alpha. A value type.
class Requirement {
 public:
  // Accepts every release.
  Requirement() = default;

  // Errors (kManifest) say what is wrong with the text.
  static Result<Requirement> Parse(std::string_view text);
  static Requirement Exactly(const Version& version);

  bool Matches(const Version& version) const;

  // In normal form: "^1.2", ">=1.0.0, <1.4", "*".
  std::string ToString() const;

  // Whether it names one full version (=1.2.3), so that it can ask for a yanked or young one.
  bool IsExact() const;

  friend bool operator==(const Requirement& a, const Requirement& b) {
    return a.ToString() == b.ToString();
  }

 private:
  enum class Operator { kExact, kGreater, kGreaterEqual, kLess, kLessEqual, kTilde, kCaret, kStar };
  struct Comparator {
    Operator op = Operator::kCaret;
    uint64_t major = 0;
    std::optional<uint64_t> minor;
    std::optional<uint64_t> patch;
    std::vector<std::string> pre;

    bool Matches(const Version& version) const;
    bool Equals(const Version& version) const;
    bool IsBelow(const Version& version) const;
    bool IsAbove(const Version& version) const;
    bool TildeMatches(const Version& version) const;
    bool CaretMatches(const Version& version) const;
    std::string ToString() const;
  };

  static Result<Comparator> ParseComparator(std::string_view text);
  static Status ParseNumbers(std::string_view text, Comparator* comparator, bool* star);

  std::vector<Comparator> comparators_;  // empty: *
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_VERSION_REQUIREMENT_H_
