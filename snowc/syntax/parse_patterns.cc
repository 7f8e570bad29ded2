// Patterns.
#include <optional>

#include "snowc/syntax/literals.h"
#include "snowc/syntax/parser_impl.h"

namespace snow::syntax_internal {

using enum TokenKind;
using enum DiagnosticKind;

void Parser::ParsePattern(PatternMode mode) {
  DepthScope depth(*this);
  if (!depth) return;
  Start start = Begin();
  ParseConsPattern(mode);
  if (AtWord("as") && KindAfter(1) == kLowerName && !OnNewLine()) {
    Consume();
    Leaf(NodeKind::kName);
    Finish(NodeKind::kAsPattern, start);
  }
}

void Parser::ParseConsPattern(PatternMode mode) {
  DepthScope depth(*this);
  if (!depth) return;
  Start start = Begin();
  ParseOrPattern(mode);
  if (!At(kColonColon) || OnNewLine()) return;
  if (mode != PatternMode::kFull && (KindAfter(1) == kUpperName || KindAfter(1) == kLeftParen)) {
    return;
  }
  Consume();
  ParseConsPattern(mode);
  Finish(NodeKind::kConsPattern, start);
}

void Parser::ParseOrPattern(PatternMode mode) {
  Start start = Begin();
  ParsePrimaryPattern();
  if (mode == PatternMode::kBars || !At(kBar) || OnNewLine()) return;
  while (At(kBar) && !OnNewLine()) {
    Consume();
    ParsePrimaryPattern();
  }
  Finish(NodeKind::kOrPattern, start);
}

void Parser::ParsePrimaryPattern() {
  switch (Kind()) {
    case kUnderscore:
      return Leaf(NodeKind::kWildcardPattern);
    case kLowerName: {
      Start start = Begin();
      if (KindAfter(1) == kLeftParen && IsAdjacent(1)) {
        Report(kUnexpectedToken, CurrentSpan(), "a pattern calls no function")
            .Help("constructors begin with an upper-case letter; compare in a guard: 'x when ..'");
        Consume();
        Consume();
        SkipElement(at_ - 1);
        while (Eat(kComma)) SkipElement(start.token + 1);
        Eat(kRightParen);
        return Finish(NodeKind::kError, start);
      }
      Leaf(NodeKind::kName);
      return Finish(NodeKind::kBindPattern, start);
    }
    case kUpperName:
      return ParseConstructorPattern();
    case kInt:
    case kFloat:
    case kMinus:
      return ParseNumberPattern();
    case kString:
    case kAtom:
    case kTrue:
    case kFalse:
    case kNil:
      return Leaf(NodeKind::kLiteralPattern);
    case kStringBegin: {
      Report(kInterpolatedPattern, CurrentSpan(), "a string in a pattern has no interpolation")
          .Help("bind the string and compare in a guard: 's when s == \"..\"'");
      Start start = Begin();
      if (Current().match.IsValid()) at_ = Current().match.value;
      Consume();
      return Finish(NodeKind::kError, start);
    }
    case kLeftParen:
      return ParseParenPattern(kRightParen);
    case kLeftBracket:
      return ParseListPattern();
    default:
      break;
  }
  if (At(kMapBrace) || At(kLeftBrace)) {
    Report(kUnexpectedToken, CurrentSpan(), "maps are not taken apart by patterns")
        .Help(
            "bind the map and use Map.fetch(m, key); '{k, v}' stands in the head of a 'for' only");
    Start start = Begin();
    if (Current().match.IsValid()) at_ = Current().match.value;
    Consume();
    return Finish(NodeKind::kError, start);
  }
  bool is_left_out = OnNewLine() && at_ > 0 && TokenAt(at_ - 1).kind == kLet;
  if (IsKeyword(Kind()) && !is_left_out && !At(kDo) && !At(kIn) && !At(kWhen) && !At(kEnd)) {
    Report(kReservedWord, CurrentSpan(),
           "'" + std::string(Text()) + "' is a keyword and cannot name a variable")
        .Help("choose another name");
    return Leaf(NodeKind::kError);
  }
  ReportExpected("a pattern");
  if (At(kError)) return Leaf(NodeKind::kError);
  EmptyError();
}

void Parser::ParseNumberPattern() {
  Start start = Begin();
  bool is_negative = Eat(kMinus);
  if (!At(kInt) && !At(kFloat)) {
    ReportExpected("a number after '-' in a pattern");
    return Finish(NodeKind::kError, start);
  }
  if (At(kInt)) {
    std::optional<uint64_t> value = DecodeInt(Text());
    if (!value || *value > (is_negative ? kNegatedIntMin : kIntMax)) {
      Report(kIntOutOfRange, CurrentSpan(),
             is_negative ? "this number is smaller than the smallest Int, -9223372036854775808"
                         : "this number is larger than the largest Int, 9223372036854775807");
      Consume();
      return Finish(NodeKind::kError, start);
    }
  }
  Consume();
  Finish(NodeKind::kNumberPattern, start);
  if (At(kDotDot) && (KindAfter(1) == kInt || KindAfter(1) == kFloat) && !OnNewLine()) {
    Report(kUnexpectedToken, CurrentSpan(), "a pattern holds no range")
        .Help("compare in a guard: 'n when n >= 1 and n < 5'");
    Consume();
    Consume();
    Finish(NodeKind::kError, start);
  }
}

void Parser::ParseParenPattern(TokenKind close) {
  Start start = Begin();
  uint32_t opening = at_;
  Consume();
  int elements = 0;
  ParseElements(opening, close, [&] {
    ++elements;
    ParsePattern(PatternMode::kFull);
  });
  bool has_comma = at_ >= 2 && TokenAt(at_ - 2).kind == kComma;
  Finish(elements == 1 && !has_comma ? NodeKind::kParenPattern : NodeKind::kTuplePattern, start);
}

void Parser::ParseListPattern() {
  Start start = Begin();
  uint32_t opening = at_;
  Consume();
  bool has_rest = false;
  ParseElements(opening, kRightBracket, [&] {
    if (has_rest) {
      Report(kUnexpectedToken, CurrentSpan(), "'..' comes last in the pattern of a list")
          .Help("reverse the list to match its end");
    }
    if (At(kDotDot)) {
      has_rest = true;
      return ParseRestPattern();
    }
    ParsePattern(PatternMode::kFull);
    // The comma before `..` may be missing.
    if (At(kDotDot)) ParseRestPattern();
  });
  Finish(NodeKind::kListPattern, start);
}

void Parser::ParseRestPattern() {
  Start start = Begin();
  Consume();
  if (At(kLowerName)) {
    Start name = Begin();
    Leaf(NodeKind::kName);
    Finish(NodeKind::kBindPattern, name);
  } else if (At(kUnderscore)) {
    Leaf(NodeKind::kWildcardPattern);
  }
  Finish(NodeKind::kRestPattern, start);
}

void Parser::ParseConstructorPattern() {
  Start start = Begin();
  ParsePath("a constructor");
  if (At(kLeftBrace) && !OnNewLine()) {
    uint32_t opening = at_;
    Consume();
    bool has_rest = false;
    ParseElements(opening, kRightBrace, [&] {
      if (has_rest)
        Report(kUnexpectedToken, CurrentSpan(), "'..' comes last in the pattern of a struct");
      if (!At(kDotDot)) return ParseStructPatternField();
      has_rest = true;
      Start rest = Begin();
      Consume();
      Finish(NodeKind::kRestPattern, rest);
    });
    return Finish(NodeKind::kStructPattern, start);
  }
  if (At(kLeftParen) && !OnNewLine()) {
    Start arguments = Begin();
    uint32_t opening = at_;
    Consume();
    ParseElements(opening, kRightParen, [&] {
      if (AtKey()) return ParseStructPatternField();
      ParsePattern(PatternMode::kFull);
    });
    Finish(NodeKind::kPatternArguments, arguments);
  }
  Finish(NodeKind::kConstructorPattern, start);
}

void Parser::ParseStructPatternField() {
  if (AtKey()) {
    Start start = Begin();
    Leaf(NodeKind::kName);
    Consume();
    ParsePattern(PatternMode::kFull);
    return Finish(NodeKind::kNamedPattern, start);
  }
  ParseName(NameRule::kLower, "the name of a field");
}

}  // namespace snow::syntax_internal
