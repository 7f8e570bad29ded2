#ifndef SNOW_SNOWPKG_BASE_HASH_H_
#define SNOW_SNOWPKG_BASE_HASH_H_

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace snow::pkg {

// A SHA-256 digest. Its text form is 64 lower-case hexadecimal digits.
struct Digest {
  std::array<uint8_t, 32> bytes{};

  std::string Hex() const;
  std::string_view View() const;  // the 32 raw bytes; lives as long as this object
  static std::optional<Digest> FromHex(std::string_view text);
  static std::optional<Digest> FromBytes(std::string_view raw);
  // "sha256:<64 digits>", the form of lockfiles and of the registry.
  std::string Tagged() const { return "sha256:" + Hex(); }
  static std::optional<Digest> FromTagged(std::string_view text);

  friend auto operator<=>(const Digest&, const Digest&) = default;
};

// SHA-256 in pieces. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::string_view bytes);
  // The digest of everything so far; the object must not be used afterwards.
  Digest Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest Sha256Of(std::string_view bytes);

// Ed25519 (RFC 8032). Keys and signatures are raw bytes: 32 (seed, public key) and 64 (signature).
bool Ed25519Verify(std::string_view public_key, std::string_view message,
                   std::string_view signature);
// Empty when the seed is not 32 bytes.
std::string Ed25519PublicKey(std::string_view seed);
std::string Ed25519Sign(std::string_view seed, std::string_view message);

// Bytes from the system's secure generator, as hexadecimal (2 * count digits).
std::string RandomHex(size_t count);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_BASE_HASH_H_
