// Which functions are expanded where they are called, judged on the typed core.
#ifndef SNOWC_LOWER_INLINE_COST_H_
#define SNOWC_LOWER_INLINE_COST_H_

#include <cstdint>

#include "snowc/hir/hir.h"

namespace snow::lower {

enum class InlineKind : uint8_t {
  kNever,
  kWrapper,  // one call of an intrinsic or of the runtime with its parameters: always expanded
  kSmall,    // a few operations: expanded unless the build is for the debugger
};

InlineKind JudgeInline(const hir::Program& program, const hir::Function& function);

}  // namespace snow::lower

#endif  // SNOWC_LOWER_INLINE_COST_H_
