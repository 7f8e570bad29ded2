// context.h, for the System V convention on x86-64. Callee-saved: rbx rbp r12 r13 r14 r15 and the
// stack pointer; the modes of the floating-point units are never changed.

#define SAVE      \
    pushq %rbp;   \
    pushq %rbx;   \
    pushq %r12;   \
    pushq %r13;   \
    pushq %r14;   \
    pushq %r15

#define RESTORE   \
    popq %r15;    \
    popq %r14;    \
    popq %r13;    \
    popq %r12;    \
    popq %rbx;    \
    popq %rbp

// Returns to where the context that was entered came from. The processor predicts a `ret` by the
// calls that it has seen, which were those of another stack.
#define RETURN    \
    popq %rcx;    \
    jmpq *%rcx

#define FUNCTION(name)       \
    .globl name;             \
    .hidden name;            \
    .type name, @function;   \
    .p2align 4;              \
name:

    .text

// rdi: from, rsi: to
FUNCTION(snow_rt_switch)
    SAVE
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    RESTORE
    RETURN
    .size snow_rt_switch, . - snow_rt_switch

// rdi: to
FUNCTION(snow_rt_leave)
    movq %rdi, %rsp
    RESTORE
    RETURN
    .size snow_rt_leave, . - snow_rt_leave

// rdi: from, rsi: top, rdx: entry, rcx: argument
FUNCTION(snow_rt_start)
    SAVE
    movq %rsp, (%rdi)
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    // falls through
    .size snow_rt_start, . - snow_rt_start

// rdi: top, rsi: entry, rdx: argument
    .globl snow_rt_restart
    .hidden snow_rt_restart
    .type snow_rt_restart, @function
snow_rt_restart:
    .cfi_startproc
    .cfi_undefined rip
    movq %rdi, %rsp
    // The end of the chain of frames.
    xorl %ebp, %ebp
    movq %rdx, %rdi
    callq *%rsi
    ud2
    .cfi_endproc
    .size snow_rt_restart, . - snow_rt_restart

// rdi: frame, rsi: function, rdx: a, rcx: b
FUNCTION(snow_rt_catch)
    pushq %rbp
    movq %rsp, %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq %rdi
    movq %rsp, (%rdi)
    movq %rsi, %rax
    movq %rdx, %rdi
    movq %rcx, %rsi
    callq *%rax
    addq $8, %rsp
    RESTORE
    ret
    .size snow_rt_catch, . - snow_rt_catch

// rdi: frame, rsi: value
FUNCTION(snow_rt_throw)
    movq %rdi, %rsp
    movq %rsi, %rax
    addq $8, %rsp
    RESTORE
    ret
    .size snow_rt_throw, . - snow_rt_throw

    .section .note.GNU-stack, "", @progbits
