#ifndef SNOW_SNOWPKG_API_H_
#define SNOW_SNOWPKG_API_H_

// The one public header of the package manager: what the `snow` command calls.
//
// Everything here is a library: nothing is printed, nothing read from the terminal. Operations take
// a Context (where the user's store is, what to do with messages) and return a Result whose Error
// carries the chain of causes, a place where there is one, and advice. All of them may wait for
// files, locks, `git` or the network. They may be called from several threads and processes at
// once: folder locks keep the store and each project whole, and an operation that is killed leaves
// every file as it was before or as it is afterwards.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "snowpkg/base/result.h"
#include "snowpkg/manifest/capability.h"

namespace snow::pkg {

// ---------------------------------------------------------------------------------------------
// Surroundings

// Something that a user who waits would like to read.
struct Event {
  enum class Kind {
    kWaiting,      // another snow holds the lock on `subject`
    kAsking,       // reads the index of registry `subject`
    kDownloading,  // package `subject` ("greetings 1.2.0"); see done and total
    kDownloaded,
    kGit,        // fetches repository `subject`
    kUploading,  // package `subject`
    kWarning,    // `subject` is a sentence
  };
  Kind kind;
  std::string subject;
  uint64_t done = 0;   // kDownloading: packages finished so far
  uint64_t total = 0;  // kDownloading: packages of this operation
};

// What operations need to know about the user and the machine. Borrowed during a call.
struct Context {
  // The user's folder; ContextFromEnvironment takes $SNOW_HOME or ~/.snow.
  std::string home;
  // A registry URL that replaces the default one of snow.toml and of the user's config.toml; from
  // $SNOW_REGISTRY or a --registry flag. Empty: none.
  std::string registry;
  // A token instead of the stored one, from $SNOW_TOKEN. Empty: none.
  std::string token;
  // No network at all: only what the store and the caches hold.
  bool offline = false;
  // Refuse to change snow.lock; drift is then an Error (kDrift) that names the command to run.
  bool locked = false;
  // A server that sends nothing for so long is given up.
  int stall_limit_ms = 30'000;
  // Called from any thread, one call at a time. May be empty.
  std::function<void(const Event&)> on_event;
  // What the package whose manifest lies in `root` can reach, computed by the compiler. Empty: git
  // packages are recorded with every capability, and Publish refuses.
  std::function<Result<CapabilitySet>(const std::string& root)> find_capabilities;
  // Seconds since 1970; empty: the system's clock. For tests of min-age.
  std::function<int64_t()> now;
};

Context ContextFromEnvironment();

// ---------------------------------------------------------------------------------------------
// What the compiler needs

enum class SourceKind {
  kMember,  // a package of the workspace at hand
  kPath,    // a path dependency
  kGit,
  kRegistry,
};

struct ResolvedPackage {
  std::string name;  // its modules begin with ModuleName(name)
  std::string version;
  SourceKind source = SourceKind::kMember;
  std::string origin;        // registry URL, git URL with commit, or the folder
  std::string root;          // absolute folder with snow.toml; read-only unless kMember or kPath
  std::string source_root;   // root/src if there is one, otherwise root
  std::string entry;         // absolute path of main.snow or lib.snow (or [package] entry)
  std::string content_hash;  // of all files, for kGit and kRegistry; empty otherwise
  std::vector<std::string> dependencies;      // names; each is in ResolvedPackages
  std::vector<std::string> dev_dependencies;  // kMember only
  // What the lockfile has recorded for it; kMember and kPath: everything.
  CapabilitySet recorded;
  // The most that the package itself may reach: a build in which it reaches more is an error
  // (CapabilityError says it). Members may reach everything.
  CapabilitySet allowed;
};

struct ResolvedPackages {
  std::string workspace_root;             // the folder of snow.lock
  std::vector<ResolvedPackage> packages;  // dependencies before those that need them
  // Position in `packages` of the package whose folder was asked for; none for the root of a
  // workspace that is no package.
  std::optional<size_t> root;
  bool lock_changed = false;  // snow.lock was written

