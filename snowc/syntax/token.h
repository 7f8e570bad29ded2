// Tokens: what the lexer makes of a source file.
//
// White space, newlines and comments are no tokens. A token knows by flags what stood before it,
// comments have a list of their own, and every other byte between two tokens is white space; so a
// TokenBuffer together with its source holds every byte of the file.
#ifndef SNOWC_SYNTAX_TOKEN_H_
#define SNOWC_SYNTAX_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "snowc/base/index.h"
#include "snowc/base/source.h"

namespace snow {

enum class TokenKind : uint8_t {
#define SNOW_TOKEN(name, text) k##name,
#include "snowc/syntax/token_kind.def"
};

using TokenId = Index<struct TokenIdTag>;

struct Token {
  enum Flags : uint8_t {
    kNewlineBefore = 1,  // a newline stands between the token before and this one (or it is first)
    kSpaceBefore = 2,    // anything stands between the token before and this one (or it is first)
  };

  uint32_t begin;  // bytes
  uint32_t end;
  // Of an opening bracket: the id of its closing one, and the other way round; of a StringBegin:
  // its StringEnd. Invalid when there is none.
  TokenId match;
  TokenKind kind;
  uint8_t flags;

  bool HasNewlineBefore() const { return (flags & kNewlineBefore) != 0; }
  bool HasSpaceBefore() const { return (flags & kSpaceBefore) != 0; }
};

enum class CommentKind : uint8_t {
  kLine,       // # to the end of the line
  kDoc,        // ## of the item that follows
  kModuleDoc,  // ##! of the module
  kBlock,      // #= nested =#
};

struct Comment {
  uint32_t begin;  // bytes, the marker included, the newline not
  uint32_t end;
  TokenId before;  // the next token after it
  CommentKind kind;
};

// The tokens of one file, the last one an EndOfFile. The source must outlive it.
struct TokenBuffer {
  const SourceFile* source = nullptr;
  std::vector<Token> tokens;
  std::vector<Comment> comments;  // in order

  const Token& Get(TokenId id) const { return tokens[id.value]; }
  std::string_view TextOf(const Token& token) const {
    return source->text().substr(token.begin, token.end - token.begin);
  }
  Span SpanOf(const Token& token) const { return {source->id(), token.begin, token.end}; }

  // The index of the first comment that stands after the token before `id` and before it.
  size_t FirstCommentBefore(TokenId id) const;
};

bool IsKeyword(TokenKind kind);

// The keyword that `text` is, or kLowerName.
TokenKind KeywordOf(std::string_view text);

// How a message calls a token of this kind: `'->'`, `the keyword 'end'`, `a number`.
std::string Describe(TokenKind kind);

// The fixed text of punctuation and keywords; empty for others.
std::string_view FixedText(TokenKind kind);

}  // namespace snow

#endif  // SNOWC_SYNTAX_TOKEN_H_
