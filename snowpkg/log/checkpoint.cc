#include "snowpkg/log/checkpoint.h"

#include <algorithm>
#include <optional>

#include "snowpkg/base/encoding.h"
#include "snowpkg/base/text.h"
#include "snowpkg/log/merkle.h"

namespace snow::pkg {
namespace {

constexpr size_t kMaxSize = 16 * 1024;
constexpr size_t kKeyHashSize = 4;
constexpr size_t kSignatureSize = 64;
constexpr std::string_view kSignatureMark = "\xE2\x80\x94 ";  // an em dash and a space

Error Bad(const std::string& reason) {
  return Error(ErrorKind::kUntrusted, "the registry's log head is not sound: " + reason);
}

std::string KeyHash(const LogIdentity& identity) {
  std::string text = identity.origin + "\n\x01" + identity.public_key;
  return std::string(Sha256Of(text).View().substr(0, kKeyHashSize));
}

std::string HeadText(const LogHead& head, const std::string& origin) {
  return origin + "\n" + std::to_string(head.size) + "\n" + Base64Encode(head.root.View()) + "\n";
}

// Whether one of the signature lines is a good one of `identity` over `text`.
bool IsSigned(std::string_view text, std::string_view signatures, const LogIdentity& identity) {
  const std::string start = std::string(kSignatureMark) + identity.origin + " ";
  for (std::string_view line : Split(signatures, '\n')) {
    if (!line.starts_with(start)) continue;
    std::optional<std::string> raw = Base64Decode(line.substr(start.size()));
    if (!raw || raw->size() != kKeyHashSize + kSignatureSize) continue;
    if (raw->substr(0, kKeyHashSize) != KeyHash(identity)) continue;
    if (Ed25519Verify(identity.public_key, text, raw->substr(kKeyHashSize))) return true;
  }
  return false;
}

}  // namespace

bool IsOrigin(std::string_view origin) {
  return !origin.empty() && origin.size() <= 128 &&
         std::all_of(origin.begin(), origin.end(),
                     [](char c) { return c > ' ' && c < 0x7f && c != '+'; });
}

Result<LogHead> OpenCheckpoint(std::string_view text, const LogIdentity& identity) {
  if (text.size() > kMaxSize) return Bad("it is too long");
  size_t gap = text.find("\n\n");
  if (gap == std::string_view::npos || !text.ends_with('\n')) {
    return Bad("it is not a signed note but begins with `" + Excerpt(text, 40) + "`");
  }
  std::string_view body = text.substr(0, gap + 1);
  std::vector<std::string_view> lines = Split(body, '\n');
  if (lines.size() != 4) return Bad("it must have three lines before the signatures");
  if (lines[0] != identity.origin) {
    return Bad("it is of the log `" + Excerpt(lines[0]) + "`, not of `" + identity.origin + "`");
  }
  std::optional<uint64_t> size = ParseUnsigned(lines[1]);
  std::optional<std::string> raw = Base64Decode(lines[2]);
  std::optional<Digest> root = raw ? Digest::FromBytes(*raw) : std::nullopt;
  bool canonical = size && std::to_string(*size) == lines[1];
  // More leaves than that nobody has; beyond, shifts of sizes could overflow.
  if (!canonical || *size > uint64_t{1} << 48 || !root) return Bad("its size or root is malformed");
  if (!IsSigned(body, text.substr(gap + 2), identity)) {
    return Bad("its signature is missing or wrong");
  }
  if (*size == 0 && *root != EmptyRoot()) return Bad("an empty log has another root");
  return LogHead{*size, *root};
}

std::string SignCheckpoint(const LogHead& head, const std::string& origin, std::string_view seed) {
  std::string text = HeadText(head, origin);
  LogIdentity identity{origin, Ed25519PublicKey(seed)};
  std::string signature = KeyHash(identity) + Ed25519Sign(seed, text);
  return text + "\n" + std::string(kSignatureMark) + origin + " " + Base64Encode(signature) + "\n";
}

}  // namespace snow::pkg
