# fence_i.S - code that was written is what runs.
#include "isa.h"
        BEGIN
        .option norvc
        la      s0, patch
        lw      s1, other
        li      a0, 0
        jal     ra, patch
        CHECK   a0, 1
        sw      s1, 0(s0)
        fence.i
        jal     ra, patch
        CHECK   a0, 3
        fence
        fence   rw, w
        li      s2, 100                 # back and forth
        lw      s3, first
1:      sw      s3, 0(s0)
        fence.i
        jal     ra, patch
        sw      s1, 0(s0)
        fence.i
        jal     ra, patch
        addi    s2, s2, -1
        bnez    s2, 1b
        CHECK   a0, 303
        j       pass
first:  addi    a0, a0, 1
other:  addi    a0, a0, 2
patch:  addi    a0, a0, 1
        ret
        END
