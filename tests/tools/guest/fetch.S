# fetch.S - guest of observe_test: a jump to where nothing is.
        .option norelax
        .section .text.start, "ax"
        .globl  _start
_start:
        la      t0, leave
        csrw    mtvec, t0
        lui     t0, 0x30000
        jr      t0                      # line 9
        .balign 16
leave:
        li      a0, 0x18
        li      a1, 0x20026
        .balign 16
        slli    x0, x0, 0x1f
        ebreak
        srai    x0, x0, 7