  const ResolvedPackage* Find(const std::string& name) const;
};

// The folder with snow.toml that `path` (a file or folder) lies in, itself included; none when
// there is no manifest above.
std::optional<std::string> FindPackageFolder(const std::string& path);

// The packages of the project in `folder` with their sources in place: reads snow.toml and
// snow.lock, resolves what the lock lacks, fetches what the store lacks. Writes snow.lock when it
// changed, unless context.locked. A project without dependencies gets no lockfile and needs
// neither store nor network.
Result<ResolvedPackages> ResolveWorkspace(const Context& context, const std::string& folder);

// The error for a package that was found to reach more than `allowed`, with advice.
Error CapabilityError(const ResolvedPackage& package, CapabilitySet reached);

// ---------------------------------------------------------------------------------------------
// Changing dependencies

struct LockChange {
  std::string name;
  std::string before;  // version; empty: new
  std::string after;   // version; empty: gone
  CapabilitySet capabilities_before;
  CapabilitySet capabilities;  // of `after`
  bool direct = false;         // named in a snow.toml of the workspace
};

struct AddRequest {
  std::string name;     // empty with path or git: read from the package there
  std::string version;  // a requirement; empty: compatible with the newest version
  std::string path;     // relative to the current folder or absolute
  std::string git;
  std::string rev, tag, branch;
  std::string registry;  // a name in [registries] or a URL
  bool dev = false;
};

struct ChangeReport {
  // What stands in snow.toml now: ("greetings", "\"0.1.0\""). Add only.
  std::vector<std::pair<std::string, std::string>> written;
  std::vector<LockChange> changes;  // sorted by name
};

struct ChangeOptions {
  bool dry_run = false;  // report, write nothing
  // Accept that updates reach more than before (otherwise kCapability, naming each).
  bool allow_new_capabilities = false;
};

// "greetings", "greetings@1.2", "greetings@=1.2.3".
Result<AddRequest> ParseAddRequest(const std::string& text);

// Adds to snow.toml and snow.lock of the package in `folder`, and fetches. All or nothing.
Result<ChangeReport> Add(const Context& context, const std::string& folder,
                         const std::vector<AddRequest>& requests, const ChangeOptions& options);

Result<ChangeReport> Remove(const Context& context, const std::string& folder,
                            const std::vector<std::string>& names, const ChangeOptions& options);

// Chooses the newest versions that snow.toml allows: of the named packages (and what they need), or
// of all when `names` is empty.
Result<ChangeReport> Update(const Context& context, const std::string& folder,
                            const std::vector<std::string>& names, const ChangeOptions& options);

// ---------------------------------------------------------------------------------------------
// Looking

struct FetchReport {
  size_t packages = 0;    // registry and git packages of the lockfile
  size_t downloaded = 0;  // those that the store lacked
};
// Brings everything that snow.lock names into the store; `verify` checks every stored file again.
Result<FetchReport> Fetch(const Context& context, const std::string& folder, bool verify = false);

struct TreeNode {
  std::string name;
  std::string version;
  std::string origin;  // as ResolvedPackage::origin
  SourceKind source = SourceKind::kRegistry;
  CapabilitySet capabilities;
  bool dev = false;       // reached through [dev-dependencies]
  bool repeated = false;  // shown above with its children
  std::vector<TreeNode> children;
};
// One root a workspace member. From the lockfile, which is made first when it does not fit; fetches
// nothing.
Result<std::vector<TreeNode>> Tree(const Context& context, const std::string& folder);

// Where the sources of each locked registry and git package lie: for the Bazel rules. Fetches.
struct StoredPackage {
  std::string name;
  std::string version;
  std::string root;
};
Result<std::vector<StoredPackage>> StoredPackages(const Context& context,
                                                  const std::string& folder);

// ---------------------------------------------------------------------------------------------
// Registries

struct PublishOptions {
  bool dry_run = false;  // pack and check, send nothing
  std::string registry;  // name or URL; empty: the default
};
struct PublishReport {
  std::string name;
  std::string version;
  std::string registry;  // URL
  std::string checksum;
  uint64_t archive_size = 0;
  std::vector<std::string> files;  // in the archive, sorted
  CapabilitySet capabilities;
  std::optional<uint64_t> log_index;  // none after a dry run; verified against the registry's log
};
Result<PublishReport> Publish(const Context& context, const std::string& folder,
                              const PublishOptions& options);

struct LoginReport {
  std::string registry;
  std::string user;
  std::vector<std::string> scopes;
  bool made_default = false;  // no default registry was known before; now it is this one
};
// Checks the token with the registry and stores it for the user (mode 0600). `registry` is a URL,
// or a name in the [registries] of the project in the current folder, or empty for the default.
Result<LoginReport> Login(const Context& context, const std::string& registry,
                          const std::string& token);
// Forgets the token.
Result<std::string> Logout(const Context& context, const std::string& registry);

// Takes a version out of new resolutions, or puts it back. The log index of the event, none when
// nothing changed.
Result<std::optional<uint64_t>> Yank(const Context& context, const std::string& registry,
                                     const std::string& name, const std::string& version,
                                     bool yanked);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_API_H_
