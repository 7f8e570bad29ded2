// Results of functions that can fail (abi/system.def): a pair, and whether it is an error's text.
#ifndef RUNTIME_IO_RESULT_H_
#define RUNTIME_IO_RESULT_H_

#include <string_view>

#include "runtime/abi/abi.h"
#include "runtime/actor/actor.h"

namespace snow::rt {

inline void SetFailed(Actor* actor, bool failed) {
  actor->flags = failed ? actor->flags | kLastFailed
                        : actor->flags & ~static_cast<uint32_t>(kLastFailed);
}

// error 0: the result. Otherwise "<what>: <the system's reason>". Notes which of the two it is.
SnowPair FinishCall(Actor* actor, int error, std::string_view what, std::string_view result);

}  // namespace snow::rt

#endif  // RUNTIME_IO_RESULT_H_
