# user.S - user mode and memory protection: what it may not do traps, and machine mode comes back.
#include "isa.h"

# Goes to the label 9 in front in user mode.
.macro TO_USER
        li      a0, 0x1800
        csrc    mstatus, a0
        la      a0, 9f
        csrw    mepc, a0
        mret
9:
.endm
# Back to machine mode by ECALL (cause 8); the handler of this file stays in machine mode then.
.macro TO_MACHINE
        ecall
        CHECK   s10, 8
.endm

        BEGIN
        .option norvc
        la      a0, back
        csrw    mtvec, a0
        li      a0, -1                  # everything is open: entry 7, NAPOT, RWX
        csrw    pmpaddr7, a0
        li      a0, 0x1f000000
        csrw    pmpcfg1, a0
        TO_USER
        TO_MACHINE
        csrr    a0, mstatus             # MPP: user
        li      a1, 0x1800
        and     a0, a0, a1
        CHECK   a0, 0
        TO_USER
        csrr    a0, mscratch
        TRAPPED 2, 0x34002573
        mret
        TRAPPED 2, 0x30200073
        TO_MACHINE
        la      a0, secret              # entry 0, NA4: nobody but machine mode
        srli    a0, a0, 2
        csrw    pmpaddr0, a0
        li      a0, 0x10
        csrw    pmpcfg0, a0
        lw      a1, secret
        CHECK   a1, 0x1234
        TO_USER
        la      a2, secret
        lw      a1, 4(a2)
        CHECK   a1, 0x5678
        li      a1, 1
        lw      a1, 0(a2)
        CHECK   s10, 5
        sub     s11, s11, a2
        CHECK   s11, 0
        CHECK   a1, 1
        sb      a1, 3(a2)
        CHECK   s10, 7
        sub     s11, s11, a2
        CHECK   s11, 3
        TO_MACHINE
        li      a0, 0x11                # readable
        csrw    pmpcfg0, a0
        TO_USER
        la      a2, secret
        lw      a1, 0(a2)
        CHECK   a1, 0x1234
        li      s10, -1
        sw      a1, 0(a2)
        CHECK   s10, 7
        TO_MACHINE
        li      a0, 0x91                # locked: for machine mode too
        csrw    pmpcfg0, a0
        li      s10, -1
        la      a2, secret
        sw      zero, 0(a2)
        CHECK   s10, 7
        csrw    pmpcfg0, zero           # and cannot be opened again
        csrr    a0, pmpcfg0
        CHECK   a0, 0x91
        lw      a0, 0(a2)
        CHECK   a0, 0x1234
        j       pass
        .balign 4
back:   csrr    s10, mepc
        addi    s10, s10, 4
        csrw    mepc, s10
        csrr    s10, mcause
        csrr    s11, mtval
        li      t6, 8
        bne     s10, t6, 1f
        csrr    t6, mepc                # behind ECALL, in machine mode
        jr      t6
1:      mret
        .data
        .balign 8
secret: .word   0x1234, 0x5678
        .text
        END
