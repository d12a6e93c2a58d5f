# deep.S - guest of profile_test: a function that calls itself more often than frames are kept.
        .option norelax
        .macro  function name
        .globl  \name
        .type   \name, @function
\name:
        .endm

        .section .text.start, "ax"
function _start
        la      sp, stack_end
        li      a0, 10000
        call    down
        call    after
        li      a0, 0x18
        li      a1, 0x20026
        .balign 16
        slli    x0, x0, 0x1f
        ebreak
        srai    x0, x0, 7
        .size   _start, . - _start

function down
        addi    sp, sp, -16
        sw      ra, 0(sp)
        addi    a0, a0, -1
        beqz    a0, 1f
        call    down
1:      lw      ra, 0(sp)
        addi    sp, sp, 16
        ret
        .size   down, . - down

function after
        ret
        .size   after, . - after

        .bss
        .balign 16
        .skip   200000
stack_end:
        .skip   16
