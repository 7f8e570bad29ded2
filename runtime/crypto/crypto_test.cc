#include <gtest/gtest.h>

#include "runtime/abi/functions.h"
#include "runtime/text/fake_heap.h"

namespace snow::rt {
namespace {

std::string Hex(SnowPair bytes) {
  std::string hex;
  for (const char c : Text(bytes)) {
    char digits[3];
    snprintf(digits, sizeof digits, "%02x", static_cast<uint8_t>(c));
    hex += digits;
  }
  return hex;
}

TEST(Crypto, Digests) {
  const SnowPair abc = S("abc");
  const auto digest = [&](int64_t kind) {
    return Hex(snow_crypto_digest(nullptr, kind, WORDS(abc)));
  };
  EXPECT_EQ(digest(0), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest(2).substr(0, 32), "ddaf35a193617abacc417349ae204131");
  EXPECT_EQ(digest(3), "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
  EXPECT_EQ(digest(5).substr(0, 32), "ba80a53f981c4d0d6a2797b69f12f6e9");
  EXPECT_EQ(digest(7), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(digest(8), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(Crypto, Hmac) {
  const SnowPair key = S("Jefe");
  const SnowPair data = S("what do ya want for nothing?");
  EXPECT_EQ(Hex(snow_crypto_hmac(nullptr, 0, WORDS(key), WORDS(data))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Crypto, Equal) {
  const SnowPair a = S("abc");
  const SnowPair b = S("abd");
  EXPECT_TRUE(snow_crypto_equal(nullptr, WORDS(a), WORDS(a)));
  EXPECT_FALSE(snow_crypto_equal(nullptr, WORDS(a), WORDS(b)));
}

TEST(Crypto, SealAndOpen) {
  const SnowPair data = S("a secret text of some length");
  const SnowPair associated = S("header");
  const SnowPair other = S("footer");
  const SnowPair nonce = S("123456789012");
  for (int64_t kind : {0, 1, 2}) {
    const SnowPair key = S(kind == 0 ? std::string(16, 'k') : std::string(32, 'k'));
    const SnowPair sealed = snow_crypto_seal(nullptr, kind, WORDS(key), WORDS(nonce), WORDS(data),
                                             WORDS(associated));
    EXPECT_EQ(Text(sealed).size(), Text(data).size() + 16);
    uint64_t out[3];
    snow_crypto_open(nullptr, kind, WORDS(key), WORDS(nonce), WORDS(sealed), WORDS(associated), out);
    ASSERT_EQ(out[0], 1U);
    EXPECT_EQ(Text({out[1], out[2]}), Text(data));
    snow_crypto_open(nullptr, kind, WORDS(key), WORDS(nonce), WORDS(sealed), WORDS(other), out);
    EXPECT_EQ(out[0], 0U);
    std::string forged = Text(sealed);
    forged[3] = static_cast<char>(forged[3] ^ 1);
    const SnowPair bad = S(forged);
    snow_crypto_open(nullptr, kind, WORDS(key), WORDS(nonce), WORDS(bad), WORDS(associated), out);
    EXPECT_EQ(out[0], 0U);
    const SnowPair tiny = S("tiny");
    snow_crypto_open(nullptr, kind, WORDS(key), WORDS(nonce), WORDS(tiny), WORDS(associated), out);
    EXPECT_EQ(out[0], 0U);
  }
}

TEST(Crypto, Scrypt) {
  const SnowPair password = S("password");
  const SnowPair salt = S("NaCl");
  uint64_t out[3];
  snow_crypto_scrypt(nullptr, WORDS(password), WORDS(salt), 1024, 8, 16, 64, out);
  ASSERT_EQ(out[0], 1U);
  EXPECT_EQ(Hex({out[1], out[2]}).substr(0, 32), "fdbabe1c9d3472007856e7190d01e9fe");
  snow_crypto_scrypt(nullptr, WORDS(password), WORDS(salt), 1000, 8, 16, 64, out);
  EXPECT_EQ(out[0], 0U);
}

TEST(Crypto, Ed25519) {
  std::string seed_bytes;
  for (const char* p = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"; *p;
       p += 2) {
    seed_bytes += static_cast<char>(std::stoi(std::string(p, 2), nullptr, 16));
  }
  const SnowPair seed = S(seed_bytes);
  const SnowPair empty = S("");
  const SnowPair key = snow_crypto_ed25519_public(nullptr, WORDS(seed));
  EXPECT_EQ(Hex(key), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const SnowPair signature = snow_crypto_ed25519_sign(nullptr, WORDS(seed), WORDS(empty));
  EXPECT_EQ(Hex(signature).substr(0, 32), "e5564300c360ac729086e2cc806e828a");
  EXPECT_TRUE(snow_crypto_ed25519_verify(nullptr, WORDS(key), WORDS(empty), WORDS(signature)));
  EXPECT_FALSE(snow_crypto_ed25519_verify(nullptr, WORDS(key), WORDS(key), WORDS(signature)));
  EXPECT_FALSE(snow_crypto_ed25519_verify(nullptr, WORDS(empty), WORDS(empty), WORDS(signature)));
}

}  // namespace
}  // namespace snow::rt
