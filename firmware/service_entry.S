/*
 * service_entry.S - the way in and out of interrupts of programs that use service.h, and the way to the panic
 * path: exceptions and the NMI go there with all registers, on a stack of its own.
 */
#include "frame.inc"

    .section .text.service_entry, "ax"
    .globl service_entry
    .type service_entry, @function
    .balign 4
service_entry:
    begin_handler
    csrw    mscratch, t0
    csrr    t0, mcause
    bgez    t0, 2f
    slli    t0, t0, 1
    beqz    t0, 2f
    csrr    t0, mscratch
    save_caller
    csrr    a0, mcause
    call    service_dispatch
    load_caller
    mret
    .cfi_endproc

2:  la      t0, panic_registers     /* x1 is word 0 */
    .irp    n, 1,2,3,4,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    sw      x\n, 4 * \n - 4(t0)
    .endr
    csrr    t1, mscratch
    sw      t1, 16(t0)
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      tp, __tls_base
    la      sp, panic_stack_end
    mv      a0, t0
    csrr    a1, mcause
    csrr    a2, mepc
    csrr    a3, mtval
    call    panic_trap
    .size service_entry, . - service_entry

    .section .text.panic_assert, "ax"
    .globl panic_assert
    .type panic_assert, @function
panic_assert:
    ecall
    .size panic_assert, . - panic_assert

    .section .bss.panic, "aw", @nobits
    .balign 16
panic_registers:
    .skip   128
    .skip   1024
panic_stack_end:
