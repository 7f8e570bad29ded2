#include "snowc/lower/decision_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>

namespace snow::lower {
namespace {

using hir::Builtin;
using hir::LocalId;
using hir::Pattern;
using hir::PatternKind;
using hir::TypeId;

// A value of the type that the tests match: what patterns are judged by.
struct Value {
  int64_t number = 0;                         // Int, Bool, variant
  std::string text;                           // String
  std::vector<std::shared_ptr<Value>> parts;  // fields, elements
};
using ValuePtr = std::shared_ptr<Value>;

class DecisionTreeTest : public ::testing::Test {
 protected:
  DecisionTreeTest() : types_(&interner_) {
    int_ = types_.Con(Builtin::kInt);
    bool_ = types_.Con(Builtin::kBool);
    string_ = types_.Con(Builtin::kString);
    hir::TyCon list;
    list.kind = hir::TyConKind::kStruct;
    list.params = 1;
    list_con_ = types_.AddTyCon(std::move(list));
    list_ = types_.Con(list_con_, {&int_, 1});
    hir::TyCon shape;
    shape.kind = hir::TyConKind::kSum;
    for (TypeId field : {TypeId(), int_, list_}) {
      hir::Variant& variant = shape.variants.emplace_back();
      if (field.IsValid()) variant.fields.emplace_back().type = field;
    }
    shape_ = types_.Con(types_.AddTyCon(std::move(shape)), {});
    TypeId parts[] = {bool_, string_};
    pair_ = types_.Tuple(parts);
  }

  Pattern* New(PatternKind kind, TypeId type) {
    patterns_.push_back(std::make_unique<Pattern>());
    patterns_.back()->kind = kind;
    patterns_.back()->type = type;
    return patterns_.back().get();
  }
  Pattern* With(Pattern* pattern, std::vector<Pattern*> subs) {
    subs_.push_back(std::move(subs));
    pattern->subs = subs_.back();
    return pattern;
  }
  Pattern* Wild(TypeId type) { return New(PatternKind::kWildcard, type); }
  Pattern* Int(int64_t value) {
    Pattern* pattern = New(PatternKind::kInt, int_);
    pattern->int_value = value;
    return pattern;
  }
  Pattern* Text(std::string_view text) {
    Pattern* pattern = New(PatternKind::kString, string_);
    pattern->text = text;
    return pattern;
  }
  Pattern* List(std::vector<Pattern*> elements, bool has_rest) {
    Pattern* pattern = With(New(PatternKind::kList, list_), std::move(elements));
    pattern->has_rest = has_rest;
    return pattern;
  }
  Pattern* Variant(uint32_t variant, std::vector<Pattern*> fields) {
    Pattern* pattern = With(New(PatternKind::kVariant, shape_), std::move(fields));
    pattern->variant = variant;
    return pattern;
  }

  // Whether the pattern matches, by its meaning alone.
  bool Matches(const Pattern& pattern, const Value& value) {
    switch (pattern.kind) {
      case PatternKind::kWildcard:
      case PatternKind::kBind:
      case PatternKind::kUnit:
        return true;
      case PatternKind::kAs:
        return Matches(*pattern.subs[0], value);
      case PatternKind::kInt:
      case PatternKind::kBool:
        return pattern.int_value == value.number;
      case PatternKind::kString:
      case PatternKind::kAtom:
        return pattern.text == value.text;
      case PatternKind::kOr:
        return std::ranges::any_of(pattern.subs,
                                   [&](const Pattern* sub) { return Matches(*sub, value); });
      case PatternKind::kVariant:
        if (pattern.variant != value.number) return false;
        break;
      case PatternKind::kList:
        if (pattern.has_rest ? value.parts.size() < pattern.subs.size()
                             : value.parts.size() != pattern.subs.size()) {
          return false;
        }
        if (pattern.rest != nullptr) {
          Value rest;
          rest.parts.assign(value.parts.begin() + static_cast<ptrdiff_t>(pattern.subs.size()),
                            value.parts.end());
          if (!Matches(*pattern.rest, rest)) return false;
        }
        break;
      case PatternKind::kTuple:
      case PatternKind::kStruct:
      case PatternKind::kFloat:
        break;
    }
    for (size_t i = 0; i < pattern.subs.size(); ++i) {
      if (!Matches(*pattern.subs[i], *value.parts[i])) return false;
    }
    return true;
  }

