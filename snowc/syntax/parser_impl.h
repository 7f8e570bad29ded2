// The parser's insides, shared by parser.cc and the parse_*.cc files, one a family of nodes.
//
// Recursive descent over the token array; nodes are appended in postorder, so a node begins by a
// `Start` (where its tokens and its children begin) and ends by `Finish`. What goes on to the left,
// such as a binary operator, finishes a second node from the same Start.
//
// Errors: `Report` says one thing a statement (or arm, item, element): after it everything is
// silent until `Recovered`, which each such list calls when it is back on its feet. Nothing is
// thrown; each function leaves some node behind and returns.
#ifndef SNOWC_SYNTAX_PARSER_IMPL_H_
#define SNOWC_SYNTAX_PARSER_IMPL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "snowc/base/source.h"
#include "snowc/diagnostics/diagnostics.h"
#include "snowc/syntax/token.h"
#include "snowc/syntax/tree.h"

namespace snow::syntax_internal {

// How the parser guesses what a missing `end` should have closed.
enum class EndPolicy : uint8_t {
  kNearest,      // each `end` closes the innermost open block
  kIndentation,  // a block also ends where the indentation says so; for files that lack an `end`
};

class Parser {
 public:
  Parser(const TokenBuffer& tokens, Diagnostics& diagnostics, EndPolicy policy);

  // Parses the whole file; once.
  void ParseFile();

  bool LacksEnd() const { return missing_ends_ != 0 && !is_stopped_; }
  // Reported errors other than missing ends.
  size_t OtherErrors() const { return reported_ - missing_end_reports_; }
  std::vector<Node> TakeNodes() { return std::move(nodes_); }

 private:
  // Where a node begins.
  struct Start {
    uint32_t node;   // index of the first node of the subtree
    uint32_t token;  // index of the first token
  };

  // What opened the block at hand, for messages and for the comparison of indentation.
  struct Opener {
    uint32_t token;         // the first word of the construct; its line says how deep it stands
    std::string_view what;  // what it is, after "the end of": "this 'if'"
    uint32_t brace = ~0u;   // the `{` that stands in the place of `do` by mistake
  };

  // Which tokens end a list of statements besides those that end any.
  enum class ListKind : uint8_t {
    kBlock,
    kBranch,       // of an if: `elif` and the like
    kArmBody,      // the next arm
    kClosureBody,  // `|`
  };

  // Where `::` of a pattern may begin a type, and `|` is no alternative.
  enum class PatternMode : uint8_t {
    kFull,   // arms, and everything within brackets
    kParam,  // parameters and let: `::` before an upper-case name or `(` begins a type
    kBars,   // kParam, and `|` ends the pattern
  };

  enum class NameRule : uint8_t { kLower, kUpper, kAny };

  enum class FnContext : uint8_t { kItem, kMethod, kSignature, kLocal, kExtern };

  // How newlines and `do` count at the moment; saved and restored around brackets and blocks.
  struct Mode {
    bool newlines_count = true;
    bool do_is_free = true;  // a call may take a trailing closure
  };
  class ModeScope {
   public:
    ModeScope(Parser& parser, Mode mode) : parser_(parser), saved_(parser.mode_) {
      parser.mode_ = mode;
    }
    ~ModeScope() { parser_.mode_ = saved_; }
    ModeScope(const ModeScope&) = delete;
    ModeScope& operator=(const ModeScope&) = delete;

   private:
    Parser& parser_;
    Mode saved_;
  };
  static constexpr Mode kInBrackets = {false, true};
  static constexpr Mode kInBlock = {true, true};

  // Counts one level of nesting while it lives. When there are too many it reports that, moves the
  // parser to the end of the file, and is false.
  class DepthScope {
   public:
    explicit DepthScope(Parser& parser);
    ~DepthScope() { --parser_.depth_; }
    DepthScope(const DepthScope&) = delete;
    DepthScope& operator=(const DepthScope&) = delete;
    explicit operator bool() const { return is_fine_; }

   private:
    Parser& parser_;
    bool is_fine_;
  };

  // ---- Tokens (parser.cc)

