#include "snowpkg/base/hash.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <cstring>

#include "snowpkg/base/encoding.h"

namespace snow::pkg {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

// OpenSSL fails here only when memory is short or its installation is broken: nothing can go on.
void Must(bool done) {
  if (!done) std::abort();
}

Key PrivateKey(std::string_view seed) {
  if (seed.size() != 32) return nullptr;
  return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
}

}  // namespace

std::string Digest::Hex() const { return HexEncode(View()); }

std::string_view Digest::View() const {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<Digest> Digest::FromBytes(std::string_view raw) {
  Digest digest;
  if (raw.size() != digest.bytes.size()) return std::nullopt;
  std::memcpy(digest.bytes.data(), raw.data(), raw.size());
  return digest;
}

std::optional<Digest> Digest::FromHex(std::string_view text) {
  for (char c : text) {
    if (c >= 'A' && c <= 'F') return std::nullopt;  // one spelling only
  }
  std::optional<std::string> raw = HexDecode(text);
  if (!raw) return std::nullopt;
  return FromBytes(*raw);
}

std::optional<Digest> Digest::FromTagged(std::string_view text) {
  constexpr std::string_view kTag = "sha256:";
  if (!text.starts_with(kTag)) return std::nullopt;
  return FromHex(text.substr(kTag.size()));
}

struct Sha256::State {
  Context context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  Must(state_->context != nullptr);
  Must(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::string_view bytes) {
  Must(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::Finish() {
  Digest digest;
  unsigned int size = 0;
  Must(EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), &size) == 1);
  state_.reset();
  return digest;
}

Digest Sha256Of(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

bool Ed25519Verify(std::string_view public_key, std::string_view message,
                   std::string_view signature) {
  if (public_key.size() != 32 || signature.size() != 64) return false;
  Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), 32));
  Context context(EVP_MD_CTX_new());
  if (!key || !context) return false;
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) return false;
  return EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                          message.size()) == 1;
}

std::string Ed25519PublicKey(std::string_view seed) {
  Key key = PrivateKey(seed);
  std::string raw(32, '\0');
  size_t size = raw.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(raw.data()),
                                          &size) != 1) {
    return "";
  }
  return raw;
}

std::string Ed25519Sign(std::string_view seed, std::string_view message) {
  Key key = PrivateKey(seed);
  Context context(EVP_MD_CTX_new());
  if (!key || !context) return "";
  std::string signature(64, '\0');
  size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     Bytes(message), message.size()) != 1) {
    return "";
  }
  return signature;
}

std::string RandomHex(size_t count) {
  std::string raw(count, '\0');
  Must(RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(count)) == 1);
  return HexEncode(raw);
}

}  // namespace snow::pkg
