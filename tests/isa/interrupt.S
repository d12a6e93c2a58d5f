# interrupt.S - software and timer interrupts of Fovea's CLINT, vectored, masked; WFI.
#include "isa.h"
#define CLINT 0x40008000
        BEGIN
        .option norvc
        li      s0, CLINT
        la      a0, vectors + 1
        csrw    mtvec, a0
        li      a0, 1
        sw      a0, 4(s0)               # MSIP, not enabled
        csrsi   mstatus, 8
        csrr    a0, mip
        CHECK   a0, 8
        li      s1, 0
        csrsi   mie, 8                  # now
        CHECK   s1, 3
        csrr    a0, mip
        CHECK   a0, 0
        csrci   mstatus, 8
        csrwi   mie, 0
        lw      a0, 0x10(s0)            # MTIME_LO, MTIME_HI
        lw      a1, 0x14(s0)
        addi    a0, a0, 3
        sw      a1, 0xc(s0)             # MTIMECMP_HI, MTIMECMP_LO
        sw      a0, 8(s0)
        li      a0, 128
        csrw    mie, a0
        wfi                             # sleeps through a disabled interrupt's arrival
        csrr    a0, mip
        CHECK   a0, 128
        CHECK   s1, 3
        csrsi   mstatus, 8
        CHECK   s1, 7
        j       pass
        .balign 256
vectors:
        .rept   3
        j       wrong
        .endr
        j       software
        .rept   3
        j       wrong
        .endr
        j       timer
wrong:  NEVER
software:
        li      s1, 3
        sw      zero, 4(s0)
        mret
timer:  li      s1, 7
        li      a0, -1
        sw      a0, 0xc(s0)
        mret
        END
