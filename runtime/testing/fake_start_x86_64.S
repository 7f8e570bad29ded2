// What code generation makes in every program (abi.h), for tests whose "generated code" is C++: a
// closure's code is a C function (actor, closure) → one word.

    .text
    .globl snow_start
    .type snow_start, @function
    .p2align 4
snow_start:
    pushq %rbp
    movq %rsp, %rbp
    leaq -8(%rsp), %rax
    movq %rax, 24(%rdi)  // SnowActor::base_frame
    callq *8(%rsi)
    popq %rbp
    ret
    .size snow_start, . - snow_start

    .globl snow_invoke
    .type snow_invoke, @function
    .p2align 4
snow_invoke:
    pushq %rbp
    movq %rsp, %rbp
    callq *8(%rsi)
    popq %rbp
    ret
    .size snow_invoke, . - snow_invoke

    .section .note.GNU-stack, "", @progbits
