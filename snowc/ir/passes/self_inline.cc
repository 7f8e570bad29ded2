#include "snowc/ir/passes/self_inline.h"

#include <deque>
#include <utility>
#include <vector>

namespace snow::ir {
namespace {

// What the function was before the first copy went into it.
struct Original {
  std::vector<Block> blocks;
  std::vector<SlotId> param_slots;
  size_t values = 0;
  size_t slots = 0;
  uint32_t size = 0;
};

struct CallSite {
  BlockId block;
  ValueId result;  // identifies the call: ids are unique
  uint32_t level = 0;
};

bool IsSelfCall(const Instr& instr, FunctionId self) {
  return instr.op == Op::kCall && instr.function == self;
}

class SelfInliner {
 public:
  SelfInliner(Function& function, FunctionId self, const SelfInlineOptions& options)
      : function_(function), self_(self), options_(options) {}

  uint32_t Run();

 private:
  bool Suits() const;
  void CollectSites(BlockId block, uint32_t level);
  void Inline(const CallSite& site, size_t index);
  void CopyBody(BlockId first, BlockId continuation, const std::vector<SlotId>& results,
                uint32_t level);
  Block CopyBlock(const Block& block, uint32_t value_offset, uint32_t slot_offset,
                  uint32_t block_offset, BlockId continuation, const std::vector<SlotId>& results);
  void CopyTerminator(Block& copy, const Terminator& term, uint32_t value_offset,
                      uint32_t block_offset, BlockId continuation,
                      const std::vector<SlotId>& results);
  std::span<const ValueId> Shift(std::span<const ValueId> values, uint32_t offset);
  ValueId NewValues(std::span<const Scalar> types);

