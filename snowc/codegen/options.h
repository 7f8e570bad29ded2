// What the caller of code generation chooses.
#ifndef SNOWC_CODEGEN_OPTIONS_H_
#define SNOWC_CODEGEN_OPTIONS_H_

#include <cstdint>

namespace snow::codegen {

enum class DebugInfo : uint8_t {
  kNone,
  kLines,  // functions and lines, enough for backtraces and profilers
  kFull,   // and variables
};

struct Options {
  bool optimize = false;  // --release
  DebugInfo debug_info = DebugInfo::kFull;
  unsigned threads = 1;  // how many partitions are generated at once
};

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_OPTIONS_H_
