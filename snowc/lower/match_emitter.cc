#include "snowc/lower/match_emitter.h"

#include <algorithm>
#include <map>

namespace snow::lower {

using ir::BlockId;
using ir::Op;
using ir::ValueId;

MatchEmitter::MatchEmitter(FunctionLowering* lowering, const DecisionTree* tree,
                           std::span<const TypeId> root_types, std::span<const Words> roots,
                           std::span<const Arm> arms, BlockId fail)
    : l_(*lowering),
      b_(lowering->b_),
      tree_(*tree),
      arms_(arms),
      fail_(fail),
      parts_(tree->place_count()),
      shared_(arms.size()) {
  for (size_t i = 0; i < roots.size(); ++i) {
    parts_[i] = {root_types[i], /*is_typed=*/true, /*is_ready=*/true, roots[i]};
  }
}

void MatchEmitter::Emit() {
  EmitNode(tree_.root());
  while (!pending_nodes_.empty()) {
    const DecisionNode* node = pending_nodes_.back();
    pending_nodes_.pop_back();
    Forget(0);
    b_.SetBlock(node_blocks_.at(node));
    EmitHere(node);
  }
  for (size_t i = 0; i < arms_.size(); ++i) {
    SharedArm& shared = shared_[i];
    if (!shared.block.IsValid()) continue;
    b_.SetBlock(shared.block);
    for (const auto& [local, slots] : shared.locals) {
      Words words;
      for (ir::SlotId slot : slots) words.Add(b_.Get(slot));
      l_.Bind(local, words);
    }
    arms_[i].body();
  }
  b_.SetBlock(BlockId());
}

TypeId MatchEmitter::TypeOf(PlaceId id) {
  Part& part = parts_[id];
  if (part.is_typed) return part.type;
  const Place& place = tree_.place(id);
  TypeId parent = TypeOf(place.parent);
  switch (place.step) {
    case Step::kRoot:
      break;
    case Step::kField:
      part.type = l_.LayoutOf(parent).fields()[place.index].type;
      break;
    case Step::kVariantField:
      part.type = l_.LayoutOf(parent).variants[place.variant].fields[place.index].type;
      break;
    case Step::kElement:
      part.type = l_.m_.types().Get(parent).args[0];
      break;
    case Step::kRest:
      part.type = parent;
      break;
  }
  part.is_typed = true;
  return part.type;
}

const Words& MatchEmitter::WordsOf(PlaceId id) {
  Part& part = parts_[id];
  if (part.is_ready) return part.words;
  const Place& place = tree_.place(id);
  const Words& parent = WordsOf(place.parent);
  const Layout& layout = l_.LayoutOf(TypeOf(place.parent));
  switch (place.step) {
    case Step::kRoot:
      break;
    case Step::kField:
      part.words = l_.GetField(layout, parent, place.index);
      break;
    case Step::kVariantField:
      part.words = l_.GetVariantField(layout, parent, place.variant, place.index);
      break;
    case Step::kElement: {
      ValueId index = b_.Binary(Op::kAdd, l_.ListOffset(parent), b_.Int(place.index));
      part.words = l_.LoadElement(parent[0], index, l_.LayoutOf(TypeOf(id)).words);
      break;
    }
    case Step::kRest: {
      // The offset grows, the length shrinks.
      int64_t skip = place.index;
      ValueId span = b_.Binary(Op::kAdd, parent[1], b_.Int(skip - (skip << 32)));
      part.words = {parent[0], span};
      break;
    }
  }
  part.is_ready = true;
  ready_.push_back(id);
  return part.words;
}

bool MatchEmitter::IsOwned(const DecisionNode& leaf, PlaceId id) const {
  if (owned_.empty()) return false;
  // A whole that is bound beside its parts has two names.
  auto is_bound = [&](PlaceId place) {
    return std::ranges::any_of(leaf.bound,
                               [&](const BoundPlace& bound) { return bound.place == place; });
  };
  if (std::ranges::count_if(leaf.bound,
                            [&](const BoundPlace& bound) { return bound.place == id; }) > 1) {
    return false;
  }
  PlaceId at = id;
  while (tree_.place(at).step != Step::kRoot) {
    // Of a list only elements and its rest are bound, which share its buffer.
    if (tree_.place(at).step == Step::kRest) return false;
    at = tree_.place(at).parent;
    if (is_bound(at)) return false;
  }
  for (const BoundPlace& bound : leaf.bound) {
    if (bound.place != id && IsWithin(bound.place, id)) return false;
  }
  return owned_[tree_.place(at).index];
}

bool MatchEmitter::IsWithin(PlaceId place, PlaceId whole) const {
  while (tree_.place(place).step != Step::kRoot) {
    place = tree_.place(place).parent;
    if (place == whole) return true;
  }
  return false;
}

void MatchEmitter::EmitIn(BlockId block, const DecisionNode* node) {
  size_t known = ready_.size();
  b_.SetBlock(block);
  EmitNode(node);
  Forget(known);
}

void MatchEmitter::Forget(size_t known) {
  while (ready_.size() > known) {
    parts_[ready_.back()].is_ready = false;
    ready_.pop_back();
  }
}

void MatchEmitter::EmitNode(const DecisionNode* node) {
  if (node->is_shared && node->kind != DecisionNode::Kind::kFail) {
    auto [place, is_new] = node_blocks_.try_emplace(node);
    if (is_new) {
      place->second = b_.NewBlock();
      pending_nodes_.push_back(node);
    }
    b_.Jump(place->second);
    return;
  }
  EmitHere(node);
}

void MatchEmitter::EmitHere(const DecisionNode* node) {
  switch (node->kind) {
    case DecisionNode::Kind::kFail:
      b_.Jump(fail_);
      return;
    case DecisionNode::Kind::kLeaf:
      EmitLeaf(node);
      return;
    case DecisionNode::Kind::kTest:
      EmitTest(node);
      return;
  }
}

void MatchEmitter::EmitLeaf(const DecisionNode* node) {
  const Arm& arm = arms_[node->arm];
  for (const BoundPlace& bound : node->bound) {
    l_.Bind(bound.local, WordsOf(bound.place), {}, IsOwned(*node, bound.place));
  }
  if (arm.guard != nullptr) {
    BlockId passed = b_.NewBlock();
    BlockId failed = b_.NewBlock();
    l_.EvalCondition(arm.guard, passed, failed);
    EmitIn(failed, node->otherwise);
    b_.SetBlock(passed);
  }
  if (tree_.LeavesOf(node->arm) == 1) {
    arm.body();
    return;
  }
  SharedArm& shared = shared_[node->arm];
  if (!shared.block.IsValid()) {
    shared.block = b_.NewBlock();
    for (const BoundPlace& bound : node->bound) {
      auto& [local, slots] = shared.locals.emplace_back();
      local = bound.local;
      for (ValueId word : WordsOf(bound.place)) slots.push_back(b_.NewSlot(b_.TypeOf(word)));
    }
  }
  for (const auto& [local, slots] : shared.locals) {
    auto bound = std::ranges::find_if(
        node->bound, [&, wanted = local](const BoundPlace& at) { return at.local == wanted; });
    const Words& words = WordsOf(bound->place);
    for (size_t i = 0; i < slots.size(); ++i) b_.Set(slots[i], words[i]);
  }
  b_.Jump(shared.block);
}

void MatchEmitter::EmitTest(const DecisionNode* node) {
  switch (node->test) {
    case TestKind::kVariant:
      EmitVariants(node);
      return;
    case TestKind::kInt:
      EmitNumbers(node);
      return;
    case TestKind::kBool:
      EmitBool(node);
      return;
    case TestKind::kFloat:
      EmitFloats(node);
      return;
    case TestKind::kString:
      EmitStrings(node);
      return;
    case TestKind::kLength:
      EmitLengths(node);
      return;
  }
}

// Where the tree goes when no case fits; straight to the failure where it has nothing else.
BlockId MatchEmitter::OtherwiseBlock(const DecisionNode* node, bool* is_new) {
  *is_new = node->otherwise != nullptr && node->otherwise->kind != DecisionNode::Kind::kFail;
  return *is_new ? b_.NewBlock() : fail_;
}

void MatchEmitter::EmitVariants(const DecisionNode* node) {
  const Layout& layout = l_.LayoutOf(TypeOf(node->place));
  Words value = WordsOf(node->place);
  std::vector<BlockId> targets(layout.variants.size());
  for (const Case& at : node->cases) {
    // A case that only fails needs no block.
    targets[static_cast<size_t>(at.number)] =
        at.node->kind == DecisionNode::Kind::kFail ? fail_ : b_.NewBlock();
  }
  bool is_new;
  BlockId otherwise = OtherwiseBlock(node, &is_new);
  l_.SwitchVariant(layout, value, targets, otherwise);
  for (const Case& at : node->cases) {
    BlockId target = targets[static_cast<size_t>(at.number)];
    if (target != fail_) EmitIn(target, at.node);
  }
  if (is_new) EmitIn(otherwise, node->otherwise);
}

void MatchEmitter::EmitNumbers(const DecisionNode* node) {
  ValueId value = WordsOf(node->place)[0];
  std::vector<int64_t> numbers;
  std::vector<BlockId> blocks;
  for (const Case& at : node->cases) {
    numbers.push_back(at.number);
    blocks.push_back(b_.NewBlock());
  }
  bool is_new;
  BlockId otherwise = OtherwiseBlock(node, &is_new);
  if (numbers.size() == 1) {
    b_.Branch(b_.Compare(Op::kEq, value, b_.Int(numbers[0])), blocks[0], otherwise);
  } else {
    b_.Switch(value, numbers, blocks, otherwise);
  }
  for (size_t i = 0; i < blocks.size(); ++i) EmitIn(blocks[i], node->cases[i].node);
  if (is_new) EmitIn(otherwise, node->otherwise);
}

void MatchEmitter::EmitBool(const DecisionNode* node) {
  ValueId value = WordsOf(node->place)[0];
  const DecisionNode* yes = node->otherwise;
  const DecisionNode* no = node->otherwise;
  for (const Case& at : node->cases) (at.number != 0 ? yes : no) = at.node;
  BlockId if_true = b_.NewBlock();
  BlockId if_false = b_.NewBlock();
  b_.Branch(value, if_true, if_false);
  EmitIn(if_true, yes);
  EmitIn(if_false, no);
}

void MatchEmitter::EmitFloats(const DecisionNode* node) {
  ValueId value = WordsOf(node->place)[0];
  std::vector<BlockId> blocks;
  for (const Case& at : node->cases) {
    BlockId hit = blocks.emplace_back(b_.NewBlock());
    BlockId miss = b_.NewBlock();
    b_.Branch(b_.Compare(Op::kEq, value, b_.Float(at.real)), hit, miss);
    b_.SetBlock(miss);
  }
  EmitIn(b_.block(), node->otherwise);
  for (size_t i = 0; i < blocks.size(); ++i) EmitIn(blocks[i], node->cases[i].node);
}

// Short strings are equal exactly where their words are: a switch on the first word, then on the
// second. Long ones are compared one by one by the runtime.
void MatchEmitter::EmitStrings(const DecisionNode* node) {
  Words value = WordsOf(node->place);
  std::vector<BlockId> blocks;
  std::map<int64_t, std::vector<std::pair<int64_t, BlockId>>> by_first;
  std::vector<std::pair<std::string_view, BlockId>> longer;
  for (const Case& at : node->cases) {
    BlockId block = blocks.emplace_back(b_.NewBlock());
    StaticString string = l_.m_.statics().String(at.text);
    if (string.data.IsValid()) {
      longer.emplace_back(at.text, block);
    } else {
      by_first[static_cast<int64_t>(string.first)].emplace_back(static_cast<int64_t>(string.second),
                                                                block);
    }
  }
  BlockId rest = b_.NewBlock();
  auto branch = [&](ValueId word, const std::vector<int64_t>& cases,
                    const std::vector<BlockId>& targets) {
    if (cases.size() == 1) {
      b_.Branch(b_.Compare(Op::kEq, word, b_.Int(cases[0])), targets[0], rest);
    } else {
      b_.Switch(word, cases, targets, rest);
    }
  };
  if (!by_first.empty()) {
    std::vector<int64_t> firsts;
    std::vector<BlockId> inner;
    for (const auto& [first, seconds] : by_first) {
      firsts.push_back(first);
      inner.push_back(b_.NewBlock());
    }
    branch(value[0], firsts, inner);
    size_t next = 0;
    for (const auto& [first, seconds] : by_first) {
      b_.SetBlock(inner[next++]);
      std::vector<int64_t> cases;
      std::vector<BlockId> targets;
      for (const auto& [second, block] : seconds) {
        cases.push_back(second);
        targets.push_back(block);
      }
      branch(value[1], cases, targets);
    }
  } else {
    b_.Jump(rest);
  }
  b_.SetBlock(rest);
  for (const auto& [text, block] : longer) {
    Words literal = l_.StringWords(text);
    ValueId equal = b_.CallRuntime(ir::AbiFunction::k_string_equal,
                                   {value[0], value[1], literal[0], literal[1]});
    BlockId miss = b_.NewBlock();
    b_.Branch(equal, block, miss);
    b_.SetBlock(miss);
  }
  EmitIn(b_.block(), node->otherwise);
  for (size_t i = 0; i < blocks.size(); ++i) EmitIn(blocks[i], node->cases[i].node);
}

void MatchEmitter::EmitLengths(const DecisionNode* node) {
  ValueId length = l_.ListLength(WordsOf(node->place));
  std::vector<BlockId> blocks;
  std::vector<int64_t> numbers;
  std::vector<BlockId> targets;
  for (const Case& at : node->cases) {
    BlockId block = at.node->kind == DecisionNode::Kind::kFail ? fail_ : b_.NewBlock();
    blocks.push_back(block);
    for (int64_t number = at.number; number <= at.most; ++number) {
      numbers.push_back(number);
      targets.push_back(block);
    }
  }
  if (numbers.empty()) {
    b_.Jump(blocks.back());
  } else if (numbers.size() == 1) {
    b_.Branch(b_.Compare(Op::kEq, length, b_.Int(numbers[0])), targets[0], blocks.back());
  } else {
    b_.Switch(length, numbers, targets, blocks.back());
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i] != fail_) EmitIn(blocks[i], node->cases[i].node);
  }
}

}  // namespace snow::lower
