// The ABI functions of module Crypto, on OpenSSL.
//
// OpenSSL's contexts live inside functions that never ask the actor's heap for memory, since that may
// panic: the room for a result is taken first.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "runtime/abi/functions.h"
#include "runtime/text/string_value.h"

namespace snow::rt {
namespace {

constexpr size_t kTagBytes = 16;
constexpr size_t kSeedBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr uint64_t kScryptMemory = uint64_t{1} << 30;

const EVP_MD* DigestOf(int64_t kind) {
  switch (kind) {
    case 0:
      return EVP_sha256();
    case 1:
      return EVP_sha384();
    case 2:
      return EVP_sha512();
    case 3:
      return EVP_sha3_256();
    case 4:
      return EVP_sha3_512();
    case 5:
      return EVP_blake2b512();
    case 6:
      return EVP_blake2s256();
    case 7:
      return EVP_sha1();
    default:
      return EVP_md5();
  }
}

const EVP_CIPHER* CipherOf(int64_t kind) {
  switch (kind) {
    case 0:
      return EVP_aes_128_gcm();
    case 1:
      return EVP_aes_256_gcm();
    default:
      return EVP_chacha20_poly1305();
  }
}

const uint8_t* Bytes(const StringArg& s) { return reinterpret_cast<const uint8_t*>(s.data()); }
uint8_t* Bytes(StringRoom& room) { return reinterpret_cast<uint8_t*>(room.data()); }
int Length(const StringArg& s) { return static_cast<int>(s.size()); }

// Encrypts `data` and writes it and the tag; the room is theirs.
void Seal(int64_t kind, const StringArg& key, const StringArg& nonce, const StringArg& data,
          const StringArg& associated, uint8_t* to) {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int count = 0;
  EVP_EncryptInit_ex(context, CipherOf(kind), nullptr, Bytes(key), Bytes(nonce));
  EVP_EncryptUpdate(context, nullptr, &count, Bytes(associated), Length(associated));
  EVP_EncryptUpdate(context, to, &count, Bytes(data), Length(data));
  EVP_EncryptFinal_ex(context, to + count, &count);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, to + data.size());
  EVP_CIPHER_CTX_free(context);
}

bool Open(int64_t kind, const StringArg& key, const StringArg& nonce, const StringArg& sealed,
          const StringArg& associated, uint8_t* to) {
  const int size = Length(sealed) - static_cast<int>(kTagBytes);
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int count = 0;
  uint8_t tag[kTagBytes];
  memcpy(tag, Bytes(sealed) + size, kTagBytes);
  EVP_DecryptInit_ex(context, CipherOf(kind), nullptr, Bytes(key), Bytes(nonce));
  EVP_DecryptUpdate(context, nullptr, &count, Bytes(associated), Length(associated));
  EVP_DecryptUpdate(context, to, &count, Bytes(sealed), size);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag);
  const bool fits = EVP_DecryptFinal_ex(context, to + count, &count) == 1;
  EVP_CIPHER_CTX_free(context);
  return fits;
}

void PublicKey(const StringArg& seed, uint8_t* to) {
  EVP_PKEY* key =
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), kSeedBytes);
  size_t size = kSeedBytes;
  EVP_PKEY_get_raw_public_key(key, to, &size);
  EVP_PKEY_free(key);
}

void Sign(const StringArg& seed, const StringArg& message, uint8_t* to) {
  EVP_PKEY* key =
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), kSeedBytes);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  size_t size = kSignatureBytes;
  EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key);
  EVP_DigestSign(context, to, &size, Bytes(message), message.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
}

bool Verify(const StringArg& public_key, const StringArg& message, const StringArg& signature) {
  EVP_PKEY* key =
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), kSeedBytes);
  if (key == nullptr) return false;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key);
  const bool fits = EVP_DigestVerify(context, Bytes(signature), signature.size(), Bytes(message),
                                     message.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return fits;
}

void None(uint64_t* out) { out[0] = out[1] = out[2] = 0; }

void Some(SnowPair bytes, uint64_t* out) {
  out[0] = 1;
  out[1] = bytes.first;
  out[2] = bytes.second;
}

}  // namespace
}  // namespace snow::rt

using namespace snow::rt;  // NOLINT(google-build-using-namespace)

