/*
 * kernel_entry.S - into the kernel and out of it: all registers of what ran go into the context that mscratch
 * points to (kernel.h: x1..x31, mepc, mstatus), the kernel has a stack of its own.
 */
    .macro each_but_a0 op           /* x10 is moved apart */
    \op     x1,    0(a0)
    \op     x2,    4(a0)
    \op     x3,    8(a0)
    \op     x4,   12(a0)
    \op     x5,   16(a0)
    \op     x6,   20(a0)
    \op     x7,   24(a0)
    \op     x8,   28(a0)
    \op     x9,   32(a0)
    \op     x11,  40(a0)
    \op     x12,  44(a0)
    \op     x13,  48(a0)
    \op     x14,  52(a0)
    \op     x15,  56(a0)
    \op     x16,  60(a0)
    \op     x17,  64(a0)
    \op     x18,  68(a0)
    \op     x19,  72(a0)
    \op     x20,  76(a0)
    \op     x21,  80(a0)
    \op     x22,  84(a0)
    \op     x23,  88(a0)
    \op     x24,  92(a0)
    \op     x25,  96(a0)
    \op     x26, 100(a0)
    \op     x27, 104(a0)
    \op     x28, 108(a0)
    \op     x29, 112(a0)
    \op     x30, 116(a0)
    \op     x31, 120(a0)
    .endm

    .section .text.kernel_entry, "ax"
    .globl kernel_entry
    .type kernel_entry, @function
    .balign 4
kernel_entry:
    csrrw   a0, mscratch, a0
    each_but_a0 sw
    csrr    t0, mscratch
    sw      t0, 36(a0)
    csrr    t0, mepc
    sw      t0, 124(a0)
    csrr    t0, mstatus
    sw      t0, 128(a0)
    .option push
    .option norelax
    la      gp, __global_pointer$   /* a task in user mode may have had its own ideas */
    .option pop
    la      tp, __tls_base
    la      sp, kernel_stack_end
    csrr    a1, mcause
    csrr    a2, mtval
    call    kernel_trap             /* context, cause, value: the context to go on with */
    lw      t0, 124(a0)
    csrw    mepc, t0
    lw      t0, 128(a0)
    csrw    mstatus, t0
    csrw    mscratch, a0
    each_but_a0 lw
    lw      a0, 36(a0)
    mret
    .size kernel_entry, . - kernel_entry

/* Where a task's function returns to, in either mode. */
    .section .text.kernel_ended, "ax"
    .globl kernel_ended
    .type kernel_ended, @function
kernel_ended:
    li      a7, 1
    ecall
    .size kernel_ended, . - kernel_ended

    .section .bss.kernel_stack, "aw", @nobits
    .balign 16
    .skip   2048
kernel_stack_end:
