// What the parser says, and how it gets back on its feet.
#include <string>

#include "snowc/syntax/parser_impl.h"

namespace snow::syntax_internal {

using enum TokenKind;

DiagnosticBuilder Parser::Report(DiagnosticKind kind, Span span, std::string message) {
  if (is_silent_) {
    discarded_ = Diagnostic();
    return DiagnosticBuilder(discarded_);
  }
  is_silent_ = true;
  ++reported_;
  return diagnostics_.Error(kind, span, std::move(message));
}

DiagnosticBuilder Parser::Warn(DiagnosticKind kind, Span span, std::string message) {
  if (is_silent_) {
    discarded_ = Diagnostic();
    return DiagnosticBuilder(discarded_);
  }
  return diagnostics_.Warning(kind, span, std::move(message));
}

std::string Parser::FoundToken() const {
  constexpr size_t kQuotedMax = 40;
  if (At(kEndOfFile)) return "the end of the file";
  std::string_view text = Text();
  if (text.size() <= kQuotedMax && !At(kString) && !At(kStringBegin) && !IsKeyword(Kind())) {
    return "'" + std::string(text) + "'";
  }
  return Describe(Kind());
}

DiagnosticBuilder Parser::ReportExpected(std::string_view expected) {
  // What is no token has been reported by the lexer.
  if (At(kError)) is_silent_ = true;
  Span span = OnNewLine() || At(kEndOfFile) ? EndOfPrevious() : CurrentSpan();
  return Report(DiagnosticKind::kUnexpectedToken, span,
                "expected " + std::string(expected) + ", found " + Found());
}

bool Parser::Expect(TokenKind kind) {
  if (Eat(kind)) return true;
  ReportExpected(Describe(kind));
  return false;
}

void Parser::ReportUnclosed(uint32_t opening) {
  const Token& token = TokenAt(opening);
  if (At(kError)) is_silent_ = true;
  if (token.kind == kStringBegin || token.kind == kStringMiddle) {
    Report(DiagnosticKind::kUnclosedBracket, CurrentSpan(),
           "expected '}' after the expression in a string, found " + Found())
        .Note(tokens_.SpanOf(token), "the string is here");
    return;
  }
  std::string text(tokens_.TextOf(token));
  Report(DiagnosticKind::kUnclosedBracket, tokens_.SpanOf(token), "unclosed '" + text + "'")
      .Label("opened here")
      .Note(OnNewLine() || Current().HasNewlineBefore() ? EndOfPrevious() : CurrentSpan(),
            "it should be closed here at the latest");
}

void Parser::ReportMissingEnd(const Opener& opener) {
  ++missing_ends_;
  Span span = tokens_.SpanOf(TokenAt(opener.token));
  std::string what = "for " + std::string(opener.what);
  if (missing_end_at_ == at_ && missing_end_) {
    // Several blocks lack their `end` at one place: that is one report.
    if (!is_stopped_) missing_end_->Note(span, "another is missing " + what);
    return;
  }
  if (is_silent_) return;
  ++missing_end_reports_;
  missing_end_at_ = at_;
  missing_end_ = Report(DiagnosticKind::kMissingEnd, EndOfPrevious(), "missing 'end' " + what);
  missing_end_->Note(span, "opened here");
}

void Parser::SkipStatement(const Opener& opener) {
  Start start = Begin();
  while (!At(kEndOfFile)) {
    if (at_ != start.token && (Current().HasNewlineBefore() || AtListEnd(opener))) break;
    if (At(kSemicolon) || At(kEnd)) break;
    if (At(kDo)) {
      ParseBlock("", {at_, "this block"});
      continue;
    }
    if (AtFn()) {
      ParseClosure();
      continue;
    }
    TokenId match = Current().match;
    // A bracket that is closed further on is skipped as a whole; one that closes an outer one ends
    // the statement.
    if (match.IsValid() && match.value < start.token && !At(kStringBegin)) break;
    if (match.IsValid() && match.value > at_) at_ = match.value;
    Consume();
  }
  Finish(NodeKind::kError, start);
}

void Parser::SkipElement(uint32_t opening) {
  Start start = Begin();
  TokenId close = TokenAt(opening).match;
  while (!At(kEndOfFile) && !At(kComma)) {
    if (close.IsValid() && at_ >= close.value) break;
    if (!close.IsValid() && (Current().HasNewlineBefore() || At(kEnd))) break;
    TokenId match = Current().match;
    if (match.IsValid() && match.value > at_) {
      at_ = match.value;
    } else if (match.IsValid() && match.value < opening) {
      break;
    }
    Consume();
  }
  Finish(NodeKind::kError, start);
}

void Parser::SkipToItem() {
  Start start = Begin();
  uint32_t column = ColumnOf(at_);
  do {
    Consume();
  } while (!At(kEndOfFile) &&
           !(Current().HasNewlineBefore() && AtItem() && ColumnOf(at_) <= column));
  Finish(NodeKind::kError, start);
}

void Parser::ReportTooHigh() {
  if (nodes_.back().height <= Tree::kMaxHeight || is_stopped_) return;
  for (const Node& node : nodes_) {
    if (node.height <= Tree::kMaxHeight) continue;
    Recovered();
    Report(DiagnosticKind::kNestedTooDeep, tokens_.SpanOf(TokenAt(node.first.value)),
           "nested more than " + std::to_string(Tree::kMaxHeight) + " levels deep")
        .Label("from here on")
        .Help("a long chain of operators or calls counts too: split it with 'let'");
    return;
  }
}

}  // namespace snow::syntax_internal
