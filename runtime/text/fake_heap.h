// For tests: storage of strings from malloc (never given back) in place of an actor's heap, and short
// names for making and reading strings.
#ifndef RUNTIME_TEXT_FAKE_HEAP_H_
#define RUNTIME_TEXT_FAKE_HEAP_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/abi/functions.h"
#include "runtime/text/string_value.h"

// The words of a SnowPair as two arguments.
#define WORDS(s) s.first, s.second

extern "C" void* snow_bytes_new(SnowActor*, int64_t capacity) {
  if (capacity > INT32_MAX) abort();
  auto* storage =
      static_cast<SnowBytesHead*>(malloc(sizeof(SnowBytesHead) + static_cast<size_t>(capacity)));
  storage->header = 0;
  storage->fill = 0;
  storage->capacity = static_cast<uint32_t>(capacity);
  return storage;
}

namespace snow::rt {

inline SnowPair S(std::string_view text) { return NewString(nullptr, text); }

inline std::string Text(SnowPair s) {
  const StringArg arg(s.first, s.second);
  // the form of a string depends on its length alone
  EXPECT_EQ(arg.is_long(), arg.size() > kShortStringBytes);
  return std::string(arg.view());
}

}  // namespace snow::rt

#endif  // RUNTIME_TEXT_FAKE_HEAP_H_
