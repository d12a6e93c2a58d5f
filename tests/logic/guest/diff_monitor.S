/*
 * diff_monitor.S - runs generated programs one after another, each from the same state, and writes
 * down what it left: on our core and on QEMU's virt machine. RV32I and Zicsr only.
 *
 * A program leaves two registers alone: p points to `save`, p + 1 holds mstatus.MPRV, so that a
 * handler can switch off user mode's rights before it stores the first register. There is a
 * handler for each such pair. Each trap is logged; the program goes on behind the instruction
 * (fetch faults: at x1, in machine mode), up to DIFF_MAX_TRAPS.
 */
#include "tests/logic/guest/diff.h"

#define MSTATUS_MPRV 0x20000
#define MSTATUS_MPP 0x1800
#define SAVE_MSTATUS 128
#define SAVE_MPRV 132
#define SAVE_VECTOR 136 /* by 3, by 7, by 11, by another one than 0 */

    .option norvc
    .option norelax
    .section .text.start, "ax"
    .globl _start
_start:
    la t0, panic
    csrw mtvec, t0
    la t0, at_start
1:  lw t1, 0(t0)
    beqz t1, 3f
    lw t2, 4(t0)
    addi t0, t0, 8
    andi t3, t1, 1
    bnez t3, 2f
    sw t2, 0(t1)
    j 1b
2:  sb t2, 0(t1)
    j 1b
3:  li s0, DIFF_STATE
    li t0, DIFF_PROGRAMS
    sw t0, STATE_PROGRAM(s0)
    li t0, DIFF_SIGNATURES
    sw t0, STATE_SIGNATURE(s0)

next_program:
    li s0, DIFF_STATE
    lw s1, STATE_PROGRAM(s0)
    lw t0, RECORD_BYTES(s1)
    bnez t0, 1f
    li a0, CALL_FINISH
    j platform
1:  lw s10, RECORD_FLAGS(s1)

    /* code */
    addi a0, s1, RECORD_CODE
    li a1, DIFF_CODE
    lw a2, RECORD_CODE_BYTES(s1)
    call copy
    li a1, DIFF_FAR
    lw a2, RECORD_BEFORE_FAR(s1)
    sw a2, -4(a1)
    lw a2, RECORD_FAR_BYTES(s1)
    call copy
    fence.i

    /* data */
    lw t0, RECORD_SEED(s1)
    li a1, DIFF_DATA
    li a2, 4 * DIFF_DATA_WORDS
    call fill
    li a1, DIFF_DATA2
    li a2, 4 * DIFF_DATA2_WORDS
    call fill

    /* registers of the program */
    la a1, save
    addi a0, s1, RECORD_X
    li a2, 128
    call copy
    la a0, save
    sw zero, SAVE_MPRV(a0)

    /* the log, interrupts */
    sw zero, STATE_TRAPS(s0)
    lw t0, STATE_SIGNATURE(s0)
    addi t0, t0, SIGN_LOG
    sw t0, STATE_LOG(s0)
    la t0, interrupts
    lw t1, 0(t0)
    andi t2, s10, FLAG_MSIP
    snez t2, t2
    sw t2, 0(t1)
    andi t2, s10, FLAG_MTIP
    snez t2, t2
    addi t2, t2, -1 /* 0: at once; all ones: never */
    lw t1, 4(t0)
    sw t2, 0(t1)
    lw t1, 8(t0)
    sw t2, 0(t1)
    andi t2, s10, FLAG_MEIP
    snez t2, t2
    neg t2, t2
    lw t1, 16(t0)
    and t2, t2, t1
    lw t1, 12(t0)
    sw t2, 0(t1)

    csrw mie, zero
    csrw mscratch, zero
    csrw mcause, zero
    csrw mtval, zero
    li t0, DIFF_CODE
    csrw mepc, t0
    li t0, MSTATUS_MPP
    csrw mstatus, t0
    lw t0, RECORD_VECTOR(s1)
    csrw mtvec, t0
    lw t0, RECORD_RESTORE(s1)
    csrr t1, minstret
    sw t1, STATE_START(s0)
    jr t0

/* a2 bytes from a0 to a1; all three move on. */
copy:
    beqz a2, 2f
1:  lw t1, 0(a0)
    sw t1, 0(a1)
    addi a0, a0, 4
    addi a1, a1, 4
    addi a2, a2, -4
    bnez a2, 1b
2:  ret

/* a2 bytes at a1 by xorshift from t0. */
fill:
    slli t1, t0, 13
    xor t0, t0, t1
    srli t1, t0, 17
    xor t0, t0, t1
    slli t1, t0, 5
    xor t0, t0, t1
    sw t0, 0(a1)
    addi a1, a1, 4
    addi a2, a2, -4
    bnez a2, fill
    ret

