# compressed.S - the C extension: each 16-bit form once or more, and jumps between halves of words.
#include "isa.h"
        BEGIN
        .option rvc
        la      sp, data
        c.mv    s0, sp
        c.lwsp  a0, 4(sp)
        CHECK   a0, 0x22222222
        c.lw    a1, 8(s0)
        CHECK   a1, 0x33333333
        c.li    a0, -32
        CHECK   a0, -32
        c.swsp  a0, 0(sp)
        c.lw    a1, 0(s0)
        CHECK   a1, -32
        c.li    a0, 31
        c.sw    a0, 12(s0)
        c.lwsp  a1, 12(sp)
        CHECK   a1, 31
        c.addi4spn a0, sp, 1020
        sub     a0, a0, sp
        CHECK   a0, 1020
        c.addi16sp sp, -512
        sub     a0, s0, sp
        CHECK   a0, 512
        c.addi16sp sp, 496
        sub     a0, s0, sp
        CHECK   a0, 16
        c.lui   a0, 0xfffe1
        CHECK   a0, 0xfffe1000
        c.lui   a0, 0x1f
        CHECK   a0, 0x1f000
        c.addi  a0, -32
        CHECK   a0, 0x1efe0
        c.slli  a0, 12
        CHECK   a0, 0x1efe0000
        li      a0, 0x80000010
        c.srli  a0, 4
        CHECK   a0, 0x08000001
        li      a0, 0x80000010
        c.srai  a0, 4
        CHECK   a0, 0xf8000001
        c.andi  a0, -16
        CHECK   a0, 0xf8000000
        li      a0, 0x0ff0
        li      a1, 0x00ff
        c.sub   a0, a1
        CHECK   a0, 0x0ef1
        c.xor   a0, a1
        CHECK   a0, 0x0e0e
        c.or    a0, a1
        CHECK   a0, 0x0eff
        c.and   a0, a1
        CHECK   a0, 0x00ff
        c.add   a0, a1
        CHECK   a0, 0x01fe
        c.nop
        li      a0, 0
        c.beqz  a0, 1f
        NEVER
1:      c.bnez  a0, 2f
        c.li    a0, 1
2:      CHECK   a0, 1
        c.beqz  a0, 3f
        c.li    a0, 2
3:      CHECK   a0, 2
        c.bnez  a0, 4f
        NEVER
4:      c.j     5f
        NEVER
5:      c.jal   6f
after:  c.j     7f
6:      la      a0, after
        sub     a0, a0, ra
        CHECK   a0, 0
        c.jr    ra
7:      la      a0, 8f
        c.jalr  a0
back:   c.j     1f
8:      la      a0, back
        sub     a0, a0, ra
        CHECK   a0, 0
        c.jr    ra
1:      .balign 4
        c.nop
        .option norvc
        lui     a0, 0x12345             # a 32-bit instruction across two words
        jal     zero, 2f
        .option rvc
        NEVER
        .balign 4
        c.nop
2:      CHECK   a0, 0x12345000
        j       pass
        .data
        .balign 16
data:   .word   0x11111111, 0x22222222, 0x33333333, 0x44444444
        .text
        END
