/*
 * survive.S - uint32_t survive(uint32_t seed, uint32_t turns): fills every register that a program may use with a
 * value of its own, x_n = seed + n, counts turns down in x5, and returns how many of them changed meanwhile.
 */
        .macro  each op
        .irp    n, 1,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        \op     \n
        .endr
        .endm
        .macro  fill n
        addi    x\n, x10, \n
        .endm
        .macro  check n                 /* x5: differences so far; x10: seed */
        sub     x\n, x\n, x10
        addi    x\n, x\n, -\n
        snez    x\n, x\n
        add     x5, x5, x\n
        .endm

        .text
        .globl  survive
        .type   survive, @function
survive:
        addi    sp, sp, -64
        sw      ra, 0(sp)
        sw      s0, 4(sp)
        sw      s1, 8(sp)
        .irp    n, 2,3,4,5,6,7,8,9,10,11
        sw      s\n, 4 * \n + 4(sp)
        .endr
        mv      x5, x11
        each    fill
1:      addi    x5, x5, -1              /* 1 cycle, and 2 of a backward branch that is taken */
        bnez    x5, 1b
        each    check
        mv      a0, x5
        lw      ra, 0(sp)
        lw      s0, 4(sp)
        lw      s1, 8(sp)
        .irp    n, 2,3,4,5,6,7,8,9,10,11
        lw      s\n, 4 * \n + 4(sp)
        .endr
        addi    sp, sp, 64
        ret
        .size   survive, . - survive
