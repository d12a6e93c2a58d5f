# traps.S - guest of exec_test: what ends a program that has no handler, by KIND.
        .option norelax                 # gp is not set
        .section .text.start, "ax"
        .globl _start
_start:
        nop
#if KIND == 0
        .word   0xffffffff              # illegal
#elif KIND == 1
        lw      a0, 0(zero)             # nothing at 0
#elif KIND == 2
        ebreak                          # alone: no semihosting
#elif KIND == 3
        .option push
        .option norvc
        slli    zero, zero, 0x1f
        .option pop
        c.ebreak                        # too short
        nop
        .option norvc
        srai    zero, zero, 7
#elif KIND == 4
1:      wfi
        j       1b
#elif KIND == 5
1:      j       1b
#elif KIND == 6
        la      a0, _start
        lw      a1, 1(a0)               # misaligned
        la      a0, tohost
        li      a1, 1
        sw      a1, 0(a0)
1:      j       1b
        .data
        .balign 8
        .globl  tohost
tohost: .dword  0
#endif
