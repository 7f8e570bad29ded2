// One id for each distinct string.
//
// Names are compared and hashed all the time, so each is stored once and then handled as a
// StringId. Thread-safety: thread-compatible (const calls from many threads are fine while nobody
// interns).
#ifndef SNOWC_BASE_INTERNER_H_
#define SNOWC_BASE_INTERNER_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "snowc/base/arena.h"
#include "snowc/base/index.h"

namespace snow {

using StringId = Index<struct StringIdTag>;

class Interner {
 public:
  Interner();
  Interner(Interner&&) noexcept = default;
  Interner& operator=(Interner&&) noexcept = default;

  // The id of `text`; the text is copied when it is new.
  StringId Intern(std::string_view text);

  // The id of `text`, if it has been interned before.
  std::optional<StringId> Find(std::string_view text) const;

  // The text of a valid id; the view lives as long as the interner.
  std::string_view Get(StringId id) const { return strings_[id.value]; }

  // The number of distinct strings; ids are 0 to Size() - 1 in order of first appearance.
  size_t Size() const { return strings_.size(); }

 private:
  struct Slot {
    uint32_t hash = 0;
    StringId id;
  };

  // The slot that holds `text`, or the empty one where it belongs.
  size_t FindSlot(std::string_view text, uint32_t hash) const;
  void Grow();

  Arena arena_;
  std::vector<std::string_view> strings_;
  std::vector<Slot> slots_;  // open addressing; the size is a power of two
};

}  // namespace snow

#endif  // SNOWC_BASE_INTERNER_H_
