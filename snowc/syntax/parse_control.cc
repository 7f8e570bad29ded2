// if, case, receive, while, for, return and closures.
#include "snowc/syntax/operators.h"
#include "snowc/syntax/parser_impl.h"

namespace snow::syntax_internal {

using enum TokenKind;
using enum DiagnosticKind;

namespace {

// Each branch nests the rest of the chain one level deeper.
constexpr int kElseIfMax = 500;

}  // namespace

void Parser::ParseIf() {
  Start start = Begin();
  Opener opener = {at_, "this 'if'"};
  Consume();
  ParseHeadExpr();
  if (!ExpectDo("the condition of 'if'", opener)) {
    EmptyError();
    Finish(NodeKind::kIfExpr, start);
    return;
  }
  ParseStatementList(ListKind::kBranch, opener);
  bool has_brace = SkipBraceBeforeElse(opener);
  int branches = 0;
  while (true) {
    bool is_else_if = At(kElse) && KindAfter(1) == kIf && !TokenAt(at_ + 1).HasNewlineBefore();
    if (EndsByIndentation(opener) || (!AtForeignElse() && !is_else_if)) break;
    Start branch = Begin();
    if (++branches > kElseIfMax) {
      Report(kNestedTooDeep, CurrentSpan(),
             "more than " + std::to_string(kElseIfMax) + " branches in one 'if'")
          .Help("use 'case', or look the value up in a Map");
    }
    if (is_else_if) {
      Consume();
    } else {
      Report(kForeignWord, CurrentSpan(), "'" + std::string(Text()) + "' is written 'else if'")
          .Fix(CurrentSpan(), "else if");
    }
    Consume();
    ParseHeadExpr();
    if (ExpectDo("the condition of 'else if'", opener)) {
      ParseStatementList(ListKind::kBranch, opener);
    } else {
      EmptyError();
    }
    has_brace |= SkipBraceBeforeElse(opener);
    Finish(NodeKind::kElseIf, branch);
  }
  if (At(kElse) && !EndsByIndentation(opener)) {
    Start branch = Begin();
    Consume();
    if (At(kLeftBrace)) {
      // One report for the whole chain is enough.
      is_silent_ |= has_brace;
      ExpectDo("'else'", opener);
    }
    ParseStatementList(ListKind::kBlock, opener);
    Finish(NodeKind::kElse, branch);
  }
  CloseBlock(opener);
  Finish(NodeKind::kIfExpr, start);
}

bool Parser::SkipBraceBeforeElse(Opener& opener) {
  bool has_brace = opener.brace != ~0u;
  if (has_brace && At(kRightBrace) && KindAfter(1) == kElse) {
    Consume();
    opener.brace = ~0u;
  }
  return has_brace;
}

void Parser::ParseCase() {
  Start start = Begin();
  Opener opener = {at_, "this 'case'"};
  Consume();
  ParseHeadExpr();
  if (ExpectDo("the value of 'case'", opener)) {
    ParseArms(opener, false);
    CloseBlock(opener);
  } else {
    EmptyError();
  }
  Finish(NodeKind::kCaseExpr, start);
}

void Parser::ParseReceive() {
  Start start = Begin();
  Opener opener = {at_, "this 'receive'"};
  Consume();
  if (ExpectDo("'receive'", opener)) {
    ParseArms(opener, true);
    CloseBlock(opener);
  } else {
    EmptyError();
  }
  Finish(NodeKind::kReceiveExpr, start);
}

void Parser::ParseArms(const Opener& opener, bool is_receive) {
  ModeScope scope(*this, kInBlock);
  DepthScope depth(*this);
  bool has_after = false;
  while (depth) {
    Recovered();
    SkipSemicolons();
    uint32_t before = at_;
    if (At(kAfter) && is_receive && !EndsByIndentation(opener)) {
      if (has_after) Report(kMisplacedEntry, CurrentSpan(), "a 'receive' has one 'after'");
      has_after = true;
      Start start = Begin();
      Consume();
      ParseHeadExpr();
      ExpectArrow("the limit of 'after'");
      ParseStatementList(ListKind::kArmBody, opener);
      Finish(NodeKind::kAfterArm, start);
    } else if (AtListEnd(opener)) {
      break;
    } else {
      if (has_after) {
        Report(kMisplacedEntry, CurrentSpan(), "'after' comes last, after all patterns");
      }
      ParseArm(opener);
    }
    if (at_ == before) {
      SkipStatement(opener);
      if (at_ == before) break;
    }
  }
}

void Parser::ParseArm(const Opener& opener) {
  Start start = Begin();
  ParsePattern(PatternMode::kFull);
  if (At(kWhen)) ParseGuard();
  if (!At(kArrow) && !At(kFatArrow)) {
    ReportExpected("'->' after the pattern of an arm");
    // The rest of the line is lost, unless the arrow is on it.
    uint32_t arrow = at_;
    while (arrow < last_ && !TokenAt(arrow).HasNewlineBefore() && TokenAt(arrow).kind != kArrow &&
           TokenAt(arrow).kind != kSemicolon && TokenAt(arrow).kind != kEnd) {
      ++arrow;
    }
    if (TokenAt(arrow).kind != kArrow || TokenAt(arrow).HasNewlineBefore()) {
      SkipStatement(opener);
      Finish(NodeKind::kArm, start);
      return;
    }
    Start skipped = Begin();
    at_ = arrow;
    Finish(NodeKind::kError, skipped);
  }
  ExpectArrow("the pattern of an arm");
  bool is_empty = AtListEnd(opener) || At(kSemicolon) || (Current().HasNewlineBefore() && AtArm());
  if (is_empty) {
    Report(kUnexpectedToken, EndOfPrevious(), "this arm has no body")
        .Help("write '()' for an arm that does nothing");
  }
  ParseStatementList(ListKind::kArmBody, opener);
  Finish(NodeKind::kArm, start);
}

bool Parser::AtArm() const {
  for (uint32_t index = at_; index < last_; ++index) {
    const Token& token = TokenAt(index);
    TokenKind before = index > 0 ? TokenAt(index - 1).kind : kEndOfFile;
    if (index != at_ && token.HasNewlineBefore()) {
      // The line goes on after what cannot end one, and before a pipe or a leading dot.
      bool goes_on = BinaryLevel(before) != 0 || before == kEqual || before == kBar ||
                     before == kComma || before == kNot || before == kColonColon ||
                     before == kWhen || token.kind == kPipeTo || token.kind == kPipeNTo ||
                     token.kind == kDot;
      if (!goes_on) return false;
    }
    switch (token.kind) {
      case kArrow:
      case kFatArrow:
        return true;
      case kEqual:
        // The second half of `>=`.
        if (before == kGreater && !token.HasSpaceBefore()) break;
        return false;
      case kDo:
      case kFn:
      case kDef:
      case kLet:
      case kReturn:
      case kSemicolon:
      case kEnd:
      case kElse:
      case kAfter:
      case kTerminate:
      case kRightParen:
      case kRightBracket:
      case kRightBrace:
      case kStringMiddle:
      case kStringEnd:
        return false;
      default:
        if (token.match.IsValid() && token.match.value > index) index = token.match.value;
        break;
    }
  }
  return false;
}

void Parser::ExpectArrow(std::string_view after) {
  if (Eat(kArrow)) return;
  if (At(kFatArrow)) {
    Report(kForeignWord, CurrentSpan(), "'=>' separates keys from values in maps")
        .Help("after " + std::string(after) + " write '->'")
        .Fix(CurrentSpan(), "->");
    Consume();
    return;
  }
  ReportExpected("'->' after " + std::string(after));
}

void Parser::ParseGuard() {
  Start start = Begin();
  Consume();
  ParseHeadExpr();
  Finish(NodeKind::kGuard, start);
}

void Parser::ParseWhile() {
  Start start = Begin();
  uint32_t opener = at_;
  Consume();
  ParseHeadExpr();
  ParseBlock("the condition of 'while'", {opener, "this 'while'"});
  Finish(NodeKind::kWhileExpr, start);
}

void Parser::ParseFor() {
  Start start = Begin();
  uint32_t opener = at_;
  Consume();
  if (At(kLeftBrace)) {
    ParseParenPattern(kRightBrace);
  } else {
    ParsePattern(PatternMode::kFull);
  }
  if (At(kComma)) {
    ReportExpected("'in' after the pattern of 'for'")
        .Help(
            "several names stand in parentheses: 'for (a, b) in ..'; of a map: 'for {k, v} in ..'");
  }
  if (Eat(kIn)) {
    ParseHeadExpr();
  } else if (AtWord("of") || At(kColon)) {
    Report(kForeignWord, CurrentSpan(), "'for' is followed by a pattern and 'in'")
        .Fix(CurrentSpan(), "in");
    Consume();
    ParseHeadExpr();
  } else {
    ReportExpected("'in' after the pattern of 'for'");
    EmptyError();
  }
  if (At(kWhen)) {
    ParseGuard();
  } else if (At(kIf)) {
    Report(kForeignWord, CurrentSpan(), "the condition of a 'for' begins with 'when'")
        .Fix(CurrentSpan(), "when");
    ParseGuard();
  }
  ParseBlock("the head of 'for'", {opener, "this 'for'"});
  Finish(NodeKind::kForExpr, start);
}

void Parser::ParseReturn() {
  Start start = Begin();
  Consume();
  if (!OnNewLine() && CanBeginExpr(Kind())) ParseExpr();
  Finish(NodeKind::kReturnExpr, start);
}

void Parser::ParseClosureParams() {
  if (At(kLeftParen)) {
    ParseParams();
    return;
  }
  Start start = Begin();
  if (!At(kArrow) && !At(kFatArrow) && !At(kDo) && !At(kWhen) && !OnNewLine()) {
    do ParseParam(PatternMode::kParam);
    while (Eat(kComma));
  }
  Finish(NodeKind::kBareParams, start);
}

void Parser::ParseClosure() {
  Start start = Begin();
  Opener opener = {at_, "this closure"};
  DepthScope depth(*this);
  if (!depth) return;
  Consume();
  Start clause = Begin();
  ParseClosureParams();
  if (At(kWhen)) ParseGuard();
  if (At(kDo)) {
    ParseBlock("the parameters of a closure", opener);
    Finish(NodeKind::kClosureExpr, start);
    return;
  }
  while (true) {
    ExpectArrow("the parameters of a closure");
    ParseStatementList(ListKind::kClosureBody, opener);
    Finish(NodeKind::kClosureClause, clause);
    if (!At(kBar) || EndsByIndentation(opener)) break;
    Consume();
    clause = Begin();
    ParseClosureParams();
    if (At(kWhen)) ParseGuard();
  }
  CloseBlock(opener);
  Finish(NodeKind::kClosureExpr, start);
}

}  // namespace snow::syntax_internal
