// Decision trees: rows of patterns become a tree of tests in which each part of a value is tested
// at most once on any path (L. Maranget, 'Compiling pattern matching to good decision trees',
// 2008; the rows here carry only the tests that are left to do).
//
// A tree can be exponentially larger than the rows. Past `max_nodes` the rest is tried row by row:
// then a part may be tested again, and nodes are shared.
//
// A tree knows nothing of code: `Places` name the parts of the values that are matched, and
// match.cc walks the tree and emits.
#ifndef SNOWC_LOWER_DECISION_TREE_H_
#define SNOWC_LOWER_DECISION_TREE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "snowc/hir/hir.h"

namespace snow::lower {

// How a part is reached from the one around it.
enum class Step : uint8_t {
  kRoot,
  kField,         // index: of a struct or tuple
  kVariantField,  // variant, index
  kElement,       // index: of a list
  kRest,          // the list without its first `index` elements
};

using PlaceId = uint32_t;

struct Place {
  Step step = Step::kRoot;
  uint32_t variant = 0;
  uint32_t index = 0;
  PlaceId parent = 0;
  hir::TypeId type;  // as the pattern has it (perhaps generic)
};

enum class TestKind : uint8_t { kVariant, kInt, kBool, kFloat, kString, kLength };

struct DecisionNode;

struct Case {
  int64_t number = 0;     // variant, integer, Bool, least length
  int64_t most = 0;       // kLength: greatest length of the case, -1: no limit
  double real = 0;        // kFloat
  std::string_view text;  // kString (and atoms)
  DecisionNode* node = nullptr;
};

struct BoundPlace {
  hir::LocalId local;
  PlaceId place;
};

struct DecisionNode {
  enum class Kind : uint8_t { kFail, kLeaf, kTest } kind = Kind::kFail;
  // kLeaf
  uint32_t arm = 0;
  std::vector<BoundPlace> bound;
  DecisionNode* otherwise = nullptr;  // kLeaf: where the guard fails; kTest: no case (may be null)
  bool is_shared = false;             // several nodes lead here
  // kTest
  TestKind test = TestKind::kInt;
  PlaceId place = 0;
  std::vector<Case> cases;
};

struct MatchRow {
  std::span<hir::Pattern* const> patterns;  // one for each root
  bool has_guard = false;
};

class DecisionTree {
 public:
  // `roots`: types of the values. The types are only compared and looked up in `types` for their
  // variants.
  DecisionTree(const hir::TypeTable& types, std::span<const hir::TypeId> roots,
               std::span<const MatchRow> rows, size_t max_nodes = 4000);

  const DecisionNode* root() const { return root_; }
  const Place& place(PlaceId id) const { return places_[id]; }
  size_t place_count() const { return places_.size(); }
  // How many leaves lead to the arm.
  uint32_t LeavesOf(uint32_t arm) const { return leaves_[arm]; }

 private:
  struct Test {
    PlaceId place;
    const hir::Pattern* pattern;
  };
  struct Row {
    std::vector<Test> tests;
    std::vector<BoundPlace> bound;
    uint32_t arm = 0;
    bool has_guard = false;
  };

  DecisionNode* Build(const std::vector<Row>& rows);
  // The rows one after the other, then `rest`.
  DecisionNode* BuildInOrder(std::span<const Row> rows, DecisionNode* rest);
  DecisionNode* Leaf(const Row& row);
  DecisionNode* NewNode() { return &nodes_.emplace_back(); }
  PlaceId ChoosePlace(const std::vector<Row>& rows) const;
  void AddCases(const std::vector<Row>& rows, DecisionNode* node);
  void AddLengthCases(const std::vector<Row>& rows, DecisionNode* node);
  std::vector<Row> Specialise(const std::vector<Row>& rows, const DecisionNode& node,
                              const Case& at);
  std::vector<Row> Default(const std::vector<Row>& rows, PlaceId place) const;
  // Adds patterns to the row until only tests are left; or-patterns make several rows.
  void Normalise(Row row, std::vector<Test> pending, std::vector<Row>* rows);
  bool Fits(const hir::Pattern& pattern, const DecisionNode& node, const Case& at) const;
  void Parts(PlaceId place, const hir::Pattern& pattern, std::vector<Test>* parts);
  PlaceId PlaceOf(PlaceId parent, Step step, uint32_t variant, uint32_t index, hir::TypeId type);
  bool IsOnlyVariant(hir::TypeId type) const;
  size_t VariantCount(hir::TypeId type) const;

  const hir::TypeTable& types_;
  std::vector<Place> places_;
  std::map<std::tuple<PlaceId, Step, uint32_t, uint32_t>, PlaceId> place_index_;
  std::deque<DecisionNode> nodes_;
  size_t max_nodes_;
  std::vector<uint32_t> leaves_;
  DecisionNode* root_ = nullptr;
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_DECISION_TREE_H_
