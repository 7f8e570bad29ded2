// Compiled patterns of the whole program, kept by their text.
//
// A Regex of the language is its pattern, so that it can be sent between actors; the compiled form
// is found here. Thread-safe.
#ifndef RUNTIME_REGEX_CACHE_H_
#define RUNTIME_REGEX_CACHE_H_

#include <re2/re2.h>

#include <memory>
#include <string_view>

namespace snow::rt {

// The compiled pattern (maybe one with an error). At most kMaxPatterns are kept.
inline constexpr size_t kMaxPatterns = 512;
std::shared_ptr<const RE2> CompiledPattern(std::string_view pattern, bool ignore_case);

}  // namespace snow::rt

#endif  // RUNTIME_REGEX_CACHE_H_
