// C++ prototypes of the runtime functions of abi.def: `snow_NAME(SnowActor*, …)`.
#ifndef RUNTIME_ABI_FUNCTIONS_H_
#define RUNTIME_ABI_FUNCTIONS_H_

#include "runtime/abi/abi.h"

extern "C" {
#define INT(name) int64_t name
#define FLT(name) double name
#define BOOL(name) bool name
#define PTR(name) void* name
#define STR(name) uint64_t name##_0, uint64_t name##_1
#define LIST(name) void *name##_0, uint64_t name##_1
#define OUT(words) uint64_t* out
#define SNOW_ABI_VOID void
#define SNOW_ABI_INT int64_t
#define SNOW_ABI_FLT double
#define SNOW_ABI_BOOL bool
#define SNOW_ABI_PTR void*
#define SNOW_ABI_PAIR SnowPair
#define SNOW_ABI(name, result, attributes, ...) \
  SNOW_ABI_##result snow_##name(SnowActor* actor __VA_OPT__(, ) __VA_ARGS__);
#include "runtime/abi/abi.def"
#undef INT
#undef FLT
#undef BOOL
#undef PTR
#undef STR
#undef LIST
#undef OUT
}

#endif  // RUNTIME_ABI_FUNCTIONS_H_
