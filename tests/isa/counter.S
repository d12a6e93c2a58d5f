# counter.S - minstret counts instructions, mcycle no fewer; both can be written; both halves.
#include "isa.h"
        BEGIN
        csrr    a0, minstret
        nop
        nop
        nop
        csrr    a1, minstret
        sub     a0, a1, a0
        CHECK   a0, 4
        csrr    a0, mcycle
        nop
        nop
        nop
        csrr    a1, mcycle
        sub     a0, a1, a0
        sltiu   a0, a0, 4
        CHECK   a0, 0
        li      a0, -2
        csrw    minstreth, zero
        csrw    minstret, a0            # the next instruction reads -2
        nop
        nop
        csrr    a1, minstret
        csrr    a2, minstreth
        CHECK   a1, 0
        CHECK   a2, 1
        csrr    a0, instret             # the shadow
        csrr    a1, minstret
        sub     a0, a1, a0
        CHECK   a0, 1
        END
