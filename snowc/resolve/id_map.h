// A hash map from a 4-byte index (a StringId, say) to a small value.
//
// Open addressing over a power-of-two table: one probe and no allocation for most look-ups, which
// is what name resolution does all day. Nothing is ever removed. Thread-safety: thread-compatible.
#ifndef SNOWC_RESOLVE_ID_MAP_H_
#define SNOWC_RESOLVE_ID_MAP_H_

#include <cstdint>
#include <utility>
#include <vector>

namespace snow::resolve {

template <typename Key, typename Value>
class IdMap {
 public:
  struct Entry {
    Key key;
    Value value;
  };

  // The value of `key`, or null.
  Value* Find(Key key) {
    if (slots_.empty()) return nullptr;
    for (uint32_t i = Hash(key);; ++i) {
      uint32_t entry = slots_[i & (slots_.size() - 1)];
      if (entry == kEmpty) return nullptr;
      if (entries_[entry].key == key) return &entries_[entry].value;
    }
  }
  const Value* Find(Key key) const { return const_cast<IdMap*>(this)->Find(key); }

  // Adds `key`; false (and nothing changes) when it is there.
  bool Insert(Key key, Value value) {
    if (Find(key) != nullptr) return false;
    if (entries_.size() * 2 >= slots_.size()) Grow();
    Place(key, static_cast<uint32_t>(entries_.size()));
    entries_.push_back({key, std::move(value)});
    return true;
  }

  // The value of `key`, which is made when it is new.
  Value& operator[](Key key) {
    if (Value* found = Find(key)) return *found;
    Insert(key, Value());
    return entries_.back().value;
  }

  // In order of insertion.
  const std::vector<Entry>& entries() const { return entries_; }
  std::vector<Entry>& entries() { return entries_; }
  bool empty() const { return entries_.empty(); }

 private:
  static constexpr uint32_t kEmpty = 0xFFFFFFFFu;

  static uint32_t Hash(Key key) { return key.value * 0x9E3779B1u >> 7; }

  void Place(Key key, uint32_t entry) {
    uint32_t i = Hash(key);
    while (slots_[i & (slots_.size() - 1)] != kEmpty) ++i;
    slots_[i & (slots_.size() - 1)] = entry;
  }

  void Grow() {
    slots_.assign(slots_.empty() ? 8 : slots_.size() * 2, kEmpty);
    for (uint32_t i = 0; i < entries_.size(); ++i) Place(entries_[i].key, i);
  }

  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;
};

}  // namespace snow::resolve

#endif  // SNOWC_RESOLVE_ID_MAP_H_
