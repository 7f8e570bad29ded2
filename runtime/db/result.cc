#include "runtime/db/result.h"

#include <utility>

#include "runtime/http/grammar.h"

namespace snow::rt {

std::string_view DbResult::Cell(size_t cell) const {
  const CellAt& at = cells_[cell];
  if (at.size == kNull) return {};
  return std::string_view(text_).substr(at.offset, at.size);
}

void DbResult::AddCell(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  size_t offset = text_.size();
  if (IsWholeUtf8(bytes)) {
    text_ += bytes;
  } else {
    text_ += "\\x";
    for (char c : bytes) {
      text_ += kDigits[static_cast<uint8_t>(c) >> 4];
      text_ += kDigits[c & 15];
    }
  }
  cells_.push_back({offset, static_cast<uint32_t>(text_.size() - offset)});
}

void DbResult::ClearRows() {
  cells_.clear();
  text_.clear();
}

void DbResult::Fail(std::string message) {
  error.message = std::move(message);
  columns.clear();
  ClearRows();
  changed = 0;
}

std::string ResultTooLarge() { return "the result is larger than 1 GiB: ask for fewer rows"; }

}  // namespace snow::rt
