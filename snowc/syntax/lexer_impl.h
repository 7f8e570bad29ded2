// The lexer's insides, shared by lexer.cc and lexer_strings.cc.
#ifndef SNOWC_SYNTAX_LEXER_IMPL_H_
#define SNOWC_SYNTAX_LEXER_IMPL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/syntax/characters.h"
#include "snowc/syntax/token.h"

namespace snow::syntax_internal {

// One pass over the text. Strings are taken apart at their interpolations, so the lexer keeps a
// stack of those that are open, and of the open brackets.
class Lexer {
 public:
  Lexer(const SourceFile& source, Diagnostics& diagnostics)
      : source_(source), text_(source.text()), diagnostics_(diagnostics) {
    buffer_.source = &source;
    // Programs have a token for every four to five bytes.
    buffer_.tokens.reserve(text_.size() / 4 + 16);
  }

  TokenBuffer Run();

 private:
  struct OpenBracket {
    TokenId id;
    uint32_t braces;  // how many braces are open up to and including this bracket
  };

  // An interpolation that is open: the lexer is between its `${` and `}`.
  struct Interpolation {
    TokenId string_begin;
    uint32_t brackets;  // how many brackets were open at its begin
    bool is_heredoc;
  };

  char Peek(size_t distance = 0) const {
    return at_ + distance < text_.size() ? text_[at_ + distance] : '\0';
  }

  Span SpanFrom(size_t begin, size_t end) const {
    return {source_.id(), static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
  }

  void ReportInvalidUtf8();

  // ---- Tokens

  TokenId Emit(TokenKind kind);
  void EmitFixed(TokenKind kind, size_t length);
  // Takes one token, comment or stretch of white space.
  void Next();
  void SkipName();
  void LowerName();
  void Multibyte();
  void Punctuation(char c);
  void Bar();
  // Directly after a name a colon makes a key of it; otherwise before a lower-case name it begins
  // an atom.
  void ColonOrAtom();

  // ---- Brackets

  void Open(TokenKind kind, size_t length);
  void PushBracket(TokenId id);
  // How many of the outermost `count` open brackets are braces.
  uint32_t CountOpenBraces(size_t count) const {
    return count == 0 ? 0 : brackets_[count - 1].braces;
  }

  static TokenKind ClosingOf(TokenKind opening);
  // Pairs a closing bracket with the nearest opening one of its kind; those in between stay without
  // a partner, as does one that finds none.
  void Close(TokenKind kind);
  void RightBrace();

  // ---- Numbers

  void SkipDigits() {
    while (IsAsciiDigit(Peek()) || Peek() == '_') ++at_;
  }

  void Number();
  void PrefixedNumber(char prefix);
  // A number ends where no name goes on.
  void FinishNumber(TokenKind kind, std::string_view expected);

  // ---- Comments

  void CommentOrHash();
  void BlockComment();
  void AddComment(CommentKind kind);

  // ---- Strings

  void BeginString();
  // Goes on with the string whose interpolation ends here.
  void EndInterpolation();
  // Takes text up to the closing quotes or the next `${`; `string_begin` is the StringBegin token,
  // or invalid when this is the string's first part.
  void StringText(bool is_heredoc, TokenId string_begin);
  // The token ends here; `string_begin` as in StringText.
  TokenId FinishString(TokenId string_begin);
  // At the closing quotes.
  void CloseString(bool is_heredoc, TokenId string_begin);
  // Whether a string over several lines is followed by what would be text: then the quotes pair up
  // wrongly, and this string lacks its own.
  bool IsClosedTooLate(const Token& token) const;
  // Reports the string whose last part is `token`, and lets that end with its first line.
  void EndWithLine(TokenId token, TokenId string_begin);
  // At the end of the text, or of a line in the mode that ends strings there.
  void UnterminatedString(bool is_heredoc, TokenId string_begin);
  void ReportUnterminated(size_t opening, bool is_heredoc);
  void Escape();
  void UnicodeEscape(size_t begin);
  void BadEscape(size_t begin, std::string message, std::string_view help);

  // ---- What is no token

  // 'text' on one line was meant as a string.
  void SingleQuote();
  void Unexpected(int32_t code_point);

  const SourceFile& source_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  Diagnostics reported_;  // what may still be taken back
  TokenBuffer buffer_;

  size_t at_ = 0;                                                // the next byte
  size_t token_begin_ = 0;                                       // where the token at hand begins
  uint8_t flags_ = Token::kNewlineBefore | Token::kSpaceBefore;  // of the next token

  std::vector<OpenBracket> brackets_;  // innermost last
  std::vector<Interpolation> interpolations_;
  int unterminated_ = 0;  // how many strings ran to the end of the text
  bool ends_strings_with_lines_ = false;
};

}  // namespace snow::syntax_internal

#endif  // SNOWC_SYNTAX_LEXER_IMPL_H_
