// Values of the library as functions of the ABI take and give them.
#ifndef RUNTIME_NET_ABI_VALUES_H_
#define RUNTIME_NET_ABI_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/abi/abi.h"
#include "runtime/actor/actor.h"
#include "runtime/memory/object.h"
#include "runtime/memory/string.h"
#include "runtime/process/heap_abi.h"

namespace snow::rt {

// A List whose elements are `words` words; valid while nothing collects.
class ListWords {
 public:
  ListWords(void* buffer, uint64_t span, size_t words)
      : buffer_(static_cast<SnowBufferHead*>(buffer)),
        offset_(static_cast<uint32_t>(span)),
        size_(span >> 32),
        words_(words) {}
  size_t size() const { return size_; }
  const uint64_t* operator[](size_t i) const {
    return BufferElements(buffer_) + (offset_ + i) * words_;
  }

 private:
  SnowBufferHead* buffer_;
  size_t offset_;
  size_t size_;
  size_t words_;
};

// A List<(String, String)>.
class HeaderList {
 public:
  HeaderList(void* buffer, uint64_t span) : words_(buffer, span, 4) {}
  size_t size() const { return words_.size(); }
  StringBytes name(size_t i) const { return {words_[i][0], words_[i][1]}; }
  StringBytes value(size_t i) const { return {words_[i][2], words_[i][3]}; }

 private:
  ListWords words_;
};

// Builds a List of strings (or of optional strings: `optional`) in the actor's heap. Its buffer is
// kept alive by the conservative look at the stack, where this object must lie.
class StringListBuilder {
 public:
  StringListBuilder(Actor* actor, size_t capacity, bool optional);
  // May collect; `text` must not lie in the actor's heap.
  void Add(std::string_view text);
  void AddNone();  // only of optional strings
  // The List's two words.
  SnowPair Finish() const;

 private:
  Actor* actor_;
  SnowBufferHead* buffer_;
  bool optional_;
};

// A List<Int>.
SnowPair NewIntList(Actor* actor, const uint64_t* numbers, size_t count);

// Ends a function that gives a number or the text of its error: the pair, and what last_failed
// tells. `run` gets a std::string& to put the error into.
SnowPair GiveNumber(Actor* actor, uint64_t number);
SnowPair GiveError(Actor* actor, std::string_view error);

template <typename Run>
SnowPair CallForNumber(Actor* actor, Run run) {
  // The error is copied where a panic of NewString would not lose memory.
  char text[512];
  size_t size = 0;
  uint64_t number;
  {
    std::string error;
    number = run(error);
    size = error.copy(text, sizeof(text));
  }
  return size > 0 ? GiveError(actor, {text, size}) : GiveNumber(actor, number);
}

}  // namespace snow::rt

#endif  // RUNTIME_NET_ABI_VALUES_H_
