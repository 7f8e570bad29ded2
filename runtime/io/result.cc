#include "runtime/io/result.h"

#include <string.h>

#include "runtime/base/text.h"
#include "runtime/process/heap_abi.h"

namespace snow::rt {

SnowPair FinishCall(Actor* actor, int error, std::string_view what, std::string_view result) {
  SetFailed(actor, error != 0);
  if (error == 0) return NewString(actor, result);
  char buffer[256];
  Text text;
  text.Add(what).Add(": ").Add(strerror_r(error, buffer, sizeof(buffer)));
  return TakeText(actor, text);
}

}  // namespace snow::rt
