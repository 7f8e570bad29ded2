// Changing stacks: the only assembly of the runtime (context_x86_64.S).
//
// A context is a stack pointer below which the callee-saved registers lie, so whoever reads a parked
// stack from there up has seen all of them.
#ifndef RUNTIME_ACTOR_CONTEXT_H_
#define RUNTIME_ACTOR_CONTEXT_H_

#include <cstdint>

#if !defined(__x86_64__)
#error "runtime/actor/context_*.S has no file for this processor"
#endif

extern "C" {

// Saves the running context in *from and continues `to`, in which the call that saved it returns.
void snow_rt_switch(void** from, void* to);

// Saves the running context in *from and calls entry(argument) on the empty stack that ends at `top`
// (aligned to 16). entry does not return.
void snow_rt_start(void** from, void* top, void (*entry)(void*), void* argument);

// Leaves the running context for good and continues `to`.
[[noreturn]] void snow_rt_leave(void* to);

// Leaves it for good and calls entry(argument) on an empty stack, which may be the running one.
[[noreturn]] void snow_rt_restart(void* top, void (*entry)(void*), void* argument);

// Returns function(a, b), or the value that snow_rt_throw is given with what it stored in *frame.
uint64_t snow_rt_catch(void** frame, uint64_t (*function)(void*, void*), void* a, void* b);
[[noreturn]] void snow_rt_throw(void* frame, uint64_t value);

}  // extern "C"

#endif  // RUNTIME_ACTOR_CONTEXT_H_
