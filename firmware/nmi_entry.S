/*
 * nmi_entry.S - the way in and out of interrupts of programs that listen to the NMI: as boot.S has it, with
 * mepc and mstatus on the stack, so that an NMI within a handler leaves it what it needs.
 */
    .section .text.nmi_entry, "ax"
    .globl nmi_entry, nmi_saved, nmi_leaving, nmi_end
    .balign 4
nmi_entry:
    addi    sp, sp, -80
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
    csrr    t0, mstatus
    csrr    a1, mcause
    csrr    a2, mtval
    csrr    a0, mepc
    sw      t0, 64(sp)
    sw      a0, 68(sp)
nmi_saved:
    bltz    a1, 1f
    mv      t0, a0
    mv      a0, a1
    mv      a1, t0
    call    hal_panic               /* cause, pc, value */
1:  slli    t0, a1, 1
    bnez    t0, 2f
    call    nmi_dispatch            /* pc */
    j       3f
2:  mv      a0, a1
    call    hal_irq_dispatch        /* cause */
3:  lw      t0, 64(sp)
    lw      t1, 68(sp)
nmi_leaving:
    csrw    mstatus, t0
    csrw    mepc, t1
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
    addi    sp, sp, 80
    mret
nmi_end:
