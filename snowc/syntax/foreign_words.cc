// Hints for words and signs of other languages.
#include "snowc/syntax/foreign_words.h"

#include <string>
#include <string_view>

#include "snowc/syntax/parser_impl.h"

namespace snow {

std::string_view ForeignWordHint(std::string_view name) {
  struct Hint {
    std::string_view word;
    std::string_view text;
  };
  static constexpr Hint kHints[] = {
      {"null", "there is no null: 'nil' is the unit value, a missing value is None"},
      {"NULL", "there is no null: 'nil' is the unit value, a missing value is None"},
      {"undefined", "there is no undefined: a missing value is None"},
      {"nullptr", "there is no null: a missing value is None"},
      {"True", "write 'true'"},
      {"False", "write 'false'"},
      {"this", "the receiver of a method is 'self'"},
      {"elif", "write 'else if'"},
      {"elsif", "write 'else if'"},
      {"unless", "write 'if not'"},
      {"switch", "write 'case value do pattern -> .. end'"},
      {"printf", "write 'println(\"..${value}..\")'"},
      {"puts", "write 'println(..)'"},
      {"console", "write 'println(..)'"},
      {"throw", "a function that can fail returns a Result: 'Err(..)'"},
      {"raise", "a function that can fail returns a Result: 'Err(..)'"},
      {"try", "a Result is taken apart by '?' or 'case'"},
      {"catch", "a Result is taken apart by '?' or 'case'"},
      {"rescue", "a Result is taken apart by '?' or 'case'"},
      {"defer", "there is no defer: use a function that takes a closure and closes what it opened"},
      {"async", "spawn an actor, or use Job.async"},
      {"await", "use Job.await"},
      {"lambda", "a closure is written 'fn x -> .. end'"},
      {"function", "a function is written 'fn name(..) do .. end'"},
      {"func", "a function is written 'fn name(..) do .. end'"},
      {"fun", "a function is written 'fn name(..) do .. end', a closure 'fn x -> .. end'"},
      {"proc", "a function is written 'fn name(..) do .. end'"},
      {"class",
       "there are no classes: write a 'struct' for the data and an 'impl' for its methods"},
      {"enum", "write 'type Name do First; Second(Int) end'"},
      {"union", "write 'type Name do First; Second(Int) end'"},
      {"data", "write 'struct Name do .. end' or 'type Name do .. end'"},
      {"protocol", "write 'interface Name do .. end'"},
      {"defmodule", "write 'module Name do .. end'; a file is a module already"},
      {"defstruct", "write 'struct Name do field :: Type end'"},
      {"defp", "write 'fn'; functions are private unless they are 'pub'"},
      {"namespace", "write 'module Name do .. end'; a file is a module already"},
      {"package", "a file is a module named by its path; write nothing"},
      {"use", "write 'import Module' or 'from Module import name'"},
      {"using", "write 'import Module' or 'from Module import name'"},
      {"require", "write 'import Module' or 'from Module import name'"},
      {"include", "write 'import Module' or 'from Module import name'"},
      {"var", "write 'let name = ..'; values are immutable"},
      {"val", "write 'let name = ..'"},
      {"mut", "values are immutable; a later 'let' may use the same name again"},
      {"public", "write 'pub'"},
      {"private", "write nothing: what is not 'pub' is private"},
      {"static", "write a 'const', or a function in an 'impl'"},
      {"macro", "there are no macros: functions and closures serve instead"},
      {"foreach", "write 'for x in list do .. end'"},
      {"loop", "write 'while true do .. end', or a function that calls itself"},
      {"until", "write 'while not'"},
      {"goto", "write a function, or 'while' with 'break'"},
      {"yield", "send messages between actors, or use Iter"},
      {"new", "write 'Name { field: value }', or call a function of the type: Name.new(..)"},
      {"char", "there is no character type: a String of one character serves"},
      {"int", "the type is written 'Int'"},
      {"float", "the type is written 'Float'"},
      {"double", "the type is written 'Float'"},
      {"bool", "the type is written 'Bool'"},
      {"string", "the type is written 'String'"},
      {"void", "the unit type is written '()'"},
  };
  for (const Hint& hint : kHints) {
    if (hint.word == name) return hint.text;
  }
  return {};
}

namespace syntax_internal {

using enum TokenKind;
using enum DiagnosticKind;

bool Parser::ReportForeignStatement() {
  if (At(kSlash) && KindAfter(1) == kSlash && IsAdjacent(1)) {
    Report(kForeignWord, CurrentSpan(), "a comment begins with '#'")
        .Fix({CurrentSpan().file, CurrentSpan().begin, CurrentSpan().begin + 2}, "#");
    return true;
  }
  if (At(kSlash) && KindAfter(1) == kStar && IsAdjacent(1)) {
    Report(kForeignWord, CurrentSpan(), "a comment over several lines is written '#= .. =#'");
    return true;
  }
  if (At(kPlusPlus)) {
    Report(kForeignWord, CurrentSpan(), "values are immutable and cannot be counted up")
        .Help("write 'let n = n + 1'");
    return true;
  }
  if (At(kAlias) || At(kCond) || At(kTrap) || At(kWith)) {
    auto error = Report(kReservedWord, CurrentSpan(),
                        "'" + std::string(Text()) + "' is reserved and has no meaning yet");
    if (At(kCond)) error.Help("write 'if .. do .. else if .. do .. end'");
    if (At(kAlias)) error.Help("write 'import Module as Name' at the top of the file");
    if (At(kWith)) error.Help("'?' or 'case' takes Results apart");
    if (At(kTrap)) error.Help("call Process.trap_exits(true)");
    return true;
  }
  if (!At(kLowerName)) return false;
  // A foreign word is one where a word of ours follows that no expression would have there.
  const Token& next = TokenAt(at_ + 1);
  if (next.HasNewlineBefore()) return false;
  bool fits = next.kind == kLowerName || next.kind == kUpperName || next.kind == kInt ||
              next.kind == kString || next.kind == kDo;
  std::string_view hint = ForeignWordHint(Text());
  if (!fits || hint.empty()) return false;
  Report(kForeignWord, CurrentSpan(), "'" + std::string(Text()) + "' is not a word of Snow")
      .Help(std::string(hint));
  return true;
}

bool Parser::ReportForeignItem() {
  if (At(kSlash) || At(kPlusPlus) || At(kAlias) || At(kCond) || At(kTrap) || At(kWith)) {
    return ReportForeignStatement();
  }
  if (!At(kLowerName)) return false;
  const Token& next = TokenAt(at_ + 1);
  bool fits = !next.HasNewlineBefore() &&
              (next.kind == kLowerName || next.kind == kUpperName || IsKeyword(next.kind) ||
               next.kind == kString || next.kind == kLess);
  std::string_view hint = ForeignWordHint(Text());
  if (!fits || hint.empty()) return false;
  Report(kForeignWord, CurrentSpan(), "'" + std::string(Text()) + "' is not a word of Snow")
      .Help(std::string(hint));
  return true;
}

bool Parser::ReportForeignOperator() {
  bool next_is_equal = KindAfter(1) == kEqual && IsAdjacent(1);
  if ((At(kPlus) || At(kMinus) || At(kStar) || At(kSlash) || At(kPercent) || At(kPlusPlus)) &&
      next_is_equal) {
    Report(kForeignWord, CurrentSpan(), "values are immutable and cannot be assigned to")
        .Help("write 'let name = name " + std::string(Text()) + " ..', which makes a new value");
    return true;
  }
  if ((At(kEqualEqual) || At(kNotEqual)) && next_is_equal) {
    Report(kForeignWord, CurrentSpan(),
           "'" + std::string(Text()) + "=' is written '" + std::string(Text()) + "'");
    return true;
  }
  if (At(kPlusPlus)) {
    Report(kForeignWord, CurrentSpan(), "values are immutable and cannot be counted up")
        .Help("write 'let n = n + 1'");
    return true;
  }
  if (At(kFatArrow)) {
    Report(kForeignWord, CurrentSpan(), "'=>' separates keys from values in maps")
        .Help("a closure is written 'fn x -> .. end', an arm of a case 'pattern -> ..'");
    return true;
  }
  if (at_ > 0 && TokenAt(at_ - 1).kind == kQuestion && CanBeginExpr(Kind())) {
    Report(kForeignWord, tokens_.SpanOf(TokenAt(at_ - 1)), "there is no operator '? :'")
        .Help("write 'if condition do a else b end'");
    return true;
  }
  if (At(kDo)) {
    Report(kUnexpectedToken, CurrentSpan(), "this 'do' belongs to nothing")
        .Help(
            "a trailing closure follows a call with its parentheses: 'f(x) do |y| .. end'; in "
            "the head of if, case, while or for put that call in parentheses");
    return true;
  }
  if (at_ > 0 && TokenAt(at_ - 1).kind == kLowerName && !OnNewLine()) {
    std::string_view hint = ForeignWordHint(tokens_.TextOf(TokenAt(at_ - 1)));
    if (!hint.empty()) {
      Report(kForeignWord, tokens_.SpanOf(TokenAt(at_ - 1)),
             "'" + std::string(tokens_.TextOf(TokenAt(at_ - 1))) + "' is not a word of Snow")
          .Help(std::string(hint));
      return true;
    }
  }
  return false;
}

void Parser::WarnOfLastReturn() {
  // Postorder: the block, before it its list, before that the last statement.
  if (nodes_.size() < 3) return;
  const Node& list = nodes_[nodes_.size() - 2];
  const Node& last = nodes_[nodes_.size() - 3];
  bool is_return = list.kind == NodeKind::kStatementList && list.subtree_size > 1 &&
                   last.kind == NodeKind::kReturnExpr;
  if (!is_return) return;
  Warn(kNeedlessReturn, tokens_.SpanOf(TokenAt(last.first.value)),
       "the last expression is the result, with no 'return'")
      .Help("leave the 'return' out");
}

void Parser::WarnOfSemicolon() {
  if (at_ == 0 || TokenAt(at_ - 1).kind != kEnd) return;
  bool is_last = at_ + 1 >= last_ || TokenAt(at_ + 1).HasNewlineBefore();
  if (!is_last) return;
  Warn(kNeedlessSemicolon, CurrentSpan(), "no ';' is needed after 'end'").Fix(CurrentSpan(), "");
}

bool Parser::ExpectDo(std::string_view after, Opener& opener) {
  if (At(kDo) && !OnNewLine()) {
    Consume();
    return true;
  }
  if (At(kDo)) {
    Report(kUnexpectedToken, EndOfPrevious(), "'do' stands on the line of " + std::string(after));
    Consume();
    return true;
  }
  if (At(kLeftBrace)) {
    Report(kForeignWord, CurrentSpan(), "a block is written do .. end, not in braces")
        .Help("write 'do' after " + std::string(after));
    opener.brace = at_;
    Consume();
    return true;
  }
  bool ends_line = at_ < last_ && TokenAt(at_ + 1).HasNewlineBefore();
  if (AtWord("then") || AtWord("of") || (At(kColon) && ends_line)) {
    Report(kForeignWord, CurrentSpan(), "a block begins with 'do'").Fix(CurrentSpan(), "do");
    Consume();
    return true;
  }
  ReportExpected("'do' after " + std::string(after));
  uint32_t index = at_;
  while (index < last_ && !(index > at_ && TokenAt(index).HasNewlineBefore()) &&
         TokenAt(index).kind != kDo && TokenAt(index).kind != kSemicolon &&
         TokenAt(index).kind != kEnd) {
    TokenId match = TokenAt(index).match;
    index = match.IsValid() && match.value > index ? match.value + 1 : index + 1;
  }
  if (index <= last_ && TokenAt(index).kind == kDo && !TokenAt(index).HasNewlineBefore() &&
      !Current().HasNewlineBefore()) {
    Start skipped = Begin();
    at_ = index;
    Finish(NodeKind::kError, skipped);
    Consume();
    return true;
  }
  // Where the line ends the `do` was forgotten, and its block follows all the same.
  return Current().HasNewlineBefore() && !At(kEndOfFile);
}

}  // namespace syntax_internal
}  // namespace snow