  const Token& TokenAt(uint32_t index) const { return tokens_.tokens[index]; }
  const Token& Current() const { return tokens_.tokens[at_]; }
  TokenKind Kind() const { return tokens_.tokens[at_].kind; }
  // The kind of the token `distance` further on.
  TokenKind KindAfter(uint32_t distance) const {
    uint32_t index = at_ + distance;
    return index < last_ ? tokens_.tokens[index].kind : TokenKind::kEndOfFile;
  }
  bool At(TokenKind kind) const { return Kind() == kind; }
  std::string_view Text() const { return tokens_.TextOf(Current()); }
  Span CurrentSpan() const { return tokens_.SpanOf(Current()); }
  // The empty span after the token before; where something is missing.
  Span EndOfPrevious() const;
  // Whether a newline that counts stands before the token at hand.
  bool OnNewLine() const { return mode_.newlines_count && Current().HasNewlineBefore(); }
  // Whether the token `distance` further on follows the one before it without any space.
  bool IsAdjacent(uint32_t distance) const {
    return at_ + distance <= last_ && !TokenAt(at_ + distance).HasSpaceBefore();
  }
  bool AtWord(std::string_view word) const { return At(TokenKind::kLowerName) && Text() == word; }
  bool AtNameLike() const {
    return At(TokenKind::kLowerName) || At(TokenKind::kUpperName) || IsKeyword(Kind());
  }
  bool AtFn() const { return At(TokenKind::kFn) || At(TokenKind::kDef); }
  // `name:` where the name may be a keyword.
  bool AtKey() const {
    if (KindAfter(1) != TokenKind::kColon) return false;
    return At(TokenKind::kLowerName) || At(TokenKind::kUpperName) ||
           (IsKeyword(Kind()) && IsAdjacent(1));
  }
  void Consume() {
    if (at_ < last_) ++at_;
  }
  bool Eat(TokenKind kind) {
    if (!At(kind)) return false;
    Consume();
    return true;
  }

  // ---- Nodes (parser.cc)

  Start Begin() const { return {static_cast<uint32_t>(nodes_.size()), at_}; }
  void Finish(NodeKind kind, Start start);
  // A node of the one token at hand.
  void Leaf(NodeKind kind) {
    Start start = Begin();
    Consume();
    Finish(kind, start);
  }
  // An Error node of no token.
  void EmptyError() { Finish(NodeKind::kError, Begin()); }

  // ---- Errors (parser_errors.cc)

  DiagnosticBuilder Report(DiagnosticKind kind, Span span, std::string message);
  DiagnosticBuilder Warn(DiagnosticKind kind, Span span, std::string message);
  void Recovered() { is_silent_ = is_stopped_; }
  // The token at hand as messages call it; a newline before it is what was found.
  std::string Found() const { return OnNewLine() ? "the end of the line" : FoundToken(); }
  std::string FoundToken() const;
  // Reports `expected ..., found ...` at the token at hand.
  DiagnosticBuilder ReportExpected(std::string_view expected);
  // Takes a token of `kind`, or reports that it was expected.
  bool Expect(TokenKind kind);
  void ReportUnclosed(uint32_t opening);
  // Reports that the block of `opener` lacks its `end` before the token at hand.
  void ReportMissingEnd(const Opener& opener);
  // Skips to where the next statement may begin; parses blocks on the way, so that their `end` is
  // not taken for another's. Leaves an Error node.
  void SkipStatement(const Opener& opener);
  // Skips to the next comma or closing bracket of the list that `opening` began; leaves an Error
  // node.
  void SkipElement(uint32_t opening);
  // Skips to the next item; leaves an Error node.
  void SkipToItem();
  void ReportTooHigh();

  // ---- Words of other languages (foreign_words.cc); each reports, and tells whether it did

  bool ReportForeignStatement();
  bool ReportForeignItem();
  bool ReportForeignOperator();
  // Warns of a `return` that ends the block which has just been finished.
  void WarnOfLastReturn();
  // At a `;`: warns when it follows an `end` and nothing follows it.
  void WarnOfSemicolon();
  // Takes `do`, or reports what stands in its place: `then`, `:`, `{` (noted in `opener`), other
  // tokens of the line before it (left in an Error node), nothing. False when no block follows.
  bool ExpectDo(std::string_view after, Opener& opener);

  // ---- Blocks (parse_statements.cc)

