#include "snowc/format/comments.h"

namespace snow::format_internal {

namespace {

bool IsOpening(TokenKind kind) {
  switch (kind) {
    case TokenKind::kLeftParen:
    case TokenKind::kLeftBracket:
    case TokenKind::kLeftBrace:
    case TokenKind::kMapBrace:
      return true;
    default:
      return false;
  }
}

}  // namespace

CommentMap::Range CommentMap::Before(TokenId token) const {
  const std::vector<Comment>& comments = tokens_.comments;
  Range range;
  range.begin = tokens_.FirstCommentBefore(token);
  range.end = range.begin;
  while (range.end < comments.size() && comments[range.end].before == token) ++range.end;
  range.split = range.begin;
  if (token.value == 0) return range;
  bool is_after_opening = IsAfterOpening(token);
  while (range.split < range.end) {
    const Comment& comment = comments[range.split];
    if (CountNewlines(EndOfPrevious(range.split), comment.begin) != 0) break;
    // What follows an opening bracket stands before the first thing in it.
    if (is_after_opening && !EndsLine(range.split)) break;
    ++range.split;
  }
  return range;
}

bool CommentMap::HasAny(TokenId token) const {
  Range before = Before(token);
  if (before.split != before.end) return true;
  if (token.value + 1 >= tokens_.tokens.size()) return false;
  Range after = Before(TokenId(token.value + 1));
  return after.begin != after.split;
}

bool CommentMap::HasAnyIn(TokenId first, TokenId last) const {
  size_t at = tokens_.FirstCommentBefore(TokenId(first.value + 1));
  return at < tokens_.comments.size() && tokens_.comments[at].before <= last;
}

bool CommentMap::EndsLine(size_t comment) const {
  const Comment& at = tokens_.comments[comment];
  bool is_last =
      comment + 1 == tokens_.comments.size() || tokens_.comments[comment + 1].before != at.before;
  const Token& next = tokens_.Get(at.before);
  uint32_t end = is_last ? next.begin : tokens_.comments[comment + 1].begin;
  return CountNewlines(at.end, end) != 0 || (is_last && next.kind == TokenKind::kEndOfFile);
}

bool CommentMap::IsAfterOpening(TokenId token) const {
  return token.value > 0 && IsOpening(tokens_.Get(TokenId(token.value - 1)).kind);
}

bool CommentMap::HasNewlineBefore(size_t comment) const {
  return CountNewlines(EndOfPrevious(comment), tokens_.comments[comment].begin) != 0;
}

bool CommentMap::HasBlankBefore(size_t comment) const {
  return CountNewlines(EndOfPrevious(comment), tokens_.comments[comment].begin) > 1;
}

bool CommentMap::HasBlankBefore(TokenId token) const {
  Range range = Before(token);
  if (range.split != range.end) return HasBlankBefore(range.split);
  return HasBlankDirectlyBefore(token);
}

bool CommentMap::HasBlankDirectlyBefore(TokenId token) const {
  Range range = Before(token);
  uint32_t end =
      range.begin == range.end ? EndOfTokenBefore(token) : tokens_.comments[range.end - 1].end;
  return CountNewlines(end, tokens_.Get(token).begin) > 1;
}

std::string_view CommentMap::TextOf(size_t comment) const {
  const Comment& at = tokens_.comments[comment];
  std::string_view text = tokens_.source->text().substr(at.begin, at.end - at.begin);
  size_t end = text.find_last_not_of(" \t\r\n\f\v");
  return text.substr(0, end + 1);
}

uint32_t CommentMap::EndOfPrevious(size_t comment) const {
  TokenId token = tokens_.comments[comment].before;
  if (comment > 0 && tokens_.comments[comment - 1].before == token) {
    return tokens_.comments[comment - 1].end;
  }
  return EndOfTokenBefore(token);
}

uint32_t CommentMap::EndOfTokenBefore(TokenId token) const {
  return token.value == 0 ? 0 : tokens_.Get(TokenId(token.value - 1)).end;
}

size_t CommentMap::CountNewlines(uint32_t begin, uint32_t end) const {
  std::string_view text = tokens_.source->text().substr(begin, end - begin);
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n' || (text[at] == '\r' && !text.substr(at).starts_with("\r\n"))) ++count;
  }
  return count;
}

}  // namespace snow::format_internal
