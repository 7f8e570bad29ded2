// Results of functions that can fail (abi/system.def): a pair, and whether it is an error's text.
#ifndef RUNTIME_IO_RESULT_H_
#define RUNTIME_IO_RESULT_H_

#include <string_view>

#include "runtime/abi/abi.h"
#include "runtime/actor/actor.h"
#include "runtime/base/text.h"

namespace snow::rt {

inline void SetFailed(Actor* actor, bool failed) {
  actor->flags = failed ? actor->flags | kLastFailed
                        : actor->flags & ~static_cast<uint32_t>(kLastFailed);
}

// error 0: the result. Otherwise "<what>: <the system's reason>". Notes which of the two it is.
SnowPair FinishCall(Actor* actor, int error, std::string_view what, std::string_view result);

// The same for texts that are given back, whatever comes of it.
SnowPair FinishCall(Actor* actor, int error, Text& what, Text& result);

// "<what>: not valid UTF-8 at byte N", as a failure.
SnowPair FailInvalidUtf8(Actor* actor, std::string_view what, size_t byte);

// Where bytes stop being UTF-8; the size if they are.
size_t ValidUtf8Bytes(std::string_view bytes);

}  // namespace snow::rt

#endif  // RUNTIME_IO_RESULT_H_
