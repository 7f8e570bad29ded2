#include "snowc/syntax/characters.h"

#include <utf8proc.h>

#include <cstring>

namespace snow {
namespace {

// Characters whose category alone would not tell: the lists Other_ID_Start and Other_ID_Continue of
// Unicode, which change only to keep old names valid.
bool IsOtherIdStart(int32_t c) {
  return c == 0x1885 || c == 0x1886 || c == 0x2118 || c == 0x212E || c == 0x309B || c == 0x309C;
}
bool IsOtherIdContinue(int32_t c) {
  return c == 0x00B7 || c == 0x0387 || (c >= 0x1369 && c <= 0x1371) || c == 0x19DA;
}

}  // namespace

std::optional<CodePoint> DecodeCodePoint(std::string_view text, size_t offset) {
  utf8proc_int32_t value = 0;
  utf8proc_ssize_t length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + offset),
                       static_cast<utf8proc_ssize_t>(text.size() - offset), &value);
  if (length <= 0) return std::nullopt;
  return CodePoint{value, static_cast<uint32_t>(length)};
}

bool IsNameStart(int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL:
      return true;
    default:
      return code_point == '_' || IsOtherIdStart(code_point);
  }
}

bool IsNameContinue(int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return IsNameStart(code_point) || IsOtherIdContinue(code_point);
  }
}

bool IsUpperCase(int32_t code_point) {
  utf8proc_category_t category = utf8proc_category(code_point);
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
}

std::optional<size_t> FindInvalidUtf8(std::string_view text, size_t offset) {
  constexpr uint64_t kHighBits = 0x8080808080808080u;
  while (offset < text.size()) {
    uint64_t word;
    if (offset + sizeof(word) <= text.size()) {
      std::memcpy(&word, text.data() + offset, sizeof(word));
      if ((word & kHighBits) == 0) {
        offset += sizeof(word);
        continue;
      }
    }
    if (static_cast<unsigned char>(text[offset]) < 0x80) {
      ++offset;
      continue;
    }
    std::optional<CodePoint> character = DecodeCodePoint(text, offset);
    if (!character) return offset;
    offset += character->length;
  }
  return std::nullopt;
}

}  // namespace snow
