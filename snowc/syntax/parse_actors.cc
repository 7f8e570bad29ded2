// Actors, services and supervisors.
#include <algorithm>

#include "snowc/syntax/parser_impl.h"

namespace snow::syntax_internal {

using enum TokenKind;
using enum DiagnosticKind;

void Parser::ParseActor(Start start) {
  Opener opener = {at_, "this actor"};
  Consume();
  ParseName(NameRule::kLower, "the name of an actor");
  if (At(kLeftParen)) ParseParams();
  if (!ExpectDo("the head of an actor", opener)) {
    EmptyError();
    return Finish(NodeKind::kActorItem, start);
  }
  ParseStatementList(ListKind::kBlock, opener);
  bool has_terminate = false;
  while (At(kTerminate) && !EndsByIndentation(opener)) {
    if (has_terminate) {
      Report(kMisplacedEntry, CurrentSpan(), "an actor has one 'terminate'");
    }
    has_terminate = true;
    Start terminate = Begin();
    uint32_t word = at_;
    Consume();
    ParseBlock("'terminate'", {word, "this 'terminate'"});
    Finish(NodeKind::kActorTerminate, terminate);
    while (Eat(kSemicolon)) {
    }
    if (AtListEnd(opener)) continue;
    Report(kMisplacedEntry, CurrentSpan(), "'terminate' comes last in an actor")
        .Note(tokens_.SpanOf(TokenAt(word)), "the 'terminate' is here");
    ParseStatementList(ListKind::kBlock, opener);
  }
  CloseBlock(opener);
  Finish(NodeKind::kActorItem, start);
}

// ---- Services

bool Parser::AtServiceEntry() const {
  switch (Kind()) {
    case kFn:
    case kDef:
    case kPub:
    case kCall:
    case kCast:
    case kTerminate:
      return true;
    default:
      return AtWord("info");
  }
}

void Parser::ParseService(Start start) {
  Opener opener = {at_, "this service"};
  Consume();
  ParseName(NameRule::kUpper, "the name of a service");
  bool has_terminate = false;
  ParseEntries(
      "the name of a service", opener, "'fn', 'call', 'cast', 'info', 'terminate' or 'end'",
      [&](Start entry) {
        if (has_terminate) {
          Report(kMisplacedEntry, CurrentSpan(),
                 At(kTerminate) ? "a service has one 'terminate'"
                                : "'terminate' comes last in a service");
        }
        has_terminate |= At(kTerminate);
        ParseServiceEntry(entry);
      },
      [&] { return AtServiceEntry(); });
  Finish(NodeKind::kServiceItem, start);
}

void Parser::ParseServiceEntry(Start start) {
  switch (Kind()) {
    case kCall:
    case kCast:
      return ParseServiceHandler(start);
    case kTerminate: {
      uint32_t word = at_;
      Consume();
      int params = ParseHandlerBlock("'terminate'", {word, "this 'terminate'"});
      CheckBarParams(word, params, 1, "write 'terminate do |state| .. end'");
      return Finish(NodeKind::kServiceTerminate, start);
    }
    case kPub:
      Report(kMisplacedModifier, CurrentSpan(), "the entries of a service take no 'pub'")
          .Help("a service shows its calls and casts, and nothing else");
      Consume();
      if (AtFn()) return ParseFn(start, FnContext::kItem);
      return Finish(NodeKind::kError, start);
    case kFn:
    case kDef:
      return ParseFn(start, FnContext::kItem);
    default:
      return ParseInfoHandler(start);
  }
}

void Parser::CheckBarParams(uint32_t handler, int found, int expected, std::string_view help) {
  if (found == expected) return;
  Report(kUnexpectedToken, tokens_.SpanOf(TokenAt(handler)),
         "a handler has " + std::to_string(expected) + " parameter" + (expected == 1 ? "" : "s") +
             " between bars, this one has " + std::to_string(found))
      .Help(std::string(help));
}

void Parser::ParseServiceHandler(Start start) {
  bool is_call = At(kCall);
  Opener opener = {at_, is_call ? "this 'call'" : "this 'cast'"};
  Consume();
  ParseName(NameRule::kUpper, is_call ? "the name of a call" : "the name of a cast");
  if (At(kLeftParen)) ParseParams();
  if (At(kArrow)) {
    Report(kForeignWord, CurrentSpan(),
           is_call ? "the type of the reply follows '::'" : "a cast has no reply")
        .Fix(CurrentSpan(), "::");
    ParseTypeAnnotation();
  } else if (At(kColonColon)) {
    if (!is_call) {
      Report(kUnexpectedToken, CurrentSpan(), "a cast has no reply")
          .Help("write 'call' where the caller waits for an answer");
    }
    ParseTypeAnnotation();
  }
  int params = ParseHandlerBlock("the head of a handler", opener);
  CheckBarParams(opener.token, params, 1, "write 'do |state| .. end'");
  Finish(is_call ? NodeKind::kCallHandler : NodeKind::kCastHandler, start);
}

void Parser::ParseInfoHandler(Start start) {
  Opener opener = {at_, "this 'info'"};
  Consume();
  bool has_pattern = !At(kDo);
  if (has_pattern) ParsePattern(PatternMode::kFull);
  int params = ParseHandlerBlock("the pattern of 'info'", opener);
  CheckBarParams(opener.token, params, has_pattern ? 1 : 2,
                 "write 'info pattern do |state| .. end' or 'info do |message, state| .. end'");
  Finish(NodeKind::kInfoHandler, start);
}

// ---- Supervisors

void Parser::ParseSupervisor(Start start) {
  Opener opener = {at_, "this supervisor"};
  Consume();
  ParseName(NameRule::kUpper, "the name of a supervisor");
  std::vector<std::string_view> seen;
  ParseEntries(
      "the name of a supervisor", opener,
      "'strategy:', 'max_restarts:', 'max_seconds:', 'child' or 'end'",
      [&](Start entry) {
        if (AtKey()) return ParseSupervisorEntry(entry, false, seen);
        ParseChild(entry);
      },
      [&] { return AtKey() || (AtWord("child") && KindAfter(1) != kColon); });
  Finish(NodeKind::kSupervisorItem, start);
}

void Parser::ParseChild(Start start) {
  Opener opener = {at_, "this child"};
  Consume();
  ParseName(NameRule::kLower, "the name of a child");
  std::vector<std::string_view> seen;
  ParseEntries(
      "the name of a child", opener, "'start:', 'restart:', 'shutdown:' or 'end'",
      [&](Start entry) { ParseSupervisorEntry(entry, true, seen); }, [&] { return AtKey(); });
  Finish(NodeKind::kChildItem, start);
}

void Parser::ParseSupervisorEntry(Start start, bool is_child, std::vector<std::string_view>& seen) {
  std::string_view key = Text();
  bool is_known = is_child ? key == "start" || key == "restart" || key == "shutdown"
                           : key == "strategy" || key == "max_restarts" || key == "max_seconds";
  if (!is_known) {
    Report(kUnknownEntry, CurrentSpan(),
           std::string(is_child ? "a child" : "a supervisor") + " has no entry '" +
               std::string(key) + "'")
        .Help(is_child ? "the entries of a child are start, restart and shutdown"
                       : "the entries of a supervisor are strategy, max_restarts, max_seconds and "
                         "its children");
  } else if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
    Report(kMisplacedEntry, CurrentSpan(), "'" + std::string(key) + "' stands here twice");
  }
  seen.push_back(key);
  Leaf(NodeKind::kName);
  Consume();
  ParseExpr();
  Finish(NodeKind::kSupervisorEntry, start);
}

}  // namespace snow::syntax_internal
