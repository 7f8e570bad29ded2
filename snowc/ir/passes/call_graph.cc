#include "snowc/ir/passes/call_graph.h"

#include <algorithm>
#include <map>
#include <vector>

#include "snowc/ir/abi_function.h"

namespace snow::ir {
namespace {

// A signature as a key: scalars of parameters, a mark, scalars of results.
std::string KeyOf(std::span<const Scalar> params, std::span<const Scalar> results) {
  std::string key;
  for (Scalar scalar : params) key.push_back(static_cast<char>('a' + static_cast<int>(scalar)));
  key.push_back('>');
  for (Scalar scalar : results) key.push_back(static_cast<char>('a' + static_cast<int>(scalar)));
  return key;
}

// Nodes are the functions, then one for each signature that is called indirectly.
class CallGraph {
 public:
  explicit CallGraph(const Module& module) : module_(module), edges_(module.functions.size()) {
    for (uint32_t i = 0; i < module.functions.size(); ++i) AddEdges(i);
    for (uint32_t i = 0; i < module.functions.size(); ++i) {
      const Function& function = module.functions[i];
      if (!function.address_taken) continue;
      auto found = signatures_.find(KeyOf(function.params, function.results));
      if (found != signatures_.end()) edges_[found->second].push_back(i);
    }
  }

  // Calls `visit` for each function that lies on a cycle. Tarjan's algorithm without recursion.
  template <typename Visit>
  void ForEachOnCycle(Visit visit) {
    size_t count = edges_.size();
    std::vector<uint32_t> index(count), low(count);
    std::vector<bool> on_stack(count);
    std::vector<uint32_t> stack;
    struct Frame {
      uint32_t node;
      size_t next = 0;
    };
    std::vector<Frame> frames;
    uint32_t next_index = 0;
    auto enter = [&](uint32_t node) {
      index[node] = low[node] = ++next_index;
      stack.push_back(node);
      on_stack[node] = true;
      frames.push_back({node});
    };
    for (uint32_t start = 0; start < count; ++start) {
      if (index[start] != 0) continue;
      enter(start);
      while (!frames.empty()) {
        Frame& frame = frames.back();
        uint32_t node = frame.node;
        if (frame.next < edges_[node].size()) {
          uint32_t target = edges_[node][frame.next++];
          if (index[target] == 0) {
            enter(target);
          } else if (on_stack[target]) {
            low[node] = std::min(low[node], index[target]);
          }
          continue;
        }
        frames.pop_back();
        if (!frames.empty()) {
          low[frames.back().node] = std::min(low[frames.back().node], low[node]);
        }
        if (low[node] != index[node]) continue;
        bool single = stack.back() == node;
        bool cycle = !single || std::ranges::find(edges_[node], node) != edges_[node].end();
        uint32_t member;
        do {
          member = stack.back();
          stack.pop_back();
          on_stack[member] = false;
          if (cycle && member < module_.functions.size()) visit(member);
        } while (member != node);
      }
    }
  }

 private:
  uint32_t Signature(const std::string& key) {
    auto [place, is_new] = signatures_.try_emplace(key, static_cast<uint32_t>(edges_.size()));
    if (is_new) edges_.emplace_back();
    return place->second;
  }

  void AddEdges(uint32_t caller) {
    const Function& function = module_.functions[caller];
    std::vector<uint32_t> targets;
    for (const Block& block : function.blocks) {
      for (const Instr& instr : block.instrs) {
        if (instr.op == Op::kCall) {
          targets.push_back(instr.function.value);
        } else if (instr.op == Op::kCallIndirect) {
          std::vector<Scalar> params;
          for (ValueId arg : instr.args.subspan(1)) params.push_back(function.values[arg.value]);
          targets.push_back(Signature(KeyOf(params, instr.signature)));
        } else if (instr.op == Op::kCallRuntime &&
                   static_cast<AbiFunction>(instr.imm) == AbiFunction::k_catch_panic) {
          // The runtime calls the closure on the same stack.
          static constexpr Scalar kPtr[] = {Scalar::kPtr};
          targets.push_back(Signature(KeyOf(kPtr, kPtr)));
        }
      }
      if (block.term.kind == TermKind::kTailCall) targets.push_back(block.term.function.value);
    }
    std::ranges::sort(targets);
    auto repeated = std::ranges::unique(targets);
    targets.erase(repeated.begin(), repeated.end());
    edges_[caller] = std::move(targets);
  }

  const Module& module_;
  std::vector<std::vector<uint32_t>> edges_;
  std::map<std::string, uint32_t> signatures_;
};

bool IsTailcc(const Function& function) { return function.recursive || function.address_taken; }

bool ReturnsResultsOf(const Terminator& term, const Instr& call) {
  if (term.kind != TermKind::kReturn || term.args.size() != call.result_count) return false;
  for (uint32_t i = 0; i < call.result_count; ++i) {
    if (term.args[i].value != call.result.value + i) return false;
  }
  return true;
}

// The values that point into the function's own frame.
std::vector<bool> FramePointers(const Function& function) {
  std::vector<bool> pointers(function.values.size());
  for (const Block& block : function.blocks) {
    for (const Instr& instr : block.instrs) {
      if (instr.op == Op::kFrame) pointers[instr.result.value] = true;
    }
  }
  return pointers;
}

void MakeTailCalls(const Module& module, Function* function) {
  std::vector<bool> in_frame = FramePointers(*function);
  for (Block& block : function->blocks) {
    if (block.instrs.empty()) continue;
    const Instr call = block.instrs.back();
    if (call.op != Op::kCall && call.op != Op::kCallIndirect) continue;
    if (!ReturnsResultsOf(block.term, call)) continue;
    if (call.op == Op::kCall && !IsTailcc(module.functions[call.function.value])) continue;
    // The frame must outlive such a call.
    if (std::ranges::any_of(call.args, [&](ValueId arg) { return in_frame[arg.value]; })) continue;
    block.instrs.pop_back();
    block.term = {};
    block.term.kind = call.op == Op::kCall ? TermKind::kTailCall : TermKind::kTailIndirect;
    block.term.args = call.args;
    block.term.function = call.function;
    block.term.loc = call.loc;
  }
}

}  // namespace

void FinishCalls(Module* module) {
  CallGraph(*module).ForEachOnCycle(
      [&](uint32_t function) { module->functions[function].recursive = true; });
  for (Function& function : module->functions) {
    if (IsTailcc(function)) MakeTailCalls(*module, &function);
    if (!function.recursive || function.blocks.empty()) continue;
    std::vector<Instr>& entry = function.blocks[0].instrs;
    Instr safepoint;
    safepoint.op = Op::kSafepoint;
    safepoint.loc = function.loc;
    entry.insert(entry.begin(), safepoint);
  }
}

}  // namespace snow::ir