/* ---- traps of programs: registers are saved, a0 is `save` ---- */
common:
    csrr s2, mtvec
    la t0, panic
    csrw mtvec, t0
    csrr s3, mcause
    csrr s4, mepc
    csrr s5, mtval
    lw s6, SAVE_MSTATUS(a0)
    csrr s7, minstret
    li s0, DIFF_STATE
    lw t0, STATE_START(s0)
    sub s7, s7, t0
    lw s1, STATE_PROGRAM(s0)
    lw s10, RECORD_FLAGS(s1)
    lw t0, STATE_LOG(s0)
    mv t2, s3
    .irp n, 0, 1, 2, 3
    lw t1, SAVE_VECTOR + 4 * \n(a0)
    snez t1, t1
    slli t1, t1, 16 + \n
    or t2, t2, t1
    sw zero, SAVE_VECTOR + 4 * \n(a0)
    .endr
    sw t2, 0(t0)
    sw s4, 4(t0)
    sw s5, 8(t0)
    sw s6, 12(t0)
    sw s7, 16(t0)
    addi t0, t0, SIGN_LOG_STEP
    sw t0, STATE_LOG(s0)
    lw s9, STATE_TRAPS(s0)
    addi s9, s9, 1
    sw s9, STATE_TRAPS(s0)

    bnez s3, 1f /* mtval that may be either, mcause that QEMU has wrong of AMOs: 0 */
    csrw mtval, zero
1:  li t0, 3
    bne s3, t0, 1f
    csrw mtval, zero
1:  srai t0, s3, 2
    addi t0, t0, -1
    bnez t0, 1f
    csrw mcause, zero
1:  andi t0, s10, FLAG_A /* no reservation outlives a trap: sc.w t0, t0, (s0) */
    beqz t0, 1f
    .4byte 0x185422af
1:  li t0, DIFF_MAX_TRAPS
    bgeu s9, t0, end
    bltz s3, interrupt
    li t0, 1
    beq s3, t0, fetch_fault
    lw t0, RECORD_EXIT(s1)
    bltu s4, t0, 1f
    li t0, DIFF_FAR
    bltu s4, t0, end

    /* skip the instruction */
1:  andi t0, s10, FLAG_C
    beqz t0, 2f
    lhu t0, 0(s4)
    andi t0, t0, 3
    li t1, 3
    beq t0, t1, 2f
    addi s4, s4, -2
2:  addi s4, s4, 4

    /* ECALL: to the other mode */
    andi t0, s10, FLAG_USER
    beqz t0, resume
    andi t0, s3, -4 /* 8, 11 */
    li t1, 8
    bne t0, t1, resume
    li t0, MSTATUS_MPP
    xor s6, s6, t0
    j resume

interrupt: /* switch it off */
    li t0, 1
    sll t0, t0, s3
    csrc mie, t0
    j resume

fetch_fault:
    lw s4, 4(a0)
    andi s4, s4, -2
    li t0, DIFF_CODE
    bltu s4, t0, end
    lw t0, RECORD_EXIT(s1)
    bgtu s4, t0, end
    li t0, MSTATUS_MPP
    or s6, s6, t0

resume:
    csrw mepc, s4
    li t0, MSTATUS_MPRV
    and t1, s6, t0
    sw t1, SAVE_MPRV(a0)
    xor t1, t1, s6
    csrw mstatus, t1
    csrw mtvec, s2
    lw t0, RECORD_RESTORE(s1)
    jr t0

/* ---- the end of a program: a0 is `save`, s2 its mtvec, s9 the traps ---- */
end:
    la t0, on_qemu
    lw t0, 0(t0)
    bnez t0, 1f
    li a0, CALL_DONE
    call call_host
    la a0, save
1:  lw s8, STATE_SIGNATURE(s0)
    sw s9, SIGN_TRAPS(s8)
    addi a0, a0, 4
    addi a1, s8, SIGN_X
    li a2, 124
    call copy
    csrr t0, mie
    sw t0, 0(a1)
    sw s2, 4(a1)
    csrr t0, mscratch
    sw t0, 8(a1)
    csrr t0, mip
    sw t0, 12(a1)
    csrr t0, misa
    sw t0, 16(a1)
    csrr t0, mcountinhibit
    sw t0, 24(a1)
    csrw mcountinhibit, zero
    csrw mie, zero
    li t0, MSTATUS_MPP
    csrw mstatus, t0
    andi t0, s10, FLAG_U
    beqz t0, 1f
    csrr t0, mcounteren
    sw t0, 20(a1)
    csrw mcounteren, zero
