#include "runtime/regex/cache.h"

#include <mutex>
#include <string>
#include <unordered_map>

namespace snow::rt {
namespace {

class Cache {
 public:
  std::shared_ptr<const RE2> Find(const std::string& key) {
    std::lock_guard lock(mutex_);
    const auto found = patterns_.find(key);
    return found == patterns_.end() ? nullptr : found->second;
  }

  void Insert(const std::string& key, std::shared_ptr<const RE2> pattern) {
    std::lock_guard lock(mutex_);
    // a program with so many patterns makes them up as it runs: all of them go
    if (patterns_.size() >= kMaxPatterns) patterns_.clear();
    patterns_.emplace(key, std::move(pattern));
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const RE2>> patterns_;
};

// Lives as long as the process.
Cache* const kCache = new Cache;

}  // namespace

std::shared_ptr<const RE2> CompiledPattern(std::string_view pattern, bool ignore_case) {
  std::string key(1, ignore_case ? 'i' : 'c');
  key += pattern;
  if (std::shared_ptr<const RE2> found = kCache->Find(key)) return found;
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!ignore_case);
  auto compiled =
      std::make_shared<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  kCache->Insert(key, compiled);
  return compiled;
}

}  // namespace snow::rt
