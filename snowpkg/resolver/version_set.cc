#include "snowpkg/resolver/version_set.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace snow::pkg {

VersionSet VersionSet::Full(size_t versions) { return VersionSet(versions).Complement(); }

VersionSet VersionSet::NotChosen(size_t versions) {
  VersionSet set(versions);
  set.Add(versions);
  return set;
}

bool VersionSet::IsEmpty() const {
  return std::all_of(words_.begin(), words_.end(), [](uint64_t word) { return word == 0; });
}

bool VersionSet::IsFull() const { return *this == Full(versions_); }

size_t VersionSet::Count() const {
  size_t count = 0;
  for (uint64_t word : words_) count += static_cast<size_t>(std::popcount(word));
  return count - (Has(versions_) ? 1 : 0);
}

VersionSet VersionSet::Complement() const {
  VersionSet result = *this;
  for (uint64_t& word : result.words_) word = ~word;
  size_t used = (versions_ + 1) % kBits;
  if (used != 0) result.words_.back() &= (uint64_t{1} << used) - 1;
  return result;
}

VersionSet VersionSet::Intersect(const VersionSet& other) const {
  assert(versions_ == other.versions_);
  VersionSet result = *this;
  for (size_t i = 0; i < words_.size(); ++i) result.words_[i] &= other.words_[i];
  return result;
}

VersionSet VersionSet::Union(const VersionSet& other) const {
  assert(versions_ == other.versions_);
  VersionSet result = *this;
  for (size_t i = 0; i < words_.size(); ++i) result.words_[i] |= other.words_[i];
  return result;
}

bool VersionSet::IsSubsetOf(const VersionSet& other) const {
  assert(versions_ == other.versions_);
  for (size_t i = 0; i < words_.size(); ++i) {
    if ((words_[i] & ~other.words_[i]) != 0) return false;
  }
  return true;
}

bool VersionSet::IsDisjointFrom(const VersionSet& other) const {
  assert(versions_ == other.versions_);
  for (size_t i = 0; i < words_.size(); ++i) {
    if ((words_[i] & other.words_[i]) != 0) return false;
  }
  return true;
}

}  // namespace snow::pkg
