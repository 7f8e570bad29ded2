#ifndef SNOW_SNOWPKG_REGISTRY_CLIENT_TRANSPORT_H_
#define SNOW_SNOWPKG_REGISTRY_CLIENT_TRANSPORT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "snowpkg/base/result.h"
#include "snowpkg/registry_client/http_client.h"

namespace snow::pkg {

// A file of a registry to read.
struct FetchItem {
  std::string path;    // relative to the registry's URL
  uint64_t limit = 0;  // bytes
  std::string etag;    // of the copy at hand; empty: none
  bool fresh = false;  // caches on the way must ask again
};

struct Fetched {
  enum class State { kRead, kNotFound, kNotModified };
  State state = State::kRead;
  std::string bytes;
  std::string etag;
};

// How a registry's files are read. One object is for one thread.
class Transport {
 public:
  virtual ~Transport() = default;
  // In the order asked. An Error (kNetwork) when there is no answer that means anything.
  virtual std::vector<Result<Fetched>> Fetch(const std::vector<FetchItem>& items,
                                             const std::function<void(size_t)>& on_done = {}) = 0;
};

// For file:///, http:// and https:// URLs; kUsage for others.
Result<std::unique_ptr<Transport>> OpenTransport(const std::string& url,
                                                 const HttpOptions& options);

// Whether an answer is a web page, where a registry never sends one: a wrong URL, a login page or a
// proxy in between.
bool LooksLikeHtml(const HttpResponse& response);
Error HtmlError(const std::string& url);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_REGISTRY_CLIENT_TRANSPORT_H_
