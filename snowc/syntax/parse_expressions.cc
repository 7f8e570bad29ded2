// Operators, postfix forms and atoms.
#include <optional>

#include "snowc/syntax/literals.h"
#include "snowc/syntax/operators.h"
#include "snowc/syntax/parser_impl.h"

namespace snow::syntax_internal {

using enum TokenKind;
using enum DiagnosticKind;

bool Parser::CanBeginExpr(TokenKind kind) {
  switch (kind) {
    case kLowerName:
    case kUpperName:
    case kInt:
    case kFloat:
    case kAtom:
    case kString:
    case kStringBegin:
    case kLeftParen:
    case kLeftBracket:
    case kMapBrace:
    case kMinus:
    case kBang:
    case kNot:
    case kBreak:
    case kCase:
    case kContinue:
    case kDef:
    case kFalse:
    case kFn:
    case kFor:
    case kIf:
    case kLink:
    case kMatch:
    case kMonitor:
    case kNil:
    case kReceive:
    case kReturn:
    case kSelf:
    case kSend:
    case kSpawn:
    case kTrue:
    case kWhile:
      return true;
    default:
      return false;
  }
}

void Parser::ParseExpr() {
  DepthScope depth(*this);
  if (depth) ParseBinary(kPipeLevel);
}

void Parser::ParseHeadExpr() {
  ModeScope scope(*this, {mode_.newlines_count, false});
  ParseExpr();
}

// ---- Operators

void Parser::ParseBinary(int min_level) {
  Start start = Begin();
  bool follows_pipe = false;
  ParseUnary();
  while (true) {
    int level = BinaryLevel(Kind());
    if (level < min_level || level == 0) return;
    bool is_pipe = level == kPipeLevel;
    if (OnNewLine() && !is_pipe) return;
    bool is_next_adjacent = IsAdjacent(1);
    bool is_greater_equal = At(kGreater) && KindAfter(1) == kEqual && is_next_adjacent;
    // `a += b` and the like are told apart where the statement fails to end.
    if (!is_greater_equal && KindAfter(1) == kEqual && is_next_adjacent) return;
    if (follows_pipe && !is_pipe) {
      Report(kUnexpectedToken, CurrentSpan(),
             "the right side of a pipe is a call; " + Found() + " cannot go on with it")
          .Help("put the pipe in parentheses to go on with its result");
    }
    if (At(kPlusPlus) && !Current().HasSpaceBefore() && !CanBeginExpr(KindAfter(1))) {
      ReportForeignOperator();
      return Consume();
    }
    if (At(kPipeNTo)) CheckPipeNumber();
    Consume();
    if (is_greater_equal) Consume();
    if (is_pipe) {
      follows_pipe = true;
      ParsePostfix();
      Finish(NodeKind::kPipeExpr, start);
    } else {
      ParseBinary(level + 1);
      Finish(NodeKind::kBinaryExpr, start);
    }
  }
}

void Parser::CheckPipeNumber() {
  constexpr uint64_t kParametersMax = 255;
  std::optional<uint64_t> number = DecodeInt(Text().substr(1, Text().size() - 2));
  if (number && *number >= 1 && *number <= kParametersMax) return;
  Report(kUnexpectedToken, CurrentSpan(), "'" + std::string(Text()) + "' names no argument")
      .Help("arguments are numbered from 1: '|2>' passes the second");
}

void Parser::ParseUnary() {
  if (At(kAmp)) {
    Start start = Begin();
    Report(kForeignWord, CurrentSpan(), "there are no references, values are immutable")
        .Help("leave the '&' out")
        .Fix(CurrentSpan(), "");
    Consume();
    if (AtWord("mut")) Consume();
    ParsePostfix();
    Finish(NodeKind::kError, start);
    return;
  }
  bool is_minus = At(kMinus);
  if (!is_minus && !At(kNot) && !At(kBang)) {
    ParsePostfix();
    return;
  }
  Start start = Begin();
  DepthScope depth(*this);
  if (!depth) return;
  Consume();
  if (is_minus && At(kInt)) {
    Start operand = Begin();
    ParseNumber(true);
    uint32_t literal = at_;
    ParsePostfixTail(operand, false);
    if (at_ != literal && DecodeInt(tokens_.TextOf(TokenAt(literal - 1))) == kNegatedIntMin) {
      // The minus applies to all that follows, so the literal stands alone.
      Report(kIntOutOfRange, tokens_.SpanOf(TokenAt(literal - 1)),
             "this number is larger than the largest Int, 9223372036854775807")
          .Help("put the negative number in parentheses");
    }
  } else {
    ParseUnary();
  }
  Finish(NodeKind::kUnaryExpr, start);
}

// ---- Postfix forms

void Parser::ParsePostfix() {
  Start start = Begin();
  bool is_type_path = At(kUpperName);
  ParsePrimary();
  ParsePostfixTail(start, is_type_path);
}

void Parser::ParsePostfixTail(Start start, bool is_type_path) {
  while (true) {
    switch (Kind()) {
      case kLeftParen:
        if (OnNewLine()) return;
        ParseCallTail(start);
        is_type_path = false;
        break;
      case kLeftBracket:
        if (OnNewLine()) return;
        ParseIndex();
        Finish(NodeKind::kIndexExpr, start);
        is_type_path = false;
        break;
      case kDot:
        is_type_path = is_type_path && KindAfter(1) == kUpperName;
        ParseMember(start);
        break;
      case kQuestion:
        if (OnNewLine()) return;
        Consume();
        Finish(NodeKind::kTryExpr, start);
        is_type_path = false;
        break;
      case kLeftBrace: {
        if (!is_type_path || OnNewLine()) return;
        uint32_t opening = at_;
        Consume();
        ParseElements(opening, kRightBrace, [&] { ParseFieldValue(); });
        Finish(NodeKind::kStructExpr, start);
        is_type_path = false;
        break;
      }
      default:
        return;
    }
  }
}

void Parser::ParseIndex() {
  uint32_t opening = at_;
  Consume();
  int elements = 0;
  ParseElements(opening, kRightBracket, [&] {
    ++elements;
    ParseExpr();
  });
  if (elements == 1) return;
  Report(kUnexpectedToken, tokens_.SpanOf(TokenAt(opening)), "an index is one expression")
      .Help("a list on a line of its own begins a new statement");
  if (elements == 0) EmptyError();
}

void Parser::ParseMember(Start start) {
  Consume();
  if (AtNameLike() && !Current().HasNewlineBefore()) {
    Leaf(NodeKind::kName);
  } else if (At(kInt) && IsAdjacent(0)) {
    Report(kForeignWord, CurrentSpan(), "the parts of a tuple have no numbers")
        .Help("take it apart, 'let (a, b) = pair', or use Tuple.first and Tuple.second");
    Leaf(NodeKind::kError);
  } else {
    ReportExpected("the name of a field or method after '.'");
    Finish(NodeKind::kName, Begin());
  }
  Finish(NodeKind::kFieldExpr, start);
}

void Parser::ParseCallTail(Start start) {
  ParseArguments(false);
  if (At(kDo) && mode_.do_is_free && !OnNewLine()) {
    ParseHandlerBlock("", {start.token, "this call's closure"});
  }
  Finish(NodeKind::kCallExpr, start);
}

void Parser::ParseArguments(bool first_is_pattern) {
  Start start = Begin();
  uint32_t opening = at_;
  Consume();
  bool has_keyword = false;
  ParseElements(opening, kRightParen, [&] {
    if (first_is_pattern) {
      first_is_pattern = false;
      ParsePattern(PatternMode::kFull);
    } else {
      ParseArgument(has_keyword);
    }
  });
  Finish(NodeKind::kArguments, start);
}

void Parser::ParseArgument(bool& has_keyword) {
  Start start = Begin();
  if (AtKey()) {
    has_keyword = true;
    Leaf(NodeKind::kName);
    Consume();
    ParseExpr();
    Finish(NodeKind::kKeywordArgument, start);
    return;
  }
  if (has_keyword && CanBeginExpr(Kind())) {
    Report(kArgumentOrder, CurrentSpan(), "a positional argument stands after a keyword argument")
        .Help("positional arguments come first");
  }
  ParseExpr();
}

bool Parser::EndsElements() const {
  // A field whose name is a keyword.
  if (IsKeyword(Kind()) && KindAfter(1) == kColonColon) return false;
  switch (Kind()) {
    case kEndOfFile:
    case kEnd:
    case kElse:
    case kDo:
    case kLet:
    case kRightParen:
    case kRightBracket:
    case kRightBrace:
    case kStringMiddle:
    case kStringEnd:
      return true;
    default:
      // An item at the start of a line: the bracket was never closed.
      return Current().HasNewlineBefore() && (AtFn() ? AtLocalFunction() : AtItem());
  }
}

bool Parser::EndElement(uint32_t opening, TokenKind close, uint32_t before) {
  if (At(close)) return true;
  if (Eat(kComma)) {
    if (at_ == before + 1) {
      ReportNoExpression();
      EmptyError();
    }
    Recovered();
    return true;
  }
  TokenId match = TokenAt(opening).match;
  if (!match.IsValid() || match.value < at_ || At(kEndOfFile)) {
    if (Current().HasNewlineBefore() || EndsElements() || At(kEndOfFile)) {
      ReportUnclosed(opening);
      return false;
    }
  }
  bool is_comma_missing = at_ != before && match.IsValid() && Current().HasNewlineBefore() &&
                          (CanBeginExpr(Kind()) || AtNameLike());
  if (At(kError)) is_silent_ = true;
  Report(kUnexpectedToken, is_comma_missing ? EndOfPrevious() : CurrentSpan(),
         is_comma_missing ? "missing ','"
                          : "expected ',' or " + Describe(close) + ", found " + Found())
      .Note(tokens_.SpanOf(TokenAt(opening)), "the list begins here");
  if (is_comma_missing) {
    Recovered();
    return true;
  }
  SkipElement(opening);
  if (At(close)) return true;
  Recovered();
  return Eat(kComma);
}

// ---- Atoms

void Parser::ParsePrimary() {
  switch (Kind()) {
    case kInt:
    case kFloat:
      return ParseNumber(false);
    case kString:
      return Leaf(NodeKind::kStringLiteral);
    case kStringBegin:
      return ParseInterpolatedString();
    case kAtom:
    case kTrue:
    case kFalse:
    case kNil:
      return Leaf(NodeKind::kLiteral);
    case kLowerName:
      if (KindAfter(1) == kLeftParen && Text() == "assert_receive") {
        Start start = Begin();
        Consume();
        ParseArguments(true);
        return Finish(NodeKind::kAssertReceiveExpr, start);
      }
      return Leaf(NodeKind::kNameExpr);
    case kUpperName:
    case kSpawn:
    case kSend:
    case kLink:
    case kMonitor:
      return Leaf(NodeKind::kNameExpr);
    case kSelf:
      return Leaf(NodeKind::kSelfExpr);
    case kLeftParen:
      return ParseParenthesized();
    case kLeftBracket:
      return ParseListExpr();
    case kMapBrace:
      return ParseMapOrUpdate();
    case kIf:
      return ParseIf();
    case kCase:
    case kMatch:
      return ParseCase();
    case kReceive:
      return ParseReceive();
    case kWhile:
      return ParseWhile();
    case kFor:
      return ParseFor();
    case kFn:
    case kDef:
      return AtLocalFunction() ? ParseNamedClosure() : ParseClosure();
    case kReturn:
      return ParseReturn();
    case kBreak:
      return Leaf(NodeKind::kBreakExpr);
    case kContinue:
      return Leaf(NodeKind::kContinueExpr);
    default:
      ReportNoExpression();
      // What can only have been meant as a value is taken, so that what follows makes sense.
      if (At(kError) || At(kUnderscore) || AtKeywordAsName()) return Leaf(NodeKind::kError);
      return EmptyError();
  }
}

void Parser::ParseNamedClosure() {
  if (Current().HasNewlineBefore()) {
    // Rather the next function, and what should stand here is missing.
    ReportExpected("an expression");
    return EmptyError();
  }
  Report(kUnexpectedToken, CurrentSpan(), "a function with a name is no expression")
      .Help("leave the name out: 'fn(x) -> .. end'; or define it on a line of its own");
  Start start = Begin();
  ParseFn(Begin(), FnContext::kLocal);
  Finish(NodeKind::kError, start);
}

bool Parser::AtKeywordAsName() const {
  bool is_used = (KindAfter(1) == kDot || KindAfter(1) == kLeftParen) && IsAdjacent(1);
  return IsKeyword(Kind()) && is_used && !EndsElements();
}

void Parser::ReportNoExpression() {
  if (At(kUnderscore)) {
    Report(kUnexpectedToken, CurrentSpan(), "'_' is a pattern and has no value");
    return;
  }
  if (At(kLeftBrace)) {
    Report(kForeignWord, CurrentSpan(), "'{' begins no expression")
        .Help("a map is written %{key => value}, a block do .. end, a tuple (a, b)");
    return;
  }
  if (AtKeywordAsName()) {
    Report(kReservedWord, CurrentSpan(),
           "'" + std::string(Text()) + "' is a keyword and names no value")
        .Help("choose another name");
    return;
  }
  ReportExpected("an expression");
}

void Parser::ParseNumber(bool follows_minus) {
  if (At(kInt)) {
    std::optional<uint64_t> value = DecodeInt(Text());
    if (!value || *value > (follows_minus ? kNegatedIntMin : kIntMax)) {
      Report(kIntOutOfRange, CurrentSpan(),
             "this number is larger than the largest Int, 9223372036854775807")
          .Help("a Float may be larger: write it with '.0' or an exponent");
      Recovered();
      return Leaf(NodeKind::kError);
    }
  }
  Leaf(NodeKind::kNumberLiteral);
}

void Parser::ParseInterpolatedString() {
  Start start = Begin();
  TokenId last = Current().match;
  ModeScope scope(*this, kInBrackets);
  while (true) {
    uint32_t opening = at_;
    Consume();
    if (At(kStringMiddle) || At(kStringEnd)) {
      Report(kUnexpectedToken, CurrentSpan(), "an interpolation holds an expression")
          .Help("write '\\${}' for the text itself");
      EmptyError();
    } else {
      ParseExpr();
    }
    if (!At(kStringMiddle) && !At(kStringEnd)) {
      ReportUnclosed(opening);
      Start skipped = Begin();
      while (!At(kEndOfFile) && !At(kStringMiddle) && !At(kStringEnd)) {
        if (!last.IsValid() && Current().HasNewlineBefore()) break;
        TokenId match = Current().match;
        if (match.IsValid() && match.value > at_) at_ = match.value;
        Consume();
      }
      Finish(NodeKind::kError, skipped);
    }
    if (At(kStringMiddle)) continue;
    Eat(kStringEnd);
    break;
  }
  Finish(NodeKind::kInterpolatedString, start);
}

void Parser::ParseParenthesized() {
  Start start = Begin();
  uint32_t opening = at_;
  Consume();
  int elements = 0;
  ParseElements(opening, kRightParen, [&] {
    ++elements;
    ParseExpr();
  });
  bool has_comma = at_ >= 2 && TokenAt(at_ - 2).kind == kComma;
  Finish(elements == 1 && !has_comma ? NodeKind::kParenExpr : NodeKind::kTupleExpr, start);
}

void Parser::ParseListExpr() {
  Start start = Begin();
  uint32_t opening = at_;
  Consume();
  ParseElements(opening, kRightBracket, [&] {
    if (At(kDotDot)) {
      Report(kForeignWord, CurrentSpan(), "'..' takes a list apart in patterns only")
          .Help("lists are joined by '++': [a] ++ rest");
      Start element = Begin();
      Consume();
      if (CanBeginExpr(Kind())) ParseExpr();
      return Finish(NodeKind::kError, element);
    }
    ParseExpr();
    if (At(kBar) || At(kColonColon)) {
      Report(kForeignWord, CurrentSpan(), "a list is not built from head and tail")
          .Help("lists are joined by '++': [a] ++ rest");
    }
  });
  Finish(NodeKind::kListExpr, start);
}

void Parser::ParseMapOrUpdate() {
  Start start = Begin();
  uint32_t opening = at_;
  Consume();
  ModeScope scope(*this, kInBrackets);
  if (EndsElements() || AtKey()) {
    ParseElements(opening, kRightBrace, [&] { ParseMapEntry(); });
    return Finish(NodeKind::kMapExpr, start);
  }
  Start entry = Begin();
  ParseExpr();
  if (Eat(kBar)) {
    ParseElements(opening, kRightBrace, [&] { ParseFieldValue(); });
    return Finish(NodeKind::kUpdateExpr, start);
  }
  // The first entry has begun without the list of entries; go on from its arrow.
  bool is_first = true;
  auto parse_entry = [&] {
    if (!is_first) return ParseMapEntry();
    is_first = false;
    if (Eat(kFatArrow)) {
      ParseExpr();
    } else if (At(kArrow)) {
      Report(kForeignWord, CurrentSpan(), "keys and values of a map are separated by '=>'")
          .Fix(CurrentSpan(), "=>");
      Consume();
      ParseExpr();
    } else {
      ReportExpected("'=>' after a key, or '|' and the fields to change");
    }
    Finish(NodeKind::kMapEntry, entry);
  };
  if (At(kRightBrace)) parse_entry();
  ParseElements(opening, kRightBrace, parse_entry);
  Finish(NodeKind::kMapExpr, start);
}

void Parser::ParseMapEntry() {
  Start start = Begin();
  if (AtKey()) {
    Report(kForeignWord, CurrentSpan(), "the keys of a map are expressions")
        .Help("write \"" + std::string(Text()) + "\" => value");
    Leaf(NodeKind::kError);
    Consume();
    ParseExpr();
    return Finish(NodeKind::kMapEntry, start);
  }
  ParseExpr();
  if (Eat(kFatArrow)) {
    ParseExpr();
  } else if (At(kArrow)) {
    Report(kForeignWord, CurrentSpan(), "keys and values of a map are separated by '=>'")
        .Fix(CurrentSpan(), "=>");
    Consume();
    ParseExpr();
  } else {
    ReportExpected("'=>' after a key");
  }
  Finish(NodeKind::kMapEntry, start);
}

void Parser::ParseFieldValue() {
  Start start = Begin();
  if (AtKey()) {
    Leaf(NodeKind::kName);
    Consume();
    ParseExpr();
    return Finish(NodeKind::kFieldValue, start);
  }
  if (At(kDotDot)) {
    Report(kForeignWord, CurrentSpan(), "'..' leaves fields out in patterns only")
        .Help("to change some fields write %{value | field: new}");
    Consume();
    if (CanBeginExpr(Kind())) ParseExpr();
    return Finish(NodeKind::kError, start);
  }
  ParseName(NameRule::kLower, "the name of a field");
  if (At(kEqual) || At(kFatArrow) || At(kColonColon)) {
    Report(kForeignWord, CurrentSpan(), "a field and its value are separated by ':'")
        .Fix(CurrentSpan(), ":");
    Consume();
    ParseExpr();
  }
  Finish(NodeKind::kFieldValue, start);
}

}  // namespace snow::syntax_internal
