#include "snowc/codegen/convention.h"

namespace snow::codegen {

std::vector<Convention> AssignConventions(const ir::Module& module) {
  std::vector<Convention> conventions(module.functions.size(), Convention::kFast);
  // Functions that tail-call the one at the index.
  std::vector<std::vector<uint32_t>> tail_callers(module.functions.size());
  std::vector<uint32_t> pending;
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    const ir::Function& function = module.functions[i];
    bool tail = function.recursive || function.address_taken;
    for (const ir::Block& block : function.blocks) {
      if (block.term.kind == ir::TermKind::kTailIndirect) tail = true;
      if (block.term.kind == ir::TermKind::kTailCall) {
        tail_callers[block.term.function.value].push_back(i);
      }
    }
    if (function.linkage == ir::Linkage::kExported) {
      conventions[i] = Convention::kC;
    } else if (tail) {
      conventions[i] = Convention::kTail;
      pending.push_back(i);
    }
  }
  while (!pending.empty()) {
    uint32_t callee = pending.back();
    pending.pop_back();
    for (uint32_t caller : tail_callers[callee]) {
      if (conventions[caller] != Convention::kFast) continue;
      conventions[caller] = Convention::kTail;
      pending.push_back(caller);
    }
  }
  return conventions;
}

}  // namespace snow::codegen
