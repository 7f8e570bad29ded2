// The functions through which the runtime enters generated code.
#ifndef SNOWC_CODEGEN_GLUE_H_
#define SNOWC_CODEGEN_GLUE_H_

namespace llvm {
class Module;
}

namespace snow::codegen {

// Defines snow_invoke, snow_start and snow_invoke_text (runtime/abi/abi.h).
void AddGlue(llvm::Module& module);

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_GLUE_H_
