#include "runtime/io/result.h"

#include <string.h>

#include "runtime/process/heap_abi.h"
#include "runtime/text/characters.h"

namespace snow::rt {
namespace {

void AddReason(int error, Text& to) {
  char buffer[256];
  to.Add(": ").Add(strerror_r(error, buffer, sizeof(buffer)));
}

}  // namespace

SnowPair FinishCall(Actor* actor, int error, std::string_view what, std::string_view result) {
  SetFailed(actor, error != 0);
  if (error == 0) return NewString(actor, result);
  Text text;
  text.Add(what);
  AddReason(error, text);
  return TakeText(actor, text);
}

SnowPair FinishCall(Actor* actor, int error, Text& what, Text& result) {
  SetFailed(actor, error != 0);
  if (error == 0) {
    what.Bytes().Release();
    return TakeText(actor, result);
  }
  result.Bytes().Release();
  AddReason(error, what);
  return TakeText(actor, what);
}

SnowPair FailInvalidUtf8(Actor* actor, std::string_view what, size_t byte) {
  SetFailed(actor, true);
  Text text;
  text.Add(what).Add(": not valid UTF-8 at byte ").Add(static_cast<int64_t>(byte));
  return TakeText(actor, text);
}

size_t ValidUtf8Bytes(std::string_view bytes) {
  if (IsValidUtf8(bytes)) return bytes.size();
  size_t at = 0;
  while (at < bytes.size()) {
    bool is_valid = false;
    const size_t length =
        SequenceBytes({bytes.data() + at, bytes.size() - at}, is_valid);
    if (!is_valid) return at;
    at += length;
  }
  return at;
}

}  // namespace snow::rt
