#include "runtime/websocket/handshake.h"

#include <cstdint>

#include "runtime/http/grammar.h"
#include "runtime/websocket/sha1.h"

namespace snow::rt {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string Base64(const uint8_t* bytes, size_t size) {
  std::string text;
  for (size_t i = 0; i < size; i += 3) {
    uint32_t group = bytes[i] << 16;
    if (i + 1 < size) group |= bytes[i + 1] << 8;
    if (i + 2 < size) group |= bytes[i + 2];
    text += kDigits[group >> 18];
    text += kDigits[group >> 12 & 63];
    text += i + 1 < size ? kDigits[group >> 6 & 63] : '=';
    text += i + 2 < size ? kDigits[group & 63] : '=';
  }
  return text;
}

// Base64 of 16 bytes: 22 digits and two equals signs.
bool IsKey(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  return key.substr(0, 22).find_first_not_of(kDigits) == std::string_view::npos;
}

bool AnyFieldContains(const RequestHead& head, std::string_view name, std::string_view element) {
  HeaderLines lines(head.headers);
  std::string_view field;
  std::string_view value;
  while (lines.Next(field, value)) {
    if (EqualsIgnoreCase(field, name) && ListContains(value, element)) return true;
  }
  return false;
}

}  // namespace

int CheckHandshake(const RequestHead& head, std::string_view& key) {
  if (head.method != "GET") return 405;
  if (head.minor_version == 0 || !head.wants_upgrade ||
      !AnyFieldContains(head, "upgrade", "websocket")) {
    return 426;
  }
  std::string_view version;
  if (FindHeader(head.headers, "sec-websocket-version", version) != 1 || version != "13") {
    return 426;
  }
  if (FindHeader(head.headers, "sec-websocket-key", key) != 1 || !IsKey(key) || head.has_body) {
    return 400;
  }
  return 0;
}

std::string AcceptKey(std::string_view key) {
  std::string text(key);
  text += kGuid;
  Sha1Digest digest = Sha1(text);
  return Base64(digest.data(), digest.size());
}

std::string HandshakeAnswer(std::string_view key) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         AcceptKey(key) + "\r\n\r\n";
}

}  // namespace snow::rt
