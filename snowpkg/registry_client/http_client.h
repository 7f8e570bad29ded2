#ifndef SNOW_SNOWPKG_REGISTRY_CLIENT_HTTP_CLIENT_H_
#define SNOW_SNOWPKG_REGISTRY_CLIENT_HTTP_CLIENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "snowpkg/base/result.h"

namespace snow::pkg {

struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  bool post = false;
  std::string body;
  uint64_t limit = 0;  // bytes of the answer; more is an error
};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::string etag;
  std::string content_type;
};

struct HttpOptions {
  int connect_limit_ms = 10'000;
  int stall_limit_ms = 30'000;   // without a byte in either direction
  int total_limit_ms = 600'000;  // for one request, however it trickles
  size_t parallel = 16;
};

// Requests through libcurl, several at a time over shared connections. Only http and https; at most
// five redirects, none from https to http, none at all for POST. GETs that fail in a way that
// passes (a dropped connection, 502 to 504) are tried three times. One object is for one thread.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options = {});

  // The answers in the order asked: any status is an answer; an Error (kNetwork) is when there was
  // none. `on_done` is called with the number of each request that has ended.
  std::vector<Result<HttpResponse>> Run(const std::vector<HttpRequest>& requests,
                                        const std::function<void(size_t)>& on_done = {});

 private:
  struct CloseMulti {
    void operator()(void* multi) const;
  };

  HttpOptions options_;
  // libcurl's multi handle, kept for its open connections.
  std::unique_ptr<void, CloseMulti> multi_;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_REGISTRY_CLIENT_HTTP_CLIENT_H_
