// The HTTP client: libcurl's multi interface on a thread of its own, which begins with the first
// call. Nobody else ever waits for the network: a call is handed over, and its end is told.
//
// Thread-safe.
#ifndef RUNTIME_HTTP_CLIENT_H_
#define RUNTIME_HTTP_CLIENT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace snow::rt {

// Why there is no response. The library's HttpError has these numbers too.
enum class ClientFailure : int {
  kNone = 0,
  kBadUrl = -1,
  kResolve = -2,
  kConnect = -3,
  kTls = -4,
  kTimeout = -5,
  kTooLarge = -6,
  kBroken = -7,
};

struct ClientCall {
  // What is asked; not changed after Start.
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int64_t timeout_ms = 30'000;
  size_t max_body = size_t{256} * 1024 * 1024;

  // What came; valid once the call is done.
  ClientFailure failure = ClientFailure::kNone;
  std::string error;
  int status = 0;
  std::string response_headers;  // the lines of the last response, each with its CR LF
  std::string response;

  // Called on the client's thread when the call is done, unless it was cancelled before.
  void (*on_done)(ClientCall&) = nullptr;
  uint64_t waiter = 0;               // for on_done
  std::atomic<bool> is_over{false};  // for on_done and whoever cancels
  std::atomic<bool> done{false};
};

// Begins a call. Requests that cannot be sent as they are (a bad URL, a header with a line end) are
// done with a failure at once.
void StartCall(std::shared_ptr<ClientCall> call);
// Nobody waits for it any more; the connection is closed soon.
void CancelCall(const std::shared_ptr<ClientCall>& call);

}  // namespace snow::rt

#endif  // RUNTIME_HTTP_CLIENT_H_
