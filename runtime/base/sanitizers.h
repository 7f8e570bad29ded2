// What the sanitizers must be told: other stacks, deliberate reads of foreign frames.
#ifndef RUNTIME_BASE_SANITIZERS_H_
#define RUNTIME_BASE_SANITIZERS_H_

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SNOW_RT_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define SNOW_RT_TSAN 1
#endif
#endif

#ifdef SNOW_RT_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef SNOW_RT_TSAN
#include <sanitizer/tsan_interface.h>
#endif

// For functions that read stacks and objects as plain words.
#define SNOW_RT_NO_SANITIZE __attribute__((no_sanitize("address", "thread", "undefined")))

#endif  // RUNTIME_BASE_SANITIZERS_H_