  Function& function_;
  FunctionId self_;
  const SelfInlineOptions& options_;
  Original original_;
  std::deque<CallSite> sites_;
};

bool SelfInliner::Suits() const {
  uint32_t size = 0;
  bool calls_itself = false;
  for (const Block& block : function_.blocks) {
    size += static_cast<uint32_t>(block.instrs.size()) + 1;
    for (const Instr& instr : block.instrs) {
      // A copy is no frame of its own, so it could not tell whether it is the actor's base.
      if (instr.op == Op::kAtBase || instr.op == Op::kFrame) return false;
      calls_itself |= IsSelfCall(instr, self_) && instr.result_count > 0;
    }
  }
  return calls_itself && size <= options_.max_body;
}

void SelfInliner::CollectSites(BlockId block, uint32_t level) {
  for (const Instr& instr : function_.blocks[block.value].instrs) {
    if (IsSelfCall(instr, self_) && instr.result_count > 0) {
      sites_.push_back({block, instr.result, level});
    }
  }
}

std::span<const ValueId> SelfInliner::Shift(std::span<const ValueId> values, uint32_t offset) {
  std::vector<ValueId> shifted;
  shifted.reserve(values.size());
  for (ValueId value : values) shifted.push_back(ValueId(value.value + offset));
  return function_.arena.CopyArray(std::span<const ValueId>(shifted));
}

ValueId SelfInliner::NewValues(std::span<const Scalar> types) {
  ValueId first(function_.values.size());
  function_.values.insert(function_.values.end(), types.begin(), types.end());
  return first;
}

void SelfInliner::CopyTerminator(Block& copy, const Terminator& term, uint32_t value_offset,
                                 uint32_t block_offset, BlockId continuation,
                                 const std::vector<SlotId>& results) {
  auto leave_with = [&](std::span<const ValueId> values) {
    for (size_t i = 0; i < results.size(); ++i) {
      copy.instrs.push_back({.op = Op::kSlotSet,
                             .type = function_.results[i],
                             .args = function_.arena.CopyArray(values.subspan(i, 1)),
                             .slot = results[i],
                             .loc = term.loc});
    }
    copy.term = {.kind = TermKind::kJump,
                 .targets = function_.arena.CopyArray(std::span<const BlockId>(&continuation, 1)),
                 .loc = term.loc};
  };
  if (term.kind == TermKind::kReturn) {
    leave_with(Shift(term.args, value_offset));
    return;
  }
  if (term.kind == TermKind::kTailCall || term.kind == TermKind::kTailIndirect) {
    // The caller's frame is there anyway: what was a tail call of the callee is a call in it.
    bool direct = term.kind == TermKind::kTailCall;
    ValueId first = NewValues(function_.results);
    std::vector<ValueId> values;
    for (uint32_t i = 0; i < function_.results.size(); ++i) {
      values.push_back(ValueId(first.value + i));
    }
    copy.instrs.push_back(
        {.op = direct ? Op::kCall : Op::kCallIndirect,
         .type = function_.results.empty() ? Scalar::kI64 : function_.results[0],
         .result = function_.results.empty() ? ValueId() : first,
         .result_count = static_cast<uint32_t>(function_.results.size()),
         .args = Shift(term.args, value_offset),
         .function = term.function,
         .signature = function_.arena.CopyArray(std::span<const Scalar>(function_.results)),
         .loc = term.loc});
    leave_with(values);
    return;
  }
  copy.term = term;
  if (term.value.IsValid()) copy.term.value = ValueId(term.value.value + value_offset);
  std::vector<BlockId> targets;
  for (BlockId target : term.targets) targets.push_back(BlockId(target.value + block_offset));
  copy.term.targets = function_.arena.CopyArray(std::span<const BlockId>(targets));
}

Block SelfInliner::CopyBlock(const Block& block, uint32_t value_offset, uint32_t slot_offset,
                             uint32_t block_offset, BlockId continuation,
                             const std::vector<SlotId>& results) {
  Block copy;
  copy.instrs.reserve(block.instrs.size() + results.size());
  for (const Instr& instr : block.instrs) {
    // That of the entry; a loop's stays.
    if (instr.op == Op::kSafepoint && instr.imm == 0) continue;
    Instr moved = instr;
    if (moved.result.IsValid()) moved.result = ValueId(moved.result.value + value_offset);
    if (moved.slot.IsValid()) moved.slot = SlotId(moved.slot.value + slot_offset);
    moved.args = Shift(instr.args, value_offset);
    copy.instrs.push_back(moved);
  }
  CopyTerminator(copy, block.term, value_offset, block_offset, continuation, results);
  return copy;
}

void SelfInliner::CopyBody(BlockId first, BlockId continuation, const std::vector<SlotId>& results,
                           uint32_t level) {
  auto value_offset = static_cast<uint32_t>(function_.values.size());
  auto slot_offset = static_cast<uint32_t>(function_.slots.size());
  for (size_t i = 0; i < original_.values; ++i) {
    function_.values.push_back(Scalar(function_.values[i]));
  }
  for (size_t i = 0; i < original_.slots; ++i) {
    // Nameless: a debugger shows the outermost call's variables.
    function_.slots.push_back({.type = function_.slots[i].type, .name = {}, .word = 0});
  }
  for (const Block& block : original_.blocks) {
    Block copy = CopyBlock(block, value_offset, slot_offset, first.value, continuation, results);
    function_.blocks.push_back(std::move(copy));
    CollectSites(BlockId(function_.blocks.size() - 1), level);
  }
}

void SelfInliner::Inline(const CallSite& site, size_t index) {
  Instr call = function_.blocks[site.block.value].instrs[index];
  BlockId continuation(function_.blocks.size());
  BlockId first(function_.blocks.size() + 1);

  // Split the block behind the call.
  Block rest;
  {
    Block& block = function_.blocks[site.block.value];
    auto behind = block.instrs.begin() + static_cast<ptrdiff_t>(index) + 1;
    rest.instrs.assign(behind, block.instrs.end());
    rest.term = block.term;
    block.instrs.erase(behind - 1, block.instrs.end());
  }
  for (CallSite& other : sites_) {
    // Calls behind this one have moved with the rest.
    if (other.block != site.block) continue;
    for (const Instr& instr : rest.instrs) {
      if (instr.result == other.result) other.block = continuation;
    }
  }
  std::vector<SlotId> results;
  std::vector<Instr> gets;
  for (uint32_t i = 0; i < function_.results.size(); ++i) {
    results.push_back(SlotId(function_.slots.size()));
    function_.slots.push_back({.type = function_.results[i], .name = {}, .word = 0});
    gets.push_back({.op = Op::kSlotGet,
                    .type = function_.results[i],
                    .result = ValueId(call.result.value + i),
                    .result_count = 1,
                    .slot = results.back(),
                    .loc = call.loc});
  }
  rest.instrs.insert(rest.instrs.begin(), gets.begin(), gets.end());
  function_.blocks.push_back(std::move(rest));

  // Hand the arguments over, then go through the copy to the rest.
  auto slot_offset = static_cast<uint32_t>(function_.slots.size());
  CopyBody(first, continuation, results, site.level + 1);
  Block& block = function_.blocks[site.block.value];
  for (size_t i = 0; i < call.args.size(); ++i) {
    block.instrs.push_back({.op = Op::kSlotSet,
                            .type = function_.params[i],
                            .args = call.args.subspan(i, 1),
                            .slot = SlotId(original_.param_slots[i].value + slot_offset),
                            .loc = call.loc});
  }
  block.term = {.kind = TermKind::kJump,
                .targets = function_.arena.CopyArray(std::span<const BlockId>(&first, 1)),
                .loc = call.loc};
}

uint32_t SelfInliner::Run() {
  if (!Suits()) return 0;
  original_.blocks = function_.blocks;
  original_.param_slots = function_.param_slots;
  original_.values = function_.values.size();
  original_.slots = function_.slots.size();
  for (const Block& block : original_.blocks) {
    original_.size += static_cast<uint32_t>(block.instrs.size()) + 1;
  }
  for (size_t i = 0; i < original_.blocks.size(); ++i) CollectSites(BlockId(i), 0);
  uint32_t total = original_.size;
  uint32_t replaced = 0;
  // Breadth first, so that the budget is spent evenly.
  while (!sites_.empty() && total + original_.size <= options_.max_total) {
    CallSite site = sites_.front();
    sites_.pop_front();
    if (site.level >= options_.levels) break;
    const std::vector<Instr>& instrs = function_.blocks[site.block.value].instrs;
    for (size_t i = 0; i < instrs.size(); ++i) {
      if (instrs[i].op == Op::kCall && instrs[i].result == site.result) {
        Inline(site, i);
        total += original_.size;
        ++replaced;
        break;
      }
    }
  }
  return replaced;
}

}  // namespace

uint32_t InlineIntoItself(Module& module, FunctionId function, const SelfInlineOptions& options) {
  return SelfInliner(module.functions[function.value], function, options).Run();
}

uint32_t InlineSelfCalls(Module& module, const SelfInlineOptions& options) {
  uint32_t replaced = 0;
  for (size_t i = 0; i < module.functions.size(); ++i) {
    replaced += InlineIntoItself(module, FunctionId(i), options);
  }
  return replaced;
}

}  // namespace snow::ir
