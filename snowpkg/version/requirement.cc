#include "snowpkg/version/requirement.h"

#include <algorithm>
#include <utility>

#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

constexpr size_t kMaxComparators = 32;
constexpr size_t kMaxLength = 1024;

Error BadRequirement(std::string_view text, const std::string& reason) {
  return Error(ErrorKind::kManifest,
               "`" + Excerpt(text) + "` is not a version requirement: " + reason)
      .Help(
          "requirements are written like \"1.2\", \"~1.2.3\", \">=1.0, <1.5\", \"=2.0.1\", \"*\"");
}

}  // namespace

// Reads up to three numbers, the last of which may be a star.
Status Requirement::ParseNumbers(std::string_view text, Comparator* comparator, bool* star) {
  std::vector<std::string_view> pieces = Split(text, '.');
  if (pieces.size() > 3) return Error(ErrorKind::kManifest, "it has more than three numbers");
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i] == "*" || pieces[i] == "x" || pieces[i] == "X") {
      *star = true;
      continue;
    }
    if (*star) return Error(ErrorKind::kManifest, "no number may follow a star");
    std::optional<uint64_t> number = ParseUnsigned(pieces[i]);
    if (!number || (pieces[i].size() > 1 && pieces[i][0] == '0')) {
      return Error(ErrorKind::kManifest, "`" + Excerpt(pieces[i]) + "` is not a number");
    }
    if (i == 0) comparator->major = *number;
    if (i == 1) comparator->minor = *number;
    if (i == 2) comparator->patch = *number;
  }
  return {};
}

Result<Requirement::Comparator> Requirement::ParseComparator(std::string_view text) {
  // Longer operators first: ">=" begins with ">".
  static constexpr std::pair<std::string_view, Operator> kOperators[] = {
      {">=", Operator::kGreaterEqual}, {"<=", Operator::kLessEqual}, {">", Operator::kGreater},
      {"<", Operator::kLess},          {"=", Operator::kExact},      {"~", Operator::kTilde},
      {"^", Operator::kCaret}};
  Comparator comparator;
  std::string_view rest = text;
  bool has_operator = false;
  for (const auto& [word, op] : kOperators) {
    if (!rest.starts_with(word)) continue;
    comparator.op = op;
    rest = Trim(rest.substr(word.size()));
    has_operator = true;
    break;
  }
  if (size_t plus = rest.find('+'); plus != std::string_view::npos) rest = rest.substr(0, plus);
  std::string_view pre;
  size_t hyphen = rest.find('-');
  if (hyphen != std::string_view::npos) {
    pre = rest.substr(hyphen + 1);
    rest = rest.substr(0, hyphen);
  }
  if (rest.empty()) return Error(ErrorKind::kManifest, "a version number is missing");
  bool star = false;
  SNOW_PKG_TRY(ParseNumbers(rest, &comparator, &star));
  if (star && has_operator && comparator.op != Operator::kExact) {
    return Error(ErrorKind::kManifest, "a star cannot stand behind an operator");
  }
  if (star) comparator.op = Operator::kStar;
  if (hyphen != std::string_view::npos) {
    if (star || !comparator.patch) {
      return Error(ErrorKind::kManifest, "a pre-release needs all three numbers before it");
    }
    SNOW_PKG_ASSIGN(comparator.pre, ParsePre(pre));
  }
  return comparator;
}

Result<Requirement> Requirement::Parse(std::string_view text) {
  if (text.size() > kMaxLength) return BadRequirement(text, "it is too long");
  Requirement requirement;
  std::string_view trimmed = Trim(text);
  if (trimmed.empty()) return BadRequirement(text, "it is empty");
  if (trimmed == "*") return requirement;
  std::vector<std::string_view> pieces = Split(trimmed, ',');
  if (pieces.size() > kMaxComparators) return BadRequirement(text, "it has too many parts");
  for (std::string_view piece : pieces) {
    piece = Trim(piece);
    if (piece.empty()) return BadRequirement(text, "there is nothing beside a comma");
    if (piece == "*") return BadRequirement(text, "a lone star cannot stand beside other parts");
    Result<Comparator> comparator = ParseComparator(piece);
    if (!comparator.ok()) return BadRequirement(text, comparator.error().message());
    requirement.comparators_.push_back(*std::move(comparator));
  }
  return requirement;
}

