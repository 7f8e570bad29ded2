// The server's side of the WebSocket handshake (RFC 6455 section 4.2).
//
// Pure functions.
#ifndef RUNTIME_WEBSOCKET_HANDSHAKE_H_
#define RUNTIME_WEBSOCKET_HANDSHAKE_H_

#include <string>
#include <string_view>

#include "runtime/http/request_head.h"

namespace snow::rt {

// 0 when the request is a handshake; otherwise the status to answer: 405 (not GET), 426 (no upgrade
// to WebSocket, or another version than 13), 400 (bad key).
int CheckHandshake(const RequestHead& head, std::string_view& key);

// The value of `Sec-WebSocket-Accept` for a key.
std::string AcceptKey(std::string_view key);

// The whole answer that accepts.
std::string HandshakeAnswer(std::string_view key);

}  // namespace snow::rt

#endif  // RUNTIME_WEBSOCKET_HANDSHAKE_H_
