// Typed 4-byte indexes into arrays.
//
// `Index<Tag>` is what the compiler passes around instead of pointers: it is small, it stays valid
// when the array grows, and an index of one kind is no index of another:
//
//   using StringId = Index<struct StringIdTag>;
//   using FileId = Index<struct FileIdTag>;
//
// A default-made index is invalid; `IsValid()` tells. Thread-safety: a plain value.
#ifndef SNOWC_BASE_INDEX_H_
#define SNOWC_BASE_INDEX_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace snow {

template <typename Tag>
struct Index {
  static constexpr uint32_t kInvalid = 0xFFFFFFFFu;

  constexpr Index() = default;
  constexpr explicit Index(uint32_t index) : value(index) {}
  constexpr explicit Index(size_t index) : value(static_cast<uint32_t>(index)) {}
  constexpr explicit Index(int index) : value(static_cast<uint32_t>(index)) {}

  constexpr bool IsValid() const { return value != kInvalid; }

  friend constexpr bool operator==(Index, Index) = default;
  friend constexpr auto operator<=>(Index, Index) = default;

  uint32_t value = kInvalid;
};

}  // namespace snow

template <typename Tag>
struct std::hash<snow::Index<Tag>> {
  size_t operator()(snow::Index<Tag> index) const noexcept {
    return std::hash<uint32_t>()(index.value);
  }
};

#endif  // SNOWC_BASE_INDEX_H_