Requirement Requirement::Exactly(const Version& version) {
  Requirement requirement;
  requirement.comparators_.push_back(
      {Operator::kExact, version.major(), version.minor(), version.patch(), version.pre()});
  return requirement;
}

bool Requirement::Comparator::Equals(const Version& v) const {
  return v.major() == major && (!minor || v.minor() == *minor) && (!patch || v.patch() == *patch) &&
         (!patch || v.pre() == pre);
}

// Whether the comparator's version lies below `v`; a missing number makes all of its versions
// equal.
bool Requirement::Comparator::IsBelow(const Version& v) const {
  if (v.major() != major) return v.major() > major;
  if (!minor) return false;
  if (v.minor() != *minor) return v.minor() > *minor;
  if (!patch) return false;
  if (v.patch() != *patch) return v.patch() > *patch;
  return ComparePre(v.pre(), pre) > 0;
}

bool Requirement::Comparator::IsAbove(const Version& v) const {
  if (v.major() != major) return v.major() < major;
  if (!minor) return false;
  if (v.minor() != *minor) return v.minor() < *minor;
  if (!patch) return false;
  if (v.patch() != *patch) return v.patch() < *patch;
  return ComparePre(v.pre(), pre) < 0;
}

bool Requirement::Comparator::TildeMatches(const Version& v) const {
  if (v.major() != major) return false;
  if (minor && v.minor() != *minor) return false;
  if (!patch) return true;
  if (v.patch() != *patch) return v.patch() > *patch;
  return ComparePre(v.pre(), pre) >= 0;
}

// The leftmost number that is not zero must stay; what is not written counts as free, except that
// ^0.0 fixes the minor number.
bool Requirement::Comparator::CaretMatches(const Version& v) const {
  if (v.major() != major) return false;
  if (!minor) return true;
  bool minor_fixed = major == 0;
  if (!patch) return minor_fixed ? v.minor() == *minor : v.minor() >= *minor;
  if (v.minor() != *minor) return !minor_fixed && v.minor() > *minor;
  bool patch_fixed = major == 0 && *minor == 0;
  if (v.patch() != *patch) return !patch_fixed && v.patch() > *patch;
  return ComparePre(v.pre(), pre) >= 0;
}

bool Requirement::Comparator::Matches(const Version& version) const {
  switch (op) {
    case Operator::kExact:
    case Operator::kStar:
      return Equals(version);
    case Operator::kGreater:
      return IsBelow(version);
    case Operator::kGreaterEqual:
      return Equals(version) || IsBelow(version);
    case Operator::kLess:
      return IsAbove(version);
    case Operator::kLessEqual:
      return Equals(version) || IsAbove(version);
    case Operator::kTilde:
      return TildeMatches(version);
    case Operator::kCaret:
      return CaretMatches(version);
  }
  return false;
}

bool Requirement::Matches(const Version& version) const {
  bool all = std::all_of(comparators_.begin(), comparators_.end(),
                         [&](const Comparator& comparator) { return comparator.Matches(version); });
  if (!all || !version.is_prerelease()) return all;
  return std::any_of(comparators_.begin(), comparators_.end(), [&](const Comparator& comparator) {
    return !comparator.pre.empty() && comparator.major == version.major() &&
           comparator.minor == version.minor() && comparator.patch == version.patch();
  });
}

bool Requirement::IsExact() const {
  return comparators_.size() == 1 && comparators_[0].op == Operator::kExact &&
         comparators_[0].patch.has_value();
}

std::string Requirement::Comparator::ToString() const {
  static constexpr std::string_view kWords[] = {"=", ">", ">=", "<", "<=", "~", "^", ""};
  std::string text(kWords[static_cast<size_t>(op)]);
  text += std::to_string(major);
  if (minor) text += "." + std::to_string(*minor);
  if (patch) text += "." + std::to_string(*patch);
  if (!pre.empty()) text += "-" + Join(pre, ".");
  if (op == Operator::kStar) text += ".*";
  return text;
}

std::string Requirement::ToString() const {
  if (comparators_.empty()) return "*";
  std::vector<std::string> words;
  for (const Comparator& comparator : comparators_) words.push_back(comparator.ToString());
  return Join(words, ", ");
}

}  // namespace snow::pkg
