/*
 * boot.S - the first instructions after reset, and the way in and out of interrupts.
 */
#include "frame.inc"

/* The linker takes the newer version of rv32i from libgcc's objects, in which CSR instructions are an
 * extension of their own: without its name GDB does not disassemble them. */
    .attribute arch, "rv32i2p0_m2p0_a2p0_c2p0_zicsr2p0_zifencei2p0"

    .section .text.start, "ax"
    .globl _start
_start:
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      sp, __stack_top
    la      tp, __tls_base          /* picolibc keeps errno behind tp */
    la      t0, trap_entry
    csrw    mtvec, t0
    la      a0, __data_start        /* where they work; from where they were loaded */
    la      a1, __bss_start
    la      a2, __data_load
1:  bgeu    a0, a1, 2f
    lw      a3, 0(a2)
    sw      a3, 0(a0)
    addi    a0, a0, 4
    addi    a2, a2, 4
    j       1b
2:  la      a1, __bss_end
3:  bgeu    a0, a1, 4f
    sw      zero, 0(a0)
    addi    a0, a0, 4
    j       3b
4:  call    main
    .globl main_returned            /* it does not; if it does, rest */
main_returned:
    wfi
    j       main_returned

/* Caller-saved registers only: irq_dispatch and panic are C. */
    .balign 4
trap_entry:
    begin_handler
    save_caller
    csrr    a0, mcause
    bltz    a0, 1f
    csrr    a1, mepc
    csrr    a2, mtval
    call    hal_panic               /* an exception in our own code: say so and stop */
1:  call    hal_irq_dispatch
    load_caller
    mret
    .cfi_endproc
