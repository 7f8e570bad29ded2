// The scalars of one value, in the order of its layout.
#ifndef SNOWC_LOWER_WORDS_H_
#define SNOWC_LOWER_WORDS_H_

#include <array>
#include <cassert>
#include <initializer_list>
#include <span>

#include "runtime/abi/abi.h"
#include "snowc/ir/ir.h"

namespace snow::lower {

class Words {
 public:
  Words() = default;
  Words(std::initializer_list<ir::ValueId> values) {
    for (ir::ValueId value : values) Add(value);
  }
  explicit Words(std::span<const ir::ValueId> values) {
    for (ir::ValueId value : values) Add(value);
  }
  // `count` results of one instruction, which have consecutive ids.
  static Words Results(ir::ValueId first, size_t count) {
    Words words;
    for (size_t i = 0; i < count; ++i) {
      words.Add(ir::ValueId(first.value + static_cast<uint32_t>(i)));
    }
    return words;
  }

  void Add(ir::ValueId value) {
    assert(size_ < kSnowMaxValueWords);
    values_[size_++] = value;
  }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  ir::ValueId operator[](size_t i) const {
    assert(i < size_);
    return values_[i];
  }
  void Set(size_t i, ir::ValueId value) { values_[i] = value; }
  std::span<const ir::ValueId> span() const { return {values_.data(), size_}; }
  Words Sub(size_t first, size_t count) const {
    assert(first + count <= size_);
    return Words(std::span(values_).subspan(first, count));
  }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.begin() + size_; }

 private:
  std::array<ir::ValueId, kSnowMaxValueWords> values_;
  uint32_t size_ = 0;
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_WORDS_H_
