// The cache of objects that code generation asks.
#ifndef SNOWC_CODEGEN_OBJECT_CACHE_H_
#define SNOWC_CODEGEN_OBJECT_CACHE_H_

#include <optional>
#include <string>
#include <string_view>

namespace snow::codegen {

// Where objects of earlier builds are found. Implemented by the caller; thread-safe.
class ObjectCache {
 public:
  virtual ~ObjectCache() = default;
  // The object stored under `key` (hexadecimal digits), if there is one.
  virtual std::optional<std::string> Find(const std::string& key) = 0;
  // May do nothing; a failure to store is no error of the build.
  virtual void Store(const std::string& key, std::string_view object) = 0;
};

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_OBJECT_CACHE_H_
