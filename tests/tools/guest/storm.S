# storm.S - guest of exec_test, by KIND: 0 to 4 trap for ever; 10 and on trap a lot and end well.
        .option norelax
        .option norvc
        .section .text.start, "ax"
        .globl _start
_start:
        la      t0, handler
        csrw    mtvec, t0
        la      gp, cell
#if KIND == 0                           /* a stack outside of memory, ever further away */
        li      sp, 0x70000000
        .word   0xffffffff
        .balign 4
handler:
        addi    sp, sp, -16
        sw      ra, 12(sp)
#elif KIND == 1                         /* stores, the same each time */
        .word   0xffffffff
        .balign 4
handler:
        li      t0, 5
        sw      t0, 0(gp)
        li      t0, 6
        sw      t0, 0(gp)
        ebreak
#elif KIND == 2                         /* back to where it trapped */
        lw      a0, 0(zero)
        .balign 4
handler:
        mret
#elif KIND == 3                         /* two of them, in turn */
        .word   0xffffffff
        .balign 4
handler:
        la      t0, second
        csrw    mtvec, t0
        .word   0xffffffff
        .balign 4
second:
        la      t0, handler
        csrw    mtvec, t0
        lw      t0, 0(zero)
#elif KIND == 10                        /* looks for memory: 0x3f000000 / 1024 = 1032192 traps */
        li      a0, 0x41000000
        li      a1, 1024
        .balign 4
handler:
        add     a0, a0, a1
        lw      t0, 0(a0)
        li      a1, 0x80000000
        beq     a0, a1, good
#elif KIND == 11                        /* counts in a register */
        li      a0, 100000
1:      .word   0xffffffff
        addi    a0, a0, -1
        bnez    a0, 1b
        j       good
        .balign 4
handler:
        csrw    mscratch, t0
        csrr    t0, mepc
        addi    t0, t0, 4
        csrw    mepc, t0
        csrr    t0, mscratch
        mret
#elif KIND == 12                        /* in memory: registers are the same every time */
        .word   0xffffffff
        .balign 4
handler:
        lw      t0, 0(gp)
        addi    t0, t0, 1
        sw      t0, 0(gp)
        li      t1, 100000
        beq     t0, t1, good
        li      t0, 0
        mret
#elif KIND == 13                        /* until the timer comes */
        la      a0, 0x40008000
        li      a1, 20000               # MTIMECMP, 2 ms
        sw      a1, 0x8(a0)
        sw      zero, 0xc(a0)
        li      a1, 1 << 7
        csrw    mie, a1
        csrsi   mstatus, 8
        .word   0xffffffff
        .balign 4
handler:
        csrr    a1, mcause
        bltz    a1, good
        mret
#endif
1:      j       1b
good:
        la      a0, tohost
        li      a1, 1
        sw      a1, 0(a0)
1:      j       1b
        .data
        .balign 8
cell:   .dword  0
        .globl  tohost
tohost: .dword  0
