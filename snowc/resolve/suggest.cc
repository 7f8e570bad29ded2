#include "snowc/resolve/suggest.h"

#include <algorithm>
#include <array>
#include <vector>

namespace snow::resolve {
namespace {

std::string Fold(std::string_view name) {
  std::string folded;
  for (char c : name) {
    if (c == '_') continue;
    folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return folded;
}

// The edits (insert, delete, replace, swap of neighbours) between a and b; more than `limit` counts
// as limit + 1.
size_t Distance(std::string_view a, std::string_view b, size_t limit) {
  size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit) return limit + 1;
  std::array<std::vector<size_t>, 3> rows;
  for (auto& row : rows) row.assign(b.size() + 1, 0);
  for (size_t j = 0; j <= b.size(); ++j) rows[1][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::vector<size_t>& before = rows[1];
    std::vector<size_t>& row = rows[2];
    row[0] = i;
    size_t least = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], rows[0][j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
    std::swap(rows[0], rows[1]);
    std::swap(rows[1], rows[2]);
  }
  return rows[1][b.size()];
}

}  // namespace

NearestName::NearestName(std::string_view name)
    : name_(name), folded_(Fold(name)), limit_(std::max<size_t>(1, name.size() / 4)) {}

void NearestName::Consider(std::string_view candidate) {
  if (candidate.empty() || candidate == name_ || name_.empty()) return;
  if (candidate.substr(0, 2) == "__" && name_.substr(0, 1) != "_") return;
  if (Fold(candidate) == folded_) {
    best_ = candidate;
    limit_ = 0;
    return;
  }
  // A name of one or two letters is near to everything.
  if (limit_ == 0 || name_.size() < 3) return;
  size_t distance = Distance(name_, candidate, limit_);
  if (distance > limit_) return;
  best_ = candidate;
  limit_ = distance - 1;
}

}  // namespace snow::resolve
