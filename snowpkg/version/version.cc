#include "snowpkg/version/version.h"

#include <algorithm>
#include <array>
#include <optional>

#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

constexpr size_t kMaxLength = 256;

bool IsIdentifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Error BadVersion(std::string_view text, const std::string& reason) {
  return Error(ErrorKind::kManifest, "`" + Excerpt(text) + "` is not a version: " + reason)
      .Help("versions are written like 1.4.0 or 2.0.0-beta.1");
}

// Both are digits without leading zeros, of any length.
std::strong_ordering CompareNumeric(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering CompareIdentifier(const std::string& a, const std::string& b) {
  bool a_numeric = IsDigits(a);
  bool b_numeric = IsDigits(b);
  if (a_numeric && b_numeric) return CompareNumeric(a, b);
  if (a_numeric != b_numeric) {
    return a_numeric ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return a.compare(b) <=> 0;
}

}  // namespace

std::strong_ordering ComparePre(const std::vector<std::string>& a,
                                const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return b.size() <=> a.size();
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (auto order = CompareIdentifier(a[i], b[i]); order != 0) return order;
  }
  return a.size() <=> b.size();
}

Result<std::vector<std::string>> ParsePre(std::string_view text) {
  std::vector<std::string> identifiers;
  for (std::string_view piece : Split(text, '.')) {
    if (!IsIdentifier(piece)) {
      return Error(ErrorKind::kManifest, "the pre-release part `" + Excerpt(text) +
                                             "` must be letters, digits and hyphens between dots");
    }
    if (IsDigits(piece) && piece.size() > 1 && piece[0] == '0') {
      return Error(ErrorKind::kManifest,
                   "the number `" + Excerpt(piece) + "` in the pre-release part begins with 0");
    }
    identifiers.emplace_back(piece);
  }
  return identifiers;
}

Result<Version> Version::Parse(std::string_view text) {
  if (text.size() > kMaxLength) return BadVersion(text, "it is too long");
  Version version;
  std::string_view rest = text;
  if (size_t plus = rest.find('+'); plus != std::string_view::npos) {
    version.build_ = std::string(rest.substr(plus + 1));
    rest = rest.substr(0, plus);
    for (std::string_view piece : Split(version.build_, '.')) {
      if (!IsIdentifier(piece)) {
        return BadVersion(text, "what follows + must be letters, digits and hyphens between dots");
      }
    }
  }
  if (size_t hyphen = rest.find('-'); hyphen != std::string_view::npos) {
    Result<std::vector<std::string>> pre = ParsePre(rest.substr(hyphen + 1));
    if (!pre.ok()) return BadVersion(text, pre.error().message());
    version.pre_ = *std::move(pre);
    rest = rest.substr(0, hyphen);
  }
  std::vector<std::string_view> numbers = Split(rest, '.');
  if (numbers.size() != 3) {
    return BadVersion(text, "it needs three numbers (major.minor.patch)");
  }
  std::array<uint64_t*, 3> targets = {&version.major_, &version.minor_, &version.patch_};
  for (size_t i = 0; i < targets.size(); ++i) {
    std::optional<uint64_t> number = ParseUnsigned(numbers[i]);
    if (!number) return BadVersion(text, "`" + Excerpt(numbers[i]) + "` is not a number");
    if (numbers[i].size() > 1 && numbers[i][0] == '0') {
      return BadVersion(text, "the number " + std::string(numbers[i]) + " begins with 0");
    }
    *targets[i] = *number;
  }
  return version;
}

std::string Version::ToString() const {
  std::string text =
      std::to_string(major_) + "." + std::to_string(minor_) + "." + std::to_string(patch_);
  if (!pre_.empty()) text += "-" + Join(pre_, ".");
  if (!build_.empty()) text += "+" + build_;
  return text;
}

std::strong_ordering operator<=>(const Version& a, const Version& b) {
  if (auto order = a.major_ <=> b.major_; order != 0) return order;
  if (auto order = a.minor_ <=> b.minor_; order != 0) return order;
  if (auto order = a.patch_ <=> b.patch_; order != 0) return order;
  return ComparePre(a.pre_, b.pre_);
}

}  // namespace snow::pkg
