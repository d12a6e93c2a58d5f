# csr.S - the six CSR instructions on mscratch; read-only and missing registers trap.
#include "isa.h"
        BEGIN
        .option norvc
        li      a0, 0xdeadbeef
        csrw    mscratch, a0
        li      a1, 0x0f0f0f0f
        csrrw   a2, mscratch, a1
        CHECK   a2, 0xdeadbeef
        li      a1, 0xf0000000
        csrrs   a2, mscratch, a1
        CHECK   a2, 0x0f0f0f0f
        li      a1, 0x0000000f
        csrrc   a2, mscratch, a1
        CHECK   a2, 0xff0f0f0f
        csrrwi  a2, mscratch, 21
        CHECK   a2, 0xff0f0f00
        csrrsi  a2, mscratch, 10
        CHECK   a2, 21
        csrrci  a2, mscratch, 17
        CHECK   a2, 31
        csrr    a2, mscratch
        CHECK   a2, 14
        li      a0, 99
        csrrw   a0, mscratch, a0        # source and destination are one
        CHECK   a0, 14
        csrrs   a2, mhartid, zero       # reading what is read-only is fine
        CHECK   a2, 0
        csrrci  a2, mhartid, 0
        CHECK   a2, 0
        csrrw   zero, mhartid, zero     # writing it is not
        TRAPPED 2, 0xf1401073
        csrrsi  zero, mhartid, 1
        TRAPPED 2, 0xf140e073
        csrrs   a2, 0x7c0, zero         # a custom register that is not there
        TRAPPED 2, 0x7c002673
        csrr    a0, misa
        srli    a0, a0, 30
        CHECK   a0, 1                   # RV32
        la      a0, handler + 1
        csrr    a1, mtvec
        csrw    mtvec, a0               # vectored
        csrr    a2, mtvec
        csrw    mtvec, a1
        sub     a2, a2, a1
        CHECK   a2, 1
        li      a0, -1
        csrw    mepc, a0
        csrr    a0, mepc
        andi    a0, a0, 1
        CHECK   a0, 0
        END
