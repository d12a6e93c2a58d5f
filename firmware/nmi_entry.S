/*
 * nmi_entry.S - the way in and out of interrupts of programs that listen to the NMI: as boot.S has it, with
 * mepc and mstatus on the stack, so that an NMI within a handler leaves it what it needs.
 */
#include "frame.inc"

    .section .text.nmi_entry, "ax"
    .globl nmi_entry, nmi_saved, nmi_leaving, nmi_end
    .balign 4
nmi_entry:
    begin_handler
    save_caller 80
    csrr    t0, mstatus
    csrr    a1, mcause
    csrr    a2, mtval
    csrr    a0, mepc
    sw      t0, 64(sp)
    sw      a0, 68(sp)
    .cfi_rel_offset mepc, 68
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
    load_caller 80
    mret
    .cfi_endproc
nmi_end:
