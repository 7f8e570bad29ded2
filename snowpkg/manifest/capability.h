#ifndef SNOW_SNOWPKG_MANIFEST_CAPABILITY_H_
#define SNOW_SNOWPKG_MANIFEST_CAPABILITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snow::pkg {

enum class Capability : uint8_t {
#define SNOW_CAPABILITY(name, word, meaning) name,
#include "snowpkg/manifest/capability.def"
#undef SNOW_CAPABILITY
};

inline constexpr size_t kCapabilityCount =
#define SNOW_CAPABILITY(name, word, meaning) +1
#include "snowpkg/manifest/capability.def"
#undef SNOW_CAPABILITY
    ;

std::string_view CapabilityWord(Capability capability);
// "use the network": ends a sentence that begins with "can".
std::string_view CapabilityMeaning(Capability capability);
std::optional<Capability> CapabilityFromWord(std::string_view word);
std::vector<std::string> AllCapabilityWords();

// A set of capabilities. A value type of one byte.
class CapabilitySet {
 public:
  CapabilitySet() = default;
  static CapabilitySet All();

  void Add(Capability capability) { bits_ |= Bit(capability); }
  bool Has(Capability capability) const { return (bits_ & Bit(capability)) != 0; }
  bool empty() const { return bits_ == 0; }
  bool Contains(CapabilitySet other) const { return (other.bits_ & ~bits_) == 0; }

  CapabilitySet Without(CapabilitySet other) const {
    return CapabilitySet(static_cast<uint8_t>(bits_ & ~other.bits_));
  }
  CapabilitySet Union(CapabilitySet other) const {
    return CapabilitySet(static_cast<uint8_t>(bits_ | other.bits_));
  }

  std::vector<Capability> List() const;    // sorted by word
  std::vector<std::string> Words() const;  // sorted
  // "net, fs" or "none".
  std::string ToString() const;

  friend bool operator==(CapabilitySet, CapabilitySet) = default;

 private:
  explicit CapabilitySet(uint8_t bits) : bits_(bits) {}
  static uint8_t Bit(Capability capability) {
    return static_cast<uint8_t>(1u << static_cast<uint8_t>(capability));
  }

  uint8_t bits_ = 0;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_MANIFEST_CAPABILITY_H_
