// Structs, sum types, interfaces and impls.
#include "snowc/syntax/parser_impl.h"

namespace snow::syntax_internal {

using enum TokenKind;
using enum DiagnosticKind;

// ---- Bodies made of entries

bool Parser::AtEntriesEnd(const Opener& opener) const {
  return AtListEnd(opener) && !At(kElse) && !At(kAfter);
}

void Parser::ReportEntry(std::string_view expected) {
  if (At(kError)) is_silent_ = true;
  Report(kUnknownEntry, CurrentSpan(),
         "expected " + std::string(expected) + ", found " + FoundToken());
}

bool Parser::EndEntry(const Opener& opener, bool allows_commas) {
  if (At(kSemicolon) || Current().HasNewlineBefore() || AtEntriesEnd(opener)) return true;
  if (allows_commas && At(kComma)) return true;
  ReportExpected(allows_commas ? "',' or the end of the line" : "the end of the line");
  return false;
}

void Parser::SkipEntry(const Opener& opener) {
  if (AtEntriesEnd(opener)) return;
  uint32_t before = at_;
  SkipStatement(opener);
  if (at_ == before) Leaf(NodeKind::kError);
}

// ---- Structs

void Parser::ParseDeriving() {
  if (!AtWord("deriving") || KindAfter(1) != kLeftParen) return;
  Start start = Begin();
  Consume();
  uint32_t opening = at_;
  Consume();
  ParseElements(opening, kRightParen,
                [&] { ParseName(NameRule::kUpper, "the name of an interface"); });
  Finish(NodeKind::kDeriving, start);
}

bool Parser::AtSchemaEntry() const {
  if (!At(kLowerName)) return false;
  std::string_view text = Text();
  TokenKind next = KindAfter(1);
  if (text == "table") return next == kString;
  if (text == "timestamps") return next == kTrue || next == kFalse;
  return (text == "primary_key" || text == "belongs_to" || text == "has_many" ||
          text == "has_one") &&
         next == kAtom;
}

void Parser::ParseStruct(Start start) {
  Opener opener = {at_, "this struct"};
  Consume();
  ParseName(NameRule::kUpper, "the name of a struct");
  ParseGenerics();
  ParseEntries(
      "the name of a struct", opener, "a field 'name :: Type' or 'end'",
      [&](Start entry) {
        if (AtSchemaEntry()) return ParseSchemaEntry(entry);
        ParseField(entry);
      },
      [&] {
        if (AtSchemaEntry()) return true;
        return AtNameLike() && (KindAfter(1) == kColonColon || KindAfter(1) == kColon);
      },
      true, NodeKind::kStructBody);
  ParseDeriving();
  Finish(NodeKind::kStructItem, start);
}

void Parser::ParseFieldName() {
  if (At(kUpperName)) {
    Report(kNameCase, CurrentSpan(), "the name of a field begins with a lower-case letter");
  }
  Leaf(NodeKind::kName);
}

void Parser::ParseField(Start start) {
  ParseFieldName();
  if (At(kColon)) {
    Report(kForeignWord, CurrentSpan(), "the type of a field is given with '::'")
        .Help("write 'name :: Type'")
        .Fix(CurrentSpan(), "::");
  }
  Consume();
  ParseType();
  if (At(kEqual)) {
    Start value = Begin();
    Consume();
    ParseExpr();
    Finish(NodeKind::kDefaultValue, value);
  }
  Finish(NodeKind::kFieldDecl, start);
}

void Parser::ParseSchemaEntry(Start start) {
  bool is_relationship = Text() == "belongs_to" || Text() == "has_many" || Text() == "has_one";
  Consume();
  Leaf(At(kString) ? NodeKind::kStringLiteral : NodeKind::kLiteral);
  if (is_relationship) {
    if (Expect(kComma)) ParsePath("the name of a struct");
  }
  Finish(NodeKind::kSchemaEntry, start);
}

// ---- Sum types and aliases

void Parser::ParseSumTypeOrAlias(Start start) {
  Opener opener = {at_, "this type"};
  Consume();
  ParseName(NameRule::kUpper, "the name of a type");
  ParseGenerics();
  if (At(kEqual)) {
    Consume();
    ParseType();
    if (At(kBar)) {
      Report(kForeignWord, CurrentSpan(), "the variants of a type stand in do .. end")
          .Help("write 'type Name do First; Second(Int) end'");
      SkipToItem();
    }
    return Finish(NodeKind::kAliasItem, start);
  }
  ParseEntries(
      "the name of a type", opener, "a variant, which begins with an upper-case letter, or 'end'",
      [&](Start entry) { ParseVariant(entry); }, [&] { return At(kUpperName); }, true,
      NodeKind::kSumTypeBody);
  ParseDeriving();
  Finish(NodeKind::kSumTypeItem, start);
}

void Parser::ParseVariant(Start start) {
  ParseName(NameRule::kUpper, "the name of a variant");
  if (At(kLeftParen) && !OnNewLine()) {
    Start fields = Begin();
    uint32_t opening = at_;
    Consume();
    ParseElements(opening, kRightParen, [&] { ParseVariantField(); });
    Finish(NodeKind::kVariantFields, fields);
  } else if (At(kLeftBrace) && !OnNewLine()) {
    Report(kForeignWord, CurrentSpan(), "the fields of a variant stand in parentheses")
        .Help("write 'Box(width :: Float, height :: Float)'");
    Start skipped = Begin();
    if (Current().match.IsValid()) at_ = Current().match.value;
    Consume();
    Finish(NodeKind::kError, skipped);
  }
  Finish(NodeKind::kVariant, start);
}

void Parser::ParseVariantField() {
  Start start = Begin();
  bool has_name = AtNameLike() && (KindAfter(1) == kColonColon || KindAfter(1) == kColon);
  if (has_name) {
    ParseFieldName();
    if (At(kColon)) {
      Report(kForeignWord, CurrentSpan(), "the type of a field is given with '::'")
          .Fix(CurrentSpan(), "::");
    }
    ParseTypeAnnotation();
  } else {
    ParseType();
  }
  Finish(NodeKind::kVariantField, start);
}

// ---- Interfaces and impls

void Parser::ParseMembers(std::string_view after, Opener opener, FnContext context) {
  ParseEntries(
      after, opener, "'fn', 'type' or 'end'",
      [&](Start entry) {
        if (Eat(kPub) && context == FnContext::kSignature) {
          Report(kMisplacedModifier, tokens_.SpanOf(TokenAt(at_ - 1)),
                 "the methods of an interface are as visible as the interface")
              .Help("leave the 'pub' out");
        }
        if (AtFn()) return ParseFn(entry, context);
        Consume();
        ParseName(NameRule::kUpper, "the name of an associated type");
        if (At(kEqual)) {
          if (context == FnContext::kSignature) {
            Report(kUnexpectedToken, CurrentSpan(), "an interface says no more than 'type Name'")
                .Help("each impl says which type it is");
          }
          Consume();
          ParseType();
        } else if (context == FnContext::kMethod) {
          ReportExpected("'=' and the type");
        }
        Finish(NodeKind::kAssociatedType, entry);
      },
      [&] {
        if (At(kPub)) return KindAfter(1) == kFn || KindAfter(1) == kDef;
        return AtFn() || At(kType);
      });
}

void Parser::ParseInterface(Start start) {
  Opener opener = {at_, "this interface"};
  Consume();
  ParseName(NameRule::kUpper, "the name of an interface");
  ParseGenerics();
  ParseMembers("the name of an interface", opener, FnContext::kSignature);
  Finish(NodeKind::kInterfaceItem, start);
}

void Parser::ParseImpl(Start start) {
  Opener opener = {at_, "this impl"};
  Consume();
  ParseGenerics();
  // An interface is there when `for` comes before the body.
  uint32_t scan = at_;
  while (scan < last_ && TokenAt(scan).kind != kFor && TokenAt(scan).kind != kDo &&
         TokenAt(scan).kind != kWhere && !(scan > at_ && TokenAt(scan).HasNewlineBefore())) {
    ++scan;
  }
  if (TokenAt(scan).kind == kFor) {
    Start interface = Begin();
    ParseBound();
    if (!Eat(kFor)) ReportExpected("'for' and the type");
    Finish(NodeKind::kImplInterface, interface);
  }
  ParseType();
  ParseWhereList();
  ParseMembers("the head of an impl", opener, FnContext::kMethod);
  Finish(NodeKind::kImplItem, start);
}

}  // namespace snow::syntax_internal