1:  andi t0, s10, FLAG_PMP
    beqz t0, 1f
    addi a1, s8, SIGN_PMP
    .irp n, 0, 1, 2, 3
    csrr t0, 0x3a0 + \n
    sw t0, 4 * \n(a1)
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    csrr t0, 0x3b0 + \n
    sw t0, 16 + 4 * \n(a1)
    beqz t0, 2f
    csrw 0x3b0 + \n, zero
2:
    .endr
    .irp n, 0, 1, 2, 3
    csrr t0, 0x3a0 + \n
    beqz t0, 2f
    csrw 0x3a0 + \n, zero
2:
    .endr
1:  li a0, DIFF_DATA
    addi a1, s8, SIGN_DATA
    li a2, 4 * DIFF_DATA_WORDS
    call copy
    andi t0, s10, FLAG_SKIP2
    bnez t0, 1f
    li a0, DIFF_DATA2
    li a2, 4 * DIFF_DATA2_WORDS
    call copy
1:  li t0, SIGN_BYTES
    add s8, s8, t0
    sw s8, STATE_SIGNATURE(s0)
    lw t0, RECORD_BYTES(s1)
    add s1, s1, t0
    sw s1, STATE_PROGRAM(s0)
    j next_program

panic:
    li s0, DIFF_STATE
    csrr t0, mcause
    addi t0, t0, 1
    sw t0, STATE_PANIC(s0)
    csrr t0, mepc
    sw t0, STATE_PANIC + 4(s0)
    csrr t0, mtval
    sw t0, STATE_PANIC + 8(s0)
    li a0, CALL_FINISH

platform:
    la t0, on_qemu
    lw t0, 0(t0)
    bnez t0, qemu
    .globl call_host
call_host:
    ebreak
    ret

/* The test finisher of QEMU's virt machine; what is written down goes out by semihosting. */
qemu:
    li a0, 1 /* SYS_OPEN */
    la a1, open_args
    call semihost
    la a1, write_args
    sw a0, 0(a1)
    li a0, 5 /* SYS_WRITE */
    call semihost
    la a1, write_args
    li a0, 2 /* SYS_CLOSE */
    call semihost
    li t0, 0x5555
    li t1, 0x100000
    sw t0, 0(t1)
1:  j 1b

    .balign 16
semihost:
    slli x0, x0, 0x1f
    ebreak
    srai x0, x0, 7
    ret

/* ---- handlers ---- */
#define ALL_X 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31

    .macro handler p, t
    .balign HANDLER_BYTES
1000: /* vectored: base + 4 * cause; what came by another one than 0 is noted */
    j 1001f
    .irp cause, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    .if \cause == 3
    j 1003f
    .elseif \cause == 7
    j 1007f
    .elseif \cause == 11
    j 1011f
    .else
    j 1012f
    .endif
    .endr
1003:
    csrrc x\t, mstatus, x\t
    sw x\p, SAVE_VECTOR(x\p)
    j 1002f
1007:
    csrrc x\t, mstatus, x\t
    sw x\p, SAVE_VECTOR + 4(x\p)
    j 1002f
1011:
    csrrc x\t, mstatus, x\t
    sw x\p, SAVE_VECTOR + 8(x\p)
    j 1002f
1012:
    csrrc x\t, mstatus, x\t
    sw x\p, SAVE_VECTOR + 12(x\p)
    j 1002f
1001:
    csrrc x\t, mstatus, x\t
1002:
    sw x\t, SAVE_MSTATUS(x\p)
    .irp r, ALL_X
    .if (\r != \p) && (\r != \t)
    sw x\r, 4 * \r(x\p)
    .endif
    .endr
    mv x10, x\p
    j common
    .org 1000b + HANDLER_RESTORE
    mv x\p, x10
    .irp r, ALL_X
    .if (\r != \p) && (\r != \t)
    lw x\r, 4 * \r(x\p)
    .endif
    .endr
    lw x\t, SAVE_MPRV(x\p)
    csrrs x0, mstatus, x\t
    lui x\t, MSTATUS_MPRV >> 12
    mret
    .endm

    .balign HANDLER_BYTES
    .globl handlers
handlers:
    .altmacro
    .set n, HANDLER_FIRST
    .rept HANDLER_LAST - HANDLER_FIRST + 1
    handler %n, %n + 1
    .set n, n + 1
    .endr
    .noaltmacro

    .data
    .balign 16
    .globl save
save: .zero 160
    .globl on_qemu
on_qemu: .word 0
    .globl at_start
at_start: .zero 48 /* what to store where, up to address 0; a byte at an odd one */
    .globl interrupts
interrupts: .zero 20 /* addresses of MSIP, both halves of mtimecmp, what lets MEIP through, by which value */
open_args: .word dump_name, 5, 4 /* "wb", length of the name */
write_args: .word 0, DIFF_STATE, DIFF_END - DIFF_STATE
dump_name: .asciz "dump"
