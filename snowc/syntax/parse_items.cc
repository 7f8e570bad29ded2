// Files, modules, functions, imports, constants, tests.
#include "snowc/syntax/parser_impl.h"

namespace snow::syntax_internal {

using enum TokenKind;
using enum DiagnosticKind;

// ---- Names and parameters

namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

// `linear_algebra` to `LinearAlgebra`, and back; other than ASCII letters stay as they are.
std::string PascalCase(std::string_view name) {
  std::string result;
  bool begins_word = true;
  for (char c : name) {
    if (c == '_' && !result.empty()) {
      begins_word = true;
      continue;
    }
    result += begins_word && IsLower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    begins_word = false;
  }
  return result;
}

std::string SnakeCase(std::string_view name) {
  std::string result;
  for (char c : name) {
    if (IsUpper(c) && !result.empty()) result += '_';
    result += IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

}  // namespace

void Parser::ParseName(NameRule rule, std::string_view expected, bool allows_keyword) {
  bool is_upper = At(kUpperName);
  if (is_upper || At(kLowerName)) {
    bool fits = rule == NameRule::kAny || is_upper == (rule == NameRule::kUpper);
    if (!fits) {
      std::string_view letter = is_upper ? "a lower-case letter" : "an upper-case letter";
      std::string other = is_upper ? SnakeCase(Text()) : PascalCase(Text());
      Report(kNameCase, CurrentSpan(),
             std::string(expected) + " begins with " + std::string(letter))
          .Help("did you mean '" + other + "'?");
    }
    return Leaf(NodeKind::kName);
  }
  if (IsKeyword(Kind()) && !OnNewLine()) {
    if (!allows_keyword) {
      Report(kReservedWord, CurrentSpan(),
             "'" + std::string(Text()) + "' is a keyword and cannot be " + std::string(expected))
          .Help("choose another name");
    }
    return Leaf(NodeKind::kName);
  }
  ReportExpected(expected);
  Finish(NodeKind::kName, Begin());
}

void Parser::ParsePath(std::string_view expected) {
  Start start = Begin();
  ParseName(NameRule::kUpper, expected);
  while (At(kDot) && !OnNewLine() && KindAfter(1) != kStar) {
    Consume();
    ParseName(NameRule::kUpper, expected);
  }
  Finish(NodeKind::kPath, start);
}

void Parser::ParseParams() {
  Start start = Begin();
  uint32_t opening = at_;
  Consume();
  ParseElements(opening, kRightParen, [&] { ParseParam(PatternMode::kParam); });
  Finish(NodeKind::kParams, start);
}

void Parser::ParseParam(PatternMode mode) {
  Start start = Begin();
  if (At(kSelf)) {
    Leaf(NodeKind::kSelfPattern);
  } else {
    ParsePattern(mode);
  }
  if (At(kColonColon)) {
    ParseTypeAnnotation();
  } else if (At(kColon)) {
    Report(kForeignWord, CurrentSpan(), "the type of a parameter is given with '::'")
        .Help("write 'name :: Type'")
        .Fix(CurrentSpan(), "::");
    ParseTypeAnnotation();
  }
  if (At(kEqual)) {
    Start value = Begin();
    Consume();
    ParseExpr();
    Finish(NodeKind::kDefaultValue, value);
  }
  Finish(NodeKind::kParam, start);
}

// ---- Items

bool Parser::AtItem() const { return AtItemAt(at_); }

bool Parser::AtItemAt(uint32_t index) const {
  const Token& token = TokenAt(index);
  TokenKind next = index + 1 < last_ ? TokenAt(index + 1).kind : kEndOfFile;
  bool is_name_next = next == kLowerName || next == kUpperName;
  switch (token.kind) {
    case kAt:
    case kPub:
    case kImport:
    case kImpl:
    case kInterface:
    case kTrait:
    case kStruct:
    case kType:
    case kModule:
    case kActor:
    case kService:
    case kSupervisor:
      return true;
    case kFn:
    case kDef:
      return is_name_next || IsKeyword(next);
    case kLowerName: {
      std::string_view text = tokens_.TextOf(token);
      if (text == "const") return is_name_next;
      if (text == "from") return next == kUpperName;
      if (text == "opaque") return next == kStruct || next == kType;
      if (text == "extern") return next == kString || next == kLowerName;
      if (text == "test" || text == "describe") return next == kString || next == kStringBegin;
      if (text == "setup") return next == kDo;
      return false;
    }
    default:
      return false;
  }
}

void Parser::ParseItems(const Opener* opener) {
  ModeScope scope(*this, kInBlock);
  DepthScope depth(*this);
  while (depth) {
    Recovered();
    SkipSemicolons();
    if (At(kEndOfFile)) return;
    if (opener != nullptr && (At(kEnd) || EndsByIndentation(*opener))) return;
    if (opener != nullptr && At(kRightBrace) && Current().match.value == opener->brace) return;
    if (AtItem()) {
      ParseItem();
      if (At(kEndOfFile) || At(kSemicolon) || Current().HasNewlineBefore()) continue;
      if (opener != nullptr && At(kEnd)) return;
      if (!is_silent_) ReportExpected("the end of the line after an item");
      if (!AtItem()) SkipToItem();
      continue;
    }
    if (At(kEnd) || At(kRightParen) || At(kRightBracket) || At(kRightBrace)) {
      auto error = Report(
          kStrayClosing, CurrentSpan(),
          At(kEnd) ? "this 'end' closes nothing" : "'" + std::string(Text()) + "' closes nothing");
      if (At(kEnd) && misaligned_end_ != ~0u) {
        error.Note(tokens_.SpanOf(TokenAt(misaligned_end_)),
                   "this 'end' may be the one too many: it is indented differently from what it "
                   "closes");
        error.Note(tokens_.SpanOf(TokenAt(misaligned_opener_)), "which begins here");
      }
      Leaf(NodeKind::kError);
      continue;
    }
    if (!ReportForeignItem()) {
      auto error = Report(
          kStatementAtTopLevel, CurrentSpan(),
          CanBeginExpr(Kind()) || At(kLet)
              ? "a statement stands in a function, not at the top level"
              : "expected an item such as 'fn', 'struct' or 'import', found " + FoundToken());
      if (misaligned_end_ != ~0u) {
        error.Note(tokens_.SpanOf(TokenAt(misaligned_end_)),
                   "the function above ended here, by an 'end' that is indented differently");
      } else {
        error.Help("a program begins in 'fn main() do .. end'");
      }
    }
    SkipToItem();
  }
}

void Parser::ParseAttributes() {
  while (At(kAt)) {
    Start start = Begin();
    Consume();
    ParseName(NameRule::kLower, "the name of an attribute", true);
    if (At(kLeftParen) && !OnNewLine()) ParseArguments(false);
    Finish(NodeKind::kAttribute, start);
  }
}

void Parser::ParseItem() {
  Start start = Begin();
  ParseAttributes();
  uint32_t pub = at_;
  bool is_pub = Eat(kPub);
  TokenKind kind = Kind();
  bool takes_pub = kind != kImport && kind != kImpl;
  if (is_pub && (!takes_pub || AtWord("from") || AtWord("test") || AtWord("describe"))) {
    Report(kMisplacedModifier, tokens_.SpanOf(TokenAt(pub)),
           kind == kImpl ? "an impl takes its visibility from what it joins"
                         : "'pub' does not go with " + Found())
        .Help("leave the 'pub' out");
  }
  if (!AtItem()) {
    if (!ReportForeignItem()) {
      ReportExpected(is_pub ? "an item after 'pub'" : "an item after an attribute");
    }
    SkipToItem();
    return Finish(NodeKind::kError, start);
  }
  switch (kind) {
    case kFn:
    case kDef:
      return ParseFn(start, FnContext::kItem);
    case kStruct:
      return ParseStruct(start);
    case kType:
      return ParseSumTypeOrAlias(start);
    case kInterface:
    case kTrait:
      return ParseInterface(start);
    case kImpl:
      return ParseImpl(start);
    case kImport:
      return ParseImport(start);
    case kModule:
      return ParseModule(start);
    case kActor:
      return ParseActor(start);
    case kService:
      return ParseService(start);
    case kSupervisor:
      return ParseSupervisor(start);
    case kPub:
    case kAt:
      Report(kMisplacedModifier, CurrentSpan(),
             kind == kAt ? "attributes stand before 'pub'" : "'pub' stands here twice");
      SkipToItem();
      return Finish(NodeKind::kError, start);
    default:
      break;
  }
  if (AtWord("const")) return ParseConst(start);
  if (AtWord("extern")) return ParseExtern(start);
  if (AtWord("from")) return ParseFromImport(start);
  if (AtWord("test")) return ParseTest(start);
  if (AtWord("describe")) return ParseDescribe(start);
  if (AtWord("setup")) return ParseSetup(start);
  // `opaque` before a type.
  Consume();
  return At(kStruct) ? ParseStruct(start) : ParseSumTypeOrAlias(start);
}

void Parser::ParseImport(Start start) {
  Consume();
  ParsePath("the name of a module");
  if (AtWord("as") && !OnNewLine()) {
    Start alias = Begin();
    Consume();
    ParseName(NameRule::kUpper, "the name of a module");
    Finish(NodeKind::kImportAlias, alias);
  }
  if (At(kDot) && KindAfter(1) == kStar) {
    Report(kImportStar, CurrentSpan(), "names are imported one by one")
        .Help("write 'from Module import name, other', or use 'Module.name'");
    Start star = Begin();
    Consume();
    Consume();
    Finish(NodeKind::kError, star);
  }
  Finish(NodeKind::kImportItem, start);
}

void Parser::ParseFromImport(Start start) {
  Consume();
  ParsePath("the name of a module");
  if (!Expect(kImport)) return Finish(NodeKind::kFromImportItem, start);
  if (At(kStar)) {
    Report(kImportStar, CurrentSpan(), "names are imported one by one")
        .Help("name what you want, 'from List import zip, chunk', or use 'List.zip'");
    Consume();
    return Finish(NodeKind::kFromImportItem, start);
  }
  auto parse_name = [&] { ParseName(NameRule::kAny, "the name of something to import", true); };
  if (At(kLeftParen)) {
    uint32_t opening = at_;
    Consume();
    ParseElements(opening, kRightParen, parse_name);
  } else {
    do parse_name();
    while (Eat(kComma));
  }
  Finish(NodeKind::kFromImportItem, start);
}

// ---- Functions

void Parser::ParseFn(Start start, FnContext context) {
  uint32_t fn_token = at_;
  Consume();
  if (At(kSelf) && KindAfter(1) == kDot) {
    Report(kForeignWord, CurrentSpan(), "a function is not defined on 'self'")
        .Help("write 'fn name(..)' inside of 'impl Type do .. end'; it is called Type.name(..)");
    Leaf(NodeKind::kError);
    Consume();
  }
  ParseName(NameRule::kLower, "the name of a function", context != FnContext::kLocal);
  ParseGenerics();
  if (At(kLeftParen)) ParseParams();
  if (At(kArrow) && !OnNewLine()) {
    Start result = Begin();
    Consume();
    ParseType();
    Finish(NodeKind::kReturnType, result);
  } else if (At(kColon) || At(kColonColon)) {
    Report(kForeignWord, CurrentSpan(), "the type of the result follows '->'")
        .Fix(CurrentSpan(), "->");
    Start result = Begin();
    Consume();
    ParseType();
    Finish(NodeKind::kReturnType, result);
  }
  ParseWhereList();
  if (At(kWhen) && !OnNewLine()) ParseGuard();
  ParseFnBody(context, fn_token);
  Finish(NodeKind::kFnItem, start);
}

void Parser::ParseFnBody(FnContext context, uint32_t fn_token) {
  if (context == FnContext::kExtern) return;
  if (At(kEqual) && !OnNewLine()) {
    Start body = Begin();
    Consume();
    if (At(kDo)) {
      Report(kUnexpectedToken, CurrentSpan(),
             "the body follows '=' or stands in do .. end, not both")
          .Help("leave the '=' out");
      ParseBlock("", {fn_token, "this function"});
    } else {
      ParseExpr();
    }
    return Finish(NodeKind::kExprBody, body);
  }
  bool is_signature_end = At(kEndOfFile) || At(kEnd) || At(kSemicolon) || OnNewLine();
  if (context == FnContext::kSignature && is_signature_end) return;
  if (At(kDo) && OnNewLine()) {
    Report(kUnexpectedToken, EndOfPrevious(),
           "the 'do' of a function stands on the line of its head");
  } else if (At(kArrow) || At(kFatArrow)) {
    Report(kForeignWord, CurrentSpan(), "the body of a function follows '='")
        .Help("closures have an arrow: 'fn x -> x + 1 end'")
        .Fix(CurrentSpan(), "=");
    Start body = Begin();
    Consume();
    ParseExpr();
    return Finish(NodeKind::kExprBody, body);
  } else if (is_signature_end) {
    ReportExpected("the body of the function, '= ..' or 'do .. end'");
    return EmptyError();
  }
  ParseBlock("the head of a function", {fn_token, "this function"});
  WarnOfLastReturn();
}

// ---- Other items

void Parser::ParseConst(Start start) {
  Consume();
  ParseName(NameRule::kLower, "the name of a constant");
  if (At(kColonColon)) ParseTypeAnnotation();
  if (Expect(kEqual)) {
    ParseExpr();
  } else {
    EmptyError();
  }
  Finish(NodeKind::kConstItem, start);
}

void Parser::ParseExtern(Start start) {
  Consume();
  if (AtWord("blocking")) Consume();
  if (At(kString)) {
    Leaf(NodeKind::kStringLiteral);
  } else {
    ReportExpected("the symbol of a C function, in quotes");
    EmptyError();
  }
  if (AtFn()) {
    ParseFn(Begin(), FnContext::kExtern);
  } else {
    ReportExpected("'fn' and a signature");
    EmptyError();
  }
  Finish(NodeKind::kExternItem, start);
}

void Parser::ParseModule(Start start) {
  Opener opener = {at_, "this module"};
  Consume();
  ParseName(NameRule::kUpper, "the name of a module");
  Start body = Begin();
  if (ExpectDo("the name of a module", opener)) {
    ParseItems(&opener);
    CloseBlock(opener);
  }
  Finish(NodeKind::kItemBody, body);
  Finish(NodeKind::kModuleItem, start);
}

void Parser::ParseTest(Start start) {
  Opener opener = {at_, "this test"};
  Consume();
  if (At(kStringBegin)) {
    Report(kUnexpectedToken, CurrentSpan(), "the name of a test has no interpolation");
    ParseInterpolatedString();
  } else {
    Leaf(NodeKind::kStringLiteral);
  }
  int params = ParseHandlerBlock("the name of a test", opener);
  if (params > 1) CheckBarParams(opener.token, params, 1, "it is what 'setup' gave");
  Finish(NodeKind::kTestItem, start);
}

void Parser::ParseDescribe(Start start) {
  Opener opener = {at_, "this group of tests"};
  Consume();
  if (At(kStringBegin)) {
    Report(kUnexpectedToken, CurrentSpan(), "the name of a group has no interpolation");
    ParseInterpolatedString();
  } else {
    Leaf(NodeKind::kStringLiteral);
  }
  ParseEntries(
      "the name of a group of tests", opener, "'test', 'setup' or 'describe'",
      [&](Start entry) {
        if (AtWord("test") && KindAfter(1) == kString) return ParseTest(entry);
        if (AtWord("describe") && KindAfter(1) == kString) return ParseDescribe(entry);
        ParseSetup(entry);
      },
      [&] {
        return ((AtWord("test") || AtWord("describe")) && KindAfter(1) == kString) ||
               (AtWord("setup") && KindAfter(1) == kDo);
      });
  Finish(NodeKind::kDescribeItem, start);
}

void Parser::ParseSetup(Start start) {
  uint32_t opener = at_;
  Consume();
  ParseBlock("'setup'", {opener, "this 'setup'"});
  Finish(NodeKind::kSetupItem, start);
}

}  // namespace snow::syntax_internal