  // The white space at the begin of the line of the token `index`, in bytes.
  uint32_t IndentationOf(uint32_t index) const;
  uint32_t ColumnOf(uint32_t index) const;
  // Under EndPolicy::kIndentation: whether the token at hand shows that the block has ended.
  bool EndsByIndentation(const Opener& opener) const;
  // Whether the token at hand ends any list of statements or arms.
  bool AtListEnd(const Opener& opener) const;
  // Takes the `end` of a block, or `}` of one that was opened so, or reports that it is missing.
  void CloseBlock(const Opener& opener);
  void ParseStatementList(ListKind kind, const Opener& opener);
  void ParseStatement(const Opener& opener);
  void ParseLet();
  void ParseAssert();
  bool AtAssert() const;
  // Whether there was any.
  bool SkipSemicolons();
  // `elif` and the like, with a condition after it.
  bool AtForeignElse() const;
  // Whether the token at hand ends a list of this kind, besides AtListEnd.
  bool EndsListOf(ListKind kind) const;
  bool AtLocalFunction() const;
  // `do StatementList end`
  void ParseBlock(std::string_view after, Opener opener);
  // `do [|params|] StatementList end`
  // Returns the number of its parameters.
  int ParseHandlerBlock(std::string_view after, Opener opener);
  int ParseBarParams();

  // ---- Expressions (parse_expressions.cc)

  static bool CanBeginExpr(TokenKind kind);
  void ParseExpr();
  // An expression before a `do` that is not its own.
  void ParseHeadExpr();
  void ParseBinary(int min_level);
  void ParseUnary();
  void ParsePostfix();
  void ParsePostfixTail(Start start, bool is_type_path);
  void ParsePrimary();
  void ParseNumber(bool follows_minus);
  void ParseInterpolatedString();
  void ParseParenthesized();
  void ParseListExpr();
  void ParseMapOrUpdate();
  void ParseMapEntry();
  void ParseFieldValue();
  void ParseArguments(bool first_is_pattern);
  void ParseArgument(bool& has_keyword);
  void ParseNamedClosure();
  // A keyword that is called, or has a member, as a name would.
  bool AtKeywordAsName() const;
  void ReportNoExpression();
  // The name of the field or method after a dot.
  void ParseMember(Start start);
  void ParseCallTail(Start start);
  void ParseIndex();
  void CheckPipeNumber();

  // Elements with commas between up to `close`, which is taken; the opening bracket `opening` has
  // been. `element` parses one and leaves a node.
  template <typename Element>
  void ParseElements(uint32_t opening, TokenKind close, Element element) {
    ModeScope scope(*this, kInBrackets);
    while (!At(close)) {
      uint32_t before = at_;
      if (AtKey() || !EndsElements()) element();
      if (!EndElement(opening, close, before)) return;
    }
    Consume();
  }
  // Whether the token at hand cannot belong to anything in brackets.
  bool EndsElements() const;
  // After an element that began at `before`: takes the comma, or skips what does not belong here.
  // False when the list is over without its closing bracket.
  bool EndElement(uint32_t opening, TokenKind close, uint32_t before);

  // ---- Control (parse_control.cc)

  void ParseIf();
  // Takes the `}` of a branch that began with `{`, where an `else` follows; tells whether it did.
  bool SkipBraceBeforeElse(Opener& opener);
  void ParseCase();
  void ParseReceive();
  void ParseArms(const Opener& opener, bool is_receive);
  void ParseArm(const Opener& opener);
  // Whether the line at hand is an arm: `->` stands on it outside brackets before `=`, `do`, `fn`,
  // `let` and `return`.
  bool AtArm() const;
  void ParseWhile();
  void ParseFor();
  void ParseReturn();
  void ParseClosure();
  void ParseClosureParams();
  void ExpectArrow(std::string_view after);
  void ParseGuard();

  // ---- Patterns (parse_patterns.cc)

  void ParsePattern(PatternMode mode);
  void ParseConsPattern(PatternMode mode);
  void ParseOrPattern(PatternMode mode);
  void ParsePrimaryPattern();
  void ParseNumberPattern();
  void ParseParenPattern(TokenKind close);
  void ParseListPattern();
  void ParseRestPattern();
  void ParseConstructorPattern();
  void ParseStructPatternField();

  // ---- Types (parse_types.cc)

  void ParseType();
  void ParseAtomType();
  void ParseNamedType();
  void ParseFunctionType();
  void ParseParenType();
  void ParseBound();
  void ParseTypeAnnotation();
  void ParseGenerics();
  void ParseWhereList();

