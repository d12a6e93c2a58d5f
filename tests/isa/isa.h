# isa.h - what the programs of this folder share: checks by number, traps, and the end.
#
# Exit code 0: all fine; else the number of the check that failed, counted from 1 in the file.
# It leaves by HTIF, or by semihosting with -DSEMIHOST (for another simulator's opinion).
# With -DWRONG=n check n expects something else and must fail.
# Registers: gp the number of the check, t6 what is expected; s10, s11 belong to traps.

#ifndef WRONG
#define WRONG 0
#endif
        .option norelax
        .set    number, 0

# `reg` (not t6) must be `value`.
.macro CHECK reg, value
        .set    number, number + 1
        li      gp, number
        li      t6, \value
        .if     number == WRONG
        addi    t6, t6, 1
        .endif
        beq     \reg, t6, 9f
        j       fail
9:
.endm

# op a2, a0, a1, also into its sources and into x0.
.macro RR op, result, left, right
        li      a0, \left
        li      a1, \right
        \op     a2, a0, a1
        CHECK   a2, \result
        \op     a0, a0, a1
        CHECK   a0, \result
        li      a0, \left
        \op     a1, a0, a1
        CHECK   a1, \result
        li      a1, \right
        \op     zero, a0, a1
        CHECK   zero, 0
.endm

# op a2, a0, immediate, also into its source.
.macro RI op, result, left, immediate
        li      a0, \left
        \op     a2, a0, \immediate
        CHECK   a2, \result
        \op     a0, a0, \immediate
        CHECK   a0, \result
.endm

# Must not be reached.
.macro NEVER
        .set    number, number + 1
        li      gp, number
        j       fail
.endm

# The trap that the lines before must have taken: cause, mtval. The handler steps over 4 bytes.
.macro TRAPPED cause, value
        CHECK   s10, \cause
        CHECK   s11, \value
        li      s10, -1
.endm

.macro BEGIN
        .section .text.start, "ax"
        .globl  _start
        .option push
        .option norvc
_start: la      t0, handler
        csrw    mtvec, t0
        li      s10, -1
        j       tests
        .balign 4
handler:
        csrr    s10, mepc
        addi    s10, s10, 4
        csrw    mepc, s10
        csrr    s10, mcause
        csrr    s11, mtval
        mret
pass:   li      gp, 0
fail:
#ifdef SEMIHOST
        la      a1, block
        sw      gp, 4(a1)
        li      a0, 0x20
        .balign 16
        slli    zero, zero, 0x1f
        ebreak
        srai    zero, zero, 7
#else
        slli    gp, gp, 1
        ori     gp, gp, 1
        la      a1, tohost
        sw      gp, 0(a1)
#endif
1:      j       1b
tests:
        .option pop
.endm

.macro END
        j       pass
        .data
        .balign 8
        .globl  tohost, fromhost
tohost: .dword  0
fromhost: .dword 0
block:  .word   0x20026, 0
.endm