  // The part of the values at a place.
  Value At(const DecisionTree& tree, PlaceId id, const std::vector<ValuePtr>& roots) {
    const Place& place = tree.place(id);
    if (place.step == Step::kRoot) return *roots[place.index];
    Value parent = At(tree, place.parent, roots);
    if (place.step != Step::kRest) return *parent.parts.at(place.index);
    Value rest;
    rest.parts.assign(parent.parts.begin() + place.index, parent.parts.end());
    return rest;
  }

  // The arm that the tree finds, or -1; fails when a part is tested twice.
  int Run(const DecisionTree& tree, const std::vector<ValuePtr>& roots,
          const std::vector<bool>& guards) {
    std::set<PlaceId> tested;
    bool in_order = false;
    const DecisionNode* node = tree.root();
    while (true) {
      switch (node->kind) {
        case DecisionNode::Kind::kFail:
          return -1;
        case DecisionNode::Kind::kLeaf:
          if (node->otherwise == nullptr || guards[node->arm]) return static_cast<int>(node->arm);
          node = node->otherwise;
          continue;
        case DecisionNode::Kind::kTest:
          break;
      }
      in_order = in_order || node->is_shared;
      EXPECT_TRUE(tested.insert(node->place).second || in_order) << "a part is tested twice";
      Value value = At(tree, node->place, roots);
      auto fits = [&](const Case& at) {
        switch (node->test) {
          case TestKind::kString:
            return at.text == value.text;
          case TestKind::kLength: {
            int64_t length = static_cast<int64_t>(value.parts.size());
            return at.number <= length && (at.most < 0 || length <= at.most);
          }
          default:
            return at.number == value.number;
        }
      };
      auto found = std::ranges::find_if(node->cases, fits);
      node = found != node->cases.end() ? found->node : node->otherwise;
      if (node == nullptr) {
        ADD_FAILURE() << "no case and no default";
        return -2;
      }
    }
  }

  Interner interner_;
  hir::TypeTable types_;
  TypeId int_, bool_, string_, list_, shape_, pair_;
  hir::TyConId list_con_;
  std::vector<std::unique_ptr<Pattern>> patterns_;
  std::deque<std::vector<Pattern*>> subs_;
};

TEST_F(DecisionTreeTest, CompleteVariantsNeedNoDefault) {
  std::vector<Pattern*> patterns = {Variant(0, {}), Variant(1, {Wild(int_)}),
                                    Variant(2, {Wild(list_)})};
  std::vector<MatchRow> rows;
  for (Pattern*& pattern : patterns) rows.push_back({std::span(&pattern, 1)});
  DecisionTree tree(types_, {&shape_, 1}, rows);
  EXPECT_EQ(tree.root()->cases.size(), 3u);
  EXPECT_EQ(tree.root()->otherwise, nullptr);
}

TEST_F(DecisionTreeTest, LengthsFallIntoClasses) {
  // [] | h :: t: one test, two cases.
  std::vector<Pattern*> patterns = {List({}, false), List({Wild(int_)}, true)};
  std::vector<MatchRow> rows;
  for (Pattern*& pattern : patterns) rows.push_back({std::span(&pattern, 1)});
  DecisionTree tree(types_, {&list_, 1}, rows);
  ASSERT_EQ(tree.root()->cases.size(), 2u);
  EXPECT_EQ(tree.root()->cases[0].most, 0);
  EXPECT_EQ(tree.root()->cases[1].number, 1);
  EXPECT_EQ(tree.root()->cases[1].most, -1);
}

TEST_F(DecisionTreeTest, AnOrPatternLeadsToOneArmFromSeveralLeaves) {
  std::vector<Pattern*> patterns = {With(New(PatternKind::kOr, int_), {Int(1), Int(2)}),
                                    Wild(int_)};
  std::vector<MatchRow> rows;
  for (Pattern*& pattern : patterns) rows.push_back({std::span(&pattern, 1)});
  DecisionTree tree(types_, {&int_, 1}, rows);
  EXPECT_EQ(tree.LeavesOf(0), 2u);
  EXPECT_EQ(tree.LeavesOf(1), 1u);
}

// Random rows against random values: the tree and the meaning of patterns agree.
class RandomDecisionTreeTest : public DecisionTreeTest,
                               public ::testing::WithParamInterface<unsigned> {
 protected:
  int Pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }

