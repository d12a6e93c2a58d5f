# atomic.S - the A extension: read-modify-write, reservations.
#include "isa.h"

# The word at s0 is `old`; op with `value` must return `old` and leave `new`.
.macro AMO op, new, old, value
        li      a0, \old
        sw      a0, 0(s0)
        li      a1, \value
        \op     a2, a1, (s0)
        CHECK   a2, \old
        lw      a2, 0(s0)
        CHECK   a2, \new
        \op\().aq a1, a1, (s0)          # into its own source
        CHECK   a1, \new
.endm

        BEGIN
        la      s0, data
        AMO     amoswap.w, 5, 0x80000000, 5
        AMO     amoadd.w,  0x7fffffff, 0x80000000, -1
        AMO     amoxor.w,  0xf00ff00f, 0xff00ff00, 0x0f0f0f0f
        AMO     amoand.w,  0x0f000f00, 0xff00ff00, 0x0f0f0f0f
        AMO     amoor.w,   0xff0fff0f, 0xff00ff00, 0x0f0f0f0f
        AMO     amomin.w,  0x80000000, 0x80000000, 0x7fffffff
        AMO     amomax.w,  0x7fffffff, 0x80000000, 0x7fffffff
        AMO     amominu.w, 0x7fffffff, 0x80000000, 0x7fffffff
        AMO     amomaxu.w, 0x80000000, 0x80000000, 0x7fffffff
        li      a0, 1
        sc.w    a1, a0, (s0)            # no reservation
        snez    a1, a1
        CHECK   a1, 1
        li      a0, 100
        sw      a0, 0(s0)
        lr.w    a1, (s0)
        CHECK   a1, 100
        addi    a1, a1, 1
        sc.w    a2, a1, (s0)
        CHECK   a2, 0
        lw      a0, 0(s0)
        CHECK   a0, 101
        sc.w    a2, zero, (s0)          # a reservation is good for one
        snez    a2, a2
        CHECK   a2, 1
        lw      a0, 0(s0)
        CHECK   a0, 101
        lr.w    a1, (s0)
        addi    s1, s0, 4
        sc.w    a2, zero, (s1)          # elsewhere
        snez    a2, a2
        CHECK   a2, 1
        lw      a0, 4(s0)
        CHECK   a0, 0x77777777
        j       pass
        .data
        .balign 8
data:   .word   0, 0x77777777
        .text
        END
