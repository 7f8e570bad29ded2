#include "snowc/lower/decision_tree.h"

#include <algorithm>
#include <set>

namespace snow::lower {

using hir::Pattern;
using hir::PatternKind;

DecisionTree::DecisionTree(const hir::TypeTable& types, std::span<const hir::TypeId> roots,
                           std::span<const MatchRow> rows, size_t max_nodes)
    : types_(types), max_nodes_(max_nodes) {
  for (size_t i = 0; i < roots.size(); ++i) {
    places_.push_back({.index = static_cast<uint32_t>(i), .type = roots[i]});
  }
  leaves_.resize(rows.size());
  std::vector<Row> normalised;
  for (size_t i = 0; i < rows.size(); ++i) {
    Row row;
    row.arm = static_cast<uint32_t>(i);
    row.has_guard = rows[i].has_guard;
    std::vector<Test> pending;
    // Taken from the back.
    for (size_t root = roots.size(); root > 0; --root) {
      pending.push_back({static_cast<PlaceId>(root - 1), rows[i].patterns[root - 1]});
    }
    Normalise(std::move(row), std::move(pending), &normalised);
  }
  root_ = Build(normalised);
}

size_t DecisionTree::VariantCount(hir::TypeId id) const {
  const hir::Type& type = types_.Get(id);
  if (type.kind != hir::TypeKind::kCon) return 0;
  return types_.con(hir::TyConId(type.con)).variants.size();
}

PlaceId DecisionTree::PlaceOf(PlaceId parent, Step step, uint32_t variant, uint32_t index,
                              hir::TypeId type) {
  auto [found, is_new] = place_index_.try_emplace(std::tuple(parent, step, variant, index),
                                                  static_cast<PlaceId>(places_.size()));
  if (is_new) places_.push_back({step, variant, index, parent, type});
  return found->second;
}

// The parts of a value that has been found to have the pattern's constructor.
void DecisionTree::Parts(PlaceId place, const Pattern& pattern, std::vector<Test>* parts) {
  Step step = Step::kField;
  if (pattern.kind == PatternKind::kVariant) step = Step::kVariantField;
  if (pattern.kind == PatternKind::kList) step = Step::kElement;
  uint32_t count = static_cast<uint32_t>(pattern.subs.size());
  if (pattern.rest != nullptr) {
    PlaceId rest = PlaceOf(place, Step::kRest, 0, count, pattern.type);
    parts->push_back({rest, pattern.rest});
  }
  for (uint32_t i = count; i > 0; --i) {
    const Pattern* sub = pattern.subs[i - 1];
    if (sub->kind == PatternKind::kWildcard) continue;
    parts->push_back({PlaceOf(place, step, pattern.variant, i - 1, sub->type), sub});
  }
}

void DecisionTree::Normalise(Row row, std::vector<Test> pending, std::vector<Row>* rows) {
  while (!pending.empty()) {
    Test test = pending.back();
    pending.pop_back();
    const Pattern& pattern = *test.pattern;
    switch (pattern.kind) {
      case PatternKind::kWildcard:
      case PatternKind::kUnit:
        break;
      case PatternKind::kBind:
        row.bound.push_back({pattern.local, test.place});
        break;
      case PatternKind::kAs:
        row.bound.push_back({pattern.local, test.place});
        pending.push_back({test.place, pattern.subs[0]});
        break;
      case PatternKind::kTuple:
      case PatternKind::kStruct:
        Parts(test.place, pattern, &pending);
        break;
      case PatternKind::kVariant:
        if (VariantCount(pattern.type) == 1) {
          Parts(test.place, pattern, &pending);
        } else {
          row.tests.push_back(test);
        }
        break;
      case PatternKind::kList:
        // Any list at all.
        if (pattern.subs.empty() && pattern.has_rest) {
          if (pattern.rest != nullptr) pending.push_back({test.place, pattern.rest});
        } else {
          row.tests.push_back(test);
        }
        break;
      case PatternKind::kOr:
        for (const Pattern* alternative : pattern.subs) {
          std::vector<Test> with = pending;
          with.push_back({test.place, alternative});
          Normalise(row, std::move(with), rows);
        }
        return;
      case PatternKind::kInt:
      case PatternKind::kFloat:
      case PatternKind::kString:
      case PatternKind::kAtom:
      case PatternKind::kBool:
        row.tests.push_back(test);
        break;
    }
  }
  rows->push_back(std::move(row));
}

// Of the parts that the first row tests, the one that most rows test.
PlaceId DecisionTree::ChoosePlace(const std::vector<Row>& rows) const {
  PlaceId best = 0;
  size_t most = 0;
  for (const Test& test : rows[0].tests) {
    size_t count = std::ranges::count_if(rows, [&](const Row& row) {
      return std::ranges::any_of(row.tests,
                                 [&](const Test& other) { return other.place == test.place; });
    });
    if (count > most) {
      most = count;
      best = test.place;
    }
  }
  return best;
}

void DecisionTree::AddLengthCases(const std::vector<Row>& rows, DecisionNode* node) {
  // Where a pattern begins or ends to fit: between two such lengths all are alike.
  std::set<int64_t> bounds = {0};
  for (const Row& row : rows) {
    for (const Test& test : row.tests) {
      if (test.place != node->place) continue;
      int64_t count = static_cast<int64_t>(test.pattern->subs.size());
      bounds.insert(count);
      if (!test.pattern->has_rest) bounds.insert(count + 1);
    }
  }
  for (auto bound = bounds.begin(); bound != bounds.end(); ++bound) {
    auto next = std::next(bound);
    Case& at = node->cases.emplace_back();
    at.number = *bound;
    at.most = next == bounds.end() ? -1 : *next - 1;
  }
}

void DecisionTree::AddCases(const std::vector<Row>& rows, DecisionNode* node) {
  for (const Row& row : rows) {
    for (const Test& test : row.tests) {
      if (test.place != node->place) continue;
      const Pattern& pattern = *test.pattern;
      Case at;
      switch (pattern.kind) {
        case PatternKind::kVariant:
          node->test = TestKind::kVariant;
          at.number = pattern.variant;
          break;
        case PatternKind::kInt:
          node->test = TestKind::kInt;
          at.number = pattern.int_value;
          break;
        case PatternKind::kBool:
          node->test = TestKind::kBool;
          at.number = pattern.int_value != 0;
          break;
        case PatternKind::kFloat:
          node->test = TestKind::kFloat;
          at.real = pattern.float_value;
          break;
        case PatternKind::kString:
        case PatternKind::kAtom:
          node->test = TestKind::kString;
          at.text = pattern.text;
          break;
        default:
          node->test = TestKind::kLength;
          AddLengthCases(rows, node);
          return;
      }
      bool known = std::ranges::any_of(
          node->cases, [&](const Case& other) { return Fits(pattern, *node, other); });
      if (!known) node->cases.push_back(at);
    }
  }
}

bool DecisionTree::Fits(const Pattern& pattern, const DecisionNode& node, const Case& at) const {
  switch (node.test) {
    case TestKind::kVariant:
      return pattern.variant == at.number;
    case TestKind::kInt:
      return pattern.int_value == at.number;
    case TestKind::kBool:
      return (pattern.int_value != 0) == (at.number != 0);
    case TestKind::kFloat:
      return pattern.float_value == at.real;
    case TestKind::kString:
      return pattern.text == at.text;
    case TestKind::kLength: {
      int64_t count = static_cast<int64_t>(pattern.subs.size());
      return pattern.has_rest ? count <= at.number : count == at.number && count == at.most;
    }
  }
  return false;
}

std::vector<DecisionTree::Row> DecisionTree::Specialise(const std::vector<Row>& rows,
                                                        const DecisionNode& node, const Case& at) {
  std::vector<Row> result;
  for (const Row& row : rows) {
    auto test = std::ranges::find_if(
        row.tests, [&](const Test& candidate) { return candidate.place == node.place; });
    if (test == row.tests.end()) {
      result.push_back(row);
      continue;
    }
    if (!Fits(*test->pattern, node, at)) continue;
    Row rest = row;
    rest.tests.erase(rest.tests.begin() + (test - row.tests.begin()));
    std::vector<Test> pending;
    Parts(node.place, *test->pattern, &pending);
    Normalise(std::move(rest), std::move(pending), &result);
  }
  return result;
}

std::vector<DecisionTree::Row> DecisionTree::Default(const std::vector<Row>& rows,
                                                     PlaceId place) const {
  std::vector<Row> result;
  for (const Row& row : rows) {
    bool tests =
        std::ranges::any_of(row.tests, [&](const Test& test) { return test.place == place; });
    if (!tests) result.push_back(row);
  }
  return result;
}

DecisionNode* DecisionTree::Leaf(const Row& row) {
  DecisionNode* node = NewNode();
  node->kind = DecisionNode::Kind::kLeaf;
  node->arm = row.arm;
  node->bound = row.bound;
  ++leaves_[row.arm];
  return node;
}

DecisionNode* DecisionTree::Build(const std::vector<Row>& rows) {
  if (rows.empty()) return NewNode();
  if (nodes_.size() > max_nodes_) return BuildInOrder(rows, NewNode());
  const Row& first = rows[0];
  if (first.tests.empty()) {
    DecisionNode* leaf = Leaf(first);
    if (first.has_guard) leaf->otherwise = Build({rows.begin() + 1, rows.end()});
    return leaf;
  }
  DecisionNode* node = NewNode();
  node->kind = DecisionNode::Kind::kTest;
  node->place = ChoosePlace(rows);
  AddCases(rows, node);
  for (Case& at : node->cases) at.node = Build(Specialise(rows, *node, at));
  bool complete = node->test == TestKind::kLength ||
                  (node->test == TestKind::kBool && node->cases.size() == 2) ||
                  (node->test == TestKind::kVariant &&
                   node->cases.size() == VariantCount(places_[node->place].type));
  if (!complete) node->otherwise = Build(Default(rows, node->place));
  return node;
}

DecisionNode* DecisionTree::BuildInOrder(std::span<const Row> rows, DecisionNode* rest) {
  // From the last row up, so that long lists of rows do not nest.
  for (size_t i = rows.size(); i > 0; --i) {
    const Row& row = rows[i - 1];
    rest->is_shared = true;
    if (row.tests.empty()) {
      DecisionNode* leaf = Leaf(row);
      if (row.has_guard) leaf->otherwise = rest;
      rest = leaf;
      continue;
    }
    DecisionNode* node = NewNode();
    node->kind = DecisionNode::Kind::kTest;
    node->place = row.tests[0].place;
    std::vector<Row> only = {row};
    AddCases(only, node);
    for (Case& at : node->cases) at.node = BuildInOrder(Specialise(only, *node, at), rest);
    if (node->test != TestKind::kLength) node->otherwise = rest;
    rest = node;
  }
  return rest;
}

}  // namespace snow::lower
