// Which calling convention each function has.
#ifndef SNOWC_CODEGEN_CONVENTION_H_
#define SNOWC_CODEGEN_CONVENTION_H_

#include <cstdint>
#include <vector>

#include "snowc/ir/ir.h"

namespace snow::codegen {

enum class Convention : uint8_t {
  kFast,  // cheap frames; a tail call out of it is a call and a return
  kTail,  // tail calls between functions of this convention take no stack
  kC,     // called by the runtime; the actor is an ordinary first parameter
};

// By FunctionId. A function that could be fast becomes kTail when it tail-calls one that is: the
// base frame of an actor can then be handed on through it (SnowActor::base_frame), as a spawned
// function does that ends in a call of its loop.
std::vector<Convention> AssignConventions(const ir::Module& module);

// Results up to this number travel in registers, more through a hidden pointer parameter, which
// tail calls pass on (on x86-64 LLVM 19 cannot make a tail call that returns more).
inline constexpr size_t kMaxRegisterResults = 3;

inline bool HasOutPointer(size_t result_count) { return result_count > kMaxRegisterResults; }

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_CONVENTION_H_
