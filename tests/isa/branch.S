# branch.S - every condition taken and not, forward and backward.
#include "isa.h"

# The branch must be taken (or not) for this pair, and what follows it must be skipped (or not).
.macro TAKEN op, left, right
        li      a0, \left
        li      a1, \right
        li      a2, 0
        j       2f
1:      addi    a2, a2, 2
        j       3f
2:      \op     a0, a1, 1b              # backward
        addi    a2, a2, 1
3:      CHECK   a2, 2
        li      a2, 0
        \op     a0, a1, 4f              # forward
        addi    a2, a2, 1
4:      CHECK   a2, 0
.endm
.macro NOT_TAKEN op, left, right
        li      a0, \left
        li      a1, \right
        li      a2, 0
        j       2f
1:      addi    a2, a2, 2
        j       3f
2:      \op     a0, a1, 1b
        addi    a2, a2, 1
3:      CHECK   a2, 1
        \op     a0, a1, 4f
        addi    a2, a2, 1
4:      CHECK   a2, 2
.endm

        BEGIN
        TAKEN     beq,  7, 7
        NOT_TAKEN beq,  7, -7
        TAKEN     bne,  7, -7
        NOT_TAKEN bne,  0x80000000, 0x80000000
        TAKEN     blt,  0x80000000, 0x7fffffff
        NOT_TAKEN blt,  0x7fffffff, 0x80000000
        NOT_TAKEN blt,  3, 3
        TAKEN     bge,  0x7fffffff, 0x80000000
        TAKEN     bge,  -5, -5
        NOT_TAKEN bge,  -5, -4
        TAKEN     bltu, 0x7fffffff, 0x80000000
        NOT_TAKEN bltu, 0x80000000, 0x7fffffff
        NOT_TAKEN bltu, 0, 0
        TAKEN     bgeu, 0x80000000, 0x7fffffff
        TAKEN     bgeu, 0, 0
        NOT_TAKEN bgeu, 0, 1
        END
