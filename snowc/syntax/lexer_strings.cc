// Strings, their interpolations and escapes.
#include <algorithm>
#include <optional>
#include <utility>

#include "snowc/syntax/characters.h"
#include "snowc/syntax/lexer_impl.h"

namespace snow::syntax_internal {
namespace {

// After so many strings that ran to the end of the text, every plain string ends with its line, so
// that the text is not searched again and again.
constexpr int kUnterminatedMax = 8;

}  // namespace

using enum DiagnosticKind;

void Lexer::BeginString() {
  bool is_heredoc = text_.substr(at_).starts_with("\"\"\"");
  at_ += is_heredoc ? 3 : 1;
  StringText(is_heredoc, TokenId());
}

void Lexer::EndInterpolation() {
  Interpolation interpolation = interpolations_.back();
  interpolations_.pop_back();
  brackets_.resize(interpolation.brackets);
  ++at_;
  StringText(interpolation.is_heredoc, interpolation.string_begin);
}

void Lexer::StringText(bool is_heredoc, TokenId string_begin) {
  bool is_first = !string_begin.IsValid();
  while (at_ < text_.size()) {
    at_ = std::min(text_.find_first_of(ends_strings_with_lines_ ? "\"\\$\r\n" : "\"\\$", at_),
                   text_.size());
    if (at_ == text_.size()) break;
    char c = text_[at_];
    if (c == '\\') {
      Escape();
    } else if (c == '$') {
      if (Peek(1) != '{') {
        ++at_;
        continue;
      }
      at_ += 2;
      TokenId token = Emit(is_first ? TokenKind::kStringBegin : TokenKind::kStringMiddle);
      interpolations_.push_back(
          {is_first ? token : string_begin, static_cast<uint32_t>(brackets_.size()), is_heredoc});
      return;
    } else if (c == '"') {
      if (is_heredoc && !text_.substr(at_).starts_with("\"\"\"")) {
        ++at_;
        continue;
      }
      return CloseString(is_heredoc, string_begin);
    } else {  // a line end in the mode that ends strings with lines
      if (is_heredoc) {
        ++at_;
        continue;
      }
      break;
    }
  }
  UnterminatedString(is_heredoc, string_begin);
}

TokenId Lexer::FinishString(TokenId string_begin) {
  if (!string_begin.IsValid()) return Emit(TokenKind::kString);
  TokenId token = Emit(TokenKind::kStringEnd);
  buffer_.tokens[string_begin.value].match = token;
  buffer_.tokens[token.value].match = string_begin;
  return token;
}

void Lexer::CloseString(bool is_heredoc, TokenId string_begin) {
  at_ += is_heredoc ? 3 : 1;
  TokenId token = FinishString(string_begin);
  if (!is_heredoc && IsClosedTooLate(buffer_.Get(token))) EndWithLine(token, string_begin);
}

bool Lexer::IsClosedTooLate(const Token& token) const {
  char next = Peek();
  bool goes_on = IsAsciiNameContinue(next) || next == '$' || next == '\\' || next == '"' ||
                 static_cast<unsigned char>(next) >= 0x80;
  return goes_on && buffer_.TextOf(token).find_first_of("\r\n") != std::string_view::npos;
}

void Lexer::EndWithLine(TokenId token, TokenId string_begin) {
  Token& last = buffer_.tokens[token.value];
  at_ = std::min(text_.find_first_of("\r\n", last.begin), text_.size());
  last.end = static_cast<uint32_t>(at_);
  // What was said about the text that is no string any more is taken back.
  size_t kept = reported_.All().size();
  while (kept > 0 && reported_.All()[kept - 1].span.begin >= at_) --kept;
  reported_.Truncate(kept);
  ReportUnterminated(string_begin.IsValid() ? buffer_.Get(string_begin).begin : last.begin, false);
}

void Lexer::UnterminatedString(bool is_heredoc, TokenId string_begin) {
  TokenId token = FinishString(string_begin);
  if (!is_heredoc) {
    if (++unterminated_ > kUnterminatedMax) ends_strings_with_lines_ = true;
    return EndWithLine(token, string_begin);
  }
  ReportUnterminated(buffer_.Get(string_begin.IsValid() ? string_begin : token).begin, true);
}

void Lexer::ReportUnterminated(size_t opening, bool is_heredoc) {
  reported_
      .Error(kUnterminatedString, SpanFrom(opening, opening + (is_heredoc ? 3 : 1)),
             "unterminated string")
      .Label("opened here")
      .Help(is_heredoc ? "close it with '\"\"\"'"
                       : "close it with '\"'; a quote inside is written '\\\"'");
}

void Lexer::Escape() {
  size_t begin = at_;
  ++at_;
  switch (Peek()) {
    case 'n':
    case 't':
    case 'r':
    case '0':
    case '\\':
    case '"':
    case '$':
      ++at_;
      return;
    case 'x':
      ++at_;
      if (HexDigitValue(Peek()) < 0 || HexDigitValue(Peek(1)) < 0) {
        return BadEscape(begin, "'\\x' needs two hexadecimal digits", "write '\\x41', for example");
      }
      at_ += 2;
      return;
    case 'u':
      ++at_;
      return UnicodeEscape(begin);
    default:
      break;
  }
  std::string written = "\\";
  if (at_ < text_.size()) {
    std::optional<CodePoint> character = DecodeCodePoint(text_, at_);
    bool is_newline = Peek() == '\n' || Peek() == '\r';
    if (character && !is_newline) {
      written += text_.substr(at_, character->length);
      at_ += character->length;
    }
  }
  BadEscape(begin, "unknown escape '" + written + "'",
            "the escapes are \\n \\t \\r \\0 \\\\ \\\" \\$ \\xHH \\u{..}; a backslash itself is "
            "'\\\\'");
}

void Lexer::UnicodeEscape(size_t begin) {
  constexpr std::string_view kHelp = "write '\\u{1F600}', for example";
  if (Peek() != '{') return BadEscape(begin, "'\\u' needs a code in braces", kHelp);
  ++at_;
  uint32_t value = 0;
  size_t digits = 0;
  for (int digit; (digit = HexDigitValue(Peek())) >= 0; ++at_, ++digits) {
    value = std::min<uint32_t>(value * 16 + static_cast<uint32_t>(digit), 0x110000);
  }
  if (digits == 0 || Peek() != '}') {
    return BadEscape(begin, "'\\u{' needs hexadecimal digits and a closing brace", kHelp);
  }
  ++at_;
  bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value > 0x10FFFF || is_surrogate) {
    BadEscape(
        begin,
        "no character has the code in '" + std::string(text_.substr(begin, at_ - begin)) + "'",
        "codes go up to 10FFFF, without D800 to DFFF");
  }
}

void Lexer::BadEscape(size_t begin, std::string message, std::string_view help) {
  reported_.Error(kInvalidEscape, SpanFrom(begin, at_), std::move(message)).Help(std::string(help));
}

}  // namespace snow::syntax_internal
