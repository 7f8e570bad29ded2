// Any bytes as snow.toml: read, and edited when they can be read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "snowpkg/manifest/edit.h"
#include "snowpkg/manifest/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace snow::pkg;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Result<Manifest> manifest = ParseManifest(text, "snow.toml");
  if (!manifest.ok()) {
    if (manifest.error().place().line < 1) std::abort();  // every error has its place
    return 0;
  }
  Dependency dependency;
  dependency.name = "fuzzed";
  dependency.has_version = true;
  if (manifest->name != "fuzzed" && manifest->FindDependency("fuzzed") == nullptr) {
    Result<std::string> edited = WithDependency(text, "snow.toml", dependency, false);
    if (edited.ok() && !WithoutDependency(*edited, "snow.toml", "fuzzed").ok()) std::abort();
  }
  return 0;
}
