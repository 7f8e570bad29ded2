#ifndef SNOW_SNOWPKG_BASE_ERROR_H_
#define SNOW_SNOWPKG_BASE_ERROR_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snow::pkg {

// What went wrong, as far as a caller may want to act on it. The values are the numbers of the
// diagnostics: kManifest is E0201.
enum class ErrorKind {
  kManifest = 201,    // snow.toml cannot be read or says something that makes no sense
  kResolution = 202,  // no set of versions satisfies all requirements
  kDrift = 203,       // snow.lock does not fit snow.toml
  kNotFound = 204,    // no such package, version, registry, file
  kNetwork = 205,     // a registry cannot be reached, stalls, or answers with an error
  kUntrusted = 206,   // a registry or archive says something that is not true
  kFile = 207,        // the file system refused
  kCapability = 208,  // a package reaches more than it may
  kArchive = 209,     // an archive is malformed or unsafe
  kGit = 210,         // git failed
  kRefused = 211,     // the registry refused a request (token, immutable version, ...)
  kUsage = 212,       // the request itself makes no sense
  kLockfile = 213,    // snow.lock cannot be read
};

// A place in a text file; line and column count from 1, columns in characters. Line 0: no place.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  std::string ToString() const;
  friend bool operator==(const Place&, const Place&) = default;
};

// One error with the chain of its causes, outermost first. A value type; never empty.
class Error {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind) { chain_.push_back(std::move(message)); }

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return chain_.front(); }
  const std::vector<std::string>& chain() const { return chain_; }
  const Place& place() const { return place_; }
  const std::string& help() const { return help_; }

  // The same error at a place in a file.
  Error At(Place place) &&;
  // The same error with advice: what to write or do instead.
  Error Help(std::string help) &&;
  // A new outermost message; what was said until now becomes its cause. Kind, place and help stay.
  Error Because(std::string outer) &&;

  // "file:1:2: message", a line "  caused by: ..." for each cause, and "  help: ...".
  std::string ToString() const;

 private:
  ErrorKind kind_;
  std::vector<std::string> chain_;
  Place place_;
  std::string help_;
};

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_BASE_ERROR_H_
