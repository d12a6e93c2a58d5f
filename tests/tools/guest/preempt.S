# preempt.S - guest of profile_test: two tasks, each with its stack, that a software interrupt
# switches in the middle of a function. task_a ends the program after three rounds.
        .option norelax                 # gp is not set
        .equ    CLINT, 0x40008000       # MSIP is at 4

        .macro  function name
        .globl  \name
        .type   \name, @function
\name:
        .endm

        .section .text.start, "ax"
function _start
        la      sp, stack_a_end
        la      t0, irq_entry
        csrw    mtvec, t0
        la      t1, stack_b_end - 32    # as if task_b had been interrupted before it began
        la      t0, task_b
        sw      t0, 12(t1)
        la      t0, other_sp
        sw      t1, 0(t0)
        csrsi   mie, 8
        csrsi   mstatus, 8
        call    task_a
        .size   _start, . - _start

function task_a
        li      s0, 3
1:      call    ring
        addi    s0, s0, -1
        bnez    s0, 1b
        li      a0, 0x18
        li      a1, 0x20026
        .balign 16
        slli    x0, x0, 0x1f
        ebreak
        srai    x0, x0, 7
        .size   task_a, . - task_a

function task_b
        call    ring
        j       task_b
        .size   task_b, . - task_b

# 4 instructions: 1 + 1 + 4 + 3 cycles; the interrupt is taken before the last one
function ring
        lui     t0, CLINT >> 12
        addi    t1, zero, 1
        sw      t1, 4(t0)
        ret
        .size   ring, . - ring

        .balign 4
function irq_entry
        addi    sp, sp, -32
        sw      ra, 0(sp)
        sw      t0, 4(sp)
        sw      t1, 8(sp)
        csrr    t0, mepc
        sw      t0, 12(sp)
        lui     t0, CLINT >> 12
        sw      zero, 4(t0)
        call    swap
        lw      t0, 12(sp)
        csrw    mepc, t0
        lw      ra, 0(sp)
        lw      t0, 4(sp)
        lw      t1, 8(sp)
        addi    sp, sp, 32
        mret
        .size   irq_entry, . - irq_entry

# 6 instructions
function swap
        la      t0, other_sp
        lw      t1, 0(t0)
        sw      sp, 0(t0)
        mv      sp, t1
        ret
        .size   swap, . - swap

        .bss
        .balign 16
other_sp:
        .skip   16
        .skip   1024
stack_a_end:
        .skip   1024
stack_b_end:
        .skip   16
