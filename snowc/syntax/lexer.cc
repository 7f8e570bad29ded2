#include "snowc/syntax/lexer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "snowc/syntax/characters.h"
#include "snowc/syntax/lexer_impl.h"

namespace snow {
namespace syntax_internal {
namespace {

// What a byte can begin.
enum class ByteClass : uint8_t {
  kOther,
  kSpace,
  kNewline,
  kLower,  // a lower-case letter or `_`
  kUpper,
  kDigit,
  kMultibyte,
};

constexpr std::array<ByteClass, 256> MakeByteClasses() {
  std::array<ByteClass, 256> classes = {};
  for (size_t c = 'a'; c <= 'z'; ++c) classes[c] = ByteClass::kLower;
  for (size_t c = 'A'; c <= 'Z'; ++c) classes[c] = ByteClass::kUpper;
  for (size_t c = '0'; c <= '9'; ++c) classes[c] = ByteClass::kDigit;
  for (size_t c = 0x80; c <= 0xFF; ++c) classes[c] = ByteClass::kMultibyte;
  classes['_'] = ByteClass::kLower;
  classes[' '] = classes['\t'] = ByteClass::kSpace;
  classes['\n'] = classes['\r'] = ByteClass::kNewline;
  return classes;
}

constexpr std::array<ByteClass, 256> kByteClasses = MakeByteClasses();

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Each further complaint about invalid UTF-8 would say the same.
constexpr int kInvalidUtf8Max = 5;

}  // namespace

using enum DiagnosticKind;

TokenBuffer Lexer::Run() {
  if (text_.size() > SourceFile::kMaxBytes) {
    reported_.Error(kFileTooLarge, Span(), "'" + source_.path() + "' is larger than 1 GiB");
    text_ = text_.substr(0, 0);
  }
  ReportInvalidUtf8();
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  while (at_ < text_.size()) Next();
  token_begin_ = at_;
  Emit(TokenKind::kEndOfFile);
  diagnostics_.Append(std::move(reported_));
  return std::move(buffer_);
}

void Lexer::ReportInvalidUtf8() {
  std::optional<size_t> invalid = FindInvalidUtf8(text_, 0);
  for (int i = 0; invalid && i < kInvalidUtf8Max; ++i) {
    uint32_t offset = static_cast<uint32_t>(*invalid);
    diagnostics_.Error(kInvalidUtf8, SpanFrom(offset, offset + 1),
                       "invalid UTF-8 at byte offset " + std::to_string(offset) + ", line " +
                           std::to_string(source_.LineOf(offset)));
    // On to the next place that is not the rest of this one.
    size_t next = *invalid + 1;
    while (next < text_.size() && static_cast<unsigned char>(text_[next]) >= 0x80 &&
           !DecodeCodePoint(text_, next)) {
      ++next;
    }
    invalid = FindInvalidUtf8(text_, next);
  }
}

TokenId Lexer::Emit(TokenKind kind) {
  TokenId id(buffer_.tokens.size());
  buffer_.tokens.push_back(
      {static_cast<uint32_t>(token_begin_), static_cast<uint32_t>(at_), TokenId(), kind, flags_});
  flags_ = 0;
  return id;
}

void Lexer::EmitFixed(TokenKind kind, size_t length) {
  at_ += length;
  Emit(kind);
}

void Lexer::Next() {
  token_begin_ = at_;
  char c = text_[at_];
  switch (kByteClasses[static_cast<unsigned char>(c)]) {
    case ByteClass::kSpace:
      do ++at_;
      while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t'));
      flags_ |= Token::kSpaceBefore;
      return;
    case ByteClass::kNewline:
      ++at_;
      flags_ |= Token::kSpaceBefore | Token::kNewlineBefore;
      return;
    case ByteClass::kLower:
      return LowerName();
    case ByteClass::kUpper:
      SkipName();
      Emit(TokenKind::kUpperName);
      return;
    case ByteClass::kDigit:
      return Number();
    case ByteClass::kMultibyte:
      return Multibyte();
    case ByteClass::kOther:
      return Punctuation(c);
  }
}

void Lexer::SkipName() {
  while (true) {
    while (at_ < text_.size() && IsAsciiNameContinue(text_[at_])) ++at_;
    if (at_ == text_.size() || static_cast<unsigned char>(text_[at_]) < 0x80) return;
    std::optional<CodePoint> character = DecodeCodePoint(text_, at_);
    if (!character || !IsNameContinue(character->value)) return;
    at_ += character->length;
  }
}

void Lexer::LowerName() {
  SkipName();
  std::string_view name = text_.substr(token_begin_, at_ - token_begin_);
  if (name == "_") {
    Emit(TokenKind::kUnderscore);
  } else {
    Emit(KeywordOf(name));
  }
}

void Lexer::Multibyte() {
  std::optional<CodePoint> character = DecodeCodePoint(text_, at_);
  if (!character) {
    // Reported for the whole file already.
    ++at_;
    Emit(TokenKind::kError);
    return;
  }
  if (IsNameStart(character->value)) {
    SkipName();
    Emit(IsUpperCase(character->value) ? TokenKind::kUpperName : TokenKind::kLowerName);
    return;
  }
  at_ += character->length;
  Unexpected(character->value);
}

void Lexer::Punctuation(char c) {
  using enum TokenKind;
  switch (c) {
    case '#':
      return CommentOrHash();
    case '"':
      return BeginString();
    case '(':
      return Open(kLeftParen, 1);
    case '[':
      return Open(kLeftBracket, 1);
    case '{':
      return Open(kLeftBrace, 1);
    case ')':
      return Close(kRightParen);
    case ']':
      return Close(kRightBracket);
    case '}':
      return RightBrace();
    case ',':
      return EmitFixed(kComma, 1);
    case ';':
      return EmitFixed(kSemicolon, 1);
    case ':':
      return ColonOrAtom();
    case '.':
      return Peek(1) == '.' ? EmitFixed(kDotDot, 2) : EmitFixed(kDot, 1);
    case '=':
      if (Peek(1) == '=') return EmitFixed(kEqualEqual, 2);
      return Peek(1) == '>' ? EmitFixed(kFatArrow, 2) : EmitFixed(kEqual, 1);
    case '!':
      return Peek(1) == '=' ? EmitFixed(kNotEqual, 2) : EmitFixed(kBang, 1);
    case '-':
      return Peek(1) == '>' ? EmitFixed(kArrow, 2) : EmitFixed(kMinus, 1);
    case '+':
      return Peek(1) == '+' ? EmitFixed(kPlusPlus, 2) : EmitFixed(kPlus, 1);
    case '*':
      return EmitFixed(kStar, 1);
    case '/':
      return EmitFixed(kSlash, 1);
    case '%':
      return Peek(1) == '{' ? Open(kMapBrace, 2) : EmitFixed(kPercent, 1);
    case '<':
      if (Peek(1) == '=') return EmitFixed(kLessEqual, 2);
      return Peek(1) == '>' ? EmitFixed(kLessGreater, 2) : EmitFixed(kLess, 1);
    case '>':
      return EmitFixed(kGreater, 1);
    case '?':
      return EmitFixed(kQuestion, 1);
    case '&':
      return Peek(1) == '&' ? EmitFixed(kAmpAmp, 2) : EmitFixed(kAmp, 1);
    case '|':
      return Bar();
    case '@':
      return EmitFixed(kAt, 1);
    case '\'':
      return SingleQuote();
    default:
      ++at_;
      Unexpected(static_cast<unsigned char>(c));
  }
}

void Lexer::Bar() {
  if (Peek(1) == '>') return EmitFixed(TokenKind::kPipeTo, 2);
  if (Peek(1) == '|') return EmitFixed(TokenKind::kBarBar, 2);
  size_t digits = 1;
  while (IsAsciiDigit(Peek(digits))) ++digits;
  if (digits > 1 && Peek(digits) == '>') return EmitFixed(TokenKind::kPipeNTo, digits + 1);
  EmitFixed(TokenKind::kBar, 1);
}

void Lexer::ColonOrAtom() {
  if (Peek(1) == ':') return EmitFixed(TokenKind::kColonColon, 2);
  bool follows_name = false;
  if (flags_ == 0 && !buffer_.tokens.empty()) {
    TokenKind before = buffer_.tokens.back().kind;
    follows_name =
        before == TokenKind::kLowerName || before == TokenKind::kUpperName || IsKeyword(before);
  }
  std::optional<CodePoint> next;
  if (at_ + 1 < text_.size()) next = DecodeCodePoint(text_, at_ + 1);
  if (follows_name || !next || !IsNameStart(next->value) || IsUpperCase(next->value)) {
    return EmitFixed(TokenKind::kColon, 1);
  }
  ++at_;
  SkipName();
  Emit(TokenKind::kAtom);
}

void Lexer::Open(TokenKind kind, size_t length) {
  at_ += length;
  PushBracket(Emit(kind));
}

void Lexer::PushBracket(TokenId id) {
  TokenKind kind = buffer_.Get(id).kind;
  bool is_brace = kind == TokenKind::kLeftBrace || kind == TokenKind::kMapBrace;
  brackets_.push_back({id, CountOpenBraces(brackets_.size()) + (is_brace ? 1 : 0)});
}

TokenKind Lexer::ClosingOf(TokenKind opening) {
  if (opening == TokenKind::kLeftParen) return TokenKind::kRightParen;
  if (opening == TokenKind::kLeftBracket) return TokenKind::kRightBracket;
  return TokenKind::kRightBrace;
}

void Lexer::Close(TokenKind kind) {
  ++at_;
  TokenId id = Emit(kind);
  size_t floor = interpolations_.empty() ? 0 : interpolations_.back().brackets;
  // A bracket further out than this is not looked for, which keeps bad input linear.
  constexpr size_t kSearchMax = 64;
  if (brackets_.size() > floor + kSearchMax) floor = brackets_.size() - kSearchMax;
  for (size_t at = brackets_.size(); at > floor; --at) {
    TokenId opening = brackets_[at - 1].id;
    if (ClosingOf(buffer_.Get(opening).kind) != kind) continue;
    buffer_.tokens[opening.value].match = id;
    buffer_.tokens[id.value].match = opening;
    brackets_.resize(at - 1);
    return;
  }
}

void Lexer::RightBrace() {
  if (!interpolations_.empty()) {
    // Brackets that stand open inside do not keep the interpolation from ending, braces do.
    bool has_brace =
        CountOpenBraces(brackets_.size()) > CountOpenBraces(interpolations_.back().brackets);
    if (!has_brace) return EndInterpolation();
  }
  Close(TokenKind::kRightBrace);
}

void Lexer::Number() {
  char prefix = Peek() == '0' ? static_cast<char>(Peek(1) | 0x20) : '\0';
  if (prefix == 'x' || prefix == 'b' || prefix == 'o') return PrefixedNumber(prefix);
  bool is_float = false;
  SkipDigits();
  if (Peek() == '.' && IsAsciiDigit(Peek(1))) {
    is_float = true;
    ++at_;
    SkipDigits();
  }
  if (Peek() == 'e' || Peek() == 'E') {
    size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
    if (IsAsciiDigit(Peek(1 + sign))) {
      is_float = true;
      at_ += 1 + sign;
      SkipDigits();
    }
  }
  FinishNumber(is_float ? TokenKind::kFloat : TokenKind::kInt, "digits and '_'");
}

void Lexer::PrefixedNumber(char prefix) {
  int base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : 2;
  at_ += 2;
  size_t digits_begin = at_;
  while (true) {
    int digit = HexDigitValue(Peek());
    if (Peek() != '_' && (digit < 0 || digit >= base)) break;
    ++at_;
  }
  bool has_digit = text_.substr(digits_begin, at_ - digits_begin).find_first_not_of('_') !=
                   std::string_view::npos;
  std::string expected = "digits of base " + std::to_string(base);
  if (!has_digit && !IsAsciiNameContinue(Peek())) {
    diagnostics_
        .Error(
            kInvalidNumber, SpanFrom(token_begin_, at_),
            "a number lacks its digits after '" + std::string(text_.substr(token_begin_, 2)) + "'")
        .Help("write " + expected + " after it");
    Emit(TokenKind::kError);
    return;
  }
  FinishNumber(TokenKind::kInt, expected);
}

void Lexer::FinishNumber(TokenKind kind, std::string_view expected) {
  size_t number_end = at_;
  bool ends_in_underscore = text_[at_ - 1] == '_';
  SkipName();
  if (at_ == number_end && !ends_in_underscore) {
    Emit(kind);
    return;
  }
  std::string_view written = text_.substr(token_begin_, at_ - token_begin_);
  diagnostics_
      .Error(kInvalidNumber, SpanFrom(token_begin_, at_),
             "'" + std::string(written) + "' is not a number")
      .Help("a number consists of " + std::string(expected) +
            (ends_in_underscore ? ", and ends with a digit"
                                : ", and a name needs a space before it"));
  Emit(TokenKind::kError);
}

void Lexer::CommentOrHash() {
  CommentKind kind = CommentKind::kLine;
  if (Peek(1) == '=') return BlockComment();
  if (Peek(1) == '#' && Peek(2) == '!') {
    kind = CommentKind::kModuleDoc;
  } else if (Peek(1) == '#' && Peek(2) != '#') {
    kind = CommentKind::kDoc;
  }
  at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
  AddComment(kind);
}

void Lexer::BlockComment() {
  size_t depth = 1;
  at_ += 2;
  while (depth > 0) {
    size_t next = text_.find('=', at_);
    if (next == std::string_view::npos) break;
    bool opens = next > at_ && text_[next - 1] == '#';
    bool closes = next + 1 < text_.size() && text_[next + 1] == '#';
    if (opens) {
      ++depth;
      at_ = next + 1;
    } else if (closes) {
      --depth;
      at_ = next + 2;
    } else {
      at_ = next + 1;
    }
  }
  if (depth > 0) {
    at_ = text_.size();
    diagnostics_
        .Error(kUnterminatedComment, SpanFrom(token_begin_, token_begin_ + 2),
               "unterminated block comment")
        .Label("opened here")
        .Help("close it with '=#'; block comments nest, so each '#=' needs one");
  }
  std::string_view comment = text_.substr(token_begin_, at_ - token_begin_);
  if (comment.find_first_of("\r\n") != std::string_view::npos) flags_ |= Token::kNewlineBefore;
  AddComment(CommentKind::kBlock);
}

void Lexer::AddComment(CommentKind kind) {
  flags_ |= Token::kSpaceBefore;
  buffer_.comments.push_back({static_cast<uint32_t>(token_begin_), static_cast<uint32_t>(at_),
                              TokenId(buffer_.tokens.size()), kind});
}

void Lexer::SingleQuote() {
  size_t closing = text_.find_first_of("'\r\n", at_ + 1);
  bool is_quoted = closing != std::string_view::npos && text_[closing] == '\'';
  at_ = is_quoted ? closing + 1 : at_ + 1;
  auto error =
      reported_.Error(kUnexpectedCharacter, SpanFrom(token_begin_, at_), "unexpected \"'\"");
  error.Help("strings are written with double quotes");
  if (is_quoted) {
    error.Fix(SpanFrom(token_begin_, token_begin_ + 1), "\"")
        .Fix(SpanFrom(closing, closing + 1), "\"");
  }
  Emit(TokenKind::kError);
}

void Lexer::Unexpected(int32_t code_point) {
  std::string_view written = text_.substr(token_begin_, at_ - token_begin_);
  bool is_visible = code_point > 0x20 && code_point != 0x7F && code_point != 0xA0 &&
                    !(code_point >= 0x2000 && code_point <= 0x200F) && code_point != 0xFEFF;
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string code;
  for (int shift = code_point > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) {
    code += kHex[(code_point >> shift) & 15];
  }
  auto error = reported_.Error(kUnexpectedCharacter, SpanFrom(token_begin_, at_),
                               is_visible ? "unexpected character '" + std::string(written) + "'"
                                          : "unexpected invisible character U+" + code);
  if (code_point == 0x201C || code_point == 0x201D || code_point == '`') {
    error.Help("strings are written with straight double quotes");
  } else if (code_point == 0x2018 || code_point == 0x2019) {
    error.Help("strings are written with straight double quotes");
  } else if (code_point == 0x2013 || code_point == 0x2014 || code_point == 0x2212) {
    error.Help("a minus is written '-'");
  } else if (code_point == 0x2192) {
    error.Help("an arrow is written '->'");
  } else if (!is_visible) {
    error.Help("remove it, or put a plain space in its place");
  } else if (code_point == '$') {
    error.Help("'$' has a meaning in strings only: \"${name}\"");
  }
  // White space of another kind separates as a space would.
  if (is_visible) {
    Emit(TokenKind::kError);
  } else {
    flags_ |= Token::kSpaceBefore;
  }
}

}  // namespace syntax_internal

TokenBuffer Lex(const SourceFile& source, Diagnostics& diagnostics) {
  return syntax_internal::Lexer(source, diagnostics).Run();
}

}  // namespace snow
