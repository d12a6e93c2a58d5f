# trap.S - causes and values of exceptions; MPIE and MPP around them.
#include "isa.h"
        BEGIN
        .option norvc
        .word   0xffffffff
        TRAPPED 2, 0xffffffff
        .word   0x0000707b              # custom, not taken
        TRAPPED 2, 0x0000707b
        ecall
        CHECK   s10, 11
        li      s10, -1
        ebreak
        CHECK   s10, 3
        li      s10, -1
#ifdef NOWHERE
        li      a0, NOWHERE
1:      lw      a1, 0(a0)
        TRAPPED 5, NOWHERE
        sb      a1, 7(a0)
        TRAPPED 7, NOWHERE + 7
#endif
        csrr    a0, mstatus             # after mret: MPIE 1
        srli    a0, a0, 7
        andi    a0, a0, 1
        CHECK   a0, 1
        csrsi   mstatus, 8              # MIE 1
        ecall
        csrr    a0, mstatus
        andi    a0, a0, 8
        CHECK   a0, 8                   # back
        la      a0, 2f
        csrw    mtvec, a0
        csrci   mstatus, 8
        csrsi   mstatus, 8
        ecall
        NEVER
        .balign 4
2:      csrr    a0, mstatus             # in a handler: MIE 0, MPIE 1, MPP machine
        li      a1, 0x1888
        and     a0, a0, a1
        CHECK   a0, 0x1880
        END
