#include "snowc/syntax/token.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace snow {
namespace {

struct KindText {
  std::string_view fixed;  // of punctuation and keywords
  std::string_view name;   // of others, for messages
  bool is_keyword;
};

constexpr KindText kTexts[] = {
#define SNOW_TOKEN(name, text) {"", text, false},
#define SNOW_PUNCTUATION(name, text) {text, "", false},
#define SNOW_KEYWORD(name, text) {text, "", true},
#include "snowc/syntax/token_kind.def"
};

constexpr size_t kKeywordLengthMax = 10;  // supervisor
constexpr size_t kSlots = 256;

constexpr size_t SlotOf(std::string_view text) {
  size_t first = static_cast<unsigned char>(text.front());
  size_t second = static_cast<unsigned char>(text[1]);
  size_t last = static_cast<unsigned char>(text.back());
  return (first * 7 + second * 31 + last * 3 + text.size() * 67) % kSlots;
}

// Open addressing, filled by the compiler.
constexpr std::array<uint8_t, kSlots> MakeKeywordTable() {
  std::array<uint8_t, kSlots> table = {};
  for (size_t kind = 0; kind < std::size(kTexts); ++kind) {
    if (!kTexts[kind].is_keyword) continue;
    size_t slot = SlotOf(kTexts[kind].fixed);
    while (table[slot] != 0) slot = (slot + 1) % kSlots;
    table[slot] = static_cast<uint8_t>(kind);
  }
  return table;
}

constexpr std::array<uint8_t, kSlots> kKeywords = MakeKeywordTable();

const KindText& TextsOf(TokenKind kind) { return kTexts[static_cast<size_t>(kind)]; }

}  // namespace

size_t TokenBuffer::FirstCommentBefore(TokenId id) const {
  auto found =
      std::lower_bound(comments.begin(), comments.end(), id,
                       [](const Comment& comment, TokenId at) { return comment.before < at; });
  return static_cast<size_t>(found - comments.begin());
}

bool IsKeyword(TokenKind kind) { return TextsOf(kind).is_keyword; }

TokenKind KeywordOf(std::string_view text) {
  if (text.size() < 2 || text.size() > kKeywordLengthMax) return TokenKind::kLowerName;
  for (size_t slot = SlotOf(text); kKeywords[slot] != 0; slot = (slot + 1) % kSlots) {
    if (kTexts[kKeywords[slot]].fixed == text) return static_cast<TokenKind>(kKeywords[slot]);
  }
  return TokenKind::kLowerName;
}

std::string Describe(TokenKind kind) {
  const KindText& texts = TextsOf(kind);
  if (texts.fixed.empty()) return std::string(texts.name);
  std::string quoted = "'" + std::string(texts.fixed) + "'";
  return texts.is_keyword ? "the keyword " + quoted : quoted;
}

std::string_view FixedText(TokenKind kind) { return TextsOf(kind).fixed; }

}  // namespace snow
