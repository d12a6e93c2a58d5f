# jump.S - LUI, AUIPC, JAL, JALR: targets and links.
#include "isa.h"
        BEGIN
        lui     a0, 0xfffff
        CHECK   a0, 0xfffff000
        lui     a0, 0x7ffff
        CHECK   a0, 0x7ffff000
        .option norvc
        auipc   a0, 0
here:   auipc   a1, 0x80000
        sub     a1, a1, a0
        CHECK   a1, 0x80000004
        la      a1, here - 4
        sub     a0, a0, a1
        CHECK   a0, 0
1:      jal     a0, 2f
        NEVER
2:      la      a1, 1b + 4
        sub     a0, a0, a1
        CHECK   a0, 0
        la      a0, 4f + 1              # bit 0 of the target is cleared
3:      jalr    a0, 0(a0)               # the link goes where the address was
        NEVER
4:      la      a1, 3b + 4
        sub     a0, a0, a1
        CHECK   a0, 0
        la      a0, 5f + 2047
        jalr    zero, -2047(a0)
        NEVER
5:      CHECK   zero, 0
        j       7f
6:      j       8f                      # backward
7:      j       6b
        NEVER
8:      li      a0, 1
        la      a1, 1f
        jalr    a1, a1, 0
        NEVER
1:      CHECK   a0, 1
        END
