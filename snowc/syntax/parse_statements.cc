// Blocks and what stands in them.
#include "snowc/syntax/parser_impl.h"

namespace snow::syntax_internal {

using enum TokenKind;
using enum DiagnosticKind;

// ---- Where blocks end

uint32_t Parser::ColumnOf(uint32_t index) const {
  // Lines are short, so going back beats looking the line up.
  std::string_view text = tokens_.source->text();
  uint32_t begin = TokenAt(index).begin;
  uint32_t line_begin = begin;
  while (line_begin > 0 && text[line_begin - 1] != '\n' && text[line_begin - 1] != '\r') {
    --line_begin;
  }
  return begin - line_begin;
}

uint32_t Parser::IndentationOf(uint32_t index) const {
  std::string_view text = tokens_.source->text();
  uint32_t begin = tokens_.source->LineBegin(tokens_.source->LineOf(TokenAt(index).begin));
  uint32_t at = begin;
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at - begin;
}

bool Parser::EndsByIndentation(const Opener& opener) const {
  if (policy_ != EndPolicy::kIndentation || !Current().HasNewlineBefore()) return false;
  switch (Kind()) {
    case kBar:
    case kPipeTo:
    case kPipeNTo:
    case kDot:
    case kRightParen:
    case kRightBracket:
    case kRightBrace:
    case kEndOfFile:
      return false;
    case kEnd:
    case kElse:
    case kAfter:
    case kTerminate:
      return ColumnOf(at_) < IndentationOf(opener.token);
    default:
      return ColumnOf(at_) <= IndentationOf(opener.token);
  }
}

bool Parser::AtListEnd(const Opener& opener) const {
  switch (Kind()) {
    case kEndOfFile:
    case kEnd:
    case kElse:
    case kAfter:
    case kTerminate:
    case kStringMiddle:
    case kStringEnd:
      return true;
    case kRightParen:
    case kRightBracket:
    case kRightBrace: {
      // It closes a bracket in which the block stands, or the brace that stands for `do`.
      TokenId match = Current().match;
      return match.IsValid() && (match.value < opener.token || match.value == opener.brace);
    }
    default:
      return EndsByIndentation(opener);
  }
}

void Parser::CloseBlock(const Opener& opener) {
  if (opener.brace != ~0u && At(kRightBrace)) {
    Consume();
    return;
  }
  if (!At(kEnd) || EndsByIndentation(opener)) {
    ReportMissingEnd(opener);
    return;
  }
  if (Current().HasNewlineBefore() && ColumnOf(at_) != IndentationOf(opener.token)) {
    misaligned_end_ = at_;
    misaligned_opener_ = opener.token;
  }
  Consume();
}

void Parser::ParseBlock(std::string_view after, Opener opener) {
  Start start = Begin();
  if (!ExpectDo(after, opener)) {
    EmptyError();
    Finish(NodeKind::kBlock, start);
    return;
  }
  ParseStatementList(ListKind::kBlock, opener);
  CloseBlock(opener);
  Finish(NodeKind::kBlock, start);
}

int Parser::ParseHandlerBlock(std::string_view after, Opener opener) {
  Start start = Begin();
  int params = 0;
  if (ExpectDo(after, opener)) {
    if (At(kBar) || At(kBarBar)) params = ParseBarParams();
    ParseStatementList(ListKind::kBlock, opener);
    CloseBlock(opener);
  } else {
    EmptyError();
  }
  Finish(NodeKind::kHandlerBlock, start);
  return params;
}

int Parser::ParseBarParams() {
  Start start = Begin();
  int params = 0;
  if (!Eat(kBarBar)) {
    uint32_t opening = at_;
    Consume();
    ModeScope scope(*this, kInBrackets);
    while (!At(kBar) && !At(kEndOfFile)) {
      ParseParam(PatternMode::kBars);
      ++params;
      if (!Eat(kComma)) break;
    }
    if (!Eat(kBar)) {
      ReportExpected("',' or '|' after a parameter")
          .Note(tokens_.SpanOf(TokenAt(opening)), "the parameters begin here");
    }
  }
  Finish(NodeKind::kBarParams, start);
  return params;
}

// ---- Statements

void Parser::ParseStatementList(ListKind kind, const Opener& opener) {
  Start start = Begin();
  ModeScope scope(*this, kInBlock);
  DepthScope depth(*this);
  // What stands on the line of the block's opening is no arm.
  bool begins_line = Current().HasNewlineBefore();
  while (depth) {
    begins_line |= SkipSemicolons();
    if (AtListEnd(opener) || EndsListOf(kind)) break;
    if (kind == ListKind::kArmBody && begins_line && AtArm()) break;
    Recovered();
    uint32_t before = at_;
    ParseStatement(opener);
    if (at_ == before) {
      // Nothing here begins a statement; that has been reported.
      if (At(kRightParen) || At(kRightBracket) || At(kRightBrace) || At(kBar)) {
        Leaf(NodeKind::kError);
      } else {
        SkipStatement(opener);
      }
      if (at_ == before) break;
    }
    if (AtListEnd(opener) || EndsListOf(kind)) break;
    begins_line = Current().HasNewlineBefore();
    if (At(kSemicolon) || begins_line) continue;
    if (!is_silent_ && !ReportForeignOperator()) ReportExpected("the end of the statement");
    SkipStatement(opener);
    begins_line = Current().HasNewlineBefore();
  }
  Recovered();
  Finish(NodeKind::kStatementList, start);
}

bool Parser::SkipSemicolons() {
  if (!At(kSemicolon)) return false;
  do {
    WarnOfSemicolon();
    Consume();
  } while (At(kSemicolon));
  return true;
}

bool Parser::EndsListOf(ListKind kind) const {
  if (kind == ListKind::kClosureBody) return At(kBar);
  return kind == ListKind::kBranch && AtForeignElse();
}

bool Parser::AtForeignElse() const {
  return (AtWord("elif") || AtWord("elsif") || AtWord("elseif")) && CanBeginExpr(KindAfter(1)) &&
         !TokenAt(at_ + 1).HasNewlineBefore();
}

bool Parser::AtLocalFunction() const {
  return AtFn() && KindAfter(1) == kLowerName &&
         (KindAfter(2) == kLeftParen || KindAfter(2) == kLess) &&
         !TokenAt(at_ + 2).HasNewlineBefore();
}

void Parser::ParseStatement(const Opener& opener) {
  if (At(kLet)) {
    ParseLet();
    return;
  }
  if (AtLocalFunction()) {
    ParseFn(Begin(), FnContext::kLocal);
    return;
  }
  if (AtAssert()) {
    ParseAssert();
    return;
  }
  if (At(kRightParen) || At(kRightBracket) || At(kRightBrace)) {
    Report(kStrayClosing, CurrentSpan(), "'" + std::string(Text()) + "' closes nothing");
    return;
  }
  Start start = Begin();
  if (AtItem() && !AtFn()) {
    Report(kStatementAtTopLevel, CurrentSpan(),
           Describe(Kind()) + " stands at the top level of a file or module, not in a function")
        .Note(tokens_.SpanOf(TokenAt(opener.token)), "it stands inside of this")
        .Help("move it out; if it stands outside already, an 'end' is missing above");
    ParseItem();
    Finish(NodeKind::kError, start);
    return;
  }
  if (ReportForeignStatement()) {
    SkipStatement(opener);
    return;
  }
  ParseExpr();
  if (At(kEqual) && !OnNewLine()) {
    Report(kForeignWord, CurrentSpan(), "values are not assigned to")
        .Help("'let name = ..' makes a new value of that name; '==' compares");
    Consume();
    ParseExpr();
    Finish(NodeKind::kError, start);
  }
}

void Parser::ParseLet() {
  Start start = Begin();
  Consume();
  if (AtWord("mut") && KindAfter(1) == kLowerName) {
    Report(kForeignWord, CurrentSpan(), "values are immutable, there is no 'mut'")
        .Help("a later 'let' may use the same name again")
        .Fix(CurrentSpan(), "");
    Leaf(NodeKind::kError);
  }
  ParsePattern(PatternMode::kParam);
  if (At(kColonColon)) {
    ParseTypeAnnotation();
  } else if (At(kColon)) {
    Report(kForeignWord, CurrentSpan(), "a type is given with '::'")
        .Help("write 'let name :: Type = ..'")
        .Fix(CurrentSpan(), "::");
    Start annotation = Begin();
    Consume();
    ParseType();
    Finish(NodeKind::kTypeAnnotation, annotation);
  }
  if (At(kEqualEqual)) {
    Report(kForeignWord, CurrentSpan(), "'==' compares; a 'let' is written with '='")
        .Fix(CurrentSpan(), "=");
    Consume();
    ParseExpr();
  } else if (At(kEqual)) {
    Consume();
    ParseExpr();
  } else {
    ReportExpected("'=' and a value after the pattern of 'let'");
    EmptyError();
  }
  Finish(NodeKind::kLetStatement, start);
}

bool Parser::AtAssert() const {
  if (!AtWord("assert")) return false;
  const Token& next = TokenAt(at_ + 1);
  if (next.HasNewlineBefore()) return false;
  // A name that is used otherwise: `assert.field`, `assert[0]`, `assert - 1`.
  if (next.kind == kLeftBracket) return next.HasSpaceBefore();
  if (next.kind == kMinus) return next.HasSpaceBefore() && IsAdjacent(2);
  return CanBeginExpr(next.kind);
}

void Parser::ParseAssert() {
  Start start = Begin();
  Consume();
  ParseExpr();
  if (At(kComma)) {
    Consume();
    ParseExpr();
  }
  Finish(NodeKind::kAssertExpr, start);
}

}  // namespace snow::syntax_internal
