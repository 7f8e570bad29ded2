#include "snowpkg/manifest/capability.h"

#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

struct Entry {
  std::string_view word;
  std::string_view meaning;
};

constexpr Entry kEntries[] = {
#define SNOW_CAPABILITY(name, word, meaning) {word, meaning},
#include "snowpkg/manifest/capability.def"
#undef SNOW_CAPABILITY
};

}  // namespace

std::string_view CapabilityWord(Capability capability) {
  return kEntries[static_cast<size_t>(capability)].word;
}

std::string_view CapabilityMeaning(Capability capability) {
  return kEntries[static_cast<size_t>(capability)].meaning;
}

std::optional<Capability> CapabilityFromWord(std::string_view word) {
  for (size_t i = 0; i < kCapabilityCount; ++i) {
    if (kEntries[i].word == word) return static_cast<Capability>(i);
  }
  return std::nullopt;
}

std::vector<std::string> AllCapabilityWords() { return CapabilitySet::All().Words(); }

CapabilitySet CapabilitySet::All() {
  return CapabilitySet(static_cast<uint8_t>((1u << kCapabilityCount) - 1));
}

std::vector<Capability> CapabilitySet::List() const {
  std::vector<Capability> list;
  for (size_t i = 0; i < kCapabilityCount; ++i) {
    if (Has(static_cast<Capability>(i))) list.push_back(static_cast<Capability>(i));
  }
  return list;
}

std::vector<std::string> CapabilitySet::Words() const {
  std::vector<std::string> words;
  for (Capability capability : List()) words.emplace_back(CapabilityWord(capability));
  return words;
}

std::string CapabilitySet::ToString() const { return empty() ? "none" : Join(Words(), ", "); }

}  // namespace snow::pkg
