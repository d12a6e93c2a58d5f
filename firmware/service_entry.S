/*
 * service_entry.S - the way in and out of interrupts of programs that use service.h, and the way to the panic
 * path: exceptions and the NMI go there with all registers, on a stack of its own.
 */
    .section .text.service_entry, "ax"
    .globl service_entry
    .type service_entry, @function
    .balign 4
service_entry:
    csrw    mscratch, t0
    csrr    t0, mcause
    bgez    t0, 2f
    slli    t0, t0, 1
    beqz    t0, 2f
    csrr    t0, mscratch
    addi    sp, sp, -64
    sw      ra,  0(sp)
    sw      t0,  4(sp)
    sw      t1,  8(sp)
    sw      t2, 12(sp)
    sw      t3, 16(sp)
    sw      t4, 20(sp)
    sw      t5, 24(sp)
    sw      t6, 28(sp)
    sw      a0, 32(sp)
    sw      a1, 36(sp)
    sw      a2, 40(sp)
    sw      a3, 44(sp)
    sw      a4, 48(sp)
    sw      a5, 52(sp)
    sw      a6, 56(sp)
    sw      a7, 60(sp)
    csrr    a0, mcause
    call    service_dispatch
    lw      ra,  0(sp)
    lw      t0,  4(sp)
    lw      t1,  8(sp)
    lw      t2, 12(sp)
    lw      t3, 16(sp)
    lw      t4, 20(sp)
    lw      t5, 24(sp)
    lw      t6, 28(sp)
    lw      a0, 32(sp)
    lw      a1, 36(sp)
    lw      a2, 40(sp)
    lw      a3, 44(sp)
    lw      a4, 48(sp)
    lw      a5, 52(sp)
    lw      a6, 56(sp)
    lw      a7, 60(sp)
    addi    sp, sp, 64
    mret

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
    .balign 4
panic_assert:
    ecall
    .size panic_assert, . - panic_assert

    .section .bss.panic, "aw", @nobits
    .balign 16
panic_registers:
    .skip   128
    .skip   1024
panic_stack_end:
