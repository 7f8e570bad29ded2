// Any bytes as the index file of a package, and as its config and checkpoint.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "snowpkg/log/checkpoint.h"
#include "snowpkg/registry_client/index.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace snow::pkg;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Result<std::vector<IndexVersion>> versions = ParseIndex(text, "greetings", 1000);
  if (versions.ok()) {
    for (const IndexVersion& version : *versions) {
      if (version.log >= 1000 || version.name != "greetings") std::abort();
    }
  }
  if (OpenCheckpoint(text, {"registry.test", std::string(32, 'k')}).ok()) std::abort();
  return 0;
}
