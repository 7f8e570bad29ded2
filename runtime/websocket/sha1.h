// SHA-1, for the WebSocket handshake alone, where it protects nothing: so that a server without TLS
// needs no library of cryptography. Never use it for anything else.
#ifndef RUNTIME_WEBSOCKET_SHA1_H_
#define RUNTIME_WEBSOCKET_SHA1_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace snow::rt {

using Sha1Digest = std::array<uint8_t, 20>;

Sha1Digest Sha1(std::string_view text);

}  // namespace snow::rt

#endif  // RUNTIME_WEBSOCKET_SHA1_H_