  Pattern* RandomPattern(TypeId type, int depth) {
    int choice = Pick(10);
    if (choice < 2) return Wild(type);
    if (choice == 2 && depth > 0) {
      return With(New(PatternKind::kOr, type),
                  {RandomPattern(type, depth - 1), RandomPattern(type, depth - 1)});
    }
    if (choice == 3 && depth > 0) {
      Pattern* pattern = With(New(PatternKind::kAs, type), {RandomPattern(type, depth - 1)});
      pattern->local = LocalId(0);
      return pattern;
    }
    if (type == int_) return Int(Pick(3));
    if (type == bool_) {
      Pattern* pattern = New(PatternKind::kBool, bool_);
      pattern->int_value = Pick(2);
      return pattern;
    }
    if (type == string_) {
      static constexpr std::string_view kTexts[] = {"", "a", "bc", "a text of more than 15 bytes"};
      return Text(kTexts[Pick(4)]);
    }
    if (type == pair_) {
      return With(New(PatternKind::kTuple, pair_),
                  {RandomPattern(bool_, depth - 1), RandomPattern(string_, depth - 1)});
    }
    if (type == list_) {
      std::vector<Pattern*> elements;
      for (int i = Pick(3); i > 0; --i) elements.push_back(RandomPattern(int_, depth - 1));
      Pattern* pattern = List(std::move(elements), Pick(2) == 0);
      if (pattern->has_rest && depth > 0 && Pick(2) == 0) {
        pattern->rest = RandomPattern(list_, depth - 1);
      }
      return pattern;
    }
    switch (Pick(3)) {
      case 0:
        return Variant(0, {});
      case 1:
        return Variant(1, {RandomPattern(int_, depth - 1)});
      default:
        return Variant(2, {RandomPattern(list_, depth - 1)});
    }
  }

  ValuePtr RandomValue(TypeId type) {
    auto value = std::make_shared<Value>();
    if (type == int_) value->number = Pick(3);
    if (type == bool_) value->number = Pick(2);
    if (type == string_) {
      static constexpr std::string_view kTexts[] = {"", "a", "bc", "a text of more than 15 bytes"};
      value->text = kTexts[Pick(4)];
    }
    if (type == pair_) value->parts = {RandomValue(bool_), RandomValue(string_)};
    if (type == list_) {
      for (int i = Pick(5); i > 0; --i) value->parts.push_back(RandomValue(int_));
    }
    if (type == shape_) {
      value->number = Pick(3);
      if (value->number == 1) value->parts = {RandomValue(int_)};
      if (value->number == 2) value->parts = {RandomValue(list_)};
    }
    return value;
  }

  std::mt19937 random_{GetParam()};
};

TEST_P(RandomDecisionTreeTest, AgreesWithTheMeaningOfPatterns) {
  std::vector<TypeId> roots = {shape_, pair_, list_};
  for (int round = 0; round < 40; ++round) {
    std::vector<std::vector<Pattern*>> columns;
    std::vector<MatchRow> rows;
    std::vector<bool> guards;
    int count = 1 + Pick(5);
    columns.reserve(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
      std::vector<Pattern*>& row = columns.emplace_back();
      for (TypeId root : roots) row.push_back(RandomPattern(root, 2));
      rows.push_back({row, Pick(3) == 0});
      guards.push_back(Pick(2) == 0);
    }
    // Half of the rounds run out of nodes early.
    DecisionTree tree(types_, roots, rows, round % 2 == 0 ? 4000 : 5);
    for (int sample = 0; sample < 40; ++sample) {
      std::vector<ValuePtr> values;
      for (TypeId root : roots) values.push_back(RandomValue(root));
      int expected = -1;
      for (int i = 0; i < count && expected < 0; ++i) {
        size_t row = static_cast<size_t>(i);
        bool all = true;
        for (size_t k = 0; k < roots.size(); ++k) {
          all = all && Matches(*columns[row][k], *values[k]);
        }
        if (all && (!rows[row].has_guard || guards[row])) expected = i;
      }
      ASSERT_EQ(Run(tree, values, guards), expected);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDecisionTreeTest, ::testing::Range(0u, 20u));

}  // namespace
}  // namespace snow::lower
