// The values of literal tokens.
#ifndef SNOWC_SYNTAX_LITERALS_H_
#define SNOWC_SYNTAX_LITERALS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snow {

// The value of an Int token; nothing when it does not fit into 64 bits unsigned.
std::optional<uint64_t> DecodeInt(std::string_view text);

// The value of a Float token; too large: infinity.
double DecodeFloat(std::string_view text);

// The largest Int, and what may stand directly after a prefix minus.
constexpr uint64_t kIntMax = 0x7FFF'FFFF'FFFF'FFFFu;
constexpr uint64_t kNegatedIntMin = 0x8000'0000'0000'0000u;

// The texts of a string between its interpolations, from the texts of its tokens: one String, or
// StringBegin, StringMiddle.., StringEnd. Quotes and `${`, `}` are taken off, escapes replaced,
// line ends become `\n`, and of a heredoc the first newline and the indentation are removed. Wrong
// escapes (reported by the lexer) stay as they are.
std::vector<std::string> DecodeString(const std::vector<std::string_view>& tokens);

}  // namespace snow

#endif  // SNOWC_SYNTAX_LITERALS_H_
