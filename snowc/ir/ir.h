// The monomorphic intermediate representation: what lowering produces and code generation reads.
//
// Everything is a scalar. A Snow value of several words (a String, a struct by value) is that many
// scalars; snowc/lower alone knows how types are laid out. Functions are control-flow graphs of
// basic blocks. Temporaries (ValueId) are defined once; variables that live across blocks are
// slots (SlotId: mutable, function-local, never aliased), which LLVM promotes to registers.
//
// Conventions that code generation must keep (DESIGN.md section 9):
//  * Every Snow function gets the actor's control block as a hidden first parameter in a fixed
//    register (swiftself). It is not among `params`.
//  * Values kept on the machine stack or in registers are found by the collector conservatively:
//    nothing need be spilled or registered.
//  * `kAlloc` and the `kStore`s that initialise the object must not be separated by any
//    instruction that may collect (call, safepoint, alloc): lowering guarantees it.
//
// Thread-safety: immutable once lowering has returned it, so partitions are generated in parallel.
#ifndef SNOWC_IR_IR_H_
#define SNOWC_IR_IR_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/abi.h"
#include "snowc/base/arena.h"
#include "snowc/base/index.h"

namespace snow::ir {

using FunctionId = Index<struct IrFunctionIdTag>;
using BlockId = Index<struct IrBlockIdTag>;
using ValueId = Index<struct IrValueIdTag>;
using SlotId = Index<struct IrSlotIdTag>;
using DataId = Index<struct IrDataIdTag>;
using StringId = Index<struct IrStringIdTag>;  // Module::strings

enum class Scalar : uint8_t { kI64, kF64, kI1, kPtr };

enum class Op : uint8_t {
#define SNOW_IR_OP(name, text) k##name,
#include "snowc/ir/op.def"
};

// Place in the source, for debug information and backtraces. line 0: none.
struct Location {
  uint32_t file = 0;  // index into Module::files
  uint32_t line = 0;
  uint32_t column = 0;
};

// One instruction. Which fields mean what is said beside each op in op.def.
struct Instr {
  Op op = Op::kConstInt;
  Scalar type = Scalar::kI64;  // of the (first) result, or of what is loaded, stored, compared
  ValueId result = {};         // first result; calls define result, result+1, … (result_count)
  uint32_t result_count = 0;
  std::span<const ValueId> args = {};  // in Function::arena
  int64_t imm = 0;                     // constant, byte offset, AbiFunction, size in words
  double fimm = 0;
  FunctionId function = {};  // direct calls, function addresses
  SlotId slot = {};
  DataId data = {};                        // addresses of static data
  std::span<const Scalar> signature = {};  // indirect calls: types of the results
  uint32_t tag = 0;                        // kAlloc: variant tag for the header's upper 16 bits
  Location loc = {};
};

enum class TermKind : uint8_t {
  kJump,    // targets[0]
  kBranch,  // value (I1) ? targets[0] : targets[1]
  kSwitch,  // value (I64): cases[i] → targets[i]; otherwise targets.back()
  kReturn,  // args: the results
  // function(args); results are the callee's (same count and types). Any call in tail position may
  // be one, whatever the two functions are: code generation gives the base frame on where it can.
  kTailCall,
  kTailIndirect,  // args[0] code pointer, args[1…]; musttail
  kUnreachable,   // after a call that does not return
};

struct Terminator {
  TermKind kind = TermKind::kUnreachable;
  ValueId value = {};
  std::span<const ValueId> args = {};
  std::span<const BlockId> targets = {};
  std::span<const int64_t> cases = {};
  FunctionId function = {};
  bool unlikely_second = false;  // kBranch: targets[1] is a cold path
  Location loc = {};
};

struct Block {
  std::vector<Instr> instrs;
  Terminator term;
};

struct Slot {
  Scalar type;
  std::string name;   // of the Snow variable (debug information), or empty
  uint32_t word = 0;  // which word of that variable
};

enum class Linkage : uint8_t {
  kInternal,  // only this program's other functions refer to it
  kExported,  // the runtime finds it by its symbol (snow_main, …), C calling convention
};

struct Function {
  Arena arena;             // of the spans below
  std::string symbol;      // unique in the program
  std::string debug_name;  // for backtraces and DWARF: "Math.area"
  Location loc;            // of the definition
  std::vector<Scalar> params;
  std::vector<SlotId> param_slots;  // by parameter: the slot that holds it (written at entry)
  std::vector<Scalar> results;
  std::vector<Slot> slots;
  std::vector<Scalar> values;  // types of the values, by ValueId
  std::vector<Block> blocks;   // blocks[0] is the entry
  // On a cycle of the call graph (indirect calls count): tailcc, may use musttail, has a safepoint
  // at entry (lowering has put it there). Otherwise fastcc.
  bool recursive = false;
  // Its address is taken (closures, static tables): always tailcc.
  bool address_taken = false;
  bool always_inline = false;
  bool cold = false;
  Linkage linkage = Linkage::kInternal;
};

// Static data: an object of words, some of which are addresses.
struct DataWord {
  enum class Kind : uint8_t { kBits, kData, kFunction, kRuntimeSymbol } kind = Kind::kBits;
  uint64_t bits = 0;  // kBits; kData: byte offset added; kFunction: unused
  DataId data = {};
  FunctionId function = {};
  StringId symbol = {};  // kRuntimeSymbol: an extern "C" variable or function of the runtime
};

struct Data {
  std::string name;             // symbol, unique; equal contents under equal names may merge
  std::vector<DataWord> words;  // 8-byte words
  bool is_writable = false;
  // The runtime or code generation refers to it by its name (snow_main_closure).
  bool is_exported = false;
};

// A C function bound by `extern "symbol" fn`.
struct External {
  std::string symbol;
  std::vector<Scalar> params;
  Scalar result;
  bool has_result = false;
};

struct Module {
  std::vector<std::string> files;  // paths, by Location::file
  std::vector<std::string> strings;
  std::vector<Function> functions;
  std::vector<Data> data;
  std::vector<External> externals;  // kCallExternal: imm
  // The code of the exported static closure `snow_main_closure`, which lowering puts into `data`:
  // (closure) → I64 exit code, run in the first actor. Invalid for a library.
  FunctionId entry;
};

// One text form for tests and `--emit=ir`.
std::string Print(const Module& module);
std::string Print(const Module& module, const Function& function);

// Checks the invariants above (definitions before uses, types, terminators). Returns an empty
// string, or what is wrong; used in debug builds and tests.
std::string Verify(const Module& module);

}  // namespace snow::ir

#endif  // SNOWC_IR_IR_H_