  // ---- Names and parameters (parse_items.cc)

  void ParseName(NameRule rule, std::string_view expected, bool allows_keyword = false);
  void ParsePath(std::string_view expected);
  void ParseParams();
  void ParseParam(PatternMode mode);

  // ---- Items (parse_items.cc, parse_declarations.cc, parse_actors.cc)

  bool AtItem() const;
  bool AtItemAt(uint32_t index) const;
  void ParseItems(const Opener* opener);
  void ParseItem();
  void ParseAttributes();
  void ParseImport(Start start);
  void ParseFromImport(Start start);
  void ParseFn(Start start, FnContext context);
  void ParseFnBody(FnContext context, uint32_t fn_token);
  void ParseConst(Start start);
  void ParseExtern(Start start);
  void ParseModule(Start start);
  void ParseTest(Start start);
  void ParseDescribe(Start start);
  void ParseSetup(Start start);

  void ParseStruct(Start start);
  void ParseFieldName();
  void ParseField(Start start);
  void ParseSchemaEntry(Start start);
  bool AtSchemaEntry() const;
  void ParseSumTypeOrAlias(Start start);
  void ParseVariant(Start start);
  void ParseVariantField();
  void ParseDeriving();
  void ParseInterface(Start start);
  void ParseImpl(Start start);
  void ParseMembers(std::string_view after, Opener opener, FnContext context);

  void ParseActor(Start start);
  void ParseService(Start start);
  void ParseServiceEntry(Start start);
  void ParseServiceHandler(Start start);
  void ParseInfoHandler(Start start);
  bool AtServiceEntry() const;
  // Reports when a handler has other than `expected` parameters between bars.
  void CheckBarParams(uint32_t handler, int found, int expected, std::string_view help);
  void ParseSupervisor(Start start);
  void ParseSupervisorEntry(Start start, bool is_child, std::vector<std::string_view>& seen);
  void ParseChild(Start start);

  // The ItemBody `do entry* end` with newlines, `;` or (when `allows_commas`) commas between.
  // `begins` tells whether the token at hand begins an entry; `parse` gets where the entry, its
  // attributes included, begins.
  template <typename Parse, typename Begins>
  void ParseEntries(std::string_view after, Opener opener, std::string_view expected, Parse parse,
                    Begins begins, bool allows_commas = false,
                    NodeKind kind = NodeKind::kItemBody) {
    Start body = Begin();
    if (ExpectDo(after, opener)) {
      ModeScope scope(*this, kInBlock);
      DepthScope depth(*this);
      while (depth) {
        Recovered();
        while (At(TokenKind::kSemicolon) || (allows_commas && At(TokenKind::kComma))) Consume();
        Start entry = Begin();
        if (!begins() && AtEntriesEnd(opener)) break;
        ParseAttributes();
        if (!begins()) {
          ReportEntry(expected);
          SkipEntry(opener);
          continue;
        }
        parse(entry);
        if (!EndEntry(opener, allows_commas)) SkipEntry(opener);
      }
      CloseBlock(opener);
    }
    Finish(kind, body);
  }
  bool AtEntriesEnd(const Opener& opener) const;
  void ReportEntry(std::string_view expected);
  bool EndEntry(const Opener& opener, bool allows_commas);
  void SkipEntry(const Opener& opener);

  const TokenBuffer& tokens_;
  Diagnostics& diagnostics_;
  const EndPolicy policy_;
  const uint32_t last_;  // the EndOfFile token
  uint32_t at_ = 0;      // the token at hand
  Mode mode_;
  int depth_ = 0;

  std::vector<Node> nodes_;

  bool is_silent_ = false;   // an error has been reported and not been recovered from
  bool is_stopped_ = false;  // nested too deep: nothing more is said
  size_t reported_ = 0;
  size_t missing_ends_ = 0;
  size_t missing_end_reports_ = 0;
  Diagnostic discarded_;           // what silent reports are written to
  uint32_t missing_end_at_ = ~0u;  // the token before which an `end` was last reported missing
  std::optional<DiagnosticBuilder> missing_end_;  // that report
  uint32_t misaligned_end_ = ~0u;   // the last `end` that stands in another column than its block
  uint32_t misaligned_opener_ = 0;  // what it closed
};

}  // namespace snow::syntax_internal

#endif  // SNOWC_SYNTAX_PARSER_IMPL_H_
