#include "snowc/exhaustive/exhaustive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace snow::exhaustive {
namespace {

using hir::Builtin;
using hir::Pattern;
using hir::PatternKind;
using hir::TypeId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Types Option<a> and List<a>, and makers of patterns over them.
class ExhaustiveTest : public ::testing::Test {
 protected:
  ExhaustiveTest() : types_(&interner_) {
    int_ = types_.Con(Builtin::kInt);
    bool_ = types_.Con(Builtin::kBool);
    hir::TyCon option;
    option.name = interner_.Intern("Option");
    option.kind = hir::TyConKind::kSum;
    option.params = 1;
    option.variants = {{interner_.Intern("Some"), {{StringId(), types_.Param(0), Span()}}, Span()},
                       {interner_.Intern("None"), {}, Span()}};
    option_ = types_.AddTyCon(option);
    hir::TyCon list;
    list.name = interner_.Intern("List");
    list.kind = hir::TyConKind::kStruct;
    list.params = 1;
    list_ = types_.AddTyCon(list);
  }

  TypeId OptionOf(TypeId type) { return types_.Con(option_, {&type, 1}); }
  TypeId ListOf(TypeId type) { return types_.Con(list_, {&type, 1}); }

  Pattern* Make(PatternKind kind, TypeId type, std::vector<Pattern*> subs = {}) {
    Pattern& pattern = patterns_.emplace_back();
    pattern.kind = kind;
    pattern.type = type;
    pattern.subs = subs_.emplace_back(std::move(subs));
    return &pattern;
  }
  Pattern* Wild() { return Make(PatternKind::kWildcard, int_); }
  Pattern* Int(int64_t value) {
    Pattern* pattern = Make(PatternKind::kInt, int_);
    pattern->int_value = value;
    return pattern;
  }
  Pattern* Bool(bool value) {
    Pattern* pattern = Make(PatternKind::kBool, bool_);
    pattern->int_value = value ? 1 : 0;
    return pattern;
  }
  Pattern* Some(Pattern* sub) { return Make(PatternKind::kVariant, OptionOf(sub->type), {sub}); }
  Pattern* None() {
    Pattern* pattern = Make(PatternKind::kVariant, OptionOf(int_));
    pattern->variant = 1;
    return pattern;
  }
  Pattern* List(std::vector<Pattern*> first, bool rest) {
    Pattern* pattern = Make(PatternKind::kList, ListOf(int_), std::move(first));
    pattern->has_rest = rest;
    return pattern;
  }
  Pattern* Or(std::vector<Pattern*> alternatives) {
    TypeId type = alternatives[0]->type;
    return Make(PatternKind::kOr, type, std::move(alternatives));
  }

  Verdict Judge(std::vector<TypeId> columns, std::vector<std::vector<Pattern*>> rows,
                std::vector<size_t> guarded = {}) {
    std::vector<Row> all;
    for (size_t i = 0; i < rows.size(); ++i) {
      bool has_guard = std::ranges::find(guarded, i) != guarded.end();
      all.push_back({subs_.emplace_back(rows[i]), has_guard});
    }
    return Check(types_, interner_, columns, all);
  }

  Interner interner_;
  hir::TypeTable types_;
  TypeId int_, bool_;
  hir::TyConId option_, list_;
  std::deque<Pattern> patterns_;
  std::deque<std::vector<Pattern*>> subs_;
};

TEST_F(ExhaustiveTest, NamesTheMissingVariant) {
  EXPECT_THAT(Judge({OptionOf(int_)}, {{Some(Wild())}}).missing, ElementsAre("None"));
  EXPECT_THAT(Judge({OptionOf(int_)}, {{None()}}).missing, ElementsAre("Some(_)"));
  EXPECT_THAT(Judge({OptionOf(int_)}, {{None()}, {Some(Wild())}}).missing, IsEmpty());
}

TEST_F(ExhaustiveTest, LiteralsNeverCoverInts) {
  EXPECT_THAT(Judge({int_}, {{Int(1)}, {Int(2)}}).missing, ElementsAre("_"));
  EXPECT_THAT(Judge({OptionOf(int_)}, {{Some(Int(1))}, {None()}}).missing, ElementsAre("Some(_)"));
}

TEST_F(ExhaustiveTest, GuardsDoNotCount) {
  Verdict verdict = Judge({bool_}, {{Bool(true)}, {Wild()}}, {1});
  EXPECT_THAT(verdict.missing, ElementsAre("false"));
  EXPECT_THAT(verdict.unreachable, IsEmpty());
}

TEST_F(ExhaustiveTest, ListsByLength) {
  TypeId list = ListOf(int_);
  EXPECT_THAT(Judge({list}, {{List({}, false)}}).missing, ElementsAre("[_, ..]"));
  EXPECT_THAT(Judge({list}, {{List({}, false)}, {List({Wild()}, false)}}).missing,
              ElementsAre("[_, _, ..]"));
  EXPECT_THAT(Judge({list}, {{List({}, false)}, {List({Wild()}, true)}}).missing, IsEmpty());
  EXPECT_THAT(Judge({list}, {{List({Wild(), Wild()}, true)}}).missing, ElementsAre("[]", "[_]"));
}

TEST_F(ExhaustiveTest, FindsUnreachableRows) {
  EXPECT_THAT(Judge({bool_}, {{Wild()}, {Bool(true)}}).unreachable, ElementsAre(1));
  EXPECT_THAT(Judge({bool_}, {{Bool(true)}, {Bool(false)}, {Wild()}}).unreachable, ElementsAre(2));
  EXPECT_THAT(Judge({int_}, {{Int(1)}, {Or({Int(1), Int(2)})}, {Int(2)}, {Wild()}}).unreachable,
              ElementsAre(2));
}

TEST_F(ExhaustiveTest, SeveralColumns) {
  Verdict verdict = Judge({bool_, OptionOf(int_)}, {{Bool(true), None()}, {Bool(false), Wild()}});
  EXPECT_THAT(verdict.missing, ElementsAre("true, Some(_)"));
}

TEST_F(ExhaustiveTest, OrPatternsNested) {
  Pattern* either = Or({Or({Bool(true), Bool(false)}), Wild()});
  EXPECT_THAT(Judge({bool_}, {{either}}).missing, IsEmpty());
  EXPECT_THAT(Judge({OptionOf(bool_)}, {{Some(Or({Bool(true), Bool(false)}))}}).missing,
              ElementsAre("None"));
}

TEST_F(ExhaustiveTest, ListsSomeOfMany) {
  TypeId pair = types_.Tuple(std::vector<TypeId>{bool_, bool_});
  Pattern* row = Make(PatternKind::kTuple, pair, {Bool(true), Bool(true)});
  EXPECT_THAT(Judge({pair}, {{row}}).missing, ElementsAre("(true, false)", "(false, _)"));
}

TEST_F(ExhaustiveTest, Irrefutable) {
  EXPECT_TRUE(IsIrrefutable(types_, interner_, Wild()));
  EXPECT_FALSE(IsIrrefutable(types_, interner_, Some(Wild())));
}

}  // namespace
}  // namespace snow::exhaustive
