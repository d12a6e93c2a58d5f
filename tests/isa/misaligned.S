# misaligned.S - with ALLOW loads and stores of any address are done, else they trap.
#include "isa.h"
.macro LOAD op, offset, value
        li      a1, 0x5a
        \op     a1, \offset(s0)
#ifdef ALLOW
        CHECK   a1, \value
#else
        la      a2, data + \offset
        sub     s11, s11, a2
        TRAPPED 4, 0
        CHECK   a1, 0x5a
#endif
.endm
.macro STORE op, offset, low, high
        li      a1, 0x55aa33cc
        \op     a1, \offset(s0)
#ifdef ALLOW
        lw      a0, 0(s0)
        CHECK   a0, \low
        lw      a0, 4(s0)
        CHECK   a0, \high
#else
        la      a2, data + \offset
        sub     s11, s11, a2
        TRAPPED 6, 0
#endif
        li      a0, 0x03828180
        sw      a0, 0(s0)
        li      a0, 0x07868504
        sw      a0, 4(s0)
.endm
        BEGIN
        .option norvc
        la      s0, data
        LOAD    lh,  1, 0xffff8281
        LOAD    lhu, 1, 0x00008281
        LOAD    lh,  3, 0x00000403
        LOAD    lw,  1, 0x04038281
        LOAD    lw,  2, 0x85040382
        LOAD    lw,  3, 0x86850403
        STORE   sh,  1, 0x0333cc80, 0x07868504
        STORE   sh,  3, 0xcc828180, 0x07868533
        STORE   sw,  1, 0xaa33cc80, 0x07868555
        STORE   sw,  2, 0x33cc8180, 0x078655aa
        STORE   sw,  3, 0xcc828180, 0x0755aa33
        j       pass
        .data
        .balign 8
data:   .word   0x03828180, 0x07868504
        .text
        END
