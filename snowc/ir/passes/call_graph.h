// What the call graph decides: which functions are recursive, where the reduction checks are, and
// which calls are tail calls.
#ifndef SNOWC_IR_PASSES_CALL_GRAPH_H_
#define SNOWC_IR_PASSES_CALL_GRAPH_H_

#include "snowc/ir/ir.h"

namespace snow::ir {

// Sets Function::recursive where a function lies on a cycle (an indirect call leads to every
// function of its signature whose address is taken; flags that are set already stay), begins those
// with a safepoint, and turns each call whose results are returned at once into a tail call where
// caller and callee have the calling convention for it.
void FinishCalls(Module* module);

}  // namespace snow::ir

#endif  // SNOWC_IR_PASSES_CALL_GRAPH_H_