extern "C" {

SnowPair snow_crypto_digest(SnowActor* actor, int64_t kind, uint64_t data_0, uint64_t data_1) {
  const StringArg data(data_0, data_1);
  StringRoom room(actor, EVP_MAX_MD_SIZE);
  unsigned size = 0;
  EVP_Digest(data.data(), data.size(), Bytes(room), &size, DigestOf(kind), nullptr);
  return room.Finish(size);
}

SnowPair snow_crypto_hmac(SnowActor* actor, int64_t kind, uint64_t key_0, uint64_t key_1,
                          uint64_t data_0, uint64_t data_1) {
  const StringArg key(key_0, key_1);
  const StringArg data(data_0, data_1);
  StringRoom room(actor, EVP_MAX_MD_SIZE);
  unsigned size = 0;
  HMAC(DigestOf(kind), key.data(), Length(key), Bytes(data), data.size(), Bytes(room), &size);
  return room.Finish(size);
}

bool snow_crypto_equal(SnowActor*, uint64_t a_0, uint64_t a_1, uint64_t b_0, uint64_t b_1) {
  const StringArg a(a_0, a_1);
  const StringArg b(b_0, b_1);
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

SnowPair snow_crypto_seal(SnowActor* actor, int64_t kind, uint64_t key_0, uint64_t key_1,
                          uint64_t nonce_0, uint64_t nonce_1, uint64_t data_0, uint64_t data_1,
                          uint64_t associated_0, uint64_t associated_1) {
  const StringArg key(key_0, key_1);
  const StringArg nonce(nonce_0, nonce_1);
  const StringArg data(data_0, data_1);
  const StringArg associated(associated_0, associated_1);
  StringRoom room(actor, data.size() + kTagBytes);
  Seal(kind, key, nonce, data, associated, Bytes(room));
  return room.Finish(data.size() + kTagBytes);
}

void snow_crypto_open(SnowActor* actor, int64_t kind, uint64_t key_0, uint64_t key_1,
                      uint64_t nonce_0, uint64_t nonce_1, uint64_t sealed_0, uint64_t sealed_1,
                      uint64_t associated_0, uint64_t associated_1, uint64_t* out) {
  const StringArg key(key_0, key_1);
  const StringArg nonce(nonce_0, nonce_1);
  const StringArg sealed(sealed_0, sealed_1);
  const StringArg associated(associated_0, associated_1);
  if (sealed.size() < kTagBytes) return None(out);
  StringRoom room(actor, sealed.size());
  if (!Open(kind, key, nonce, sealed, associated, Bytes(room))) return None(out);
  Some(room.Finish(sealed.size() - kTagBytes), out);
}

void snow_crypto_scrypt(SnowActor* actor, uint64_t password_0, uint64_t password_1,
                        uint64_t salt_0, uint64_t salt_1, int64_t n, int64_t r, int64_t p,
                        int64_t length, uint64_t* out) {
  const StringArg password(password_0, password_1);
  const StringArg salt(salt_0, salt_1);
  if (n < 2 || r < 1 || p < 1 || length < 1 || length > 1024) return None(out);
  StringRoom room(actor, static_cast<uint64_t>(length));
  const bool done =
      EVP_PBE_scrypt(password.data(), password.size(), Bytes(salt), salt.size(),
                     static_cast<uint64_t>(n), static_cast<uint64_t>(r), static_cast<uint64_t>(p),
                     kScryptMemory, Bytes(room), static_cast<size_t>(length)) == 1;
  if (!done) return None(out);
  Some(room.Finish(static_cast<size_t>(length)), out);
}

SnowPair snow_crypto_pbkdf2(SnowActor* actor, uint64_t password_0, uint64_t password_1,
                            uint64_t salt_0, uint64_t salt_1, int64_t rounds, int64_t length) {
  const StringArg password(password_0, password_1);
  const StringArg salt(salt_0, salt_1);
  StringRoom room(actor, static_cast<uint64_t>(length));
  PKCS5_PBKDF2_HMAC(password.data(), Length(password), Bytes(salt), Length(salt),
                    static_cast<int>(rounds), EVP_sha256(), static_cast<int>(length), Bytes(room));
  return room.Finish(static_cast<size_t>(length));
}

SnowPair snow_crypto_ed25519_public(SnowActor* actor, uint64_t seed_0, uint64_t seed_1) {
  const StringArg seed(seed_0, seed_1);
  StringRoom room(actor, kSeedBytes);
  PublicKey(seed, Bytes(room));
  return room.Finish(kSeedBytes);
}

SnowPair snow_crypto_ed25519_sign(SnowActor* actor, uint64_t seed_0, uint64_t seed_1,
                                  uint64_t message_0, uint64_t message_1) {
  const StringArg seed(seed_0, seed_1);
  const StringArg message(message_0, message_1);
  StringRoom room(actor, kSignatureBytes);
  Sign(seed, message, Bytes(room));
  return room.Finish(kSignatureBytes);
}

bool snow_crypto_ed25519_verify(SnowActor*, uint64_t key_0, uint64_t key_1, uint64_t message_0,
                                uint64_t message_1, uint64_t signature_0, uint64_t signature_1) {
  const StringArg key(key_0, key_1);
  const StringArg message(message_0, message_1);
  const StringArg signature(signature_0, signature_1);
  return key.size() == kSeedBytes && Verify(key, message, signature);
}

}  // extern "C"
