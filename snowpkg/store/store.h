#ifndef SNOW_SNOWPKG_STORE_STORE_H_
#define SNOW_SNOWPKG_STORE_STORE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "snowpkg/archive/archive.h"
#include "snowpkg/base/hash.h"
#include "snowpkg/base/result.h"

namespace snow::pkg {

// The packages that a user has, shared by all projects: one folder for each content.
//
//   <home>/store/<hash>/package/...   the files, read-only
//   <home>/store/<hash>/files         a line for each file: size, SHA-256, path
//   <home>/tmp/<random>/              a package on its way
//
// Invariant: a folder in store/ is whole. It is filled in tmp/ and renamed; a process that dies
// leaves something in tmp/, which the next one removes. Safe for threads and processes.
class Store {
 public:
  explicit Store(std::string home) : home_(std::move(home)) {}

  // The folder with the package's files, when it is there and each file has its size.
  std::optional<std::string> Find(const Digest& key) const;

  // Stores files under a key and returns their folder. The caller has checked that the key is the
  // hash of what they came from. What lies there already is kept, unless it is damaged.
  Result<std::string> Put(const Digest& key, const std::vector<ArchiveFile>& files) const;

  // Reads every file and compares it with its hash (kUntrusted: damaged or changed).
  Status Verify(const Digest& key) const;

  // The hash of paths and contents (TreeDigest) of what is stored, from its list of files.
  Result<Digest> ContentHash(const Digest& key) const;

 private:
  struct Listed {
    std::string path;
    uint64_t size = 0;
    Digest hash;
  };

  std::string Folder(const Digest& key) const;
  std::string PackageFolder(const Digest& key) const;
  std::optional<std::vector<Listed>> ReadList(const Digest& key) const;
  Status Replace(const std::string& from, const Digest& key) const;
  Status RemoveAbandoned(const std::string& tmp) const;

  std::string home_;
};

// The files below a folder (sorted), for which `take` says yes; it is asked for folders with a '/'
// at the end too. Links and special files are errors (kArchive), since packages hold plain files.
Result<std::vector<ArchiveFile>> ReadFolder(const std::string& folder,
                                            const std::function<bool(const std::string&)>& take);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_STORE_STORE_H_
