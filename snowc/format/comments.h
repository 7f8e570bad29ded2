// Which comment stands beside or before which token.
#ifndef SNOWC_FORMAT_COMMENTS_H_
#define SNOWC_FORMAT_COMMENTS_H_

#include <cstddef>
#include <string_view>

#include "snowc/syntax/token.h"

namespace snow::format_internal {

// A comment between two tokens is of the first one when it stands on its line, and of the second
// one otherwise. Pure functions of a TokenBuffer.
class CommentMap {
 public:
  explicit CommentMap(const TokenBuffer& tokens) : tokens_(tokens) {}

  // Indexes into TokenBuffer::comments: [begin, split) are beside the token before `token`,
  // [split, end) are before `token`.
  struct Range {
    size_t begin;
    size_t split;
    size_t end;
  };
  Range Before(TokenId token) const;

  // Whether there is any comment before `token` or beside it.
  bool HasAny(TokenId token) const;

  // Whether there is any comment between the tokens from `first` to `last`.
  bool HasAnyIn(TokenId first, TokenId last) const;

  // Whether the comment ends its line.
  bool EndsLine(size_t comment) const;

  bool HasNewlineBefore(size_t comment) const;

  // Whether the token before is an opening bracket.
  bool IsAfterOpening(TokenId token) const;

  // Whether an empty line stands before the comment, or before the token or its first comment.
  bool HasBlankBefore(size_t comment) const;
  bool HasBlankBefore(TokenId token) const;
  // The same, but behind the comments before `token`.
  bool HasBlankDirectlyBefore(TokenId token) const;

  // Without white space at the end.
  std::string_view TextOf(size_t comment) const;

 private:
  uint32_t EndOfPrevious(size_t comment) const;
  uint32_t EndOfTokenBefore(TokenId token) const;
  size_t CountNewlines(uint32_t begin, uint32_t end) const;

  const TokenBuffer& tokens_;
};

}  // namespace snow::format_internal

#endif  // SNOWC_FORMAT_COMMENTS_H_
