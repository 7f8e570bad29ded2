// Types, bounds and generics.
#include "snowc/syntax/parser_impl.h"

namespace snow::syntax_internal {

using enum TokenKind;
using enum DiagnosticKind;

void Parser::ParseType() {
  DepthScope depth(*this);
  if (!depth) return;
  Start start = Begin();
  ParseAtomType();
  while (At(kQuestion) && !OnNewLine()) {
    Consume();
    Finish(NodeKind::kOptionType, start);
  }
  if (At(kBang) && !OnNewLine()) {
    Consume();
    ParseType();
    Finish(NodeKind::kResultType, start);
  }
}

void Parser::ParseAtomType() {
  if (At(kUpperName)) {
    if (Text() == "Fun" && KindAfter(1) == kLeftParen) return ParseFunctionType();
    return ParseNamedType();
  }
  if (At(kLeftParen)) return ParseParenType();
  Start start = Begin();
  if (At(kNil)) {
    Report(kForeignWord, CurrentSpan(), "the type of 'nil' is written '()'")
        .Fix(CurrentSpan(), "()");
    return Leaf(NodeKind::kError);
  }
  if (AtFn()) {
    Report(kForeignWord, CurrentSpan(), "the type of a function begins with 'Fun'")
        .Help("write Fun(Int) -> Int")
        .Fix(CurrentSpan(), "Fun");
    if (KindAfter(1) == kLeftParen) return ParseFunctionType();
    return Leaf(NodeKind::kError);
  }
  if (At(kLeftBracket)) {
    uint32_t opening = at_;
    Report(kForeignWord, CurrentSpan(), "the type of a list is written List<..>");
    Consume();
    ParseElements(opening, kRightBracket, [&] { ParseType(); });
    return Finish(NodeKind::kError, start);
  }
  if (At(kAmp) || At(kStar)) {
    Report(kForeignWord, CurrentSpan(), "there are no references, values are immutable")
        .Help("write the type alone")
        .Fix(CurrentSpan(), "");
    Consume();
    if (AtWord("mut")) Consume();
    ParseAtomType();
    return Finish(NodeKind::kError, start);
  }
  if (At(kLowerName)) {
    std::string name(Text());
    std::string upper = name;
    if (upper[0] >= 'a' && upper[0] <= 'z') upper[0] = static_cast<char>(upper[0] - 'a' + 'A');
    Report(kNameCase, CurrentSpan(), "the name of a type begins with an upper-case letter")
        .Help(name == "str" ? "did you mean 'String'?" : "did you mean '" + upper + "'?");
    Consume();
    if (At(kLess) && !OnNewLine()) {
      // Its arguments are read so that the rest makes sense.
      uint32_t opening = at_;
      Consume();
      ParseElements(opening, kGreater, [&] { ParseType(); });
    }
    return Finish(NodeKind::kError, start);
  }
  ReportExpected("a type");
  if (At(kError) || At(kUnderscore)) return Leaf(NodeKind::kError);
  EmptyError();
}

void Parser::ParseNamedType() {
  Start start = Begin();
  ParsePath("a type");
  if (At(kLess) && !OnNewLine()) {
    Start arguments = Begin();
    uint32_t opening = at_;
    Consume();
    if (At(kGreater)) ReportExpected("a type");
    ParseElements(opening, kGreater, [&] { ParseType(); });
    Finish(NodeKind::kTypeArguments, arguments);
  }
  Finish(NodeKind::kNamedType, start);
}

void Parser::ParseFunctionType() {
  Start start = Begin();
  Consume();
  Start params = Begin();
  uint32_t opening = at_;
  Consume();
  ParseElements(opening, kRightParen, [&] { ParseType(); });
  Finish(NodeKind::kFunctionTypeParams, params);
  if (Eat(kArrow)) {
    ParseType();
  } else {
    ReportExpected("'->' and the result of the function type")
        .Help("a function without a result is Fun(..) -> ()");
    EmptyError();
  }
  Finish(NodeKind::kFunctionType, start);
}

void Parser::ParseParenType() {
  Start start = Begin();
  uint32_t opening = at_;
  Consume();
  int elements = 0;
  ParseElements(opening, kRightParen, [&] {
    ++elements;
    ParseType();
  });
  bool has_comma = at_ >= 2 && TokenAt(at_ - 2).kind == kComma;
  Finish(elements == 1 && !has_comma ? NodeKind::kParenType : NodeKind::kTupleType, start);
}

void Parser::ParseBound() {
  Start start = Begin();
  if (!At(kUpperName)) {
    ReportExpected("the name of an interface");
    return EmptyError();
  }
  ParsePath("an interface");
  if (At(kLess) && !OnNewLine()) {
    uint32_t opening = at_;
    Consume();
    ParseElements(opening, kGreater, [&] {
      if (!At(kUpperName) || KindAfter(1) != kEqual) return ParseType();
      Start argument = Begin();
      Leaf(NodeKind::kName);
      Consume();
      ParseType();
      Finish(NodeKind::kAssociatedArgument, argument);
    });
  }
  Finish(NodeKind::kBound, start);
}

void Parser::ParseTypeAnnotation() {
  Start start = Begin();
  Consume();
  ParseType();
  Finish(NodeKind::kTypeAnnotation, start);
}

void Parser::ParseGenerics() {
  if (!At(kLess)) return;
  Start start = Begin();
  uint32_t opening = at_;
  Consume();
  ParseElements(opening, kGreater, [&] {
    ParseName(NameRule::kUpper, "the name of a type variable");
    if (At(kColon)) {
      Report(kForeignWord, CurrentSpan(), "bounds of a type variable stand in a where-clause")
          .Help("write 'where T: Ord' after the parameters");
      Consume();
      ParseBound();
    }
  });
  Finish(NodeKind::kGenerics, start);
}

void Parser::ParseWhereList() {
  if (!At(kWhere)) return;
  Start start = Begin();
  Consume();
  while (true) {
    Start bound = Begin();
    ParseName(NameRule::kUpper, "the name of a type variable");
    if (Expect(kColon)) {
      do ParseBound();
      while (Eat(kPlus));
    }
    Finish(NodeKind::kWhereBound, bound);
    if (!Eat(kComma)) break;
  }
  Finish(NodeKind::kWhereList, start);
}

}  // namespace snow::syntax_internal
