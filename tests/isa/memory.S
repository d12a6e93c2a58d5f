# memory.S - loads extend, stores write their bytes and no others; offsets of both signs.
#include "isa.h"
        BEGIN
        la      s0, data
        lb      a0, 0(s0)
        CHECK   a0, 0xffffffef
        lbu     a0, 0(s0)
        CHECK   a0, 0xef
        lb      a0, 3(s0)
        CHECK   a0, 0xffffff89
        lb      a0, 4(s0)
        CHECK   a0, 0x67
        lh      a0, 0(s0)
        CHECK   a0, 0xffffcdef
        lhu     a0, 2(s0)
        CHECK   a0, 0x89ab
        lh      a0, 6(s0)
        CHECK   a0, 0x0123
        lw      a0, 0(s0)
        CHECK   a0, 0x89abcdef
        addi    s1, s0, 2047
        lw      a0, -2043(s1)
        CHECK   a0, 0x01234567
        addi    s1, s0, -2040
        lw      a0, 2044(s1)
        CHECK   a0, 0x01234567
        li      a1, 0xaabbccdd
        sb      a1, 1(s0)
        lw      a0, 0(s0)
        CHECK   a0, 0x89abddef
        sh      a1, 2(s0)
        lw      a0, 0(s0)
        CHECK   a0, 0xccddddef
        lw      a0, 4(s0)
        CHECK   a0, 0x01234567
        addi    s1, s0, 2047
        sw      a1, -2043(s1)
        lw      a0, 4(s0)
        CHECK   a0, 0xaabbccdd
        lw      s1, 8(s0)               # a load into its own base
        lw      s1, 0(s1)
        CHECK   s1, 0xccddddef
        lw      zero, 0(s0)
        CHECK   zero, 0
        j       pass
        .data
        .balign 8
data:   .word   0x89abcdef, 0x01234567, data
        .text
        END
