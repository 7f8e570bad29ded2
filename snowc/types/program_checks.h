// Checks of whole definitions, beside what inference finds by itself.
#ifndef SNOWC_TYPES_PROGRAM_CHECKS_H_
#define SNOWC_TYPES_PROGRAM_CHECKS_H_

#include "snowc/types/infer.h"

namespace snow::types {

// Before bodies: structs that contain themselves (E0045), what types derive (E0028, E0029, E0038,
// E0039), signatures of methods against their interfaces (E0008).
void CheckDeclarations(Inferer& inferer);

// After bodies: guards (E0013), constants (E0047).
void CheckBodies(Inferer& inferer);

}  // namespace snow::types

#endif  // SNOWC_TYPES_PROGRAM_CHECKS_H_
