// Emits the code of a decision tree.
#ifndef SNOWC_LOWER_MATCH_EMITTER_H_
#define SNOWC_LOWER_MATCH_EMITTER_H_

#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "snowc/lower/decision_tree.h"
#include "snowc/lower/function_lowering.h"

namespace snow::lower {

class MatchEmitter {
 public:
  struct Arm {
    const hir::Expr* guard = nullptr;
    // Emits the body, once; the locals are bound.
    std::function<void()> body;
  };

  // `roots`: the values that are matched, of the concrete types. `fail`: where no arm fits.
  MatchEmitter(FunctionLowering* lowering, const DecisionTree* tree,
               std::span<const TypeId> root_types, std::span<const Words> roots,
               std::span<const Arm> arms, ir::BlockId fail);

  // Which roots are owned (see Ownership): so are the parts that are bound then.
  void SetOwned(std::vector<bool> owned) { owned_ = std::move(owned); }

  // From the current block; all paths end in bodies or at `fail`.
  void Emit();

 private:
  // A part of the values that are matched: loaded when it is needed first, and known until the
  // branch of the tree where that was is left.
  struct Part {
    TypeId type;
    bool is_typed = false;
    bool is_ready = false;
    Words words;
  };

  void EmitNode(const DecisionNode* node);
  // The node, whether or not it is shared.
  void EmitHere(const DecisionNode* node);
  void EmitLeaf(const DecisionNode* node);
  void EmitTest(const DecisionNode* node);
  void EmitVariants(const DecisionNode* node);
  void EmitNumbers(const DecisionNode* node);
  void EmitBool(const DecisionNode* node);
  void EmitFloats(const DecisionNode* node);
  void EmitStrings(const DecisionNode* node);
  void EmitLengths(const DecisionNode* node);
  // The node in the block; what was loaded before stays known, what is loaded inside is forgotten.
  void EmitIn(ir::BlockId block, const DecisionNode* node);
  // What was loaded when no more than `known` parts were is all that stays known.
  void Forget(size_t known);
  ir::BlockId OtherwiseBlock(const DecisionNode* node, bool* is_new);

  TypeId TypeOf(PlaceId place);
  bool IsOwned(const DecisionNode& leaf, PlaceId place) const;
  bool IsWithin(PlaceId place, PlaceId whole) const;
  const Words& WordsOf(PlaceId place);

  FunctionLowering& l_;
  ir::Builder& b_;
  const DecisionTree& tree_;
  std::span<const Arm> arms_;
  ir::BlockId fail_;
  std::vector<bool> owned_;  // by root; empty: none
  std::vector<Part> parts_;
  std::vector<PlaceId> ready_;  // in the order in which they were loaded

  // An arm that several leaves lead to: a block of its own, its locals in slots.
  struct SharedArm {
    ir::BlockId block;
    std::vector<std::pair<hir::LocalId, std::vector<ir::SlotId>>> locals;
  };
  std::vector<SharedArm> shared_;

  // Nodes that several others lead to, and those of them that are still to be emitted.
  std::unordered_map<const DecisionNode*, ir::BlockId> node_blocks_;
  std::vector<const DecisionNode*> pending_nodes_;
};

}  // namespace snow::lower

#endif  // SNOWC_LOWER_MATCH_EMITTER_H_
